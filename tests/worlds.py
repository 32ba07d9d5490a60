"""Planted worlds: titles whose artworks are edits of one picture, and what every edit does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from assistant.insights.effects import Evidence, gather_evidence
from assistant.insights.estimators.design import Contrast, Design
from assistant.insights.levers import lever_design
from index.features.levers.fit import fit_levers
from index.features.levers.lever import Lever, Side
from index.features.matrix import Column, FeatureMatrix
from index.query.levers import Levers
from index.records import ALL
from tests.planted import count_table

Floats = npt.NDArray[np.float64]

CLUSTERS, PLATFORMS = ("c0", "c1", "c2"), ("tv", "mobile")
LOW, HIGH = -1, 1


def axis(name: str, low: str, high: str, **members: int) -> Lever:
    """A lever with two poles."""
    poles = {
        low: Side(do=f"Go {low}", variant=f"a {low} picture"),
        high: Side(do=f"Go {high}", variant=f"a {high} picture"),
    }
    return Lever(name=name, label=name, poles=poles, members=members)


LEVERS = (
    axis("light", "darker", "lighter", brightness=1, black_share=-1),
    axis("heat", "cooler", "warmer", warm_cool=1),
    axis("clutter", "calmer", "busier", clutter=1),
    axis("contrast", "softer", "stronger", contrast=1),
    axis("focus", "softer focus", "sharper focus", sharpness=1),
    Lever(
        name="cast",
        label="cast",
        levels={
            "people_grouping": {
                "none": Side(name="nobody", do="Show nobody", variant="nobody"),
                "single": Side(name="one person", do="Show one person", variant="one person"),
                "pair": Side(name="two people", do="Show two people", variant="two people"),
            }
        },
    ),
)
AXES = ("light", "heat", "clutter", "contrast", "focus")
CASTS = ("none", "single", "pair")
SIDES = {
    "darker": ("light", "darker"),
    "lighter": ("light", "lighter"),
    "cooler": ("heat", "cooler"),
    "warmer": ("heat", "warmer"),
    "calmer": ("clutter", "calmer"),
    "busier": ("clutter", "busier"),
    "softer": ("contrast", "softer"),
    "stronger": ("contrast", "stronger"),
    "two people": ("cast", "two people"),
}
"""Lever and pole by the edit that turns it."""
Edit = Mapping[str, float]
"""Steps by axis, and 1 at "pair" or "none" for another cast."""
ONE_BY_ONE: Mapping[str, Edit] = {
    "as it is": {},
    "another take": {},
    "darker": {"light": -2.0},
    "lighter": {"light": 2.0},
    "cooler": {"heat": -2.0},
    "warmer": {"heat": 2.0},
    "calmer": {"clutter": -2.0},
    "busier": {"clutter": 2.0},
    "softer": {"contrast": -2.0},
    "stronger": {"contrast": 2.0},
    "two people": {"pair": 1.0},
}
"""Edits of which each turns one lever."""
TOGETHER: Mapping[str, Edit] = {
    "as it is": {},
    "another take": {},
    "dusk": {"light": -2.0, "heat": -2.0},
    "noon": {"light": 2.0, "heat": 2.0},
    "calmer": {"clutter": -2.0},
    "two people": {"pair": 1.0},
}
"""Edits in which light and heat always move together."""
EVERY = {(c, p): 1.0 for c in CLUSTERS for p in PLATFORMS}


def only(**of: float) -> dict[tuple[str, str], float]:
    """An effect by cluster, or by platform."""
    return {(c, p): of.get(c, of.get(p, 0.0)) for c in CLUSTERS for p in PLATFORMS}


def everywhere(value: float) -> dict[tuple[str, str], float]:
    """The same effect in every slice."""
    return dict.fromkeys(EVERY, value)


Effects = Mapping[str, Mapping[tuple[str, str], float]]
STRONG: Effects = {
    "darker": everywhere(0.4),
    "cooler": everywhere(-0.35),
    "warmer": everywhere(-0.35),
    "calmer": only(c0=0.45, c1=-0.45),
    "stronger": only(tv=0.35, mobile=-0.35),
    "two people": everywhere(0.3),
}
"""One pole alone works, both of another lose, a third divides clusters, a fourth platforms."""


@dataclass(frozen=True)
class World:
    """A planted catalogue.

    Attributes:
        edit: edit of each artwork.
        effects: log-odds that each edit adds, by cluster and platform.
        logits: `(artworks, clusters, platforms)` log-odds of a play.
    """

    titles: pd.DataFrame
    artworks: pd.DataFrame
    cells: pd.DataFrame
    features: Mapping[str, Floats]
    cast: npt.NDArray[np.str_]
    edit: npt.NDArray[np.str_]
    effects: Effects
    logits: Floats

    @property
    def matrix(self) -> FeatureMatrix:
        """Features as tests read them."""
        columns = [Column(name, None, "number", "", name) for name in self.features]
        columns += [Column("people_grouping", cast, "flag", "0 or 1", cast) for cast in CASTS]
        casts = [(self.cast == cast).astype(np.float64) for cast in CASTS]
        return FeatureMatrix(np.column_stack([*self.features.values(), *casts]), tuple(columns))

    @property
    def levers(self) -> Levers:
        """How this catalogue turns its levers."""
        title = self.artworks["title_id"].to_numpy()
        return Levers(LEVERS, fit_levers(LEVERS, dict(self.features), title))

    @property
    def evidence(self) -> Evidence:
        """Counts and sides of levers."""
        levers, matrix = self.levers, self.matrix
        axes = {one.lever.name: one.values(self.features) for one in levers.fitted}
        return gather_evidence(
            self.titles,
            self.artworks,
            self.cells,
            lambda units: lever_design(levers, axes, matrix, {}, units),
        )

    def effect(self, edit: str, cluster: str = ALL, platform: str = ALL) -> float:
        """Planted effect of an edit in a slice; over a margin, the mean."""
        planted = self.effects.get(edit, {})
        return float(
            np.mean(
                [
                    planted.get((c, p), 0.0)
                    for c, p in EVERY
                    if cluster in {ALL, c} and platform in {ALL, p}
                ]
            )
        )


def part_of(world: World, rows: npt.NDArray[np.bool_]) -> World:
    """A world without some of its artwork, by row."""
    ids = world.artworks["artwork_id"][rows]
    cells = world.cells[world.cells["artwork_id"].isin(ids)]
    return replace(
        world,
        artworks=world.artworks[rows].reset_index(drop=True),
        cells=cells.reset_index(drop=True),
        features={name: values[rows] for name, values in world.features.items()},
        cast=world.cast[rows],
        edit=world.edit[rows],
        logits=world.logits[rows],
    )


def make_world(
    effects: Effects,
    seed: int,
    *,
    titles: int = 60,
    edits: Mapping[str, Edit] = ONE_BY_ONE,
    impressions: float = 600.0,
    spread: float = 0.08,
    tangled: bool = False,
) -> World:
    """Draw a world.

    Args:
        effects: log-odds by edit, cluster and platform.
        seed: any integer.
        titles: number of titles; each has one artwork for every edit.
        edits: what each does to a picture.
        impressions: mean impressions of an artwork in a cluster × platform.
        spread: standard deviation of what no lever explains, log-odds.
        tangled: popular titles are dark altogether, and dark artwork is shown to the keenest
            cluster four times as often.
    """
    rng = np.random.default_rng(seed)
    names = np.array(list(edits))
    n = titles * len(names)
    title = np.repeat(np.arange(titles), len(names))
    edit = np.tile(names, titles)
    popularity = rng.normal(-2.0, 0.6, titles)
    taste = rng.normal(0, 0.4, (titles, len(CLUSTERS)))

    own = rng.normal(0, 1.5, (titles, len(AXES)))
    if tangled:
        own[:, 0] = -3.0 * (popularity + 2.0)
    steps = np.array([[edits[one].get(name, 0.0) for name in AXES] for one in edit])
    shown_as = own[title] + steps + rng.normal(0, 0.1, (n, len(AXES)))
    light, heat, clutter, contrast, focus = shown_as.T
    features = {
        "brightness": 0.5 + 0.08 * light,
        "black_share": 0.3 - 0.05 * light + rng.normal(0, 0.005, n),
        "warm_cool": 10 * heat,
        "clutter": clutter,
        "contrast": contrast,
        "sharpness": focus,
    }
    casts = np.where(np.arange(titles) % 2, "none", "single")[title]
    cast = np.where([edits[one].get("pair", 0) == 1 for one in edit], "pair", casts)

    beta = np.array(
        [[[effects.get(one, {}).get((c, p), 0.0) for p in PLATFORMS] for c in CLUSTERS]
         for one in names]
    )  # fmt: skip
    at = np.tile(np.arange(len(names)), titles)
    logits = (
        popularity[title][:, None, None]
        + taste[title][:, :, None]
        + beta[at]
        + rng.normal(0, spread, n)[:, None, None]
    )
    mix = np.exp(rng.normal(0, 0.3, (n, len(CLUSTERS), len(PLATFORMS))))
    if tangled:
        keen = np.argmax(taste, axis=1)[title]
        mix[np.arange(n), keen] *= np.where(steps[:, [0]] < 0, 4.0, 1.0)
    shown = rng.poisson(impressions * mix)
    played = rng.binomial(shown, 1 / (1 + np.exp(-logits)))

    ids = np.array([f"a{i:05d}" for i in range(n)], dtype=object)
    title_ids = np.array([f"t{seed}-{i:04d}" for i in range(titles)], dtype=object)
    row, cluster, platform = (part.ravel() for part in np.indices(shown.shape))
    cells = pd.DataFrame(
        {
            "artwork_id": ids[row],
            "cluster": np.array(CLUSTERS, dtype=object)[cluster],
            "platform": np.array(PLATFORMS, dtype=object)[platform],
            "country": "",
            "impressions": shown.ravel(),
            "plays": played.ravel(),
            "effective_impressions": shown.ravel().astype(float),
            "effective_plays": played.ravel().astype(float),
        }
    )
    genres = np.array(["Drama", "Comedy", "Drama|War"], dtype=object)
    return World(
        pd.DataFrame(
            {"title_id": title_ids, "name": title_ids, "genres": genres[np.arange(titles) % 3]}
        ),
        pd.DataFrame({"artwork_id": ids, "title_id": title_ids[title], "family_id": ids}),
        cells[cells["impressions"] > 0].reset_index(drop=True),
        features,
        cast,
        edit,
        effects,
        logits,
    )


def evidence_of(
    columns: dict[str, Sequence[float]], titles: Sequence[int], plays: Sequence[int] | None = None
) -> Evidence:
    """Evidence of artworks with these contrasts and plays of a thousand impressions."""
    ids = [f"a{row:04d}" for row in range(len(titles))]
    artworks = pd.DataFrame(
        {"artwork_id": ids, "title_id": [f"t{one:03d}" for one in titles], "family_id": ids}
    )
    named = pd.DataFrame({"title_id": artworks["title_id"].unique(), "genres": ""})
    taken = plays if plays is not None else [100] * len(ids)
    cells = count_table([(one, "", "", 1000, n) for one, n in zip(ids, taken, strict=True)])
    contrasts = tuple(Contrast(name, "on", "level", 1.0, "on, or not") for name in columns)
    values = np.column_stack([np.array(one, dtype=float) for one in columns.values()])
    return gather_evidence(named, artworks, cells, lambda _: Design(contrasts, values))
