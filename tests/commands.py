"""The program as a shell runs it, but in this process: what was loaded once is not loaded again."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from assistant.cli import main

ASSISTANT = Path(sys.executable).with_name("assistant")


def run(*words: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A command's exit code and all that it wrote."""
    given, code = [str(ASSISTANT), *map(str, words)], 0
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with (
        patch.object(sys, "argv", given),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        warnings.showwarning = _to_stderr
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    wrote = []
    for stream in (out, err):
        stream.flush()
        wrote.append(stream.buffer.getvalue().decode())
    if check:
        assert code == 0, wrote[1]
    return subprocess.CompletedProcess(given, code, *wrote)


def run_json(*words: str | Path) -> dict[str, Any]:
    """The document that a command writes."""
    document: dict[str, Any] = json.loads(run(*words, "--json").stdout)
    return document


def _to_stderr(message: Warning | str, category: type[Warning], *where: Any) -> None:
    sys.stderr.write(f"{category.__name__}: {message}\n")
