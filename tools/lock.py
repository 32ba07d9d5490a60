"""Writes requirements.lock: what `pip install .` installs here, with the hash of every file.

`make lock` runs it. pip resolves the default install under constraints.txt without installing
anything, and reports which file it would take of each package.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

OWN = "artwork-assistant"


def main() -> None:
    """Resolve and write."""
    resolve = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    options = ["--disable-pip-version-check", "-c", "constraints.txt", "--report", "-", "."]
    done = subprocess.run([*resolve, *options], check=True, capture_output=True, text=True)
    lines = [
        f"# Made by `make lock` for CPython {platform.python_version_tuple()[0]}."
        f"{platform.python_version_tuple()[1]} on {platform.system()} {platform.machine()}.",
        "# `make demo HASHES=1` installs these files and no others.",
    ]
    for one in sorted(json.loads(done.stdout)["install"], key=_name):
        if _name(one) == OWN:
            continue
        version = one["metadata"]["version"].partition("+")[0]
        digest = one["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{_name(one)}=={version} --hash=sha256:{digest}")
    Path("requirements.lock").write_text("\n".join(lines) + "\n", "utf-8")


def _name(one: dict[str, dict[str, str]]) -> str:
    return one["metadata"]["name"].lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    main()
