"""The index folder: immutable generations, opened cheaply and switched atomically."""

from index.store.amend import amend_index
from index.store.layout import (
    BELIEFS,
    EFFECTS,
    EVALUATION,
    EXPERIMENTS,
    FINDINGS,
    SIDE_VALUES,
    SIDES,
    THEME_FINDINGS,
)
from index.store.manifest import BuildSource, Manifest
from index.store.opening import open_index
from index.store.reader import Index
from index.store.verify import verify_index
from index.store.work import FinishedWork, Part, SavedPart, part_from_bytes, part_to_bytes
from index.store.writer import IndexWriter, Learn

__all__ = [
    "BELIEFS",
    "EFFECTS",
    "EVALUATION",
    "EXPERIMENTS",
    "FINDINGS",
    "SIDES",
    "SIDE_VALUES",
    "THEME_FINDINGS",
    "BuildSource",
    "FinishedWork",
    "Index",
    "IndexWriter",
    "Learn",
    "Manifest",
    "Part",
    "SavedPart",
    "amend_index",
    "open_index",
    "part_from_bytes",
    "part_to_bytes",
    "verify_index",
]
