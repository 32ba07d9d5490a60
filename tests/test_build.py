"""Building an index: what is in it, what is left out, and that only changes cost work."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pandas as pd
import pytest

from index.audience.predict import AffinityPredictor
from index.build import build_index
from index.build.pictures import Batch, PicturePipeline
from index.errors import IndexBusy, InputError, StoreError
from index.features.analysis import TextBlock
from index.features.feature import Value
from index.features.layout import find_layout
from index.io.images import Picture, content_hash, read_image
from index.store import Index, IndexWriter, open_index, verify_index
from tests.small_catalogue import (
    SmallEncoder,
    SmallExtractor,
    build,
    draw,
    write_catalogue,
    write_performance,
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a catalogue and its index."""
    folder = tmp_path_factory.mktemp("built")
    build(write_catalogue(folder / "catalogue"), folder / "index")
    return folder


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Path:
    """A copy of `built` to change."""
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.fixture
def index(built: Path) -> Iterator[Index]:
    with open_index(built / "index") as opened:
        yield opened


def edit(path: Path, changes: dict[str, object]) -> None:
    """Set columns of a CSV file; what gives None is dropped."""
    frame = pd.read_csv(path)
    for column, value in changes.items():
        frame[column] = value
    frame.drop(columns=[name for name in changes if changes[name] is None]).to_csv(
        path, index=False
    )


def test_every_row_belongs_to_its_picture(built: Path, index: Index) -> None:
    verify_index(index)
    artworks = index.table("artworks").to_pandas()
    features = index.table("features").to_pandas()
    images = index.table("images").to_pandas()
    row = 13
    picture = read_image(built / "catalogue" / artworks["path"][row])
    embedded = SmallEncoder().embed_images([picture.pixels])
    np.testing.assert_array_equal(index.vectors("shared")[row], embedded.shared[0])
    np.testing.assert_array_equal(index.vectors("image")[row], embedded.image[0])  # type: ignore[index]
    expected = SmallExtractor().extract([picture])[0]
    assert features["brightness"][row] == expected["brightness"]
    assert features["dominant_colour"][row] == expected["dominant_colour"]
    assert (images["width"][row], images["height"][row]) == (120, 180)
    classes = index.arrays("classes")
    best = int(embedded.classes[0].argmax())  # type: ignore[index]
    assert classes["class_ids"][row][0] == best
    assert classes["names"][best] == f"thing {best}"


def test_missing_numbers_are_nan_and_missing_words_null(tmp_path: Path) -> None:
    from PIL import Image

    catalogue = write_catalogue(tmp_path / "catalogue", titles=2)
    Image.new("RGB", (50, 50), "grey").save(catalogue / "images/t00_0.jpg")
    build(catalogue, tmp_path / "index")
    features = open_index(tmp_path / "index").table("features")
    assert features["brightness"].null_count == 0
    assert np.isnan(features["brightness"][0].as_py())
    assert features["dominant_colour"][0].as_py() is None


def test_members_performance_and_titles_are_there(index: Index) -> None:
    assert set(index.table("clusters")["cluster"].to_pylist()) == {"heart", "thrill"}
    assert index.manifest.counts["members"] == 40
    tags = index.table("tags").to_pandas()
    assert set(tags["cluster"]) == {"heart", "thrill", "all"}
    assert set(tags["platform"]) == {"tv", "mobile", "all"}
    assert len(tags) == 24 * 9
    texts = index.table("texts")["text"].to_pylist()
    assert texts[0] == "Title 0. A story of 0 friends. Genres: Romance, Drama"
    np.testing.assert_array_equal(index.vectors("titles"), SmallEncoder().embed_texts(texts))
    predictor = AffinityPredictor.from_arrays(index.arrays("predictor"))
    assert predictor.clusters_ == tuple(index.table("clusters")["cluster"].to_pylist())
    assert predictor.titles_ == 8


def test_a_second_run_does_nothing_and_changes_nothing(built: Path) -> None:
    before = (built / "index/CURRENT").read_bytes()
    report = build(built / "catalogue", built / "index")
    assert (report.embedded, report.reused, report.generation) == (0, 24, "000001")
    assert report.images_per_second == 0
    assert (built / "index/CURRENT").read_bytes() == before


def test_only_new_and_changed_pictures_are_worked_on(place: Path) -> None:
    catalogue = place / "catalogue"
    draw(catalogue / "images/t03_1.jpg", 500)
    draw(catalogue / "images/new.jpg", 501)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    new = artworks.iloc[[0]].assign(artwork_id="new", path="images/new.jpg")
    pd.concat([new, artworks.iloc[2:]]).to_csv(catalogue / "artworks.csv", index=False)
    performance = pd.read_csv(catalogue / "performance.csv")
    known = performance["artwork_id"].isin(artworks["artwork_id"][2:])
    performance[known].to_csv(catalogue / "performance.csv", index=False)
    report = build(catalogue, place / "index")
    assert (report.artworks, report.embedded, report.reused) == (23, 2, 21)
    build(catalogue, place / "anew")
    with open_index(place / "index") as updated, open_index(place / "anew") as anew:
        verify_index(updated)
        assert updated.manifest.files == anew.manifest.files
        assert updated.table("artworks")["artwork_id"][0].as_py() == "new"


def test_new_performance_tags_anew_without_a_look_at_any_picture(place: Path) -> None:
    write_performance(place / "catalogue", seed=77)
    report = build(place / "catalogue", place / "index")
    assert (report.embedded, report.generation) == (0, "000002")
    with open_index(place / "index") as index:
        before = place / "index/generations/000001/vectors/shared.npy"
        assert (index.generation_folder / "vectors/shared.npy").read_bytes() == before.read_bytes()
        tags = index.table("tags").to_pandas()
    told = pd.read_csv(place / "catalogue/performance.csv").groupby("artwork_id")["plays"].sum()
    everyone = tags[(tags["cluster"] == "all") & (tags["platform"] == "all")]
    assert everyone.set_index("artwork_id")["plays"].to_dict() == told.to_dict()


def test_another_encoder_does_everything_anew(place: Path) -> None:
    report = build_index(
        place / "catalogue",
        place / "index",
        encoder=SmallEncoder(seed=2, image_space=False),
        extractor=SmallExtractor(),
    )
    assert (report.embedded, report.encoder) == (24, "small:2")
    with open_index(place / "index") as index:
        verify_index(index)
        assert not index.has_vectors("image")
        index.require_encoder(SmallEncoder(seed=2, image_space=False))


def test_batches_do_not_change_the_result(built: Path, tmp_path: Path) -> None:
    for size in (1, 7):
        build_index(
            built / "catalogue",
            tmp_path / str(size),
            encoder=SmallEncoder(),
            extractor=SmallExtractor(),
            smallest_cluster=1,
            batch_size=size,
        )
    with open_index(built / "index") as one:
        files = one.manifest.files
    assert open_index(tmp_path / "1").manifest.files == files
    assert open_index(tmp_path / "7").manifest.files == files


class LetteredExtractor(SmallExtractor):
    """Reads "HARVEST" in every picture."""

    names = ("layout", "title_found", "title_position", "title_share", "legibility")
    fingerprint = "lettered"

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        corners = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.2), (0.1, 0.2))
        lines = (TextBlock(corners, 1.0, "HARVEST", 4.0),)
        layout = find_layout(1.0, (), lines, np.zeros((16, 16), np.float32), 4.0).to_text()
        missing: dict[str, Value] = dict.fromkeys(self.names)
        return [missing | {"layout": layout, "title_position": "none"} for _ in pictures]


def test_a_title_that_is_renamed_is_looked_for_again_in_its_pictures(place: Path) -> None:
    def title_found(index: str) -> tuple[dict[str, Any], list[str]]:
        build_index(
            place / "catalogue",
            place / index,
            encoder=SmallEncoder(),
            extractor=LetteredExtractor(),
            smallest_cluster=1,
        )
        with open_index(place / index) as opened:
            own = opened.table("artworks")["title_id"].to_pandas()
            found = opened.table("features")["title_found"].to_pandas()
            return dict(opened.manifest.files), sorted(set(own[found == 1]))

    names = pd.read_csv(place / "catalogue/titles.csv")["name"]
    edit(place / "catalogue/titles.csv", {"name": ["The Harvest", *names[1:]]})
    assert title_found("lettered")[1] == ["t00"]
    edit(place / "catalogue/titles.csv", {"name": ["Another", "Harvest", *names[2:]]})
    files, titles = title_found("lettered")
    assert titles == ["t01"]
    assert files == title_found("anew")[0]


def test_equal_pictures_are_embedded_once(place: Path) -> None:
    images = place / "catalogue/images"
    for number in (0, 1, 2):
        shutil.copy(images / "t05_0.jpg", images / f"t06_{number}.jpg")
    report = build(place / "catalogue", place / "anew")
    assert (report.artworks, report.embedded, report.reused) == (24, 21, 3)
    with open_index(place / "anew") as index:
        np.testing.assert_array_equal(index.vectors("image")[18], index.vectors("image")[15])


def test_bad_pictures_are_left_out_by_name(place: Path) -> None:
    images = place / "catalogue/images"
    (images / "t01_0.jpg").write_bytes(b"")
    (images / "t01_1.jpg").unlink()
    whole = (images / "t01_2.jpg").read_bytes()
    (images / "t01_2.jpg").write_bytes(whole[: len(whole) // 2])
    (images / "t02_0.jpg").write_text("not an image")
    report = build(place / "catalogue", place / "index")
    assert report.artworks == 20
    reasons = {skipped.path: skipped.reason for skipped in report.skipped}
    assert list(reasons) == [f"images/{name}.jpg" for name in ("t01_0", "t01_1", "t01_2", "t02_0")]
    assert reasons["images/t01_0.jpg"] == "empty file (zero bytes)"
    assert reasons["images/t01_1.jpg"] == "no such file"
    assert reasons["images/t01_2.jpg"] == "truncated"
    assert "not an image" in reasons["images/t02_0.jpg"]
    with open_index(place / "index") as index:
        verify_index(index)
        assert index.table("skipped").to_pandas()["path"].tolist() == list(reasons)
        assert "t01_1" not in index.table("tags")["artwork_id"].to_pylist()
    (images / "t01_2.jpg").write_bytes(whole)
    again = build(place / "catalogue", place / "index")
    assert (again.artworks, again.embedded) == (21, 1)


def test_no_readable_picture_is_the_users_mistake_and_keeps_the_index(place: Path) -> None:
    for path in (place / "catalogue/images").iterdir():
        path.write_bytes(b"")
    before = (place / "index/CURRENT").read_bytes()
    with pytest.raises(InputError, match=r"none of the 24 pictures.*images/t00_0.jpg: empty"):
        build(place / "catalogue", place / "index")
    assert (place / "index/CURRENT").read_bytes() == before
    verify_index(open_index(place / "index"))
    with pytest.raises(InputError):
        build(place / "catalogue", place / "anew")
    assert not (place / "anew").exists()


def test_a_mistake_in_the_catalogue_writes_nothing(place: Path) -> None:
    edit(place / "catalogue/performance.csv", {"plays": 10**9})
    with pytest.raises(InputError, match="more than the impressions"):
        build(place / "catalogue", place / "anew")
    assert not (place / "anew").exists()


def test_titles_and_artworks_alone_make_an_index(place: Path) -> None:
    for name in ("performance", "members", "interactions"):
        (place / f"catalogue/{name}.csv").unlink()
    edit(place / "catalogue/titles.csv", {"synopsis": None, "genres": None, "year": None})
    report = build(place / "catalogue", place / "anew")
    assert "no performance" in report.warnings[0]
    assert "nothing of members" in report.warnings[1]
    with open_index(place / "anew") as index:
        verify_index(index)
        assert index.manifest.warnings == report.warnings
        assert not any(map(index.has, ("tags", "cells", "clusters", "members", "affinity")))
        assert not index.has_arrays("predictor")


def test_performance_alone_names_the_clusters(place: Path) -> None:
    for name in ("members", "interactions"):
        (place / f"catalogue/{name}.csv").unlink()
    build(place / "catalogue", place / "anew")
    with open_index(place / "anew") as index:
        clusters = index.table("clusters").to_pandas()
        assert clusters["cluster"].tolist() == ["heart", "thrill"]
        assert clusters["members"].isna().all()
        assert index.manifest.counts["affinity"] == 16
        assert index.has_arrays("predictor")


def write_answers(catalogue: Path, *, by_taste: bool) -> None:
    """Performance in which each cluster takes, or does not take, what it watches."""
    random = np.random.default_rng(4)
    cells = pd.read_csv(catalogue / "performance.csv")
    title = cells["artwork_id"].str.slice(1, 3).astype(int)
    own = (title % 2).eq(cells["cluster"].map({"heart": 0, "thrill": 1}))
    rate = np.where(own, 0.3, 0.1) if by_taste else 0.2
    cells["plays"] = random.binomial(cells["impressions"], rate)
    cells.to_csv(catalogue / "performance.csv", index=False)


def test_learned_clusters_take_the_names_of_those_they_watch_like(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=16, each=2)
    members = pd.read_csv(catalogue / "members.csv").set_index("member_id")["cluster"]
    (catalogue / "members.csv").unlink()
    write_answers(catalogue, by_taste=True)
    report = build(catalogue, tmp_path / "index")
    assert report.warnings == ()
    with open_index(tmp_path / "index") as index:
        found = index.table("members").to_pandas().set_index("member_id")["cluster"]
        assert (found == members.reindex(found.index)).mean() > 0.9
        assert index.table("clusters").to_pandas()["name"].str.contains(r"\(").all()


def test_learned_clusters_that_match_by_chance_give_way(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=16, each=2)
    (catalogue / "members.csv").unlink()
    write_answers(catalogue, by_taste=False)
    report = build(catalogue, tmp_path / "index")
    assert "performance table's own clusters are used" in report.warnings[0]
    with open_index(tmp_path / "index") as index:
        assert set(index.table("clusters")["cluster"].to_pylist()) == {"heart", "thrill"}
        assert not index.has("members")


def test_single_impressions_are_counted_by_learned_clusters(place: Path) -> None:
    catalogue = place / "catalogue"
    (catalogue / "members.csv").unlink()
    (catalogue / "performance.csv").unlink()
    random = np.random.default_rng(1)
    pd.DataFrame(
        {
            "member_id": [f"m{number:03d}" for number in random.integers(40, size=3000)],
            "artwork_id": [
                f"t0{title}_{n}" for title, n in random.integers((8, 3), size=(3000, 2))
            ],
            "played": random.integers(2, size=3000),
        }
    ).to_parquet(catalogue / "impressions.parquet")
    build_index(
        catalogue,
        place / "anew",
        encoder=SmallEncoder(),
        extractor=SmallExtractor(),
        clusters=2,
        smallest_cluster=1,
    )
    with open_index(place / "anew") as index:
        learned = set(index.table("clusters")["cluster"].to_pylist())
        assert set(index.table("cells")["cluster"].to_pylist()) == learned
        assert index.table("cells").to_pandas()["impressions"].sum() == 3000


def test_a_damaged_index_is_replaced_and_said_so(place: Path) -> None:
    next((place / "index").rglob("shared.npy")).unlink()
    report = build(place / "catalogue", place / "index")
    assert report.warnings == (
        "the index that was here is replaced, as vectors/shared.npy is missing",
    )
    assert report.embedded == 24
    verify_index(open_index(place / "index"))


def test_two_writers_never_mix(place: Path) -> None:
    with IndexWriter(place / "index"), pytest.raises(IndexBusy, match="is writing it; wait"):
        build(place / "catalogue", place / "index")
    build(place / "catalogue", place / "index")


def test_progress_ends_complete(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.seen.HASHED_AT_ONCE", 5)
    told: dict[str, tuple[int, int]] = {}
    build_index(
        built / "catalogue",
        tmp_path / "index",
        encoder=SmallEncoder(),
        extractor=SmallExtractor(),
        progress=lambda stage, done, total: told.update({stage: (done, total)}),
    )
    assert told["pictures"] == (24, 24)
    assert all(done == total for done, total in told.values())


def test_files_that_nobody_touched_are_not_read_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue, read = place / "catalogue", []

    def watched(path: Path) -> str:
        read.append(path.name)
        return content_hash(path)

    monkeypatch.setattr("index.build.seen.content_hash", watched)
    build(catalogue, place / "index")
    assert len(read) == 24, "files written a moment ago are not relied on"
    monkeypatch.setattr("index.build.seen.SETTLED", 0)
    build(catalogue, place / "index")
    read.clear()
    build(catalogue, place / "index")
    assert read == []
    picture = catalogue / "images/t03_1.jpg"
    old = picture.stat()
    content = bytearray(picture.read_bytes())
    content[-100] ^= 1
    picture.write_bytes(content)
    os.utime(picture, ns=(old.st_atime_ns, old.st_mtime_ns))
    report = build(catalogue, place / "index")
    assert (read, report.embedded) == (["t03_1.jpg"], 1)
    read.clear()
    build_index(
        catalogue,
        place / "index",
        encoder=SmallEncoder(),
        extractor=SmallExtractor(),
        smallest_cluster=1,
        recheck=True,
    )
    assert len(read) == 24


@pytest.mark.parametrize("harm", ["torn", "other"])
def test_what_was_seen_may_be_lost_or_garbled(place: Path, harm: str) -> None:
    before = build(place / "catalogue", place / "index")
    seen = place / "index/seen.parquet"
    seen.write_bytes(b"PAR1" if harm == "torn" else (seen.read_bytes()[:-40] + bytes(40)))
    report = build(place / "catalogue", place / "index")
    assert (report.embedded, report.generation) == (0, before.generation)


class Failing(SmallExtractor):
    """Breaks in its thread at one picture."""

    def __init__(self, path: Path) -> None:
        self.bad = read_image(path).pixels

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        if any(np.array_equal(one.pixels, self.bad) for one in pictures):
            raise RuntimeError("the worker broke")
        return super().extract(pictures)


def test_a_worker_that_breaks_midway_costs_only_what_it_had_in_hand(place: Path) -> None:
    catalogue, folder = place / "catalogue", place / "index"
    for number in range(12):
        draw(catalogue / f"images/t{number // 3:02d}_{number % 3}.jpg", 900 + number)
    pointer = (folder / "CURRENT").read_bytes()
    with pytest.raises(RuntimeError, match="the worker broke"):
        build_index(
            catalogue,
            folder,
            encoder=SmallEncoder(),
            extractor=Failing(catalogue / "images/t01_2.jpg"),
            smallest_cluster=1,
            batch_size=4,
        )
    assert (folder / "CURRENT").read_bytes() == pointer
    with open_index(folder) as index:
        verify_index(index)
    report = build(catalogue, folder)
    assert (report.artworks, report.embedded) == (24, 8), "the first batch of three is kept"
    build(catalogue, place / "anew")
    with open_index(folder) as resumed, open_index(place / "anew") as anew:
        assert resumed.manifest.files == anew.manifest.files


class InPairs(SmallExtractor):
    """Waits with each batch for another one."""

    def __init__(self) -> None:
        self.both = Barrier(2, timeout=30)

    def extract(self, pictures: Sequence[Picture]) -> list[dict[str, Value]]:
        self.both.wait()
        return super().extract(pictures)


def test_the_next_batch_is_measured_before_the_last_is_done(place: Path) -> None:
    pipeline = PicturePipeline(SmallEncoder(), InPairs(), None, 4, 1)
    paths = sorted((place / "catalogue" / "images").iterdir())[:16]
    batches = list(pipeline.run((path.name, path) for path in paths))
    found = [name for batch in batches if batch.part for name in batch.part.hashes]
    assert found == [path.name for path in paths]


def test_blocks_do_not_change_the_result(
    built: Path, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.build.contents.AT_ONCE", 5)
    build(built / "catalogue", tmp_path / "index")
    with open_index(tmp_path / "index") as blocks:
        verify_index(blocks)
        assert blocks.table("features").equals(index.table("features"))
        others = index.manifest.files.keys() - {"tables/features.parquet"}
        for name in others:
            assert blocks.manifest.files[name] == index.manifest.files[name], name


def test_work_that_is_lost_meanwhile_is_said_and_done_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Losing(PicturePipeline):
        """Loses what was saved of the first batch."""

        def run(self, pictures: Iterable[tuple[str, Path]]) -> Iterator[Batch]:
            yield from super().run(pictures)
            (saved, *_) = sorted((place / "index" / "work").rglob("part-*.npz"))
            saved.write_bytes(b"PK torn")

    monkeypatch.setattr("index.build.gather.KEPT_EVERY", 0.0)
    draw(place / "catalogue/images/t00_0.jpg", 900)
    losing = Losing(SmallEncoder(), SmallExtractor(), None, 4, 1)
    with pytest.raises(StoreError, match=r"finished work is lost .*run again to redo it"):
        build_index(
            place / "catalogue",
            place / "index",
            encoder=SmallEncoder(),
            extractor=SmallExtractor(),
            pipeline=losing,
            smallest_cluster=1,
        )
    assert build(place / "catalogue", place / "index").embedded == 1
