"""What every list of a board holds, and in which order, against what was planted."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.answers.advice import Direction
from assistant.answers.answer import Answer, answer_brief
from assistant.answers.brief import Brief
from assistant.answers.lift import audience_lift
from assistant.answers.match import read_artworks, read_tags
from assistant.answers.suite import Suite, cover, plan_suite
from assistant.boards.content import Board, Still, Turn
from assistant.boards.desk import Desk
from assistant.boards.edits import Edits, arrange, press, reordered
from assistant.boards.make import make_board
from assistant.boards.slate import compare_briefs
from assistant.experiments.designs import Design
from assistant.experiments.open_questions import audience_slices, open_questions
from assistant.experiments.plan_file import load_plans, write_plans
from assistant.experiments.plans import propose_tests
from assistant.insights.evidence import read_effects
from assistant.insights.outcomes import audience_experiments
from assistant.wording import Interval, relative_change
from index.errors import InputError
from index.features.levers.lever import Lever
from index.store import Index
from tests.planted import BRIEF, Z90, Art, Tag, Title, Words, plant
from tests.world_index import NAMES, plant_world
from tests.worlds import (
    LEVERS,
    ONE_BY_ONE,
    TOGETHER,
    World,
    everywhere,
    evidence_of,
    make_world,
    only,
    part_of,
)

EFFECTS = {
    "darker": everywhere(0.4),
    "two people": everywhere(0.3),
    "calmer": only(c0=0.45, c1=-0.45),
    "busier": everywhere(-0.2),
    "stronger": only(tv=0.35, mobile=-0.35),
    "cooler": everywhere(-0.35),
    "warmer": everywhere(-0.25),
}
KINDS = {"darker": "dark", "two people": "pairs", "cooler": "cool", "calmer": "calm",
         "another take": "takes"}  # fmt: skip
MOSTLY_ROMANCE = {"Romance": 0.6, "Action": 0.3, "Nature": 0.1}
WORDS = Words({"New": (1, 0, 0)})


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(EFFECTS, 21, titles=30, impressions=2000)


@pytest.fixture(scope="module")
def index(world: World, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Two people are another picture than their title's, everything else is the same one."""
    turns = np.linspace(0, np.pi / 2, len(world.titles))
    at = dict(zip(world.titles["title_id"], turns, strict=True))

    def art(row: int) -> dict[str, object]:
        if world.edit[row] != "two people":
            return {}
        turn = at[world.artworks["title_id"].iloc[row]]
        return {"looks": (0.8 * np.cos(turn), 0.8 * np.sin(turn), 0.6)}

    return plant_world(tmp_path_factory.mktemp("index"), world, kinds=KINDS, art=art)


def ask(index: Index, **brief: object) -> Answer:
    asked = Brief.model_validate({"title": "New", "audience": MOSTLY_ROMANCE, **brief})
    return answer_brief(asked, BRIEF, index, WORDS)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def answer(index: Index) -> Answer:
    return ask(index)


@pytest.fixture(scope="module")
def suite(answer: Answer, index: Index) -> Suite:
    found = plan_suite(answer, index)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def board(answer: Answer, suite: Suite, index: Index) -> Board:
    return make_board(answer, suite, Desk(index, WORDS), shown=3)  # type: ignore[arg-type]


def poles(directions: tuple[Direction, ...]) -> list[str]:
    return [one.pole for one in directions]


def planted(world: World, artwork: str) -> str:
    """The edit that an artwork is."""
    return str(world.edit[int(artwork[1:])])


# Directions.


def test_directions_are_what_was_planted_to_win_the_largest_sure_gain_first(
    answer: Answer, world: World
) -> None:
    assert poles(answer.advice.directions) == ["darker", "two people", "calmer"]
    audience = {"c0": 0.6, "c1": 0.3, "c2": 0.1}
    for one in answer.advice.directions:
        truth = sum(w * world.effect(one.pole, cluster) for cluster, w in audience.items())
        assert one.effect == pytest.approx(truth, abs=0.06)
        assert one.low < one.effect < one.high
        assert one.change.middle == pytest.approx(
            relative_change(one.effect, answer.take_fraction or 0)
        )
    least = [one.low for one in answer.advice.directions]
    assert least == sorted(least, reverse=True)


def test_a_direction_must_win_with_half_of_the_audience(index: Index, answer: Answer) -> None:
    calmer = answer.advice.directions[2]
    assert calmer.reach == pytest.approx(0.6)
    assert calmer.headline.endswith("Costs 33% with Action.")
    split = ask(index, audience={"Romance": 0.49, "Nature": 0.51})
    assert poles(split.advice.directions) == ["darker", "two people"], "0.49 gain by it"
    split = ask(index, audience={"Romance": 0.5, "Nature": 0.5})
    assert "calmer" in poles(split.advice.directions)


def test_who_gains_is_told_by_cluster_largest_share_first(index: Index) -> None:
    told = ask(index, audience={"Nature": 0.1, "Romance": 0.6, "Action": 0.3}).advice
    calmer = told.directions[2]
    assert [one.name for one in calmer.by_cluster] == ["Romance", "Action", "Nature"]
    romance, action, nature = calmer.by_cluster
    assert romance.low > 0 > action.high
    assert nature.low < 0 < nature.high
    assert [one.grade for one in calmer.by_cluster] == ["confirmed", "confirmed", "insufficient"]
    assert {one.name for one in calmer.by_platform} == {"tv", "mobile"}
    assert all(one.low > 0 for one in told.directions[0].by_platform)


def test_a_direction_tells_what_its_lever_is_measured_by(answer: Answer) -> None:
    darker = {one.feature: one for one in answer.advice.directions[0].members}
    assert set(darker) == {"brightness", "black_share"}
    assert darker["brightness"].side == pytest.approx(darker["brightness"].middle - 0.16, abs=0.02)
    assert darker["black_share"].side == pytest.approx(
        darker["black_share"].middle + 0.10, abs=0.02
    )
    assert answer.advice.directions[1].members == (), "a choice has no scale"


def test_pairs_show_a_direction_on_titles_of_the_briefs_kind(answer: Answer, world: World) -> None:
    for one in answer.advice.directions:
        assert len(one.pairs) == 3
        assert len({pair.worked.title for pair in one.pairs}) == 3
        for pair in one.pairs:
            assert planted(world, pair.worked.artwork_id) == one.pole
            assert planted(world, pair.failed.artwork_id) != one.pole
            assert pair.worked.title == pair.failed.title
            assert pair.worked.change is not None
            assert pair.failed.change is not None
            assert pair.worked.change.middle > pair.failed.change.middle
            assert pair.changed[0].startswith(one.pole)
            assert pair.change.same_picture == (one.lever != "cast")
        near = {f"Title {number}" for number in range(8)}
        assert {pair.worked.title for pair in one.pairs} <= near, "titles of the brief's kind"


def test_what_costs_plays_is_told_once_a_lever_and_not_against_what_is_advised(
    index: Index, answer: Answer
) -> None:
    assert poles(answer.advice.avoid) == ["cooler"], "busier is the opposite of calmer"
    assert answer.advice.avoid[0].headline.startswith("Avoid a cooler picture: -3")
    everyone = ask(index, audience=None)
    assert poles(everyone.advice.directions) == ["darker", "two people"]
    assert poles(everyone.advice.avoid) == ["cooler", "busier"], "the larger loss first"
    assert all(one.high < 0 for one in everyone.advice.avoid)
    action = ask(index, audience={"Action": 1}, platforms=["mobile"])
    assert poles(action.advice.avoid) == ["calmer", "stronger"], "two at most"


def test_no_more_than_two_things_are_told_to_avoid_or_to_leave_alone(
    index: Index, answer: Answer
) -> None:
    assert answer.advice.leave_alone == ("contrast",), "it helps on one platform as it costs"
    assert ask(index, audience=None).advice.leave_alone == (), "two are to be avoided"
    assert answer.advice.unknown == ""


def test_contradictions_are_told_of_what_is_advised_first(index: Index, answer: Answer) -> None:
    first, second = answer.advice.contradictions
    assert first.startswith("Calmer: +5")
    assert "with Romance" in first
    assert ", but -31% with Action" in first
    assert second.startswith("Stronger: +4")
    assert " on tv, but -2" in second
    (alone,) = ask(index, audience={"Action": 1}).advice.contradictions
    assert "Romance" not in alone, "nobody else is spoken of"
    assert ask(index, audience=None).advice.contradictions == ()


def test_a_cluster_that_hardly_watches_is_not_spoken_of(index: Index) -> None:
    some = ask(index, audience={"Romance": 0.98, "Action": 0.02}).advice.contradictions
    assert any("with Action" in one for one in some)
    hardly = ask(index, audience={"Romance": 0.99, "Action": 0.01}).advice.contradictions
    assert not any("with Action" in one for one in hardly)


def test_at_most_five_directions_are_given_and_the_weakest_gives_way(tmp_path: Path) -> None:
    gains = {"darker": 0.6, "two people": 0.55, "calmer": 0.5, "warmer": 0.45, "softer": 0.4,
             "softer focus": 0.2}  # fmt: skip
    edits = {name: ONE_BY_ONE.get(name, {"focus": -2.0}) for name in ("as it is", *gains)}
    effects = {name: everywhere(gain) for name, gain in gains.items()}
    world = make_world(effects, 5, titles=40, edits=edits, impressions=3000)
    told = ask(plant_world(tmp_path, world), audience=None).advice
    assert set(poles(told.directions)) == set(gains) - {"softer focus"}


def test_what_else_to_mind_is_all_on_the_board(board: Board, index: Index) -> None:
    advice = board.answer.advice
    assert board.mind == (
        *advice.contradictions,
        "Leave alone: contrast (no effect worth having).",
    )
    wished = ask(index, must_show=["a dog"])
    unsure = replace(wished, advice=replace(wished.advice, unknown="Nobody knows.", leave_alone=()))
    made = make_board(unsure, None, Desk(index, WORDS))  # type: ignore[arg-type]
    assert made.mind == (*advice.contradictions, *wished.advice.wishes, "Nobody knows.")


def test_past_artwork_speaks_for_or_against_what_must_be_shown(index: Index) -> None:
    told = ask(index, must_show=["two people", "nobody", "a calmer mood", "a cooler sky", "a dog"])
    pair, nobody, calmer, cooler, dog = told.advice.wishes
    assert pair.startswith("“two people” (two people): past artwork speaks for it, +3")
    assert pair.endswith(" plays, 30 titles, confirmed.")
    assert nobody.startswith("“nobody” (nobody): ")
    assert "speaks for it" in calmer
    assert "speaks against it, -3" in cooler
    assert dog == "“a dog”: it is not measured, so past artwork says nothing for or against it."


def test_what_winners_share_is_told_by_feature(index: Index, answer: Answer) -> None:
    rows = answer.to_json(index)["shared_features"]
    shared = {row["level"] or row["feature"]: row for row in rows}
    for name, sign in (("pair", 1), ("brightness", -1), ("black_share", 1), ("clutter", -1)):
        row = shared[name]
        assert row["grade"] == "confirmed", name
        assert sign * row["difference"] == pytest.approx(
            sign * (row["exemplar_mean"] - row["baseline_mean"])
        )
        assert min(sign * row["low"], sign * row["high"]) > 0, name
        assert row["titles"] == 30
    assert shared["warm_cool"]["grade"] == "insufficient"
    grades = ["confirmed", "supported", "suggestive", "insufficient"]
    order = [grades.index(row["grade"]) for row in rows]
    assert order == sorted(order)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Darker and lighter both win; two people win most, in a few titles; so does a gun."""
    effects = {"darker": everywhere(0.65), "lighter": everywhere(0.35),
               "two people": everywhere(0.62), "another take": everywhere(0.6)}  # fmt: skip
    whole = make_world(effects, 25, titles=40, impressions=300, spread=0.3)
    number = whole.artworks["title_id"].str[-4:].astype(int).to_numpy()
    world = part_of(whole, (whole.edit != "two people") | (number < 12))
    gun = (world.edit == "another take").astype(float)
    things = Lever(name="things", label="things", flags="concepts")
    return plant_world(
        tmp_path_factory.mktemp("other"), world, levers=[*LEVERS, things],
        art=lambda row: {"features": {"shows_gun": gun[row]}},
    )  # fmt: skip


def test_what_is_surely_won_ranks_and_not_what_is_probably_won(other: Index) -> None:
    found = ask(other, audience=None).advice.directions
    pair = next(one for one in found if one.pole == "two people")
    assert pair.titles == 12
    assert pair.effect == max(one.effect for one in found)
    assert pair == found[-1], "few titles have two people"
    assert ask(other, audience=None).advice.unknown == "", "though of nobody nothing is known"
    least = [one.low for one in found]
    assert least == sorted(least, reverse=True)


def test_a_lever_is_turned_one_way_even_where_both_win(other: Index) -> None:
    told = ask(other, audience=None).advice
    assert "lighter" not in poles(told.directions)
    assert len({one.lever for one in told.directions}) == len(told.directions)


def test_what_a_brief_avoids_is_neither_advised_nor_asked_about(other: Index) -> None:
    free, careful = ask(other, audience=None), ask(other, audience=None, avoid=["guns"])
    gun = "a gun"
    assert gun in poles(free.advice.directions)
    assert gun in {one.pole for one in propose_tests(free, other, k=20)}
    assert gun not in poles(careful.advice.directions)
    assert gun not in {one.pole for one in propose_tests(careful, other, k=20)}


def test_levers_that_always_move_together_are_one_direction(tmp_path: Path) -> None:
    together = make_world(
        {"dusk": everywhere(0.4), "two people": everywhere(0.2)}, 26, titles=24, edits=TOGETHER,
        impressions=1500,
    )  # fmt: skip
    told = ask(plant_world(tmp_path, together), audience=None).advice
    assert poles(told.directions) == ["darker", "two people"]
    assert told.directions[0].package == (("heat", "cooler"),)
    assert told.directions[0].headline.startswith("Go darker (with a cooler picture): +3")
    assert told.directions[1].package == ()


def test_a_lever_that_travels_with_one_that_works_is_not_advised_for_itself(
    tmp_path: Path,
) -> None:
    edits = TOGETHER | {
        "evening": {"light": -2.0, "heat": -1.8}, "darker": {"light": -2.0},
        "cooler": {"heat": -2.0}, "cold": {"heat": -2.0},
    }  # fmt: skip
    works = dict.fromkeys(("dusk", "evening", "darker"), everywhere(0.4))
    world = make_world(works, 22, titles=30, edits=edits, impressions=1500)
    index = plant_world(tmp_path, world)
    sides = read_effects(index).query("cluster == 'all' and platform == 'all' and genre == 'all'")
    cooler = sides[sides["side"] == "cooler"].iloc[0]
    assert (cooler["low"] > 0, cooler["grade"]) == (True, "confirmed"), "by itself it seems to win"
    assert poles(ask(index, audience=None).advice.directions) == ["darker"]


def test_those_who_lose_most_are_named_and_what_too_few_titles_turned(tmp_path: Path) -> None:
    effects = {"calmer": only(c0=0.5, c1=-0.2, c2=-0.5), "two people": everywhere(0.4)}
    whole = make_world(effects, 27, titles=24, impressions=1500)
    number = whole.artworks["title_id"].str[-4:].astype(int).to_numpy()
    index = plant_world(tmp_path, part_of(whole, (whole.edit != "two people") | (number < 5)))
    answer = ask(index, audience={"Romance": 0.8, "Action": 0.1, "Nature": 0.1})
    told = answer.advice
    (calmer,) = told.directions
    assert re.search(r"Costs 3\d% with Nature\.$", calmer.headline)
    assert [name for name, _ in Turn(calmer).costs] == ["Nature", "Action"]
    assert told.unknown == "Past artwork cannot tell about cast: too few titles vary in it."
    asked = {one.lever for one in propose_tests(answer, index, k=20)}
    assert "clutter" in asked
    assert "cast" not in asked, "past artwork says nothing that a test could start from"


def test_where_nothing_can_be_advised_it_says_what_is_missing(tmp_path: Path) -> None:
    whole = make_world(EFFECTS, 29, titles=9)
    last = whole.artworks["title_id"] == whole.artworks["title_id"].max()
    few = part_of(whole, ~(last & last.duplicated()).to_numpy())
    told = ask(plant_world(tmp_path / "few", few), audience=None).advice
    assert told.directions == ()
    assert told.too_thin == (
        "no direction can be given yet: 2 more titles with two or more artworks are needed"
    )
    for titles in (10, 20):
        idle = make_world({}, 30, titles=titles)
        told = ask(plant_world(tmp_path / f"idle {titles}", idle), audience=None).advice
        assert told.directions == ()
        assert told.too_thin.startswith("no direction can be given: nothing that past artwork was")


# Pictures.


def test_exemplars_are_winners_of_near_titles_beside_losers_of_the_same(
    answer: Answer, world: World
) -> None:
    assert len(answer.exemplars) == 8
    assert len({one.title_id for one in answer.exemplars}) == 8
    winners = {"darker", "two people", "calmer"}
    losers = {"cooler", "warmer", "busier", "stronger", "softer"}
    for one in answer.exemplars:
        assert one.counter_example is not None
        edit, other = planted(world, one.artwork_id), one.counter_example["artwork_id"]
        assert edit in winners
        assert planted(world, other) in losers
        assert one.counter_example["title_id"] == one.title_id
        start = "Another picture: " if edit == "two people" else "Same picture: "
        assert one.counter_example["changed"].startswith(start)
        if edit == "darker":
            assert "darker" in one.counter_example["changed"], "from the loser to the winner"
    scores = [one.score for one in answer.exemplars]
    assert scores[0] == max(scores)
    assert {one.title for one in answer.exemplars} == {f"Title {n}" for n in range(8)}


def test_further_exemplars_wait_on_the_bench(board: Board, answer: Answer) -> None:
    ids = [one.artwork_id for one in answer.exemplars]
    assert [one.worked.artwork_id for one in board.pairs] == ids[:3]
    assert [one.worked.artwork_id for one in board.bench] == ids[3:]
    first = board.pairs[0]
    assert dict(first.parts)["relevance"] == f"{answer.exemplars[0].relevance:.0%}"
    assert dict(first.parts)["watched by this audience"] == "1.0× as much as by all"
    assert first.failed is not None
    assert first.relation == "same title"
    assert first.worked.change is not None
    assert first.failed.change is not None
    assert first.worked.change.low > 0 > first.failed.change.high


def test_the_worst_of_near_titles_stand_first_and_one_a_title(
    board: Board, index: Index, answer: Answer
) -> None:
    tags, artworks = read_tags(index), read_artworks(index)
    lift = audience_lift(tags, answer.audience.weights, [])
    high = dict(zip(artworks.ids, lift.high, strict=True))
    titles = [one.title for one in board.worst]
    assert sorted(titles) == [f"Title {number}" for number in range(8)]
    found = [high[one.artwork_id] for one in board.worst]
    assert found == sorted(found)
    for one in board.worst:
        own = [high[a] for a, row in zip(artworks.ids, artworks.title_rows, strict=True)
               if artworks.title_names[row] == one.title]  # fmt: skip
        assert high[one.artwork_id] == min(own)


def test_the_kinds_of_picture_that_move_the_audience_most_are_shown(
    board: Board, world: World
) -> None:
    seen = [planted(world, one.pieces[0].artwork_id) for one in board.themes]
    assert len(seen) == 4
    assert "another take" not in seen, "which makes no difference"
    assert seen[-1] == "two people"
    dark = next(one for one in board.themes if one.name == "Darker pictures")
    assert (dark.artworks, dark.titles) == (30, 30)
    assert [who for who, _, _ in dark.effects] == ["everyone", "Romance", "Action", "Nature"]
    calm = next(one for one in board.themes if one.name == "Calmer pictures")
    told = {who: change for who, change, _ in calm.effects}
    assert told["Romance"].low > 0 > told["Action"].high
    assert told["Romance"].middle == pytest.approx(np.expm1(0.45) * 0.83, abs=0.08)


def test_a_kind_that_divides_the_audience_counts_by_both_sides(index: Index, world: World) -> None:
    told = make_board(ask(index, audience={"Nature": 1}), None, Desk(index, WORDS))  # type: ignore[arg-type]
    seen = [planted(world, one.pieces[0].artwork_id) for one in told.themes]
    assert set(seen[:3]) == {"darker", "cooler", "two people"}, "nature is moved by these alone"


# A suite.


def test_a_suite_serves_every_cluster_and_says_what_it_keeps(
    suite: Suite, world: World, index: Index
) -> None:
    first, *others = suite.concepts
    assert planted(world, first.piece.artwork_id) in {"darker", "two people"}
    assert set(first.reaches) == {"Romance", "Action", "Nature"}
    assert first.adds == pytest.approx(1.0)
    assert suite.covered == pytest.approx(1.0)
    assert suite.uncovered == ()
    assert all(one.reaches == () and one.adds == 0 for one in others), "nobody is counted twice"
    for one in suite.concepts:
        edit = planted(world, one.piece.artwork_id)
        assert one.keep == ((edit,) if edit in {"darker", "two people", "calmer"} else ())
    calm = next(one for one in others if planted(world, one.piece.artwork_id) == "calmer")
    told = {one.cluster: one.verdict for one in calm.serves}
    assert told == {"Romance": "serves", "Action": "puts off", "Nature": told["Nature"]}
    assert len({one.piece.title for one in suite.concepts}) == 3


def test_a_suite_starts_from_the_titles_nearest_to_the_brief(
    answer: Answer, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answers.answer.POOL_TITLES", 3)
    found = plan_suite(answer, index)
    assert found is not None
    near = {"Title 0", "Title 1", "Title 2", "Title 3"}
    assert {one.piece.title for one in found.concepts} <= near
    changes = [one.change for concept in found.concepts for one in concept.serves]
    assert len(changes) > len(found.concepts)
    assert all(one.low < one.middle < one.high for one in changes)
    ids = {share.name: share.cluster for share in answer.audience.shares}
    for concept in found.concepts:
        row = read_artworks(index).ids.index(concept.piece.artwork_id)
        for one in concept.serves:
            lift = audience_lift(read_tags(index), {ids[one.cluster]: 1.0}, ())
            usual = lift.usual_take
            assert usual is not None
            odds = usual / (1 - usual) * np.exp(lift.lift[row])
            assert one.change.middle == pytest.approx(odds / (1 + odds) / usual - 1)


def test_a_concept_says_whom_it_serves_whom_it_puts_off_and_what_is_not_sure(
    tmp_path: Path,
) -> None:
    told = {"a": {"c0": 0.5, "c1": -0.4}, "b": {"c0": 0.1, "c1": 0.6}, "c": {"c0": 0.3}}
    tags = [Tag(art, 0.1) for art in told]
    tags += [Tag(art, lift, cluster=who) for art, of in told.items() for who, lift in of.items()]
    index = plant(
        tmp_path, [Title(name) for name in told], [Art(name, name) for name in told], tags,
        clusters=NAMES, affinity=[(title, who, 0.0, 100) for title in told for who in NAMES],
    )  # fmt: skip
    found = plan_suite(ask(index, audience={"Romance": 0.5, "Action": 0.3, "Nature": 0.2}), index)
    assert found is not None
    verdicts = {
        one.piece.artwork_id: {served.cluster: served.verdict for served in one.serves}
        for one in found.concepts
    }
    assert verdicts == {
        "b": {"Romance": "inconclusive", "Action": "serves"},
        "a": {"Romance": "serves", "Action": "puts off"},
    }
    assert [(one.reaches, one.adds) for one in found.concepts] == [
        (("Action",), 0.3), (("Romance",), 0.5),
    ]  # fmt: skip
    assert (found.covered, found.uncovered) == (pytest.approx(0.8), (("Nature", 0.2),))


def test_a_suite_goes_by_what_is_sure_and_takes_a_title_once(tmp_path: Path) -> None:
    arts = [Art("a1", "a"), Art("b1", "b"), Art("b2", "b")]
    tags = [Tag("a1", 0.55, 0.15), Tag("b1", 0.45, 0.02), Tag("b2", 0.44, 0.02)]
    index = plant(tmp_path, [Title("a"), Title("b")], arts, tags)
    found = plan_suite(answer_brief(Brief(title="New"), BRIEF, index, WORDS), index)  # type: ignore[arg-type]
    assert found is not None
    assert [one.piece.artwork_id for one in found.concepts] == ["b1"]
    low = np.array([[0.5, 0.0], [0.0, 0.4], [0.0, 0.3]])
    assert [row for row, _ in cover(low, np.ones(2), ["a", "a", "b"], 3)] == [0, 2]


def test_a_slate_names_what_several_briefs_show_and_whom_most_of_them_leave_out(
    board: Board, suite: Suite
) -> None:
    def left(*names: str) -> Suite:
        return replace(suite, uncovered=tuple((name, 0.1) for name in names))

    few = replace(board.answer, exemplars=board.answer.exemplars[1:3])
    slate = compare_briefs([
        replace(board, suite=left("a", "b", "d")),
        replace(board, answer=few, suite=left("b", "a")),
        replace(board, answer=replace(few, exemplars=few.exemplars[:1]), suite=left("a", "c")),
        replace(board, suite=None, answer=replace(few, exemplars=())),
    ])  # fmt: skip
    second, third = (one.artwork_id for one in board.answer.exemplars[1:3])
    assert [(one, len(briefs)) for one, _, briefs in slate.repeated] == [(second, 3), (third, 2)]
    assert slate.gaps == (
        "No past artwork fits New.",
        "Nothing did well yet with a in 3 of 4 briefs.",
        "Nothing did well yet with b in 2 of 4 briefs.",
        "Nothing did well yet with d in 1 of 4 briefs.",
    )
    assert [row.briefs for row in slate.rows] == [4, 4, 4, 0]
    assert slate.rows[-1].pole == "cooler"
    assert [one is not None and one.what for one in slate.rows[-1].stances] == ["avoid"] * 4


def test_who_is_served_by_nothing_is_named_with_their_share(tmp_path: Path) -> None:
    shy = {edit: only(c0=0.4, c1=-0.4) for edit in ("darker", "calmer")}
    small = plant_world(tmp_path, make_world(shy, 5, titles=12, impressions=900, spread=0.0))
    found = plan_suite(ask(small, audience={"Romance": 0.3, "Nature": 0.7}), small)
    assert found is not None
    assert found.covered == pytest.approx(0.3)
    assert found.uncovered == (("Nature", pytest.approx(0.7)),)


# What to test next.


def test_what_is_advised_is_asked_first_then_gains_then_costs(index: Index, answer: Answer) -> None:
    plans = propose_tests(answer, index, k=20)
    asked = [one.pole for one in plans]
    assert set(asked[:3]) == {"darker", "two people", "calmer"}
    assert len({one.lever for one in plans}) == len(plans), "one question a lever"
    worth = [abs(one.effect) * answer.audience.weights.get(one.cluster, 1) for one in plans[:3]]
    assert worth == sorted(worth, reverse=True)
    known = [one.grade != "insufficient" for one in plans[3:]]
    assert known == sorted(known, reverse=True), "what is seen before what is not"
    gains = [one.effect > 0 for one in plans[3:] if one.grade != "insufficient"]
    assert gains == sorted(gains, reverse=True), "gains before costs"
    assert gains[-1] is False
    assert len(propose_tests(answer, index, k=2)) == 2


def test_a_plan_says_what_to_make_and_how_long_it_takes(index: Index, world: World) -> None:
    told = ask(index, must_show=["a dog"])
    calm = propose_tests(told, index, k=5, traffic=1000)[0]
    assert calm.question == (
        "Would a calmer picture win plays with Romance when nothing else changes?"
    )
    assert (calm.cluster, calm.cluster_name, calm.platform) == ("c0", "Romance", "all")
    assert calm.change == "A calmer picture in A; B is the same artwork, unchanged"
    assert calm.keep == ("a dog",)
    assert calm.effect == pytest.approx(0.45, abs=0.06)
    assert calm.low < calm.effect < calm.high
    assert calm.p_positive > 0.999
    assert calm.daily_impressions == pytest.approx(600)
    assert calm.days == -(-2 * calm.impressions_per_arm // 600)
    turned, middle = calm.arms
    assert (turned.name, middle.name) == ("A", "B")
    assert {planted(world, one["artwork_id"]) for one in turned.artworks} == {"calmer"}
    assert "calmer" not in {planted(world, one["artwork_id"]) for one in middle.artworks}
    titles = [one["title_id"] for one in turned.artworks]
    assert titles == [one["title_id"] for one in middle.artworks]
    raised = calm.take_fraction * 1.1
    assert calm.smallest_effect == pytest.approx(
        np.log(raised / (1 - raised)) - np.log(calm.take_fraction / (1 - calm.take_fraction))
    )
    looks = propose_tests(told, index, k=5, design=Design.ALWAYS_VALID)[0]
    assert looks.impressions_per_arm > calm.impressions_per_arm
    assert looks.days is None
    large = propose_tests(told, index, k=5, smallest_change=0.2)[0]
    assert large.impressions_per_arm < calm.impressions_per_arm / 3
    most = propose_tests(told, index, k=1, smallest_change=1000)[0]
    reached = most.take_fraction * (1 + most.smallest_change)
    assert 1 - reached == pytest.approx(0.1 * (1 - most.take_fraction)), "of all who did not play"


def test_a_test_with_everyone_reaches_all_of_the_traffic(index: Index) -> None:
    plans = propose_tests(ask(index, audience=None), index, k=5, traffic=1000)
    whole = [one for one in plans if (one.cluster, one.platform) == ("all", "all")]
    assert whole
    assert {one.daily_impressions for one in whole} == {1000.0}


def test_what_is_not_on_the_page_moves_nothing() -> None:
    keys = ["a", "b", "c"]
    assert reordered(keys, "a", "down", keys) == ("b", "a", "c")
    assert reordered(keys, "gone", "down", keys) == ("a", "b", "c")
    assert reordered(keys, "a", "down", ["b", "c"]) == ("a", "b", "c")


def test_what_is_dropped_is_dropped_and_nothing_else(board: Board) -> None:
    still = Still(file="0123456789abcdef.webp")
    edits = Edits(brief={"title": "New"}, stills=(still,))
    first, *rest = [one.key for one in board.turns]
    fewer = press(edits, f"turn-drop:{first}", lambda: board)
    assert fewer.directions == tuple(rest)
    assert fewer.stills == (still,)
    gone = press(fewer, f"still-drop:{still.file}", lambda: board)
    assert (gone.stills, gone.directions) == ((), tuple(rest))


@pytest.mark.parametrize("name", ["plan.yaml", "plan.json", "plan.YML"])
def test_plans_are_recorded_as_they_will_be_read(
    index: Index, answer: Answer, tmp_path: Path, name: str
) -> None:
    plans = propose_tests(answer, index, k=5, traffic=1000)
    assert all(re.fullmatch("h-[0-9a-f]{8}", one.id) for one in plans)
    write_plans(tmp_path / name, "New", plans)
    text = (tmp_path / name).read_text()
    assert (text.startswith("{") and text.endswith("}\n")) is (name == "plan.json")
    kept = load_plans([tmp_path / name])
    assert list(kept) == [one.id for one in plans]
    first = kept[plans[0].id]
    assert (first.lever, first.pole, first.cluster) == ("clutter", "calmer", "c0")
    assert first.effect == pytest.approx(plans[0].effect)
    assert (first.low, first.high) == pytest.approx((plans[0].low, plans[0].high))
    assert first.planned is not None
    assert first.planned >= plans[0].impressions_per_arm
    for wrong, said in (("plan.txt", "neither .yaml nor .json"), ("no/plan.yaml", "not there")):
        with pytest.raises(InputError, match=said):
            write_plans(tmp_path / wrong, "New", plans)


def test_a_question_about_a_loss_has_the_turned_artwork_in_a(index: Index, world: World) -> None:
    plans = propose_tests(ask(index), index, k=20)
    cold = next(one for one in plans if one.pole == "cooler")
    assert " cost plays with " in cold.question
    assert cold.high < 0
    assert cold.p_positive < 0.001
    assert {planted(world, one["artwork_id"]) for one in cold.arms[0].artworks} == {"cooler"}
    assert "cooler" not in {planted(world, one["artwork_id"]) for one in cold.arms[1].artworks}


def test_a_question_is_about_all_titles_of_the_slice(index: Index) -> None:
    effects = read_effects(index).query("genre == 'all' and country == 'all'")
    keys = ["name", "side", "cluster", "platform"]
    whole = (effects["effect"] * effects["change"]).set_axis(
        pd.MultiIndex.from_frame(effects[keys])
    )
    plans = propose_tests(ask(index, audience=None), index, k=20)
    for one in plans:
        assert one.effect == whole[one.lever, one.pole, one.cluster, one.platform]
    assert plans


def test_levers_that_travel_are_asked_about_once_and_named_as_what_to_keep(
    tmp_path: Path,
) -> None:
    together = make_world({"dusk": everywhere(0.4)}, 26, titles=24, edits=TOGETHER)
    index = plant_world(tmp_path, together)
    plans = propose_tests(ask(index, audience=None, must_show=["a dog"]), index, k=20)
    light = next(one for one in plans if one.lever == "light")
    assert light.keep == ("heat", "a dog")
    assert "heat" not in {one.lever for one in plans}


def test_the_four_levers_that_travelled_most_are_named_as_what_to_keep(tmp_path: Path) -> None:
    storm = {"light": -2.0, "heat": -2.0, "clutter": 2.0, "contrast": 2.0, "focus": 2.0}
    edits = {
        "as it is": {}, "another take": {}, "storm": {**storm, "pair": 1.0},
        "calm": {name: -by for name, by in storm.items()}, "cooler": {"heat": -2.0},
        "warmer": {"heat": 2.0},
    }  # fmt: skip
    world = make_world({"storm": everywhere(0.4)}, 29, titles=16, edits=edits)
    index = plant_world(tmp_path, world)
    (plan,) = propose_tests(ask(index, audience=None), index, k=20)
    assert {plan.lever, *plan.keep} == {"light", "clutter", "contrast", "focus", "cast"}


def test_a_side_that_is_measured_and_never_advised_is_not_asked_about(
    world: World, tmp_path: Path
) -> None:
    quiet = {pole: side.model_copy(update={"do": ""}) for pole, side in LEVERS[0].poles.items()}
    levers = [LEVERS[0].model_copy(update={"poles": quiet}), *LEVERS[1:]]
    index = plant_world(tmp_path, world, levers=levers)
    told = ask(index)
    assert "darker" not in poles(told.advice.directions)
    assert "light" not in {one.lever for one in propose_tests(told, index, k=20)}


def question(side: str, effect: float, se: float, **more: object) -> dict[str, object]:
    return {"name": side, "side": side, "cluster": "all", "platform": "all", "genre": "all",
            "country": "all", "titles": 30, "effect": effect, "se": se, "low": effect - Z90 * se,
            "high": effect + Z90 * se,
            "change": 1.0, "step": "1", "grade": "suggestive", "experiments": 0} | more  # fmt: skip


def test_where_everybody_plays_there_is_nothing_left_to_ask() -> None:
    for plays, slices in (
        ([1000] * 4, {}),
        ([1000, 1000, 1000, 999], {("all", "all"): (1.0, 0.99975)}),
    ):
        evidence = evidence_of({"dark": [1, 0, 1, 0]}, [0, 0, 1, 1], plays)
        assert audience_slices(evidence, {"all": 1.0}, ()) == slices


def test_a_sure_gain_is_asked_about_before_a_larger_one_that_is_unsure(answer: Answer) -> None:
    rows = pd.DataFrame([
        question("unsure", 0.30, 0.20), question("noise", 0.10, 0.20), question("sure", 0.25, 0.02),
        question("loss", -0.50, 0.02), question("unknown", 0.90, 0.02, grade="insufficient"),
        question("elsewhere", 0.90, 0.02, cluster="c9"), question("answered", 0.9, 0.02),
        question("answered", 0.9, 0.02, experiments=1, cluster="c1"), question("far", 0.2, 0.02,
        change=2.0), question("few", 0.9, 0.02, titles=9), question("gun", 0.9, 0.02),
        question("here", 0.9, 0.02, cluster="c1"), question("here", 0.8, 0.02, experiments=1),
        question("just", 0.19, 0.02, titles=10), question("small", 0.15, 0.01),
    ])  # fmt: skip
    slices = {("all", "all"): (1.0, 0.1), ("c1", "all"): (0.4, 0.1)}
    found = list(open_questions(answer, rows, slices, frozenset({"gun"})))
    asked = [row["side"] for row in found]
    assert asked == ["answered", "far", "sure", "just", "unsure", "small", "loss", "unknown"]


def test_the_tests_of_a_board_are_the_first_three_in_plays(board: Board) -> None:
    assert len(board.tests) == 3
    calm = board.tests[0]
    assert calm.who == "Romance"
    assert calm.size.endswith(" impressions an arm")
    assert calm.past.low < calm.past.middle < calm.past.high
    assert calm.past.middle == pytest.approx(0.43, abs=0.08)


def test_a_brief_for_one_platform_asks_about_it(index: Index) -> None:
    plans = propose_tests(ask(index, platforms=["tv"]), index, k=20)
    strong = next(one for one in plans if one.pole == "stronger")
    assert (strong.platform, strong.effect > 0.2) == ("tv", True)
    assert strong.question.endswith(" on tv when nothing else changes?")
    assert strong.cluster_name in {"Romance", "Action", "Nature"}


def test_the_test_of_a_board_says_on_which_platform_and_a_chosen_one_comes_first(
    index: Index,
) -> None:
    board = make_board(ask(index, platforms=["tv"]), None, Desk(index, WORDS))  # type: ignore[arg-type]
    plans = propose_tests(board.answer, index, k=3)
    assert [one.who for one in board.tests] == [
        one.cluster_name if one.platform == "all" else f"{one.cluster_name}, tv" for one in plans
    ]
    last = board.tests[-1].id
    assert arrange(board, Edits(brief={"title": "New"}, test=last)).tests[0].id == last


# Turns.


def test_losses_of_a_turn_are_named_the_largest_first(answer: Answer) -> None:
    calmer = Turn(answer.advice.directions[2])
    assert [name for name, _ in calmer.costs] == ["Action"]
    assert calmer.key == "clutter/calmer"
    assert calmer.costs[0][1] < 0
    assert Turn(answer.advice.directions[0]).costs == ()
    assert isinstance(calmer.direction.change, Interval)


# Platforms of a brief.


def test_a_brief_for_one_platform_is_advised_by_what_works_there(index: Index) -> None:
    tv = ask(index, platforms=["tv"]).advice
    assert "stronger" in poles(tv.directions), "over all platforms it makes no difference"
    strong = next(one for one in tv.directions if one.pole == "stronger")
    assert strong.effect == pytest.approx(0.35, abs=0.06)
    assert strong.reach == pytest.approx(1.0)
    assert [one.name for one in strong.by_cluster] == ["Romance", "Action", "Nature"]
    assert all(one.low > 0 for one in strong.by_cluster)
    by_platform = {one.name: one.effect for one in strong.by_platform}
    assert by_platform["tv"] > 0 > by_platform["mobile"]
    mobile = ask(index, audience=None, platforms=["mobile"]).advice
    assert "stronger" in poles(mobile.avoid)
    assert "stronger" not in poles(mobile.directions)


def test_naming_every_platform_is_naming_none(index: Index, answer: Answer) -> None:
    both = ask(index, platforms=["tv", "mobile"])
    assert both.advice == answer.advice
    assert [one.score for one in both.exemplars] == [one.score for one in answer.exemplars]


# What experiments said.


def learned(**changed: object) -> pd.DataFrame:
    """An experiment as it is kept."""
    row = {
        "experiment": "h-1", "brief": "New", "lever": "light", "pole": "darker", "steps": 2.0,
        "cluster": "all", "platform": "all", "design": "fixed", "start": "2026-01-01",
        "end": "2026-01-08", "impressions_a": 20_000, "plays_a": 3_000, "impressions_b": 20_000,
        "plays_b": 2_000, "take_fraction": 0.1, "members_a": np.nan, "members_b": np.nan,
        "effect": 0.46, "se": 0.03, "low": 0.41, "high": 0.51, "expected_effect": 0.40,
        "expected_low": 0.30, "expected_high": 0.50, "expected_p_positive": 0.99,
        "registered": True, "verdict": "an experiment agrees", "why_invalid": "", "notes": "",
    }  # fmt: skip
    return pd.DataFrame([row | changed])


def test_an_experiment_with_a_small_part_of_the_audience_does_not_speak_for_it() -> None:
    rows = pd.concat([learned(cluster=name) for name in ("all", "c0", "c1", "c2")])
    found = audience_experiments(rows, {"c0": 0.55, "c1": 0.25, "c2": 0.2})
    assert found is not None
    assert found["cluster"].tolist() == ["all", "c0", "c1"]
    assert audience_experiments(None, {}) is None


def test_a_direction_says_what_an_experiment_said_of_it_and_nothing_without_one(
    world: World, answer: Answer, tmp_path: Path
) -> None:
    assert [one.test for one in answer.advice.directions] == [None, None, None]
    rows = pd.concat([
        learned(),
        learned(experiment="h-2", brief="Another", pole="lighter"),
        learned(experiment="h-3", verdict="invalid", lever="clutter", pole="calmer"),
    ])  # fmt: skip
    index = plant_world(tmp_path, world, kinds=KINDS, tables={"experiments": rows})
    told = ask(index)
    tests = {one.pole: (one.grade, one.test) for one in told.advice.directions}
    assert tests["darker"] == ("tested", "an experiment agrees")
    assert tests["two people"] == ("confirmed", None)
    assert tests["calmer"] == ("confirmed", None), "an invalid test says nothing"
    plans = propose_tests(told, index, k=20)
    assert "light" not in {one.lever for one in plans}, "everyone was asked, so every cluster was"
    assert "clutter" in {one.lever for one in plans}
    cards = make_board(told, None, Desk(index, WORDS)).tests  # type: ignore[arg-type]
    (known,) = [one for one in cards if one.result]
    assert known == cards[-1], "after what is still open"
    assert (known.question, known.who, known.grade) == ("Tested: darker", "everyone", "tested")
    assert known.size == "40,000 impressions"
    assert known.result.startswith("The test found +50% (+43% to +56%) plays: an experiment agrees")
    assert known.past.middle == pytest.approx(relative_change(0.4, 0.1))
