"""Causal readings against planted truths."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.insights.causal.reading import read_cause
from assistant.insights.causal.sensitivity import bound_nearest_zero, e_value, robustness_value
from assistant.insights.effects import EffectSlice, Evidence, estimate_effects, gather_evidence
from index.errors import InputError
from index.features.matrix import Column, FeatureMatrix

TITLES, PER_TITLE = 160, 6


def planted(
    seed: int,
    *,
    effect: tuple[float, float] = (0.3, 0.3),
    through: float = 0.0,
    decided: float = 0.0,
) -> Evidence:
    """A flag whose chance, and the plays, both follow the square of a number.

    Args:
        effect: of the flag in clusters c0 and c1.
        through: what the flag adds through a second number (its mediator) that works.
        decided: share of artworks whose flag the number `fate` decides.
    """
    rng = np.random.default_rng(seed)
    n = TITLES * PER_TITLE
    title = np.repeat(np.arange(TITLES), PER_TITLE)
    tone, fate = rng.normal(size=n), rng.normal(size=n)
    flag = (tone**2 - 1 + rng.normal(size=n) > 0).astype(float)
    flag = np.where(fate > np.quantile(fate, 1 - decided) if decided else False, 1.0, flag)
    size = flag + rng.normal(size=n)
    base = rng.normal(-2, 0.7, TITLES)[title] + 0.4 * tone**2 + through * size
    base += rng.normal(0, 0.1, n)
    frames = []
    ids = np.array([f"a{i}" for i in range(n)], dtype=object)
    for cluster, own in zip(("c0", "c1"), effect, strict=True):
        shown = rng.poisson(1500, n)
        played = rng.binomial(shown, 1 / (1 + np.exp(-(base + own * flag))))
        frames.append(
            pd.DataFrame(
                {
                    "artwork_id": ids,
                    "cluster": cluster,
                    "platform": "tv",
                    "country": "",
                    "impressions": shown,
                    "plays": played,
                    "effective_impressions": shown.astype(float),
                    "effective_plays": played.astype(float),
                }
            )
        )
    title_ids = np.array([f"t{i}" for i in range(TITLES)], dtype=object)
    names = ("flag", "tone", "size", "fate")
    return gather_evidence(
        pd.DataFrame(
            {"title_id": title_ids, "genres": np.where(np.arange(TITLES) % 2, "Drama", "Comedy")}
        ),
        pd.DataFrame({"artwork_id": ids, "title_id": title_ids[title], "family_id": ids}),
        pd.concat(frames, ignore_index=True),
        FeatureMatrix(
            np.column_stack([flag, tone, size, fate]),
            tuple(
                Column(name, None, "flag" if name == "flag" else "number", "", name)
                for name in names
            ),
        ),
    )


def test_effect_is_freed_of_a_confounder_that_no_straight_line_catches() -> None:
    errors, covered = [], 0
    for seed in range(1, 4):
        evidence = planted(seed)
        reading = read_cause(evidence, "flag")
        one = estimate_effects(evidence, [EffectSlice()]).iloc[0]
        assert one["effect"] > 0.45
        assert one["adjusted_effect"] > 0.45
        errors.append(reading.effect.effect - 0.3)
        covered += reading.effect.low <= 0.3 <= reading.effect.high
        assert reading.overlap.verdict == "good"
        assert "trees" in reading.learners
    assert abs(np.mean(errors)) < 0.05
    assert covered >= 2


def test_clusters_that_differ_are_told_apart_and_genres_that_do_not_are_not() -> None:
    reading = read_cause(planted(5, effect=(0.6, 0.0)), "flag")
    assert reading.clusters["c0"].low > 0.45
    assert abs(reading.clusters["c1"].effect) < 0.12
    assert reading.clusters_differ_p is not None
    assert reading.clusters_differ_p < 1e-4
    assert set(reading.genres) == {"Comedy", "Drama"}
    assert reading.genres_differ_p is not None
    assert reading.genres_differ_p > 0.01


def test_effect_that_runs_through_another_feature_is_said_to() -> None:
    reading = read_cause(planted(6, effect=(0.0, 0.0), through=0.4), "flag", mediator="size")
    assert reading.effect.low > 0.25
    assert reading.mediation is not None
    assert reading.mediation.share == pytest.approx(1.0, abs=0.25)
    assert reading.mediation.low is not None
    assert reading.mediation.low > 0.6
    none = read_cause(planted(7, effect=(0.4, 0.4)), "flag", mediator="size")
    assert none.mediation is not None
    assert abs(none.mediation.share or 0) < 0.2


def test_artwork_without_counterpart_is_trimmed_and_said_to_be() -> None:
    evidence = planted(8, decided=0.3)
    reading = read_cause(evidence, "flag")
    full = read_cause(planted(8), "flag")
    assert full.overlap.trimmed < reading.overlap.trimmed
    assert reading.overlap.trimmed >= 10
    assert reading.overlap.artworks + reading.overlap.trimmed <= TITLES * PER_TITLE


def test_reading_is_repeatable_and_plain_json() -> None:
    where = EffectSlice(cluster="c0")
    one, two = (read_cause(planted(9), "flag", where=where, seed=3).to_json() for _ in range(2))
    assert one["clusters"] == {}
    assert json.loads(json.dumps(one, allow_nan=False)) == two
    assert len(one["assumptions"]) >= 4


def test_unknown_features_are_refused() -> None:
    evidence = planted(1)
    with pytest.raises(InputError, match="there is no feature 'flags' here; did you mean 'flag'"):
        read_cause(evidence, "flags")
    with pytest.raises(InputError, match="no feature 'nose'"):
        read_cause(evidence, "flag", mediator="nose")


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
