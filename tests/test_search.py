"""Search equals brute force, filters equal a pandas filter, and a query starts little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import ImageUnreadable, IndexMismatch, InputError
from index.io.images import read_image
from index.query.filters import Bound
from index.query.look import Look, read_phrases
from index.query.search import Filters, Hit, Query, Searcher
from index.store import BuildSource, Index, IndexWriter, open_index
from index.vectors import Kind, Sizes
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


def by_picture(index: Index, text: str) -> np.ndarray:
    """How a text fits pictures, in the unit that is fixed for the index."""
    mean, spread = index.column("picture_mean"), index.column("picture_spread")[0]
    (vector,) = SmallEncoder().embed_texts([text])
    return (index.vectors("shared") @ vector - vector @ mean) / spread


def by_topic(index: Index, text: str) -> np.ndarray:
    """How a text fits what the titles of the artworks are about."""
    (vector,) = SmallEncoder().embed_texts([text])
    return (index.vectors("topics") @ vector)[index.column("title_of")]


def scored(found: list[Hit]) -> dict[int, float]:
    return {hit.row: hit.score for hit in found}


def test_words_are_found_as_brute_force_finds_them(searcher: Searcher, index: Index) -> None:
    for by, expected in (
        ("picture", by_picture(index, "a soldier")),
        ("title", by_topic(index, "a soldier")),
        ("both", by_picture(index, "a soldier") + by_topic(index, "a soldier")),
    ):
        hits = searcher.search(Query(texts=(("a soldier", 1.0),), by=by), k=24)
        order = np.argsort(-expected.astype(np.float32), kind="stable")
        assert order.tolist() == rows(hits)
        np.testing.assert_allclose([h.score for h in hits], expected[rows(hits)], atol=1e-3)
    artworks = index.table("artworks").to_pandas().iloc[hits[0].row]
    assert (hits[0].artwork_id, hits[0].title_id) == (artworks.artwork_id, artworks.title_id)
    assert hits[0].path == artworks.path


def test_weights_average_and_minus_ranks_the_nearest_again(
    searcher: Searcher, index: Index
) -> None:
    one, other = by_picture(index, "portrait"), by_picture(index, "gun")
    hits = searcher.search(Query((("portrait", 2.0), ("gun", 1.0)), by="picture"), k=24)
    for row, score in scored(hits).items():
        assert score == pytest.approx((2 * one[row] + other[row]) / 3, abs=1e-3)
    hits = searcher.search(Query((("portrait", 1.0), ("gun", -1.0)), by="picture"), k=2)
    near = np.argsort(-one, kind="stable")[:10]
    assert set(rows(hits)) <= set(near.tolist())
    best = max(near.tolist(), key=lambda row: one[row] - max(other[row], 0))
    assert rows(hits)[0] == best


def test_a_picture_finds_itself_first(searcher: Searcher, catalogue: Path) -> None:
    hits = searcher.search(Query(images=((catalogue / "images/t02_1.jpg", 1.0),)), k=3)
    assert hits[0].artwork_id == "t02_1"
    assert hits[0].named
    assert not hits[1].named


def test_one_result_a_title_unless_all_variants_are_asked_for(searcher: Searcher) -> None:
    query = Query(texts=(("friends", 1.0),))
    few = searcher.find(query, k=24).hits
    assert len({hit.title_id for hit in few}) == len(few)
    every = searcher.find(query, k=24, variants=True).hits
    assert len(every) > len(few)
    for hit in few:
        assert hit.score == max(one.score for one in every if one.title_id == hit.title_id)


def test_a_genre_outweighs_all_else(searcher: Searcher, index: Index) -> None:
    hits = searcher.find(Query(texts=(("a war film", 1.0),)), k=24).hits
    titles = index.table("titles").to_pandas().set_index("title_id")["genres"]
    war = ["War" in titles[hit.title_id] for hit in hits]
    assert war[:4] == [True] * 4
    assert not any(war[4:])
    assert all(hit.score >= 5 for hit in hits[:4])


@pytest.mark.parametrize(
    ("text", "first"), [("t03_1", "t03_1"), ("images/t03_1.JPG", "t03_1"), ("T05", "t05")]
)
def test_what_the_query_names_comes_first_and_is_said(
    searcher: Searcher, text: str, first: str
) -> None:
    found = searcher.find(Query(texts=((text, 1.0),)), k=3)
    assert found.hits[0].artwork_id.startswith(first)
    assert found.hits[0].named
    assert "of this index" in found.notes[0]


def test_a_title_is_named_by_its_name(searcher: Searcher) -> None:
    found = searcher.find(Query(texts=(("title 6", 1.0),)), k=2)
    assert found.hits[0].title == "Title 6"
    assert "Title 6 is a title of this index" in found.notes[0]


def test_what_takes_nothing_away_is_said(searcher: Searcher) -> None:
    found = searcher.find(Query(texts=(("a room without people", 1.0),)))
    assert any("--minus people" in note for note in found.notes)
    found = searcher.find(Query(texts=(("raumschiff", 1.0),)))
    assert any("raumschiff" in note for note in found.notes)
    assert searcher.find(Query(texts=(("a story of friends", 1.0),))).notes == ()


def test_words_of_look_are_told_by_what_was_measured(searcher: Searcher, index: Index) -> None:
    brightness = index.table("features").to_pandas()["brightness"].to_numpy()
    known = np.flatnonzero(np.isfinite(brightness))
    for text, order in (("dark", 1), ("a bright picture", -1)):
        hits = searcher.search(Query(texts=((text, 1.0),)), k=3)
        expected = known[np.argsort(order * brightness[known], kind="stable")][:3]
        assert rows(hits) == expected.tolist()
    with pytest.raises(InputError, match="does not say how a picture looks"):
        searcher.find(Query(texts=(("friends", 1.0),), look=True))


def test_a_look_of_two_parts_must_have_both_and_counts_of_people_are_counted() -> None:
    measured = np.array([[0, 0, 1], [3, 0, 2], [0, 3, 3], [1, 1, 5]], np.float32)
    names = np.array(["white_share", "negative_space", "person_count"])
    arrays = {"names": names, "mean": np.zeros(3), "spread": np.ones(3)}
    look = Look(SimpleNamespace(arrays=lambda _: arrays, column=lambda _: measured))  # type: ignore[arg-type]
    every = np.arange(4)
    assert np.argmax(look.by_phrase("white background", every)) == 3, "neither half is enough"
    for words, right in (("alone", [0]), ("couple", [1]), ("group", [2, 3])):
        assert np.flatnonzero(look.by_phrase(words, every) > 0).tolist() == right
    assert read_phrases("two people").only
    assert not read_phrases("a couple").only, "it says what a title is about as well"
    snowy, white = (look.by_phrase(words, every) for words in ("snow", "white"))
    np.testing.assert_array_equal(snowy, 0.5 * white)
    assert not read_phrases("snow").only
    assert read_phrases("white").only


def test_matches_below_half_of_the_best_are_weak(searcher: Searcher) -> None:
    hits = searcher.find(Query(texts=(("a war film", 1.0),)), k=24).hits
    assert [hit.good for hit in hits] == [hit.score >= hits[0].score / 2 for hit in hits]
    assert {hit.good for hit in hits} == {True, False}


def test_a_vector_of_the_index_is_a_picture_and_needs_no_encoder(index: Index) -> None:
    hits = Searcher(index, None).search(Query(images=((index.vectors("image")[5], 1.0),)), k=1)
    assert rows(hits) == [5]
    with pytest.raises(InputError, match="needs the encoder"):
        Searcher(index, None).search(Query(texts=(("words", 1.0),)))


def test_words_and_pictures_meet_in_standard_deviations(
    searcher: Searcher, index: Index, catalogue: Path
) -> None:
    path = catalogue / "images/t04_0.jpg"
    query = Query(texts=(("a b", 3.0),), images=((path, 1.0),), by="picture")
    hits = searcher.search(query, k=24)
    picture = SmallEncoder().embed_images([read_image(path).pixels]).image
    assert picture is not None
    cosines = index.vectors("image") @ picture[0]
    expected = 0.75 * by_picture(index, "a b") + 0.25 * (cosines - cosines.mean()) / cosines.std()
    for row, score in scored(hits).items():
        assert score == pytest.approx(expected[row], abs=1e-3)


def test_a_large_index_finds_what_a_small_one_finds(
    index: Index, catalogue: Path, tmp_path: Path
) -> None:
    build(catalogue, tmp_path / "index", sizes=Sizes(scan=1, lists=2))
    with open_index(tmp_path / "index") as large:
        assert {one.kind for one in large.manifest.search.values()} == {Kind.LISTS}
        for text in ("a war film", "friends", "a soldier", "title 3"):
            for by in ("both", "picture", "title"):
                query = Query(texts=((text, 1.0),), by=by)
                for filters in (None, Filters(where={"canvas": ("tile",)})):
                    few, many = (
                        Searcher(one, SmallEncoder()).find(query, k=4, filters=filters).hits
                        for one in (index, large)
                    )
                    assert rows(list(few)) == rows(list(many))
                    assert [hit.score for hit in few] == pytest.approx(
                        [hit.score for hit in many], abs=1e-4
                    )


def test_mistakes_are_one_line(searcher: Searcher, index: Index, tmp_path: Path) -> None:
    word = Query(texts=(("word", 1.0),))
    with pytest.raises(InputError, match="the query is empty"):
        searcher.search(Query())
    with pytest.raises(InputError, match="cancel out"):
        searcher.search(Query(texts=(("word", 1.0), ("word", -1.0))))
    with pytest.raises(InputError, match="the query is empty"):
        searcher.search(Query(texts=(("  ", 1.0),)))
    with pytest.raises(InputError, match="beside --minus"):
        searcher.search(Query(texts=(("word", -1.0),)))
    with pytest.raises(InputError, match="not UTF-8"):
        searcher.search(Query(texts=(("caf\udce9", 1.0),)))
    with pytest.raises(ImageUnreadable, match="no such file"):
        searcher.search(Query(images=((tmp_path / "absent.jpg", 1.0),)))
    with pytest.raises(IndexMismatch, match="not small:2"):
        Searcher(index, SmallEncoder(seed=2))
    for filters, problem in (
        (Filters(where={"genre": ("War",)}), "no column 'genre'; did you mean 'genres'"),
        (Filters(bounds=(Bound("year", ">", "old"),)), "'year' holds numbers, and 'old' is none"),
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


@pytest.mark.parametrize(
    ("bound", "keeps"),
    [
        (Bound("year", ">=", "1992"), lambda table: table["year"] >= 1992),
        (Bound("year", "<", "1992"), lambda table: table["year"] < 1992),
        (Bound("canvas", "!=", "TILE"), lambda table: table["canvas"] != "tile"),
        (Bound("genres", "!=", "war"), lambda table: ~table["genres"].str.contains("War")),
        (Bound("artwork_id", ">", "t03_0"), lambda table: table["artwork_id"] > "t03_0"),
    ],
)
def test_bounds_compare_numbers_dates_and_texts(
    searcher: Searcher, index: Index, bound: Bound, keeps: Callable[[pd.DataFrame], pd.Series]
) -> None:
    filters = Filters(bounds=(bound,))
    hits = searcher.search(Query(texts=(("word", 1.0),)), k=100, filters=filters)
    artworks = index.table("artworks").to_pandas()
    titles = index.table("titles").to_pandas()[["title_id", "genres", "year"]]
    joined = artworks.merge(titles, on="title_id")
    expected = joined[keeps(joined)]
    assert {hit.artwork_id for hit in hits} == set(expected["artwork_id"])
    assert 0 < len(expected) < len(joined)


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
    source = BuildSource(
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
    from index.vectors.space import highest

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
        "slow = {'torch', 'pandas', 'faiss', 'scipy', 'sklearn', 'pyarrow', 'pydantic'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", script, str(index.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"
