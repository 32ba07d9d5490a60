"""Levers as they are written down, and as a catalogue's artwork turns them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.errors import InputError
from index.features.levers.fit import FittedLever, fit_levers, levers_of, levers_table
from index.features.levers.lever import Lever, levers_fingerprint, load_levers
from index.query.features import known_features
from index.query.levers import Levers

KNOWN = {one.name: one for one in known_features()}


def own(folder: Path, text: str) -> Path:
    path = folder / "levers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# Files of levers.


def test_built_in_levers_speak_of_features_that_exist_and_of_each_once() -> None:
    levers = load_levers()
    claimed: dict[str, str] = {}
    for lever in levers:
        assert set(lever.unseen) <= set(lever.members), lever.name
        assert set(lever.features) <= set(KNOWN), lever.name
        for name in lever.features:
            assert claimed.setdefault(name, lever.name) == lever.name, name
        for feature, sides in lever.levels.items():
            levels = KNOWN[feature].levels or ("0", "1")
            assert set(sides) <= set(levels), feature
        for name in lever.members:
            assert KNOWN[name].kind in {"number", "share", "count", "flag"}, name
    sides = [side for lever in levers for _, _, side in lever.sides()]
    assert len({side.name for side in sides}) == len(sides), "a side is named once"
    assert all(side.variant for side in sides)
    assert len({lever.label for lever in levers}) == len(levers)


def test_a_lever_of_ones_own_is_added_and_claims_its_features(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        "glow:\n  poles:\n    dull: {do: Dull it, variant: a dull picture}\n"
        "    glowing: {do: Let it glow, variant: a glow}\n"
        "  members: {high_key: 1, low_key: -1}\n",
    )
    levers = {one.name: one for one in load_levers(path, KNOWN)}
    assert list(levers)[-1] == "glow"
    assert levers["glow"].label == "glow", "its key, where it has no label"
    assert [side.name for _, _, side in levers["glow"].sides()] == ["dull", "glowing"]
    assert "high_key" not in levers["light"].features
    assert levers["light"].members == {"brightness": 1, "black_share": -1, "white_share": 1}


def test_a_lever_of_a_known_name_takes_its_place(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        "cast:\n  label: people\n  levels:\n    face_count:\n"
        "      0: {name: no face, variant: no face}\n      1: {name: a face, variant: a face}\n",
    )
    levers = {one.name: one for one in load_levers(path, KNOWN)}
    assert levers["cast"].features == ("face_count",)
    assert [side.name for _, _, side in levers["cast"].sides()] == ["no face", "a face"]
    assert len(levers) == len(load_levers())
    assert levers["cast"].side("a face") is not None
    assert levers["cast"].side("two people") is None


def test_a_lever_whose_features_are_all_claimed_is_gone(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        "mine:\n  poles:\n    low: {variant: low}\n    high: {variant: high}\n"
        "  members: {sharpness: 1, largest_face_share: 1}\n",
    )
    levers = {one.name: one for one in load_levers(path, KNOWN)}
    assert "focus" not in levers
    assert levers["framing"].poles == {}, "its levels are left"
    assert levers["framing"].members == {}
    assert levers["framing"].levels


@pytest.mark.parametrize(
    ("text", "row", "says"),
    [
        ("glow:\n  poles: {a: {variant: a}, b: {variant: b}}\n  members: {brightnes: 1}\n", 1,
         "there is no feature 'brightnes'; did you mean 'brightness'"),
        ("glow:\n  poles: {a: {variant: a}, b: {variant: b}}\n  members: {clutter: 1}\n"
         "mess:\n  poles: {c: {variant: c}, d: {variant: d}}\n  members: {clutter: -1}\n", 4,
         "'clutter' belongs to two levers, 'glow' and 'mess'"),
        ("glow:\n  label: glow\n", 1, "it has no poles and no levels"),
        ("glow:\n  poles: {a: {variant: a}}\n  members: {clutter: 1}\n", 1,
         "it has 1 poles; name two"),
        ("glow:\n  poles: {a: {variant: a}, b: {variant: b}}\n", 1,
         "poles and members go together"),
        ("\nglow:\n  members: {clutter: 1}\n", 2, "it has no poles and no levels"),
        ("glow:\n  poles: {a: {variant: a}, b: {variant: b}}\n  members: {clutter: 2}\n", 1,
         "members.clutter"),
        ("glow:\n  poles: {a: {do: a}, b: {variant: b}}\n  members: {clutter: 1}\n", 1,
         "poles.a.variant"),
        ("glow:\n  polse: {}\n", 1, "polse"),
        ("glow:\n  poles: {a: {variant: a}, b: {variant: b}}\n  members: {mess: 1}\n"
         "mess:\n  poles: {c: {variant: c}, d: {variant: d}}\n  members: {glow: 1}\n", 1,
         "levers are members of each other: glow → mess → glow"),
        ("- glow\n", None, "is not a list of levers"),
        ("glow: 3\n", 1, "it has no poles and no levels"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_of_levers_is_one_line_that_names_its_place(
    tmp_path: Path, text: str, row: int | None, says: str
) -> None:
    path = own(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_levers(path, KNOWN)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.row == row


@pytest.mark.xfail(strict=True, reason="only the first of a lever's member levers is followed")
def test_a_circle_through_a_second_member_is_found(tmp_path: Path) -> None:
    text = "".join(
        f"{name}:\n  poles: {{{name}1: {{variant: a}}, {name}2: {{variant: b}}}}\n"
        f"  members: {{{', '.join(f'{one}: 1' for one in members)}}}\n"
        for name, members in (("one", ["two", "three"]), ("two", ["clutter"]),
                              ("three", ["two", "one"]))
    )  # fmt: skip
    with pytest.raises(InputError, match="levers are members of each other"):
        load_levers(own(tmp_path, text), KNOWN)


def test_any_change_of_a_definition_changes_the_fingerprint(tmp_path: Path) -> None:
    levers = load_levers()
    assert levers_fingerprint(levers) == levers_fingerprint(load_levers())
    first = levers[0].model_copy(update={"label": "brilliance"})
    assert levers_fingerprint((first, *levers[1:])) != levers_fingerprint(levers)
    assert len(levers_fingerprint(levers)) == 16


# The fit.

POLES = {"darker": {"variant": "a"}, "lighter": {"variant": "b"}}


def lever(name: str = "light", **fields: object) -> Lever:
    return Lever.model_validate({"name": name, "label": name, "poles": POLES, **fields})


def inside(values: np.ndarray, title: np.ndarray) -> np.ndarray:
    mean = np.bincount(title, values) / np.bincount(title)
    return values - mean[title]


def catalogue(
    titles: int = 40, each: int = 5, seed: int = 1
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Features of which a hidden value moves some, titles, and the hidden value inside titles."""
    rng = np.random.default_rng(seed)
    title = np.repeat(np.arange(titles), each)
    own = rng.normal(size=titles * each)
    hidden = own + 3 * rng.normal(size=titles)[title]
    noise = rng.normal(size=(titles * each, 4))
    idle = inside(noise[:, 2], title)
    idle -= inside(own, title) * (idle @ own) / (inside(own, title) @ own)
    features = {
        "up": 5 + 2 * hidden + 0.3 * noise[:, 0],
        "down": -0.1 * hidden + 0.015 * noise[:, 1],
        "mixed": hidden + noise[:, 3],
        "idle": idle,
        "flat": np.full(titles * each, 3.0),
    }
    return features, title, own


def fitted(
    members: dict[str, int], features: dict[str, np.ndarray], title: np.ndarray, **fields: object
) -> FittedLever:
    (one,) = fit_levers([lever(members=members, **fields)], features, title)
    return one


def test_a_lever_is_what_its_members_do_together_inside_titles() -> None:
    features, title, hidden = catalogue()
    one = fitted({"up": 1, "down": -1}, features, title)
    values = inside(one.values(features), title)
    assert np.corrcoef(values, inside(hidden, title))[0, 1] > 0.97
    assert np.sqrt((values**2).mean()) == pytest.approx(1.0), "a step is one standard deviation"
    assert one.left_out == ()
    loading = dict(zip(one.members, one.loadings, strict=True))
    assert loading["up"] > 0 > loading["down"]
    assert list(np.abs(one.loadings)) == sorted(np.abs(one.loadings), reverse=True)


def test_the_high_pole_is_the_one_that_members_grow_towards() -> None:
    features, title, hidden = catalogue()
    turned = fitted({"up": -1, "down": 1}, features, title)
    assert np.corrcoef(turned.values(features), fitted({"up": 1, "down": -1}, features, title)
                       .values(features))[0, 1] == pytest.approx(-1.0)  # fmt: skip
    assert np.corrcoef(inside(turned.values(features), title), inside(hidden, title))[0, 1] < -0.9


def test_a_member_that_runs_against_the_others_or_with_none_is_left_out_and_told() -> None:
    features, title, _ = catalogue()
    features["also"] = features["up"] + 0.3 * np.random.default_rng(3).normal(size=len(title))
    against = fitted({"up": 1, "also": 1, "down": 1}, features, title)
    assert against.left_out == ("down",)
    assert set(against.members) == {"up", "also"}
    idle = fitted({"up": 1, "down": -1, "idle": 1, "flat": 1}, features, title)
    assert set(idle.left_out) == {"flat", "idle"}
    without = fitted({"up": 1, "down": -1}, features, title)
    np.testing.assert_allclose(idle.values(features), without.values(features))


def test_a_lever_that_nothing_moves_has_no_fit() -> None:
    features, title, _ = catalogue()
    assert fit_levers([lever(members={"flat": 1})], features, title) == ()
    assert fit_levers([lever(members={"gone": 1})], features, title) == ()
    assert fit_levers([lever(members={"up": 1})], features, np.arange(len(title))) == ()
    levels = Lever.model_validate(
        {"name": "cast", "label": "cast", "levels": {"x": {"1": {"variant": "x"}}}}
    )
    assert fit_levers([levels], features, title) == ()


def test_what_could_not_be_measured_counts_as_average_and_nothing_known_as_unknown() -> None:
    features, title, _ = catalogue()
    one = fitted({"up": 1, "down": -1}, features, title)
    some = {name: np.array([value, np.nan, np.nan]) for name, value in
            (("up", features["up"].mean()), ("down", features["down"].mean()))}  # fmt: skip
    some["down"][1] = features["down"].mean()
    found = one.values(some)
    assert found[:2].tolist() == pytest.approx([0.0, 0.0], abs=1e-9)
    assert np.isnan(found[2])


def test_nothing_to_measure_is_unknown_and_not_the_low_end() -> None:
    rng = np.random.default_rng(2)
    title = np.repeat(np.arange(30), 4)
    share = rng.uniform(0.1, 0.4, 120)
    share[::4] = 0.0
    one = fitted({"face": 1}, {"face": share}, title, unseen=["face"])
    values = one.values({"face": share})
    assert np.isnan(values[::4]).all()
    assert np.isfinite(values[share > 0]).all()
    assert one.centres[0] == pytest.approx(share[share > 0].mean())
    plain = fitted({"face": 1}, {"face": share}, title)
    assert np.isfinite(plain.values({"face": share})).all()


def test_levers_may_be_members_of_levers_in_whatever_order_they_are_written() -> None:
    features, title, _ = catalogue()
    mood = lever("mood", members={"light": -1, "mixed": -1})
    light = lever("light", members={"up": 1, "down": -1})
    found = {one.lever.name: one for one in fit_levers([mood, light], features, title)}
    assert list(found) == ["light", "mood"]
    held = features | {"light": found["light"].values(features)}
    assert "light" in found["mood"].members
    assert np.isfinite(found["mood"].values(held)).all()
    itself = lever("up", members={"up": 1})
    (one,) = fit_levers([itself], features, title)
    assert one.members == ("up",), "the feature of the same name"


def test_one_step_moves_each_member_by_its_own_amount() -> None:
    features, title, _ = catalogue()
    one = fitted({"up": 1, "down": -1}, features, title)
    moved = {name: np.array([one.centres[list(one.members).index(name)] + step])
             for name, step in one.step_of.items()}  # fmt: skip
    assert one.values(moved)[0] == pytest.approx(1.0)
    assert one.step_of["up"] > 0 > one.step_of["down"]


def test_a_table_keeps_levers_as_they_were_fitted() -> None:
    features, title, _ = catalogue()
    features["also"] = features["up"] + 0.1
    axis = lever(members={"up": 1, "also": 1, "down": 1}, unseen=[])
    levels = Lever.model_validate(
        {"name": "cast", "label": "cast", "levels": {"x": {"1": {"variant": "x", "do": "Show"}}}}
    )
    kept, back = levers_of(levers_table([levels, axis], fit_levers([axis], features, title)))
    assert kept == (axis, levels)
    (one,) = back
    assert one.left_out == ("down",)
    original = fitted({"up": 1, "also": 1, "down": 1}, features, title)
    np.testing.assert_array_equal(one.values(features), original.values(features))


def test_a_new_picture_measures_as_the_same_picture_in_the_index() -> None:
    features, title, _ = catalogue()
    axes = [lever(members={"up": 1, "down": -1}), lever("mood", members={"light": 1, "mixed": 1})]
    levers = Levers(tuple(axes), fit_levers(axes, features, title))
    held = dict(features)
    for one in levers.fitted:
        held[one.lever.name] = one.values(held)
    rows = [{name: float(values[at]) for name, values in features.items()} for at in range(7)]
    rows[3]["mixed"] = None  # type: ignore[assignment]
    measured = levers.measure(rows)
    for name in ("light", "mood"):
        same = [at for at in range(7) if at != 3]
        np.testing.assert_allclose(measured[name][same], held[name][same])
    assert np.isfinite(measured["mood"][3])
    assert levers.owner("down") == "light"
    assert levers.owner("gone") is None
    assert levers.lever("mood") == axes[1]
    assert levers.fit("gone") is None
