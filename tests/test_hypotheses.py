"""Registered beliefs, confounders and conflicts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.insights.beliefs import judge_beliefs, load_beliefs
from assistant.insights.conflicts import find_conflicts
from assistant.insights.confounders import find_confounders
from assistant.insights.effects import Evidence, estimate_effects, gather_evidence
from assistant.insights.grading import assign_part
from index.errors import InputError

sys.path.insert(0, str(Path(__file__).parent))

from worlds import World, make_world


def evidence_of(world: World) -> Evidence:
    return gather_evidence(world.titles, world.artworks, world.cells, world.matrix)


@pytest.fixture(scope="module")
def strong() -> Evidence:
    return evidence_of(make_world("strong", 1, titles=160))


def write(folder: Path, text: str) -> Path:
    path = folder / "hypotheses.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_beliefs_are_confirmed_refuted_or_left_open(strong: Evidence, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
- {feature: flag_00, direction: up}
- {feature: flag_01, direction: better}
- {feature: flag_02, direction: up, audience: c0}
- {feature: flag_02, direction: up, audience: c1, platform: tv}
- {feature: number_11, direction: down}
- {feature: number_11, direction: down, level: middle third}
""",
    )
    judged = judge_beliefs(load_beliefs(path, strong), strong)
    assert [one["verdict"] for one in judged[:4]] == [
        "confirmed",
        "refuted",
        "confirmed",
        "refuted",
    ]
    assert judged[4]["verdict"] == "undecided"
    assert judged[4]["titles_needed"] >= 10
    assert judged[3]["cluster"] == "c1"
    assert judged[3]["platform"] == "tv"
    json.dumps(judged, allow_nan=False)


def test_contrary_evidence_is_shown_as_large_as_support(strong: Evidence, tmp_path: Path) -> None:
    path = write(tmp_path, "- {feature: number_11, direction: up}\n")
    (judged,) = judge_beliefs(load_beliefs(path, strong), strong)
    assert set(judged["support"]) == set(judged["contrary"])
    assert len(judged["support"]["most_telling"]) == len(judged["contrary"]["most_telling"]) == 5
    assert all(one["effect"] > 0 for one in judged["support"]["most_telling"])
    assert all(one["effect"] < 0 for one in judged["contrary"]["most_telling"])
    assert judged["support"]["titles"] + judged["contrary"]["titles"] == judged["titles"]
    shown = [
        one["title_id"] for side in ("support", "contrary") for one in judged[side]["most_telling"]
    ]
    assert {assign_part(title) for title in shown} == {"confirm"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "- {feature: flag_0, direction: up}",
            "row 1, column feature: there is no 'flag_0'; the nearest is 'flag_",
        ),
        (
            "\n\n- {feature: flag_00, direction: sideways}",
            "row 3, column direction: must be one of up",
        ),
        ("- {feature: flag_00, direction: up, cluster: c0}", "unknown key 'cluster'; did you mean"),
        (
            "- {feature: flag_00, direction: up, audience: c9}",
            "there is no 'c9'; there are: all, c0, c1, c2",
        ),
        ("- {feature: flag_00, direction: up, platform: radio}", "there are: all, mobile, tv"),
        ("- {feature: number_07, direction: up, level: middle}", "the nearest is 'middle third'"),
        ("- {direction: up}", "column feature"),
        ("- up", "row 1"),
        ("feature: x", "is not a list of hypotheses"),
        ("", "is not a list of hypotheses"),
        ("- {feature: [", "row 1"),
    ],
)
def test_mistakes_are_named_with_their_row(
    strong: Evidence, tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(InputError) as caught:
        load_beliefs(write(tmp_path, text), strong)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_absent_file_is_an_input_error(strong: Evidence, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_beliefs(tmp_path / "none.yaml", strong)


def test_belief_about_an_audience_without_counts_is_undecided(tmp_path: Path) -> None:
    world = make_world("strong", 3, titles=20)
    cells = world.cells[(world.cells["cluster"] != "c2") | (world.cells["platform"] == "tv")]
    evidence = gather_evidence(world.titles, world.artworks, cells, world.matrix)
    path = write(tmp_path, "- {feature: flag_00, direction: up, audience: c2, platform: mobile}")
    (judged,) = judge_beliefs(load_beliefs(path, evidence), evidence)
    assert judged["verdict"] == "undecided"
    assert judged["titles"] == 0


def test_conflicts_between_clusters_and_platforms_are_found() -> None:
    conflicts = find_conflicts(estimate_effects(evidence_of(make_world("strong", 2, titles=160))))
    plain = conflicts[conflicts["level"].isna() & (conflicts["grade"] != "suggestive")]
    clusters = plain[(plain["differs"] == "cluster") & (plain["helps_platform"] == "tv")]
    assert set(clusters["feature"]) == {"flag_02"}
    assert set(clusters["helps_cluster"]) == {"c0"}
    assert set(clusters["hurts_cluster"]) == {"c1", "c2"}
    platforms = plain[(plain["differs"] == "platform") & (plain["helps_cluster"] == "c1")]
    assert set(platforms["feature"]) == {"number_06"}
    assert set(platforms["helps_platform"]) == {"tv"}
    assert (plain["grade"].head(3) == "confirmed").all()
    assert (conflicts["low"] < conflicts["difference"]).all()


def test_empty_world_has_no_conflict_above_suggestive() -> None:
    found = [
        find_conflicts(estimate_effects(evidence_of(make_world("empty", 80 + seed, titles=60))))
        for seed in range(4)
    ]
    assert set(pd.concat(found)["grade"]) <= {"suggestive"}


def test_features_that_travel_together_are_shown_before_and_after() -> None:
    evidence = evidence_of(make_world("travelling", 1, titles=160))
    found = find_confounders(evidence, estimate_effects(evidence), threshold=0.3)
    row = found[(found["feature"] == "flag_01") & (found["other"] == "flag_00")].iloc[0]
    assert row["correlation"] > 0.3
    assert row["low"] > 0.1
    assert row["verdict"] in ("vanishes", "turns round")
    assert abs(row["adjusted_effect"]) < 0.06
    back = found[(found["feature"] == "flag_00") & (found["other"] == "flag_01")].iloc[0]
    assert back["verdict"] == "stands"
    assert (np.diff(found["correlation"].abs()) <= 1e-12).all()


def test_nothing_travels_where_features_are_independent() -> None:
    evidence = evidence_of(make_world("strong", 4, titles=100))
    assert len(find_confounders(evidence, estimate_effects(evidence, adjust=False))) == 0
