"""Reports of advertising and video platforms: whose they are, and what their columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from index.catalogue.ids import meet
from index.io.table_text import squashed

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "artwork_id": (
        "artwork id", "artwork", "asset name", "asset", "asset id", "image asset", "image name",
        "image", "creative name", "creative", "creative id", "thumbnail", "file name", "filename",
        "picture", "ad name", "ad", "ad id", "content", "video id", "video title", "video", "name",
        "title", "poster", "variant",
    ),
    "impressions": (
        "impressions", "impr", "impr.", "imps", "metrics.impressions", "views shown", "shown",
        "times shown", "impressionen", "impresiones", "impression",
    ),
    "plays": (
        "plays", "clicks", "link clicks", "inline link clicks", "metrics.clicks", "clicks (all)",
        "click", "starts", "streams", "takes", "klicks", "clics", "views from impressions",
        "unique link clicks", "outbound clicks",
    ),
    "take_fraction": (
        "take fraction", "ctr", "click-through rate", "clickthrough rate", "click through rate",
        "impressions click-through rate (%)", "impressions click-through rate",
        "ctr (link click-through rate)", "metrics.ctr", "ctr (all)", "play rate", "take rate",
    ),
    "platform": (
        "platform", "device", "device platform", "impression device", "publisher platform",
        "device type", "placement", "network", "segments.device",
    ),
    "country": ("country", "country/territory", "region", "geography", "market", "territory"),
    "cluster": ("cluster", "audience", "audience segment", "segment", "ad set name", "ad group"),
    "period": ("period", "day", "date", "week", "month", "segments.date", "date start",
               "reporting starts"),
    "completions": (
        "completions", "completed", "video plays at 100%", "video watches at 100%", "thruplays",
        "video played to 100%", "finished", "video completions",
    ),
    "minutes": (
        "minutes", "watch time (minutes)", "watch time (hours)", "minutes watched", "watch time",
    ),
}  # fmt: skip
"""What columns of reports are called, likeliest first."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A source of reports, told by columns that only it has; it chooses by itself what is shown."""

    name: str
    marks: tuple[str, ...]


PLATFORMS = (
    Platform("YouTube Studio", ("impressions click-through rate (%)", "video publish time")),
    Platform("Meta Ads", ("ad set name", "link clicks", "reporting starts", "inline link clicks",
                          "amount spent", "publisher platform", "ctr (link click-through rate)")),
    Platform("Google Ads", ("impr.", "asset type", "asset status", "metrics.impressions",
                            "ad group", "campaign", "avg. cpc", "interactions")),
)  # fmt: skip


def platform_of(columns: Sequence[str]) -> str:
    """Whose report has such columns; "" for nobody's that is known."""
    own = {squashed(name) for name in columns}
    found = [
        (sum(any(one.startswith(squashed(mark)) for one in own) for mark in platform.marks), -at)
        for at, platform in enumerate(PLATFORMS)
    ]
    marks, place = max(found)
    return PLATFORMS[-place].name if marks else ""


def guess_columns(columns: Sequence[str]) -> dict[str, str]:
    """Known column → column of a report, by its names alone; the artwork's is not among them."""
    by_form = {squashed(name): name for name in reversed(columns)}
    guessed: dict[str, str] = {}
    for known, names in COLUMNS.items():
        if known == "artwork_id":
            continue
        own = next((by_form[squashed(name)] for name in names if squashed(name) in by_form), None)
        if own is not None and own not in guessed.values():
            guessed[known] = own
    if "plays" in guessed:
        guessed.pop("take_fraction", None)
    return guessed


def looks_counted(columns: Sequence[str]) -> bool:
    """Whether a table has impressions and what came of them."""
    guessed = guess_columns(columns)
    return "impressions" in guessed and ("plays" in guessed or "take_fraction" in guessed)


def artwork_columns(columns: Sequence[str]) -> list[str]:
    """Columns that may name the artwork, likeliest first."""
    wanted = [squashed(name) for name in COLUMNS["artwork_id"]]
    named = {squashed(name): name for name in reversed(columns)}
    return [named[form] for form in wanted if form in named]


def choose_artwork_column(
    values: Mapping[str, Iterable[str]], known: Iterable[str]
) -> tuple[str, float]:
    """The column whose values are most often known artworks, and how often they are.

    Args:
        values: column → its different values, likeliest column first.
    """
    ids, best = list(known), ("", -1.0)
    for name, held in values.items():
        own = [one for one in held if one]
        met = 1 - len(meet(own, ids, names=True).missed) / len(own) if own else 0.0
        if met > best[1]:
            best = name, met
    return best
