from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from assistant.cli import GARBAGE

gc.set_threshold(GARBAGE)
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED = Path(__file__).parents[2] / "shared"


SLOW = """
    arrangement attributes audience_learning board_lists boards boards_browser boards_truth
    build catalogue causal comparison concepts demo demo_catalogue directions docs encoders
    evidence_commands faults features_command features_people hostile_input images
    insights_command insights_prediction insights_themes joins_and_words kill learn misreading
    mockup_diffusers mockup_layout mockups object_store odd_catalogues old_format open_clip
    picks picture_fit planted precision ray restated_rows scoring serve serve_browser
    serve_schema slides table_conventions time_and_watching variant
"""
"""Files of tests that take about four seconds or more; `make test-fast` leaves them out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test-fast` leaves out: slow files, and whatever needs the demo."""
    slow = {f"test_{name}" for name in SLOW.split()}
    for item in items:
        if item.path.stem in slow or "demo" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only addresses of this machine may be reached from a test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else str(address)
            if host not in {"127.0.0.1", "::1", "localhost"}:
                pytest.fail(f"a test reached for the network: {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.delenv("ASSISTANT_INDEX", raising=False)


@pytest.fixture
def posters() -> Path:
    """Real posters for development; absent from the product."""
    folder = SHARED / "posters"
    if not folder.is_dir():
        pytest.skip("the posters for development are not beside this checkout")
    return folder


def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache of exported models for the whole run; a user's own is left alone."""
    folder = run_folder(tmp_path_factory) / "encoder-cache"
    os.environ["ASSISTANT_CACHE"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as `assistant demo` leaves it, made once for all workers of a run."""
    root = run_folder(tmp_path_factory)
    folder = root / "demo"
    with FileLock(root / "demo.lock"):
        if not (folder / "made").exists():
            words = [str(Path(sys.executable).with_name("assistant")), "demo", str(folder)]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            (folder / "made").touch()
    return folder
