"""Commands that write, killed again and again with SIGKILL."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
from PIL import Image

from index.store import open_index, verify_index
from tests.killing import processes, watch_folder

KILLS_A_FOLDER = 5


@dataclass(frozen=True)
class Scenario:
    """A command that writes.

    Attributes:
        name: what is run.
        words: the command line, in a folder with `catalogue`, `index`, `briefs` and `out`.
        prepare: changes the folder beforehand, so that there is something to do.
    """

    name: str
    words: Callable[[Path], list[str]]
    prepare: Callable[[Path], None] = lambda place: None


def _new_pictures(place: Path) -> None:
    random = np.random.default_rng(5)
    for path in sorted((place / "catalogue" / "images").iterdir())[:3]:
        picture = Image.open(path).convert("RGB")
        dot = Image.fromarray(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
        picture.paste(dot, (10, 10))
        picture.save(path)


def _results(place: Path) -> None:
    (place / "results.csv").write_text(
        "lever,pole,arm,impressions,plays\nlight,darker,A,20000,2600\nlight,darker,B,20000,2100\n"
    )


def _examples(place: Path) -> list[str]:
    with open_index(place / "index") as index:
        artworks = index.table("artworks")["artwork_id"].to_pylist()
        features = index.table("features")["people_grouping"].to_pylist()
    pairs = [one for one, cast in zip(artworks, features, strict=True) if cast == "pair"]
    return pairs[:12]


SCENARIOS = (
    Scenario(
        "index",
        lambda place: ["index", str(place / "catalogue"), "-o", str(place / "index")],
        _new_pictures,
    ),
    Scenario(
        "learn",
        lambda place: ["learn", str(place / "results.csv"), "-i", str(place / "index")],
        _results,
    ),
    Scenario(
        "features add",
        lambda place: [
            "features", "add", "a couple", "-i", str(place / "index"),
            *(word for artwork in _examples(place) for word in ("--like", artwork)),
        ],
    ),
    Scenario(
        "board",
        lambda place: [
            "board", str(place / "briefs" / "war.yaml"), "-i", str(place / "index"),
            "-o", str(place / "out"), "--format", "html,md,json",
        ],
    ),
)  # fmt: skip


def start(
    words: list[str], place: Path, kill_at: int = 0, count: Path | None = None
) -> BaseProcess:
    """A process that runs a command and kills itself at its `kill_at`-th touch of the folder.

    With `count`, the number of touches is written to that file in the end. What the command
    prints goes to `place.parent / "printed"`.
    """
    process = processes.Process(target=_run, args=(words, place, kill_at, count))
    process.start()
    return process


def _run(words: list[str], place: Path, kill_at: int, count: Path | None) -> None:
    printed = io.StringIO()
    touches = watch_folder(place, kill_at)
    code = 0
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(io.StringIO()):
        from assistant.cli import main

        sys.argv = ["assistant", *words]
        try:
            main()
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else int(bool(ending.code))
    if count is not None:
        count.write_text(str(touches[0]))
    with contextlib.suppress(OSError):
        (place.parent / "printed").write_text(printed.getvalue())
    os._exit(code)


def contents(place: Path) -> dict[str, bytes]:
    """Every file of the current generation, after a deep check, and every finished output."""
    with open_index(place / "index") as index:
        verify_index(index)
        inside = index.generation_folder
        found = {name: (inside / name).read_bytes() for name in index.manifest.files}
    return found


def outputs(place: Path) -> dict[str, bytes]:
    """Every file of `out` that shows under its own name."""
    out = place / "out"
    files = [path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


@dataclass
class Campaign:
    """What became of a scenario: deaths, and everything that went wrong."""

    killed: int = 0
    runs: int = 0
    failures: list[str] = field(default_factory=list)


def kill_again_and_again(
    scenario: Scenario, source: Path, folder: Path, kills: int, seed: int
) -> Campaign:
    """Kill a command until enough of its runs died, half of them at a touch, half at a time.

    After each death the index must verify and be as before or as after an undisturbed run, and
    outputs must be whole. Every few deaths the command is let through, and must end as an
    undisturbed run does.

    Args:
        scenario: the command.
        source: a folder as `assistant demo` leaves it.
        folder: to work in.
        kills: deaths wanted.
        seed: of the moments.
    """
    random = np.random.default_rng(seed)
    before = copy_place(source, folder / "before")
    scenario.prepare(before)
    calm = copy_place(before, folder / "calm")
    started = time.perf_counter()
    process = start(scenario.words(calm), calm, count=folder / "touches")
    process.join()
    seconds = time.perf_counter() - started
    campaign = Campaign()
    if process.exitcode != 0:
        campaign.failures.append(f"undisturbed: exit {process.exitcode}: {_printed(folder)}")
        return campaign
    touches = int((folder / "touches").read_text())
    good, written = [contents(before), contents(calm)], outputs(calm)
    while campaign.killed < kills and campaign.runs < 6 * kills:
        place = copy_place(before, folder / "place")
        deaths = 0
        while deaths < KILLS_A_FOLDER and campaign.killed < kills and campaign.runs < 6 * kills:
            campaign.runs += 1
            if campaign.runs % 2:
                process = start(scenario.words(place), place, int(random.integers(1, touches + 1)))
                process.join()
            else:
                process = start(scenario.words(place), place)
                process.join(random.uniform(0.05, 0.95) * seconds)
                process.kill()
                process.join()
            deaths += process.exitcode == -signal.SIGKILL
            campaign.killed += process.exitcode == -signal.SIGKILL
            campaign.failures += _wrong(place, good, written)
            if process.exitcode == 0:
                break
        start(scenario.words(place), place).join()
        if contents(place) != good[1] or outputs(place) != written:
            campaign.failures.append("the run that was let through ended otherwise")
    return campaign


def _wrong(place: Path, good: list[dict[str, bytes]], written: dict[str, bytes]) -> Iterator[str]:
    if contents(place) not in good:
        yield "the index is neither as before nor as after"
    for name, content in outputs(place).items():
        if written.get(name) != content:
            yield f"{name} is half written"


def copy_place(source: Path, target: Path) -> Path:
    """A working copy of a demo folder, in place of whatever is there."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in ("catalogue", "index", "briefs", "out", "results.csv"):
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name)
        elif (source / name).exists():
            shutil.copy(source / name, target / name)
    return target


def _printed(folder: Path) -> str:
    path = folder / "printed"
    return path.read_text()[-300:] if path.exists() else ""
