"""What a theme is called, and what is said of it: only what its pictures have more of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prompts import render

COMPARATIVES = {
    "brightness": ("brighter", "darker"),
    "contrast": ("more contrast", "less contrast"),
    "warm_cool": ("warmer colours", "cooler colours"),
    "saturation": ("purer colours", "duller colours"),
    "colourfulness": ("more colourful", "less colourful"),
    "sharpness": ("sharper", "softer"),
    "clutter": ("busier", "calmer"),
    "largest_face_share": ("larger faces", "smaller faces"),
    "face_x": ("face further right", "face further left"),
    "face_y": ("face lower", "face higher"),
    "visual_centre_x": ("weight further right", "weight further left"),
    "visual_centre_y": ("weight lower", "weight higher"),
    "text_coverage": ("more text", "less text"),
    "title_share": ("larger title", "smaller title"),
    "legibility": ("text easier to read", "text harder to read"),
    "hue_variety": ("more hues", "fewer hues"),
    "negative_space": ("more empty space", "less empty space"),
    "background_blur": ("softer ground", "crisper ground"),
    "figure_ground_contrast": ("subject stands out more", "subject stands out less"),
    "rule_of_thirds": ("subject on the thirds", "subject off the thirds"),
    "symmetry": ("more symmetrical", "less symmetrical"),
}
"""A number that is higher, and lower, than in the title's other artwork."""

_TONES = {
    "brightness": ("bright", "dark"),
    "warm_cool": ("warm", "cool"),
    "saturation": ("vivid", "muted"),
    "colourfulness": ("colourful", "muted"),
    "contrast": ("stark", "pale"),
    "clutter": ("busy", "calm"),
    "sharpness": ("crisp", "soft"),
    "hue_variety": ("many-coloured", "plainly coloured"),
    "symmetry": ("symmetrical", "off-balance"),
    "low_key": ("low-key", ""),
    "high_key": ("high-key", ""),
    "monochrome": ("black-and-white", ""),
    "style_animation": ("animated", ""),
    "style_illustration": ("painted", ""),
    "style_film_noir": ("film-noir", ""),
    "style_minimalism": ("spare", ""),
}
_SUBJECTS = {
    ("shot_type", "close-up"): "close-ups",
    ("people_grouping", "single"): "lone figures",
    ("people_grouping", "pair"): "pairs",
    ("people_grouping", "group"): "groups",
    ("people_grouping", "none"): "pictures without people",
    ("face_count", "1"): "single faces",
    ("face_count", "2"): "pairs of faces",
    ("face_count", "3+"): "groups of faces",
    ("person_count", "1"): "lone figures",
    ("person_count", "2"): "pairs",
    ("person_count", "3+"): "groups",
    ("shot_type", "medium"): "half-length figures",
    ("shot_type", "wide"): "wide shots",
    ("shot_type", "none"): "pictures without faces",
}
_TOGETHER = {
    "two": (("face_count", "2"), ("person_count", "2"), ("people_grouping", "pair")),
    "more": (("face_count", "3+"), ("person_count", "3+"), ("people_grouping", "group")),
}
_BESIDE = {
    "largest_face_share": ("large faces", "small faces"),
    "text_coverage": ("much text", "little text"),
    "title_share": ("a large title", "a small title"),
    "negative_space": ("much empty space", "little empty space"),
    "background_blur": ("a soft ground", "a crisp ground"),
}
_COLOURS = frozenset(
    ("black", "grey", "white", "brown", "red", "orange", "yellow", "green", "teal", "blue",
     "purple", "pink")
)  # fmt: skip
_OPPOSITES = tuple(
    frozenset(pair.split())
    for pair in ("bright dark", "bright low-key", "dark low-key", "bright high-key", "vivid muted",
                 "vivid colourful", "warm orange", "warm yellow", "cool blue", "cool teal",
                 "dark black", "black low-key", "bright white", "white high-key", "busy calm",
                 "pale muted", "yellow orange", "yellow brown", "orange brown", "warm brown",
                 "blue teal",
                 "muted black-and-white", "grey black-and-white", "pale dark")
)  # fmt: skip
"""Tones that contradict each other or say the same, of which a name takes the stronger."""
MOST = 0.5
"""Share of a theme's pictures that must have a thing for the theme to be called after it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a theme."""

    name: str
    description: str


def tell_theme(
    traits: Sequence[dict[str, Any]],
    genres: Sequence[tuple[str, float, float]],
    artworks: int,
    titles: int,
) -> Told:
    """Name and description of a theme, by the templates `theme_name.txt`, `theme.txt`.

    A name has at most two tones, a subject and one thing beside it, each a trait; a thing that
    is present or not enters the name only where at least half of the pictures have it.

    Args:
        traits: of `theme_patterns.traits`, most telling first.
        genres: over-represented genres with their share of the theme's titles and of all.
        artworks, titles: in the theme.
    """
    tones: list[str] = []
    subjects = _several(traits)
    beside: list[str] = []
    for one in traits:
        if one["share"] is not None and one["share"] < MOST:
            continue
        tone, subject, thing = _parts(one)
        if subject and not subjects:
            subjects.append(subject)
        elif tone and len(tones) < 2 and not any(_clash(tone, other) for other in tones):
            tones.append(tone)
        elif thing and not beside:
            beside.append(thing)
    if subjects and beside and len(tones) > 1:
        tones = tones[:1]
    named = bool(subjects or tones or beside)
    return Told(
        render("theme_name.txt", tones=tones, subjects=subjects, beside=beside, named=named),
        render("theme.txt", artworks=artworks, titles=titles, traits=traits, genres=genres),
    )


def _several(traits: Sequence[dict[str, Any]]) -> list[str]:
    """The subject of a theme of which most pictures show two people or more, told by no one level.

    Levels of one feature exclude each other, and traits that say the same are told once, so
    that shares may be added; what they add up to is at most everything.
    """
    shares = {
        side: max((one["share"] for one in traits if (one["feature"], one["level"]) in levels),
                  default=0.0)
        for side, levels in _TOGETHER.items()
    }  # fmt: skip
    most = max(shares.values())
    return (
        ["pairs and groups"]
        if min(shares.values()) > 0 and most < MOST <= sum(shares.values())
        else []
    )


def _parts(trait: dict[str, Any]) -> tuple[str, str, str]:
    """A trait as tone, subject or thing beside; at most one of them is not empty."""
    feature, level, side = trait["feature"], trait["level"], 0 if trait["difference"] > 0 else 1
    if level is not None:
        colour = level if feature == "dominant_colour" and level in _COLOURS else ""
        return colour, _SUBJECTS.get((feature, level), ""), ""
    if feature in _TONES:
        return _TONES[feature][side], "", ""
    if feature in _BESIDE:
        return "", "", _BESIDE[feature][side]
    colour = feature.removesuffix("_share")
    if colour in _COLOURS and colour != feature:
        return (colour if side == 0 else ""), "", ""
    says = concept_says(feature)
    return "", "", says if side == 0 and not feature.startswith(("mood_", "theme_")) else ""


def concept_says(feature: str) -> str:
    """What a concept's feature shows, in words ("a beach"); empty for other features."""
    from index.features.concepts.vocabulary import load_vocabulary

    return next((one.says for one in load_vocabulary().values() if one.feature == feature), "")


def _clash(one: str, other: str) -> bool:
    return one == other or frozenset((one, other)) in _OPPOSITES
