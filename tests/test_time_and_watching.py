"""What time, second outcomes and answers to artwork say: planted, found; absent, silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from index.audience.response import NO_RESPONSE, learn_response_clusters, repeatability
from index.build import build_index
from index.catalogue.aggregate import aggregate_performance
from index.catalogue.load import load_catalogue
from index.catalogue.timed import counts_by_exposure, counts_by_time
from index.errors import InputError
from index.performance.fatigue import fatigue_by_age, fatigue_by_exposure
from index.performance.second_outcome import tag_second_outcome, taken_more_watched_less
from index.performance.tags import tag_by_canvas, tag_performance
from index.query.found import coverage_gaps, what_was_found
from index.records import ALL
from index.store import open_index
from tests.small_catalogue import SmallEncoder, SmallExtractor, write_catalogue

TITLES, EACH = 24, 4
ARTWORKS = pd.DataFrame(
    [(f"a{title}_{n}", f"t{title}") for title in range(TITLES) for n in range(EACH)],
    columns=["artwork_id", "title_id"],
)


def weeks_of(effect: float, seed: int, *, launched_apart: bool = True) -> pd.DataFrame:
    """Counts by week; every doubling of an artwork's weeks moves its log-odds by `effect`."""
    random, rows = np.random.default_rng(seed), []
    for title in range(TITLES):
        level = random.normal(-2, 0.5) + random.normal(0, 0.1, 20).cumsum()
        for n in range(EACH):
            own = random.normal(0, 0.3)
            start = int(random.integers(0, 10)) if launched_apart else 0
            for week in range(start, 20):
                seen = int(random.integers(100, 900))
                odds = level[week] + own + effect * np.log2(1 + week - start + 0.5)
                day = pd.Timestamp("2024-01-01") + pd.Timedelta(weeks=week)
                rows.append((f"a{title}_{n}", day, 7, seen, random.binomial(seen, expit(odds))))
    return pd.DataFrame(rows, columns=["artwork_id", "start", "days", "impressions", "plays"])


def test_planted_fatigue_is_found_with_its_size() -> None:
    found = fatigue_by_age(weeks_of(-0.12, 1), ARTWORKS, 0.3)
    assert found is not None
    slope = found[found["low_edge"].isna()].iloc[0]
    assert slope["high"] < 0
    assert slope["low"] <= -0.12 <= slope["high"]
    assert slope["titles"] == TITLES
    ages = found[found["low_edge"].notna()]["effect"].tolist()
    assert max(ages[1:]) < ages[0] < 0


def test_without_fatigue_intervals_cover_nothing_as_often_as_they_should() -> None:
    told = [fatigue_by_age(weeks_of(0.0, seed), ARTWORKS, 0.3) for seed in range(12)]
    slopes = [found.iloc[0] for found in told if found is not None]
    assert len(slopes) == 12
    assert sum(one["low"] <= 0 <= one["high"] for one in slopes) >= 9
    assert abs(np.mean([one["effect"] for one in slopes])) < 0.015


def test_artworks_of_one_age_say_nothing_of_age() -> None:
    assert fatigue_by_age(weeks_of(-0.2, 1, launched_apart=False), ARTWORKS, 0.3) is None


def log_of(effect: float, seed: int, *, stops: bool = False) -> pd.DataFrame:
    """Impressions of members; every doubling of an artwork's showings moves its log-odds."""
    random = np.random.default_rng(seed)
    own = dict(zip(ARTWORKS["artwork_id"], random.normal(0, 0.3, len(ARTWORKS)), strict=True))
    rows = []
    for member in range(500):
        keen = random.normal(-1.5, 0.5)
        for title in random.choice(TITLES, 5, replace=False):
            shown: dict[str, int] = {}
            for day in range(int(random.integers(2, 11))):
                artwork = f"a{title}_{random.integers(EACH)}"
                shown[artwork] = shown.get(artwork, 0) + 1
                odds = keen + own[artwork] + effect * np.log2(shown[artwork])
                played = int(random.random() < expit(odds))
                when = pd.Timestamp("2024-03-01") + pd.Timedelta(days=day, seconds=member)
                rows.append((f"m{member}", artwork, played, when.isoformat()))
                if played and stops:
                    break
    return pd.DataFrame(rows, columns=["member_id", "artwork_id", "played", "shown_at"])


def folder_of(place: Path, **tables: pd.DataFrame) -> Path:
    place.mkdir(exist_ok=True)
    names = [f"t{title}" for title in range(TITLES)]
    pd.DataFrame({"title_id": names, "name": names}).to_csv(place / "titles.csv", index=False)
    artworks = ARTWORKS.assign(path=ARTWORKS["artwork_id"] + ".jpg")
    artworks.to_csv(place / "artworks.csv", index=False)
    for name, table in tables.items():
        table.to_csv(place / f"{name}.csv", index=False)
    return place


def test_repeated_exposure_is_found_where_it_is_planted(tmp_path: Path) -> None:
    catalogue = load_catalogue(folder_of(tmp_path / "tired", impressions=log_of(-0.7, 2)))
    exposed, _ = counts_by_exposure(catalogue, None)
    assert exposed is not None
    found = fatigue_by_exposure(exposed, ARTWORKS, 0.3)
    assert found is not None
    slope = found.iloc[0]
    assert slope["high"] < 0
    assert slope["low"] <= -0.7 <= slope["high"]


def test_without_weariness_exposure_is_silent(tmp_path: Path) -> None:
    covered = 0
    for seed in range(4):
        folder = folder_of(tmp_path / str(seed), impressions=log_of(0.0, seed))
        exposed, _ = counts_by_exposure(load_catalogue(folder), None)
        assert exposed is not None
        found = fatigue_by_exposure(exposed, ARTWORKS, 0.3)
        assert found is not None
        covered += found.iloc[0]["low"] <= 0 <= found.iloc[0]["high"]
    assert covered >= 3


def test_nothing_is_said_where_a_play_ends_the_showing(tmp_path: Path) -> None:
    catalogue = load_catalogue(folder_of(tmp_path, impressions=log_of(0.0, 4, stops=True)))
    exposed, reason = counts_by_exposure(catalogue, None)
    assert exposed is None
    assert "after they played it" in reason


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y", "%b %d, %Y"])
def test_times_are_read_in_the_common_orders(tmp_path: Path, form: str) -> None:
    days = pd.date_range("2024-01-01", "2024-03-31", freq="D")
    log = pd.DataFrame(
        {"member_id": "m", "artwork_id": "a0_0", "played": 0, "shown_at": days.strftime(form)}
    )
    found = counts_by_time(load_catalogue(folder_of(tmp_path, impressions=log)))
    assert found is not None
    assert found["impressions"].sum() == len(days)
    assert (found["start"].min(), found["start"].max()) == (
        pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-25"),
    )  # fmt: skip


def test_times_that_could_be_two_are_refused(tmp_path: Path) -> None:
    log = pd.DataFrame(
        {
            "member_id": "m",
            "artwork_id": "a0_0",
            "played": 0,
            "shown_at": ["03/04/2024", "01/02/2024"],
        }
    )
    with pytest.raises(InputError, match="--dates day-first"):
        counts_by_time(load_catalogue(folder_of(tmp_path, impressions=log)))


@pytest.mark.parametrize("table", ["performance", "impressions"])
def test_a_half_life_makes_recent_impressions_count(tmp_path: Path, table: str) -> None:
    if table == "performance":
        rows = [("a0_0", "2024-01-31", 1000, 400), ("a0_0", "2024-03-31", 1000, 100)]
        given = pd.DataFrame(rows, columns=["artwork_id", "period", "impressions", "plays"])
    else:
        played = np.r_[np.arange(1000) < 400, np.arange(1000) < 100].astype(int)
        given = pd.DataFrame({"member_id": range(2000), "artwork_id": "a0_0", "played": played})
        given["shown_at"] = ["2024-01-31"] * 1000 + ["2024-03-31"] * 1000
    catalogue = load_catalogue(folder_of(tmp_path, **{table: given}))
    cells = aggregate_performance(catalogue, None, half_life=30)
    assert cells is not None
    row, old = cells.iloc[0], 0.25
    assert (row["impressions"], row["plays"]) == (2000, 500)
    expected = (400 * old + 100) / (1000 * old + 1000)
    assert row["effective_plays"] / row["effective_impressions"] == pytest.approx(
        expected, rel=1e-3
    )
    kish = (1000 * old + 1000) ** 2 / (1000 * old**2 + 1000)
    assert row["effective_impressions"] == pytest.approx(kish, rel=1e-3)


def test_a_half_life_needs_dates(tmp_path: Path) -> None:
    given = pd.DataFrame({"artwork_id": ["a0_0"], "impressions": [9], "plays": [1]})
    catalogue = load_catalogue(folder_of(tmp_path, performance=given))
    with pytest.raises(InputError, match="leave out --half-life"):
        aggregate_performance(catalogue, None, half_life=30)


def watched(outcome: str, seed: int, *, bait: bool) -> pd.DataFrame:
    """Counts in which the first artwork of a title is taken more, and watched less if it baits."""
    random, rows = np.random.default_rng(seed), []
    for artwork, title in ARTWORKS.to_numpy():
        first = artwork.endswith("_0")
        rate = expit(-2 + 0.02 * int(title[1:]) + 0.8 * first + random.normal(0, 0.1))
        ends = expit(0.4 - 1.2 * (first and bait) + random.normal(0, 0.01))
        for platform in ("tv", "mobile"):
            seen = int(random.integers(3000, 6000))
            plays = random.binomial(seen, rate)
            done = random.binomial(plays, ends)
            minutes = random.gamma(plays, 30 * ends)
            rows.append((artwork, platform, seen, plays, {"completions": done, "minutes": minutes}))
    table = pd.DataFrame(rows, columns=["artwork_id", "platform", "impressions", "plays", "ends"])
    table[outcome] = [one[outcome] for one in table.pop("ends")]
    return table


@pytest.mark.parametrize("outcome", ["completions", "minutes"])
def test_clickbait_is_flagged_where_it_is_planted(tmp_path: Path, outcome: str) -> None:
    flagged = {}
    for bait in (True, False):
        given = watched(outcome, 5, bait=bait)
        catalogue = load_catalogue(folder_of(tmp_path / str(bait), performance=given))
        cells = aggregate_performance(catalogue, None)
        assert cells is not None
        second = tag_second_outcome(cells, ARTWORKS)
        assert second is not None
        found = taken_more_watched_less(tag_performance(cells, ARTWORKS).tags, second)
        whole = (found["cluster"] == ALL) & (found["platform"] == ALL)
        flagged[bait] = set(found.loc[whole, "artwork_id"])
    firsts = {f"a{title}_0" for title in range(TITLES)}
    assert firsts <= flagged[True]
    assert flagged[True] - firsts == set()
    assert len(flagged[False]) <= TITLES * EACH // 10


def test_without_a_second_outcome_nothing_is_said(tmp_path: Path) -> None:
    given = watched("minutes", 5, bait=True).drop(columns="minutes")
    cells = aggregate_performance(load_catalogue(folder_of(tmp_path, performance=given)), None)
    assert cells is not None
    assert tag_second_outcome(cells, ARTWORKS) is None


def test_a_canvas_is_a_slice_of_its_own() -> None:
    random = np.random.default_rng(0)
    artworks = ARTWORKS.assign(canvas=["tile", "vertical"] * (len(ARTWORKS) // 2))
    better = artworks["canvas"].eq("tile") * 1.5 + artworks["artwork_id"].str.endswith("_0") * 0.8
    seen = np.full(len(artworks), 20_000)
    plays = random.binomial(seen, expit(-2 + better))
    cells = pd.DataFrame(
        {
            "artwork_id": artworks["artwork_id"], "cluster": "", "platform": "", "country": "",
            "impressions": seen, "plays": plays, "effective_impressions": seen * 1.0,
            "effective_plays": plays * 1.0,
        }
    )  # fmt: skip
    tags = tag_by_canvas(cells, artworks)
    assert tags is not None
    first = tags[tags["artwork_id"].str.endswith("_0")]
    assert set(first["canvas"]) == {"tile"}
    assert first["label"].eq("high").mean() > 0.9
    vertical = tags[tags["canvas"] == "vertical"]
    assert vertical["label"].eq("high").mean() < 0.2
    assert tag_by_canvas(cells, artworks.assign(canvas="tile")) is None


def answers(effect: float, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Members of two kinds who answer artwork the other way round, whatever titles they like."""
    random = np.random.default_rng(seed)
    kind, taste = random.integers(0, 2, 400), random.normal(0, 0.7, (400, TITLES))
    loading = random.choice([-1, 1], len(ARTWORKS))
    member = np.repeat(np.arange(400), 150)
    artwork = random.integers(0, len(ARTWORKS), len(member))
    odds = -1.5 + taste[member, artwork // EACH]
    odds += effect * np.where(kind[member] == 1, 1, -1) * loading[artwork]
    rows = pd.DataFrame(
        {
            "member_id": [f"m{one:03d}" for one in member],
            "artwork_id": ARTWORKS["artwork_id"].to_numpy()[artwork],
            "half": random.integers(0, 2, len(member)),
            "impressions": 1,
            "plays": (random.random(len(member)) < expit(odds)).astype(int),
        }
    )
    pairs = rows.groupby(["member_id", "artwork_id", "half"], as_index=False).sum()
    truth = pd.DataFrame({"member_id": [f"m{one:03d}" for one in range(400)], "kind": kind})
    genres = [("War", "Romance", "Comedy")[title % 3] for title in range(TITLES)]
    titles = pd.DataFrame({"title_id": [f"t{one}" for one in range(TITLES)], "genres": genres})
    return pairs, titles.assign(tags=""), truth


def test_members_are_grouped_by_their_answers_where_these_differ() -> None:
    from sklearn.metrics import adjusted_rand_score

    pairs, titles, truth = answers(0.6, 1)
    found = learn_response_clusters(pairs, ARTWORKS, titles)
    both = found.members.merge(truth, on="member_id")
    assert len(found.clusters) == 2
    assert adjusted_rand_score(both["cluster"], both["kind"]) > 0.8
    half = learn_response_clusters(pairs[pairs["half"] == 0], ARTWORKS, titles)
    assert repeatability(pairs, ARTWORKS, half.members) > 0.6


def test_members_who_answer_alike_are_one_group() -> None:
    pairs, titles, _ = answers(0.0, 2)
    found = learn_response_clusters(pairs, ARTWORKS, titles)
    assert found.chosen_by == NO_RESPONSE
    assert len(found.clusters) == 1


def test_an_index_says_what_was_found_and_what_was_never_tried(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path / "catalogue", titles=12)
    table = pd.read_csv(folder / "performance.csv")
    titles = pd.read_csv(folder / "titles.csv").set_index("title_id")["genres"]
    genre = table["artwork_id"].str.split("_").str[0].map(titles)
    kept = table[~(genre.eq("Comedy") & table["platform"].eq("mobile"))]
    kept.to_csv(folder / "performance.csv", index=False)
    build_index(
        folder, tmp_path / "index", encoder=SmallEncoder(), smallest_cluster=1,
        extractor=SmallExtractor(),
    )  # fmt: skip
    with open_index(tmp_path / "index") as opened:
        lines, gaps = what_was_found(opened), coverage_gaps(opened)
        assert opened.has("canvas_tags")
    assert len(lines) <= 10
    assert lines[0].startswith("36 artworks of 12 titles; 12 titles have two or more")
    assert any("nothing tried with Comedy on mobile" in line for line in lines)
    assert [gap.sentence() for gap in gaps] == ["nothing tried with Comedy on mobile"]
    assert any(line.startswith("cannot be answered: ") for line in lines)
    assert "no completions or minutes" in lines[-1]
