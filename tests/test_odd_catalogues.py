"""Catalogues that are legal and have nothing to compare are answered in words, not faults."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from assistant.answers.evaluation import evaluate
from assistant.answers.score import fit_scorer
from assistant.experiments.plan_file import write_plans
from assistant.insights.causal.double_ml import residualise
from assistant.insights.causal.overlap import overlapping_rows
from assistant.insights.estimators.observations import Observations
from assistant.insights.estimators.prediction import HeldOut
from assistant.insights.outcomes import add_experiments, read_experiments
from assistant.insights.report import insights
from assistant.insights.shared_features import share_features
from index.errors import InputError
from index.features.matrix import Column, FeatureMatrix
from index.store import EXPERIMENTS, amend_index, open_index
from tests.small_catalogue import build, write_catalogue


def test_pictures_that_are_all_alike_leave_nothing_to_say(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=12, each=2)
    for path in (catalogue / "images").iterdir():
        Image.new("RGB", (60, 90), (120, 120, 120)).save(path)
    build(catalogue, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        report = insights(index)
        assert len(report.effects) == len(report.confounders) == 0
        scorer = fit_scorer(index)
        assert scorer.model.held_out.learner == "nothing"
        assert not scorer.better_than_chance
        model = [one for one in evaluate(index).pairs if one["method"] == "features and pictures"]
        assert {one["accuracy"] for one in model} == {0.5}


def test_titles_with_one_artwork_each_cannot_check_advice(tmp_path: Path) -> None:
    build(write_catalogue(tmp_path / "catalogue", titles=12, each=1), tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert insights(index).effects.empty
        with pytest.raises(InputError, match="no title has two artworks"):
            evaluate(index)


def test_exemplars_without_others_of_their_titles_share_nothing() -> None:
    matrix = FeatureMatrix(
        np.array([[0.1], [0.9]]), (Column("brightness", None, "number", "", "brightness"),)
    )
    rows = np.arange(2)
    assert share_features(matrix, pd.Series(["a", "b"]), rows, rows, str) == []


@pytest.mark.parametrize("covariates", ["one never measured", "none"])
@pytest.mark.parametrize("flag", [False, True])
def test_a_cause_needs_no_covariate_that_a_slice_lacks(covariates: str, flag: bool) -> None:
    rng = np.random.default_rng(5)
    title = np.repeat(np.arange(60), 3)
    d = rng.normal(size=180)
    d = (d > 0).astype(np.float64) if flag else d
    x = rng.normal(size=(180, 2))
    x[:, 1] = np.nan
    x = x[:, :0] if covariates == "none" else x
    y = 0.5 * d + rng.normal(scale=0.3, size=180)
    rows, _ = overlapping_rows(d, x, title)
    found = residualise(y[rows], d[rows], x[rows], np.ones(rows.sum()), title[rows]).estimate()
    assert found.low < 0.5 < found.high
    assert found.high - found.low < 0.3


@pytest.mark.parametrize(("titles", "verdict"), [(3, "too few titles"), (30, "better than chance")])
def test_a_few_lucky_titles_are_not_better_than_chance(titles: int, verdict: str) -> None:
    title = np.repeat(np.arange(titles), 2)
    y = np.tile([0.5, -0.5], titles)
    ones = np.ones(2 * titles)
    starts = np.arange(0, 2 * titles, 2)
    seen = Observations(
        np.arange(2 * titles), title, y, 0.01 * ones, ones, 1000 * ones, starts, 0.5
    )
    rate = HeldOut(seen, y, "ridge", 1.0, 0.1, 1.6).pick_rate()
    assert (rate["accuracy"], rate["verdict"]) == (1.0, verdict)


def test_what_others_learned_since_an_index_was_opened_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    build(write_catalogue(tmp_path / "catalogue", titles=2, each=2), folder)

    def learn(name: str) -> None:
        new = pd.DataFrame({"experiment": [name], "effect": [0.1]})
        amend_index(folder, lambda now: {EXPERIMENTS: add_experiments(read_experiments(now), new)})

    with open_index(folder) as before:
        learn("first")
        learn("second")
        assert read_experiments(before) is None
    with open_index(folder) as index:
        found = read_experiments(index)
    assert found is not None
    assert found["experiment"].tolist() == ["first", "second"]


def test_tests_are_not_recorded_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none/tests\.yaml: its folder is not there"):
        write_plans(tmp_path / "none" / "tests.yaml", "A Title", [])
