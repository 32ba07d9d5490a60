"""What a crop for a canvas keeps, against layouts whose best crop is known."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont
from skimage.data import astronaut

from index.features.analysis import Box
from index.features.canvases import Canvas, Layout, layouts, load_canvases, survive
from index.features.extract import FeatureExtractor
from index.io.images import Picture

EVEN = np.zeros((16, 16))
FACE, LOW_TITLE = Box(0.4, 0.1, 0.6, 0.25), Box(0.2, 0.8, 0.8, 0.9)


def layout(
    faces: tuple[Box, ...] = (FACE,),
    title: Box | None = LOW_TITLE,
    letters: float = 0.08,
    contrast: float | None = 9.0,
    aspect: float = 2 / 3,
    saliency: np.ndarray = EVEN,
) -> Layout:
    return Layout(aspect, faces, title, letters if title else 0.0, contrast, saliency)


def canvas(name: str = "tile") -> Canvas:
    return load_canvases()[name]


def test_a_poster_survives_on_its_own_shape() -> None:
    found = survive(layout(), canvas("vertical"))
    assert (found.face_kept, found.title_kept, found.legible) == (True, True, True)
    assert found.verdict == "survives"
    assert found.letters == pytest.approx(0.08 * 1500, rel=0.15)


def test_a_wide_tile_cannot_keep_a_face_above_and_a_title_below() -> None:
    found = survive(layout(), canvas())
    assert (found.face_kept, found.title_kept, found.legible) == (True, False, False)
    assert found.verdict == "partly"
    assert found.crop.top < FACE.top < FACE.bottom < found.crop.bottom


def test_a_face_as_tall_as_the_poster_and_a_title_beyond_the_tile_are_lost() -> None:
    tall = layout((Box(0.1, 0.1, 0.9, 0.9),), Box(0.3, 0.05, 0.5, 0.95))
    found = survive(tall, canvas())
    assert (found.verdict, found.face_kept, found.title_kept) == ("lost", False, False)


def test_the_title_must_be_inside_the_safe_area() -> None:
    strip = Canvas(name="strip", size=(400, 600), safe=(0.0, 0.0, 1.0, 0.7), letters=10)
    free = strip.model_copy(update={"safe": (0.0, 0.0, 1.0, 1.0)})
    low = layout((), Box(0.0, 0.85, 1.0, 0.98))
    assert survive(low, free).title_kept
    assert survive(low, strip).title_kept is False


def test_small_or_faint_letters_are_not_legible() -> None:
    thumbnail = canvas("thumbnail")
    assert survive(layout(letters=0.06), thumbnail).legible
    small = survive(layout(letters=0.02), thumbnail)
    assert (small.title_kept, small.legible, small.verdict) == (True, False, "partly")
    assert survive(layout(contrast=1.5), thumbnail).legible is False
    assert survive(layout(contrast=None), thumbnail).legible


def test_the_crop_moves_in_where_letters_would_be_too_small() -> None:
    near = layout((Box(0.45, 0.4, 0.55, 0.47),), Box(0.35, 0.5, 0.65, 0.53), letters=0.03)
    found = survive(near, canvas("thumbnail"))
    assert canvas("thumbnail").letters > 0.03 * 249
    assert (found.verdict, found.crop.height < 0.9) == ("survives", True)


def test_what_is_not_there_cannot_be_lost() -> None:
    found = survive(layout((), None), canvas())
    assert (found.face_kept, found.title_kept, found.legible) == (None, None, None)
    assert (found.letters, found.verdict) == (None, "survives")


def test_without_face_and_title_the_crop_follows_the_eye() -> None:
    for row, middle in ((2, 0.15), (13, 0.85)):
        heat = np.zeros((16, 16))
        heat[row, 8] = 1
        crop = survive(layout((), None, saliency=heat), canvas()).crop
        assert crop.top <= row / 16
        assert (row + 1) / 16 <= crop.bottom
        assert abs(crop.centre[1] - middle) < 0.25


shares = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, right = sorted((draw(shares), draw(shares)))
    top, bottom = sorted((draw(shares), draw(shares)))
    return Box(left, top, min(1.0, right + 0.01), min(1.0, bottom + 0.01))


@given(
    st.lists(boxes(), max_size=3),
    st.none() | boxes(),
    st.floats(0.02, 50),
    st.tuples(st.integers(16, 3000), st.integers(16, 3000)),
)
def test_any_crop_has_the_canvas_shape_and_lies_in_the_picture(
    faces: list[Box], title: Box | None, aspect: float, size: tuple[int, int]
) -> None:
    shape = Canvas(name="any", size=size)
    found = survive(layout(tuple(faces), title, aspect=aspect), shape)
    crop = found.crop
    assert min(crop.left, crop.top) >= 0
    assert max(crop.right, crop.bottom) <= 1 + 1e-9
    assert crop.width / crop.height * aspect == pytest.approx(shape.aspect)
    assert 0 <= found.saliency_kept <= 1 + 1e-9
    assert (found.face_kept is None) == (not faces)
    assert (found.title_kept is None) == (title is None) == (found.legible is None)


def test_the_layout_of_a_drawn_poster_and_back() -> None:
    page = Image.new("RGB", (600, 900), (40, 50, 70))
    page.paste(Image.fromarray(astronaut()).resize((400, 400)), (100, 60))
    font = ImageFont.load_default(84)
    draw = ImageDraw.Draw(page)
    draw.text((300, 700), "NIGHTFALL", fill="white", font=font, anchor="mt")
    drawn = draw.textbbox((300, 700), "NIGHTFALL", font=font, anchor="mt")
    pixels = np.asarray(page)
    (values,) = FeatureExtractor(["layout"], threads=1).extract([Picture(pixels, 600, 900)])
    found = Layout.from_text(str(values["layout"]))
    assert found.aspect == pytest.approx(2 / 3, abs=1e-3)
    assert found.faces[0].centre == pytest.approx((275 / 600, 150 / 900), abs=0.03)
    assert found.title is not None
    edges = (found.title.left, found.title.top, found.title.right, found.title.bottom)
    expected = [side / (600, 900)[i % 2] for i, side in enumerate(drawn)]
    assert edges == pytest.approx(expected, abs=0.02)
    assert found.letters == pytest.approx((drawn[3] - drawn[1]) / 900, rel=0.25)
    assert found.contrast == pytest.approx(12, abs=3)
    assert found.saliency.shape == (16, 16)
    assert Layout.from_text(found.to_text()).to_text() == found.to_text()
    assert survive(found, load_canvases()["vertical"]).verdict == "survives"


class Tables:
    """The two tables of an index that are read here."""

    def __init__(self, texts: list[str | None]) -> None:
        self._tables = {
            "features": pa.table({"layout": pa.array(texts, pa.large_string())}),
            "artworks": pa.table({"artwork_id": [f"a{row}" for row in range(len(texts))]}),
        }

    def has(self, name: str) -> bool:
        return name in self._tables

    def column_names(self, name: str) -> tuple[str, ...]:
        return tuple(self._tables[name].column_names)

    def table(self, name: str, columns: object = None) -> pa.Table:
        return self._tables[name]


def test_layouts_of_an_index_all_or_some_and_none_where_missing() -> None:
    index = Tables([layout().to_text(), None, layout((), None).to_text()])
    assert set(layouts(index)) == {"a0", "a2"}
    some = layouts(index, ["a1", "a2", "absent"])
    assert set(some) == {"a2"}
    assert survive(some["a2"], canvas()).face_kept is None


def test_a_face_goes_before_a_title() -> None:
    """Either fits the tile, both do not."""
    found = survive(layout((Box(0.4, 0.1, 0.6, 0.3),), Box(0.1, 0.7, 0.9, 0.9)), canvas())
    assert (found.face_kept, found.title_kept) == (True, False)
