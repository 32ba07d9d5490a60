"""Who a title will have, and how artwork does with such a mixture of members and platforms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from assistant.answers.answer import answer_brief
from assistant.answers.audience import (
    Audience,
    AudienceShare,
    resolve_audience,
    title_audiences,
)
from assistant.answers.brief import Brief
from assistant.answers.lift import AudienceLift, SliceTags, audience_lift, slice_weights
from assistant.answers.match import match_brief
from index.audience.predict import AffinityPredictor
from index.errors import InputError
from index.performance.tags import tag_performance
from index.records import ALL
from index.store import Index
from tests.planted import BRIEF, Z90, Art, Tag, Title, Words, plant, tag_table
from tests.worlds import CLUSTERS, PLATFORMS, STRONG, World, make_world

NAMES = {"c1": "Romance · Drama", "c2": "Action", "c3": "Family"}


def mixed(
    tags: Sequence[Tag], clusters: Mapping[str, float] | None = None, platforms: Sequence[str] = ()
) -> AudienceLift:
    """Lifts of artworks a, b and c of one title, in this order; c is neutral in every slice."""
    slices = {(one.cluster, one.platform) for one in tags}
    company = [Tag("c", 0.0, 1e-4, cluster, platform, 10) for cluster, platform in slices]
    table = tag_table([*tags, *company])
    return audience_lift(SliceTags(table, ["a", "b", "c"]), clusters or {}, platforms)


def shown(tags: pd.DataFrame) -> dict[tuple[str, str], float]:
    return SliceTags(tags, ["a"]).shown


def lift_of(
    lift: float = 0.0,
    sd: float = 0.1,
    *,
    take: float = 0.2,
    seen: int = 1000,
    informed: bool = True,
) -> AudienceLift:
    """The lift of one artwork."""
    return AudienceLift(
        np.array([lift]), np.array([sd]), np.array([take]), np.array([seen]), np.array([informed])
    )


# Mixtures of slices.


def test_a_slice_counts_by_its_share_of_the_audience() -> None:
    tags = [Tag("a", 0.8, 1e-3, "c1"), Tag("b", 0.0, 1e-3, "c1"), Tag("a", -0.4, 1e-3, "c2"),
            Tag("b", 0.0, 1e-3, "c2")]  # fmt: skip
    lift = mixed(tags, {"c1": 0.75, "c2": 0.25})
    assert lift.lift[0] == pytest.approx(0.75 * 0.8 - 0.25 * 0.4, abs=1e-3)
    assert lift.lift[1] == pytest.approx(-0.25, abs=1e-3), "against the title's others"
    assert lift.lift.sum() == pytest.approx(0.0, abs=1e-6)
    other = mixed(tags, {"c1": 0.25, "c2": 0.75})
    assert other.lift[0] == pytest.approx(0.25 * 0.8 - 0.75 * 0.4, abs=1e-3)


def test_only_proportions_of_the_shares_matter() -> None:
    tags = [Tag("a", 0.8, 0.1, "c1", take=0.5), Tag("a", -0.4, 0.3, "c2", take=0.1),
            Tag("b", 0.1, 0.1, "c1"), Tag("b", 0.1, 0.1, "c2")]  # fmt: skip
    one, two = (mixed(tags, {"c1": 3 * part, "c2": part}) for part in (0.25, 4.0))
    assert one.lift[0] == pytest.approx(two.lift[0])
    assert one.sd[0] == pytest.approx(two.sd[0])
    assert one.take_fraction[0] == pytest.approx(two.take_fraction[0])
    assert one.take_fraction[0] == pytest.approx(0.75 * 0.5 + 0.25 * 0.1)


def many(titles: int, noise: float, spread: float = 0.4, seed: int = 1) -> tuple[
    pd.DataFrame, list[str], np.ndarray
]:  # fmt: skip
    """Tags of two clusters over titles of four artworks, and what each artwork truly does."""
    rng = np.random.default_rng(seed)
    tags, ids, true = [], [], []
    arts = []
    for title in range(titles):
        own = rng.normal(0, spread, 4)
        for n in range(4):
            name = f"t{title:03d}_{n}"
            ids.append(name)
            arts.append(Art(name, f"t{title:03d}"))
            true.append(own[n] - np.delete(own, n).mean())
            tags += [Tag(name, own[n] + rng.normal(0, noise), noise, c) for c in ("c1", "c2")]
    return tag_table(tags, arts), ids, np.array(true)


def test_what_slices_observed_is_shrunk_once_by_the_spread_between_artworks() -> None:
    """Each title's lifts are the posterior mean under a normal prior, the title's level free."""
    noise, spread = 0.4, 0.4
    table, ids, _ = many(150, noise, spread)
    lift = audience_lift(SliceTags(table, ids), {"c1": 0.5, "c2": 0.5}, ())
    y = table.groupby("artwork_id")["observed"].mean()[ids].to_numpy().reshape(-1, 4)
    kept = spread**2 / (spread**2 + noise**2 / 2)
    shrunk = kept * (y - y.mean(axis=1, keepdims=True))
    expected = (shrunk - (shrunk.sum(axis=1, keepdims=True) - shrunk) / 3).ravel()
    slope = float((lift.lift * expected).sum() / (expected**2).sum())
    assert slope == pytest.approx(1.0, abs=0.1)
    assert np.corrcoef(lift.lift, expected)[0, 1] > 0.999


def test_two_slices_are_surer_than_one_and_intervals_hold_the_truth() -> None:
    table, ids, true = many(150, 0.3)
    both = audience_lift(SliceTags(table, ids), {"c1": 0.5, "c2": 0.5}, ())
    alone = audience_lift(SliceTags(table, ids), {"c1": 1.0}, ())
    assert (both.sd < alone.sd).all()
    for lift in (both, alone):
        covered = ((lift.low <= true) & (true <= lift.high)).mean()
        assert 0.86 <= covered <= 0.94


def test_where_a_slice_is_missing_the_others_carry_its_weight() -> None:
    tags = [Tag("a", 0.6, 1e-3, "c1", take=0.3), Tag("b", 0.6, 1e-3, "c1"),
            Tag("b", 0.0, 1e-3, "c2")]  # fmt: skip
    lift = mixed(tags, {"c1": 0.5, "c2": 0.5})
    assert lift.lift[0] - lift.lift[1] == pytest.approx(1.5 * 0.3, abs=2e-3)
    assert lift.take_fraction[0] == pytest.approx(0.3)


def test_a_slice_without_an_observation_says_nothing() -> None:
    tags = [Tag("a", math.nan, 0.2, "c1", seen=500), Tag("a", 0.4, 1e-3, "c2", seen=70)]
    lift = mixed(tags, {"c1": 0.9, "c2": 0.1})
    assert lift.lift[0] == pytest.approx(0.4, abs=1e-3)
    assert lift.impressions.tolist() == [70, 0, 20]
    assert np.isnan(lift.lift[1])


def test_an_artwork_without_company_has_no_lift() -> None:
    table = tag_table([Tag("a", 0.4), Tag("b", 0.4)], [Art("a", "t1"), Art("b", "t2")])
    lift = audience_lift(SliceTags(table, ["a", "b"]), {}, ())
    assert np.isnan(lift.lift).all()
    assert not lift.informed.any()
    assert lift.performance(0) is None
    nobody = audience_lift(SliceTags(table.iloc[:0], ["a", "b"]), {}, ())
    assert np.isnan(nobody.lift).all()
    assert nobody.usual_take is None


def test_impressions_of_the_slices_asked_for_are_added_up() -> None:
    tags = [Tag("a", 0.1, cluster="c1", seen=100), Tag("a", 0.1, cluster="c2", seen=30),
            Tag("a", 0.1, cluster="c3", seen=7), Tag("a", 0.1, seen=137)]  # fmt: skip
    assert mixed(tags, {"c1": 0.5, "c2": 0.5}).impressions[0] == 130


def test_data_that_hardly_speak_make_no_label() -> None:
    clear = mixed([Tag("a", 0.9, 0.05), Tag("b", 0.0, 0.05)])
    assert clear.informed.all()
    assert clear.label(0) == "high"
    vague = mixed([Tag("a", 0.9, 3.0), Tag("b", 0.0, 0.05)])
    assert not vague.informed[0]
    assert vague.label(0) == "insufficient data"


def test_the_usual_take_fraction_is_the_middle_of_what_is_known() -> None:
    tags = [Tag("a", 0.1, take=0.1), Tag("b", 0.1, take=0.5)]
    assert mixed(tags).usual_take == 0.2, "c has the usual one"
    unknown = [Tag("a", 0.1, take=math.nan)]
    assert audience_lift(SliceTags(tag_table(unknown), ["a"]), {}, ()).usual_take is None


# One lift.


@pytest.mark.parametrize(
    ("lift", "label"),
    [(0.17, "high"), (0.16, "typical"), (-0.16, "typical"), (-0.17, "low"), (Z90 * 0.1, "typical"),
     (-Z90 * 0.1, "typical")],
)  # fmt: skip
def test_a_label_says_on_which_side_of_zero_the_interval_lies(lift: float, label: str) -> None:
    one = lift_of(lift)
    assert one.label(0) == label
    assert one.did_badly[0] == (label == "low")
    assert lift_of(lift, informed=False).label(0) == "insufficient data"
    assert not lift_of(-1.0, informed=False).did_badly[0]


def test_an_artwork_did_well_if_that_is_nine_times_as_probable_as_not() -> None:
    just = 1.2815515655446004 * 0.1
    assert lift_of(just + 1e-6).did_well[0]
    assert not lift_of(just - 1e-6).did_well[0]
    assert not lift_of(1.0, informed=False).did_well[0]
    assert not lift_of(math.nan, math.nan).did_well[0]
    assert lift_of(math.nan, math.nan).label(0) == "insufficient data"


def test_how_probable_a_lift_above_zero_is() -> None:
    found = [float(lift_of(one).p_positive[0]) for one in (0.1, -0.2)]
    assert found == pytest.approx(norm.cdf([1.0, -2.0]).tolist())


def test_what_is_printed_of_a_lift() -> None:
    assert lift_of(0.123456, 0.0654321, seen=4321, take=0.1234567).performance(0) == {
        "lift": 0.1235,
        "low": 0.0158,
        "high": 0.2311,
        "p_positive": 0.9704,
        "take_fraction": 0.12346,
        "impressions": 4321,
        "label": "high",
    }


# Which slices a brief means.

SLICES = [
    Tag("a", cluster=cluster, platform=platform, seen=seen)
    for cluster, parts in (("c1", (300, 100)), ("c2", (100, 100)), (ALL, (400, 200)))
    for platform, seen in (("tv", parts[0]), ("mobile", parts[1]), (ALL, sum(parts)))
]


@pytest.mark.parametrize(
    ("clusters", "platforms", "expected"),
    [
        ({}, [], {(ALL, ALL): 1.0}),
        ({}, ["tv"], {(ALL, "tv"): 1.0}),
        ({"c1": 0.8, "c2": 0.2}, [], {("c1", ALL): 0.8, ("c2", ALL): 0.2}),
        ({"c1": 0.8, "c2": 0.2}, ["tv", "mobile"], {("c1", ALL): 0.8, ("c2", ALL): 0.2}),
        ({"c1": 0.8, "c2": 0.2}, ["tv", "tv"], {("c1", "tv"): 0.8, ("c2", "tv"): 0.2}),
        ({"c1": 1.0}, ["tv", "radio"], {("c1", "tv"): 1.0}),
        ({"c1": 1.0}, ["radio"], {("c1", ALL): 1.0}),
        ({"c1": 0.6, "gone": 0.4}, [], {("c1", ALL): 0.6}),
    ],
)
def test_all_platforms_are_as_none_and_unknown_ones_are_left_out(
    clusters: dict[str, float], platforms: list[str], expected: dict[tuple[str, str], float]
) -> None:
    assert slice_weights(shown(tag_table(SLICES)), clusters, platforms) == expected


def test_platforms_count_by_their_share_of_a_clusters_impressions() -> None:
    web = [Tag("a", cluster=c, platform="web", seen=50) for c in ("c1", "c2")]
    table = tag_table([*SLICES, *web])
    found = slice_weights(shown(table), {"c1": 0.8, "c2": 0.2}, ["tv", "mobile"])
    assert found == pytest.approx(
        {("c1", "tv"): 0.6, ("c1", "mobile"): 0.2, ("c2", "tv"): 0.1, ("c2", "mobile"): 0.1}
    )
    assert slice_weights(shown(table), {"c1": 1.0}, ["mobile", "tv", "web"]) == {("c1", ALL): 1.0}


def test_a_cluster_that_a_platform_lacks_is_judged_over_all_platforms() -> None:
    table = tag_table([one for one in SLICES if (one.cluster, one.platform) != ("c2", "tv")])
    found = slice_weights(shown(table), {"c1": 0.5, "c2": 0.5}, ["tv"])
    assert found == {("c1", "tv"): 0.5, ("c2", ALL): 0.5}
    once = tag_table([*SLICES, Tag("a", cluster="c3", platform="tv", seen=1)])
    assert slice_weights(shown(once), {"c3": 1.0}, ["tv"]) == {("c3", "tv"): 1.0}, "one is enough"


def test_a_platform_of_the_brief_changes_the_lift() -> None:
    tags = [Tag("a", 0.5, 1e-3, platform="tv"), Tag("a", -0.5, 1e-3, platform="mobile"),
            Tag("a", 0.1, 1e-3)]  # fmt: skip
    assert mixed(tags, None, ["tv"]).lift[0] == pytest.approx(0.5, abs=1e-3)
    assert mixed(tags, None, ["mobile"]).lift[0] == pytest.approx(-0.5, abs=1e-3)
    assert mixed(tags).lift[0] == pytest.approx(0.1, abs=1e-3)


# Against a planted world.


def true_lifts(world: World, weights: Mapping[str, float], platforms: Sequence[str]) -> np.ndarray:
    """What each artwork truly does with an audience, against its title's others."""
    shown = world.cells.groupby(["cluster", "platform"])["impressions"].sum()
    mixture = np.zeros(len(world.artworks))
    for cluster, weight in weights.items():
        sizes = {p: float(shown[cluster, p]) for p in platforms}
        for p, size in sizes.items():
            at = CLUSTERS.index(cluster), PLATFORMS.index(p)
            mixture += weight * size / sum(sizes.values()) * world.logits[:, at[0], at[1]]
    title = pd.factorize(world.artworks["title_id"])[0]
    count = np.bincount(title)[title]
    mean = (np.bincount(title, mixture) / np.bincount(title))[title]
    return (mixture - mean) * count / (count - 1)


@pytest.fixture(scope="module")
def redraws() -> list[tuple[World, pd.DataFrame]]:
    worlds = [make_world(STRONG, seed, titles=30, impressions=200) for seed in (51, 52, 53, 54)]
    return [(world, tag_performance(world.cells, world.artworks).tags) for world in worlds]


@pytest.mark.parametrize(
    "weights",
    [{"c0": 0.7, "c1": 0.2, "c2": 0.1}, {"c0": 0.2, "c1": 0.4, "c2": 0.4}, {"c1": 1.0}],
)
def test_intervals_hold_the_truth_nine_times_out_of_ten_with_platforms_and_without(
    redraws: list[tuple[World, pd.DataFrame]], weights: dict[str, float]
) -> None:
    for named in ((), PLATFORMS, ("tv",)):
        inside = []
        for world, tags in redraws:
            lift = audience_lift(
                SliceTags(tags, world.artworks["artwork_id"].tolist()), weights, named
            )
            truth = true_lifts(world, weights, named or PLATFORMS)
            inside.append((lift.low <= truth) & (truth <= lift.high))
        covered = float(np.concatenate(inside).mean())
        assert 0.86 <= covered <= 0.94, (named, covered)


def test_naming_all_platforms_is_naming_none(redraws: list[tuple[World, pd.DataFrame]]) -> None:
    world, tags = redraws[0]
    ids = world.artworks["artwork_id"].tolist()
    none, every = (
        audience_lift(SliceTags(tags, ids), {"c0": 0.6, "c2": 0.4}, p) for p in ((), PLATFORMS)
    )
    np.testing.assert_array_equal(none.lift, every.lift)
    np.testing.assert_array_equal(none.sd, every.sd)


# Who the brief says the title will have.


def named(folder: Path, **more: object) -> Index:
    return plant(folder, [Title("t")], [Art("a", "t")], clusters=NAMES, **more)  # type: ignore[arg-type]


def audience(index: Index, **brief: object) -> Audience:
    asked = Brief.model_validate({"title": "New", **brief})
    return resolve_audience(asked, BRIEF, index, Words().embed_texts(["New"]))


def shares(found: Audience) -> list[tuple[str, float, str]]:
    return [(one.cluster, round(one.weight, 6), one.source) for one in found.shares]


def test_a_given_audience_adds_up_to_one_and_the_largest_part_comes_first(tmp_path: Path) -> None:
    found = audience(named(tmp_path), audience={"c2": 1, "c1": 3})
    assert shares(found) == [("c1", 0.75, "brief"), ("c2", 0.25, "brief")]
    assert [one.name for one in found.shares] == ["Romance · Drama", "Action"]
    assert [one.affinity for one in found.shares] == [None, None]
    assert found.skill is None


def test_two_names_of_one_cluster_add_up(tmp_path: Path) -> None:
    index = named(tmp_path)
    found = audience(index, audience={"C1": 0.3, "romance · drama": 0.3, "action": 0.4})
    assert shares(found) == [("c1", 0.6, "brief"), ("c2", 0.4, "brief")]


def test_a_word_that_is_part_of_two_names_means_neither(tmp_path: Path) -> None:
    names = {"c1": "Slow drama", "c2": "Crime drama"}
    index = plant(tmp_path, [Title("t")], [Art("a", "t")], clusters=names)
    with pytest.raises(InputError, match="unknown cluster 'drama'"):
        answer_brief(Brief(title="New", audience={"drama": 1}), BRIEF, index, Words())  # type: ignore[arg-type]
    slow = answer_brief(Brief(title="New", audience={"slow": 1}), BRIEF, index, Words())  # type: ignore[arg-type]
    assert slow.audience.weights == {"c1": 1.0}


def test_an_unknown_cluster_is_one_line_that_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'Action'") as caught:
        audience(named(tmp_path), audience={"aktion": 1})
    text = str(caught.value)
    assert "brief.yaml, column audience: unknown cluster 'aktion'" in text
    assert "There are: Action, Family, Romance · Drama, c1, c2, c3" in text
    with pytest.raises(InputError, match="no member clusters: leave `audience` out"):
        audience(plant(tmp_path / "none", [Title("t")], [Art("a", "t")]), audience={"c1": 1})


def predictor(titles: int, skilled: bool, of_one: bool = False) -> AffinityPredictor:
    """Learned from titles whose text says, or does not say, who watches; or of one cluster only."""
    random = np.random.default_rng(1)
    side = np.where(np.arange(titles) % 2, 1.0, -1.0)
    text = np.column_stack([side, np.zeros(titles), np.ones(titles)])
    told = side if skilled else random.permutation(random.normal(size=titles))
    other = np.zeros(titles) if of_one else -told
    affinity = np.column_stack([told, other]) + random.normal(0, 0.01, (titles, 2))
    return AffinityPredictor().fit(
        text, [()] * titles, affinity, np.full((titles, 2), 500.0), clusters=("c1", "c2")
    )


VIEWING = [("t", "c1", 0.1, 300), ("t", "c2", 0.1, 100)]


def test_without_an_audience_in_the_brief_it_is_predicted_from_the_text(tmp_path: Path) -> None:
    index = named(tmp_path, predictor=predictor(40, True), affinity=VIEWING)
    text = np.array([[-1.0, 0.0, 1.0]], dtype=np.float32)
    found = resolve_audience(Brief(title="New"), BRIEF, index, text)
    first, second = found.shares
    assert (first.cluster, first.source) == ("c2", "predicted")
    assert first.affinity == pytest.approx(1.0, abs=0.1)
    assert second.affinity == pytest.approx(-1.0, abs=0.1)
    ratio = math.exp(2.0) / 3
    assert first.weight / second.weight == pytest.approx(ratio, rel=0.1)
    assert first.weight + second.weight == pytest.approx(1.0)
    assert found.skill is not None
    assert found.skill.value > 0.9
    assert found.skill.titles == 40


def test_an_audience_is_predicted_though_nothing_is_known_of_one_cluster(tmp_path: Path) -> None:
    index = named(tmp_path, predictor=predictor(40, True, of_one=True), affinity=VIEWING)
    text = np.array([[1.0, 0.0, 1.0]], dtype=np.float32)
    found = resolve_audience(Brief(title="New"), BRIEF, index, text)
    assert sorted(one.affinity for one in found.shares) == pytest.approx([0.0, 1.0], abs=0.2)
    assert 0.0 in {one.affinity for one in found.shares}
    assert {one.source for one in found.shares} == {"predicted"}


def test_where_texts_say_nothing_every_cluster_counts_by_its_viewing(tmp_path: Path) -> None:
    index = named(tmp_path, predictor=predictor(40, False), affinity=VIEWING)
    found = audience(index)
    assert shares(found) == [("c1", 0.75, "everyone alike"), ("c2", 0.25, "everyone alike")]
    asked = match_brief(Brief(title="New"), BRIEF, index, Words())
    assert any("every cluster is weighed by its size" in one for one in asked.warnings)
    few = named(tmp_path / "few", predictor=predictor(1, True), affinity=VIEWING)
    assert audience(few).skill is None


def test_a_predicted_audience_needs_no_warning(tmp_path: Path) -> None:
    index = named(tmp_path, predictor=predictor(40, True), affinity=VIEWING)
    asked = match_brief(Brief(title="New"), BRIEF, index, Words({"New": (1, 0, 1)}))
    assert not any("weighed by its size" in one for one in asked.warnings)


def test_without_clusters_there_is_no_audience(tmp_path: Path) -> None:
    index = plant(tmp_path, [Title("t")], [Art("a", "t")])
    assert audience(index) == Audience(())
    assert audience(named(tmp_path / "names")) == Audience(())


def test_a_part_of_an_audience_adds_up_to_one_again(tmp_path: Path) -> None:
    found = audience(named(tmp_path), audience={"c1": 0.6, "c2": 0.3, "c3": 0.1})
    part = found.part(["Romance · Drama", "Family"])
    assert [(one.cluster, round(one.weight, 6)) for one in part.shares] == [
        ("c1", round(6 / 7, 6)), ("c3", round(1 / 7, 6)),
    ]  # fmt: skip
    assert part.skill is None


def test_a_past_title_had_the_audience_that_watched_it(tmp_path: Path) -> None:
    rows = [("t", "c1", math.log(3), 300), ("t", "c2", 0.0, 100), ("s", "c1", 0.0, 300),
            ("s", "c2", 0.0, 100)]  # fmt: skip
    found = title_audiences(named(tmp_path / "a", affinity=rows))
    assert set(found) == {"s", "t"}
    watched = {one.cluster: one.weight for one in found["t"].shares}
    assert watched["c1"] / watched["c2"] == pytest.approx(9.0), (
        "three times as keen, three times as many"
    )
    assert {one.source for one in found["t"].shares} == {"known"}
    assert isinstance(found["s"].shares[0], AudienceShare)
    assert title_audiences(named(tmp_path / "b")) == {}
