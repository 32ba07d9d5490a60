from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.load import load_catalogue
from index.performance import exposure
from index.performance.tags import TagTable, tag_performance


@dataclass(frozen=True)
class World:
    """Simulated counts with the lifts they were drawn from."""

    cells: pd.DataFrame
    artworks: pd.DataFrame
    lifts: pd.Series[float]


def as_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Counts with what the catalogue would add to them."""
    given = {name: "" for name in ("cluster", "platform", "country") if name not in frame}
    return frame.assign(
        **given,
        effective_impressions=frame["impressions"].astype("float64"),
        effective_plays=frame["plays"].astype("float64"),
    )


def listed(*artwork_ids: str) -> pd.DataFrame:
    """Artworks whose title is the part of their id before the dot."""
    return pd.DataFrame(
        {"artwork_id": artwork_ids, "title_id": [name.split(".")[0] for name in artwork_ids]}
    )


def world(
    seed: int,
    *,
    titles: int = 120,
    each: int = 5,
    spread: float = 0.25,
    impressions: float = 800,
    level: float = -2.0,
) -> World:
    """Titles of very different popularity whose artworks differ by `spread` log-odds."""
    rng = np.random.default_rng(seed)
    title = np.repeat(np.arange(titles), each)
    effect = rng.normal(0, spread, titles * each)
    shown = 1 + rng.poisson(impressions * rng.lognormal(0, 1, titles * each))
    plays = rng.binomial(shown, expit(rng.normal(level, 0.8, titles)[title] + effect))
    artworks = listed(*(f"t{of}.{number}" for number, of in enumerate(title)))
    lifts = effect - (np.bincount(title, effect)[title] - effect) / (each - 1)
    cells = as_cells(
        pd.DataFrame({"artwork_id": artworks["artwork_id"], "impressions": shown, "plays": plays})
    )
    return World(cells, artworks, pd.Series(lifts, artworks["artwork_id"]))


def overall(table: TagTable) -> pd.DataFrame:
    """The tags over everyone, by artwork."""
    tags = table.tags.query("cluster == 'all' and platform == 'all'")
    return tags.set_index("artwork_id")


def covered(truth: World) -> float:
    tags = overall(tag_performance(truth.cells, truth.artworks))
    return float(truth.lifts.between(tags["low"], tags["high"]).mean())


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"spread": 0.1},
        {"spread": 0.6},
        {"each": 2},
        {"titles": 10},
        {"level": -4.5},
        {"impressions": 30},
    ],
    ids=str,
)
def test_ninety_percent_intervals_hold_the_truth_as_often(kind: dict[str, float]) -> None:
    shares = [covered(world(seed, **kind)) for seed in range(8)]  # type: ignore[arg-type]
    assert 0.85 <= np.mean(shares) <= 0.95


@pytest.mark.parametrize("spread", [0.1, 0.25, 0.6])
def test_the_spread_within_titles_is_found(spread: float) -> None:
    found = [
        tag_performance(truth.cells, truth.artworks).spreads["spread"].item()
        for truth in (world(seed, spread=spread) for seed in range(5))
    ]
    assert np.mean(found) == pytest.approx(spread, rel=0.12)


def test_equal_artworks_get_no_labels() -> None:
    truth = world(1, spread=0.0)
    tags = overall(tag_performance(truth.cells, truth.artworks))
    assert not tags["label"].isin(["high", "low"]).any()
    assert tags["lift"].abs().max() < 0.05


def test_shrunken_lifts_are_nearer_the_truth_than_raw_ones() -> None:
    truth = world(3, impressions=200)
    tags = overall(tag_performance(truth.cells, truth.artworks))
    counts = truth.cells.set_index("artwork_id")
    raw = pd.Series(
        logit((counts["plays"] + 0.5) / (counts["impressions"] + 1)), index=counts.index
    )
    title = truth.artworks.set_index("artwork_id")["title_id"]
    total, size = (raw.groupby(title).transform(how) for how in ("sum", "size"))
    unshrunken = raw - (total - raw) / (size - 1)
    error = (tags["lift"] - truth.lifts).pow(2).mean()
    assert error < 0.6 * (unshrunken - truth.lifts).pow(2).mean()
    assert np.polyfit(tags["lift"], truth.lifts.loc[tags.index], 1)[0] == pytest.approx(1, abs=0.2)


def test_labels_say_what_the_interval_says() -> None:
    truth = world(4, impressions=150)
    tags = overall(tag_performance(truth.cells, truth.artworks))
    assert ((tags["label"] == "high") == (tags["low"] > 0)).all()
    assert ((tags["label"] == "low") == (tags["high"] < 0)).all()
    assert set(tags["label"]) == {"high", "low", "typical", "insufficient data"}
    doubtful = tags["label"] == "insufficient data"
    assert (tags.loc[doubtful, "reason"] == "too few impressions").all()
    assert (tags.loc[~doubtful, "reason"] == "").all()
    assert tags.loc[doubtful, "impressions"].median() < tags["impressions"].median()
    assert (tags["low"] < tags["lift"]).all()
    assert ((tags["p_positive"] > 0.95) == (tags["low"] > 0)).all()


def test_popularity_of_the_title_does_not_matter() -> None:
    artworks = world(5).artworks
    rng = np.random.default_rng(5)
    effect = rng.normal(0, 0.3, len(artworks))
    popular = artworks["title_id"].eq("t0")
    tags = []
    for boost in (0.0, 1.5):
        rate = expit(-3 + effect + np.where(popular, boost, 0))
        shown = np.full(len(rate), 200_000)
        counts = pd.DataFrame(
            {
                "artwork_id": artworks["artwork_id"],
                "impressions": shown,
                "plays": np.round(shown * rate).astype(int),
            }
        )
        tags.append(overall(tag_performance(as_cells(counts), artworks)))
    np.testing.assert_allclose(tags[0]["lift"], tags[1]["lift"], atol=0.01)


def test_one_artwork_has_no_lift_and_says_why() -> None:
    truth = world(6, titles=10)
    lonely = pd.DataFrame({"artwork_id": ["lone.0"], "impressions": [900], "plays": [90]})
    tags = overall(
        tag_performance(
            pd.concat([truth.cells, as_cells(lonely)]),
            pd.concat([truth.artworks, listed("lone.0")], ignore_index=True),
        )
    )
    row = tags.loc["lone.0"]
    assert row[["lift", "sd", "low", "high", "p_positive"]].isna().all()
    assert (row["label"], row["reason"]) == ("insufficient data", "only artwork of its title")
    assert row["take_fraction"] == pytest.approx(0.1)


def test_an_artwork_not_shown_is_listed_where_its_title_is() -> None:
    counts = pd.DataFrame(
        {
            "artwork_id": ["a.0", "a.1", "a.0", "a.1", "b.0", "b.1"],
            "platform": ["tv", "tv", "tv", "mobile", "tv", "tv"],
            "impressions": [500, 600, 200, 300, 500, 0],
            "plays": [50, 90, 10, 40, 60, 0],
        }
    )
    artworks = listed("a.0", "a.1", "a.2", "b.0", "b.1", "c.0")
    tags = tag_performance(as_cells(counts), artworks).tags
    assert "c.0" not in set(tags["artwork_id"])
    mobile = tags.query("platform == 'mobile'").set_index("artwork_id")
    assert sorted(mobile.index) == ["a.0", "a.1", "a.2"]
    assert mobile["reason"].to_dict() == {
        "a.0": "not shown here",
        "a.1": "only artwork of its title",
        "a.2": "not shown here",
    }
    television = tags.query("platform == 'tv'").set_index("artwork_id")
    assert television.loc["a.0", ["impressions", "plays"]].tolist() == [700, 60]
    assert television.loc[["a.0", "a.1"], "lift"].notna().all()
    assert television.loc["b.1", "reason"] == "not shown here"
    assert television.loc["b.0", "reason"] == "only artwork of its title"


def test_slices_are_the_pairs_seen_and_their_margins() -> None:
    counts = pd.DataFrame(
        {
            "artwork_id": ["a.0", "a.1"] * 3,
            "cluster": ["x", "x", "y", "y", "", ""],
            "platform": ["tv", "tv", "mobile", "mobile", "tv", "tv"],
            "impressions": [100] * 6,
            "plays": [10, 20, 10, 20, 10, 20],
        }
    )
    table = tag_performance(as_cells(counts), listed("a.0", "a.1"))
    slices = set(zip(table.tags["cluster"], table.tags["platform"], strict=True))
    assert slices == {
        ("x", "tv"),
        ("y", "mobile"),
        ("x", "all"),
        ("y", "all"),
        ("all", "tv"),
        ("all", "mobile"),
        ("all", "all"),
    }
    assert set(zip(table.spreads["cluster"], table.spreads["platform"], strict=True)) == slices
    assert overall(table)["impressions"].tolist() == [300, 300]


@pytest.mark.parametrize("stratum", ["cluster", "platform", "country"])
def test_a_planted_simpson_s_reversal_is_seen_through(stratum: str) -> None:
    """The better artwork was shown mostly to members who seldom play, so it looks worse."""
    rng = np.random.default_rng(8)
    rows = []
    for title in range(40):
        for artwork, (effect, share) in enumerate([(0.3, 0.15), (-0.15, 0.6), (-0.15, 0.6)]):
            for place, (level, part) in enumerate([(-0.8, share), (-3.0, 1 - share)]):
                shown = int(20_000 * part)
                played = rng.binomial(shown, expit(level + effect))
                rows.append((f"t{title}.{artwork}", f"s{place}", shown, played))
    cells = as_cells(pd.DataFrame(rows, columns=["artwork_id", stratum, "impressions", "plays"]))
    artworks = listed(*cells["artwork_id"].unique())
    tags = overall(tag_performance(cells, artworks))
    best = tags.index.str.endswith(".0")
    assert tags.loc[best, "take_fraction"].max() < tags.loc[~best, "take_fraction"].min()
    assert (tags.loc[best, "label"] == "high").all()
    mix = cells.groupby(stratum)["impressions"].sum() / cells["impressions"].sum()
    level = {"s0": -0.8, "s1": -3.0}
    good, other = (
        logit(sum(mix[place] * expit(level[place] + effect) for place in level))
        for effect in (0.3, -0.15)
    )
    assert tags.loc[best, "lift"].mean() == pytest.approx(good - other, abs=0.03)


def test_an_artwork_shown_only_where_it_does_well_is_not_good_for_all() -> None:
    rng = np.random.default_rng(13)
    rows = []
    for title in range(40):
        for artwork in range(4):
            for cluster, sign in (("x", 1), ("y", -1)):
                picked = artwork == 0
                shown = 9_500 if picked and cluster == "x" else 500 if picked else 5_000
                played = rng.binomial(shown, expit(-1.5 + sign * 0.5 * picked))
                rows.append((f"t{title}.{artwork}", cluster, shown, played))
    cells = as_cells(pd.DataFrame(rows, columns=["artwork_id", "cluster", "impressions", "plays"]))
    tags = tag_performance(cells, listed(*cells["artwork_id"].unique())).tags
    picked = tags[tags["artwork_id"].str.endswith(".0")].groupby("cluster")["lift"].mean()
    assert picked["x"] == pytest.approx(0.5, abs=0.1)
    assert picked["y"] < -0.25
    assert picked["all"] == pytest.approx(0.1, abs=0.1)


def test_an_artwork_made_for_one_country_is_compared_there() -> None:
    rng = np.random.default_rng(14)
    rows = []
    for title in range(40):
        local = 0.4 if title % 2 else -0.4
        for artwork in range(4):
            for country, level in (("us", -1.0), ("fr", -2.5)):
                if artwork == 0 and country == "us":
                    continue
                played = rng.binomial(8_000, expit(level + (local if artwork == 0 else 0)))
                rows.append((f"t{title}.{artwork}", country, 8_000, played))
    cells = as_cells(pd.DataFrame(rows, columns=["artwork_id", "country", "impressions", "plays"]))
    tags = overall(tag_performance(cells, listed(*cells["artwork_id"].unique())))
    made = tags[tags.index.str.endswith(".0")]
    better = made["title_id"].str.removeprefix("t").astype(int) % 2 == 1
    assert (made["label"] == np.where(better, "high", "low")).all()
    assert made["lift"].abs().mean() == pytest.approx(0.4, abs=0.06)


def test_artworks_that_never_ran_in_the_same_country_are_not_compared() -> None:
    counts = [
        (f"t{title}.{artwork}", "us" if artwork else "fr", 8_000, 800 if artwork else 1600)
        for title in range(40)
        for artwork in range(2)
    ]
    frame = pd.DataFrame(counts, columns=["artwork_id", "country", "impressions", "plays"])
    tags = overall(tag_performance(as_cells(frame), listed(*frame["artwork_id"])))
    assert (tags["label"] == "insufficient data").all()


def test_an_unrelated_title_changes_others_only_through_the_spread() -> None:
    truth = world(9)
    strange = pd.DataFrame(
        {"artwork_id": ["new.0", "new.1"], "impressions": [5000, 5000], "plays": [50, 75]}
    )
    before = tag_performance(truth.cells, truth.artworks)
    after = tag_performance(
        pd.concat([truth.cells, as_cells(strange)]),
        pd.concat([truth.artworks, listed("new.0", "new.1")], ignore_index=True),
    )
    moved = after.spreads["spread"].item() / before.spreads["spread"].item()
    assert moved == pytest.approx(1, abs=0.02)
    one, other = overall(before), overall(after).loc[truth.artworks["artwork_id"]]
    np.testing.assert_allclose(one["lift"], other["lift"], atol=0.02)
    np.testing.assert_allclose(one["sd"], other["sd"], rtol=0.03)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    truth = world(10, titles=15, impressions=100)
    rng = np.random.default_rng(seed)
    shuffled = tag_performance(
        truth.cells.iloc[rng.permutation(len(truth.cells))],
        truth.artworks.iloc[rng.permutation(len(truth.artworks))].reset_index(drop=True),
    )
    numbers = ["lift", "sd", "low", "high", "p_positive"]
    plain = overall(tag_performance(truth.cells, truth.artworks))
    np.testing.assert_allclose(
        overall(shuffled).loc[plain.index, numbers], plain[numbers], rtol=1e-4, atol=1e-6
    )


counts = st.integers(0, 10**7)


@pytest.mark.parametrize("rows", [1, 7, 40])
def test_many_counts_are_worked_out_some_titles_at_a_time(
    rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = world(6, titles=12)
    places = [("x", "se"), ("x", "fr"), ("y", "fr")]
    parts = [truth.cells.assign(cluster=one, country=country) for one, country in places]
    cells = pd.concat(parts).sample(frac=0.9, random_state=1)
    whole = tag_performance(cells, truth.artworks)
    monkeypatch.setattr(exposure, "BLOCK", rows)
    parted = tag_performance(cells, truth.artworks)
    pd.testing.assert_frame_equal(parted.tags, whole.tags, rtol=1e-7)
    pd.testing.assert_frame_equal(parted.spreads, whole.spreads, rtol=1e-7)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(counts, counts), min_size=1, max_size=8), split=st.integers(1, 4))
def test_any_counts_give_finite_tags(rows: list[tuple[int, int]], split: int) -> None:
    frame = pd.DataFrame(
        {
            "artwork_id": [f"t{number // split}.{number}" for number in range(len(rows))],
            "impressions": [max(row) for row in rows],
            "plays": [min(row) for row in rows],
        }
    )
    tags = tag_performance(as_cells(frame), listed(*frame["artwork_id"])).tags
    compared = ~tags["reason"].isin(["only artwork of its title", "not shown here"])
    numbers = tags[["lift", "sd", "low", "high", "p_positive"]]
    assert np.isfinite(numbers[compared]).all(axis=None)
    assert numbers[~compared].isna().all(axis=None)
    assert tags["p_positive"].dropna().between(0, 1).all()


def test_a_weighted_log_counts_by_its_effective_size() -> None:
    truth = world(11, titles=60, spread=1.0)
    thin = truth.cells.assign(
        effective_impressions=truth.cells["impressions"] / 10,
        effective_plays=truth.cells["plays"] / 10,
    )
    full = overall(tag_performance(truth.cells, truth.artworks))
    tags = overall(tag_performance(thin, truth.artworks))
    assert (tags["impressions"] == full["impressions"]).all()
    assert tags["sd"].mean() > 1.5 * full["sd"].mean()


def test_nothing_shown_gives_an_empty_table() -> None:
    truth = world(12, titles=2)
    table = tag_performance(truth.cells.iloc[:0], truth.artworks)
    assert table.tags.empty
    assert table.spreads.empty
    assert "lift" in table.tags.columns


@pytest.mark.parametrize("level", [0.0, 1.0, 90])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    truth = world(12, titles=2)
    with pytest.raises(ValueError, match="level"):
        tag_performance(truth.cells, truth.artworks, level=level)


def test_two_independent_draws_of_the_posters_agree(tmp_path: Path) -> None:
    """The shared posters hold two draws from one model, so their lifts must lie together."""
    posters = Path(__file__).parents[2] / "shared" / "posters"
    if not posters.is_dir():
        pytest.skip("the shared posters are not here")
    draws = []
    for kept in ("performance.csv", "impressions.parquet"):
        folder = tmp_path / kept.split(".")[0]
        folder.mkdir()
        for name in ("titles.csv", "artworks.csv", kept):
            (folder / name).write_bytes((posters / name).read_bytes())
        catalogue = load_catalogue(folder)
        cells = aggregate_performance(catalogue, None)
        assert cells is not None
        draws.append(overall(tag_performance(cells, catalogue.artworks)))
    one, other = draws[0], draws[1].loc[draws[0].index]
    reach = 1.645 * np.hypot(one["sd"], other["sd"])
    assert ((one["lift"] - other["lift"]).abs() < reach).mean() > 0.85
    assert one["lift"].corr(other["lift"]) > 0.7
