"""How artwork that was never shown should do with an audience, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answers.lift import slice_weights
from assistant.answers.relevance import image_space
from assistant.answers.scores import Reason, Score, SliceScore
from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.appearance import Appearance, measure_appearance
from assistant.insights.estimators.fixed_effects import Floats, title_starts
from assistant.insights.estimators.observations import Observations
from assistant.insights.estimators.prediction import LiftModel, fit_lift_model, fit_observations
from assistant.insights.report import read_evidence
from index.errors import InputError
from index.records import ALL, Progress, silent

if TYPE_CHECKING:
    from assistant.answers.audience import Audience
    from index.build.pictures import Extractor
    from index.encoders.protocol import Encoder
    from index.features.feature import Value
    from index.io.images import Picture
    from index.records import FloatMatrix
    from index.store import Index

SMALLEST_PULL = 0.01
"""Log-odds below which a feature is not given as a reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """A model fitted to one audience; made by `fit_scorer`, it scores any number of pictures.

    Attributes:
        looks: scale of the index's artwork.
        model: for the whole audience.
        slices: for its clusters and platforms.
        typical: mean or commonest level of each feature, with its kind and unit.
        take_fraction: plays per impression of the audience.
        pick_rate: how often it picks the better of two artworks of held-out titles: pairs,
            accuracy, low, high and verdict ("better than chance", "no better than chance", "too few
            titles", "no pairs").
        notes: slices that could not be predicted and why.
    """

    looks: Appearance
    model: LiftModel
    slices: Mapping[tuple[str, str], LiftModel]
    typical: Mapping[str, tuple[float | str | None, str, str]]
    take_fraction: float
    pick_rate: Mapping[str, Any]
    notes: tuple[str, ...]

    @property
    def better_than_chance(self) -> bool:
        """Whether held-out titles say that its order means anything."""
        return bool(self.pick_rate["verdict"] == "better than chance")

    def score(
        self, features: Sequence[Mapping[str, Value]], vectors: FloatMatrix | None
    ) -> tuple[Score, ...]:
        """Predicted lifts of artwork, in the order given.

        Args:
            features: values by feature name of each; what is missing counts as typical.
            vectors: `(m, d)` in the space of `assistant.answers.relevance.image_space`.
        """
        scale = self.looks.scale
        assert scale is not None
        looks = scale.apply(features, vectors)
        lift, low, high = self.model.predict(looks)
        apart = [(where, *model.predict(looks)) for where, model in self.slices.items()]
        rates = {where: _verdict(model) for where, model in self.slices.items()}
        return tuple(
            Score(
                float(lift[row]),
                float(low[row]),
                float(high[row]),
                self._reasons(looks[row], features[row]),
                tuple(
                    SliceScore(*where, float(a[row]), float(b[row]), float(c[row]), rates[where])
                    for where, a, b, c in apart
                ),
            )
            for row in range(len(looks))
        )

    def _reasons(self, looks: Floats, measured: Mapping[str, Value]) -> tuple[Reason, ...]:
        """What the prediction loses when one feature at a time is made typical (occlusion)."""
        scale = self.looks.scale
        assert scale is not None
        owners = np.array(scale.owners, dtype=object)
        names = list(dict.fromkeys(owners.tolist()))
        without = np.where(owners[None, :] == np.array(names, dtype=object)[:, None], 0.0, looks)
        values = self.model.values(np.vstack([looks, without]))
        pulls = values[0] - values[1:]
        order = np.argsort(-np.abs(pulls), kind="stable")
        found = []
        for at in order[np.abs(pulls[order]) >= SMALLEST_PULL]:
            typical, kind, unit = self.typical.get(names[at], (None, "number", ""))
            found.append(
                Reason(names[at], measured.get(names[at]), typical, kind, unit, float(pulls[at]))
            )
        return tuple(found)


def fit_scorer(
    index: Index,
    audience: Audience | None = None,
    platforms: Sequence[str] = (),
    *,
    seed: int = 7,
    progress: Progress = silent,
) -> Scorer:
    """Learn what the lift of artwork with an audience goes by, from an index.

    Features that are measured on any picture and the picture's vector count; concepts and a
    user's own attributes, which only artwork of the index has, do not.

    Args:
        index: an open index with performance.
        audience: clusters and their weights; all members alike by default.
        platforms: platforms weighed alike; all by default.
        seed: of folds and learners.
        progress: told how far the slices have come.

    Raises:
        InputError: no performance, or fewer than 10 titles with several artworks.
    """
    from index.features.registry import features

    evidence = read_evidence(index)
    measured = {one.name for one in features()}
    vectors = np.asarray(image_space(index))
    looks = measure_appearance(evidence, vectors, among=measured, seed=seed)
    tags = index.table("tags", columns=["cluster", "platform", "impressions"]).to_pandas()
    shares = audience.shares if audience is not None else ()
    weights = slice_weights(tags, {one.cluster: one.weight for one in shares}, platforms)
    weights = weights or {(ALL, ALL): 1.0}
    everyone = fit_lift_model(evidence, looks, seed=seed)
    models: dict[tuple[str, str], LiftModel] = {}
    notes = []
    for done, (cluster, platform) in enumerate(weights):
        progress("audience", done, len(weights))
        try:
            models[cluster, platform] = fit_lift_model(
                evidence, looks, EffectSlice(cluster, platform), start=everyone, seed=seed
            )
        except InputError as error:
            notes.append(f"{cluster} × {platform}: {error.problem}")
    seen = audience_observations(evidence, weights)
    model = fit_observations(seen, looks, start=everyone, seed=seed)
    progress("audience", len(weights), len(weights))
    return Scorer(
        looks,
        model,
        models,
        _typical(index),
        _take_fraction(evidence, weights),
        model.held_out.pick_rate(seed=seed),
        tuple(notes),
    )


def score_pictures(
    index: Index,
    encoder: Encoder,
    pictures: Sequence[Picture],
    audience: Audience | None = None,
    platforms: Sequence[str] = (),
    *,
    scorer: Scorer | None = None,
    extractor: Extractor | None = None,
    seed: int = 7,
    progress: Progress = silent,
) -> tuple[Score, ...]:
    """Measure, embed and score pictures that no member has seen, in the order given.

    Args:
        index: an open index with performance, made by `encoder`.
        encoder: embeds the pictures.
        pictures: decoded pictures.
        audience, platforms, seed, progress: as `fit_scorer`.
        scorer: one that `fit_scorer` made for this index, to save the fitting.
        extractor: measures features; by default those that the index compares.

    Raises:
        InputError: no performance, or fewer than 10 titles with several artworks.
    """
    scorer = scorer or fit_scorer(index, audience, platforms, seed=seed, progress=progress)
    if not pictures:
        return ()
    embedded = encoder.embed_images([picture.pixels for picture in pictures])
    vectors = embedded.image if index.has_vectors("image") else embedded.shared
    return scorer.score(measure_pictures(scorer, pictures, extractor), vectors)


def measure_pictures(
    scorer: Scorer, pictures: Sequence[Picture], extractor: Extractor | None = None
) -> list[dict[str, Value]]:
    """The features that a scorer looks at, of each picture."""
    if extractor is None:
        from index.features.extract import FeatureExtractor

        scale = scorer.looks.scale
        assert scale is not None
        wanted = {recipe.feature for recipe in scale.recipes}
        return FeatureExtractor(sorted(wanted)).extract(pictures)
    return extractor.extract(pictures)


def audience_observations(
    evidence: Evidence, weights: Mapping[tuple[str, str], float]
) -> Observations:
    """Lifts with a whole audience: those of its slices, weighed; errors taken as independent.

    Args:
        evidence: counts.
        weights: of (cluster, platform).
    """
    units = evidence.units
    count = len(units.title)
    total, y, v, shown = (np.zeros(count) for _ in range(4))
    for (cluster, platform), weight in weights.items():
        seen = slice_observations(evidence, EffectSlice(cluster, platform))
        total[seen.unit] += weight
        y[seen.unit] += weight * seen.y
        v[seen.unit] += weight**2 * seen.v
        shown[seen.unit] += seen.impressions
    partners = np.bincount(units.title[total > 0], minlength=len(units.title_ids))
    rows = np.flatnonzero((total > 0) & (partners[units.title] > 1))
    y, v, title = y[rows] / total[rows], v[rows] / total[rows] ** 2, units.title[rows]
    starts = title_starts(title)
    spread = 0.0
    if len(rows) > len(starts):
        from index.performance.pooling import estimate_spread

        spread = estimate_spread(y, v, np.unique(title, return_inverse=True)[1]).value
    precision = 1 / (v + spread**2)
    return Observations(rows.astype(np.int64), title, y, v, precision, shown[rows], starts, spread)


def _verdict(model: LiftModel) -> str:
    return str(model.held_out.pick_rate()["verdict"])


def _take_fraction(evidence: Evidence, weights: Mapping[tuple[str, str], float]) -> float:
    """Plays per impression of an audience's slices, weighed."""
    cells = evidence.cells
    rates, shares = [], []
    for (cluster, platform), weight in weights.items():
        inside = np.ones(len(cells.unit), dtype=np.bool_)
        inside &= (cells.cluster == cluster) | (cluster == ALL)
        inside &= (cells.platform == platform) | (platform == ALL)
        if cells.impressions[inside].sum() > 0:
            rates.append(cells.plays[inside].sum() / cells.impressions[inside].sum())
            shares.append(weight)
    return float(np.average(rates, weights=shares)) if rates else float("nan")


def _typical(index: Index) -> dict[str, tuple[float | str | None, str, str]]:
    from index.features.registry import features

    table = index.table("features").to_pandas()
    found: dict[str, tuple[float | str | None, str, str]] = {}
    for spec in features():
        if spec.name not in table or spec.kind == "structure":
            continue
        known = table[spec.name].dropna()
        value: float | str | None = None
        if len(known):
            value = str(known.mode().iloc[0]) if spec.kind == "category" else float(known.mean())
        found[spec.name] = (value, spec.kind, spec.unit)
    return found
