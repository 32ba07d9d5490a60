"""Numbers and answers as a strategist reads them."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.answers.advice import Advice, Direction, Member, Part
from assistant.answers.answer import Answer, Exemplar
from assistant.answers.audience import Audience, AudienceShare
from assistant.answers.brief import Brief
from assistant.answers.examples import Example
from assistant.answers.pieces import Changed, Piece
from assistant.terminal.answer import show_answer
from assistant.terminal.console import output
from assistant.terminal.search import show_hits
from assistant.wording import (
    Interval,
    amount,
    capital,
    change_of,
    in_words,
    lift_in_words,
    listed,
    p_value,
    percent,
    phrase,
    points,
    relative_change,
    say,
    shown,
    slice_words,
    times,
)
from index.audience.predict import Skill
from index.query.search import Hit
from index.query.standing import Standing, Standings

# Log-odds as changes.


@pytest.mark.parametrize("start", [0.001, 0.02, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("end", [0.0015, 0.04, 0.18, 0.55, 0.95])
def test_a_lift_is_told_as_the_change_of_the_take_fraction_it_starts_from(
    start: float, end: float
) -> None:
    log_odds = math.log(end / (1 - end)) - math.log(start / (1 - start))
    assert relative_change(log_odds, start) == pytest.approx(end / start - 1)


def test_no_lift_is_no_change_and_a_rare_play_changes_by_its_odds() -> None:
    assert relative_change(0.0, 0.3) == pytest.approx(0.0)
    assert relative_change(math.log(2), 1e-4) == pytest.approx(1.0, abs=1e-3)
    assert relative_change(-math.log(2), 1e-4) == pytest.approx(-0.5, abs=1e-3)


def test_where_nobody_or_everybody_plays_a_change_is_still_a_number() -> None:
    assert relative_change(math.log(2), 0.0) == pytest.approx(1.0, abs=1e-5)
    assert relative_change(5.0, 1.0) == pytest.approx(0.0, abs=1e-5)
    assert relative_change(-1.0, 1.0) == pytest.approx(0.0, abs=1e-5)


def test_percents_carry_a_sign_and_multiples_one_digit() -> None:
    assert [percent(one) for one in (0.254, -0.254, 0.0, 2.0)] == ["+25%", "-25%", "+0%", "+200%"]
    assert [times(one) for one in (0.0, math.log(2), -math.log(2))] == ["1.0×", "2.0×", "0.5×"]
    assert times(math.log(4.63)) == "4.6×"


@pytest.mark.parametrize(
    ("feature", "level", "words"),
    [
        ("warm_cool", None, "warmth"),
        ("people_grouping", "pair", "cast: pair"),
        ("blue_share", None, "blue"),
        ("title_share", None, "area of the title"),
        ("shows_police_car", None, "police car"),
        ("mood_menace", None, "mood: menace"),
        ("style_hand_drawn", None, "style: hand drawn"),
        ("theme", None, "theme"),
        ("shot_type", "close-up", "shot type: close-up"),
        ("my_own", None, "my own"),
    ],
)
def test_features_are_called_what_a_strategist_calls_them(
    feature: str, level: str | None, words: str
) -> None:
    assert phrase(feature, level) == words


# Values and findings in a table.


@pytest.mark.parametrize(
    ("value", "kind", "unit", "words"),
    [
        (0.256, "share", "", "26%"),
        (0.5, "flag", "0 or 1", "50%"),
        (2.04, "count", "faces", "2.0 faces"),
        (-0.084, "number", "", "-0.08"),
        (9.994, "number", "px", "9.99"),
        (10.04, "number", "px", "10.0"),
        (-12.34, "number", "px", "-12.3"),
        (10.0, "number", "", "10.0"),
    ],
)
def test_an_amount_is_as_short_as_it_can_be_read(
    value: float, kind: str, unit: str, words: str
) -> None:
    assert amount(value, kind, unit) == words


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (None, "number", "not measured"),
        (math.nan, "number", "not measured"),
        ("close-up", "category", "close-up"),
        (1.0, "flag", "yes"),
        (0.0, "flag", "no"),
        (3.0, "count", "3"),
        (0.25, "share", "25%"),
    ],
)
def test_a_measured_value_is_shown_by_its_kind(
    value: float | str | None, kind: str, words: str
) -> None:
    assert shown(value, kind, "faces") == words


PERFORMANCE = {
    "lift": math.log(2), "low": 0.0, "high": math.log(3), "p_positive": 0.99,
    "take_fraction": 0.01, "impressions": 12345, "label": "high",
}  # fmt: skip


def test_a_lift_in_words_has_its_interval_around_it() -> None:
    assert lift_in_words(PERFORMANCE, 1e-4) == "+100% (+0% to +200%)"
    assert lift_in_words(PERFORMANCE, 1e-4, interval=False) == "+100%"
    assert lift_in_words(PERFORMANCE, 0.5) == "+33% (+0% to +50%)"
    assert lift_in_words(None, 0.5) == "no lift: only artwork"
    assert lift_in_words(PERFORMANCE, None) == "high"


def test_a_difference_of_shares_is_in_points() -> None:
    assert points(-0.3, -0.18, -0.06) == "-18 points, -30 to -6"
    assert points(0.8, 0.9, 1.0) == "+90 points, +80 to +100"


def test_a_list_is_read_out_and_a_sentence_begins_with_a_capital() -> None:
    assert [listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert listed(("a", "b"), "or") == "a or b"
    assert capital("more warmth") == "More warmth"
    assert capital("") == ""


def test_a_change_keeps_its_ends_apart() -> None:
    found = {"low": 0.0, "effect": math.log(2), "high": math.log(3)}
    change = change_of(found, "effect", 1e-9)
    assert change is not None
    assert (change.low, change.middle, change.high) == pytest.approx((0, 1, 2), abs=1e-4)
    assert change_of(found, "effect", None) is None
    assert in_words(Interval(0.22, 0.28, 0.34)) == "+28% (+22% to +34%)"
    assert Interval(-0.4, 0.1, 0.3).scale == Interval(-0.2, 0.1, 0.4).scale == 0.4


def test_a_sentence_is_one_line_with_a_capital() -> None:
    told = say("shows", concept="a car", base="3%")
    assert told == "Shows a car, which the brief does not mention; 3% of all artwork does."
    rising = {"before": "2%", "after": "9%", "since": "2020-01-01", "interval": "+7 points"}
    assert say("drift", rising=True, **rising).startswith("Rising: 2% of artwork before 2020")
    assert say("drift", rising=False, **rising).startswith("Fading: 2% of artwork before 2020")


# A whole answer in the terminal.


def piece(artwork: str, title: str, middle: float) -> Piece:
    change = Interval(middle - 0.1, middle, middle + 0.1)
    return Piece(artwork, title, "x", "", change, "high", 10)


PAIR = Example(
    piece("a1", "The Title", 0.3), piece("a2", "The Title", -0.2), Changed(True, ("darker",), ())
)
CHANGE = Interval(0.0, 1.0, 2.0)


def direction(**changed: Any) -> Direction:
    fields: dict[str, Any] = {
        "lever": "light", "pole": "darker", "do": "Go darker", "variant": "a darker grade",
        "package": (), "headline": "Go darker: +100% plays.", "effect": 0.3, "low": 0.1,
        "high": 0.5, "steps": 2.0, "change": CHANGE, "grade": "confirmed", "reason": "",
        "titles": 30, "artworks": 90, "reach": 1.0,
        "by_cluster": (Part("c1", "Romance", 0.3, 0.1, 0.5, CHANGE, 21, "supported"),),
        "by_platform": (Part("tv", "tv", 0.3, 0.1, 0.5, CHANGE, 22, "suggestive"),),
        "members": (Member("brightness", "brightness", "share", "", 0.5, 0.3),),
        "pairs": (PAIR, PAIR, PAIR),
    }  # fmt: skip
    return Direction(**(fields | changed))


NO_ADVICE = Advice()


def answer(advice: Advice = NO_ADVICE, **changed: Any) -> Answer:
    counter = {
        "artwork_id": "a2", "title_id": "t", "title": "Other", "path": "x", "changed": "Lighter",
        "relation": "same title",
        "performance": PERFORMANCE | {"lift": -math.log(2), "label": "low", "impressions": 777},
    }  # fmt: skip
    one = Exemplar(
        "a1", "t", "The Title", "x", 0.876, 0.654, math.log(1.6), PERFORMANCE, counter,
        [{"canvas": "tile", "verdict": "survives"}],
    )  # fmt: skip
    audience = Audience(
        (
            AudienceShare("c1", "Romance", 0.724, "predicted", math.log(4.6)),
            AudienceShare("c2", "Action", 0.272, "predicted"),
            AudienceShare("c3", "Nobody", 0.004, "predicted"),
        ),
        Skill(0.67, 0.64, 0.69, 60),
    )
    match: Any = SimpleNamespace(brief=Brief(title="A new title"),
                                 audience=changed.pop("audience", audience))  # fmt: skip
    given = Answer(match, (one,), advice, 1e-4, ("beware of the dog",))
    return replace(given, **changed)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def show(given: Answer, width: int = 240, **options: Any) -> str:
        monkeypatch.setattr(output(), "width", width)
        show_answer(given, **options)
        return " ".join(capsys.readouterr().out.split())

    return show


def test_the_audience_is_one_line(printed: Any) -> None:
    told = printed(answer())
    assert "A new title Audience (predicted): Romance 72%, Action 27%. On 60 known titles" in told
    assert "this prediction is 67% better than “everyone alike”." in told
    assert "Nobody" not in told
    given = tuple(AudienceShare(f"c{n}", f"Group {n}", 0.2, "brief") for n in range(5))
    told = printed(answer(audience=Audience(given)))
    assert "Audience: Group 0 20%, Group 1 20%, Group 2 20%, Group 3 20% and 1 more." in told
    assert "known titles" not in told
    assert "Audience" not in printed(answer(audience=Audience(())))
    few = (
        AudienceShare("c1", "Romance", 0.98, "brief"),
        AudienceShare("c2", "Crime", 0.02, "brief"),
    )
    assert "Romance 98%, Crime 2%." in printed(answer(audience=Audience(few)))


@pytest.mark.parametrize(
    ("p", "said"), [(0.0123, "p = 0.012"), (0.001, "p = 0.001"), (0.0009, "p < 0.001")]
)
def test_a_small_p_is_told_by_its_bound(p: float, said: str) -> None:
    assert p_value(p) == said


def test_canvases_have_a_column_where_any_exemplar_was_asked_about_one(printed: Any) -> None:
    both = answer()
    assert "canvases" in printed(both)
    asked = both.exemplars[0]
    some = replace(both, exemplars=(replace(asked, canvases=[]), asked))
    assert "canvases" in printed(some)
    assert "canvases" not in printed(replace(both, exemplars=some.exemplars[:1]))


def test_what_to_do_comes_before_what_it_rests_on(printed: Any) -> None:
    advice = Advice(
        directions=(direction(), direction(headline="Show two people: +9% plays.", pairs=())),
        avoid=(direction(headline="Avoid a warmer grade: -8% plays."),),
        leave_alone=("contrast", "clutter"),
        contradictions=("Calmer: +9% with Romance, but -7% with Action.",),
        wishes=("“two leads” (two people): past artwork speaks for it.",),
        unknown="Past artwork cannot tell about gaze: too few titles vary in it.",
    )
    told = printed(answer(advice))
    lines = ["1. Go darker: +100% plays.", "2. Show two people: +9% plays.",
             "✕ Avoid a warmer grade: -8% plays.",
             "– Leave alone: contrast, clutter (no effect worth having).",
             "! Calmer: +9% with Romance, but -7% with Action.", "! “two leads” (two people)",
             "? Past artwork cannot tell about gaze", "Exemplars"]  # fmt: skip
    at = [told.index(line) for line in lines]
    assert at == sorted(at)
    pair = "The Title: a1 (+30%) against a2 (-20%). Same picture: darker, nothing else."
    assert told.count(pair) == 2, "two pairs of each direction"
    assert "Leave alone" not in printed(answer(Advice()))


def test_a_pair_is_not_told_of_two_directions_where_there_are_others(printed: Any) -> None:
    def pair(worked: str) -> Example:
        one, other = piece(worked, "The Title", 0.3), piece("b", "The Title", -0.2)
        return Example(one, other, Changed(True, ("darker",), ()))

    first, second = (direction(pairs=tuple(map(pair, ids))) for ids in ("pq", "qrs"))
    told = printed(answer(Advice(directions=(first, second))))
    assert re.findall(r"The Title: (\w) ", told) == ["p", "q", "r", "s"]


def test_where_nothing_can_be_advised_the_reason_stands_first(printed: Any) -> None:
    told = printed(answer(Advice(too_thin="no direction can be given: too little")))
    assert "What to do: no direction can be given: too little. Exemplars" in told


def test_details_of_a_direction_are_shown_when_asked_for(printed: Any) -> None:
    given = answer(Advice((direction(),)))
    assert "Measured as" not in printed(given)
    told = printed(given, detail=True)
    assert "Measured as: brightness 50% → 30%" in told
    assert "Romance: +100% (+0% to +200%), 21 titles, supported" in told
    assert "tv: +100% (+0% to +200%), 22 titles, suggestive" in told


def test_exemplars_stand_above_their_counter_examples_with_what_sets_them_apart(
    printed: Any,
) -> None:
    """What changed is told of the exemplar, so it stands in its row."""
    told = printed(answer())
    assert "a1 The Title. Lighter. +100% (+0% to +200%) 12,345 high tile: survives" in told
    assert "└ a2 -50% (+0% to +200%) 777 low" in told
    assert "★" not in told
    (one,) = answer().exemplars
    assert one.counter_example is not None
    told = printed(answer(exemplars=(replace(one, picked=True),)))
    assert "a1 ★" in told
    alone = replace(one, counter_example=None, performance=None, affinity=None, canvases=[])
    told = printed(answer(exemplars=(alone,)))
    assert "a1 The Title no lift: only artwork" in told
    assert "└ a" not in told
    assert "canvases" not in told


def test_a_narrow_terminal_leaves_out_what_matters_least(printed: Any) -> None:
    assert "12,345" in printed(answer(), 100)
    told = printed(answer(), 99)
    assert "12,345" not in told
    assert "777" not in told
    assert "survives" not in told
    assert "+100% (+0% to +200%) high" in told


def test_a_search_says_whose_plays_it_shows_and_what_its_score_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = [
        Hit(f"a{row}", "t", "one.jpg", "The Title", 9.0 - 8 * row, row, good=not row)
        for row in (0, 1)
    ]
    known = Standings({0: Standing(0.0, -0.1, 0.1, "typical")}, 0.1)

    def told(found: list[Hit], width: int, who: str = "everyone") -> str:
        monkeypatch.setattr(output(), "width", width)
        show_hits("a car", found, known, who, None)
        return " ".join(capsys.readouterr().out.split())

    wide = told(hits, 240)
    assert "score artwork title plays against its title label file" in wide
    assert "one.jpg" in wide
    assert wide.endswith(
        "1 good match; 1 weaker below the line, of less than half the best score. "
        "Score: standard deviations above the average artwork."
    )
    assert "line" not in told(hits[:1], 240)
    assert "one.jpg" not in told(hits, 99)
    assert "title plays with Romance on tv label" in told(hits, 240, "Romance on tv")


def test_warnings_are_notes_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(answer())
    assert "note: beware of the dog" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("slice_", "said"),
    [
        ((None, None), "everyone"),
        (("all", "tv"), "tv"),
        (("c1", "all"), "Romance"),
        (("c2", "tv", "Drama", "all"), "c2 · Drama on tv"),
    ],
)
def test_a_slice_is_called_by_its_cluster_and_where_it_was_shown(
    slice_: tuple[str | None, ...], said: str
) -> None:
    assert slice_words(*slice_, names={"c1": "Romance"}) == said
