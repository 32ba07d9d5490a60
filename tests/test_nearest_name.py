from __future__ import annotations

import pytest

from index.io.nearest_name import name_hint, nearest_name

KNOWN = ["brightness", "face_count", "title_share", "Romance", "Sci-Fi", "Family · Animation"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("brigthness", "brightness"),
        ("faces_count", "face_count"),
        ("romanc", "Romance"),
        ("ROMANCE", "Romance"),
        ("scifi", "Sci-Fi"),
        ("animatoin", "Family · Animation"),
        ("zebra", None),
        ("", None),
    ],
)
def test_a_slip_is_recognised_and_a_stranger_is_not(word: str, meant: str | None) -> None:
    assert nearest_name(word, KNOWN) == meant


def test_a_tie_is_decided_by_the_alphabet_and_not_by_the_order_given() -> None:
    assert nearest_name("t01_9", {"t01_2", "t01_1"}) == "t01_1"


def test_the_hint_names_the_one_meant_or_what_there_is() -> None:
    assert name_hint("romanc", KNOWN) == "did you mean 'Romance'?"
    assert name_hint("zebra", ["b", "a"]) == "there are: b, a"
    assert name_hint("zebra", [f"n{i}" for i in range(15)]).endswith("n11 and 3 more")
    assert name_hint("zebra", []) == "there are none"
    assert name_hint("romanc", ["Romance", "War"], always_list=True) == (
        "did you mean 'Romance'? There are: Romance, War"
    )
