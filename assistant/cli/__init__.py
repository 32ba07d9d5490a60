"""The command line: the only layer that catches errors and exits."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import NoReturn

USER_ERROR = 2
INTERNAL_ERROR = 1
INTERRUPTED = 130
GARBAGE = 100_000
"""New objects after which cycles are looked for: by Python's 700 a brief spends a tenth on it."""


def _fail(message: str, code: int) -> NoReturn:
    from index.io.safe_text import sanitise

    sys.stderr.write(f"assistant: {sanitise(message)}\n")
    sys.exit(code)


def _silence_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush into a closed pipe is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _open_streams() -> None:
    """Have output go on where a stream is closed, or its encoding lacks a character."""
    if sys.stdout is None or sys.stderr is None:
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _require_text() -> None:
    """End in one line where an argument is neither a file nor text in UTF-8."""
    for word in sys.argv[1:]:
        if not _is_text(word) and not os.path.exists(word):
            shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            _fail(f"the argument “{shown}” is not UTF-8; write it as UTF-8 text", USER_ERROR)


def _is_text(word: str) -> bool:
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def main() -> None:
    """Run a command; a user's mistake ends in one line on stderr and exit code 2."""
    gc.set_threshold(GARBAGE)
    from assistant.cli.app import app
    from index.errors import ArtworkIndexError

    _open_streams()
    _require_text()
    debug = "--debug" in sys.argv[1:]
    if debug:
        sys.argv = [sys.argv[0], *(word for word in sys.argv[1:] if word != "--debug")]
    try:
        app()
    except ArtworkIndexError as error:
        if debug:
            raise
        _fail(str(error), USER_ERROR)
    except BrokenPipeError:
        _silence_stdout()
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        _fail(f"{place}{error.strerror or error}", USER_ERROR)
    except Exception as error:  # the last resort: a fault of ours, still one line
        if debug:
            raise
        _fail(
            f"unexpected {type(error).__name__}: {error} (`assistant --debug …` shows where)",
            INTERNAL_ERROR,
        )
