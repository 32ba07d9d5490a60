"""Canvases in a brief: known, catalogue-only, unknown; and what of artwork survives there."""

from pathlib import Path

import numpy as np
import pytest

from assistant.answers.brief import Brief
from assistant.answers.canvases import asked_canvases, survivals, told
from index.errors import InputError
from index.features.analysis import Box
from index.features.canvases import Layout, load_canvases, survive

BRIEF = Path("brief.yaml")


def test_canvases_are_known_by_size_or_by_the_catalogue() -> None:
    brief = Brief(title="A", canvases=("Tile", "hero", "vertical"))
    sized, unsized = asked_canvases(brief, BRIEF, load_canvases(), ["HERO", "", "hero"])
    assert [canvas.name for canvas in sized] == ["tile", "vertical"]
    assert unsized == ["hero"]


def test_an_unknown_canvas_is_one_line_that_names_the_nearest() -> None:
    brief = Brief(title="A", canvases=("verticle",))
    with pytest.raises(InputError, match="did you mean 'vertical'") as caught:
        asked_canvases(brief, BRIEF, load_canvases(), [])
    text = str(caught.value)
    assert text.startswith("brief.yaml, column canvases: unknown canvas 'verticle'")
    assert "--canvases FILE" in text
    assert "\n" not in text


def test_what_survives_is_told_in_a_few_words() -> None:
    layout = Layout(
        2 / 3, (Box(0.4, 0.1, 0.6, 0.25),), Box(0.2, 0.8, 0.8, 0.9), 0.08, 9.0, np.zeros((16, 16))
    )
    canvases = [load_canvases()[name] for name in ("vertical", "tile")]
    found = survivals(layout, canvases)
    assert found == [survive(layout, canvas).to_json() for canvas in canvases]
    assert [told(one) for one in found] == ["vertical: survives", "tile: title lost"]
    faint = Layout(2 / 3, (), layout.title, 0.08, 1.2, layout.saliency)
    (illegible,) = survivals(faint, canvases[:1])
    assert told(illegible) == "vertical: title not legible"
    (unknown,) = survivals(None, canvases[:1])
    assert told(unknown) == "vertical: not measured"
