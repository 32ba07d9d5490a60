"""Estimators: regressions inside titles, lifts from counts, contrasts of features, pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.insights.estimators.adjusted import adjusted_effects
from assistant.insights.estimators.design import MIDDLE, family_means, feature_design
from assistant.insights.estimators.fixed_effects import (
    TitleSums,
    demean,
    title_starts,
    within_effects,
)
from assistant.insights.estimators.observations import (
    Observations,
    Units,
    collapse_families,
    in_slice,
    observe,
    unit_cells,
    weigh,
)
from assistant.insights.estimators.pairs import accuracy, clear_pairs, picks
from index.features.matrix import Column, FeatureMatrix
from index.records import ALL
from tests.planted import count_table

# Regressions inside titles.


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
    assert constant.df.tolist() == [0.0]


def test_demeaned_missing_values_are_zero() -> None:
    x = np.array([[1.0], [np.nan], [3.0], [7.0]])
    centred = demean(x, np.array([1.0, 5.0, 1.0, 2.0]), TitleSums(np.array([0, 3]), 4))
    assert centred[:, 0].tolist() == [-1.0, 0.0, 1.0, 0.0]


def test_an_effect_with_others_held_is_that_of_a_regression_on_all_of_them() -> None:
    rng = np.random.default_rng(5)
    title = np.repeat(np.arange(200), 6).astype(np.int64)
    z = rng.normal(size=(1200, 3))
    z[:, 1] += 0.7 * z[:, 0]
    z[:, 2] += 0.7 * z[:, 0]
    y = z @ [0.5, -0.4, 0.3] + rng.normal(size=1200) + rng.normal(size=200)[title]
    w = rng.uniform(0.5, 2, 1200)
    everything = ~np.eye(3, dtype=bool)
    ours = adjusted_effects(y, w, title_starts(title), z, everything)
    sums = TitleSums(title_starts(title), 1200)
    own_y, own_z = demean(y[:, None], w, sums), demean(z, w, sums)
    theirs = sm.WLS(own_y, own_z, weights=w).fit(cov_type="cluster", cov_kwds={"groups": title})
    np.testing.assert_allclose(ours.effect, theirs.params, rtol=1e-6)
    of_regressors = (1200 - 3) / (1200 - 1)
    np.testing.assert_allclose(ours.se**2, theirs.bse**2 * of_regressors, rtol=1e-6)
    assert ours.df.tolist() == [199.0] * 3
    rest = own_z[:, 0] - own_z[:, 1:] @ sm.WLS(own_z[:, 0], own_z[:, 1:], weights=w).fit().params
    assert ours.left[0] == pytest.approx((w @ rest**2) / (w @ own_z[:, 0] ** 2))


def test_what_is_not_held_is_let_go() -> None:
    rng = np.random.default_rng(5)
    title = np.repeat(np.arange(60), 4).astype(np.int64)
    z = rng.normal(size=(240, 3))
    z[:, 1] += z[:, 0]
    y, w, starts = z @ [0.5, -0.4, 0.3], np.ones(240), title_starts(title)
    nothing = adjusted_effects(y, w, starts, z, np.zeros((3, 3), dtype=bool))
    plain = within_effects(y, w, z, starts)
    np.testing.assert_allclose(nothing.effect, plain.effect)
    assert nothing.left.tolist() == pytest.approx([1.0] * 3)
    one = np.zeros((3, 3), dtype=bool)
    one[0, 1] = True
    both = adjusted_effects(y, w, starts, z[:, :2], ~np.eye(2, dtype=bool))
    assert adjusted_effects(y, w, starts, z, one).effect[0] == pytest.approx(both.effect[0])


def test_what_cannot_be_told_from_what_is_held_has_no_effect() -> None:
    rng = np.random.default_rng(6)
    title = np.repeat(np.arange(50), 4).astype(np.int64)
    a = rng.normal(size=200)
    y, starts = a + 0.3 * rng.normal(size=200), title_starts(title)
    constant = np.ones(200)
    z = np.column_stack([a, a, rng.normal(size=50)[title], np.where(constant > 0, a, a)])
    found = adjusted_effects(y, np.ones(200), starts, z, ~np.eye(4, dtype=bool))
    assert np.isnan(found.effect).all()
    assert np.isnan(found.se).all()
    assert (found.left[[0, 1, 3]] < 1e-9).all()
    assert np.isnan(found.left[2]), "it does not vary inside titles"
    assert found.df.tolist() == [0.0] * 4


def test_a_missing_value_counts_as_its_titles_mean_when_others_are_held() -> None:
    rng = np.random.default_rng(8)
    title = np.repeat(np.arange(40), 4).astype(np.int64)
    z = rng.normal(size=(160, 2))
    y, starts, w = z @ [0.5, 0.2], title_starts(title), np.ones(160)
    gaps = z.copy()
    gaps[::8, 1] = np.nan
    filled = gaps.copy()
    for code in range(40):
        at = (title == code) & np.isnan(filled[:, 1])
        filled[at, 1] = np.nanmean(gaps[title == code, 1])
    held = ~np.eye(2, dtype=bool)
    one, two = (adjusted_effects(y, w, starts, values, held) for values in (gaps, filled))
    np.testing.assert_allclose(one.effect, two.effect)


# Contrasts of features.


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
    design = feature_design(
        matrix_of(faces=("count", list(faces)), glow=("number", list(glow))), np.arange(n), n
    )
    names = [(c.name, c.side) for c in design.contrasts]
    assert names == [
        ("faces", "1"),
        ("faces", "2"),
        ("faces", "3+"),
        ("glow", None),
        ("glow", MIDDLE),
    ]
    one = design.values[:, 0]
    assert (one[faces == 1] == 1).all()
    assert (one[faces == 0] == 0).all()
    two = design.values[:, 1]
    assert (two[faces == 2] == 1).all()
    assert (two[faces == 0] == 0).all()
    assert np.isnan(two[(faces == 1) | (faces > 2) | np.isnan(faces)]).all()
    more = design.values[:, 2]
    assert (more[faces >= 3] == 1).all()
    assert (more[faces == 0] == 0).all()
    assert [one.change for one in design.contrasts[:3]] == [1.0] * 3
    assert np.std(design.values[:, 3]) == pytest.approx(1)
    assert design.contrasts[3].change == pytest.approx(np.std(glow))
    assert design.contrasts[3].step == f"+1 sd ({np.std(glow):.3g} share)"
    assert design.values[:, 4].mean() == pytest.approx(1 / 3, abs=0.02)


def test_a_number_of_few_values_has_no_middle() -> None:
    for values, sides in ((3, [None]), (12, [None]), (13, [None, MIDDLE])):
        steps = matrix_of(steps=("number", [float(n % values) for n in range(156)]))
        design = feature_design(steps, np.arange(156), 156)
        assert [c.side for c in design.contrasts] == sides, values


def test_count_that_is_hardly_ever_none_starts_from_its_lowest_common_level() -> None:
    counts = [0.0] * 2 + [1.0] * 60 + [2.0] * 30 + [3.0] * 20
    design = feature_design(matrix_of(people=("count", counts)), np.arange(112), 112)
    assert [c.step for c in design.contrasts] == ["2 against 1 or fewer", "3 against 1 or fewer"]


# Counts to lifts.


def test_a_family_measures_as_the_mean_of_those_of_its_artwork_that_are_known() -> None:
    values = np.array([4.0, 1.0, np.nan, 3.0, np.nan])
    found = family_means([values, -values], np.array([0, 1, 0, 1, 2]), 3)
    np.testing.assert_array_equal(found, [[4, -4], [2, -2], [np.nan, np.nan]])
    assert family_means([], np.array([0, 1]), 2).shape == (2, 0)


def test_what_never_varies_is_left_out_and_what_follows_it_is_not() -> None:
    rng = np.random.default_rng(1)
    glow = rng.normal(size=60)
    matrix = matrix_of(
        flat=("number", [1.0] * 60), unknown=("number", [np.nan] * 60), glow=("number", list(glow))
    )
    design = feature_design(matrix, np.arange(60), 60)
    assert {one.name for one in design.contrasts} == {"glow"}


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


def test_counts_of_one_cluster_platform_and_country_are_one_stratum() -> None:
    rows = [("a", cluster, platform, 10, 1) for cluster in "abc" for platform in "xy"]
    parts = [count_table(rows, country) for country in "fg"]
    artworks = pd.DataFrame({"artwork_id": ["a"], "title_id": ["t"], "family_id": ["a"]})
    twice = pd.concat([*parts, *parts], ignore_index=True)
    found = unit_cells(twice, artworks, collapse_families(artworks))
    assert len(np.unique(found.stratum)) == 12
    assert found.impressions.tolist() == [20.0] * 12


def units_of(*titles: int) -> Units:
    ids = [f"a{row}" for row in range(len(titles))]
    return collapse_families(
        pd.DataFrame(
            {"artwork_id": ids, "title_id": [f"t{one}" for one in titles], "family_id": ids}
        )
    )


def observed(rows: Sequence[tuple[int, str, int, int]], *titles: int) -> Any:
    """Lifts of artworks from (artwork, cluster, impressions, plays)."""
    cells = count_table([(f"a{row}", cluster, "", n, k) for row, cluster, n, k in rows])
    artworks = pd.DataFrame({"artwork_id": [f"a{row}" for row in range(len(titles))]})
    units = units_of(*titles)
    counted = unit_cells(cells, artworks, units)
    return observe(counted, in_slice(counted), units)


def test_a_lift_is_against_the_rate_of_the_title() -> None:
    seen = observed([(0, "", 1000, 150), (1, "", 1000, 50)], 0, 0)
    rate = 100 / 1000
    base = math.log(rate / (1 - rate))
    assert seen.y.tolist() == pytest.approx(
        [math.log(150.5 / 850.5) - base, math.log(50.5 / 950.5) - base]
    )
    assert seen.v.tolist() == pytest.approx([1 / (1000 * rate * (1 - rate))] * 2)
    assert seen.weights.tolist() == pytest.approx((1 / (seen.v + seen.spread**2)).tolist())
    assert seen.impressions.tolist() == [1000, 1000]
    assert (seen.starts.tolist(), seen.title.tolist(), seen.unit.tolist()) == ([0], [0, 0], [0, 1])


def test_where_every_cluster_plays_alike_the_mix_changes_no_rate() -> None:
    """However few members of a cluster an artwork was shown to."""
    shown = [(0, "x", 20, 2), (0, "y", 980, 98), (1, "x", 900, 90), (1, "y", 100, 10)]
    seen = observed(shown, 0, 0)
    assert seen.y.tolist() == pytest.approx([math.log(100.5 / 900.5) - math.log(0.1 / 0.9)] * 2)


def test_being_shown_to_keener_members_earns_nothing() -> None:
    seen = observed(
        [(0, "keen", 9000, 4500), (0, "cool", 1000, 50), (1, "keen", 1000, 500),
         (1, "cool", 9000, 450)],
        0, 0,
    )  # fmt: skip
    assert seen.y.tolist() == pytest.approx([0.0, 0.0], abs=0.02)
    lucky = observed(
        [(0, "keen", 9000, 4500), (0, "cool", 1000, 50), (1, "keen", 1000, 600),
         (1, "cool", 9000, 600)],
        0, 0,
    )  # fmt: skip
    assert lucky.y[1] > 0.15
    assert lucky.y[0] < -0.02


def test_an_artwork_with_hardly_an_expected_play_or_without_company_is_left_out() -> None:
    rows = [
        (0, "", 1000, 100),
        (1, "", 1000, 100),
        (2, "", 20, 2),
        (3, "", 19, 1),
        (4, "", 500, 50),
    ]
    seen = observed(rows, 0, 0, 0, 0, 1)
    rate = 203 / 2039
    assert 19 * rate < 2 > 20 * rate
    assert seen.unit.tolist() == [0, 1]
    just = observed([(0, "", 1000, 100), (1, "", 1000, 100), (2, "", 20, 2)], 0, 0, 0)
    assert just.unit.tolist() == [0, 1, 2], "two plays are expected of it"
    more = observed(
        [(0, "", 1000, 100), (1, "", 1000, 100), (2, "", 21, 3), (3, "", 500, 50)], 0, 0, 0, 1
    )
    assert more.unit.tolist() == [0, 1, 2]
    always = observed([(0, "", 1000, 999), (1, "", 1000, 1000), (2, "", 1000, 900)], 0, 0, 0)
    assert len(always.unit) == 3
    hardly = observed([(0, "", 100, 99), (1, "", 100, 99)], 0, 0)
    assert hardly.unit.tolist() == [], "hardly an impression without a play"


def test_titles_have_rates_of_their_own_in_every_part_of_the_audience() -> None:
    rates = {0: (0.1, 0.5), 1: (0.3, 0.2), 2: (0.5, 0.1), 3: (0.2, 0.4)}
    rows = [
        (2 * title + n, cluster, shown, int(shown * rate))
        for title, both in rates.items()
        for at, (cluster, rate) in enumerate(zip(("c1", "c2"), both, strict=True))
        for n, shown in ((at, 9000), (1 - at, 1000))
    ]
    seen = observed(rows, 0, 0, 1, 1, 2, 2, 3, 3)
    assert seen.y.tolist() == pytest.approx([0.0] * 8, abs=0.02)


def test_units_that_differ_by_chance_alone_have_no_spread() -> None:
    alike = [(row, "", 10_000, 1000) for row in range(20)]
    apart = [(row, "", 10_000, 500 + 1000 * (row % 2)) for row in range(20)]
    titles = [row // 4 for row in range(20)]
    assert observed(alike, *titles).spread < 0.05
    assert observed(apart, *titles).spread == pytest.approx(0.63, abs=0.1)


def test_a_slice_holds_its_own_cells() -> None:
    rows = [("a0", "c1", "tv", 10, 1), ("a0", "c1", "mobile", 20, 1), ("a0", "c2", "tv", 30, 1)]
    cells = unit_cells(
        pd.concat([count_table(rows), count_table([("a0", "c1", "tv", 40, 1)], "SE")]),
        pd.DataFrame({"artwork_id": ["a0"]}),
        units_of(0),
    )

    def shown(*where: str) -> float:
        return float(cells.shown[in_slice(cells, *where)].sum())

    assert shown() == 100
    assert shown("c1") == 70
    assert shown(ALL, "tv") == 80
    assert shown("c1", "tv") == 50
    assert shown("c1", "tv", "SE") == 40
    assert shown(ALL, ALL, "SE") == 40


# A mixture of slices.


def seen_in(
    y: Sequence[float], v: Sequence[float], rows: Sequence[int], *titles: int
) -> Observations:
    """Lifts of some artworks of titles in one slice."""
    title = np.array([titles[row] for row in rows], dtype=np.int64)
    return Observations(
        np.array(rows, dtype=np.int64), title, np.array(y), np.array(v), 1 / np.array(v),
        np.full(len(rows), 100.0), title_starts(title), 0.0,
    )  # fmt: skip


def test_a_mixture_weighs_what_slices_observed_and_their_errors_are_independent() -> None:
    titles = (0, 0)
    one = seen_in([0.5, -0.5], [0.04, 0.04], [0, 1], *titles)
    two = seen_in([0.1, -0.1], [0.01, 0.01], [0, 1], *titles)
    mixed = weigh([(0.75, one), (0.25, two)], units_of(*titles))
    assert mixed.y.tolist() == pytest.approx([0.4, -0.4])
    assert mixed.v.tolist() == pytest.approx([0.75**2 * 0.04 + 0.25**2 * 0.01] * 2)
    assert mixed.impressions.tolist() == [200.0, 200.0]
    doubled = weigh([(1.5, one), (0.5, two)], units_of(*titles))
    assert doubled.y.tolist() == pytest.approx(mixed.y.tolist())
    assert doubled.v.tolist() == pytest.approx(mixed.v.tolist())


def test_where_an_artwork_lacks_a_slice_the_others_carry_its_weight() -> None:
    titles = (0, 0, 0)
    one = seen_in([0.5, -0.5, 0.0], [0.04] * 3, [0, 1, 2], *titles)
    two = seen_in([0.1, -0.1], [0.01] * 2, [0, 1], *titles)
    mixed = weigh([(0.5, one), (0.5, two)], units_of(*titles))
    assert mixed.y.tolist() == pytest.approx([0.3, -0.3, 0.0])
    assert mixed.v[2] == pytest.approx(0.04)


def test_a_slice_in_which_a_title_does_better_altogether_lifts_none_of_its_artwork() -> None:
    titles = (0, 0, 0)
    one = seen_in([0.2, -0.2, 0.0], [0.04] * 3, [0, 1, 2], *titles)
    two = seen_in([3.1, 2.9], [0.01, 0.01], [0, 1], *titles)
    mixed = weigh([(0.5, one), (0.5, two)], units_of(*titles))
    assert mixed.y.tolist() == pytest.approx([0.15, -0.15, 0.0])
    uneven = seen_in([1.0, 0.0], [0.01, 0.03], [0, 1], *titles)
    alone = weigh([(1.0, uneven)], units_of(*titles))
    assert alone.y.tolist() == pytest.approx([0.25, -0.75]), "the title's level is weighed"


def test_a_mixture_holds_titles_with_company_alone() -> None:
    titles = (0, 0, 1, 1)
    one = seen_in([0.5, -0.5, 0.3], [0.04] * 3, [0, 1, 2], *titles)
    mixed = weigh([(1.0, one)], units_of(*titles))
    assert mixed.unit.tolist() == [0, 1]
    assert mixed.starts.tolist() == [0]
    assert weigh([], units_of(*titles)).y.tolist() == []
    empty = seen_in([], [], [], *titles)
    assert weigh([(1.0, empty), (1.0, one)], units_of(*titles)).unit.tolist() == [0, 1]


# Pairs.


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_pairs_are_all_clear_ones_inside_titles(seed: int) -> None:
    rng = np.random.default_rng(seed)
    title = np.sort(rng.integers(0, 6, 20)).astype(np.int64)
    y, v = rng.normal(size=20), rng.uniform(0.01, 0.5, 20)
    ours = clear_pairs(y, v, title)
    theirs = {
        (i, j) if y[i] > y[j] else (j, i)
        for i, j in combinations(range(20), 2)
        if title[i] == title[j] and abs(y[i] - y[j]) >= 1.645 * np.sqrt(v[i] + v[j])
    }
    assert set(zip(ours.better.tolist(), ours.worse.tolist(), strict=True)) == theirs
    assert picks(ours, y).sum() == len(theirs)
    assert (picks(ours, np.zeros(20)) == 0.5).all()


def test_pairs_need_a_clear_difference_and_the_better_comes_first() -> None:
    y, v, title = np.array([0.0, 1.0, 0.0, 5.0]), np.full(4, 0.5), np.array([0, 0, 0, 1])
    assert len(clear_pairs(y, v, title).better) == 0
    found = clear_pairs(np.array([0.0, 1.645, 0.0, 5.0]), v, title)
    assert list(zip(found.better, found.worse, strict=True)) == [(1, 0), (1, 2)]
    assert found.title.tolist() == [0, 0]
    every = clear_pairs(y, v, title, least=0)
    assert set(zip(every.better.tolist(), every.worse.tolist(), strict=True)) == {(1, 0), (1, 2)}
    assert len(clear_pairs(y[:0], v[:0], title[:0]).better) == 0
    assert picks(found, np.array([0.0, 1.0, 2.0, 0.0])).tolist() == [1.0, 0.0]
    assert picks(found, np.array([np.nan, 1.0, 1.0, 0.0])).tolist() == [0.5, 0.5]


def test_accuracy_has_an_interval_over_titles_and_margins_of_the_reference() -> None:
    title = np.repeat(np.arange(100), 2)
    y = np.tile([0.0, 5.0], 100)
    pairs = clear_pairs(y, np.full(200, 0.1), title)
    good = np.where(np.arange(100) % 5 == 0, 0.0, 1.0)
    poor = np.where(np.arange(100) % 2 == 0, 0.0, 1.0)
    one, two = accuracy(pairs, {"good": good, "poor": poor}, "good")
    assert (one["method"], one["accuracy"], two["accuracy"]) == ("good", 0.8, 0.5)
    reach = 1.645 * math.sqrt(0.8 * 0.2 / 100)
    assert (one["low"], one["high"]) == pytest.approx((0.8 - reach, 0.8 + reach), abs=0.015)
    assert two["margin"] == pytest.approx(0.3)
    assert two["margin_low"] < 0.3 < two["margin_high"]
    assert two["margin_low"] == pytest.approx(0.3 - 1.645 * math.sqrt(0.41 / 100), abs=0.02)
    assert (one["margin"], one["margin_low"], one["margin_high"]) == (0.0, 0.0, 0.0)
