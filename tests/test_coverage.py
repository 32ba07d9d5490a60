"""Faults of the program are not taken for odd pictures, and gaps of an index are counted."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from index.features import extract
from index.features.extract import FeatureExtractor
from index.io.images import Picture
from index.query.coverage import Coverage, measure_coverage
from index.store import open_index
from tests.small_catalogue import build, write_catalogue

PICTURE = Picture(np.full((40, 30, 3), 90, np.uint8), 30, 40)


def broken(error: Exception) -> object:
    def measure(*_: object) -> dict[str, float]:
        raise error

    return measure


def test_a_fault_of_the_program_is_raised_and_an_odd_picture_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = FeatureExtractor(["brightness"], threads=1)
    monkeypatch.setattr(extract, "measure_colour", broken(TypeError("wrong arguments")))
    with pytest.raises(TypeError, match="wrong arguments"):
        asked.extract([PICTURE])
    monkeypatch.setattr(extract, "measure_colour", broken(ValueError("an odd picture")))
    assert asked.extract([PICTURE]) == [{"brightness": None}]


def test_missing_values_are_counted(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=2, each=2)
    build(catalogue, tmp_path / "index")
    index = open_index(tmp_path / "index")
    table = index.table("features")
    found = measure_coverage(index)
    gaps = int(np.isnan(table["brightness"].to_numpy()).sum())
    assert found.artworks == table.num_rows
    assert found.features.get("brightness", 0) == gaps
    assert found.sound == (gaps <= 0.1 * table.num_rows)


class Held:
    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def table(self, name: str) -> pa.Table:
        return self._table


def test_an_extractor_that_fails_everywhere_is_seen() -> None:
    nan = float("nan")
    table = pa.table(
        {
            "artwork_id": ["a", "b", "c"],
            "brightness": [0.1, 0.2, nan],
            "accent_colour": [None, "red", "blue"],
            "text_coverage": [nan, nan, nan],
        }
    )
    found = measure_coverage(Held(table))  # type: ignore[arg-type]
    assert found.features == {"text_coverage": 3, "brightness": 1, "accent_colour": 1}
    assert found.extractors == {"text": 3}
    assert not found.sound
    assert "text failed on 3 pictures" in str(found)
    assert str(Coverage(5, {}, {})) == "nothing is missing"
