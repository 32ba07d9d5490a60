"""Mockups are whole or absent, say where they come from, and are judged by what they show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from assistant.answers.answer import Answer, answer_brief
from assistant.answers.audience import Audience
from assistant.answers.brief import Brief
from assistant.answers.suite import plan_suite
from assistant.mockups.critique import Critic
from assistant.mockups.draw import Wishes, draw_mockups
from assistant.mockups.gauge import Gauge
from assistant.mockups.ideas import Idea, plan_ideas, whole_audience
from assistant.mockups.likeness import PastArtwork
from assistant.mockups.provenance import read_provenance
from assistant.mockups.records import Painting
from assistant.mockups.rights import is_permitted, permitted_guides
from index.encoders import ImageEmbeddings
from index.encoders.starter import MEDIUM_CLASSES
from index.errors import InputError
from index.features.canvases import load_canvases
from index.features.concepts.scoring import NEUTRAL, text_prompts
from index.features.concepts.vocabulary import load_vocabulary
from index.features.registry import features
from index.io.images import read_image
from index.query.levers import read_levers
from index.records import Pixels
from index.store import Index, open_index
from tests.planted import layout
from tests.small_catalogue import SmallEncoder, SmallExtractor, build, write_catalogue

RIGHTS = ("all media", "digital only", "", "Public Domain")
SMALL = """
tiny: {size: [80, 120]}
wide: {size: [160, 90]}
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    catalogue = write_catalogue(tmp_path_factory.mktemp("mockups") / "catalogue", titles=6)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    artworks["rights"] = [RIGHTS[row % 4] for row in range(len(artworks))]
    artworks.to_csv(catalogue / "artworks.csv", index=False)
    build(catalogue, catalogue.parent / "index")
    with open_index(catalogue.parent / "index") as opened:
        yield opened


@pytest.fixture(scope="module")
def answer(index: Index) -> Answer:
    brief = Brief(title="Fog", synopsis="A ferry at sea", genres=("Drama",), avoid=("guns",))
    return answer_brief(brief, Path("brief.yaml"), index, SmallEncoder())


@pytest.fixture
def canvases(tmp_path: Path) -> Path:
    path = tmp_path / "canvases.yaml"
    path.write_text(SMALL)
    return path


def test_pictures_say_where_they_come_from_and_runs_repeat_byte_for_byte(
    index: Index, answer: Answer, canvases: Path, tmp_path: Path
) -> None:
    wishes = Wishes(count=2, canvases=("tiny", "wide"), extra_canvases=canvases)
    runs = [
        draw_mockups(answer, None, index, SmallEncoder(), tmp_path / name, wishes=wishes)
        for name in ("one", "two")
    ]
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 8, "two mockups on two canvases, each with its JSON"
    assert not any(name.startswith(".") for name in files)
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    for mockup in runs[0]:
        document = read_provenance(mockup.path)
        assert document == json.loads(mockup.path.with_suffix(".json").read_text())
        assert document["painter"] == document["model"]["id"] == "layout"
        assert document["seed"] == 7 + document["mockup"] - 1
        assert document["index"]["generation"] == index.generation
        assert document["marked"] is True
        assert document["best_of"] is None
        assert {one["artwork_id"] for one in document["exemplars"]} == set(mockup.idea.past)
        with Image.open(mockup.path) as image:
            assert "Inspiration" in image.info["Description"]
            assert image.size == mockup.canvas.size
        lift = document["critique"]["predicted_lift"]
        assert lift is None, "six titles cannot predict a lift"
        assert "insufficient data" in document["critique"]["why_no_prediction"]


class Stopped(KeyboardInterrupt):
    """A user's Ctrl-C in the middle of a picture."""


def test_a_run_that_is_stopped_keeps_finished_pictures_and_no_half_ones(
    index: Index, answer: Answer, canvases: Path, tmp_path: Path
) -> None:
    def stop(stage: str, done: int, total: int) -> None:
        if stage.startswith("03"):
            raise Stopped

    wishes = Wishes(count=4, canvases=("tiny",), extra_canvases=canvases)
    with pytest.raises(Stopped):
        draw_mockups(
            answer, None, index, SmallEncoder(), tmp_path / "out", wishes=wishes, progress=stop
        )
    kept = sorted((tmp_path / "out").iterdir())
    assert [path.suffix for path in kept] == [".json", ".png"] * 2
    for path in kept[1::2]:
        assert read_provenance(path)["title"] == "Fog"


def test_nothing_is_written_when_a_canvas_or_template_is_wrong(
    index: Index, answer: Answer, tmp_path: Path
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "image_prompt.txt").write_text("{{ nothing }}")
    for wishes in (Wishes(canvases=("billbord",)), Wishes(templates=tmp_path / "templates")):
        with pytest.raises(InputError):
            draw_mockups(answer, None, index, SmallEncoder(), tmp_path / "out", wishes=wishes)
    assert not (tmp_path / "out").exists()


def test_best_of_keeps_one_by_critique_and_says_so(
    index: Index, answer: Answer, canvases: Path, tmp_path: Path
) -> None:
    wishes = Wishes(count=1, canvases=("tiny",), extra_canvases=canvases, best_of=3)
    drawn = draw_mockups(answer, None, index, SmallEncoder(), tmp_path, wishes=wishes)
    said = read_provenance(drawn[0].path)["best_of"]
    assert said["candidates"] == 3
    assert drawn[0].seed in said["seeds"]
    merits = {}
    for seed in said["seeds"]:
        one = draw_mockups(
            answer, None, index, SmallEncoder(), tmp_path / str(seed),
            wishes=Wishes(1, seed, ("tiny",), canvases),
        )  # fmt: skip
        merits[seed] = one[0].critique.merit
    assert merits[drawn[0].seed] == max(merits.values())


def test_a_past_artwork_handed_in_is_flagged_as_a_copy_and_a_new_picture_is_not(
    index: Index,
) -> None:
    table = index.table("artworks").to_pylist()
    known = Image.fromarray(read_image(index.catalogue_folder / table[4]["path"]).pixels)
    noise = np.random.default_rng(0).integers(0, 256, (90, 60, 3), dtype=np.uint8)
    critic = Critic(index, SmallEncoder(), Gauge(read_levers(index)))
    pictures = [Painting(one, one, {}) for one in (known, Image.fromarray(noise))]
    copy, new = critic.judge(pictures, (), Idea("all", "everyone", {}))
    assert copy.nearest.artwork_id == table[4]["artwork_id"]
    assert copy.nearest.copy
    assert not new.nearest.copy
    assert copy.merit < new.merit


def test_a_critique_warns_by_what_is_flagged_and_judges_canvases_where_there_is_a_layout(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = [one.name for one in features() if one.group == "maturity" and one.kind == "flag"]
    others = [one.name for one in features() if (one.group == "maturity") != (one.kind == "flag")]
    assert others, "other flags, and measures of maturity"
    measured = [
        {"layout": layout().to_text(), **dict.fromkeys(flags, 0.0), flags[-1]: 1.0}
        | dict.fromkeys(others, 1.0),
        {"brightness": 1.0, flags[0]: None},
    ]
    extractor = SimpleNamespace(extract=lambda pictures: measured[: len(pictures)])
    monkeypatch.setattr("index.features.extract.FeatureExtractor", lambda: extractor)
    critic = Critic(index, SmallEncoder(), Gauge(read_levers(index)))
    blank = Painting(*[Image.new("RGB", (60, 90))] * 2, {})
    flagged, plain = critic.judge([blank, blank], (), Idea("all", "everyone", {}))
    assert flagged.maturity == (flags[-1],)
    assert [one.canvas for one in flagged.survival] == list(load_canvases())
    assert (plain.maturity, plain.survival) == ((), ())


NAMED = ("rifle", "beagle", "violin", "cab", "canoe", *sorted(MEDIUM_CLASSES))


class Naming(SmallEncoder):
    """Tells the probability of every named class by the red of a plain picture."""

    class_names = NAMED

    def __init__(self, *pictures: dict[str, float]) -> None:
        super().__init__()
        self.pictures = [np.array([one.get(name, 0.0) for name in NAMED]) for one in pictures]

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        classes = np.stack([self.pictures[int(one[0, 0, 0])] for one in pixels])
        return replace(super().embed_images(pixels), classes=classes.astype(np.float32))


def seen(index: Index, encoder: SmallEncoder, *pictures: Image.Image, hidden: str = "") -> Any:
    """The features of pictures, as a critique has them."""
    critic = Critic(index, encoder, Gauge(read_levers(index)))
    paintings = [Painting(one, one, {}, not_shown=frozenset({hidden})) for one in pictures]
    return [one.features for one in critic.judge(paintings, (), Idea("all", "everyone", {}))]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two features are measured and no more."""
    monkeypatch.setattr("index.features.extract.FeatureExtractor", SmallExtractor)


@pytest.mark.usefixtures("quick")
def test_a_critique_sees_things_by_the_ten_likeliest_classes_without_those_of_the_medium(
    index: Index,
) -> None:
    medium = dict.fromkeys(MEDIUM_CLASSES, 0.1)
    encoder = Naming(
        {"rifle": 0.5, "beagle": 0.1, "violin": 0.4},
        {**medium, "canoe": 0.08, "beagle": 0.06, "cab": 0.05, "violin": 0.01},
    )
    pictures = [Image.new("RGB", (60, 90), (red, 0, 0)) for red in (0, 1)]
    armed, cluttered = seen(index, encoder, *pictures)
    told = [load_vocabulary()[name].feature for name in ("gun", "dog", "violin", "boat", "taxi")]
    assert [armed[name] for name in told] == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert [cluttered[name] for name in told] == [0.0, 1.0, 0.0, 1.0, 0.0], "cab is the eleventh"
    assert load_vocabulary()["horse"].feature not in armed, "no class shows it"
    assert not {*told} & {*seen(index, encoder, *pictures, hidden="things")[0]}, "a comp has none"
    assert seen(index, encoder) == []


@pytest.mark.usefixtures("quick")
def test_a_critique_sees_by_texts_what_stands_out_beside_the_past_artwork(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An armed picture points where texts of a gun do, past ones where neutral texts do."""
    encoder, rng = SmallEncoder(), np.random.default_rng(3)
    armed, plain = (Image.new("RGB", (60, 90), colour) for colour in ("red", "blue"))
    there, usual = encoder.embed_images([np.asarray(one) for one in (armed, plain)]).shared
    past = usual + rng.normal(0, 0.05, (60, len(usual)))
    away = usual - (there - there @ usual * usual)
    texts = np.stack([there if "a gun" in text else away for text in text_prompts()])
    texts[: len(NEUTRAL)] = usual
    vectors, own = past.astype(np.float32), Index.vectors
    monkeypatch.setattr(
        Index, "vectors", lambda self, name: vectors if name == "shared" else own(self, name)
    )
    monkeypatch.setattr(Index, "has_arrays", lambda self, name: name == "prompts")
    monkeypatch.setattr(Index, "arrays", lambda self, name: {"vectors": texts})
    encoder.class_names = None
    found = seen(index, encoder, plain, armed)
    shown = [{name for name in concepts() if one[name] == 1.0} for one in found]
    assert shown == [set(), {load_vocabulary()[name].feature for name in ("gun", "weapon")}]
    monkeypatch.setattr(Index, "has_arrays", lambda self, name: False)
    assert not concepts() & {*seen(index, encoder, armed)[0]}, "nothing can be seen"


@pytest.mark.usefixtures("quick")
def test_lifts_are_predicted_with_the_members_of_the_concept(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: Index, audience: Audience | None, platforms: tuple[str, ...], **__: int) -> None:
        whom = "everyone" if audience is None else audience.weights
        raise InputError(f"nothing of {whom} on {' and '.join(platforms)}")

    monkeypatch.setattr("assistant.answers.score.fit_scorer", unknown)
    critic = Critic(index, SmallEncoder(), Gauge(read_levers(index)), ("tv", "mobile"))
    blank = Painting(*[Image.new("RGB", (60, 90))] * 2, {})
    told = [
        critic.judge([blank], (), Idea(key, key, clusters))[0].why_no_score
        for key, clusters in (("one", {"heart": 1.0}), ("all", {}))
    ]
    assert told == [
        "insufficient data: nothing of {'heart': 1.0} on tv and mobile",
        "insufficient data: nothing of everyone on tv and mobile",
    ]


def concepts() -> set[str]:
    """Features that an encoder sees."""
    return {one.feature for one in load_vocabulary().values()}


def test_the_copy_threshold_is_a_percentile_between_titles(index: Index) -> None:
    vectors = np.asarray(index.vectors("image"), np.float64)
    titles = np.array(index.table("artworks")["title_id"].to_pylist())
    likeness = vectors @ vectors.T
    nearest = [1 - max(likeness[row, titles != titles[row]]) for row in range(len(titles))]
    found = PastArtwork(index).threshold
    assert found == pytest.approx(np.quantile(nearest, 0.01), abs=1e-5)


def test_only_artwork_whose_rights_permit_it_is_shown_to_a_painter(index: Index) -> None:
    shown = tuple(index.table("artworks")["artwork_id"].to_pylist()[:4])
    allowed, withheld = permitted_guides(shown, index)
    assert [guide.rights for guide in allowed] == ["all media", "Public Domain"]
    assert [guide.rights for guide in withheld] == ["digital only", ""]
    allowed, withheld = permitted_guides(shown, index, also=("Digital only", ""))
    assert [guide.rights for guide in withheld] == [""], "a blank right cannot be permitted"
    assert is_permitted("  ALL   media ")


def test_concepts_are_those_of_the_boards_suite_plan(index: Index) -> None:
    brief = Brief(title="Fog", audience={"heart": 0.6, "thrill": 0.4})
    answer = answer_brief(brief, Path("b"), index, SmallEncoder())
    plan = plan_suite(answer, index)
    assert plan is not None
    both = plan_ideas(answer, plan)
    assert [one.clusters for one in both] == [{"heart": 1.0}, {"thrill": 1.0}]
    starts = [one.piece.artwork_id for one in plan.concepts if one.reaches]
    assert [one.past[0] for one in both] == starts
    one = answer_brief(
        brief.model_copy(update={"audience": {"heart": 1.0}}), Path("b"), index, SmallEncoder()
    )
    assert plan_ideas(one, plan_suite(one, index)) == (whole_audience(one),)
    assert plan_ideas(answer, None) == (whole_audience(answer),)
