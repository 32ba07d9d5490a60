"""The house styles of the demo studio, one a genre; house_styles.yaml holds them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.drawing.colours import read_data
from assistant.drawing.lettering import Style
from assistant.drawing.portraits import Wardrobe


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """One genre's way of making a poster.

    Args:
        name: the genre.
        letters: title styles; a title keeps one of them.
        moods: expressions of the cast.
        backdrops: graphic grounds behind people, by name in scenes.yaml.
        wardrobe: what the cast wears.
        graphic: how often people stand before a graphic ground and not in a scene.
        drama: depth of the shadow on faces.
        grain, vignette, border: finish of the print.
        group: how many heads a group has.
        colours: colour roles of the title's lines, tried in order of contrast.
        shadow: hard drop shadow under the title.
        hats, carries: what far figures wear and hold.
    """

    name: str
    letters: tuple[Style, ...]
    moods: tuple[str, ...]
    backdrops: tuple[str, ...]
    wardrobe: Wardrobe
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


@cache
def load_style(name: str) -> HouseStyle:
    """The house style of this name."""
    raw: dict[str, Any] = dict(read_data("house_styles")[name])
    letters = tuple(Style(**one) for one in raw.pop("letters"))
    wardrobe = Wardrobe(**_frozen(raw.pop("wardrobe")))
    return HouseStyle(name=name, letters=letters, wardrobe=wardrobe, **_frozen(raw))


def _frozen(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(one) if isinstance(one, list) else one for key, one in raw.items()}
