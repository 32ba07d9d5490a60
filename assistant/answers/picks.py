"""Artworks a strategist has picked: kept in the index folder, outside its generations.

`picks.json` survives re-indexing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.answers.beside import changing_beside, read_beside
from index.errors import InputError

PICKS = "picks.json"
FORMAT = 1
_HINT = "fix the file, or move it away and pick again"


@dataclass(frozen=True, slots=True)
class Pick:
    """One artwork picked.

    Attributes:
        artwork_id: of the index; may be gone from it after re-indexing.
        brief: title of the brief it was picked for; "" for every brief.
        picked_at: UTC, ISO 8601.
    """

    artwork_id: str
    brief: str
    picked_at: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes a pick the same pick."""
        return self.artwork_id, self.brief


def load_picks(index_folder: Path) -> tuple[Pick, ...]:
    """All picks of an index, oldest first; none where nothing was picked.

    Raises:
        InputError: the file is not one that `add_picks` writes.
    """
    return _parsed(read_beside(index_folder, PICKS), index_folder / PICKS)


def _parsed(content: bytes | None, path: Path) -> tuple[Pick, ...]:
    if content is None:
        return ()
    try:
        document = json.loads(content)
    except ValueError as error:
        raise InputError(f"is not JSON ({error})", path=path, hint=_HINT) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError("is not a list of picks of this version", path=path, hint=_HINT)
    rows = document.get("picks")
    if not isinstance(rows, list):
        raise InputError("has no list of picks", path=path, hint=_HINT)
    return tuple(_read_pick(row, path) for row in rows)


def add_picks(index_folder: Path, artwork_ids: Iterable[str], brief: str = "") -> tuple[Pick, ...]:
    """Pick artworks for a brief, or for all with ""; what is picked already stays as it was.

    Returns:
        all picks.

    Raises:
        InputError: as `load_picks`.
        StoreError: the file may not be written, or another process holds it for too long.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with changing_beside(index_folder, PICKS) as (before, replace):
        kept = {pick.key: pick for pick in _parsed(before, index_folder / PICKS)}
        for artwork_id in artwork_ids:
            kept.setdefault((artwork_id, brief), Pick(artwork_id, brief, now))
        replace(_content(kept.values()))
    return tuple(kept.values())


def remove_picks(
    index_folder: Path, artwork_ids: Collection[str], brief: str | None = None
) -> tuple[Pick, ...]:
    """Take picks back: those of one brief, or with None of every brief.

    Returns:
        the picks that were removed.

    Raises:
        InputError, StoreError: as `add_picks`.
    """
    with changing_beside(index_folder, PICKS) as (content, replace):
        before = _parsed(content, index_folder / PICKS)
        removed = tuple(
            pick
            for pick in before
            if pick.artwork_id in artwork_ids and (brief is None or pick.brief == brief)
        )
        if removed:
            replace(_content(pick for pick in before if pick not in removed))
    return removed


def picked_for(picks: Iterable[Pick], brief: str) -> tuple[str, ...]:
    """Artwork ids picked for the brief of this title or for every brief, each once."""
    return tuple(dict.fromkeys(pick.artwork_id for pick in picks if pick.brief in {"", brief}))


def _read_pick(row: Any, path: Path) -> Pick:
    names = ("artwork_id", "brief", "picked_at")
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in names):
        raise InputError(f"holds a pick without {', '.join(names)}", path=path, hint=_HINT)
    return Pick(*(row[name] for name in names))


def _content(picks: Iterable[Pick]) -> bytes:
    document = {"format": FORMAT, "picks": [asdict(pick) for pick in picks]}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
