"""The house styles of the demo studio: who wears what, which letters, which grounds."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.drawing.lettering import Style


@dataclass(frozen=True, slots=True)
class Look:
    """One genre's way of making a poster.

    Args:
        wardrobe: key of the cast's wardrobe.
        letters: title styles; a title keeps one of them.
        moods: expressions of the cast.
        backdrops: graphic grounds behind people.
        graphic: how often people stand before a graphic ground and not in a scene.
        drama: depth of the shadow on faces.
        grain, vignette, border: finish of the print.
        group: how many heads a group has.
        colours: colour roles of the title's lines, tried in order of contrast.
        shadow: hard drop shadow under the title.
        hats, carries: what far figures wear and hold.
    """

    wardrobe: str
    letters: tuple[Style, ...]
    moods: tuple[str, ...]
    backdrops: tuple[str, ...]
    graphic: float = 0.55
    drama: float = 0.4
    grain: float = 0.0
    vignette: float = 0.0
    border: float = 0.0
    group: int = 4
    colours: tuple[str, ...] = ("paper",)
    shadow: bool = False
    hats: tuple[str, ...] = ("",)
    carries: tuple[str, ...] = ("",)


_BLOCK = Style("condensed", weight=0.012)
_WIDE = Style("condensed", tracking=0.22)
_LEAN = Style("condensed", weight=0.03, slant=0.16)
_TOY = Style("round", upper=False, bounce=0.14)

LOOKS: dict[str, Look] = {
    "romance": Look(
        "romance",
        (
            Style("serif-bold-italic", upper=False),
            Style("hand", weight=0.012, tracking=0.02),
            Style("serif-italic", upper=False),
        ),
        ("tender", "smile", "calm"),
        ("disc", "arch"),
        graphic=0.6,
        drama=0.15,
        group=3,
        grain=1.5,
        colours=("paper", "glow"),
    ),
    "drama": Look(
        "drama",
        (
            Style("serif", tracking=0.16),
            Style("serif-bold", tracking=0.04),
            Style("hand", weight=0.01),
        ),
        ("calm", "grave", "tender"),
        ("disc", "slab"),
        graphic=0.35,
        drama=0.5,
        group=3,
        grain=1.6,
        vignette=0.25,
    ),
    "noir": Look(
        "noir",
        (_WIDE, _BLOCK, Style("serif-bold", tracking=0.1)),
        ("grave", "bold", "calm"),
        ("blinds", "slab"),
        graphic=0.65,
        drama=0.95,
        group=3,
        grain=2.0,
        vignette=0.55,
        colours=("paper", "accent"),
        hats=("brim", ""),
        carries=("", "bag"),
    ),
    "horror": Look(
        "horror",
        (
            Style("hand", weight=0.02, tracking=0.06),
            Style("serif-bold", tracking=0.02),
            Style("condensed", tracking=0.4, squeeze=0.8),
        ),
        ("fear", "grave", "fear"),
        ("halo", "slab"),
        graphic=0.25,
        drama=0.9,
        group=3,
        grain=2.2,
        vignette=0.6,
        colours=("accent", "paper"),
        carries=("lantern", ""),
    ),
    "action": Look(
        "action",
        (_LEAN, _BLOCK, Style("condensed", weight=0.03, slant=0.1, tracking=0.02)),
        ("bold", "grave", "bold"),
        ("rays", "shards", "slab"),
        graphic=0.7,
        drama=0.75,
        group=5,
        grain=1.4,
        vignette=0.3,
        colours=("paper", "accent"),
        shadow=True,
        hats=("", "cap"),
        carries=("", "pack"),
    ),
    "war": Look(
        "war",
        (_BLOCK, Style("condensed", tracking=0.12), Style("serif-bold", tracking=0.08)),
        ("grave", "bold"),
        ("rays", "disc"),
        graphic=0.35,
        drama=0.7,
        group=5,
        grain=2.2,
        vignette=0.4,
        hats=("helmet",),
        carries=("rifle", "rifle", "pack"),
    ),
    "adventure": Look(
        "adventure",
        (Style("serif-bold", weight=0.01), _LEAN, Style("hand", weight=0.02)),
        ("bold", "smile", "calm"),
        ("rays", "disc", "arch"),
        graphic=0.4,
        drama=0.45,
        group=4,
        grain=1.5,
        colours=("glow", "paper"),
        shadow=True,
        hats=("brim", ""),
        carries=("pack", ""),
    ),
    "space": Look(
        "space",
        (Style("sans", tracking=0.34), Style("sans", weight=0.025, tracking=0.2), _WIDE),
        ("calm", "grave", "bold"),
        ("halo", "shards"),
        graphic=0.6,
        drama=0.6,
        group=4,
        vignette=0.3,
        colours=("paper", "glow"),
        hats=("helmet",),
        carries=("pack",),
    ),
    "family": Look(
        "family",
        (_TOY, Style("round", bounce=0.1), Style("round", upper=False, weight=0.01)),
        ("merry", "smile", "merry"),
        ("dots", "arcs", "rays"),
        graphic=0.7,
        drama=0.05,
        group=5,
        colours=("paper", "glow", "accent"),
        shadow=True,
        hats=("", "cap"),
    ),
    "comedy": Look(
        "comedy",
        (Style("round", weight=0.01), Style("condensed", weight=0.03), _TOY),
        ("merry", "smile", "fear"),
        ("blocks", "dots", "rays"),
        graphic=0.8,
        drama=0.1,
        group=4,
        colours=("paper", "accent", "glow"),
        shadow=True,
        carries=("", "bag"),
    ),
    "documentary": Look(
        "documentary",
        (
            Style("sans", upper=False, weight=0.03),
            Style("sans", weight=0.02, tracking=0.06),
            _BLOCK,
        ),
        ("calm", "grave", "smile"),
        ("contours", "contours", "disc"),
        graphic=0.6,
        drama=0.35,
        grain=1.2,
        border=13.0,
        group=3,
        carries=("pack", ""),
    ),
}
