"""Who is in the picture and how they are shown. Says nothing of gender, age or origin."""

from __future__ import annotations

import numpy as np

from index.features.analysis import BodyPart, Box, Face
from index.features.feature import DRAWN, EYE, Feature, Value

SHOTS = ("none", "long", "medium", "close-up")
FACINGS = ("left", "right", "viewer")
GROUPINGS = ("none", "single", "pair", "group")

CLOSE_UP, MEDIUM = 0.30, 0.12
"""Least height of the largest face, as a share of the picture's height, of these shots."""
_HAIRLINE = 0.93
"""From chin to hairline as a share of the detectors' boxes, which reach a little beyond both."""
_TURNED = 0.15
_LEAST_BODY_SCORE = 0.5
_TORSO = frozenset(
    f"{part} {state}"
    for part in ("belly", "breast", "chest", "buttocks")
    for state in ("covered", "exposed")
)

FEATURES = (
    Feature("face_count", "faces", 0, None, "count", "people",
        "How many faces can be seen.",
        "MTCNN (Zhang et al. 2016) cross-checked with NudeNet's face boxes.", "people",
        checked=EYE),
    Feature("person_count", "people", 0, None, "count", "people",
        "How many people can be told apart, by faces and by bodies without a visible face.",
        "Faces, unsure ones too, and torsos found by NudeNet that lie under none of them.",
        "people",
        checked=f"{EYE} People seen small or from behind are missed."),
    Feature("largest_face_share", "share of the picture", 0, 1, "share", "people",
        "How much of the picture the largest face takes.",
        "Area of the largest face box; 0 without faces.", "people",
        checked=f"{DRAWN} a photographed face of known size within a fifth. {EYE}"),
    Feature("shot_type", "kind of shot", None, None, "category", "people",
        "How near the people are: close-up, medium, long, or no face at all.",
        "Chin to hairline of the largest face, as a share of the picture's height: close-up from "
        f"{CLOSE_UP:.0%}, medium from {MEDIUM:.0%}, else long.", "people", SHOTS,
        checked=EYE),
    Feature("face_x", "share of the width", 0, 1, "share", "people",
        "Where the largest face is from left (0) to right (1); missing without faces.",
        "Middle of its box.", "people",
        checked=f"{DRAWN} a photographed face at a known place within 3 %."),
    Feature("face_y", "share of the height", 0, 1, "share", "people",
        "Where the largest face is from top (0) to bottom (1); missing without faces.",
        "Middle of its box.", "people",
        checked=f"{DRAWN} a photographed face at a known place within 3 %."),
    Feature("facing", "direction", None, None, "category", "people",
        "Whether the largest face looks to the picture's left, its right or at the viewer.",
        "Offset of the nose from the middle of the eyes against their distance, from MTCNN's "
        "landmarks; missing without landmarks.", "people", FACINGS,
        checked=f"{EYE} Most people on them face the viewer, and saying so of all would be no "
        "worse: take left and right for hints."),
    Feature("facing_each_other", "0 or 1", 0, 1, "flag", "people",
        "The two largest faces are turned towards each other.",
        "The left one faces right and the right one left; 0 with fewer than two faces.",
        "people", checked=f"{DRAWN} landmarks of known direction; as sure as `facing` is."),
    Feature("people_grouping", "kind of cast", None, None, "category", "people",
        "Whether nobody, one person, a pair or a group is shown.",
        "By the number of people: 0, 1, 2, or 3 and more.", "people", GROUPINGS,
        checked=f"{EYE} People without a visible face are often missed."),
)  # fmt: skip


def measure_people(
    faces: tuple[Face, ...],
    parts: tuple[BodyPart, ...],
    aspect: float = 1.0,
    glimpsed: tuple[Face, ...] = (),
) -> dict[str, Value]:
    """Features of people by name.

    Args:
        faces, parts: what was found.
        aspect: height over width of the picture.
        glimpsed: faces that only count as people.
    """
    largest = max(faces, key=lambda face: face.box.area, default=None)
    everyone = faces + glimpsed
    people = len(everyone) + count_faceless(everyone, parts)
    x, y = largest.box.centre if largest else (None, None)
    return {
        "face_count": float(len(faces)),
        "person_count": float(people),
        "largest_face_share": largest.box.area if largest else 0.0,
        "shot_type": shot_type(faces),
        "face_x": x,
        "face_y": y,
        "facing": facing(largest, aspect) if largest else None,
        "facing_each_other": float(_face_each_other(faces, aspect)),
        "people_grouping": GROUPINGS[min(people, 3)],
    }


def shot_type(faces: tuple[Face, ...]) -> str:
    """One of SHOTS, by the largest face's height from chin to hairline."""
    height = _HAIRLINE * max((face.box.height for face in faces), default=0.0)
    if not height:
        return "none"
    return "close-up" if height >= CLOSE_UP else "medium" if height >= MEDIUM else "long"


def facing(face: Face, aspect: float = 1.0) -> str | None:
    """One of FACINGS as seen in the picture, or None without landmarks."""
    turn = head_turn(face, aspect)
    if turn is None:
        return None
    return "left" if turn < -_TURNED else "right" if turn > _TURNED else "viewer"


def head_turn(face: Face, aspect: float = 1.0) -> float | None:
    """How far the nose lies from the middle of the eyes along their line, in eye distances.

    Negative is to the picture's left. None without landmarks.

    Args:
        face: the face.
        aspect: height over width of the picture.
    """
    if not face.landmarks:
        return None
    left, right, nose = np.array(face.landmarks[:3]) * [1.0, aspect]
    line = right - left
    length = float(line @ line)
    return float((nose - (left + right) / 2) @ line) / length if length else None


def count_faceless(faces: tuple[Face, ...], parts: tuple[BodyPart, ...]) -> int:
    """Torsos that belong to no face; parts in one column count as one torso."""
    reaches = [_reach(face.box) for face in faces]
    free = [
        part.box
        for part in parts
        if part.name in _TORSO
        and part.score >= _LEAST_BODY_SCORE
        and not any(_holds(reach, part.box.centre) for reach in reaches)
    ]
    columns: list[Box] = []
    for box in sorted(free, key=lambda one: -one.area):
        if not any(column.left < box.centre[0] < column.right for column in columns):
            columns.append(box)
    return len(columns)


def _reach(box: Box) -> Box:
    """Where the body that belongs to a face may be."""
    x, _ = box.centre
    return Box(x - 2.5 * box.width, box.top, x + 2.5 * box.width, box.bottom + 7 * box.height)


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom


def _face_each_other(faces: tuple[Face, ...], aspect: float) -> bool:
    first_two = sorted(faces, key=lambda face: -face.box.area)[:2]
    if len(first_two) < 2:
        return False
    left, right = sorted(first_two, key=lambda face: face.box.centre[0])
    return facing(left, aspect) == "right" and facing(right, aspect) == "left"
