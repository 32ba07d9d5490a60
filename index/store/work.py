"""Finished work of a run that has not ended, so that the next run need not do it again."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.records import FloatMatrix
from index.store import layout

FeatureValue = float | str | None


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of n images, each known by the hash of its bytes.

    Attributes:
        hashes: n content hashes.
        shared: (n, dimensions) unit rows.
        image: (n, image_dimensions) unit rows, or None.
        classes: (n, classes) probabilities, or None.
        sizes: n (width, height) in pixels of the original.
        features: n mappings of feature names to values.
    """

    hashes: tuple[str, ...]
    shared: FloatMatrix
    image: FloatMatrix | None
    classes: FloatMatrix | None
    sizes: tuple[tuple[int, int], ...]
    features: Sequence[Mapping[str, FeatureValue]]


class FinishedWork:
    """A folder of parts made with one encoder and one extractor; older keys are swept away.

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
        for leftover in folder.glob(f"{layout.STAGING}*"):
            leftover.unlink()

    def save(self, part: Part) -> None:
        """Keep a part; it is there as a whole or not at all.

        Raises:
            StoreError: the disk is full, or the folder may not be written.
        """
        arrays = {"hashes": np.array(part.hashes), "sizes": np.array(part.sizes, np.int64)}
        spaces = {"shared": part.shared, "image": part.image, "classes": part.classes}
        arrays |= {name: matrix for name, matrix in spaces.items() if matrix is not None}
        values = json.dumps([dict(row) for row in part.features])
        arrays["features"] = np.frombuffer(values.encode(), dtype=np.uint8)
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, **arrays)
        name = f"part-{layout.checksum_bytes(''.join(part.hashes).encode())[:24]}.npz"
        with layout.writing(self._index_folder):
            staged = self.folder / f"{layout.STAGING}{name}"
            staged.write_bytes(content.getvalue())
            staged.replace(self.folder / name)

    def load(self) -> Iterator[Part]:
        """Every part that is whole; others are removed and done again."""
        for path in sorted(self.folder.glob("part-*.npz")):
            try:
                yield _read_part(path)
            # A power cut can leave a part empty or torn: zip checksums show it.
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                path.unlink()


def _read_part(path: Path) -> Part:
    with np.load(path, allow_pickle=False) as archive:
        arrays = dict(archive.items())
    return Part(
        hashes=tuple(str(value) for value in arrays["hashes"]),
        shared=arrays["shared"],
        image=arrays.get("image"),
        classes=arrays.get("classes"),
        sizes=tuple((int(width), int(height)) for width, height in arrays["sizes"]),
        features=json.loads(arrays["features"].tobytes()),
    )
