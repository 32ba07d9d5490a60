"""Writes docs/features.md: `python benchmarks/feature_table.py`."""

from __future__ import annotations

from pathlib import Path

from assistant.cli.feature_table import DITTO, feature_table
from index.features.accuracy import accuracy_figures
from index.query.features import known_features

PAGE = Path(__file__).parents[1] / "docs" / "features.md"

INTRODUCTION = f"""# Features

Everything that is measured in a picture. Written by `python benchmarks/feature_table.py`; the same
tables come from `assistant features --table`, and with `--index` those of one index, a user's own
attributes among them. A feature that cannot be measured on a picture is missing for it, not zero.
Gender, age and ethnicity are never inferred. {DITTO} stands for the text above.

**Accuracy** was measured on 152 posters held back when thresholds were chosen, with labels drawn up
by looking before the program was asked; intervals are 90%, from a bootstrap over titles. What can
be said against it, two choices made with these figures in sight among it, stands with the labels
in [benchmarks/labels](../benchmarks/labels/README.md).
`python benchmarks/accuracy.py POSTERS --write` measures anew. Precision and recall of faces are
those of counts: of each poster, the lesser of found and labelled faces is taken as right, so a
false face and a missed one on the same poster go unseen.

"""


def page() -> str:
    """The whole page."""
    return INTRODUCTION + feature_table(known_features(), accuracy_figures())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
