"""Colour and light of drawn pictures come back as drawn."""

import json

import numpy as np
import pytest
from PIL import ImageColor
from skimage.data import astronaut, chelsea

from index.features.analysis import TextBlock
from index.features.colour import measure_colour
from index.features.colour_space import COLOURS, oklch


def plain(colour: str, height: int = 90, width: int = 60) -> np.ndarray:
    return np.full((height, width, 3), ImageColor.getrgb(colour), np.uint8)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("black", "black"), ("#202020", "black"), ("gray", "grey"), ("silver", "grey"),
        ("white", "white"), ("ivory", "white"), ("red", "red"), ("darkred", "red"),
        ("crimson", "red"), ("orange", "orange"), ("darkorange", "orange"), ("yellow", "yellow"),
        ("gold", "yellow"), ("lime", "green"), ("darkgreen", "green"), ("olive", "green"),
        ("teal", "teal"), ("turquoise", "teal"), ("blue", "blue"), ("navy", "blue"),
        ("skyblue", "blue"), ("purple", "purple"), ("indigo", "purple"), ("magenta", "pink"),
        ("hotpink", "pink"), ("pink", "pink"), ("saddlebrown", "brown"), ("sienna", "brown"),
        ("tan", "brown"),
    ],
)  # fmt: skip
def test_colours_get_the_names_people_give_them(colour: str, name: str) -> None:
    found = measure_colour(plain(colour))
    assert found["dominant_colour"] == name
    assert found["background_colour"] == name
    assert found[f"{name}_share"] == 1
    (entry,) = json.loads(str(found["palette"]))
    assert (entry["name"], entry["share"]) == (name, 1)
    assert entry["hex"] == "#{:02x}{:02x}{:02x}".format(*ImageColor.getrgb(colour))


def test_oklab_of_known_colours() -> None:
    # Values of the reference implementation.
    lightness, chroma, hue = oklch(np.array([[255, 255, 255], [255, 0, 0], [0, 0, 255]], np.uint8))
    assert lightness == pytest.approx([1.0, 0.628, 0.452], abs=2e-3)
    assert chroma == pytest.approx([0.0, 0.2577, 0.3132], abs=2e-3)
    assert np.rad2deg(hue[1:]) % 360 == pytest.approx([29.23, 264.05], abs=0.3)


def test_light_and_contrast_of_a_half_black_half_white_picture() -> None:
    pixels = plain("black")
    pixels[45:] = 255
    found = measure_colour(pixels)
    assert found["brightness"] == pytest.approx(0.5, abs=0.01)
    assert found["contrast"] == pytest.approx(0.5, abs=0.01)
    assert found["saturation"] == found["colourfulness"] == found["hue_variety"] == 0
    assert (found["high_key"], found["low_key"], found["monochrome"]) == (0, 0, 1)
    assert found["accent_colour"] is None


def test_keys_and_temperature() -> None:
    assert measure_colour(plain("white"))["high_key"] == 1
    assert measure_colour(plain("#101010"))["low_key"] == 1
    assert measure_colour(plain("orange"))["warm_cool"] > 0.85
    assert measure_colour(plain("dodgerblue"))["warm_cool"] < -0.85
    assert abs(measure_colour(plain("#808281"))["warm_cool"]) < 0.2
    assert measure_colour(plain("red"))["saturation"] == 1


def test_colourfulness_follows_the_formula_of_the_paper() -> None:
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 256, (60, 40, 3), np.uint8)
    red, green, blue = (pixels[..., i].astype(float) for i in range(3))
    one, two = red - green, (red + green) / 2 - blue
    expected = np.hypot(one.std(), two.std()) + 0.3 * np.hypot(one.mean(), two.mean())
    assert measure_colour(pixels)["colourfulness"] == pytest.approx(expected, rel=1e-4)


def test_stripes_give_shares_accent_and_hues() -> None:
    pixels = plain("black", 100, 60)
    pixels[:20] = ImageColor.getrgb("red")
    pixels[80:] = ImageColor.getrgb("blue")
    found = measure_colour(pixels)
    shares = {name: found[f"{name}_share"] for name in ("black", "red", "blue")}
    assert shares == pytest.approx({"black": 0.6, "red": 0.2, "blue": 0.2}, abs=0.01)
    assert sum(float(found[f"{name}_share"] or 0) for name in COLOURS) == pytest.approx(1)
    assert found["hue_variety"] == pytest.approx(2, abs=0.1)
    assert found["accent_colour"] == "blue"
    assert found["monochrome"] == 0
    palette = json.loads(str(found["palette"]))
    assert palette[0]["name"] == "black"
    assert sum(entry["share"] for entry in palette) == pytest.approx(1, abs=0.02)


def test_one_hue_in_many_shades_is_monochrome() -> None:
    shade = np.linspace(0.2, 1, 90)[:, None, None]
    sepia = (shade * np.array([200, 150, 90]) * np.ones((1, 60, 1))).astype(np.uint8)
    assert measure_colour(sepia)["monochrome"] == 1
    assert measure_colour(astronaut())["monochrome"] == 0


def test_lettering_does_not_count_as_background() -> None:
    pixels = plain("teal")
    pixels[:40] = 255
    sign = TextBlock(((0, 0), (1, 0), (1, 0.45), (0, 0.45)), 0.9)
    assert measure_colour(pixels, (sign,))["background_colour"] == "teal"


def test_size_hardly_matters() -> None:
    large, small = measure_colour(chelsea()), measure_colour(chelsea()[::2, ::2])
    for name in ("brightness", "contrast", "warm_cool", "saturation", "brown_share"):
        assert large[name] == pytest.approx(small[name], abs=0.02)
