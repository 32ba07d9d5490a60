"""Pictures embedded and measured by the workers of a Ray cluster (docs.ray.io, Ray Data)."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from index.build.pictures import Batch, EveryFeature, PicturePipeline
from index.errors import EngineFailed, MissingExtra
from index.features.concepts.emotion import reader_with
from index.features.concepts.emotion_model import ClassifierEmotions
from index.io.locations import is_remote
from index.store import part_from_bytes, part_to_bytes

BATCHES_AT_ONCE = 512
"""Batches handed to the cluster at a time, so that the list of pictures is never sent whole."""


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """What every worker loads: what `load_encoder` is given, and a classifier of faces or None."""

    spec: str
    weights: Path | None = None
    emotion_model: Path | None = None


class RayPipeline:
    """Does on a cluster what `PicturePipeline` does here, with the same outcome.

    Every worker process holds the models once and takes one batch after another; a worker that
    dies is started again and its batches are done again. Workers read pictures by path, so the
    catalogue must lie where all of them see it: on a shared disk, or in an object store whose
    variables they have. Batches come back in any order.

    Args:
        encoder: what each worker loads.
        batch_size: pictures a batch.
        address: of a running cluster; None for the one this process is connected to, else the one
            that RAY_ADDRESS names, else a new one of this machine's processors.
        workers: processes; None for one a processor of the cluster.

    Raises:
        MissingExtra: Ray is not installed.
    """

    def __init__(
        self,
        encoder: EncoderChoice,
        *,
        batch_size: int = 16,
        address: str | None = None,
        workers: int | None = None,
    ) -> None:
        self._encoder, self._batch_size = encoder, batch_size
        self._address, self._workers = address, workers

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        """Batches of `pictures`, pairs of content hash and path.

        Raises:
            EngineFailed: the cluster cannot be reached, or went away.
        """
        source = iter(pictures)
        if not (some := list(islice(source, BATCHES_AT_ONCE * self._batch_size))):
            return
        ray = connect(self._address)
        try:
            while some:
                yield from self._work(ray, some)
                some = list(islice(source, BATCHES_AT_ONCE * self._batch_size))
        except ray.exceptions.RayError as error:
            raise EngineFailed("ray", str(error).strip().splitlines()[-1]) from error

    def _work(self, ray: Any, pictures: list[tuple[str, Path]]) -> Iterator[Batch]:
        import pyarrow as pa

        size = self._batch_size
        blocks = [
            pa.table(
                {
                    "hash": [content for content, _ in pictures[start : start + size]],
                    "path": [_from_anywhere(path) for _, path in pictures[start : start + size]],
                }
            )
            for start in range(0, len(pictures), size)
        ]
        processors = int(ray.cluster_resources().get("CPU", 1))
        workers = min(self._workers or processors, len(blocks))
        done = ray.data.from_arrow(blocks).map_batches(
            _Worker,
            fn_constructor_args=(self._encoder, size),
            batch_size=None,
            batch_format="pyarrow",
            compute=ray.data.ActorPoolStrategy(size=workers),
            num_cpus=1,
        )
        for row in done.iter_rows():
            part = part_from_bytes(row["part"]) if row["part"] else None
            yield Batch(part, json.loads(row["unreadable"]))


class _Worker:
    """A process of the cluster with the models loaded."""

    def __init__(self, encoder: EncoderChoice, batch_size: int) -> None:
        from index.encoders import load_encoder

        loaded = load_encoder(encoder.spec, weights=encoder.weights, threads=1)
        faces = reader_with(loaded)
        if encoder.emotion_model is not None:
            faces = ClassifierEmotions(encoder.emotion_model)
        features = EveryFeature(threads=1)
        self._pipeline = PicturePipeline(loaded, features, faces, batch_size, 1)

    def __call__(self, batch: Any) -> Any:
        import pyarrow as pa

        pairs = zip(batch["hash"].to_pylist(), batch["path"].to_pylist(), strict=True)
        finished = list(self._pipeline.run((content, Path(path)) for content, path in pairs))
        return pa.table(
            {
                "part": pa.array(
                    [part_to_bytes(one.part) if one.part else b"" for one in finished],
                    pa.large_binary(),
                ),
                "unreadable": [json.dumps(one.unreadable) for one in finished],
            }
        )


def _from_anywhere(path: Path) -> str:
    return str(path if is_remote(path) else path.absolute())


def connect(address: str | None) -> Any:
    """Ray, connected to a cluster: this process's, the one at an address, or a new one here.

    Raises:
        MissingExtra: Ray is not installed.
        EngineFailed: the cluster cannot be reached.
    """
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtra("the ray engine", "ray") from error
    if not ray.is_initialized():
        try:
            # Left to itself Ray joins the cluster that anybody last started on this machine.
            chosen = address or os.environ.get("RAY_ADDRESS", "local")
            ray.init(address=chosen, log_to_driver=False, include_dashboard=False)
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise EngineFailed("ray", str(error).strip().splitlines()[0]) from error
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    return ray
