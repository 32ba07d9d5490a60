"""Reports as platforms export them, and folders of pictures, become catalogues."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.insights.evidence import read_themes
from index.build import build_index
from index.catalogue.aggregate import aggregate_performance
from index.catalogue.gather import gather_catalogue
from index.catalogue.load import load_catalogue
from index.catalogue.mapping import read_map_file
from index.catalogue.picture_names import read_names
from index.catalogue.timed import counts_by_time
from index.errors import InputError
from index.store import open_index
from tests.small_catalogue import SmallEncoder, SmallExtractor, draw

TITLES = ("Purple Hearts", "Iron-fall: Rise", "Nine Floors")
VARIANTS = ("couple", "night", "portrait")
SEEN = {
    (title, variant): (1000 * (at + 1) + 234, 40 * (at + 1))
    for at, (title, variant) in enumerate((t, v) for t in TITLES for v in VARIANTS)
}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of pictures called "title - variant"."""
    for at, (title, variant) in enumerate(SEEN):
        draw(tmp_path / "pictures" / f"{title.replace(':', '')} - {variant}.jpg", at)
    return tmp_path / "pictures"


def name(title: str, variant: str) -> str:
    return f"{title.replace(':', '')} - {variant}"


def google(place: Path) -> Path:
    """An asset report of Google Ads: UTF-16, tabs, two lines above, a total below."""
    rows = ["Asset report", "January 1, 2024 - January 31, 2024"]
    rows.append(
        "\t".join(("Asset status", "Asset", "Asset type", "Device", "Clicks", "Impr.", "CTR"))
    )
    for (title, variant), (impressions, clicks) in SEEN.items():
        own = ("Enabled", name(title, variant), "Image", "Mobile phones", str(clicks),
               f'"{impressions:,}"', f"{clicks / impressions:.2%}")  # fmt: skip
        rows.append("\t".join(own))
    total = sum(clicks for _, clicks in SEEN.values()), sum(seen for seen, _ in SEEN.values())
    rows.append(f'Total: account\t --\t\t\t{total[0]}\t"{total[1]:,}"\t--')
    path = place / "Asset report.csv"
    path.write_bytes("\r\n".join(rows).encode("utf-16"))
    return path


def meta(place: Path) -> Path:
    """An export of Meta Ads Manager: numbers as text, a row of totals above the others."""
    rows = [("", "", "Facebook", "2024-01-01", "2024-01-31", "99", "99")]
    rows += [
        ("Hearts, wide", f"{name(*key)}.jpg", "facebook", "2024-01-01", "2024-01-31", str(seen),
         str(clicks))
        for key, (seen, clicks) in SEEN.items()
    ]  # fmt: skip
    columns = ("Ad set name", "Ad name", "Platform", "Reporting starts", "Reporting ends",
               "Impressions", "Link clicks")  # fmt: skip
    path = place / "Ads-Export.csv"
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False, quoting=1)
    return path


def youtube(place: Path) -> Path:
    """A table of YouTube Studio: a rate in percent instead of clicks, a row of totals."""
    rows = [("Total", "", "99999", "5.1", "10")]
    rows += [
        (f"dQw{at}", name(*key), str(seen), f"{100 * clicks / seen:.2f}", "12.5")
        for at, (key, (seen, clicks)) in enumerate(SEEN.items())
    ]
    columns = ("Content", "Video title", "Impressions", "Impressions click-through rate (%)",
               "Watch time (hours)")  # fmt: skip
    path = place / "Table data.csv.gz"
    path.write_bytes(
        gzip.compress(pd.DataFrame(rows, columns=columns).to_csv(index=False).encode())
    )
    return path


@pytest.mark.parametrize(
    ("report", "delivery"),
    [(google, "Google Ads"), (meta, "Meta Ads"), (youtube, "YouTube Studio")],
)
def test_a_platform_s_report_becomes_a_catalogue(
    tmp_path: Path, pictures: Path, report: object, delivery: str
) -> None:
    assert callable(report)
    file = report(tmp_path)
    done = CliRunner().invoke(
        app, ["import", str(file), str(pictures), "-o", str(tmp_path / "catalogue"), "--json"]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["artworks"], told["titles"]) == (9, 3)
    assert told["map"]["delivery"] == delivery
    assert (tmp_path / "catalogue" / file.name).is_file()
    catalogue = load_catalogue(tmp_path / "catalogue")
    assert any("chose by itself" in note for note in catalogue.delivery_notes())
    cells = aggregate_performance(catalogue, None)
    assert cells is not None
    found = cells.set_index("artwork_id")
    for key, (seen, clicks) in SEEN.items():
        assert found.loc[name(*key), "impressions"] == seen
        assert found.loc[name(*key), "plays"] == pytest.approx(clicks, abs=1)


def test_first_and_last_day_in_two_columns_are_one_period(tmp_path: Path, pictures: Path) -> None:
    meta(pictures)
    catalogue = load_catalogue(pictures)
    timed = counts_by_time(catalogue)
    assert timed is not None
    assert set(timed["start"]) == {pd.Timestamp("2024-01-01")}
    assert set(timed["days"]) == {31}


def test_a_folder_with_a_report_is_indexed_in_one_command(tmp_path: Path, pictures: Path) -> None:
    google(pictures)
    report = build_index(
        pictures, tmp_path / "index", encoder=SmallEncoder(), extractor=SmallExtractor()
    )
    assert report.artworks == 9
    assert any("Asset report.csv" in note for note in report.reading)
    with open_index(tmp_path / "index") as opened:
        assert opened.table("cells")["impressions"].to_pandas().sum() == sum(
            seen for seen, _ in SEEN.values()
        )


def test_pictures_alone_are_a_catalogue(tmp_path: Path, pictures: Path) -> None:
    catalogue = load_catalogue(pictures)
    assert catalogue.titles["name"].tolist() == ["Iron-fall Rise", "Nine Floors", "Purple Hearts"]
    assert len(catalogue.artworks) == 9
    report = build_index(
        pictures, tmp_path / "index", encoder=SmallEncoder(), extractor=SmallExtractor()
    )
    assert report.artworks == 9


def test_pictures_alone_have_themes(tmp_path: Path, pictures: Path) -> None:
    build_index(pictures, tmp_path / "index", encoder=SmallEncoder(), extractor=SmallExtractor())
    asked = ["insights", "--index", str(tmp_path / "index")]
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["effects"] == [] or {one["grade"] for one in told["effects"]} == {"insufficient"}
    assert "knows no performance" in told["notes"][0]
    with open_index(tmp_path / "index") as opened:
        assert len(told["themes"]) == len(opened.table("theme_groups"))
        assert len(read_themes(opened)) == len(told["themes"])
    refused = CliRunner().invoke(app, [*asked, "--lever", "light"]).exception
    assert isinstance(refused, InputError)


def test_the_map_is_shown_corrected_and_used_again(tmp_path: Path, pictures: Path) -> None:
    report = pd.DataFrame(
        [(name(*key), seen, clicks) for key, (seen, clicks) in SEEN.items()],
        columns=["Creative", "Shown", "Wins"],
    )
    report.to_csv(tmp_path / "own.csv", index=False)
    (tmp_path / "own.yaml").write_text(
        "pictures: .\nperformance:\n  file: own.csv\n"
        "  columns: {artwork_id: Creative, impressions: Shown, plays: Wins}\n"
    )
    given = read_map_file(tmp_path / "own.yaml")
    made = gather_catalogue([tmp_path / "own.csv", pictures], tmp_path / "made", given)
    assert made.impressions == sum(seen for seen, _ in SEEN.values())
    kept = yaml.safe_load((tmp_path / "made" / "catalogue.yaml").read_text())
    assert kept["performance"]["columns"]["plays"] == "Wins"


def test_nothing_is_written_until_it_is_plausible(tmp_path: Path, pictures: Path) -> None:
    report = pd.DataFrame({"Asset": ["x", "y"], "Impr.": [10, 20], "Clicks": [1, 2]})
    report.to_csv(tmp_path / "other.csv", index=False)
    with pytest.raises(InputError, match="no column names these pictures"):
        gather_catalogue([tmp_path / "other.csv", pictures], tmp_path / "made", None)
    assert not (tmp_path / "made").exists()
    with pytest.raises(InputError, match="is not empty"):
        gather_catalogue([pictures], pictures, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("performnce: {}\n", "did you mean 'performance'"),
        ("performance: {colums: {}}\n", "unknown key 'colums'"),
        ("performance: {file: ../x.csv}\n", "is not in the catalogue"),
        ("- a\n", "is not a map"),
    ],
)
def test_a_mistake_in_the_map_is_one_line(
    tmp_path: Path, pictures: Path, text: str, told: str
) -> None:
    (pictures / "catalogue.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        load_catalogue(pictures)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("paths", "titles"),
    [
        (["A - x.jpg", "A - y.jpg", "B - x.jpg"], ["A", "A", "B"]),
        (["The Sea_01.jpg", "The Sea_02.jpg", "Up.png"], ["The Sea", "The Sea", "Up"]),
        (["Alpha/one.jpg", "Alpha/two.jpg", "Beta/one.jpg"], ["Alpha", "Alpha", "Beta"]),
        (["Spider-Man - No Way Home - couple.jpg"], ["Spider-Man - No Way Home"]),
        (["2012.jpg", "1917.jpg"], ["2012", "1917"]),
        (["dark_river__night.png", "dark_river__day.png"], ["dark river", "dark river"]),
    ],
)
def test_names_say_which_title_a_picture_is_of(paths: list[str], titles: list[str]) -> None:
    named = read_names(paths)
    names = dict(zip(named.titles["title_id"], named.titles["name"], strict=True))
    assert named.artworks["title_id"].map(names).tolist() == titles
    assert named.artworks["artwork_id"].is_unique
