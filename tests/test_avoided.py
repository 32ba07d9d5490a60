"""What a brief's `avoid` rules out on a small index, and what picks and briefs are kept as."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.answers.brief import Brief, load_brief
from assistant.answers.exclusions import barred_features, rule_out
from assistant.answers.picks import (
    PICKS,
    Pick,
    add_picks,
    load_picks,
    picked_for,
    remove_picks,
)
from index.errors import InputError
from index.features.attributes.attribute import Attribute, definitions_table
from index.store import Index
from tests.planted import Art, Title, plant


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Four artworks of two titles: two nude, one with a mask, one with a gun."""
    nude, dressed = {"nudity": 1.0}, {"nudity": 0.0}
    arts = [
        Art("a1", "a", features=nude), Art("a2", "a", features=dressed),
        Art("b1", "b", features=nude), Art("b2", "b", features=dressed),
    ]  # fmt: skip
    seen = {"shows_mask": [0.0, 1.0, 0.0, 0.0], "shows_gun": [0.0, 0.0, 0.0, 1.0]}
    return plant(tmp_path / "index", [Title("a"), Title("b")], arts, perceived=seen)


def left(index: Index, *avoid: str) -> list[str]:
    ids = index.table("artworks")["artwork_id"].to_pylist()
    return [one for one, kept in zip(ids, rule_out(avoid, index).allowed, strict=True) if kept]


def test_artwork_that_has_what_is_avoided_is_left_out(index: Index) -> None:
    assert left(index) == ["a1", "a2", "b1", "b2"]
    assert left(index, "nudity") == ["a2", "b2"]
    assert left(index, "Naked") == ["a2", "b2"]
    assert left(index, "masks") == ["a1", "b1", "b2"]
    assert left(index, "weapons") == ["a1", "a2", "b1"], "a gun is one"
    assert left(index, "nudity", "masks") == ["b2"]
    assert left(index, "beige walls") == ["a1", "a2", "b1", "b2"]


def test_what_was_left_out_is_counted_for_every_word(index: Index) -> None:
    nude, weapons, mask, blood, walls = rule_out(
        ("nudity", "weapons", "mask", "blood", "walls"), index
    ).warnings
    assert nude == "avoid 'nudity': 2 artworks of 2 titles are left out, for nudity"
    assert weapons.startswith("avoid 'weapons': 1 artworks of 1 titles are left out, for gun")
    assert "; words cannot see" in weapons
    assert "sword" in weapons.partition("cannot see")[2]
    assert mask.startswith("avoid 'mask': 1 artworks of 1 titles are left out, for mask")
    assert "cannot see" not in nude
    assert blood.startswith("avoid 'blood': words cannot see it, so nothing is ruled out; ")
    assert walls.startswith("avoid 'walls': nothing that is measured goes by that name; ")


def test_where_nothing_has_what_is_avoided_none_is_left_out(tmp_path: Path) -> None:
    arts = [Art("a1", "a", features={"nudity": 0.0})]
    index = plant(tmp_path / "none", [Title("a")], arts)
    assert rule_out(("nudity",), index).warnings == (
        "avoid 'nudity': no past artwork is left out; looked for nudity",
    )


def taught(name: str) -> Attribute:
    """An attribute that a user taught by pictures."""
    return Attribute(
        name=name, label=name, prompt="", space="image", encoder_fingerprint="words-1",
        weights=np.zeros(3, np.float32), intercept=0.0, threshold=0.0, auc=None, low=None,
        high=None, found=None, false=None, liked=10, unliked=10, drawn=False, seed=7,
    )  # fmt: skip


def test_an_attribute_of_ones_own_is_ruled_out_by_a_word_of_its_name(tmp_path: Path) -> None:
    names = ("holding_a_weapon", "wet_handguns", "weaponless", "nudity_of_walls")
    values = {name: [float(row == at) for row in range(5)] for at, name in enumerate(names)}
    arts = [Art(f"a{n}", "a", features={"nudity": 0.0, "brightness": 0.5}) for n in range(5)]
    ids = [one.id for one in arts]
    tables = {
        "attributes": pd.DataFrame({"artwork_id": ids, **values}),
        "attribute_definitions": definitions_table([taught(name) for name in names]),
    }
    index = plant(tmp_path / "taught", [Title("a")], arts, tables=tables)
    assert left(index, "weapons") == ["a2", "a3", "a4"]
    assert left(index, "armed") == ["a2", "a3", "a4"], "another word for it, and a gun is one"
    assert left(index, "handgun") == ["a0", "a2", "a3", "a4"]
    assert left(index, "weaponless") == ["a0", "a1", "a3", "a4"]
    assert left(index, "holding a") == ["a1", "a2", "a3", "a4"]
    assert left(index, "nude") == ids, "only a measured flag goes by that word"
    barred = barred_features(Brief(title="New", avoid=("handgun", "brightness")), index)
    assert barred & {*names, "brightness"} == {"wet_handguns"}, "a measure is no thing to avoid"


def test_what_is_avoided_may_not_be_recommended_under_any_of_its_names(index: Index) -> None:
    brief = Brief(title="New", avoid=("weapon", "nude"))
    barred = barred_features(brief, index)
    assert {"weapons", "shows_gun", "shows_sword", "nudity"} <= barred
    assert "shows_mask" not in barred
    assert barred_features(Brief(title="New"), index) == frozenset()


# Picks.


def write_picks(folder: Path, picks: list[Pick]) -> None:
    (folder / PICKS).write_text(json.dumps({"format": 1, "picks": list(map(asdict, picks))}))


def test_a_pick_is_kept_once_and_keeps_its_date(tmp_path: Path) -> None:
    write_picks(tmp_path, [Pick("a", "", "2020-01-01")])
    kept = add_picks(tmp_path, ["a", "b", "b"])
    assert [one.artwork_id for one in kept] == ["a", "b"]
    assert kept[0].picked_at == "2020-01-01"
    assert kept[1].picked_at > "2025"
    assert load_picks(tmp_path) == kept


def test_picks_are_taken_back_for_one_brief_or_for_all(tmp_path: Path) -> None:
    rows = [Pick(art, brief, "x") for art in "ab" for brief in ("", "One", "Two")]
    write_picks(tmp_path, rows)
    assert remove_picks(tmp_path, ["a"], "One") == (rows[1],)
    assert remove_picks(tmp_path, ["a"], "") == (rows[0],)
    assert remove_picks(tmp_path, ["b"]) == tuple(rows[3:])
    assert load_picks(tmp_path) == (rows[2],)
    assert remove_picks(tmp_path, ["gone"]) == ()


def test_a_brief_sees_its_own_picks_and_those_for_all_once(tmp_path: Path) -> None:
    rows = [Pick("b", "One", "x"), Pick("a", "", "x"), Pick("b", "", "x"), Pick("c", "Two", "x")]
    assert picked_for(rows, "One") == ("b", "a")
    assert picked_for(rows, "Two") == ("a", "b", "c")
    assert picked_for(rows, "") == ("a", "b")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "is not JSON"),
        ('{"format": 2, "picks": []}', "of this version"),
        ("[]", "of this version"),
        ('{"format": 1}', "has no list of picks"),
        ('{"format": 1, "picks": [3]}', "holds a pick without"),
        ('{"format": 1, "picks": [{"artwork_id": "a", "brief": 1, "picked_at": "x"}]}',
         "holds a pick without"),
    ],
)  # fmt: skip
def test_a_file_of_picks_that_is_none_says_what_is_wrong(
    tmp_path: Path, content: str, says: str
) -> None:
    (tmp_path / "picks.json").write_text(content)
    with pytest.raises(InputError, match=says):
        load_picks(tmp_path)


# Briefs.


def brief(folder: Path, text: str) -> Brief:
    path = folder / "brief.yaml"
    path.write_text(text)
    return load_brief(path)


def test_one_word_is_a_list_and_what_is_not_said_is_empty(tmp_path: Path) -> None:
    found = brief(
        tmp_path, "title: A\navoid: dogs\nmust_show: [two leads, a cat]\ncanvases: tile\n"
    )
    assert found.avoid == ("dogs",)
    assert found.must_show == ("two leads", "a cat")
    assert found.canvases == ("tile",)
    assert (found.genres, found.tags, found.platforms, found.references) == ((), (), (), ())
    assert (found.audience, found.synopsis) == (None, "")
    assert (found.mockups.count, found.mockups.seed) == (4, 7)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("audience: {c1: 0}", "audience.c1"),
        ("audience: {c1: .inf}", "audience.c1"),
        ("mockups: {count: 0}", "mockups.count"),
        ("mockups: {count: 65}", "mockups.count"),
        ("synopsis: [a, b]", "synopsis"),
        (f"synopsis: {'a' * 20_001}", "synopsis"),
        ("titel: B", "unknown key 'titel'.*did you mean 'title'"),
    ],
)
def test_a_value_that_cannot_be_is_named(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        brief(tmp_path, f"title: A\n{line}\n")
    assert caught.value.row == 2


def test_the_edges_of_what_a_brief_may_say_are_read(tmp_path: Path) -> None:
    found = brief(
        tmp_path, f"title: {'t' * 20_000}\nmockups: {{count: 64}}\naudience: {{c1: 0.001}}\n"
    )
    assert (len(found.title), found.mockups.count) == (20_000, 64)
    assert brief(tmp_path, "title: A\nmockups: {count: 1}\n").mockups.count == 1
    with pytest.raises(InputError, match="title"):
        brief(tmp_path, "title: ''\n")
    assert brief(tmp_path, "title: 19.5\n").title == "19.5"
