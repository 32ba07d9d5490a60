"""What a board was made from, what must be known before it is used, and how often it was right."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assistant.answers.match import read_artworks
from assistant.wording import capital
from index.store import EVALUATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.answers.answer import Answer
    from assistant.boards.content import Pair
    from index.store import Index

UNCHECKED = "Nobody has checked how often this advice is right yet: run assistant evaluate."


def cautions(answer: Answer, pairs: Sequence[Pair]) -> tuple[str, ...]:
    """Warnings of the answer, and what holds of every board."""
    told = [f"{capital(warning).rstrip('.')}." for warning in answer.warnings]
    marked = sum(bool(pair.marks) for pair in pairs)
    if marked:
        told.append(f"{marked} of {len(pairs)} exemplars promise what the brief does not mention.")
    told.append(
        "Logs are history, not an experiment: only what is graded tested was changed on purpose."
    )
    return tuple(told)


def sceptic_line(index: Index) -> str:
    """How often advice from this index was right on titles that it had not used."""
    return str(index.table(EVALUATION)["sceptic"][0]) if index.has(EVALUATION) else UNCHECKED


def sources(answer: Answer, index: Index) -> tuple[tuple[str, str], ...]:
    """Name and value of everything that the board was made from."""
    from importlib.metadata import version

    made, table = index.manifest, index.table("artworks", ["created_at", "rights"])
    dates = sorted(str(one)[:10] for one in table["created_at"].to_pylist() if one)
    shown = {one.artwork_id for one in answer.exemplars}
    rights = zip(read_artworks(index).ids, table["rights"].to_pylist(), strict=True)
    held = Counter(right or "not stated" for artwork, right in rights if artwork in shown)
    pictures, titles = made.counts["artworks"], made.counts["titles"]
    told = [
        ("index", f"generation {made.generation}, made {made.created_at[:10]}"),
        (
            "artwork",
            f"{pictures:,} picture{'s' * (pictures != 1)} of {titles:,} title{'s' * (titles != 1)}",
        ),
        ("encoder", made.encoder),
        ("artwork dates", f"{dates[0]} to {dates[-1]}" if dates else "not stated"),
        ("rights of exemplars", ", ".join(f"{name} ({n})" for name, n in sorted(held.items()))),
        ("seed", str(made.options.get("seed"))),
        ("avoided, by the brief", ", ".join(answer.brief.avoid)),
        ("version", f"artwork-assistant {version('artwork-assistant')}"),
    ]
    return tuple((name, value) for name, value in told if value)
