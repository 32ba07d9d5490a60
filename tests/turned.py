"""Directions, aims and concepts for tests, of the built-in levers."""

from __future__ import annotations

from typing import Any

import numpy as np

from assistant.answers.advice import Direction, Part
from assistant.mockups.aims import Aim, side_aim
from assistant.mockups.gauge import Gauge
from assistant.mockups.ideas import Idea
from assistant.wording import Interval
from index.features.levers.fit import FittedLever
from index.features.levers.lever import load_levers
from index.query.levers import Levers

LEVERS = Levers(load_levers(), ())
SIDES = sorted(
    (lever.name, side.name) for lever in LEVERS.all for _, _, side in lever.sides() if side.do
)
"""Lever and name of every side that is ever advised."""


def direction(lever: str, pole: str, grade: str = "supported", **changed: Any) -> Direction:
    """A lever turned to a side, by evidence of a grade."""
    fields: dict[str, Any] = {
        "lever": lever, "pole": pole, "do": f"Go {pole}", "variant": f"a {pole} grade",
        "package": (), "headline": f"Go {pole}: +16% plays with this audience, 34 titles, {grade}.",
        "effect": 0.2, "low": 0.1, "high": 0.3, "steps": 1.5, "change": Interval(0.1, 0.2, 0.3),
        "grade": grade, "reason": "", "titles": 34, "artworks": 90, "reach": 1.0,
        "by_cluster": (), "by_platform": (), "members": (), "pairs": (),
    }  # fmt: skip
    return Direction(**(fields | changed))


def part(cluster: str, low: float, high: float, grade: str = "supported") -> Part:
    """The effect of a side in a cluster."""
    change = Interval(low, (low + high) / 2, high)
    return Part(cluster, cluster, (low + high) / 2, low, high, change, 30, grade)


def idea(*directions: Direction, avoid: tuple[Direction, ...] = ()) -> Idea:
    """A concept for everybody."""
    return Idea("all", "whole audience", {}, directions, avoid)


def aim(lever: str, pole: str, *, more: bool = True, steps: float = 1.5) -> Aim:
    """A lever turned to a side by evidence, or away from it."""
    found = side_aim(LEVERS, lever, pole, steps=steps, more=more, grade="supported", reason="")
    assert found is not None, (lever, pole)
    return found


_FITS = {
    "light": {
        "brightness": (0.39, 0.44, 0.08), "black_share": (-0.36, 0.31, 0.08),
        "low_key": (-0.3, 0.3, 0.24), "white_share": (0.2, 0.06, 0.1),
        "high_key": (0.15, 0.07, 0.1),
    },
    "contrast": {"contrast": (0.61, 0.2, 0.04), "figure_ground_contrast": (0.6, 0.13, 0.05)},
    "colour_strength": {
        "saturation": (0.29, 0.34, 0.13), "colourfulness": (0.28, 40.0, 19.0),
        "grey_share": (-0.28, 0.26, 0.18), "hue_variety": (0.22, 3.2, 1.5),
        "monochrome": (-0.22, 0.39, 0.33),
    },
    "temperature": {
        "warm_cool": (0.4, 0.12, 0.26), "blue_share": (-0.25, 0.09, 0.14),
        "yellow_share": (0.23, 0.04, 0.09), "brown_share": (0.23, 0.07, 0.08),
        "red_share": (0.22, 0.06, 0.05), "orange_share": (0.2, 0.02, 0.05),
    },
}  # fmt: skip
"""Loading, mean and spread of the members of four levers, about as film posters have them."""


def fitted_levers() -> Levers:
    """The built-in levers, the four that a grade turns fitted as on film posters."""
    fitted = []
    for name, members in _FITS.items():
        lever = LEVERS.lever(name)
        assert lever is not None
        loadings, centres, scales = np.array(list(members.values())).T
        fitted.append(FittedLever(lever, tuple(members), loadings, centres, scales, ()))
    return Levers(LEVERS.all, tuple(fitted))


GAUGE = Gauge(fitted_levers())
