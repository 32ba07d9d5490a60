"""Where a head is turned and whether it smiles; never whose it is, nor gender, age or origin.

Two networks that the package carries (index/features/weights): the face mesh of MediaPipe
(Kartynnik et al. 2019, Real-time facial surface geometry from monocular video on mobile GPUs), 468
points of which four span the face's plane, and a small network trained on FER-2013 of which only
the output "happy" is used: its other six were measured and are not reliable.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from index.features.analysis import Face, Look
from index.features.runtime import open_carried
from index.records import Pixels

Points = npt.NDArray[np.float64]

MOST_READ = 2
"""Faces that are read, the largest first."""
_MESH_SIDE = 192
_MESH_MARGIN, _SMILE_MARGIN = 1.5, 1.15
"""Side of the square crops, in longer sides of the face's box and of the mesh."""
_SMILE_SIDE, _HAPPY = 64, 3
_LEFT_CHEEK, _RIGHT_CHEEK, _FOREHEAD, _CHIN = 234, 454, 10, 152
_LEFT_EYE, _RIGHT_EYE = 33, 263
"""Points of the mesh, left and right as seen in the picture."""


@dataclass(frozen=True, slots=True)
class _Square:
    """A square of the picture in pixels, turned by `angle` radians around its middle."""

    x: float
    y: float
    side: float
    angle: float

    def to_picture(self, size: int) -> npt.NDArray[np.float64]:
        """(2, 3) matrix from pixels of a size × size crop to pixels of the picture."""
        scale = self.side / size
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        half = size / 2
        return np.array(
            [
                [cos, -sin, self.x - half * cos + half * sin],
                [sin, cos, self.y - half * sin - half * cos],
            ]
        )

    def crop(self, pixels: Pixels, size: int) -> Pixels:
        """The square as size × size pixels; what lies outside the picture repeats its edge."""
        import cv2

        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        matrix, shape = self.to_picture(size), (size, size)
        turned = cv2.warpAffine(pixels, matrix, shape, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(turned, np.uint8)


class FaceReader:
    """Reads pose and smile of faces; safe to share between threads."""

    def __init__(self) -> None:
        self._mesh = open_carried("face_mesh.onnx")
        self._expression = open_carried("expression.onnx")

    def read_largest(self, pixels: Pixels, faces: tuple[Face, ...]) -> tuple[Face, ...]:
        """The faces, the MOST_READ largest of them with what can be read of them."""
        largest = sorted(faces, key=lambda face: -face.box.area)[:MOST_READ]
        return tuple(
            replace(face, look=self.read(pixels, face)) if face in largest else face
            for face in faces
        )

    def read(self, pixels: Pixels, face: Face) -> Look:
        """Pose and smile of a face in a uint8 H × W × 3 sRGB picture."""
        first, _ = self._points(pixels, _square_around(face, pixels))
        points, presence = self._points(pixels, _level_square(first, _MESH_MARGIN))
        yaw, pitch, roll = _pose(points)
        smile = self._smile(pixels, _level_square(points, _SMILE_MARGIN))
        return Look(yaw, pitch, roll, presence, smile)

    def _points(self, pixels: Pixels, square: _Square) -> tuple[Points, float]:
        """(468, 3) points of the mesh in pixels of the picture, and how surely it is a face."""
        crop = square.crop(pixels, _MESH_SIDE)
        batch = crop[None].astype(np.float32) / np.float32(255)
        flat, presence = self._mesh.run(None, {"input_1": batch})
        points = flat.reshape(-1, 3).astype(np.float64)
        matrix = square.to_picture(_MESH_SIDE)
        scale = square.side / _MESH_SIDE
        places = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        return np.column_stack([places, points[:, 2] * scale]), _sigmoid(float(presence.item()))

    def _smile(self, pixels: Pixels, square: _Square) -> float:
        import cv2

        grey = cv2.cvtColor(square.crop(pixels, _MESH_SIDE), cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (_SMILE_SIDE, _SMILE_SIDE), interpolation=cv2.INTER_AREA)
        seen = [
            self._expression.run(None, {"x": (one[None, :, :, None] / 255 - 0.5) * 2})[0][0]
            for one in (small.astype(np.float32), small[:, ::-1].astype(np.float32))
        ]
        return float(np.mean(seen, axis=0)[_HAPPY])


def _square_around(face: Face, pixels: Pixels) -> _Square:
    """The square around a face's box, level with its eyes where they are known."""
    height, width = pixels.shape[:2]
    x, y = face.box.centre
    side = _MESH_MARGIN * max(face.box.width * width, face.box.height * height)
    angle = 0.0
    if face.landmarks:
        left, right = np.array(face.landmarks[:2]) * [width, height]
        angle = float(np.arctan2(*(right - left)[::-1]))
    return _Square(x * width, y * height, side, angle)


def _level_square(points: Points, margin: float) -> _Square:
    """The square around the mesh, level with its eyes."""
    places = points[:, :2]
    angle = float(np.arctan2(*(places[_RIGHT_EYE] - places[_LEFT_EYE])[::-1]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    level = places @ turn
    low, high = level.min(axis=0), level.max(axis=0)
    x, y = turn @ ((low + high) / 2)
    return _Square(float(x), float(y), margin * float((high - low).max()), angle)


def _pose(points: Points) -> tuple[float, float, float]:
    """Yaw, pitch and roll in degrees."""
    across = points[_RIGHT_CHEEK] - points[_LEFT_CHEEK]
    down = points[_CHIN] - points[_FOREHEAD]
    x, y, z = np.cross(across, down)
    if z > 0:
        x, y, z = -x, -y, -z
    eyes = points[_RIGHT_EYE] - points[_LEFT_EYE]
    angles = np.arctan2([x, -y, eyes[1]], [-z, np.hypot(x, z), eyes[0]])
    yaw, pitch, roll = np.rad2deg(angles).tolist()
    return yaw, pitch, roll


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
