"""Boards and mockups of one generation: made one at a time, telling how far they have come."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import threading

    from assistant.answers.brief import Brief
    from assistant.boards.content import Board
    from index.encoders.protocol import Encoder
    from index.store import Index

TO_CHOOSE_FROM = 24
"""Exemplars of a board, those that are not shown counted."""
STEPS = (
    "reading the brief",
    "comparing artworks inside titles",
    "finding kinds of picture",
    "choosing directions and artworks",
    "choosing artworks for the whole audience",
    "laying it out",
)
"""Of making a board, in order; the first board of an index waits longest for the second."""
_BOARDS_KEPT = 32


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done, and how many of `total` steps are behind it."""

    step: str
    done: int
    total: int


class Maker:
    """Makes what pages wait for. Safe for threads.

    Args:
        thinking: held while the encoder is used.

    Attributes:
        now: the step that is being done; None while nothing is made.
    """

    def __init__(self, index: Index, encoder: Encoder, thinking: threading.Lock) -> None:
        self.now: Step | None = None
        self._index, self._encoder, self._thinking = index, encoder, thinking
        self._board = lru_cache(maxsize=_BOARDS_KEPT)(self._make_board)

    def board(self, brief: Brief, picks: tuple[str, ...]) -> Board:
        """The board of a brief as nobody has edited it, with exemplars to choose from.

        Raises:
            InputError: the brief names a cluster or a canvas that is not there.
            ImageUnreadable: one of its reference pictures is gone.
        """
        with self._telling():
            return self._board(brief.model_dump_json(), picks)

    def mockups(self, board: Board) -> bytes:
        """Layout comps as `assistant mockup` draws them for the brief, with their JSON, as a ZIP.

        Raises:
            InputError: the size of a canvas is not known.
            OSError: there is no room for them.
        """
        from assistant.mockups.draw import draw_mockups

        def tell(stage: str, done: int, total: int) -> None:
            if stage == "mockups" and done < total:
                self.now = Step("drawing mockups", done, total)

        written = io.BytesIO()
        with tempfile.TemporaryDirectory(prefix="assistant-") as place, self._telling():
            folder, count = Path(place), board.answer.brief.mockups.count
            tell("mockups", 0, count)
            draw_mockups(
                board.answer, board.suite, self._index, self._encoder, folder, progress=tell
            )
            with zipfile.ZipFile(written, "w") as packed:
                for file in sorted(folder.iterdir()):
                    packed.write(file, file.name)
        return written.getvalue()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        with self._thinking:
            try:
                yield
            finally:
                self.now = None

    def _make_board(self, text: str, picks: tuple[str, ...]) -> Board:
        from assistant.answers.answer import answer_match
        from assistant.answers.brief import Brief
        from assistant.answers.match import match_brief
        from assistant.answers.suite import plan_suite
        from assistant.boards.desk import Desk
        from assistant.boards.make import make_board
        from assistant.insights.evidence import read_effects, read_themes

        index, brief = self._index, Brief.model_validate_json(text)
        self._begin(0)
        match = match_brief(brief, Path("the brief"), index, self._encoder)
        self._begin(1)
        if index.has("cells"):
            read_effects(index)
        self._begin(2)
        read_themes(index)
        self._begin(3)
        answer = answer_match(match, index, k=TO_CHOOSE_FROM, picks=picks)
        self._begin(4)
        suite = plan_suite(answer, index)
        self._begin(5)
        return make_board(answer, suite, Desk(index, self._encoder))

    def _begin(self, step: int) -> None:
        self.now = Step(STEPS[step], step, len(STEPS))
