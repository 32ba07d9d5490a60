"""The local pages in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import io
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
import uvicorn
from PIL import Image

from assistant.answers.picks import load_picks
from assistant.boards.make import make_board
from assistant.cli.serve import listen
from assistant.web.app import create_app
from assistant.web.library import Library
from tests.chromium import CHROMIUM, FLAGS, barriers, choose_by_key, tab_to
from tests.small_catalogue import SmallEncoder, build, write_catalogue

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

DROP = """async ([name, address]) => {
  const content = await (await fetch(address)).blob();
  const carried = new DataTransfer();
  carried.items.add(new File([content], name, { type: content.type }));
  const event = new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""

PAN = """async () => {
  const map = document.getElementById("map"), spent = [];
  const at = (kind, x, y) => map.dispatchEvent(new PointerEvent(kind,
    { clientX: 400 + x, clientY: 400 + y, pointerId: 1, bubbles: true }));
  const frame = () => new Promise(requestAnimationFrame);
  map.setPointerCapture = () => {};
  await frame();
  at("pointerdown", 0, 0);
  let before = performance.now();
  for (let step = 1; step <= 120; step += 1) {
    at("pointermove", 8 * Math.min(step, 120 - step), 3 * Math.abs(step % 40 - 20) - 60);
    // A rest now and then, after which pictures are laid anew while the map is panned on.
    if (step % 40 === 0) {
      await new Promise((done) => setTimeout(done, 150));
      before = performance.now();
    }
    await frame();
    spent.push(performance.now() - before);
    before = performance.now();
  }
  at("pointerup", 0, 0);
  return spent;
}"""
"""Drags the map about and back again; gives the milliseconds of every frame."""

REFUSED = re.compile(r"status of (400|404|409|415) ")
"""What a browser says of a page or a save that was refused."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("browser")
    build(write_catalogue(base / "catalogue", titles=12), base / "index")
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
        # Without smooth scrolling what has focus is in sight at once.
        opened = browser.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
        opened.on(
            "console",
            lambda message: REFUSED.search(message.text) or complaints.append(message.text),
        )
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on(
            "request",
            lambda request: (
                complaints.append(request.url)
                if not request.url.startswith((f"{origin}/", f"blob:{origin}/", "data:"))
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
    assert page.locator("#results .face").count() == 36


@pytest.fixture
def board(page: Page, origin: str) -> str:
    """Address of a board that was made from the form, open on the page."""
    page.goto(f"{origin}/board")
    page.fill("[name=title]", "A new one")
    page.fill("[name=genres]", "Drama")
    page.locator("form:has([name=title]) button").click()
    page.wait_for_selector("h1:has-text('A new one')")
    page.wait_for_load_state()
    return page.url


def pairs_of(page: Page) -> list[str]:
    return page.locator("#pairs .pair").evaluate_all("all => all.map(one => one.dataset.pair)")


def test_a_board_is_edited_by_keyboard_and_exported_as_it_is_seen(
    page: Page, board: str, folder: Path
) -> None:
    before = pairs_of(page)
    assert len(before) >= 3
    page.locator("#pairs .pair").nth(1).locator("button[aria-label^='Move up']").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "first => document.querySelector('.pair').dataset.pair === first", arg=before[1]
    )
    assert pairs_of(page) == [before[1], before[0], *before[2:]]
    page.locator("#pairs .pair").nth(2).locator("button[aria-label^='Drop']").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "count => document.querySelectorAll('.pair').length === count", arg=len(before) - 1
    )
    picture = folder / "catalogue" / "images" / "t01_1.jpg"
    page.fill("[name=notes]", "<b>notes</b> " * 380)
    page.fill("[name=what]", "Go <i>darker</i>")
    page.fill("[name=by]", "Ada")
    page.fill("[name=on]", "2026-01-31")
    page.set_input_files("[name=still]", str(picture))
    page.fill("[name=still_note]", "A still of ours")
    page.click("#edit .does button")
    page.wait_for_selector(".stills img")
    page.goto(board)
    seen = pairs_of(page)
    assert seen == [before[1], before[0], *before[3:]]
    assert page.input_value("[name=notes]").startswith("<b>notes</b> <b>notes")
    exported = page.evaluate("async address => (await fetch(address)).text()", f"{board}/html")
    assert re.findall(r'data-pair="([^"]+)"', exported) == seen
    assert "Go &lt;i&gt;darker" in exported
    assert "Ada</span>, 2026-01-31" in exported
    assert "A still of ours" in exported
    assert exported.count("&lt;b&gt;notes") == 380
    page.goto(f"{board.rpartition('/')[0]}")
    assert "decided: Go <i>darker</i>" in page.inner_text("main")


def test_an_older_save_over_a_newer_one_is_refused_and_kept(page: Page, board: str) -> None:
    other = page.context.browser.new_page()
    other.goto(board)
    page.fill("[name=notes]", "mine")
    page.click("#edit .does button")
    page.wait_for_load_state()
    other.fill("[name=notes]", "yours")
    other.click("#edit .does button")
    other.wait_for_selector("[role=alert]:has-text('before you')")
    assert other.input_value("[name=notes]") == "mine"
    other.click("[role=alert] button[value=take]")
    other.wait_for_selector("main:not(:has([role=alert]))")
    assert other.input_value("[name=notes]") == "yours"
    page.goto(board)
    assert page.input_value("[name=notes]") == "yours"


def test_a_still_is_pinned_by_dropping_it(page: Page, board: str) -> None:
    before = page.locator(".stills img").count()
    page.evaluate(DROP, ["own.webp", "/image/large?id=t02_1"])
    counted = "count => document.querySelectorAll('.stills img').length === count"
    page.wait_for_function(counted, arg=before + 1)
    page.locator(".stills button").last.click()
    page.wait_for_function(counted, arg=before)


def test_what_cannot_be_saved_is_still_on_the_page(page: Page, board: str, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    page.fill("[name=what]", "Go darker")
    page.fill("[name=by]", "")
    page.click("#edit .does button")
    page.wait_for_selector("[role=alert]:has-text('needs a name')")
    page.fill("[name=by]", "Ada")
    page.fill("[name=notes]", "not to be lost")
    page.set_input_files("[name=still]", str(tmp_path / "no.png"))
    page.click("#edit .does button")
    page.wait_for_selector("[role=alert]:has-text('cannot be used')")
    assert page.input_value("[name=notes]") == "not to be lost"


PAGES = [
    "/", "/?q=a+face&minus=night", "/?title=no+such", "/themes", "/map", "/insights", "/board",
    "/picks", "/artwork?id=t04_1", "/beside?id=t04_1&other=t04_2", "/nowhere",
]  # fmt: skip


def test_a_board_is_made_and_reordered_by_keyboard_alone(page: Page, origin: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    press = page.keyboard.press
    page.goto(f"{origin}/board")
    tab_to(page, "[name=title]")
    page.keyboard.type("Keys alone")
    tab_to(page, "[name=genres]")
    page.keyboard.type("Drama")
    press("Enter")
    page.wait_for_selector("h1:has-text('Keys alone')")
    page.wait_for_load_state()
    before = pairs_of(page)
    last = before[-1]
    tab_to(page, f"[value='pair-up:{last}']")
    for step in (2, 3):
        press("Enter")
        moved = [one for one in before if one != last]
        moved.insert(len(before) - step, last)
        page.wait_for_function(
            "wanted => [...document.querySelectorAll('.pair')].map(one => one.dataset.pair).join()"
            " === wanted && document.activeElement.matches('[form=edit]')",
            arg=",".join(moved),
        )
    tab_to(page, f"[value='pair-drop:{last}']")
    press("Enter")
    page.wait_for_function("id => !document.querySelector(`[data-pair='${id}']`)", arg=last)
    assert page.evaluate("document.activeElement.form.id") == "edit", "focus stays where it was"


def test_a_board_is_decided_and_taken_away_by_keyboard_alone(
    page: Page, board: str, folder: Path
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    press = page.keyboard.press
    for name, typed in (("what", "Go darker"), ("by", "Ada"), ("on", "01312026")):
        tab_to(page, f"[name={name}]")
        page.keyboard.type(typed)
    tab_to(page, "[name=test]")
    press("ArrowDown")
    chosen = page.input_value("[name=test]")
    tab_to(page, "[name=notes]")
    press("ControlOrMeta+a")
    page.keyboard.type("Seen by all")
    choose_by_key(page, "[name=still]", [folder / "catalogue" / "images" / "t03_1.jpg"])
    tab_to(page, "[name=still_note]")
    page.keyboard.type("Ours")
    tab_to(page, ".does button")
    press("Enter")
    page.wait_for_selector(".stills img")
    assert page.input_value("[name=what]") == "Go darker"
    assert page.input_value("[name=on]") == "2026-01-31"
    assert page.input_value("[name=notes]") == "Seen by all"
    assert page.input_value("[name=test]") == chosen
    tab_to(page, "a[download][href$=html]")
    with page.expect_download() as taken:
        press("Enter")
    exported = Path(taken.value.path()).read_text(encoding="utf-8")
    assert re.findall(r'data-pair="([^"]+)"', exported) == pairs_of(page)
    assert "Go darker" in exported
    page.wait_for_selector("#doing:has-text('among your downloads')")


def test_the_map_is_used_by_keyboard_alone(page: Page, origin: str) -> None:
    press = page.keyboard.press
    page.goto(f"{origin}/map")
    page.wait_for_selector("#under:has-text('Drag')")
    tab_to(page, "#map")
    for key in ("ArrowLeft", "ArrowUp", "+", "-"):
        press(key)
    named = page.inner_text("#under").rpartition(" · ")[2]
    press("Enter")
    page.wait_for_url(f"**/artwork?id={named}")


def test_an_export_that_fails_says_why_on_the_page(page: Page, board: str) -> None:
    told = '<main><p role="alert">There is no room on the disk.</p></main>'
    page.route("**/pptx", lambda route: route.fulfill(status=409, body=told))
    page.click("a[download][href$=pptx]")
    page.wait_for_selector("#doing:has-text('no room on the disk')")
    assert page.url == board


def test_what_is_waited_for_shows_progress(page: Page, origin: str) -> None:
    waits = {"first": True}

    def hold(route: Route) -> None:
        answer = route.fetch()
        body = answer.text()
        if waits.pop("first", False):
            main = '<main id="main"><p aria-busy="true">Comparing</p><progress></progress></main>'
            body = re.sub(r"<main.*</main>", main, body, flags=re.DOTALL)
        route.fulfill(response=answer, body=body)

    page.route("**/insights", hold)
    page.goto(f"{origin}/insights")
    assert page.locator("main progress").count() == 1
    page.wait_for_selector("main h1:has-text('Insights')")


def test_a_board_that_is_made_shows_how_many_steps_are_done(
    page: Page, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()

    def hold(*asked: Any, **named: Any) -> Any:
        seen.wait(10)
        return make_board(*asked, **named)

    monkeypatch.setattr("assistant.boards.make.make_board", hold)
    page.goto(f"{origin}/board")
    page.fill("[name=title]", "Waited for")
    page.locator("form:has([name=title]) button", has_text="Make").click()
    page.wait_for_selector("#said:has-text('Making the board: laying it out (6 of 6)')")
    bar = page.locator("#said progress")
    assert (bar.get_attribute("max"), bar.get_attribute("value")) == ("6", "5")
    seen.set()
    page.wait_for_selector("h1:has-text('Waited for')")


def files_of(page: Page) -> list[str]:
    return (
        page.locator(".written")
        .first.locator("[name=references]")
        .evaluate("one => [...one.files].map(file => file.name)")
    )


def test_references_are_dropped_chosen_and_left_out_by_keyboard_alone(
    page: Page, origin: str, folder: Path, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    press, images = page.keyboard.press, folder / "catalogue" / "images"
    torn = tmp_path / "torn.png"
    torn.write_text("no picture")
    page.goto(f"{origin}/board")
    page.evaluate(DROP, ["any.js", "/static/app.js"])
    page.wait_for_selector("#problem:has-text('any.js: no picture')")
    page.evaluate(DROP, ["own.webp", "/image/large?id=t02_1"])
    page.wait_for_selector(".chosen img[alt='own.webp']")
    assert page.inner_text("#problem") == ""
    tab_to(page, "[name=title]")
    page.keyboard.type("Likened")
    choose_by_key(page, "[name=references]", [images / "t03_1.jpg", images / "t04_1.jpg", torn])
    page.wait_for_selector(".chosen img[alt='torn.png']")
    assert files_of(page) == ["own.webp", "t03_1.jpg", "t04_1.jpg", "torn.png"]
    tab_to(page, "[aria-label='Leave out t03_1.jpg']")
    press("Enter")
    assert files_of(page) == ["own.webp", "t04_1.jpg", "torn.png"]
    tab_to(page, "[name=count]")
    page.keyboard.type("1")
    press("Enter")
    page.wait_for_selector("#problem:has-text('torn.png cannot be used')")
    assert page.input_value("[name=title]") == "Likened"
    assert barriers(page) == []
    tab_to(page, "[aria-label='Leave out torn.png']")
    press("Enter")
    assert files_of(page) == ["own.webp", "t04_1.jpg"]
    tab_to(page, "[name=seed]")
    press("Enter")
    page.wait_for_selector("h1:has-text('Likened')")
    page.wait_for_load_state()
    assert page.locator("img[alt^='Reference picture']").count() == 2
    kept = list((folder / "index" / "boards").glob("likened-*.webp"))
    assert len(kept) == 2, "beside the brief"
    tab_to(page, "a[download$='mockups.zip']")
    with page.expect_download() as taken:
        press("Enter")
    with zipfile.ZipFile(taken.value.path()) as packed:
        assert any(name.endswith(".png") for name in packed.namelist())
    page.get_by_text("Change the brief").click()
    assert page.input_value("[name=count]") == "1"
    assert page.locator("[name=kept]").first.is_checked()
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_a_visitors_way(
    page: Page, origin: str, board: str, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{origin}/themes")
    theme = page.locator("section.theme h2 a").first.get_attribute("href")
    for address in (*(f"{origin}{path}" for path in (*PAGES, theme)), board):
        page.goto(address)
        page.wait_for_selector("main:not(:has([aria-busy=true]))")
        assert (address, barriers(page)) == (address, [])
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), address


@pytest.mark.alone
def test_a_map_of_5000_artworks_is_panned_zoomed_and_opened(page: Page, origin: str) -> None:
    rng = np.random.default_rng(3)
    rows = [
        [
            f"t{at % 12:02d}_{at % 3}",
            f"Title <b>{at}</b>",
            *rng.random(2).round(4).tolist(),
            at % 3 - 1,
            at % 90,
        ]
        for at in range(5_000)
    ]
    sheet = io.BytesIO()
    pixels = rng.integers(0, 255, (1024, 1024, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(sheet, "WEBP", quality=30)
    found = {"side": 64, "across": 16, "artworks": rows}
    page.route("**/map/artworks*", lambda route: route.fulfill(json=found))
    page.route(
        "**/map/sheet/*",
        lambda route: route.fulfill(body=sheet.getvalue(), content_type="image/webp"),
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{origin}/map")
    page.wait_for_selector("#under:has-text('Drag')")
    loading = page.evaluate(PAN)
    assert np.percentile(loading, 95) < 100, f"while pictures come; longest {max(loading):.0f} ms"
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    frames = page.evaluate(PAN)
    assert max(frames) < 100, f"{np.round(frames)} ms"
    page.mouse.move(700, 500)
    page.mouse.wheel(0, -1500)
    page.locator("#map").focus()
    for key in ("ArrowLeft", "ArrowUp", "+", "+", "-"):
        page.keyboard.press(key)
    box = page.locator("#map").bounding_box()
    assert box
    first = rows[-1]
    page.evaluate("location.reload()")
    page.wait_for_selector("#under:has-text('Drag')")
    wide = min(1.8, box["width"] / box["height"])
    span = min(box["width"] / wide, box["height"]) * 0.94
    x = box["x"] + (box["width"] - span * wide) / 2 + first[2] * span * wide
    y = box["y"] + (box["height"] - span) / 2 + first[3] * span
    page.mouse.move(x, y)
    page.wait_for_selector(f"#under:has-text('{first[1]}')")
    page.mouse.click(x, y)
    page.wait_for_url(f"**/artwork?id={first[0]}")
