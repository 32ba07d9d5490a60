"""The local pages in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from assistant.answers.picks import load_picks
from assistant.cli.serve import listen
from assistant.web.app import create_app
from assistant.web.library import Library
from tests.chromium import CHROMIUM, FLAGS
from tests.small_catalogue import SmallEncoder, build, write_catalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page

DROP = """async ([name, address]) => {
  const content = await (await fetch(address)).blob();
  const carried = new DataTransfer();
  carried.items.add(new File([content], name, { type: content.type }));
  const event = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("browser")
    build(write_catalogue(base / "catalogue", titles=6), base / "index")
    return base


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    opened = listen("127.0.0.1", 0)
    host = f"127.0.0.1:{opened.getsockname()[1]}"
    app = create_app(Library(folder / "index", SmallEncoder()), hosts=[host])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://{host}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def page(origin: str) -> Iterator[Page]:
    """A page that fails the test if it complains or asks anything of another origin."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on(
            "request",
            lambda request: (
                complaints.append(request.url)
                if not request.url.startswith((f"{origin}/", f"blob:{origin}/"))
                else None
            ),
        )
        yield opened
        browser.close()
    assert complaints == []


def test_a_dropped_picture_is_searched_by_and_picked(page: Page, origin: str, folder: Path) -> None:
    page.goto(origin)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(DROP, ["any.webp", "/image/large?id=t04_1"])
    page.wait_for_selector("#heading:has-text('Nearest to your picture')")
    first = page.locator("#results .face").first
    assert first.get_attribute("href") == "/artwork?id=t04_1"
    first.focus()
    page.keyboard.press("p")
    page.wait_for_selector("#results .pick button[aria-pressed=true]")
    assert [pick.artwork_id for pick in load_picks(folder / "index")] == ["t04_1"]
    page.keyboard.press("ArrowRight")
    second = page.locator("#results .face").nth(1)
    assert page.evaluate("document.activeElement.href").endswith(second.get_attribute("href"))
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Title')")
    page.goto(f"{origin}/picks")
    page.locator(".pick button").click()
    page.wait_for_selector(".pick button[aria-pressed=false]")
    assert load_picks(folder / "index") == ()


def test_a_file_that_is_no_picture_is_told(page: Page, origin: str) -> None:
    page.goto(origin)
    page.evaluate(DROP, ["any.js", "/static/app.js"])
    page.wait_for_selector("#said:has-text('no picture')")
    assert page.locator("#results .face").count() == 18


def test_a_board_is_made_from_the_form(page: Page, origin: str) -> None:
    page.goto(f"{origin}/board")
    page.fill("[name=title]", "A new one")
    page.fill("[name=genres]", "Drama")
    page.locator("form:has([name=title]) button").click()
    page.wait_for_selector("h1:has-text('A new one')")
    assert page.locator(".pair").count() + page.locator(".note").count() > 0
