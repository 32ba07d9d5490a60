"""One artwork from its plan: ground, people, letters, grade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from assistant.demo import scenes_air as air
from assistant.demo import scenes_city as city
from assistant.demo import scenes_home as home
from assistant.demo import scenes_land as land
from assistant.demo import scenes_water as water
from assistant.demo.backdrops import BACKDROPS
from assistant.demo.grade import Grade, apply_grade
from assistant.demo.people import place_people, place_walkers
from assistant.demo.typesetting import set_credits, set_name
from assistant.drawing.canvas import Canvas
from assistant.drawing.colours import Palette, choose_palette, mix
from assistant.drawing.house_styles import LOOKS, Look
from assistant.drawing.outlines import draw_layers
from assistant.drawing.portraits import cast_title
from assistant.drawing.prints import frame, print_photograph
from assistant.drawing.stencil import Stencil

SIZES = {"vertical": (400, 600), "tile": (640, 360)}

SCENES: dict[str, Callable[[Canvas, Palette, np.random.Generator], None]] = {
    function.__name__: function
    for function in (
        *(air.fair, air.balloons, air.planet),
        *(city.city, city.street, city.ruins, city.stadium),
        *(home.hill_house, home.corridor, home.room, home.village),
        *(land.mountains, land.forest, land.desert_road, land.meadow, land.dunes, land.temple),
        *(water.sea, water.ice, water.deep_sea, water.lighthouse, water.bridge),
    )
}


@dataclass(frozen=True, slots=True)
class Levers:
    """What the designer decided; the planted truth speaks of these.

    Args:
        people: none, long, medium, close-up, pair or group.
        tone: bright or dark.
        temperature: warm or cool.
        colour: vivid or muted.
        lettering: huge or small.
    """

    people: str
    tone: str
    temperature: str
    colour: str
    lettering: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides an artwork's pixels.

    Args:
        name, tagline: what is written on it.
        look: a key of LOOKS.
        scenes: names of SCENES or photo:FILE, the title's places.
        levers: the designer's decisions.
        prop: the title's own thing in props.yaml, or "".
        portrait: a photograph that is the title's close-up, or "".
        canvas: a key of SIZES.
        title_seed: shared by a title's artworks (cast, favourite colours, place of the letters).
        picture_seed: shared by an asset family (composition, scene).
        seed: this artwork's own.
    """

    name: str
    tagline: str
    look: str
    scenes: tuple[str, ...]
    levers: Levers
    prop: str
    portrait: str
    canvas: str
    title_seed: int
    picture_seed: int
    seed: int


_BUSTS = {"medium", "close-up", "pair", "group"}
_FOOTING = {
    *("forest", "desert_road", "meadow", "dunes", "city", "street", "hill_house", "corridor"),
    *("ruins", "fair", "stadium", "village", "planet", "mountains", "temple"),
}
"""Scenes with a ground to walk on."""

_PROPS = 0.7
"""How often a title that has a thing of its own shows it where nobody is shown."""


def draw_artwork(plan: Plan) -> Image.Image:
    """The finished picture, RGB, in the plan's canvas size."""
    look, levers = LOOKS[plan.look], plan.levers
    of_title = np.random.default_rng(plan.title_seed)
    of_picture = np.random.default_rng(plan.picture_seed)
    own = np.random.default_rng(plan.seed)
    cast = cast_title(look.wardrobe, of_title)
    palette = choose_palette(
        levers.temperature, levers.tone, own, favourite=int(of_title.integers(100))
    )
    canvas = Canvas(*SIZES[plan.canvas], palette.haze)
    scene = _draw_ground(canvas, palette, plan, look, of_picture)
    if levers.people == "long":
        place_walkers(canvas, palette, look, of_picture, ledge=scene not in _FOOTING)
    elif levers.people == "close-up" and plan.portrait:
        print_photograph(canvas, palette, plan.portrait, levels=8)
    elif levers.people != "none":
        place_people(canvas, palette, look, cast, levers.people, of_picture)
    if look.vignette:
        canvas.shade_edges(palette.ink, look.vignette)
    if look.border:
        frame(canvas, mix(palette.paper, palette.haze, 0.15), look.border)
    set_name(
        canvas,
        palette,
        look,
        plan.name,
        plan.tagline,
        levers.lettering == "huge",
        levers.people,
        of_title,
    )
    set_credits(canvas, palette, look, of_title)
    return apply_grade(canvas.finished(own, grain=look.grain), _grade(levers, own), canvas.spared)


def _draw_ground(
    canvas: Canvas, palette: Palette, plan: Plan, look: Look, rng: np.random.Generator
) -> str:
    """Draws what lies behind the people; returns the name of the title's scene."""
    people = plan.levers.people
    scene = plan.scenes[int(rng.integers(len(plan.scenes)))]
    graphic = look.backdrops[int(rng.integers(len(look.backdrops)))]
    chance = rng.random()
    if people == "none" and plan.prop and chance < _PROPS:
        BACKDROPS[graphic](canvas, palette, rng)
        _draw_prop(canvas, palette, plan.prop)
    elif people in _BUSTS and chance < look.graphic:
        BACKDROPS[graphic](canvas, palette, rng)
    elif scene.startswith("photo:"):
        print_photograph(canvas, palette, scene.removeprefix("photo:"), levels=8)
    else:
        SCENES[scene](canvas, palette, rng)
        if people in _BUSTS:
            x, y, reach = canvas.width / 2, canvas.height * 0.36, canvas.width * 0.75
            canvas.glow(x, y, reach, palette.haze, 0.55)
    return scene


def _draw_prop(canvas: Canvas, palette: Palette, prop: str) -> None:
    """The thing that stands for the title, large, on a shadow."""
    wide = canvas.width > canvas.height
    unit = canvas.height * 0.30 if wide else canvas.width * 0.30
    x, y = (canvas.width * 0.72, canvas.height * 0.50) if wide else (canvas.width / 2, unit * 2.05)
    canvas.glow(x, y, unit * 1.7, mix(palette.haze, palette.glow, 0.5), 0.8)
    canvas.ellipse(x, y + unit * 1.02, unit * 0.95, unit * 0.07, palette.ink, 0.45)
    draw_layers(Stencil(canvas, x, y, unit), "props", prop, palette, {})


def _grade(levers: Levers, rng: np.random.Generator) -> Grade:
    bright, vivid = levers.tone == "bright", levers.colour == "vivid"
    warmth = 0.16 if vivid else 0.07
    return Grade(
        brightness=float((0.58 if bright else 0.25) + rng.normal(0, 0.025)),
        saturation=float((0.56 if vivid else 0.27) + rng.normal(0, 0.03)),
        warmth=warmth if levers.temperature == "warm" else -warmth,
    )
