"""The store keeps the last good generation, whole, whatever happens around it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from index.errors import (
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexNotFound,
    InputError,
    StoreError,
)
from index.store import (
    BuildSource,
    FinishedWork,
    Index,
    IndexWriter,
    Part,
    open_index,
    verify_index,
)

LIBRARIES = {"numpy": np.__version__}


def source(**changes: object) -> BuildSource:
    facts: dict[str, object] = {
        "encoder": "starter",
        "encoder_fingerprint": "e1",
        "extractor_fingerprint": "x1",
        "engine_fingerprint": "n1",
        "dimensions": 4,
        "image_dimensions": 3,
        "catalogue": "/somewhere/a catalogue",
        "catalogue_fingerprint": "c1",
        "options": {"seed": 7, "clusters": None},
    }
    return BuildSource(**{**facts, **changes})  # type: ignore[arg-type]


def unit(rows: int, columns: int, seed: int) -> np.ndarray:
    matrix = np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def write(folder: Path, seed: int = 0, rows: int = 6, made: BuildSource | None = None) -> str:
    ids = [f"a{row}" for row in range(rows)]
    titles = pd.DataFrame({"title_id": ["t1", "t2"], "year": pd.array([1999, None], "Int64")})
    artworks = pd.DataFrame({"artwork_id": ids, "title_id": ["t1", "t2"] * (rows // 2)})
    numbers = np.random.default_rng(seed).normal(size=rows)
    with IndexWriter(folder) as writer:
        writer.write_table("titles", titles)
        writer.write_table("artworks", artworks)
        writer.write_table("features", pd.DataFrame({"artwork_id": ids, "brightness": numbers}))
        writer.write_table("clusters", pd.DataFrame({"cluster": ["c"], "top_genres": [["a", "b"]]}))
        writer.write_vectors("shared", unit(rows, 4, seed))
        writer.write_vectors("image", unit(rows, 3, seed))
        writer.write_vectors("titles", unit(2, 4, seed), searchable=False)
        writer.write_arrays("predictor", {"names": np.array(["x", "yz"]), "weights": numbers})
        return writer.publish(made or source(), LIBRARIES)


def generations(folder: Path) -> list[str]:
    return sorted(entry.name for entry in (folder / "generations").iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def index(folder: Path) -> Iterator[Index]:
    with open_index(folder) as opened:
        yield opened


def test_what_is_written_is_read_back(index: Index) -> None:
    assert index.table("titles").to_pandas()["year"].tolist() == [1999, pd.NA]
    assert index.table("titles", ["title_id"]).column_names == ["title_id"]
    assert index.table("clusters")["top_genres"].to_pylist() == [["a", "b"]]
    np.testing.assert_array_equal(index.vectors("shared"), unit(6, 4, 0))
    assert isinstance(index.vectors("shared"), np.memmap)
    assert index.arrays("predictor")["names"].tolist() == ["x", "yz"]
    assert index.artworks == 6
    assert index.catalogue_folder == Path("/somewhere/a catalogue")
    assert (index.has("titles"), index.has("tags")) == (True, False)
    assert (index.has_vectors("image"), index.has_vectors("other")) == (True, False)
    assert (index.has_arrays("predictor"), index.has_arrays("classes")) == (True, False)
    verify_index(index)


def test_the_faiss_file_finds_what_brute_force_finds(index: Index) -> None:
    queries = unit(5, 4, 9)
    scores, rows = index.faiss("shared").search(queries, 3)
    expected = np.sort(queries @ index.vectors("shared").T, axis=1)[:, :-4:-1]
    np.testing.assert_allclose(scores, expected, rtol=1e-5)
    assert rows.shape == (5, 3)


def test_what_the_index_lacks_is_said_in_one_line(index: Index) -> None:
    with pytest.raises(InputError, match="the index has no table 'tags'"):
        index.table("tags")
    with pytest.raises(InputError, match="no vectors 'other'"):
        index.vectors("other")


def test_an_empty_folder_says_how_to_make_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match=r"no index here; make one with: assistant index"):
        open_index(tmp_path)
    with pytest.raises(IndexNotFound, match="no index here"):
        open_index(tmp_path / "absent")


def test_another_encoder_is_refused_with_the_command_that_rebuilds(index: Index) -> None:
    @dataclass(frozen=True)
    class Named:
        id: str
        fingerprint: str

    index.require_encoder(Named("starter", "e1"))  # type: ignore[arg-type]
    with pytest.raises(IndexMismatch, match="encoder starter, not open_clip:ViT-B-32") as error:
        index.require_encoder(Named("open_clip:ViT-B-32", "e2"))  # type: ignore[arg-type]
    assert f"'/somewhere/a catalogue' -o {index.folder} --encoder open_clip" in str(error.value)
    with pytest.raises(IndexMismatch, match="other weights of the encoder starter"):
        index.require_encoder(Named("starter", "e2"))  # type: ignore[arg-type]


def rewrite_manifest(folder: Path, changes: Mapping[str, object]) -> None:
    from index.store import layout
    from index.store.manifest import write_pointer

    name = (folder / "CURRENT").read_text().split()[0]
    path = folder / "generations" / name / "manifest.json"
    content = json.dumps(json.loads(path.read_bytes()) | dict(changes)).encode()
    path.write_bytes(content)
    (folder / "CURRENT").write_bytes(write_pointer(name, layout.checksum_bytes(content)))


def test_another_format_is_refused_with_the_command_that_rebuilds(folder: Path) -> None:
    rewrite_manifest(folder, {"format": 99})
    with pytest.raises(IndexMismatch, match=r"format 99.*assistant index '/somewhere/a catalogue'"):
        open_index(folder)


def test_an_incomplete_manifest_is_damage(folder: Path) -> None:
    rewrite_manifest(folder, {"files": {"a": {"size": 1}}})
    with pytest.raises(IndexDamaged, match="manifest is incomplete"):
        open_index(folder)


@pytest.mark.parametrize(
    "name", ["../../../owned", "/owned", "vectors/../../owned", "vectors/..", "a/b/c", "tables/\0"]
)
def test_a_manifest_names_no_file_outside_its_generation(folder: Path, name: str) -> None:
    rewrite_manifest(folder, {"files": {name: {"size": 1, "blake2b": "0" * 64}}})
    with pytest.raises(IndexDamaged, match="manifest is incomplete"):
        open_index(folder)
    rewrite_manifest(folder, {"files": {}, "generation": f"../{name}"})
    with pytest.raises(IndexDamaged, match="manifest is incomplete"):
        open_index(folder)


@pytest.mark.parametrize("harm", ["missing", "shorter"])
def test_a_missing_or_shorter_file_is_noticed_on_opening(folder: Path, harm: str) -> None:
    path = next((folder / "generations").rglob("shared.npy"))
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamaged, match=r"vectors/shared.npy"):
        open_index(folder)


def test_a_flipped_bit_in_any_file_is_found(folder: Path) -> None:
    files = [folder / "CURRENT", *sorted((folder / "generations").rglob("*.*"))]
    random = np.random.default_rng(3)
    assert len(files) == 12
    for path in files:
        whole = path.read_bytes()
        for place in random.integers(len(whole), size=5):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << random.integers(8)
            path.write_bytes(flipped)
            with pytest.raises(StoreError), open_index(folder) as index:
                verify_index(index)
        path.write_bytes(whole)
    with open_index(folder) as index:
        verify_index(index)


def test_a_torn_table_or_matrix_is_damage_when_read(folder: Path) -> None:
    for name in ("titles.parquet", "shared.npy", "predictor.npz", "shared.faiss"):
        path = next((folder / "generations").rglob(name))
        path.write_bytes(b"x" * path.stat().st_size)
    with open_index(folder) as index:
        for read in (
            lambda: index.table("titles"),
            lambda: index.vectors("shared"),
            lambda: index.arrays("predictor"),
            lambda: index.faiss("shared"),
        ):
            with pytest.raises(IndexDamaged, match="cannot be read; rebuild it with"):
                read()


def test_deep_check_finds_tables_that_do_not_fit(tmp_path: Path) -> None:
    with IndexWriter(tmp_path / "index") as writer:
        writer.write_table("titles", pd.DataFrame({"title_id": ["t1"]}))
        artworks = pd.DataFrame({"artwork_id": ["a", "a"], "title_id": ["t1", "t2"]})
        writer.write_table("artworks", artworks)
        writer.write_table("features", pd.DataFrame({"artwork_id": ["a", "b"]}))
        writer.write_vectors("shared", np.full((2, 4), 9, np.float32))
        writer.write_vectors("image", unit(3, 3, 0))
        writer.publish(source(), LIBRARIES)
    with pytest.raises(IndexDamaged) as error:
        verify_index(open_index(tmp_path / "index"))
    for problem in (
        "table artworks has an id twice",
        "names a title that is not there",
        "features is not in the order of artworks",
        "vectors shared are not all of length one",
        "vectors image are (3, 3) instead of (2, 3)",
    ):
        assert problem in str(error.value)


def test_the_generation_before_stays_until_the_next(folder: Path) -> None:
    assert write(folder, seed=1) == "000002"
    assert generations(folder) == ["000001", "000002"]
    assert write(folder, seed=2) == "000003"
    assert generations(folder) == ["000002", "000003"]
    with open_index(folder) as index:
        assert index.manifest.previous == "000002"


def test_writing_the_same_again_changes_nothing(folder: Path) -> None:
    before = (folder / "CURRENT").read_bytes()
    assert write(folder) == "000001"
    assert (folder / "CURRENT").read_bytes() == before
    assert generations(folder) == ["000001"]
    assert write(folder, made=source(options={"seed": 8, "clusters": None})) == "000002"


def test_a_reader_keeps_its_generation_however_many_follow(folder: Path) -> None:
    with open_index(folder) as reader:
        for seed in (1, 2, 3):
            write(folder, seed=seed)
        np.testing.assert_array_equal(reader.vectors("shared"), unit(6, 4, 0))
        verify_index(reader)
        assert generations(folder) == ["000001", "000003", "000004"]
    write(folder, seed=4)
    assert generations(folder) == ["000004", "000005"]


def test_a_run_that_fails_leaves_the_last_good_generation(folder: Path) -> None:
    def fail() -> None:
        with IndexWriter(folder) as writer:
            writer.write_table("titles", pd.DataFrame({"title_id": ["other"]}))
            raise RuntimeError("a failure in the middle")

    with pytest.raises(RuntimeError):
        fail()
    assert generations(folder) == ["000001"]
    with open_index(folder) as index:
        verify_index(index)


def test_a_first_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError), IndexWriter(tmp_path / "index"):
        raise InputError("a mistake of the user")
    assert not (tmp_path / "index").exists()


def test_leftovers_of_a_killed_run_are_swept_by_the_next_writer(folder: Path) -> None:
    staging = folder / "generations" / ".writing-generation" / "tables"
    staging.mkdir(parents=True)
    (staging / "titles.parquet").write_bytes(b"half")
    (folder / ".writing-CURRENT").write_bytes(b"half")
    (folder / "generations" / "000002").mkdir()
    with IndexWriter(folder) as writer:
        assert writer.current is not None
    assert generations(folder) == ["000001"]
    assert not list(folder.glob(".writing-*"))


def test_damage_does_not_stop_a_new_run(folder: Path) -> None:
    (folder / "CURRENT").write_text("garbled")
    with IndexWriter(folder) as writer:
        assert writer.current is None
        assert writer.damage == "its CURRENT file is garbled"
    assert write(folder) == "000002"
    verify_index(open_index(folder))


def test_a_second_writer_is_refused_with_the_pid_of_the_first(folder: Path) -> None:
    script = (
        "import sys\nfrom index.store import IndexWriter\n"
        "with IndexWriter(sys.argv[1]):\n    print('writing', flush=True)\n    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "writing\n"
        with pytest.raises(IndexBusy, match=f"process {holder.pid} on .* is writing"):
            write(folder, seed=1)
        holder.kill()
    assert write(folder, seed=1) == "000002"


def test_a_folder_with_other_files_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"mine")
    with pytest.raises(InputError, match="holds files but no index"), IndexWriter(tmp_path):
        pass
    with pytest.raises(InputError, match="is a file"), IndexWriter(tmp_path / "photo.jpg"):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["photo.jpg"]


def part(*hashes: str) -> Part:
    features = {"brightness": [0.1 + 0.2, np.nan], "shot": ["close-up", None]}
    return Part(
        hashes=hashes,
        arrays={"shared": unit(len(hashes), 4, 1)},
        features=pa.table(features).slice(0, len(hashes)),
    )


def test_finished_work_comes_back_exactly_and_torn_parts_are_dropped(tmp_path: Path) -> None:
    work = FinishedWork(tmp_path / "work" / "key")
    work.save(part("h1", "h2"))
    work.save(part("h3"))
    (tmp_path / "work" / "key" / "part-torn.npz").write_bytes(b"PK\x03\x04 torn")
    saved = FinishedWork(tmp_path / "work" / "key").load()
    loaded = {found.hashes: found.read() for found in saved}
    assert set(loaded) == {("h1", "h2"), ("h3",)}
    np.testing.assert_array_equal(loaded["h1", "h2"].arrays["shared"], unit(2, 4, 1))
    assert loaded["h3",].features.equals(part("h3").features)
    assert loaded["h1", "h2"].features["shot"].to_pylist() == ["close-up", None]
    assert not (tmp_path / "work" / "key" / "part-torn.npz").exists()
    FinishedWork(tmp_path / "work" / "another-encoder")
    assert not (tmp_path / "work" / "key").exists()
