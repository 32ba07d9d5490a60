"""Simulated members: what they play and which artworks they take, from the written-down truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from assistant.demo.design import PlannedArtwork, lever_values
from assistant.demo.truth import Taste, TitleSpec, Truth

Matrix = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
_FIRST_DAY, _DAYS = np.datetime64("2024-01-01"), 366


@dataclass(frozen=True, slots=True)
class Members:
    """Who watches: `taste` is the row of Truth.tastes, `on_tv` how much of it happens on a TV."""

    ids: npt.NDArray[np.str_]
    taste: Whole
    on_tv: Matrix


def draw_popularity(count: int, rng: np.random.Generator) -> Matrix:
    """Popularity of titles as standard scores, spread evenly so that no seed is freakish."""
    scores = (np.arange(count) + 0.5) / count
    normal = np.sqrt(2) * _erfinv(2 * scores - 1)
    shuffled: Matrix = rng.permutation(normal)
    return shuffled


def _erfinv(values: Matrix) -> Matrix:
    from scipy.special import erfinv

    found: Matrix = erfinv(values)
    return found


def draw_members(truth: Truth, rng: np.random.Generator) -> Members:
    """Members with one taste each."""
    shares = np.array([taste.share for taste in truth.tastes])
    taste = np.sort(rng.choice(len(shares), truth.members, p=shares / shares.sum()))
    rng.shuffle(taste)
    tv = truth.platforms["tv"]
    ids = np.array([f"m{number:05d}" for number in range(1, truth.members + 1)])
    return Members(ids, taste, rng.beta(4 * tv, 4 * (1 - tv), truth.members))


def genre_match(taste: Taste, title: TitleSpec) -> float:
    """How a taste likes a title (log rate): the mean over its genres, the first counting double."""
    liking = [taste.genres.get(genre, 0.0) for genre in (title.genres[0], *title.genres)]
    return float(np.mean(liking))


def match_matrix(truth: Truth, titles: tuple[TitleSpec, ...]) -> Matrix:
    """(tastes, titles) log rates."""
    return np.array([[genre_match(taste, title) for title in titles] for taste in truth.tastes])


def draw_interactions(
    truth: Truth,
    titles: tuple[TitleSpec, ...],
    title_ids: list[str],
    members: Members,
    popularity: Matrix,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """member_id, title_id, plays: which titles members have played, and how often.

    Activity is log-normal, so a few members watch a great deal.
    """
    settings = truth.interactions
    liking = settings["taste"] * match_matrix(truth, titles)[members.taste]
    rate = np.exp(liking + settings["popularity"] * popularity[None, :])
    rate /= rate.sum(axis=1, keepdims=True)
    activity = settings["plays"] * rng.lognormal(-0.18, 0.6, len(members.ids))
    plays = rng.poisson(np.maximum(activity, 3)[:, None] * rate)
    member, title = np.nonzero(plays)
    return pd.DataFrame(
        {
            "member_id": members.ids[member],
            "title_id": np.array(title_ids)[title],
            "plays": plays[member, title],
        }
    )


def planted_effects(truth: Truth, artworks: tuple[PlannedArtwork, ...]) -> Matrix:
    """(tastes, platforms, artworks) log-odds that the levers add, in the order of the truth."""
    levers = [lever_values(artwork.levers) for artwork in artworks]
    return np.array(
        [
            [
                [sum(effect * row[lever] for lever, effect in found.items()) for row in levers]
                for found in (truth.planted(taste.name, platform) for platform in truth.platforms)
            ]
            for taste in truth.tastes
        ]
    )


def draw_impressions(
    truth: Truth,
    titles: tuple[TitleSpec, ...],
    artworks: tuple[PlannedArtwork, ...],
    artwork_ids: list[str],
    members: Members,
    popularity: Matrix,
    rng: np.random.Generator,
    *,
    count: int,
) -> pa.Table:
    """Single impressions: member_id, artwork_id, played, platform, shown_at.

    Every member sees titles of all tastes, more of the own and of popular ones; which of a title's
    artworks is mostly chance, with a slight lean to what the truth says would suit the taste.
    """
    match = match_matrix(truth, titles)
    effects = planted_effects(truth, artworks)
    title_of = np.array([artwork.title for artwork in artworks])
    noise = rng.normal(0, truth.artwork_noise, len(artworks))
    platform_names = list(truth.platforms)
    shown = np.sort(rng.integers(_DAYS, size=count))
    who = rng.integers(len(members.ids), size=count)
    taste = members.taste[who]
    on_tv = rng.random(count) < members.on_tv[who]
    platform = np.where(on_tv, platform_names.index("tv"), platform_names.index("mobile"))
    artwork = np.empty(count, dtype=np.intp)
    for row in range(len(truth.tastes)):
        reach = np.exp(0.55 * match[row] + 0.45 * popularity)
        lean = np.exp(truth.assignment_lean * effects[row].mean(axis=0))
        within = lean / np.bincount(title_of, lean, len(titles))[title_of]
        chance = reach[title_of] * within
        mine = np.flatnonzero(taste == row)
        artwork[mine] = rng.choice(len(artworks), len(mine), p=chance / chance.sum())
    base = np.log(truth.take_fraction / (1 - truth.take_fraction))
    title = title_of[artwork]
    odds = (
        base
        + truth.title_popularity * popularity[title]
        + truth.taste_pull * match[taste, title]
        + effects[taste, platform, artwork]
        + noise[artwork]
    )
    played = rng.random(count) < 1 / (1 + np.exp(-odds))
    return pa.table(
        {
            "member_id": _dictionary(who, members.ids.tolist()),
            "artwork_id": _dictionary(artwork, artwork_ids),
            "played": pa.array(played.astype(np.int8)),
            "platform": _dictionary(platform, platform_names),
            "shown_at": pa.array(_FIRST_DAY + shown),
        }
    )


def _dictionary(codes: Whole, values: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values))
