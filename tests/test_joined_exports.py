"""Tables that people put together or passed through a spreadsheet: nothing is counted twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.load import load_catalogue
from index.errors import InputError

ARTWORKS = [f"p{number}" for number in range(5)]


def counts(country: str = "NL", seed: int = 11) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = [(one, cluster, country) for one in ARTWORKS for cluster in ("Fans", "Others")]
    table = pd.DataFrame(rows, columns=["artwork_id", "cluster", "country"])
    table["impressions"] = random.integers(1500, 9000, len(table))
    table["plays"] = table["impressions"] // random.integers(5, 40, len(table))
    return table


def read(place: Path, content: str | bytes) -> tuple[int, int, Catalogue]:
    """Impressions and plays of a performance file with this content."""
    (place / "titles.csv").write_text("title_id,name\nt,One\n")
    lines = "".join(f"{one},t,{one}.jpg\n" for one in ARTWORKS)
    (place / "artworks.csv").write_text(f"artwork_id,title_id,path\n{lines}")
    data = content.encode() if isinstance(content, str) else content
    (place / "performance.csv").write_bytes(data)
    catalogue = load_catalogue(place)
    cells = aggregate_performance(catalogue, None)
    assert cells is not None
    return int(cells["impressions"].sum()), int(cells["plays"].sum()), catalogue


def csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False)


def sums(table: pd.DataFrame) -> tuple[int, int]:
    return int(table["impressions"].sum()), int(table["plays"].sum())


@pytest.mark.parametrize(
    "again",
    [
        lambda table: table.assign(impressions=table["impressions"].map("{:,}".format)),
        lambda table: table.assign(cluster=table["cluster"].str.upper()),
        lambda table: table.assign(cluster=table["cluster"] + "  "),
        lambda table: table.assign(artwork_id=" " + table["artwork_id"]),
        lambda table: table.iloc[::-1],
    ],
)
def test_copies_are_found_however_they_are_written(
    tmp_path: Path, again: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    table = counts()
    both = pd.concat([table, again(table)]).reset_index(drop=True)
    seen, plays, catalogue = read(tmp_path, csv(both.reset_index(names="row")))
    assert (seen, plays) == sums(table)
    assert "counted once" in " ".join(catalogue.reading_notes())


def test_rows_that_share_a_slice_and_differ_are_added_up(tmp_path: Path) -> None:
    table, more = counts(), counts(seed=12)
    seen, plays, catalogue = read(tmp_path, csv(pd.concat([table, more])))
    assert (seen, plays) == (sums(table)[0] + sums(more)[0], sums(table)[1] + sums(more)[1])
    assert "added up" in " ".join(catalogue.reading_notes())


def test_one_word_in_two_spellings_is_one_cluster(tmp_path: Path) -> None:
    table = counts()
    table.loc[3, "cluster"] = "OTHERS"
    read(tmp_path, csv(table))
    cells = aggregate_performance(load_catalogue(tmp_path), None)
    assert cells is not None
    assert sorted(set(cells["cluster"])) == ["Fans", "Others"]


def test_a_header_between_the_rows_of_two_exports_is_left_out(tmp_path: Path) -> None:
    table, other = counts("NL"), counts("BE", seed=3)
    seen, plays, catalogue = read(tmp_path, csv(table) + csv(other))
    assert (seen, plays) == sums(pd.concat([table, other]))
    assert "1 row of column names left out" in " ".join(catalogue.reading_notes())


def test_units_below_the_header_are_left_out(tmp_path: Path) -> None:
    table = counts()
    head, rows = csv(table).split("\n", 1)
    assert read(tmp_path, f"{head}\nid,name,code,(number),(number)\n{rows}")[:2] == sums(table)


def test_a_region_beside_its_countries_is_left_out(tmp_path: Path) -> None:
    apart = pd.concat([counts("NL", 1), counts("BE", 2), counts("JP", 3)])
    low = apart[apart["country"].ne("JP")]
    region = low.groupby(["artwork_id", "cluster"], as_index=False)[["impressions", "plays"]].sum()
    seen, plays, catalogue = read(tmp_path, csv(pd.concat([apart, region.assign(country="Low")])))
    assert (seen, plays) == sums(apart)
    assert "'Low' left out: they sum up 'BE', 'NL'" in " ".join(catalogue.reading_notes())
    region["impressions"] += 1
    seen, *_ = read(tmp_path, csv(pd.concat([apart, region.assign(country="Low")])))
    assert seen == int(apart["impressions"].sum() + region["impressions"].sum())


def test_cells_that_a_merge_left_blank_are_no_totals(tmp_path: Path) -> None:
    table = counts()
    blank = table.assign(artwork_id=table["artwork_id"].mask(table["artwork_id"].duplicated(), ""))
    with pytest.raises(InputError, match="names no artwork") as error:
        read(tmp_path, csv(blank))
    assert error.value.row == 3


def test_subtotals_without_an_artwork_are_left_out(tmp_path: Path) -> None:
    table = counts()
    by = table.groupby(["cluster", "country"], as_index=False)[["impressions", "plays"]].sum()
    whole = csv(pd.concat([table, by.assign(artwork_id="")[table.columns]]))
    assert read(tmp_path, whole)[:2] == sums(table)


@pytest.mark.parametrize(
    "footer",
    [
        "\nTotal impressions,99\nTotal plays,9\n",
        "Made by the console, on 1 March 2024\n",
        "\n* numbers are estimates, and may change\n© 2024 Somebody, Inc.\n",
    ],
)
def test_a_footer_with_the_separator_in_it_is_left_out(tmp_path: Path, footer: str) -> None:
    table = counts()
    seen, plays, catalogue = read(tmp_path, csv(table) + footer)
    assert (seen, plays) == sums(table)
    assert "below the rows left out" in " ".join(catalogue.reading_notes())


def test_a_last_row_that_was_cut_off_is_no_footer(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="4 values where the header names 5"):
        read(tmp_path, csv(counts()).rstrip().rpartition(",")[0])


def test_one_line_that_ends_otherwise_loses_no_row(tmp_path: Path) -> None:
    table = counts()
    seen, plays, _ = read(tmp_path, "sep=,\r\n" + csv(table))
    assert (seen, plays) == sums(table)


def test_counts_that_a_spreadsheet_guards_are_read(tmp_path: Path) -> None:
    table = counts()
    guarded = table.assign(impressions=[f'="{one}"' for one in table["impressions"]])
    assert read(tmp_path, csv(guarded))[:2] == sums(table)


@pytest.mark.parametrize(
    ("name", "written", "plays"),
    [
        ("CTR", "0.5%", [20] * 5),
        ("CTR", "0.5", None),
        ("CTR (%)", "0.5", [20] * 5),
        ("take_fraction", "0.5", [2000] * 5),
    ],
)
def test_a_rate_that_could_be_a_percentage_is_refused(
    tmp_path: Path, name: str, written: str, plays: list[int] | None
) -> None:
    table = pd.DataFrame({"artwork_id": ARTWORKS, "impressions": 4000, name: written})
    if plays is None:
        with pytest.raises(InputError, match=r"0.5 can be a share or a percentage") as error:
            read(tmp_path, csv(table))
        assert (error.value.row, error.value.column) == (2, "CTR")
    else:
        assert read(tmp_path, csv(table))[1] == sum(plays)


def test_lines_without_values_are_named_for_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not separated into values"):
        read(tmp_path, csv(counts()).replace(",", ":"))
