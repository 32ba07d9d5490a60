"""What is told of the difference between two pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant.answers.pieces import _axis_words


@pytest.mark.parametrize(
    ("after", "told"),
    [(0.602, "darker"), (0.45, "darker (brightness -15 points)")],
)
def test_a_change_that_rounds_to_nothing_has_no_figure(after: float, told: str) -> None:
    poles = {"low": SimpleNamespace(name="darker"), "high": SimpleNamespace(name="lighter")}
    fit = SimpleNamespace(
        lever=SimpleNamespace(poles=poles), loadings=(1.0,), members=("brightness",)
    )
    traits: Any = SimpleNamespace(
        levers=SimpleNamespace(fit=lambda _: fit),
        measured={"light": (np.array([0.604 if told == "darker" else 0.6, after]), "share", "")},
    )
    assert _axis_words(traits, "light", 0, 1, -1.0) == told
