"""The browser that tests of pages drive, where this machine has one."""

from __future__ import annotations

import shutil
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
)


def barriers(page: Page) -> list[tuple[str, str, str]]:
    """What axe-core finds on a page, of every impact: rule, element and what is to be done."""
    pytest.importorskip("axe_playwright_python")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(axe)
    return [
        (found["id"], one["html"][:300], one.get("failureSummary", ""))
        for found in page.evaluate("axe.run()")["violations"]
        for one in found["nodes"]
    ]


def tab_to(page: Page, selector: str, *, most: int = 200) -> None:
    """Reach an element by the Tab key alone; every stop on the way must be seen to have focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """selector => {
              const at = document.activeElement, style = getComputedStyle(at);
              const box = at.getBoundingClientRect();
              const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0
                && box.left < innerWidth;
              const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
              return {
                there: at.matches(selector), body: at === document.body, html: at.outerHTML,
                seen: inside && outlined,
              };
            }""",
            selector,
        )
        assert stop["seen"] or stop["body"], f"focus is not seen on {stop['html'][:200]}"
        if stop["there"]:
            return
    raise AssertionError(f"the Tab key does not reach {selector}")


def choose_by_key(page: Page, selector: str, files: Sequence[Path]) -> None:
    """Fill a field of files by keyboard; the browser's own dialog may miss a first key press."""
    from playwright.sync_api import TimeoutError as Missed

    tab_to(page, selector)
    for last in (False, False, True):
        try:
            with page.expect_file_chooser(timeout=10_000) as asked:
                page.keyboard.press("Space")
            asked.value.set_files(files)
            return
        except Missed:
            if last:
                raise
