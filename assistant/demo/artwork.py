"""One artwork from its plan: ground, people, letters, grade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from assistant.demo import scenes_built, scenes_nature
from assistant.demo.backdrops import BACKDROPS, frame, print_photograph
from assistant.demo.canvas import Canvas
from assistant.demo.colours import Palette, choose_palette, mix
from assistant.demo.grade import Grade, apply_grade
from assistant.demo.looks import LOOKS, Look
from assistant.demo.people import place_people, place_walkers
from assistant.demo.portraits import cast_title
from assistant.demo.typesetting import set_credits, set_name

SIZES = {"vertical": (400, 600), "tile": (640, 360)}

SCENES: dict[str, Callable[[Canvas, Palette, np.random.Generator], None]] = {
    function.__name__: function
    for function in (
        scenes_nature.sea,
        scenes_nature.mountains,
        scenes_nature.forest,
        scenes_nature.desert_road,
        scenes_nature.meadow,
        scenes_nature.ice,
        scenes_nature.deep_sea,
        scenes_nature.planet,
        scenes_nature.dunes,
        scenes_built.city,
        scenes_built.bridge,
        scenes_built.hill_house,
        scenes_built.corridor,
        scenes_built.room,
        scenes_built.street,
        scenes_built.lighthouse,
        scenes_built.ruins,
        scenes_built.fair,
        scenes_built.stadium,
        scenes_built.temple,
        scenes_built.village,
        scenes_built.balloons,
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
    canvas: str
    title_seed: int
    picture_seed: int
    seed: int


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
    _draw_ground(canvas, palette, plan, look, of_picture)
    if levers.people == "long":
        place_walkers(canvas, palette, look, of_picture)
    elif levers.people != "none":
        place_people(canvas, palette, look, cast, levers.people, of_picture)
    if look.vignette:
        canvas.shade_edges(palette.ink, look.vignette)
    if look.grain:
        canvas.grain(own, look.grain)
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
    return apply_grade(canvas.finished(), _grade(levers, own))


def _draw_ground(
    canvas: Canvas, palette: Palette, plan: Plan, look: Look, rng: np.random.Generator
) -> None:
    with_people = plan.levers.people in {"medium", "close-up", "pair", "group"}
    scene = plan.scenes[int(rng.integers(len(plan.scenes)))]
    if with_people and rng.random() < look.graphic:
        BACKDROPS[look.backdrops[int(rng.integers(len(look.backdrops)))]](canvas, palette, rng)
    elif scene.startswith("photo:"):
        print_photograph(canvas, palette, scene.removeprefix("photo:"))
    else:
        SCENES[scene](canvas, palette, rng)
        if with_people:
            canvas.glow(
                canvas.width / 2, canvas.height * 0.36, canvas.width * 0.75, palette.haze, 0.55
            )


def _grade(levers: Levers, rng: np.random.Generator) -> Grade:
    bright, vivid = levers.tone == "bright", levers.colour == "vivid"
    warmth = 0.16 if vivid else 0.07
    return Grade(
        brightness=float((0.58 if bright else 0.24) + rng.normal(0, 0.025)),
        saturation=float((0.58 if vivid else 0.26) + rng.normal(0, 0.03)),
        warmth=warmth if levers.temperature == "warm" else -warmth,
    )
