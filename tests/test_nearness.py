"""Which past titles are of a brief's kind, by text, genres and tags."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.answers.brief import Brief, brief_text
from assistant.answers.nearness import (
    Nearness,
    known_kinds,
    measure_nearness,
    nearest_titles,
    read_kinds,
    spell_genres,
)
from index.store import Index
from tests.planted import Art, Title, Words, plant

WORDS = Words({"near": (1, 0, 0), "between": (1, 1, 0)})


def library(folder: Path, *titles: Title) -> Index:
    return plant(folder, titles, [Art(one.id, one.id) for one in titles])


def held(index: Index, **brief: Any) -> Nearness:
    asked = Brief.model_validate({"title": "near", **brief})
    return measure_nearness(asked, WORDS.embed_texts([brief_text(asked)]), index)


def ids(index: Index, **brief: Any) -> list[str]:
    return [one.title_id for one in nearest_titles(held(index, **brief), index)]


def test_a_shared_genre_outweighs_a_nearer_text(tmp_path: Path) -> None:
    index = library(
        tmp_path,
        Title("text", (1, 0, 0), "Comedy"),
        Title("kind", (0, 1, 0), "War"),
        Title("else", (0, 0, 1), "Comedy"),
    )
    assert ids(index)[0] == "text"
    assert ids(index, genres=["War"])[0] == "kind"
    assert ids(index, genres=["war "])[0] == "kind"


def test_a_rare_genre_tells_more_than_a_common_one(tmp_path: Path) -> None:
    common = [Title(f"d{n}", genres="Drama|Comedy") for n in range(9)]
    index = library(
        tmp_path, Title("drama", genres="Drama|News"), Title("war", genres="War|News"), *common
    )
    score = dict(zip(["drama", "war"], held(index, genres=["War", "Drama"]).score, strict=False))
    assert score["war"] > score["drama"]
    assert ids(index, genres=["Drama"])[0] in {"drama", "d0"}, "but any that is shared counts"


def test_likeness_is_the_weight_of_what_is_shared_in_all_that_either_has(tmp_path: Path) -> None:
    own = ("War|Drama", "War", "Drama|News", "Comedy")
    kinds = read_kinds(library(tmp_path, *(Title(f"t{n}", genres=g) for n, g in enumerate(own))))
    common, rare = np.log(2) + 0.3, np.log(4) + 0.3
    found = kinds.likeness(kinds.among({"war", "drama"}))
    assert found == pytest.approx([1, 0.5, common / (2 * common + rare), 0])
    assert kinds.likeness(kinds.of_title(3)).tolist() == [0, 0, 0, 1]


def test_fewer_other_genres_are_nearer(tmp_path: Path) -> None:
    index = library(
        tmp_path, Title("mixed", genres="War|Comedy|News"), Title("pure", genres="War"),
        Title("other", genres="Comedy"), Title("more", genres="News"),
    )  # fmt: skip
    assert ids(index, genres=["War"])[:2] == ["pure", "mixed"]


def test_genres_are_read_in_any_case_and_through_a_slip(tmp_path: Path) -> None:
    index = library(tmp_path, Title("a", genres="Science Fiction|War"), Title("b", genres="War"))
    spelled, said = spell_genres(["science fiction ", "WAR", "Opera"], index)
    assert spelled == ("Science Fiction", "War", "Opera")
    assert said == []
    found, told = known_kinds(Brief(title="x", genres=("Sciense Fiction", "war")), index)
    assert found == {"science fiction", "war"}
    assert told == ("genre 'Sciense Fiction' is read as 'Science Fiction'",)
    found, (told_one,) = known_kinds(Brief(title="x", genres=("Opera",), tags=("odd",)), index)
    assert found == frozenset()
    assert told_one.startswith("no title has the genre 'Opera'; ")
    bare = library(tmp_path / "bare", Title("a"))
    assert known_kinds(Brief(title="x", genres=("Opera",)), bare) == (frozenset(), ())


def test_in_a_small_catalogue_every_title_fits_and_in_a_larger_one_a_quarter(
    tmp_path: Path,
) -> None:
    turned = [Title(f"t{n:02d}", (np.cos(n / 20), np.sin(n / 20), 0)) for n in range(24)]
    small = held(library(tmp_path / "small", *turned[:23]))
    assert small.fits.all()
    assert small.value[0] == 1.0
    assert small.value[-1] == 0.0
    assert (np.diff(small.value) < 0).all()
    large = library(tmp_path / "large", *turned)
    assert held(large).fits.sum() == 7, "the quarter and the one on the line"
    assert (held(large).value[7:] == 0).all()
    assert ids(large) == [f"t{n:02d}" for n in range(6)], "six are named, the nearest first"


def test_titles_that_nothing_tells_apart_all_fit(tmp_path: Path) -> None:
    found = held(library(tmp_path, Title("a"), Title("b")))
    assert found.fits.all()
    assert found.value.tolist() == [1.0, 1.0]


@pytest.fixture(scope="module")
def genres(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Thirty titles of three kinds, the text of each near that of its kind."""
    rng = np.random.default_rng(5)
    middle = {"War": (1, 0, 0), "Comedy": (0, 1, 0), "Nature": (0, 0, 1)}
    titles = [
        Title(f"{kind}{n}", tuple(np.array(text) + rng.normal(0, 0.15, 3)), kind)
        for n in range(10)
        for kind, text in middle.items()
    ]
    return library(tmp_path_factory.mktemp("genres"), *titles)


@pytest.mark.parametrize("brief", [{}, {"genres": ["War"]}])
def test_where_genres_tell_strangers_apart_they_do_not_fit(
    genres: Index, brief: dict[str, Any]
) -> None:
    names = np.array(genres.table("titles")["title_id"].to_pylist())
    found = held(genres, **brief)
    war = np.char.startswith(names, "War")
    assert found.fits[war].mean() >= 0.8
    assert found.fits[~war].mean() <= 0.05
    assert np.isfinite(found.line)
    assert found.value.max() == 1.0
    told = [one.nearness for one in nearest_titles(found, genres)]
    assert told == [round(one, 4) for one in told] != [round(one, 3) for one in told]
    other = held(genres, **({} if brief else {"genres": ["War"]}))
    assert found.line != other.line, "kinds are learned with a line of their own"


def test_a_brief_between_two_kinds_is_near_both_and_not_the_third(genres: Index) -> None:
    names = np.array(genres.table("titles")["title_id"].to_pylist())
    found = measure_nearness(Brief(title="between"), WORDS.embed_texts(["between"]), genres)
    assert {name.rstrip("0123456789") for name in names[found.fits]} == {"War", "Comedy"}


def of_two_kinds(folder: Path, wars: int, comedies: int) -> Index:
    titles = [Title(f"War{n}", (1, 0.01 * n, 0), "War") for n in range(wars)]
    titles += [Title(f"Comedy{n}", (0, 1, 0.01 * n), "Comedy") for n in range(comedies)]
    return library(folder, *titles)


def test_a_line_is_learned_from_two_hundred_pairs_of_strangers(tmp_path: Path) -> None:
    assert held(of_two_kinds(tmp_path / "few", 10, 9), genres=["War"]).fits.all()
    enough = held(of_two_kinds(tmp_path / "enough", 10, 10), genres=["War"])
    assert enough.fits.tolist() == [True] * 10 + [False] * 10


def test_a_standard_deviation_of_kinds_counts_three_times_one_of_text(tmp_path: Path) -> None:
    index = of_two_kinds(tmp_path, 4, 4)
    gained = held(index, genres=["War"]).score - held(index).score
    assert gained == pytest.approx([3.0] * 4 + [-3.0] * 4)
    alike = held(of_two_kinds(tmp_path / "alike", 4, 0), genres=["War"])
    assert np.isfinite(alike.score).all(), "what all titles are tells nothing"
    assert alike.fits.all()
