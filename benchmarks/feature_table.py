"""Writes docs/features.md: `python benchmarks/feature_table.py`."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.terminal.feature_list import accuracy, listed_features
from index.features.accuracy import Figure, accuracy_figures
from index.features.concepts.vocabulary import load_vocabulary
from index.features.feature import Feature

PAGE = Path(__file__).parents[1] / "docs" / "features.md"
DITTO = "″"
"""Stands for the text right above, which concepts have in common."""
_COLUMNS = ("feature", "meaning", "unit", "source", "how checked", "measured accuracy")

INTRODUCTION = f"""# Features

Everything that is measured in a picture. Written by `python benchmarks/feature_table.py`;
`assistant features --table` prints the same in short, and with `--index` the features of one index,
a user's own attributes among them. A feature that cannot be measured on a picture is missing for
it, not zero. Gender, age and ethnicity are never inferred. {DITTO} stands for the text above.

**Accuracy** was measured on posters held back when thresholds were chosen, with labels drawn up by
looking before the program was asked; intervals are 90%. Which labels a choice was made with, and
what can be said against them, stands with the labels in
[benchmarks/labels](../benchmarks/labels/README.md). `python benchmarks/accuracy.py` and
`python benchmarks/concepts.py` measure anew. Precision and recall of faces are those of counts: of
each poster, the lesser of found and labelled faces is taken as right, so a false face and a missed
one on the same poster go unseen.

"""


def things() -> str:
    """What is known of all concepts together, and what needs another encoder."""
    figures = {one.feature: one for one in accuracy_figures()}
    all_of_them = figures["things"]
    unseen = [one for one in load_vocabulary().values() if not one.has_classes]
    names = ", ".join(one.name.replace("_", " ") for one in unseen)
    return f"""## Concepts: what the starter encoder sees, and what it does not

Concepts are the features `shows_…` and `weapons`. The starter encoder sees those that are listed
here; a kind of thing, such as an animal, is shown where one of its members is. Of
{all_of_them.posters} flags on titles that were not used to choose them,
{all_of_them.value:.0%} were right by eye (90% interval {all_of_them.low:.0%} to
{all_of_them.high:.0%}); a concept's own figure counts all labelled titles and often rests on one or
two. The concepts were kept by kind, after all labels had been seen. What is missed was not counted.

Not seen by the starter encoder: {names}. An open_clip encoder sees these by their texts; how often
it is right was not measured, so they rule out and filter but are never reported as findings. To
measure one on your own pictures, teach it as an attribute: `assistant features add`.

"""


def page() -> str:
    """The whole page."""
    return INTRODUCTION + feature_table(listed_features(), accuracy_figures()) + "\n" + things()


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


if __name__ == "__main__":
    PAGE.write_text(page().rstrip() + "\n", encoding="utf-8")
