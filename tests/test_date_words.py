"""Dates and periods as places and programs write them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.load import load_catalogue
from index.catalogue.timed import counts_by_time
from index.io.date_words import read_periods

JANUARY, WEEK = (date(2024, 1, 1), 31), (date(2024, 1, 29), 7)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Jan-24", JANUARY),
        ("Jan '24", JANUARY),
        ("janvier 2024", JANUARY),
        ("gennaio 2024", JANUARY),
        ("enero de 2024", JANUARY),
        ("2024年1月", JANUARY),
        ("Jan 1 – Jan 31, 2024", JANUARY),
        ("1 – 31 January 2024", JANUARY),
        ("Mon, Jan 1, 2024 to Wed, Jan 31, 2024", JANUARY),
        ("KW 5 2024", WEEK),
        ("W05/2024", WEEK),
        ("2024-KW05", WEEK),
        ("45292", (date(2024, 1, 1), 1)),
        ("1 de enero de 2024", (date(2024, 1, 1), 1)),
        ("17 févr. 2024", (date(2024, 2, 17), 1)),
        ("12345", None),
        ("2024-02-30", None),
        ("Wave 24", None),
    ],
)
def test_a_period_is_read_or_is_none(written: str, expected: tuple[date, int] | None) -> None:
    found = read_periods([written], "period")
    if expected is None:
        assert found is None
        return
    assert isinstance(found, dict)
    assert (found[written].start, found[written].days) == expected


DAYS = pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(60) % 20, unit="D")
MOMENTS = {
    "spreadsheet": [45_352.5 + at % 20 for at in range(60)],
    "whole days": [45_352 + at % 20 for at in range(60)],
    "seconds": [1_709_251_200 + 86_400 * (at % 20) for at in range(60)],
    "thousandths": [1000 * (1_709_251_200 + 86_400 * (at % 20)) for at in range(60)],
    "words": [f"{day:%d/%m/%Y} 23:30" for day in DAYS],
    "zoned": [f"{day:%Y-%m-%d}T10:00:00Z" for day in DAYS],
}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("how", MOMENTS)
def test_a_log_knows_its_days_however_they_are_counted(tmp_path: Path, how: str, form: str) -> None:
    (tmp_path / "titles.csv").write_text("title_id,name\nt,One\n")
    (tmp_path / "artworks.csv").write_text("artwork_id,title_id,path\na,t,a.jpg\nb,t,b.jpg\n")
    log = pd.DataFrame({"member_id": [f"m{at}" for at in range(60)], "artwork_id": ["a", "b"] * 30})
    log = log.assign(played=0, shown_at=MOMENTS[how])
    if form == "csv":
        log.to_csv(tmp_path / "impressions.csv", index=False)
    else:
        log.to_parquet(tmp_path / "impressions.parquet")
    catalogue = load_catalogue(tmp_path)
    timed = counts_by_time(catalogue)
    assert timed is not None
    assert timed["impressions"].sum() == 60
    assert (timed["start"].min(), timed["start"].max()) == (
        pd.Timestamp("2024-02-26"), pd.Timestamp("2024-03-18"),
    )  # fmt: skip
    cells = aggregate_performance(catalogue, None, half_life=7)
    assert cells is not None
    assert 0 < cells["effective_impressions"].sum() < 60
