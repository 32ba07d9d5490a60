"""Sections of a Markdown page that commands write, each between two comments of its own."""

from __future__ import annotations

from pathlib import Path


def keep_section(page: Path, name: str, text: str) -> None:
    """Put `text` in the page's section `name`, at the page's end where it has none yet."""
    document = page.read_text("utf-8")
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = f"{begin}\n{text.strip()}\n{end}"
    if begin not in document:
        page.write_text(f"{document.rstrip()}\n\n{section}\n", "utf-8")
        return
    before, _, rest = document.partition(begin)
    page.write_text(before + section + rest.partition(end)[2], "utf-8")
