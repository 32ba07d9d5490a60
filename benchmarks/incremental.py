"""A hundred artworks added to a hundred thousand, and new performance alone, beside a full build.

The first pictures are small JPEGs, each different, of as many bytes as a poster. Nobody waits
for their embedding: a stand-in gives each a vector and the features of one that was measured. The
pictures that are added go through the real encoder and every feature.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from memory import own_memory
from PIL import Image
from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)

from index.build import build_index
from index.build.collection import Collection
from index.build.pictures import Batch, EveryFeature, PicturePipeline
from index.encoders import Encoder, load_encoder
from index.processors import processors
from index.query.arrangement import ARRANGEMENT, ATLAS, THEME_GROUPS, THEMES
from index.store import Index, Part, open_index, part_from_bytes, part_to_bytes
from index.store.layout import arrays_file, table_file
from index.store.manifest import FileRecord

T = TypeVar("T")

EACH, CLUSTERS, PLATFORMS = 20, ("c0", "c1", "c2"), ("mobile", "tv")
MEASURED, BATCH = 64, 16


def write_pictures(folder: Path, numbers: range, size: int) -> None:
    """JPEGs of coloured blocks, each its own, filled up with bytes that no decoder looks at."""
    for number in numbers:
        draws = np.random.default_rng(number)
        blocks = draws.integers(0, 256, (6, 4, 3), dtype=np.uint8)
        picture = Image.fromarray(blocks).resize((80, 120), Image.Resampling.NEAREST)
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=80)
        content = encoded.getvalue()
        (folder / f"{number}.jpg").write_bytes(content + draws.bytes(max(0, size - len(content))))


def write_tables(folder: Path, artworks: int, seed: int) -> None:
    """Titles of twenty artworks, and counts of every artwork × cluster × platform."""
    draws = np.random.default_rng(seed)
    number = np.arange(artworks)
    titles = np.char.mod("t%06d", np.unique(number // EACH))
    pd.DataFrame({"title_id": titles, "name": np.char.add("Title ", titles)}).to_parquet(
        folder / "titles.parquet"
    )
    ids = np.char.mod("a%07d", number)
    pd.DataFrame(
        {
            "artwork_id": ids,
            "title_id": titles[number // EACH],
            "path": np.char.mod("images/%d.jpg", number),
        }
    ).to_parquet(folder / "artworks.parquet")
    slices = len(CLUSTERS) * len(PLATFORMS)
    shown = 1 + draws.poisson(400, artworks * slices)
    rate = 0.1 * np.exp(0.25 * draws.normal(size=artworks)).repeat(slices)
    pd.DataFrame(
        {
            "artwork_id": ids.repeat(slices),
            "cluster": np.tile(np.repeat(CLUSTERS, len(PLATFORMS)), artworks),
            "platform": np.tile(PLATFORMS, artworks * len(CLUSTERS)),
            "impressions": shown,
            "plays": draws.binomial(shown, rate.clip(0, 0.9)),
        }
    ).to_parquet(folder / "performance.parquet")


class StandIn:
    """Gives pictures what was measured of others, with vectors of their own; does `real` the rest.

    Args:
        sample: what was measured.
        real: works on pictures that are called `new`.
        new: names of pictures.
    """

    def __init__(self, sample: Part, real: PicturePipeline, new: frozenset[str]) -> None:
        self._sample, self._real, self._new = sample, real, new

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """Batches of the old pictures, then of the new."""
        given = list(pictures)
        waiting = [one for one in given if one[1].name in self._new]
        old = (content for content, path in given if path.name not in self._new)
        while hashes := tuple(islice(old, BATCH)):
            yield Batch(self._part(hashes), {})
        yield from self._real.run(waiting)

    def _part(self, hashes: tuple[str, ...]) -> Part:
        import pyarrow as pa

        draws = np.random.default_rng(int(hashes[0][:12], 16))
        rows = draws.integers(len(self._sample.hashes), size=len(hashes))
        arrays: dict[str, npt.NDArray[np.generic]] = {}
        for name, known in self._sample.arrays.items():
            arrays[name] = known[rows]
            if name in ("shared", "image"):
                moved = known[rows] + 0.02 * draws.normal(size=(len(rows), known.shape[1]))
                arrays[name] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype("f4")
        return Part(hashes, arrays, self._sample.features.take(pa.array(rows)))


class Counted:
    """Counts the pictures that a pipeline is asked for, and the seconds that they take."""

    def __init__(self, pipeline: PicturePipeline) -> None:
        self._pipeline, self.asked, self.seconds = pipeline, 0, 0.0

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """As the pipeline does."""
        given = list(pictures)
        self.asked += len(given)
        began = perf_counter()
        yield from self._pipeline.run(given)
        self.seconds += perf_counter() - began


@dataclass(frozen=True)
class Room:
    """Where everything of a run lies.

    Attributes:
        folder: with the catalogue, the indexes and the sample.
        new: names of the pictures that are added.
    """

    folder: Path
    new: frozenset[str]

    @property
    def catalogue(self) -> Path:
        """What is indexed."""
        return self.folder / "catalogue"

    @property
    def images(self) -> Path:
        """Its pictures."""
        return self.catalogue / "images"

    @property
    def sample(self) -> Path:
        """What was measured of a few of them."""
        return self.folder / "sample"


@dataclass(frozen=True)
class Built:
    """What one run cost: pictures decoded is None where a stand-in had them."""

    artworks: int
    decoded: int | None
    seconds: float
    of_pictures: float
    gigabytes: float


def real_pipeline() -> tuple[Encoder, EveryFeature, PicturePipeline]:
    """The encoder, the extractor and the pipeline that work on pictures."""
    encoder, extractor = load_encoder("starter"), EveryFeature()
    return encoder, extractor, PicturePipeline(encoder, extractor, None, BATCH, processors())


def measure_sample(room: Room) -> float:
    """Measure a few pictures for the stand-in; gives seconds a picture."""
    _, _, pipeline = real_pipeline()
    paths = [room.images / f"{number}.jpg" for number in range(MEASURED)]
    began = perf_counter()
    known = Collection()
    for one in pipeline.run((path.name, path) for path in paths):
        if one.part is not None:
            known.add(one.part)
    seconds = perf_counter() - began
    room.sample.write_bytes(part_to_bytes(known.gather([path.name for path in paths])))
    return seconds / MEASURED


def build(room: Room, index: str, has_stand_in: bool) -> Built:
    """Bring an index up to date."""
    encoder, extractor, real = real_pipeline()
    counted = Counted(real)
    sample = part_from_bytes(room.sample.read_bytes())
    pipeline = StandIn(sample, real, room.new) if has_stand_in else counted
    began = perf_counter()
    with own_memory() as most:
        report = build_index(
            room.catalogue,
            room.folder / index,
            encoder=encoder,
            extractor=extractor,
            pipeline=pipeline,
        )
    seconds, decoded = perf_counter() - began, None if has_stand_in else counted.asked
    return Built(report.artworks, decoded, seconds, counted.seconds, most[0])


def main() -> None:
    """Build, add, re-tag, build anew from nothing, each in a process of its own, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artworks", type=int, default=100_000)
    parser.add_argument("--added", type=int, default=100)
    parser.add_argument("--bytes", type=int, default=40_000, help="of a picture's file")
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "onnxruntime", "faiss-cpu", "pyarrow", "duckdb", "pandas")
    whole = asked.artworks + asked.added
    with tempfile.TemporaryDirectory() as folder:
        new = frozenset(f"{number}.jpg" for number in range(asked.artworks, whole))
        room = Room(Path(folder), new)
        room.images.mkdir(parents=True)
        write_pictures(room.images, range(whole), asked.bytes)
        each = alone(measure_sample, room)
        write_tables(room.catalogue, asked.artworks, seed=1)
        full = alone(build, room, "index", True)
        write_tables(room.catalogue, whole, seed=1)
        few = alone(build, room, "index", False)
        write_tables(room.catalogue, whole, seed=2)
        tagged = alone(build, room, "index", False)
        runs = {
            "full build, but for its pictures": full,
            f"{asked.added} artworks added": few,
            "new performance alone": tagged,
            "nothing new": alone(build, room, "index", False),
            "from nothing again": alone(build, room, "anew", True),
        }
        with open_index(room.folder / "index") as one, open_index(room.folder / "anew") as other:
            same = _without_arrangement(one) == _without_arrangement(other)
    say(
        f"{asked.artworks:,} pictures of {asked.bytes:,} bytes with six counts each, {EACH} a "
        "title\n"
    )
    rows = [
        (
            name,
            f"{one.artworks:,}",
            "—" if one.decoded is None else f"{one.decoded:,}",
            f"{one.seconds:.1f}",
            "—" if one.decoded is None else f"{one.of_pictures:.1f}",
            f"{one.gigabytes:.2f}",
        )
        for name, one in runs.items()
    ]
    print_table(
        ("run", "artworks", "pictures decoded", "s", "of it on pictures", "peak GB of its own"),
        rows,
    )
    pictures = each * asked.artworks
    say(
        f"{asked.artworks:,} pictures at {1000 * each:.0f} ms each would take {pictures:,.0f} s "
        f"more: adding {asked.added} takes 1/{(full.seconds + pictures) / few.seconds:,.0f} of a "
        f"full build. Built from nothing, the index is {'' if same else 'NOT '}the same byte for "
        "byte but for themes and map, which a large catalogue keeps while it grows.\n"
    )
    decoded = float(tagged.decoded or 0)
    print_targets(
        [
            Target(f"{asked.added} artworks added", 8, few.seconds, "s", at_most=True),
            Target("new performance: pictures decoded", 0, decoded, "", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, "incremental", "Adding to an index")
    if not same:
        raise SystemExit(1)


def _without_arrangement(index: Index) -> dict[str, FileRecord]:
    """The files of an index but for those of its themes and its map."""
    tables = {table_file(name) for name in (THEMES, THEME_GROUPS, ATLAS)}
    own = {*tables, arrays_file(ARRANGEMENT)}
    return {name: one for name, one in index.manifest.files.items() if name not in own}


def alone(work: Callable[..., T], *given: Any) -> T:
    """What `work` gives in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as fresh:
        return fresh.submit(work, *given).result()


if __name__ == "__main__":
    main()
