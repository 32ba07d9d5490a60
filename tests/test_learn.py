"""From a brief to a test, its results, what was learned and the next board, as a user does it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from assistant.experiments.designs import Design, impressions_per_arm
from assistant.insights.outcomes import AGREES, INVALID, SMALLER
from tests.commands import run, run_json

HEAD = "hypothesis,arm,date,impressions,plays,members"


@pytest.fixture(scope="module")
def planned(
    demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[dict[str, Any]]]:
    """A folder with the demo's index, the romance brief, and a file of two tests."""
    folder = tmp_path_factory.mktemp("thread")
    shutil.copytree(demo / "index", folder / "index")
    found = run_json(
        "hypotheses", demo / "briefs" / "romance.yaml", "-i", folder / "index", "-k", "2",
        "-o", folder / "tests.yaml", "--traffic", "20000", "--design", "always-valid",
    )  # fmt: skip
    assert yaml.safe_load((folder / "tests.yaml").read_text()) == found
    return folder, found["hypotheses"]


def results(path: Path, plan: dict[str, Any], part: float, month: int) -> Path:
    """Results in which A does as `part` of what was expected, a row a day and arm."""
    days = 8
    shown = plan["impressions_per_arm"] // days + 1
    odds = plan["take_fraction"] / (1 - plan["take_fraction"])
    turned = odds * 2.718281828 ** (part * plan["effect"])
    rows = [HEAD]
    for day in range(days):
        for arm, one in (("A", turned), ("B", odds)):
            plays = round(shown * one / (1 + one))
            rows.append(
                f"{plan['id']},{arm},2026-{month:02}-{day + 1:02},{shown},{plays},{shown // 3}"
            )
    path.write_text("\n".join(rows) + "\n")
    return path


def direction(folder: Path, demo: Path, plan: dict[str, Any]) -> dict[str, Any] | None:
    """The tested side among the directions of the brief, as the next board has it."""
    answered = run_json("brief", demo / "briefs" / "romance.yaml", "-i", folder / "index")
    sides = [one for one in answered["directions"]
             if (one["lever"], one["pole"]) == (plan["lever"], plan["pole"])]  # fmt: skip
    return sides[0] if sides else None


def test_plans_are_two_variants_of_one_artwork_with_a_sample(
    demo: Path, planned: tuple[Path, list[dict[str, Any]]]
) -> None:
    _, plans = planned
    titles = pd.read_csv(demo / "catalogue" / "artworks.csv").set_index("artwork_id")["title_id"]
    assert len({plan["id"] for plan in plans}) == 2
    for plan in plans:
        assert [arm["name"] for arm in plan["arms"]] == ["A", "B"]
        assert plan["arms"][1]["value"] == "the same artwork, unchanged"
        assert (plan["split"], plan["design"]) == (0.5, "always-valid")
        assert plan["impressions_per_arm"] == impressions_per_arm(
            plan["take_fraction"], 0.1, Design.ALWAYS_VALID
        )
        wait = 2 * plan["impressions_per_arm"] / plan["daily_impressions"]
        assert wait <= plan["days"] < wait + 1
        assert "two leads" in plan["keep"]
        for a, b in zip(*(arm["artworks"] for arm in plan["arms"]), strict=True):
            assert titles[a["artwork_id"]] == titles[b["artwork_id"]]
            assert a["artwork_id"] != b["artwork_id"]
            assert (demo / "catalogue" / a["path"]).is_file()


def test_a_whole_thread_from_brief_to_next_board(
    demo: Path, planned: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder, (first, second) = planned
    before = direction(folder, demo, first)
    assert before is not None
    assert before["grade"] != "tested"

    done = run("learn", results(tmp_path / "one.csv", first, 1.0, 3), "--tests",
               folder / "tests.yaml", "-i", folder / "index")  # fmt: skip
    said = " ".join(done.stdout.split())
    assert f"On the next board {first['pole']}" in said
    assert "tested: an experiment agrees" in said
    after = direction(folder, demo, first)
    assert after is not None
    assert (after["grade"], after["test"]) == ("tested", AGREES)
    again = run_json("hypotheses", demo / "briefs" / "romance.yaml", "-i", folder / "index")
    assert first["id"] not in {plan["id"] for plan in again["hypotheses"]}

    learned = run_json("learn", results(tmp_path / "two.csv", second, 0.45, 4), "--tests",
                       folder / "tests.yaml", "-i", folder / "index")  # fmt: skip
    (row,), (change,) = learned["experiments"], learned["changed"]
    assert (row["verdict"], row["registered"]) == (SMALLER, True)
    assert row["expected_effect"] == pytest.approx(second["effect"])
    assert (change["lever"], change["pole"]) == (second["lever"], second["pole"])
    assert change["after"]["middle"] < change["before"]["middle"]
    advice = learned["advice"]
    assert (advice["experiments"], advice["hit_rate"]["value"]) == (2, 1.0)
    assert advice["hit_rate"]["low"] < 1.0
    assert advice["brier"]["value"] < advice["brier"]["coin"]

    board = folder / "board"
    run("board", demo / "briefs" / "romance.yaml", "-i", folder / "index", "-o", board)
    page = "".join(path.read_text() for path in board.rglob("*.html"))
    assert f"Tested: {first['pole']}" in page
    assert "The test found" in page


@pytest.mark.parametrize(
    ("arms", "reason"),
    [
        ("{0},A,,9000,1700,\n{0},B,,5000,780,\n", "sample-ratio mismatch"),
        ("{0},A,,7000,0,\n{0},B,,7000,0,\n", "no play was recorded in either arm"),
        ("{0},A,,4,3,\n{0},B,,3,1,\n", "too few for any verdict"),
    ],
)
def test_a_broken_test_is_reported_and_changes_nothing(
    demo: Path,
    planned: tuple[Path, list[dict[str, Any]]],
    tmp_path: Path,
    arms: str,
    reason: str,
) -> None:
    folder, (plan, _) = planned
    shutil.copytree(demo / "index", tmp_path / "index")
    rows = tmp_path / "results.csv"
    rows.write_text(f"{HEAD}\n{arms.format(plan['id'])}")
    words = ("learn", rows, "--tests", folder / "tests.yaml", "-i", tmp_path / "index")
    learned = run_json(*words)
    (row,) = learned["experiments"]
    assert row["verdict"] == INVALID
    assert reason in row["why_invalid"]
    (change,) = learned["changed"]
    assert (change["before"], change["grade_before"]) == (change["after"], change["grade"])
    assert (learned["advice"]["invalid"], learned["advice"]["experiments"]) == (1, 0)
    assert "grades nothing" in " ".join(run(*words).stdout.split())


def test_nothing_is_kept_of_results_with_a_mistake(
    planned: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder, (plan, _) = planned
    rows = tmp_path / "results.csv"
    rows.write_text(f"{HEAD}\n{plan['id']},A,,9000,1700,\n{plan['id']},B,,-1,780,\n")
    before = (folder / "index" / "CURRENT").read_bytes()
    done = run("learn", rows, "--tests", folder / "tests.yaml", "-i", folder / "index", check=False)
    assert done.returncode == 2
    assert "row 3, column impressions: '-1" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert (folder / "index" / "CURRENT").read_bytes() == before


def test_beliefs_are_judged_and_remembered(
    planned: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder, _ = planned
    index = tmp_path / "index"
    shutil.copytree(folder / "index", index)
    beliefs = tmp_path / "beliefs.yaml"
    beliefs.write_text("- {lever: warmer, direction: up, audience: romance-drama}\n")
    first = run_json("insights", "-i", index, "--hypotheses", beliefs)
    (judged,) = first["hypotheses"]
    assert judged["verdict"] == "confirmed"
    assert first["belief_history"]["judged"] == 1
    assert (
        "1 belief judged so far, 1 decided"
        in run("insights", "-i", index, "--hypotheses", beliefs).stdout
    )
    beliefs.write_text("- {lever: warmer, direction: down, audience: romance-drama}\n")
    done = run("insights", "-i", index, "--hypotheses", beliefs)
    assert "refuted" in done.stdout
    assert "2 beliefs judged so far, 2 decided: right in 50%" in done.stdout
    assert run_json("insights", "-i", index)["belief_history"] is None


def test_evaluation_beats_what_costs_nothing_and_boards_print_it(
    demo: Path, planned: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    folder, _ = planned
    index = tmp_path / "index"
    shutil.copytree(folder / "index", index)
    found = run_json("evaluate", "-i", index)
    overall = {
        row["method"]: row
        for row in found["pairs"]
        if (row["cluster"], row["platform"]) == ("all", "all")
    }
    for method in ("prior alone", "picture likest to the text", "chance"):
        assert overall[method]["margin_low"] > 0.05, method
    romance = next(
        row
        for row in found["pairs"]
        if row["method"] == "features and pictures" and row["cluster"] == "romance-drama"
    )
    assert romance["low"] > 0.75
    assert 0.85 <= found["calibration"]["coverage"] <= 0.95
    uplift = found["exemplars"]["exemplars"]["uplift"]
    assert uplift["most relevant"]["low"] > 0
    assert uplift["shown most"]["low"] > 0
    assert found["exemplars"]["own_artwork"]["uplift"]["likest to the text"]["low"] > 0
    assert "chance in 50%" in found["sceptic"]
    board = tmp_path / "board"
    run("board", demo / "briefs" / "romance.yaml", "-i", index, "-o", board)
    page = "".join(path.read_text() for path in board.rglob("*.html"))
    assert "the tool picks the better in" in page
