"""Beliefs written down before looking, and what the titles kept aside say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.insights.beliefs import (
    CONFIRMED,
    REFUTED,
    UNDECIDED,
    Belief,
    judge_beliefs,
    load_beliefs,
    remember_beliefs,
)
from assistant.insights.effects import Evidence, gather_evidence
from assistant.insights.estimators.design import Contrast, Design
from assistant.insights.grading import assign_part
from index.errors import InputError
from index.store import open_index
from tests.planted import Art, Title, count_table, plant
from tests.worlds import STRONG, make_world


@pytest.fixture(scope="module")
def strong() -> Evidence:
    return make_world(STRONG, 1, titles=40).evidence


def write(folder: Path, text: str) -> Path:
    path = folder / "hypotheses.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_beliefs_are_confirmed_refuted_or_left_open(strong: Evidence, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
- {lever: light, pole: darker, direction: up}
- {lever: warmer, direction: better}
- {lever: clutter, pole: calmer, direction: up, audience: c0}
- {lever: calmer, direction: up, audience: c1, platform: tv}
- {lever: brightness, pole: lighter, direction: down}
- {lever: "contrast: Stronger", direction: hurts, platform: mobile}
""",
    )
    beliefs = load_beliefs(path, strong)
    assert [(one.lever, one.pole) for one in beliefs] == [
        ("light", "darker"), ("heat", "warmer"), ("clutter", "calmer"), ("clutter", "calmer"),
        ("light", "lighter"), ("contrast", "stronger"),
    ]  # fmt: skip
    judged = judge_beliefs(beliefs, strong)
    assert [one["verdict"] for one in judged] == [
        "confirmed", "refuted", "confirmed", "refuted", "undecided", "confirmed",
    ]  # fmt: skip
    assert judged[4]["titles_needed"] >= 1
    assert (judged[3]["cluster"], judged[3]["platform"]) == ("c1", "tv")
    assert judged[0]["step"] == "a step darker"
    json.dumps(judged, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- {lever: lihgt, direction: up}", "row 1, column lever: there is no 'lihgt'; did you mean"
         " 'light'"),
        ("\n\n- {lever: darker, direction: sideways}",
         "row 3, column direction: must be one of up"),
        ("- {lever: darker, direction: up, cluster: c0}", "unknown key 'cluster'"),
        ("- {lever: darker, direction: up, audience: c9}",
         "there is no 'c9'; there are: all, c0, c1, c2"),
        ("- {lever: darker, direction: up, audience: xyz}",
         "column audience: there is no 'xyz'; there are: all, c0, c1, c2"),
        ("- {lever: darker, direction: up, platform: radio}",
         "column platform: there is no 'radio'; there are: all, mobile, tv"),
        ("- {lever: light, direction: up}",
         "column pole: light can be turned several ways; write one of: darker, lighter"),
        ("- {lever: light, direction: up, pole: warmer}",
         "column pole: there is no 'warmer'"),
        ("- {lever: light, direction: up, pole: lightr}", "did you mean 'lighter'"),
        ("- {direction: up}", "column lever"),
        ("- {lever: darker}", "column direction"),
        ("- up", "row 1"),
        ("lever: x", "is not a list of hypotheses"),
        ("", "is not a list of hypotheses"),
        ("- {lever: [", "row 1"),
    ],
)  # fmt: skip
def test_mistakes_are_named_with_their_row(
    strong: Evidence, tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        load_beliefs(write(tmp_path, text), strong)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_are_names_too() -> None:
    belief = Belief.model_validate({"lever": "a", "direction": "up", "audience": 7, "pole": 2})
    assert (belief.audience, belief.pole) == ("7", "2")
    with pytest.raises(ValueError, match="audience"):
        Belief.model_validate({"lever": "a", "direction": "up", "audience": True})


def test_an_absent_file_is_an_input_error(strong: Evidence, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_beliefs(tmp_path / "none.yaml", strong)


def test_a_belief_about_an_audience_without_counts_is_undecided(tmp_path: Path) -> None:
    world = make_world(STRONG, 3, titles=12)
    cells = world.cells[(world.cells["cluster"] != "c2") | (world.cells["platform"] == "tv")]
    evidence = gather_evidence(world.titles, world.artworks, cells, lambda _: world.evidence.design)
    path = write(tmp_path, "- {lever: darker, direction: up, audience: c2, platform: mobile}")
    (judged,) = judge_beliefs(load_beliefs(path, evidence), evidence)
    assert judged["verdict"] == "undecided"
    assert (judged["titles"], judged["artworks"], judged["effect"]) == (0, 0, None)
    assert judged["support"] == judged["contrary"] == {"titles": 0, "most_telling": []}


KEPT = [f"t{n:03d}" for n in range(200) if assign_part(f"t{n:03d}") == "confirm"]


def believed(titles: int, step: float, direction: str = "up", others: int = 0) -> dict[str, Any]:
    """The verdict on a side, whose every step multiplies the odds of a play; others do the
    opposite."""
    random = np.random.default_rng(4)
    numbers = [int(one[1:]) for one in KEPT[:titles]]
    rest = [n for n in range(200) if f"t{n:03d}" not in KEPT][:others]
    title = np.repeat(sorted([*numbers, *rest]), 4)
    a = random.normal(size=len(title))
    aside = np.isin(title, numbers)
    log_odds = np.where(aside, step, -step) * a - 1.0 + random.normal(0, 0.02, len(title))
    plays = np.round(1000 / (1 + np.exp(-log_odds))).astype(int)
    ids = [f"a{row:04d}" for row in range(len(title))]
    artworks = pd.DataFrame(
        {"artwork_id": ids, "title_id": [f"t{one:03d}" for one in title], "family_id": ids}
    )
    named = pd.DataFrame({"title_id": artworks["title_id"].unique(), "genres": ""})
    cells = count_table([(one, "", "", 1000, n) for one, n in zip(ids, plays, strict=True)])
    contrast = Contrast("light", "darker", "pole", 1.0, "a step darker")
    evidence = gather_evidence(named, artworks, cells, lambda _: Design((contrast,), a[:, None]))
    belief = Belief(lever="light", pole="darker", direction=direction)
    (judged,) = judge_beliefs((belief,), evidence)
    return judged


def test_a_belief_is_judged_on_the_titles_kept_aside_alone() -> None:
    judged = believed(20, 0.3, others=60)
    assert judged["verdict"] == "confirmed"
    assert judged["effect"] == pytest.approx(0.3, abs=0.03)
    assert judged["low"] < judged["effect"] < judged["high"]
    assert (judged["titles"], judged["artworks"]) == (20, 80)
    assert judged["support"]["titles"] == 20
    assert judged["contrary"] == {"titles": 0, "most_telling": []}
    assert believed(20, 0.3, "down")["verdict"] == "refuted"
    assert believed(20, -0.3)["verdict"] == "refuted"
    for words, step, said in (
        (("up", "better", "helps"), 0.3, "up"),
        (("down", "worse", "hurts"), -0.3, "down"),
    ):
        for word in words:
            judged = believed(12, step, word)
            assert (judged["verdict"], judged["direction"]) == ("confirmed", said)
            assert (judged["support"]["titles"], judged["contrary"]["titles"]) == (12, 0)
    assert believed(20, 0.0)["verdict"] == "undecided"


def test_ten_titles_are_enough_to_judge_a_belief_and_nine_are_not() -> None:
    assert believed(9, 0.3)["verdict"] == "undecided"
    assert believed(10, 0.3)["verdict"] == "confirmed"
    alone = believed(1, 0.3)
    assert (alone["titles"], alone["effect"], alone["low"], alone["titles_needed"]) == (
        1, None, None, None,
    )  # fmt: skip
    none = believed(0, 0.3, others=5)
    assert (none["verdict"], none["titles"], none["effect"]) == ("undecided", 0, None)
    assert none["artworks"] == 0
    two = believed(2, 0.3)
    assert (two["titles"], two["artworks"], two["verdict"]) == (2, 8, "undecided")
    assert two["titles_needed"] >= 1


def test_the_most_telling_titles_of_either_side_are_named() -> None:
    judged = believed(20, 0.0)
    for name, sign in (("support", 1), ("contrary", -1)):
        told = judged[name]["most_telling"]
        assert 0 < len(told) <= 5
        assert all(one["effect"] * sign > 0 for one in told)
        assert all(one["title_id"] in KEPT for one in told)
    assert judged["support"]["titles"] + judged["contrary"]["titles"] == 20
    steady = believed(20, 0.3)["support"]["most_telling"]
    assert len(steady) == 5
    assert all(one["effect"] == pytest.approx(0.3, abs=0.1) for one in steady)


def test_the_latest_verdict_of_every_belief_is_kept_with_the_index(tmp_path: Path) -> None:
    def belief(lever: str, verdict: str) -> dict[str, object]:
        names = {"pole": "up", "direction": "up", "cluster": "all", "platform": "all"}
        return {"lever": lever, **names, "verdict": verdict, "effect": 0.1}

    with plant(tmp_path, [Title("t")], [Art("a", "t")]) as index:
        assert not index.has("beliefs")
    judged = [("a", CONFIRMED), ("b", REFUTED), ("c", UNDECIDED), ("d", CONFIRMED)]
    first = remember_beliefs(tmp_path, [belief(*one) for one in judged])
    assert (first.judged, first.right.value) == (4, pytest.approx(2 / 3))
    second = remember_beliefs(tmp_path, [belief("b", CONFIRMED), belief("e", REFUTED)])
    assert (second.judged, second.right.value) == (5, pytest.approx(3 / 4))
    with open_index(tmp_path) as index:
        kept = index.table("beliefs").to_pandas().set_index("lever")["verdict"]
    assert kept.to_dict() == dict([*judged, ("b", CONFIRMED), ("e", REFUTED)])
