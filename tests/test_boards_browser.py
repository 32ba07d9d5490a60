"""Boards in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from assistant.boards.desk import Desk
from assistant.boards.files import write_boards
from assistant.boards.pictures import Pictures
from assistant.insights.report import insights
from index.records import silent
from index.store import open_index
from tests.chromium import CHROMIUM, FLAGS
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
    brief.write_text(yaml.safe_dump({"title": "A <b>new</b> one", "genres": ["Drama"],
                                     "platforms": ["tv", "mobile"]}))  # fmt: skip
    done = write_boards(
        [brief], base / "out", Desk(index, SmallEncoder(), insights(index)),
        Pictures(index.catalogue_folder), ("html",), k=6, picks=lambda _: (), progress=silent,
    )  # fmt: skip
    return done.boards[0][2][0]


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
    pairs = page.locator("#pairs .pair")
    names = pairs.evaluate_all("all => all.map(one => one.dataset.title)")
    assert len(names) > 2
    page.select_option("#sort", "title")
    assert pairs.evaluate_all("all => all.map(one => one.dataset.title)") == sorted(names)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type(names[0])
    assert 1 <= page.locator("#pairs .pair:visible").count() < len(names)
    page.keyboard.press("Escape")
    assert page.locator("#pairs .pair:visible").count() == len(names)
    first, second = (page.locator("#pairs .art").nth(at) for at in (0, 1))
    first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#zoom[open]").count() == 1
    told = page.locator("#zoomed").text_content()
    page.keyboard.press("ArrowRight")
    assert page.locator("#zoomed").text_content() != told
    page.keyboard.press("Escape")
    assert page.locator("#zoom[open]").count() == 0
    assert second.evaluate("one => one === document.activeElement")


def test_tabs_and_themes_turn(page: Page) -> None:
    tabs = page.locator("[role=tab]")
    assert tabs.count() >= 3
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    assert page.locator("[role=tabpanel]:visible").get_attribute("id") == "panel-2"
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_nothing_serious_stands_in_a_readers_way(page: Page) -> None:
    from importlib.resources import files

    pytest.importorskip("axe_playwright_python")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:300], one["nodes"][0].get("failureSummary"))
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_a_title_with_markup_is_text(page: Page) -> None:
    assert page.locator("h1").text_content() == "A <b>new</b> one"
