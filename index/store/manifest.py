"""The manifest of a generation: what it holds, from what it was made, and how to check it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import IndexDamaged, IndexMismatch
from index.io.locations import spelled
from index.vectors.recipe import SearchSettings

FORMAT = 3
"""Raised whenever an older program could misread a newer index."""

_GENERATION = re.compile(r"\d{6,}")
_FILE = re.compile(r"(tables|vectors|arrays|labels)/[^./\\\0][^/\\\0]*")
"""Names that cannot lead out of a generation, wherever a manifest comes from."""
_POINTER = re.compile(r"(?P<generation>\d{6,}) (?P<checksum>[0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """Size in bytes and BLAKE2b-256 of one file."""

    size: int
    blake2b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSource:
    """From what, with what and how an index is made.

    Attributes:
        encoder, encoder_fingerprint: id and fingerprint of the encoder.
        extractor_fingerprint: changes when a feature is measured differently.
        engine_fingerprint: changes when anything else is computed differently.
        dimensions: of the space that images and texts share.
        image_dimensions: of the image-only space; None when the encoder has none.
        catalogue: absolute path of the catalogue folder, or its URL in an object store.
        catalogue_fingerprint: of the catalogue's tables.
        options: what the user chose, such as the seed.
    """

    encoder: str
    encoder_fingerprint: str
    extractor_fingerprint: str
    engine_fingerprint: str
    dimensions: int
    image_dimensions: int | None
    catalogue: str
    catalogue_fingerprint: str
    options: Mapping[str, int | float | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(BuildSource):
    """Everything that is said about a generation, apart from its content.

    Attributes:
        format: version of the layout.
        previous: the generation it took over from.
        counts: rows of every table.
        files: every file of the generation but the manifest.
        search: how the vectors of each space are searched.
        warnings: what the index cannot say, one sentence each.
        libraries: versions of the packages that made it.
        created_at: UTC, ISO 8601.
    """

    format: int
    generation: str
    previous: str | None
    counts: Mapping[str, int]
    files: Mapping[str, FileRecord]
    search: Mapping[str, SearchSettings]
    warnings: tuple[str, ...]
    libraries: Mapping[str, str]
    created_at: str

    def to_bytes(self) -> bytes:
        """The manifest as it is kept."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()


def read_manifest(content: bytes, folder: Path) -> Manifest:
    """The manifest that `content` spells; `folder` is the index, for messages.

    Raises:
        IndexMismatch: of another format version.
        IndexDamaged: not a manifest.
    """
    try:
        document = json.loads(content)
        version = document["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(folder, "the manifest cannot be read", rebuild(folder)) from error
    if version != FORMAT:
        reason = f"made in index format {version!r}, this program reads format {FORMAT}"
        catalogue = str(document.get("catalogue", "CATALOGUE"))
        raise IndexMismatch(folder, reason, rebuild(folder, catalogue))
    try:
        return _from_document(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndexDamaged(folder, "the manifest is incomplete", rebuild(folder)) from error


def _from_document(document: dict[str, Any]) -> Manifest:
    generations = (document["generation"], document["previous"] or document["generation"])
    if not all(map(_GENERATION.fullmatch, generations)):
        raise ValueError("not the name of a generation")
    files = {name: FileRecord(**entry) for name, entry in document["files"].items()}
    if not all(map(_FILE.fullmatch, files)):
        raise ValueError("not the name of a file of an index")
    search = {space: SearchSettings.from_document(one) for space, one in document["search"].items()}
    warnings = tuple(document["warnings"])
    return Manifest(**{**document, "files": files, "search": search, "warnings": warnings})


def write_pointer(generation: str, checksum: str) -> bytes:
    """What CURRENT says: the generation and the checksum of its manifest."""
    return f"{generation} {checksum}\n".encode()


def read_pointer(content: bytes, folder: Path) -> tuple[str, str]:
    """Generation and manifest checksum that CURRENT names.

    Raises:
        IndexDamaged: CURRENT says anything else.
    """
    match = _POINTER.fullmatch(content.decode("ascii", errors="replace"))
    if match is None:
        raise IndexDamaged(folder, "its CURRENT file is garbled", rebuild(folder))
    return match["generation"], match["checksum"]


def rebuild(folder: Path, catalogue: str = "CATALOGUE", encoder: str | None = None) -> str:
    """A hint with the command that rebuilds the index."""
    source = catalogue if catalogue == "CATALOGUE" else shlex.quote(catalogue)
    command = f"assistant index {source} -o {shlex.quote(spelled(folder))}"
    if encoder is not None:
        command += f" --encoder {shlex.quote(encoder)}"
    return f"rebuild it with: {command}"


def damaged(folder: Path, manifest: Manifest, reason: str) -> IndexDamaged:
    """The error for a generation that is not as its manifest says."""
    hint = rebuild(folder, manifest.catalogue, manifest.encoder)
    return IndexDamaged(folder, reason, hint)
