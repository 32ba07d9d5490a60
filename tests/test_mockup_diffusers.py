"""The real diffusers pipelines on tiny seeded networks, loaded as a user's own model is."""

from __future__ import annotations

import inspect
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from assistant.answers.brief import Brief
from assistant.cli.app import app
from assistant.mockups.diffusers_loading import Machine, PaintOptions, settle
from assistant.mockups.diffusers_painter import DiffusersPainter
from assistant.mockups.errors import PainterUnavailable
from assistant.mockups.ideas import Idea
from assistant.mockups.prompt import TAGS, build_prompt
from assistant.mockups.provenance import read_provenance
from assistant.mockups.records import Guide, Job, Painting
from assistant.mockups.tokens import count_tokens
from index.errors import MissingExtra
from index.features.canvases import load_canvases
from index.records import silent
from index.store import Index, open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue
from tests.tiny_diffusion import (
    save_controlnet,
    save_flux,
    save_ip_adapter,
    save_stable_diffusion,
    save_stable_diffusion_3,
    save_stable_diffusion_xl,
)

BRIEF = "title: Fog\ngenres: [Drama]\ntags: [sea]\nplatforms: [tv]\n"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "sd": save_stable_diffusion(folder / "sd"),
        "xl": save_stable_diffusion_xl(folder / "xl"),
        "sd3": save_stable_diffusion_3(folder / "sd3"),
        "flux": save_flux(folder / "flux"),
    }


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    catalogue = write_catalogue(tmp_path_factory.mktemp("diffusers") / "catalogue", titles=4)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    artworks["rights"] = ["digital only", "all media"] * (len(artworks) // 2)
    artworks.to_csv(catalogue / "artworks.csv", index=False)
    build(catalogue, catalogue.parent / "index")
    with open_index(catalogue.parent / "index") as opened:
        yield opened


@pytest.fixture
def brief(tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(
        "assistant.cli.opening.open_with_encoder", lambda _: (index, SmallEncoder())
    )
    path = tmp_path / "brief.yaml"
    path.write_text(BRIEF)
    return path


def mockup(brief: Path, out: Path, *words: str) -> Result:
    from assistant.cli import mockup as _  # noqa: F401

    line = ["mockup", str(brief), "-o", str(out), "--painter", "diffusers", "--steps", "3", *words]
    return CliRunner().invoke(app, line)


@pytest.mark.parametrize(
    ("model", "guide", "pipeline"),
    [
        ("sd", "none", "StableDiffusionPipeline"),
        ("xl", "none", "StableDiffusionXLPipeline"),
        ("sd", "layout", "StableDiffusionPipeline"),
        ("sd3", "none", "StableDiffusion3Pipeline"),
        ("flux", "none", "FluxPipeline"),
        ("flux", "layout", "FluxPipeline"),
    ],
)
def test_a_local_model_paints_and_the_same_seed_gives_the_same_bytes(
    models: dict[str, Path], brief: Path, tmp_path: Path, model: str, guide: str, pipeline: str
) -> None:
    words = ("--model", str(models[model]), "--guide", guide, "--size", "64x96", "--seed", "7")
    for run, count in (("one", "2"), ("two", "1")):
        done = mockup(brief, tmp_path / run, *words, "-n", count)
        assert done.exit_code == 0, (done.output, done.exception)
    one, two = (sorted((tmp_path / run / "fog").glob("*.png")) for run in ("one", "two"))
    assert one[0].read_bytes() == two[0].read_bytes()
    assert one[1].read_bytes() != two[0].read_bytes(), "another seed, another picture"
    document = read_provenance(one[0])
    assert document["model"]["pipeline"] == pipeline
    assert document["model"]["id"] == model
    assert len(document["model"]["hash"]) == 32
    assert document["settings"]["size"] == [64, 96]
    assert document["settings"]["guide"] == guide
    words = ("tags", "sea") if model in ("sd", "xl") else ("sentences", "Cinematic drama key art")
    assert document["prompt"]["kind"] == words[0]
    assert document["prompt"]["positive"].startswith(words[1])
    assert document["digital_source_type"].endswith("/trainedAlgorithmicMedia")
    with Image.open(one[0]) as image:
        assert np.asarray(image).std() > 5, "neither blank nor blacked out"


def test_a_pipeline_is_handed_only_what_its_call_takes(models: dict[str, Path]) -> None:
    for model, taken in (("flux", {"prompt_2"}), ("sd3", {"prompt_2", "prompt_3"}), ("sd", set())):
        painter = DiffusersPainter(str(models[model]), PaintOptions(2, size=(64, 96)))
        handed: dict[str, object] = {}
        pipeline = painter._pipeline("text", adapted=False)

        class Spy(type(pipeline)):  # type: ignore[misc]
            def __call__(self, *args: object, **words: object) -> object:
                handed.update(words)  # noqa: B023
                return super().__call__(*args, **words)

        Spy.__call__.__signature__ = inspect.signature(type(pipeline).__call__)
        pipeline.__class__ = Spy
        painted = painter.paint(job(kind=painter.kind), silent)
        assert set(handed) <= set(inspect.signature(pipeline.__call__).parameters)
        assert {name for name in handed if name.startswith("prompt_")} == taken
        no_effect = any("negative prompt has no effect" in note for note in painted.notes)
        assert no_effect == (model == "flux")
        if taken:
            assert handed["prompt"] == "sea, cinematic key art", "tags for the CLIP encoder"
            assert str(handed[max(taken)]).startswith("Cinematic key art")


def test_what_a_kind_of_model_does_not_take_is_one_line(
    models: dict[str, Path], tmp_path: Path
) -> None:
    net = save_controlnet(tmp_path / "net", models["sd"])
    painter = DiffusersPainter(str(models["flux"]), PaintOptions(2, controlnet=str(net)))
    with pytest.raises(PainterUnavailable, match="FluxPipeline takes none"):
        painter.paint(job(), silent)


def job(guide: Guide | None = None, kind: str = TAGS) -> Job:
    brief = Brief(title="Fog", tags=("sea",))
    idea = Idea("all", "everyone", {})
    shape = load_canvases()["vertical"]
    prompt, tags = build_prompt(brief, (), kind=kind), build_prompt(brief, ())
    return Job(1, brief, idea, (), prompt, tags, shape, 7, guide=guide)


def pixels(painting: Painting) -> np.ndarray:
    return np.asarray(painting.clean, np.int16)


def test_layout_guidance_and_adapters_change_the_picture(
    models: dict[str, Path], index: Index, tmp_path: Path
) -> None:
    picture = next(index.catalogue_folder.glob("images/*.jpg"))
    net = save_controlnet(tmp_path / "net", models["sd"])
    adapter = save_ip_adapter(tmp_path / "adapter", models["sd"])
    guide = Guide("a", picture, "all media")
    plain = DiffusersPainter(str(models["sd"]), PaintOptions(3)).paint(job(), silent)
    for options, used in (
        (PaintOptions(3, controlnet=str(net)), {"controlnet": "net"}),
        (PaintOptions(3, ip_adapter=adapter), {"ip_adapter": True}),
        (PaintOptions(3, guide="exemplar"), {"strength": 0.6}),
    ):
        painted = DiffusersPainter(str(models["sd"]), options).paint(job(guide), silent)
        assert used.items() <= dict(painted.settings).items()
        assert np.abs(pixels(painted) - pixels(plain)).max() > 0, used
    alone = DiffusersPainter(str(models["sd"]), PaintOptions(3, ip_adapter=adapter))
    first, without = alone.paint(job(guide), silent), alone.paint(job(), silent)
    assert (pixels(without) == pixels(plain)).all(), "no permitted exemplar, no adapter"
    assert (pixels(first) != pixels(without)).any()
    assert any("rights" in note for note in without.notes)


def test_restricted_exemplars_are_withheld_and_the_picture_says_which_was_shown(
    models: dict[str, Path],
    index: Index,
    brief: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from assistant.answers.answer import answer_brief
    from assistant.mockups.draw import Wishes, draw_mockups

    rows = index.table("artworks").to_pylist()
    shown = tuple(one["artwork_id"] for one in rows[:2])
    idea = Idea("all", "everyone", {}, past=shown)
    monkeypatch.setattr("assistant.mockups.draw.plan_ideas", lambda *_: (idea,))
    answer = answer_brief(Brief(title="Fog"), brief, index, SmallEncoder())
    painter = DiffusersPainter(str(models["sd"]), PaintOptions(3, guide="exemplar"))
    wishes = Wishes(count=2, exemplars=True)
    drawn = draw_mockups(
        answer, None, index, SmallEncoder(), tmp_path, painter=painter, wishes=wishes
    )
    for one in drawn:
        assert one.provenance["withheld_by_rights"] == [shown[0]]
        used = {each["artwork_id"]: each["shown_to_model"] for each in one.provenance["exemplars"]}
        assert used == {shown[0]: False, shown[1]: True}


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_killed_run_keeps_its_finished_pictures(
    models: dict[str, Path], index: Index, brief: Path, tmp_path: Path
) -> None:
    from assistant.answers.answer import answer_brief
    from assistant.mockups.draw import Wishes, draw_mockups

    def kill(stage: str, done: int, total: int) -> None:
        if stage.startswith("03") and done == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    answer = answer_brief(Brief(title="Fog"), brief, index, SmallEncoder())
    painter = DiffusersPainter(str(models["sd"]), PaintOptions(3))
    child = os.fork()
    if not child:
        try:
            draw_mockups(
                answer, None, index, SmallEncoder(), tmp_path / "out", painter=painter,
                wishes=Wishes(count=4), progress=kill,
            )  # fmt: skip
        finally:
            os._exit(9)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status
    kept = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name[:2] for name in kept] == ["01", "01", "02", "02"]
    for path in (tmp_path / "out").glob("*.png"):
        assert read_provenance(path) == json.loads(path.with_suffix(".json").read_text())


def test_the_models_own_safety_checker_is_kept(tmp_path: Path) -> None:
    model = save_stable_diffusion(tmp_path / "unsafe", unsafe=True)
    painted = DiffusersPainter(str(model), PaintOptions(2)).paint(job(), silent)
    assert pixels(painted).max() == 0
    assert any("safety checker" in note for note in painted.notes)


def test_weights_that_are_no_safetensors_are_refused(tmp_path: Path) -> None:
    model = save_stable_diffusion(tmp_path / "pickled", safetensors=False)
    assert list(model.rglob("*.bin"))
    with pytest.raises(PainterUnavailable, match="safetensors"):
        _ = DiffusersPainter(str(model)).model


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("some/model", ["tried the folder", "the hub", "--model FOLDER"]),
        ("no-such-folder", ["no such folder", "--model FOLDER"]),
        (".", ["no model_index.json"]),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line_of_what_was_tried(
    model: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PainterUnavailable) as caught:
        DiffusersPainter(model)
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_without_the_extra_one_line_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.mockups.diffusers_loading.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"pip install 'artwork-assistant\[mockups\]'"):
        DiffusersPainter("any")


def test_tokens_are_counted_as_the_model_counts_them(models: dict[str, Path]) -> None:
    from transformers import CLIPTokenizer

    tokenizer = CLIPTokenizer.from_pretrained(models["sd"] / "tokenizer")
    for text in ("two leads, warm colours", "", "Él & the 42 — cats' café", "a" * 300, "🙂 it's"):
        assert count_tokens(text) == len(tokenizer(text, truncation=False)["input_ids"]), text


class Pipeline:
    """Writes down what is done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def to(self, device: str) -> None:
        self.done.append(device)

    def enable_attention_slicing(self) -> None:
        self.done.append("sliced")

    def enable_model_cpu_offload(self) -> None:
        self.done.append("offloaded")


@pytest.mark.parametrize(
    ("machine", "size", "done"),
    [
        (Machine("cpu", "float32", None), 7, ["cpu"]),
        (Machine("mps", "float16", None), 7, ["mps", "sliced"]),
        (Machine("cuda", "bfloat16", 80 * 2**30), 7, ["cuda"]),
        (Machine("cuda", "float16", 6 * 2**30), 2, ["cuda", "sliced"]),
        (Machine("cuda", "float16", 6 * 2**30), 7, ["sliced", "offloaded"]),
    ],
)
def test_offload_and_slicing_go_by_the_machine(
    machine: Machine, size: int, done: list[str]
) -> None:
    pipeline = Pipeline()
    settle(pipeline, machine, size * 2**30)
    assert pipeline.done == done
