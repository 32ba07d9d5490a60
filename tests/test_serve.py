"""The local pages: what they show, and whom they turn away."""

from __future__ import annotations

import errno
import io
import json
import re
import shutil
import threading
import zipfile
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from PIL import Image
from starlette.testclient import TestClient

from assistant.answers.brief import Brief, MockupWishes, load_brief
from assistant.answers.picks import load_picks
from assistant.cli.serve import listen
from assistant.web.app import create_app
from assistant.web.library import Library
from assistant.web.making import STEPS, Maker
from assistant.web.security import MAX_UPLOAD
from index.errors import InputError
from index.query.search import Filters, Query, Searcher
from index.store import open_index
from tests.small_catalogue import SmallEncoder, build, draw, write_catalogue

HOST = "127.0.0.1:8000"
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)> 'quoted' & co",
    "{{ 7*7 }} {% raw %} 🎬 שלום",
    "x" * 5000,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("serve")
    catalogue = write_catalogue(base / "catalogue", titles=8)
    titles = pd.read_csv(catalogue / "titles.csv")
    titles.loc[:3, "name"] = HOSTILE
    titles.loc[:3, "genres"] = [*(f"{text}|Drama" for text in HOSTILE[:3]), "Drama"]
    titles.to_csv(catalogue / "titles.csv", index=False)
    build(catalogue, base / "index")
    return base


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    app = create_app(Library(folder / "index", SmallEncoder()), hosts=[HOST])
    with TestClient(app, base_url=f"http://{HOST}") as opened:
        yield opened


class Tags(HTMLParser):
    """Attributes of all tags of a page, and its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: set[str] = set()
        self.scripts: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append(dict(attrs))


def token_of(client: TestClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)
    assert found
    return found.group(1)


@pytest.fixture
def token(client: TestClient) -> str:
    return token_of(client)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:9", "", "localhost:8000"]
)
def test_other_hosts_are_turned_away(client: TestClient, host: str) -> None:
    for path in ("/", "/image/small?id=t00_0", "/static/app.js", "/openapi.json"):
        assert client.get(path, headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8000"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_can_change_nothing(
    client: TestClient, folder: Path, token: str, headers: dict[str, str]
) -> None:
    before = load_picks(folder / "index")
    sent = {"artwork_id": "t00_0", "action": "add", "token": token}
    assert client.post("/picks", data=sent, headers=headers).status_code == 403
    assert load_picks(folder / "index") == before


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_change_without_the_token_is_refused(
    client: TestClient, folder: Path, token: str
) -> None:
    sent = {"artwork_id": "t00_0", "action": "add", "token": token}
    assert client.post("/picks", data=sent).status_code == 403
    assert client.post("/board", data={"title": "A", "token": token}).status_code == 403
    picture = {"picture": ("a.png", b"x", "image/png")}
    assert client.post("/search", data={"token": token}, files=picture).status_code == 403
    assert load_picks(folder / "index") == ()


def test_large_bodies_are_refused_whether_announced_or_not(client: TestClient, token: str) -> None:
    headers = {"x-csrf-token": token}
    picture = {"picture": ("a.png", b"x" * (MAX_UPLOAD + 1), "image/png")}
    assert client.post("/search", files=picture, headers=headers).status_code == 413

    def parts() -> Iterator[bytes]:
        yield b'--b\r\ncontent-disposition: form-data; name="picture"; filename="a"\r\n\r\n'
        for _ in range(MAX_UPLOAD // 1_000_000 + 1):
            yield b"x" * 1_000_000
        yield b"\r\n--b--\r\n"

    headers |= {"content-type": "multipart/form-data; boundary=b"}
    assert client.post("/search", content=parts(), headers=headers).status_code == 413


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"%!PS-Adobe", b"\x89PNG" * 50])
def test_what_is_no_picture_is_refused_by_its_bytes(
    client: TestClient, token: str, content: bytes
) -> None:
    picture = {"picture": ("poster.png", content, "image/png")}
    answer = client.post("/search", files=picture, headers={"x-csrf-token": token})
    assert answer.status_code == 415
    assert "/tmp" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/image/small?id=../../titles.csv",
        "/image/small?id=/etc/passwd",
        "/image/small?id=images/t00_0.jpg",
        "/image/small?id=..%2F..%2Findex%2FCURRENT",
        "/image/huge?id=t00_0",
        "/image/..%2Fsmall?id=t00_0",
        "/artwork?id=../t00_0",
        "/static/../app.py",
        "/static/..%2Fapp.py",
        "/static/%2e%2e/app.py",
        "/docs",
        "/redoc",
        "/insights?cluster=../x",
    ],
)
def test_nothing_but_artwork_by_id_and_own_files_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_path_that_left_the_catalogue_is_not_followed(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "catalogue", tmp_path / "catalogue")
    build(tmp_path / "catalogue", tmp_path / "index")
    draw(tmp_path / "secret.jpg", 1)
    place = tmp_path / "catalogue" / "images" / "t00_0.jpg"
    place.unlink()
    place.symlink_to(tmp_path / "secret.jpg")
    app = create_app(Library(tmp_path / "index", SmallEncoder()), hosts=[HOST])
    with TestClient(app, base_url=f"http://{HOST}") as opened:
        assert opened.get("/image/small?id=t00_0").status_code == 404
        assert opened.get("/image/small?id=t00_1").headers["content-type"] == "image/webp"


def test_every_answer_carries_the_policy(client: TestClient) -> None:
    answers = [client.get(path) for path in ("/", "/static/app.js", "/no", "/?label=no")]
    answers.append(client.get("/", headers={"host": "evil.example"}))
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


def test_hostile_titles_are_text_and_pages_have_no_inline_code(
    client: TestClient, token: str
) -> None:
    brief = {"title": HOSTILE[0], "synopsis": " ".join(HOSTILE[1:3]), "token": token}
    pick = {"artwork_id": "t00_0", "brief": HOSTILE[1], "token": token}
    client.post("/picks", data=pick | {"action": "add"})
    pages = [
        client.get("/"),
        client.get("/", params={"q": HOSTILE[1]}),
        client.get("/", params={"title": HOSTILE[0]}),
        client.get("/", params={"title": "<b>nobody</b>"}),
        client.get("/artwork", params={"id": "t00_0"}),
        client.get("/artwork", params={"id": "t02_0"}),
        client.get("/picks"),
        client.post("/board", data=brief),
        client.post("/board", data={"yaml": f"title: [{HOSTILE[0]}]", "token": token}),
    ]
    client.post("/picks", data=pick | {"action": "remove"})
    for page in pages:
        assert page.headers["content-type"].startswith("text/html")
        assert "<script>" not in page.text
        assert "<img src=x" not in page.text
        assert "<b>nobody" not in page.text
        tags = Tags(page.text)
        assert not [name for name in tags.attributes if name.startswith("on") or name == "style"]
        own = {"/board.js", "/static/app.js", "/static/brief.js", "/static/progress.js"}
        assert {one.pop("src") for one in tags.scripts} <= own
        assert all(one == {"defer": None} for one in tags.scripts)
    assert "{{ 7*7 }}" in pages[5].text


def test_search_and_filters_show_what_the_engine_finds(client: TestClient, folder: Path) -> None:
    filters = Filters(where={"genres": ("Drama",)}, cluster="heart", platform="tv")
    with open_index(folder / "index") as index:
        searcher = Searcher(index, SmallEncoder())
        expected = searcher.find(Query(texts=(("a soldier", 1.0),)), k=48, filters=filters).hits
    asked = {"q": "a soldier", "genre": "Drama", "cluster": "heart", "platform": "tv"}
    page = client.get("/", params=asked)
    shown = re.findall(r'src="/image/small\?id=([^"]+)"', page.text)
    assert shown == [hit.artwork_id for hit in expected]
    assert len(shown) > 2


def test_words_are_added_subtracted_and_sorted_by_plays(client: TestClient, folder: Path) -> None:
    with open_index(folder / "index") as index:
        searcher = Searcher(index, SmallEncoder())
        texts = (("a soldier", 1.0), ("a kiss", 1.0), ("a horse", -1.0))
        expected = [hit.artwork_id for hit in searcher.find(Query(texts=texts), k=48).hits]
    asked = {"q": "a soldier", "plus": "a kiss", "minus": "a horse"}
    page = client.get("/", params=asked).text
    assert re.findall(r'src="/image/small\?id=([^"]+)"', page) == expected
    assert "Nearest to “a soldier + a kiss − a horse”" in page
    page = client.get("/", params=asked | {"sort": "plays"}).text
    assert sorted(re.findall(r'src="/image/small\?id=([^"]+)"', page)) == sorted(expected)
    lifts = [int(one) for one in re.findall(r'class="number">([+-]\d+)%', page)]
    assert lifts[0] > lifts[-1]
    assert client.get("/", params={"sort": "no"}).status_code == 422


def titles_shown(page: str) -> list[str]:
    """The title of every picture of a page, in order; ids are TITLE_NUMBER here."""
    return re.findall(r'src="/image/small\?id=([^"]+)_\d+"', page)


def test_a_title_is_found_once_unless_it_is_asked_for(client: TestClient) -> None:
    every = titles_shown(client.get("/", params={"q": "zebra"}).text)
    assert len(every) == len(set(every)) > 2
    name = re.search(r'<b dir="auto">([^<]+)</b>', client.get("/", params={"q": "zebra"}).text)
    assert name
    one = titles_shown(client.get("/", params={"q": "zebra", "title": name[1]}).text)
    assert len(one) > len(set(one))


def test_how_a_search_was_read_stands_above_what_it_found(client: TestClient) -> None:
    page = client.get("/", params={"q": "zebra"}).text
    assert "No title of this index has a word of “zebra”, so it is found by its meaning" in page
    assert "No title of this index" not in client.get("/").text


def test_what_looks_like_an_artwork_is_of_other_titles(client: TestClient) -> None:
    page = client.get("/artwork", params={"id": "t05_1"}).text
    alike = titles_shown(page.partition('id="alike"')[2])
    assert len(alike) == len(set(alike)) > 2
    assert "t05" not in alike


def test_a_dropped_picture_finds_itself(client: TestClient, folder: Path, token: str) -> None:
    content = (folder / "catalogue" / "images" / "t05_1.jpg").read_bytes()
    picture = {"picture": ("any name/../..", content, "image/jpeg")}
    answer = client.post("/search", files=picture, headers={"x-csrf-token": token})
    assert answer.status_code == 200
    assert re.findall(r'src="/image/small\?id=([^"]+)"', answer.text)[0] == "t05_1"


def test_a_pick_is_kept_and_taken_back(client: TestClient, folder: Path, token: str) -> None:
    sent = {"artwork_id": "t06_1", "action": "add", "token": token, "back": "//evil.example"}
    answer = client.post("/picks", data=sent, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert [pick.artwork_id for pick in load_picks(folder / "index")] == ["t06_1"]
    assert 'aria-pressed="true" aria-label="Pick t06_1"' in client.get("/picks").text
    unknown = client.post("/picks", data=sent | {"artwork_id": "nobody"})
    assert unknown.status_code == 404
    quiet = client.post("/picks", data=sent | {"action": "remove", "quiet": "true"})
    assert quiet.status_code == 204
    assert load_picks(folder / "index") == ()


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        ("title: A\nsynopsys: b", "did you mean &#39;synopsis&#39;"),
        ("title: A\nreferences: [/etc/passwd]", "references"),
        ("title: &a [x]\ngenres: *a", "alias"),
        ("title: A\naudience: {nobody: 1}", "unknown cluster"),
    ],
)
def test_a_mistaken_brief_is_told_in_its_own_terms(
    client: TestClient, token: str, pasted: str, told: str
) -> None:
    answer = client.post("/board", data={"yaml": pasted, "token": token})
    assert answer.status_code == 400
    assert told in answer.text
    assert "/tmp" not in answer.text


@pytest.mark.parametrize(
    ("kind", "begins"), [("html", b"<!"), ("pptx", b"PK"), ("pdf", b"%PDF"), ("png", b"\x89PNG")]
)
def test_a_whole_board_is_kept(client: TestClient, token: str, kind: str, begins: bytes) -> None:
    sent = {"title": HOSTILE[1], "genres": "Drama", "token": token}
    address = client.post("/board", data=sent).url.path
    assert address == "/board/img-src-x-onerror-alert-1-quoted-co"
    kept = client.get(f"{address}/{kind}")
    assert kept.content.lower().startswith(begins.lower())
    name = f'attachment; filename="img-src-x-onerror-alert-1-quoted-co.{kind}"'
    assert kept.headers["content-disposition"] == name
    assert client.get(f"{address}/exe").status_code == 404
    assert client.get("/board/nobody").status_code == 404
    assert client.post(address, data={"version": 1, "token": ""}).status_code == 403


EVERYTHING = {
    "title": "Whole, all of it", "synopsis": "A keeper.", "genres": "Drama, Comedy", "tags": "sea",
    "audience": "heart: 0.8, thrill: 0.2", "platforms": "tv", "canvases": "tile",
    "must_show": "two leads", "avoid": "weapons", "count": "1", "seed": "9",
}  # fmt: skip


def picture(colour: tuple[int, int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 90), colour).save(written, "PNG")
    return written.getvalue()


def test_the_form_takes_all_that_a_brief_can_hold(
    client: TestClient, folder: Path, token: str
) -> None:
    files = [("references", (f"{n}.png", picture((n, 0, 90)), "image/png")) for n in (10, 200)]
    address = client.post("/board", data=EVERYTHING | {"token": token}, files=files).url.path
    assert address == "/board/whole-all-of-it"
    kept = yaml.safe_load((folder / "index" / "boards" / "whole-all-of-it.yaml").read_text())
    names = kept["brief"]["references"]
    assert len(names) == 2
    assert {*kept["brief"]} == {*Brief.model_fields}, "what a brief can hold"
    (folder / "brief.yaml").write_text(yaml.safe_dump(kept["brief"] | {"references": []}))
    brief = load_brief(folder / "brief.yaml")
    assert brief.mockups == MockupWishes(count=1, seed=9)
    assert brief.audience == {"heart": 0.8, "thrill": 0.2}
    for name in names:
        assert (folder / "index" / "boards" / name).is_file(), "beside the brief"
        seen = client.get(f"{address}/{name.rpartition('-')[2]}")
        assert seen.headers["content-type"] == "image/webp"
    form = client.get("/board", params={"brief": "whole-all-of-it"}).text
    fields = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form))
    told = {name: value for name, value in EVERYTHING.items() if name != "synopsis"}
    assert {name: fields[name] for name in told} == told
    first = names[0].rpartition("-")[2]
    client.post("/board", data=EVERYTHING | {"token": token, "kept": first})
    kept = yaml.safe_load((folder / "index" / "boards" / "whole-all-of-it.yaml").read_text())
    assert kept["brief"]["references"] == names[:1], "the other one is no longer ticked"


def test_references_change_which_artwork_is_likened(
    client: TestClient, folder: Path, token: str
) -> None:
    like = (folder / "catalogue" / "images" / "t06_1.jpg").read_bytes()
    orders = []
    for title, files in (("Alone", []), ("Likened", [("references", ("a.jpg", like))])):
        sent = {"title": title, "genres": "Drama", "token": token}
        page = client.post("/board", data=sent, files=files or None).text
        orders.append(re.findall(r'data-pair="([^"]+)"', page))
    assert orders[0] != orders[1]


def test_a_reference_that_is_no_picture_loses_nothing(client: TestClient, token: str) -> None:
    files = [("references", ("<b>no.png", b"no picture", "image/png"))]
    sent = {"title": "Not made", "synopsis": "A <i>keeper</i>", "token": token}
    answer = client.post("/board", data=sent, files=files)
    assert answer.status_code == 400
    (told,) = re.findall(r'role="alert">([^<]*)</p>', answer.text)
    assert "&lt;b&gt;no.png cannot be used" in told
    assert "A &lt;i&gt;keeper&lt;/i&gt;</textarea>" in answer.text
    assert 'value="Not made"' in answer.text
    assert client.get("/board/not-made").status_code == 404


def test_mockups_are_drawn_as_the_brief_asks(
    client: TestClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"title": "Drawn", "genres": "Drama", "canvases": "tile", "count": "2", "seed": "5"}
    address = client.post("/board", data=sent | {"token": token}).url.path
    assert "2 mockups</a>" in client.get(address).text
    drawn = client.get(f"{address}/mockups")
    assert drawn.headers["content-disposition"] == 'attachment; filename="drawn-mockups.zip"'
    with zipfile.ZipFile(io.BytesIO(drawn.content)) as packed:
        seeds = [
            json.loads(packed.read(name))["seed"]
            for name in packed.namelist()
            if name.endswith(".json")
        ]
        assert sorted(seeds) == [5, 6]
        assert sum(name.endswith(".png") for name in packed.namelist()) == 2

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("assistant.mockups.draw.draw_mockups", full)
    refused = client.get(f"{address}/mockups")
    assert refused.status_code == 507
    assert "No space left on device" in refused.text


class Watched(Maker):
    """Remembers every step that it tells of."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "now":
            self.__dict__.setdefault("told", []).append(value)
        super().__setattr__(name, value)


def test_every_step_of_a_board_is_told(folder: Path) -> None:
    library = Library(folder / "index", SmallEncoder())
    shelf = library.shelf
    shelf.maker = maker = Watched(shelf.index, shelf.encoder, threading.Lock())
    maker.board(Brief(title="A", genres=("Drama",)), ())
    assert maker.told[0] is maker.told[-1] is None
    steps = maker.told[1:-1]
    assert [(one.step, one.done, one.total) for one in steps] == [
        (name, done, 6) for done, name in enumerate(STEPS)
    ]
    with TestClient(create_app(library, hosts=[HOST]), base_url=f"http://{HOST}") as opened:
        assert opened.get("/progress").json() is None
        maker.now = steps[2]
        assert opened.get("/progress").json() == {"step": STEPS[2], "done": 2, "total": 6}


def test_members_are_not_shown(client: TestClient, token: str) -> None:
    board = client.post("/board", data={"title": "A", "genres": "Drama", "token": token})
    assert board.status_code == 200
    for page in (client.get("/"), client.get("/artwork", params={"id": "t01_1"}), board):
        assert not re.search(r"\bm0\d\d\b", page.text)


def test_insights_come_once_and_a_failure_is_told(client: TestClient, folder: Path) -> None:
    library = Library(folder / "index", SmallEncoder())
    app = create_app(library, hosts=[HOST])
    with TestClient(app, base_url=f"http://{HOST}") as opened:
        assert opened.get("/insights").status_code == 200
        study = library.shelf.study()
        assert study.wait(60)
        assert library.shelf.study() is study
        for path in ("/insights", "/insights?cluster=heart", "/themes"):
            page = opened.get(path)
            assert page.status_code == 200
            assert "http-equiv" not in page.text


def test_a_new_generation_is_followed(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "catalogue", tmp_path / "catalogue")
    build(tmp_path / "catalogue", tmp_path / "index")
    library = Library(tmp_path / "index", SmallEncoder())
    with TestClient(create_app(library, hosts=[HOST]), base_url=f"http://{HOST}") as opened:
        assert "24 artworks" in opened.get("/").text
        write_catalogue(tmp_path / "catalogue", titles=9, seed=5)
        build(tmp_path / "catalogue", tmp_path / "index")
        assert "27 artworks" in opened.get("/").text


def test_a_port_that_is_taken_is_one_line() -> None:
    with listen("127.0.0.1", 0) as opened, pytest.raises(InputError, match="cannot listen"):
        listen("127.0.0.1", opened.getsockname()[1])


def test_many_at_once_are_all_answered(client: TestClient) -> None:
    codes: list[int] = []

    def ask(number: int) -> None:
        paths = ("/", f"/?q=word{number}", f"/image/small?id=t0{number}_0")
        codes.extend(client.get(path).status_code for path in paths)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 24


def test_the_map_places_every_artwork_and_shows_its_picture(client: TestClient) -> None:
    assert client.get("/map").status_code == 200
    for cluster in ("", "heart"):
        found = client.get("/map/artworks", params={"cluster": cluster}).json()
        assert len({one[0] for one in found["artworks"]}) == 24
        assert all(0 <= place <= 1 for one in found["artworks"] for place in one[2:4])
        assert all(one[4] in {-1, 0, 1} for one in found["artworks"])
    with Image.open(io.BytesIO(client.get("/map/sheet/0").content)) as sheet:
        cells = [sheet.crop((64 * at, 0, 64 * at + 64, 64)).convert("RGB") for at in range(2)]
    assert cells[0].tobytes() != cells[1].tobytes()
    for address in ("/map?cluster=nobody", "/map/artworks?cluster=nobody", "/map/sheet/1"):
        assert client.get(address).status_code == 404
    assert client.get("/map/sheet/-1").status_code == 404


def test_two_artworks_stand_side_by_side(client: TestClient) -> None:
    page = client.get("/artwork", params={"id": "t05_1"}).text
    links = re.findall(r'href="(/beside[^"]+)"', page)
    assert len(links) == 2
    page = client.get(unescape(links[0])).text
    assert re.findall(r'src="/image/large\?id=([^"]+)"', page) == ["t05_1", "t05_0"]
    assert "picture" in page.split('class="lead"')[1].split("</p>")[0]
    assert ">everyone<" in page
    assert client.get("/beside?id=t05_1&other=nobody").status_code == 404


def test_a_full_disk_loses_nothing(
    client: TestClient, folder: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = client.post("/board", data={"title": "Kept", "token": token}).url.path
    before = (folder / "index" / "boards" / "kept.yaml").read_bytes()

    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("assistant.answers.beside.write_durably", full)
    sent = {"version": "1", "notes": "<i>mine</i>", "token": token}
    answer = client.post(address, data=sent)
    assert answer.status_code == 507
    assert "No space left on device" in answer.text
    assert "&lt;i&gt;mine&lt;/i&gt;</textarea>" in answer.text
    assert str(folder) not in answer.text
    assert (folder / "index" / "boards" / "kept.yaml").read_bytes() == before
