"""A Ray cluster of several nodes gives the index that one machine gives, whatever dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.build import BuildReport, build_index
from index.build.pictures import Batch
from index.build.ray_pipeline import EncoderChoice, RayPipeline
from index.encoders import load_encoder
from index.store import open_index, verify_index
from tests.small_catalogue import write_catalogue

ray: Any = pytest.importorskip("ray", reason="the extra `ray` is not installed")

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    memory = 100 * 2**20
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "object_store_memory": memory},
    )
    cluster.add_node(num_cpus=1, object_store_memory=memory)
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_catalogue(tmp_path_factory.mktemp("catalogue"), titles=8)
    (folder / "images/t03_1.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def here(catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("here") / "index"
    build_index(catalogue, output, encoder=load_encoder())
    return output


def contents(folder: Path) -> dict[str, str]:
    with open_index(folder) as index:
        verify_index(index)
        return {name: record.blake2b for name, record in index.manifest.files.items()}


def build(catalogue: Path, output: Path, pipeline: Any) -> BuildReport:
    return build_index(catalogue, output, encoder=load_encoder(), pipeline=pipeline)


def test_two_nodes_make_the_same_index(
    cluster: Any, catalogue: Path, here: Path, tmp_path: Path
) -> None:
    pipeline = RayPipeline(EncoderChoice("starter"), batch_size=4)
    report = build(catalogue, tmp_path / "index", pipeline)
    assert report.embedded == 23
    assert [one.path for one in report.skipped] == ["images/t03_1.jpg"]
    assert "not an image" in report.skipped[0].reason
    assert contents(tmp_path / "index") == contents(here)


def worker_processes() -> list[int]:
    """Processes that call themselves a worker of Ray Data."""
    named = Path("/proc").glob("[0-9]*/cmdline")
    return [int(path.parent.name) for path in named if path.read_bytes().startswith(b"ray::MapW")]


class KillsAWorker:
    """A Ray pipeline, one of whose worker processes is killed after the first batch."""

    def __init__(self) -> None:
        self._pipeline = RayPipeline(EncoderChoice("starter"), batch_size=2)
        self.killed = 0

    def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
        for batch in self._pipeline.run(pictures):
            yield batch
            if not self.killed:
                self.killed = worker_processes()[0]
                os.kill(self.killed, signal.SIGKILL)


def test_a_worker_that_is_killed_loses_nothing(
    cluster: Any, catalogue: Path, here: Path, tmp_path: Path
) -> None:
    pipeline = KillsAWorker()
    report = build(catalogue, tmp_path / "index", pipeline)
    assert pipeline.killed
    assert (report.embedded, len(report.skipped)) == (23, 1)
    assert contents(tmp_path / "index") == contents(here)


@pytest.mark.parametrize(("scan", "lists"), [(10, 20), (10, 10**9)])
def test_shards_of_the_workers_are_the_index_made_here(cluster: Any, scan: int, lists: int) -> None:
    import faiss

    from index.build.ray_shards import RayShards
    from index.vectors import SearchIndexMaker, Sizes

    rows = np.random.default_rng(5).normal(size=(3_001, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    sizes = Sizes(scan=scan, lists=lists)
    here = faiss.serialize_index(SearchIndexMaker(sizes=sizes).make(rows))
    far = SearchIndexMaker(sizes=sizes, shards=RayShards(rows=400)).make(rows)
    assert np.array_equal(faiss.serialize_index(far), here)
