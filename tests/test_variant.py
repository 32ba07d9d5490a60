"""Variants and stills: the lever that is asked for moves as far as asked, and the rest stays."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from assistant.answers.brief import Brief
from assistant.mockups.aims import Aim
from assistant.mockups.gauge import Gauge, decoded
from assistant.mockups.grading import ENDS, Negative
from assistant.mockups.ideas import Idea
from assistant.mockups.marks import ALTERED, COMPOSITE, DRAWN, PAINTED, xmp_packet
from assistant.mockups.prompt import build_prompt
from assistant.mockups.provenance import read_provenance, write_mockup
from assistant.mockups.records import Job
from assistant.mockups.regrade import TURNED, regrade
from assistant.mockups.still import StillPainter, crop_box, load_still
from assistant.mockups.variant import make_variant, read_turns
from index.errors import ImageUnreadable, InputError
from index.features.analysis import Analysis, TextBlock
from index.features.canvases import load_canvases
from index.features.colour_space import oklab
from index.features.extract import FeatureExtractor
from index.records import Pixels, silent
from index.store import Index, open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue
from tests.turned import GAUGE, aim, fitted_levers


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    from skimage import data

    return Image.fromarray(data.astronaut())


@pytest.fixture
def picture(photo: Image.Image, tmp_path: Path) -> Path:
    path = tmp_path / "poster.jpg"
    photo.save(path, quality=95)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("variant")
    build(write_catalogue(root / "catalogue", titles=4), root / "index")
    return root / "index"


@pytest.fixture
def index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    monkeypatch.setattr("assistant.mockups.variant.read_levers", lambda _: fitted_levers())
    with open_index(folder) as opened:
        monkeypatch.setattr(
            "assistant.cli.opening.open_with_encoder", lambda _: (opened, SmallEncoder())
        )
        yield opened


@pytest.mark.parametrize("lever", TURNED)
def test_the_lever_moves_by_its_step_and_the_others_that_a_grade_turns_are_held(
    photo: Image.Image, lever: str
) -> None:
    photo = photo.resize((300, 300))
    sitting = GAUGE.sit(photo)
    before = sitting.steps(sitting.whole)
    step = -1.0 if before[lever] > 0 else 1.0
    done = regrade(photo, sitting, lambda stands: {lever: stands[lever] + step})
    after = sitting.steps(decoded(done).pixels)
    assert after[lever] - before[lever] == pytest.approx(step, abs=0.2)
    for other in TURNED:
        if other != lever:
            assert abs(after[other] - before[other]) < 0.25, other
    assert done.size == photo.size


def test_letters_stand_out_more_and_detail_comes_back_where_the_knobs_say_so() -> None:
    from index.features.text import line_contrast

    rng = np.random.default_rng(3)
    pixels = np.repeat(rng.integers(30, 60, (120, 120, 1), dtype=np.uint8), 3, axis=2)
    pixels[20:40, 20:100] = 70
    pixels[26:34, 30:90:6] = 150
    line = TextBlock(((1 / 6, 1 / 6), (5 / 6, 1 / 6), (5 / 6, 1 / 3), (1 / 6, 1 / 3)), 1.0)
    negative = Negative.of(pixels, Analysis(text=(line,)))

    def graded(**knobs: float) -> Pixels:
        places = {"exponent": 0, "kept": 7, "letters": 10}
        turned = np.zeros(len(ENDS))
        turned[[places[name] for name in knobs]] = list(knobs.values())
        return negative.graded(turned)

    def sharp(picture: Pixels) -> float:
        return float(np.abs(np.diff(oklab(picture)[60:, :, 0], axis=0)).mean())

    assert np.abs(graded().astype(int) - pixels).max() <= 1
    plain, raised = (line_contrast(one, line) for one in (graded(), graded(letters=0.2)))
    assert plain is not None
    assert raised is not None
    assert raised > 1.3 * plain
    below = np.abs(graded(letters=0.2).astype(int) - pixels)[60:]
    assert below.max() <= 1, "what is no lettering stays"
    dark, held = graded(exponent=0.5), graded(exponent=0.5, kept=1.0)
    assert sharp(dark) < 0.8 * sharp(pixels)
    assert sharp(held) == pytest.approx(sharp(pixels), rel=0.2)
    assert held.mean() == pytest.approx(dark.mean(), rel=0.1)


def test_the_command_writes_the_variant_and_says_what_moved(picture: Path, index: Index) -> None:
    from assistant.cli.app import app
    from assistant.cli.variant import variant as _  # noqa: F401

    words = ["variant", str(picture), "--lever", "light=-1"]
    run = CliRunner().invoke(app, [*words, "--json"])
    assert run.exit_code == 0, (run.output, run.exception)
    told = json.loads(run.stdout)
    out = Path(told["file"])
    assert out == picture.with_name("poster-light-1.png")
    rows = {row["lever"]: row for row in told["levers"]}
    assert rows["light"]["asked"] == -1
    assert rows["light"]["reached"] is True
    with Image.open(out) as made:
        assert GAUGE.steps(made)["light"] == pytest.approx(rows["light"]["after"], abs=1e-3)
    assert read_provenance(out)["digital_source_type"] == ALTERED
    assert make_variant(picture, {"light": -1.0}, index).replaced, "said so, as one was there"


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("brightness=1", ["brightness", "light"]),
        ("light", ["light", "--lever light=-1"]),
        ("light=much", ["--lever light=-1"]),
        ("light=9", ["4"]),
        ("light=0", ["no step"]),
    ],
)
def test_a_lever_that_cannot_be_turned_is_one_line(word: str, names: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        read_turns([word])
    for name in names:
        assert name in str(caught.value)
    assert read_turns(["Colour-Strength=+0.5", "light=-1"]) == {
        "colour_strength": 0.5,
        "light": -1.0,
    }


def test_a_picture_that_cannot_be_read_is_one_line(tmp_path: Path, index: Index) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(ImageUnreadable):
        make_variant(tmp_path / "a.jpg", {"light": 1.0}, index)
    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]


def job(*aims: Aim, canvas: str = "vertical", gauge: Gauge | None = None) -> Job:
    brief = Brief(title="Fog", genres=("Drama",))
    prompt = build_prompt(brief, aims)
    shape = load_canvases()[canvas]
    idea = Idea("all", "all", {})
    return Job(1, brief, idea, aims, prompt, prompt, shape, 7, gauge=gauge)


def test_a_still_is_cropped_regraded_and_titled_as_asked(picture: Path) -> None:
    dark, close = aim("light", "darker"), aim("framing", "closer framing")
    plain = StillPainter([picture]).paint(job(), silent)
    made = StillPainter([picture]).paint(job(dark, close, gauge=GAUGE), silent)
    assert made.source == COMPOSITE
    assert made.picture.size == load_canvases()["vertical"].size
    assert dark.met({}, GAUGE.steps(made.clean))
    assert made.settings["crop"] != plain.settings["crop"]
    left, top, right, bottom = made.settings["crop"]
    assert right - left == pytest.approx((bottom - top) * 2 / 3, abs=2)
    assert (np.asarray(made.picture) != np.asarray(made.clean)).any(), "marked by default"


def test_the_face_of_a_still_stays_in_every_crop(picture: Path) -> None:
    from assistant.mockups.composition import compose

    still = load_still(picture, FeatureExtractor(threads=1))
    assert len(still.faces) == 1
    x, y = still.faces[0].left, still.faces[0].top
    for name, shape in load_canvases().items():
        for framing in (1, -1, 0):
            plan = compose((), shape, 0, 7)
            left, top, right, bottom = crop_box(still, shape, plan, framing)
            assert left <= x * still.picture.width <= right, (name, framing)
            assert top <= y * still.picture.height <= bottom, (name, framing)
            assert 0 <= left < right <= still.picture.width + 1e-6


def test_stills_of_any_kind_are_read_and_bad_ones_are_one_line(
    photo: Image.Image, tmp_path: Path
) -> None:
    photo.convert("CMYK").save(tmp_path / "cmyk.jpg")
    exif = photo.getexif()
    exif[0x8298] = "Copyright Somebody Else"
    photo.save(tmp_path / "owned.jpg", exif=exif)
    photo.resize((60, 40)).save(tmp_path / "tiny.png")
    made = StillPainter([tmp_path / "cmyk.jpg"]).paint(job(canvas="tile"), silent)
    assert made.picture.mode == "RGB"
    notes = StillPainter([tmp_path / "owned.jpg"]).paint(job(canvas="tile"), silent).notes
    assert any("Copyright Somebody Else" in note for note in notes)
    with pytest.raises(InputError, match="too small") as caught:
        StillPainter([tmp_path / "tiny.png"])
    assert "tiny.png" in str(caught.value)


@pytest.mark.parametrize("source", [PAINTED, DRAWN, COMPOSITE, ALTERED])
def test_an_independent_tool_reads_what_kind_of_picture_it_is(source: str, tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    document = {"statement": "A <test> & more.", "assistant": "1.0", "digital_source_type": source}
    write_mockup(tmp_path / "a.png", Image.new("RGB", (8, 8)), document)
    words = [exiftool, "-j", "-n", "-XMP:all", "-validate", str(tmp_path / "a.png")]
    found = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout)[0]
    assert found["DigitalSourceType"] == source
    assert found["Description"] == document["statement"]
    assert found["CreatorTool"] == "artwork-assistant 1.0"
    assert xmp_packet(source, "a", "b").count(source) == 1
