"""Who is in several titles, whatever the catalogue's spelling."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from index.build import build_index
from index.query.talent import talent_table
from index.store import open_index
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue


def test_people_of_several_titles_are_listed(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue")
    path = catalogue / "titles.csv"
    titles = pd.read_csv(path, dtype=str)
    cast = ["Ada Vale | Bo Kern", "ada vale", "Ada Vale|Cy Orr|Ada Vale", "Bo Kern", ""]
    titles["talent"] = [cast[at] if at < len(cast) else None for at in range(len(titles))]
    titles.to_csv(path, index=False)
    build_index(catalogue, tmp_path / "i", encoder=SmallEncoder(), extractor=SmallExtractor())
    with open_index(tmp_path / "i") as index:
        found = talent_table(index)
        pairs = talent_table(index, 2)
    assert found["person"].tolist() == ["ada vale"] * 3
    assert found["title_id"].tolist() == titles["title_id"][:3].tolist()
    assert set(pairs["person"]) == {"ada vale", "bo kern"}


def test_a_catalogue_without_talent_has_an_empty_table(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue")
    build_index(catalogue, tmp_path / "i", encoder=SmallEncoder(), extractor=SmallExtractor())
    with open_index(tmp_path / "i") as index:
        assert talent_table(index).empty
