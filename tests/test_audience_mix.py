"""Who a title will have, and how artwork does with such a mixture of members and platforms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.asking import ask
from assistant.audience import Audience, resolve_audience
from assistant.audience_lift import AudienceLift, audience_lift, slice_weights
from assistant.brief import Brief
from index.errors import InputError
from index.members.predict import AffinityPredictor
from index.records import ALL
from index.store import Index
from tests.planted import BRIEF, Z90, Art, Tag, Title, Words, plant, tag_table

NAMES = {"c1": "Romance · Drama", "c2": "Action", "c3": "Family"}


def mixed(
    tags: Sequence[Tag], clusters: Mapping[str, float] | None = None, platforms: Sequence[str] = ()
) -> AudienceLift:
    """Lifts of artworks a and b, in this order."""
    return audience_lift(tag_table(tags), ["a", "b"], clusters or {}, platforms)


# Mixtures of slices.


def test_a_slice_counts_by_its_share_of_the_audience() -> None:
    lift = mixed([Tag("a", 0.8, 0.1, "c1"), Tag("a", -0.4, 0.1, "c2")], {"c1": 0.75, "c2": 0.25})
    assert lift.lift[0] == pytest.approx(0.75 * 0.8 - 0.25 * 0.4)
    assert np.isnan(lift.lift[1])


def test_only_proportions_of_the_shares_matter() -> None:
    tags = [Tag("a", 0.8, 0.1, "c1", take=0.5), Tag("a", -0.4, 0.3, "c2", take=0.1)]
    one, two = (mixed(tags, {"c1": 3 * part, "c2": part}) for part in (0.25, 4.0))
    assert one.lift[0] == pytest.approx(two.lift[0])
    assert one.sd[0] == pytest.approx(two.sd[0])
    assert one.take_fraction[0] == pytest.approx(two.take_fraction[0])
    assert one.take_fraction[0] == pytest.approx(0.75 * 0.5 + 0.25 * 0.1)


def test_errors_of_different_slices_are_independent() -> None:
    tags = [Tag("a", 0.5, 0.3, "c1"), Tag("a", 0.5, 0.4, "c2")]
    lift = mixed(tags, {"c1": 0.5, "c2": 0.5})
    assert lift.sd[0] == pytest.approx(math.hypot(0.5 * 0.3, 0.5 * 0.4))
    assert lift.low[0] == pytest.approx(0.5 - Z90 * 0.25)
    assert lift.high[0] == pytest.approx(0.5 + Z90 * 0.25)
    alone = mixed(tags, {"c1": 1.0})
    assert alone.sd[0] == pytest.approx(0.3)
    assert lift.sd[0] < alone.sd[0], "two witnesses are surer than one"


def test_where_a_slice_is_missing_the_others_carry_its_weight() -> None:
    tags = [Tag("a", 0.6, 0.2, "c1", take=0.3), Tag("b", 0.6, 0.2, "c1"), Tag("b", 0.0, 0.2, "c2")]
    lift = mixed(tags, {"c1": 0.5, "c2": 0.5})
    assert lift.lift.tolist() == pytest.approx([0.6, 0.3])
    assert lift.sd[0] == pytest.approx(0.2)
    assert lift.take_fraction[0] == pytest.approx(0.3)


def test_a_slice_without_a_lift_says_nothing() -> None:
    lift = mixed(
        [Tag("a", math.nan, 0.2, "c1", seen=500), Tag("a", 0.4, 0.2, "c2", seen=70)],
        {"c1": 0.9, "c2": 0.1},
    )
    assert lift.lift[0] == pytest.approx(0.4)
    assert lift.impressions.tolist() == [70, 0]


def test_impressions_of_the_slices_asked_for_are_added_up() -> None:
    lift = mixed(
        [Tag("a", 0.1, cluster="c1", seen=100), Tag("a", 0.1, cluster="c2", seen=30),
         Tag("a", 0.1, cluster="c3", seen=7), Tag("a", 0.1, seen=137)],
        {"c1": 0.5, "c2": 0.5},
    )  # fmt: skip
    assert lift.impressions[0] == 130


def test_one_slice_that_knows_something_is_enough_for_a_label() -> None:
    unknown = {"label": "insufficient data"}
    assert mixed([Tag("a", 0.9, 0.1, "c1", **unknown)], {"c1": 1}).label(0) == "insufficient data"
    tags = [Tag("a", 0.9, 0.1, "c1", **unknown), Tag("a", 0.9, 0.1, "c2")]
    assert mixed(tags, {"c1": 0.5, "c2": 0.5}).label(0) == "high"
    assert mixed(tags, {"c1": 0.5, "c2": 0.5}).label(1) == "insufficient data"


@pytest.mark.parametrize(
    ("lift", "label"),
    [(0.17, "high"), (0.16, "typical"), (-0.16, "typical"), (-0.17, "low"), (Z90 * 0.1, "typical"),
     (-Z90 * 0.1, "typical")],
)  # fmt: skip
def test_a_label_says_on_which_side_of_zero_the_interval_lies(lift: float, label: str) -> None:
    assert mixed([Tag("a", lift, 0.1)]).label(0) == label


def test_how_probable_a_lift_above_zero_is() -> None:
    lift = mixed([Tag("a", 0.1, 0.1), Tag("b", -0.2, 0.1)])
    assert lift.p_positive.tolist() == pytest.approx([0.8413, 0.0228], abs=1e-4)


def test_what_is_printed_of_a_lift() -> None:
    lift = mixed([Tag("a", 0.123456, 0.0654321, seen=4321, take=0.1234567)])
    assert lift.performance(0) == {
        "lift": 0.1235,
        "low": 0.0158,
        "high": 0.2311,
        "p_positive": 0.9704,
        "take_fraction": 0.12346,
        "impressions": 4321,
        "label": "high",
    }
    assert lift.performance(1) is None


# Which slices a brief means.

SLICES = [
    Tag("a", cluster=cluster, platform=platform)
    for cluster in ("c1", "c2", ALL)
    for platform in ("tv", "mobile", ALL)
]


@pytest.mark.parametrize(
    ("clusters", "platforms", "expected"),
    [
        ({}, [], {(ALL, ALL): 1.0}),
        ({}, ["tv"], {(ALL, "tv"): 1.0}),
        ({"c1": 0.8, "c2": 0.2}, [], {("c1", ALL): 0.8, ("c2", ALL): 0.2}),
        ({"c1": 0.8, "c2": 0.2}, ["tv", "mobile"], {("c1", "tv"): 0.4, ("c1", "mobile"): 0.4,
                                                   ("c2", "tv"): 0.1, ("c2", "mobile"): 0.1}),
        ({"c1": 1.0}, ["tv", "radio"], {("c1", "tv"): 1.0}),
        ({"c1": 1.0}, ["radio"], {("c1", ALL): 1.0}),
        ({"c1": 0.6, "gone": 0.4}, [], {("c1", ALL): 0.6}),
    ],
)  # fmt: skip
def test_platforms_are_weighed_alike_and_unknown_ones_left_out(
    clusters: dict[str, float], platforms: list[str], expected: dict[tuple[str, str], float]
) -> None:
    assert slice_weights(tag_table(SLICES), clusters, platforms) == expected


def test_a_platform_of_the_brief_changes_the_lift() -> None:
    tags = [Tag("a", 0.5, platform="tv"), Tag("a", -0.5, platform="mobile"), Tag("a", 0.1)]
    assert mixed(tags, None, ["tv"]).lift[0] == pytest.approx(0.5)
    assert mixed(tags, None, ["mobile"]).lift[0] == pytest.approx(-0.5)
    assert mixed(tags).lift[0] == pytest.approx(0.1)


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


def test_an_unknown_cluster_is_one_line_that_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'action'") as caught:
        audience(named(tmp_path), audience={"aktion": 1})
    text = str(caught.value)
    assert "brief.yaml, column audience: unknown cluster 'aktion'" in text
    assert "Clusters of this index: c1, c2, c3" in text
    with pytest.raises(InputError, match="no member clusters: leave `audience` out"):
        audience(plant(tmp_path / "none", [Title("t")], [Art("a", "t")]), audience={"c1": 1})


def predictor(titles: int, skilled: bool) -> AffinityPredictor:
    """Learned from titles whose text says, or does not say, who watches."""
    random = np.random.default_rng(1)
    side = np.where(np.arange(titles) % 2, 1.0, -1.0)
    text = np.column_stack([side, np.zeros(titles), np.ones(titles)])
    told = side if skilled else random.permutation(random.normal(size=titles))
    affinity = np.column_stack([told, -told]) + random.normal(0, 0.01, (titles, 2))
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


def test_where_texts_say_nothing_every_cluster_counts_by_its_viewing(tmp_path: Path) -> None:
    index = named(tmp_path, predictor=predictor(40, False), affinity=VIEWING)
    found = audience(index)
    assert shares(found) == [("c1", 0.75, "everyone alike"), ("c2", 0.25, "everyone alike")]
    asked = ask(Brief(title="New"), BRIEF, index, Words())
    assert any("every cluster is weighed by its size" in one for one in asked.warnings)
    few = named(tmp_path / "few", predictor=predictor(1, True), affinity=VIEWING)
    assert audience(few).skill is None


def test_a_predicted_audience_needs_no_warning(tmp_path: Path) -> None:
    index = named(tmp_path, predictor=predictor(40, True), affinity=VIEWING)
    asked = ask(Brief(title="New"), BRIEF, index, Words({"New": (1, 0, 1)}))
    assert not any("weighed by its size" in one for one in asked.warnings)


def test_without_clusters_there_is_no_audience(tmp_path: Path) -> None:
    index = plant(tmp_path, [Title("t")], [Art("a", "t")])
    assert audience(index) == Audience(())
    assert audience(named(tmp_path / "names")) == Audience(())
