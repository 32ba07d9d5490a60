"""Pictures a second of `assistant index --engine ray` with two workers beside the local engine.

`python benchmarks/ray_scaling.py FOLDER` indexes the same pictures here, on a cluster of two nodes
of one processor each (separate raylets on this machine), and on that cluster while one worker is
killed midway. What starting costs (models loaded in every worker) is measured by a run over one
picture a worker and told apart.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)
from throughput import find_pictures

from index.build import build_index
from index.build.pictures import Batch, EveryFeature, PicturePipeline, Pipeline
from index.build.ray_pipeline import EncoderChoice, RayPipeline
from index.encoders import load_encoder
from index.features.concepts.emotion import reader_with
from index.processors import processors
from index.store import open_index

WANTED = 0.9
BATCH = 16


@dataclass
class Timed:
    """A pipeline whose pictures and seconds are counted; kills a worker midway if asked to."""

    pipeline: Pipeline
    kill_after: int | None = None
    pictures: int = 0
    seconds: float = 0.0
    killed: list[int] = field(default_factory=list)

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """Batches as they come."""
        started = perf_counter()
        for batch in self.pipeline.run(pictures):
            self.pictures += len(batch.part.hashes) if batch.part else 0
            if self.kill_after is not None and self.pictures >= self.kill_after and not self.killed:
                self.killed = worker_processes()[:1]
                os.kill(self.killed[0], signal.SIGKILL)
            yield batch
        self.seconds = perf_counter() - started


def worker_processes() -> list[int]:
    """Processes that call themselves a worker of Ray Data."""
    named = Path("/proc").glob("[0-9]*/cmdline")
    return [int(path.parent.name) for path in named if path.read_bytes().startswith(b"ray::MapW")]


def write_catalogue(folder: Path, pictures: list[Path]) -> Path:
    """A catalogue of copies of these pictures, two to a title."""
    (folder / "images").mkdir(parents=True)
    rows = []
    for number, path in enumerate(pictures):
        shutil.copyfile(path, folder / "images" / path.name)
        rows.append((f"a{number}", f"t{number // 2}", f"images/{path.name}"))
    tables: dict[str, list[tuple[str, ...]]] = {
        "artworks": [("artwork_id", "title_id", "path"), *rows],
        "titles": [("title_id", "name"), *((one, one) for one in sorted({r[1] for r in rows}))],
    }
    for name, lines in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(lines)
    return folder


def start_cluster(workers: int) -> Callable[[], None]:
    """Connect to a new cluster of nodes with one processor each; gives what stops it."""
    import ray
    from ray.cluster_utils import Cluster

    memory = 200 * 2**20
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": memory}
    )
    for _ in range(workers - 1):
        cluster.add_node(num_cpus=1, object_store_memory=memory)
    ray.init(address=cluster.address, log_to_driver=False)

    def stop() -> None:
        ray.shutdown()
        cluster.shutdown()

    return stop


def contents(index: Path) -> dict[str, str]:
    """Checksum of every file."""
    with open_index(index) as opened:
        return {name: record.blake2b for name, record in opened.manifest.files.items()}


def main() -> None:
    """Compare the engines over one folder of pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="pictures to index")
    parser.add_argument("--pictures", type=int, default=480)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--encoder", default="starter")
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("ray", "onnxruntime", "numpy")
    with tempfile.TemporaryDirectory() as place:
        compare(asked, Path(place))
    keep_what_was_said(asked.keep, "ray", "Past one machine: Ray beside the local engine")


def compare(asked: argparse.Namespace, place: Path) -> None:
    """Run every engine and print what came of it."""
    pictures = find_pictures(asked.folder, asked.pictures)
    catalogue = write_catalogue(place / "catalogue", pictures)
    one_each = [(path.name, path) for path in pictures[: asked.workers]]
    encoder = load_encoder(asked.encoder)

    def local(batch_size: int) -> Pipeline:
        return PicturePipeline(
            encoder, EveryFeature(), reader_with(encoder), batch_size, processors()
        )

    def far(batch_size: int) -> Pipeline:
        choice = EncoderChoice(asked.encoder)
        return RayPipeline(choice, batch_size=batch_size, workers=asked.workers)

    started = perf_counter()
    stop = start_cluster(asked.workers)
    say(
        f"{len(pictures)} pictures, {asked.workers} workers; the cluster started in "
        f"{perf_counter() - started:.1f} s, which no figure below holds.\n"
    )
    runs = {
        "local": (local, None),
        f"ray, {asked.workers} workers": (far, None),
        "ray, a worker killed midway": (far, len(pictures) // 2),
    }
    list(far(1).run(one_each))
    rows, rates, made = [], {}, {}
    for name, (make, kill_after) in runs.items():
        starting = Timed(make(1))
        list(starting.run(one_each))
        timed = Timed(make(BATCH), kill_after)
        build_index(catalogue, place / name, encoder=encoder, pipeline=timed)
        rates[name] = timed.pictures / (timed.seconds - starting.seconds)
        made[name] = contents(place / name)
        rows.append(
            (name, f"{starting.seconds:.1f}", f"{timed.seconds:.1f}",
             f"{timed.pictures / timed.seconds:.2f}", f"{rates[name]:.2f}",
             f"{rates[name] / rates['local']:.2f}",
             "yes" if made[name] == made["local"] else "no")
        )  # fmt: skip
    print_table(
        ("engine", "starting, s", "whole, s", "pictures/s with starting", "pictures/s",
         "ratio to local", "same index"),
        rows,
    )  # fmt: skip
    print_targets(
        [
            Target(f"{name}: throughput to local", WANTED, rates[name] / rates["local"], "")
            for name in list(runs)[1:]
        ]
    )
    stop()


if __name__ == "__main__":
    main()
