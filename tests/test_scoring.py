"""Scores of new pictures, whether they fit a brief, and whether exemplars keep their word."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assistant.answers.audience import Audience, AudienceShare
from assistant.answers.brief import Brief
from assistant.answers.exemplar_uplift import _mean, _weighed, exemplar_uplift
from assistant.answers.match import Match, match_brief
from assistant.answers.picture_fit import measure_fit
from assistant.answers.score import Scorer, fit_scorer, score_pictures
from index.records import FloatMatrix
from index.store import Index
from tests.planted import BRIEF, Art, Title, Words, plant, unit
from tests.world_index import plant_world
from tests.worlds import World, everywhere, make_world, only

EFFECTS = {
    "darker": everywhere(0.5), "lighter": everywhere(-0.5), "two people": everywhere(0.3),
    "stronger": only(tv=0.4, mobile=-0.4),
}  # fmt: skip
LOOKS = {"darker": (0, 1, 0), "lighter": (0, 0, 1)}
"""What pictures of an edit look like, whatever their title; all others are (1, 0, 0)."""
ROMANCE = Audience((AudienceShare("c0", "Romance", 1.0, "brief"),))


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(EFFECTS, 41, titles=40, impressions=900)


@pytest.fixture(scope="module")
def index(world: World, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return plant_world(tmp_path_factory.mktemp("index"), world)


@pytest.fixture(scope="module")
def scorer(index: Index) -> Scorer:
    return fit_scorer(index, ROMANCE)


def measured(light: float = 0.0, **more: object) -> dict[str, object]:
    """Features of a picture so many steps from the middle."""
    return {"brightness": 0.5 + 0.08 * light, "black_share": 0.3 - 0.05 * light, "warm_cool": 0.0,
            "clutter": 0.0, "contrast": 0.0, "sharpness": 0.0, "people_grouping": "single",
            **more}  # fmt: skip


def looks(*vectors: tuple[int, int, int]) -> FloatMatrix:
    return np.stack([unit(*one) for one in vectors])


def test_the_picture_that_was_planted_to_win_is_scored_highest(scorer: Scorer) -> None:
    plain = (1, 0, 0)
    dark, usual, light, pair = scorer.score(
        [measured(-2), measured(), measured(2), measured(people_grouping="pair")],  # type: ignore[list-item]
        looks(plain, plain, plain, plain),
    )
    assert dark.lift > pair.lift > usual.lift > light.lift
    assert dark.low < dark.lift < dark.high
    assert scorer.better_than_chance
    why, other = (next(a for a in one.reasons if a.lever == "light") for one in (dark, light))
    assert (why.words, other.words) == ("darker", "lighter")
    assert why.pull > 0 > other.pull
    assert why.value == measured(-2)[why.feature]
    assert why.feature == scorer.levers.fit("light").members[0], "the one that says most"
    pulls = [abs(one.pull) for one in dark.reasons]
    assert pulls == sorted(pulls, reverse=True)
    assert all(pull >= 0.01 for pull in pulls)
    kept = [one["pull"] for one in dark.to_json()["reasons"]]
    assert kept == pytest.approx([one.pull for one in dark.reasons], abs=5e-5)
    assert kept == [round(one, 4) for one in kept]
    cast = next(one for one in pair.reasons if one.lever == "cast")
    assert (cast.words, cast.value) == ("cast: two people", "pair")
    assert cast.pull > 0


def taken(world: World, slices: dict[str, str]) -> float:
    part = world.cells[np.all([world.cells[name] == one for name, one in slices.items()], axis=0)]
    return float(part["plays"].sum() / part["impressions"].sum())


def test_a_scorer_knows_what_is_usual(index: Index, world: World, scorer: Scorer) -> None:
    assert scorer.take_fraction == pytest.approx(taken(world, {"cluster": "c0"}))
    shares = (
        AudienceShare("c0", "Romance", 0.8, "brief"),
        AudienceShare("c1", "Action", 0.2, "brief"),
    )
    both = fit_scorer(index, Audience(shares), ("tv",))
    parts = [taken(world, {"cluster": one, "platform": "tv"}) for one in ("c0", "c1")]
    assert both.take_fraction == pytest.approx(0.8 * parts[0] + 0.2 * parts[1])
    assert list(both.slices) == [("c0", "tv"), ("c1", "tv")]
    for name, values in world.features.items():
        assert scorer.typical[name] == pytest.approx(values.mean())
    casts, counts = np.unique(world.cast, return_counts=True)
    assert scorer.typical["people_grouping"] == casts[counts.argmax()]
    assert set(scorer.typical) == {*world.features, "people_grouping"}


def test_scores_are_told_by_slice(index: Index) -> None:
    both = fit_scorer(index, None, ("tv",))
    strong, soft = both.score(
        [measured(contrast=2.0), measured(contrast=-2.0)],
        looks((1, 0, 0), (1, 0, 0)),  # type: ignore[list-item]
    )
    assert strong.lift > soft.lift + 0.1, "on television"
    ((told,),) = [[(one.cluster, one.platform) for one in strong.slices]]
    assert told == ("all", "tv")
    mobile = fit_scorer(index, None, ("mobile",)).score([measured(contrast=2.0)], looks((1, 0, 0)))  # type: ignore[list-item]
    assert mobile[0].lift < strong.lift - 0.2


def test_pictures_are_measured_before_they_are_scored(scorer: Scorer) -> None:
    asked: list[int] = []

    def extract(pictures: list[object]) -> list[dict[str, object]]:
        asked.append(len(pictures))
        return [measured(-2), measured(2)]

    extractor: Any = SimpleNamespace(extract=extract)
    two: Any = [object(), object()]
    dark, light = score_pictures(scorer, two, looks((1, 0, 0), (1, 0, 0)), extractor)
    assert dark.lift > light.lift
    assert score_pictures(scorer, [], None, extractor) == ()
    assert asked == [2], "nothing is measured for no picture"


def test_what_is_not_measured_counts_as_typical(scorer: Scorer) -> None:
    (nothing,) = scorer.score([{}], looks((1, 0, 0)))
    assert abs(nothing.lift) < 0.2
    assert nothing.reasons == ()


# Exemplars on impressions that they were not chosen by.


def test_exemplars_do_better_than_what_is_relevant_or_was_shown_most(
    world: World, tmp_path: Path
) -> None:
    looks = [LOOKS.get(edit, (1, 0, 0)) for edit in world.edit]
    found = exemplar_uplift(plant_world(tmp_path, world, art=lambda row: {"looks": looks[row]}))
    assert found is not None
    shown = found["exemplars"]
    assert shown["briefs"] == 40
    assert 10 < shown["titles"] <= 40
    assert shown["lift"]["exemplars"]["low"] > 0.2
    assert set(shown["uplift"]) == {"most relevant", "shown most"}
    for lead in shown["uplift"].values():
        assert lead["mean"] > lead["low"] > 0.1
    own = found["own_artwork"]
    assert own["lift"]["like the exemplars"]["low"] > 0.2
    assert abs(own["lift"]["random"]["mean"]) < 0.05
    assert own["uplift"]["random"]["low"] > 0.2


@pytest.mark.parametrize(("titles", "briefs"), [(1, None), (2, 2)])
def test_two_briefs_are_the_fewest_that_are_compared(
    titles: int, briefs: int | None, tmp_path: Path
) -> None:
    world = make_world(EFFECTS, 41, titles=titles, impressions=900)
    looks = [LOOKS.get(edit, (1, 0, 0)) for edit in world.edit]
    found = exemplar_uplift(plant_world(tmp_path, world, art=lambda row: {"looks": looks[row]}))
    assert (found and found["own_artwork"]["briefs"]) == briefs


def test_what_was_shown_most_is_counted_over_all_slices(tmp_path: Path) -> None:
    """The winner was shown in one slice only: more there than others anywhere, less in all."""
    world = make_world({"darker": everywhere(0.5)}, 47, titles=24, impressions=900)
    cells, dark = world.cells, world.artworks["artwork_id"][world.edit == "darker"]
    once = cells["artwork_id"].isin(dark)
    cells = cells[~once | ((cells["cluster"] == "c0") & (cells["platform"] == "tv"))].copy()
    counts = [name for name in cells if name.endswith(("impressions", "plays"))]
    cells.loc[cells["artwork_id"].isin(dark), counts] *= 3
    found = exemplar_uplift(plant_world(tmp_path, replace(world, cells=cells)))
    assert found is not None
    assert abs(found["exemplars"]["lift"]["shown most"]["mean"]) < 0.1


def test_artwork_of_few_titles_tells_little_however_many_briefs_it_is_shown_for() -> None:
    """Each of 40 briefs shows artwork of the same 8 titles, which differ."""
    worth = np.random.default_rng(3).normal(0.3, 0.4, 8)
    shown = [(f"b{n}", f"t{(n + k) % 8}", worth[(n + k) % 8]) for n in range(40) for k in range(4)]
    lifts = pd.DataFrame(shown, columns=["brief", "title", "lift"]).assign(weight=0.25)
    found = _mean(lifts)
    expected = 1.895 * worth.std(ddof=1) / np.sqrt(8)
    assert found["mean"] == pytest.approx(worth.mean())
    assert (found["high"] - found["low"]) / 2 == pytest.approx(expected, rel=0.2)


def test_a_lift_with_an_audience_is_over_the_clusters_where_it_was_observed() -> None:
    lifts = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [3.0, 2.0, np.nan], "c": [9.0] * 3})
    found = _weighed(lifts, {"a": 0.75, "b": 0.25, "d": 1.0})
    assert found[:2] == pytest.approx([1.5, 2.0])
    assert np.isnan(found[2])


def test_artwork_like_exemplars_is_told_by_what_sets_them_apart(tmp_path: Path) -> None:
    winners = {"darker": (1, 0, 1), "lighter": (1, 0, -1)}
    world = make_world(dict.fromkeys(winners, everywhere(0.5)), 43, titles=24, impressions=900)
    looks = [winners.get(edit, (1, 0, 0)) for edit in world.edit]
    found = exemplar_uplift(plant_world(tmp_path, world, art=lambda row: {"looks": looks[row]}))
    assert found is not None
    own = found["own_artwork"]["lift"]["like the exemplars"]
    assert own["low"] > 0.2, "in the middle between both kinds lies artwork that did badly"


# Whether new pictures are of a brief's kind.


def kinds(folder: Path, wars: int, comedies: int, spread: float) -> tuple[Index, Match]:
    """So many pictures of war films that look alike, as comedies do, four a title, and a brief."""
    rng = np.random.default_rng(2)
    titles, arts = [], []
    for genre, count in (("War", wars), ("Comedy", comedies)):
        for row in range(count):
            number = row // 4
            text = (1, 0.02 * number, 0) if genre == "War" else (0, 1, 0.02 * number)
            if row % 4 == 0:
                titles.append(Title(f"{genre}{number}", text, genre))
            look = np.array((1, 0, 0) if genre == "War" else (0, 1, 0)) + rng.normal(0, spread, 3)
            arts.append(Art(f"{genre}{number}_{row}", titles[-1].id, tuple(look)))
    index = plant(folder, titles, arts)
    asked, words = Brief(title="New", genres=("War",)), Words({"New": (1, 0, 0)})
    return index, match_brief(asked, BRIEF, index, words)  # type: ignore[arg-type]


def test_pictures_like_those_of_the_kind_fit_and_others_do_not(tmp_path: Path) -> None:
    index, match = kinds(tmp_path, 32, 80, 0.1)
    pictures = looks((1, 0, 0), (0, 1, 0))
    war, comedy = measure_fit(match, index, pictures, pictures)
    assert war.fits
    assert not comedy.fits
    assert war.probability > 0.8
    assert comedy.probability < 0.2
    assert war.line == comedy.line == 0.5
    (neither,) = measure_fit(match, index, looks((0, 0, 1)), looks((0, 0, 1)))
    assert comedy.probability <= neither.probability < war.probability


def test_what_fits_is_learned_from_twenty_pictures_of_the_kind_and_of_others(
    tmp_path: Path,
) -> None:
    index, match = kinds(tmp_path, 40, 60, 0.1)
    strange = looks((0, 1, 0), (0, 1, 0))
    for first, learned in ((19, False), (20, True), (80, True), (81, False)):
        fits = np.arange(index.artworks) < first
        told = replace(match, relevance=replace(match.relevance, fits=fits))
        found = measure_fit(told, index, strange, strange)
        assert [one.probability == 1.0 for one in found] == [not learned] * 2, first


def test_where_kinds_look_alike_the_line_leaves_few_others_above_it(tmp_path: Path) -> None:
    index, match = kinds(tmp_path, 80, 200, 0.8)
    rng = np.random.default_rng(3)
    others = np.stack([unit(*(rng.normal(0, 0.8, 3) + np.array((0, 1, 0)))) for _ in range(200)])
    found = measure_fit(match, index, others, others)
    assert found[0].line > 0.55
    assert 0 < np.mean([one.fits for one in found]) < 0.1
