"""How a board is shown where it is worked on: with links to what else is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from markupsafe import Markup

from assistant.boards.page import Show

if TYPE_CHECKING:
    from assistant.answers.nearness import NearTitle
    from assistant.boards.content import ThemeCard


class WorkShow(Show):
    """A board that is worked on: near titles lead to their artwork, themes to their members."""

    editing = True

    def title(self, one: NearTitle) -> Markup:
        """A near title's name, to all of its artwork."""
        return _link("/", {"title": one.name}, one.name)

    def theme(self, one: ThemeCard) -> Markup:
        """A theme's name, to all of its members."""
        return _link("/theme", {"id": one.theme}, one.name)


def _link(path: str, asks: dict[str, str], name: str) -> Markup:
    return Markup('<a href="{}?{}">{}</a>').format(path, urlencode(asks), name)
