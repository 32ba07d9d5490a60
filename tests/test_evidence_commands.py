"""Causes, scores, tests and their outcomes through the command line, against planted truths."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from small_catalogue import SmallEncoder, SmallExtractor, build, write_catalogue
from test_demo import run, run_json

from assistant.answers.audience import Audience, AudienceShare
from assistant.answers.picks import add_picks
from assistant.answers.score import fit_scorer, score_pictures
from assistant.experiments.plans import impressions_per_arm
from assistant.experiments.results import read_results
from assistant.insights.causal.reading import read_cause
from assistant.insights.effects import EffectSlice, Evidence
from assistant.insights.report import insights, read_evidence
from index.errors import InputError
from index.io.images import read_image
from index.store import open_index, verify_index

SLOPE = 3.0
"""Planted effect of brightness with the `heart` cluster, log-odds for black to white."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index in which bright artwork does well with `heart` and means nothing to `thrill`."""
    folder = tmp_path_factory.mktemp("planted")
    catalogue = write_catalogue(folder / "catalogue", titles=24, each=4)
    rng = np.random.default_rng(3)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    bright = [read_image(catalogue / path).pixels.mean() / 255 for path in artworks["path"]]
    popular = artworks["title_id"].map(
        dict(zip(artworks["title_id"].unique(), rng.normal(-1.5, 0.5, 24), strict=True))
    )
    rows = []
    for cluster, slope in (("heart", SLOPE), ("thrill", 0.0)):
        for platform in ("tv", "mobile"):
            noise = rng.normal(0, 0.05, len(artworks))
            rate = 1 / (1 + np.exp(-(popular + slope * (np.array(bright) - 0.45) + noise)))
            cells = artworks[["artwork_id"]].assign(cluster=cluster, platform=platform)
            rows.append(cells.assign(impressions=4000, plays=rng.binomial(4000, rate)))
    pd.concat(rows).to_csv(catalogue / "performance.csv", index=False)
    build(catalogue, folder / "index")
    (folder / "brief.yaml").write_text("title: A New One\naudience: {heart: 1}\nplatforms: [tv]\n")
    return folder


@pytest.fixture(scope="module")
def evidence(planted: Path) -> Evidence:
    with open_index(planted / "index") as index:
        return read_evidence(index)


def outcomes(folder: Path, text: str) -> Path:
    path = folder / "results.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_cause_finds_the_planted_effect_where_it_is_and_nowhere_else(planted: Path) -> None:
    found = run_json("cause", "brightness", "-i", planted / "index")
    sd = float(found["step"].split("(")[1].split()[0])
    heart, thrill = found["clusters"]["heart"], found["clusters"]["thrill"]
    assert heart["effect"] == pytest.approx(SLOPE * sd, rel=0.25)
    assert heart["low"] > 0
    assert abs(thrill["effect"]) < 0.05
    assert found["clusters_differ_p"] < 0.01
    assert found["overlap"]["verdict"] in {"good", "thin"}
    told = run("cause", "brightness", "--cluster", "heart", "-i", planted / "index").stdout
    assert "This is a cause only if:" in told
    assert "robustness value" in told
    assert "without a counterpart" in told or "no artwork had to be left out" in told


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["brightnes", "", "all"], ["no feature 'brightnes'", "did you mean 'brightness'"]),
        (["dominant_colour", "", "all"], ["matter of levels", "blue", "red"]),
        (["brightness", "", "hart"], ["no cluster 'hart'", "heart"]),
        (["brightness", "2", "all"], ["no level '2'", "middle third"]),
    ],
)
def test_cause_names_what_there_is(evidence: Evidence, words: list[str], names: list[str]) -> None:
    feature, level, cluster = words
    with pytest.raises(InputError) as caught:
        read_cause(evidence, feature, level or None, where=EffectSlice(cluster))
    for name in names:
        assert name in str(caught.value)


def test_scores_follow_the_planted_effect_and_say_when_they_are_chance(planted: Path) -> None:
    catalogue = planted / "catalogue"
    pictures = [read_image(path) for path in sorted((catalogue / "images").iterdir())[:30]]
    bright = [picture.pixels.mean() for picture in pictures]
    with open_index(planted / "index") as index:
        for cluster in ("heart", "thrill"):
            audience = Audience((AudienceShare(cluster, cluster, 1.0, "brief"),))
            scorer = fit_scorer(index, audience, ("tv",))
            scores = score_pictures(
                index, SmallEncoder(), pictures, scorer=scorer, extractor=SmallExtractor()
            )
            lifts = [score.lift for score in scores]
            assert all(score.low <= score.lift <= score.high for score in scores)
            assert {(one.cluster, one.platform) for one in scores[0].slices} == {(cluster, "tv")}
            if cluster == "heart":
                assert scorer.better_than_chance
                assert np.corrcoef(lifts, bright)[0, 1] > 0.8
                best = scores[int(np.argmax(lifts))]
                assert best.reasons[0].feature == "brightness"
                assert best.reasons[0].pull > 0
                assert best.reasons[0].words.startswith("more brightness")
            else:
                assert not scorer.better_than_chance


def test_score_ranks_images_for_a_brief_of_the_demo(demo: Path) -> None:
    images = sorted((demo / "catalogue" / "images").glob("t16_*.jpg"))[:3]
    missing = demo / "no.jpg"
    done = run(
        "score", *images, missing, "-b", demo / "briefs" / "romance.yaml", "-i", demo / "index",
        "--json",
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert [one["rank"] for one in found["scores"]] == [1, 2, 3]
    lifts = [one["lift"] for one in found["scores"]]
    assert lifts == sorted(lifts, reverse=True)
    assert found["held_out"]["verdict"] == "better than chance"
    assert found["held_out"]["low"] > 0.6
    assert found["skipped"][0]["path"] == str(missing)
    assert {one["platform"] for one in found["scores"][0]["slices"]} == {"tv", "mobile"}
    assert all(reason["words"] for reason in found["scores"][0]["reasons"])


def test_a_sample_is_as_large_as_theory_says() -> None:
    """Two proportions, normal approximation: n = (z₉₅ + z₈₀)² (p₁q₁ + p₂q₂) / (p₁ − p₂)²."""
    one, two = 0.1, 0.11
    plain = (1.6449 + 0.8416) ** 2 * (one * (1 - one) + two * (1 - two)) / (two - one) ** 2
    assert impressions_per_arm(one, 0.1) == pytest.approx(plain, rel=0.02)
    assert impressions_per_arm(one, 0.2) < impressions_per_arm(one, 0.1) / 3


@pytest.fixture(scope="module")
def tested(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Tests proposed for the demo's romance brief, with the file that records them."""
    path = tmp_path_factory.mktemp("tests") / "tests.yaml"
    found = run_json(
        "hypotheses", demo / "briefs" / "romance.yaml", "-i", demo / "index", "-o", path,
        "--traffic", "20000", "-k", "3",
    )  # fmt: skip
    return path, found


def test_hypotheses_are_minimal_pairs_with_a_sample(
    demo: Path, tested: tuple[Path, dict[str, Any]]
) -> None:
    path, found = tested
    assert yaml.safe_load(path.read_text()) == found
    plans = found["hypotheses"]
    assert 1 <= len(plans) <= 3
    assert len({plan["id"] for plan in plans}) == len(plans)
    first = plans[0]
    assert first["cluster"] == "romance-drama"
    assert first["impressions_per_arm"] == impressions_per_arm(first["take_fraction"], 0.1)
    wait = 2 * first["impressions_per_arm"] / first["daily_impressions"]
    assert wait <= first["days"] < wait + 1
    artworks = pd.read_csv(demo / "catalogue" / "artworks.csv").set_index("artwork_id")["title_id"]
    for plan in plans:
        for a, b in zip(*(arm["artworks"] for arm in plan["arms"]), strict=True):
            assert a["artwork_id"] != b["artwork_id"]
            assert artworks[a["artwork_id"]] == artworks[b["artwork_id"]]
    assert any("faces" in plan["question"] or "cast" in plan["question"] for plan in plans)


def test_what_experiments_say_is_kept_graded_and_scored(planted: Path) -> None:
    index = planted / "index"
    agrees = ",brightness,heart,all,A,20000,3000\n,brightness,heart,all,B,20000,2400\n"
    head = "hypothesis,feature,cluster,platform,arm,impressions,plays\n"
    with open_index(index) as opened:
        (before,) = [
            row
            for row in insights(opened, slices=[EffectSlice("heart")]).to_json()["effects"]
            if row["feature"] == "brightness" and row["level"] is None
        ]
    learned = run_json("learn", outcomes(planted, head + agrees), "-i", index)
    assert learned["experiments"][0]["verdict"] == "an experiment agrees"
    assert learned["advice"]["hit_rate"] | {"low": 0, "high": 0} == {
        "n": 1, "value": 1.0, "low": 0, "high": 0,
    }  # fmt: skip
    contrary = agrees.replace("3000", "1700").replace("heart,all", "heart,tv")
    learned = run_json("learn", outcomes(planted, head + contrary), "-i", index)
    assert learned["experiments"][0]["verdict"] == "an experiment says the opposite"
    assert learned["advice"]["hit_rate"]["value"] == 0.5
    assert learned["picks"]["picked"] == 0
    with open_index(index) as opened:
        tags = opened.table("tags").to_pandas()
    told = tags[(tags["cluster"] == "all") & (tags["platform"] == "all") & tags["label"].eq("high")]
    add_picks(index, told["artwork_id"])
    again = run_json("learn", planted / "results.csv", "-i", index)
    assert again["generation"] == learned["generation"]
    assert again["picks"]["picked"] == len(told) > 0
    assert again["picks"]["better"]["value"] == 1.0 > again["picks"]["of_all"]

    build(planted / "catalogue", index, seed=8)
    with open_index(index) as opened:
        verify_index(opened)
        assert opened.table("experiments").num_rows == 2
        after = insights(opened).to_json()
    top = {(one["cluster"], one["platform"]): one for one in after["effects"][:2]}
    assert {one["grade"] for one in top.values()} == {"tested"}
    assert top["heart", "all"]["observed_effect"] == pytest.approx(before["effect"])
    assert top["heart", "all"]["effect"] == pytest.approx(
        np.log(3000 / 17000) - np.log(2400 / 17600), abs=0.01
    )
    assert top["heart", "tv"]["effect"] < 0
    assert any("says the opposite" in note for note in after["notes"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("arm,impressions,plays,feature\nA,10,1,brightness\n", ["row 2", "no arm B"]),
        ("arm,impressions,plays,feature\nC,10,1,brightness\n", ["row 2", "column arm", "'C'"]),
        ("arm,impressions,plays,feature\nA,10,11,brightness\n", ["column plays", "more than"]),
        ("arm,impressions,plays,feature\nA,1.5,1,brightness\n", ["impressions", "not a count"]),
        ("arm,impressions,plays,feature\nA,9,1,brightnes\nB,9,1,brightnes\n", ["'brightness'"]),
        ("arm,impressions,plays\nA,10,1\n", ["row 2", "column feature"]),
        ("arm,impressions,plays,hypothesis\nA,10,1,h-1\n", ["column hypothesis", "--tests"]),
        ("arm,impressions\nA,10\n", ["row 1", "'plays' is missing"]),
        ("arm,impressions,plays\n", ["no rows"]),
    ],
)
def test_a_mistake_in_results_names_its_place(
    evidence: Evidence, tmp_path: Path, text: str, names: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        read_results(outcomes(tmp_path, text), evidence, {})
    assert len(str(caught.value).splitlines()) == 1
    for name in (*names, str(tmp_path)):
        assert name in str(caught.value)


def test_tests_of_one_contrast_with_other_steps_are_two_experiments(
    evidence: Evidence, tmp_path: Path
) -> None:
    head = "arm,impressions,plays,feature,steps\n"
    arms = "A,900,90,brightness,{0}\nB,900,80,brightness,{0}\n"
    apart = read_results(
        outcomes(tmp_path, head + arms.format("1") + arms.format("2")), evidence, {}
    )
    assert [one.steps for one in apart] == [1, 2]
    assert len({one.experiment for one in apart}) == 2
    (same,) = read_results(
        outcomes(tmp_path, head + arms.format("") + arms.format("1.0")), evidence, {}
    )
    assert (same.experiment, same.impressions_a) == (apart[0].experiment, 1800)


def test_nothing_is_kept_of_results_with_a_mistake(planted: Path) -> None:
    before = (planted / "index" / "CURRENT").read_bytes()
    wrong = outcomes(
        planted, "arm,impressions,plays,feature\nA,9,1,brightness\nB,9,-1,brightness\n"
    )
    done = run("learn", wrong, "-i", planted / "index", check=False)
    assert done.returncode == 2
    assert "row 3, column plays: '-1' is not a count" in done.stderr
    assert (planted / "index" / "CURRENT").read_bytes() == before


def test_registered_tests_are_learned_by_their_id(
    demo: Path, tested: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    path, found = tested
    plan = found["hypotheses"][0]
    subprocess.run(["cp", "-r", str(demo / "index"), str(tmp_path / "index")], check=True)
    up, down = (900, 600) if plan["effect"] > 0 else (600, 900)
    results = outcomes(
        tmp_path,
        f"hypothesis,arm,impressions,plays\n{plan['id']},A,5000,{up}\n{plan['id']},B,5000,{down}\n",
    )
    learned = run_json("learn", results, "--tests", path, "-i", tmp_path / "index")
    (row,) = learned["experiments"]
    assert (row["feature"], row["cluster"]) == (plan["feature"], plan["cluster"])
    assert row["registered"] is True
    assert row["expected_effect"] == pytest.approx(plan["effect"])
    assert learned["advice"]["brier"]["value"] < 0.05
    brief = run_json("brief", demo / "briefs" / "romance.yaml", "-i", tmp_path / "index")
    graded = [one for one in brief["shared_features"] if one["grade"] == "tested"]
    assert plan["feature"] in {one["feature"] for one in graded}
    assert all(one["test"]["verdict"] for one in graded)


def test_evaluation_of_the_demo_beats_every_baseline(demo: Path) -> None:
    found = run_json("evaluate", "-i", demo / "index")
    overall = {
        row["method"]: row
        for row in found["pairs"]
        if (row["cluster"], row["platform"]) == ("all", "all")
    }
    for method in ("prior alone", "picture likest to the text", "chance"):
        assert overall[method]["margin_low"] > 0.05, method
    romance = next(
        row
        for row in found["pairs"]
        if row["method"] == "features and pictures" and row["cluster"] == "romance-drama"
    )
    assert romance["low"] > 0.75
    assert 0.85 <= found["calibration"]["coverage"] <= 0.95
    uplift = found["exemplars"]["exemplars"]["uplift"]
    assert uplift["most relevant"]["low"] > 0
    assert uplift["shown most"]["low"] > 0
    assert found["exemplars"]["own_artwork"]["uplift"]["likest to the text"]["low"] > 0
