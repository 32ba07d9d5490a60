"""Where the title of a comp goes on a canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.mockups.aims import Aim, leaning

if TYPE_CHECKING:
    from assistant.mockups.composed import Box
    from index.features.canvases import Canvas

_WIDE = 1.25
"""Width over height from which the title stands beside the people."""


def is_wide(width: float, height: float) -> bool:
    """Whether a canvas is wide enough for the title beside the people."""
    return width / height > _WIDE


def title_box(shape: Canvas, aims: tuple[Aim, ...], kind: str, place: str, side: int) -> Box:
    """Where the title goes, in pixels: inside the safe area, beside the people of a wide canvas."""
    full, height = shape.size
    wide = is_wide(full, height)
    left, top, right, bottom = shape.safe
    low = bottom - (0.135 if leaning(aims, "lettering") > 0 else 0.085)
    amount = leaning(aims, "title_size") or leaning(aims, "lettering")
    small = leaning(aims, "title_size") < 0 and kind != "type"
    talls = (
        {1: 0.52, -1: 0.14 if small else 0.24} if wide else {1: 0.34, -1: 0.07 if small else 0.12}
    )
    tall = 0.56 if kind == "type" else talls.get(amount, 0.38 if wide else 0.19)
    spans = {
        "top": (top + 0.035, top + 0.035 + tall),
        "middle": (0.5 - tall / 2, 0.5 + tall / 2),
        "bottom": (low - tall, low),
    }
    y0, y1 = spans[place]
    x0, x1 = left + 0.02, right - 0.02
    if wide:
        x0, x1 = (x0, 0.33 if small else 0.45) if side > 0 else (0.67 if small else 0.55, x1)
    elif amount < 0 and kind != "type":
        x0, x1 = (0.28, 0.72) if small else (0.22, 0.78)
    return x0 * full, y0 * height, x1 * full, min(y1, low) * height
