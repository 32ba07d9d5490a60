"""Effects against planted worlds whose truth is known."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.insights.effects import estimate_effects, gather_evidence

sys.path.insert(0, str(Path(__file__).parent))

from naive import naive_difference, naive_within_title
from worlds import World, make_world

ABOVE_SUGGESTIVE = ("supported", "confirmed")


def estimate(world: World, **options: bool) -> pd.DataFrame:
    """Effects of a world with the planted one beside each, NaN where that is not one number."""
    evidence = gather_evidence(world.titles, world.artworks, world.cells, world.matrix)
    effects = estimate_effects(evidence, **options)
    planted = [
        world.effect(row.feature, row.cluster, row.platform) if row.level is None else np.nan
        for row in effects.astype({"level": object}).where(effects.notna(), None).itertuples()
    ]
    return effects.assign(truth=np.array(planted, dtype=float))


def plain_slices(effects: pd.DataFrame) -> pd.DataFrame:
    """Rows whose planted effect is one number: a cluster on a platform."""
    return effects[
        effects["truth"].notna() & (effects["cluster"] != "all") & (effects["platform"] != "all")
    ]


@pytest.fixture(scope="module")
def strong() -> list[pd.DataFrame]:
    return [estimate(make_world("strong", seed, titles=120)) for seed in range(6)]


@pytest.fixture(scope="module")
def tangled() -> list[tuple[World, pd.DataFrame]]:
    worlds = [make_world("tangled", seed, titles=120) for seed in range(6)]
    return [(world, estimate(world)) for world in worlds]


def test_signs_are_right_where_effects_are_large(
    strong: list[pd.DataFrame], tangled: list[tuple[World, pd.DataFrame]]
) -> None:
    rows = plain_slices(pd.concat([*strong, *(effects for _, effects in tangled)]))
    large = rows[rows["truth"].abs() >= 0.2]
    assert len(large) > 200
    assert (np.sign(large["effect"]) == np.sign(large["truth"])).all()
    assert large["grade"].isin(ABOVE_SUGGESTIVE).mean() > 0.9


def test_intervals_cover_the_truth(
    strong: list[pd.DataFrame], tangled: list[tuple[World, pd.DataFrame]]
) -> None:
    rows = plain_slices(pd.concat([*strong, *(effects for _, effects in tangled)]))
    for low, high in (("low", "high"), ("adjusted_low", "adjusted_high")):
        covered = ((rows[low] <= rows["truth"]) & (rows["truth"] <= rows[high])).mean()
        assert 0.85 <= covered <= 0.95, (low, covered)


def test_few_discoveries_are_false(
    strong: list[pd.DataFrame], tangled: list[tuple[World, pd.DataFrame]]
) -> None:
    shares = []
    for effects in [*strong, *(effects for _, effects in tangled)]:
        working = set(effects.loc[effects["truth"].fillna(0) != 0, "feature"])
        found = effects[effects["grade"].isin(ABOVE_SUGGESTIVE)]
        shares.append((~found["feature"].isin(working)).mean() if len(found) else 0.0)
    assert np.mean(shares) <= 0.10


def test_confirming_half_was_not_used_to_find(strong: list[pd.DataFrame]) -> None:
    rows = pd.concat(strong)
    confirmed = rows[rows["grade"] == "confirmed"]
    assert len(confirmed) > 0
    assert (np.sign(confirmed["confirm_effect"]) == np.sign(confirmed["effect"])).all()
    assert ((confirmed["confirm_low"] > 0) | (confirmed["confirm_high"] < 0)).all()
    assert (confirmed["explore_q"] <= 0.1).all()
    assert (confirmed["explore_titles"] + confirmed["confirm_titles"] == confirmed["titles"]).all()


def test_empty_worlds_yield_nothing_above_suggestive() -> None:
    seeds = 40
    bad = 0
    for seed in range(seeds):
        world = make_world("empty", 1000 + seed, titles=80, impressions=100)
        bad += estimate(world, adjust=False)["grade"].isin(ABOVE_SUGGESTIVE).any()
    assert bad <= 0.05 * seeds


def test_thin_counts_neither_bias_nor_narrow_the_intervals() -> None:
    rows = plain_slices(
        pd.concat(
            estimate(make_world("strong", 50 + seed, titles=120, impressions=40), adjust=False)
            for seed in range(5)
        )
    )
    covered = ((rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])).mean()
    assert 0.85 <= covered <= 0.95
    large = rows[rows["truth"].abs() >= 0.2]
    slope = (large["effect"] * large["truth"]).sum() / (large["truth"] ** 2).sum()
    assert 0.93 <= slope <= 1.07


def test_naive_comparison_has_the_wrong_sign_where_ours_does_not(
    tangled: list[tuple[World, pd.DataFrame]],
) -> None:
    for world, effects in tangled:
        overall = effects[
            (effects["cluster"] == "all")
            & (effects["platform"] == "all")
            & (effects["genre"] == "all")
        ].set_index("feature")
        assert world.effect("flag_00") == pytest.approx(-0.3)
        assert naive_difference(world, "flag_00") > 0
        ours = overall.loc["flag_00"]
        assert ours["high"] < 0
        assert ours["low"] <= -0.3 <= ours["high"] or abs(ours["effect"] + 0.3) < 0.06


def test_artwork_shown_to_the_keenest_is_not_thought_better() -> None:
    gaps = []
    for seed in range(3):
        world = make_world("tangled", 70 + seed, titles=150)
        row = estimate(world, adjust=False).query(
            "cluster == 'all' and platform == 'all' and genre == 'all' and feature == 'flag_00'"
        )
        gaps.append((naive_within_title(world, "flag_00"), float(row["effect"].iloc[0])))
    naive, ours = np.mean(gaps, axis=0)
    assert abs(ours + 0.3) < 0.05
    assert naive > ours + 0.08


def test_idle_feature_that_travels_with_one_that_works_is_not_supported() -> None:
    for seed in range(3):
        effects = estimate(make_world("travelling", seed, titles=120))
        overall = effects[effects["cluster"].eq("all") & effects["platform"].eq("all")]
        idle = overall[overall["feature"].eq("flag_01") & overall["genre"].eq("all")].iloc[0]
        works = overall[overall["feature"].eq("flag_00") & overall["genre"].eq("all")].iloc[0]
        assert idle["low"] > 0
        assert abs(idle["adjusted_effect"]) < 0.06
        assert idle["grade"] == "suggestive"
        assert works["grade"] == "confirmed"
        assert works["adjusted_effect"] == pytest.approx(0.4, abs=0.06)
