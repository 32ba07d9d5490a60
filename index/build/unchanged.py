"""Tells when there is nothing to do, so that a second run costs no more than looking."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path

from index.build.seen import Hasher
from index.catalogue.catalogue import Catalogue
from index.errors import ImageUnreadable, IndexDamaged
from index.io.images import read_image
from index.records import Progress
from index.store import BuildSource, Index, verify_index


def engine_fingerprint() -> str:
    """Changes whenever code or words that decide what is in an index do, 16 hex digits."""
    root = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=8)
    for file in sorted([*root.rglob("*.py"), *root.rglob("*.yaml")]):
        digest.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return digest.hexdigest()


def is_unchanged(
    before: Index,
    source: BuildSource,
    libraries: dict[str, str],
    catalogue: Catalogue,
    files: Hasher,
    progress: Progress,
) -> bool:
    """Whether building now would give what `before` holds already.

    The catalogue's tables, the options, the encoder, the engine and its libraries must be the
    same, every picture must have the bytes it had, what could not be read must still not be
    readable, and every file of the index must be whole.
    """
    manifest = before.manifest
    same = all(
        getattr(manifest, one.name) == getattr(source, one.name) for one in fields(BuildSource)
    )
    if not same or dict(manifest.libraries) != libraries:
        return False
    skipped = set(before.table("skipped")["path"].to_pylist())
    paths = [path for path in catalogue.artworks["path"].tolist() if path not in skipped]
    known = before.table("images")["content_hash"].to_pylist()
    found = files.hash_all(paths, progress)
    if len(paths) != len(known) or any(
        content != one for (content, _), one in zip(found, known, strict=True)
    ):
        return False
    return _is_whole(before) and not any(_is_readable(catalogue.folder / path) for path in skipped)


def _is_whole(index: Index) -> bool:
    try:
        verify_index(index)
    except IndexDamaged:
        return False
    return True


def _is_readable(path: Path) -> bool:
    try:
        read_image(path)
    except ImageUnreadable:
        return False
    return True
