"""What differs between two sets: the planted lever first, and silence where nothing differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy import stats
from typer.testing import CliRunner

from assistant.answers.comparison import Difference, compare_sets, find_differences
from assistant.answers.gallery import Gallery, Trait
from assistant.cli.app import app
from index.errors import InputError
from index.store import open_index
from tests.small_catalogue import build, write_catalogue

TITLES, EACH, TRAITS, DRAWS = 60, 6, 14, 20


def sets(rng: np.random.Generator, *, inside: bool) -> tuple[np.ndarray, np.ndarray]:
    """Titles of artwork, and which of it is in the first set: some of each title, or whole ones."""
    titles = np.repeat(np.arange(TITLES), EACH)
    if inside:
        return titles, np.tile(np.arange(EACH) % 2 == 0, TITLES)
    return titles, rng.permutation(TITLES)[titles] < TITLES // 2


def traits(rng: np.random.Generator, titles: np.ndarray) -> list[Trait]:
    """Values that differ by title and inside titles, and by nothing else."""
    found = []
    for number in range(TRAITS):
        values = rng.normal(size=TITLES)[titles] * 0.5 + rng.normal(size=len(titles))
        name = f"lever {number}"
        found.append(Trait(name, f"more {number}", f"less {number}", values, values, "", str))
    return found


@pytest.mark.parametrize("inside", [True, False], ids=["inside titles", "between titles"])
def test_the_planted_lever_comes_first_and_chance_says_nothing(inside: bool) -> None:
    first, loud = 0, 0
    for draw in range(DRAWS):
        rng = np.random.default_rng(draw)
        titles, chosen = sets(rng, inside=inside)
        drawn = traits(rng, titles)
        loud += bool(find_differences(drawn, chosen, ~chosen, titles))
        planted = drawn[draw % TRAITS]
        planted.values[chosen] -= 1.0
        found = find_differences(drawn, chosen, ~chosen, titles)
        first += bool(found) and found[0].side == planted.less
        if found and found[0].side == planted.less:
            assert found[0].low < found[0].change < found[0].high < 0
    assert first >= 0.9 * DRAWS
    assert loud <= 0.05 * DRAWS


def test_too_few_titles_are_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    titles, chosen = sets(rng, inside=True)
    few = titles < 5
    with pytest.raises(InputError, match="5 titles, too few"):
        find_differences(traits(rng, titles), chosen & few, ~chosen & few, titles)


def told(values: np.ndarray, first: np.ndarray, titles: np.ndarray, *others: Trait) -> list[str]:
    """The sides by which two sets are told apart, of one trait and others."""
    trait = Trait("light", "lighter", "darker", values, values, "", str)
    return [one.side for one in find_differences([trait, *others], first, ~first, titles)]


def test_eight_titles_are_enough_where_the_difference_is_plain() -> None:
    rng = np.random.default_rng(3)
    titles = np.repeat(np.arange(8), 6)
    first = np.arange(48) % 2 == 0
    values = 3.0 * first + rng.normal(0, 0.1, 48)
    assert told(values, first, titles) == ["lighter"]
    assert told(-values, first, titles) == ["darker"]
    with pytest.raises(InputError, match="7 titles, too few"):
        told(values[:42], first[:42], titles[:42])
    assert told(np.ones(48), first, titles) == [], "nothing varies"
    assert told(np.full(48, np.nan), first, titles) == [], "nothing is known"


def test_what_titles_differ_by_altogether_does_not_hide_what_is_turned_inside_them() -> None:
    rng = np.random.default_rng(4)
    titles = np.repeat(np.arange(40), 4)
    first = np.arange(160) % 2 == 0
    values = rng.normal(0, 50, 40)[titles] + 1.0 * first + rng.normal(0, 0.5, 160)
    trait = Trait("light", "lighter", "darker", values, values, "", str)
    (found,) = find_differences([trait], first, ~first, titles)
    assert found.change == pytest.approx(1.0, abs=0.3)
    assert found.low < 1.0 < found.high
    assert found.titles == 20, "the half that checked it"


def test_whole_titles_are_compared_with_one_another() -> None:
    rng = np.random.default_rng(6)
    titles = np.repeat(np.arange(40), 4)
    first = titles < 20
    values = 2.0 * first + rng.normal(0, 0.3, 40)[titles] + rng.normal(0, 0.1, 160)
    trait = Trait("light", "lighter", "darker", values, values, "", str)
    (found,) = find_differences([trait], first, ~first, titles)
    assert found.change == pytest.approx(2.0, abs=0.4)
    assert found.high - found.low > 0.1, "forty titles, not a hundred and sixty pictures"


def test_each_lever_is_named_once_by_its_surest_trait_and_the_surest_lever_first() -> None:
    rng = np.random.default_rng(7)
    titles = np.repeat(np.arange(30), 4)
    first = np.arange(120) % 2 == 0

    def trait(lever: str, name: str, shift: float) -> Trait:
        values = shift * first + rng.normal(0, 1.0, 120)
        return Trait(lever, f"more {name}", f"less {name}", values, values, "", str)

    drawn = [trait("cast", "pairs", 1.5), trait("light", "light", -4.0), trait("cast", "crowds", 4)]
    drawn += [trait("heat", "warm", 8.0)]
    found = find_differences(drawn, first, ~first, titles)
    assert found[0].side == "more warm"
    assert {one.side for one in found[1:]} == {"less light", "more crowds"}
    assert len(found) == 3
    many = [trait(f"lever {number}", str(number), 5.0 + number) for number in range(9)]
    assert len(find_differences(many, first, ~first, titles)) == 6, "six are proposed at most"


def gallery(values: np.ndarray, titles: np.ndarray) -> Gallery:
    """Pictures "p0", "p1", … whose light is told in percent."""
    light = Trait(
        "light", "lighter", "darker", values, 10 * values, "brightness ", "{:.0f}%".format
    )
    ids = tuple(f"p{row}" for row in range(len(values)))
    return Gallery(ids, tuple(map(Path, ids)), titles, (light,), {})


def test_a_difference_is_told_with_both_means_and_the_artwork_that_shows_it_most() -> None:
    titles = np.repeat(np.arange(10), 4)
    first = np.arange(40) % 4 < 2
    values = np.where(first, 5.0, 2.0) + np.tile([0.1, -0.1, 0.1, -0.1], 10)
    values[[4, 5, 12, 20]] = 6.5, 6.0, 6.0, 6.0
    values[[2, 10, 3, 38]] = 1.5, 1.0, 1.2, 1.2
    values[[0, 6]] = np.nan
    both = np.zeros(40, bool)
    both[[1, 7]] = True
    values[[1, 7]] = 99.0
    (found,) = compare_sets(gallery(values, titles), first | both, ~first | both)
    own, others = values[first & ~both], values[~first & ~both]
    means = [10 * float(np.nanmean(part)) for part in (own, others)]
    assert found.sentence == f"lighter: brightness {means[0]:.0f}% against {means[1]:.0f}%"
    assert found.examples == (("p4", "p12", "p20"), ("p10", "p3", "p38")), "one a title, ties last"
    (back,) = compare_sets(gallery(values, titles), ~first | both, first | both)
    assert back.sentence == f"darker: brightness {means[1]:.0f}% against {means[0]:.0f}%"
    assert back.examples == found.examples[::-1]


def test_a_set_must_hold_artwork_that_the_other_has_not() -> None:
    some, none = np.arange(40) < 20, np.zeros(40, bool)
    shown = gallery(np.arange(40.0), np.repeat(np.arange(10), 4))
    for first, second, told in (
        (none, some, "the first set holds no artwork"),
        (some, none, "the second set holds no artwork"),
        (some, some | (np.arange(40) == 30), "the first set has no artwork that the other has not"),
        (some | (np.arange(40) == 30), some, "the second set has no artwork that the other"),
    ):
        with pytest.raises(InputError, match=told):
            compare_sets(shown, first, second)


PROPOSES, CHECKS = 240, 201
"""Seeds with which the first four of eight titles propose, and with which they check."""


def pairs_of(name: str, *differences: float, lever: str = "") -> Trait:
    """Of each title one picture in either set, that differ so much in a trait."""
    values = np.repeat(50.0 * np.arange(len(differences)), 2)
    values[::2] += differences
    return Trait(lever or name, f"more {name}", f"less {name}", values, values, "", str)


def told_of(*drawn: Trait, seed: int) -> list[Difference]:
    titles = np.repeat(np.arange(len(drawn[0].values) // 2), 2)
    first = np.arange(len(titles)) % 2 == 0
    return find_differences(drawn, first, ~first, titles, seed=seed)


@pytest.mark.parametrize("seed", [PROPOSES, CHECKS])
def test_both_halves_of_the_titles_must_tell_the_same(seed: int) -> None:
    torn = pairs_of("torn", 0.3, 0.4, 0.3, 0.4, -0.3, -0.4, -0.3, -0.4)
    vague = pairs_of("vague", 0.3, 0.4, 0.3, 0.4, 0.9, -0.4, -0.5, 0.2)
    steady = pairs_of("steady", *[0.3, 0.4] * 4)
    less = pairs_of("falling", *[-0.3, -0.4] * 4)
    found = told_of(torn, vague, steady, less, seed=seed)
    assert [one.side for one in found] == ["more steady", "less falling"]
    unknown = pairs_of("few", *[3.0, 3.1] * 4)
    unknown.values[[0, 1, 8, 9]] = np.nan
    assert told_of(unknown, seed=seed) == [], "three titles of a half are too few"


@pytest.mark.parametrize("seed", [PROPOSES, CHECKS])
def test_what_the_vaguer_half_says_ranks(seed: int) -> None:
    sharp, fair, vague = [0.99, 1.01] * 2, [0.9, 1.1] * 2, [0.8, 1.2] * 2
    uneven, even = pairs_of("uneven", *sharp, *vague), pairs_of("even", *fair, *fair)
    other = pairs_of("other", *vague, *vague, lever="even")
    found = told_of(other, uneven, even, seed=seed)
    assert [one.side for one in found] == ["more even", "more uneven"], "one of each lever"


def sure(p: float) -> list[float]:
    """Differences in four titles with the p-value of a test clustered by title (Liang & Zeger)."""
    spread = np.array([-0.3, 0.1, 0.3, -0.1])
    error = np.sqrt((spread**2).sum() / 16 * (4 / 3) * (7 / 6))
    return list(spread + stats.t(3).isf(p / 2) * error)


def test_one_in_ten_is_proposed_and_one_in_twenty_kept() -> None:
    plain = [0.9, 1.1] * 2
    for p, proposed, kept in ((0.045, 1, 1), (0.055, 1, 0), (0.095, 1, 0), (0.105, 0, 0)):
        one = pairs_of("one", *sure(p), *plain)
        assert len(told_of(one, seed=PROPOSES)) == proposed, p
        assert len(told_of(one, seed=CHECKS)) == kept, p
    two = [pairs_of(name, *sure(p), *plain) for name, p in (("a", 0.03), ("b", 0.045))]
    assert told_of(*two, seed=CHECKS) == [], "either might be chance among two"
    (found,) = told_of(pairs_of("one", *sure(0.045), *plain), seed=CHECKS)
    reach = stats.t(3).isf(0.05) / stats.t(3).isf(0.045 / 2)
    assert found.titles == 4
    assert found.change - found.low == pytest.approx(found.change * reach)
    assert found.high - found.change == pytest.approx(found.change * reach)


def test_halves_hold_as_many_titles_of_either_set() -> None:
    titles = np.repeat(np.arange(8), 2)
    first = titles % 2 == 0
    values = np.where(first, 2.0, 1.0) + np.tile([0.0, 0.1, 0.1, 0.2], 4) * (titles + 1) / 8
    trait = Trait("light", "lighter", "darker", values, values, "", str)
    for seed in range(6):
        (found,) = find_differences([trait], first, ~first, titles, seed=seed)
        assert (found.side, found.titles) == ("lighter", 4)


@pytest.mark.parametrize(("torn", "within"), [(10, True), (11, False)])
def test_pictures_are_held_against_those_of_their_title_where_half_the_titles_have_both(
    torn: int, within: bool
) -> None:
    """Light titles have more pictures in the first set, which are darker than their others."""
    rng = np.random.default_rng(9)
    titles = np.repeat(np.arange(20), 8)
    place = np.tile(np.arange(8), 20)
    light = titles % 2 == 0
    first = place < np.where(light, 7, 1)
    whole = titles >= 20 - torn
    first[whole] = light[whole]
    values = np.where(light, 5.0, 0.0) - 1.0 * first + rng.normal(0, 0.1, 160)
    trait = Trait("light", "lighter", "darker", values, values, "", str)
    (found,) = find_differences([trait], first, ~first, titles)
    assert found.side == ("darker" if within else "lighter")
    if within:
        assert found.change == pytest.approx(-1.0, abs=0.1)
        assert found.high - found.low < 0.2


def test_two_folders_of_pictures_are_told_apart_by_their_light(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=16, each=4)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    for name in ("day", "night"):
        (catalogue / "images" / name).mkdir()
    rng = np.random.default_rng(2)
    paths = []
    for row, path in enumerate(artworks["path"]):
        name = ("day", "night")[row % 2]
        paths.append(f"images/{name}/{row}.png")
        colour = np.array([20, 40, 210 if name == "day" else 90])
        pixels = colour + rng.integers(-12, 12, (90, 60, 3))
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(catalogue / paths[-1])
        (catalogue / path).unlink()
    artworks.assign(path=paths).to_csv(catalogue / "artworks.csv", index=False)
    build(catalogue, tmp_path / "index")
    words = [str(catalogue / "images" / name) for name in ("night", "day")]
    index = ["--index", str(tmp_path / "index")]
    run = CliRunner().invoke(app, ["compare", *words, *index, "--json"])
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert found["first"]["artworks"] == found["second"]["artworks"] == 32
    assert found["differences"][0]["side"] == "darker"
    assert found["differences"][0]["high"] < 0
    night = {
        one for one, path in zip(artworks["artwork_id"], paths, strict=True) if "night" in path
    }
    assert set(found["differences"][0]["examples"][0]) <= night
    run = CliRunner().invoke(app, ["compare", *words, *index])
    assert "Darker: brightness" in run.stdout
    for asked, told in (
        (["nobody", "losers"], "names no set"),
        (["winners", "winners"], "no artwork"),
    ):
        run = CliRunner().invoke(app, ["compare", *asked, *index])
        assert isinstance(run.exception, InputError)
        assert told in str(run.exception)
    with open_index(tmp_path / "index") as opened:
        assert opened.artworks == 64


def test_folders_that_no_index_holds_are_measured_and_told_apart(tmp_path: Path) -> None:
    build(write_catalogue(tmp_path / "catalogue", titles=16, each=4), tmp_path / "index")
    rng = np.random.default_rng(3)
    for name, blue in (("day", 210), ("night", 90), ("noon", 210)):
        (tmp_path / name).mkdir()
        for number in range(16):
            pixels = np.array([20, 40, blue]) + rng.integers(-12, 12, (90, 60, 3))
            picture = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
            picture.save(tmp_path / name / f"{number}.png")
    (tmp_path / "night" / "torn.png").write_text("no picture")
    index = ["--index", str(tmp_path / "index")]

    def compared(*words: str) -> tuple[dict[str, Any], str]:
        run = CliRunner().invoke(app, ["compare", *words, *index, "--json"])
        assert run.exit_code == 0, run.output
        return json.loads(run.stdout), run.stderr

    night, day, noon = (str(tmp_path / name) for name in ("night", "day", "noon"))
    found, said = compared(night, day)
    assert "torn.png" in said
    assert found["first"]["artworks"] == found["second"]["artworks"] == 16
    assert found["differences"][0]["side"] == "darker"
    assert found["differences"][0]["examples"][0][0].startswith(night)
    assert compared(night, "title_id!=none")[0]["second"]["artworks"] == 64
    run = CliRunner().invoke(app, ["compare", day, noon, *index])
    assert "Nothing differs" in run.stdout
    for name in ("dusk", "empty"):
        (tmp_path / name).mkdir()
    shutil.copy(tmp_path / "night" / "0.png", tmp_path / "dusk")
    words = [str(tmp_path / name) for name in ("dusk", "empty")]
    run = CliRunner().invoke(app, ["compare", *words, *index])
    assert isinstance(run.exception, InputError)
    assert "no picture that can be read" in str(run.exception)
