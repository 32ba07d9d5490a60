"""What is known of pictures, put together from parts in memory and in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build.collection import Collection
from index.store import FinishedWork, Part
from index.store.growing import growing_matrix


def made(names: list[str]) -> Part:
    """A part in which everything about a picture follows from its name."""
    number = np.array([float(name) for name in names])
    return Part(
        tuple(names),
        {
            "shared": np.column_stack([number, -number]).astype(np.float32),
            "size": number.astype(int),
        },
        pa.table({"brightness": number, "shot": [f"shot {name}" for name in names]}),
    )


@given(
    parts=st.lists(
        st.tuples(st.lists(st.integers(0, 30).map(str), min_size=1, unique=True), st.booleans()),
        min_size=1,
    ),
    data=st.data(),
)
def test_what_is_gathered_is_in_the_order_asked_for(
    tmp_path_factory: pytest.TempPathFactory,
    parts: list[tuple[list[str], bool]],
    data: st.DataObject,
) -> None:
    work, known = FinishedWork(tmp_path_factory.mktemp("index") / "work" / "key"), Collection()
    for names, in_a_file in parts:
        known.add(work.save(made(names)) if in_a_file else made(names))
    there = sorted({name for names, _ in parts for name in names})
    asked = data.draw(st.lists(st.sampled_from(there), min_size=1, max_size=40))
    found, wanted = known.gather(asked), made(asked)
    assert found.hashes == wanted.hashes
    assert found.features.equals(wanted.features)
    for name, rows in wanted.arrays.items():
        np.testing.assert_array_equal(found.arrays[name], rows)


def test_a_matrix_in_blocks_is_the_file_that_numpy_writes(tmp_path: Path) -> None:
    matrix = np.random.default_rng(3).normal(size=(10, 4)).astype(np.float32)
    np.save(tmp_path / "whole.npy", matrix)
    with growing_matrix(tmp_path / "blocks.npy", matrix.shape) as add:
        for at in range(0, 10, 3):
            add(matrix[at : at + 3])
    assert (tmp_path / "blocks.npy").read_bytes() == (tmp_path / "whole.npy").read_bytes()
    with (
        pytest.raises(ValueError, match="9 rows were added, not 10"),
        growing_matrix(tmp_path / "short.npy", matrix.shape) as add,
    ):
        add(matrix[:9])
