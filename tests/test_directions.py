"""Which sides are advised, avoided or left alone, of effects that are planted side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assistant.answers import directions
from assistant.answers.advice import Advice
from assistant.answers.answer import answer_brief
from assistant.answers.brief import Brief
from assistant.insights.grading import NO_EFFECT, TOO_FEW
from assistant.insights.levers import LeverDesign
from index.store import Index
from tests.planted import BRIEF, Words
from tests.world_index import plant_world
from tests.worlds import LEVERS, TOGETHER, everywhere, make_world

EFFECTS = {"dusk": everywhere(0.4), "two people": everywhere(0.4), "calmer": everywhere(-0.4)}
WORDS = Words({"New": (1, 0, 0)})
SURE = {"effect": 0.3, "low": 0.2, "high": 0.4, "grade": "supported", "reason": ""}
"""As if nothing were known but this of a side."""
LOSS = {"effect": -0.3, "low": -0.4, "high": -0.2, "grade": "supported", "reason": ""}
UNSURE = {"effect": 0.1, "low": -0.1, "high": 0.3, "grade": "insufficient", "reason": "unsure"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Light and heat always move together; all of it truly has an effect of 0.4."""
    world = make_world(EFFECTS, 61, titles=20, edits=TOGETHER, impressions=1500)
    return plant_world(tmp_path_factory.mktemp("index"), world)


def advised(
    index: Index,
    monkeypatch: pytest.MonkeyPatch,
    told: Mapping[str, Mapping[str, Any]],
    **brief: Any,
) -> Advice:
    """Advice where nothing is sure but what is told of some sides."""
    measured = directions.audience_effects

    def planted(*given: Any) -> pd.DataFrame:
        table = measured(*given)
        mine = (table["cluster"] == directions.AUDIENCE) & (table["platform"] == "all")
        for side in table["side"].unique():
            columns = UNSURE | told.get(side, {})
            table.loc[mine & (table["side"] == side), list(columns)] = list(columns.values())
        return table

    with monkeypatch.context() as patched:
        patched.setattr(directions, "audience_effects", planted)
        asked = Brief.model_validate({"title": "New", **brief})
        return answer_brief(asked, BRIEF, index, WORDS).advice  # type: ignore[arg-type]


def poles(advice: Advice) -> list[str]:
    return [one.pole for one in advice.directions]


def test_a_package_is_led_by_the_first_lever_that_surely_goes_the_same_way(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    cooler = SURE | {"low": 0.25}
    both = advised(index, monkeypatch, {"cooler": cooler, "darker": SURE})
    assert poles(both) == ["darker"]
    assert both.directions[0].package == (("heat", "cooler"),)
    most = {"darker": SURE | {"low": 0.3}, "cooler": cooler, "two people": SURE | {"low": 0.1}}
    assert poles(advised(index, monkeypatch, most)) == ["darker", "two people"]
    led = {"darker": SURE | {"low": 0.05}, "cooler": cooler, "two people": SURE | {"low": 0.2}}
    assert poles(advised(index, monkeypatch, led)) == ["two people", "darker"], "by what is told"
    for unsure in ({"low": -0.01}, {"low": 0.0}):
        alone = advised(index, monkeypatch, {"cooler": cooler, "darker": SURE | unsure})
        assert poles(alone) == ["cooler"]
        assert alone.directions[0].package == (("light", "darker"),)
    for high, lead in ((-0.2, "darker"), (0.01, "cooler")):
        lost = {"cooler": LOSS | {"high": -0.25}, "darker": LOSS | {"high": high}}
        assert [one.pole for one in advised(index, monkeypatch, lost).avoid] == [lead]
    against = advised(index, monkeypatch, {"cooler": cooler, "darker": LOSS})
    assert poles(against) == ["cooler"]
    assert against.directions[0].package == (), "what costs plays comes with nothing"


def test_a_level_leads_a_package_where_it_is_claimed_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(EFFECTS, 61, titles=20, impressions=1500)
    first = LEVERS[0].model_copy(update={"levels": LEVERS[-1].levels})
    index = plant_world(tmp_path / "index", world, levers=(first, *LEVERS[1:-1]))
    monkeypatch.setattr(LeverDesign, "package", travelling("calmer", "two people"))
    sides = {"calmer": SURE | {"low": 0.25}, "two people": SURE}
    assert poles(advised(index, monkeypatch, sides)) == ["two people"]
    sides["two people"] = SURE | {"grade": "suggestive"}
    assert poles(advised(index, monkeypatch, sides)) == ["calmer"]


def travelling(*together: str) -> Callable[[LeverDesign, int], tuple[int, ...]]:
    """As if these sides travelled together, and no others."""

    def package(design: LeverDesign, at: int) -> tuple[int, ...]:
        own = [j for j, one in enumerate(design.contrasts) if one.side in together]
        return tuple(j for j in own if j != at) if at in own else ()

    return package


def test_of_two_sides_that_turn_a_lever_opposite_ways_the_surer_is_advised(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    dark, warm = SURE | {"low": 0.25}, SURE | {"low": 0.1}
    both = advised(index, monkeypatch, {"darker": dark, "warmer": warm})
    assert poles(both) == ["darker"], "cooler comes with it"
    surer = advised(index, monkeypatch, {"darker": dark, "warmer": warm | {"grade": "confirmed"}})
    assert poles(surer) == ["warmer"]
    lost = LOSS | {"grade": "confirmed"}
    assert poles(advised(index, monkeypatch, {"darker": dark, "warmer": lost})) == ["darker"]


def test_a_side_is_left_out_where_only_it_comes_with_the_opposite_of_a_surer_one(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def package(design: LeverDesign, at: int) -> tuple[int, ...]:
        comes = design.contrasts[at].side == "calmer"
        return (design.column("light", "darker"),) if comes else ()

    monkeypatch.setattr(LeverDesign, "package", package)
    light = SURE | {"grade": "confirmed"}
    assert poles(advised(index, monkeypatch, {"lighter": light, "calmer": SURE})) == ["lighter"]
    assert poles(advised(index, monkeypatch, {"lighter": SURE, "calmer": light})) == ["calmer"]


def test_two_people_read_in_the_very_same_picture_are_no_example(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = advised(index, monkeypatch, {"two people": SURE, "darker": SURE})
    assert {one.pole: len(one.pairs) for one in told.directions} == {"darker": 3, "two people": 0}


def test_a_package_is_as_sure_as_its_surest_side(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    tested = SURE | {"grade": "tested", "reason": "an experiment"}
    (one,) = advised(index, monkeypatch, {"darker": SURE, "cooler": tested}).directions
    assert (one.pole, one.grade, one.reason) == ("darker", "tested", "an experiment")
    assert one.headline.endswith(", tested.")
    (one,) = advised(index, monkeypatch, {"darker": tested, "cooler": SURE}).directions
    assert (one.pole, one.grade, one.reason) == ("darker", "tested", "an experiment")
    assert one.test is None
    asked = {"darker": SURE | {"experiments": 1, "reason": "an experiment"}}
    assert advised(index, monkeypatch, asked).directions[0].test == "an experiment"


def test_only_what_is_surely_won_and_supported_is_advised(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    slight = SURE | {"low": 0.01}
    sides = {"two people": SURE, "darker": slight}
    assert poles(advised(index, monkeypatch, sides)) == ["two people", "darker"]
    sides = {"two people": SURE, "darker": SURE | {"low": 0.15}}
    told = advised(index, monkeypatch, sides)
    assert poles(told) == ["darker", "two people"], "by all the steps that artwork went"
    dark = told.directions[0]
    assert dark.steps > 1.5
    assert (dark.low, dark.effect, dark.reach) == (0.15 * dark.steps, 0.3 * dark.steps, 1.0)
    for less in ({"low": 0.0}, {"low": -0.01}, {"grade": "suggestive"}):
        changed = {"two people": SURE | less, "darker": slight}
        assert poles(advised(index, monkeypatch, changed)) == ["darker"], less


def test_what_surely_costs_plays_is_avoided_and_room_is_left_for_what_does_nothing(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = UNSURE | {"reason": NO_EFFECT}
    rest = dict.fromkeys(("nobody", "one person", "two people"), idle)
    quiet = {"softer": idle, "stronger": idle, "softer focus": idle, "sharper focus": idle}
    told = advised(index, monkeypatch, {"calmer": LOSS, **rest, **quiet})
    assert [one.pole for one in told.avoid] == ["calmer"]
    assert told.avoid[0].headline.startswith("Avoid a calmer picture: -")
    assert told.leave_alone == ("contrast",), "one beside one to avoid"
    assert told.avoid[0].pairs == ()
    assert "Costs" not in told.avoid[0].headline, "its own cost is told"
    assert advised(index, monkeypatch, rest | quiet).leave_alone == ("contrast", "focus")
    heat = {"cooler": idle, "warmer": idle}
    assert advised(index, monkeypatch, heat).leave_alone == ("heat",)
    darker = advised(index, monkeypatch, {"darker": SURE, **heat})
    assert darker.leave_alone == (), "cooler comes with what is advised"
    free = advised(index, monkeypatch, rest)
    assert (free.avoid, free.leave_alone) == ((), ("cast",))
    some = advised(index, monkeypatch, rest | {"nobody": UNSURE})
    assert some.leave_alone == (), "not every side of it does nothing"
    vague = advised(index, monkeypatch, {"calmer": LOSS | {"high": 0.0}})
    assert vague.avoid == ()


def test_levers_of_which_too_few_titles_turned_every_side_are_named(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = UNSURE | {"reason": TOO_FEW}
    casts = dict.fromkeys(("nobody", "one person", "two people"), few)
    told = advised(index, monkeypatch, casts)
    assert told.unknown == "Past artwork cannot tell about cast: too few titles vary in it."
    for side in casts:
        assert advised(index, monkeypatch, casts | {side: UNSURE}).unknown == "", side


def test_a_wish_is_answered_by_what_is_known_of_the_side_it_names(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = ["two people", "a calmer sea", "something darker"]
    told = advised(
        index,
        monkeypatch,
        {"two people": SURE, "calmer": LOSS, "darker": UNSURE | {"titles": 19}},
        must_show=wishes,
    ).wishes
    assert told[0].startswith("“two people” (two people): past artwork speaks for it, +")
    assert told[1].startswith("“a calmer sea” (calmer): past artwork speaks against it, -")
    assert told[2] == "“something darker” (darker): insufficient data, 19 titles vary in it."
