"""One artwork from its plan: ground, people, letters, grade."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from PIL import Image, ImageOps

from assistant.demo.grade import ColourGrade, apply_grade
from assistant.demo.people import place_people, place_walkers
from assistant.demo.typesetting import set_credits, set_name
from assistant.drawing.colours import Palette, choose_palette, mix
from assistant.drawing.house_styles import HouseStyle, load_style
from assistant.drawing.outlines import draw_layers
from assistant.drawing.portraits import cast_title
from assistant.drawing.scenes import draw_scene, has_footing
from assistant.drawing.stencil import Stencil
from assistant.drawing.surface import Surface

SIZES = {"vertical": (400, 600), "tile": (640, 360)}
_BUSTS = {"medium", "close-up", "pair", "group"}
_PROPS = 0.7
"""How often a title that has a thing of its own shows it where nobody is shown."""
_CROPS = {"astronaut.png": (0.24, 0.0, 0.62, 0.57), "chelsea.png": (0.14, 0.0, 0.92, 1.0)}
"""What is kept of a photograph: left, top, right, bottom as shares."""


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
        look: name of a house style.
        scenes: names in scenes.yaml or photo:FILE, the title's places.
        levers: the designer's decisions.
        prop: the title's own thing in props.yaml, or "".
        portrait: a photograph that is the title's close-up, or "".
        canvas: a key of SIZES.
        title_seed: shared by a title's artworks (cast, favourite colours, place of the letters).
        picture_seed: shared by an asset family (composition, scene).
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


def draw_artwork(plan: Plan) -> Image.Image:
    """The finished picture, RGB, in the plan's canvas size."""
    look, levers = load_style(plan.look), plan.levers
    of_title = np.random.default_rng(plan.title_seed)
    of_picture = np.random.default_rng(plan.picture_seed)
    own = np.random.default_rng(plan.seed)
    cast = cast_title(look.wardrobe, of_title)
    favourite = int(of_title.integers(100))
    palette = choose_palette(levers.temperature, levers.tone, own, favourite=favourite)
    surface = Surface(*SIZES[plan.canvas], palette.haze)
    scene = _draw_ground(surface, palette, plan, look, of_picture)
    if levers.people == "long":
        place_walkers(surface, palette, look, of_picture, ledge=not has_footing(scene))
    elif levers.people == "close-up" and plan.portrait:
        print_photograph(surface, palette, plan.portrait)
    elif levers.people != "none":
        place_people(surface, palette, look, cast, levers.people, of_picture)
    if look.vignette:
        surface.shade_edges(palette.ink, look.vignette)
    if look.border:
        surface.border(mix(palette.paper, palette.haze, 0.15), look.border)
    huge, busts = levers.lettering == "huge", levers.people in _BUSTS
    set_name(surface, palette, look, plan.name, plan.tagline, of_title, huge=huge, busts=busts)
    set_credits(surface, palette, look, of_title)
    return apply_grade(surface.finished(own, grain=look.grain), _grade(levers, own), surface.spared)


def _draw_ground(
    surface: Surface, palette: Palette, plan: Plan, look: HouseStyle, rng: np.random.Generator
) -> str:
    """Draws what lies behind the people; returns the name of the title's scene."""
    people = plan.levers.people
    scene = plan.scenes[int(rng.integers(len(plan.scenes)))]
    graphic = look.backdrops[int(rng.integers(len(look.backdrops)))]
    chance = rng.random()
    if people == "none" and plan.prop and chance < _PROPS:
        draw_scene(surface, palette, graphic, rng)
        _draw_prop(surface, palette, plan.prop)
    elif people in _BUSTS and chance < look.graphic:
        draw_scene(surface, palette, graphic, rng)
    elif scene.startswith("photo:"):
        print_photograph(surface, palette, scene.removeprefix("photo:"))
    else:
        draw_scene(surface, palette, scene, rng)
        if people in _BUSTS:
            x, y, reach = surface.width / 2, surface.height * 0.36, surface.width * 0.75
            surface.glow(x, y, reach, palette.haze, 0.55)
    return scene


def _draw_prop(surface: Surface, palette: Palette, prop: str) -> None:
    """The thing that stands for the title, large, on a shadow."""
    wide = surface.width > surface.height
    unit = surface.height * 0.30 if wide else surface.width * 0.30
    x, y = (
        (surface.width * 0.72, surface.height * 0.50) if wide else (surface.width / 2, unit * 2.05)
    )
    surface.glow(x, y, unit * 1.7, mix(palette.haze, palette.glow, 0.5), 0.8)
    surface.ellipse(x, y + unit * 1.02, unit * 0.95, unit * 0.07, palette.ink, 0.45)
    draw_layers(Stencil(surface, x, y, unit), "props", prop, palette.roles())


@cache
def _photograph(name: str) -> Image.Image:
    file = resources.files("skimage.data") / name
    with resources.as_file(file) as path, Image.open(path) as photo:
        left, top, right, bottom = _CROPS.get(name, (0.0, 0.0, 1.0, 1.0))
        w, h = photo.size
        box = round(left * w), round(top * h), round(right * w), round(bottom * h)
        return photo.convert("L").crop(box)


def print_photograph(surface: Surface, palette: Palette, name: str) -> None:
    """A photograph that scikit-image ships, posterised to eight of the palette's own tones.

    Args:
        name: file name under skimage/data (all of them free to use; see its README).
    """
    grey = ImageOps.fit(_photograph(name), surface.image.size, Image.Resampling.BICUBIC)
    grey = ImageOps.posterize(ImageOps.autocontrast(grey, cutoff=1), 3)
    roles = "near mid far haze paper" if not palette.night else "ink near mid haze paper"
    ramp = np.array([palette.colour(role) for role in roles.split()])
    at = np.linspace(0, 224, len(ramp))
    tones = np.column_stack([np.interp(np.arange(256), at, ramp[:, c]) for c in range(3)])
    printed = np.rint(tones).astype(np.uint8)[np.asarray(grey)]
    surface.image.paste(Image.fromarray(printed))


def _grade(levers: Levers, rng: np.random.Generator) -> ColourGrade:
    bright, vivid = levers.tone == "bright", levers.colour == "vivid"
    warmth = 0.16 if vivid else 0.07
    return ColourGrade(
        brightness=float((0.58 if bright else 0.25) + rng.normal(0, 0.025)),
        saturation=float((0.56 if vivid else 0.27) + rng.normal(0, 0.03)),
        warmth=warmth if levers.temperature == "warm" else -warmth,
    )
