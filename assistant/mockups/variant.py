"""A picture with a lever or two turned by steps, measured before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from PIL import Image

from assistant.mockups.marks import ALTERED
from assistant.mockups.provenance import write_mockup
from assistant.mockups.regrade import STEPS, Regrade, measure_levers, regrade
from index.errors import InputError
from index.io.images import read_image
from index.io.nearest_name import name_hint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_SIDE = 6000
_FURTHEST = 4.0
"""Steps that a lever may be turned at once."""
_NEAR = 0.2
"""How near to the asked step counts as reached."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """What was asked of a picture and what came of it; `asked` in steps by lever."""

    path: Path
    out: Path
    asked: dict[str, float]
    regrade: Regrade
    replaced: bool

    @property
    def levers(self) -> list[dict[str, Any]]:
        """Each lever before and after: as `variant --json` documents it."""
        rows = []
        for name in STEPS:
            asked, moved = self.asked.get(name, 0.0), self.regrade.moved(name)
            rows.append(
                {
                    "lever": name,
                    "before": round(self.regrade.before[name], 4),
                    "after": round(self.regrade.after[name], 4),
                    "step": STEPS[name],
                    "asked": asked,
                    "moved": round(moved, 3),
                    "reached": abs(moved - asked) <= max(_NEAR * abs(asked), _NEAR),
                }
            )
        return rows

    def to_json(self) -> dict[str, Any]:
        """As `variant --json` documents it."""
        return {"image": str(self.path), "file": str(self.out), "levers": self.levers}


def read_turns(words: Sequence[str]) -> dict[str, float]:
    """Steps by lever, of words such as `light=-1` or `colour-strength=+0.5`.

    Raises:
        InputError: an unknown lever, no number, or too many steps.
    """
    found: dict[str, float] = {}
    for word in words:
        name, sign, number = word.partition("=")
        lever = " ".join(name.replace("-", " ").replace("_", " ").split()).casefold()
        lever = lever.replace("color", "colour").replace("colourstrength", "colour strength")
        if lever not in STEPS:
            hint = name_hint(lever, STEPS, always_list=True)
            raise InputError(f"there is no lever {name.strip()!r} to turn", hint=hint)
        if not sign or not re.fullmatch(r"\s*[+−-]?\d*\.?\d+\s*", number):
            raise InputError(f"{word!r} does not say how far", hint="write it as --lever light=-1")
        steps = float(number.replace("−", "-"))
        if not 0 < abs(steps) <= _FURTHEST:
            raise InputError(
                f"{word!r} is no step that can be taken",
                hint=f"use −{_FURTHEST:g} to {_FURTHEST:g}",
            )
        found[lever] = steps
    return found


def make_variant(path: Path, asked: dict[str, float], out: Path | None = None) -> Variant:
    """Turn levers of a picture, hold the others, and write the result as a PNG.

    Args:
        path: the picture.
        asked: steps by lever.
        out: the file; by default beside the picture, named after the levers.

    Raises:
        ImageUnreadable: the picture cannot be read.
        InputError: the result cannot be written.
    """
    pixels = read_image(path, max_side=_MOST_SIDE).pixels
    before = measure_levers(pixels)
    targets = {name: before[name] + steps * STEPS[name] for name, steps in asked.items()}
    done = regrade(Image.fromarray(pixels), targets)
    turned = "-".join(f"{name.replace(' ', '-')}{steps:+g}" for name, steps in asked.items())
    target = out or path.with_name(f"{path.stem}-{turned}.png")
    replaced = target.exists()
    variant = Variant(path, target, asked, done, replaced)
    write_mockup(target, done.picture, _document(variant))
    return variant


def _document(variant: Variant) -> dict[str, Any]:
    return {
        "statement": "The light and colours of this picture were turned by software.",
        "assistant": version("artwork-assistant"),
        "image": variant.path.name,
        "levers": variant.levers,
        "digital_source_type": ALTERED,
    }
