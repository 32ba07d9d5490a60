"""What learning from experiments changed in the evidence of an index."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.insights.json_values import json_value
from assistant.wording import Interval, relative_change
from index.records import ALL

if TYPE_CHECKING:
    import pandas as pd


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
        lever, pole, cluster, platform = map(str, place)
        base = float(rows["take_fraction"].mean())
        old, new = (_row(table, lever, pole, cluster, platform) for table in (before, after))
        if old is not None and new is not None:
            found.append(
                Change(
                    lever=lever,
                    pole=pole,
                    cluster=cluster,
                    platform=platform,
                    before=_plays(old, base),
                    grade_before=str(old["grade"]),
                    after=_plays(new, base),
                    grade=str(new["grade"]),
                    reason=str(new["reason"]),
                )
            )
    return tuple(found)


def _row(
    effects: pd.DataFrame, lever: str, pole: str, cluster: str, platform: str
) -> pd.Series[Any] | None:
    rows = effects[
        (effects["name"] == lever)
        & (effects["side"] == pole)
        & (effects["cluster"] == cluster)
        & (effects["platform"] == platform)
        & (effects["genre"] == ALL)
        & (effects["country"] == ALL)
    ]
    return rows.iloc[0] if len(rows) else None


def _plays(row: pd.Series[Any], base: float) -> Interval | None:
    ends = [float(row[name]) * float(row["change"]) for name in ("low", "effect", "high")]
    if not np.isfinite(ends).all():
        return None
    low, middle, high = (relative_change(end, base) for end in ends)
    return Interval(low, middle, high)
