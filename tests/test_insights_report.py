"""The report over a whole index."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.insights.json_values import json_rows
from assistant.insights.report import Focus, insights
from index.errors import InputError
from index.store import open_index

sys.path.insert(0, str(Path(__file__).parent))

from small_catalogue import build, write_catalogue


def test_plain_rows_hold_no_value_that_json_lacks() -> None:
    table = pd.DataFrame(
        {
            "a": [1.5, np.nan, np.inf],
            "b": [1, 2, 3],
            "c": ["x", None, np.nan],
            "d": [True, False, True],
        }
    )
    rows = json_rows(table)
    assert rows[0] == {"a": 1.5, "b": 1, "c": "x", "d": True}
    assert rows[1]["a"] is rows[2]["a"] is rows[1]["c"] is rows[2]["c"] is None
    json.dumps(rows, allow_nan=False)
    assert json_rows(table.head(0)) == []


def test_report_of_an_index_is_whole_and_repeatable(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=14, each=4)
    build(catalogue, tmp_path / "index")
    beliefs = tmp_path / "hypotheses.yaml"
    beliefs.write_text("- {lever: lighter, direction: up, audience: heart}\n")
    with open_index(tmp_path / "index") as index:
        one = insights(index, beliefs=beliefs).to_json()
        two = insights(index, beliefs=beliefs).to_json()
    assert json.loads(json.dumps(one, allow_nan=False)) == two
    keys = "lever pole cluster platform genre effect low high p q adjusted_effect artworks titles"
    assert {*keys.split(), "impressions", "grade"} <= set(one["levers"][0])
    slices = {(effect["cluster"], effect["platform"]) for effect in one["levers"]}
    assert slices == {(c, p) for c in ("all", "heart", "thrill") for p in ("all", "tv", "mobile")}
    assert {effect["grade"] for effect in one["levers"]} <= {"insufficient", "suggestive"}
    assert one["hypotheses"][0]["cluster"] == "heart"
    assert any("kept aside" in note for note in one["notes"])


def test_index_without_performance_says_so(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=2)
    (catalogue / "performance.csv").unlink()
    build(catalogue, tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        assert "knows no performance" in insights(index).notes[0]
        with pytest.raises(InputError, match="performance"):
            insights(index, focus=Focus(lever="light"))


def test_unknown_genre_names_the_nearest(tmp_path: Path) -> None:
    build(write_catalogue(tmp_path / "catalogue", titles=4, each=2), tmp_path / "index")
    with (
        open_index(tmp_path / "index") as index,
        pytest.raises(InputError, match="no title has the genre 'Dramma'; did you mean 'Drama'"),
    ):
        insights(index, genre="Dramma")
