"""What a brief avoids is ruled out where it can be seen, and said where it cannot."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.answers.answer import answer_brief
from assistant.answers.brief import Brief, load_brief
from assistant.answers.exclusions import rule_out
from assistant.cli.opening import open_with_encoder
from index.build.attribute_change import add_attribute
from index.build.attribute_make import Request
from index.query.features import feature_table
from index.store import Index, open_index


@pytest.fixture(scope="module")
def folder(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's index with one attribute: pictures with much red."""
    folder = tmp_path_factory.mktemp("avoid") / "index"
    shutil.copytree(demo / "index", folder)
    with open_index(folder) as index:
        table = feature_table(index).merge(index.table("artworks").to_pandas(), on="artwork_id")
    first = table.sort_values("brightness", ascending=False).drop_duplicates("title_id")
    like = tuple(first["artwork_id"].head(15))
    add_attribute(folder, Request("Showing a gun", like=like), None)
    return folder


@pytest.fixture
def index(folder: Path) -> Index:
    return open_index(folder)


def has(index: Index, name: str) -> set[str]:
    table = feature_table(index)
    return set(table.loc[table[name] == 1, "artwork_id"])


def left_out(index: Index, *avoid: str) -> set[str]:
    ids = np.array(index.table("artworks")["artwork_id"].to_pylist())
    return set(ids[~rule_out(avoid, index).allowed])


def test_flags_concepts_and_attributes_rule_out(index: Index) -> None:
    armed = has(index, "showing_a_gun")
    assert armed
    assert left_out(index, "guns") >= armed
    assert left_out(index, "Weapons") >= armed | has(index, "shows_sword")
    assert left_out(index, "suits") == has(index, "shows_suit")
    assert left_out(index, "suit") == has(index, "shows_suit")
    assert left_out(index, "nude") == has(index, "nudity")
    assert left_out(index, "suits", "guns") == left_out(index, "suits") | left_out(index, "guns")


def test_every_word_is_accounted_for(index: Index) -> None:
    suited, titles = has(index, "shows_suit"), set()
    for row in index.table("artworks").to_pylist():
        titles |= {row["title_id"]} if row["artwork_id"] in suited else set()
    avoided = rule_out(("suits", "blood", "beige walls"), index)
    suit, blood, walls = avoided.warnings
    assert f"{len(suited)} artworks of {len(titles)} titles are left out" in suit
    assert "starter cannot see it, so nothing is ruled out" in blood
    assert "nothing that is measured goes by that name" in walls
    assert rule_out((), index).warnings == ()


def test_a_brief_shows_nothing_that_it_avoids(folder: Path, demo: Path) -> None:
    index, encoder = open_with_encoder(folder)
    path = sorted((demo / "briefs").glob("*.yaml"))[0]
    free = load_brief(path).model_copy(update={"avoid": ()})
    shown = answer_brief(free, path, index, encoder, k=60)
    banned = has(index, "showing_a_gun")
    assert banned & {one.artwork_id for one in shown.exemplars}, "the test would show nothing"
    careful: Brief = free.model_copy(update={"avoid": ("showing a gun",)})
    answer = answer_brief(careful, path, index, encoder, k=60)
    counters = [one.counter_example for one in answer.exemplars]
    given = {one.artwork_id for one in answer.exemplars}
    assert given
    assert not banned & (given | {one["artwork_id"] for one in counters if one})
    assert [one for one in answer.warnings if one.startswith("avoid 'showing a gun'")]
