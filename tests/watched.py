"""Work on hostile files in a second process, watched for crashes, hangs and hunger."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_memory

Try = Callable[[Path], str]
"""What is done with a file or folder; says "read" or "refused", anything else is a failure."""


@dataclass
class Outcome:
    """What became of the cases of a campaign, by kind."""

    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0
    megabytes: float = 0.0


def watch(
    attempt: Try, cases: Iterable[tuple[str, Path]], *, seconds: float, megabytes: float
) -> Outcome:
    """Try every case, a pair of its kind and its path; a process that fails is replaced."""
    outcome = Outcome()
    worker: _Worker | None = None
    for kind, path in cases:
        worker = worker or _Worker(attempt)
        started = time.perf_counter()
        answer = worker.ask(path, seconds)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - started)
        if answer is None:
            outcome.failures.append(f"{kind} {path.name}: {worker.end()}")
            worker = None
            continue
        verdict, peak = answer
        outcome.megabytes = max(outcome.megabytes, peak)
        if verdict == "read":
            outcome.read[kind] += 1
        elif verdict == "refused":
            outcome.refused[kind] += 1
        else:
            outcome.failures.append(f"{kind} {path.name}: {verdict}")
    if worker is not None:
        worker.end()
    if outcome.megabytes > megabytes:
        outcome.failures.append(f"it took {outcome.megabytes:.0f} MB")
    return outcome


class _Worker:
    """A process that tries one case after another."""

    def __init__(self, attempt: Try) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, attempt), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe.recv()

    def ask(self, path: Path, seconds: float) -> tuple[str, float] | None:
        """Verdict and peak memory in MB, or None where the process died or gave no answer."""
        self._pipe.send(path)
        try:
            if self._pipe.poll(seconds):
                answer: Any = self._pipe.recv()
                return answer
        except EOFError:
            pass
        return None

    def end(self) -> str:
        """Stop the process; says how it had ended."""
        self._process.join(0.2)
        code = self._process.exitcode
        self._process.kill()
        return "no answer in time" if code is None else f"the process died ({code})"


def _serve(pipe: Connection, attempt: Try) -> None:
    sys.stderr = open("/dev/null", "w")  # noqa: SIM115
    pipe.send("ready")
    while True:
        try:
            path = pipe.recv()
        except EOFError:
            return
        try:
            verdict = attempt(path)
        except BaseException as error:
            verdict = f"{type(error).__name__}: {error}"
        pipe.send((verdict, 1000 * peak_memory()))
