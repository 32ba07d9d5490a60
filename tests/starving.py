"""Commands with no room or no permission to write, and indexes with one byte changed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.errors import StoreError
from index.store import open_index, verify_index
from tests.killing_commands import SCENARIOS, Scenario, contents, copy_place, start


def fill_the_disk(
    source: Path, folder: Path, scenarios: Sequence[Scenario] = SCENARIOS
) -> list[str] | None:
    """Run every scenario with next to no room left; None where no small disk can be made."""
    failures = []
    for scenario in scenarios:
        disk = folder / f"disk-{scenario.name.replace(' ', '-')}"
        prepared = copy_place(source, folder / "prepared")
        scenario.prepare(prepared)
        size = sum(path.stat().st_size for path in prepared.rglob("*") if path.is_file())
        disk.mkdir()
        if not _mount(disk, f"size={int(1.04 * size) + 2_400_000}"):
            return None
        try:
            place = disk / "place"
            shutil.copytree(prepared, place)
            good = contents(place)
            free = shutil.disk_usage(disk).free
            (disk / "ballast").write_bytes(bytes(max(0, free - 12_000)))
            process = start(scenario.words(place), place)
            process.join()
            if process.exitcode == 0 and scenario.name != "learn":
                failures.append(f"{scenario.name}: went through on a full disk")
            if process.exitcode not in (0, 2):
                failures.append(f"{scenario.name}: exit {process.exitcode} on a full disk")
            if contents(place) != good and process.exitcode:
                failures.append(f"{scenario.name}: the index changed on a full disk")
            (disk / "ballast").unlink()
            process = start(scenario.words(place), place)
            process.join()
            again = shutil.disk_usage(disk).free
            if process.exitcode != 0 and again > size:
                failures.append(f"{scenario.name}: exit {process.exitcode} with room again")
        finally:
            subprocess.run(["umount", str(disk)], capture_output=True, check=False)
    return failures


def forbid_writing(
    source: Path, folder: Path, scenarios: Sequence[Scenario] = SCENARIOS
) -> list[str] | None:
    """Run every scenario where nothing may be written; None where no such place can be made."""
    failures = []
    for scenario in scenarios:
        disk = folder / f"disk-{scenario.name.replace(' ', '-')}"
        disk.mkdir()
        if not _mount(disk, "size=500m"):
            return None
        try:
            place = copy_place(source, disk / "place")
            scenario.prepare(place)
            good, words = contents(place), scenario.words(place)
            _mount(disk, "remount,ro")
            process = start(words, place)
            process.join()
            if process.exitcode != 2:
                failures.append(f"{scenario.name}: exit {process.exitcode} without permission")
            if contents(place) != good:
                failures.append(f"{scenario.name}: the index changed without permission")
            _mount(disk, "remount,rw")
            process = start(words, place)
            process.join()
            if process.exitcode != 0:
                failures.append(f"{scenario.name}: exit {process.exitcode} with permission again")
        finally:
            subprocess.run(["umount", str(disk)], capture_output=True, check=False)
    return failures


def _mount(disk: Path, options: str) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def change_bytes(place: Path, each: int, seed: int) -> tuple[int, list[str]]:
    """Change single bytes of every file of an index, one at a time; each must be found.

    Args:
        place: a folder with `index`, which is as it was in the end.
        each: bytes to change in every file.
        seed: of the places and bytes.

    Returns:
        How many were changed, and the files in which one was not found.
    """
    random = np.random.default_rng(seed)
    folder = place / "index"
    with open_index(folder) as index:
        inside = index.generation_folder
    files = [folder / "CURRENT", *(path for path in inside.rglob("*") if path.is_file())]
    unnoticed = []
    for path in sorted(files):
        whole = path.read_bytes()
        for spot in random.integers(len(whole), size=each):
            other = bytearray(whole)
            other[spot] ^= int(random.integers(1, 256))
            path.write_bytes(other)
            try:
                with open_index(folder) as index:
                    verify_index(index)
                unnoticed.append(f"byte {spot} of {path.relative_to(folder)} was changed unnoticed")
            except StoreError:
                pass
        path.write_bytes(whole)
    return each * len(files), unnoticed
