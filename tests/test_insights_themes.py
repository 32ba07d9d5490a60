"""Bottom-up themes over planted pictures."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from assistant.insights.effects import Evidence, gather_evidence
from assistant.insights.levers import lever_design
from assistant.insights.themes.patterns import Trait
from assistant.insights.themes.themes import Theme, find_themes
from assistant.insights.themes.words import describe_theme
from index.features.levers.fit import fit_levers
from index.features.levers.lever import Lever, Side
from index.features.matrix import Column, FeatureMatrix
from index.query.levers import Levers
from index.vectors.groups import against_title, group_artworks
from tests.worlds import axis

LEVERS = (
    axis("light", "darker", "lighter", brightness=1),
    axis("noise", "less noise", "more noise", noise=1),
    Lever(
        name="framing",
        label="framing",
        levels={
            "shot_type": {"close-up": Side(name="close-ups", do="Show a face", variant="a face")}
        },
    ),
)
TITLES, EACH, KINDS = 90, 8, 4


def planted(seed: int, light: float = 1.0) -> tuple[Evidence, pd.DataFrame, np.ndarray, np.ndarray]:
    """Pictures of four kinds on top of each title's own look; kind 0 works, kind 1 fails.

    Inside kind 0 the bright ones work better still, where `light` is -1 the dark ones. Kind 2
    comes up later and later.
    """
    rng = np.random.default_rng(seed)
    n = TITLES * EACH
    title = np.repeat(np.arange(TITLES), EACH)
    kind = rng.integers(0, KINDS, n)
    day = rng.integers(0, 1000, n)
    kind = np.where((day > 500) & (rng.random(n) < 0.3), 2, kind)
    looks, kinds = rng.normal(size=(TITLES, 32)), 1.3 * rng.normal(size=(KINDS, 32))
    vectors = 3 * looks[title] + kinds[kind] + 0.45 * rng.normal(size=(n, 32))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    bright = rng.normal(size=n)
    close = (kind == 0).astype(float)
    noise = rng.normal(size=n)
    logit = rng.normal(-2, 0.8, TITLES)[title] + np.array([0.4, -0.4, 0.0, 0.0])[kind]
    logit += 0.25 * light * bright * (kind == 0) + rng.normal(0, 0.1, n)
    shown = rng.poisson(3000, n)
    played = rng.binomial(shown, 1 / (1 + np.exp(-logit)))
    ids = np.array([f"a{i}" for i in range(n)], dtype=object)
    title_ids = np.array([f"t{i}" for i in range(TITLES)], dtype=object)
    artworks = pd.DataFrame(
        {
            "artwork_id": ids,
            "title_id": title_ids[title],
            "family_id": ids,
            "created_at": (pd.Timestamp("2020-01-01") + pd.to_timedelta(day, "D")).astype(str),
        }
    )
    cells = pd.DataFrame(
        {
            "artwork_id": ids,
            "cluster": "",
            "platform": "tv",
            "country": "",
            "impressions": shown,
            "plays": played,
            "effective_impressions": shown.astype(float),
            "effective_plays": played.astype(float),
        }
    )
    measured = {"brightness": bright, "noise": noise}
    levers = Levers(LEVERS, fit_levers(LEVERS, measured, artworks["title_id"].to_numpy()))
    axes = {one.lever.name: one.values(measured) for one in levers.fitted}
    flag = Column("shot_type", "close-up", "flag", "0 or 1", "shot type: close-up")
    matrix = FeatureMatrix(close[:, None], (flag,))
    evidence = gather_evidence(
        pd.DataFrame({"title_id": title_ids, "genres": "Drama"}),
        artworks,
        cells,
        lambda units: lever_design(levers, axes, matrix, {}, units),
    )
    return evidence, artworks, vectors.astype(np.float32), kind


@pytest.fixture(scope="module")
def found() -> tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray]:
    evidence, artworks, vectors, kind = planted(1)
    return find_themes(evidence, artworks, vectors), artworks, kind


def kind_of(theme: Theme, artworks: pd.DataFrame, kind: np.ndarray) -> int:
    rows = artworks.index[artworks["artwork_id"].isin(theme.representatives)]
    return int(np.bincount(kind[rows]).argmax())


def by_kind(found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray]) -> dict[int, Theme]:
    themes, artworks, kind = found
    return {kind_of(theme, artworks, kind): theme for theme in themes}


def test_planted_kinds_come_back_as_themes(
    found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray],
) -> None:
    themes, artworks, kind = found
    assert sorted(by_kind(found)) == [0, 1, 2, 3]
    assert len(themes) == KINDS
    for theme in themes:
        own = kind_of(theme, artworks, kind)
        assert theme.artworks == pytest.approx((kind == own).sum(), rel=0.1)
        assert theme.stability > 0.8
        titles = artworks.set_index("artwork_id")["title_id"][list(theme.representatives)]
        assert titles.is_unique


def test_themes_are_graded_by_what_they_do_inside_titles(
    found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray],
) -> None:
    grades = {}
    for kind, theme in by_kind(found).items():
        overall = next(one for one in theme.performance if one["platform"] == "all")
        grades[kind] = (overall["grade"], np.sign(overall["effect"]))
    assert grades[0] == ("confirmed", 1)
    assert grades[1] == ("confirmed", -1)


def test_themes_are_named_from_what_sets_them_apart(
    found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray],
) -> None:
    themes = by_kind(found)
    assert themes[0].name == "Close-ups"
    assert "close-ups (100% against 0%)" in themes[0].description
    assert themes[2].name.startswith("Alike in no measured feature (")
    assert "No lever sets them apart" in themes[2].description
    assert len({theme.name for theme in themes.values()}) == KINDS


def pole(lever: str, name: str, steps: float = 1.0) -> Trait:
    return Trait(lever, name, "pole", steps, None, None)


def level(lever: str, name: str, share: float) -> Trait:
    return Trait(lever, name, "level", 1.0, share, share / 4)


@pytest.mark.parametrize(
    ("traits", "name"),
    [
        ([pole("light", "darker"), level("framing", "close-ups", 0.9)], "Close-ups: darker"),
        (
            [pole("heat", "warmer"), level("cast", "pairs", 0.8), level("setting", "the sea", 0.6)],
            "Pairs with the sea: warmer",
        ),
        ([pole("clutter", "calmer"), level("framing", "close-ups", 0.4)], "Calmer pictures"),
        (
            [pole("light", "darker"), pole("colour", "muted"), pole("heat", "cooler")],
            "Darker, muted pictures",
        ),
        ([level("setting", "the sea", 0.2)], "Alike in no measured feature"),
    ],
)
def test_a_name_holds_only_what_most_pictures_have(traits: list[Trait], name: str) -> None:
    assert describe_theme(traits, [], 20, 10)[0] == name


def test_every_sentence_of_a_description_has_its_figure() -> None:
    _, said = describe_theme([pole("heat", "warmer", 0.9)], [("Drama", 0.5, 0.2)], 1, 10)
    assert said == (
        "1 artwork of 10 titles. Beside their own titles' other artwork: warmer (0.9 steps). "
        "Among their titles more are Drama (50% against 20% of all looked at)."
    )


def test_winners_inside_a_theme_are_told_from_losers(
    found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray],
) -> None:
    works = by_kind(found)[0].works
    assert (works[0]["lever"], works[0]["pole"]) == ("light", "lighter")
    assert works[0]["grade"] in {"supported", "confirmed"}
    assert works[0]["effect"] > 0.1


def test_theme_that_grows_is_seen_to(
    found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray],
) -> None:
    drift = by_kind(found)[2].drift
    assert drift is not None
    assert drift["low"] > 0
    assert drift["share_since"] > drift["share_before"]
    assert by_kind(found)[0].drift["lift_since"] > 0.1


def test_themes_are_the_same_twice_and_plain_json(
    found: tuple[tuple[Theme, ...], pd.DataFrame, np.ndarray],
) -> None:
    evidence, artworks, vectors, _ = planted(1)
    again = find_themes(evidence, artworks, vectors)
    assert again == found[0]
    json.dumps([theme.to_json() for theme in again], allow_nan=False)


def test_failing_pictures_are_those_that_did_badly() -> None:
    evidence, artworks, vectors, kind = planted(2, light=-1.0)
    themes = find_themes(evidence, artworks, vectors)
    own = next(t for t in themes if kind_of(t, artworks, kind) == 0)
    assert (own.failed[0]["lever"], own.failed[0]["pole"]) == ("light", "lighter")
    worst = artworks["artwork_id"].isin(own.failed[0]["artworks"]).to_numpy()
    assert worst.sum() == 3
    assert (kind[worst] == 0).all()


def test_one_genre_can_be_looked_at_alone() -> None:
    evidence, artworks, vectors, _ = planted(3)
    rows = artworks["title_id"].isin([f"t{i}" for i in range(45)]).to_numpy()
    themes = find_themes(evidence, artworks, vectors, rows=rows)
    assert 0 < sum(theme.artworks for theme in themes) <= rows.sum()


def test_shapeless_pictures_have_few_stable_groups_and_small_sets_none() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(400, 32)).astype(np.float32)
    title = np.repeat(np.arange(80), 5)
    assert len(group_artworks(vectors, title).stability) == 0
    assert len(group_artworks(vectors[:20], title[:20]).stability) == 0


def test_direction_against_title_ignores_the_titles_look() -> None:
    rng = np.random.default_rng(1)
    title = np.array([0, 1, 0, 1, 2])
    vectors = rng.normal(size=(5, 8)).astype(np.float32)
    moved = vectors + rng.normal(size=(3, 8)).astype(np.float32)[title]
    np.testing.assert_allclose(
        against_title(vectors, title), against_title(moved, title), atol=1e-5
    )
    assert (against_title(vectors, title)[4] == 0).all()
