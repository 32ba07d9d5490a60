from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from assistant.answers.exemplars import choose
from assistant.answers.lift import SliceTags, audience_lift
from assistant.insights.shared_features import share_features
from index.features.feature import Feature
from index.features.matrix import Column, FeatureMatrix, feature_matrix
from index.performance.tags import tag_performance
from index.records import Grade

NUMBERS = [f"noise_{number}" for number in range(10)]


def specs() -> list[Feature]:
    return [
        Feature(
            name=name,
            unit="",
            low=None,
            high=None,
            kind="number",
            group="colour",
            sentence="",
            source="",
            extractor="",
        )
        for name in ["warmth", *NUMBERS]
    ]


def world(seed: int, effect: float, titles: int = 60) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cells and features of titles whose warm artwork does better by `effect` log-odds."""
    random = np.random.default_rng(seed)
    artworks = titles * 6
    title = np.repeat(np.arange(titles), 6)
    features = pd.DataFrame(
        random.normal(size=(artworks, 1 + len(NUMBERS))), columns=["warmth", *NUMBERS]
    )
    features.insert(0, "artwork_id", [f"a{row}" for row in range(artworks)])
    log_odds = (
        random.normal(-2.5, 1, titles)[title]
        + effect * features["warmth"]
        + random.normal(0, 0.15, artworks)
    )
    impressions = random.integers(800, 3000, artworks)
    plays = random.binomial(impressions, 1 / (1 + np.exp(-log_odds)))
    cells = pd.DataFrame(
        {
            "artwork_id": features["artwork_id"],
            "cluster": "one",
            "platform": "tv",
            "country": "",
            "impressions": impressions,
            "plays": plays,
            "effective_impressions": impressions.astype(float),
            "effective_plays": plays.astype(float),
        }
    )
    features.insert(1, "title_id", [f"t{number}" for number in title])
    return cells, features


def shared_in(seed: int, effect: float, titles: int = 60) -> dict[str, tuple[float, Grade]]:
    cells, features = world(seed, effect, titles)
    artworks = features[["artwork_id", "title_id"]].assign(family_id=features["artwork_id"])
    tags = tag_performance(cells, artworks).tags
    lift = audience_lift(SliceTags(tags, artworks["artwork_id"].tolist()), {"one": 1.0}, ["tv"])
    pool = np.arange(len(features))
    matrix = feature_matrix(features, specs())
    found = share_features(
        matrix, features["title_id"], np.flatnonzero(lift.did_well), pool, {"warmth": "heat"}.get
    )
    return {one["feature"]: (one["difference"], one["grade"]) for one in found}


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_winner_is_named_with_its_sign(seed: int) -> None:
    difference, grade = shared_in(seed, effect=0.4)["warmth"]
    assert difference > 0
    assert grade in {Grade.SUPPORTED, Grade.CONFIRMED}
    difference, _ = shared_in(seed, effect=-0.4)["warmth"]
    assert difference < 0


def test_where_nothing_was_planted_hardly_anything_is_supported() -> None:
    seeds = range(200, 230)
    bold = sum(
        any(grade in {Grade.SUPPORTED, Grade.CONFIRMED} for _, grade in found.values())
        for found in (shared_in(seed, effect=0.0) for seed in seeds)
    )
    assert bold <= len(seeds) // 10


def test_few_titles_make_no_claim() -> None:
    assert {grade for _, grade in shared_in(0, effect=1.0, titles=6).values()} == {
        Grade.INSUFFICIENT
    }


def test_a_popular_title_counts_like_any_other() -> None:
    _, features = world(5, 0.4)
    values = features[["warmth"]].to_numpy()
    matrix = FeatureMatrix(values, feature_matrix(features, specs()).columns[:1])
    rows = np.arange(len(features))
    best = features.groupby("title_id", sort=False)["warmth"].idxmax().to_numpy()
    once = share_features(matrix, features["title_id"], best, rows, str)[0]
    own = features.groupby("title_id")["warmth"].agg(
        lambda warmth: warmth.max() - warmth.drop(warmth.idxmax()).mean()
    )
    assert once["difference"] == pytest.approx(own.mean())
    assert (once["titles"], once["artworks"]) == (60, 60)


def test_a_difference_that_is_the_same_in_every_title_has_no_interval_and_is_left_out() -> None:
    titles = pd.Series(np.repeat([f"t{n}" for n in range(12)], 2))
    glow = np.random.default_rng(2).normal(size=24)
    matrix = FeatureMatrix(
        np.column_stack([np.tile([1.0, 0.0], 12), glow]),
        (Column("same", None, "number", "", "same"), Column("glow", None, "number", "", "glow")),
    )
    found = share_features(matrix, titles, np.arange(0, 24, 2), np.arange(24), str)
    assert [one["feature"] for one in found] == ["glow"]


def test_an_interval_is_that_of_the_t_distribution() -> None:
    titles = pd.Series(np.repeat([f"t{n}" for n in range(5)], 2))
    glow = np.array([3.0, 1.0, 2.0, 1.5, 4.0, 2.0, 1.0, 1.0, 2.5, 1.0])
    matrix = FeatureMatrix(glow[:, None], (Column("glow", None, "number", "", "glow"),))
    (found,) = share_features(matrix, titles, np.arange(0, 10, 2), np.arange(10), str)
    apart = glow[::2] - glow[1::2]
    low, high = stats.t.interval(0.9, 4, loc=apart.mean(), scale=stats.sem(apart))
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=1e-4)


def test_what_was_not_measured_counts_for_nothing() -> None:
    titles = pd.Series(np.repeat([f"t{n}" for n in range(12)], 3))
    glow = np.tile([2.0, 1.0, np.nan], 12) + np.repeat(np.arange(12.0), 3)
    glow[0] = np.nan
    matrix = FeatureMatrix(glow[:, None] ** 2, (Column("glow", None, "number", "", "glow"),))
    (found,) = share_features(matrix, titles, np.arange(0, 36, 3), np.arange(36), str)
    assert found["exemplar_mean"] == pytest.approx(((3 + np.arange(11.0)) ** 2).mean())
    assert found["baseline_mean"] == pytest.approx(((2 + np.arange(11.0)) ** 2).mean())


def test_exemplars_are_one_a_title_and_counter_examples_did_badly() -> None:
    cells, features = world(3, 0.8)
    artworks = features[["artwork_id", "title_id"]].assign(family_id=features["artwork_id"])
    tags = tag_performance(cells, artworks).tags
    lift = audience_lift(SliceTags(tags, artworks["artwork_id"].tolist()), {"one": 1.0}, [])
    vectors = np.random.default_rng(0).normal(size=(len(features), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    titles = features["title_id"].to_numpy(dtype=str)
    choices = choose(
        np.nan_to_num(lift.low),
        lift,
        np.ones(len(features), dtype=bool),
        vectors,
        titles,
        features["artwork_id"].tolist(),
        12,
    )
    assert len({titles[choice.row] for choice in choices}) == 12
    assert all(lift.p_positive[choice.row] >= 0.9 for choice in choices)
    counters = [choice.counter_example for choice in choices if choice.counter_example is not None]
    assert counters
    assert len(set(counters)) == len(counters)
    assert all(lift.high[counter] < 0 for counter in counters)
    for choice in choices:
        if choice.counter_example is not None:
            assert titles[choice.counter_example] == titles[choice.row]


def test_too_few_titles_for_both_halves_are_no_error() -> None:
    _, features = world(5, 0.4)
    few = features[features["title_id"] == features["title_id"].iloc[0]].reset_index(drop=True)
    matrix = feature_matrix(few, specs())
    assert share_features(matrix, few["title_id"], np.array([0]), np.arange(len(few)), str) == []
