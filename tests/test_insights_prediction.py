"""Predictions, pair picking and calibration."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.answers.evaluation import evaluate
from assistant.insights.effects import EVERYWHERE, EffectSlice, slice_observations
from assistant.insights.estimators.appearance import Appearance, measure_appearance
from assistant.insights.estimators.calibration import check_calibration, observed_lifts, thin_cells
from assistant.insights.estimators.design import feature_design
from assistant.insights.estimators.pairs import accuracy, clear_pairs, picks
from assistant.insights.estimators.prediction import fit_lift_model, predict_held_out, unit_rows
from index.errors import InputError
from index.performance.tags import tag_performance
from index.records import FloatMatrix
from index.store import open_index

sys.path.insert(0, str(Path(__file__).parent))

from small_catalogue import build, write_catalogue
from worlds import STRONG, World, make_world

FEATURES = 9
ONE = EffectSlice(cluster="c0")


def appearance_of(world: World, vectors: FloatMatrix | None = None) -> Appearance:
    units = world.evidence.units
    design = feature_design(world.matrix, units.of_artwork, len(units.title))
    return measure_appearance(design, units, vectors)


def test_accuracy_compares_methods_on_the_same_draws() -> None:
    rng = np.random.default_rng(0)
    title = np.repeat(np.arange(60), 5).astype(np.int64)
    y, v = rng.normal(size=300), np.full(300, 0.01)
    pairs = clear_pairs(y, v, title)
    right = {"good": picks(pairs, y + rng.normal(size=300)), "chance": picks(pairs, np.zeros(300))}
    good, chance = accuracy(pairs, right, "good")
    assert good["low"] < good["accuracy"] < good["high"]
    assert good["margin"] == good["margin_low"] == 0
    assert chance["accuracy"] == 0.5
    assert chance["margin_low"] > 0.1
    assert chance["margin"] == pytest.approx(good["accuracy"] - 0.5)


def test_held_out_titles_are_predicted_where_features_work() -> None:
    world = make_world(STRONG, 1, titles=100)
    evidence, looks = world.evidence, appearance_of(world)
    everyone = predict_held_out(slice_observations(evidence, EVERYWHERE), looks)
    start = unit_rows(everyone.prediction, everyone.seen, len(evidence.units.title))
    cluster = predict_held_out(slice_observations(evidence, ONE), looks, start=start)
    assert everyone.skill > 0.4
    assert cluster.skill > 0.6
    rate = cluster.pick_rate()
    assert rate["low"] > 0.75
    assert rate["verdict"] == "better than chance"


def test_nothing_to_learn_is_no_better_than_chance() -> None:
    world = make_world({}, 2, titles=80)
    held = predict_held_out(slice_observations(world.evidence, EVERYWHERE), appearance_of(world))
    assert held.skill < 0.05
    assert held.pick_rate()["verdict"] == "no better than chance"


def test_conformal_intervals_hold_the_lift_of_unseen_titles() -> None:
    world = make_world(STRONG, 3, titles=160, impressions=1500)
    model = fit_lift_model(slice_observations(world.evidence, ONE), appearance_of(world))
    held = model.held_out
    half = held.reach * np.sqrt(held.spread**2 + held.seen.v)
    sizes = np.diff(np.r_[held.seen.starts, len(held.prediction)])
    mean = np.add.reduceat(held.seen.y, held.seen.starts) / sizes
    left = held.seen.y - np.repeat(mean, sizes) - held.prediction
    assert 0.86 <= np.mean(np.abs(left) <= half) <= 0.95
    value, low, high = model.predict(np.zeros((2, FEATURES)))
    assert (low < value).all()
    assert (value < high).all()


def test_pictures_predict_what_features_miss() -> None:
    world = make_world(STRONG, 4, titles=100)
    evidence = world.evidence
    hidden = world.matrix.values + np.random.default_rng(0).normal(
        0, 0.2, world.matrix.values.shape
    )
    vectors = np.tile(hidden, (1, 3)).astype(np.float32)
    looks = appearance_of(world, vectors)
    assert looks.values.shape == (len(evidence.units.title), FEATURES + 24)
    pictures_only = Appearance(looks.values[:, FEATURES:])
    assert predict_held_out(slice_observations(evidence, ONE), pictures_only).skill > 0.5


def test_too_few_titles_make_no_prediction() -> None:
    world = make_world(STRONG, 5, titles=6)
    seen = slice_observations(world.evidence, EVERYWHERE)
    with pytest.raises(InputError, match="6 titles have several artworks"):
        predict_held_out(seen, appearance_of(world))


def test_halves_share_out_every_impression() -> None:
    cells = make_world(STRONG, 6, titles=20).cells
    one, two = thin_cells(cells)
    for name in ("impressions", "plays"):
        assert one[name].sum() + two[name].sum() == cells[name].sum()
    assert (one["plays"] <= one["impressions"]).all()
    assert (one["effective_plays"] <= one["effective_impressions"]).all()
    rate = [half["plays"].sum() / half["impressions"].sum() for half in (one, two)]
    assert rate[0] == pytest.approx(rate[1], rel=0.05)


def test_observed_lifts_are_against_the_titles_others() -> None:
    world = make_world({}, 7, titles=20, impressions=20_000)
    seen = observed_lifts(world.cells, world.artworks)
    tags = tag_performance(world.cells, world.artworks).tags
    place = ["artwork_id", "cluster", "platform"]
    both = seen.merge(tags[[*place, "lift"]], on=place)
    assert len(both) == len(tags)
    assert np.corrcoef(both["observed"], both["lift"])[0, 1] > 0.99


def test_tags_are_as_sure_as_they_say() -> None:
    world = make_world(STRONG, 8, titles=60, impressions=300)
    found = check_calibration(world.cells, world.artworks)
    assert 0.86 <= found["coverage"] <= 0.94
    assert found["low"] < found["coverage"] < found["high"]
    assert found["mean_gap"] < 0.05
    overconfident = pd.concat([world.cells] * 1).assign(
        **{name: world.cells[name] * 16 for name in ("effective_impressions", "effective_plays")}
    )
    assert check_calibration(overconfident, world.artworks)["coverage"] < found["coverage"] - 0.05


def test_evaluation_of_a_small_index_is_whole_and_repeatable(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=14, each=4)
    counts = pd.read_csv(catalogue / "performance.csv")
    counts[counts["platform"] == "tv"].to_csv(catalogue / "performance.csv", index=False)
    build(catalogue, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        one, two = evaluate(index).to_json(), evaluate(index).to_json()
    assert one == two
    methods = {row["method"] for row in one["pairs"]}
    assert methods == {
        "features and pictures",
        "prior alone",
        "picture likest to the text",
        "chance",
        "already shown most",
    }
    assert {(row["cluster"], row["platform"]) for row in one["pairs"]} >= {("all", "all")}
    assert 0.6 < one["calibration"]["coverage"] <= 1
