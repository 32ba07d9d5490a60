from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.load import load_catalogue
from index.errors import InputError

TITLES = "title_id,name,genres,year,mood\n007,Below,Horror|War,2002,dark\n8,Surf,,,\n"
ARTWORKS = "artwork_id,title_id,path\na1,007,images/a1.jpg\na2,007,images/a2.jpg\nb1,8,b 1.jpg\n"
PERFORMANCE = (
    "artwork_id,cluster,platform,impressions,plays\n"
    "a1,x,tv,100,10\na1,x,mobile,50,1\na1,x,tv,20,2\na2,x,tv,90,0\n"
)
LOG = (
    "member_id,artwork_id,played,platform\n"
    "m1,a1,1,tv\nm1,a1,0,tv\nm2,a1,true,tv\nm3,a2,False,mobile\n"
)


def write(folder: Path, **tables: str | bytes) -> Path:
    """A folder with the two needed tables and whatever else is given; "" leaves one out."""
    for name, content in {"titles": TITLES, "artworks": ARTWORKS, **tables}.items():
        if content:
            data = content.encode() if isinstance(content, str) else content
            (folder / f"{name}.csv").write_bytes(data)
    return folder


def cells_of(folder: Path, members: pd.DataFrame | None = None) -> pd.DataFrame:
    cells = aggregate_performance(load_catalogue(folder), members)
    assert cells is not None
    return cells


def refusal(folder: Path) -> str:
    """The one line a user reads when the folder is read and its counts are summed."""
    with pytest.raises(InputError) as caught:
        aggregate_performance(load_catalogue(folder), None)
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_a_catalogue_is_read_as_it_was_written(tmp_path: Path) -> None:
    catalogue = load_catalogue(write(tmp_path))
    assert catalogue.titles["title_id"].tolist() == ["007", "8"]
    assert catalogue.titles["genres"].tolist() == ["Horror|War", ""]
    assert catalogue.titles["synopsis"].tolist() == ["", ""]
    assert catalogue.titles["mood"].iloc[0] == "dark"
    assert catalogue.titles["year"].dtype == "Int64"
    assert catalogue.titles["year"].isna().tolist() == [False, True]
    assert catalogue.artworks["family_id"].tolist() == ["a1", "a2", "b1"]
    assert catalogue.interactions is None
    assert catalogue.members is None
    assert aggregate_performance(catalogue, None) is None


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TITLES.encode(),
        TITLES.replace("\n", "\r\n").encode(),
        TITLES.replace("\n", "\r\n", 1).encode(),
        TITLES.rstrip("\n").encode(),
        TITLES.replace("007,Below", " 007 , Below").encode(),
        TITLES.replace("title_id,name", '"title_id", name').encode(),
        TITLES.replace("\n8", "\n\n\n8").encode(),
    ],
    ids=["bom", "crlf", "mixed-endings", "no-last-newline", "spaces", "quoted-header", "blank"],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: bytes) -> None:
    titles = load_catalogue(write(tmp_path, titles=content)).titles
    assert titles["title_id"].tolist() == ["007", "8"]
    assert titles["name"].tolist() == ["Below", "Surf"]


def test_parquet_gives_what_csv_gives(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain", tmp_path / "odd [1] o'name"
    plain.mkdir()
    packed.mkdir()
    write(plain, performance=PERFORMANCE)
    pd.DataFrame(
        {
            "title_id": ["007", "8"],
            "name": ["Below", "Surf"],
            "genres": [["Horror", "War"], []],
            "year": [2002.0, None],
            "score": [1.5, 2.5],
        }
    ).to_parquet(packed / "titles.parquet")
    pd.read_csv(plain / "artworks.csv", dtype=str).to_parquet(packed / "artworks.parquet")
    pd.read_csv(plain / "performance.csv").to_parquet(packed / "performance.parquet")
    one, other = load_catalogue(plain), load_catalogue(packed)
    shared = ["title_id", "name", "genres", "year"]
    pd.testing.assert_frame_equal(one.titles[shared], other.titles[shared])
    assert other.titles["score"].tolist() == [1.5, 2.5]
    pd.testing.assert_frame_equal(one.artworks, other.artworks)
    pd.testing.assert_frame_equal(cells_of(plain), cells_of(packed))


def test_number_ids_in_parquet_meet_text_ids_in_csv(tmp_path: Path) -> None:
    write(tmp_path, artworks="artwork_id,title_id,path\n12,8,a.jpg\n", titles=TITLES)
    pd.DataFrame({"artwork_id": [12], "impressions": [10], "plays": [3]}).to_parquet(
        tmp_path / "performance.parquet"
    )
    assert cells_of(tmp_path)["artwork_id"].tolist() == ["12"]


def test_float_ids_are_read_as_whole_numbers(tmp_path: Path) -> None:
    write(tmp_path, titles="", artworks="artwork_id,title_id,path\na1,7,a.jpg\nb1,8,b.jpg\n")
    floats = pd.DataFrame({"title_id": [7.0, 8.0], "name": ["Below", "Surf"]})
    floats.to_parquet(tmp_path / "titles.parquet")
    assert load_catalogue(tmp_path).titles["title_id"].tolist() == ["7", "8"]


def test_any_change_changes_the_fingerprint(tmp_path: Path) -> None:
    before = load_catalogue(write(tmp_path)).fingerprint
    assert load_catalogue(tmp_path).fingerprint == before
    write(tmp_path, titles=TITLES.replace("dark", "dull"))
    assert load_catalogue(tmp_path).fingerprint != before


REFUSED = {
    "no titles": ({"titles": ""}, "there is no titles.csv or titles.parquet"),
    "no column": ({"titles": "title_id\n1\n"}, "titles.csv, row 1: the column 'name' is missing"),
    "near column": ({"titles": "title_id,names\n1,x\n"}, "rename 'names'?"),
    "no header": ({"titles": "\n"}, "the file has no header"),
    "no rows": ({"titles": "title_id,name\n"}, "titles.csv: the table has no rows"),
    "no artworks": ({"artworks": "artwork_id,title_id,path\n"}, "the table has no rows"),
    "twice a column": ({"titles": "title_id,name,name\n1,x,y\n"}, "'name' is there twice"),
    "duplicate id": (
        {"titles": TITLES + "8,Again,,,\n"},
        "titles.csv, row 4, column title_id: '8' is there twice",
    ),
    "line after a break": (
        {"titles": 'title_id,name\n1,"two\nlines"\n\n1,x\n'},
        "titles.csv, row 5, column title_id: '1' is there twice",
    ),
    "no id": ({"titles": TITLES + ",Anon,,,\n"}, "row 4, column title_id: is empty"),
    "year": ({"titles": TITLES.replace("2002", "soon")}, "row 2, column year: 'soon' is not"),
    "unknown title": (
        {"artworks": ARTWORKS + "c1,9,c.jpg\n"},
        "artworks.csv, row 5, column title_id: '9' is not in titles",
    ),
    "ragged": ({"artworks": ARTWORKS + "c1,8\n"}, "artworks.csv, row 5: 2 values where"),
    "too wide": ({"artworks": ARTWORKS + "c1,8,a,b.jpg\n"}, "row 5: 4 values where"),
    "open quote": ({"titles": 'title_id,name\n1,"x\n2,y\n'}, "quotation mark"),
    "two encodings": (
        {"titles": "title_id,name\n1,Amélie\n".encode() + "2,Amélie\n".encode("latin-1")},
        "titles.csv, row 3: the text is not UTF-8",
    ),
    "Cyrillic": (
        {"titles": "title_id,name\n1,Война и мир\n".encode("cp1251")},
        "titles.csv, row 2: the text is not UTF-8",
    ),
    "absolute": ({"artworks": ARTWORKS.replace("images/a2", "/etc/a2")}, "row 3, column path"),
    "upwards": ({"artworks": ARTWORKS.replace("images/a2", "../a2")}, "leaves the catalogue"),
    "round about": ({"artworks": ARTWORKS.replace("images/a2", "x/../../a2")}, "leaves the"),
    "drive": ({"artworks": ARTWORKS.replace("images/a2", "C:\\a2")}, "leaves the catalogue"),
    "backslashes": ({"artworks": ARTWORKS.replace("images/a2", "..\\a2")}, "leaves the"),
    "both counts": ({"performance": PERFORMANCE, "impressions": LOG}, "keep one of them"),
    "interactions": (
        {"interactions": "member_id,title_id,plays\nm,9,1\n"},
        "no value is in titles: here it is '9', there '007'",
    ),
    "member twice": (
        {"members": "member_id,cluster\nm,x\nm,y\n"},
        "members.csv, row 3, column member_id: 'm' is there twice",
    ),
    "reserved": ({"members": "member_id,cluster\nm,all\n"}, "'all' is a reserved word"),
    "unknown artworks": (
        {"performance": PERFORMANCE.replace("a1,", "z1,").replace("a2,", "z2,")},
        "no value is in artworks: here it is 'z1', there 'a1'",
    ),
    "more plays": (
        {"performance": PERFORMANCE + "a1,x,tv,5,6\n"},
        "performance.csv, row 6, column plays: '6' is more than the impressions",
    ),
    "a total": (
        {"performance": PERFORMANCE + "a1,all,tv,5,1\n"},
        "row 6, column cluster: 'all' is called a total, but is not the sum",
    ),
    "not played": (
        {"impressions": LOG + "m1,a1,maybe,tv\n"},
        "impressions.csv, row 6, column played: 'maybe' is neither",
    ),
    "unknown in log": (
        {"impressions": LOG.replace("a1,", "z1,").replace("a2,", "z2,")},
        "no value is in artworks",
    ),
    "no propensity": (
        {"impressions": LOG.replace("platform", "propensity").replace("tv", "0.5")},
        "impressions.csv, row 5, column propensity: 'mobile' is not a probability",
    ),
    "no rows in log": ({"impressions": "member_id,artwork_id,played\n"}, "has no rows"),
    "log column": ({"impressions": "member_id,artwork_id\nm,a1\n"}, "'played' is missing"),
    "ragged log": ({"impressions": LOG + "m1,a1\n"}, "impressions.csv, row 6: 2 values where"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, case: str) -> None:
    tables, expected = REFUSED[case]
    assert expected in refusal(write(tmp_path, **tables))


@pytest.mark.parametrize("value", ["-1", "many", "nan", "inf", "1.5", "", "1e30"])
@pytest.mark.parametrize("column", ["impressions", "plays"])
def test_impossible_counts_are_refused(tmp_path: Path, column: str, value: str) -> None:
    row = {"impressions": "9", "plays": "1"} | {column: value}
    counts = f"artwork_id,impressions,plays\na2,5,0\na1,{row['impressions']},{row['plays']}\n"
    line = refusal(write(tmp_path, performance=counts))
    assert f"performance.csv, row 3, column {column}: " in line


@pytest.mark.parametrize("value", ["-1", "many", "nan", "inf", ""])
def test_impossible_interactions_are_refused(tmp_path: Path, value: str) -> None:
    plays = f"member_id,title_id,plays\nm,8,1\nm,007,{value}\n"
    assert "interactions.csv, row 3, column plays" in refusal(write(tmp_path, interactions=plays))


@pytest.mark.parametrize("value", ["0", "-0.1", "1.01", "nan", "inf", ""])
def test_impossible_propensities_are_refused(tmp_path: Path, value: str) -> None:
    log = f"member_id,artwork_id,played,propensity\nm,a1,0,1\nm,a1,0,{value}\n"
    assert "row 3, column propensity" in refusal(write(tmp_path, impressions=log))


def test_the_same_table_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    pd.DataFrame({"title_id": ["1"], "name": ["x"]}).to_parquet(tmp_path / "titles.parquet")
    assert "both titles.csv and titles.parquet are here" in refusal(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "there is no such folder" in refusal(tmp_path / "nowhere")


def test_links_may_not_lead_out(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    (folder / "images").mkdir(parents=True)
    (tmp_path / "secret.jpg").write_bytes(b"x")
    write(folder)
    (folder / "images" / "a1.jpg").write_bytes(b"x")
    (folder / "images" / "a2.jpg").symlink_to("a1.jpg")
    load_catalogue(folder)
    (folder / "images" / "a2.jpg").unlink()
    (folder / "images" / "a2.jpg").symlink_to(tmp_path / "secret.jpg")
    assert "artworks.csv, row 3, column path: 'images/a2.jpg' leaves" in refusal(folder)
    (folder / "images" / "a2.jpg").unlink()
    (folder / "images" / "a1.jpg").unlink()
    (folder / "images").rmdir()
    (folder / "images").symlink_to(tmp_path)
    assert "artworks.csv, row 2, column path: 'images/a1.jpg' leaves" in refusal(folder)


def test_counts_are_summed_over_periods(tmp_path: Path) -> None:
    cells = cells_of(write(tmp_path, performance=PERFORMANCE)).set_index(
        ["artwork_id", "cluster", "platform", "country"]
    )
    assert cells.loc[("a1", "x", "tv", ""), ["impressions", "plays"]].tolist() == [120, 12]
    assert cells["impressions"].sum() == 260
    assert cells["effective_impressions"].tolist() == cells["impressions"].tolist()


def test_a_log_is_counted_by_the_member_s_cluster(tmp_path: Path) -> None:
    members = pd.DataFrame({"member_id": ["m1", "m2"], "cluster": ["x", "y"]})
    cells = cells_of(write(tmp_path, impressions=LOG), members)
    found = cells[["artwork_id", "cluster", "platform", "impressions", "plays"]]
    assert found.to_numpy().tolist() == [
        ["a1", "x", "tv", 2, 1],
        ["a1", "y", "tv", 1, 1],
        ["a2", "", "mobile", 1, 0],
    ]


def test_propensities_undo_who_was_shown_what(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    keen = rng.random(40_000) < 0.5
    chance = np.where(keen, 0.9, 0.1)
    shown = rng.random(len(keen)) < chance
    played = rng.random(len(keen)) < np.where(keen, 0.6, 0.2)
    log = pd.DataFrame(
        {"member_id": "m", "artwork_id": "a1", "played": played, "propensity": chance}
    )[shown]
    write(tmp_path)
    log.to_parquet(tmp_path / "impressions.parquet")
    cell = cells_of(tmp_path).iloc[0]
    assert cell["plays"] / cell["impressions"] > 0.54
    assert cell["effective_plays"] / cell["effective_impressions"] == pytest.approx(0.4, abs=0.02)
    weights = 1 / log["propensity"]
    kish = weights.sum() ** 2 / (weights**2).sum()
    assert cell["effective_impressions"] == pytest.approx(kish)
    assert kish < 0.6 * cell["impressions"]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_no_bytes_make_a_traceback(tmp_path: Path, content: bytes) -> None:
    write(tmp_path, titles=b"title_id,name\n" + content)
    line = ""
    try:
        load_catalogue(tmp_path)
    except InputError as error:
        line = str(error)
    assert "\n" not in line


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
def test_any_text_comes_back(tmp_path: Path, names: list[str]) -> None:
    ids = [f"{number:03}" for number in range(len(names))]
    pd.DataFrame({"title_id": ids, "name": names}).to_csv(tmp_path / "titles.csv", index=False)
    write(tmp_path, titles="", artworks="artwork_id,title_id,path\na,000,a.jpg\n")
    titles = load_catalogue(tmp_path).titles
    assert titles["title_id"].tolist() == ids
    assert titles["name"].tolist() == names


@pytest.mark.parametrize("left_out", ["performance.csv", "impressions.parquet"])
def test_the_shared_posters_load(tmp_path: Path, left_out: str) -> None:
    posters = Path(__file__).parents[2] / "shared" / "posters"
    if not posters.is_dir():
        pytest.skip("the shared posters are not here")
    for path in posters.iterdir():
        if path.is_file() and path.name != left_out:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    catalogue = load_catalogue(tmp_path)
    assert len(catalogue.artworks) == 600
    cells = cells_of(tmp_path)
    assert cells["artwork_id"].nunique() == 600
    assert left_out == "performance.csv" or cells["cluster"].nunique() == 4
