"""Makes docs/demo.jpg: artwork of the demo catalogue side by side.

Example: assistant demo demo
         python docs/demo_picture.py demo/catalogue
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

CELL, COLUMNS, ROWS = (160, 240), 8, 3


def main() -> None:
    """Paste upright artwork, evenly chosen, from the catalogue named on the command line."""
    paths = sorted((Path(sys.argv[1]) / "images").glob("*.jpg"))
    upright = []
    for path in paths:
        with Image.open(path) as image:
            if image.width < image.height:
                upright.append(path)
    sheet = Image.new("RGB", (CELL[0] * COLUMNS, CELL[1] * ROWS))
    step = len(upright) / (COLUMNS * ROWS)
    for place in range(COLUMNS * ROWS):
        with Image.open(upright[int((place + 0.4) * step)]) as image:
            small = image.convert("RGB").resize(CELL, Image.Resampling.LANCZOS)
        sheet.paste(small, (place % COLUMNS * CELL[0], place // COLUMNS * CELL[1]))
    picture = Path(__file__).with_name("demo.jpg")
    sheet.save(picture, quality=85, optimize=True, progressive=True)


if __name__ == "__main__":
    main()
