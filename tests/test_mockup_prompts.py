"""A prompt says why for every phrase, fits its model, and never asks for what is avoided."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.brief import Brief
from assistant.insights.shared_features import SharedFeature
from assistant.mockups.aims import avoided, count_people, gather_aims
from assistant.mockups.concept import Concept
from assistant.mockups.prompt import NEGATIVE, POSITIVE, build_prompt
from assistant.mockups.tokens import count_tokens, fit_phrases
from index.errors import InputError
from index.features.registry import features
from index.records import Grade

NAMED = {one.name: one for one in features() if one.kind != "structure"}


def shared(name: str, level: str | None, difference: float, grade: Grade) -> SharedFeature:
    kind = "flag" if level else NAMED[name].kind
    return SharedFeature(
        name, level, name, kind, "", 0.4, 0.4 - difference, difference, 0.0, 0.0, 0.01, 0.02,
        40, 20, grade,
    )  # fmt: skip


def concept(*found: SharedFeature) -> Concept:
    return Concept("all", "whole audience", {}, found, ())


@st.composite
def shared_features(draw: st.DrawFn) -> SharedFeature:
    name = draw(st.sampled_from(sorted(NAMED)))
    levels = NAMED[name].levels
    return shared(
        name,
        draw(st.sampled_from(levels)) if levels else None,
        draw(st.sampled_from([-0.3, 0.3])),
        draw(st.sampled_from(list(Grade))),
    )


WORDS = st.sampled_from(
    ["warm", "weapons", "knife", "red", "face", "two people", "film", "crowds", "a sea",
     "saturated", "no colours", "dark skies", "group", "photograph", "close-up",
     "Background", "families"]
)  # fmt: skip
TEXTS = st.lists(WORDS | st.text("abc -,\n\u2028'é|{%", max_size=12), max_size=4).map(tuple)


def singular(text: str) -> set[str]:
    return {
        re.sub(r"(ies|es|s|y|e)$", "", word) if len(word) > 3 else word
        for word in re.findall(r"\w+", text.lower())
    }


FILLERS = singular(
    "a an and any as at be by for from in is it no not of on or the to too very with without"
)


@given(found=st.lists(shared_features(), max_size=30), wishes=TEXTS, avoid=TEXTS, tags=TEXTS)
def test_no_avoided_word_and_no_insufficient_feature_is_ever_asked_for(
    found: list[SharedFeature],
    wishes: tuple[str, ...],
    avoid: tuple[str, ...],
    tags: tuple[str, ...],
) -> None:
    brief = Brief(title="A", genres=("War",), must_show=wishes, avoid=avoid, tags=tags)
    aims = gather_aims(brief, concept(*found))
    prompt = build_prompt(brief, aims)
    held = singular(prompt.text)
    for wish in avoid:
        assert not held & (singular(wish) - FILLERS), (wish, prompt.text)
    weak = {(one.feature, one.level) for one in found if one.grade is Grade.INSUFFICIENT}
    strong = {(one.feature, one.level) for one in found if one.grade is not Grade.INSUFFICIENT}
    asked = {(aim.feature, aim.level) for aim in aims if aim.source == "evidence"}
    assert not asked & (weak - strong)
    keys = {phrase.key for phrase in (*prompt.positive, *prompt.negative)}
    assert not keys & {f"{name}:{level}" if level else name for name, level in weak - strong} - {
        aim.key for aim in aims if aim.source == "brief"
    }
    for text in (prompt.text, prompt.negative_text):
        assert count_tokens(text) <= 77


@given(phrases=st.lists(st.text(max_size=30), max_size=12), limit=st.integers(4, 40))
def test_what_fits_fits_and_nothing_is_lost(phrases: list[str], limit: int) -> None:
    kept, dropped = fit_phrases(phrases, limit)
    assert sorted(kept + dropped) == list(range(len(phrases)))
    assert kept == [] or count_tokens(", ".join(phrases[place] for place in kept)) <= limit


def test_every_phrase_says_why_with_figures_and_what_did_not_fit_is_said() -> None:
    brief = Brief(
        title="A", must_show=("two leads", "a rifle"), avoid=("rifles",), synopsis="Word " * 90
    )
    found = concept(
        shared("warm_cool", None, 0.3, Grade.CONFIRMED),
        shared("shot_type", "close-up", 0.2, Grade.SUPPORTED),
        shared("people_grouping", "group", 0.2, Grade.SUPPORTED),
        shared("saturation", None, 0.2, Grade.INSUFFICIENT),
    )
    prompt = build_prompt(brief, gather_aims(brief, found))
    by_text = {phrase.text: phrase for phrase in prompt.positive}
    assert by_text["warm colours"].grade == "confirmed"
    assert "40 artworks of 20 titles" in by_text["warm colours"].reason
    assert "close-up of the face" in by_text
    assert "a group of people" not in by_text, "the brief must show two"
    assert "two people together" in by_text
    assert "saturated colours" not in by_text
    assert {one.phrase.text: one.why for one in prompt.dropped}["a rifle"] == (
        "the brief avoids “rifles”"
    )
    assert any("full: 77 tokens" in one.why for one in prompt.dropped)
    assert "rifles" in prompt.negative_text


def test_an_avoided_colour_is_not_asked_for_either() -> None:
    brief = Brief(title="A", avoid=("anything red",))
    found = concept(
        shared("accent_colour", "red", 0.3, Grade.CONFIRMED),
        shared("blue_share", None, 0.3, Grade.CONFIRMED),
    )
    assert [aim.key for aim in gather_aims(brief, found)] == ["blue_share"]


@pytest.mark.parametrize(
    ("wish", "grouping"),
    [
        ("two leads", "pair"),
        ("the whole crew", "group"),
        ("the witness", "single"),
        ("a soldier", "single"),
        ("the children", "group"),
        ("a family of four", "group"),
        ("soldiers", "group"),
        ("a red balloon", None),
        ("two mountains", None),
    ],
)
def test_a_wish_tells_how_many_people_are_shown(wish: str, grouping: str | None) -> None:
    assert count_people(wish) == grouping


def test_avoided_is_told_in_the_singular_and_the_plural() -> None:
    assert avoided("a weapon rack", ("weapons",)) == "weapons"
    assert avoided("Two Knives", ("knife", "knives")) == "knives"
    assert avoided("families", ("family",)) == "family"
    assert avoided("warm colours", ("weapons", "no gore")) is None


def test_a_users_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / POSITIVE).write_text(
        "brief.title| poster of {{ brief.title }}\ntemplate| linocut\n"
    )
    prompt = build_prompt(Brief(title="Fog"), (), templates=tmp_path)
    assert prompt.text == "poster of Fog, linocut"
    assert "watermark" in prompt.negative_text, "ours is used where the user has none"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ brief.titel }}", ["titel"]),
        ("one\n{% if %}", ["row 2"]),
        ("no bar here", ["no bar here", "key| phrase"]),
        ("mood| sad", ["mood"]),
        ("{{ ''.__class__.__mro__ }}", ["unsafe"]),
    ],
)
def test_a_broken_template_is_one_line_that_names_it(
    tmp_path: Path, text: str, names: list[str]
) -> None:
    (tmp_path / NEGATIVE).write_text(text)
    with pytest.raises(InputError) as caught:
        build_prompt(Brief(title="A"), (), templates=tmp_path)
    assert str(tmp_path / NEGATIVE) in str(caught.value)
    assert "\n" not in str(caught.value)
    for name in names:
        assert name in str(caught.value)
