"""Opening an index together with the encoder that made it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder
    from index.store import Index


def open_with_encoder(folder: Path | None) -> tuple[Index, Encoder]:
    """The index that a command works on, and its encoder with the index's bridge.

    Raises:
        StoreError: there is no usable index.
        EncoderUnavailable: its encoder can neither be found nor made.
    """
    from assistant.settings import index_folder
    from index.encoders import load_cached
    from index.query.bridge import with_bridge
    from index.store import open_index

    index = open_index(index_folder(folder))
    made = index.manifest
    return index, with_bridge(index, load_cached(made.encoder, made.encoder_fingerprint))
