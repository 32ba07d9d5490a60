"""Search equals brute force, filters equal a pandas filter, and a query starts little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import ImageUnreadable, IndexMismatch, InputError
from index.io.images import read_image
from index.query.search import Filters, Hit, Query, Searcher
from index.store import Index, IndexWriter, Source, open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_catalogue(tmp_path_factory.mktemp("search") / "catalogue", titles=8)


@pytest.fixture(scope="module")
def index(catalogue: Path) -> Iterator[Index]:
    build(catalogue, catalogue.parent / "index")
    with open_index(catalogue.parent / "index") as opened:
        yield opened


@pytest.fixture(scope="module")
def searcher(index: Index) -> Searcher:
    return Searcher(index, SmallEncoder())


def rows(hits: list[Hit]) -> list[int]:
    return [hit.row for hit in hits]


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def test_words_are_found_as_brute_force_finds_them(searcher: Searcher, index: Index) -> None:
    hits = searcher.search(Query(texts=(("a soldier", 1.0),)), k=7)
    cosines = index.vectors("shared") @ SmallEncoder().embed_texts(["a soldier"])[0]
    assert rows(hits) == np.argsort(-cosines, kind="stable")[:7].tolist()
    np.testing.assert_allclose([hit.score for hit in hits], np.sort(cosines)[::-1][:7], rtol=1e-5)
    artworks = index.table("artworks").to_pandas().iloc[hits[0].row]
    assert (hits[0].artwork_id, hits[0].title_id) == (artworks.artwork_id, artworks.title_id)
    assert hits[0].path == artworks.path


def test_weights_add_and_subtract(searcher: Searcher, index: Index) -> None:
    portrait, gun = SmallEncoder().embed_texts(["portrait", "gun"])
    cosines = index.vectors("shared") @ unit(2 * portrait - gun)
    hits = searcher.search(Query(texts=(("portrait", 2.0), ("gun", -1.0))), k=24)
    assert rows(hits) == np.argsort(-cosines, kind="stable").tolist()


def test_a_picture_finds_itself_first(searcher: Searcher, catalogue: Path) -> None:
    hits = searcher.search(Query(images=((catalogue / "images/t02_1.jpg", 1.0),)), k=3)
    assert hits[0].artwork_id == "t02_1"
    assert hits[0].score == pytest.approx(1, abs=1e-5)


def test_a_vector_of_the_index_is_a_picture_and_needs_no_encoder(index: Index) -> None:
    hits = Searcher(index, None).search(Query(images=((index.vectors("image")[5], 1.0),)), k=1)
    assert rows(hits) == [5]
    with pytest.raises(InputError, match="needs the encoder"):
        Searcher(index, None).search(Query(texts=(("words", 1.0),)))


def test_words_and_pictures_meet_in_standard_deviations(
    searcher: Searcher, index: Index, catalogue: Path
) -> None:
    path = catalogue / "images/t04_0.jpg"
    hits = searcher.search(Query(texts=(("a b", 3.0),), images=((path, 1.0),)), k=24)
    by_word = index.vectors("shared") @ SmallEncoder().embed_texts(["a b"])[0]
    picture = SmallEncoder().embed_images([read_image(path).pixels]).image
    assert picture is not None
    by_picture = index.vectors("image") @ picture[0]
    words, pictures = ((one - one.mean()) / one.std() for one in (by_word, by_picture))
    expected = 0.75 * words + 0.25 * pictures
    assert rows(hits) == np.argsort(-expected, kind="stable").tolist()
    np.testing.assert_allclose([h.score for h in hits], np.sort(expected)[::-1], atol=1e-4)


def test_in_one_space_words_and_pictures_make_one_vector(tmp_path: Path, catalogue: Path) -> None:
    from index.build import build_index
    from tests.small_catalogue import SmallExtractor

    encoder = SmallEncoder(image_space=False)
    build_index(catalogue, tmp_path / "index", encoder=encoder, extractor=SmallExtractor())
    path = catalogue / "images/t04_0.jpg"
    with open_index(tmp_path / "index") as index:
        query = Query(texts=(("a b", 0.5),), images=((path, -1.0),))
        hits = Searcher(index, encoder).search(query, k=24)
        picture = encoder.embed_images([read_image(path).pixels]).shared[0]
        vector = unit(0.5 * encoder.embed_texts(["a b"])[0] - picture)
        expected = index.vectors("shared") @ vector
        assert rows(hits) == np.argsort(-expected, kind="stable").tolist()


def test_mistakes_are_one_line(searcher: Searcher, index: Index, tmp_path: Path) -> None:
    word = Query(texts=(("word", 1.0),))
    with pytest.raises(InputError, match="the query is empty"):
        searcher.search(Query())
    with pytest.raises(InputError, match="cancel out"):
        searcher.search(Query(texts=(("word", 1.0), ("word", -1.0))))
    with pytest.raises(ImageUnreadable, match="no such file"):
        searcher.search(Query(images=((tmp_path / "absent.jpg", 1.0),)))
    with pytest.raises(IndexMismatch, match="not small:2"):
        Searcher(index, SmallEncoder(seed=2))
    for filters, problem in (
        (Filters(where={"genre": ("War",)}), "no column 'genre'; did you mean 'genres'"),
        (Filters(label="hihg"), "no label 'hihg'; did you mean 'high'"),
        (Filters(cluster="hart"), "no cluster 'hart'; did you mean 'heart'"),
        (Filters(platform="radio"), "no platform 'radio'; there are: all, mobile, tv"),
    ):
        with pytest.raises(InputError, match=problem):
            searcher.search(word, filters=filters)


def test_filters_of_titles_artworks_and_tags(searcher: Searcher, index: Index) -> None:
    filters = Filters(
        where={"genres": ("war",), "canvas": ("TILE",), "year": ("1991", "1993.0")},
        label="high",
        cluster="thrill",
        platform="tv",
    )
    hits = searcher.search(Query(texts=(("word", 1.0),)), k=100, filters=filters)
    artworks = index.table("artworks").to_pandas()
    titles = index.table("titles").to_pandas()[["title_id", "genres", "year"]]
    tags = index.table("tags").to_pandas()
    tags = tags[(tags["cluster"] == "thrill") & (tags["platform"] == "tv")]
    joined = artworks.merge(titles, on="title_id").merge(tags, on="artwork_id")
    expected = joined[
        joined["genres"].str.contains("War")
        & joined["canvas"].eq("tile")
        & joined["year"].isin([1991, 1993])
        & joined["label"].eq("high")
    ]
    assert {hit.artwork_id for hit in hits} == set(expected["artwork_id"])
    assert len(expected) > 0


def test_filters_do_not_change_scores(searcher: Searcher) -> None:
    query = Query(texts=(("word", 1.0),))
    everything = {hit.row: hit.score for hit in searcher.search(query, k=24)}
    some = searcher.search(query, k=24, filters=Filters(where={"canvas": ("tile",)}))
    assert 0 < len(some) < 24
    assert all(everything[hit.row] == hit.score for hit in some)
    assert searcher.search(query, filters=Filters(where={"canvas": ("none",)})) == []


WORDS = st.sampled_from(["War", "war", "Sci-Fi", "Ünder", "a b", "", "1", "7.0", "x|y", " Drama "])
CELLS = st.one_of(st.none(), st.lists(WORDS, min_size=1, max_size=3).map("|".join))
NUMBERS = st.one_of(st.none(), st.integers(-2, 9))


def write_index(folder: Path, table: pd.DataFrame) -> None:
    source = Source(
        encoder="small:1",
        encoder_fingerprint="f",
        extractor_fingerprint="x",
        engine_fingerprint="n1",
        dimensions=2,
        image_dimensions=None,
        catalogue="/c",
        catalogue_fingerprint="c",
        options={},
    )
    of_titles = ["title_id", "genres", "year"]
    with IndexWriter(folder) as writer:
        ids = pa.array(table["artwork_id"].tolist(), pa.large_string())
        writer.write_labels("artworks", [ids] * 4)
        writer.write_table("artworks", table.drop(columns=of_titles[1:]))
        writer.write_table("titles", table[of_titles].iloc[::-1])
        writer.write_vectors("shared", np.tile(np.float32([1, 0]), (len(table), 1)))
        writer.publish(source, {})


def passes(cell: object, values: list[str]) -> bool:
    if cell is None or cell is pd.NA:
        return "" in values
    if isinstance(cell, int):
        numbers = [value for value in values if value.replace(".", "", 1).isdigit()]
        return any(float(number) == cell for number in numbers)
    accepted = {value.lower() for value in values}
    parts = [part.strip() for part in str(cell).lower().split("|")]
    return str(cell).lower() in accepted or any(part in accepted for part in parts)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cells=st.lists(st.tuples(CELLS, CELLS, NUMBERS), min_size=1, max_size=12),
    wanted=st.dictionaries(
        st.sampled_from(["genres", "rights", "year"]), st.lists(WORDS, min_size=1, max_size=3)
    ),
)
def test_filters_equal_a_pandas_filter(
    tmp_path: Path, cells: list[tuple[object, object, object]], wanted: dict[str, list[str]]
) -> None:
    ids = [f"a{row}" for row in range(len(cells))]
    table = pd.DataFrame({"artwork_id": ids, "title_id": ids, "path": ids})
    table["genres"] = pd.array([cell[0] for cell in cells], dtype="str")
    table["rights"] = pd.array([cell[1] for cell in cells], dtype="str")
    table["year"] = pd.array([cell[2] for cell in cells], dtype="Int64")
    write_index(tmp_path / "index", table)
    expected = [
        row
        for row, (genres, rights, year) in enumerate(cells)
        if all(
            passes({"genres": genres, "rights": rights, "year": year}[column], values)
            for column, values in wanted.items()
        )
    ]
    with open_index(tmp_path / "index") as index:
        query = Query(images=((np.float32([1, 0]), 1.0),))
        filters = Filters(where={name: tuple(values) for name, values in wanted.items()})
        assert rows(Searcher(index, None).search(query, k=99, filters=filters)) == expected


@settings(max_examples=40, deadline=None)
@given(scores=st.lists(st.integers(-3, 3), min_size=1, max_size=30), k=st.integers(0, 35))
def test_the_highest_come_first_and_ties_in_order(scores: list[int], k: int) -> None:
    from index.vectors.neighbours import highest

    values = np.array(scores, np.float32)
    assert highest(values, k).tolist() == np.argsort(-values, kind="stable")[:k].tolist()


def test_a_query_loads_nothing_slow(index: Index) -> None:
    script = (
        "import sys\n"
        "from index.query.search import Filters, Query, Searcher\n"
        "from index.store import open_index\n"
        "index = open_index(sys.argv[1])\n"
        "where = {'genres': ('War',), 'year': ('1991',)}\n"
        "filters = Filters(where, label='high', cluster='heart')\n"
        "query = Query(images=((index.vectors('image')[0], 1.0),))\n"
        "print(len(Searcher(index, None).search(query, filters=filters)))\n"
        "slow = {'torch', 'pandas', 'faiss', 'scipy', 'sklearn', 'duckdb', 'pydantic', 'asyncio'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", script, str(index.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"
