"""Slides keep to their boxes, and say the same as PowerPoint and as PDF."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pptx import Presentation

from assistant.answers.advice import Direction, Member, Part
from assistant.answers.answer import answer_brief
from assistant.answers.brief import Brief
from assistant.answers.examples import Example
from assistant.answers.pieces import Changed
from assistant.answers.suite import PlannedConcept, Served, Suite
from assistant.boards import pdf, pptx
from assistant.boards import slides as s
from assistant.boards.content import Board, Decision, OpenQuestion, Still, ThemeCard, Turn
from assistant.boards.deck import slides_of
from assistant.boards.desk import Desk
from assistant.boards.first_slide import first_slide
from assistant.boards.make import make_board
from assistant.boards.once import show_once
from assistant.boards.pictures import Pictures
from assistant.boards.slide_layouts import direction_slide, list_slide
from assistant.wording import Interval
from index.store import open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue

HOSTILE = (
    "<script>alert(1)</script> ]]> <a:t>&amp; \"q\" 'q'",
    "{{ 7*7 }} {% raw %} =HYPERLINK(0) \x1b[31mred\x00",
    "שלום עולם",
    "مرحبا بالعالم",
    "🎬 日本語 Привет Ελλάδα",
    "x" * 5000,
    "word " * 1000,
)


def jpeg(pixels: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "JPEG")
    return written.getvalue()


def whole_board(board: Board) -> Board:
    """A board with every part, hostile texts in all of them."""
    pieces = [
        replace(one, title=text, artwork_id=f"{one.artwork_id} {text}")
        for pair, text in zip(board.pairs * 3, HOSTILE, strict=False)
        for one in (pair.worked, pair.failed)
        if one is not None
    ]
    change = Interval(-0.5, -0.2, -0.1)
    parts = tuple(Part(text, text, -0.2, -0.5, -0.1, change, 9, "supported") for text in HOSTILE)
    ways = [
        Direction(
            lever=f"lever {number}", pole=text, do=text, variant=text, package=(),
            headline=text, effect=0.2, low=0.1, high=0.3, steps=1.0,
            change=Interval(0.1, 0.2, 0.3), grade="suggestive", reason="", titles=9, artworks=20,
            reach=1.0, by_cluster=parts, by_platform=parts,
            members=(Member("brightness", text, "share", "", 0.1, 0.2),),
            pairs=(
                Example(pieces[2 * number], pieces[2 * number + 1], Changed(False, HOSTILE, ())),
                Example(
                    pieces[-1 - 2 * number], pieces[-2 - 2 * number], Changed(True, (text,), ())
                ),
            ),
        )
        for number, text in enumerate(HOSTILE[:5])
    ]  # fmt: skip
    served = tuple(Served(text, 0.3, change, "puts off") for text in HOSTILE)
    cards = tuple(
        OpenQuestion(text, text, text, text, "9 impressions an arm", change, "suggestive")
        for text in HOSTILE[:2]
    )
    return replace(
        board,
        turns=tuple(Turn(one) for one in ways),
        avoid=tuple(ways[:2]),
        mind=HOSTILE,
        themes=(ThemeCard("1", HOSTILE[6], 9, 9, tuple(pieces), (), HOSTILE[0]),),
        worst=tuple(pieces),
        cautions=HOSTILE,
        suite=Suite(
            tuple(PlannedConcept(one, HOSTILE, served, HOSTILE[:1], 0.2) for one in pieces[:3]),
            0.7,
            ((HOSTILE[0], 0.1),),
        ),
        tests=cards,
        sceptic=HOSTILE[0],
        notes="\n".join(HOSTILE),
        stills=(Still("gone.webp", HOSTILE[6]), Still("kept.webp", HOSTILE[0])),
        decision=Decision(HOSTILE[6], HOSTILE[0], "2026-01-31"),
    )


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> list[s.Slide]:
    """A whole deck of a small index for a hostile brief."""
    base = tmp_path_factory.mktemp("slides")
    build(write_catalogue(base / "catalogue", titles=10), base / "index")
    brief = Brief(title=HOSTILE[0], synopsis=" ".join(HOSTILE), genres=("Drama",), avoid=("gun",))
    with open_index(base / "index") as index:
        desk = Desk(index, SmallEncoder())
        answer = answer_brief(brief, Path("brief.yaml"), index, desk.encoder, k=5)
        board = show_once(whole_board(make_board(answer, None, desk)))
        (base / "catalogue" / board.pairs[-1].worked.path).unlink()
        still = jpeg(np.full((50, 40, 3), 90, np.uint8))
        pictures = Pictures(index.catalogue_folder)
        return slides_of(board, pictures, {"kept.webp": still}.get)


def texts_of(slide: s.Slide) -> list[str]:
    texts = [item for item in (slide.title, *slide.items) if isinstance(item, s.Text)]
    return [line.text for text in texts for line in text.lines]


def test_everything_lies_on_its_slide_and_no_text_leaves_its_box(slides: list[s.Slide]) -> None:
    assert 6 <= len(slides) <= 10
    for slide in slides:
        for item in (slide.title, *slide.items):
            if isinstance(item, s.Text | s.Box | s.Picture):
                assert item.x >= 0
                assert item.y >= 0
                assert item.x + item.width <= s.WIDTH + 0.01
                assert item.y + item.height <= s.HEIGHT + 0.01
            if isinstance(item, s.Text):
                assert s.height_of(item.lines, item.width) <= item.height + 0.01, item
                assert all(line.size >= 14 for line in item.lines), "read from the back of a room"


def test_powerpoint_reopens_with_titles_pictures_and_notes(
    slides: list[s.Slide], tmp_path: Path
) -> None:
    (tmp_path / "board.pptx").write_bytes(pptx.draw_pptx(slides, title=HOSTILE[1]))
    document = Presentation(str(tmp_path / "board.pptx"))
    assert len(document.slides) == len(slides)
    for page, slide in zip(document.slides, slides, strict=True):
        assert page.shapes.title is not None
        assert page.shapes.title.text_frame.text == slide.title.lines[0].text
        shown = [
            paragraph.text
            for shape in page.shapes
            if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
        ]
        assert sorted(filter(None, shown)) == sorted(filter(None, texts_of(slide)))
        pictures = [shape for shape in page.shapes if shape.shape_type == 13]
        wanted = [item for item in slide.items if isinstance(item, s.Picture)]
        described = [one._element.nvPicPr.cNvPr.get("descr") for one in pictures]
        assert described == [item.alt for item in wanted]
        if slide.notes:
            assert page.notes_slide.notes_text_frame.text
    assert HOSTILE[0] in document.slides[0].shapes.title.text_frame.text
    assert sum(isinstance(item, s.Picture) for slide in slides for item in slide.items) > 4


def test_pdf_has_a_page_a_slide_and_text_as_text(slides: list[s.Slide], tmp_path: Path) -> None:
    (tmp_path / "board.pdf").write_bytes(pdf.draw_pdf(slides, title=HOSTILE[1]))
    content = (tmp_path / "board.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == len(slides)
    assert b"/JavaScript" not in content
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    words = ["pdftotext", "-layout", str(tmp_path / "board.pdf"), "-"]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    pages = told.split("\f")
    assert "<script>alert(1)</script>" in pages[0]
    for page, slide in zip(pages, slides, strict=False):
        # In whatever order it gives words that run from right to left.
        for word in slide.title.lines[0].text.split()[:3]:
            assert word.strip(":;+") in page


def test_hostile_text_is_text_in_both(tmp_path: Path) -> None:
    made = [list_slide(HOSTILE[0], [s.Line(text) for text in HOSTILE[:6]])]
    rows = [(text, Interval(-0.1, 0.1, 0.3)) for text in HOSTILE]
    made.append(direction_slide(HOSTILE[5], [], [(HOSTILE[6], rows)], HOSTILE[0]))
    (tmp_path / "board.pptx").write_bytes(pptx.draw_pptx(made, title=HOSTILE[5]))
    (tmp_path / "board.pdf").write_bytes(pdf.draw_pdf(made, title=HOSTILE[5]))
    document = Presentation(str(tmp_path / "board.pptx"))
    shown = [
        paragraph.text
        for page in document.slides
        for shape in page.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
    ]
    for text in (HOSTILE[0], HOSTILE[2], HOSTILE[3], HOSTILE[4]):
        assert text in shown
    assert "{{ 7*7 }} {% raw %} =HYPERLINK(0)  [31mred " in shown
    assert any(text.startswith("x" * 200) and text.endswith("…") for text in shown)


def test_a_picture_keeps_its_shape() -> None:
    wide = jpeg(np.zeros((100, 400, 3), np.uint8))
    assert pptx.fitted(s.Picture(1, 1, 2, 3, wide, "")) == (1.0, 3.5, 2.0, 0.5)


@settings(max_examples=200)
@given(st.text(max_size=200), st.sampled_from([8.0, 15.0, 40.0]), st.floats(0.8, 8))
def test_wrapped_rows_make_up_the_text_and_fit(text: str, size: float, width: float) -> None:
    rows = s.wrap(text, size, width)
    assert "".join(rows) == text
    for row in rows:
        assert s.measure(row.rstrip(" "), size) <= width or len(row) <= 1


@settings(max_examples=150)
@given(st.lists(st.text(max_size=120), max_size=4), st.floats(0.8, 6), st.floats(0.05, 3))
def test_fitted_text_never_outgrows_its_box(texts: list[str], width: float, height: float) -> None:
    lines = s.fit(tuple(s.Line(text) for text in texts), width, height)
    assert s.height_of(lines, width) <= height + 1e-6


LONG = (
    "wider framing (area of the largest face -16 points)",
    "medium shot, not close-up",
    "lighter (brightness +31 points)",
    "larger title (area of the title +17 points)",
)


@pytest.mark.parametrize("title", ["Up", "Marigold and the Tin Giant of the Long Green Valley"])
@pytest.mark.parametrize("words", [LONG[:1], LONG, LONG * 2])
def test_what_changed_is_told_whole_on_the_first_slide(title: str, words: tuple[str, ...]) -> None:
    change = Changed(False, words, ())
    told = [f"{title}. {one}." for one in change.sentences]
    card = ("Do", Interval(0.1, 0.2, 0.3), "9 titles", (), told, "Costs 19% with Thriller · Horror")
    made = first_slide("A title", "", (), [card] * 3, [("Test next", "")], (), "")
    texts = [item for item in made.items if isinstance(item, s.Text)]
    (shown,) = {one.lines[0].text for one in texts if one.lines[0].text.startswith(title)}
    assert shown in told
    whole_pair = first_slide("A title", "", (), [card], [], [((), told)], "")
    more = [item for item in whole_pair.items if isinstance(item, s.Text)][-1]
    assert more.lines[0].text in told
