"""Finished work of a run that has not ended, so that the next run need not do it again."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from index.errors import StoreError
from index.io.atomic import STAGING, staging
from index.store import layout

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_ARRAY = "rows."
_TORN = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
"""A power cut can leave a part empty or torn: zip checksums show it."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What is known of n images, each known by the hash of its bytes.

    Attributes:
        hashes: n content hashes.
        arrays: named arrays of n rows each, such as the vectors of every space.
        features: n rows, a column per feature.
    """

    hashes: tuple[str, ...]
    arrays: Mapping[str, npt.NDArray[Any]]
    features: pa.Table

    def read(self) -> Part:
        """Itself: it is in memory."""
        return self


@dataclass(frozen=True, slots=True)
class SavedPart:
    """A part in a file, which stays there until it is asked for."""

    hashes: tuple[str, ...]
    path: Path
    index_folder: Path

    def read(self) -> Part:
        """The part.

        Raises:
            StoreError: the file is gone or torn.
        """
        try:
            return part_from_bytes(self.path.read_bytes())
        except _TORN as error:
            self.path.unlink(missing_ok=True)
            reason = f"finished work is lost ({self.path.name} cannot be read)"
            raise StoreError(self.index_folder, reason, "run again to do it anew") from error


class FinishedWork:
    """A folder of parts made with one encoder and one extractor; other folders are swept away.

    Args:
        folder: `work/KEY` in the index folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index_folder = folder.parent.parent
        folder.mkdir(parents=True, exist_ok=True)
        for other in folder.parent.iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        for leftover in folder.glob(f"{STAGING}*"):
            leftover.unlink()

    def save(self, part: Part) -> SavedPart:
        """Keep a part, atomically.

        Returns:
            Where it is, so that memory need not hold it.

        Raises:
            StoreError: the disk is full, or the folder may not be written.
        """
        name = f"part-{layout.checksum_bytes(''.join(part.hashes).encode())[:24]}.npz"
        with layout.writing(self._index_folder), staging(self.folder / name) as staged:
            staged.write_bytes(part_to_bytes(part))
        return SavedPart(part.hashes, self.folder / name, self._index_folder)

    def load(self) -> Iterator[SavedPart]:
        """Every part that is whole; others are removed, to be done again."""
        for path in sorted(self.folder.glob("part-*.npz")):
            try:
                hashes = part_from_bytes(path.read_bytes()).hashes
            except _TORN:
                path.unlink()
            else:
                yield SavedPart(hashes, path, self._index_folder)


def part_to_bytes(part: Part) -> bytes:
    """A part as it is kept and sent; the same part gives the same bytes."""
    import pyarrow as pa

    features = pa.BufferOutputStream()
    with pa.ipc.new_stream(features, part.features.schema) as stream:
        stream.write_table(part.features)
    arrays = {f"{_ROW_ARRAY}{name}": rows for name, rows in part.arrays.items()}
    arrays["hashes"] = np.array(part.hashes, dtype=np.str_)
    arrays["features"] = np.frombuffer(features.getvalue(), dtype=np.uint8)
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **arrays)
    return content.getvalue()


def part_from_bytes(content: bytes) -> Part:
    """The part that `part_to_bytes` wrote.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile: it is torn or no part.
    """
    import pyarrow as pa

    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = dict(archive.items())
    with pa.ipc.open_stream(pa.py_buffer(arrays["features"].tobytes())) as stream:
        features = stream.read_all()
    return Part(
        hashes=tuple(arrays["hashes"].tolist()),
        arrays={
            name.removeprefix(_ROW_ARRAY): rows
            for name, rows in arrays.items()
            if name.startswith(_ROW_ARRAY)
        },
        features=features,
    )
