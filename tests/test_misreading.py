"""A feature that is read wrong one time in four: corrected effects hold, the raw ones do not."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.insights.estimators.misreading import MisreadingCorrection

WORLDS, TITLES, VARIANTS, LABELS, NOISE = 100, 150, 6, 600, 0.4


def world(random: np.random.Generator, effects: np.ndarray, right: float) -> tuple[np.ndarray, ...]:
    """Read levels, outcomes, weights, titles and the confusion of labelled pictures.

    Every level is read right with probability `right`, else as any other. Titles differ in what
    they show and in how popular they are.
    """
    kinds = len(effects)
    confusion = np.full((kinds, kinds), (1 - right) / (kinds - 1))
    np.fill_diagonal(confusion, right)
    taste = random.dirichlet(np.full(kinds, 1.5), TITLES)
    titles = np.repeat(np.arange(TITLES), VARIANTS)
    truth = np.array([random.choice(kinds, p=taste[title]) for title in titles])
    popularity = random.normal(0, 1, TITLES) + 2 * taste[:, 0]
    weights = random.uniform(2, 12, len(titles))
    y = effects[truth] + popularity[titles] + random.normal(0, NOISE, len(titles))

    def misread(levels: np.ndarray) -> np.ndarray:
        return (confusion[levels].cumsum(axis=1) < random.random(len(levels))[:, None]).sum(axis=1)

    labelled = random.integers(0, kinds, LABELS)
    table = np.zeros((kinds, kinds))
    np.add.at(table, (labelled, misread(labelled)), 1)
    return misread(truth), y, weights, titles, table


@pytest.mark.parametrize("effects", [[0.0, 0.5], [0.0, 0.4, -0.3]])
def test_the_corrected_interval_covers_the_truth_and_the_raw_one_does_not(
    effects: list[float],
) -> None:
    random = np.random.default_rng(11)
    raw, corrected = [], []
    for _ in range(WORLDS):
        read, y, weights, titles, table = world(random, np.array(effects), 0.75)
        fitted = MisreadingCorrection(table, draws=200).fit(read, y, weights, titles)
        for one in fitted.effects_:
            truth = effects[one.level]
            raw.append(one.raw_low <= truth <= one.raw_high)
            if one.low is not None and one.high is not None:
                corrected.append(one.low <= truth <= one.high)
    assert 0.85 <= np.mean(corrected) <= 0.95
    assert len(corrected) > 0.9 * len(raw)
    assert np.mean(raw) < 0.5


def test_what_is_read_right_is_left_as_it_is() -> None:
    read, y, weights, titles, _ = world(np.random.default_rng(3), np.array([0.0, 0.5]), 1.0)
    (one,) = MisreadingCorrection([[5000, 0], [0, 5000]]).fit(read, y, weights, titles).effects_
    assert one.effect == pytest.approx(one.raw, abs=0.01)
    assert one.raw == pytest.approx(0.5, abs=0.1)


def test_a_correction_is_wider_than_the_raw_interval() -> None:
    read, y, weights, titles, table = world(np.random.default_rng(5), np.array([0.0, 0.5]), 0.75)
    (one,) = MisreadingCorrection(table).fit(read, y, weights, titles).effects_
    assert one.effect is not None
    assert one.high is not None
    assert one.low is not None
    assert abs(one.effect) > abs(one.raw)
    assert one.high - one.low > one.raw_high - one.raw_low


def test_readings_that_say_nothing_give_no_correction() -> None:
    read, y, weights, titles, table = world(np.random.default_rng(7), np.array([0.0, 0.5]), 0.5)
    (one,) = MisreadingCorrection(table).fit(read, y, weights, titles).effects_
    assert one.effect is one.low is one.high is None
    assert abs(one.raw) < 0.15


def test_missing_readings_are_left_out() -> None:
    read, y, weights, titles, table = world(np.random.default_rng(9), np.array([0.0, 0.5]), 0.75)
    gaps = np.where(np.arange(len(read)) % 3 == 0, -1, read)
    kept = gaps >= 0
    fitted = MisreadingCorrection(table)
    (one,) = fitted.fit(gaps, y, weights, titles).effects_
    (other,) = fitted.fit(read[kept], y[kept], weights[kept], titles[kept]).effects_
    assert one == other


def test_a_table_without_a_level_is_refused() -> None:
    with pytest.raises(ValueError, match="each true level"):
        MisreadingCorrection([[5, 1], [0, 0]])
    with pytest.raises(ValueError, match="square"):
        MisreadingCorrection([[5, 1, 2], [1, 4, 2]])
