"""A prompt has the brief's subject, says why for every phrase, and asks for nothing avoided."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers.advice import Direction
from assistant.answers.brief import Brief
from assistant.mockups.aims import Aim, gather_aims
from assistant.mockups.grammar import lemmas
from assistant.mockups.ideas import for_clusters
from assistant.mockups.phrasing import load_phrases
from assistant.mockups.prompt import (
    NEGATIVE,
    SENTENCES,
    TAGS,
    TEMPLATES,
    Prompt,
    both_kinds,
    build_prompt,
)
from assistant.mockups.subject import read_subject
from assistant.mockups.tokens import count_tokens, fit_phrases
from assistant.mockups.wishes import avoided, count_of, count_people
from assistant.terminal.console import output
from assistant.terminal.mockups import show_prompt
from index.errors import InputError
from index.features.levers.lever import Lever
from index.query.levers import Levers
from tests.turned import LEVERS, SIDES, direction, idea, part

MEDIUM = {"cinematic", "key", "art"}
"""Words that say what a prompt is for."""
GLUE = {"palette", "the", "is", "and", "picture", "shows", "setting", "themes", "has"}


def prompt_of(synopsis: str, *found: Direction, **fields: object) -> Prompt:
    brief = Brief.model_validate({"title": "A", "synopsis": synopsis, **fields})
    return build_prompt(brief, gather_aims(brief, idea(*found), LEVERS))


@st.composite
def directions(draw: st.DrawFn) -> Direction:
    sides = st.sampled_from(SIDES)
    grade = draw(st.sampled_from(["supported", "confirmed", "tested"]))
    return direction(*draw(sides), grade, package=tuple(draw(st.lists(sides, max_size=2))))


WORDS = st.sampled_from(
    ["warm", "weapons", "knife", "red", "face", "two people", "film", "crowds", "a sea",
     "saturated", "no colours", "dark skies", "group", "photograph", "close-up", "tea",
     "Background", "families"]
)  # fmt: skip
TEXTS = st.lists(WORDS | st.text("abc -,\n\u2028'é|{%", max_size=12), max_size=4).map(tuple)
SYNOPSES = st.sampled_from(
    ["A widowed lighthouse keeper and a travelling dance teacher share one winter on an island.",
     "Five drivers who cannot stand each other must bring a stolen core across a continent.",
     "In the distant future, a small waste-collecting robot embarks on a space journey.",
     "Ein Mann sucht seinen Bruder in den Bergen und findet dort nur Schnee und Steine.", "Fog",
     "Two sisters decide to throw one last house party.", "", "The life of Mason, from childhood."]
) | st.text("ab A.,'é|{%-", max_size=60)  # fmt: skip


def stems(text: str) -> set[str]:
    """Lemmas and plain stems of the words of a text, so that "sharing" traces to "share"."""
    found = set()
    for word in re.findall(r"\w+", text.casefold()):
        found |= {word, *lemmas(word).values()}
        found.add(re.sub(r"(ies|es|s|y|e)$", "", word) if len(word) > 3 else word)
    return found


@settings(max_examples=120)
@given(
    found=st.lists(directions(), max_size=6),
    away=st.lists(directions(), max_size=2),
    synopsis=SYNOPSES,
    wishes=TEXTS,
    avoid=TEXTS,
    tags=TEXTS,
)
def test_every_phrase_traces_to_the_brief_or_a_direction_and_nothing_avoided_is_asked_for(
    found: list[Direction],
    away: list[Direction],
    synopsis: str,
    wishes: tuple[str, ...],
    avoid: tuple[str, ...],
    tags: tuple[str, ...],
) -> None:
    brief = Brief(
        title="A", synopsis=synopsis, genres=("War",), must_show=wishes, avoid=avoid, tags=tags
    )
    aims = gather_aims(brief, idea(*found, avoid=tuple(away)), LEVERS)
    asked = {(one.lever, one.pole) for one in found} | {
        side for one in found for side in one.package
    }
    shunned = {(one.lever, one.pole) for one in away}
    for aim in aims:
        if aim.source == "evidence":
            assert (aim.lever, aim.pole) in (asked if aim.more else shunned)
    said = {
        "brief.synopsis": stems(brief.synopsis),
        "brief.must_show": stems(" ".join(brief.must_show)),
        "brief.tags": stems(" ".join(brief.tags)),
        "brief.genres": stems("war"),
        "brief.title": stems(brief.title),
        "brief.avoid": stems(" ".join(brief.avoid)),
    }
    for prompt in both_kinds(brief, aims):
        for phrase in (*prompt.positive, *prompt.negative):
            allowed = worded(phrase.key, aims)
            if phrase.key.startswith("brief."):
                allowed = set().union(*said.values())
            for word in re.findall(r"\w+", phrase.text.casefold()):
                assert stems(word) & allowed or word in MEDIUM | GLUE, (phrase, word)
        assert count_tokens(prompt.text) <= prompt.limit
        assert len(prompt.short.split()) <= 30
        assert len(prompt.negative_text.split()) <= 12
        assert len({one.text.casefold() for one in prompt.positive}) == len(prompt.positive)
        assert "harder to read" not in prompt.text
        for wish in avoid:
            assert avoided(prompt.text, (wish,)) is None, (wish, prompt.text)


def worded(key: str, aims: tuple[Aim, ...]) -> set[str]:
    """Words that the side behind a phrase, or its lever's other side, may be asked for with."""
    allowed: set[str] = set()
    for one in aims:
        if one.key == key:
            sides = load_phrases().get(one.lever, {})
            own = sides.get(one.pole, [f"{one.variant} {one.level}"])
            others = [tag for tag, _ in sides.values()] if one.sign else []
            allowed |= stems(" ".join((*own, *others)))
    return allowed


def test_every_side_that_is_advised_has_words_for_an_image_model() -> None:
    for lever, pole in SIDES:
        if lever != "hue":
            assert pole in load_phrases()[lever], "asked for with a tag and a sentence"
    known = {(lever, pole) for lever, sides in load_phrases().items() for pole in sides}
    assert known <= set(SIDES), "and no words for a side that there is not"


@given(phrases=st.lists(st.text(max_size=30), max_size=12), limit=st.integers(4, 40))
def test_what_fits_fits_and_nothing_is_lost(phrases: list[str], limit: int) -> None:
    kept, dropped = fit_phrases(phrases, limit)
    assert sorted(kept + dropped) == list(range(len(phrases)))
    assert kept == [] or count_tokens(", ".join(phrases[place] for place in kept)) <= limit


@pytest.mark.parametrize(
    ("synopsis", "who", "doing", "where"),
    [
        ("A young mother and her two children move into a house on a cliff. At night it walks.",
         "a young mother and her two children", "moving into a house on a cliff", ""),
        ("Five drivers who cannot stand each other must bring a stolen reactor across a continent.",
         "five drivers", "bringing a stolen reactor across a continent", ""),
        ("Maria Altmann, an octogenarian refugee, takes on the government to recover artwork.",
         "Maria Altmann, an octogenarian refugee", "", ""),
        ("In occupied France, a plan to assassinate leaders by a group of Jewish soldiers fails.",
         "a group of Jewish soldiers", "", "in occupied France"),
        ("The adventures of a teenager who is fresh out of school.", "a teenager", "", ""),
        ("A photographer's obsessive pursuit leads him into a tunnel.",
         "a photographer", "", "into a tunnel"),
        ("Two friends are searching for their long lost companion in a jungle.",
         "two friends", "searching for their long lost companion in a jungle", ""),
        ("A murder inside the Louvre and clues in old paintings lead to a secret.",
         "a murder", "", "inside the Louvre"),
        ("When a shark haunts a beach, a police chief and a fisherman set out to hunt it.",
         "a police chief and a fisherman", "", ""),
        ("After his son is taken to Sydney, a timid clownfish crosses the sea.",
         "a timid clownfish", "crossing the sea", ""),
        ("The city is run by gangsters. A tired detective gathers six honest men.",
         "a tired detective", "gathering six honest men", "the city"),
        ("A small town is taken over by a plague, turning residents into zombies and monsters.",
         "residents", "turning into zombies", "a small town"),
        ("In a city where the police act as judge, jury and hangman, a cop hunts a gang.",
         "a cop", "hunting a gang", "in a city"),
        ("The magically long-haired Rapunzel has lived in a tower, until a thief finds her.",
         "the magically long-haired Rapunzel", "", "in a tower"),
        ("As a string of mysterious killings grips Seattle, Bella, whose birthday is near, flees.",
         "Bella", "", ""),
        ("Two struggling pals dress as police officers for a party.",
         "two struggling pals", "dressing as police officers for a party", ""),
        ("The X-Men send Wolverine to the past.", "the X-Men", "sending Wolverine", ""),
        ("In the near future, robot boxing is a top sport. A promoter builds a champion.",
         "a promoter", "building a champion", ""),
        ("Betrayed by a jealous prince, a Roman general escapes from the arena.",
         "a Roman general", "escaping from the arena", ""),
        ("The crew of a freighter answers a call from a desolate moon.",
         "the crew of a freighter", "answering a call from a desolate moon", ""),
        ("A photographer spies on his neighbours.",
         "a photographer", "spying on his neighbours", ""),
        ("A rat who can cook makes friends with a baker in Paris.", "a rat", "", "in Paris"),
        ("A woman who doubts true love, and the young man who falls for her.",
         "a woman and the young man", "", ""),
        ("A chemist and gambler Jim Hale's debt grows.", "a chemist and gambler Jim Hale", "", ""),
        ("Superman reappears after a long absence.", "Superman", "", ""),
        ("While his brother is at the mine, an eleven-year-old climbs a fence.",
         "an eleven-year-old", "climbing a fence", "at the mine"),
        ("A zyx who fears water sails to an island.", "a zyx", "", "an island"),
        ("Gulls begin to attack people.", "gulls", "", ""),
        ("A queen hates her sister and trusts nobody.", "a queen and her sister", "", ""),
        ("A man is chosen to sail before a great flood drowns the world.",
         "a man", "", "a great flood"),
        ("A storm traps five strangers in a motel.", "five strangers", "", "in a motel"),
        ("Fog", "fog", "", ""),
        ("A village", "", "", ""),
        ("", "", "", ""),
    ],
)  # fmt: skip
def test_who_does_what_and_where_are_read_from_the_synopsis(
    synopsis: str, who: str, doing: str, where: str
) -> None:
    found = read_subject(Brief(title="A", synopsis=synopsis))
    assert (found.who, found.doing, found.where) == (who, doing, where)


@pytest.mark.parametrize(
    "synopsis",
    [
        "A small town is taken over by a plague, turning residents into zombies and monsters",
        "When a shark haunts a beach, a police chief and a fisherman set out to hunt it",
        "The X-Men send Wolverine to the past",
    ],
)
def test_a_synopsis_may_break_off_anywhere(synopsis: str) -> None:
    words = synopsis.split()
    for place in range(len(words)):
        for text in (" ".join(words[: place + 1]), " ".join(words[place:])):
            found = read_subject(Brief(title="A", synopsis=text))
            assert found.who.casefold() in text.casefold()


def test_a_wish_that_counts_the_synopsis_own_people_is_not_said_twice() -> None:
    synopsis = "A window cleaner sees a murder on the fortieth floor."
    brief = Brief(title="A", synopsis=synopsis, must_show=("the witness", "a red balloon"))
    assert read_subject(brief).things == ("a red balloon",)
    assert read_subject(Brief(title="A", must_show=("two leads",))).who == "two leads"


def test_a_synopsis_in_another_language_is_left_and_said_so() -> None:
    text = "Ein Leuchtturmwärter und eine Tanzlehrerin teilen einen Winter auf einer Insel."
    brief = Brief(title="A", synopsis=text, must_show=("two leads",), tags=("island",))
    found = read_subject(brief)
    assert (found.who, found.where) == ("two leads", "island")
    assert "not in English" in found.note
    long = read_subject(Brief(title="A", synopsis="A diver finds a car in a lake. " * 640))
    assert long.who == "a diver"


@pytest.mark.parametrize(
    ("who", "count"),
    [
        ("a window cleaner", "single"),
        ("a keeper and a teacher", "pair"),
        ("two friends", "pair"),
        ("two sisters and their father", "group"),
        ("a dog, a cat and a hen", "group"),
        ("a guinea pig, three children", "group"),
        ("Maria Altmann, an octogenarian refugee", "single"),
        ("five drivers", "group"),
        ("", "none"),
    ],
)
def test_how_many_people_a_subject_names(who: str, count: str) -> None:
    assert count_of(who) == count


def test_every_phrase_says_why_with_figures_and_what_did_not_fit_is_said() -> None:
    prompt = prompt_of(
        "Word " * 90,
        direction("temperature", "warmer", "confirmed", package=(("contrast", "softer contrast"),)),
        direction("framing", "close-up"),
        direction("cast", "a group"),
        must_show=("two leads", "a rifle"),
        avoid=("rifles",),
    )
    by_text = {phrase.text: phrase for phrase in prompt.positive}
    assert by_text["warm colours"].grade == "confirmed"
    assert "34 titles" in by_text["warm colours"].reason
    assert "comes with “warmer”" in by_text["soft contrast"].reason
    assert "close-up" in by_text
    assert "a group of people" not in by_text, "the brief must show two"
    assert {one.phrase.text: one.why for one in prompt.dropped}["a rifle"] == (
        "the brief avoids “rifles”"
    )
    assert prompt.negative_text.startswith("rifles, cool colours")


def test_a_lever_is_turned_once_and_what_costs_plays_goes_to_the_negative() -> None:
    brief = Brief(title="A")
    aims = gather_aims(
        brief,
        idea(
            direction("light", "darker"), direction("light", "lighter"),
            direction("legibility", "harder to read"),
            avoid=(direction("hue", "mostly blue"), direction("light", "darker")),
        ),
        LEVERS,
    )  # fmt: skip
    assert [(aim.key, aim.more) for aim in aims] == [
        ("light=darker", True),
        ("hue=mostly blue", False),
    ]
    assert aims[0].met({}, {"light": -0.7}) is True
    assert aims[0].met({}, {"light": -0.5}) is False, "not clearly to that side"
    assert aims[0].met({}, {}) is None
    assert build_prompt(brief, aims).negative_text == "blue palette, high-key lighting"


def test_a_concept_turns_round_what_its_own_clusters_surely_lose_by() -> None:
    dark = direction("light", "darker", by_cluster=(part("a", 0.1, 0.3), part("b", -0.3, -0.1)))
    warm = direction("temperature", "warmer", by_cluster=(part("a", -0.1, 0.1),))
    calm = direction("clutter", "calmer", by_cluster=(part("b", 0.1, 0.2),))
    both = idea(dark, warm, avoid=(calm,))
    assert for_clusters({"a": 1.0}, both) == ((dark, warm), (calm,))
    assert for_clusters({"b": 1.0}, both) == ((warm, calm), (dark,))


def test_what_contradicts_the_subject_is_left_out_with_the_reason() -> None:
    found = (direction("cast", "a group"), direction("gaze", "facing each other"))
    prompt = prompt_of("A diver searches a harbour for a sailor.", *found)
    why = {one.phrase.key: one.why for one in prompt.dropped}
    assert why["cast=a group"] == "the brief names “a diver”"
    assert why["gaze=facing each other"] == "the subject is not two people"
    both = prompt_of("A diver and a priest search a harbour.", *found)
    assert "turned towards each other" in both.text


def test_tags_and_sentences_have_the_same_content() -> None:
    brief = Brief(
        title="A",
        synopsis="A diver and a priest search a harbour.",
        genres=("Drama",),
        tags=("sea",),
    )
    found = idea(direction("hue", "mostly red"), direction("light", "darker"))
    aims = gather_aims(brief, found, LEVERS)
    tags, sentences = both_kinds(brief, aims)
    assert tags.text == (
        "a diver and a priest searching a harbour, sea, low-key lighting, red palette, "
        "cinematic drama key art"
    )
    assert sentences.text == (
        "Cinematic drama key art: a diver and a priest searching a harbour. The setting: sea. "
        "The lighting is low-key and dark. The palette is red."
    )
    assert {one.key for one in tags.positive} >= {one.key for one in sentences.positive}
    assert (tags.kind, sentences.kind) == (TAGS, SENTENCES)


def test_a_sentence_ends_with_one_full_stop() -> None:
    brief = Brief(title="A", synopsis="A diver forces her assistant to stay in the U.S. for ever.")
    _, sentences = both_kinds(brief, ())
    assert sentences.text == "Cinematic key art: a diver and her assistant, in the U.S."
    _, sentences = both_kinds(Brief(title="A", must_show=("a diver", "a sea without end...")), ())
    assert "a sea without end..." in sentences.text, "an ellipsis is left as it is"


def test_an_avoided_colour_is_not_asked_for_either() -> None:
    found = idea(direction("hue", "mostly red"), direction("temperature", "cooler"))
    aims = gather_aims(Brief(title="A", avoid=("anything red",)), found, LEVERS)
    assert [aim.key for aim in aims] == ["temperature=cooler"]


def test_what_comes_with_a_direction_is_asked_for_by_a_step() -> None:
    both = direction("light", "darker", steps=2.5, package=(("contrast", "softer contrast"),))
    aims = gather_aims(Brief(title="A"), idea(both), LEVERS)
    assert [(one.pole, one.steps) for one in aims] == [("darker", 2.5), ("softer contrast", 1.0)]


def test_a_side_of_a_users_own_lever_is_asked_for_in_its_own_words() -> None:
    side = {"do": "Show the sea", "variant": "the sea behind them"}
    own = Lever(name="sea", label="sea", levels={"our_sea": {"1": {"name": "at sea", **side}}})
    brief = Brief(title="A")
    aims = gather_aims(brief, idea(direction("sea", "at sea")), Levers((own,), ()))
    assert build_prompt(brief, aims).text == "the sea behind them, cinematic key art"
    assert aims[0].met({"our_sea": 1.0}, {}) is True


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


def test_avoided_is_found_in_the_singular_and_the_plural() -> None:
    assert avoided("a weapon rack", ("weapons",)) == "weapons"
    assert avoided("Two Knives", ("knife", "knives")) == "knives"
    assert avoided("families", ("family",)) == "family"
    assert avoided("blue eyes", ("eye",)) == "eye"
    assert avoided("two axes", ("an axe",)) == "an axe"
    assert avoided("warm colours", ("weapons", "no gore")) is None


def test_a_users_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / TEMPLATES[TAGS]).write_text(
        "brief.title| poster of {{ brief.title }}\ntemplate| linocut\n"
    )
    prompt = build_prompt(Brief(title="Fog", avoid=("guns",)), (), templates=tmp_path)
    assert prompt.text == "poster of Fog, linocut"
    assert prompt.negative_text == "guns", "ours is used where the user has none"


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


def test_a_prompt_is_shown_with_the_reason_of_every_phrase_and_what_was_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output(), "width", 200)
    brief = Brief.model_validate({"title": "A", "synopsis": "A ferry at sea.", "avoid": ["red"]})
    concept = idea(direction("light", "darker"), avoid=(direction("cast", "a group"),))
    tags, sentences = both_kinds(brief, gather_aims(brief, concept, LEVERS), limit=12)
    show_prompt(concept, tags, sentences)
    told = " ".join(capsys.readouterr().out.split())
    for said in (f"Concept: {concept.name}", f"In thirty words {tags.short}", tags.text,
                 f"Negative {tags.negative_text}", "at most 12 tokens"):  # fmt: skip
        assert " ".join(said.split()) in told
    assert tags.dropped
    for kind, phrases in (("positive", tags.positive), ("negative", tags.negative)):
        for one in phrases:
            row = f"{one.text} {kind} {one.grade or ''}"
            assert " ".join(row.split()) in told
    left = told.partition("Left out")[2]
    assert all(one.phrase.text in left for one in tags.dropped)
    show_prompt(concept, replace(tags, dropped=(), negative=()), sentences)
    told = " ".join(capsys.readouterr().out.split())
    assert "Left out" not in told
    assert "Negative (nothing)" in told
    noted = replace(tags, subject=replace(tags.subject, note="nobody is named"))
    show_prompt(concept, replace(tags, subject=replace(tags.subject, note="")), sentences)
    assert capsys.readouterr().err == ""
    show_prompt(concept, noted, sentences)
    assert capsys.readouterr().err == "note: nobody is named\n"
