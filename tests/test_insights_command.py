"""`assistant insights` as a user runs it, against a planted truth."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_catalogue import build, write_catalogue

from assistant.insights.report import Focus, InsightReport, insights
from index.errors import InputError
from index.io.images import read_image
from index.store import open_index
from tests.commands import run, run_json

TITLES = 32


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index in which bright artwork does well with `heart` and badly with `thrill`."""
    folder = tmp_path_factory.mktemp("insights")
    catalogue = write_catalogue(folder / "catalogue", titles=TITLES, each=4)
    rng = np.random.default_rng(5)
    artworks = pd.read_csv(catalogue / "artworks.csv")
    light = np.array([read_image(catalogue / path).pixels.mean() for path in artworks["path"]])
    rows = []
    for cluster, slope in (("heart", 3.0), ("thrill", -3.0)):
        for platform in ("tv", "mobile"):
            noise = rng.normal(0, 0.05, len(artworks))
            rate = 1 / (1 + np.exp(1.5 - slope * (light / 255 - 0.45) - noise))
            cells = artworks[["artwork_id"]].assign(cluster=cluster, platform=platform)
            rows.append(cells.assign(impressions=4000, plays=rng.binomial(4000, rate)))
    pd.concat(rows).to_csv(catalogue / "performance.csv", index=False)
    build(catalogue, folder / "index")
    (folder / "hypotheses.yaml").write_text("- {lever: lighter, direction: up, audience: thrill}\n")
    return folder


@pytest.fixture(scope="module")
def report(planted: Path) -> InsightReport:
    with open_index(planted / "index") as index:
        return insights(index, beliefs=planted / "hypotheses.yaml")


def test_the_page_is_plain_and_no_line_is_longer_than_a_hundred(planted: Path) -> None:
    beliefs = planted / "hypotheses.yaml"
    done = run("insights", "-i", planted / "index", "--hypotheses", beliefs)
    page = done.stdout
    assert "\x1b" not in page
    assert max(map(len, page.splitlines())) <= 100
    first = next(line for line in page.splitlines() if "lighter" in line.lower())
    assert first.split()[-1] in {"supported", "confirmed"}
    conflict = page[page.index("Conflicts") :]
    assert "heart" in conflict
    assert "thrill" in conflict
    belief = page[page.index("Beliefs, judged") :]
    assert "refuted" in belief
    assert "against it" in belief
    assert "Theme" in page
    assert "kept aside" in done.stderr
    assert "kept aside; a claim" not in page


def test_a_question_gets_its_part_of_the_report_with_the_same_grades(
    planted: Path, report: InsightReport
) -> None:
    asked = run_json(
        "insights", "-i", planted / "index", "--lever", "lighter", "--cluster", "thrill"
    )
    assert {"levers", "effects", "conflicts", "confounders", "themes", "hypotheses", "notes"} <= {
        *asked
    }
    for row in asked["levers"]:
        assert (row["pole"], row["cluster"]) == ("lighter", "thrill")
    assert {row["platform"] for row in asked["levers"]} == {"all", "tv", "mobile"}
    assert "brightness" in {row["feature"] for row in asked["effects"]}
    narrowed = report.narrowed(Focus("lighter", "thrill")).to_json()
    assert asked["levers"] == narrowed["levers"]
    overall = next(r for r in asked["levers"] if r["platform"] == "all")
    assert overall["effect"] < 0
    assert overall["grade"] in {"supported", "confirmed"}
    assert all("thrill" in {c["helps_cluster"], c["hurts_cluster"]} for c in asked["conflicts"])


def test_a_cluster_in_one_genre_is_looked_at_when_asked_for(planted: Path) -> None:
    focus = Focus("lighter", "heart", None, "Drama")
    with open_index(planted / "index") as index:
        asked = insights(index, focus=focus, genre="Drama").narrowed(focus).to_json()["levers"]
    overall = asked[0]
    assert overall["effect"] > 0
    assert overall["titles"] <= TITLES / 2


@pytest.mark.parametrize(
    ("focus", "message"),
    [
        (Focus(cluster="hart"), "no cluster 'hart'; did you mean 'heart'"),
        (Focus(lever="lightr"), "no lever 'lightr'; did you mean 'lighter'"),
        (Focus(platform="xyz"), "no platform 'xyz'; there are: all, mobile, tv"),
    ],
)
def test_what_the_index_does_not_have_is_named_with_the_nearest(
    report: InsightReport, focus: Focus, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        report.narrowed(focus)


def test_themes_among_titles_like_a_brief_are_of_those_titles(demo: Path) -> None:
    asked = run_json(
        "insights", "-i", demo / "index", "--brief", demo / "briefs" / "thriller.yaml",
        "--cluster", "thriller-horror",
    )  # fmt: skip
    assert asked["themes"]
    assert max(theme["titles"] for theme in asked["themes"]) <= 40
    for theme in asked["themes"]:
        assert {row["cluster"] for row in theme["performance"]} == {"thriller-horror"}
        assert theme["name"]
        assert theme["representatives"]
    closeups = [theme for theme in asked["themes"] if "close-up" in theme["name"].lower()]
    overall = next(row for row in closeups[0]["performance"] if row["platform"] == "all")
    assert overall["effect"] > 0
    assert overall["grade"] in {"supported", "confirmed"}
