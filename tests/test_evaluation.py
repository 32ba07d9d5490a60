"""How often advice is right, on a planted world of one audience, beside what costs nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.answers.evaluation import (
    CHANCE,
    LIKEST,
    MODEL,
    REFERENCE,
    Evaluation,
    evaluate,
    known_beforehand,
    pick_pairs,
    text_likeness,
)
from assistant.insights.effects import EVERYWHERE, EffectSlice, slice_observations
from assistant.insights.estimators.appearance import Appearance
from assistant.insights.estimators.pairs import clear_pairs, picks
from assistant.insights.estimators.prediction import predict_held_out, unit_rows
from assistant.insights.evidence import read_evidence, read_known
from assistant.terminal.evaluation import show_evaluation
from index.store import Index
from tests.planted import Art, Title, plant
from tests.world_index import plant_world
from tests.worlds import ONE_BY_ONE, World, everywhere, make_world

EFFECTS = {"darker": everywhere(0.5), "lighter": everywhere(-0.5), "two people": everywhere(0.3)}


@pytest.fixture(scope="module")
def world() -> World:
    made = make_world(EFFECTS, 51, titles=40, impressions=300)
    cells = made.cells.assign(cluster="", platform="")
    keys = ["artwork_id", "cluster", "platform", "country"]
    cells = cells.groupby(keys, as_index=False).sum()
    return replace(made, cells=cells)


@pytest.fixture(scope="module")
def index(world: World, tmp_path_factory: pytest.TempPathFactory) -> Index:
    def art(row: int) -> dict[str, Any]:
        dark = world.edit[row] == "darker"
        return {"created": f"20{10 + row % 9}-01-01", "shared": (0, 1, 1) if dark else (0, 1, 0.5)}

    return plant_world(tmp_path_factory.mktemp("index"), world, art=art)


def test_the_tool_picks_the_better_of_two_where_looks_decide(
    index: Index, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    found = evaluate(index)
    show_evaluation(found)
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith(found.sceptic), "the answer comes before the figures"
    rows = {row["method"]: row for row in found.pairs}
    assert {row["cluster"] for row in found.pairs} == {row["platform"] for row in found.pairs}
    own = rows[MODEL]
    assert own["low"] > 0.75
    assert own["margin"] == 0
    assert rows[CHANCE]["accuracy"] == 0.5
    assert rows[CHANCE]["margin_low"] > 0.2
    for name in (LIKEST, REFERENCE, "prior alone"):
        assert rows[name]["accuracy"] < own["low"], name
    assert own["titles"] <= 40
    assert own["pairs"] > 100
    assert found.notes == ()
    assert found.sceptic.startswith("Of two artworks of one title, the tool picks the better in ")
    assert "; chance in 50%, the picture most like the title's text in " in found.sceptic
    assert "not shown to be better" not in found.sceptic
    cells = world.cells
    assert found.take_fraction == pytest.approx(cells["plays"].sum() / cells["impressions"].sum())
    assert found.to_json()["sceptic"] == found.sceptic


def row(method: str, accuracy: float, margin_low: float = 0.1, **more: Any) -> dict[str, Any]:
    return {"cluster": "all", "platform": "all", "method": method, "accuracy": accuracy,
            "low": accuracy - 0.05, "high": accuracy + 0.05, "margin_low": margin_low,
            "pairs": 1234, "titles": 56} | more  # fmt: skip


def test_the_sceptic_says_how_often_and_beside_what() -> None:
    rows = [row(MODEL, 0.70), row(CHANCE, 0.5), row(LIKEST, 0.55), row(REFERENCE, 0.60)]
    rows += [row(MODEL, 0.99, cluster="c1"), row(CHANCE, 0.5, -1.0, platform="tv")]
    told = Evaluation(tuple(rows), {}, None, 0.1, ()).sceptic
    assert told == (
        "Of two artworks of one title, the tool picks the better in 70% (65% to 75%) of 1,234 "
        "pairs from 56 titles that it had not learned from; chance in 50%, the picture most like "
        "the title's text in 55%, the one shown most (known only afterwards) in 60%."
    )
    rows[1] = row(CHANCE, 0.5, 0.0)
    assert Evaluation(tuple(rows), {}, None, 0.1, ()).sceptic == (
        f"{told} It is not shown to be better than chance: take its advice as ideas."
    )
    assert Evaluation(tuple(rows[4:]), {}, None, 0.1, ()).sceptic.startswith("Past artwork is too")


def test_what_is_known_beforehand_is_no_look_at_the_picture(index: Index, world: World) -> None:
    evidence = read_evidence(index)
    artworks = index.table("artworks").to_pandas()
    known = known_beforehand(evidence, artworks).values
    assert known.shape == (len(world.artworks), 1), "only dates differ"
    assert known[:, 0].mean() == pytest.approx(0, abs=1e-9)
    years = np.arange(len(known)) % 9
    assert np.corrcoef(known[:, 0], years)[0, 1] > 0.999
    canvases = np.where(np.arange(len(known)) % 2, "tile", "hero")
    more = known_beforehand(evidence, artworks.assign(canvas=canvases)).values
    assert more.shape[1] == 3
    alike = artworks.assign(created_at="2020-01-01")
    nothing = known_beforehand(evidence, alike).values
    np.testing.assert_array_equal(nothing, np.zeros((len(world.artworks), 1)))
    latest = artworks["created_at"] == artworks["created_at"].max()
    undated = artworks.assign(created_at=artworks["created_at"].where(~latest, None))
    values = known_beforehand(evidence, undated).values[:, 0]
    assert set(values[latest.to_numpy()]) == {values.min()}, "as if made first"


def test_likeness_to_the_text_is_that_of_the_own_title(index: Index, world: World) -> None:
    found = text_likeness(index, read_evidence(index))
    number = world.artworks["title_id"].str[-4:].astype(int).to_numpy()
    dark = world.edit == "darker"
    assert np.all(np.diff(found[dark][np.argsort(number[dark])]) > 0), "later titles lie nearer"
    last = number == number.max()
    assert found[last & ~dark].max() == pytest.approx(1 / np.hypot(1, 0.5), abs=1e-3)
    assert found[last & dark].max() == pytest.approx(np.sqrt(0.5), abs=1e-3)


def test_versions_of_one_picture_are_as_near_to_the_text_as_they_are_on_average(
    tmp_path: Path,
) -> None:
    arts = [Art("a", "t", shared=(1, 0, 0), family="f"),
            Art("b", "t", shared=(0, 1, 0), family="f"),
            Art("c", "t", shared=(0, 1, 0))]  # fmt: skip
    index = plant(tmp_path, [Title("t", (1, 0, 0))], arts)
    assert text_likeness(index, read_known(index)) == pytest.approx([0.5, 0.0], abs=1e-3)


def test_a_cluster_that_was_shown_little_starts_from_what_holds_for_everyone() -> None:
    signs = {"darker": 1, "lighter": -1, "two people": 1, "calmer": 1, "softer": -1}
    effects = {edit: everywhere(0.25 * sign) for edit, sign in signs.items()}
    whole = make_world(effects, 54, titles=24, impressions=600, spread=0.3)
    cells = whole.cells.assign(platform="")
    few, none = cells["cluster"] == "c1", cells["cluster"] == "c2"
    first = cells["artwork_id"].isin(whole.artworks["artwork_id"][: len(ONE_BY_ONE)])
    cells.loc[none & first, "cluster"], cells.loc[none & ~first, "cluster"] = "a", "b"
    for name in ("impressions", "plays", "effective_impressions", "effective_plays"):
        cells.loc[few, name] = (cells.loc[few, name] / 4).round().astype(cells[name].dtype)
        cells.loc[none, name] = 4 if "impressions" in name else 1
    late = cells["artwork_id"].isin(whole.artworks["artwork_id"][11 * len(ONE_BY_ONE) :])
    evidence = replace(whole, cells=cells[~(few & late)]).evidence
    looks = Appearance(np.column_stack(list(whole.features.values())))
    nothing = Appearance(np.zeros((len(looks.values), 1)))
    rows, notes = pick_pairs(evidence, looks, nothing, np.zeros(len(looks.values)))
    about = [note.partition(": ") for note in notes]
    assert [where for where, *_ in about] == ["a × all", "b × all"]
    assert about[1][2] == "no pair differs clearly"
    own = {row["cluster"]: row for row in rows if row["method"] == MODEL}
    assert list(own) == ["all", "c0", "c1"]
    everyone = predict_held_out(slice_observations(evidence, EVERYWHERE), looks)
    begun = unit_rows(everyone.prediction, everyone.seen, len(looks.values))
    for cluster in ("c0", "c1"):
        alone, helped = (
            predict_held_out(slice_observations(evidence, EffectSlice(cluster)), looks, start=start)
            for start in (None, begun)
        )
        pairs = clear_pairs(alone.seen.y, alone.seen.v, alone.seen.title)
        assert own[cluster]["pairs"] == len(pairs.title)
        assert own[cluster]["accuracy"] == picks(pairs, helped.prediction).mean()
    assert own["c1"]["accuracy"] > picks(pairs, alone.prediction).mean() + 0.03
