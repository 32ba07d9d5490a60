"""What a mockup has is told apart from what it misses, what cannot be told, and copies."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from assistant.answers.scores import Score
from assistant.mockups.aims import Aim, Check, check_aim
from assistant.mockups.critique import Critique
from assistant.mockups.likeness import NearestPast
from tests.turned import aim

SCORE = Score(0.12, 0.0512345, 0.2, (), ())
FAR = NearestPast("a", "t", "x", 0.5, 0.1)
COPY = NearestPast("a", "t", "x", 0.05, 0.1)


WARM, PAIR = aim("temperature", "warmer"), aim("cast", "two people")


@pytest.mark.parametrize(
    ("asked", "value", "met"),
    [
        (WARM, 0.6, True),
        (WARM, 0.59, False),
        (aim("temperature", "cooler"), -0.6, True),
        (aim("temperature", "cooler"), 0.6, False),
        (replace(WARM, more=False), 0.6, False),
        (replace(WARM, more=False), 0.2, True),
        (PAIR, "pair", True),
        (PAIR, "single", False),
        (replace(PAIR, more=False), "pair", False),
        (replace(PAIR, more=False), "single", True),
        (aim("gaze", "facing each other"), 1.0, True),
        (aim("gaze", "facing each other"), 0.0, False),
    ],
)
def test_an_aim_is_met_by_pictures_clearly_on_its_side(asked: Aim, value: Any, met: bool) -> None:
    features, steps = ({}, {asked.lever: value}) if asked.sign else ({asked.feature: value}, {})
    assert asked.met(features, steps) is met
    assert asked.met({}, {}) is None
    assert asked.met({asked.feature: None}, {asked.lever: math.nan}) is None


def test_a_check_is_told_in_a_sentence() -> None:
    assert Check(WARM, 0.71, True).sentence == "asked: warmer; has it (+0.7 steps)"
    assert Check(WARM, -0.254, False).sentence == "asked: warmer; misses it (-0.3 steps)"
    shunned = replace(PAIR, more=False)
    assert Check(shunned, "single", True).sentence == "asked: not two people; has it (single)"
    assert Check(WARM, None, None).sentence == "warmer: not measured in this picture"
    assert Check(WARM, 0.123456, True).to_json()["measured"] == 0.1235


def critique(*met: bool | None, **changed: Any) -> Critique:
    fields: dict[str, Any] = {
        "features": {"warm_cool": 0.123456, "layout": "{}", "palette": "[]"},
        "checks": tuple(Check(WARM, 0.7, one) for one in met), "score": SCORE, "trusted": True,
        "why_no_score": "", "nearest": FAR, "maturity": (), "survival": (),
    }  # fmt: skip
    return Critique(**(fields | changed))


def test_what_could_not_be_measured_counts_neither_way() -> None:
    one = critique(True, False, True, None)
    assert one.share_met == pytest.approx(2 / 3)
    assert ([check.met for check in one.misses], len(one.has)) == ([False], 2)
    assert critique().share_met == critique(None).share_met == 1.0
    told = one.to_json()
    assert (told["met"], told["missed"], told["not_measured"]) == (2, 1, 1)
    assert told["features"] == {"warm_cool": 0.1235}
    assert told["predicted_lift"]["better_than_chance"] is True
    none = critique(score=None, why_no_score="insufficient data: few").to_json()
    assert (none["predicted_lift"], none["why_no_prediction"]) == (None, "insufficient data: few")


def test_the_best_of_several_is_no_copy_then_harmless_then_promising_then_what_was_asked() -> None:
    better = Score(0.1, 0.06, 0.2, (), ())
    ranked = [
        critique(False, score=better),
        critique(True, True),
        critique(True, False),
        critique(True, score=better, maturity=("nudity",)),
        critique(True, score=better, nearest=COPY),
    ]
    assert sorted(ranked, key=lambda one: one.merit) == ranked[::-1]
    wild = Score(9.0, 9.0, 9.0, (), ())
    assert critique(True, score=wild, trusted=False).merit == critique(True, score=None).merit
    assert critique(True).merit == (True, True, 0.0512, 1.0)


def test_the_terminal_shows_three_ticks_and_no_paragraph(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from pathlib import Path

    from assistant.answers.brief import Brief
    from assistant.mockups.ideas import Idea
    from assistant.mockups.prompt import build_prompt
    from assistant.mockups.records import Mockup
    from assistant.terminal.mockups import show_mockups
    from index.features.canvases import load_canvases

    def mockup(made: Critique) -> Mockup:
        idea = Idea("all", "everyone", {})
        told = {"notes": [], "painter": "layout"}
        prompt = build_prompt(Brief(title="A"), ())
        canvas = load_canvases()["tile"]
        return Mockup(Path("m/01-all-tile.png"), 1, 7, idea, canvas, prompt, made, told, True)

    show_mockups([mockup(critique(True, False)), mockup(critique(True, nearest=COPY))], 0.1)
    shown = capsys.readouterr()
    assert "✓ 1 of 2" in shown.out
    assert "✗ warmer" in shown.out
    assert "✓ new" in shown.out
    assert "✗ too near to a" in " ".join(shown.out.split())
    assert "2 pictures of an earlier run were replaced" in shown.err


def test_what_a_picture_cannot_show_is_not_asked_of_it() -> None:
    assert check_aim(WARM, {}, {"temperature": 0.9}, frozenset()).met is True
    assert check_aim(WARM, {}, {"temperature": 0.9}, frozenset({"temperature"})).met is None
