from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.errors import InputError
from index.io.atomic import replace_file, replacing
from index.io.safe_text import json_text
from prompts.loader import _environment


def test_what_is_no_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "device.csv").symlink_to("/dev/null")
    for name in ("pipe.csv", "folder.csv", "device.csv", "absent/new.csv"):
        with pytest.raises(InputError, match=name) as caught:
            replace_file(tmp_path / name, b"x")
        assert "\n" not in str(caught.value)
    assert (tmp_path / "pipe.csv").is_fifo()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "device.csv", "folder.csv", "pipe.csv",
    ]  # fmt: skip


def test_a_link_is_replaced_and_what_it_leads_to_is_kept(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("theirs")
    (tmp_path / "link.csv").symlink_to(tmp_path / "theirs")
    replace_file(tmp_path / "link.csv", b"ours")
    assert (tmp_path / "theirs").read_text() == "theirs"
    assert (tmp_path / "link.csv").read_text() == "ours"


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")

    def fail() -> None:
        with replacing(path) as staged:
            staged.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ["before"]


def test_json_and_templates_steer_no_terminal() -> None:
    hostile = "a\x1b[31m\x9b31m\u202eb\x7f é 🎬 שלום"
    assert not set("\x1b\x9b\u202e\x7f") & set(json_text({"a": hostile}))
    drawn = _environment(None).from_string("{{ text }}").render(text=hostile)
    assert drawn == "a[31m31mb é 🎬 שלום"
