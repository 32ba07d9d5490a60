"""What experiments found: the table that is kept, with validity before verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from assistant.experiments.designs import Design, contrast
from assistant.experiments.results import ExperimentResult
from assistant.experiments.validity import Run, notes_on, run_of, running_totals, why_invalid
from assistant.insights.grading import WORTH_SEEING
from assistant.insights.outcomes import INVALID, verdict
from index.errors import InputError


def judge(results: Sequence[ExperimentResult], kept: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every experiment measured and judged, one row each.

    Returns:
        experiment, brief, lever, pole, steps, cluster, platform, design, start, end ("" where
        unknown), impressions_a, plays_a, impressions_b, plays_b, take_fraction (of the plan, else
        of B), members_a, members_b (NaN where not counted), effect, se, low, high (log odds ratio
        of A against B for all steps, with the 90% interval of its design), expected_effect,
        expected_low, expected_high, expected_p_positive (NaN where nothing was expected),
        registered, verdict, why_invalid and notes (clauses, "; " between).

    Raises:
        InputError: a result holds fewer impressions than was learned of the same test before.
    """
    runs = [*_kept_runs(kept), *(run_of(one) for one in results)]
    rows = []
    for one in results:
        _refuse_part(one, kept)
        rows.append(_row(one, runs))
    return pd.DataFrame(rows)


def _row(result: ExperimentResult, runs: Sequence[Run]) -> dict[str, Any]:
    totals = running_totals(result.periods)
    a, b = (result.periods[-1].a, result.periods[-1].b) if totals else (result.a, result.b)
    plan, expected = result.plan, result.expected
    design = Design.FIXED if plan is None else plan.design
    planned = None if plan is None else plan.planned
    found = contrast(a.plays, a.impressions, b.plays, b.impressions, design, planned)
    why = why_invalid(result, runs)
    worthwhile = plan.smallest_effect if plan is not None else None
    known = None if plan is None else plan.take_fraction
    said = verdict(
        found,
        np.nan if expected is None else expected.effect,
        worthwhile or WORTH_SEEING,
    )
    return {
        "experiment": result.experiment,
        "brief": "" if plan is None else plan.brief,
        "lever": result.lever,
        "pole": result.pole,
        "steps": result.steps,
        "cluster": result.cluster,
        "platform": result.platform,
        "design": design.value,
        "start": str(result.start or ""),
        "end": str(result.end or ""),
        "impressions_a": a.impressions,
        "plays_a": a.plays,
        "impressions_b": b.impressions,
        "plays_b": b.plays,
        "take_fraction": (b.plays + 0.5) / (b.impressions + 1) if known is None else known,
        "members_a": np.nan if a.members is None else float(a.members),
        "members_b": np.nan if b.members is None else float(b.members),
        "effect": float(found.effect),
        "se": float(found.se),
        "low": float(found.low),
        "high": float(found.high),
        **{
            f"expected_{name}": np.nan if expected is None else getattr(expected, name)
            for name in ("effect", "low", "high", "p_positive")
        },
        "registered": expected is not None and expected.registered,
        "verdict": INVALID if why else said,
        "why_invalid": "; ".join(why),
        "notes": "; ".join(notes_on(result)),
    }


def _kept_runs(kept: pd.DataFrame | None) -> list[Run]:
    """When and before whom the experiments ran that were learned before and are valid."""
    if kept is None or "brief" not in kept:
        return []
    rows = kept[kept["brief"].fillna("").ne("") & kept["verdict"].ne(INVALID)]
    return [
        Run(
            str(row["experiment"]),
            str(row["brief"]),
            str(row["cluster"]),
            str(row["platform"]),
            *(date.fromisoformat(row[name]) if row[name] else None for name in ("start", "end")),
        )
        for row in rows.to_dict("records")
    ]


def _refuse_part(result: ExperimentResult, kept: pd.DataFrame | None) -> None:
    """Raise where a file holds less of a test than was learned of it before."""
    if kept is None:
        return
    before = kept[kept["experiment"] == result.experiment]
    if before.empty:
        return
    learned = tuple(int(before[f"impressions_{arm}"].iloc[0]) for arm in ("a", "b"))
    now = (result.a.impressions, result.b.impressions)
    if now[0] < learned[0] or now[1] < learned[1]:
        raise InputError(
            f"{result.experiment!r} has {now[0]:,} and {now[1]:,} impressions here, and "
            f"{learned[0]:,} and {learned[1]:,} were learned of it before",
            path=result.path,
            row=result.row,
            column="impressions",
            hint="give all rows of a test in one file",
        )
