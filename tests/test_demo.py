"""The whole program on the demo catalogue, held to the truth that was planted in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.demo.truth import load_truth
from index.records import Grade
from tests.commands import ASSISTANT, run, run_json

STRONG = {Grade.SUPPORTED.value, Grade.CONFIRMED.value}

PLANTED = {"romance": "romance", "thriller": "thriller", "action": "action", "family": "family"}
"""Example brief → the taste group it is for."""


def brief_of(demo: Path, name: str, *words: str) -> dict[str, Any]:
    return run_json("brief", demo / "briefs" / f"{name}.yaml", "-i", demo / "index", *words)


def test_the_demo_answers_its_main_brief(demo: Path) -> None:
    first = brief_of(demo, "romance", "-k", "6")
    assert len(first["exemplars"]) == 6
    for exemplar in first["exemplars"]:
        assert (demo / "catalogue" / exemplar["path"]).is_file()
        assert exemplar["performance"]["low"] <= exemplar["performance"]["lift"]
        assert exemplar["performance"]["p_positive"] >= 0.9
        assert exemplar["counter_example"]["performance"]["label"] == "low"
    assert sum(share["weight"] for share in first["audience"]) == pytest.approx(1, abs=1e-3)
    assert first["skill"]["low"] > 0


ADVISED = {
    "romance": {"two people", "warmer"},
    "thriller": {"closer framing", "less lettering", "darker"},
    "documentary": set(),
}
"""Example brief → sides that were planted for its audience: its first directions."""


@pytest.mark.parametrize("name", ADVISED)
def test_a_brief_advises_what_was_planted_and_shows_it_in_pairs(demo: Path, name: str) -> None:
    directions = brief_of(demo, name)["directions"]
    assert {one["pole"] for one in directions[: max(len(ADVISED[name]), 2)]} == ADVISED[name]
    for one in directions:
        for pair in one["pairs"]:
            first = pair["changed"][0]
            assert first.startswith(one["pole"]) or f": {one['pole']}, not" in first


def test_the_clusters_are_the_planted_taste_groups(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "members.csv"
    clusters = run_json("clusters", "-i", demo / "index", "--members-out", out)["clusters"]
    assert len(clusters) == 5
    assert sum(cluster["members"] for cluster in clusters) == len(out.read_text().splitlines()) - 1
    tops = {cluster["top_genres"][0] for cluster in clusters}
    assert {"Romance", "Documentary", "Thriller"} <= tops


def expected(taste: str) -> dict[tuple[str, str | None], int]:
    """Measured feature → planted sign, for effects of one taste group on every platform."""
    truth = load_truth()
    return {
        (shown.feature, shown.level): (1 if effect.effect > 0 else -1) * shown.sign
        for effect in truth.effects
        if effect.taste == taste and effect.platform == "all"
        for shown in truth.expect[effect.lever]
    }


@pytest.mark.parametrize("name", PLANTED)
def test_planted_winners_come_back_with_their_sign(demo: Path, name: str) -> None:
    found = {(one["feature"], one["level"]): one for one in brief_of(demo, name)["shared_features"]}
    planted = expected(PLANTED[name])
    named = {key: found[key] for key in planted if key in found}
    right = [
        key
        for key, one in named.items()
        if one["grade"] in STRONG and one["difference"] * planted[key] > 0
    ]
    wrong = [
        key
        for key, one in named.items()
        if one["grade"] in STRONG and one["difference"] * planted[key] < 0
    ]
    assert len(right) >= 2, named
    assert not wrong, named


def test_where_nothing_was_planted_nothing_is_more_than_suggestive(
    demo: Path, tmp_path: Path
) -> None:
    null = next(
        cluster["cluster"]
        for cluster in run_json("clusters", "-i", demo / "index")["clusters"]
        if cluster["top_genres"][0] == "Documentary"
    )
    brief = tmp_path / "brief.yaml"
    text = (demo / "briefs" / "documentary.yaml").read_text()
    brief.write_text(f"{text}\naudience: {{{null}: 1}}\n")
    shared = run_json("brief", brief, "-i", demo / "index")["shared_features"]
    assert shared
    assert not [one for one in shared if one["grade"] in STRONG]


def test_similar_takes_words_pictures_and_filters(demo: Path) -> None:
    picture = next((demo / "catalogue" / "images").glob("*_1.*"))
    found = run_json("similar", picture, "-i", demo / "index", "-k", "3")["results"]
    assert found[0]["path"].endswith(picture.name)
    words = ("similar", "mountains", "--minus", "people", "--where", "genres=Romance")
    romances = run_json(*words, "--label", "high", "-i", demo / "index")["results"]
    assert romances
    assert [hit["score"] for hit in romances] == sorted(
        (hit["score"] for hit in romances), reverse=True
    )


def test_no_question_imports_torch(demo: Path) -> None:
    script = (
        "import sys\nfrom assistant.cli import main\nsys.argv[0] = 'assistant'\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    for words in (
        ["similar", "the sea"],
        ["brief", str(demo / "briefs" / "romance.yaml")],
        ["clusters"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", script, *words, "-i", str(demo / "index")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_results_are_plain_when_piped_and_notes_stay_apart(demo: Path) -> None:
    words = [ASSISTANT, "brief", demo / "briefs" / "thriller.yaml", "-i", demo / "index"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout
    assert "Exemplars" in done.stdout
    assert "Exemplars" not in done.stderr


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["brief", "none.yaml"], ["none.yaml", "no such file"]),
        (["similar", "gone.jpg"], ["gone.jpg"]),
        (["similar", "sea", "--where", "genre=Romance"], ["genre", "genres"]),
        (["similar", "sea", "--where", "genres"], ["COLUMN=VALUE"]),
        (["similar", "sea", "--label", "hihg"], ["hihg", "high"]),
        (["similar", "sea", "--cluster", "nobody", "--label", "high"], ["nobody"]),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(demo: Path, words: list[str], names: list[str]) -> None:
    done = run(*words, "-i", demo / "index", check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for name in names:
        assert name in done.stderr


def test_an_unknown_cluster_names_the_nearest(demo: Path, tmp_path: Path) -> None:
    brief = tmp_path / "brief.yaml"
    brief.write_text("title: A\naudience: {romanse: 1}\n")
    done = run("brief", brief, "-i", demo / "index", check=False)
    assert done.returncode == 2
    assert "romanse" in done.stderr
    assert "did you mean 'romance" in done.stderr.casefold()


def test_no_index_says_how_to_make_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(ASSISTANT), "similar", "sea"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=os.environ,
    )
    assert done.returncode == 2
    assert "assistant index" in done.stderr


def test_doctor_finds_nothing_wrong(demo: Path) -> None:
    report = run_json("doctor", "-i", demo / "index", "--deep")
    assert report["ok"], report
