"""Which candidates are of a brief's kind, and that no other comes before them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from assistant.answers.picture_fit import Fit, rank_by_fit
from assistant.terminal.scores import show_scores
from tests.commands import run


def test_a_picture_below_the_line_is_never_first_however_well_it_would_play() -> None:
    fits = [Fit(0.55, 0.7), Fit(0.75, 0.7), Fit(0.9, 0.7)]
    assert rank_by_fit(fits, [0.9, 0.3, 0.1]) == [1, 2, 0]


def test_where_nothing_fits_the_nearest_to_it_comes_first() -> None:
    fits = [Fit(0.1, 0.7), Fit(0.65, 0.7), Fit(0.3, 0.7)]
    assert rank_by_fit(fits, [0.9, 0.0, 0.5]) == [1, 2, 0]


def test_a_picture_that_may_be_of_the_kind_is_called_neither_yes_nor_no() -> None:
    assert [Fit(one, 0.7).word for one in (0.8, 0.6, 0.5, 0.4)] == ["yes", *["unsure"] * 2, "no"]


@pytest.mark.parametrize(("probability", "explained"), [(0.6, True), (0.4, False)])
def test_unsure_is_explained_where_it_stands(
    probability: float, explained: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    score: Any = SimpleNamespace(low=-0.1, lift=0.0, high=0.1, reasons=())
    scorer: Any = SimpleNamespace(
        better_than_chance=True, take_fraction=0.1, pick_rate={"accuracy": None}
    )
    show_scores(scorer, [(Path("one.jpg"), score, Fit(probability, 0.7))])
    assert ("Unsure: more probably" in capsys.readouterr().out) is explained


def test_artwork_of_another_kind_is_not_first(demo: Path) -> None:
    titles = {"t06": "romance", "t16": "romance", "t04": "dog", "t03": "war", "t18": "war"}
    images = [sorted((demo / "catalogue" / "images").glob(f"{one}_*.jpg"))[0] for one in titles]
    brief = ("-b", demo / "briefs" / "romance.yaml", "-i", demo / "index")
    found = json.loads(run("score", *images, *brief, "--json").stdout)["scores"]
    assert titles[Path(found[0]["path"]).name[:3]] == "romance"
