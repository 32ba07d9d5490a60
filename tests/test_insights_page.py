"""What the terminal makes of findings: in plays, surest first, nothing twice."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.insights.causal.double_ml import Estimate
from assistant.insights.estimators.design import Contrast
from assistant.insights.levers import LeverDesign
from assistant.insights.report import Focus, InsightReport
from assistant.insights.themes.themes import Theme
from assistant.terminal import insights as page
from assistant.terminal.cause import sentences, verdict
from assistant.terminal.insights import show_insights
from index.errors import InputError
from index.features.levers.lever import Side
from index.query.levers import Levers
from index.records import ALL
from tests.worlds import LEVERS

Printed = pytest.CaptureFixture[str]
HALF = 0.5
"""A take fraction at which the odds of two make a third more plays."""
TWICE = math.log(2)
POLES = ("darker", "lighter", "cooler", "warmer", "calmer", "busier", "two people")
OWNER = {"darker": "light", "lighter": "light", "cooler": "heat", "warmer": "heat",
         "calmer": "clutter", "busier": "clutter", "two people": "cast"}  # fmt: skip


@pytest.fixture(autouse=True)
def _room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables wide enough that no cell is folded."""
    monkeypatch.setattr(page, "WIDTH", 240)


def said(capsys: Printed) -> str:
    return " ".join(capsys.readouterr().out.split())


def design() -> LeverDesign:
    """Sides of which each is turned by two steps."""
    nothing = np.zeros((0, len(POLES)))
    contrasts = tuple(Contrast(OWNER[one], one, "pole", 2.0, f"a step {one}") for one in POLES)
    sides = tuple(Side(name=one, variant=one) for one in POLES)
    return LeverDesign(contrasts, nothing, Levers(LEVERS, ()), sides, {}, {}, nothing)


def effect(side: str = "darker", **changed: Any) -> dict[str, Any]:
    """An effect of a third more plays over its two steps, by 0 to 50%."""
    return {
        "name": OWNER[side], "side": side, "step": f"a step {side}", "change": 2.0, "cluster": ALL,
        "platform": ALL, "genre": ALL, "country": ALL, "effect": TWICE / 2, "low": 0.0,
        "high": math.log(3) / 2, "artworks": 1234, "titles": 56, "grade": "supported",
        "reason": "", "titles_needed": 10.0,
    } | changed  # fmt: skip


def report(*effects: dict[str, Any], **parts: Any) -> InsightReport:
    table = pd.DataFrame(list(effects) or [effect(grade="insufficient", titles_needed=None)])
    tables = {
        name: pd.DataFrame(parts.get(name, []))
        for name in ("conflicts", "confounders", "carriers", "interactions")
    }
    return InsightReport(
        table, tables["conflicts"], tables["confounders"], tables["carriers"],
        tables["interactions"], tuple(parts.get("themes", ())), tuple(parts.get("beliefs", ())),
        tuple(parts.get("notes", ())), HALF, design(),
    )  # fmt: skip


PLAYS = "+33% (+0% to +50%)"


def test_a_side_is_listed_once_where_it_is_surest(capsys: Printed) -> None:
    rows = [
        effect(cluster="c1"), effect(platform="tv"), effect(), effect(cluster="c2", effect=-0.3),
        effect("warmer"), effect("calmer", grade="insufficient", titles_needed=None),
    ]  # fmt: skip
    show_insights(report(*rows), 5)
    told = said(capsys)
    assert f"darker c1 {PLAYS} 56 supported elsewhere 2 agree, 1 disagree" in told
    assert f"warmer everyone {PLAYS}" in told
    assert told.count("darker") == 1
    assert "calmer" not in told
    assert "weaker" not in told
    show_insights(report(*rows), 1)
    assert "… and 1 weaker findings (-k, or --json)." in said(capsys)
    show_insights(report(*rows), 3, every_slice=True)
    told = said(capsys)
    assert told.count("darker") == 3
    assert "elsewhere" not in told
    assert "… and 2 weaker rows" in told


def test_an_effect_whose_interval_or_figure_is_unknown_says_so(capsys: Printed) -> None:
    show_insights(report(effect(low=None), effect("warmer", effect=None)), 5)
    told = said(capsys)
    assert "darker everyone cannot be told 56" in told
    assert "warmer everyone cannot be told 56" in told
    show_insights(report(), 5)
    assert "Levers: nothing can be told from chance (insufficient data)." in said(capsys)


def conflict(pole: str = "darker", **changed: Any) -> dict[str, Any]:
    return {
        "lever": OWNER[pole], "pole": pole, "grade": "supported", "helps_cluster": "c1",
        "helps_platform": "tv", "helps_effect": TWICE / 2, "helps_low": 0.0,
        "helps_high": math.log(3) / 2, "hurts_cluster": ALL, "hurts_platform": ALL,
        "hurts_effect": -TWICE / 2, "hurts_low": -math.log(3) / 2, "hurts_high": 0.0,
    } | changed  # fmt: skip


def test_a_conflict_has_who_gains_beside_who_loses(capsys: Printed) -> None:
    show_insights(report(conflicts=[conflict()]), 9)
    told = said(capsys)
    assert f"darker c1 on tv {PLAYS} everyone -33% (-50% to +0%) supported" in told
    assert "more conflicts" not in told
    show_insights(report(conflicts=[conflict()]), 9, names={"c1": "Romance"})
    assert f"darker Romance on tv {PLAYS}" in said(capsys)


def test_a_side_is_in_conflict_once_before_any_comes_again(capsys: Printed) -> None:
    given = [conflict(helps_platform=one) for one in ("tv", "mobile", "web")]
    show_insights(report(conflicts=[*given, conflict("warmer")]), 9)
    told = said(capsys)
    assert re.findall(r"(darker|warmer) c1 on (\w+)", told) == [
        ("darker", "tv"), ("warmer", "tv"), ("darker", "mobile"),
    ]  # fmt: skip
    assert "… and 1 more conflicts" in told


def companion(pole: str, other: str, correlation: float) -> dict[str, Any]:
    return {
        "lever": OWNER[pole], "pole": pole, "other": OWNER[other], "other_pole": other,
        "correlation": correlation, "effect": TWICE / 2, "low": 0.0, "high": math.log(3) / 2,
        "adjusted_effect": 0.0, "adjusted_low": -TWICE / 2, "adjusted_high": TWICE / 2,
        "verdict": "vanishes",
    }  # fmt: skip


def test_a_package_is_told_by_its_closest_companion(capsys: Printed) -> None:
    rows = [companion("darker", "cooler", 0.9), companion("warmer", "lighter", 0.8),
            companion("darker", "busier", 0.7)]  # fmt: skip
    show_insights(report(confounders=rows), 9)
    told = said(capsys)
    assert f"darker cooler +0.90 {PLAYS} +0% (-33% to +33%) vanishes" in told
    assert told.index("darker cooler") < told.index("warmer lighter"), "the closest first"
    assert "busier" not in told


def test_a_side_that_may_be_a_person_is_told_with_both_parts(capsys: Printed) -> None:
    row = {
        "lever": "light", "pole": "darker", "person": "Ada Vale", "person_titles": 6,
        "own_effect": TWICE / 2, "own_low": 0.0, "own_high": math.log(3) / 2,
        "rest_effect": 0.0, "rest_low": -TWICE / 2, "rest_high": TWICE / 2,
    }  # fmt: skip
    other = row | {"pole": "lighter", "person_titles": 2}
    show_insights(report(carriers=[row, other]), 9)
    told = said(capsys)
    assert "lighter may be" not in told
    assert (
        f"darker may be Ada Vale and not the picture: {PLAYS} in their 6 titles, "
        "+0% (-33% to +33%) in the others."
    ) in told


def test_what_a_pair_of_levers_adds_is_a_sentence(capsys: Printed) -> None:
    row = {
        "lever": "light", "pole": "darker", "other": "heat", "other_pole": "warmer",
        "cluster": "c1", "platform": ALL, "effect": TWICE, "low": 0.0, "high": math.log(3),
        "titles": 12, "grade": "confirmed",
    }  # fmt: skip
    show_insights(report(interactions=[row, row | {"effect": -TWICE, "cluster": ALL}]), 9)
    told = said(capsys)
    assert (
        f"Together darker and warmer do more than both apart for c1: {PLAYS}, 12 titles, "
        "confirmed." in told
    )
    assert "do less than both apart for everyone: -33%" in told


def theme(**changed: Any) -> Theme:
    def slice_(cluster: str, value: float, grade: str) -> dict[str, Any]:
        return {"cluster": cluster, "platform": ALL, "effect": value, "low": value - 0.1,
                "high": value + 0.1, "artworks": 30, "titles": 12, "grade": grade}  # fmt: skip

    pattern = {"lever": "light", "pole": "darker", "step": "a step darker", "effect": TWICE,
               "low": 0.0, "high": math.log(3), "titles": 9, "grade": "supported"}  # fmt: skip
    performance = (
        slice_("weak", 0.9, "suggestive"), slice_("mild", 0.2, "confirmed"),
        slice_("strong", -0.4, "confirmed"), slice_("none", 0.0, "insufficient"),
    )  # fmt: skip
    drift = {"share_before": 0.1, "share_since": 0.25, "since": "2020-01-01", "low": 0.05,
             "high": 0.2}  # fmt: skip
    fields: dict[str, Any] = {
        "theme": "x1", "name": "Warm pairs", "description": "About.", "artworks": 30, "titles": 12,
        "stability": 0.9, "traits": (), "genres": (), "performance": performance,
        "representatives": ("a", "b"), "works": (pattern,),
        "failed": (pattern | {"artworks": ("bad1", "bad2")},), "drift": drift,
    }  # fmt: skip
    return Theme(**(fields | changed))


def test_a_theme_is_told_from_its_surest_slice(capsys: Printed) -> None:
    show_insights(report(themes=[theme()]), 9)
    told = said(capsys)
    assert "Theme x1: Warm pairs About." in told
    at = [told.index(f"{name} ") for name in ("strong", "mild", "weak")]
    assert at == sorted(at)
    assert "Insufficient data in 1 of 4 slices." in told
    assert (
        f"Inside it did worse: darker, {PLAYS}, 9 titles, supported, for example bad1, bad2."
        in told
    )
    assert f"Inside it did better: darker, {PLAYS}, 9 titles, supported." in told
    assert "Of all artwork 10% before 2020-01-01, 25% since (difference +5% to +20%)." in told
    assert "Pictures: a, b" in told
    show_insights(report(themes=[theme(drift=None, performance=())]), 9)
    told = said(capsys)
    assert "Of all artwork" not in told
    assert "Insufficient data in" not in told
    show_insights(report(), 9)
    assert "Themes: no kind of picture comes back surely enough" in said(capsys)


def test_beliefs_are_told_with_what_speaks_for_and_against_them(capsys: Printed) -> None:
    belief = {
        "lever": "light", "pole": "darker", "step": "a step darker", "direction": "up",
        "cluster": "c1", "platform": ALL, "verdict": "undecided", "effect": None, "low": None,
        "high": None, "titles": 3, "titles_needed": 1234.0,
        "support": {"titles": 2, "most_telling": [{"title_id": "t1", "effect": TWICE / 2}]},
        "contrary": {"titles": 0, "most_telling": []},
    }  # fmt: skip
    show_insights(report(beliefs=[belief]), 9)
    told = said(capsys).partition("Beliefs")[2]
    assert "darker: up, for c1 undecided" in told
    assert "3 titles vary, 1,234 needed" in told
    assert "2 titles: t1 +33%" in told
    assert "0 titles" in told
    surer = belief | {"effect": TWICE / 2, "low": 0.0, "high": math.log(3) / 2}
    show_insights(report(beliefs=[surer]), 9)
    assert PLAYS in said(capsys).partition("Beliefs")[2]
    show_insights(report(beliefs=[belief | {"titles_needed": None}]), 9)
    assert "needed" not in said(capsys).partition("Beliefs")[2]


def test_what_cannot_be_told_names_the_nearest_to_being_told(capsys: Printed) -> None:
    short = {"grade": "insufficient", "titles": 4, "reason": "too few titles vary in it"}
    rows = [
        effect("darker", titles_needed=900.0, **short),
        effect("warmer", titles_needed=50.0, **short | {"cluster": "c1"}),
        effect("warmer", titles_needed=14.0, **short),
        effect("calmer", titles_needed=4.0, **short),
        effect("busier", titles_needed=None, **short),
        effect("lighter", titles_needed=50.0, **short | {"reason": "no effect worth having"}),
        effect("cooler", titles_needed=20.0, **short),
        effect("two people", titles_needed=15.0, cluster="c2", **short),
    ]  # fmt: skip
    show_insights(report(*rows), 9)
    told = said(capsys).partition("Insufficient data (to see")[2]
    at = [told.index(f"{name} everyone 4 {needed}") for name, needed in
          (("warmer", 14), ("cooler", 20), ("darker", 900))]  # fmt: skip
    assert at == sorted(at), "each at its best place"
    assert told.count("warmer") == 1
    assert not any(name in told for name in ("calmer", "busier", "lighter", "two people"))
    assert "… and more comparisons with too few titles (--json)." in told
    show_insights(report(rows[0], rows[2], rows[6]), 9)
    assert "… and more comparisons" not in said(capsys)


def test_notes_stand_beside_the_page(capsys: Printed) -> None:
    show_insights(report(notes=["Half is missing."]), 9)
    printed = capsys.readouterr()
    assert "note: Half is missing." in printed.err
    assert "Half" not in printed.out


# A part of a report.


def whole() -> InsightReport:
    effects = [
        effect(cluster="c1"), effect("lighter", cluster="c2"), effect("warmer", cluster="c1"),
        effect("warmer", platform="tv"), effect(genre="Drama"),
    ]  # fmt: skip
    conflicts = [
        conflict("darker", helps_cluster="c1", hurts_cluster="c2", helps_platform=ALL),
        conflict("warmer", helps_cluster="c2", hurts_cluster="c3", helps_platform=ALL),
        conflict("warmer", helps_cluster="c3", hurts_cluster="c1", helps_platform=ALL),
    ]
    companions = [companion("darker", "cooler", 0.9), companion("warmer", "lighter", 0.8)]
    rows = ({"cluster": "c1", "platform": ALL}, {"cluster": "c2", "platform": "tv"})
    return report(
        *effects,
        conflicts=conflicts,
        confounders=companions,
        themes=[theme(performance=rows)],
        carriers=[{"lever": "light", "pole": "darker"}, {"lever": "heat", "pole": "warmer"}],
    )


def test_a_report_is_narrowed_to_a_lever_or_to_one_of_its_sides() -> None:
    light = whole().narrowed(Focus(lever="light"))
    assert light.effects["side"].tolist() == ["darker", "lighter", "darker"]
    assert light.conflicts["lever"].tolist() == light.confounders["lever"].tolist() == ["light"]
    assert light.carriers["lever"].tolist() == ["light"]
    dark = whole().narrowed(Focus(lever="Darker"))
    assert dark.effects["side"].tolist() == ["darker", "darker"]
    by_feature = whole().narrowed(Focus(lever="brightness"))
    assert len(by_feature.effects) == 3
    assert len(whole().narrowed(Focus()).effects) == 5


def test_a_report_is_narrowed_to_a_cluster_a_platform_or_a_genre() -> None:
    first = whole().narrowed(Focus(cluster="c1"))
    assert first.effects["side"].tolist() == ["darker", "warmer"]
    assert first.conflicts[["helps_cluster", "hurts_cluster"]].to_numpy().tolist() == [
        ["c1", "c2"],
        ["c3", "c1"],
    ]
    assert [row["cluster"] for row in first.themes[0].performance] == ["c1"]
    tv = whole().narrowed(Focus(platform="tv"))
    assert tv.effects["side"].tolist() == ["warmer"]
    assert len(tv.conflicts) == 0
    assert [row["cluster"] for row in tv.themes[0].performance] == ["c2"]
    assert whole().narrowed(Focus(genre="Drama")).effects["side"].tolist() == ["darker"]


def test_what_a_report_has_not_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="no lever 'ligth'; did you mean 'light'"):
        whole().narrowed(Focus(lever="ligth"))
    with pytest.raises(InputError, match="no cluster 'xyz'; there are: all, c1, c2"):
        whole().narrowed(Focus(cluster="xyz"))


# A cause in sentences.


def reading(**changed: Any) -> Any:
    from types import SimpleNamespace

    one = Estimate(TWICE / 2, 0.05, 0.1, 0.6, 30, 120)
    fields: dict[str, Any] = {
        "side": "darker", "steps": 2.0, "cluster": ALL, "comes_along": (), "simple": TWICE / 2,
        "effect": one, "carried": (), "take_fraction": HALF, "clusters_differ_p": 0.01,
        "genres_differ_p": None,
        "overlap": SimpleNamespace(trimmed=0, verdict="good", variation_left=0.5, artworks=1200),
        "sensitivity": SimpleNamespace(robustness_value_interval=0.0, e_value_interval=1.0),
    }  # fmt: skip
    return SimpleNamespace(**(fields | changed))


def test_a_cause_says_what_came_along_and_how_it_compares() -> None:
    from types import SimpleNamespace

    told = " ".join(sentences(reading()))
    assert "also became" not in told
    assert "`insights` shows +33%; holding all that did not come along leaves +33%." in told
    assert "Effects differ more than by chance between clusters (p = 0.010)." in told
    assert "There are too few titles to compare genres." in told
    assert (
        "Like is compared with like: what is held leaves 50% of the variation inside titles, no "
        "artwork had to be left out." in told
    )
    assert "The interval includes zero, so nothing unmeasured is needed to undo it." in told
    along = " ".join(sentences(reading(comes_along=("cooler", "calmer"), simple=1.0)))
    assert "Past artwork turned this way also became cooler and calmer." in along
    assert "with whatever else differed; once that is held, +33% is left." in along
    carried = tuple(
        SimpleNamespace(mediator=name, share=share)
        for name, share in (("brightness", 0.6), ("black_share", 0.05), ("low_key", None))
    )
    strong = SimpleNamespace(robustness_value_interval=0.123, e_value_interval=1.456)
    told = " ".join(sentences(reading(carried=carried, sensitivity=strong, cluster="c1")))
    assert "Of this effect, brightness carries 60%." in told
    assert "between clusters" not in told
    assert "explain 12% of what is left of both the lever and the plays" in told
    assert "1.46 (E-value)" in told


def test_a_cause_opens_with_what_to_make_of_it() -> None:
    wins, costs = (
        Estimate(TWICE / 2, 0.05, 0.1, 0.6, 30, 120),
        Estimate(-0.3, 0.1, -0.5, -0.1, 9, 9),
    )
    unsure = Estimate(0.1, 0.2, -0.1, 0.3, 9, 9)
    names = {"c1": "Romance", "c2": "Action", "c3": "Family"}
    clusters = {"c1": wins, "c2": costs, "c3": unsure}
    told = verdict(reading(platform=ALL, clusters=clusters), names)
    assert told.startswith("Darker wins plays for everyone: +33% (")
    assert told.endswith("It wins plays with Romance (+33%). It costs plays with Action (-29%).")
    told = verdict(reading(platform="tv", clusters={}, effect=unsure, cluster="c1"), names)
    assert told.startswith("Darker has no sure effect for Romance on tv: +")
    rare = " ".join(sentences(reading(clusters_differ_p=0.0001)))
    assert "between clusters (p < 0.001)." in rare
