"""Effects of levers against planted worlds whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from assistant.insights.effects import (
    EVERYWHERE,
    EffectSlice,
    audience_observations,
    effect_slices,
    effects_in,
    estimate_effects,
    gather_evidence,
    slice_observations,
)
from assistant.insights.estimators.design import Design
from assistant.insights.grading import FALSE_DISCOVERY_RATE, assign_part
from assistant.insights.levers import LeverDesign
from index.records import ALL
from tests.naive import naive_difference, naive_within_title
from tests.planted import count_table
from tests.worlds import (
    CLUSTERS,
    PLATFORMS,
    SIDES,
    STRONG,
    TOGETHER,
    World,
    everywhere,
    evidence_of,
    make_world,
)

GOOD = ("supported", "confirmed")
EDIT = {side: edit for edit, side in SIDES.items()}
SLICES = [
    EVERYWHERE,
    *(EffectSlice(c) for c in CLUSTERS),
    *(EffectSlice(ALL, p) for p in PLATFORMS),
]


def estimate(world: World, slices: Sequence[EffectSlice] | None = SLICES) -> pd.DataFrame:
    """Effects of a world with what each side was planted to do, NaN for a side that no edit turns.

    `whole` is the effect of turning the lever as far as the edit did.
    """
    evidence = world.evidence
    assert isinstance(evidence.design, LeverDesign)
    held = evidence.design.held()
    effects = estimate_effects(evidence, slices, held=held)
    planted = [
        world.effect(EDIT[row.name, row.side], row.cluster, row.platform)
        if (row.name, row.side) in EDIT and EDIT[row.name, row.side] in set(world.edit)
        else np.nan
        for row in effects.itertuples(index=False)
    ]
    return effects.assign(planted=planted, whole=effects["effect"] * effects["change"])


def row_of(effects: pd.DataFrame, side: str, cluster: str = ALL, platform: str = ALL) -> pd.Series:
    (found,) = effects[
        (effects["side"] == side) & (effects["cluster"] == cluster)
        & (effects["platform"] == platform) & (effects["genre"] == ALL)
    ].to_dict("records")  # fmt: skip
    return pd.Series(found)


@pytest.fixture(scope="module")
def strong() -> list[pd.DataFrame]:
    return [estimate(make_world(STRONG, seed)) for seed in (1, 2)]


@pytest.fixture(scope="module")
def tangled() -> tuple[World, pd.DataFrame]:
    world = make_world({"darker": everywhere(-0.3)}, 11, tangled=True)
    return world, estimate(world)


def test_effects_have_their_sign_and_full_size(strong: list[pd.DataFrame]) -> None:
    rows = pd.concat(strong)
    large = rows[rows["planted"].abs() >= 0.2]
    assert len(large) > 50
    assert (np.sign(large["effect"]) == np.sign(large["planted"])).all()
    assert large["grade"].isin(GOOD).mean() > 0.95
    slope = (large["whole"] * large["planted"]).sum() / (large["planted"] ** 2).sum()
    assert 0.9 <= slope <= 1.15


def test_one_pole_may_work_alone(strong: list[pd.DataFrame]) -> None:
    for effects in strong:
        assert row_of(effects, "darker")["whole"] == pytest.approx(0.4, abs=0.1)
        assert row_of(effects, "darker")["grade"] == "confirmed"
        assert abs(row_of(effects, "lighter")["whole"]) < 0.1
        assert row_of(effects, "lighter")["grade"] == "insufficient"


def test_an_optimum_in_the_middle_shows_as_two_poles_that_lose(strong: list[pd.DataFrame]) -> None:
    for effects in strong:
        for pole in ("cooler", "warmer"):
            assert row_of(effects, pole)["whole"] == pytest.approx(-0.35, abs=0.1)
            assert row_of(effects, pole)["grade"] == "confirmed"


def test_what_helps_one_cluster_and_hurts_another_is_told_of_each(
    strong: list[pd.DataFrame],
) -> None:
    for effects in strong:
        helps, hurts, none, overall = (
            row_of(effects, "calmer", cluster) for cluster in ("c0", "c1", "c2", ALL)
        )
        assert helps["whole"] == pytest.approx(0.45, abs=0.12)
        assert hurts["whole"] == pytest.approx(-0.45, abs=0.12)
        assert (helps["grade"], hurts["grade"]) == ("confirmed", "confirmed")
        assert none["grade"] not in GOOD
        assert abs(overall["whole"]) < 0.15
        tv, mobile = (row_of(effects, "stronger", ALL, platform) for platform in PLATFORMS)
        assert tv["low"] > 0 > mobile["high"]


def test_a_level_is_told_against_the_titles_other_artwork(strong: list[pd.DataFrame]) -> None:
    for effects in strong:
        assert row_of(effects, "two people")["effect"] == pytest.approx(0.3, abs=0.08)
        assert row_of(effects, "two people")["grade"] == "confirmed"


def test_hardly_anything_idle_is_found(strong: list[pd.DataFrame]) -> None:
    rows = pd.concat(strong)
    idle = rows[(rows["planted"] == 0) | rows["name"].eq("focus")]
    assert len(idle) > 50
    assert idle["grade"].isin(GOOD).mean() <= 0.1


def test_effects_hold_while_other_levers_are_held(strong: list[pd.DataFrame]) -> None:
    rows = pd.concat(strong)
    known = rows[rows["planted"].abs() >= 0.2]
    off = known["adjusted_effect"] * known["change"] - known["planted"]
    assert off.abs().max() < 0.17
    assert abs(off.mean()) < 0.03
    assert (known["adjusted_low"] < known["adjusted_effect"]).all()
    assert (known["adjusted_effect"] < known["adjusted_high"]).all()
    assert ((known["adjusted_left"] > 0) & (known["adjusted_left"] <= 1)).all()


def test_the_confirming_half_was_not_used_to_find(strong: list[pd.DataFrame]) -> None:
    rows = pd.concat(strong)
    confirmed = rows[rows["grade"] == "confirmed"]
    assert len(confirmed) > 20
    assert (np.sign(confirmed["confirm_effect"]) == np.sign(confirmed["effect"])).all()
    assert ((confirmed["confirm_low"] > 0) | (confirmed["confirm_high"] < 0)).all()
    assert (confirmed["explore_q"] <= FALSE_DISCOVERY_RATE).all()
    assert (confirmed["explore_titles"] + confirmed["confirm_titles"] == confirmed["titles"]).all()


def test_intervals_hold_what_the_contrast_truly_does() -> None:
    """The truth of a contrast is its own slope on log-odds without noise."""
    inside, count = 0, 0
    for seed in range(6):
        world = make_world(STRONG, 40 + seed, titles=40, impressions=100)
        evidence = world.evidence
        for where in (EffectSlice("c0", "tv"), EffectSlice("c1", "mobile")):
            seen = slice_observations(evidence, where)
            effects = effects_in(evidence, seen, where)
            c, p = CLUSTERS.index(where.cluster), PLATFORMS.index(where.platform)
            clean = replace(seen, y=world.logits[seen.unit, c, p], weights=np.ones(len(seen.y)))
            truth = effects_in(evidence, clean, where)["effect"]
            known = effects["titles"] >= 10
            covered = (effects["low"] <= truth) & (truth <= effects["high"])
            inside, count = inside + int(covered[known].sum()), count + int(known.sum())
    assert count > 100
    assert 0.83 <= inside / count <= 0.97


def test_empty_worlds_have_no_finding() -> None:
    bold = []
    for seed in range(8):
        effects = estimate(make_world({}, 100 + seed, titles=30, impressions=100))
        bold.append(bool(effects["grade"].isin(GOOD).any()))
    assert sum(bold) <= 1


def test_the_naive_comparison_has_the_wrong_sign_where_this_has_not(
    tangled: tuple[World, pd.DataFrame],
) -> None:
    world, effects = tangled
    dark = world.features["brightness"] < np.median(world.features["brightness"])
    assert naive_difference(world, dark) > 0.1
    ours = row_of(effects, "darker")
    assert ours["high"] < 0
    assert ours["whole"] == pytest.approx(-0.3, abs=0.08)


def test_artwork_shown_to_the_keenest_is_not_thought_better(
    tangled: tuple[World, pd.DataFrame],
) -> None:
    world, effects = tangled
    naive = naive_within_title(world, world.edit == "darker")
    assert naive > row_of(effects, "darker")["whole"] + 0.08


def test_of_levers_that_always_move_together_neither_is_held() -> None:
    effects = estimate(make_world({"dusk": everywhere(0.4)}, 3, edits=TOGETHER), [EVERYWHERE])
    dark, cool = row_of(effects, "darker"), row_of(effects, "cooler")
    for row in (dark, cool):
        assert row["whole"] == pytest.approx(0.4, abs=0.08)
        assert row["grade"] == "confirmed"
    assert min(dark["adjusted_left"], cool["adjusted_left"]) < 0.1


# Evidence and slices.


def test_every_slice_the_counts_have_is_looked_at() -> None:
    ids = [f"a{n}" for n in range(10)]
    artworks = pd.DataFrame(
        {"artwork_id": ids, "title_id": [f"t{n}" for n in range(10)], "family_id": ids}
    )
    places = (("c1", "tv"), ("c2", "mobile"), ("", "tv"), ("c1", ""))
    cells = count_table([(one, c, p, 100, 10) for one in ids for c, p in places])
    genres = ["Drama|War"] * 9 + ["Drama| Drama "]
    titles = pd.DataFrame({"title_id": artworks["title_id"], "genres": genres})

    def slices(cells: pd.DataFrame) -> list[tuple[str, ...]]:
        evidence = gather_evidence(titles, artworks, cells, lambda _: Design((), np.zeros((10, 0))))
        return [(s.cluster, s.platform, s.genre, s.country) for s in effect_slices(evidence)]

    assert slices(cells) == [
        (ALL, ALL, ALL, ALL), ("c1", ALL, ALL, ALL), ("c2", ALL, ALL, ALL),
        (ALL, "mobile", ALL, ALL), (ALL, "tv", ALL, ALL), ("c1", "mobile", ALL, ALL),
        ("c1", "tv", ALL, ALL), ("c2", "mobile", ALL, ALL), ("c2", "tv", ALL, ALL),
        (ALL, ALL, "Drama", ALL),
    ]  # fmt: skip
    assert {one[3] for one in slices(cells.assign(country="SE"))} == {ALL}
    abroad = pd.concat([cells.assign(country="SE"), cells.assign(country="NO")])
    assert [one[3] for one in slices(abroad)][-2:] == ["NO", "SE"]


def test_a_genre_is_looked_at_in_its_own_titles() -> None:
    world = make_world({"darker": everywhere(0.3)}, 5, titles=45)
    evidence = world.evidence
    war = slice_observations(evidence, EffectSlice(genre="War"))
    assert len(set(war.title)) == 15
    assert {evidence.genres[code] for code in war.title} == {("Drama", "War")}
    assert len(set(slice_observations(evidence, EVERYWHERE).title)) == 45


def test_an_effect_counts_the_titles_artworks_and_impressions_it_rests_on() -> None:
    a = [0.0, 1.0, 0.0, 0.0, 1.0, np.nan, 2.0, 3.0]
    evidence = evidence_of({"a": a}, [0, 0, 1, 1, 2, 2, 3, 3])
    (row,) = estimate_effects(evidence, [EVERYWHERE]).to_dict("records")
    assert (row["titles"], row["artworks"], row["impressions"]) == (2, 4, 4000)
    (other,) = estimate_effects(evidence, [EffectSlice(genre="none")]).to_dict("records")
    assert (other["titles"], other["artworks"], other["impressions"]) == (0, 0, 0)
    assert math.isnan(other["effect"])
    assert other["grade"] == "insufficient"


def test_an_interval_is_as_wide_as_few_titles_make_it() -> None:
    evidence = evidence_of({"a": [0.0, 1.0, 0.0, 1.0]}, [0, 0, 1, 1], [100, 150, 90, 160])
    (row,) = estimate_effects(evidence, [EVERYWHERE]).to_dict("records")
    assert row["df"] == pytest.approx(1.0, abs=0.05)
    assert row["high"] - row["effect"] == pytest.approx(6.31 * row["se"], rel=0.1)
    assert row["effect"] - row["low"] == pytest.approx(6.31 * row["se"], rel=0.1)
    angle = math.atan(row["effect"] / row["se"]) / math.pi
    assert row["p"] == pytest.approx(1 - 2 * angle, rel=0.1), "two-sided, one degree of freedom"


def test_what_one_title_says_has_no_interval() -> None:
    evidence = evidence_of({"a": [0.0, 1.0, 0.5, 0.5]}, [0, 0, 1, 1], [100, 150, 100, 200])
    (row,) = estimate_effects(evidence, [EVERYWHERE]).to_dict("records")
    assert row["titles"] == 1
    assert row["effect"] > 0
    assert not np.isfinite([row["low"], row["high"], row["p"], row["se"]]).any()
    assert row["grade"] == "insufficient"


def test_nothing_is_adjusted_unless_asked_for() -> None:
    a = np.tile([0.0, 1.0, 0.0, 1.0], 12)
    b = np.tile([0.0, 1.0, 1.0, 0.0], 12)
    plays = np.where(a == 1, 140, 100).tolist()
    evidence = evidence_of({"a": a, "b": b}, np.repeat(range(12), 4).tolist(), plays)
    plain = estimate_effects(evidence, [EVERYWHERE])
    assert plain[[name for name in plain if name.startswith("adjusted_")]].isna().all(axis=None)
    held = estimate_effects(evidence, [EVERYWHERE], held=~np.eye(2, dtype=bool)).set_index("name")
    assert held.loc["a", "adjusted_effect"] == pytest.approx(held.loc["a", "effect"], abs=0.01)
    assert held.loc["a", "adjusted_low"] <= held.loc["a", "adjusted_high"]
    assert held.loc["b", "adjusted_effect"] == pytest.approx(0.0, abs=0.01)


def test_halves_are_those_of_the_titles() -> None:
    a = np.tile([0.0, 1.0], 40)
    aside = np.array([assign_part(f"t{n:03d}") == "confirm" for n in range(40)])
    plays = np.where((a == 1) & np.repeat(aside, 2), 150, 100)
    evidence = evidence_of({"a": a}, np.repeat(range(40), 2).tolist(), plays.tolist())
    (row,) = estimate_effects(evidence, [EVERYWHERE]).to_dict("records")
    assert row["confirm_titles"] == aside.sum()
    assert row["explore_titles"] == 40 - aside.sum()
    assert row["confirm_effect"] == pytest.approx(0.46, abs=0.05)
    assert row["explore_effect"] == pytest.approx(0.0, abs=0.01)


# An audience.


def test_an_audience_of_one_cluster_sees_what_the_cluster_sees() -> None:
    evidence = make_world({"calmer": {("c0", "tv"): 0.4, ("c0", "mobile"): 0.4}}, 6,
                          titles=30).evidence  # fmt: skip
    alone = slice_observations(evidence, EffectSlice("c0"))
    mixed = audience_observations(evidence, {("c0", ALL): 0.7})
    assert mixed.unit.tolist() == alone.unit.tolist()
    one, two = (effects_in(evidence, seen, EVERYWHERE) for seen in (alone, mixed))
    np.testing.assert_allclose(one["effect"], two["effect"], atol=1e-3)


def test_the_effect_with_an_audience_lies_between_those_of_its_clusters() -> None:
    evidence = make_world({"calmer": {(c, p): effect for c, effect in (("c0", 0.6), ("c1", -0.6))
                           for p in PLATFORMS}}, 7, titles=40).evidence  # fmt: skip
    at = evidence.design.column("clutter", "calmer")
    change = evidence.design.contrasts[at].change

    def whole(weights: dict[tuple[str, str], float]) -> float:
        effects = effects_in(evidence, audience_observations(evidence, weights), EVERYWHERE)
        return float(effects["effect"][at]) * change

    assert whole({("c0", ALL): 1.0}) == pytest.approx(0.6, abs=0.1)
    assert whole({("c0", ALL): 0.75, ("c1", ALL): 0.25}) == pytest.approx(0.3, abs=0.1)
    assert whole({("c0", ALL): 0.5, ("c1", ALL): 0.5}) == pytest.approx(0.0, abs=0.1)
    assert whole({("c1", "tv"): 1.0}) == pytest.approx(-0.6, abs=0.12)
