"""A short slice of the campaigns in `tests/faults.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import everything_in
from tests.killing_commands import SCENARIOS, kill_again_and_again
from tests.starving import change_bytes, fill_the_disk, forbid_writing

LEARN = tuple(one for one in SCENARIOS if one.name == "learn")


def test_results_that_are_being_learned_survive_kills(demo: Path, tmp_path: Path) -> None:
    done = kill_again_and_again(LEARN[0], demo, tmp_path, 3, 3)
    assert done.killed == 3
    assert done.failures == []


def test_a_full_disk_and_a_read_only_one_lose_nothing(demo: Path, tmp_path: Path) -> None:
    for attempt in (fill_the_disk, forbid_writing):
        own = tmp_path / attempt.__name__
        own.mkdir()
        failures = attempt(demo, own, LEARN)
        if failures is None:
            pytest.skip("no small disk can be made here")
        assert failures == []


def test_one_changed_byte_is_found_in_any_file_of_a_whole_index(demo: Path, tmp_path: Path) -> None:
    place = everything_in(demo, tmp_path)
    names = {path.stem for path in (place / "index").rglob("*.*")}
    assert {"attributes", "experiments", "vocabulary", "manifest", "predictor"} <= names
    changed, unnoticed = change_bytes(place, 4, 3)
    assert changed > 80
    assert unnoticed == []
