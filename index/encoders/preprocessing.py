"""From pixels of any size to the square a model was trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from index.records import Pixels


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """How a model wants its images.

    Attributes:
        size: (height, width) of the model's input in pixels.
        resize_to: (height, width) that mode `shortest` covers before it crops; larger than
            `size` where the model was trained on centre crops.
        mode: `shortest` covers and crops the centre, `longest` fits inside and pads, `squash`
            ignores the aspect ratio.
        interpolation: `bicubic` or `bilinear`, both antialiased.
        fill: value 0–255 of the padding.
        mean: per channel, of values scaled to 0–1; subtracted inside the exported graph.
        std: per channel; divided by inside the exported graph.
    """

    size: tuple[int, int]
    resize_to: tuple[int, int]
    mode: Literal["shortest", "longest", "squash"]
    interpolation: Literal["bicubic", "bilinear"]
    fill: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]

    def as_record(self) -> dict[str, Any]:
        """The fields as JSON-able values."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Preprocessing:
        """What `as_record` wrote."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in record.items()
        }
        return cls(**fields)

    def apply(self, pixels: Pixels) -> Pixels:
        """Resize, then crop or pad, one image to (size[0], size[1], 3)."""
        if self.mode == "squash":
            return self._window(pixels, self.size, (0, 0), self.size)
        height, width = pixels.shape[:2]
        if self.mode == "longest":
            ratio = max(height / self.size[0], width / self.size[1])
            inner = (_at_least_one(height / ratio), _at_least_one(width / ratio))
            drawn = self._window(pixels, inner, (0, 0), inner)
            canvas = np.full((*self.size, 3), self.fill, dtype=np.uint8)
            top, left = ((outer - own) // 2 for outer, own in zip(self.size, inner, strict=True))
            canvas[top : top + inner[0], left : left + inner[1]] = drawn
            return canvas
        rows, columns = self.resize_to
        if height * columns <= width * rows:
            resized = (rows, rows * width // height)
        else:
            resized = (columns * height // width, columns)
        offset = (
            round((resized[0] - self.size[0]) / 2),
            round((resized[1] - self.size[1]) / 2),
        )
        return self._window(pixels, resized, offset, self.size)

    def _window(
        self,
        pixels: Pixels,
        resized: tuple[int, int],
        offset: tuple[int, int],
        size: tuple[int, int],
    ) -> Pixels:
        """The window at `offset` of the image as if all of it had been resized to `resized`.

        Only the window is computed, so a picture a thousand times as wide as high costs no more
        than a square one. Pillow still reads past the box where the filter reaches past it.
        """
        down, along = (own / other for own, other in zip(pixels.shape[:2], resized, strict=True))
        box = (
            offset[1] * along,
            offset[0] * down,
            min((offset[1] + size[1]) * along, pixels.shape[1]),
            min((offset[0] + size[0]) * down, pixels.shape[0]),
        )
        from PIL import Image

        kernel = Image.Resampling[self.interpolation.upper()]
        image = Image.fromarray(pixels).resize((size[1], size[0]), kernel, box)
        window: npt.NDArray[np.uint8] = np.asarray(image)
        return window


def _at_least_one(value: float) -> int:
    return max(1, round(value))
