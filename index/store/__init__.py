"""The index folder: immutable generations, opened cheaply and switched atomically."""

from index.store.manifest import Manifest, Source
from index.store.reader import Index, open_index
from index.store.work import FinishedWork, Part, part_from_bytes, part_to_bytes
from index.store.writer import IndexWriter

__all__ = [
    "FinishedWork",
    "Index",
    "IndexWriter",
    "Manifest",
    "Part",
    "Source",
    "open_index",
    "part_from_bytes",
    "part_to_bytes",
]
