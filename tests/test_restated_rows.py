"""Rows that restate other rows are left out with a note, or refused; they are never counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.load import load_catalogue
from index.errors import InputError
from index.io.table_file import AS_FOUND, Reading

ARTWORKS = [f"a{number}" for number in range(6)]


def base(seed: int = 3, clusters: tuple[str, ...] = ("x", "y", "z")) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = [(one, cluster, p) for one in ARTWORKS for cluster in clusters for p in ("tv", "mobile")]
    table = pd.DataFrame(rows, columns=["artwork_id", "cluster", "platform"])
    table["impressions"] = random.integers(200, 9000, len(table))
    table["plays"] = (table["impressions"] * random.uniform(0.02, 0.3, len(table))).astype(int)
    return table


def read(
    place: Path, table: pd.DataFrame, reading: Reading = AS_FOUND
) -> tuple[pd.DataFrame, Catalogue]:
    place.mkdir(exist_ok=True)
    (place / "titles.csv").write_text("title_id,name\nt1,One\nt2,Two\n")
    lines = [f"{one},t{number % 2 + 1},{one}.jpg" for number, one in enumerate(ARTWORKS)]
    (place / "artworks.csv").write_text("artwork_id,title_id,path\n" + "\n".join(lines) + "\n")
    table.to_csv(place / "performance.csv", index=False)
    catalogue = load_catalogue(place, reading=reading)
    cells = aggregate_performance(catalogue, None)
    assert cells is not None
    return cells, catalogue


def total(table: pd.DataFrame, by: list[str], **named: str) -> pd.DataFrame:
    """Rows that sum a table up, with the names given in the columns that are summed over."""
    sums = table.groupby(by, as_index=False)[["impressions", "plays"]].sum()
    return sums.assign(**named)[table.columns]


def told(catalogue: Catalogue) -> str:
    return " ".join(catalogue.reading_notes())


@pytest.mark.parametrize(
    "name", ["All", "ALL", "Total", "Gesamt", "all members", "(all)", "", "Σx"]
)
def test_totals_under_any_name_are_left_out(tmp_path: Path, name: str) -> None:
    table = base()
    cells, catalogue = read(
        tmp_path, pd.concat([table, total(table, ["artwork_id", "platform"], cluster=name)])
    )
    assert cells["impressions"].sum() == table["impressions"].sum()
    assert set(cells["cluster"]) == {"x", "y", "z"}
    assert "12 rows" in told(catalogue)
    assert "sum up other rows" in told(catalogue)


def test_a_cube_of_totals_is_counted_once(tmp_path: Path) -> None:
    table = base()
    whole = pd.concat(
        [
            table,
            total(table, ["artwork_id", "platform"], cluster="All"),
            total(table, ["artwork_id", "cluster"], platform="All"),
            total(table, ["artwork_id"], cluster="All", platform="All"),
        ]
    )
    cells, _ = read(tmp_path, whole)
    assert cells["impressions"].sum() == table["impressions"].sum()


@pytest.mark.parametrize("name", ["All", ""])
def test_one_grand_total_an_artwork_is_left_out(tmp_path: Path, name: str) -> None:
    table = base()
    grand = total(table, ["artwork_id"], cluster=name, platform=name)
    cells, catalogue = read(tmp_path, pd.concat([table, grand]))
    assert cells["impressions"].sum() == table["impressions"].sum(), told(catalogue)


def test_a_total_below_the_table_is_left_out(tmp_path: Path) -> None:
    table = base()
    for name in ("Total", "", "--"):
        last = pd.DataFrame(
            [(name, "", "", table["impressions"].sum(), table["plays"].sum())],
            columns=table.columns,
        )
        cells, catalogue = read(tmp_path, pd.concat([table, last]))
        assert cells["impressions"].sum() == table["impressions"].sum()
        assert "left out" in told(catalogue)


def test_a_breakdown_that_is_not_ours_is_summed_and_its_totals_are_not(tmp_path: Path) -> None:
    table = base().drop(columns=["platform"])
    devices = pd.concat([table.assign(device="phone"), table.assign(device="desk", plays=1)])
    keys = ["artwork_id", "cluster"]
    devices = devices.groupby([*keys, "device"], as_index=False).sum()
    everything = devices.groupby(keys, as_index=False)[["impressions", "plays"]].sum()
    cells, _ = read(tmp_path, pd.concat([devices, everything.assign(device="All devices")]))
    assert cells["impressions"].sum() == devices["impressions"].sum()


def test_everyone_without_a_breakdown_is_no_cluster(tmp_path: Path) -> None:
    table = total(base(), ["artwork_id", "platform"], cluster="All")
    cells, catalogue = read(tmp_path, table)
    assert set(cells["cluster"]) == {""}
    assert cells["impressions"].sum() == table["impressions"].sum()
    assert "read as every cluster" in told(catalogue)


def test_a_cluster_that_only_sounds_like_a_total_is_kept(tmp_path: Path) -> None:
    cells, catalogue = read(tmp_path, base(clusters=("All ages", "Total war fans", "z")))
    assert set(cells["cluster"]) == {"All ages", "Total war fans", "z"}
    assert told(catalogue) == ""


@pytest.mark.parametrize("name", ["All", "total"])
def test_a_total_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    table = base()
    wrong = total(table, ["artwork_id", "platform"], cluster=name).assign(impressions=700, plays=3)
    with pytest.raises(InputError, match="is called a total, but is not the sum") as caught:
        read(tmp_path, pd.concat([table, wrong]))
    assert caught.value.row == len(table) + 2
    assert caught.value.column == "cluster"


def test_sums_in_most_cases_only_are_refused(tmp_path: Path) -> None:
    table = base()
    sums = total(table, ["artwork_id", "platform"], cluster="everyone else")
    sums.loc[0, "impressions"] += 5
    with pytest.raises(InputError, match="is the sum of the other rows in 11 of 12 cases"):
        read(tmp_path, pd.concat([table, sums]))


@pytest.mark.parametrize("name", ["", "Combined reach"])
def test_a_little_more_than_the_sum_in_every_case_is_refused(tmp_path: Path, name: str) -> None:
    table = base()
    sums = total(table, ["artwork_id", "platform"], cluster=name)
    sums["impressions"] += np.arange(len(sums)) + 3
    with pytest.raises(InputError, match="is the sum of the other rows, or a little more"):
        read(tmp_path, pd.concat([table, sums]))
    sums["impressions"] = (sums["impressions"] * 1.3).astype(int)
    cells, _ = read(tmp_path, pd.concat([table, sums]))
    assert cells["impressions"].sum() == table["impressions"].sum() + sums["impressions"].sum()


def test_half_of_all_impressions_are_no_sum(tmp_path: Path) -> None:
    table = base(clusters=("x", "y"))
    half = total(table, ["artwork_id", "platform"], cluster="z")
    noise = np.random.default_rng(1).normal(1, 0.03, len(half))
    half["impressions"] = (half["impressions"] * noise).astype(int)
    cells, _ = read(tmp_path, pd.concat([table, half]))
    assert set(cells["cluster"]) == {"x", "y", "z"}


def test_two_names_of_one_cluster_are_refused(tmp_path: Path) -> None:
    table = base(clusters=("x",))
    with pytest.raises(InputError, match="the same counts as the only other value"):
        read(tmp_path, pd.concat([table, table.assign(cluster="xx")]))


def test_the_same_rows_twice_are_counted_once(tmp_path: Path) -> None:
    table = base()
    cells, catalogue = read(tmp_path, pd.concat([table, table]))
    assert cells["impressions"].sum() == table["impressions"].sum()
    assert f"(the first is row {len(table) + 2})" in told(catalogue)
    dated = table.assign(period="2024-01")
    cells, _ = read(tmp_path, pd.concat([dated, dated.iloc[:5]]))
    assert cells["impressions"].sum() == table["impressions"].sum()


def test_rows_of_single_impressions_may_repeat(tmp_path: Path) -> None:
    table = base().assign(impressions=1, plays=0)
    cells, _ = read(tmp_path, pd.concat([table, table]))
    assert cells["impressions"].sum() == 2 * len(table)


def test_one_period_with_two_counts_is_refused(tmp_path: Path) -> None:
    table = base().assign(period="2024-01")
    again = table.head(1).assign(impressions=9999)
    with pytest.raises(InputError, match="differ only in their counts"):
        read(tmp_path, pd.concat([table, again]))


MONTHS = ["2024-01", "2024-02", "2024-03", "2024-04"]


def months(seed: int = 5) -> pd.DataFrame:
    return pd.concat(base(seed + at).assign(period=month) for at, month in enumerate(MONTHS))


def test_a_year_beside_its_months_is_left_out(tmp_path: Path) -> None:
    table = months()
    year = total(table, ["artwork_id", "cluster", "platform"], period="2024")
    cells, _ = read(tmp_path, pd.concat([table, year]))
    assert cells["impressions"].sum() == table["impressions"].sum()


def running(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["artwork_id", "cluster", "platform"]
    sums = table.sort_values("period").groupby(keys)[["impressions", "plays"]].cumsum()
    return table.sort_values("period").assign(**sums)


def test_running_totals_are_refused_or_read_as_asked(tmp_path: Path) -> None:
    table = months()
    with pytest.raises(InputError, match="only grow from period to period") as caught:
        read(tmp_path, running(table))
    assert "--periods running" in str(caught.value)
    cells, catalogue = read(tmp_path, running(table), Reading(periods="running"))
    assert cells["impressions"].sum() == table["impressions"].sum()
    assert "running totals" in told(catalogue)
    cells, _ = read(tmp_path, running(table), Reading(periods="separate"))
    assert cells["impressions"].sum() == running(table)["impressions"].sum()


def test_running_totals_that_stand_still_are_told(tmp_path: Path) -> None:
    table = months()
    table.loc[(table["artwork_id"] == "a1") & (table["period"] > "2024-02"), "impressions"] = 0
    table.loc[table["impressions"] == 0, "plays"] = 0
    cells, _ = read(tmp_path, running(table))
    assert cells["impressions"].sum() == table["impressions"].sum()


def test_running_totals_by_their_ranges(tmp_path: Path) -> None:
    table = running(months())
    ends = {"2024-01": "31", "2024-02": "29", "2024-03": "31", "2024-04": "30"}
    ranges = {month: f"2024-01-01 - {month}-{day}" for month, day in ends.items()}
    cells, _ = read(tmp_path, table.assign(period=table["period"].map(ranges)))
    assert cells["impressions"].sum() == months()["impressions"].sum()


def test_overlapping_periods_are_refused(tmp_path: Path) -> None:
    ranges = ["2024-01-01 - 2024-01-31", "2024-01-15 - 2024-02-14"]
    table = pd.concat(base(at).assign(period=one) for at, one in enumerate(ranges))
    with pytest.raises(InputError, match="overlap"):
        read(tmp_path, table)


def test_separate_periods_are_added_up_without_a_word(tmp_path: Path) -> None:
    table = months()
    cells, catalogue = read(tmp_path, table)
    assert cells["impressions"].sum() == table["impressions"].sum()
    assert told(catalogue) == ""


@pytest.mark.parametrize(
    ("periods", "outcome"),
    [
        (["01/02/2024", "03/04/2024"], "--dates day-first"),
        (["13/02/2024", "03/04/2024"], ""),
        (["01.02.2024", "03.04.2024"], ""),
        (["Jan 2024", "Feb 2024"], ""),
        (["Q1 2024", "Q2 2024"], ""),
        (["summer", "winter"], "period is no date"),
    ],
)
def test_periods_in_the_common_orders(tmp_path: Path, periods: list[str], outcome: str) -> None:
    table = pd.concat(base(at).assign(period=one) for at, one in enumerate(periods))
    if outcome.startswith("--"):
        with pytest.raises(InputError) as caught:
            read(tmp_path, table)
        assert outcome in str(caught.value)
        return
    cells, catalogue = read(tmp_path, table)
    assert cells["impressions"].sum() == table["impressions"].sum()
    assert outcome in told(catalogue)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    by=st.sampled_from([("cluster",), ("platform",), ("cluster", "platform")]),
    name=st.sampled_from(["All", "", "Total", "Grand total", "whoever"]),
    copies=st.integers(1, 3),
)
def test_no_restated_row_is_ever_counted(
    tmp_path: Path, seed: int, by: tuple[str, ...], name: str, copies: int
) -> None:
    table = base(seed)
    keys = [one for one in ("artwork_id", "cluster", "platform") if one not in by]
    sums = total(table, keys, **dict.fromkeys(by, name))
    try:
        cells, _ = read(tmp_path, pd.concat([table, sums] * copies))
    except InputError:
        return
    if len(by) == 1 or name != "whoever":
        assert cells["impressions"].sum() == table["impressions"].sum()


def test_percent_and_impressions_give_plays(tmp_path: Path) -> None:
    table = base()
    rates = table.assign(ctr=(table["plays"] / table["impressions"]).map("{:.4%}".format))
    cells, catalogue = read(tmp_path, rates.drop(columns=["plays"]))
    assert abs(cells["plays"].sum() - table["plays"].sum()) <= len(table)
    assert "plays are ctr × impressions" in told(catalogue)


def test_a_log_pasted_twice_is_counted_once(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    log = pd.DataFrame(
        {
            "member_id": [f"m{one}" for one in random.integers(0, 200, 3000)],
            "artwork_id": random.choice(ARTWORKS, 3000),
            "played": random.integers(0, 2, 3000),
        }
    )
    read(tmp_path, base())
    (tmp_path / "performance.csv").unlink()
    for times in (1, 2, 3):
        pd.concat([log] * times).to_csv(tmp_path / "impressions.csv", index=False)
        catalogue = load_catalogue(tmp_path)
        cells = aggregate_performance(catalogue, None)
        assert cells is not None
        assert cells["impressions"].sum() == len(log)
        assert (f"every row is there {times} times" in told(catalogue)) == (times > 1)
