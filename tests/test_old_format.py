"""An index in another format is refused by every command, with the command that rebuilds it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.cli import main
from index.store import open_index, verify_index
from index.store.layout import checksum_bytes
from index.store.manifest import FORMAT, write_pointer
from tests.small_catalogue import build, write_catalogue

BRIEF = "title: A Brief\nsynopsis: Two friends at sea.\ngenres: [Drama]\n"
RESULTS = (
    "feature,level,arm,impressions,plays\nsaturation,,A,20000,2600\nsaturation,,B,20000,2100\n"
)
COMMANDS = (
    ("brief", "brief.yaml"),
    ("board", "brief.yaml", "-o", "out"),
    ("similar", "a ship"),
    ("prompt", "brief.yaml"),
    ("mockup", "brief.yaml", "-o", "out"),
    ("variant", "candidate.jpg", "--lever", "light=-1"),
    ("clusters",),
    ("insights",),
    ("cause", "saturation"),
    ("hypotheses", "brief.yaml"),
    ("learn", "results.csv"),
    ("score", "candidate.jpg", "--brief", "brief.yaml"),
    ("compare", "winners", "losers"),
    ("evaluate",),
    ("picks", "add", "t00_0"),
    ("features", "add", "a couple", "--like", "t00_0"),
    ("serve",),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index and files to ask it with."""
    folder = tmp_path_factory.mktemp("format")
    catalogue = write_catalogue(folder / "catalogue", titles=3)
    build(catalogue, folder / "index")
    (folder / "brief.yaml").write_text(BRIEF)
    (folder / "results.csv").write_text(RESULTS)
    (folder / "candidate.jpg").write_bytes((catalogue / "images/t00_0.jpg").read_bytes())
    return folder


@pytest.fixture(params=[0, FORMAT - 1, 99])
def version(request: pytest.FixtureRequest, place: Path) -> Iterator[int]:
    """The format that the index says it has."""
    folder = place / "index"
    with open_index(folder) as index:
        path, generation = index.generation_folder / "manifest.json", index.generation
    own, pointer = path.read_bytes(), (folder / "CURRENT").read_bytes()
    other = json.dumps(json.loads(own) | {"format": request.param}).encode()
    path.write_bytes(other)
    (folder / "CURRENT").write_bytes(write_pointer(generation, checksum_bytes(other)))
    yield request.param
    path.write_bytes(own)
    (folder / "CURRENT").write_bytes(pointer)


def run(words: tuple[str, ...], folder: Path, patch: pytest.MonkeyPatch) -> int:
    patch.setattr(sys, "argv", ["assistant", *words])
    patch.chdir(folder)
    try:
        main()
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_every_command_refuses_it_and_says_how_to_rebuild(
    words: tuple[str, ...],
    version: int,
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = sorted(place.rglob("*"))
    assert run((*words, "-i", str(place / "index")), place, monkeypatch) == 2
    told = capsys.readouterr()
    assert told.out == ""
    said = told.err.strip().splitlines()
    assert len(said) == 1, said
    assert f"made in index format {version}, this program reads format {FORMAT}" in said[0]
    command = f"assistant index {place / 'catalogue'} -o {place / 'index'}"
    assert f"rebuild it with: {command}" in said[0]
    assert sorted(place.rglob("*")) == before


def test_every_command_that_takes_an_index_is_tried() -> None:
    from assistant.cli.commands import COMMANDS as known

    assert {words[0] for words in COMMANDS} == set(known) - {"demo", "index", "import", "doctor"}


def test_the_doctor_says_it_too(
    version: int, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(("doctor", "-i", str(place / "index"), "--json"), place, monkeypatch) != 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    (own,) = (one for one in checks if one["check"].startswith("index"))
    assert not own["ok"]
    assert f"format {version}" in own["detail"]
    assert f"assistant index {place / 'catalogue'}" in own["detail"]


def test_indexing_again_replaces_it(version: int, place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "index", tmp_path / "index")
    report = build(place / "catalogue", tmp_path / "index")
    assert any(f"format {version}" in one for one in report.warnings)
    with open_index(tmp_path / "index") as index:
        verify_index(index)
