"""What learning from experiments changed in the evidence of an index."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from assistant.insights.json_values import json_value
from assistant.wording import Interval, change_of
from index.records import ALL


@dataclass(frozen=True, slots=True)
class Change:
    """The evidence of one tested side in one slice before and after learning, in plays.

    Attributes:
        before, after: relative change of the take fraction; None where nothing can be said.
    """

    lever: str
    pole: str
    cluster: str
    platform: str
    before: Interval | None
    grade_before: str
    after: Interval | None
    grade: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """As docs/json.md describes it."""
        plain: dict[str, Any] = json_value(asdict(self))
        return plain


def what_changed(
    learned: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame
) -> tuple[Change, ...]:
    """Evidence of the tested sides as the next board will have it, beside what it had.

    Args:
        before, after: effects of all sides and slices.
    """
    counts = learned.groupby(["lever", "pole", "cluster", "platform"], sort=False)
    found = []
    for place, rows in counts:
        base = float(rows["take_fraction"].mean())
        old, new = (_row(table, *place) for table in (before, after))
        if old is not None and new is not None:
            lever, pole, cluster, platform = map(str, place)
            then, now = (
                (change_of(row, "effect", base, steps=row["change"]), str(row["grade"]))
                for row in (old, new)
            )
            found.append(Change(lever, pole, cluster, platform, *then, *now, str(new["reason"])))
    return tuple(found)


def _row(effects: pd.DataFrame, *place: object) -> dict[str, Any] | None:
    keys = ["name", "side", "cluster", "platform", "genre", "country"]
    rows = effects[(effects[keys] == [*place, ALL, ALL]).all(axis=1)]
    return dict(rows.iloc[0]) if len(rows) else None
