"""A build that is killed at any moment loses nothing, and the next run ends where it would have."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from index.errors import IndexNotFound
from index.store import open_index, verify_index
from tests.killing import start
from tests.small_catalogue import build, draw, write_catalogue, write_performance

KILLS_A_FOLDER = 4


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue, its index, the catalogue changed, and what an undisturbed run makes of it."""
    folder = tmp_path_factory.mktemp("scene")
    catalogue = write_catalogue(folder / "catalogue", titles=6)
    (catalogue / "interactions.csv").unlink()
    build(catalogue, folder / "before")
    for number in range(4):
        draw(catalogue / f"images/t0{number}_1.jpg", 100 + number)
    write_performance(catalogue, seed=5)
    shutil.copytree(folder / "before", folder / "undisturbed")
    started = time.perf_counter()
    process = start(catalogue, folder / "undisturbed", count=folder / "touches")
    process.join()
    (folder / "seconds").write_text(str(time.perf_counter() - started))
    assert process.exitcode == 0
    return folder


def contents(index_folder: Path) -> dict[str, bytes]:
    with open_index(index_folder) as index:
        verify_index(index)
        place = index.generation_folder
        return {name: (place / name).read_bytes() for name in index.manifest.files}


def kill_at_touches(
    scene: Path, output: Path, random: np.random.Generator, share: float = 1.0
) -> int:
    """Start a build that dies at a random one of the first touches of the folder; its exit code."""
    touches = int(share * int((scene / "touches").read_text()))
    touch = int(random.integers(1, touches + 1))
    process = start(scene / "catalogue", output, kill_at=touch)
    process.join()
    return process.exitcode or 0


def kill_at_times(
    scene: Path, output: Path, random: np.random.Generator, share: float = 1.0
) -> int:
    """Start a build and kill it after a random part of the time it takes; its exit code."""
    process = start(scene / "catalogue", output)
    process.join(random.uniform(0.02, share * float((scene / "seconds").read_text())))
    process.kill()
    process.join()
    return process.exitcode or 0


@pytest.mark.parametrize("kill", [kill_at_touches, kill_at_times])
@pytest.mark.parametrize("seed", range(3))
def test_killed_updates_leave_a_good_generation(
    scene: Path, tmp_path: Path, seed: int, kill: object
) -> None:
    random = np.random.default_rng(seed)
    output = tmp_path / "index"
    shutil.copytree(scene / "before", output)
    good = [contents(scene / "before"), contents(scene / "undisturbed")]
    codes: list[int] = []
    share = 1.0
    while codes.count(-signal.SIGKILL) < KILLS_A_FOLDER:
        codes.append(kill(scene, output, random, share))  # type: ignore[operator]
        assert contents(output) in good
        if codes[-1] == 0:
            share *= 0.7
            shutil.rmtree(output)
            shutil.copytree(scene / "before", output)
    assert set(codes) <= {-signal.SIGKILL, 0}
    build(scene / "catalogue", output)
    assert contents(output) == good[1]
    left = {entry.name for entry in output.iterdir()}
    assert left <= {"CURRENT", "generations", "seen.parquet", "writer.lock"}
    assert len(list((output / "generations").iterdir())) == 2


def test_a_killed_first_run_is_no_index_and_is_resumed(scene: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(9)
    output = tmp_path / "index"
    for _ in range(KILLS_A_FOLDER):
        if kill_at_touches(scene, output, random) == 0:
            break
        try:
            assert contents(output) == contents(scene / "undisturbed")
        except IndexNotFound:
            continue
    build(scene / "catalogue", output)
    assert contents(output) == contents(scene / "undisturbed")


def test_finished_work_is_not_done_again(scene: Path, tmp_path: Path) -> None:
    output = tmp_path / "index"
    process = start(scene / "catalogue", output)
    while process.is_alive() and len(list(output.glob("work/*/part-*.npz"))) < 2:
        time.sleep(0.002)
    process.kill()
    process.join()
    done = len(list(output.glob("work/*/part-*.npz")))
    report = build(scene / "catalogue", output)
    assert done >= 2 or process.exitcode == 0
    assert report.reused >= 4 * done
    assert contents(output) == contents(scene / "undisturbed")
