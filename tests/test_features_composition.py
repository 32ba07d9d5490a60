"""Layout measures against pictures whose layout is known."""

import cv2
import numpy as np
import pytest
from skimage.data import astronaut, chelsea

from index.features.analysis import Box, Face, TextBlock
from index.features.composition import measure_composition
from index.features.feature import Value
from index.features.saliency import saliency_map


def measure(
    pixels: np.ndarray, faces: tuple[Face, ...] = (), text: tuple[TextBlock, ...] = ()
) -> dict[str, Value]:
    pixels = np.ascontiguousarray(pixels, np.uint8)
    return measure_composition(pixels, saliency_map(pixels), faces, text)


def dot(x: float, y: float, height: int = 300, width: int = 200) -> np.ndarray:
    pixels = np.full((height, width, 3), 40, np.uint8)
    cv2.circle(pixels, (round(x * width), round(y * height)), 14, (250, 220, 40), -1)
    return pixels


@pytest.mark.parametrize(("x", "y"), [(0.2, 0.3), (0.5, 0.5), (0.75, 0.8)])
def test_the_eye_goes_to_the_only_thing_there_is(x: float, y: float) -> None:
    heat = saliency_map(dot(x, y))
    assert (heat.shape, heat.min(), heat.max()) == ((64, 43), 0, 1)
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert (column / 43, row / 64) == pytest.approx((x, y), abs=0.07)
    found = measure(dot(x, y))
    assert (found["visual_centre_x"] < 0.5) == (x < 0.5) or x == 0.5
    assert abs(found["visual_centre_x"] - x) < 0.12
    assert abs(found["visual_centre_y"] - y) < 0.12


def test_thirds() -> None:
    assert measure(dot(1 / 3, 2 / 3))["rule_of_thirds"] > 0.8
    assert measure(dot(0.03, 0.97))["rule_of_thirds"] < 0.4
    face = Face(Box(0.5, 0.2, 0.8333, 0.4667), 1.0, (), ("mtcnn",))
    assert measure(astronaut(), (face,))["rule_of_thirds"] == pytest.approx(1, abs=0.01)


def test_symmetry() -> None:
    half = astronaut()[:, :256]
    assert measure(np.hstack([half, half[:, ::-1]]))["symmetry"] == pytest.approx(1, abs=0.01)
    sides = np.zeros((90, 60, 3), np.uint8)
    sides[:, 30:] = 255
    assert measure(sides)["symmetry"] == pytest.approx(-1, abs=0.01)
    assert -0.5 < measure(astronaut())["symmetry"] < 0.5


def test_negative_space_is_what_is_left_empty() -> None:
    rng = np.random.default_rng(2)
    pixels = np.full((300, 200, 3), 200, np.uint8)
    pixels[200:] = rng.integers(0, 255, (100, 200, 3))
    assert measure(pixels)["negative_space"] == pytest.approx(2 / 3, abs=0.04)
    line = TextBlock(((0, 0), (1, 0), (1, 1 / 3), (0, 1 / 3)), 1.0)
    assert measure(pixels, text=(line,))["negative_space"] == pytest.approx(1 / 3, abs=0.04)


def test_an_even_picture_has_no_centre_and_nothing_to_be_sharp() -> None:
    found = measure(np.full((300, 200, 3), 90))
    assert found["negative_space"] == 1
    assert found["clutter"] == 0
    for name in ("visual_centre_x", "symmetry", "sharpness", "rule_of_thirds", "background_blur"):
        assert found[name] is None


def test_clutter_rises_with_detail() -> None:
    grid = np.zeros((256, 256, 3), np.uint8)
    grid[::8], grid[:, ::8] = 255, 255
    sparse = np.zeros((256, 256, 3), np.uint8)
    sparse[::64], sparse[:, ::64] = 255, 255
    assert measure(grid)["clutter"] > 3 * measure(sparse)["clutter"] > 0


def test_blurring_lowers_sharpness_step_by_step() -> None:
    values = [
        measure(astronaut() if not blur else cv2.GaussianBlur(astronaut(), (0, 0), blur))
        for blur in (0, 1, 2, 4)
    ]
    sharp = [float(value["sharpness"] or 0) for value in values]
    assert sharp == sorted(sharp, reverse=True)
    assert sharp[0] - sharp[-1] > 0.2


def test_a_sharp_subject_before_a_soft_ground() -> None:
    face = Face(Box(0.33, 0.12, 0.53, 0.36), 1.0, (), ("mtcnn",))
    soft = cv2.GaussianBlur(astronaut(), (0, 0), 5)
    part = (slice(40, 300), slice(110, 330))
    portrait, inverse = soft.copy(), astronaut().copy()
    portrait[part], inverse[part] = astronaut()[part], soft[part]
    assert measure(portrait, (face,))["background_blur"] > 0.5
    assert measure(inverse, (face,))["background_blur"] < -0.3


def test_figure_and_ground() -> None:
    face = Face(Box(0.4, 0.3, 0.6, 0.5), 1.0, (), ("mtcnn",))
    pixels = np.zeros((300, 300, 3), np.uint8)
    assert measure(pixels, (face,))["figure_ground_contrast"] == 0
    pixels[60:220, 80:220] = 255
    assert measure(pixels, (face,))["figure_ground_contrast"] == pytest.approx(1, abs=0.01)
    assert 0 < measure(chelsea())["figure_ground_contrast"] < 0.6
