"""Small files beside an index's generations: which there are, and what keeps two writers apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from assistant.answers import beside
from assistant.answers.beside import changing_beside, names_beside, read_beside
from index.errors import StoreError
from index.io import remote


class Store:
    """An object store that holds a file named twice over, once for another process's writing."""

    def __init__(self, url: str) -> None:
        assert url == "s3://bucket/index"

    def find(self, prefix: str) -> list[str]:
        held = ("boards/b.json", "boards/a.json", "boards/a.lock", "boards/old/c.json", "b.json")
        return [name for name in held if name.startswith(prefix)]

    def tag(self, name: str) -> str:
        return f"tag of {name}"

    def read(self, name: str) -> bytes:
        raise FileNotFoundError(name)

    def write(self, name: str, content: bytes, *, tag: str) -> None:
        assert tag == f"tag of {name}"
        raise remote.Conflict


def test_files_of_a_folder_are_named_in_order_and_those_further_down_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("boards/b.json", "boards/a.json", "boards/a.lock", "boards/old/c.json", "b.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert names_beside(tmp_path, "boards", ".json") == ["boards/a.json", "boards/b.json"]
    assert names_beside(tmp_path, "none", ".json") == []
    monkeypatch.setattr(remote, "RemoteFolder", Store)
    held = names_beside(Path("s3:/bucket/index"), "boards", ".json")
    assert held == ["boards/a.json", "boards/b.json"]


def test_a_file_is_changed_where_nobody_else_changes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "boards/a.json"
    assert read_beside(tmp_path, name) is None
    for before, after in ((None, b"one"), (b"one", b"two")):
        with changing_beside(tmp_path, name) as (content, write):
            assert content == before
            write(after)
    assert read_beside(tmp_path, name) == b"two"
    monkeypatch.setattr(beside, "_PATIENCE_SECONDS", 0)
    with (
        FileLock(tmp_path / "boards" / "a.lock"),
        pytest.raises(StoreError, match=r"another process is writing boards/a\.json"),
        changing_beside(tmp_path, name),
    ):
        pass
    with (
        pytest.raises(StoreError, match=r"top\.json cannot be written"),
        changing_beside(tmp_path / "none", "sub/top.json"),
    ):
        pass
    monkeypatch.setattr(remote, "RemoteFolder", Store)
    with changing_beside(Path("s3:/bucket/index"), "picks.json") as (content, write):
        assert content is None
        with pytest.raises(StoreError, match=r"another process has just written picks\.json"):
            write(b"mine")
