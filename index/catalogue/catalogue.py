"""A catalogue as it was read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from index.io.table_file import TableFile


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A checked catalogue; ids are text, optional text is "" where nothing was given.

    Attributes:
        folder: where the paths of artworks begin, here or in an object store.
        titles: title_id, name, synopsis, genres, tags, year (Int64), maturity, country, and every
            other column of the file.
        artworks: artwork_id, title_id, path, family_id, canvas, language, created_at, rights, and
            every other column of the file.
        performance: the file of counts per artwork, opened, or None.
        impressions: the log of single impressions, opened, or None.
        interactions: member_id, title_id, plays (float64), or None.
        members: member_id, cluster, or None.
        fingerprint: changes when the bytes of any table, or how to read them, change.
        files: every table that was opened, with what was done to read it.
        notes: what else a user should know of how it was read, as sentences.
        delivery: whose algorithm chose what was shown, such as "Google Ads"; "" for nobody's.
    """

    folder: Path
    titles: pd.DataFrame
    artworks: pd.DataFrame
    performance: TableFile | None
    impressions: TableFile | None
    interactions: pd.DataFrame | None
    members: pd.DataFrame | None
    fingerprint: str
    files: tuple[TableFile, ...] = ()
    notes: tuple[str, ...] = ()
    delivery: str = ""

    def delivery_notes(self) -> tuple[str, ...]:
        """What it means that an algorithm chose what was shown; nothing where none did."""
        if not self.delivery:
            return ()
        return (
            f"{self.delivery} chose by itself which artwork to show to whom, and shows more of "
            "what does well with the people it picked: differences between artworks may be "
            "differences between their audiences",
        )

    def reading_notes(self) -> tuple[str, ...]:
        """Everything that was left out, mapped, split or guessed so far, in one note if any."""
        told = [
            f"{file.path.name} ({'; '.join(dict.fromkeys(file.notes))})"
            for file in self.files
            if file.notes
        ]
        told.extend(self.notes)
        return (f"how the catalogue was read: {', '.join(told)}",) if told else ()
