"""No file the program reads can make it run code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    path for package in ("assistant", "index", "prompts") for path in (ROOT / package).rglob("*.py")
)
FORBIDDEN = {
    "pickle": r"\b(?:import|from)\s+(?:c?pickle|dill|cloudpickle|shelve|marshal)\b",
    "pickled arrays": r"allow_pickle\s*=\s*True|read_pickle|to_pickle|joblib\.(?:load|dump)",
    "torch.load without weights_only": r"torch\.load\((?![^)]*weights_only=True)",
    "code of a hub repository": r"trust_remote_code\s*=\s*True|\btorch\.hub\b",
    "YAML that makes objects": r"yaml\.(?:unsafe|full)_load|=\s*yaml\.(?:Unsafe|Full)?Loader\b",
    "evaluated text": r"(?<![\w.])(?:eval|exec)\(",
}
WATCHED = """
import os, sys
def hook(event, arguments):
    if event == "pickle.find_class":
        os.write(2, f"{event} {arguments}".encode()); os._exit(99)
sys.addaudithook(hook)
from assistant.cli import main
main()
"""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_source_reads_data_that_could_be_code(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in SOURCES
        for match in re.finditer(FORBIDDEN[what], path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_patterns_find_what_they_forbid() -> None:
    for bad in (
        "import pickle", "np.load(path, allow_pickle=True)", "torch.load(path)",
        "trust_remote_code=True", "yaml.load(x, Loader=yaml.Loader)", "eval(text)",
    ):  # fmt: skip
        assert any(re.search(pattern, bad) for pattern in FORBIDDEN.values()), bad


def watched(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WATCHED, *words], capture_output=True, text=True, check=False
    )


def test_no_command_unpickles_anything(demo: Path) -> None:
    index = str(demo / "index")
    for words in (
        ("brief", str(demo / "briefs" / "war.yaml"), "--index", index, "--json"),
        ("similar", "a dog", "--index", index, "--json"),
        ("clusters", "--index", index, "--json"),
    ):
        done = watched(*words)
        assert done.returncode == 0, done.stderr[-2000:]


def test_the_watch_sees_unpickling() -> None:
    script = WATCHED.replace(
        "from assistant.cli import main\nmain()",
        "import pickle, fractions; pickle.loads(pickle.dumps(fractions.Fraction(1, 2)))",
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 99
