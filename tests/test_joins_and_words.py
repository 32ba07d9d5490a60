"""Ids, paths and lists of words that spell one thing in several ways."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.ids import meet
from index.catalogue.load import load_catalogue
from index.catalogue.words import one_list, tidy_lists
from index.errors import InputError

MEMBERS = [f"{number:05d}" for number in range(100)]
LEVELS = {
    "pandas": lambda one: f"{float(one):.1f}",
    "Excel": lambda one: str(int(one)),
    "guarded": lambda one: f'="{one}"',
    "apostrophe": lambda one: f"'{one}",
    "spaces": lambda one: f"  {one}\u00a0",
}


def catalogue_of(place: Path, **tables: pd.DataFrame) -> Path:
    place.mkdir(exist_ok=True)
    given = {
        "titles": pd.DataFrame({"title_id": ["t1", "t2"], "name": ["One", "Two"]}),
        "artworks": pd.DataFrame(
            {"artwork_id": ["a1", "a2"], "title_id": ["t1", "t1"], "path": ["a1.jpg", "a2.jpg"]}
        ),
        **tables,
    }
    for name, table in given.items():
        table.to_csv(place / f"{name}.csv", index=False)
    return place


def log(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = [(member, f"a{1 + random.integers(2)}") for member in MEMBERS for _ in range(3)]
    table = pd.DataFrame(rows, columns=["member_id", "artwork_id"])
    return table.assign(played=random.integers(0, 2, len(table)))


def told(catalogue: Catalogue) -> str:
    return " ".join(catalogue.reading_notes())


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("table", ["members", "interactions"])
def test_members_meet_under_another_spelling(tmp_path: Path, level: str, table: str) -> None:
    ids = [LEVELS[level](one) for one in MEMBERS]
    known = pd.DataFrame({"member_id": ids, "cluster": ["x", "y"] * 50})
    if table == "interactions":
        known = known.assign(title_id="t1", plays=1).drop(columns="cluster")
    catalogue = load_catalogue(catalogue_of(tmp_path, impressions=log(), **{table: known}))
    own = catalogue.members if table == "members" else catalogue.interactions
    assert own is not None
    clusters = own[["member_id"]].assign(cluster=["x", "y"] * 50)
    cells = aggregate_performance(catalogue, clusters)
    assert cells is not None
    assert set(cells["cluster"]) == {"x", "y"}
    if level in ("pandas", "Excel"):
        assert "100 members met" in told(catalogue)


def test_members_that_meet_nothing_are_counted_and_refused_if_none_does(tmp_path: Path) -> None:
    some = pd.DataFrame({"member_id": MEMBERS[:90], "cluster": "x"})
    catalogue = load_catalogue(catalogue_of(tmp_path, impressions=log(), members=some))
    aggregate_performance(catalogue, catalogue.members)
    assert "10 of 100 members are not in members" in told(catalogue)
    none = pd.DataFrame({"member_id": [f"user-{one}" for one in MEMBERS], "cluster": "x"})
    catalogue = load_catalogue(catalogue_of(tmp_path, impressions=log(), members=none))
    with pytest.raises(InputError) as caught:
        aggregate_performance(catalogue, catalogue.members)
    assert "'00000'" in str(caught.value)
    assert "'user-00000'" in str(caught.value)


def test_artworks_of_a_report_that_are_not_here_are_counted(tmp_path: Path) -> None:
    report = pd.DataFrame(
        {"artwork_id": ["a1", "A2", "gone"], "impressions": [90, 80, 70], "plays": [9, 8, 7]}
    )
    catalogue = load_catalogue(catalogue_of(tmp_path, performance=report))
    cells = aggregate_performance(catalogue, None)
    assert cells is not None
    assert cells["artwork_id"].tolist() == ["a1", "a2"]
    assert "1 of 3 artworks are not in artworks" in told(catalogue)
    assert "'A2' is 'a2'" in told(catalogue)


@pytest.mark.parametrize("damaged", ["1.20210E+14", "1,2021E+14", "1E+15", "1.2e+14", "1.202e14"])
def test_ids_that_lost_digits_are_damaged_wherever_they_stand(tmp_path: Path, damaged: str) -> None:
    artworks = pd.DataFrame(
        {"artwork_id": ["a1", damaged], "title_id": "t1", "path": ["a.jpg", "b.jpg"]}
    )
    with pytest.raises(InputError, match="lost its last digits") as caught:
        load_catalogue(catalogue_of(tmp_path, artworks=artworks))
    assert caught.value.row == 3
    report = pd.DataFrame({"artwork_id": ["a1", damaged], "impressions": 9, "plays": 1})
    catalogue = load_catalogue(catalogue_of(tmp_path / "other", performance=report))
    with pytest.raises(InputError, match="lost its last digits"):
        aggregate_performance(catalogue, None)


@given(ids=st.lists(st.integers(0, 999), min_size=1, max_size=20, unique=True))
def test_nothing_meets_that_two_could_be(ids: list[int]) -> None:
    known = [f"{one:04d}" for one in ids] + [str(one) for one in ids]
    met = meet([f"{one:.1f}" for one in ids], known)
    for found, own in met.spelled.items():
        assert float(found) == float(own)
        assert own == str(int(float(found)))
    assert not meet(["7", "007"], ["0007"]).spelled
    assert meet(["1,017", "2.018", "17,0"], ["1017", "2018", "17"]).spelled == {
        "1,017": "1017", "2.018": "2018", "17,0": "17",
    }  # fmt: skip
    assert meet(["\uff41\uff11"], ["a1"]).spelled == {"\uff41\uff11": "a1"}
    assert not meet(["ab", "aB"], ["AB"]).spelled
    assert meet(["ab"], ["AB"]).spelled == {"ab": "AB"}


def pictures(place: Path, *names: str) -> Path:
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(b"x")
    return place


NFD = unicodedata.normalize("NFD", "Café Élodie.jpg")


@pytest.mark.parametrize(
    ("written", "there"),
    [
        ("images\\a1.jpg", "images/a1.jpg"),
        ("Images/A1.JPG", "images/a1.jpg"),
        ("images/Café Élodie.jpg", f"images/{NFD}"),
        (f"images/{NFD}", "images/Café Élodie.jpg"),
        ("{folder}/images/a1.jpg", "images/a1.jpg"),
        ("file://{folder}/images/a1.jpg", "images/a1.jpg"),
        ("images/a1.jpg", "images/a1.jpg"),
        ("D:\\Work\\Launch\\images\\a1.jpg", "images/a1.jpg"),
        ("/Users/anna/launch/images/a1.jpg", "images/a1.jpg"),
        ("launch/images/a1.jpg", "images/a1.jpg"),
        ("my%20images/a%201.jpg", "my images/a 1.jpg"),
        ('"images/a1.jpg"', "images/a1.jpg"),
    ],
)
def test_a_path_means_the_file_that_is_there(tmp_path: Path, written: str, there: str) -> None:
    pictures(tmp_path, there)
    artworks = pd.DataFrame(
        {"artwork_id": ["a1"], "title_id": "t1", "path": [written.format(folder=tmp_path)]}
    )
    catalogue = load_catalogue(catalogue_of(tmp_path, artworks=artworks))
    assert catalogue.artworks["path"].tolist() == [there]


def test_a_path_that_two_files_could_be_stays(tmp_path: Path) -> None:
    pictures(tmp_path, "a1.jpg", "A1.jpg")
    artworks = pd.DataFrame({"artwork_id": ["a1"], "title_id": "t1", "path": ["A1.JPG"]})
    catalogue = load_catalogue(catalogue_of(tmp_path, artworks=artworks))
    assert catalogue.artworks["path"].tolist() == ["A1.JPG"]


def test_folders_before_a_path_stay_where_two_would_be_one_file(tmp_path: Path) -> None:
    pictures(tmp_path, "en/a.jpg")
    written = ["/old/en/a.jpg", "/new/en/a.jpg"]
    artworks = pd.DataFrame({"artwork_id": ["a1", "a2"], "title_id": "t1", "path": written})
    with pytest.raises(InputError, match="write the path as it is in the catalogue folder"):
        load_catalogue(catalogue_of(tmp_path, artworks=artworks))


def test_a_share_that_is_not_connected_is_named(tmp_path: Path) -> None:
    (tmp_path / "images").symlink_to(tmp_path.parent / "share-away")
    artworks = pd.DataFrame({"artwork_id": ["a1"], "title_id": "t1", "path": ["images/a1.jpg"]})
    with pytest.raises(InputError, match=r"is a link to .*share-away, which is not there"):
        load_catalogue(catalogue_of(tmp_path, artworks=artworks))


def test_ids_of_a_table_of_numbers_are_no_blanks(tmp_path: Path) -> None:
    report = pd.DataFrame({"artwork_id": [17.0, np.inf], "impressions": [90, 10], "plays": [9, 1]})
    artworks = pd.DataFrame({"artwork_id": ["17"], "title_id": "t1", "path": ["a.jpg"]})
    catalogue_of(tmp_path, artworks=artworks)
    report.to_parquet(tmp_path / "performance.parquet")
    catalogue = load_catalogue(tmp_path)
    cells = aggregate_performance(catalogue, None)
    assert cells is not None
    assert cells["impressions"].tolist() == [90]
    assert "1 of 2 artworks are not in artworks" in told(catalogue)


def test_a_link_may_lead_to_a_folder_that_is_allowed(tmp_path: Path) -> None:
    share = pictures(tmp_path / "share", "a1.jpg", "a2.jpg")
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "images").symlink_to(share)
    artworks = pd.DataFrame(
        {"artwork_id": ["a1", "a2"], "title_id": "t1", "path": ["images/a1.jpg", "images/a2.jpg"]}
    )
    catalogue_of(folder, artworks=artworks)
    with pytest.raises(InputError, match=f"images is a link to .*--allow-root {share.resolve()}"):
        load_catalogue(folder)
    assert len(load_catalogue(folder, allowed=[share]).artworks) == 2
    with pytest.raises(InputError):
        load_catalogue(folder, allowed=[tmp_path / "elsewhere"])


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Performance.CSV", True),
        ("performance.tsv", True),
        ("PERFORMANCE.csv.gz", True),
        ("performance (1).csv", False),
        ("performances.csv", False),
        ("performance.json", False),
    ],
)
def test_a_file_that_is_there_is_read_or_named(tmp_path: Path, name: str, read: bool) -> None:
    catalogue_of(tmp_path)
    mark = "\t" if name.endswith(".tsv") else ","
    content = "artwork_id,impressions,plays\na1,90,9\n".replace(",", mark).encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    catalogue = load_catalogue(tmp_path)
    assert (catalogue.performance is not None) == read
    assert (f"{name} is not read" in told(catalogue)) != read


LISTS = {
    "bars": ["Romance|Drama", "Thriller", ""],
    "commas": ["Romance, Drama", "Thriller", ""],
    "slashes": ["Romance / Drama", "Thriller", ""],
    "semicolons": ["Romance; Drama", "Thriller", ""],
    "JSON": ['["Romance", "Drama"]', '["Thriller"]', "[]"],
    "Python": ["['Romance', 'Drama']", "['Thriller']", "[]"],
    "lines": ["Romance\nDrama", "Thriller", "N/A"],
    "dots": ["Romance • Drama", "Thriller", "nan"],
    "braces": ["{Romance,Drama}", "{Thriller}", "{}"],
    "records": ['[{"id": 1, "name": "Romance"}, {"id": 2, "name": "Drama"}]', "Thriller", ""],
}


@pytest.mark.parametrize("how", LISTS)
def test_lists_come_back_whoever_wrote_them(how: str) -> None:
    assert tidy_lists(LISTS[how])[0] == ["Romance|Drama", "Thriller", ""]


def test_words_are_spelled_one_way_and_marks_inside_them_stay() -> None:
    assert tidy_lists(["Romance|Drama", "drama", "ROMANCE|Drama"])[0] == [
        "Romance|Drama", "Drama", "Romance|Drama",
    ]  # fmt: skip
    assert tidy_lists(["Sci-Fi/Fantasy|Drama", "War"])[0] == ["Sci-Fi/Fantasy|Drama", "War"]
    assert tidy_lists(["Crime, War|Drama", "Crime|War"])[0] == ["Crime|War|Drama", "Crime|War"]


def test_one_line_is_a_list() -> None:
    assert one_list("Romance, Drama") == ("Romance", "Drama")
    assert one_list("“Romance”|Drama") == ("Romance", "Drama")
    assert one_list("War") == ("War",)
