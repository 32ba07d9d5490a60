"""What the report of a planted world says in the terminal, and which part answers a question."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.insights.beliefs import BeliefHistory
from assistant.insights.estimators.shares import Share
from assistant.insights.grading import grade_claims
from assistant.insights.report import Focus, InsightReport, insights, members_of
from assistant.terminal.console import output
from assistant.terminal.insights import show_history, show_insights
from index.errors import InputError
from index.query.levers import read_levers
from index.records import ALL
from index.store import Index
from tests.world_index import plant_world
from tests.worlds import World, everywhere, make_world, only, part_of

EFFECTS = {
    "darker": everywhere(0.4), "two people": everywhere(0.3), "calmer": only(c0=0.45, c1=-0.45),
    "stronger": only(tv=0.35, mobile=-0.35), "cooler": everywhere(-0.35),
}  # fmt: skip
KINDS = {"darker": "dark", "two people": "pairs", "calmer": "calm"}
BELIEFS = """
- {lever: darker, direction: up, audience: c0}
- {lever: calmer, direction: up, audience: c1}
"""


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(EFFECTS, 21, titles=30, impressions=2000)


@pytest.fixture(scope="module")
def index(world: World, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return plant_world(tmp_path_factory.mktemp("index"), world, kinds=KINDS)


@pytest.fixture(scope="module")
def report(index: Index, tmp_path_factory: pytest.TempPathFactory) -> InsightReport:
    path = tmp_path_factory.mktemp("beliefs") / "beliefs.yaml"
    path.write_text(BELIEFS)
    return insights(index, beliefs=path)


Printed = Callable[..., str]


@pytest.fixture
def printed(
    report: InsightReport, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Printed:
    def show(k: int = 6, **options: Any) -> str:
        monkeypatch.setattr(output(), "width", 100)
        show_insights(report, k, **options)
        return " ".join(capsys.readouterr().out.split())

    return show


def test_the_strongest_grade_comes_first_then_the_largest_effect(report: InsightReport) -> None:
    assert report.effects.index.equals(pd.RangeIndex(len(report.effects)))
    assert "index" not in report.effects
    grades = ["tested", "confirmed", "supported", "suggestive", "insufficient"]
    rank = report.effects["grade"].map(grades.index)
    assert rank.is_monotonic_increasing
    assert {"confirmed", "insufficient"} <= set(report.effects["grade"])
    for _, rows in report.effects.groupby("grade"):
        assert rows["effect"].abs().dropna().is_monotonic_decreasing


def test_a_finding_is_told_once_where_it_is_largest_and_how_it_goes_elsewhere(
    printed: Printed,
) -> None:
    told = printed().partition("Conflicts")[0]
    for pole in ("two people", "darker", "cooler", "calmer", "stronger"):
        assert told.count(f" {pole} ") == 1
    assert re.search(r" darker [^…]* elsewhere 14 agree", told), "it wins in all fifteen slices"
    found = re.search(r" calmer [^…]* elsewhere (\d+) agree, (\d+) disagree", told)
    assert found is not None, "it divides them"
    assert int(found[1]) + int(found[2]) <= 14
    assert " 30 confirmed" in told
    assert "weaker findings (-k, or --json)" in printed(2).partition("Conflicts")[0]
    assert "weaker" not in printed(40).partition("Conflicts")[0]
    every = printed(200, every_slice=True).partition("Conflicts")[0]
    assert every.count(" darker ") == 15
    assert "elsewhere" not in every


def test_conflicts_name_who_gains_and_who_loses(printed: Printed, report: InsightReport) -> None:
    told = printed().partition("Conflicts")[2].partition("Theme")[0]
    assert "calmer c0 " in told
    assert told.count("calmer") == 2, "again only after every other side"
    assert f"… and {len(report.conflicts) - 3} more conflicts" in told
    assert "more conflicts" not in printed(3 * len(report.conflicts))


def test_themes_say_what_they_are_and_for_whom_they_work(printed: Printed) -> None:
    told = printed().partition("Theme ")[2]
    assert ": Darker pictures 30 artworks of 30 titles. Beside their own titles' other" in told
    dark = told.partition("Darker pictures")[2].partition("Pictures:")[0]
    assert "c1 on mobile +49%" in dark
    assert dark.count("confirmed") == 3
    assert "Insufficient data in" not in dark
    calm = told.partition("Calmer pictures")[2].partition("Pictures:")[0]
    assert "Insufficient data in" in calm, "for a cluster that does not mind"
    assert " of 12 slices." in calm


def test_beliefs_have_their_verdict_and_what_speaks_on_either_side(printed: Printed) -> None:
    told = printed().partition("Beliefs")[2].partition("Insufficient")[0]
    first, _, second = told.partition("calmer: up, for c1")
    assert "darker: up, for c0 confirmed +" in first
    assert "13 titles: t21-" in first
    assert first.count("%") >= 8
    assert " refuted -3" in second
    assert " 0 titles 13 titles: t21-" in second


def test_what_cannot_be_told_says_how_many_titles_it_takes(printed: Printed) -> None:
    told = printed().partition("Insufficient data (to see")[2]
    assert "titles that vary titles needed" in told
    assert " 10 " in told
    assert "comparisons with too few titles" in told


def test_notes_say_what_everything_rests_on(report: InsightReport) -> None:
    first, kept, short = report.notes
    assert first.startswith("Artwork is compared with its title's other artwork only")
    assert kept.startswith("13 of 30 titles are kept aside")
    number = int(short.split()[0])
    few = report.effects[report.effects["grade"] == "insufficient"]
    assert number == (few["titles_needed"] > few["titles"]).sum()


def test_a_question_is_answered_by_its_part_with_the_same_grades(report: InsightReport) -> None:
    light = report.narrowed(Focus(lever="light"))
    assert set(light.effects["name"]) == {"light"}
    dark = report.narrowed(Focus(lever="darker", cluster="c0"))
    assert set(zip(dark.effects["side"], dark.effects["cluster"], strict=True)) == {
        ("darker", "c0")
    }
    whole = report.effects.query("side == 'darker' and cluster == 'c0' and genre == 'all'")
    assert dark.effects["grade"].tolist() == whole["grade"].tolist()
    calm = report.narrowed(Focus(lever="clutter"))
    assert set(calm.conflicts["lever"]) == {"clutter"}
    assert len(report.narrowed(Focus(lever="light")).conflicts) == 0
    action = report.narrowed(Focus(cluster="c1"))
    touched = action.conflicts[["helps_cluster", "hurts_cluster"]].eq("c1").any(axis=1)
    assert touched.all()
    assert 0 < len(action.conflicts) < len(report.conflicts)
    assert {row["cluster"] for theme in action.themes for row in theme.performance} == {"c1"}
    drama = report.narrowed(Focus(genre="Drama"))
    assert set(drama.effects["genre"]) == {"Drama"}
    with pytest.raises(InputError, match="no cluster 'c9'"):
        report.narrowed(Focus(cluster="c9"))


def test_a_slice_of_several_parts_is_looked_at_when_it_is_asked_for(index: Index) -> None:
    asked = Focus(cluster="c0", genre="Drama")
    rows = insights(index, focus=asked).narrowed(asked).effects
    assert len(rows) > 0
    assert set(rows["cluster"]) == {"c0"}
    assert set(rows["genre"]) == {"Drama"}
    dark = rows[(rows["side"] == "darker") & (rows["platform"] == ALL)].iloc[0]
    assert dark["effect"] * dark["change"] == pytest.approx(0.4, abs=0.12)


def test_members_of_a_lever_point_the_way_it_was_turned(index: Index, world: World) -> None:
    table = members_of(index, Focus(lever="light", cluster="c0"))
    assert set(table["name"]) == {"brightness", "black_share"}
    assert set(table["cluster"]) == {"c0"}
    whole = table[table["side"].isna() & (table["platform"] == ALL)].set_index("name")
    assert whole["effect"]["brightness"] < 0 < whole["effect"]["black_share"]
    assert whole["grade"].isin(["supported", "confirmed"]).all()
    assert len(members_of(index)["name"].unique()) > 4


def test_the_features_of_a_lever_are_one_family_of_tests(index: Index) -> None:
    table, levers = members_of(index), read_levers(index)
    owner = [levers.owner(name) or name for name in table["name"]]
    together, alone = (
        grade_claims(table.assign(family=family), "family")["q"]
        for family in (owner, table["name"])
    )
    np.testing.assert_allclose(table["q"], together)
    assert not np.allclose(table["q"], alone, equal_nan=True)


@pytest.mark.parametrize(
    ("judged", "right", "said"),
    [
        (1, Share(0), "1 belief judged so far, none decided."),
        (
            2,
            Share(2, 0.5, 0.1, 0.9),
            "2 beliefs judged so far, 2 decided: right in 50% (10% to 90%).",
        ),
    ],
)
def test_beliefs_are_counted_as_one_would_say_it(
    capsys: pytest.CaptureFixture[str], judged: int, right: Share, said: str
) -> None:
    show_history(BeliefHistory(judged, right))
    assert said in " ".join(capsys.readouterr().out.split())


def test_the_take_fraction_is_that_of_everything(report: InsightReport, world: World) -> None:
    cells = world.cells
    assert report.take_fraction == pytest.approx(cells["plays"].sum() / cells["impressions"].sum())
    document = report.to_json()
    dark = next(one for one in document["levers"] if one["pole"] == "darker")
    assert dark["lever"] == "light"
    assert document["effects"] == []
    assert np.isfinite(dark["effect"])


def test_what_was_not_measured_is_said(tmp_path: Path) -> None:
    plain = make_world({}, 5, titles=12)
    alone = plain.artworks["title_id"].iloc[0]
    keep = (plain.artworks["title_id"] != alone) | ~plain.artworks["title_id"].duplicated()
    small = part_of(plain, keep.to_numpy())
    cells = small.cells.assign(cluster="", platform="")
    small = replace(small, titles=small.titles.assign(genres=""), cells=cells)
    told = insights(plant_world(tmp_path, small, kinds=KINDS)).notes
    assert "1 titles have a single artwork (or one asset family) and can't be compared." in told
    assert "Titles have no genres, so nothing is said by genre." in told
    assert "Performance has no cluster, so nothing is said by cluster." in told
    assert "Performance has no platform, so nothing is said by platform." in told
