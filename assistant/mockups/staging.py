"""How a comp is laid out on one canvas: people, title, and what lies behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.drawing.house_styles import LOOKS, Look
from assistant.mockups.aims import Aim, asked_level, asked_value, avoided

if TYPE_CHECKING:
    from assistant.answers.brief import Brief
    from index.features.canvases import Canvas as Shape

_LOOK_OF = {
    "romance": "romance", "drama": "drama", "thriller": "noir", "crime": "noir", "mystery": "noir",
    "noir": "noir", "horror": "horror", "action": "action", "war": "war", "adventure": "adventure",
    "sci-fi": "space", "science fiction": "space", "family": "family", "animation": "family",
    "kids": "family", "comedy": "comedy", "documentary": "documentary", "western": "adventure",
    "fantasy": "adventure",
}  # fmt: skip
"""Whose letters and wardrobe a genre borrows: convention of the trade, not evidence."""

_SETTINGS = {
    "sea": ("sea", "ocean", "island", "lighthouse", "harbour", "harbor", "ferry", "beach", "coast",
            "ship", "boat", "wave", "submarine"),
    "river": ("river", "lake", "flood", "shore", "canal"),
    "skyline": ("city", "skyline", "street", "floor", "tower", "skyscraper", "downtown", "metro",
                "window cleaner", "office", "club"),
    "hills": ("mountain", "ridge", "hill", "valley", "village", "farm", "countryside", "meadow",
              "field", "peak"),
    "desert": ("desert", "dune", "sandstorm", "convoy", "road", "highway", "canyon"),
    "forest": ("forest", "wood", "jungle", "tree", "cabin"),
    "night sky": ("space", "rocket", "moon", "planet", "star", "orbit", "galaxy", "astronaut"),
    "interior": ("room", "house", "hotel", "kitchen", "theatre", "ballroom", "prison", "court",
                 "parliament", "school", "hospital", "shed"),
}  # fmt: skip

HEADS = {
    ("close-up", 1): 0.45, ("close-up", 2): 0.335, ("close-up", 3): 0.335,
    ("medium", 1): 0.235, ("medium", 2): 0.205, ("medium", 3): 0.175, ("medium", 4): 0.15,
    ("medium", 5): 0.14,
}  # fmt: skip
"""Height from chin to hairline of the lead, as a share of the canvas's height."""
FACE = 1.17
"""The same height in head widths."""


@dataclass(frozen=True, slots=True)
class Head:
    """A head in pixels of the canvas: middle of the face, width; turn −1 left to 1 right."""

    x: float
    y: float
    size: float
    tilt: float
    turn: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A comp before it is drawn; all lengths in pixels of the canvas.

    Attributes:
        shot: none, long, medium or close-up.
        heads: from the back to the front, the lead last; empty for none and long.
        figures: for a long shot: x of each figure's feet, and height, the lead last.
        feet: height of the ground that far figures stand on.
        focus: where the eye should go.
        title: left, top, right, bottom that the title may fill.
        align: of the title's lines.
        setting: a key of the settings, or "" for a plain ground.
        reasons: what decided each part: part, what, why.
    """

    width: int
    height: int
    shot: str
    heads: tuple[Head, ...]
    figures: tuple[tuple[float, float], ...]
    feet: float
    focus: tuple[float, float]
    title: tuple[float, float, float, float]
    align: str
    setting: str
    reasons: tuple[tuple[str, str, str], ...]


def look_of(brief: Brief) -> Look:
    """The letters and wardrobe that the first known genre of a brief usually has."""
    for genre in brief.genres:
        if genre.casefold() in _LOOK_OF:
            return LOOKS[_LOOK_OF[genre.casefold()]]
    return LOOKS["drama"]


def setting_of(brief: Brief) -> tuple[str, str]:
    """The setting that a brief's words speak of most, and the word that says so; or two blanks."""
    wishes = " ".join((*brief.must_show, *brief.tags))
    text = f" {wishes} {wishes} {brief.synopsis} ".casefold()
    best, found, most = "", "", 0
    for setting, words in _SETTINGS.items():
        counts = {word: text.count(f" {word}") for word in words}
        total = sum(counts.values())
        if total > most and avoided(setting, brief.avoid) is None:
            best, found, most = setting, max(counts, key=lambda word: counts[word]), total
    return best, found


def stage(brief: Brief, aims: tuple[Aim, ...], shape: Shape, seed: int) -> Stage:
    """Lay a comp out on a canvas as the aims say; what they leave open is drawn from the seed.

    Args:
        brief: gives the setting, and the number of people where it says so.
        aims: of one concept.
        shape: the canvas, with its safe area.
        seed: of what is left open.
    """
    rng = np.random.default_rng(seed % 2**32)
    width, height = shape.size
    cast, why_cast = _cast(aims, rng)
    shot, why_shot = _shot(aims, cast)
    heads_wanted = {"none": 0, "single": 1, "pair": 2, "group": int(rng.integers(3, 6))}[cast]
    if shot == "close-up":
        heads_wanted = min(heads_wanted, 3)
    setting, word = setting_of(brief)
    wide = width / height > 1.25
    place, why_place = _title_place(aims, wide, cast)
    side = _side(aims, rng)
    title, align = _title_block(shape, place, wide, side, shot)
    centre = _centre(aims, wide, side, shot, place)
    heads: tuple[Head, ...] = ()
    figures: tuple[tuple[float, float], ...] = ()
    feet = height * (0.88 if wide else 0.86 if place == "top" else 0.60)
    if shot == "long":
        figures = _figures(heads_wanted, centre[0] * width, height, wide, rng)
        focus = (centre[0] * width, feet - figures[-1][1] * 0.85)
    elif heads_wanted:
        heads = _heads(aims, heads_wanted, shot, centre, width, height, rng)
        focus = (heads[-1].x, heads[-1].y)
        if heads_wanted == 2:
            focus = ((heads[0].x + heads[1].x) / 2, (heads[0].y + heads[1].y) / 2)
    else:
        focus = (centre[0] * width, 0.42 * height)
    reasons = (
        ("cast", cast, why_cast),
        ("shot", shot, why_shot),
        ("title", place, why_place),
        ("setting", setting or "plain ground", f"the brief says “{word}”" if word else "no word"),
    )
    return Stage(width, height, shot, heads, figures, feet, focus, title, align, setting, reasons)


def _cast(aims: tuple[Aim, ...], rng: np.random.Generator) -> tuple[str, str]:
    for aim in aims:
        if aim.feature == "people_grouping" and aim.more and aim.level:
            return aim.level, aim.reason
    faces = asked_value(aims, "face_count")
    if faces is not None and faces.value is not None:
        count = min(3, round(faces.value))
        return ("none", "single", "pair", "group")[count], faces.reason
    away = {aim.level for aim in aims if aim.feature == "people_grouping" and not aim.more}
    left = [one for one in ("single", "pair", "group", "none") if one not in away]
    return str(left[int(rng.integers(len(left[:2])))]), "left open by the evidence"


def _shot(aims: tuple[Aim, ...], cast: str) -> tuple[str, str]:
    if cast == "none":
        return "none", "nobody is shown"
    for aim in aims:
        if aim.feature == "shot_type" and aim.more and aim.level not in (None, "none"):
            return str(aim.level), aim.reason
    face = asked_value(aims, "largest_face_share")
    if face is not None:
        return ("close-up" if face.more else "medium"), face.reason
    away = {aim.level for aim in aims if aim.feature == "shot_type" and not aim.more}
    order = ("medium", "close-up", "long")
    return next((one for one in order if one not in away), "medium"), "left open by the evidence"


def _title_place(aims: tuple[Aim, ...], wide: bool, cast: str) -> tuple[str, str]:
    level = asked_level(aims, "title_position")
    if level in ("top", "middle", "bottom"):
        reason = next(aim.reason for aim in aims if aim.level == level)
        return level, reason
    return ("middle" if wide and cast != "none" else "bottom"), "left open by the evidence"


def _side(aims: tuple[Aim, ...], rng: np.random.Generator) -> int:
    """Where people stand on a wide canvas: −1 left, 1 right."""
    x = asked_value(aims, "face_x")
    if x is not None and x.value is not None and abs(x.value - 0.5) > 0.02:
        return 1 if x.value > 0.5 else -1
    return int(rng.choice([-1, 1]))


def _title_block(
    shape: Shape, place: str, wide: bool, side: int, shot: str
) -> tuple[tuple[float, float, float, float], str]:
    width, height = shape.size
    left, top, right, bottom = shape.safe
    margin = 0.02
    if wide:
        spans = {"top": (top + margin, 0.44), "middle": (0.30, 0.70), "bottom": (0.50, 0.80)}
        y0, y1 = spans[place]
        y1 = min(y1, bottom - 0.10)
        x0, x1 = (left + margin, 0.445) if side > 0 else (0.555, right - margin)
        return (x0 * width, y0 * height, x1 * width, y1 * height), "left"
    tall = {"close-up": 0.155, "medium": 0.20}.get(shot, 0.25)
    low = bottom - 0.085
    spans = {"top": (top + 0.035, top + tall), "middle": (0.44, 0.60), "bottom": (low - tall, low)}
    y0, y1 = spans[place]
    x0, x1 = left + margin, right - margin
    return (x0 * width, y0 * height, x1 * width, y1 * height), "centre"


def _centre(
    aims: tuple[Aim, ...], wide: bool, side: int, shot: str, place: str
) -> tuple[float, float]:
    x, y = asked_value(aims, "face_x"), asked_value(aims, "face_y")
    across = 0.5 if x is None or x.value is None else x.value
    down = 0.37 if y is None or y.value is None else y.value
    if wide:
        across = 0.5 + side * (0.235)
        down = 0.47
    elif place == "top":
        down = max(down, 0.52)
    elif shot == "close-up":
        down = 0.385
    return across, down


def _heads(
    aims: tuple[Aim, ...],
    count: int,
    shot: str,
    centre: tuple[float, float],
    width: int,
    height: int,
    rng: np.random.Generator,
) -> tuple[Head, ...]:
    wide = width / height > 1.25
    share = HEADS[shot, min(count, 5 if shot == "medium" else 3)] * (1.25 if wide else 1.0)
    size = share * height / FACE
    room = (0.47 if wide else 0.88) * width
    x, y = centre[0] * width, centre[1] * height
    if count > 2 and not wide:
        x = width / 2
    turns = _turns(aims, count, rng)
    tilt = float(rng.uniform(2, 5))
    if count == 1:
        return (Head(x, y, size, float(rng.uniform(-4, 4)), turns[0]),)
    if count == 2:
        apart = min(size * (0.98 if shot == "close-up" else 1.30), room - size * 0.95)
        high = float(rng.uniform(0.05, 0.12)) * size
        lead = 1 if rng.random() < 0.5 else -1
        back = Head(x + lead * apart / 2, y - high, size * 0.97, -lead * tilt, -lead * turns[0])
        front = Head(x - lead * apart / 2, y + high, size, lead * tilt, lead * turns[0])
        return back, front
    step = min(size * 1.12, (room - size * 1.2) / (count // 2 * 2))
    heads = []
    for place in range(count - 1, 0, -1):
        away = (place + 1) // 2 * (1 if place % 2 else -1)
        small = 0.92 - 0.07 * (abs(away) - 1)
        rise = (0.34 if place % 2 else 0.20) * size - 0.12 * size * (abs(away) - 1)
        turn = float(np.clip(-away * 0.45, -0.8, 0.8))
        heads.append(Head(x + away * step, y - rise, size * small, away * 2.0, turn))
    heads.append(Head(x, y + 0.16 * size, size * 1.06, 0.0, turns[0] if turns[0] < 1 else 0.0))
    return tuple(heads)


def _turns(aims: tuple[Aim, ...], count: int, rng: np.random.Generator) -> tuple[float, ...]:
    """How far the lead turns; for a pair, how far both turn inward."""
    each_other = asked_value(aims, "facing_each_other")
    if count == 2:
        if each_other is not None:
            return (0.85 if each_other.more else -0.25,)
        return (float(rng.choice([0.7, 0.3])),)
    facing = asked_level(aims, "facing")
    if facing is not None:
        return ({"left": -0.85, "right": 0.85, "viewer": 0.0}[facing],)
    return (float(rng.choice([-0.6, 0.0, 0.6])),)


def _figures(
    count: int, x: float, height: int, wide: bool, rng: np.random.Generator
) -> tuple[tuple[float, float], ...]:
    tall = height * (0.46 if wide else 0.27)
    gap = tall * (0.30 if count == 2 else 0.36)
    places = []
    for place in range(count - 1, -1, -1):
        away = (place + 1) // 2 * (1.0 if place % 2 else -1.0)
        if count == 2:
            away = place - 0.5
        places.append((x + away * gap, tall * (1 - 0.05 * abs(away) - float(rng.uniform(0, 0.04)))))
    return tuple(places)
