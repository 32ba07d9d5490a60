"""What boards flag, on catalogues in which the truth was planted; and catalogues that attack."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image
from pptx import Presentation
from starlette.testclient import TestClient
from typer.testing import CliRunner

from assistant.answers.advice import Direction
from assistant.answers.brief import Brief, brief_text
from assistant.answers.match import read_artworks
from assistant.boards.desk import Desk
from assistant.boards.files import Run, write_boards
from assistant.boards.novelty import contradictions, genre_rows, novelty_marks
from assistant.boards.pictures import Pictures
from assistant.cli.app import app
from assistant.web.app import create_app
from assistant.web.library import Library
from assistant.wording import Interval
from index.query.arrangement import read_groups
from index.query.filters import Filters, passing
from index.records import silent
from index.store import Index, open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue

TITLES, EACH = 16, 4
HORROR = 6
"""The first titles are horror, in red; the others are comedies, in blue and ever lighter."""
STRAY = f"t{TITLES - 1:02d}_0"
"""A comedy's artwork that looks like all of horror."""
RTL = "مرحبا بالعالم"
ATTACK = f"<script>alert(1)</script> \"quoted\" 'q' & 🎬 {RTL} **b** {{{{ 7*7 }}}} " + "x" * 5000


def plain(path: Path, colour: tuple[int, int, int], seed: int) -> None:
    """A picture in one colour and a little noise."""
    noise = np.random.default_rng(seed).integers(-12, 12, size=(90, 60, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(colour + noise, 0, 255).astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Index:
    base = tmp_path_factory.mktemp("planted")
    catalogue = write_catalogue(base / "catalogue", titles=TITLES, each=EACH)
    titles = pd.read_csv(catalogue / "titles.csv")
    scary = titles.index < HORROR
    titles["genres"] = np.where(scary, "Horror", "Comedy")
    titles["synopsis"] = np.where(scary, "a scream in the dark", "a wedding with a cake")
    titles.to_csv(catalogue / "titles.csv", index=False)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    for row, one in artworks.iterrows():
        title, number = row // EACH, row % EACH
        red = title < HORROR or one["artwork_id"] == STRAY
        light = 90 if number < EACH // 2 else 210
        plain(catalogue / one["path"], (220, 20, 20) if red else (20, 40, light), int(row))
    year = 2015 + (artworks.index % EACH) // (EACH // 2) * 5
    artworks.assign(created_at=[f"{one}-03-01" for one in year]).to_csv(
        catalogue / "artworks.csv", index=False
    )
    build(catalogue, base / "index")
    return open_index(base / "index")


def flagged(index: Index, artwork: str, synopsis: str) -> tuple[str, ...]:
    brief = Brief(title="New", synopsis=synopsis, genres=("Comedy",))
    text = SmallEncoder().embed_texts([brief_text(brief)])
    return contradictions(index, brief, text, [read_artworks(index).ids.index(artwork)])[0]


def test_a_picture_that_promises_another_genre_is_flagged_with_its_figures(planted: Index) -> None:
    told = flagged(planted, STRAY, "a wedding with a cake")
    assert len(told) == 1
    assert told[0].startswith("Looks like Horror, which the brief does not mention: 20 of the 20")
    assert f"against {HORROR / TITLES:.0%} of all artwork" in told[0]


def test_what_the_brief_says_or_its_genre_looks_like_is_no_contradiction(planted: Index) -> None:
    assert flagged(planted, STRAY, "a horror wedding") == ()
    assert flagged(planted, STRAY, "a scream in the dark") == (), "near titles are horror"
    assert flagged(planted, f"t{TITLES - 1:02d}_1", "a wedding with a cake") == ()


def test_what_comedies_do_ever_less_is_fading_and_what_most_do_is_overused(planted: Index) -> None:
    assert genre_rows(planted, ("Comedy",)).sum() == (TITLES - HORROR) * EACH
    (fading,) = novelty_marks(planted, turned("light", "darker"), ("Comedy",))
    assert re.match(r"Fading: \d+% of artwork in Comedy titles before 2017-08-30, 0% since", fading)
    (overused,) = novelty_marks(planted, turned("hue", "mostly blue"), ("Comedy",))
    assert overused.startswith("Widely used: 98%"), "steady is not fading"


def turned(lever: str, pole: str) -> Direction:
    return Direction(
        lever=lever, pole=pole, do=pole, variant=pole, package=(), headline=pole, effect=0.1,
        low=0.05, high=0.15, steps=1.0, change=Interval(0.05, 0.1, 0.15), grade="supported",
        reason="", titles=9, artworks=9, reach=1.0, by_cluster=(), by_platform=(), members=(),
        pairs=(),
    )  # fmt: skip


def test_a_theme_is_shown_whole_and_filters_a_search(planted: Index) -> None:
    groups, names = read_groups(planted)
    ids = planted.table("artworks", ["artwork_id"])["artwork_id"].to_pylist()
    dark = {f"t{title:02d}_{number}" for title in range(HORROR, TITLES) for number in (0, 1)}
    host = "127.0.0.1:8000"
    app = create_app(Library(planted.folder, SmallEncoder()), hosts=[host])
    kinds = []
    with TestClient(app, base_url=f"http://{host}") as client:
        for number, name in enumerate(names):
            members = {one for one, at in zip(ids, groups.label, strict=True) if at == number}
            page = client.get("/theme", params={"id": name})
            shown = re.findall(r'src="/image/small\?id=([^"]+)"', page.text)
            assert sorted(shown) == sorted(members)
            mask = passing(planted, Filters({"theme": (name,)}))
            assert mask is not None
            assert {one for one, held in zip(ids, mask, strict=True) if held} == members
            kinds.append(len(members & dark) / len(members))
        assert client.get("/theme", params={"id": "nobody"}).status_code == 404
    assert sorted(kinds) == [0.0, 1.0], "what was planted: dark and light pictures of comedies"


def test_a_catalogue_that_attacks_is_text_on_every_board(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=6)
    titles = pd.read_csv(catalogue / "titles.csv")
    titles.assign(name=[f"{number} {ATTACK}" for number in range(6)]).to_csv(
        catalogue / "titles.csv", index=False
    )
    names = [
        "<img src=x onerror=alert(1)>",
        'it\'s "quoted" & 🎬',
        RTL,
        "${7*7} {{7*7}}",
        "a#b?c%20",
        "**b** [x](y)",
    ]
    artworks = pd.read_csv(catalogue / "artworks.csv")
    renamed = {}
    for row, one in artworks.iterrows():
        name = f"{names[row % 6]} {row}"
        (catalogue / one["path"]).rename(catalogue / "images" / f"{name.replace('/', '')}.jpg")
        renamed[one["artwork_id"]] = name
    for table in ("artworks", "performance"):
        rows = pd.read_csv(catalogue / f"{table}.csv")
        rows["artwork_id"] = rows["artwork_id"].map(renamed)
        if table == "artworks":
            rows["path"] = "images/" + rows["artwork_id"].str.replace("/", "") + ".jpg"
        rows.to_csv(catalogue / f"{table}.csv", index=False)
    build(catalogue, tmp_path / "index")
    brief = tmp_path / "brief.yaml"
    brief.write_text(yaml.safe_dump({"title": "New", "genres": ["Drama"]}))
    with open_index(tmp_path / "index") as index:
        done = boards(index, brief, tmp_path / "out", "html", "md", "json", "png", "pptx", "pdf")
    assert done.failed == ()
    assert done.unreadable == ()
    page, text, data, sheet, deck, paper = done.boards[0].files
    html = page.read_text()
    assert html.count("<script>") == 1, "our own"
    assert "&lt;script&gt;alert(1)" in html
    assert not re.search(r"<img (?!src=\"data:|alt)|onerror=(?!alert\(1\)&gt;)", html)
    assert RTL in html
    assert not re.search(r"(?<!\\)<(script|img)|(?<!\\)\*\*b|(?<!\\)\[x", text.read_text())
    pairs = json.loads(data.read_text())["pairs"]
    assert pairs
    assert all(pair["worked"]["title"].endswith("x" * 5000) for pair in pairs)
    assert sheet.read_bytes().startswith(b"\x89PNG")
    shown = " ".join(
        shape.text_frame.text
        for slide in Presentation(str(deck)).slides
        for shape in slide.shapes
        if shape.has_text_frame
    )
    assert "<script>alert(1)</script>" in shown
    assert RTL in shown
    assert b"/JavaScript" not in paper.read_bytes()


def boards(index: Index, brief: Path, out: Path, *formats: str) -> Run:
    return write_boards(
        [brief], out, Desk(index, SmallEncoder()),
        Pictures(index.catalogue_folder), formats, k=6, picks=lambda _: (), progress=silent,
    )  # fmt: skip


def test_one_bad_brief_makes_the_command_exit_with_2_after_writing_the_rest(
    planted: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assistant.cli.opening.open_with_encoder", lambda _: (planted, SmallEncoder())
    )
    (tmp_path / "good.yaml").write_text("title: Good\ncanvases: [banner]\n")
    (tmp_path / "bad.yaml").write_text("titel: Bad\n")
    sizes = tmp_path / "canvases.yaml"
    sizes.write_text("banner: {size: [900, 300], safe: [0.1, 0.1, 0.9, 0.9]}\n")
    out, briefs = tmp_path / "out", [str(tmp_path / f"{name}.yaml") for name in ("good", "bad")]
    run = CliRunner().invoke(
        app, ["board", *briefs, "-o", str(out), "--format", "json", "--canvases", str(sizes)]
    )
    assert run.exit_code == 2, run.output
    assert "1 of 2 briefs failed, the others are written" in run.stderr
    assert "bad.yaml" in run.stderr
    assert "Traceback" not in run.stderr
    made = json.loads((out / "good.json").read_text())
    assert {one["canvas"] for one in made["previews"]} == {"banner"}
    run = CliRunner().invoke(app, ["board", briefs[0], "-o", str(out)])
    assert run.exit_code == 2
    assert "banner" in run.stderr


def test_mockups_lie_beside_the_board_they_belong_to(
    planted: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "assistant.cli.opening.open_with_encoder", lambda _: (planted, SmallEncoder())
    )
    (tmp_path / "one.yaml").write_text("title: One\ncanvases: [thumbnail]\nmockups: {count: 1}\n")
    words = ["board", str(tmp_path / "one.yaml"), "-o", str(tmp_path / "out"), "--mockups"]
    run = CliRunner().invoke(app, words)
    assert run.exit_code == 0, run.output
    (comp,) = (tmp_path / "out").glob("*-mockups/*.png")
    assert str(comp) in run.stdout
    with Image.open(comp) as picture:
        assert picture.size == (166, 249)
