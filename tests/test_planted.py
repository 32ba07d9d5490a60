"""Every command over a catalogue that tries to be something else: nothing of it is interpreted,
and no member is in anything that is told or written."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml
from PIL import Image
from starlette.testclient import TestClient

from assistant.cli import main
from assistant.web.app import create_app
from assistant.web.library import Library
from index.io.safe_text import yaml_text
from tests.hostile_catalogue import HOSTILE, MEMBER, hostile_copy

HOST = "127.0.0.1:8000"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")


RESULTS = "lever,pole,arm,impressions,plays\n" + "".join(
    f"light,darker,{arm},20000,{plays}\n" for arm, plays in (("A", 2600), ("B", 2100))
)


class Place:
    """A folder with a hostile catalogue, its index, and all that was told and written about it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.index = folder, folder / "index"
        self.said: dict[str, str] = {}

    def run(self, *words: str | Path, code: int = 0) -> str:
        """Run a command and keep what it told."""
        printed, noted, ended = io.StringIO(), io.StringIO(), 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["assistant", *map(str, words)])
            patch.chdir(self.folder)
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(noted):
                try:
                    main()
                except SystemExit as ending:
                    ended = int(ending.code or 0)
        assert ended == code, noted.getvalue()
        name = " ".join(map(str, words))
        self.said[f"{name} > stdout"] = printed.getvalue()
        self.said[f"{name} > stderr"] = noted.getvalue()
        return printed.getvalue()

    def written(self) -> Iterator[tuple[Path, bytes]]:
        """Files outside the index that were not there at first."""
        for path in sorted(self.folder.rglob("*")):
            inside = path.relative_to(self.folder).parts[0]
            if path.is_file() and inside not in {"index", "catalogue", "brief.yaml"}:
                yield path, path.read_bytes()


@pytest.fixture(scope="module")
def place(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Everything that reports, run once."""
    folder = hostile_copy(demo, tmp_path_factory.mktemp("planted"), titles=12, members=600)
    found = Place(folder)
    index, brief = ("-i", found.index), folder / "brief.yaml"
    found.run("index", folder / "catalogue", "-o", found.index)
    artworks = pd.read_csv(folder / "catalogue" / "artworks.csv", dtype=str)
    picture = sorted((folder / "catalogue" / "images").iterdir())[0]
    ids = artworks["artwork_id"].tolist()
    for words in (
        ("clusters", *index),
        ("brief", brief, *index),
        ("similar", HOSTILE[0], *index),
        ("insights", *index),
        ("prompt", brief, *index),
        ("hypotheses", brief, *index, "-o", "tests.yaml"),
        ("picks", "add", *index, "--", *ids[: len(HOSTILE)]),
        ("picks", "list", *index),
        ("score", picture, "--brief", brief, *index),
        ("cause", "framing", *index),
        ("features", "measure", picture, "--overlay", "overlay.png"),
        ("doctor", *index, "--deep"),
    ):
        at = words.index("--") if "--" in words else len(words)
        found.run(*words)
        json.loads(found.run(*words[:at], "--json", *words[at:]))
    found.run("evaluate", *index)
    json.loads(found.run("evaluate", *index, "--json"))
    found.run("board", brief, *index, "-o", "boards", "--format", "html,md,json,png,pptx,pdf")
    json.loads(found.run("board", brief, *index, "-o", "more", "--format", "md", "--json"))
    mockup = ("mockup", brief, *index, "-n", "1", "--canvas", "tile")
    found.run(*mockup, "-o", "mockups")
    json.loads(found.run(*mockup, "-o", "more-mockups", "--json"))
    (folder / "results.csv").write_text(RESULTS)
    json.loads(found.run("learn", "results.csv", *index, "--json"))
    (folder / "results.csv").unlink()
    return found


@pytest.fixture(scope="module")
def pages(place: Place) -> dict[str, str]:
    """Every kind of page."""
    artwork = pd.read_csv(place.folder / "catalogue" / "artworks.csv")["artwork_id"][0]
    library = Library(place.index)
    with TestClient(create_app(library, hosts=[HOST]), base_url=f"http://{HOST}") as c:
        assert library.shelf.study().wait(120)
        token = re.findall(r'name="csrf-token" content="([^"]+)"', c.get("/").text)[0]
        said = (place.folder / "brief.yaml").read_text()
        found = {
            "search": c.get("/", params={"q": HOSTILE[6]}),
            "artwork": c.get("/artwork", params={"id": artwork}),
            "picks": c.get("/picks"),
            "board": c.post("/board", data={"yaml": said, "token": token}),
            "themes": c.get("/themes"),
            "insights": c.get("/insights"),
            "mistake": c.get("/", params={"title": HOSTILE[6]}),
        }
    assert {name: answer.status_code for name, answer in found.items() if name != "mistake"} == {
        name: 200 for name in found if name != "mistake"
    }
    return {name: answer.text for name, answer in found.items()}


def unpacked(path: Path, content: bytes) -> Iterator[bytes]:
    """The bytes of a file and of all that is packed in it."""
    yield content
    if path.suffix == ".pptx":
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif path.suffix == ".pdf":
        for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(packed)
    elif path.suffix == ".png":
        with Image.open(path) as image:
            yield from (str(value).encode() for value in image.info.values())


def test_no_member_is_in_anything_told_or_written(place: Place, pages: dict[str, str]) -> None:
    for name, text in {**place.said, **pages}.items():
        assert MEMBER not in text, name
    files = list(place.written())
    assert {path.suffix for path, _ in files} == {
        ".html", ".md", ".json", ".png", ".pptx", ".pdf", ".yaml",
    }  # fmt: skip
    for path, content in files:
        assert not any(MEMBER.encode() in piece for piece in unpacked(path, content)), path


def test_members_are_written_where_asked_and_never_as_formulas(place: Place) -> None:
    told = Place(place.folder)
    told.run("clusters", "-i", place.index, "--members-out", "members.csv")
    told.run("clusters", "-i", place.index, "--members-out", "members.parquet")
    listed = pd.read_csv(place.folder / "members.csv", dtype=str)["member_id"]
    kept = pd.read_parquet(place.folder / "members.parquet")["member_id"]
    for name in ("members.csv", "members.parquet"):
        (place.folder / name).unlink()
    assert listed.str.startswith(f"'={MEMBER}").all()
    assert listed.str[1:].tolist() == kept.tolist()
    assert any("begin like a formula" in text for text in told.said.values())


def test_nothing_told_steers_a_terminal(place: Place) -> None:
    hostile = [name for name, text in place.said.items() if "owned" in text]
    assert len(hostile) > 10
    written = {path.name: path for path, _ in place.written() if path.suffix == ".yaml"}
    texts = {name: path.read_text() for name, path in written.items()}
    assert texts
    for name, text in {**place.said, **texts}.items():
        assert not STEERING.search(text), name


def test_recorded_text_comes_back_as_it_was_though_it_steers_nothing() -> None:
    document = {"title": HOSTILE[7], "hypotheses": [{"arm": word} for word in HOSTILE]}
    text = yaml_text(document)
    assert not STEERING.search(text)
    assert yaml.safe_load(text) == document


def test_nothing_was_reckoned_or_run(place: Place, pages: dict[str, str]) -> None:
    texts = {**place.said, **pages}
    texts |= {
        str(path): content.decode()
        for path, content in place.written()
        if path.suffix in {".html", ".md", ".json", ".yaml"}
    }
    assert any("{{7*7}}" in text for text in texts.values())
    for name, text in texts.items():
        assert not re.search(r"\b49 (\{%|\$)", text), name
    assert not list(place.folder.rglob("owned"))


class Tags(HTMLParser):
    """What a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.harm: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            lead = (value or "").strip().lower()
            if name.startswith("on") or (name in {"href", "src"} and lead.startswith("javascript")):
                self.harm.append(f"<{tag} {name}={lead}>")
            if lead.startswith(("http://evil", "//evil")) or (tag == "img" and lead == "x"):
                self.harm.append(f"<{tag} {name}={lead}>")
        if tag in {"a:t", "w:t", "lora:evil:1"}:
            self.harm.append(f"<{tag}>")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and "alert(1)" in data:
            self.harm.append("a script of the catalogue's")


def test_no_page_holds_a_tag_or_link_of_the_catalogue(place: Place, pages: dict[str, str]) -> None:
    shown = dict(pages)
    for path, content in place.written():
        if path.suffix == ".html":
            shown[path.name] = content.decode()
    assert len(shown) == 8
    for name, text in shown.items():
        assert "&lt;script&gt;alert(1)" in text or name in {"mistake", "themes", "insights"}, name
        assert Tags(text).harm == [], name
        assert not STEERING.search(text), name


def test_markdown_and_slides_hold_plain_text(place: Place) -> None:
    files = {path.suffix: path for path, _ in place.written() if path.parent.name == "boards"}
    text = files[".md"].read_text()
    assert not re.search(r"(?<!\\)<script|(?<!\\)\[click|(?<!\\)\*\*bold|(?<!\\)\| cell", text)
    assert not STEERING.search(text)
    with zipfile.ZipFile(files[".pptx"]) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        assert not any("vba" in name.lower() for name in archive.namelist())
        for name in names:
            whole = archive.read(name).decode()
            ElementTree.fromstring(whole)
            assert "evil.example" not in whole or not name.endswith(".rels"), name
            if "/slides/" in name or "/notesSlides/" in name:
                assert not STEERING.search(whole.replace("\r\n", "\n")), name
    assert not re.search(rb"/JavaScript|/JS\b|/Launch|/URI", files[".pdf"].read_bytes())
