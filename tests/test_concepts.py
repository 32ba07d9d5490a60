"""Concepts are seen where they were planted, and what cannot be seen is missing, not absent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from index.build import build_index, unchanged
from index.encoders import load_encoder
from index.errors import InputError
from index.features.accuracy import accuracy_figures
from index.features.concepts import vocabulary
from index.features.concepts.emotion import EMOTION
from index.features.concepts.scoring import (
    MIN_ARTWORKS,
    NEUTRAL,
    TEMPLATES,
    Sight,
    see_classes,
    see_texts,
    text_prompts,
)
from index.features.concepts.vocabulary import (
    concept_features,
    find_concepts,
    load_vocabulary,
    measured_concepts,
    stem,
)
from index.features.registry import features
from index.query.features import (
    MIN_VARYING_TITLES,
    feature_table,
    index_features,
    index_matrix,
    titles_that_vary,
)
from index.query.search import Filters, Query, Searcher
from index.records import FloatMatrix
from index.store import open_index, verify_index
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue

SMALL = """
weapon: {kind: object, says: a weapon, words: [arms], narrower: [gun], feature: weapons}
gun: {kind: object, says: a gun, words: [pistol], classes: [thing 3]}
boat: {kind: object, says: a boat, classes: [thing 5, thing 7]}
gore: {kind: object, says: blood, words: [blood], feature: gore}
"""


def by_name(sights: Sequence[Sight]) -> dict[str, Sight]:
    return {one.concept: one for one in sights}


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vocabulary of four, in a file to change."""
    path = tmp_path / "vocabulary.yaml"
    path.write_text(SMALL)
    monkeypatch.setattr(vocabulary, "VOCABULARY", path)
    load_vocabulary.cache_clear()
    yield path
    load_vocabulary.cache_clear()


def test_the_vocabulary_is_sound() -> None:
    known = load_vocabulary()
    assert len(known) >= 150
    names = [one.name for one in (*features(), EMOTION, *concept_features())]
    assert len(names) == len(set(names))
    classes = {name.split(",")[0] for name in load_encoder().class_names or ()}
    for concept in known.values():
        assert set(concept.classes) <= classes, concept.name
        assert set(concept.narrower) <= set(known), concept.name
        assert concept.name in {one.name for one in find_concepts(concept.name)}
        assert concept.spec.sentence
        assert concept.spec.source
        assert concept.spec.checked


def test_concepts_of_classes_are_right_often_enough() -> None:
    """Every kept concept was measured, alone or among all of them, at 70% or more."""
    figures = {one.feature: one for one in accuracy_figures() if one.measure == "precision"}
    assert figures["things"].value >= 0.7
    for concept in measured_concepts():
        own = figures.get(concept.feature)
        assert own is None or own.value >= 0.7 or own.posters < 5, concept.name


def test_words_are_the_same_in_singular_and_plural_and_phrases_word_by_word() -> None:
    for one, many in (
        ("city", "cities"), ("zombie", "zombies"), ("sky", "skies"), ("box", "boxes"),
        ("glass", "glasses"), ("horse", "horses"), ("hero", "heroes"), ("boy", "boys"),
        ("the house party", "The_House-Parties"),
    ):  # fmt: skip
        assert stem(one) == stem(many)
    assert len({stem(one) for one in ("gas", "gun", "glass", "grass", "go")}) == 5
    assert stem("a teddy bear") == f"{stem('a')} {stem('teddy')} {stem('bear')}"


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("weapons", {"weapon"}),
        ("Guns", {"gun"}),
        ("machine guns", {"gun"}),
        ("blood", {"gore"}),
        ("city skylines", {"city_skyline"}),
        ("horses", {"horse"}),
        ("kisses", {"kiss"}),
        ("science-fiction", {"science_fiction"}),
        ("beige walls", set()),
    ],
)
def test_a_word_finds_its_concept(word: str, names: set[str]) -> None:
    assert {one.name for one in find_concepts(word)} == names


def test_classes_count_without_the_medium() -> None:
    names = ["rifle, gun", "book jacket, dust cover", "golden retriever", "suit, suit of clothes"]
    ids = np.tile(np.arange(4, dtype=np.int32), (4, 1))
    shares = np.array(
        [
            [0.40, 0.00, 0.60, 0.00],
            [0.14, 0.80, 0.03, 0.03],
            [0.10, 0.00, 0.85, 0.05],
            [0.00, 0.00, 0.02, 0.02],
        ],
        np.float32,
    )
    seen = by_name(see_classes(ids, shares, names))
    flags = {name: seen[name].flags.tolist() for name in ("gun", "weapon", "dog", "suit")}
    assert flags == {
        "gun": [1, 1, 0, 0],
        "weapon": [1, 1, 0, 0],
        "dog": [1, 0, 1, 0],
        "suit": [0, 0, 0, 0],
    }
    for name in ("gore", "menace"):
        assert seen[name].flags is None
        assert seen[name].reason


def test_starter_knows_real_photographs() -> None:
    encoder = load_encoder()
    classes = encoder.embed_images([data.chelsea(), data.coffee()]).classes
    assert classes is not None
    ids = np.argsort(-classes, axis=1)[:, :10].astype(np.int32)
    shares = np.take_along_axis(classes, ids, axis=1)
    seen = by_name(see_classes(ids, shares, encoder.class_names or ()))
    shown = [{name for name, one in seen.items() if one.flags is not None and one.flags[row]}
             for row in (0, 1)]  # fmt: skip
    assert shown == [{"cat", "animal"}, set()]


def planted_texts(dimensions: int, random: np.random.Generator) -> FloatMatrix:
    """Vectors of `text_prompts()`: each is its template's direction and its concept's own."""
    templates = random.normal(size=(len(TEMPLATES), dimensions))
    own = random.normal(size=(len(load_vocabulary()), dimensions))
    rows = [*templates, *(one + meant for meant in own for one in templates)]
    stacked = np.stack(rows)
    return (stacked / np.linalg.norm(stacked, axis=1, keepdims=True)).astype(np.float32)


def test_texts_find_the_pictures_that_were_planted(words: Path) -> None:
    random = np.random.default_rng(5)
    prompts = planted_texts(96, random)
    assert len(prompts) == len(text_prompts())
    pictures = random.normal(size=(300, 96)) + 6 * prompts[: len(NEUTRAL)].mean(axis=0)
    names = list(load_vocabulary())
    armed = {3, 40, 200, 299}
    for row in armed:
        at = len(NEUTRAL) + names.index("gun") * len(TEMPLATES)
        pictures[row] += 25 * prompts[at : at + len(TEMPLATES)].mean(axis=0)
    pictures = (pictures / np.linalg.norm(pictures, axis=1, keepdims=True)).astype(np.float32)
    seen = by_name(see_texts(pictures, prompts))
    for name in ("gun", "weapon"):
        assert set(np.flatnonzero(seen[name].flags)) == armed
    assert seen["boat"].flags.sum() <= 3
    few = by_name(see_texts(pictures[: MIN_ARTWORKS - 1], prompts))
    assert all(one.flags is None and "calibrate" in one.reason for one in few.values())


def test_a_changed_vocabulary_measures_no_picture_again(
    words: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue")

    def build() -> tuple[int, dict[str, str]]:
        report = build_index(
            catalogue, tmp_path / "index", encoder=SmallEncoder(), extractor=SmallExtractor()
        )
        with open_index(tmp_path / "index") as index:
            verify_index(index)
            rows = index.table("vocabulary").to_pylist()
            columns = set(index.column_names("perceived"))
            held = {one.name for one in index_features(index)}
        assert {row["feature"] for row in rows if not row["reason"]} == columns - {"artwork_id"}
        assert columns - {"artwork_id"} <= held
        return report.embedded, {row["concept"]: row["reason"] for row in rows}

    embedded, reasons = build()
    assert embedded == 24
    assert reasons["gore"]
    assert not reasons["weapon"]
    monkeypatch.setattr("index.build.run.engine_fingerprint", lambda: "after an edit")
    words.write_text(SMALL + "cloud: {kind: setting, says: a cloud, classes: [thing 1]}\n")
    load_vocabulary.cache_clear()
    embedded, reasons = build()
    assert embedded == 0
    assert "cloud" in reasons


def test_words_are_part_of_the_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "words.yaml").write_text("a: 1")
    monkeypatch.setattr(unchanged, "__file__", str(tmp_path / "build" / "unchanged.py"))
    before = unchanged.engine_fingerprint()
    (tmp_path / "words.yaml").write_text("a: 2")
    assert unchanged.engine_fingerprint() != before


def test_concepts_are_features_like_any_other(words: Path, tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=12)
    encoder = SmallEncoder()
    build_index(catalogue, tmp_path / "index", encoder=encoder, extractor=SmallExtractor())
    with open_index(tmp_path / "index") as index:
        table = feature_table(index)
        assert {"brightness", "weapons", "shows_boat"} <= set(table)
        assert not {"gore", EMOTION.name} & set(table)
        boats = set(table.loc[table["shows_boat"] == 1, "artwork_id"])
        assert 0 < len(boats) < len(table)
        query, searcher = Query(texts=(("word", 1.0),)), Searcher(index, encoder)
        for asked in ("1", "yes"):
            hits = searcher.search(query, k=99, filters=Filters(where={"shows_boat": (asked,)}))
            assert {hit.artwork_id for hit in hits} == boats
        with pytest.raises(InputError, match="cannot see 'gore'"):
            searcher.search(query, filters=Filters(where={"gore": ("1",)}))
        matrix = index_matrix(index)
        titles = table["artwork_id"].str.split("_").str[0].to_numpy(object)
        varying = {
            name: titles_that_vary(table[[name]].to_numpy(float), titles)[0]
            for name in ("weapons", "shows_gun", "shows_boat")
        }
        tested = {column.feature for column in matrix.columns}
        for name, number in varying.items():
            assert (name in tested) == (number >= MIN_VARYING_TITLES), (name, number)
        assert "brightness" in tested


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from([0.0, 1.0, float("nan")])), max_size=30
    )
)
def test_titles_that_vary_counts_as_by_hand(rows: list[tuple[str, float]]) -> None:
    titles = np.array([title for title, _ in rows], dtype=object)
    values = np.array([[value] for _, value in rows], dtype=float).reshape(-1, 1)
    expected = sum(
        len({value for title, value in rows if title == one and not np.isnan(value)}) > 1
        for one in "abc"
    )
    assert titles_that_vary(values, titles).tolist() == [expected]
