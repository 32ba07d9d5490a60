"""Where the levers of an index stand in any picture, in the index's own steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from index.features.analysis import shrink
from index.features.saliency import saliency_map
from index.io.images import Picture
from index.records import Pixels

if TYPE_CHECKING:
    from PIL.Image import Image

    from index.features.analysis import Analysis
    from index.features.extract import FeatureExtractor
    from index.features.feature import Value
    from index.query.levers import Levers

MEASURED_SIDE = 640
"""Longer side at which pictures of an index are measured."""
_QUICK_SIDE, _SMALL = 320, 450
"""Side of the copy on which gradings are tried, and the longer side up to which none is made."""


class Gauge:
    """Measures the axes of an index on pictures; detectors are loaded on first use.

    Args:
        levers: of the index.
    """

    def __init__(self, levers: Levers) -> None:
        self.levers = levers

    @cached_property
    def extractor(self) -> FeatureExtractor:
        """Measures the features that the axes are made of."""
        from index.features.extract import FeatureExtractor
        from index.features.registry import features

        known = {one.name for one in features()}
        wanted = {name for one in self.levers.fitted for name in one.members}
        return FeatureExtractor(sorted(wanted & known))

    def steps(self, picture: Image) -> dict[str, float]:
        """Value of every axis in steps, as the index would measure the picture; NaN if unknown."""
        return self.steps_of(self.extractor.extract([decoded(picture)])[0])

    def sit(self, picture: Image) -> Sitting:
        """Find faces, lettering and the subject once, for regrades of the same picture."""
        whole = decoded(picture)
        small = whole.pixels
        if max(small.shape) > _SMALL:
            small = np.ascontiguousarray(shrink(small, _QUICK_SIDE))
        found = self.extractor.analyse(whole)
        lines = tuple(replace(line, contrast=None) for line in found.text or ())
        return Sitting(self, whole.pixels, small, replace(found, text=lines))

    def steps_of(self, features: Mapping[str, Value]) -> dict[str, float]:
        """Value of every axis in steps, of measured features."""
        held = self.levers.measure([features])
        return {name: float(values[0]) for name, values in held.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """A picture whose things were found, so that other gradings of it are measured quickly.

    Attributes:
        whole: as an index measures it, H × W × 3.
        small: the same, or a smaller copy on which gradings are tried.
        found: faces and lettering, which stay where they are in every grading.
    """

    gauge: Gauge
    whole: Pixels
    small: Pixels
    found: Analysis

    def steps(self, pixels: Pixels) -> dict[str, float]:
        """Value of every axis in steps of either copy in another grading."""
        picture = Picture(pixels, pixels.shape[1], pixels.shape[0])
        found = replace(self.found, saliency=saliency_map(pixels))
        return self.gauge.steps_of(self.gauge.extractor.measure(picture, found))


def decoded(picture: Image) -> Picture:
    """A picture as the index would read it."""
    small = picture.copy()
    small.thumbnail((MEASURED_SIDE, MEASURED_SIDE))
    return Picture(np.ascontiguousarray(np.asarray(small.convert("RGB"))), *picture.size)
