"""Finding lettering.

The detector is that of PP-OCR (differentiable binarisation, Liao et al. 2020, Real-time scene
text detection with differentiable binarization), held in 8 bits by `tools/quantise.py`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from index.features.analysis import TextBlock
from index.features.runtime import open_carried
from index.records import Pixels

_SIDE, _STEP = 512, 32


class TextDetector:
    """Finds lines of text; safe to share between threads."""

    def __init__(self) -> None:
        from rapidocr.ch_ppocr_det.utils import DBPostProcess

        self._net = open_carried("text_detector.onnx")
        # Chosen on posters labelled by eye: boxes lie closer around large letters than with the
        # values of the package, and sparse false ones are dropped.
        self._boxes = DBPostProcess(
            thresh=0.2, box_thresh=0.7, unclip_ratio=1.1, use_dilation=False, score_mode="slow"
        )

    def detect(self, pixels: Pixels) -> tuple[TextBlock, ...]:
        """Lines of text in a uint8 H × W × 3 sRGB picture, from top to bottom."""
        batch, size = detector_input(pixels)
        heat = self._net.run(None, {self._net.get_inputs()[0].name: batch})[0]
        boxes, scores = self._boxes(heat, (size[1], size[0]))
        blocks = [
            TextBlock(tuple((float(x) / size[0], float(y) / size[1]) for x, y in box), float(score))
            for box, score in zip(boxes, scores, strict=True)
        ]
        return tuple(sorted(blocks, key=lambda block: (block.corners[0][1], block.corners[0][0])))


def detector_input(pixels: Pixels) -> tuple[npt.NDArray[np.float32], tuple[int, int]]:
    """A uint8 H × W × 3 sRGB picture as the network takes it, and its width and height there."""
    import cv2

    height, width = pixels.shape[:2]
    scale = _SIDE / max(height, width)
    across, down = (max(_STEP, round(v * scale / _STEP) * _STEP) for v in (width, height))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(pixels, (across, down), interpolation=method)
    return network_input(np.asarray(small, np.uint8)), (across, down)


def network_input(pixels: Pixels) -> npt.NDArray[np.float32]:
    """(1, 3, H, W) a uint8 H × W × 3 sRGB picture as both networks of PP-OCR were trained on it."""
    batch = (pixels[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32) / 255 - 0.5) / 0.5
    return np.ascontiguousarray(batch)


def text_mask(blocks: tuple[TextBlock, ...], width: int, height: int) -> npt.NDArray[np.bool_]:
    """True where text is, on a grid of height × width."""
    import cv2

    mask = np.zeros((height, width), np.uint8)
    for block in blocks:
        corners = np.rint(np.array(block.corners) * [width, height] - 0.5).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1)
    return mask.astype(bool)
