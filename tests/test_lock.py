"""The hashed lock and the constraints pin the same versions."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKED = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>\S+) --hash=sha256:[0-9a-f]{64}")


def constrained() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {re.sub(r"[-_.]+", "-", name.strip().lower()): one.strip() for name, one in pairs}


def test_every_locked_file_has_a_hash_and_the_version_of_the_constraints() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {}
    for line in lines:
        if not line.startswith("#"):
            match = LOCKED.fullmatch(line)
            assert match, f"{line!r} has no hash; run: make lock"
            locked[match["name"]] = match["version"]
    wanted = constrained()
    assert {name: wanted.get(name) for name in locked} == locked, "run: make lock"
    assert {"torch", "faiss-cpu", "onnxruntime", "typer"} <= set(locked)
