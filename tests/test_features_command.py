"""`assistant features`: the card, overlays, words, canvases, the table, and mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage.data import astronaut

from assistant.cli.feature_table import DITTO, feature_table
from assistant.terminal.feature_card import bar
from assistant.terminal.overlays import overlay_paths
from index.errors import InputError
from index.features.accuracy import Figure, accuracy_figures
from index.features.feature import Feature
from index.features.registry import features
from index.query.features import known_features

ROOT = Path(__file__).parents[1]
ASSISTANT = Path(sys.executable).with_name("assistant")


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ASSISTANT), "features", *map(str, words)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def poster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = Image.new("RGB", (600, 900), (30, 60, 90))
    page.paste(Image.fromarray(astronaut()).resize((400, 400)), (100, 60))
    font = ImageFont.load_default(84)
    ImageDraw.Draw(page).text((300, 740), "NIGHTFALL", fill="white", font=font, anchor="mt")
    path = tmp_path_factory.mktemp("posters") / "night.png"
    page.save(path)
    return path


def test_everything_at_once_as_json(poster: Path, tmp_path: Path) -> None:
    own = tmp_path / "canvases.yaml"
    own.write_text("kiosk: {size: [300, 450], letters: 200}\n")
    out = tmp_path / "seen.png"
    done = run(
        poster, "--json", "--words", "--overlay", out,
        "--canvas", "tile", "--canvas", "KIOSK", "--canvases", own,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    (image,) = document["images"]
    assert image["features"]["face_count"] == 1
    assert [word["text"].upper() for word in image["words"]] == ["NIGHTFALL"]
    tile, kiosk = image["canvases"]
    assert (tile["canvas"], tile["face_kept"], tile["title_kept"]) == ("tile", True, False)
    assert (kiosk["title_kept"], kiosk["legible"], kiosk["verdict"]) == (True, False, "partly")
    drawn = np.asarray(Image.open(out).convert("RGB"))
    assert drawn.shape[:2] == (900, 600)
    assert ((drawn == [255, 212, 0]).all(axis=2)).sum() > 300
    assert list(out.parent.glob(".*")) == []


def test_the_card_is_plain_when_piped_and_names_what_it_shows(poster: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    done = run(poster, broken, "--canvas", "vertical")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    for word in ("people", "cast", "single", "legibility", "blue", "#1e3c5a", "survives", "█"):
        assert word in done.stdout, word
    assert "broken.jpg" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--canvas", "tiel"), "did you mean 'tile'?"),
        (("--canvases", "absent.yaml"), "absent.yaml"),
        (("--overlay", "seen.exe"), "'.exe'"),
    ],
)
def test_a_mistake_is_one_line(poster: Path, words: tuple[str, ...], said: str) -> None:
    done = run(poster, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not Path("seen.exe").exists()


def test_where_overlays_go(tmp_path: Path) -> None:
    images = [Path("a/one.jpg"), Path("b/one.jpg"), Path("two.png")]
    names = ["one.png", "one-2.png", "two.png"]
    assert overlay_paths(tmp_path, images) == [tmp_path / name for name in names]
    pattern = tmp_path / "seen_{name}.jpg"
    assert overlay_paths(pattern, images[1:]) == [
        tmp_path / "seen_one.jpg",
        tmp_path / "seen_two.jpg",
    ]
    assert overlay_paths(tmp_path / "x.png", images[:1]) == [tmp_path / "x.png"]
    with pytest.raises(InputError, match="one file for 3 images"):
        overlay_paths(tmp_path / "x.png", images)


def test_the_bar_shows_where_a_value_lies() -> None:
    share = Feature("s", "u", 0, 1, "share", "g", "S.", "s", "e")
    warmth = Feature("w", "u", -1, 1, "number", "g", "S.", "s", "e")
    count = Feature("c", "u", 0, None, "count", "g", "S.", "s", "e")
    assert bar(0.5, share) == "██████······"
    assert bar(-1.0, warmth) == "·" * 12
    assert bar(0.0, warmth) == "██████······"
    assert bar(9.0, share) == "█" * 12
    for value, spec in ((3.0, count), (None, share), (float("nan"), share), ("left", share)):
        assert bar(value, spec) == ""


def test_the_page_of_features_is_what_the_command_writes() -> None:
    page = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
    done = run("--table")
    assert done.returncode == 0
    assert page.endswith(done.stdout)
    assert done.stdout == feature_table(known_features(), accuracy_figures())
    for one in known_features():
        assert f"| `{one.name}` |" in page
    assert [one.name for one in features() if not one.checked] == []


def test_the_table_takes_any_feature() -> None:
    concept = Feature(
        "shows_dog", "0 or 1", 0, 1, "flag", "concepts", "A dog | or two.", "The encoder.", "c",
        checked="By eye.",
    )  # fmt: skip
    again = replace(concept, name="shows_cat", sentence="A cat.", source=concept.source * 2)
    category = Feature(
        "mood", "kind", None, None, "category", "concepts", "M.", "S.", "c", ("a", "b")
    )
    table = feature_table(
        (concept, again, replace(again, name="pet"), category),
        [Figure("mood", "right", 0.5, 0.4, 0.612, 20)],
    )
    assert "## Concepts" in table
    assert "A dog \\| or two." in table
    assert "| kind: a, b |" in table
    assert table.count(DITTO) == 1
    assert "right: 50% (40%–61%)" in table
    assert {line.count(" | ") for line in table.splitlines() if line.startswith("|")} == {5}


def test_measured_accuracy_is_what_was_asked_of_it() -> None:
    figures = {(one.feature, one.measure): one for one in accuracy_figures()}
    assert figures["face_count", "exact or ±1"].value >= 0.9
    assert figures["shot_type", "right"].value >= 0.8
    assert figures["text_coverage", "correlation"].value >= 0.8
    known = {one.name for one in features()}
    for one in figures.values():
        assert one.feature in known
        assert one.low <= one.value <= one.high
        assert one.posters >= 150
