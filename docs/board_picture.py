"""Takes docs/board.jpg: the top of a demo board in Chromium.

Example: assistant evaluate --index demo/index
         assistant board demo/briefs/romance.yaml --index demo/index -o boards
         python docs/board_picture.py boards/the-lighthouse-waltz.html
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def main() -> None:
    """Screenshot the page named on the command line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(Path(sys.argv[1]).resolve().as_uri())
        picture = Path(__file__).with_name("board.jpg")
        page.screenshot(path=picture, type="jpeg", quality=80)
        browser.close()


if __name__ == "__main__":
    main()
