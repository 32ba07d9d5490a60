"""`assistant features`: the card, overlays, words, canvases, the table, and mistakes."""

from __future__ import annotations

import itertools
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage.data import astronaut

from assistant.terminal.feature_card import bar
from assistant.terminal.feature_list import listed_features
from assistant.terminal.overlays import overlay_paths
from benchmarks.feature_table import DITTO, feature_table, page
from index.build import build_index
from index.errors import InputError
from index.features.accuracy import Figure, accuracy_figures
from index.features.feature import Feature
from index.features.overlay import _Labels, _meet
from index.features.registry import features
from tests import commands
from tests.small_catalogue import SmallEncoder

ROOT = Path(__file__).parents[1]


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return commands.run("features", *words, check=False)


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


def test_the_page_of_features_is_up_to_date_and_the_command_shows_the_same_features() -> None:
    assert (ROOT / "docs" / "features.md").read_text(encoding="utf-8").strip() == page().strip()
    done = run("--table")
    assert done.returncode == 0
    assert "| --- |" not in done.stdout
    for one in listed_features():
        assert one.name in done.stdout.replace("\n", ""), one.name
    assert [one.name for one in features() if not one.checked] == []


def test_a_picture_is_compared_with_the_catalogue(poster: Path, tmp_path: Path) -> None:
    """An artwork of the index is known by its bytes: its title's name is sought in it."""
    catalogue = tmp_path / "catalogue"
    (catalogue / "images").mkdir(parents=True)
    rows = ["artwork_id,title_id,path"]
    for at in range(8):
        grey = Image.new("RGB", (200, 300), (30 * at, 30 * at, 30 * at))
        grey.save(catalogue / "images" / f"{at}.png")
        rows.append(f"a{at},t{at % 4},images/{at}.png")
    copyfile(poster, catalogue / "images" / "night.png")
    (catalogue / "artworks.csv").write_text("\n".join([*rows, "night,t8,images/night.png"]))
    names = [f"t{at},Title {at}" for at in range(4)]
    (catalogue / "titles.csv").write_text("\n".join(["title_id,name", *names, "t8,Nightfall"]))
    build_index(catalogue, tmp_path / "index", encoder=SmallEncoder())
    done = run(poster, "--index", tmp_path / "index", "--json")
    (image,) = json.loads(done.stdout)["images"]
    assert image["features"]["title_found"] == 1
    darker = sum(at * 30 / 255 < image["features"]["brightness"] for at in range(8))
    assert image["standings"]["brightness"]["below"] == pytest.approx((darker + 0.5) / 9, abs=0.12)
    assert image["standings"]["people_grouping"] == {"below": None, "same": pytest.approx(1 / 9)}
    levers = {one["lever"]: one for one in image["levers"]}
    assert levers["light"]["side"] == "darker"
    assert levers["light"]["share"] == pytest.approx(
        1 - image["standings"]["brightness"]["below"], abs=0.12
    )
    card = run(poster, "--index", tmp_path / "index")
    assert card.stdout.index("levers") < card.stdout.index("of yours") < card.stdout.index("people")
    assert "of yours" in card.stdout
    assert "nudity" not in card.stdout
    assert "nudity" in run(poster, "--maturity").stdout
    assert run(poster, "--index", tmp_path / "nowhere").returncode == 2


def test_the_name_can_be_given(poster: Path) -> None:
    for name, found in (("Nightfall", 1), ("Purple Hearts", 0)):
        done = run(poster, "--json", "--title", name)
        (image,) = json.loads(done.stdout)["images"]
        assert image["features"]["title_found"] == found


def test_labels_of_an_overlay_do_not_overlap() -> None:
    """Forty faces in a heap: no word lies upon another, and none leaves the picture."""
    placed: list[tuple[float, ...]] = []

    class Watching(ImageDraw.ImageDraw):
        def rectangle(self, xy: Any, fill: Any = None, **given: Any) -> None:
            if fill == "black":
                placed.append(tuple(xy))
            super().rectangle(xy, fill=fill, **given)

    labels = _Labels(Watching(Image.new("RGB", (600, 400))), (600, 400))
    for at in range(40):
        labels.add(250 + at, 180 + at % 7, "#ffd400", f"0.9{at} viewer, smiling")
    labels.write()
    assert len(placed) >= 8
    for one, other in itertools.combinations(placed, 2):
        assert not _meet(one, other)
    assert all(box[0] >= 0 and box[2] <= 600 and box[1] >= 0 and box[3] <= 400 for box in placed)


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
    measured = {one.name for one in features()}
    known = measured | {one.name for one in listed_features()} | {"things"}
    for one in figures.values():
        assert one.feature in known
        assert one.low <= one.value <= one.high
        assert one.feature not in measured or one.posters >= 80
