"""The sides of levers: which artwork is on a pole, which in the middle, and what comes together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pytest

from assistant.insights.estimators.observations import Units, collapse_families
from assistant.insights.levers import LeverDesign, lever_design, side_means, title_middle
from assistant.insights.naming import find_sides, require_sides
from index.errors import InputError
from index.features.feature import Feature
from index.features.levers.lever import Lever, Side
from index.features.matrix import Column, FeatureMatrix
from index.query.levers import Levers
from tests.worlds import LEVERS, ONE_BY_ONE, STRONG, TOGETHER, axis, make_world

NAN = np.nan


def units_of(title: Sequence[int], families: Sequence[str] | None = None) -> Units:
    ids = [f"a{row:03d}" for row in range(len(title))]
    return collapse_families(
        pd.DataFrame({"title_id": [f"t{one:02d}" for one in title], "family_id": families or ids})
    )


def sides(
    axes: Mapping[str, Sequence[float]],
    title: Sequence[int],
    *,
    levers: Sequence[Lever] = LEVERS,
    flags: Mapping[tuple[str, str | None], Sequence[float]] | None = None,
    specs: Mapping[str, Feature] | None = None,
    families: Sequence[str] | None = None,
) -> LeverDesign:
    """A design of artworks whose axes and flags are given."""
    columns = tuple(Column(name, level, "flag", "", name) for name, level in flags or {})
    values = np.column_stack([*(flags or {}).values()]) if flags else np.zeros((len(title), 0))
    return lever_design(
        Levers(tuple(levers), ()),
        {name: np.array(one, dtype=float) for name, one in axes.items()},
        FeatureMatrix(np.asarray(values, dtype=float), columns),
        specs or {},
        units_of(title, families),
    )


def turned(design: LeverDesign, name: str, side: str) -> list[float | None]:
    """Of each unit: 1 on the side, 0 in the middle, None for neither."""
    column = design.values[:, design.column(name, side)]
    return [None if np.isnan(one) else float(one > 0) for one in column]


# The middle of a title.


def test_the_middle_of_a_title_is_an_artwork_that_exists() -> None:
    title = np.array([0, 0, 0, 1, 1, 2])
    values = np.array([5.0, 1.0, 2.0, 8.0, 3.0, NAN])
    found = title_middle(values, title)
    assert found[:3].tolist() == [2.0, 2.0, 2.0]
    assert found[3:5].tolist() == [3.0, 3.0], "of two, the one nearer to the middle of all artwork"
    assert np.isnan(found[5])
    assert np.isnan(title_middle(np.array([NAN, NAN]), np.array([0, 0]))).all()
    far = title_middle(np.array([8.0, 3.0, 9.0, 9.0, 9.0]), np.array([0, 0, 1, 1, 1]))
    assert far[:2].tolist() == [8.0, 8.0]


def test_what_is_unknown_does_not_move_the_middle() -> None:
    title = np.array([0, 0, 0, 0])
    assert title_middle(np.array([NAN, 1.0, 2.0, 9.0]), title).tolist() == [2.0] * 4


# Poles.


def test_artwork_belongs_to_a_pole_from_six_tenths_of_a_step_on() -> None:
    design = sides({"light": [0.0, -0.6, -0.59, 0.59, 0.6, 0.0, 0.0]}, [0] * 7)
    assert turned(design, "light", "darker") == [0, 1, 0, 0, None, 0, 0]
    assert turned(design, "light", "lighter") == [0, None, 0, 0, 1, 0, 0]


def test_a_picture_that_is_above_all_cropped_says_nothing_of_darkness() -> None:
    light = [0.0, -0.6, -0.6, -1.3, 0.0, 0.0, 0.0]
    heat = [0.0, 0.9, 1.1, -0.8, 0.0, 0.0, 0.0]
    rest = [0.0, 0.0, 0.0, 0.0, 2.4, -2.6, 0.0]
    axes = {"light": light * 4, "heat": heat * 4, "clutter": rest * 4}
    design = sides(axes, np.repeat(range(4), 7).tolist())
    assert turned(design, "light", "darker")[:7] == [
        0.0,
        1.0,  # 0.6 is at least 0.6 of 0.9 …
        None,  # … but not of 1.1
        1.0,
        0.0,
        None,  # another picture altogether is no middle
        0.0,
    ]


def test_an_axis_that_always_moves_along_takes_no_pole_away() -> None:
    rng = np.random.default_rng(0)
    light = rng.normal(size=60)
    design = sides({"light": light, "heat": 3 * light + 0.1 * rng.normal(size=60)},
                   np.repeat(range(10), 6).tolist())  # fmt: skip
    dark = turned(design, "light", "darker")
    middle = title_middle(light, np.repeat(range(10), 6), -1)
    assert [one == 1.0 for one in dark] == (light - middle <= -0.6).tolist()


def test_a_title_that_holds_one_artwork_has_a_middle_alone() -> None:
    design = sides({"light": [3.0, 0.0, -2.0, 0.0]}, [0, 1, 1, 1])
    assert turned(design, "light", "lighter") == [0, 0, None, 0]
    assert turned(design, "light", "darker") == [0, 0, 1, 0]


def test_a_pole_knows_how_many_steps_artwork_went_and_tells_effects_per_step() -> None:
    design = sides({"light": [0, 0, 2, 4, 0, 0, 0, 1]}, [0, 0, 0, 0, 1, 1, 1, 1])
    one = design.contrasts[design.column("light", "lighter")]
    assert one.change == pytest.approx((3.0 + 1.0) / 2), "each title counts once"
    assert one.step == "a step lighter"
    column = design.values[:, design.column("light", "lighter")]
    assert column[column > 0].tolist() == pytest.approx([2.0] * 3)
    nobody = design.contrasts[design.column("light", "darker")]
    assert nobody.change == 2.0, "one title lies in two halves, and either is its middle"


def test_a_side_that_no_artwork_turns_to_is_one_step_away() -> None:
    design = sides({"light": [0, 0, 2, 0]}, [0] * 4)
    assert design.contrasts[design.column("light", "darker")].change == 1.0


def test_a_title_in_two_halves_speaks_for_both_poles() -> None:
    design = sides({"light": [0.0, 0.1, 0.2, 2.0, 2.1, 2.2]}, [0] * 6)
    assert turned(design, "light", "darker") == [1, 1, 1, 0, 0, 0]
    assert turned(design, "light", "lighter") == [0, 0, 0, 1, 1, 1]


def test_an_unknown_value_is_on_no_side() -> None:
    design = sides({"light": [0.0, NAN, 2.0, 0.0]}, [0] * 4)
    assert turned(design, "light", "lighter") == [0, None, 1, 0]


def test_families_count_as_the_mean_of_their_artwork() -> None:
    design = sides({"light": [0.0, 0.0, 1.0, 3.0]}, [0] * 4, families=["x", "y", "z", "z"])
    assert design.axes["light"].tolist() == [0.0, 0.0, 2.0]


# Levels and flags.


def cast(**columns: Sequence[float]) -> dict[tuple[str, str | None], Sequence[float]]:
    return {("people_grouping", name): values for name, values in columns.items()}


def test_a_level_is_held_against_the_titles_artwork_of_other_levels() -> None:
    design = sides({}, [0, 0, 0, 1], flags=cast(none=[1, 0, 0, 1], pair=[0, 1, 0, 0]))
    names = [(one.name, one.side, one.kind, one.change) for one in design.contrasts]
    assert names == [("cast", "nobody", "level", 1.0), ("cast", "two people", "level", 1.0)]
    assert turned(design, "cast", "two people") == [0, 1, None, 0], "a group has no name here"
    assert design.contrasts[1].step == "two people, or not"
    assert [one.do for one in design.sides] == ["Show nobody", "Show two people"]


def test_a_level_no_artwork_has_is_no_side() -> None:
    assert [one.side for one in sides({}, [0, 0], flags=cast(pair=[0, 1])).contrasts] == [
        "two people"
    ]


@pytest.mark.parametrize(("titles", "package"), [(10, ("lighter",)), (9, ())])
def test_what_always_comes_with_a_rare_level_travels_with_it(
    titles: int, package: tuple[str, ...]
) -> None:
    light, pair = np.random.default_rng(1).normal(size=(200, 2)), np.zeros((200, 2))
    light[:titles] += (0, 3)
    pair[:titles] = (0, 1)
    design = sides(
        {"light": light.ravel()},
        np.repeat(range(200), 2).tolist(),
        flags=cast(none=(1 - pair).ravel(), pair=pair.ravel()),
    )
    assert travels(design, "cast", "two people") == package
    assert travels(design, "light", "lighter") == (), "few light versions show two people"


def travels(design: LeverDesign, lever: str, side: str) -> tuple[str | None, ...]:
    """What comes with a side."""
    return tuple(design.contrasts[one].side for one in design.package(design.column(lever, side)))


def test_each_pole_has_a_package_of_its_own() -> None:
    light = np.tile([0.0, -2.0, 2.0], (40, 1))
    clutter = np.tile([0.0, -2.0, 0.0], (40, 1))
    clutter[::2, 2], clutter[1::8, 2] = -2.0, 2.0
    axes = {"light": light.ravel(), "clutter": clutter.ravel()}
    design = sides(axes, np.repeat(range(40), 3).tolist())
    assert travels(design, "light", "darker") == ("calmer",)
    assert travels(design, "light", "lighter") == ()


def flag(name: str, extractor: str) -> Feature:
    return Feature(name, "0 or 1", 0, 1, "flag", "things", "", "", extractor)


def test_flags_are_sides_of_the_lever_that_asks_for_them() -> None:
    things = Lever(name="things", label="things", flags="concepts")
    own = Lever(name="own", label="your own attribute", flags="attributes")
    specs = {"shows_beach": flag("shows_beach", "concepts"), "wet": flag("wet", "attributes"),
             "nudity": flag("nudity", "maturity")}  # fmt: skip
    flags = {(name, None): [0.0, 1.0] for name in specs}
    design = sides({}, [0, 0], levers=(things, own), flags=flags, specs=specs)
    assert [(one.name, one.side) for one in design.contrasts] == [
        ("things", "a beach"),
        ("own", "wet"),
    ]
    assert [one.do for one in design.sides] == ["Show a beach", "Show wet"]


def test_a_flag_of_one_and_zero_can_be_a_level() -> None:
    gaze = Lever.model_validate(
        {"name": "gaze", "label": "gaze",
         "levels": {"facing_each_other": {0: {"name": "apart", "variant": "y"},
                                          1: {"name": "facing each other", "variant": "x"}}}}
    )  # fmt: skip
    specs = {"facing_each_other": flag("facing_each_other", "concepts")}
    things = Lever(name="things", label="things", flags="concepts")
    flags = {("facing_each_other", None): [0.0, 1.0]}
    design = sides({}, [0, 0], levers=(gaze, things), flags=flags, specs=specs)
    assert [(one.name, one.side) for one in design.contrasts] == [("gaze", "facing each other")]


# What comes together.


def test_levers_that_move_together_make_a_package_and_others_do_not() -> None:
    design = make_world({}, 1, titles=20, edits=TOGETHER).evidence.design
    assert isinstance(design, LeverDesign)
    dark, cool = design.column("light", "darker"), design.column("heat", "cooler")
    assert design.package(dark) == (cool,)
    assert design.package(cool) == (dark,)
    assert design.package(design.column("light", "lighter")) == (design.column("heat", "warmer"),)
    assert design.package(design.column("clutter", "calmer")) == ()
    apart = make_world({}, 1, titles=20).evidence.design
    assert isinstance(apart, LeverDesign)
    assert all(apart.package(at) == () for at in range(len(apart.contrasts)))


def test_a_package_names_each_lever_once_the_closest_first() -> None:
    rng = np.random.default_rng(3)
    light = rng.normal(size=120)
    axes = {"light": light, "heat": light + 0.6 * rng.normal(size=120),
            "clutter": light + 0.2 * rng.normal(size=120)}  # fmt: skip
    pair = (light < -0.3).astype(float)
    design = sides(axes, np.repeat(range(20), 6).tolist(),
                   flags=cast(pair=pair.tolist(), none=(1 - pair).tolist()))  # fmt: skip
    found = [design.contrasts[at] for at in design.package(design.column("light", "darker"))]
    assert [one.side for one in found] == ["calmer", "cooler", "two people"]


def test_what_is_held_while_a_lever_is_turned() -> None:
    design = make_world({}, 1, titles=20, edits=TOGETHER).evidence.design
    assert isinstance(design, LeverDesign)
    dark, cool = design.column("light", "darker"), design.column("heat", "cooler")
    calm, bright = design.column("clutter", "calmer"), design.column("light", "lighter")
    held = design.held()
    assert not held[dark, dark]
    assert held[dark, bright], "its own opposite"
    assert held[bright, dark], "its own opposite"
    assert held[dark, calm]
    assert held[dark, cool], "what comes with it"
    nobody = design.column("cast", "nobody")
    assert not held[nobody, design.column("cast", "two people")], "a level of its own lever"


def test_means_of_middle_and_side_count_each_title_once() -> None:
    column = np.array([0.0, 2.0, 2.0, 0.0, 2.0, NAN, 2.0])
    title = np.array([0, 0, 0, 1, 1, 1, 2])
    measured = np.array([1.0, 3.0, 5.0, 10.0, 12.0, 99.0, 99.0])
    assert side_means(column, measured, title) == pytest.approx((5.5, 8.0))
    assert side_means(column[:1], measured[:1], title[:1]) is None
    unknown = np.where(column > 0, NAN, measured)
    assert side_means(column, unknown, title) is None


# Names.


@pytest.fixture(scope="module")
def design() -> LeverDesign:
    levers = (*LEVERS, axis("legibility", "hard", "easy", legibility=1))
    levers = (levers[0].model_copy(update={"label": "Light & dark"}), *levers[1:])
    axes = {one.name: [0.0, 1.0, -1.0] for one in levers if one.poles}
    return sides(axes, [0, 0, 0], levers=levers, flags=cast(pair=[0, 1, 0], none=[1, 0, 0]))


@pytest.mark.parametrize(
    ("word", "pole", "found"),
    [
        ("light", None, ["darker", "lighter"]),
        (" LIGHT ", None, ["darker", "lighter"]),
        ("light & dark", None, ["darker", "lighter"]),
        ("darker", None, ["darker"]),
        ("two_people", None, ["two people"]),
        ("light: Darker", None, ["darker"]),
        ("light", "lighter", ["lighter"]),
        ("light", "warmer", []),
        ("brightness", None, ["darker", "lighter"]),
        ("black share", None, ["darker", "lighter"]),
        ("people_grouping", "nobody", ["nobody"]),
        ("cast", None, ["nobody", "two people"]),
        ("darker", "lighter", []),
        ("moonlight", None, []),
    ],
)
def test_sides_go_by_lever_label_pole_and_feature(
    design: LeverDesign, word: str, pole: str | None, found: list[str]
) -> None:
    assert [design.contrasts[at].side for at in find_sides(design, word, pole)] == found


def test_a_word_that_names_nothing_is_answered_with_the_nearest(design: LeverDesign) -> None:
    with pytest.raises(InputError, match="no lever 'lihgt'; did you mean 'light'"):
        require_sides(design, "lihgt")
    with pytest.raises(InputError, match=r"light is not turned 'ligther'.*did you mean 'lighter'"):
        require_sides(design, "light", "ligther")
    assert len(require_sides(design, "light")) == 2


def test_a_lever_that_was_not_fitted_has_no_sides() -> None:
    design = make_world(STRONG, 2, titles=6, edits=ONE_BY_ONE).evidence.design
    names = {one.name for one in design.contrasts}
    assert names == {"light", "heat", "clutter", "contrast", "focus", "cast"}
    assert sides({}, [0, 0]).contrasts == ()
    alone = sides({"gone": [0.0, 1.0]}, [0, 0])
    assert alone.contrasts == ()
    assert alone.correlations.shape == (0, 0)


def test_a_pole_may_be_measured_and_never_advised() -> None:
    quiet = axis("x", "low", "high", a=1)
    quiet = quiet.model_copy(
        update={"poles": {"low": Side(variant="v"), "high": Side(variant="v")}}
    )
    design = sides({"x": [0.0, 1.0]}, [0, 0], levers=(quiet,))
    assert [one.do for one in design.sides] == ["", ""]
    assert [one.name for one in design.sides] == ["low", "high"]


def test_what_is_not_measured_is_in_no_mean_of_a_side() -> None:
    side = np.array([0.0, 1.0, 1.0, np.nan, 0.0])
    measured = np.array([1.0, np.nan, 3.0, 9.0, 2.0])
    assert side_means(side, measured, np.zeros(5, dtype=np.int64)) == (1.5, 3.0)
