"""What can go wrong when mockups are drawn.

ArtworkIndexError
└── PainterUnavailable    a painter's model or packages cannot be had
"""

from __future__ import annotations

from index.errors import ArtworkIndexError


class PainterUnavailable(ArtworkIndexError):
    """A model that paints cannot be had; says what was tried and what to do."""

    def __init__(self, model: str, reason: str, hint: str) -> None:
        self.model, self.reason, self.hint = model, reason, hint
        super().__init__(f"model {model}: {reason}; {hint}")
