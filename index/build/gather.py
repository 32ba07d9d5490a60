"""Finds out which pictures are new, works on those, and keeps what is finished."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.build.collection import Collection, part_of_index
from index.build.pictures import Pipeline
from index.build.seen import Hasher
from index.catalogue.catalogue import Catalogue
from index.errors import InputError
from index.io.locations import is_remote
from index.records import Progress, Skipped
from index.store import FinishedWork, Index, Part

KEPT_EVERY = 1.0
"""Seconds of finished work at least in a part: many small ones take longer to write and read."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Outcome of the work on pictures.

    Attributes:
        rows: of the catalogue's artworks that are kept, ascending.
        hashes: of their pictures.
        skipped: the artworks left out, in the order of the catalogue.
        embedded: pictures embedded and measured by this run.
        seconds: that took.
        known: what is known of every kept picture.
    """

    rows: list[int]
    hashes: list[str]
    skipped: tuple[Skipped, ...]
    embedded: int
    seconds: float
    known: Collection


def known_pictures(before: Index | None, work: FinishedWork) -> Collection:
    """What the generation before and unfinished runs know."""
    known = Collection()
    if before is not None:
        known.add(part_of_index(before))
    for part in work.load():
        known.add(part)
    return known


def gather_pictures(
    catalogue: Catalogue,
    files: Hasher,
    known: Collection,
    work: FinishedWork,
    pipeline: Pipeline,
    progress: Progress,
) -> Gathered:
    """Make everything that can be read known.

    Args:
        catalogue: its artworks name the pictures.
        known: what needs no work; the rest is added.
        work: where finished batches are kept, once in `KEPT_EVERY` seconds.

    Raises:
        InputError: no picture can be read.
        StoreError: finished work cannot be kept.
        RemoteFailed: pictures lie in an object store that cannot be reached or refuses.
    """
    paths = catalogue.artworks["path"].tolist()
    outcomes: list[tuple[str, str]] = []
    new: dict[str, Path] = {}

    def find_new(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Path]]:
        for path, (content, reason) in zip(paths, found, strict=True):
            outcomes.append((content, reason))
            if content and content not in known and content not in new:
                new[content] = catalogue.folder / path
                yield content, new[content]

    pictures = find_new(files.hash_all(paths, progress))
    if not is_remote(catalogue.folder):
        pictures = iter(list(pictures))
    started, done = time.perf_counter(), 0
    unreadable: dict[str, str] = {}
    finished: list[Part] = []
    kept = started
    try:
        for batch in pipeline.run(pictures):
            if batch.part is not None:
                finished.append(batch.part)
                done += len(batch.part.hashes)
            unreadable |= batch.unreadable
            if finished and time.perf_counter() - kept >= KEPT_EVERY:
                known.add(work.save(_joined(finished)))
                finished, kept = [], time.perf_counter()
            progress("pictures", done + len(unreadable), len(new))
    finally:
        if finished:
            known.add(work.save(_joined(finished)))
    seconds = time.perf_counter() - started
    reasons = [reason or unreadable.get(content, "") for content, reason in outcomes]
    rows = [row for row, reason in enumerate(reasons) if not reason]
    skipped = tuple(
        Skipped(path, reason) for path, reason in zip(paths, reasons, strict=True) if reason
    )
    if not rows:
        problem = f"none of the {len(paths)} pictures can be read"
        hint = f"the first is {skipped[0].path}: {skipped[0].reason}"
        raise InputError(problem, path=catalogue.folder, hint=hint)
    hashes = [outcomes[row][0] for row in rows]
    return Gathered(rows, hashes, skipped, done, seconds, known)


def _joined(parts: list[Part]) -> Part:
    """One part of several that share no picture."""
    if len(parts) == 1:
        return parts[0]
    whole = Collection()
    for part in parts:
        whole.add(part)
    return whole.gather([content for part in parts for content in part.hashes])
