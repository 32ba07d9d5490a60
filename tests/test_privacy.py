"""Nothing that points to one member or to a few of them leaves the index folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from index.build import build_index
from index.store import open_index
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue

FEW, MANY = 9, 60


@pytest.fixture(scope="module", params=["performance", "impressions"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of members of whom nine form a cluster of their own."""
    place = tmp_path_factory.mktemp(request.param)
    catalogue = write_catalogue(place / "catalogue")
    members = [f"m{number:03d}" for number in range(FEW + MANY)]
    clusters = ["thrill"] * FEW + ["heart"] * MANY
    pd.DataFrame({"member_id": members, "cluster": clusters}).to_csv(
        catalogue / "members.csv", index=False
    )
    if request.param == "impressions":
        (catalogue / "performance.csv").unlink()
        artworks = pd.read_csv(catalogue / "artworks.csv")["artwork_id"]
        pd.DataFrame(
            [(member, artwork, n % 2) for n, member in enumerate(members) for artwork in artworks],
            columns=["member_id", "artwork_id", "played"],
        ).to_csv(catalogue / "impressions.csv", index=False)
    report = build_index(
        catalogue, place / "index", encoder=SmallEncoder(), extractor=SmallExtractor()
    )
    assert any("1 member cluster has fewer than 50 members" in one for one in report.warnings)
    assert not any("thrill" in one for one in report.warnings)
    return place


def test_a_small_cluster_is_reported_nowhere_but_counts_in_the_whole(built: Path) -> None:
    with open_index(built / "index") as index:
        for name in ("clusters", "members", "affinity", "cells", "tags"):
            assert "thrill" not in set(index.table(name)["cluster"].to_pylist()), name
        tags = index.table("tags").to_pandas()
        everyone = tags[(tags["cluster"] == "all") & (tags["platform"] == "all")]
        heart = tags[(tags["cluster"] == "heart") & (tags["platform"] == "all")]
    assert everyone["impressions"].sum() > heart["impressions"].sum() > 0


def test_the_size_that_counts_as_small_can_be_chosen(built: Path, tmp_path: Path) -> None:
    build_index(
        built / "catalogue",
        tmp_path / "index",
        encoder=SmallEncoder(),
        extractor=SmallExtractor(),
        smallest_cluster=FEW,
    )
    with open_index(tmp_path / "index") as index:
        assert set(index.table("clusters")["cluster"].to_pylist()) == {"thrill", "heart"}
