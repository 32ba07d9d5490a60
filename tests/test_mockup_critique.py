"""What a mockup has is told apart from what it misses, what cannot be told, and copies."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.answers.brief import Brief
from assistant.answers.scores import Score
from assistant.mockups.aims import Aim, Check, check_aim
from assistant.mockups.critique import Critique
from assistant.mockups.ideas import Idea
from assistant.mockups.likeness import NearestPast
from assistant.mockups.prompt import build_prompt
from assistant.mockups.records import Mockup
from assistant.terminal.console import output
from assistant.terminal.mockups import show_mockups, show_variant
from index.features.canvases import load_canvases
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
    loser = Score(-0.1, -0.2, 0.1, (), ())
    unknown = critique(True, score=None)
    assert critique(True, score=loser).merit < unknown.merit < critique(True).merit


def mockup(made: Critique, number: int = 1, painter: str = "model", **more: Any) -> Mockup:
    idea, canvas = Idea("all", "everyone", {}), load_canvases()["tile"]
    told = {"notes": more.pop("notes", []), "painter": painter}
    path = Path(f"m/{number:02d}.png")
    return Mockup(
        path, number, 7, idea, canvas, build_prompt(Brief(title="A"), ()), made, told, **more
    )


Shown = Callable[..., tuple[str, str]]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shown:
    def show(
        *mockups: Mockup, take_fraction: float | None = 0.1, **options: Any
    ) -> tuple[str, str]:
        monkeypatch.setattr(output(), "width", 160)
        show_mockups(mockups, take_fraction, **options)
        told = capsys.readouterr()
        return " ".join(told.out.split()), " ".join(told.err.split())

    return show


def test_the_terminal_shows_three_ticks_and_no_paragraph(shown: Shown) -> None:
    out, notes = shown(
        mockup(critique(True, False), 1, replaced=True),
        mockup(critique(True, nearest=COPY), 2, replaced=True),
        mockup(critique(*[False] * 4), 3),
    )
    assert "01.png everyone ✓ 1 of 2 ✗ warmer ✓ new +11% (+5% to +19%)" in out
    assert "02.png everyone ✓ 1 of 1 ✓ nothing ✗ too near to a +11%" in out
    assert "03.png everyone ✓ 0 of 4 ✗ warmer, warmer, warmer and 1 more ✓ new" in out
    assert "Written to m, each with a JSON file beside it." in out
    assert notes == "2 pictures of an earlier run were replaced."
    three, _ = shown(mockup(critique(*[False] * 3)))
    assert "✗ warmer, warmer, warmer ✓ new" in three


def test_a_prediction_is_told_with_what_it_is_worth(shown: Shown) -> None:
    odds, _ = shown(mockup(critique(True)), take_fraction=None)
    assert "+0.12 (+0.05 to +0.20) log-odds" in odds
    none, said = shown(
        mockup(critique(score=None, trusted=False, why_no_score="insufficient data"))
    )
    assert "✓ new insufficient data" in none
    assert said == ""
    doubt = "predictions like these are no better than chance"
    unsure = critique(True, trusted=False)
    assert doubt in shown(mockup(unsure))[1]
    assert doubt not in shown(mockup(unsure), mockup(critique(True), 2))[1]
    wires = "Wireframes are not finished artwork"
    assert wires in shown(mockup(critique()), mockup(critique(), 2, "layout"))[1]
    assert wires not in shown(mockup(critique()))[1]
    best = "Each mockup is the best of 2 by critique."
    assert shown(mockup(critique()), candidates=2)[1] == best
    assert shown(mockup(critique()), candidates=1)[1] == ""


def test_a_note_is_told_once_with_the_files_it_is_about(shown: Shown) -> None:
    nude, plain = critique(maturity=("nudity",)), critique()
    _, said = shown(mockup(nude, 1, notes=["cropped"]), mockup(plain, 2, notes=["cropped"]),
                    mockup(nude, 3))  # fmt: skip
    assert said == "maturity: nudity (01.png, 03.png) cropped (01.png, 02.png)"
    assert shown(mockup(nude), mockup(nude, 2))[1] == "maturity: nudity (all of them)"


def test_a_variant_tells_what_it_turned_and_what_came_along(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def row(lever: str, asked: float, moved: float, *, reached: bool, package: bool = False) -> Any:
        return {"lever": lever, "before": 0.25, "after": 0.25 + moved, "asked": asked,
                "moved": moved, "reached": reached, "package": package}  # fmt: skip

    made = SimpleNamespace(
        levers=[
            row("main_light", -1, -1, reached=True), row("contrast", 2, 0.5, reached=False),
            row("heat", 0, 0.75, reached=False), row("focus", 0, 0, reached=True, package=True),
        ],
        read_otherwise=("face_area", "title"), replaced=True, out=Path("v.png"),
    )  # fmt: skip
    monkeypatch.setattr(output(), "width", 160)
    show_variant(made)  # type: ignore[arg-type]
    told = capsys.readouterr()
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    for line in (
        "main light +0.25 -0.75 -1 -1.00 ✓",
        "contrast +0.25 +0.75 +2 +0.50 ✗ as far as this picture goes",
        "heat +0.25 +1.00 held +0.75 ✗ moved too",
        "focus +0.25 +0.25 comes with it +0.00 ✓",
        "Written to v.png, with a JSON file beside it.",
    ):
        assert line in lines
    assert "would measure face area and title otherwise" in " ".join(told.err.split())
    assert "An earlier picture of this name was replaced." in told.err
    made.read_otherwise, made.replaced = (), False
    show_variant(made)  # type: ignore[arg-type]
    assert capsys.readouterr().err == ""


def test_what_a_picture_cannot_show_is_not_asked_of_it() -> None:
    assert check_aim(WARM, {}, {"temperature": 0.9}, frozenset()).met is True
    assert check_aim(WARM, {}, {"temperature": 0.9}, frozenset({"temperature"})).met is None
