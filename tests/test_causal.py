"""Causal readings against planted truths."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.insights.causal.reading import CausalReading, read_cause
from assistant.insights.causal.sensitivity import bound_nearest_zero, e_value, robustness_value
from assistant.insights.effects import EVERYWHERE, EffectSlice
from assistant.insights.naming import require_sides
from index.errors import InputError
from tests.worlds import STRONG, TOGETHER, World, everywhere, make_world


def read(
    world: World, side: str, where: EffectSlice = EVERYWHERE, carried: tuple[str, ...] = ()
) -> CausalReading:
    """A reading of the side that an edit turns; `carried` are features it may run through."""
    evidence = world.evidence
    (at,) = require_sides(world.evidence.design, side)  # type: ignore[arg-type]
    members = {name: world.features[name] for name in carried}
    return read_cause(evidence, at, members, where=where)


@pytest.fixture(scope="module")
def tangled() -> World:
    """Popular titles are dark, and dark artwork is shown to the keenest cluster."""
    return make_world(STRONG, 1, titles=70, tangled=True)


def test_the_effect_of_an_edit_is_found_where_popularity_and_audience_hide_it(
    tangled: World,
) -> None:
    reading = read(tangled, "darker", carried=("brightness", "black_share"))
    planted = tangled.effect("darker")
    assert reading.effect.low * reading.steps - 0.04 < planted
    assert planted < reading.effect.high * reading.steps + 0.04
    assert reading.simple * reading.steps > reading.effect.effect * reading.steps
    assert reading.overlap.verdict == "good"
    assert (reading.lever, reading.side, reading.comes_along) == ("light", "darker", ())
    assert reading.alone == reading.effect
    assert {*reading.genres} == {"Drama", "Comedy", "War"}
    assert reading.genres_differ_p is not None
    assert reading.genres_differ_p > 0.01
    assert {one.mediator for one in reading.carried} == {"brightness", "black_share"}


def test_clusters_that_differ_are_told_apart(tangled: World) -> None:
    reading = read(tangled, "calmer")
    turned = {name: one.effect * reading.steps for name, one in reading.clusters.items()}
    assert turned == pytest.approx({"c0": 0.45, "c1": -0.45, "c2": 0.0}, abs=0.09)
    assert reading.clusters_differ_p is not None
    assert reading.clusters_differ_p < 1e-4
    one = read(tangled, "calmer", EffectSlice(cluster="c0"))
    assert one.clusters == {}
    assert one.effect.low > 0


def test_what_always_comes_along_is_named_and_its_part_is_not_claimed() -> None:
    world = make_world({"dusk": everywhere(-0.4)}, 4, titles=50, edits=TOGETHER)
    reading = read(world, "cooler")
    assert reading.comes_along == ("darker",)
    assert reading.effect.high < 0
    alone = reading.alone
    assert alone is None or alone.se > 2 * reading.effect.se


def test_a_reading_is_repeatable_and_plain_json() -> None:
    world = make_world(STRONG, 9, titles=40)
    one, two = (read(world, "darker", EffectSlice(cluster="c0")).to_json() for _ in range(2))
    assert json.loads(json.dumps(one, allow_nan=False)) == two
    assert (one["feature"], one["level"]) == ("light", "darker")
    assert len(one["assumptions"]) >= 4


def test_too_few_titles_that_vary_are_refused() -> None:
    world = make_world(STRONG, 2, titles=9)
    with pytest.raises(InputError, match=r"fewer than 10 titles vary in light \(darker\)"):
        read(world, "darker")


def test_robustness_value_is_that_of_the_paper() -> None:
    """Darfur example of Cinelli & Hazlett 2020: t = 4.18 on 783 degrees of freedom, 13.9%."""
    assert robustness_value(4.18 / np.sqrt(783), 1.0, 1.0) == pytest.approx(0.139, abs=0.001)
    assert robustness_value(0.0, 1.0, 1.0) == 0


def test_e_value_is_that_of_the_paper() -> None:
    """VanderWeele & Ding 2017: a risk ratio of 3.9 has the E-value 7.26."""
    rare = 1e-9
    assert e_value(np.log(3.9), rare) == pytest.approx(7.26, abs=0.01)
    assert e_value(0.0, 0.2) == pytest.approx(1.0)


@given(st.floats(-2, 2), st.floats(0.01, 0.5))
@settings(max_examples=50, deadline=None)
def test_stronger_effects_are_harder_to_explain_away(effect: float, take: float) -> None:
    assert e_value(effect * 1.5, take) >= e_value(effect, take) - 1e-9
    assert 0 <= robustness_value(effect, 1.0, 1.0) <= 1
    assert bound_nearest_zero(effect - 0.1, effect + 0.1) * effect >= 0
