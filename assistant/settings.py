"""Where things are when the user does not say."""

from __future__ import annotations

import os
from pathlib import Path

INDEX_VARIABLE = "ASSISTANT_INDEX"
DEFAULT_INDEX = Path("artwork-index")


def index_folder(given: Path | None) -> Path:
    """The index a command works on: the option, else the environment, else ./artwork-index."""
    if given is not None:
        return given
    from_environment = os.environ.get(INDEX_VARIABLE)
    return Path(from_environment) if from_environment else DEFAULT_INDEX
