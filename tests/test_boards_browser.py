"""Boards in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from assistant.boards.desk import Desk
from assistant.boards.files import write_boards
from assistant.boards.pictures import Pictures
from index.records import silent
from index.store import open_index
from tests.chromium import CHROMIUM, FLAGS, barriers
from tests.small_catalogue import SmallEncoder, build, write_catalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page


pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("board")
    build(write_catalogue(base / "catalogue", titles=12), base / "index")
    index = open_index(base / "index")
    brief = base / "brief.yaml"
    asked = {"title": "A <b>new</b> one", "genres": ["Drama"], "canvases": ["thumbnail"]}
    brief.write_text(yaml.safe_dump(asked))
    other = base / "other.yaml"
    other.write_text(yaml.safe_dump({"title": "Another", "genres": ["Comedy"]}))
    done = write_boards(
        [brief, other], base / "out", Desk(index, SmallEncoder()),
        Pictures(index.catalogue_folder), ("html",), k=6, picks=lambda _: (), progress=silent,
    )  # fmt: skip
    return done.boards[0].files[0]


@pytest.fixture(params=[(390, 844, "light"), (1440, 900, "dark")], ids=["phone", "laptop"])
def page(request: pytest.FixtureRequest, board: Path) -> Iterator[Page]:
    """The board; it fails the test if it complains or asks for anything but itself."""
    from playwright.sync_api import sync_playwright

    width, height, scheme = request.param
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on(
            "request",
            lambda request: (
                complaints.append(request.url)
                if request.url != board.as_uri() and not request.url.startswith("data:")
                else None
            ),
        )
        opened.goto(board.as_uri())
        yield opened
        browser.close()
    assert complaints == []


def test_a_board_is_worked_by_keyboard(page: Page) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    first, second = (page.locator("button.art").nth(at) for at in (0, 1))
    first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#zoom[open]").count() == 1
    told = page.locator("#zoomed").text_content()
    page.keyboard.press("ArrowRight")
    assert page.locator("#zoomed").text_content() != told
    page.keyboard.press("Escape")
    assert page.locator("#zoom[open]").count() == 0
    assert second.evaluate("one => one === document.activeElement")


def test_the_switch_shows_its_state_and_turns_the_colours(page: Page) -> None:
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    switch = page.locator("#theme")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert switch.get_attribute("aria-pressed") == str(dark).lower()
    switch.click()
    assert switch.get_attribute("aria-pressed") == str(not dark).lower()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_canvas_shows_how_it_crops(page: Page) -> None:
    button = page.locator("[data-crop]").first
    canvas = button.get_attribute("data-crop")
    crop = page.locator(f".crop[data-canvas='{canvas}']").first
    assert not crop.is_visible()
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert crop.is_visible()
    button.click()
    assert not crop.is_visible()


def test_pictures_of_a_pair_are_equally_large(page: Page) -> None:
    sizes = page.locator(".duo:not(.alone)").evaluate_all(
        """all => all.filter(one => one.offsetParent).map(one => [...one.querySelectorAll(".art")]
           .map(art => [art.offsetWidth, art.offsetHeight, art.offsetTop]))"""
    )
    assert sizes
    for (width, height, top), (other_width, other_height, other_top) in sizes:
        assert (height, top) == (other_height, other_top)
        assert abs(width - other_width) <= 1


@pytest.mark.parametrize("name", ["a-b-new-b-one.html", "index.html"], ids=["board", "slate"])
def test_nothing_stands_in_a_readers_way(board: Path, name: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for width, scheme in itertools.product((390, 1440), ("light", "dark")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page.goto((board.parent / name).as_uri())
            assert (width, scheme, barriers(page)) == (width, scheme, [])
        browser.close()


def test_a_title_with_markup_is_text(page: Page) -> None:
    assert page.locator("h1").text_content() == "A <b>new</b> one"
