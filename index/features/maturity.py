"""What may be unfit for some audiences. Weapons and gore are told by an encoder, not here."""

from __future__ import annotations

from index.features.analysis import BodyPart
from index.features.feature import Feature, Value

_NUDE = frozenset({"genitalia exposed", "breast exposed", "buttocks exposed", "anus exposed"})
_BARE = frozenset({"chest exposed", "belly exposed"})
_LEAST_SCORE = 0.6
"""At 0.5 one of 240 posters of clothed people was flagged for a face; at 0.6 none."""

FEATURES = (
    Feature("nudity", "0 or 1", 0, 1, "flag", "maturity",
        "Intimate parts of a body are exposed.",
        "NudeNet finds exposed breasts, buttocks or genitalia with a score of at least 0.6.",
        "people",
        checked="No false alarm on 240 posters of clothed people; how much is missed is not known, "
        "for want of pictures."),
    Feature("bare_torso", "0 or 1", 0, 1, "flag", "maturity",
        "A bare chest or belly is shown.",
        "NudeNet finds an exposed chest or belly with a score of at least 0.6.", "people",
        checked="How sure a detection must be is held by test; how much is missed is not known, "
        "for want of pictures."),
)  # fmt: skip


def measure_maturity(parts: tuple[BodyPart, ...]) -> dict[str, Value]:
    """Maturity flags by name."""
    sure = {part.name for part in parts if part.score >= _LEAST_SCORE}
    return {"nudity": float(bool(sure & _NUDE)), "bare_torso": float(bool(sure & _BARE))}
