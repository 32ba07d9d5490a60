"""Who is in the picture: the invented cast of a title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.drawing.colours import Colour, rgb

# skin, its shadow, its light, lips
SKINS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = tuple(
    (rgb(a), rgb(b), rgb(c), rgb(d))
    for a, b, c, d in (
        ("#f5d3bd", "#d99f84", "#ffeadd", "#c4626a"),
        ("#eec09f", "#c98c6a", "#fbdcc4", "#b8584f"),
        ("#e0a880", "#b27650", "#f2c8a6", "#a84c48"),
        ("#c98d62", "#965f3c", "#e0ad84", "#93413c"),
        ("#a96e45", "#774526", "#c68d62", "#7f3733"),
        ("#855130", "#572f19", "#a56d48", "#70302d"),
        ("#633a22", "#3c2011", "#84543a", "#5e2828"),
    )
)
_HAIR = tuple(
    rgb(code)
    for code in ("#17120f", "#2a1a12", "#4a2c1a", "#6d4122", "#8c4a22", "#b5702f", "#d7a657")
)
_GREY = (rgb("#8d8a88"), rgb("#c9c6c2"))
_EYES = tuple(rgb(code) for code in ("#3b2314", "#2c1a10", "#5a3a1c", "#5d7a4a", "#4b7fa3"))

SHORT = ("crop", "side", "quiff", "buzz", "curls", "spiky", "receding", "topknot", "locs")
LONG = ("long", "bob", "bun", "afro", "waves", "ponytail", "braids", "pixie", "windblown", "locs")


@dataclass(frozen=True, slots=True)
class Portrait:
    """One invented person; sizes are in units of the head's width.

    Args:
        skin: row of SKINS.
        hair: name of a hair style.
        width: how wide the face is (0.92 to 1.08).
        jaw: 0 pointed to 1 square.
        beard, extra, hat, outfit: names in outlines.yaml, or "".
        age: child, adult or elder.
    """

    skin: int
    hair: str
    hair_colour: Colour
    eyes: Colour
    width: float
    jaw: float
    beard: str
    extra: str
    hat: str
    outfit: str
    cloth: int
    lips: bool
    age: str


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What a look's cast wears; `hatted` and `children` are shares of it."""

    outfits: tuple[str, ...]
    hats: tuple[str, ...]
    hatted: float
    children: float = 0.0


_WIDE_HAIR = {"afro", "curls", "spiky", "quiff", "bun", "topknot"}


def cast_portrait(wardrobe: Wardrobe, rng: np.random.Generator, *, place: int) -> Portrait:
    """Invent a person; `place` 0 is the lead."""
    age = "adult"
    if rng.random() < wardrobe.children:
        age = "child"
    elif rng.random() < 0.14:
        age = "elder"
    long = bool((place + rng.integers(2)) % 2) if place else bool(rng.integers(2))
    hair = str(rng.choice(LONG if long else SHORT))
    if age == "elder" and not long and rng.random() < 0.4:
        hair = "bald"
    elif hair == "receding" and age == "child":
        hair = "spiky"
    skin = int(rng.integers(len(SKINS)))
    shades = _HAIR[:3] if skin >= 4 else _HAIR
    colour = _GREY[int(rng.integers(2))] if age == "elder" else shades[rng.integers(len(shades))]
    beard = ""
    if not long and age != "child":
        beard = str(rng.choice(["", "", "stubble", "moustache", "goatee", "full"]))
    extras = ["", "", "", "", "", "", "freckles", "glasses", "round-glasses"]
    extras += ["earrings", "earrings"] if long else ["", "scar" if not wardrobe.children else ""]
    hat = str(rng.choice(wardrobe.hats)) if rng.random() < wardrobe.hatted else ""
    return Portrait(
        skin=skin,
        hair=hair,
        hair_colour=colour,
        eyes=_EYES[int(rng.integers(2 if skin >= 4 else len(_EYES)))],
        width=float(rng.uniform(0.92, 1.07)),
        jaw=float(rng.uniform(0.1, 0.45) if long else rng.uniform(0.4, 1.0)),
        beard=beard,
        extra=str(rng.choice(extras)),
        hat="" if hair in _WIDE_HAIR and hat not in {"hood", "scarf", "space", "goggles"} else hat,
        outfit=str(rng.choice(wardrobe.outfits)),
        cloth=int(rng.integers(4)),
        lips=long and age == "adult",
        age=age,
    )


def cast_title(
    wardrobe: Wardrobe, rng: np.random.Generator, *, count: int = 5
) -> tuple[Portrait, ...]:
    """The cast of a title, lead first, no two neighbours with the same skin and hair."""
    cast: list[Portrait] = []
    while len(cast) < count:
        person = cast_portrait(wardrobe, rng, place=len(cast))
        alike = any(
            person.hair == other.hair or abs(person.skin - other.skin) < 1 for other in cast[-2:]
        )
        if not alike:
            cast.append(person)
    return tuple(cast)
