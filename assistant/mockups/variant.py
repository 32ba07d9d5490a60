"""A picture with a lever or two turned by steps, measured before and after."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from PIL import Image

from assistant.mockups.aims import rounded
from assistant.mockups.gauge import Gauge, decoded
from assistant.mockups.marks import ALTERED
from assistant.mockups.provenance import write_mockup
from assistant.mockups.regrade import TURNED, regrade
from index.errors import InputError
from index.io.images import read_image
from index.io.nearest_name import name_hint
from index.query.levers import read_levers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from index.store import Index

_MOST_SIDE = 6000
_FURTHEST = 4.0
"""Steps that a lever may be turned at once."""
_NEAR = 0.2
"""How near to the asked step counts as reached."""
_STILL = 0.25
"""Steps by which a lever that is held may move."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """What was asked of a picture and what came of it, all in steps by lever.

    A grade moves no face and no letter, so both measurements have them where they were found first.

    Attributes:
        afresh: as an index would measure the result, with the faces and lettering found in it.
        package: levers that come with what was asked for in past artwork.
    """

    path: Path
    out: Path
    asked: dict[str, float]
    package: frozenset[str]
    before: Mapping[str, float]
    after: Mapping[str, float]
    afresh: Mapping[str, float]
    replaced: bool

    @property
    def read_otherwise(self) -> tuple[str, ...]:
        """Levers that an index would measure otherwise in the new grade."""
        return tuple(
            name for name, value in self.after.items() if abs(self.afresh[name] - value) > _STILL
        )

    @property
    def levers(self) -> list[dict[str, Any]]:
        """Each lever before and after: as `variant --json` documents it."""
        rows = []
        for name, before in self.before.items():
            asked, moved = self.asked.get(name, 0.0), self.after[name] - before
            if math.isnan(moved):
                continue
            near = max(_NEAR * abs(asked), _NEAR) if name in self.asked else _STILL
            rows.append(
                {
                    "lever": name,
                    "before": round(before, 3),
                    "after": round(self.after[name], 3),
                    "afresh": rounded(self.afresh[name]),
                    "asked": asked,
                    "moved": round(moved, 3),
                    "package": name in self.package,
                    "reached": name in self.package or abs(moved - asked) <= near,
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
        lever = "_".join(name.replace("-", " ").replace("_", " ").split()).casefold()
        lever = re.sub("colou?r_?strength", "colour_strength", lever)
        if lever not in TURNED:
            hint = name_hint(lever, TURNED, always_list=True)
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


def make_variant(
    path: Path, asked: dict[str, float], index: Index, out: Path | None = None
) -> Variant:
    """Turn levers of a picture, hold the others, and write the result as a PNG.

    Args:
        path: the picture.
        asked: steps by lever.
        index: whose levers are meant.
        out: the file; by default beside the picture, named after the levers.

    Raises:
        ImageUnreadable: the picture cannot be read.
        InputError: the index has no such lever, or the result cannot be written.
    """
    picture = Image.fromarray(read_image(path, max_side=_MOST_SIDE).pixels)
    gauge = Gauge(read_levers(index))
    for name in asked:
        if gauge.levers.fit(name) is None:
            raise InputError(
                f"the artwork of this index does not vary in {name}, so a step of it is not known"
            )
    package = packages(index, asked)
    sitting = gauge.sit(picture)
    done = regrade(
        picture,
        sitting,
        lambda stands: {name: stands[name] + steps for name, steps in asked.items()},
        package,
    )
    turned = "-".join(f"{name.replace('_', '-')}{steps:+g}" for name, steps in asked.items())
    target = out or path.with_name(f"{path.stem}-{turned}.png")
    before, after = (sitting.steps(one) for one in (sitting.whole, decoded(done).pixels))
    variant = Variant(
        path, target, asked, package, before, after, gauge.steps(done), target.exists()
    )
    write_mockup(target, done, _document(variant))
    return variant


def packages(index: Index, asked: Collection[str]) -> frozenset[str]:
    """Levers that travel with some levers in past artwork; none where no performance is known."""
    from assistant.insights.evidence import read_evidence
    from assistant.insights.levers import lever_sides

    if not index.has("cells"):
        return frozenset()
    design = lever_sides(read_evidence(index))
    return frozenset(
        design.contrasts[other].name
        for at, one in enumerate(design.contrasts)
        if one.name in asked
        for other in design.package(at)
    ) - frozenset(asked)


def _document(variant: Variant) -> dict[str, Any]:
    return {
        "statement": "The light and colours of this picture were turned by software.",
        "assistant": version("artwork-assistant"),
        "image": variant.path.name,
        "levers": variant.levers,
        "digital_source_type": ALTERED,
    }
