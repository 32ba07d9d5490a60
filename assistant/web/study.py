"""Insights for the pages, computed in the background."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from index.errors import InputError

if TYPE_CHECKING:
    from assistant.insights.report import InsightReport
    from index.store import Index


class Study:
    """Insights, computed once in a thread of their own.

    Attributes:
        report: None until they are ready.
        problem: why there are none, for the reader; None unless it failed.
        done, total: how far they have come.
    """

    def __init__(self, index: Index) -> None:
        self.report: InsightReport | None = None
        self.problem: str | None = None
        self.done, self.total = 0, 0
        self._index = index
        self._thread = threading.Thread(target=self._compute, name="insights", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within some seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _told(self, stage: str, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _compute(self) -> None:
        from assistant.insights.report import insights

        try:
            self.report = insights(self._index, progress=self._told)
        except InputError as error:
            self.problem = f"{error.problem}; {error.hint}" if error.hint else error.problem
        except Exception as error:  # a thread has nobody above it to tell
            self.problem = f"insights failed: {type(error).__name__}"
