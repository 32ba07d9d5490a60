"""Estimators, designs and grades of the insights."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower

from assistant.insights.effects import EffectSlice, estimate_effects, gather_evidence
from assistant.insights.estimators.adjusted import adjusted_effects
from assistant.insights.estimators.design import MIDDLE, Contrast, Design, build_design
from assistant.insights.estimators.fixed_effects import (
    TitleSums,
    demean,
    title_starts,
    within_effects,
)
from assistant.insights.estimators.observations import (
    collapse_families,
    in_slice,
    observe,
    unit_cells,
)
from assistant.insights.grading import assign_part, q_values, titles_needed
from index.features.matrix import Column, FeatureMatrix

sys.path.insert(0, str(Path(__file__).parent))

from worlds import make_world


def sample(seed: int, titles: int = 30) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    title = np.repeat(np.arange(titles), rng.integers(1, 8, titles)).astype(np.int64)
    n = len(title)
    x = rng.normal(size=(n, 3))
    x[:, 1] = x[:, 1] > 0.5
    x[rng.random(n) < 0.2, 2] = np.nan
    y = rng.normal(size=n) + rng.normal(size=titles)[title] * 2 + 0.3 * x[:, 0]
    return y, rng.uniform(0.5, 3, n), title, x


@given(st.integers(0, 10_000), st.integers(4, 60))
@settings(max_examples=25, deadline=None)
def test_one_at_a_time_equals_statsmodels(seed: int, titles: int) -> None:
    y, w, title, x = sample(seed, titles)
    ours = within_effects(y, w, x, title_starts(title), correction="CR1")
    for j in range(x.shape[1]):
        rows = np.isfinite(x[:, j])
        dummies = pd.get_dummies(title[rows]).to_numpy(float)
        weights = w[rows]
        partial = sm.WLS(np.column_stack([y[rows], x[rows, j]]), dummies, weights=weights)
        residual = np.column_stack([y[rows], x[rows, j]]) - dummies @ partial.fit().params
        theirs = sm.WLS(residual[:, 0], residual[:, 1], weights=weights).fit(
            cov_type="cluster", cov_kwds={"groups": title[rows]}
        )
        if ours.titles[j] < 2:
            continue
        assert ours.effect[j] == pytest.approx(theirs.params[0], rel=1e-8, abs=1e-10)
        n, groups = rows.sum(), len(np.unique(title[rows]))
        assert ours.se[j] == pytest.approx(theirs.bse[0], rel=1e-8)
        assert ours.df[j] == groups - 1
        assert n >= groups


def test_cr2_matches_its_matrix_definition() -> None:
    y, w, title, x = sample(3, 12)
    ours = within_effects(y, w, x[:, :1], title_starts(title))
    n = len(y)
    dummies = pd.get_dummies(title).to_numpy(float)
    root = np.sqrt(w)[:, None]
    absorb = np.linalg.qr(root * dummies)[0]
    clean = np.eye(n) - absorb @ absorb.T
    xs, ys = clean @ (root[:, 0] * x[:, 0]), clean @ (root[:, 0] * y)
    total = xs @ xs
    hat = np.outer(xs, xs) / total
    residual = ys - xs * (xs @ ys) / total
    variance, rows = 0.0, []
    for code in np.unique(title):
        at = title == code
        values, vectors = np.linalg.eigh(np.eye(at.sum()) - hat[np.ix_(at, at)])
        adjust = vectors @ np.diag(values**-0.5) @ vectors.T
        variance += (xs[at] @ adjust @ residual[at]) ** 2
        rows.append(adjust @ ((np.eye(n) - hat) @ clean)[at] @ np.eye(n) / total)
        rows[-1] = xs[at] @ rows[-1]
    spread = np.array(rows) @ np.array(rows).T
    assert ours.se[0] == pytest.approx(np.sqrt(variance) / total, rel=1e-8)
    assert ours.df[0] == pytest.approx(np.trace(spread) ** 2 / np.sum(spread**2), rel=1e-8)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_titles_own_level_never_matters(seed: int) -> None:
    y, w, title, x = sample(seed)
    starts = title_starts(title)
    shift = np.random.default_rng(seed).normal(0, 50, title.max() + 1)[title]
    one, two = within_effects(y, w, x, starts), within_effects(y + shift, w, x, starts)
    np.testing.assert_allclose(one.effect, two.effect, atol=1e-8)
    np.testing.assert_allclose(one.se, two.se, atol=1e-8)


def test_titles_with_one_artwork_or_no_contrast_say_nothing() -> None:
    y = np.array([0.0, 1.0, 5.0, 2.0, 2.5])
    x = np.array([[0.0], [1.0], [1.0], [1.0], [1.0]])
    fit = within_effects(y, np.ones(5), x, np.array([0, 2, 3]))
    assert fit.titles.tolist() == [1]
    assert fit.rows.tolist() == [2]
    assert fit.effect[0] == pytest.approx(1.0)
    constant = within_effects(y, np.ones(5), np.ones((5, 1)), np.array([0, 2, 3]))
    assert np.isnan(constant.effect[0])
    assert constant.titles.tolist() == [0]


def test_demeaned_missing_values_are_zero() -> None:
    x = np.array([[1.0], [np.nan], [3.0], [7.0]])
    centred = demean(x, np.array([1.0, 5.0, 1.0, 2.0]), TitleSums(np.array([0, 3]), 4))
    assert centred[:, 0].tolist() == [-1.0, 0.0, 1.0, 0.0]


def test_adjusted_effect_equals_regression_on_everything_when_all_controls_matter() -> None:
    rng = np.random.default_rng(5)
    title = np.repeat(np.arange(200), 6).astype(np.int64)
    z = rng.normal(size=(1200, 3))
    z[:, 1] += 0.7 * z[:, 0]
    z[:, 2] += 0.7 * z[:, 0]
    y = z @ [0.5, -0.4, 0.3] + rng.normal(size=1200) + rng.normal(size=200)[title]
    w = rng.uniform(0.5, 2, 1200)
    contrasts = tuple(Contrast(name, None, "number", 1.0, "") for name in "abc")
    design = Design(contrasts, z, z, ("a", "b", "c"), (None,) * 3)
    ours = adjusted_effects(y, w, title, z, z, design, np.ones(3, dtype=bool))
    sums = TitleSums(title_starts(title), 1200)
    theirs = sm.WLS(demean(y[:, None], w, sums), demean(z, w, sums), weights=w).fit(
        cov_type="cluster", cov_kwds={"groups": title}
    )
    np.testing.assert_allclose(ours.effect, theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours.se, theirs.bse, rtol=0.02)


def test_features_that_cannot_be_told_apart_keep_the_effect_and_say_so() -> None:
    rng = np.random.default_rng(6)
    title = np.repeat(np.arange(50), 4).astype(np.int64)
    a = rng.normal(size=200)
    z = np.column_stack([a, a])
    contrasts = tuple(Contrast(name, None, "number", 1.0, "") for name in "ab")
    design = Design(contrasts, z, z, ("a", "b"), (None,) * 2)
    y = a + 0.3 * rng.normal(size=200)
    fit = adjusted_effects(y, np.ones(200), title, z, z, design, np.ones(2, dtype=bool))
    assert (fit.left < 0.01).all()
    np.testing.assert_allclose(fit.effect, 1.0, atol=0.1)


def matrix_of(**columns: tuple[str, list[float]]) -> FeatureMatrix:
    return FeatureMatrix(
        np.column_stack([values for _, values in columns.values()]),
        tuple(Column(name, None, kind, "share", name) for name, (kind, _) in columns.items()),
    )


def test_counts_are_levels_against_none_and_numbers_are_per_sd() -> None:
    rng = np.random.default_rng(0)
    n = 400
    faces = rng.poisson(1.2, n).astype(float)
    faces[:5] = np.nan
    glow = rng.normal(5, 2, n)
    design = build_design(
        matrix_of(faces=("count", list(faces)), glow=("number", list(glow))), np.arange(n), n
    )
    names = [(c.feature, c.level) for c in design.contrasts]
    assert names == [
        ("faces", "1"),
        ("faces", "2"),
        ("faces", "3+"),
        ("glow", None),
        ("glow", MIDDLE),
    ]
    two = design.values[:, 1]
    assert (two[faces == 2] == 1).all()
    assert (two[faces == 0] == 0).all()
    assert np.isnan(two[(faces == 1) | (faces > 2) | np.isnan(faces)]).all()
    assert np.std(design.values[:, 3]) == pytest.approx(1)
    assert design.contrasts[3].change == pytest.approx(np.std(glow))
    assert design.contrasts[3].step == f"+1 sd ({np.std(glow):.3g} share)"
    assert design.values[:, 4].mean() == pytest.approx(1 / 3, abs=0.02)


def test_count_that_is_hardly_ever_none_starts_from_its_lowest_common_level() -> None:
    counts = [0.0] * 2 + [1.0] * 60 + [2.0] * 30 + [3.0] * 20
    design = build_design(matrix_of(people=("count", counts)), np.arange(112), 112)
    assert [c.step for c in design.contrasts] == ["2 against 1 or fewer", "3 against 1 or fewer"]


def test_optimum_in_the_middle_is_found() -> None:
    world = make_world("empty", 4, titles=150, clusters=1, platforms=1, impressions=2000)
    at = [c.feature for c in world.matrix.columns].index("number_06")
    x = world.matrix.values[:, at]
    best = np.abs(x) < 0.43
    cells = world.cells.set_index("artwork_id").loc[world.artworks["artwork_id"]].reset_index()
    rate = cells["plays"] / cells["impressions"]
    odds = rate / (1 - rate) * np.exp(0.4 * best)
    cells["effective_plays"] = cells["effective_impressions"] * odds / (1 + odds)
    effects = estimate_effects(
        gather_evidence(world.titles, world.artworks, cells, world.matrix), [EffectSlice()]
    )
    rows = effects[effects["feature"] == "number_06"].set_index("step")
    assert rows.loc["middle third against outer", "effect"] == pytest.approx(0.4, abs=0.08)
    assert rows.loc["middle third against outer", "grade"] == "confirmed"
    assert rows.drop("middle third against outer")["effect"].abs().max() < 0.08


def test_asset_families_count_once() -> None:
    artworks = pd.DataFrame(
        {
            "artwork_id": ["a", "b", "c", "d"],
            "title_id": ["t2", "t1", "t2", "t2"],
            "family_id": ["x", "x", "x", "d"],
        }
    )
    cells = pd.DataFrame(
        {
            "artwork_id": ["a", "b", "c", "d", "gone"],
            "cluster": ["c0"] * 5,
            "platform": ["tv"] * 5,
            "country": [""] * 5,
            "impressions": [100, 200, 300, 400, 500],
            "plays": [10, 20, 30, 40, 50],
            "effective_impressions": [100.0, 200.0, 300.0, 400.0, 500.0],
            "effective_plays": [10.0, 20.0, 30.0, 40.0, 50.0],
        }
    )
    units = collapse_families(artworks)
    assert units.title_ids.tolist() == ["t1", "t2"]
    assert sorted(units.artworks.tolist()) == [1, 1, 2]
    counted = unit_cells(cells, artworks, units)
    assert sorted(counted.impressions) == [200.0, 400.0, 400.0]
    seen = observe(counted, in_slice(counted), units)
    assert units.title_ids[seen.title].tolist() == ["t2", "t2"]
    assert np.ptp(seen.y) == pytest.approx(0, abs=1e-9)


def test_parts_are_stable_and_even() -> None:
    parts = [assign_part(f"title-{i}") for i in range(4000)]
    assert parts == [assign_part(f"title-{i}") for i in range(4000)]
    assert abs(parts.count("confirm") - 2000) < 150
    assert assign_part("Purple Hearts") in ("explore", "confirm")


def test_q_values_are_benjamini_hochberg_unless_nothing_stands_out() -> None:
    p = np.array([0.0001, 0.002, 0.03, 0.5, np.nan, 0.9])
    family = np.isfinite(p)
    q = q_values(p, family)
    np.testing.assert_allclose(q[family], multipletests(p[family], method="fdr_bh")[1])
    assert np.isnan(q[4])
    weak = q_values(np.array([0.03, 0.06, 0.09]), np.ones(3, dtype=bool))
    assert (weak > 0.1).all()


def test_titles_needed_agrees_with_statsmodels_power() -> None:
    needed = titles_needed(np.array([0.5]), 0.1)[0]
    theirs = NormalIndPower(ddof=0).solve_power(0.1 / 0.5, alpha=0.1, power=0.8, ratio=0)
    assert needed == pytest.approx(theirs, abs=1.5)


def test_too_little_data_says_how_much_would_do() -> None:
    world = make_world("strong", 2, titles=8)
    evidence = gather_evidence(world.titles, world.artworks, world.cells, world.matrix)
    effects = estimate_effects(evidence, [EffectSlice()])
    assert set(effects["grade"]) == {"insufficient"}
    assert set(effects["reason"]) == {"too few titles vary in it"}
    more = make_world("strong", 2, titles=40)
    effects = estimate_effects(
        gather_evidence(more.titles, more.artworks, more.cells, more.matrix), [EffectSlice()]
    )
    assert (effects["titles_needed"] >= 10).all()


def test_slices_cover_clusters_platforms_and_genres_without_unknown_ones() -> None:
    world = make_world("strong", 3, titles=60)
    cells = world.cells.copy()
    cells.loc[:50, "cluster"] = ""
    evidence = gather_evidence(world.titles, world.artworks, cells, world.matrix)
    effects = estimate_effects(evidence, adjust=False)
    assert set(effects["cluster"]) == {"all", "c0", "c1", "c2"}
    assert set(effects["platform"]) == {"all", "tv", "mobile"}
    assert {"all", "Drama"} <= set(effects["genre"])
    assert set(effects["country"]) == {"all"}
