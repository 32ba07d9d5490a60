"""Comps differ, show what was asked on every canvas, and the features of the index measure it."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.answers.brief import Brief
from assistant.mockups.aims import Aim
from assistant.mockups.arrangement import Arrangement
from assistant.mockups.composed import Guidance
from assistant.mockups.composition import compose, order_kinds
from assistant.mockups.layout import PLAIN, draw_comp, setting_of
from assistant.mockups.palette import comp_colours
from index.features.canvases import Canvas, load_canvases, survive
from index.features.extract import FeatureExtractor
from index.features.layout import Layout
from index.io.images import Picture
from tests.turned import GAUGE, aim

CANVASES = load_canvases()
BRIEF = Brief(title="Purple Hearts", genres=("Romance",), tags=("lake",))
SHOTS = {"close-up": "close-up", "medium": "medium shot", "long": "long shot"}
CASTS = {"none": "nobody", "single": "one person", "pair": "two people", "group": "a group"}


@pytest.mark.parametrize("cast", ["none", "single", "pair", "group"])
def test_at_least_four_compositions_suit_every_cast_and_all_differ(cast: str) -> None:
    asked = (aim("cast", CASTS[cast]),)
    kinds = order_kinds(asked, cast)
    assert len(kinds) >= 4
    assert len(order_kinds((*asked, aim("framing", "close-up")), cast)) >= 4
    plans = [compose(asked, CANVASES["vertical"], turn, 7) for turn in range(len(kinds))]
    assert [plan.kind for plan in plans] == list(kinds)
    places = {
        tuple((round(one.x), round(one.y), round(one.size)) for one in plan.people)
        + (() if plan.symbol is None else plan.symbol)
        for plan in plans
    }
    assert len(places) == len(plans)


@pytest.mark.parametrize("cast", CASTS)
def test_concepts_that_take_turns_draw_four_different_compositions(cast: str) -> None:
    wide, close = (
        (aim("cast", CASTS[cast]), aim("framing", pole))
        for pole in ("wider framing", "closer framing")
    )
    for first, second in ((wide, close), (close, wide)):
        kinds = [order_kinds((first, second)[turn % 2], cast)[turn] for turn in range(4)]
        assert len(set(kinds)) == 4, kinds


@pytest.mark.parametrize(
    ("grouping", "heads"), [("none", {0}), ("single", {1}), ("pair", {2}), ("group", {3, 4, 5})]
)
def test_as_many_people_as_asked_stand_inside_the_canvas_and_the_title_in_its_safe_area(
    grouping: str, heads: set[int]
) -> None:
    for canvas in CANVASES.values():
        for shot in ("close-up", "medium", "long"):
            for turn in range(5):
                plan = compose(
                    (aim("cast", CASTS[grouping]), aim("framing", SHOTS[shot])), canvas, turn, 3
                )
                where = (canvas.name, plan.kind, shot)
                assert len(plan.people) in heads
                for person in plan.people:
                    assert 0 < person.x < plan.width, where
                    assert 0 < person.y < plan.height, where
                left, top, right, bottom = plan.title
                safe = canvas.safe_area
                assert safe.left * plan.width <= left < right <= safe.right * plan.width
                assert safe.top * plan.height <= top < bottom <= safe.bottom * plan.height
                assert plan.facts["people_grouping"] == grouping


def test_on_a_wide_canvas_title_and_people_do_not_lie_on_one_another() -> None:
    for name in ("tile", "billboard"):
        for turn in range(5):
            plan = compose((aim("cast", "two people"),), CANVASES[name], turn, 7)
            left, _, right, _ = plan.title
            for person in plan.people:
                head_left, _, head_right, _ = person.face
                assert head_right < left or head_left > right, (name, plan.kind)


@pytest.mark.parametrize("shot", ["close-up", "medium"])
def test_the_shot_that_is_asked_for_is_drawn_in_every_composition(shot: str) -> None:
    for cast in ("single", "pair"):
        for turn in range(4):
            for name in ("vertical", "tile", "square"):
                asked = (aim("cast", CASTS[cast]), aim("framing", SHOTS[shot]))
                assert compose(asked, CANVASES[name], turn, 7).facts["shot_type"] == shot


def test_past_artwork_says_where_face_and_title_stand_unless_a_lever_does() -> None:
    seen = Guidance("t16_3", 0.7, 0.52, "top")
    plan = compose((aim("cast", "one person"),), CANVASES["vertical"], 0, 7, seen)
    assert plan.place == "top"
    assert ("title", "top", "as in t16_3") in plan.reasons
    assert plan.people[0].y / plan.height > 0.5
    asked = aim("lettering_place", "title at the bottom")
    assert compose((asked,), CANVASES["vertical"], 0, 7, seen).place == "bottom"


@pytest.mark.parametrize(
    ("pole", "facing"), [("looking left", "left"), ("looking at the viewer", "viewer")]
)
def test_the_lead_looks_where_asked(pole: str, facing: str) -> None:
    plan = compose((aim("cast", "one person"), aim("gaze", pole)), CANVASES["vertical"], 0, 7)
    assert plan.facts["facing"] == facing


@pytest.mark.parametrize(
    ("lever", "low", "high"),
    [
        ("light", "darker", "lighter"),
        ("colour_strength", "muted colour", "vivid colour"),
        ("temperature", "cooler", "warmer"),
        ("contrast", "softer contrast", "stronger contrast"),
    ],
)
def test_light_and_colour_land_where_they_are_asked_for(lever: str, low: str, high: str) -> None:
    hue = aim("hue", "mostly blue")
    for name in ("thumbnail", "tile"):
        for pole in (low, high):
            asked = aim(lever, pole)
            aims = (asked,) if lever == "temperature" else (hue, asked)
            comp = draw_comp(BRIEF, aims, CANVASES[name], seed=7, gauge=GAUGE)
            assert asked.met({}, GAUGE.steps(comp.clean)), (name, pole)


@pytest.mark.parametrize("name", ["vertical", "tile", "thumbnail"])
def test_more_lettering_is_separate_pieces_of_type_and_a_larger_title_is_larger(
    name: str,
) -> None:
    extractor = FeatureExtractor(["text_blocks", "title_share"], threads=1)

    def measure(*aims: Aim) -> tuple[float, float]:
        comp = draw_comp(BRIEF, (aim("cast", "one person"), *aims), CANVASES[name], seed=3)
        small = comp.clean.copy()
        small.thumbnail((640, 640))
        found = extractor.extract([Picture(np.asarray(small), *comp.clean.size)])[0]
        return float(str(found["text_blocks"])), float(str(found["title_share"]))

    blocks, share = measure()
    more, _ = measure(aim("lettering", "more lettering"))
    fewer, _ = measure(aim("lettering", "less lettering"))
    _, larger = measure(aim("title_size", "larger title"))
    assert more >= blocks + 2 >= fewer + 2
    assert larger > 1.15 * share


def test_the_colours_that_are_asked_for_are_seen() -> None:
    extractor = FeatureExtractor(["orange_share", "teal_share", "title_position"], threads=1)
    for hue in ("orange", "teal"):
        comp = draw_comp(BRIEF, (aim("hue", f"mostly {hue}"),), CANVASES["vertical"], seed=7)
        small = comp.clean.copy()
        small.thumbnail((640, 640))
        found = extractor.extract([Picture(np.asarray(small), *comp.clean.size)])[0]
        assert float(found[f"{hue}_share"] or 0) > 0.08


def test_without_evidence_on_colour_a_comp_is_grey_and_says_so() -> None:
    colours = comp_colours((aim("framing", "close-up"),))
    assert not colours.evidence
    for shade in (colours.palette.sky, colours.palette.mid, colours.palette.near):
        assert max(shade) - min(shade) < 16
    assert comp_colours((aim("temperature", "warmer"),)).evidence


def test_letters_survive_on_a_comps_own_canvas() -> None:
    extractor = FeatureExtractor(threads=1)
    for name in ("vertical", "tile"):
        comp = draw_comp(BRIEF, (aim("cast", "one person"),), CANVASES[name], seed=3)
        small = comp.clean.copy()
        small.thumbnail((640, 640))
        text = extractor.extract([Picture(np.asarray(small), *comp.clean.size)])[0]["layout"]
        assert isinstance(text, str)
        assert survive(Layout.from_text(text), CANVASES[name]).legible, name


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


def test_the_setting_is_the_briefs_unless_it_is_avoided() -> None:
    brief = Brief(title="A", synopsis="A ferry leaves the island.", tags=("sea",))
    assert setting_of(brief) == "at sea"
    assert setting_of(brief.model_copy(update={"avoid": ("the sea",)})) == PLAIN
    assert setting_of(Brief(title="A", synopsis="Nothing happens.")) == PLAIN


def test_any_title_can_be_set() -> None:
    small = Canvas(name="x", size=(64, 96))
    for title in ("愛", "x" * 300, "word " * 60, " ", "🙂\u202eabc"):
        draw_comp(Brief(title=title), (), small, seed=1)


def test_every_composition_can_be_arranged_on_every_canvas() -> None:
    kinds = {kind for cast in ("none", "single", "pair", "group") for kind in order_kinds((), cast)}
    counts = {"symbol": 0, "detail": 0, "type": 0, "landscape": 0, "ensemble": 4, "diagonal": 3}
    for canvas in CANVASES.values():
        for kind in kinds:
            rng = np.random.default_rng(1)
            count = counts.get(kind, 1)
            shot = "medium" if count else "none"
            desk = Arrangement(canvas, (), shot, "bottom", count, 1, None, rng)
            assert desk.lay_out(kind).kind == kind
