from __future__ import annotations

import html
import json
import re
from pathlib import Path

import numpy as np
import pytest
import yaml
from assistant.answers.cover import cover, coverage
from hypothesis import given
from hypothesis import strategies as st

from assistant.boards.canvases import centre_crop
from assistant.boards.desk import Desk
from assistant.boards.files import Run, find_briefs, read_formats, safe_name, write_boards
from assistant.boards.pictures import Pictures
from assistant.boards.text import escape
from assistant.insights.report import insights
from index.errors import InputError
from index.records import silent
from index.store import open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue

HOSTILE = "<script>alert(1)</script> \"quoted' & 🎬 مرحبا | **bold** [x](y) " + "long " * 1000


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    base = tmp_path_factory.mktemp("boards")
    catalogue = write_catalogue(base / "catalogue", titles=12)
    build(catalogue, base / "index")
    index = open_index(base / "index")
    return Desk(index, SmallEncoder(), insights(index))


def run(desk: Desk, briefs: list[Path], out: Path, *formats: str) -> Run:
    pictures = Pictures(desk.index.catalogue_folder)
    return write_boards(
        briefs, out, desk, pictures, formats or ("html",), k=6, picks=lambda _: (), progress=silent
    )


def brief(folder: Path, name: str, **fields: object) -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump({"title": "A new one", "genres": ["Drama"]} | fields))
    return path


def test_one_bad_brief_is_named_and_the_others_are_written(desk: Desk, tmp_path: Path) -> None:
    good = brief(tmp_path, "good.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_text("titel: wrong")
    again = brief(tmp_path, "again.yaml")
    done = run(desk, [good, bad, again], tmp_path / "out", "html", "md", "json", "png")
    assert [path for path, _ in done.failed] == [bad]
    assert "title" in done.failed[0][1]
    names = {file.name for file in (tmp_path / "out").iterdir()}
    written = {f"{name}.{form}" for name in ("a-new-one", "a-new-one-2")
               for form in ("html", "md", "json", "png")}  # fmt: skip
    assert names == {"index.html", *written}
    assert "bad.yaml" in (tmp_path / "out" / "index.html").read_text()


def test_hostile_text_is_text_everywhere(desk: Desk, tmp_path: Path) -> None:
    path = brief(tmp_path, "hostile.yaml", title=HOSTILE, synopsis=HOSTILE, genres=[HOSTILE],
                 must_show=[HOSTILE], platforms=["<b>tv</b>"])  # fmt: skip
    done = run(desk, [path], tmp_path / "out", "html", "md", "json", "png")
    assert done.failed == ()
    page, text, data, sheet = (file.read_bytes() for file in done.boards[0][2])
    assert b"<script>alert" not in page
    assert b"&lt;script&gt;alert" in page
    assert b"<b>tv" not in page
    assert not re.search(rb"(?<!\\)<script|(?<!\\)\*\*bold", text)
    assert json.loads(data)["answer"]["title"] == HOSTILE
    assert sheet.startswith(b"\x89PNG")
    assert re.fullmatch(r"[a-z0-9-]+\.html", done.boards[0][2][0].name)


def test_a_page_asks_for_nothing_and_is_small(desk: Desk, tmp_path: Path) -> None:
    done = run(desk, [brief(tmp_path, "one.yaml")], tmp_path / "out")
    page = done.boards[0][2][0].read_text()
    assert len(page) < 4_000_000
    assert not re.findall(r"(?:src|href)=[\"'](?!data:|#)", page)
    assert "default-src 'none'" in html.unescape(page)
    assert " style=" not in page
    assert not re.search(r"<[^>]+ on[a-z]+=", page)


def test_no_sentence_says_what_caused_what(desk: Desk, tmp_path: Path) -> None:
    done = run(desk, [brief(tmp_path, "one.yaml")], tmp_path / "out", "md")
    text = done.boards[0][2][0].read_text().lower()
    assert not re.search(r"\b(causes?|because of|drives|boosts|leads to|makes people)\b", text)


def test_a_suite_takes_what_others_do_not_cover() -> None:
    low = np.array([[0.5, 0.4, np.nan], [0.6, -0.1, -0.2], [-0.3, -0.1, 0.3], [0.1, 0.4, 0.0]])
    chosen = cover(low, np.array([0.5, 0.3, 0.2]), ["a", "b", "c", "d"], 3)
    assert [row for row, _ in chosen] == [0, 2, 1]
    assert [added for _, added in chosen] == pytest.approx([0.37, 0.06, 0.05])
    assert cover(low - 1, np.ones(3), ["a", "b", "c", "d"], 3) == []
    assert coverage([["x"], ["x", "z"]], {"x": 0.5, "y": 0.3, "z": 0.2}) == (
        pytest.approx(0.7),
        ["y"],
    )


@given(st.text(max_size=300))
def test_file_names_are_safe(title: str) -> None:
    name = safe_name(title, {"board"})
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len(name) <= 70
    assert name not in {"board", "index", "con", "nul"}


@given(st.text(max_size=100))
def test_markdown_text_is_on_one_line_without_markup(text: str) -> None:
    told = escape(text)
    assert "\n" not in told
    assert not re.search(r"(?<!\\)(?:\\\\)*[<`\[*_]", told)


def test_briefs_are_found_in_folders_and_patterns(tmp_path: Path) -> None:
    one, two = brief(tmp_path, "one.yaml"), brief(tmp_path, "two.yml")
    assert find_briefs([str(tmp_path), str(one)]) == [one, two]
    assert find_briefs([str(tmp_path / "*.yml")]) == [two]
    with pytest.raises(InputError, match="no brief"):
        find_briefs([str(tmp_path / "*.txt")])
    with pytest.raises(InputError, match="unknown format 'gif'"):
        read_formats("html,gif")


def test_a_crop_in_the_middle_has_the_shape_of_the_canvas() -> None:
    left, top, right, bottom = centre_crop(2 / 3, 16 / 9)
    assert (left, right) == (0, 1)
    assert (right - left) * 2 / ((bottom - top) * 3) == pytest.approx(16 / 9)
    assert top == pytest.approx(1 - bottom)
