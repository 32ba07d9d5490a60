"""Comps show what was asked, on every canvas, and the features of the index can measure it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from assistant.answers.brief import Brief
from assistant.mockups.aims import EVIDENCE, Aim
from assistant.mockups.critique import check_aim
from assistant.mockups.layout import draw_comp
from assistant.mockups.palette import comp_colours
from assistant.mockups.staging import setting_of, stage
from index.features.canvases import Canvas, load_canvases, survive
from index.features.extract import FeatureExtractor
from index.features.feature import Value
from index.features.layout import Layout
from index.io.images import Picture

CANVASES = load_canvases()
BRIEF = Brief(title="Purple Hearts", genres=("Romance",), tags=("lake",))


def aim(feature: str, level: str | None = None, *, more: bool = True, value: float = 0.4) -> Aim:
    kind = "flag" if level or feature == "facing_each_other" else "number"
    return Aim(feature, level, more, value, value - 0.3, EVIDENCE, "supported", "", kind)


TWO_WARM_CLOSE = (
    aim("people_grouping", "pair"),
    aim("face_count", value=2.0),
    aim("shot_type", "close-up"),
    aim("warm_cool"),
    aim("facing_each_other", value=0.6),
)


@pytest.fixture(scope="module")
def extractor() -> FeatureExtractor:
    return FeatureExtractor(threads=1)


def measure(extractor: FeatureExtractor, picture: Image.Image) -> dict[str, Value]:
    small = picture.copy()
    small.thumbnail((640, 640))
    return extractor.extract([Picture(np.asarray(small), *picture.size)])[0]


def test_two_warm_faces_close_up_are_measured_and_what_is_missed_is_said(
    extractor: FeatureExtractor,
) -> None:
    asked = TWO_WARM_CLOSE
    found = measure(extractor, draw_comp(BRIEF, asked, CANVASES["vertical"], seed=7).clean)
    checks = {one.aim.key: one for one in (check_aim(one, found) for one in asked)}
    for key in ("people_grouping:pair", "face_count", "shot_type:close-up", "warm_cool"):
        assert checks[key].met, checks[key].sentence
    for check in checks.values():
        assert ("misses it" in check.sentence) == (check.met is False)
    group = check_aim(aim("people_grouping", "group"), found)
    assert group.met is False
    assert "misses it" in group.sentence
    assert "pair" in group.sentence
    assert check_aim(aim("warm_cool", more=False, value=-0.4), found).met is False
    assert check_aim(aim("facing", "left"), {}).met is None


def test_letters_and_faces_of_a_comp_survive_on_its_own_canvas(
    extractor: FeatureExtractor,
) -> None:
    for name in ("vertical", "tile"):
        comp = draw_comp(BRIEF, (aim("people_grouping", "single"),), CANVASES[name], seed=3)
        text = measure(extractor, comp.clean)["layout"]
        assert isinstance(text, str)
        kept = survive(Layout.from_text(text), CANVASES[name])
        assert (kept.verdict, kept.legible) == ("survives", True), name


@pytest.mark.parametrize("name", CANVASES)
def test_a_comp_has_the_canvass_size_and_the_same_seed_gives_the_same_pixels(name: str) -> None:
    canvas = CANVASES[name]
    comp = draw_comp(BRIEF, (), canvas, seed=5)
    assert comp.picture.size == canvas.size
    if name in ("tile", "thumbnail"):
        again, other = (draw_comp(BRIEF, (), canvas, seed=seed) for seed in (5, 6))
        assert comp.picture.tobytes() == again.picture.tobytes() != other.picture.tobytes()


def test_marks_can_be_switched_off_and_are_never_measured() -> None:
    marked = draw_comp(BRIEF, (), CANVASES["tile"], seed=5)
    plain = draw_comp(BRIEF, (), CANVASES["tile"], seed=5, mark=False)
    assert plain.picture.tobytes() == plain.clean.tobytes() == marked.clean.tobytes()
    differs = np.argwhere(np.any(np.asarray(marked.picture) != np.asarray(plain.picture), axis=-1))
    assert len(differs) > 200


@pytest.mark.parametrize(
    ("grouping", "heads"), [("none", {0}), ("single", {1}), ("pair", {2}), ("group", {3, 4, 5})]
)
def test_as_many_heads_as_asked_stand_inside_the_canvas(grouping: str, heads: set[int]) -> None:
    for canvas in CANVASES.values():
        for seed in range(6):
            for shot in ("close-up", "medium", "long"):
                asked = (aim("people_grouping", grouping), aim("shot_type", shot))
                plan = stage(BRIEF, asked, canvas, seed)
                assert len(plan.heads) + len(plan.figures) in heads
                for head in plan.heads:
                    assert 0 < head.x < plan.width, (canvas.name, seed, shot)
                    assert 0 < head.y < plan.height
                left, top, right, bottom = plan.title
                safe = canvas.safe_area
                assert left >= safe.left * plan.width
                assert right <= safe.right * plan.width
                assert top >= safe.top * plan.height
                assert bottom <= safe.bottom * plan.height


def test_colour_light_and_place_of_the_title_follow_the_evidence(
    extractor: FeatureExtractor,
) -> None:
    cool = (aim("dominant_colour", "blue"), aim("brightness", more=False, value=0.3))
    warm = (aim("orange_share"), aim("brightness", value=0.7), aim("title_position", "top"))
    one, two = (
        measure(extractor, draw_comp(BRIEF, aims, CANVASES["tile"], seed=7).clean)
        for aims in (cool, warm)
    )
    assert float(one["warm_cool"] or 0) < -0.3 < 0.3 < float(two["warm_cool"] or 0)
    assert float(one["brightness"] or 0) < float(two["brightness"] or 0) - 0.2
    assert one["dominant_colour"] == "blue"
    assert two["title_position"] == "top"


def test_without_evidence_on_colour_a_comp_is_grey_and_says_so() -> None:
    colours = comp_colours((aim("shot_type", "close-up"),))
    assert not colours.evidence
    for shade in (colours.palette.sky, colours.palette.mid, colours.palette.near):
        assert max(shade) - min(shade) < 16
    assert comp_colours((aim("warm_cool"),)).evidence


def test_the_setting_is_the_briefs_unless_it_is_avoided() -> None:
    brief = Brief(title="A", synopsis="A ferry leaves the island.", tags=("sea",))
    assert setting_of(brief)[0] == "sea"
    assert setting_of(brief.model_copy(update={"avoid": ("the sea",)}))[0] == ""
    assert setting_of(Brief(title="A", synopsis="Nothing happens.")) == ("", "")


def test_any_title_can_be_set() -> None:
    small = Canvas(name="x", size=(64, 96))
    for title in ("愛", "x" * 300, "word " * 60, " ", "🙂\u202eabc"):
        draw_comp(Brief(title=title), (), small, seed=1)
