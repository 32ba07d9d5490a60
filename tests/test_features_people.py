"""People: what the detectors see in photographs, and what is made of what they see."""

from dataclasses import replace

import numpy as np
import pytest
from skimage.data import astronaut

from index.features.analysis import BodyPart, Box, Face, Look, Person
from index.features.bodies import measure_maturity
from index.features.extract import FeatureExtractor
from index.features.gaze import FaceReader
from index.features.overlay import draw_overlay
from index.features.people import EXPRESSIONS, FACINGS, facing, measure_people, shot_type
from index.features.registry import features
from index.io.images import Picture


@pytest.fixture(scope="module")
def extractor() -> FeatureExtractor:
    return FeatureExtractor(threads=1)


def picture(pixels: np.ndarray) -> Picture:
    return Picture(np.ascontiguousarray(pixels), pixels.shape[1], pixels.shape[0])


@pytest.mark.parametrize("exposure", [1.0, 0.35])
def test_the_astronaut_is_found_where_she_is(extractor: FeatureExtractor, exposure: float) -> None:
    pixels = (astronaut() * exposure).astype(np.uint8)
    found = extractor.analyse(picture(pixels))
    (face,) = found.faces or ()
    x, y = face.box.centre
    assert (x * 512, y * 512) == pytest.approx((224, 115), abs=15)
    assert set(face.detectors) == {"mtcnn", "nudenet"}
    left, right, nose, mouth_left, mouth_right = np.array(face.landmarks) * 512
    assert left[0] < nose[0] < right[0]
    assert left[1] < nose[1] < mouth_left[1]
    assert mouth_left[0] < mouth_right[0]


@pytest.mark.parametrize("width", [300, 520, 700])
def test_face_size_is_measured_within_a_fifth(extractor: FeatureExtractor, width: int) -> None:
    """The astronaut pasted on an empty poster: her face is 0.26 of the photograph high."""
    from PIL import Image

    page = Image.new("RGB", (800, 1200), (120, 130, 140))
    page.paste(Image.fromarray(astronaut()).resize((width, width)), (50, 200))
    (face,) = extractor.analyse(picture(np.asarray(page))).faces or ()
    assert face.box.height * 1200 == pytest.approx(0.25 * width, rel=0.2)


def test_two_people_side_by_side(extractor: FeatureExtractor) -> None:
    half = astronaut()[:300, 60:400]
    (values,) = extractor.extract([picture(np.hstack([half, half[:, ::-1]]))])
    assert (values["face_count"], values["people_grouping"]) == (2, "pair")


def test_mirrored_faces_face_the_other_way(extractor: FeatureExtractor) -> None:
    (one,) = extractor.extract([picture(astronaut())])
    (other,) = extractor.extract([picture(astronaut()[:, ::-1])])
    opposite = {"left": "right", "right": "left", "viewer": "viewer"}
    assert other["facing"] == opposite[str(one["facing"])]
    assert other["face_x"] == pytest.approx(1 - one["face_x"], abs=0.02)


def face(left: float, height: float, yaw: float | None = 0.0, top: float = 0.2) -> Face:
    """A face turned by `yaw` degrees; None for one whose pose was not read."""
    look = None if yaw is None else Look(yaw, 0.0, 0.0, 1.0, 0.0)
    return Face(Box(left, top, left + 0.75 * height, top + height), 0.99, (), ("mtcnn",), look)


@pytest.mark.parametrize(
    ("height", "shot"), [(0.5, "close-up"), (0.34, "close-up"), (0.2, "medium"), (0.08, "long")]
)
def test_shot_type_follows_the_face(height: float, shot: str) -> None:
    assert shot_type((face(0.1, 0.05), face(0.3, height))) == shot


def test_nobody_is_a_kind_of_shot() -> None:
    found = measure_people((), ())
    assert (found["shot_type"], found["people_grouping"], found["face_count"]) == (
        "none",
        "none",
        0,
    )
    assert found["facing"] is found["face_x"] is None
    assert found["facing_each_other"] == 0


@pytest.mark.parametrize(("yaw", "way"), [(-35, "left"), (8, "viewer"), (35, "right")])
def test_facing_follows_the_head(yaw: float, way: str) -> None:
    assert way in FACINGS
    assert facing(face(0.3, 0.3, yaw)) == way
    assert facing(face(0.3, 0.3, None)) is None


def test_facing_each_other_needs_both() -> None:
    towards = (face(0.1, 0.3, 30), face(0.6, 0.28, -16), face(0.5, 0.05, 0, 0.8))
    away = (face(0.1, 0.3, -30), face(0.6, 0.28, 30))
    assert measure_people(towards, ())["facing_each_other"] == 1
    assert measure_people(away, ())["facing_each_other"] == 0
    assert measure_people((face(0.1, 0.3, None), face(0.6, 0.3)), ())["facing_each_other"] == 0


@pytest.mark.parametrize(
    ("smile", "said"), [(0.9, "smiling"), (0.4, "unclear"), (0.1, "not smiling")]
)
def test_expression_is_a_smile_or_none(smile: float, said: str) -> None:
    assert said in EXPRESSIONS
    seen = replace(face(0.3, 0.3), look=Look(0.0, 0.0, 0.0, 1.0, smile))
    assert measure_people((seen,), ())["expression"] == said
    assert measure_people((face(0.3, 0.3, None),), ())["expression"] is None


def test_pose_follows_the_picture(extractor: FeatureExtractor) -> None:
    from PIL import Image

    plain, mirrored, tilted = (
        picture(one)
        for one in (
            astronaut(),
            astronaut()[:, ::-1],
            np.asarray(Image.fromarray(astronaut()).rotate(-20, Image.Resampling.BICUBIC)),
        )
    )
    one, other, turned = extractor.extract([plain, mirrored, tilted])
    assert other["face_yaw"] == pytest.approx(-one["face_yaw"], abs=5)
    assert other["face_pitch"] == pytest.approx(one["face_pitch"], abs=5)
    assert turned["face_roll"] == pytest.approx(one["face_roll"] + 20, abs=5)
    assert one["expression"] == "smiling"


def test_only_the_largest_faces_are_read(extractor: FeatureExtractor) -> None:
    """A row of forty small faces: counted, the two largest of them read."""
    head = astronaut()[40:200, 150:310]
    found = extractor.analyse(picture(np.vstack([np.hstack([head] * 8)] * 5)))
    faces = found.faces or ()
    assert len(faces) > 30
    assert sum(one.look is not None for one in faces) == 2


def test_odd_faces_give_a_value_or_nothing() -> None:
    """Twelve pixels, half outside of the picture, noise, an even grey: never a crash."""
    reader = FaceReader()
    noise = np.random.default_rng(3).integers(0, 256, (300, 200, 3), np.uint8)
    for pixels in (noise, np.full((300, 200, 3), 127, np.uint8), noise[:13, :12].copy()):
        for box in (Box(0, 0, 0.06, 0.04), Box(0.8, 0.9, 1.0, 1.0), Box(0, 0, 1, 1)):
            look = reader.read(pixels, Face(box, 0.9, (), ("nudenet",)))
            assert np.isfinite([look.yaw, look.pitch, look.roll, look.smile]).all()


def test_a_person_without_a_face_counts_and_one_with_a_face_is_no_second() -> None:
    under = Person(Box(0.2, 0.15, 0.6, 1.0), 0.8)
    beside = Person(Box(0.75, 0.3, 0.99, 1.0), 0.6)
    found = measure_people((face(0.3, 0.12),), (under, beside))
    assert (found["face_count"], found["person_count"]) == (1, 2)
    assert found["people_grouping"] == "pair"
    unsought = measure_people((face(0.3, 0.12),), None)
    assert unsought["person_count"] is unsought["people_grouping"] is None
    assert unsought["face_count"] == 1


def test_somebody_without_a_visible_face_is_a_person(extractor: FeatureExtractor) -> None:
    """The astronaut with her face painted over, and nobody at all."""
    page = np.full((900, 600, 3), 150, np.uint8)
    page[300:812, 40:552] = astronaut()
    page[360:470, 210:320] = (150, 140, 130)
    somebody, nobody = extractor.extract([picture(page), picture(np.full_like(page, 150))])
    assert (somebody["face_count"], somebody["person_count"]) == (0, 1)
    assert (nobody["person_count"], nobody["people_grouping"]) == (0, "none")


def test_maturity_flags_need_a_sure_detection() -> None:
    def part(name: str, score: float) -> BodyPart:
        return BodyPart(name, Box(0.1, 0.1, 0.3, 0.3), score)

    assert measure_maturity(()) == {"nudity": 0, "bare_torso": 0}
    assert measure_maturity((part("breast exposed", 0.3),))["nudity"] == 0
    assert measure_maturity((part("breast exposed", 0.8),))["nudity"] == 1
    chest = measure_maturity((part("chest exposed", 0.8),))
    assert chest == {"nudity": 0, "bare_torso": 1}


def test_gender_is_known_nowhere(extractor: FeatureExtractor) -> None:
    found = extractor.analyse(picture(astronaut()))
    told = " ".join(part.name for part in found.parts or ())
    told += " ".join(f"{one.name} {one.levels}" for one in features())
    assert "male" not in told.lower()


def test_the_overlay_marks_the_face(extractor: FeatureExtractor) -> None:
    astronaut_picture = picture(astronaut())
    drawn = draw_overlay(astronaut_picture, extractor.analyse(astronaut_picture), side=512)
    assert drawn.size == (512, 512)
    yellow = (np.asarray(drawn) == [255, 212, 0]).all(axis=2)
    rows, columns = np.nonzero(yellow[70:175, 170:280])
    assert len(rows) > 200
    assert columns.max() - columns.min() > 60
