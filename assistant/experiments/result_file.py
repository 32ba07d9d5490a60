"""Results of experiments, as tables that somebody wrote: totals of each arm, or a row a day."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant.experiments.plan_file import RegisteredTest
from assistant.experiments.results import Counts, Expectation, ExperimentResult, Period
from assistant.insights.effects import EffectSlice, Evidence, estimate_effects
from assistant.insights.grading import MIN_TITLES
from assistant.insights.levers import lever_sides
from assistant.insights.naming import one_side, require_slice
from index.catalogue.schemas import Rule, TableSpec, numbers, validate
from index.errors import InputError
from index.io.number_words import Kind
from index.io.table_file import TableFile, no_rows
from index.io.table_open import open_table
from index.io.table_scan import read_table
from index.records import ALL

_REQUIRED = ("arm", "impressions", "plays")
_NAMES = ("hypothesis", "experiment", "lever", "pole", "feature", "level", "steps", "cluster",
          "platform")  # fmt: skip
_MORE = ("members", "date", "start", "end", "other_change")
_ARMS = {"a": "A", "with": "A", "b": "B", "without": "B"}
_COUNT = r"\d{1,15}(\.0)?"


def read_results(
    paths: Sequence[Path], evidence: Evidence, registered: Mapping[str, RegisteredTest]
) -> tuple[ExperimentResult, ...]:
    """Read results: `arm` (A or B), `impressions`, `plays`, and which test they are of.

    A test is named by `hypothesis`, an id of a recorded test, or by `lever` and `pole` (or
    `feature` and `level`, whose lever is meant) with optional `experiment`, `steps`, `cluster` and
    `platform`. Optional beside the counts: `members`, `date` of a day or `start` and `end` of the
    counts, and `other_change`, what else changed on those days. Rows of one test and arm are added
    up.

    Args:
        paths: CSV or Parquet files; a test stands in one of them.
        registered: recorded tests by id.

    Raises:
        InputError: the first row that breaks a rule, with its line and column.
    """
    found: dict[str, ExperimentResult] = {}
    for path in paths:
        for result in _read(path, evidence, registered):
            before = found.setdefault(result.experiment, result)
            if before is not result:
                raise InputError(
                    f"the test {result.experiment!r} is in {before.path.name} too",
                    path=path,
                    row=result.row,
                    column="hypothesis" if result.plan else "lever",
                    hint="put all rows of a test into one file",
                )
    return tuple(found.values())


def _read(
    path: Path, evidence: Evidence, registered: Mapping[str, RegisteredTest]
) -> list[ExperimentResult]:
    if not path.is_file():
        raise InputError("there is no such file", path=path, hint="name a CSV of results")
    optional = (*_NAMES, *_MORE)
    source = open_table(path, _REQUIRED, optional)
    counts = {"impressions": Kind.COUNT, "plays": Kind.COUNT}
    frame = read_table(source, (*_REQUIRED, *optional), counts)
    if frame.empty:
        raise no_rows(path)
    frame = frame.assign(**{name: "" for name in optional if name not in frame})
    validate(frame, TableSpec("results", _REQUIRED, optional, _rules(frame, registered)), source)
    frame["lever"] = frame["lever"].where(frame["lever"] != "", frame["feature"])
    frame["pole"] = frame["pole"].where(frame["pole"] != "", frame["level"])
    frame = frame.assign(
        arm=frame["arm"].str.casefold().map(_ARMS),
        impressions=numbers(frame["impressions"]).astype("int64"),
        plays=numbers(frame["plays"]).astype("int64"),
        members=numbers(frame["members"]),
        steps=numbers(frame["steps"]).map(lambda one: "" if np.isnan(one) else str(one)),
        row=np.arange(len(frame)),
    )
    for name in ("date", "start", "end"):
        frame[name] = frame[name].map(_day)
    frame["start"] = frame["start"].where(frame["date"].isna(), frame["date"])
    key = [name for name in _NAMES if name not in {"feature", "level"}]
    frame.loc[frame["hypothesis"] != "", key[1:]] = ""
    return [
        _result(dict(zip(key, map(str, names), strict=True)), rows, evidence, registered, source)
        for names, rows in frame.groupby(key, sort=False, dropna=False)
    ]


def _rules(frame: pd.DataFrame, registered: Mapping[str, RegisteredTest]) -> tuple[Rule, ...]:
    def is_count(values: pd.Series[str]) -> pd.Series[bool]:
        return values.str.fullmatch(_COUNT)

    def within(values: pd.Series[str]) -> pd.Series[bool]:
        return ~numbers(values).gt(numbers(frame["impressions"]))

    def is_day(values: pd.Series[str]) -> pd.Series[bool]:
        return values.eq("") | values.map(_day).notna()

    def follows_start(values: pd.Series[str]) -> pd.Series[bool]:
        ends, starts = values.map(_day), frame["start"].map(_day)
        late = [not end or not start or end >= start
                for end, start in zip(ends, starts, strict=True)]  # fmt: skip
        return values.eq("") | np.array(late, dtype=bool)

    known = "an id of the files given with --tests" if registered else "known"
    hint = (
        "correct the id, or name a lever instead"
        if registered
        else "give the file that `assistant hypotheses -o` wrote with --tests"
    )
    whole, more = "write a whole number, 0 or more", "is more than the impressions"
    iso = "write it as 2026-01-31"
    named = frame["hypothesis"].ne("") | frame["feature"].ne("")
    return (
        Rule(
            "arm",
            "is not an arm",
            "write A (with it) or B (without)",
            lambda values: values.str.casefold().isin(_ARMS),
        ),
        Rule("impressions", "is not a count", whole, is_count),
        Rule("plays", "is not a count", whole, is_count),
        Rule("plays", more, "an impression is played at most once", within),
        Rule("members", "is not a count", whole, lambda values: values.eq("") | is_count(values)),
        Rule("members", more, "count the members who saw the arm", within),
        Rule(
            "hypothesis",
            f"is not {known}",
            hint,
            lambda values: values.eq("") | values.isin(list(registered)),
        ),
        Rule(
            "lever",
            "is empty, and so is hypothesis",
            "name the test by one of them",
            lambda values: values.ne("") | named,
        ),
        Rule(
            "steps",
            "is not a number above 0",
            "leave it empty for the change that past artwork made",
            lambda values: values.eq("") | (numbers(values).gt(0) & numbers(values).lt(np.inf)),
        ),
        *(Rule(name, "is not a date", iso, is_day) for name in ("date", "start", "end")),
        Rule("end", "is before its start", "write the first day as start", follows_start),
    )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _result(
    named: dict[str, str],
    rows: pd.DataFrame,
    evidence: Evidence,
    registered: Mapping[str, RegisteredTest],
    source: TableFile,
) -> ExperimentResult:
    line = source.line_of(int(rows["row"].iloc[0]))
    for arm in ("A", "B"):
        if arm not in set(rows["arm"]):
            raise InputError(
                f"this test has no arm {arm}",
                path=source.path,
                row=line,
                column="arm",
                hint=f"add a row with arm {arm} and the same test",
            )
    periods = _periods(rows, source)
    plan = registered.get(named["hypothesis"])
    if plan is not None:
        named = named | {
            "lever": plan.lever, "pole": plan.pole, "steps": str(plan.steps),
            "cluster": plan.cluster, "platform": plan.platform,
        }  # fmt: skip
    where = EffectSlice(named["cluster"] or ALL, named["platform"] or ALL)
    pole = named["pole"] or None
    at = one_side(lever_sides(evidence), named["lever"], pole, source.path, line)
    require_slice(evidence, where, source.path, line, ("cluster", "platform"))
    one = evidence.design.contrasts[at]
    steps = float(named["steps"] or one.change)
    expected = (
        Expectation(plan.effect, plan.low, plan.high, plan.p_positive, True)
        if plan is not None
        else past_expectation(evidence, at, where, steps)
    )
    place = (named["experiment"], one.name, one.side or "", where.cluster, where.platform,
             f"{steps:.6g}")  # fmt: skip
    digest = blake2b("\n".join(place).encode(), digest_size=4, person=b"experiment").hexdigest()
    return ExperimentResult(
        experiment=named["hypothesis"] or named["experiment"] or f"e-{digest}",
        lever=one.name,
        pole=one.side or "",
        steps=steps,
        cluster=where.cluster,
        platform=where.platform,
        periods=periods,
        expected=expected,
        plan=plan,
        other_changes=tuple(dict.fromkeys(said for said in rows["other_change"] if said)),
        path=source.path,
        row=line,
    )


def _periods(rows: pd.DataFrame, source: TableFile) -> tuple[Period, ...]:
    """Counts by day, or in the order of the rows where they have no date."""
    dated = rows["start"].notna()
    if not dated.all():
        if dated.any():
            first = int(rows.loc[~dated, "row"].iloc[0])
            raise InputError(
                "has no date, and other rows of its test have one",
                path=source.path,
                row=source.line_of(first),
                column="date",
                hint="date all of them or none",
            )
        arms = [[_counts(row) for row in _records(rows, arm)] for arm in ("A", "B")]
        return tuple(Period(a or Counts(), b or Counts()) for a, b in zip_longest(*arms))
    by_day: dict[tuple[date, date], dict[str, Counts]] = {}
    for arm in ("A", "B"):
        last: date | None = None
        for row in _records(rows, arm):
            start, end = row["start"], row["end"] or row["start"]
            if last is not None and start <= last:
                same = start == last
                raise InputError(
                    f"arm {arm} has {start} twice" if same else f"{start} comes after {last}",
                    path=source.path,
                    row=source.line_of(int(row["row"])),
                    column="date",
                    hint="keep one row a day and arm" if same else "put the days in order",
                )
            last = end
            by_day.setdefault((start, end), {})[arm] = _counts(row)
    return tuple(
        Period(arms.get("A", Counts()), arms.get("B", Counts()), start, end)
        for (start, end), arms in sorted(by_day.items())
    )


def _records(rows: pd.DataFrame, arm: str) -> list[dict[Hashable, Any]]:
    return rows[rows["arm"] == arm].to_dict("records")


def _counts(row: Mapping[Hashable, Any]) -> Counts:
    members = None if np.isnan(row["members"]) else int(row["members"])
    return Counts(int(row["impressions"]), int(row["plays"]), members)


def past_expectation(
    evidence: Evidence, at: int, where: EffectSlice, steps: float
) -> Expectation | None:
    """What past artwork says of a side in a slice; None where it has too little to say."""
    from scipy.stats import norm

    row = estimate_effects(evidence, [where]).iloc[at]
    if row["titles"] < MIN_TITLES or not np.isfinite(row["low"]):
        return None
    effect, low, high = (float(row[name]) * steps for name in ("effect", "low", "high"))
    return Expectation(effect, low, high, float(norm.cdf(row["effect"] / row["se"])), False)
