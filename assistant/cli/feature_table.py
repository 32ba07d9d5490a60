"""Every feature in a table: meaning, unit, source, how it was checked, how right it is."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from index.features.accuracy import Figure
    from index.features.feature import Feature

DITTO = "″"
"""Stands for the text right above, which concepts have in common."""
_COLUMNS = ("feature", "meaning", "unit", "source", "how checked", "measured accuracy")


def known_features() -> tuple[Feature, ...]:
    """Features that every index has, emotion, and the concepts that were measured."""
    from index.features.concepts.emotion import EMOTION
    from index.features.concepts.vocabulary import measured_concepts
    from index.features.registry import features

    return (*features(), EMOTION, *(one.spec for one in measured_concepts()))


def feature_table(specs: Sequence[Feature], figures: Iterable[Figure]) -> str:
    """Markdown tables, one a group, ending in a line break.

    Args:
        specs: any features, those of concepts and of users included.
        figures: accuracy where it was measured.
    """
    measured: dict[str, list[Figure]] = {}
    for figure in figures:
        measured.setdefault(figure.feature, []).append(figure)
    parts = []
    for group in dict.fromkeys(spec.group for spec in specs):
        rows = [_COLUMNS, ("---",) * len(_COLUMNS)]
        rows += [
            (
                f"`{spec.name}`",
                spec.sentence,
                _unit(spec),
                spec.source,
                spec.checked or "—",
                "; ".join(accuracy(figure) for figure in measured.get(spec.name, ())) or "—",
            )
            for spec in specs
            if spec.group == group
        ]
        lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in _briefly(rows)]
        parts.append("\n".join([f"## {group.capitalize()}", "", *lines, ""]))
    return "\n".join(parts)


def accuracy(figure: Figure) -> str:
    """One figure with its interval: 'exact or ±1: 97 % (94–99 %)'."""
    if "correlation" in figure.measure or "error" in figure.measure:
        return f"{figure.measure}: {figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"
    return f"{figure.measure}: {figure.value:.0%} ({figure.low:.0%}–{figure.high:.0%})"


def _briefly(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows, a long text that is the one above replaced by DITTO."""
    told = rows[:2]
    for above, row in itertools.pairwise(rows[1:]):
        pairs = zip(above, row, strict=True)
        told.append(tuple(DITTO if a == b and len(b) > len(DITTO) + 9 else b for a, b in pairs))
    return told


def _unit(spec: Feature) -> str:
    if spec.levels:
        return f"{spec.unit}: {', '.join(spec.levels)}"
    return spec.unit


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
