"""Planted worlds: catalogues whose every effect is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from index.features.matrix import Column, FeatureMatrix

ALL = "all"


@dataclass(frozen=True)
class World:
    """Tables of a planted catalogue; `truth` holds feature, cluster, platform, effect.

    Every non-zero effect is listed once per cluster × platform; a feature that is not listed for a
    slice has none there. Numbers are standardised, so that effects are per standard deviation.
    """

    titles: pd.DataFrame
    artworks: pd.DataFrame
    cells: pd.DataFrame
    matrix: FeatureMatrix
    truth: pd.DataFrame

    def effect(self, feature: str, cluster: str = ALL, platform: str = ALL) -> float:
        """Planted effect in a slice; over a margin, the mean."""
        rows = self.truth[self.truth["feature"] == feature]
        if cluster != ALL:
            rows = rows[rows["cluster"] == cluster]
        if platform != ALL:
            rows = rows[rows["platform"] == platform]
        return float(rows["effect"].mean()) if len(rows) else 0.0


def make_world(
    kind: str,
    seed: int,
    *,
    titles: int = 200,
    per_title: int = 6,
    features: int = 12,
    clusters: int = 3,
    platforms: int = 2,
    impressions: float = 400.0,
    spread: float = 0.15,
) -> World:
    """Draw a world.

    Args:
        kind: "strong" (effects that differ by cluster and platform), "tangled" (popular titles
            have the very feature that hurts, and the artwork that hurts is shown to the keenest
            cluster), "travelling" (an idle feature travels with one that works), or "empty".
        seed: any integer.
        titles: number of titles.
        per_title: artworks of a title.
        features: half are flags, half numbers.
        clusters: member clusters.
        platforms: platforms.
        impressions: mean impressions of an artwork in a cluster × platform.
        spread: standard deviation of lifts that no feature explains, log-odds.
    """
    rng = np.random.default_rng(seed)
    n = titles * per_title
    title = np.repeat(np.arange(titles), per_title)
    popularity = rng.normal(-2.2, 0.8, titles)
    taste = rng.normal(0, 0.5, (titles, clusters))
    latent = rng.normal(size=(n, features)) + 0.7 * rng.normal(size=(titles, features))[title]
    if kind == "tangled":
        latent[:, :2] += 1.5 * (popularity[title, None] + 2.2) / 0.8
    if kind == "travelling":
        latent[:, 1] = 0.6 * latent[:, 1] + 0.8 * latent[:, 0]
    flags = np.arange(features) < features // 2
    x = np.where(flags, latent > 0.5, latent).astype(float)
    x[:, ~flags] = (x[:, ~flags] - x[:, ~flags].mean(0)) / x[:, ~flags].std(0)

    beta = planted_effects(kind, features, clusters, platforms)
    mix = np.exp(rng.normal(0, 0.4, (n, clusters, platforms)))
    if kind == "tangled":
        keen = np.argmax(taste, axis=1)[title]
        mix[np.arange(n), keen] *= np.where(x[:, [0]] > 0, 4.0, 1.0)
    shown = rng.poisson(impressions * mix * np.exp(rng.normal(0, 0.6, n))[:, None, None])
    logit = (
        popularity[title][:, None, None]
        + taste[title][:, :, None]
        + rng.normal(0, 0.3, (clusters, platforms))
        + np.einsum("nf,fcp->ncp", x, beta)
        + rng.normal(0, spread, n)[:, None, None]
        + rng.normal(0, spread / 2, (n, clusters, platforms))
    )
    played = rng.binomial(shown, 1 / (1 + np.exp(-logit)))

    ids = np.array([f"a{i:06d}" for i in range(n)], dtype=object)
    title_ids = np.array([f"t{seed}-{i:05d}" for i in range(titles)], dtype=object)
    cluster_ids = np.array([f"c{i}" for i in range(clusters)], dtype=object)
    platform_ids = np.array(["tv", "mobile", "web", "tablet"][:platforms], dtype=object)
    names = [f"{'flag' if flag else 'number'}_{i:02d}" for i, flag in enumerate(flags)]
    row, cluster, platform = (axis.ravel() for axis in np.indices(shown.shape))
    cells = pd.DataFrame(
        {
            "artwork_id": ids[row],
            "cluster": cluster_ids[cluster],
            "platform": platform_ids[platform],
            "country": "",
            "impressions": shown.ravel(),
            "plays": played.ravel(),
            "effective_impressions": shown.ravel().astype(float),
            "effective_plays": played.ravel().astype(float),
        }
    )
    f, c, p = np.nonzero(beta)
    truth = pd.DataFrame(
        {
            "feature": np.array(names, dtype=object)[f],
            "cluster": cluster_ids[c],
            "platform": platform_ids[p],
            "effect": beta[f, c, p],
        }
    )
    genres = np.array(["Drama", "Comedy", "Drama|War", "Action"], dtype=object)
    return World(
        pd.DataFrame(
            {"title_id": title_ids, "name": title_ids, "genres": rng.choice(genres, titles)}
        ),
        pd.DataFrame({"artwork_id": ids, "title_id": title_ids[title], "family_id": ids}),
        cells[cells["impressions"] > 0].reset_index(drop=True),
        FeatureMatrix(
            x,
            tuple(
                Column(name, None, "flag" if flag else "number", "", name)
                for name, flag in zip(names, flags, strict=True)
            ),
        ),
        truth,
    )


def planted_effects(kind: str, features: int, clusters: int, platforms: int) -> np.ndarray:
    """Effects by feature, cluster and platform, log-odds."""
    beta = np.zeros((features, clusters, platforms))
    half = features // 2
    if kind == "strong":
        beta[0] = 0.35
        beta[1] = -0.3
        beta[2, 0], beta[2, 1:] = 0.5, -0.4
        beta[half, :, 0], beta[half, :, 1:] = 0.25, -0.25
        beta[half + 1] = 0.2
    elif kind == "tangled":
        beta[0] = -0.3
        beta[1] = -0.25
    elif kind == "travelling":
        beta[0] = 0.4
    elif kind != "empty":
        raise ValueError(kind)
    return beta
