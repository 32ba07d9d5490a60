"""Outcomes of experiments, as a table that somebody wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.experiments.plan_file import RegisteredTest
from assistant.insights.effects import EffectSlice, Evidence, estimate_effects
from assistant.insights.grading import MIN_TITLES
from index.catalogue.schemas import Rule, TableSpec, numbers, validate
from index.errors import InputError
from index.io.number_words import Kind
from index.io.table_file import TableFile, no_rows, open_table, read_table
from index.records import ALL

if TYPE_CHECKING:
    import pandas as pd

_REQUIRED = ("arm", "impressions", "plays")
_OPTIONAL = ("hypothesis", "feature", "level", "steps", "cluster", "platform")
_ARMS = {"a": "a", "with": "a", "b": "b", "without": "b"}
_KEY = list(_OPTIONAL)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was expected of arm A against arm B before the test, log-odds.

    `registered` says that it was written down before, else past artwork is asked now.
    """

    effect: float
    low: float
    high: float
    p_positive: float
    registered: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """Counts of both arms of one experiment, and what was expected."""

    experiment: str
    feature: str
    level: str | None
    steps: float
    cluster: str
    platform: str
    impressions_a: int
    plays_a: int
    impressions_b: int
    plays_b: int
    expected: Expectation | None


def read_results(
    path: Path, evidence: Evidence, registered: Mapping[str, RegisteredTest]
) -> tuple[Outcome, ...]:
    """Read outcomes: `arm` (A or B), `impressions`, `plays`, and which test they are of.

    A test is named by `hypothesis`, an id of a recorded test, or by `feature` with optional
    `level`, `steps`, `cluster` and `platform`. Rows of one test and arm are added up.

    Args:
        path: CSV or Parquet.
        evidence: of the index; says which features and slices there are.
        registered: recorded tests by id.

    Raises:
        InputError: the first row that breaks a rule, with its line and column.
    """
    if not path.is_file():
        raise InputError("there is no such file", path=path, hint="name a CSV of outcomes")
    source = open_table(path, _REQUIRED, _OPTIONAL)
    counts = {"impressions": Kind.COUNT, "plays": Kind.COUNT}
    frame = read_table(source, (*_REQUIRED, *_OPTIONAL), counts)
    if frame.empty:
        raise no_rows(path)
    frame = frame.assign(**{name: "" for name in _OPTIONAL if name not in frame})
    validate(frame, TableSpec("results", _REQUIRED, _OPTIONAL, _rules(frame, registered)), source)
    frame = frame.assign(
        arm=frame["arm"].str.lower().map(_ARMS),
        impressions=numbers(frame["impressions"]).astype("int64"),
        plays=numbers(frame["plays"]).astype("int64"),
        steps=numbers(frame["steps"]).fillna(1.0).map(str),
        row=np.arange(len(frame)),
    )
    frame.loc[frame["hypothesis"] != "", _KEY[1:]] = ""
    outcomes = []
    for key, rows in frame.groupby(_KEY, sort=False, dropna=False):
        named = dict(zip(_KEY, map(str, key), strict=True))
        line = source.line_of(int(rows["row"].iloc[0]))
        outcomes.append(_outcome(named, rows, evidence, registered, source, line))
    return tuple(outcomes)


def _rules(frame: pd.DataFrame, registered: Mapping[str, RegisteredTest]) -> tuple[Rule, ...]:
    def is_count(values: pd.Series[str]) -> pd.Series[bool]:
        found = numbers(values)
        return found.ge(0) & found.lt(2**53) & found.mod(1).eq(0)

    known = "an id of the file given with --tests" if registered else "known"
    hint = (
        "correct the id, or name a feature instead"
        if registered
        else "give the file that `assistant hypotheses -o` wrote with --tests"
    )
    return (
        Rule(
            "arm",
            "is not an arm",
            "write A (with it, or more of it) or B (without, or less)",
            lambda values: values.str.lower().isin(_ARMS),
        ),
        Rule("impressions", "is not a count", "write a whole number, 1 or more", is_count),
        Rule(
            "impressions",
            "is nothing to learn from",
            "write a whole number, 1 or more",
            lambda values: ~numbers(values).eq(0),
        ),
        Rule("plays", "is not a count", "write a whole number, 0 or more", is_count),
        Rule(
            "plays",
            "is more than the impressions",
            "an impression is played at most once",
            lambda values: ~numbers(values).gt(numbers(frame["impressions"])),
        ),
        Rule(
            "hypothesis",
            f"is not {known}",
            hint,
            lambda values: values.eq("") | values.isin(list(registered)),
        ),
        Rule(
            "feature",
            "is empty, and so is hypothesis",
            "name the test by one of them",
            lambda values: values.ne("") | frame["hypothesis"].ne(""),
        ),
        Rule(
            "steps",
            "is not a number above 0",
            "leave it empty for one step",
            lambda values: values.eq("") | (numbers(values).gt(0) & numbers(values).lt(np.inf)),
        ),
    )


def _outcome(
    named: dict[str, str],
    rows: pd.DataFrame,
    evidence: Evidence,
    registered: Mapping[str, RegisteredTest],
    source: TableFile,
    line: int,
) -> Outcome:
    counts = rows.groupby("arm")[["impressions", "plays"]].sum()
    for arm in ("a", "b"):
        if arm not in counts.index:
            raise InputError(
                f"this test has no arm {arm.upper()}",
                path=source.path,
                row=line,
                column="arm",
                hint=f"add a row with arm {arm.upper()} and the same test",
            )
    plan = registered.get(named["hypothesis"])
    if plan is not None:
        named = named | {
            "feature": plan.feature,
            "level": plan.level or "",
            "steps": str(plan.steps),
            "cluster": plan.cluster,
            "platform": plan.platform,
        }
    where = EffectSlice(named["cluster"] or ALL, named["platform"] or ALL)
    level, steps = named["level"] or None, float(named["steps"])
    _check_names(named["feature"], level, where, evidence, source.path, line)
    expected = (
        Expectation(plan.effect, plan.low, plan.high, plan.p_positive, True)
        if plan is not None
        else past_expectation(evidence, named["feature"], level, where, steps)
    )
    place = (named["feature"], level or "", where.cluster, where.platform, named["steps"])
    digest = blake2b("\n".join(place).encode(), digest_size=4, person=b"experiment").hexdigest()
    return Outcome(
        named["hypothesis"] or f"e-{digest}",
        named["feature"],
        level,
        steps,
        where.cluster,
        where.platform,
        int(counts["impressions"]["a"]),
        int(counts["plays"]["a"]),
        int(counts["impressions"]["b"]),
        int(counts["plays"]["b"]),
        expected,
    )


def past_expectation(
    evidence: Evidence, feature: str, level: str | None, where: EffectSlice, steps: float
) -> Expectation | None:
    """What past artwork says of a contrast in a slice; None where it has too little to say."""
    from scipy.stats import norm

    effects = estimate_effects(evidence, [where], adjust=False)
    own = effects[(effects["feature"] == feature) & (effects["level"].fillna("") == (level or ""))]
    row = own.iloc[0]
    if row["titles"] < MIN_TITLES or not np.isfinite(row["low"]):
        return None
    effect, low, high = (float(row[name]) * steps for name in ("effect", "low", "high"))
    return Expectation(effect, low, high, float(norm.cdf(row["effect"] / row["se"])), False)


def _check_names(
    feature: str, level: str | None, where: EffectSlice, evidence: Evidence, path: Path, line: int
) -> None:
    contrasts, cells = evidence.design.contrasts, evidence.cells
    levels = [one.level for one in contrasts if one.feature == feature]

    def among(value: str, known: list[str], column: str) -> None:
        if value in known:
            return
        near = get_close_matches(value, known, n=1)
        listed = ", ".join(known[:12] or ["none"]) + (" …" if len(known) > 12 else "")
        hint = f"the nearest is {near[0]!r}" if near else f"there are: {listed}"
        raise InputError(f"there is no {value!r}", path=path, row=line, column=column, hint=hint)

    among(feature, sorted({one.feature for one in contrasts}), "feature")
    among(level or "", [one or "" for one in levels], "level")
    among(where.cluster, [ALL, *sorted(set(cells.cluster) - {""})], "cluster")
    among(where.platform, [ALL, *sorted(set(cells.platform) - {""})], "platform")
