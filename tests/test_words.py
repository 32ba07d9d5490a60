"""Numbers and findings as a strategist reads them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Exemplar
from assistant.audience import Audience, AudienceShare
from assistant.boards.content import Interval
from assistant.boards.sentences import (
    capital,
    change_of,
    contrast_in_words,
    in_words,
    points,
    quoted,
    say,
)
from assistant.brief import Brief
from assistant.console import output
from assistant.render import (
    amount,
    interval,
    lift_in_words,
    sentence,
    show_answer,
    shown,
)
from assistant.shared_features import SharedFeature
from assistant.words import percent, phrase, relative_change, times
from index.members.predict import Skill
from index.records import Grade

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


def finding(**changed: Any) -> SharedFeature:
    one = SharedFeature(
        "warm_cool", None, "warm cool", "number", "", 0.5, -0.08, 0.58, 0.47, 0.69, 0.001, 0.01,
        103, 54, Grade.SUPPORTED,
    )  # fmt: skip
    return replace(one, **changed)


def test_a_finding_says_which_way_it_goes_and_between_which_figures() -> None:
    assert sentence(finding()) == "more warmth: 0.50 against -0.08"
    less = finding(difference=-0.58, exemplar_mean=-0.08, baseline_mean=0.5)
    assert sentence(less) == "less warmth: -0.08 against 0.50"
    flag = finding(
        feature="people_grouping", level="pair", kind="flag", exemplar_mean=0.38,
        baseline_mean=0.08, difference=0.3,
    )  # fmt: skip
    assert sentence(flag) == (
        "cast: pair: in 38% of what worked, in 8% of the same titles' other artworks"
    )
    test = {"verdict": "an experiment agrees", "effect": 0.214, "low": 0.1, "high": 0.3}
    assert sentence(finding(test=test)) == (
        "more warmth: 0.50 against -0.08 (an experiment agrees: +0.21 log-odds, +0.10 to +0.30)"
    )


def test_a_difference_of_shares_is_in_points_and_of_numbers_in_their_unit() -> None:
    assert interval(finding()) == "+0.58 (+0.47 to +0.69)"
    assert interval(finding(kind="share", difference=0.09, low=0.06, high=0.13)) == (
        "+9 points (+6 to +13)"
    )
    assert interval(finding(kind="flag", difference=-0.214, low=-0.29, high=-0.13)) == (
        "-21 points (-29 to -13)"
    )
    assert points(-0.3, -0.18, -0.06) == "-18 points, -30 to -6"


# Sentences of a board.


def test_a_contrast_is_told_by_what_it_is_held_against() -> None:
    assert contrast_in_words("warm_cool", None, "+1 sd (0.3)") == (
        "more warmth (by one standard deviation)"
    )
    assert contrast_in_words("shows_car", None, "with against without") == "car against without it"
    assert contrast_in_words("people_grouping", "pair", "pair against others") == (
        "cast “pair” against others"
    )
    assert contrast_in_words("brightness", "middle third", "middle third against outer") == (
        "brightness “middle third” against outer"
    )
    assert contrast_in_words("face_count", None, "odd") == "faces (odd)"
    assert quoted("cast: pair") == "cast “pair”"
    assert quoted("warmth") == "warmth"
    assert capital("more warmth") == "More warmth"
    assert capital("") == ""


def test_a_change_keeps_its_ends_apart() -> None:
    found = {"low": 0.0, "effect": math.log(2), "high": math.log(3)}
    change = change_of(found, "effect", 1e-9)
    assert change is not None
    assert (change.low, change.middle, change.high) == pytest.approx((0, 1, 2), abs=1e-4)
    assert change_of(found, "effect", None) is None
    assert in_words(Interval(0.22, 0.28, 0.34)) == "+28% (+22% to +34%)"


def test_a_sentence_is_one_line_with_a_capital() -> None:
    told = say("shows", concept="a car", base="3%")
    assert told == "Shows a car, which the brief's text does not mention; 3% of all artwork does."
    rising = {"before": "2%", "after": "9%", "since": "2020-01-01", "interval": "+7 points"}
    assert say("drift", rising=True, **rising).startswith("Rising: 2% of artwork before 2020")
    assert say("drift", rising=False, **rising).startswith("Fading: 2% of artwork before 2020")


# A whole answer in the terminal.


def answer(shared: tuple[SharedFeature, ...] = (), **changed: Any) -> Answer:
    counter = {
        "artwork_id": "a2", "title_id": "t", "title": "Other", "path": "x",
        "relation": "same title",
        "performance": PERFORMANCE | {"lift": -math.log(2), "label": "low", "impressions": 777},
    }  # fmt: skip
    one = Exemplar(
        "a1", "t", "The Title", "x", 0.876, 0.654, math.log(1.6), PERFORMANCE, counter,
        [{"canvas": "tile", "verdict": "survives"}],
    )  # fmt: skip
    given = Answer(
        Brief(title="A new title"),
        Audience(
            (
                AudienceShare("c1", "Romance", 0.724, "predicted", math.log(4.6)),
                AudienceShare("c2", "Action", 0.276, "brief"),
            ),
            Skill(0.67, 0.64, 0.69, 60),
        ),
        (one,),
        shared,
        1e-4,
        ("beware of the dog",),
    )
    return replace(given, **changed)


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    def show(given: Answer, width: int = 240) -> str:
        monkeypatch.setattr(output(), "width", width)
        show_answer(given)
        return " ".join(capsys.readouterr().out.split())

    return show


def test_an_answer_shows_audience_exemplars_and_their_counter_examples(printed: Any) -> None:
    told = printed(answer())
    assert "A new title" in told
    assert "Romance 72% 4.6× predicted" in told
    assert "Action 28% brief" in told
    assert "On 60 known titles, predicting the audience from the text does 67% better" in told
    assert "(90% interval 64% to 69%)" in told
    assert "a1 The Title 0.88 0.65 1.6× +100% (+0% to +200%) 12,345 high tile: survives" in told
    assert "└ a2 same title -50% (+0% to +200%) 777 low" in told
    assert "★" not in told
    assert "What worked shares nothing that can be told from chance" in told


def test_picked_exemplars_are_starred_and_other_titles_losers_named(printed: Any) -> None:
    (one,) = answer().exemplars
    assert one.counter_example is not None
    far = one.counter_example | {"relation": "nearest neighbour"}
    told = printed(answer(exemplars=(replace(one, picked=True, counter_example=far),)))
    assert "a1 ★" in told
    assert "└ a2 Other -50%" in told
    alone = replace(one, counter_example=None, performance=None, affinity=None, canvases=[])
    told = printed(answer(exemplars=(alone,)))
    assert "a1 The Title 0.88 0.65 no lift: only artwork" in told
    assert "└ a" not in told
    assert "canvases" not in told


def test_a_narrow_terminal_leaves_out_the_parts_of_the_score(printed: Any) -> None:
    assert "0.65" in printed(answer(), 76)
    assert "0.65" not in printed(answer(), 75)


def test_an_answer_without_audience_shows_none(printed: Any) -> None:
    assert "share of viewing" not in printed(answer(audience=Audience(())))
    shares = answer().audience.shares
    told = printed(answer(audience=Audience(shares)))
    assert "share of viewing" in told
    assert "known titles" not in told


def test_eight_findings_are_shown_and_the_rest_counted(printed: Any) -> None:
    many = tuple(finding(feature=f"feature_{n}", artworks=100 + n, titles=50) for n in range(9))
    chance = finding(feature="by_chance", grade=Grade.INSUFFICIENT)
    told = printed(answer((*many, chance)))
    assert "more feature 7: 0.50 against -0.08 +0.58 (+0.47 to +0.69) 107 50 supported" in told
    assert "feature 8" not in told
    assert "by chance" not in told
    assert "… and 1 weaker ones (--json has every feature)." in told
    assert "weaker" not in printed(answer((*many[:8], chance)))


def test_warnings_are_notes_beside_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    show_answer(answer())
    assert "note: beware of the dog" in capsys.readouterr().err


def test_pictures_are_looked_for_in_the_catalogue_only_when_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    show_answer(answer(), tmp_path)
    assert "The Title" in capsys.readouterr().out
