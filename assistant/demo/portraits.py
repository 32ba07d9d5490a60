"""Who is in the picture: the invented cast of a title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assistant.demo.colours import Colour, rgb

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

SHORT = ("crop", "side", "quiff", "buzz", "curls")
LONG = ("long", "bob", "bun", "afro", "waves", "ponytail", "braids")


@dataclass(frozen=True, slots=True)
class Portrait:
    """One invented person; sizes are in units of the head's width.

    Args:
        skin: row of SKINS.
        hair: name of a hair style.
        width: how wide the face is (0.92 to 1.08).
        jaw: 0 pointed to 1 square.
        beard: "", stubble, moustache, goatee or full.
        extra: "", glasses, round-glasses, earrings, freckles, scar or eye-patch.
        hat: "", fedora, cap, beanie, helmet, stetson, hood, scarf, crown, party or space.
        outfit: name of a garment.
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


_WARDROBE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # look: hats (most are bare-headed), outfits
    "romance": (("",) * 9 + ("scarf",), ("shirt", "dress", "knit", "coat")),
    "drama": (("",) * 8 + ("beanie", "scarf"), ("shirt", "knit", "coat")),
    "noir": (("",) * 5 + ("fedora", "hood"), ("suit", "coat", "turtleneck")),
    "horror": (("",) * 7 + ("hood",), ("turtleneck", "knit", "dress")),
    "action": (("",) * 8 + ("cap",), ("armour", "jacket", "suit", "tank")),
    "war": (("", "helmet", "helmet", "beret"), ("uniform", "uniform", "jacket")),
    "adventure": (("",) * 3 + ("stetson", "scarf"), ("jacket", "shirt", "coat")),
    "space": (("", "", "", "", "space"), ("spacesuit", "turtleneck", "armour")),
    "family": (("",) * 6 + ("beanie", "crown", "cap", "party"), ("tee", "stripes", "dungarees")),
    "comedy": (("",) * 8 + ("cap", "party"), ("tee", "shirt", "stripes", "suit")),
    "documentary": (("",) * 8 + ("beanie", "cap"), ("knit", "shirt", "coat")),
}


def cast_portrait(wardrobe: str, rng: np.random.Generator, *, place: int) -> Portrait:
    """Invent a person; `place` 0 is the lead, and neighbours of a cast differ in looks."""
    hats, outfits = _WARDROBE[wardrobe]
    age = "adult"
    if wardrobe in {"family", "comedy"} and rng.random() < (0.6 if wardrobe == "family" else 0.1):
        age = "child"
    elif rng.random() < 0.14:
        age = "elder"
    long = bool((place + rng.integers(2)) % 2) if place else bool(rng.integers(2))
    hair = str(rng.choice(LONG if long else SHORT))
    if age == "elder" and not long and rng.random() < 0.4:
        hair = "bald"
    skin = int(rng.integers(len(SKINS)))
    shades = _HAIR[:3] if skin >= 4 else _HAIR
    colour = _GREY[int(rng.integers(2))] if age == "elder" else shades[rng.integers(len(shades))]
    beard = ""
    if not long and age != "child":
        beard = str(rng.choice(["", "", "stubble", "moustache", "goatee", "full"]))
    extras = ["", "", "", "freckles", "glasses", "round-glasses"]
    if long:
        extras += ["earrings", "earrings"]
    if wardrobe in {"noir", "war", "action"}:
        extras += ["scar"]
    hat = str(rng.choice(list(hats)))
    return Portrait(
        skin=skin,
        hair=hair,
        hair_colour=colour,
        eyes=_EYES[int(rng.integers(2 if skin >= 4 else len(_EYES)))],
        width=float(rng.uniform(0.93, 1.06)),
        jaw=float(rng.uniform(0.1, 0.45) if long else rng.uniform(0.4, 1.0)),
        beard=beard,
        extra=str(rng.choice(extras)),
        hat="" if hair == "afro" and hat not in {"", "scarf", "space"} else hat,
        outfit=str(rng.choice(list(outfits))),
        cloth=int(rng.integers(4)),
        lips=long and age == "adult",
        age=age,
    )


def cast_title(wardrobe: str, rng: np.random.Generator, *, count: int = 5) -> tuple[Portrait, ...]:
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
