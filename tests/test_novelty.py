"""What a picture promises that the brief does not say, on indexes where every neighbour is set."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from assistant.answers.brief import Brief
from assistant.boards.novelty import contradictions, genre_rows, novelty_marks
from index.store import Index
from tests.planted import Art, Title, plant, unit
from tests.turned import direction
from tests.world_index import plant_world
from tests.worlds import make_world

TEXT = np.stack([unit(0, 1, 0)])
"""The brief's words: like those of comedies."""


def shelf(
    folder: Path,
    *groups: tuple[str, int, float],
    own: int = 0,
    shows: dict[str, list[float]] | None = None,
) -> Index:
    """A comedy's picture "x", and titles of one picture each by genre, number and angle from it.

    Args:
        folder: where to write it.
        groups: genre, how many titles, angle.
        own: further pictures of the comedy, just like it.
        shows: flags of all pictures.
    """
    titles, arts = [Title("x", (0, 1, 0), "Comedy")], [Art("x", "x", (1, 0, 0))]
    arts += [Art(f"x{n}", "x", (1, 0, 0)) for n in range(own)]
    for genre, count, angle in groups:
        for _ in range(count):
            name = f"t{len(titles)}"
            text = (0, 1, 0) if genre == "Comedy" else (0, 0, 1)
            titles.append(Title(name, text, genre))
            arts.append(Art(name, name, (np.cos(angle), np.sin(angle), 0)))
    return plant(folder, titles, arts, perceived=shows)


def told(index: Index, synopsis: str = "a cake", **brief: object) -> tuple[str, ...]:
    asked = Brief.model_validate({"title": "New", "synopsis": synopsis, **brief})
    return contradictions(index, asked, TEXT, [0])[0]


def test_a_genre_is_promised_by_the_nearest_pictures_of_other_titles(tmp_path: Path) -> None:
    near = shelf(tmp_path / "near", ("Horror", 20, 0.1), ("Comedy", 60, 1.0), own=25)
    (said,) = told(near)
    assert said.startswith("Looks like Horror, which the brief does not mention: 20 of the 20")
    assert "against 19% of all artwork" in said
    assert told(near, "a horror cake") == ()
    assert told(near, genres=["horror"]) == ()
    far = shelf(tmp_path / "far", ("Horror", 20, 1.0), ("Comedy", 60, 0.1))
    assert told(far) == ()


def test_a_genre_of_fewer_than_half_of_the_nearest_is_no_promise(tmp_path: Path) -> None:
    for near, number in ((9, 0), (10, 1)):
        index = shelf(
            tmp_path / str(near), ("Horror", near, 0.1), ("Comedy", 20 - near, 0.1),
            ("Comedy", 60, 1.0),
        )  # fmt: skip
        assert len(told(index)) == number


def test_what_is_common_everywhere_is_no_promise(tmp_path: Path) -> None:
    assert told(shelf(tmp_path, ("Horror", 60, 0.1), ("Comedy", 39, 1.0))) == ()


@pytest.mark.parametrize(("near", "number"), [(10, 0), (11, 1)])
def test_what_chance_explains_is_no_promise(tmp_path: Path, near: int, number: int) -> None:
    index = shelf(
        tmp_path,
        ("Horror", near, 0.1), ("Comedy", 20 - near, 0.1),
        ("Horror", 15 - near, 1.0), ("Comedy", 24 + near, 1.0),
    )  # fmt: skip
    assert len(told(index)) == number


@pytest.mark.parametrize(("backing", "number"), [(2, 1), (3, 0)])
def test_three_titles_whose_text_is_like_the_briefs_back_a_genre(
    tmp_path: Path, backing: int, number: int
) -> None:
    titles = [Title(f"h{n}", (0, 1, 0) if n < backing else (0, 0, 1), "Horror") for n in range(20)]
    titles += [Title(f"c{n}", (0, 1, 0.1), "Comedy") for n in range(60)]
    arts = [Art("x", "c0", (1, 0, 0))]
    arts += [Art(one.id, one.id, (1, 0.1, 0) if one.genres == "Horror" else (0, 1, 0))
             for one in titles]  # fmt: skip
    assert len(told(plant(tmp_path, titles, arts))) == number


def flags(count: int, of: int) -> list[float]:
    return [1.0] * count + [0.0] * (of - count)


def test_a_thing_that_the_brief_does_not_name_is_told_where_it_is_rare(tmp_path: Path) -> None:
    index = shelf(
        tmp_path, ("Comedy", 39, 1.0),
        shows={"shows_car": flags(10, 40), "shows_dog": flags(11, 40), "shows_boat": flags(0, 40)},
    )  # fmt: skip
    (said,) = told(index)
    assert said.startswith("Shows a car, which the brief does not mention; 25% of all artwork")
    large = shelf(tmp_path / "large", ("Comedy", 249, 1.0), shows={"shows_car": flags(1, 250)})
    assert "; under 1% of all artwork" in told(large)[0]
    assert told(index, "two cars and a cake") == ()
    assert told(index, must_show=["a car"]) == ()
    brief = Brief(title="New", synopsis="a cake")
    assert contradictions(index, brief, TEXT, [39]) == [()], "which shows nothing"


def test_artwork_of_any_of_the_genres_counts_and_all_where_none_has_them(tmp_path: Path) -> None:
    index = shelf(tmp_path, ("Horror", 2, 0.1), ("Comedy|War", 3, 1.0))
    assert genre_rows(index, ("horror",)).sum() == 2
    assert genre_rows(index, ("War", "Horror")).sum() == 5
    assert genre_rows(index, ("Opera",)).all()


def test_few_artworks_of_a_genre_say_nothing_of_what_is_widely_used(tmp_path: Path) -> None:
    index = plant_world(tmp_path, make_world({}, 3, titles=4))
    alone = direction("cast", "one person")
    (said,) = novelty_marks(index, alone, ("Drama",))
    assert said.startswith("Widely used: 61%")
    assert "in Drama titles" in said
    assert novelty_marks(index, alone, ("War",)) == (), "eleven artworks of one title"
    assert novelty_marks(index, direction("light", "darker"), ("Drama",)) == (), "one in eleven"
    assert novelty_marks(index, direction("cast", "two people"), ("Drama",)) == ()


def dated(folder: Path, early: set[int], unknown: set[int]) -> Index:
    """Two dozen titles of eleven artworks, ten of them of one person in even titles: some of 2012,
    some without a date, all others of 2020."""

    def art(row: int) -> dict[str, str]:
        title = row // 11
        year = "" if title in unknown else "2012-01-01" if title in early else "2020-06-01"
        return {"created": year}

    return plant_world(folder, make_world({}, 3, titles=24), art=art)


ALONE = direction("cast", "one person")


def test_what_was_shown_more_before_the_middle_date_is_fading(tmp_path: Path) -> None:
    early = {*range(0, 16, 2), 1, 3, 5}
    (said,) = novelty_marks(dated(tmp_path / "less", early, {22}), ALONE, ())
    assert said.startswith("Fading: 66% of artwork in the index before 2020-06-01, 23% since")
    assert "-43 points, -5" in said
    low, high = map(int, re.findall(r"-43 points, (-\d+) to (-\d+)", said)[0])
    assert low < -43 < high < 0
    for name, old, unknown in (
        ("rising", {*range(1, 17, 2), 0, 2, 4}, {23}),
        ("within chance", {*range(0, 12, 2), *range(1, 11, 2)}, set()),
        ("too few to tell", {0}, set()),
        ("without dates", set(), set(range(24))),
    ):
        assert novelty_marks(dated(tmp_path / name, old, unknown), ALONE, ()) == (), name
