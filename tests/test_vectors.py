"""Approximate search against brute force, and indexes that do not depend on how they were made."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.query.search import Query, Searcher
from index.records import FloatMatrix
from index.store import Index, IndexWriter, open_index, verify_index
from index.vectors import Kind, SearchIndexMaker, Sizes, VectorSpace, fill, merge, train
from index.vectors.space import exact_nearest
from tests.test_store import LIBRARIES, source

ROWS, DIMENSIONS = 4_000, 16
LISTS = Sizes(scan=10, lists=20)
SCAN = Sizes(scan=10, lists=10**9)


def unit_rows(rows: int, seed: int) -> FloatMatrix:
    """Rows around a few dozen centres, as pictures are."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(size=(40, DIMENSIONS))
    matrix = centres[rng.integers(40, size=rows)] + 0.6 * rng.normal(size=(rows, DIMENSIONS))
    unit: FloatMatrix = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
    return unit


MATRIX = unit_rows(ROWS, 0)
SPREAD = 0.2


@cache
def made(sizes: Sizes) -> VectorSpace:
    maker = SearchIndexMaker(sizes=sizes)
    index = maker.make(MATRIX)
    return VectorSpace(MATRIX, maker.measure(index, MATRIX, unit_rows(50, 1)), lambda: index)


both_kinds = pytest.mark.parametrize("sizes", [SCAN, LISTS], ids=["scan", "lists"])


def best(neighbours: VectorSpace, query: FloatMatrix, mask: np.ndarray | None = None) -> set[int]:
    rows = neighbours.candidates(query, 10, mask)
    scores = neighbours.scores(query, rows)
    return set(rows[np.argsort(-scores, kind="stable")[:10]].tolist())


@both_kinds
def test_the_measured_recall_holds_for_other_queries(sizes: Sizes) -> None:
    queries = unit_rows(200, 5)
    truth = exact_nearest(MATRIX, queries)
    found = [len(best(made(sizes), q) & set(t)) for q, t in zip(queries, truth, strict=True)]
    assert sum(found) / truth.size >= 0.97


@both_kinds
def test_scores_are_exact_and_not_all_rows_are_compared(sizes: Sizes) -> None:
    query = unit_rows(1, 6)[0]
    rows = made(sizes).candidates(query, 10)
    np.testing.assert_allclose(made(sizes).scores(query, rows), MATRIX[rows] @ query, rtol=1e-6)
    assert len(rows) < 100


@both_kinds
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.0, 0.002, 0.05, 0.5, 0.9, 1.0]))
def test_a_filter_leaves_the_nearest_of_those_that_pass(
    sizes: Sizes, seed: int, share: float
) -> None:
    mask = np.random.default_rng(seed).random(ROWS) < share
    query = unit_rows(1, seed + 1)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.vectors.space.FEW", 100)
        found = best(made(sizes), query, mask)
    passing = np.flatnonzero(mask)
    wanted = set(passing[np.argsort(-(MATRIX[passing] @ query), kind="stable")[:10]].tolist())
    assert found <= set(passing.tolist())
    assert len(found & wanted) >= len(wanted) - 2


def test_shards_merged_in_order_are_one_index_byte_for_byte() -> None:
    import faiss

    for sizes in (SCAN, LISTS):
        trained = train(MATRIX, sizes.kind(ROWS), 7)
        cuts = [(0, 900), (900, 1_000), (1_000, ROWS)]
        merged = merge(fill(trained, MATRIX[start:end], start) for start, end in cuts)
        whole = SearchIndexMaker(sizes=sizes).make(MATRIX)
        assert faiss.serialize_index(merged).tobytes() == faiss.serialize_index(whole).tobytes()


def test_many_lists_are_found_through_a_graph_that_is_the_same_every_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import faiss

    monkeypatch.setattr("index.vectors.build.FLAT_MOST", 16)
    maker = SearchIndexMaker(sizes=LISTS)
    first, second = (maker.make(MATRIX) for _ in range(2))
    assert isinstance(faiss.downcast_index(first.quantizer), faiss.IndexHNSWFlat)
    assert faiss.serialize_index(first).tobytes() == faiss.serialize_index(second).tobytes()
    recall = maker.measure(first, MATRIX, None).recall
    assert recall is not None
    assert recall >= 0.97


def write_large(folder: Path, seed: int = 7, matrix: FloatMatrix = MATRIX) -> Index:
    import pyarrow as pa

    ids = pa.array([f"a{row}" for row in range(len(matrix))], pa.large_string())
    names = {"artwork_id": ids, "title_id": ids, "path": ids}
    with IndexWriter(folder, SearchIndexMaker(seed, LISTS)) as writer:
        writer.write_table("artworks", pa.table(names))
        writer.write_table("titles", pa.table({"title_id": ids, "name": ids}))
        writer.write_labels("artworks", [ids] * 4)
        writer.write_vectors("shared", matrix, words=unit_rows(20, 3))
        writer.write_vectors("image", matrix[:, ::-1])
        writer.write_column("picture_mean", matrix.mean(axis=0))
        writer.write_column("picture_spread", np.array([SPREAD], np.float32))
        dimensions = matrix.shape[1]
        made_from = replace(source(), dimensions=dimensions, image_dimensions=dimensions)
        writer.publish(made_from, LIBRARIES)
    return open_index(folder)


def test_a_large_index_keeps_its_recall_and_verifies(tmp_path: Path) -> None:
    with write_large(tmp_path / "index") as index:
        verify_index(index)
        kept = index.manifest.search["shared"]
        assert kept.kind is Kind.LISTS
        assert 0 < kept.probes <= kept.lists
        assert min(kept.recall or 0, kept.recall_of_words or 0) >= 0.985
        hits = Searcher(index, None).search(Query(images=((MATRIX[5, ::-1], 1.0),)), k=3)
        assert (hits[0].row, hits[0].title) == (5, "a5")
        assert hits[0].named


def test_words_and_pictures_meet_in_a_large_index_as_in_a_small_one(tmp_path: Path) -> None:
    class Words:
        id, fingerprint = "starter", "e1"

        def embed_texts(self, texts: list[str]) -> FloatMatrix:
            return unit_rows(len(texts), 8)

    with write_large(tmp_path / "index") as index:
        images = ((MATRIX[9, ::-1], 1.0),)
        query = Query(texts=(("word", 1.0),), images=images, by="picture")
        hits = Searcher(index, Words()).search(query, k=10)  # type: ignore[arg-type]
    by_word, by_picture = MATRIX @ unit_rows(1, 8)[0], MATRIX @ MATRIX[9]
    scores = (by_word - by_word.mean()) / SPREAD + (by_picture - by_picture.mean()) / (
        by_picture.std()
    )
    scores /= 2
    scores[9] = np.inf
    wanted = np.argsort(-scores, kind="stable")[:10].tolist()
    assert len({hit.row for hit in hits} & set(wanted)) >= 9
    assert hits[1].score == pytest.approx(float(scores[hits[1].row]), rel=1e-3)


def test_the_same_vectors_are_not_trained_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_large(tmp_path / "index") as before:
        searched = before.manifest.search
    monkeypatch.setattr("index.vectors.build.train", None)
    with write_large(tmp_path / "index") as after:
        assert after.manifest.search == searched
    with pytest.raises(TypeError):
        write_large(tmp_path / "index", seed=8)
    with pytest.raises(TypeError):
        write_large(tmp_path / "index", matrix=unit_rows(ROWS, 1))
