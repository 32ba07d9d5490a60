"""Member clusters, their affinities and the prediction of a new title's audience."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.metrics import adjusted_rand_score

from index.audience.affinity import (
    affinity_from_performance,
    estimate_spread,
    plays_by_cluster,
    title_affinity,
)
from index.audience.clusters import MemberClusters, given_clusters, learn_clusters
from index.audience.matching import match_clusters, rename_clusters
from index.audience.predict import AffinityPredictor, audience_weights
from index.audience.ridge import WeightedRidge
from index.errors import InputError
from index.records import ALL

GENRES = ("Horror", "Romance", "Family", "Documentary", "Western")
POSTERS = Path(__file__).parents[2] / "shared" / "posters"


def planted(seed: int, groups: int = 4, members: int = 2000, titles: int = 60):
    """Members of hidden taste groups, each drawn to the titles of one genre."""
    draws = np.random.default_rng(seed)
    genre = np.arange(titles) % groups
    taste = draws.choice(groups, members, p=draws.dirichlet(np.full(groups, 20.0)))
    appeal = draws.normal(0, 0.8, titles) + 2.4 * (genre == np.arange(groups)[:, None])
    chance = np.exp(appeal) / np.exp(appeal).sum(axis=1, keepdims=True)
    counts = draws.poisson(16 * chance[taste])
    rows, columns = np.nonzero(counts)
    interactions = pd.DataFrame(
        {
            "member_id": np.char.add("m", rows.astype(str)),
            "title_id": np.char.add("t", columns.astype(str)),
            "plays": counts[rows, columns],
        }
    )
    table = pd.DataFrame({"title_id": [f"t{n}" for n in range(titles)]})
    table["genres"] = [f"{GENRES[g]}|Drama" if n % 3 else GENRES[g] for n, g in enumerate(genre)]
    table["tags"] = ""
    return interactions, table, pd.Series(taste, index=[f"m{n}" for n in range(members)])


@pytest.fixture(scope="module")
def learned() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series, MemberClusters]:
    interactions, titles, taste = planted(1)
    return interactions, titles, taste, learn_clusters(interactions, titles)


@pytest.mark.parametrize(("seed", "groups"), [(1, 4), (2, 5), (3, 4)])
def test_planted_taste_groups_come_back_in_number_and_membership(seed: int, groups: int) -> None:
    interactions, titles, taste = planted(seed, groups)
    found = learn_clusters(interactions, titles)
    assert len(found.clusters) == groups
    assert found.criterion.loc[found.criterion["chosen"], "clusters"].tolist() == [groups]
    truth = taste.loc[found.members["member_id"]]
    assert adjusted_rand_score(truth, found.members["cluster"]) > 0.9


def test_an_audience_too_large_to_learn_from_is_placed_by_some_of_its_members(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interactions, titles, truth = planted(3)
    monkeypatch.setattr("index.audience.grouping.MOST_LEARNED_FROM", 500)
    found = learn_clusters(interactions, titles, seed=1)
    truth = truth.loc[found.members["member_id"]]
    assert len(found.members) > 1900
    assert adjusted_rand_score(truth, found.members["cluster"]) > 0.9


def test_clusters_are_named_after_the_genre_they_over_watch(learned) -> None:
    _, titles, taste, found = learned
    table = found.clusters.set_index("cluster")
    for cluster, own in found.members.groupby("cluster"):
        favourite = GENRES[taste.loc[own["member_id"]].mode()[0]]
        assert table.loc[cluster, "name"] == favourite
        assert cluster == favourite.casefold()
        assert table.loc[cluster, "top_genres"] == [favourite]
        assert table.loc[cluster, "members"] == len(own)
        shown = titles.set_index("title_id").loc[table.loc[cluster, "top_titles"], "genres"]
        assert shown.str.contains(favourite).all()
    assert found.clusters["members"].is_monotonic_decreasing


def test_tags_name_clusters_where_genres_do_not() -> None:
    interactions, titles, _ = planted(4)
    titles = titles.assign(tags=titles["genres"].str.split("|").str[0], genres="Drama")
    found = learn_clusters(interactions, titles, n_clusters=4)
    assert set(found.clusters["name"]) == set(GENRES[:4])
    assert found.clusters["top_genres"].tolist() == [[]] * 4


def test_genres_that_say_nothing_name_no_cluster(learned) -> None:
    interactions, titles, _, found = learned
    draws = np.random.default_rng(1)
    genres = [f"Genre {n}" for n in draws.integers(12, size=len(titles))]
    alike = given_clusters(found.members, interactions, titles.assign(genres=genres))
    assert sum(map(len, alike.clusters["top_genres"])) <= 1


def test_the_same_seed_gives_the_same_clusters_whatever_the_order_of_rows(learned) -> None:
    interactions, titles, _, found = learned
    again = learn_clusters(interactions.sample(frac=1, random_state=3), titles)
    pd.testing.assert_frame_equal(again.members, found.members)
    pd.testing.assert_frame_equal(again.clusters, found.clusters)
    pd.testing.assert_frame_equal(again.criterion, found.criterion)


def test_members_without_tastes_form_one_cluster() -> None:
    interactions, titles, _ = planted(5)
    shuffled = np.random.default_rng(5).permutation(interactions["title_id"].to_numpy())
    found = learn_clusters(interactions.assign(title_id=shuffled), titles)
    assert found.clusters["name"].tolist() == ["All members"]
    assert found.clusters["cluster"].tolist() != [ALL]
    assert "beyond chance" in found.chosen_by


def test_members_who_played_nothing_have_no_cluster() -> None:
    interactions, titles, _ = planted(6, members=300)
    idle = pd.DataFrame({"member_id": ["idle"], "title_id": ["t0"], "plays": [0]})
    found = learn_clusters(pd.concat([interactions, idle]), titles, n_clusters=2)
    assert "idle" not in set(found.members["member_id"])


def test_what_cannot_be_clustered_is_said() -> None:
    titles = pd.DataFrame({"title_id": ["t0"], "genres": ["Drama"]})
    two = pd.DataFrame({"member_id": ["a", "b"], "title_id": ["t0", "t0"], "plays": [1, 3]})
    assert learn_clusters(two, titles).clusters["members"].tolist() == [2]
    with pytest.raises(InputError, match="3 clusters cannot be made of 2 members"):
        learn_clusters(two, titles, n_clusters=3)
    with pytest.raises(InputError, match="only 1 different taste"):
        learn_clusters(two, titles, n_clusters=2)
    with pytest.raises(InputError, match="nobody plays"):
        learn_clusters(two.assign(plays=0), titles)


def test_given_clusters_keep_their_names() -> None:
    interactions, titles, taste = planted(7, members=600)
    members = pd.DataFrame({"member_id": taste.index, "cluster": [f"G {g}" for g in taste]})
    members.loc[0, "cluster"] = ""
    found = given_clusters(members, interactions, titles)
    assert set(found.clusters["cluster"]) == {f"G {g}" for g in range(4)}
    assert (found.clusters["name"] == found.clusters["cluster"]).all()
    assert found.clusters["members"].sum() == 599
    favourites = found.clusters.set_index("cluster")["top_genres"]
    assert [favourites[f"G {g}"] for g in range(4)] == [[GENRES[g]] for g in range(4)]
    bare = given_clusters(members, None, titles)
    assert bare.clusters["top_titles"].tolist() == [[]] * 4
    strangers = given_clusters(members, interactions.assign(member_id="other"), titles)
    assert strangers.clusters["top_genres"].tolist() == [[]] * 4
    with pytest.raises(InputError, match="stands for every cluster"):
        given_clusters(members.assign(cluster=ALL), None, titles)
    with pytest.raises(InputError, match="no member has a cluster"):
        given_clusters(members.assign(cluster=""), None, titles)


def counts_with_truth(seed: int, titles: int = 400, spread: float = 0.5):
    draws = np.random.default_rng(seed)
    expected = draws.lognormal(2.5, 1.3, titles)
    rates = draws.gamma(1 / spread, spread, (titles, 3))
    plays = draws.poisson(expected[:, None] * rates)
    ids = pd.MultiIndex.from_product([[f"t{n:03}" for n in range(titles)], ["a", "b", "c"]])
    table = pd.DataFrame({"plays": plays.ravel()}, index=ids.set_names(["title_id", "cluster"]))
    truth = np.log(rates / rates.mean(axis=1, keepdims=True))
    return table.reset_index(), truth, expected


def test_intervals_cover_the_planted_affinities() -> None:
    plays, truth, _ = counts_with_truth(1)
    found = title_affinity(plays)
    inside = found["low"].le(truth.ravel()) & found["high"].ge(truth.ravel())
    assert 0.85 <= inside.mean() <= 0.97
    assert np.corrcoef(found["affinity"], np.maximum(truth.ravel(), -3))[0, 1] > 0.8


def test_rarely_played_titles_are_drawn_to_as_everyone() -> None:
    plays, _, _ = counts_with_truth(2)
    extra = pd.DataFrame({"title_id": ["rare"], "cluster": ["a"], "plays": [1]})
    often = pd.DataFrame({"title_id": ["often"], "cluster": ["a"], "plays": [400]})
    found = title_affinity(pd.concat([plays, extra, often]))
    found = found[found["cluster"] == "a"].set_index("title_id")
    assert found.loc["rare", "low"] < 0 < found.loc["rare", "affinity"]
    assert found.loc["rare", "affinity"] < found.loc["often", "affinity"] / 2
    assert found.loc["often", "low"] > 0.5
    assert found.loc["often", "affinity"] < np.log(3) + 0.1


def test_the_spread_of_rates_is_recovered() -> None:
    draws = np.random.default_rng(3)
    expected = draws.lognormal(4, 1, 800)
    for spread in (0.05, 0.5):
        rates = draws.gamma(1 / spread, spread, 800)
        found = estimate_spread(draws.poisson(expected * rates).astype(float), expected)
        assert found == pytest.approx(spread, rel=0.2)
    assert estimate_spread(draws.poisson(expected).astype(float), expected) < 0.005


def test_one_devoted_member_is_not_an_audience() -> None:
    draws = np.random.default_rng(4)
    many = pd.DataFrame(
        {
            "member_id": [f"m{n}" for n in range(400)],
            "title_id": [f"t{n}" for n in draws.integers(10, size=400)],
            "plays": 1,
        }
    )
    devoted = pd.DataFrame({"member_id": ["m0"], "title_id": ["t0"], "plays": [60]})
    members = pd.DataFrame({"member_id": many["member_id"], "cluster": ["a", "b"] * 200})
    table = plays_by_cluster(pd.concat([many, devoted]), members).set_index(["title_id", "cluster"])
    assert table.loc[("t0", "a"), "plays"] > 60
    assert table.loc[("t0", "a"), "effective_plays"] < 15
    assert table["plays"].sum() == 460


def simulated_performance(seed: int, titles: int = 80):
    """Impressions at will; take fraction = title × cluster × platform × taste."""
    draws = np.random.default_rng(seed)
    taste = draws.normal(0, 0.4, (titles, 3))
    base = draws.normal(-3, 0.6, titles)
    grid = np.array(np.meshgrid(range(titles), range(2), range(3), range(2), indexing="ij"))
    title, artwork, cluster, platform = grid.reshape(4, -1)
    impressions = draws.integers(200, 20_000, title.size)
    cluster_base, platform_base = np.array([0.0, 0.5, -0.5])[cluster], np.array([0, 0.6])[platform]
    rate = np.exp(base[title] + taste[title, cluster] + cluster_base + platform_base)
    plays = draws.binomial(impressions, np.minimum(rate, 0.9))
    cells = pd.DataFrame(
        {
            "artwork_id": [f"t{t}_{a}" for t, a in zip(title, artwork, strict=True)],
            "cluster": np.array(["x", "y", "z"])[cluster],
            "platform": np.array(["tv", "mobile"])[platform],
            "impressions": impressions,
            "plays": plays,
            "effective_impressions": impressions.astype(float),
            "effective_plays": plays.astype(float),
        }
    )
    artworks = cells[["artwork_id"]].drop_duplicates(ignore_index=True)
    artworks["title_id"] = artworks["artwork_id"].str.split("_").str[0]
    truth = pd.DataFrame(taste, columns=["x", "y", "z"], index=[f"t{n}" for n in range(titles)])
    return cells, artworks, truth.rename_axis(index="title_id", columns="cluster")


def test_affinity_from_performance_is_not_fooled_by_who_was_shown_what() -> None:
    cells, artworks, truth = simulated_performance(1)
    unknown = cells.iloc[:5].assign(cluster="")
    found = affinity_from_performance(pd.concat([cells, unknown]), artworks)
    wide = found.pivot(index="title_id", columns="cluster", values="affinity").loc[truth.index]
    centred = truth.sub(truth.mean(axis=1), axis=0)
    assert list(wide.columns) == ["x", "y", "z"]
    assert np.corrcoef(wide.to_numpy().ravel(), centred.to_numpy().ravel())[0, 1] > 0.85
    assert abs(wide.to_numpy().mean()) < 0.1
    assert found["plays"].sum() == cells["plays"].sum()


def affinity_of(profile: np.ndarray, names: list[str]) -> pd.DataFrame:
    wide = pd.DataFrame(profile, columns=names, index=[f"t{n}" for n in range(len(profile))])
    long = wide.rename_axis("title_id").reset_index()
    return long.melt("title_id", var_name="cluster", value_name="affinity")


def test_learned_clusters_are_matched_to_given_ones_by_what_they_watch(learned) -> None:
    interactions, _, taste, found = learned
    known = title_affinity(plays_by_cluster(interactions, found.members))
    named = pd.DataFrame({"member_id": taste.index, "cluster": taste.map(lambda g: f"g{g}")})
    theirs = title_affinity(plays_by_cluster(interactions, named))
    matching = match_clusters(found, known, theirs)
    assert matching.accepted, matching.reason
    pairs = dict(zip(matching.mapping["cluster"], matching.mapping["given"], strict=True))
    assert pairs == {GENRES[g].casefold(): f"g{g}" for g in range(4)}
    renamed = rename_clusters(found, matching.mapping)
    assert set(renamed.members["cluster"]) == {f"g{g}" for g in range(4)}
    assert set(renamed.clusters["name"]) == {f"g{g} ({GENRES[g]})" for g in range(4)}


def test_unlike_clusters_are_not_matched(learned) -> None:
    interactions, _, _, found = learned
    known = title_affinity(plays_by_cluster(interactions, found.members))
    noise = np.random.default_rng(1).normal(size=(60, 4))
    by_chance = match_clusters(found, known, affinity_of(noise, ["a", "b", "c", "d"]))
    assert not by_chance.accepted
    fewer = match_clusters(found, known, known[known["cluster"].ne("horror")])
    assert not fewer.accepted
    assert "cannot be 3" in fewer.reason
    strangers = match_clusters(found, known, known.assign(title_id="other"))
    assert not strangers.accepted
    assert strangers.mapping.empty


def titles_with_signal(seed: int, n: int = 240, strength: float = 1.0):
    """Affinity set by a direction of the text, by genres, and by what neither says."""
    draws = np.random.default_rng(seed)
    text = draws.normal(size=(n, 64))
    text /= np.linalg.norm(text, axis=1, keepdims=True)
    genre = draws.integers(5, size=n)
    effect = np.array([[0.9, -0.6, 0.0], [-0.7, 0.8, 0.1], [0, 0, 0.8], [0, 0, -0.9], [0, 0, 0]])
    signal = effect[genre] + 5 * text[:, :3] * np.array([1, 1, 0])
    affinity = strength * signal + draws.normal(0, 0.4, (n, 3))
    weights = draws.lognormal(4, 1.5, (n, 3))
    return text, [(GENRES[g],) for g in genre], affinity, weights


def test_prediction_has_skill_where_text_and_genres_tell() -> None:
    text, genres, affinity, weights = titles_with_signal(1)
    learned = slice(160)
    model = AffinityPredictor().fit(
        text[learned], genres[:160], affinity[learned], weights[learned]
    )
    assert model.overall_skill_.low > 0.3
    assert all(skill.low < skill.value < skill.high for skill in model.skill_)
    guessed = model.predict(text[160:], genres[160:])
    error, truth = guessed - affinity[160:], affinity[160:]
    unseen = 1 - (error**2).sum() / (truth**2).sum()
    assert unseen == pytest.approx(model.overall_skill_.value, abs=0.2)
    inside = np.abs(error) <= 1.645 * model.residual_sd_
    assert 0.82 <= inside.mean() <= 0.97


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_words_tell_nothing_everyone_is_alike(seed: int) -> None:
    text, genres, affinity, weights = titles_with_signal(seed, strength=0.0)
    model = AffinityPredictor().fit(text, genres, affinity, weights)
    assert abs(model.overall_skill_.value) < 0.1
    assert not model.predict(text, genres).any()


def test_too_few_titles_predict_everyone_alike_and_say_no_skill() -> None:
    text, genres, affinity, weights = titles_with_signal(1, n=8)
    model = AffinityPredictor().fit(text, genres, affinity, weights)
    assert np.isnan(model.overall_skill_.value)
    assert model.titles_ == 8
    assert not model.predict(text, genres).any()


def test_titles_of_unknown_affinity_are_left_out() -> None:
    text, genres, affinity, weights = titles_with_signal(2)
    affinity[:20] = np.nan
    model = AffinityPredictor().fit(text, genres, affinity, weights)
    assert model.titles_ == 220
    assert np.isfinite(model.predict(text, genres)).all()


@pytest.mark.parametrize("titles", [12, 60])
def test_the_penalty_is_the_one_that_does_best_on_titles_left_out_one_by_one(titles: int) -> None:
    draws = np.random.default_rng(titles)
    x, weights = draws.normal(size=(titles, 20)), draws.lognormal(0, 1, titles)
    y = x[:, 0] + 3 + draws.normal(size=titles)
    alphas = np.array([0.1, 1.0, 10.0, 100.0])

    def errors(alpha: float) -> float:
        left_out = []
        for one in range(titles):
            rest = np.arange(titles) != one
            model = Ridge(alpha).fit(x[rest], y[rest], weights[rest])
            left_out.append(weights[one] * (y[one] - model.predict(x[[one]])[0]) ** 2)
        return float(np.mean(left_out))

    best = min(alphas, key=errors)
    error, coefficients = WeightedRidge.of(x, y, weights).choose(np.ones(20), alphas)
    assert error == pytest.approx(errors(best))
    np.testing.assert_allclose(coefficients, Ridge(best).fit(x, y, weights).coef_, atol=1e-8)


def test_a_predictor_comes_back_from_its_arrays_exactly() -> None:
    text, genres, affinity, weights = titles_with_signal(3)
    model = AffinityPredictor(folds=4).fit(
        text, genres, affinity, weights, clusters=["thrill", "heart", "família"]
    )
    file = io.BytesIO()
    np.savez(file, **model.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        again = AffinityPredictor.from_arrays(arrays)
    other = [(*own, "Never seen") for own in genres]
    np.testing.assert_array_equal(again.predict(text, other), model.predict(text, genres))
    assert again.skill_ == model.skill_
    assert again.overall_skill_ == model.overall_skill_
    assert again.clusters_ == ("thrill", "heart", "família")
    assert (again.folds, again.alphas, again.titles_) == (4, model.alphas, 240)
    np.testing.assert_array_equal(again.residual_sd_, model.residual_sd_)


def test_misfit_vectors_are_refused() -> None:
    text, genres, affinity, weights = titles_with_signal(3, n=30)
    model = AffinityPredictor().fit(text, genres, affinity, weights)
    with pytest.raises(ValueError, match="64 dimensions"):
        model.predict(text[:, :10], genres)
    with pytest.raises(ValueError, match="a row per title"):
        AffinityPredictor().fit(text[:5], genres, affinity, weights)
    with pytest.raises(ValueError, match="finite"):
        AffinityPredictor().fit(text * np.nan, genres, affinity, weights)


def test_prediction_needs_neither_scikit_learn_nor_pandas() -> None:
    code = (
        "import sys, index.audience.predict as p; p.audience_weights([0.0, 1.0], [1, 2]);"
        "print(*[n for n in ('sklearn', 'pandas', 'scipy', 'torch') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@given(
    st.lists(st.tuples(st.floats(-30, 30), st.integers(0, 10**9)), min_size=1, max_size=12).filter(
        lambda rows: any(size for _, size in rows)
    )
)
def test_audience_weights_are_shares(rows: list[tuple[float, int]]) -> None:
    affinity, sizes = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    weights = audience_weights(affinity, sizes)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert (weights[sizes == 0] == 0).all()
    np.testing.assert_allclose(audience_weights(affinity + 1, sizes), weights)
    np.testing.assert_allclose(audience_weights(affinity * 0, sizes), sizes / sizes.sum())


small_interactions = st.lists(
    st.tuples(
        st.sampled_from([f"m{n}" for n in range(25)]),
        st.sampled_from([f"t{n}" for n in range(6)]),
        st.integers(0, 500),
    ),
    min_size=1,
    max_size=80,
)


@settings(max_examples=25, deadline=None)
@given(small_interactions, st.sampled_from([None, 1, 2, 3]))
def test_any_few_plays_give_clusters_or_one_clear_line(
    rows: list[tuple[str, str, int]], number: int | None
) -> None:
    interactions = pd.DataFrame(rows, columns=["member_id", "title_id", "plays"])
    titles = pd.DataFrame({"title_id": ["t0", "t1"], "genres": ["A|B", None]})
    try:
        found = learn_clusters(interactions, titles, n_clusters=number)
    except InputError:
        assert number is not None or not interactions["plays"].any()
        return
    players = interactions.loc[interactions["plays"] > 0, "member_id"]
    assert set(found.members["member_id"]) == set(players)
    assert found.clusters["members"].sum() == players.nunique()
    assert found.clusters["cluster"].is_unique
    assert found.clusters["name"].is_unique
    assert set(found.members["cluster"]) == set(found.clusters["cluster"])
    assert ALL not in set(found.clusters["cluster"])
    known = title_affinity(plays_by_cluster(interactions, found.members))
    assert np.isfinite(known[["affinity", "low", "high"]].to_numpy()).all()
    assert (known["low"] <= known["high"]).all()
    assert known["plays"].sum() == interactions["plays"].sum()


@pytest.mark.skipif(not POSTERS.exists(), reason="the shared posters are not here")
def test_clusters_of_the_posters_agree_with_the_genres_they_over_watch() -> None:
    text = {"member_id": str, "title_id": str, "artwork_id": str}
    titles, interactions, artworks, cells = (
        pd.read_csv(POSTERS / f"{name}.csv", dtype=text)
        for name in ("titles", "interactions", "artworks", "performance")
    )
    found = learn_clusters(interactions, titles)
    assert len(found.clusters) == 4
    known = title_affinity(plays_by_cluster(interactions, found.members))
    genres = titles.set_index("title_id")["genres"].str.split("|").explode()
    over_watched = known.merge(genres.rename("genre").reset_index(), on="title_id")
    means = over_watched.groupby(["cluster", "genre"])["affinity"].mean()
    for cluster, own in found.clusters.set_index("cluster")["top_genres"].items():
        assert own
        assert all(means[(cluster, genre)] > 0 for genre in own)
    cells = cells.assign(
        effective_plays=cells["plays"].astype(float),
        effective_impressions=cells["impressions"].astype(float),
    )
    matching = match_clusters(found, known, affinity_from_performance(cells, artworks))
    assert matching.accepted, matching.reason
    assert matching.mapping["correlation"].min() > 0.8
