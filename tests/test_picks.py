"""Picks outlive an index's generations, lose nothing between processes and never flatter."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from assistant.answers.exemplars import diversify
from assistant.answers.picks import (
    PICKS,
    add_picks,
    load_picks,
    picked_for,
    remove_picks,
)
from index.errors import InputError, StoreError
from tests.commands import run
from tests.small_catalogue import build, write_catalogue

assistant = partial(run, check=False)


def test_picks_survive_a_new_generation(tmp_path: Path) -> None:
    catalogue = write_catalogue(tmp_path / "catalogue", titles=4)
    build(catalogue, tmp_path / "index")
    added = assistant(
        "picks", "add", "t00_1", "t01_0", "-b", "Fresh", "-i", str(tmp_path / "index")
    )
    assert added.returncode == 0, added.stderr
    write_catalogue(catalogue, titles=5, seed=3)
    report = build(catalogue, tmp_path / "index")
    assert report.artworks == 15
    listed = assistant("picks", "--json", "-i", str(tmp_path / "index"))
    kept = json.loads(listed.stdout)["picks"]
    assert [(one["artwork_id"], one["brief"]) for one in kept] == [
        ("t00_1", "Fresh"),
        ("t01_0", "Fresh"),
    ]
    unknown = assistant("picks", "add", "t00-1", "-i", str(tmp_path / "index"))
    assert unknown.returncode == 2
    assert "did you mean 't00_1'" in unknown.stderr
    assert len(unknown.stderr.splitlines()) == 1
    nothing = assistant("picks", "remove", "t03_0", "-i", str(tmp_path / "index"))
    assert nothing.returncode == 2
    assert "not picked" in nothing.stderr


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from assistant.answers.picks import add_picks\n"
        "for number in range(40): add_picks(Path(sys.argv[1]), [f'{sys.argv[2]}{number}'])\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in "ab"
    ]
    while any(writer.poll() is None for writer in writers):
        load_picks(tmp_path)
    assert [writer.returncode for writer in writers] == [0, 0]
    found = {pick.artwork_id for pick in load_picks(tmp_path)}
    assert found == {f"{name}{number}" for name in "ab" for number in range(40)}
    assert {path.name for path in tmp_path.iterdir()} <= {PICKS, "picks.lock"}


def test_a_pick_is_for_one_brief_or_for_all(tmp_path: Path) -> None:
    add_picks(tmp_path, ["a", "b"], "One")
    add_picks(tmp_path, ["a"])
    first = load_picks(tmp_path)
    assert add_picks(tmp_path, ["b"], "One") == first
    assert picked_for(first, "One") == ("a", "b")
    assert picked_for(first, "Another") == ("a",)
    assert [pick.brief for pick in remove_picks(tmp_path, ["a"], "One")] == ["One"]
    assert [pick.key for pick in load_picks(tmp_path)] == [("b", "One"), ("a", "")]
    assert len(remove_picks(tmp_path, ["a", "b"])) == 2
    assert load_picks(tmp_path) == ()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": 2, "picks": []}', '{"format": 1, "picks": [{"brief": ""}]}']
)
def test_a_damaged_file_is_one_line_and_is_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / PICKS).write_text(content)
    with pytest.raises(InputError, match="pick again"):
        add_picks(tmp_path, ["a"])
    assert (tmp_path / PICKS).read_text() == content


def test_a_folder_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        add_picks(tmp_path / "file", ["a"])


def test_pinned_rows_come_first_and_the_rest_stays_diverse() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.6])
    vectors = np.eye(4, dtype=np.float32)
    order = np.arange(4)
    titles, families = ["a", "b", "b", "c"], ["1", "2", "3", "4"]
    assert diversify(order, scores, vectors, titles, families, 3) == [0, 1, 3]
    assert diversify(order, scores, vectors, titles, families, 3, [2]) == [2, 0, 3]


def test_a_pick_leads_a_brief_only_where_it_did_well(demo: Path) -> None:
    brief, index = str(demo / "briefs" / "romance.yaml"), str(demo / "index")
    plain = json.loads(assistant("brief", brief, "-i", index, "-k", "6", "--json").stdout)
    last = plain["exemplars"][-1]
    loser = plain["exemplars"][0]["counter_example"]["artwork_id"]
    try:
        assistant("picks", "add", last["artwork_id"], loser, "-b", brief, "-i", index)
        picked = json.loads(assistant("brief", brief, "-i", index, "-k", "6", "--json").stdout)
    finally:
        assistant("picks", "remove", last["artwork_id"], loser, "-i", index)
    assert picked["exemplars"][0]["artwork_id"] == last["artwork_id"]
    assert [one["picked"] for one in picked["exemplars"]] == [True] + [False] * 5
    assert loser not in [one["artwork_id"] for one in picked["exemplars"]]
    assert any(loser in warning for warning in picked["warnings"])
    assert picked["shared_features"] == plain["shared_features"]
