"""What was measured in one picture, as a card in the terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.terminal.console import output, table
from assistant.wording import phrase, shown
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from index.features.analysis import TextBlock
    from index.features.canvases import Canvas, Survival
    from index.features.feature import Feature, Value
    from index.query.features import Rank
    from index.query.levers import LeverRank

BAR = 12
_UNUSUAL = 0.6
"""Share of a catalogue that a value must exceed, or stay under, to be called different."""
_LEAST_SHARE = 0.03
"""Share of the picture from which a colour is named on the card."""


_POLES = {
    "brightness": ("darker", "lighter"),
    "contrast": ("softer", "more contrasty"),
    "saturation": ("paler", "purer in colour"),
    "colourfulness": ("less colourful", "more colourful"),
    "warm_cool": ("cooler", "warmer"),
    "negative_space": ("fuller", "emptier"),
    "clutter": ("calmer", "busier"),
    "sharpness": ("softer", "sharper"),
    "legibility": ("harder to read", "easier to read"),
}
"""What less and more of a feature is called; of others, less and more."""


def show_head(name: str, size: tuple[int, int]) -> None:
    """Which picture this is: its name, and its width and height in pixels."""
    output().print(f"{sanitise(name)}  {size[0]} × {size[1]}", style="bold")


def show_levers(levers: Sequence[LeverRank]) -> None:
    """How a picture turns each lever beside the catalogue's; nothing without a catalogue."""
    if not levers:
        return
    drawn = _grid("levers")
    for one in levers:
        if one.value is None:
            drawn.add_row(one.lever, one.side, f"as {one.share:.0%} of yours are")
        elif one.share < _UNUSUAL:
            drawn.add_row(one.lever, "neither way", "about the middle of yours")
        else:
            drawn.add_row(one.lever, one.side, f"more so than {one.share:.0%} of yours")
    output().print(drawn)


def show_card(
    values: dict[str, Value],
    specs: Sequence[Feature],
    standings: Mapping[str, Rank] | None = None,
) -> None:
    """A table a group of features: name, value, and how it compares.

    Args:
        values: by feature name.
        specs: the features to show; structures are left out, colours stand in one row.
        standings: where the values stand in a catalogue; without one, a bar shows where a value
            lies between its bounds.
    """
    for group in dict.fromkeys(spec.group for spec in specs):
        own = [spec for spec in specs if spec.group == group and spec.kind != "structure"]
        drawn = _grid(sanitise(group))
        for spec in own:
            if group == "colour" and spec.name.endswith("_share"):
                continue
            value = values.get(spec.name)
            last = bar(value, spec)
            if standings is not None:
                last = compared(standings.get(spec.name), spec)
            drawn.add_row(phrase(spec.name), shown(value, spec.kind, spec.unit), last)
        output().print(drawn)
        if group == "colour":
            _show_colours(values, own)


def _grid(title: str) -> Table:
    drawn = table(title, "", "", "")
    drawn.show_header = False
    drawn.columns[0].width, drawn.columns[1].width = 24, 19
    return drawn


def compared(standing: Rank | None, spec: Feature) -> str:
    """How a value compares with the catalogue's: "darker than 93% of yours"."""
    if standing is None:
        return ""
    if standing.below is None:
        return f"the same as {standing.same:.0%} of yours"
    less, more = _POLES.get(spec.name, ("less", "more"))
    share = max(standing.below, 1 - standing.below)
    if share < _UNUSUAL:
        return "about the middle of yours"
    return f"{more if standing.below >= 0.5 else less} than {share:.0%} of yours"


def bar(value: Value, spec: Feature) -> str:
    """Where a value lies between its bounds, filled from the left; empty without bounds."""
    low, high = spec.low, spec.high
    if not isinstance(value, float) or math.isnan(value) or spec.kind == "flag":
        return ""
    if low is None or high is None:
        return ""
    filled = round(BAR * min(1.0, max(0.0, (value - low) / (high - low))))
    return "█" * filled + "·" * (BAR - filled)


def show_survivals(survivals: Sequence[tuple[Canvas, Survival]]) -> None:
    """Whether the picture survives on each canvas, and why not."""
    drawn = table("canvases", "canvas", "face", "title", "letters", "contrast", "crop", "verdict",
                  right=("letters", "contrast"))  # fmt: skip
    for canvas, found in survivals:
        crop = found.crop
        drawn.add_row(
            sanitise(canvas.label or canvas.name),
            _kept(found.face_kept),
            _kept(found.title_kept) if found.title_found is not False else "not found",
            "" if found.letters is None else f"{found.letters:.0f} of {canvas.letters:.0f} px",
            "" if found.contrast is None else f"{found.contrast:.1f}",
            f"{crop.left:.0%}–{crop.right:.0%} × {crop.top:.0%}–{crop.bottom:.0%}",
            found.verdict if found.legible is not False else f"{found.verdict}, title not legible",
        )
    output().print(drawn)


def show_words(words: Sequence[TextBlock]) -> None:
    """The lettering that was read, line by line."""
    drawn = table("words", "line", "sure", right=("sure",))
    for line in words:
        drawn.add_row(sanitise(line.text or ""), f"{line.score:.0%}")
    output().print(drawn if words else "No lettering was read.\n")


def _kept(kept: bool | None) -> str:
    return "none" if kept is None else "kept" if kept else "lost"


def _show_colours(values: dict[str, Value], specs: Sequence[Feature]) -> None:
    named = {spec.name for spec in specs if spec.name.endswith("_share")}
    shares = {name.removesuffix("_share"): values.get(name) for name in named}
    most = sorted(
        ((share, name) for name, share in shares.items() if isinstance(share, float)), reverse=True
    )
    words = ", ".join(f"{name} {share:.0%}" for share, name in most if share >= _LEAST_SHARE)
    if words:
        output().print(f"  {words}")
    palette = values.get("palette")
    if isinstance(palette, str):
        output().print(_swatches(json.loads(palette)))
    output().print()


def _swatches(palette: Sequence[dict[str, float | str]]) -> Text:
    """Colours as blocks in a terminal, as hexadecimal anywhere."""
    from rich.text import Text

    line = Text("  ")
    for colour in palette:
        if output().is_terminal:
            line.append("    ", style=f"on {colour['hex']}")
            line.append(" ")
        line.append(f"{colour['hex']} {float(colour['share']):.0%}   ")
    return line
