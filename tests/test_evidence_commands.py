"""Causes, scores, tests and their outcomes through the command line, against planted truths."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_catalogue import SmallEncoder, SmallExtractor, build, write_catalogue

from assistant.answers.audience import Audience, AudienceShare
from assistant.answers.picks import add_picks
from assistant.answers.score import fit_scorer, score_pictures
from assistant.insights.effects import Evidence
from assistant.insights.evidence import read_effects, read_evidence
from index.io.images import read_image
from index.store import open_index, verify_index
from tests.commands import run, run_json

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


def test_cause_finds_the_planted_effect_where_it_is_and_nowhere_else(planted: Path) -> None:
    found = run_json("cause", "light", "--pole", "lighter", "-i", planted / "index")
    heart, thrill = found["clusters"]["heart"], found["clusters"]["thrill"]
    assert heart["low"] > 0.05
    assert abs(thrill["effect"]) < 0.05
    assert found["clusters_differ_p"] < 0.01
    assert found["overlap"]["verdict"] in {"good", "thin"}
    told = run("cause", "lighter", "--cluster", "heart", "-i", planted / "index").stdout
    assert "This is a cause only if:" in told
    assert "without a counterpart" in told or "no artwork had to be left out" in told


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["zzz"], ["no lever 'zzz'", "light"]),
        (["lighter", "--cluster", "hart"], ["no cluster 'hart'", "heart"]),
        (["light", "--pole", "warmer"], ["'warmer'", "darker"]),
    ],
)
def test_cause_names_what_there_is(planted: Path, words: list[str], names: list[str]) -> None:
    done = run("cause", *words, "-i", planted / "index", check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    for name in names:
        assert name in done.stderr


def test_scores_follow_the_planted_effect_and_say_when_they_are_chance(planted: Path) -> None:
    catalogue = planted / "catalogue"
    pictures = [read_image(path) for path in sorted((catalogue / "images").iterdir())[:30]]
    bright = [picture.pixels.mean() for picture in pictures]
    with open_index(planted / "index") as index:
        for cluster in ("heart", "thrill"):
            audience = Audience((AudienceShare(cluster, cluster, 1.0, "brief"),))
            scorer = fit_scorer(index, audience, ("tv",))
            embedded = SmallEncoder().embed_images([picture.pixels for picture in pictures])
            vectors = embedded.shared if embedded.image is None else embedded.image
            scores = score_pictures(scorer, pictures, vectors, SmallExtractor())
            lifts = [score.lift for score in scores]
            assert all(score.low <= score.lift <= score.high for score in scores)
            assert {(one.cluster, one.platform) for one in scores[0].slices} == {(cluster, "tv")}
            if cluster == "heart":
                assert scorer.better_than_chance
                assert np.corrcoef(lifts, bright)[0, 1] > 0.8
                best = scores[int(np.argmax(lifts))]
                assert best.reasons[0].feature == "brightness"
                assert best.reasons[0].pull > 0
                assert best.reasons[0].words == "lighter"
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
    order = [(not one["fits"], -one["lift" if one["fits"] else "fit"]) for one in found["scores"]]
    assert order == sorted(order)
    assert found["held_out"]["verdict"] == "better than chance"
    assert found["held_out"]["low"] > 0.6
    assert found["skipped"][0]["path"] == str(missing)
    assert {one["platform"] for one in found["scores"][0]["slices"]} == {"all"}
    assert all(reason["words"] for reason in found["scores"][0]["reasons"])


def test_what_was_learned_outlives_a_new_build_and_picks_are_scored(planted: Path) -> None:
    index = planted / "index"
    head = "lever,pole,cluster,arm,impressions,plays\n"
    arms = "light,lighter,heart,A,20000,3000\nlight,lighter,heart,B,20000,2400\n"
    results = outcomes(planted, head + arms)
    learned = run_json("learn", results, "-i", index)
    (row,) = learned["experiments"]
    assert (row["verdict"], row["registered"]) == ("an experiment agrees", False)
    assert learned["picks"]["picked"] == 0
    with open_index(index) as opened:
        tags = opened.table("tags").to_pandas()
    told = tags[(tags["cluster"] == "all") & (tags["platform"] == "all") & tags["label"].eq("high")]
    add_picks(index, told["artwork_id"])
    again = run_json("learn", results, "-i", index)
    assert again["generation"] == learned["generation"]
    assert again["picks"]["picked"] == len(told) > 0
    assert again["picks"]["better"]["value"] == 1.0 > again["picks"]["of_all"]

    build(planted / "catalogue", index, seed=8)
    with open_index(index) as opened:
        verify_index(opened)
        assert opened.table("experiments").num_rows == 1
        effects = read_effects(opened)
    here = "name == 'light' and side == 'lighter' and cluster == 'heart' and platform == 'all'"
    assert effects.query(here)["experiments"].tolist() == [1]


def outcomes(folder: Path, text: str) -> Path:
    path = folder / "results.csv"
    path.write_text(text, encoding="utf-8")
    return path
