"""What can go wrong in the engine.

ArtworkIndexError
├── InputError            a file or value the user gave is wrong (path, row, column, hint)
├── ImageUnreadable       one image cannot be read; the run goes on without it
├── EncoderUnavailable    an encoder's weights or packages cannot be had
├── EngineFailed          the machines that were to do the work cannot
├── MissingExtra          an optional part is not installed
├── RemoteFailed          an object store cannot be reached, or refuses
└── StoreError            the index folder
    ├── IndexNotFound
    ├── IndexMismatch     made by another encoder or format version
    ├── IndexDamaged
    └── IndexBusy         another process is writing

Errors hold facts; their one-line text is made from the facts.
"""

from __future__ import annotations

from pathlib import Path

from index.io.locations import spelled


class ArtworkIndexError(Exception):
    """Anything that a user should read as one line, without a traceback."""


def one_line(text: str) -> str:
    """The text without line breaks, which a name from a file may bring along."""
    return " ".join(text.splitlines())


class InputError(ArtworkIndexError):
    """A file or value that the user gave is wrong.

    Args:
        problem: what is wrong, as a clause without a full stop.
        path: the file, where there is one.
        row: 1-based line in the file as an editor shows it (the header is line 1).
        column: the column or key.
        hint: what to do about it.
    """

    def __init__(
        self,
        problem: str,
        *,
        path: Path | str | None = None,
        row: int | None = None,
        column: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.problem, self.path, self.row, self.column, self.hint = problem, path, row, column, hint
        super().__init__(problem)

    def __str__(self) -> str:
        place = [spelled(self.path)] if self.path is not None else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {self.column}")
        text = f"{', '.join(place)}: {self.problem}" if place else self.problem
        return one_line(f"{text}; {self.hint}" if self.hint else text)


class ImageUnreadable(ArtworkIndexError):
    """One image cannot be read; `reason` is a clause fit for a list of skipped files."""

    def __init__(self, path: Path | str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(one_line(f"{spelled(path)}: {reason}"))


class EncoderUnavailable(ArtworkIndexError):
    """An encoder's weights or packages cannot be had; says what was tried and what to do."""

    def __init__(self, encoder: str, reason: str, hint: str) -> None:
        self.encoder, self.reason, self.hint = encoder, reason, hint
        super().__init__(f"encoder {encoder}: {reason}; {hint}")


class EngineFailed(ArtworkIndexError):
    """The machines that were to do the work cannot be reached, or went away."""

    def __init__(self, engine: str, reason: str) -> None:
        self.engine, self.reason = engine, reason
        hint = "what is finished is kept: run again, or with --engine local"
        super().__init__(one_line(f"engine {engine}: {reason}; {hint}"))


class MissingExtra(ArtworkIndexError):
    """An optional part is not installed; names the exact command that installs it."""

    def __init__(self, what: str, extra: str) -> None:
        self.what, self.extra = what, extra
        super().__init__(f"{what} needs an extra: pip install 'artwork-assistant[{extra}]'")


class RemoteFailed(ArtworkIndexError):
    """An object store cannot be reached, or refuses; names the URL."""

    def __init__(self, url: str, reason: str, hint: str) -> None:
        self.url, self.reason, self.hint = url, reason, hint
        super().__init__(one_line(f"{url}: {reason}; {hint}"))

    def __reduce__(self) -> tuple[type[RemoteFailed], tuple[str, str, str]]:
        return type(self), (self.url, self.reason, self.hint)


class StoreError(ArtworkIndexError):
    """The index folder cannot be used as it is."""

    def __init__(self, path: Path | str, reason: str, hint: str) -> None:
        self.path, self.reason, self.hint = path, reason, hint
        super().__init__(f"{spelled(path)}: {reason}; {hint}")


class IndexNotFound(StoreError):
    """There is no index in this folder."""


class IndexMismatch(StoreError):
    """The index was made by another encoder or format version."""


class IndexDamaged(StoreError):
    """A file of the index is missing or does not match its checksum."""


class IndexBusy(StoreError):
    """Another process is writing this index."""
