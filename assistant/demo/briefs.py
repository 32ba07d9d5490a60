"""Where the example briefs of the demo lie."""

from __future__ import annotations

from pathlib import Path

MAIN_BRIEF = "romance.yaml"
"""The brief that `assistant demo` answers."""

_FOLDERS = (Path(__file__).parent / "examples", Path(__file__).parents[2] / "examples")
"""Inside an installed package, or in a clone."""


def example_briefs() -> tuple[Path, ...]:
    """The example briefs, by name; for titles that are not in the demo catalogue."""
    folder = next(folder for folder in _FOLDERS if folder.is_dir())
    return tuple(sorted(folder.glob("*.yaml")))
