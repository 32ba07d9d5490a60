"""How an image model is asked for an aim: its words, their order, and what they stand against."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from index.io.yaml import read_own

if TYPE_CHECKING:
    from assistant.mockups.aims import Aim

_ORDER = (
    "cast", "framing", "gaze", "expression", "light", "hue", "temperature", "colour_strength",
    "contrast", "things", "own", "clutter", "focus", "depth", "placement", "lettering_place",
    "title_size", "lettering", "legibility",
)  # fmt: skip
"""Levers in the order in which a prompt names them; a user's own come last."""


def order_of(aim: Aim) -> int:
    """Where a prompt names an aim."""
    return _ORDER.index(aim.lever) if aim.lever in _ORDER else len(_ORDER)


@cache
def load_phrases() -> dict[str, dict[str, list[str]]]:
    """How sides of the built-in levers are asked for: lever -> side -> tag and sentence."""
    file = resources.files("assistant.mockups") / "phrases.yaml"
    phrases: dict[str, dict[str, list[str]]] = read_own(file)
    return phrases


def words_of(aim: Aim) -> tuple[str, str]:
    """How a prompt asks for an aim: as a tag and as a sentence."""
    known = load_phrases().get(aim.lever, {}).get(aim.pole)
    if known is not None:
        return known[0], known[1]
    if aim.feature == "dominant_colour":
        return f"{aim.level} palette", f"The palette is {aim.level}."
    said = aim.variant or aim.pole
    return said, f"The picture has {said}."


def against(aim: Aim) -> str:
    """The tag of an axis's other pole; "" where there is no such thing."""
    sides = load_phrases().get(aim.lever, {}) if aim.sign else {}
    return next((tag for pole, (tag, _) in sides.items() if pole != aim.pole), "")
