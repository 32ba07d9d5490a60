"""A hundred artworks added to a hundred thousand, and new performance alone, beside a full build.

The first pictures are small JPEGs, each different, of as many bytes as a poster. Nobody waits
for their embedding: a stand-in gives each a vector and the features of one that was measured. The
pictures that are added go through the real encoder and every feature.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter

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

from index.build import BuildReport, build_index
from index.build.pictures import Batch, EveryFeature, PicturePipeline
from index.encoders import load_encoder
from index.processors import processors
from index.store import Part, open_index

EACH, CLUSTERS, PLATFORMS = 20, ("c0", "c1", "c2"), ("mobile", "tv")
MEASURED, BATCH, STAND_IN_BATCH = 64, 16, 4096


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
        while hashes := tuple(islice(old, STAND_IN_BATCH)):
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


class Watched:
    """Counts the pictures that a pipeline is asked for."""

    def __init__(self, pipeline: PicturePipeline) -> None:
        self._pipeline, self.asked = pipeline, 0

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """As the pipeline does."""
        given = list(pictures)
        self.asked += len(given)
        yield from self._pipeline.run(given)


def main() -> None:
    """Build, add, re-tag, build anew from nothing, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artworks", type=int, default=100_000)
    parser.add_argument("--added", type=int, default=100)
    parser.add_argument("--bytes", type=int, default=40_000, help="of a picture's file")
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "onnxruntime", "faiss-cpu", "pyarrow", "duckdb", "pandas")
    encoder, extractor = load_encoder("starter"), EveryFeature()
    real = PicturePipeline(encoder, extractor, None, BATCH, processors())
    with tempfile.TemporaryDirectory() as room:
        catalogue, index = Path(room) / "catalogue", Path(room) / "index"
        images = catalogue / "images"
        images.mkdir(parents=True)
        write_pictures(images, range(asked.artworks + asked.added), asked.bytes)
        added = range(asked.artworks, asked.artworks + asked.added)
        new = frozenset(f"{number}.jpg" for number in added)
        paths = [images / f"{number}.jpg" for number in range(MEASURED)]
        began = perf_counter()
        parts = [one.part for one in real.run((path.name, path) for path in paths) if one.part]
        each = (perf_counter() - began) / MEASURED
        rows: list[tuple[str, ...]] = []

        def build(
            name: str, folder: Path, pipeline: StandIn | Watched
        ) -> tuple[float, BuildReport]:
            began = perf_counter()
            with own_memory() as most:
                report = build_index(
                    catalogue, folder, encoder=encoder, extractor=extractor, pipeline=pipeline
                )
            seconds = perf_counter() - began
            decoded = "—" if isinstance(pipeline, StandIn) else f"{pipeline.asked:,}"
            figures = (f"{seconds:.1f}", f"{most[0]:.2f}")
            rows.append((name, f"{report.artworks:,}", decoded, *figures))
            return seconds, report

        sample = _joined(parts)
        write_tables(catalogue, asked.artworks, seed=1)
        whole, _ = build("full build, but for its pictures", index, StandIn(sample, real, new))
        write_tables(catalogue, asked.artworks + asked.added, seed=1)
        few, _ = build(f"{asked.added} artworks added", index, Watched(real))
        write_tables(catalogue, asked.artworks + asked.added, seed=2)
        watched = Watched(real)
        build("new performance alone", index, watched)
        build("nothing new", index, Watched(real))
        build("from nothing again", Path(room) / "anew", StandIn(sample, real, new))
        with open_index(index) as one, open_index(Path(room) / "anew") as other:
            same = one.manifest.files == other.manifest.files
    full = whole + each * asked.artworks
    say(
        f"{asked.artworks:,} pictures of {asked.bytes:,} bytes with six counts each, {EACH} a "
        "title\n"
    )
    print_table(("run", "artworks", "pictures decoded", "s", "peak GB of its own"), rows)
    say(
        f"{asked.artworks:,} pictures at {1000 * each:.0f} ms each would take "
        f"{each * asked.artworks:,.0f} s more: adding {asked.added} takes 1/{full / few:,.0f} of "
        f"a full build. Built from nothing, the index is {'' if same else 'NOT '}the same byte "
        "for byte.\n"
    )
    print_targets(
        [
            Target(f"{asked.added} artworks added", 60, few, "s", at_most=True),
            Target("new performance: pictures decoded", 0, watched.asked, "", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, "incremental", "Adding to an index")
    if not same:
        raise SystemExit(1)


def _joined(parts: list[Part]) -> Part:
    import pyarrow as pa

    arrays = {name: np.concatenate([one.arrays[name] for one in parts]) for name in parts[0].arrays}
    hashes = tuple(content for one in parts for content in one.hashes)
    return Part(hashes, arrays, pa.concat_tables([one.features for one in parts]))


if __name__ == "__main__":
    main()
