"""What an index says and what it cannot say, in lines a strategist reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import exp
from typing import Any

import pandas as pd

from index.catalogue.words import split_words
from index.records import ALL, Label
from index.store import Index

FEWEST_TITLES = 3
"""Titles of a genre from which on it is worth saying that something was never tried."""
GAPS_SHOWN = 3
SLICES = ("platform", "cluster", "canvas")


@dataclass(frozen=True, slots=True)
class Gap:
    """A genre that was never shown somewhere where others were.

    Attributes:
        genre: as the catalogue spells it.
        by: "platform", "cluster" or "canvas".
        value: the platform, cluster or canvas.
        share: of all impressions (of all artworks, for a canvas) that the value has.
    """

    genre: str
    by: str
    value: str
    titles: int
    share: float

    def sentence(self) -> str:
        """In words."""
        where = {"platform": "on", "cluster": "with", "canvas": "as"}[self.by]
        return f"nothing tried with {self.genre} {where} {self.value}"

    def to_json(self) -> dict[str, Any]:
        """As `index --json` documents it."""
        return {
            "genre": self.genre,
            "by": self.by,
            "value": self.value,
            "titles": self.titles,
            "share": round(self.share, 4),
        }


def coverage_gaps(index: Index) -> tuple[Gap, ...]:
    """Genres of several titles without an impression, or artwork, where others have some.

    The commonest genre and the largest place come first.
    """
    titles = _frame(index, "titles", ["title_id", "genres"])
    genres = titles.assign(genre=titles["genres"].map(split_words)).explode("genre")
    genres = genres[genres["genre"].notna()][["title_id", "genre"]]
    artworks = _frame(index, "artworks", ["artwork_id", "title_id", "canvas"])
    number = genres["genre"].value_counts()
    gaps = []
    for by in SLICES:
        places = _places(index, artworks, by)
        if places["value"].nunique() < 2:
            continue
        there = places.merge(genres, on="title_id")
        tried = set(zip(there["genre"], there["value"], strict=True))
        total = places.groupby("value")["amount"].sum()
        gaps += [
            Gap(str(genre), by, str(value), int(titles_of), float(total[value] / total.sum()))
            for genre, titles_of in number.items()
            for value in total.index
            if titles_of >= FEWEST_TITLES and (genre, value) not in tried
        ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.titles * gap.share, gap.genre, gap.value)))


def what_was_found(index: Index) -> tuple[str, ...]:
    """At most ten lines: what there is, what it says, and what cannot be answered and why."""
    artworks = _frame(index, "artworks", ["artwork_id", "title_id"])
    several = int((artworks["title_id"].value_counts() > 1).sum())
    titles = artworks["title_id"].nunique()
    of, have = "title" if titles == 1 else "titles", "title has" if several == 1 else "titles have"
    lines = [
        f"{len(artworks):,} artworks of {titles:,} {of}; {several:,} {have} two or more, "
        "which can be compared"
    ]
    missing = []
    if index.has("cells"):
        lines += _counted(index)
    else:
        missing.append("which artwork did better: there is no performance")
    if not index.has("clusters"):
        missing.append("for whom: nothing is known of members")
    if several == 0:
        missing.append("which artwork did better: no title has two artworks")
    lines += _of_time(index, missing)
    lines += _of_watching(index, missing)
    gaps = coverage_gaps(index)
    if gaps:
        shown = "; ".join(gap.sentence() for gap in gaps[:GAPS_SHOWN])
        more = f" (and {len(gaps) - GAPS_SHOWN:,} more)" if len(gaps) > GAPS_SHOWN else ""
        lines.append(f"gaps: {shown}{more}")
    if missing:
        lines.append(f"cannot be answered: {'; '.join(missing)}")
    return tuple(lines)


def _counted(index: Index) -> list[str]:
    cells = _frame(index, "cells", ["cluster", "platform", "impressions", "plays"])
    seen, plays = int(cells["impressions"].sum()), int(cells["plays"].sum())
    lines = [f"{seen:,} impressions, {plays:,} plays ({plays / max(seen, 1):.1%})"]
    platforms = sorted(set(cells["platform"].unique()) - {""})
    if platforms:
        lines[0] += f" on {', '.join(platforms[:5])}{' …' if len(platforms) > 5 else ''}"
    clusters = sorted(set(cells["cluster"].unique()) - {""})
    if clusters:
        known = int(cells.loc[cells["cluster"].ne(""), "impressions"].sum())
        share = f"{known / max(seen, 1):.0%} of impressions have"
        several = f"one of {len(clusters)} clusters"
        lines.append(f"{share} {several if len(clusters) > 1 else f'the cluster {clusters[0]}'}")
    tags = _frame(index, "tags", ["cluster", "platform", "label"])
    whole = tags[(tags["cluster"] == ALL) & (tags["platform"] == ALL)]
    counts = whole["label"].value_counts()
    told = ", ".join(f"{int(counts.get(label, 0)):,} {label}" for label in Label)
    lines.append(f"against their own title's other artworks: {told}")
    return lines


def _of_time(index: Index, missing: list[str]) -> list[str]:
    if not index.has("shown"):
        if index.has("cells"):
            missing.append("whether artwork wears off: no dates")
        return []
    shown = _frame(index, "shown", ["first", "last"])
    first, last = shown["first"].min().date(), shown["last"].max().date() - timedelta(days=1)
    lines = [f"shown from {first.isoformat()} to {last.isoformat()}"]
    if not index.has("fatigue"):
        missing.append("whether artwork wears off: too few of different ages side by side")
        return lines
    table = _frame(index, "fatigue")
    for one in table[table["low_edge"].isna()].to_dict("records"):
        each = "doubling of its weeks" if one["by"] == "age" else "doubling of its showings"
        lines[0] += f"; {_effect(one['effect'], one['low'], one['high'])} for each {each}"
    return lines


def _effect(effect: float, low: float, high: float) -> str:
    if low <= 0 <= high:
        return "no sign of wearing off"
    word = "odds of a play"
    return f"{word} {exp(effect) - 1:+.0%} ({exp(low) - 1:+.0%} to {exp(high) - 1:+.0%})"


def _of_watching(index: Index, missing: list[str]) -> list[str]:
    if not index.has("watching"):
        if index.has("cells"):
            missing.append("whether more plays are better plays: no completions or minutes")
        return []
    from index.performance.second_outcome import taken_more_watched_less

    keys = ["artwork_id", "cluster", "platform"]
    tags = _frame(index, "tags", [*keys, "lift", "p_positive"])
    found = taken_more_watched_less(tags, _frame(index, "watching"))
    whole = found[(found["cluster"] == ALL) & (found["platform"] == ALL)]
    return [f"{len(whole):,} artworks are taken more and watched less than their title's others"]


def _places(index: Index, artworks: pd.DataFrame, by: str) -> pd.DataFrame:
    """title_id, value, amount: where artwork of each title was, and how much of it."""
    if by == "canvas":
        table = artworks.rename(columns={"canvas": "value"}).assign(amount=1)
    elif not index.has("cells"):
        return artworks.head(0).assign(value="", amount=0)
    else:
        cells = _frame(index, "cells", ["artwork_id", by, "impressions"])
        table = cells.rename(columns={by: "value", "impressions": "amount"})
        table = table[table["amount"] > 0].merge(artworks, on="artwork_id")
    return table[table["value"].ne("")][["title_id", "value", "amount"]]


def _frame(index: Index, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    frame: pd.DataFrame = index.table(name, columns).to_pandas()
    return frame
