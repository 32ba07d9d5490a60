"""Tables written from known values in many conventions are read back equal, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.io.number_words import (
    NOTHING,
    Convention,
    Kind,
    Shape,
    Undecided,
    decide,
    read_number,
)
from tests.conventions import COUNTS
from tests.fuzz_tables import read_known


def test_known_counts_come_back_equal_or_are_refused(tmp_path: Path) -> None:
    read, refused, wrong = read_known(60, 11, tmp_path)
    assert wrong == []
    assert read + refused == 60
    assert read > 45


def shapes(values: list[str]) -> list[Shape]:
    """What the shapes of a column are, worked out value by value."""
    import re

    return [
        Shape(
            re.sub(r"\d", "9", one),
            one,
            re.match(r"[^0-9.,]*0[.,]", one) is not None,
            re.search(r"[.,]0*[^0-9.,]*$", one) is not None,
            1,
        )
        for one in values
    ]


@settings(max_examples=300, deadline=None)
@given(
    numbers=st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
    how=st.sampled_from(sorted(COUNTS)),
)
def test_a_column_of_counts_is_never_read_wrong(numbers: list[int], how: str) -> None:
    written = [COUNTS[how](number).strip() for number in numbers]
    found = decide(shapes(written), Kind.COUNT, "impressions")
    if isinstance(found, Undecided):
        assert "--decimal" in found.hint
        return
    assert [read_number(one, found.decimal) for one in written] == numbers


@settings(max_examples=300, deadline=None)
@given(
    hundredths=st.lists(st.integers(0, 10**7), min_size=1, max_size=12),
    places=st.sampled_from([1, 2, 3]),
    mark=st.sampled_from([".", ","]),
    grouped=st.booleans(),
)
def test_a_column_of_amounts_is_never_read_wrong(
    hundredths: list[int], places: int, mark: str, grouped: bool
) -> None:
    values = [round(one / 10**places, places) for one in hundredths]
    other = "," if mark == "." else "."
    written = []
    for value in values:
        text = f"{value:,.{places}f}" if grouped else f"{value:.{places}f}"
        written.append(text.replace(",", "\0").replace(".", mark).replace("\0", other))
    found = decide(shapes(written), Kind.AMOUNT, "minutes")
    if isinstance(found, Undecided):
        assert "--decimal" in found.hint
        return
    assert [read_number(one, found.decimal) for one in written] == values


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["3,100", "238"], Kind.COUNT, [3100, 238]),
        (["3.100", "238"], Kind.COUNT, [3100, 238]),
        (["50.000", "9.000"], Kind.COUNT, [50_000, 9_000]),
        (["3 100", "1\u202f234\u202f567"], Kind.COUNT, [3100, 1_234_567]),
        (["1'234", "5"], Kind.COUNT, [1234, 5]),
        (["12,34,567", "1,00,000"], Kind.COUNT, [1_234_567, 100_000]),
        (["1.234", "2"], Kind.PLAYS, [1234, 2]),
        (["0.512", "1.250"], Kind.PLAYS, [0.512, 1.25]),
        (["--", "12"], Kind.COUNT, [0, 12]),
        (["(12)", "3"], Kind.AMOUNT, [-12, 3]),
        (["1e3", "5"], Kind.COUNT, [1000, 5]),
        (["€ 1.234,50", "€ 12,00"], Kind.AMOUNT, [1234.5, 12]),
        (["$1,234.50", "$12.00"], Kind.AMOUNT, [1234.5, 12]),
        (["12,5 %", "3,25 %"], Kind.SHARE, [12.5, 3.25]),
        (["0,8", "0,25"], Kind.SHARE, [0.8, 0.25]),
    ],
)
def test_the_convention_is_decided_by_all_values(
    values: list[str], kind: Kind, expected: list[float]
) -> None:
    found = decide(shapes(values), kind, "column")
    assert isinstance(found, Convention), found
    assert [read_number(one, found.decimal) for one in values] == expected


@pytest.mark.parametrize(
    ("values", "kind", "told"),
    [
        (["50.000", "12345"], Kind.COUNT, "--decimal"),
        (["1.234", "5.678"], Kind.AMOUNT, "--decimal"),
        (["1.234,5", "1,234.5"], Kind.AMOUNT, "write a number"),
        (["3.1", "4"], Kind.COUNT, "write a whole number"),
        (["12%", "0.5"], Kind.SHARE, "write all of them one way"),
        (["12 pieces"], Kind.COUNT, "write a whole number"),
        (["1.2K"], Kind.COUNT, "write a whole number"),
    ],
)
def test_what_stays_ambiguous_is_refused(values: list[str], kind: Kind, told: str) -> None:
    found = decide(shapes(values), kind, "column")
    assert isinstance(found, Undecided)
    assert told in found.hint
    assert found.example in values


def test_the_user_decides_what_nothing_else_does() -> None:
    values = ["1.234", "5.678"]
    for mark, expected in ((".", [1.234, 5.678]), (",", [1234, 5678])):
        found = decide(shapes(values), Kind.AMOUNT, "minutes", mark)
        assert isinstance(found, Convention)
        assert [read_number(one, found.decimal) for one in values] == expected


def test_a_dash_is_nothing() -> None:
    assert all(read_number(dash, ".") == 0 for dash in NOTHING)
