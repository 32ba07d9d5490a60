"""Who is in the picture and how they are shown. Says nothing of gender, age or origin."""

from __future__ import annotations

from index.features.analysis import Face
from index.features.feature import Feature, Value

SHOTS = ("none", "long", "medium", "close-up")

CLOSE_UP, MEDIUM = 0.30, 0.12
"""Least height of the largest face, as a share of the picture's height, of these shots."""

FEATURES = (
    Feature("face_count", "faces", 0, None, "count", "people",
        "How many faces can be seen.",
        "MTCNN (Zhang et al. 2016) cross-checked with NudeNet's face boxes.", "faces"),
    Feature("largest_face_share", "share of the picture", 0, 1, "share", "people",
        "How much of the picture the largest face takes.",
        "Area of the largest face box; 0 without faces.", "faces"),
    Feature("shot_type", "kind of shot", None, None, "category", "people",
        "How near the people are: close-up, medium, long, or no face at all.",
        f"Height of the largest face: close-up from {CLOSE_UP:.0%} of the picture's height, "
        f"medium from {MEDIUM:.0%}, else long.", "faces", SHOTS),
)  # fmt: skip


def measure_people(faces: tuple[Face, ...]) -> dict[str, Value]:
    """Features of people by name."""
    return {
        "face_count": float(len(faces)),
        "largest_face_share": max((face.box.area for face in faces), default=0.0),
        "shot_type": shot_type(faces),
    }


def shot_type(faces: tuple[Face, ...]) -> str:
    """One of SHOTS, by the largest face's height."""
    height = max((face.box.height for face in faces), default=0.0)
    if not height:
        return "none"
    return "close-up" if height >= CLOSE_UP else "medium" if height >= MEDIUM else "long"
