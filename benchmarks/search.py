"""How fast the nearest of a million pictures are found, how surely, in how much memory; and peers.

`python benchmarks/search.py --rows 1000000`. The vectors are generated from the real ones of an
index: between two of its pictures, with differences between others of them added as noise. Queries
are more such pictures, and the texts of its titles. Everything is asked one query at a time, each
way of searching in a process of its own, whose peak of memory counts pages of mapped files too.
What was generated and built stays in `--folder` for the next run.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from time import perf_counter
from typing import Any

import numpy as np
from memory import peak_memory
from reporting import (
    ASSISTANT,
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
    time_process,
)
from search_ways import Matrix, Place, autofaiss, build_autofaiss, flat_faiss, flat_numpy, ours

from index.encoders import load_encoder
from index.query.words import hash_term, index_terms
from index.store import BuildSource, IndexWriter, open_index
from index.vectors import SearchIndexMaker
from index.vectors.recipe import SearchSettings
from index.vectors.space import exact_nearest

BLOCK, QUERIES = 50_000, 200
SORTS = ("pictures", "words")
HALF_FROM = 5_000_000
"""Vectors from which on the generated matrix is kept in half precision, to fit the disk."""

NUMPY_MOST = 2_000_000
"""Vectors up to which peers that hold all of them in memory are asked too."""


def generate(real: Matrix, rows: int, seed: list[int]) -> Matrix:
    """(rows, dimensions) unit vectors like the real ones."""
    rng = np.random.default_rng(seed)

    def some() -> Matrix:
        return real[rng.integers(len(real), size=rows)]

    first, mean = some(), real.mean(axis=0)
    made = first + 0.5 * rng.random((rows, 1), dtype=np.float32) * (some() - first)
    for _ in range(8):
        made += 0.12 * rng.standard_normal((rows, 1), dtype=np.float32) * (some() - mean)
    unit: Matrix = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


def prepare(place: Place, source: Path, rows: int) -> float | None:
    """Generate, build and measure what is not there; seconds of the build if it was made."""
    place.folder.mkdir(parents=True, exist_ok=True)
    with open_index(source) as index:
        real = np.array(index.vectors("shared"))
        words = np.array(index.vectors("titles"))[:QUERIES]
    path = place.folder / "matrix.npy"
    if not path.exists():
        kind = np.float16 if rows >= HALF_FROM else np.float32
        staged = path.with_suffix(".part")
        matrix = np.lib.format.open_memmap(
            staged, mode="w+", dtype=kind, shape=(rows, real.shape[1])
        )
        for at in range(0, rows, BLOCK):
            matrix[at : at + BLOCK] = generate(real, min(BLOCK, rows - at), [7, at])
        matrix.flush()
        staged.rename(path)
    if (place.folder / "nearest.json").exists():
        return None
    import faiss

    matrix, maker, began = place.matrix, SearchIndexMaker(), perf_counter()
    built = maker.make(matrix)
    faiss.write_index(built, str(place.folder / "nearest.faiss"))
    found = maker.measure(built, matrix, words)
    seconds = perf_counter() - began
    for sort, queries in (("pictures", generate(real, QUERIES, [8])), ("words", words)):
        np.save(place.folder / f"{sort}.npy", queries)
        np.save(place.folder / f"{sort}.truth.npy", exact_nearest(matrix, queries))
    (place.folder / "nearest.json").write_text(json.dumps(found.to_document()))
    return seconds


@dataclass(frozen=True)
class Measured:
    """What one way of searching gave, by sort of query."""

    milliseconds: dict[str, float]
    slowest: dict[str, float]
    recall: dict[str, float]
    filtered: float
    opening: float
    gigabytes: float


def measure(way: str, folder: Path, answers: Any) -> None:
    """Time one way in this process and send what was found."""
    place = Place(folder)
    opening, filtered = 0.0, 0.0
    if way == "ours":
        opening, search, narrow = ours(place)
    else:
        search = {"numpy": flat_numpy, "faiss": flat_faiss, "autofaiss": autofaiss}[way](place)
        narrow = None
    figures: list[dict[str, float]] = [{}, {}, {}]
    for sort in SORTS:
        queries, truths = place.queries(sort)
        for query in queries:
            search(query)
        times, found = [], 0
        for query, truth in zip(queries, truths, strict=True):
            began = perf_counter()
            rows = search(query)
            times.append(1000 * (perf_counter() - began))
            found += len(np.intersect1d(rows, truth))
        figures[0][sort] = median(times)
        figures[1][sort] = float(np.percentile(times, 95))
        figures[2][sort] = found / truths.size
    memory = peak_memory()
    if narrow is not None:
        times = []
        for query in place.queries("pictures")[0][:50]:
            began = perf_counter()
            narrow(query)
            times.append(1000 * (perf_counter() - began))
        filtered = median(times)
    answers.put(Measured(*figures, filtered, opening, memory))


def in_own_process(way: str, place: Place) -> Measured | None:
    """What `measure` gives in a fresh process, None where it cannot run."""
    fresh = multiprocessing.get_context("spawn")
    if way == "autofaiss" and not (place.folder / "autofaiss.json").exists():
        if find_spec("autofaiss") is None:
            return None
        builder = fresh.Process(target=build_autofaiss, args=(place.folder,))
        builder.start()
        builder.join()
        if builder.exitcode:
            say("autofaiss is installed but could not make its index.\n")
            return None
    answers = fresh.Queue()
    process = fresh.Process(target=measure, args=(way, place.folder, answers))
    process.start()
    process.join()
    return answers.get() if process.exitcode == 0 else None


@dataclass(frozen=True, kw_only=True)
class Made(SearchIndexMaker):
    """Hands out an index that is already there."""

    place: Place

    def make(self, matrix: Matrix) -> Any:
        """The index of the place."""
        import faiss

        if len(matrix) != len(self.place.matrix):
            return super().make(matrix)
        return faiss.read_index(str(self.place.folder / "nearest.faiss"))

    def measure(self, index: Any, matrix: Matrix, words: Matrix | None) -> SearchSettings:
        """The settings of the place."""
        if len(matrix) != len(self.place.matrix):
            return super().measure(index, matrix, words)
        return SearchSettings.from_document(
            json.loads((self.place.folder / "nearest.json").read_text())
        )


def write_titles_of(writer: IndexWriter, rows: int, matrix: Matrix) -> None:
    """What search by words reads beside the vectors: ten artworks a title, each with a word."""
    titles, order = rows // 10, np.arange(rows, dtype=np.int32)
    writer.write_column("title_of", order // 10)
    writer.write_column("artworks_by_title", order)
    writer.write_column("artwork_ends", np.arange(10, rows + 10, 10))
    words = [{f"word{title % 1_000}": 1.0} for title in range(titles)]
    for name, column in index_terms(words).items():
        writer.write_column(name, column)
    keys = np.sort(np.array([hash_term(f"artwork-{row:08d}") for row in range(rows)], np.uint64))
    writer.write_column("key_hashes", keys)
    writer.write_column("key_rows", order.astype(np.int64))
    writer.write_column("picture_mean", np.asarray(matrix[:10_000], np.float32).mean(axis=0))
    writer.write_column("picture_spread", np.array([0.1], np.float32))
    writer.write_vectors("topics", np.asarray(matrix[:titles], np.float32))


def cold_query(place: Place) -> tuple[float, float]:
    """Median wall and processor seconds of `assistant similar` on an index with these vectors."""
    import pyarrow as pa

    folder, encoder, rows = place.folder / "index", load_encoder("starter"), len(place.matrix)
    ids = pa.array([f"artwork-{row:08d}" for row in range(rows)], pa.large_string())
    titles = pa.array([f"title-{row:07d}" for row in range(rows // 10)], pa.large_string())
    owners = titles.take(pa.array(np.arange(rows) // 10))
    source = BuildSource(
        encoder=encoder.id,
        encoder_fingerprint=encoder.fingerprint,
        extractor_fingerprint="none",
        engine_fingerprint="none",
        dimensions=place.matrix.shape[1],
        image_dimensions=None,
        catalogue="/nowhere",
        catalogue_fingerprint="none",
        options={},
    )
    with IndexWriter(folder, Made(place=place)) as writer:
        artworks = {"artwork_id": ids, "title_id": owners, "path": ids}
        writer.write_table("artworks", pa.table(artworks))
        writer.write_table("titles", pa.table({"title_id": titles, "name": titles}))
        writer.write_labels("artworks", [ids, owners, ids, owners])
        writer.write_vectors("shared", place.matrix)
        write_titles_of(writer, rows, place.matrix)
        writer.publish(source, {})
    words = ["similar", "cars and speed", "--index", str(folder), "--no-images"]
    return time_process([ASSISTANT, *words])


def targets_of(
    rows: int, ways: Mapping[str, Measured | None], found: Measured, cold: float | None
) -> list[Target]:
    """What was asked of this size beside what was found."""
    large = rows > NUMPY_MOST
    at, most = (f"{rows:,} vectors", 5 if large else 3)
    targets = [
        Target(f"{at}: recall@10, pictures", 0.98, found.recall["pictures"], ""),
        Target(f"{at}: recall@10, words", 0.98, found.recall["words"], ""),
        Target(f"{at}: p50, pictures", most, found.milliseconds["pictures"], "ms", at_most=True),
        Target(f"{at}: p50, words", most, found.milliseconds["words"], "ms", at_most=True),
    ]
    if large:
        targets.append(Target(f"{at}: opened", 0.1, found.opening, "s", at_most=True))
    else:
        targets.append(Target(f"{at}: memory", 0.8, found.gigabytes, "GB", at_most=True))
    if cold is not None:
        targets.append(Target("`assistant similar`, cold, wall", 0.9, cold, "s", at_most=True))
    for way, other in ways.items():
        if other is not None and other is not found:
            times = min(other.milliseconds[sort] / found.milliseconds[sort] for sort in SORTS)
            targets.append(Target(f"{way}'s p50 by ours, the worse of both", 1, times, "×"))
    return targets


def main() -> None:
    """Build, ask every way, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--index", type=Path, default=Path("demo/index"), help="of real pictures")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()) / "search-benchmark")
    add_keep_option(parser)
    asked = parser.parse_args()
    place = Place(asked.folder / str(asked.rows))
    print_machine("artwork-assistant", "faiss-cpu", "numpy", "autofaiss")
    seconds = prepare(place, asked.index, asked.rows)
    settings = SearchSettings.from_document(json.loads((place.folder / "nearest.json").read_text()))
    built = "" if seconds is None else f", made and measured in {seconds:,.0f} s"
    say(f"{place.matrix.shape} vectors in {place.matrix.dtype}: {settings}{built}\n")
    small = asked.rows <= NUMPY_MOST
    ways = ["ours", "autofaiss", "numpy", "faiss"] if small else ["ours"]
    found = {way: in_own_process(way, place) for way in ways}
    own = found["ours"]
    if own is None:
        raise SystemExit(1)
    if found.get("autofaiss") is not None:
        chosen = json.loads((place.folder / "autofaiss.json").read_text())
        say(f"autofaiss chose {chosen['index_key']} with {chosen['index_param']}.\n")
    rows = []
    for way, one in found.items():
        if one is None:
            rows.append((way, *["not to be had"] * 7))
            continue
        rows.append(
            (
                way,
                *(f"{one.milliseconds[sort]:.2f}" for sort in SORTS),
                *(f"{one.slowest[sort]:.2f}" for sort in SORTS),
                *(f"{one.recall[sort]:.3f}" for sort in SORTS),
                f"{one.gigabytes:.2f}",
            )
        )
    headings = ("way", "p50 ms, pictures", "words", "p95 ms, pictures", "words")
    print_table((*headings, "recall@10, pictures", "words", "peak GB"), rows)
    say(
        f"Opened in {1000 * own.opening:.0f} ms. Through a filter that a tenth of the rows pass: "
        f"p50 {own.filtered:.2f} ms.\n"
    )
    cold = cold_query(place) if small else None
    if cold is not None:
        say(
            f"`assistant similar` as a whole process on {asked.rows:,} artworks: {cold[0]:.2f} s "
            f"wall, {cold[1]:.2f} s of processor.\n"
        )
    print_targets(targets_of(asked.rows, found, own, cold and cold[0]))
    keep_what_was_said(asked.keep, f"search-{asked.rows}", f"Search among {asked.rows:,}")


if __name__ == "__main__":
    main()
