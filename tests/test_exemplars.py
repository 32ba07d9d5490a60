"""Which past artwork comes first for a brief, and which stands beside it as its opposite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answers.answer import Answer, answer_brief
from assistant.answers.brief import Brief
from assistant.answers.exemplars import Choice, choose, score
from assistant.answers.lift import AudienceLift
from index.audience.predict import Skill
from index.features.canvases import load_canvases
from index.records import FloatMatrix
from index.store import Index
from tests.planted import (
    BRIEF,
    Z90,
    Art,
    Tag,
    Title,
    Vector,
    Words,
    layout,
    picture,
    plant,
    unit,
)

WELL, BADLY = 0.5, -0.5
TWO = {"c1": "Romance", "c2": "Action"}


def ids(answer: Answer) -> list[str]:
    return [one.artwork_id for one in answer.exemplars]


def counters(answer: Answer) -> dict[str, str | None]:
    """The counter-example of each exemplar."""
    return {
        one.artwork_id: one.counter_example and one.counter_example["artwork_id"]
        for one in answer.exemplars
    }


def ask(index: Index, encoder: Words | None = None, k: int = 12, **brief: object) -> Answer:
    picks = brief.pop("picks", ())
    asked = Brief.model_validate({"title": "New", **brief})
    return answer_brief(asked, BRIEF, index, encoder or Words(), k=k, picks=picks)  # type: ignore[arg-type]


def relevance(answer: Answer) -> dict[str, float]:
    return {one.artwork_id: one.relevance for one in answer.exemplars}


def three_titles(folder: Path, tags: Sequence[Tag], **more: object) -> Index:
    """Three titles of one winner and one other artwork each, all alike to any brief."""
    titles = [Title("t1"), Title("t2"), Title("t3")]
    arts = [Art(f"{one.id}_{n}", one.id) for one in titles for n in (1, 2)]
    return plant(folder, titles, arts, tags, **more)  # type: ignore[arg-type]


# Relevance: a brief's words, wishes and references.


def test_the_words_of_a_title_tell_more_than_what_its_picture_shows(tmp_path: Path) -> None:
    index = plant(
        tmp_path,
        [Title("near", (1, 0, 0)), Title("far", (0, 1, 0))],
        [Art("in_words", "near", (0, 1, 0)), Art("in_picture", "far", (1, 0, 0))],
    )
    answer = ask(index, Words({"New": (1, 0, 0)}))
    assert ids(answer) == ["in_words", "in_picture"]
    found = relevance(answer)
    assert found["in_words"] - found["in_picture"] > 0.5


def test_where_titles_say_the_same_the_picture_decides(tmp_path: Path) -> None:
    titles = [Title("t1", (1, 0, 0)), Title("t2", (1, 0, 0)), Title("t3", (1, 0, 0))]
    looks: list[Vector] = [(0, 1, 0), (1, 0, 0), (1, 1, 0)]
    arts = [Art(one.id, one.id, shared=look) for one, look in zip(titles, looks, strict=True)]
    answer = ask(plant(tmp_path, titles, arts), Words({"New": (1, 0, 0)}))
    found = relevance(answer)
    assert found["t2"] > found["t3"] > found["t1"] > 0.7, "as much as titles that fit alike"


def test_artwork_that_nothing_tells_apart_is_equally_relevant(tmp_path: Path) -> None:
    titles = [Title("t1"), Title("t2"), Title("t3"), Title("t4", (1, 0, 0))]
    arts = [Art(one.id, one.id) for one in titles]
    answer = ask(plant(tmp_path, titles, arts), Words({"New": (1, 0, 0)}))
    assert relevance(answer) == {"t4": 0.85, "t1": 0.15, "t2": 0.15, "t3": 0.15}
    assert ids(answer) == ["t4", "t1", "t2", "t3"]


def test_the_only_artwork_is_as_relevant_as_can_be(tmp_path: Path) -> None:
    answer = ask(plant(tmp_path, [Title("t1")], [Art("a", "t1")]))
    assert relevance(answer) == {"a": 0.85}, "its title is the nearest, its picture as any"


def wishes(folder: Path) -> Index:
    titles = [Title(f"t{n}") for n in range(1, 4)]
    looks: list[Vector] = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    arts = [Art(one.id, one.id, shared=look) for one, look in zip(titles, looks, strict=True)]
    return plant(folder, titles, arts)


RED_BLUE = Words({"red": (1, 0, 0), "blue": (0, 1, 0), "New": (1, 1, 1)})


def test_what_a_brief_must_show_raises_pictures_of_it(tmp_path: Path) -> None:
    index = wishes(tmp_path)
    assert ids(ask(index, RED_BLUE, must_show=["red"]))[0] == "t1"
    assert ids(ask(index, RED_BLUE, must_show=["blue"]))[0] == "t2"
    assert ids(ask(index, RED_BLUE, must_show=["red", "blue"]))[2] == "t3"


def test_what_a_brief_avoids_lowers_pictures_of_it(tmp_path: Path) -> None:
    index = wishes(tmp_path)
    assert ids(ask(index, RED_BLUE, avoid=["red"]))[2] == "t1"
    assert ids(ask(index, RED_BLUE, avoid=["blue"]))[2] == "t2"
    assert ids(ask(index, RED_BLUE, avoid=["red"], must_show=["blue"])) == ["t2", "t3", "t1"]


def test_a_reference_attracts_and_never_repels(tmp_path: Path) -> None:
    titles = [Title(f"t{n}") for n in range(1, 4)]
    looks: list[Vector] = [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    arts = [Art(one.id, one.id, look, (0, 0, 1)) for one, look in zip(titles, looks, strict=True)]
    index = plant(tmp_path / "index", titles, arts)
    encoder = Words(pictures={200: (1, 0, 0.1), 100: (0, 1, 0.1)})
    one, two = picture(tmp_path / "one.png", 200), picture(tmp_path / "two.png", 100)
    assert ids(ask(index, encoder, references=[one]))[0] == "t1"
    assert ids(ask(index, encoder, references=[two]))[0] == "t2"
    assert ids(ask(index, encoder, references=[one, two]))[2] == "t3", "either attracts"


def test_of_several_references_the_nearest_counts(tmp_path: Path) -> None:
    looks: list[Vector] = [(1, 0, 0), (1, 1, 0), (0, 0, 1)]
    titles = [Title(f"t{n}") for n in range(1, 4)]
    arts = [Art(one.id, one.id, look, (0, 0, 1)) for one, look in zip(titles, looks, strict=True)]
    index = plant(tmp_path / "index", titles, arts)
    encoder = Words(pictures={200: (1, 0, 0), 100: (0, 1, 0)})
    both = [picture(tmp_path / "one.png", 200), picture(tmp_path / "two.png", 100)]
    found = relevance(ask(index, encoder, references=both))
    assert found["t1"] > found["t2"] > found["t3"], "not what lies between"


def test_a_reference_is_compared_where_texts_are_if_images_have_no_space(tmp_path: Path) -> None:
    titles = [Title("t1"), Title("t2")]
    arts = [Art("a", "t1", (0, 1, 0)), Art("b", "t2", (1, 0, 0))]
    index = plant(tmp_path / "index", titles, arts, image_space=False)
    encoder = Words({"New": (0, 0, 1)}, {200: (1, 0, 0)}, image_space=False)
    assert ids(ask(index, encoder, references=[picture(tmp_path / "r.png", 200)]))[0] == "b"


def test_pictures_that_differ_little_are_told_apart_by_a_reference_as_well(tmp_path: Path) -> None:
    encoder = Words(pictures={200: (1, 0, 0)})
    reference = [picture(tmp_path / "r.png", 200)]
    for small in (1.0, 0.01):
        titles = [Title(f"t{n}") for n in range(3)]
        arts = [Art(f"t{n}", f"t{n}", (1, small * n, 0), (0, 0, 1)) for n in range(3)]
        index = plant(tmp_path / f"{small}", titles, arts)
        found = relevance(ask(index, encoder, references=reference))
        assert found["t0"] > found["t1"] + 0.05 > found["t2"] + 0.05
        assert found["t0"] > found["t2"] + 0.15
    alike = plant(tmp_path / "alike", titles, [replace(one, looks=(1, 0, 0)) for one in arts])
    assert len(set(relevance(ask(alike, encoder, references=reference)).values())) == 1


def looking(folder: Path, **looks: tuple[Vector, Vector, Vector]) -> Index:
    """Artworks by their title's text, their picture in the space of texts and in that of images."""
    titles = [Title(name, text) for name, (text, _, _) in looks.items()]
    arts = [Art(name, name, image, shared) for name, (_, shared, image) in looks.items()]
    return plant(folder / "index", titles, arts)


YES, NO = (1, 0, 0), (0, 1, 0)


def test_how_a_brief_a_wish_and_a_reference_weigh_in_what_pictures_show(tmp_path: Path) -> None:
    """Likeness to a reference counts 1.5 standard deviations for each, a wish half of what the
    brief's text does: all squeezed to three tenths of relevance."""
    index = looking(tmp_path, near=(YES, NO, YES), far=(YES, NO, NO))
    reference = [picture(tmp_path / "r.png", 200)]
    found = relevance(ask(index, Words({"New": NO}, {200: YES}), references=reference))
    plain = relevance(ask(index, Words({"New": NO}, {200: YES})))
    assert plain["near"] == plain["far"]
    middle = np.arctanh((plain["near"] - 0.7) / 0.15 - 1)
    gained = np.arctanh((found["near"] - 0.7) / 0.15 - 1) - middle
    assert 2 * gained == pytest.approx(1.5, abs=0.02)


def test_a_title_that_fits_outweighs_a_reference(tmp_path: Path) -> None:
    encoder = Words({"New": YES}, {200: YES})
    reference = [picture(tmp_path / "r.png", 200)]
    index = looking(tmp_path, fits=(YES, NO, NO), alike=(NO, YES, YES))
    assert ids(ask(index, encoder, references=reference)) == ["fits", "alike"]
    index = looking(tmp_path / "2", fits=(YES, YES, NO), alike=(YES, NO, YES))
    assert ids(ask(index, encoder, references=reference)) == ["alike", "fits"]


def test_what_a_picture_is_of_counts_more_than_one_wish(tmp_path: Path) -> None:
    encoder = Words({"New": YES, "wish": NO})
    index = looking(tmp_path, fits=(YES, YES, YES), wished=(YES, NO, YES))
    assert ids(ask(index, encoder, must_show=["wish"])) == ["fits", "wished"]
    assert ids(ask(index, encoder, must_show=["wish", "another wish", "a wish"]))[0] == "wished"


def test_small_differences_between_texts_count_as_much_as_large_ones_between_pictures(
    tmp_path: Path,
) -> None:
    index = looking(tmp_path, told=((1, 0.1, 0), NO, NO), seen=((1, 0.2, 0), YES, YES))
    assert ids(ask(index, Words({"New": YES}))) == ["told", "seen"]


# Score: relevance, performance and affinity.


def test_the_lower_bound_of_lift_ranks_and_not_its_middle(tmp_path: Path) -> None:
    index = three_titles(
        tmp_path,
        [Tag("t1_1", 0.50, 0.08), Tag("t2_1", 0.40, 0.01), Tag("t3_1", 0.45, 0.05)],
    )
    assert ids(ask(index)) == ["t2_1", "t3_1", "t1_1"]


def test_an_artwork_must_have_done_well_beyond_doubt_to_be_an_exemplar(tmp_path: Path) -> None:
    lift, sd = np.array([0.129, 0.127, 5.0, np.nan]), np.array([0.1, 0.1, 9.0, np.nan])
    shown, known = np.full(4, 9), np.array([True] * 4)
    done = AudienceLift(lift, sd, lift, shown, known).did_well
    assert done.tolist() == [True, False, False, False], "nine times out of ten"
    assert not AudienceLift(lift, sd, lift, shown, ~known).did_well.any()
    answer = ask(three_titles(tmp_path, [Tag("t1_1", 0.5), Tag("t2_1", 0.02)]))
    assert ids(answer) == ["t1_1"]
    assert answer.warnings == (
        "1 of 12 exemplars asked for: artwork of 3 titles fits the brief, of 1 it and did well "
        "enough with this audience",
    )


def test_there_is_no_warning_where_all_that_was_asked_for_is_shown(tmp_path: Path) -> None:
    index = three_titles(tmp_path, [Tag("t1_1", WELL), Tag("t2_1", WELL)])
    assert ask(index, k=2).warnings == ()
    assert "2 of 3 exemplars" in ask(index, k=3).warnings[0]
    assert ids(ask(index, k=1)) == ["t1_1"]


def test_of_equal_winners_the_title_that_the_audience_watches_more_comes_first(
    tmp_path: Path,
) -> None:
    index = three_titles(
        tmp_path,
        [Tag(f"t{n}_1", WELL, cluster="c1") for n in (1, 2, 3)],
        clusters=TWO,
        affinity=[("t1", "c1", -0.5, 9), ("t2", "c1", 0.6, 9), ("t3", "c2", 3.0, 9)],
    )
    answer = ask(index, audience={"c1": 1})
    assert ids(answer) == ["t2_1", "t3_1", "t1_1"], "unknown lies between more and less"
    assert [one.affinity for one in answer.exemplars] == [0.6, None, -0.5]


def test_affinity_is_the_mean_over_the_audience_that_is_known(tmp_path: Path) -> None:
    index = three_titles(
        tmp_path,
        [Tag(f"t{n}_1", WELL, cluster=c) for n in (1, 2, 3) for c in ("c1", "c2")],
        clusters=TWO,
        affinity=[
            ("t1", "c1", 0.8, 9),
            ("t1", "c2", -0.4, 9),
            ("t2", "c2", 0.3, 9),
            ("t3", "c3", 2.0, 9),
        ],
    )
    answer = ask(index, audience={"c1": 3, "c2": 1})
    found = {one.title_id: one.affinity for one in answer.exemplars}
    assert found == {"t1": 0.5, "t2": 0.3, "t3": None}


def test_a_score_weighs_relevance_performance_and_affinity() -> None:
    relevance, affinity = np.array([1.0, 0.25, 0.25, 0.5]), np.array([-2.0, -2.0, 2.0, np.nan])
    middle, sd = np.array([0.2, 3.0, 0.2, np.nan]), np.array([0.1, 0.1, 0.1, np.nan])
    lift = AudienceLift(middle, sd, middle, np.full(4, 9), np.ones(4, bool))
    weak = 0.3 * 0.5 * (1 + np.tanh(2 * (0.2 - Z90 * 0.1)))
    cold, keen = 0.5 * (1 + np.tanh(-2)), 0.5 * (1 + np.tanh(2))
    assert score(relevance, lift, affinity).tolist() == pytest.approx(
        [
            0.6 + weak + 0.1 * cold,
            0.6 * 0.25 + 0.3 * 0.5 * (1 + np.tanh(2 * (3.0 - Z90 * 0.1))) + 0.1 * cold,
            0.6 * 0.25 + weak + 0.1 * keen,
            0.6 * 0.5 + 0.3 * 0.5 + 0.1 * 0.5,
        ]
    )
    unknown = score(relevance, None, affinity)
    assert unknown[0] == pytest.approx(0.6 + 0.3 * 0.5 + 0.1 * cold)


def test_without_performance_the_most_relevant_are_shown_and_nothing_is_told_of_them(
    tmp_path: Path,
) -> None:
    titles = [Title("t1", (0, 1, 0)), Title("t2", (1, 0, 0))]
    index = plant(tmp_path, titles, [Art("a", "t1"), Art("b", "t2")], warnings=["Half is missing."])
    answer = ask(index, Words({"New": (1, 0, 0)}))
    assert ids(answer) == ["b", "a"]
    assert [(one.performance, one.counter_example) for one in answer.exemplars] == [
        (None, None)
    ] * 2
    assert answer.warnings == (
        "Half is missing.",
        "this index has no performance: exemplars are chosen by relevance alone",
        "2 of 12 exemplars asked for: artwork of 2 titles fits the brief",
    )
    assert (answer.to_json(index)["shared_features"], answer.take_fraction) == ([], None)


# Counter-examples.


def one_title(folder: Path, tags: Sequence[Tag], arts: int = 4, **brief: object) -> Answer:
    """Artwork a1, a2 … of one title and b1, b2 of another."""
    own = [Art(f"a{n}", "a", (1, 0, 0)) for n in range(1, arts + 1)]
    index = plant(
        folder,
        [Title("a", (1, 0, 0)), Title("b", (0, 1, 0))],
        [*own, Art("b1", "b", (1, 0, 0.5)), Art("b2", "b", (0, 1, 0))],
        tags,
    )
    return ask(index, Words({"New": (1, 0, 0)}), **brief)


def test_the_worst_of_the_same_title_is_the_counter_example(tmp_path: Path) -> None:
    answer = one_title(
        tmp_path,
        [Tag("a1", WELL), Tag("a2", -0.3), Tag("a3", -0.6, 0.3), Tag("a4", -0.4)],
    )
    assert counters(answer) == {"a1": "a4"}, "the one that surely did worst"
    (shown,) = answer.exemplars
    assert shown.counter_example is not None
    assert shown.counter_example["relation"] == "same title"
    assert shown.counter_example["title"] == "Title a"
    assert shown.counter_example["path"] == "images/a4.jpg"
    assert shown.counter_example["performance"]["high"] < 0


def test_no_artwork_of_another_title_stands_in_for_one_that_did_badly(tmp_path: Path) -> None:
    answer = one_title(tmp_path, [Tag("a1", WELL), Tag("a2", 0.1), Tag("b1", -0.5)])
    assert counters(answer)["a1"] is None


def test_what_may_have_done_as_well_as_any_other_did_not_do_badly(tmp_path: Path) -> None:
    answer = one_title(tmp_path, [Tag("a1", WELL), Tag("a2", 0.05), Tag("a3", -0.4, 0.8)])
    assert counters(answer) == {"a1": None}


def test_every_exemplar_has_the_loser_of_its_own_title(tmp_path: Path) -> None:
    index = three_titles(
        tmp_path,
        [Tag("t1_1", 0.9), Tag("t2_1", 0.8), Tag("t3_1", 0.7), Tag("t2_2", BADLY)],
    )
    assert counters(ask(index)) == {"t1_1": None, "t2_1": "t2_2", "t3_1": None}


def test_what_a_brief_rules_out_is_no_counter_example(tmp_path: Path) -> None:
    index = plant(
        tmp_path,
        [Title("a")],
        [Art("a1", "a", canvas="tile"), Art("a2", "a", canvas="tile"),
         Art("a3", "a", canvas="hero")],
        [Tag("a1", WELL), Tag("a2", -0.3), Tag("a3", -0.9)],
    )  # fmt: skip
    assert counters(ask(index, canvases=["tile"])) == {"a1": "a2"}
    assert counters(ask(index)) == {"a1": "a3"}


# One a title, one a family, different ones first.


def chosen(
    scores: Sequence[float],
    looks: Sequence[Vector],
    k: int,
    *,
    titles: Sequence[str] | None = None,
    families: Sequence[str] | None = None,
    pinned: Sequence[int] = (),
    lifts: Sequence[float] | None = None,
    allowed: Sequence[bool] | None = None,
) -> list[Choice]:
    n = len(scores)
    names = [str(row) for row in range(n)]
    lift = None
    if lifts is not None:
        lift = AudienceLift(
            np.array(lifts), np.full(n, 0.1), np.full(n, 0.2), np.full(n, 1000), np.ones(n, bool)
        )
    vectors: FloatMatrix = np.stack([unit(*look) for look in looks])
    return choose(
        np.array(scores),
        lift,
        np.array(allowed if allowed is not None else [True] * n),
        vectors,
        np.array(titles or names),
        families or names,
        k,
        pinned,
    )


def rows(choices: Sequence[Choice]) -> list[int]:
    return [one.row for one in choices]


EAST, NORTH, UP = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def test_what_looks_like_an_exemplar_already_shown_waits(tmp_path: Path) -> None:
    assert rows(chosen([0.9, 0.8, 0.6], [EAST, EAST, NORTH], 3)) == [0, 2, 1]
    assert rows(chosen([0.9, 0.8, 0.5], [EAST, EAST, NORTH], 3)) == [0, 1, 2], "unless far better"


def test_likeness_to_any_exemplar_already_shown_counts() -> None:
    looks = [EAST, NORTH, EAST, UP]
    assert rows(chosen([0.9, 0.89, 0.8, 0.6], looks, 4)) == [0, 1, 3, 2]


def test_a_title_and_a_family_give_one_exemplar_each() -> None:
    scores, looks = [0.9, 0.8, 0.7, 0.6], [EAST] * 4
    assert rows(chosen(scores, looks, 4, titles=["a", "a", "b", "b"])) == [0, 2]
    assert rows(chosen(scores, looks, 4, families=["f", "g", "f", "h"])) == [0, 1, 3]


def test_different_looks_are_sought_among_the_best_ten_for_every_exemplar() -> None:
    scores = [0.9 - 0.001 * row for row in range(22)]
    for stranger, second in ((19, 19), (20, 1)):
        looks = [NORTH if row == stranger else EAST for row in range(22)]
        assert rows(chosen(scores, looks, 2)) == [0, second]


def test_the_first_of_equals_comes_first() -> None:
    assert rows(chosen([0.5, 0.5, 0.5], [EAST, NORTH, UP], 2)) == [0, 1]


def test_picks_come_first_in_their_order_however_alike_they_are() -> None:
    found = chosen([0.9, 0.8, 0.7, 0.7], [EAST, EAST, EAST, NORTH], 3, pinned=[2, 1])
    assert rows(found) == [2, 1, 3]
    assert rows(chosen([0.9, 0.8, 0.7], [EAST, NORTH, UP], 1, pinned=[2, 1])) == [2]


def test_a_pick_makes_no_loser_a_winner() -> None:
    found = chosen([0.9, 0.8, 0.7], [EAST, NORTH, UP], 3, pinned=[1], lifts=[WELL, BADLY, WELL])
    assert rows(found) == [0, 2]
    found = chosen([0.9, 0.8, 0.7], [EAST, NORTH, UP], 3, pinned=[1], allowed=[True, False, True])
    assert rows(found) == [0, 2]


def test_a_choice_has_its_score_and_the_worst_of_its_title() -> None:
    found = chosen(
        [0.9, 0.8, 0.7, 0.6], [EAST, NORTH, UP, UP], 2,
        lifts=[WELL, WELL, BADLY, 2 * BADLY], titles=["a", "b", "a", "a"],
    )  # fmt: skip
    assert [(one.row, one.counter_example) for one in found] == [(0, 3), (1, None)]
    assert [one.score for one in found] == [0.9, 0.8]


# What else an answer says.


def test_picks_that_cannot_be_shown_are_named(tmp_path: Path) -> None:
    index = three_titles(tmp_path, [Tag("t1_1", WELL), Tag("t2_1", 0.4), Tag("t2_2", BADLY)])
    answer = ask(index, picks=["t2_1", "t2_2"])
    assert ids(answer) == ["t2_1", "t1_1"]
    assert [one.picked for one in answer.exemplars] == [True, False]
    (told,) = [one for one in answer.warnings if one.startswith("picked")]
    assert told.startswith("picked but no exemplar here: t2_2; did not do well enough")
    assert not [one for one in ask(index, picks=["t2_1"]).warnings if "picked" in one]
    for gone, named in ((5, "g0, g1, g2, g3, g4; did"), (6, "g0, g1, g2, g3, g4 and 1 more; did")):
        lost = ask(index, picks=[f"g{n}" for n in range(gone)])
        assert any(f"picked but no exemplar here: {named}" in one for one in lost.warnings)


def test_a_brief_for_a_canvas_is_answered_from_artwork_on_it(tmp_path: Path) -> None:
    arts = [Art("a1", "a", canvas="Tile"), Art("b1", "b", canvas="hero"), Art("b2", "b")]
    tags = [Tag("a1", 0.4), Tag("b1", 0.6), Tag("b2", 0.5)]
    index = plant(tmp_path, [Title("a"), Title("b")], arts, tags)
    assert ids(ask(index, canvases=["TILE"])) == ["a1"]
    answer = ask(index, canvases=["hero", "tile"])
    assert ids(answer) == ["b1", "a1"]
    assert any("the size of canvas hero is not known" in one for one in answer.warnings)
    other = ask(index, canvases=["square"])
    assert set(ids(other)) == {"a1", "b1"}
    assert "no past artwork is on canvas square: every canvas is used" in other.warnings


def test_titles_without_artwork_on_the_canvas_are_not_counted_among_those_that_fit(
    tmp_path: Path,
) -> None:
    arts = [Art("a1", "a", canvas="tile"), Art("b1", "b", canvas="hero"), Art("b2", "b")]
    index = plant(tmp_path, [Title("a"), Title("b")], arts)
    told = ask(index, canvases=["tile"]).warnings
    assert "1 of 12 exemplars asked for: artwork of 1 titles fits the brief" in told


def test_a_catalogue_without_canvases_is_used_as_it_is(tmp_path: Path) -> None:
    answer = ask(three_titles(tmp_path, [Tag("t1_1", WELL)]), canvases=["tile"])
    assert ids(answer) == ["t1_1"]
    assert not any("every canvas is used" in one for one in answer.warnings)


def test_whether_an_exemplar_survives_stands_beside_it(tmp_path: Path) -> None:
    kept = layout(face=(0.4, 0.1, 0.6, 0.25), title=(0.2, 0.8, 0.8, 0.9))
    arts = [Art("a", "a", layout=kept), Art("b", "b"), Art("c", "c", layout=kept)]
    titles = [Title("a"), Title("b"), Title("c")]
    index = plant(tmp_path, titles, arts, [Tag("a", 0.5), Tag("b", 0.6)])
    answer = ask(index, canvases=["tile", "vertical"])
    found = {
        one.artwork_id: [(place["canvas"], place["verdict"]) for place in one.canvases]
        for one in answer.exemplars
    }
    assert found["b"] == [("tile", "not measured"), ("vertical", "not measured")]
    assert found["a"] == [("tile", "partly"), ("vertical", "survives")]
    assert [one.canvases for one in ask(index).exemplars] == [[], []]
    assert not any("no layouts" in one for one in answer.warnings)


def test_an_index_without_layouts_says_that_survival_is_not_told(tmp_path: Path) -> None:
    index = three_titles(tmp_path, [Tag("t1_1", WELL)])
    told = ask(index, canvases=["tile"]).warnings
    assert any("this index has no layouts" in one for one in told)
    assert not any("no layouts" in one for one in ask(index).warnings)
    own = {"tile": load_canvases()["tile"].model_copy(update={"size": (100, 100)})}
    asked = Brief(title="New", canvases=("tile",))
    answer = answer_brief(asked, BRIEF, index, Words(), canvases=own)
    assert ids(answer) == ["t1_1"]


def test_platforms_that_nobody_measured_are_named(tmp_path: Path) -> None:
    index = three_titles(tmp_path, [Tag("t1_1", WELL, platform="tv"), Tag("t2_1", WELL)])
    assert not any("platform" in one for one in ask(index, platforms=["tv"]).warnings)
    told = ask(index, platforms=["tv", "radio", "print"]).warnings
    assert "no performance is known on platform radio, print" in told


def test_the_usual_take_fraction_is_the_middle_of_what_is_known(tmp_path: Path) -> None:
    tags = [Tag("t1_1", WELL, take=0.1), Tag("t2_1", WELL, take=0.2), Tag("t3_1", WELL, take=0.6)]
    assert ask(three_titles(tmp_path / "three", tags)).take_fraction == 0.2
    unknown = three_titles(tmp_path / "none", [Tag("t1_1", np.nan, take=np.nan)], company=0)
    assert ask(unknown).take_fraction is None


def test_an_answer_is_printed_rounded(tmp_path: Path) -> None:
    index = three_titles(
        tmp_path,
        [Tag("t1_1", 0.512345678, 0.0876543, "c1", take=0.2345678, seen=1234),
         Tag("t1_2", -0.512345678, 0.0876543, "c1")],
        clusters=TWO,
        affinity=[("t1", "c1", 0.123456, 9)],
    )  # fmt: skip
    document = ask(index, audience={"Romance": 2, "c2": 1}).to_json(index)
    assert document["audience"] == [
        {
            "cluster": "c1",
            "name": "Romance",
            "weight": 0.6667,
            "source": "brief",
            "affinity": None,
            "base": 1.0,
        },
        {
            "cluster": "c2",
            "name": "Action",
            "weight": 0.3333,
            "source": "brief",
            "affinity": None,
            "base": None,
        },
    ]
    (shown,) = document["exemplars"]
    assert shown["performance"] == {
        "lift": 0.552,
        "low": 0.3937,
        "high": 0.7104,
        "p_positive": 1.0,
        "take_fraction": 0.23457,
        "impressions": 1234,
        "label": "high",
    }
    assert (shown["affinity"], shown["path"], shown["title"]) == (
        0.1235,
        "images/t1_1.jpg",
        "Title t1",
    )
    assert document["skill"] is None
    told = ask(index, audience={"Romance": 1})
    skill = Skill(0.123456, 0.011111, 0.222222, 40)
    skilled = replace(told, match=replace(told.match, audience=replace(told.audience, skill=skill)))
    assert skilled.to_json(index)["skill"] == {
        "value": 0.1235, "low": 0.0111, "high": 0.2222, "titles": 40,
    }  # fmt: skip
