"""Pictures appear at a terminal and nowhere else."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.small_catalogue import draw

SCRIPT = """
import sys
from pathlib import Path
from assistant.terminal.thumbnails import Card, show_cards
folder = Path(sys.argv[1])
title = "A title too long for its column"
cards = [Card(folder / f"{n}.jpg", (f"art{n}", title, "+3%")) for n in range(3)]
show_cards([*cards, Card(folder / "gone.jpg", ("\\x1b[31mgone", "", "")), Card(None)], abreast=2)
"""


def at_terminal(folder: Path, columns: int, **environment: str) -> str:
    """What the script writes to a terminal of this many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    words = [sys.executable, "-c", SCRIPT, str(folder)]
    known = {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | environment
    told = {"NO_COLOR", "COLUMNS", "LINES"}
    plain = {name: value for name, value in os.environ.items() if name not in told}
    with subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, env=plain | known
    ) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            written += part
        os.close(ours)
        assert process.stderr
        complaint = process.stderr.read().decode()
    assert process.returncode == 0, complaint
    return written.decode()


def lines_of(written: str) -> list[str]:
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b_.*?\x1b\\", "", written)
    return text.replace("\r", "").split("\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pictures")
    for number in range(3):
        draw(made / f"{number}.jpg", number)
    return made


@pytest.mark.parametrize("columns", [44, 80, 100])
def test_pictures_fit_the_terminal_and_pairs_stay_together(folder: Path, columns: int) -> None:
    lines = lines_of(at_terminal(folder, columns))
    assert any("▀" * 16 in line for line in lines)
    assert max(map(len, lines)) <= columns
    named = [re.findall(r"art\d|gone", line) for line in lines if re.search(r"art\d|gone", line)]
    pairs = [["art0", "art1"], ["art2", "gone"]]
    assert named == ([[*pairs[0], *pairs[1]]] if columns >= 72 else pairs)
    assert any("no picture" in line for line in lines)


def test_colours_are_the_pictures(folder: Path) -> None:
    colours = re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", at_terminal(folder, 80))
    assert len(set(colours)) > 200


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_terminals_that_cannot_show_them_get_none(
    folder: Path, environment: dict[str, str]
) -> None:
    assert at_terminal(folder, 80, **environment) == ""
    assert at_terminal(folder, 30) == ""


def test_a_pipe_gets_none(folder: Path) -> None:
    words = [sys.executable, "-c", SCRIPT, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == ""
