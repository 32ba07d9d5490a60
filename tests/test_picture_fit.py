"""Which candidates are of a brief's kind, and that no other comes before them."""

from __future__ import annotations

from assistant.answers.picture_fit import Fit, rank_by_fit


def test_a_picture_below_the_line_is_never_first_however_well_it_would_play() -> None:
    fits = [Fit(0.55, 0.7), Fit(0.75, 0.7), Fit(0.9, 0.7)]
    assert rank_by_fit(fits, [0.9, 0.3, 0.1]) == [1, 2, 0]


def test_where_nothing_fits_the_nearest_to_it_comes_first() -> None:
    fits = [Fit(0.1, 0.7), Fit(0.65, 0.7), Fit(0.3, 0.7)]
    assert rank_by_fit(fits, [0.9, 0.0, 0.5]) == [1, 2, 0]


def test_a_picture_that_may_be_of_the_kind_is_called_neither_yes_nor_no() -> None:
    assert [Fit(one, 0.7).word for one in (0.8, 0.6, 0.4)] == ["yes", "unsure", "no"]
