"""Every feature with what it means and how often it is right, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.terminal.console import output, table
from index.features.accuracy import Figure
from index.features.feature import Feature
from index.io.safe_text import sanitise

_IN_SHORT = ("right", "precision", "correlation", "exact or ±1", "found", "area", "rank")
"""How the measures begin that are worth a line here, in this order; docs/features.md has all."""


def listed_features() -> tuple[Feature, ...]:
    """Features that every index has, emotion, and the concepts that were measured."""
    from index.features.concepts.emotion import EMOTION
    from index.features.concepts.vocabulary import measured_concepts
    from index.features.registry import features

    return (*features(), EMOTION, *(one.spec for one in measured_concepts()))


def show_features(specs: Sequence[Feature], figures: Iterable[Figure]) -> None:
    """A table a group: name, meaning, and how often it is right where that was measured.

    Args:
        figures: accuracy where it was measured.
    """
    measured: dict[str, list[Figure]] = {}
    for figure in figures:
        measured.setdefault(figure.feature, []).append(figure)
    for group in dict.fromkeys(spec.group for spec in specs):
        drawn = table(group.capitalize(), "feature", "what it says", "how often it is right")
        for spec in specs:
            if spec.group == group:
                drawn.add_row(
                    sanitise(spec.name),
                    sanitise(_meaning(spec)),
                    sanitise(_in_short(measured.get(spec.name, []), spec)),
                )
        output().print(drawn)


def accuracy(figure: Figure) -> str:
    """One figure with its interval: 'exact or ±1: 97 % (94–99 %)'."""
    if "correlation" in figure.measure or "error" in figure.measure:
        return f"{figure.measure}: {figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"
    return f"{figure.measure}: {figure.value:.0%} ({figure.low:.0%}–{figure.high:.0%})"


def _meaning(spec: Feature) -> str:
    return (
        f"{spec.sentence} ({', '.join(spec.levels)})" if 0 < len(spec.levels) < 8 else spec.sentence
    )


def _in_short(figures: Sequence[Figure], spec: Feature) -> str:
    for start in _IN_SHORT:
        for figure in figures:
            if figure.measure.startswith(start):
                return accuracy(figure)
    return (
        spec.checked
        if spec.group == "attributes"
        else "by test"
        if "Exact" in spec.checked
        else "—"
    )
