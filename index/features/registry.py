"""All features that are measured, by name."""

from __future__ import annotations

from difflib import get_close_matches

from index.errors import InputError
from index.features import bodies, colour, composition, layout, people, text
from index.features.feature import Feature, Kind, Value

__all__ = ["Feature", "Kind", "Value", "feature", "features"]

_ALL = (
    *people.FEATURES,
    *text.FEATURES,
    *colour.FEATURES,
    *composition.FEATURES,
    *layout.FEATURES,
    *bodies.FEATURES,
)
_BY_NAME = {one.name: one for one in _ALL}


def features() -> tuple[Feature, ...]:
    """Every feature, in the order in which they are shown."""
    return _ALL


def feature(name: str) -> Feature:
    """The feature of this name.

    Raises:
        InputError: there is none; names the nearest.
    """
    if name not in _BY_NAME:
        near = get_close_matches(name, _BY_NAME, n=1)
        hint = f"the nearest is {near[0]!r}" if near else "see the list of features"
        raise InputError(f"there is no feature {name!r}", hint=hint)
    return _BY_NAME[name]
