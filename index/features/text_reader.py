"""Reading lettering.

The recognition network is that of PP-OCR, held in 8 bits by `tools/quantise.py`. It knows Latin and
Chinese script, Greek, and Japanese syllables.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from index.features.analysis import TextBlock
from index.features.runtime import open_carried
from index.features.text import line_contrast, line_weights
from index.features.text_detector import network_input
from index.io.images import Picture
from index.records import Pixels

MOST_READ = 3
"""Lines that are read of every picture, the heaviest: more find hardly any further title."""
_HEIGHT, _STEP, _WIDEST = 48, 8, 320
"""Pixels of a line as the network reads it; a longer line is drawn together."""
_MARGIN = 0.1
"""What is added on each side of a line, as a share of its shorter side."""
_UPRIGHT = 1.5
"""Height over width from which a line is taken to be turned by a quarter."""


class TextReader:
    """Reads single lines; safe to share between threads."""

    def __init__(self) -> None:
        from rapidocr.ch_ppocr_rec.utils import CTCLabelDecode

        self._net = open_carried("text_reader.onnx")
        signs = self._net.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._decode = CTCLabelDecode(character=signs)

    def read_largest(self, pixels: Pixels, lines: tuple[TextBlock, ...]) -> tuple[TextBlock, ...]:
        """The lines, the MOST_READ heaviest of them with their text and contrast.

        Args:
            pixels: uint8 H × W × 3 sRGB.
        """
        heaviest = heaviest_lines(pixels, lines)
        return tuple(
            replace(line, text=self.read(pixels, line), contrast=line_contrast(pixels, line))
            if at in heaviest
            else line
            for at, line in enumerate(lines)
        )

    def read(self, pixels: Pixels, line: TextBlock) -> str:
        """What one line says."""
        batch = line_input(pixels, line)
        odds = self._net.run(None, {self._net.get_inputs()[0].name: batch})[0]
        ((text, _),) = self._decode(odds, wh_ratio_list=[1.0], max_wh_ratio=1.0)[0]
        return str(text)


def heaviest_lines(pixels: Pixels, lines: tuple[TextBlock, ...]) -> tuple[int, ...]:
    """Which lines of a uint8 H × W × 3 picture are read: the MOST_READ that weigh most."""
    order = np.argsort(-line_weights(lines, pixels.shape[0] / pixels.shape[1]), kind="stable")
    return tuple(order[:MOST_READ].tolist())


def line_input(pixels: Pixels, line: TextBlock) -> npt.NDArray[np.float32]:
    """(1, 3, 48, w) one line of a uint8 H × W × 3 sRGB picture as the network takes it."""
    import cv2

    strip = _cut_out(pixels, line)
    height, width = strip.shape[:2]
    steps = round(_HEIGHT * width / height / _STEP)
    size = (min(max(steps * _STEP, _HEIGHT), _WIDEST), _HEIGHT)
    method = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    small = cv2.resize(strip, size, interpolation=method)
    return network_input(np.asarray(small, np.uint8))


def _cut_out(pixels: Pixels, line: TextBlock) -> Pixels:
    """The line with a margin, laid level."""
    import cv2

    height, width = pixels.shape[:2]
    corners = np.array(line.corners, np.float64) * [width, height]
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    wide, high = max(float(np.linalg.norm(across)), 1.0), max(float(np.linalg.norm(down)), 1.0)
    margin = _MARGIN * min(wide, high)
    right, below = across / wide * margin, down / high * margin
    corners += np.array([-right - below, right - below, right + below, below - right])
    size = (max(_STEP, round(wide + 2 * margin)), max(_STEP, round(high + 2 * margin)))
    level: npt.NDArray[np.float32] = np.array(
        [[0, 0], [size[0], 0], size, [0, size[1]]], np.float32
    )
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), level)
    strip = cv2.warpPerspective(
        pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    turned = np.rot90(strip) if size[1] >= _UPRIGHT * size[0] else strip
    return np.ascontiguousarray(turned, np.uint8)


def recognise_text(picture: Picture) -> tuple[TextBlock, ...]:
    """Find and read all lettering, from top to bottom; slow (half a second), so only on demand."""
    height, width = picture.pixels.shape[:2]
    with _reading:
        found = _reader()(np.ascontiguousarray(picture.pixels[..., ::-1]))
    if found.txts is None:
        return ()
    rows = zip(found.txts, found.boxes, found.scores, strict=True)
    return tuple(
        TextBlock(tuple((float(x) / width, float(y) / height) for x, y in box), float(score), text)
        for text, box, score in rows
    )


_reading = threading.Lock()


@cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error"})
