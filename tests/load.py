"""The pages under a mixed load: `python -m tests.load --minutes 10` on a demo folder."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Annotated

import numpy as np
import requests
import typer

from tests.campaign import Keep, Report, close

WARM_UP = 0.25
"""Share of the time before memory is held to be settled."""
MOST_GROWTH = 0.05


@contextmanager
def serving(index: Path) -> Iterator[tuple[int, str]]:
    """`assistant serve` in a process of its own: its pid and address."""
    words = [str(Path(sys.executable).with_name("assistant")), "serve", "-i", str(index)]
    with subprocess.Popen([*words, "--port", "0"], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            found = re.search(r"http://\S+", process.stderr.readline())
            assert found is not None
            yield process.pid, found.group()
        finally:
            process.terminate()


def ask(address: str, kind: str, token: str, ids: list[str], picture: bytes) -> int:
    """One request of a kind; the status of its answer."""
    own, chosen = {"x-csrf-token": token}, random.choice(ids)
    words = random.choice(["a soldier", "two people in love", "a dark street", "a dog", "the sea"])
    asked = {
        "search by words": lambda: requests.get(address, params={"q": words}, timeout=60),
        "look through": lambda: requests.get(address, params={"label": "high"}, timeout=60),
        "search by a picture": lambda: requests.post(
            f"{address}/search", files={"picture": ("a.jpg", picture)}, headers=own, timeout=60
        ),
        "one artwork": lambda: requests.get(f"{address}/artwork?id={chosen}", timeout=60),
        "its picture": lambda: requests.get(f"{address}/image/small?id={chosen}", timeout=60),
        "a board": lambda: requests.post(
            f"{address}/board",
            data={"title": words, "genres": "Romance", "synopsis": words},
            headers=own,
            timeout=60,
        ),
        "insights": lambda: requests.get(f"{address}/insights", timeout=60),
        "themes": lambda: requests.get(f"{address}/themes", timeout=60),
        "a wrong token": lambda: requests.post(f"{address}/board", data={"token": "x"}, timeout=60),
    }
    return asked[kind]().status_code


KINDS = {
    "search by words": 6, "look through": 3, "search by a picture": 1, "one artwork": 5,
    "its picture": 12, "a board": 1, "insights": 1, "themes": 1, "a wrong token": 1,
}  # fmt: skip


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def load(
    demo: Annotated[Path, typer.Option(help="A folder as `assistant demo` leaves it.")] = Path(
        "demo"
    ),
    minutes: Annotated[float, typer.Option(min=0.1, help="How long.")] = 10,
    people: Annotated[int, typer.Option(min=1, help="Who ask at the same time.")] = 4,
    keep: Keep = None,
) -> None:
    """Ask for pages of every kind from a second process, and watch the server's memory."""
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
    sizes: list[float] = []
    with serving(demo / "index") as (pid, address):
        page = requests.get(address, timeout=60).text
        token = re.findall(r'name="csrf-token" content="([^"]+)"', page)[0]
        ids = [unescape(one) for one in re.findall(r'src="/image/small\?id=([^"]+)"', page)]
        picture = next((demo / "catalogue" / "images").iterdir()).read_bytes()
        end = time.monotonic() + 60 * minutes

        def person() -> None:
            while time.monotonic() < end:
                kind = random.choices(list(KINDS), list(KINDS.values()))[0]
                begun = time.perf_counter()
                try:
                    status = ask(address, kind, token, ids, picture)
                except requests.RequestException as error:
                    wrong[f"{kind}: {type(error).__name__}"] += 1
                    continue
                taken[kind].append(time.perf_counter() - begun)
                tried[kind] += 1
                if status != (403 if kind == "a wrong token" else 200):
                    wrong[f"{kind}: {status}"] += 1

        threads = [threading.Thread(target=person) for _ in range(people)]
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            time.sleep(min(2.0, 6 * minutes))
            sizes.append(memory(pid))
        for thread in threads:
            thread.join()
    settled = sizes[int(WARM_UP * len(sizes)) :]
    half = len(settled) // 2
    before, after = float(np.median(settled[:half])), float(np.median(settled[half:]))
    failures = [f"{what}, {times} times" for what, times in wrong.items()]
    if after > (1 + MOST_GROWTH) * before:
        failures.append(f"memory grew from {before:.0f} to {after:.0f} MB")
    rows = [
        (kind, f"{tried[kind]:,}", f"{np.median(taken[kind]) * 1000:.0f}",
         f"{np.quantile(taken[kind], 0.95) * 1000:.0f}")
        for kind in KINDS if taken[kind]
    ]  # fmt: skip
    report = Report(
        name="load",
        title="Pages under a mixed load",
        command=f"python -m tests.load --minutes {minutes:g} --people {people}",
        columns=("asked for", "times", "median ms", "95% within ms"),
        rows=rows,
        note=(
            f"{sum(tried.values()):,} requests, {sum(wrong.values())} errors; after the first "
            f"quarter the server took {before:.0f} MB (median of the first half), then "
            f"{after:.0f} MB (second half)."
        ),
        failures=failures,
    )
    close(report, keep)


if __name__ == "__main__":
    typer.run(load)
