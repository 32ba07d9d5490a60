"""How artwork that was never shown should do with an audience, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.answers.audience import Audience
from assistant.answers.lift import slice_weights
from assistant.answers.match import read_tags
from assistant.answers.scores import Reason, Score, SliceScore
from assistant.insights.effects import (
    EVERYWHERE,
    EffectSlice,
    Evidence,
    audience_observations,
    slice_observations,
)
from assistant.insights.estimators.appearance import Appearance, measure_appearance
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.estimators.observations import in_slice
from assistant.insights.estimators.prediction import LiftModel, fit_lift_model
from assistant.insights.evidence import read_evidence
from assistant.insights.levers import CLEAR
from assistant.insights.members import read_features
from index.errors import InputError
from index.features.feature import Value
from index.io.images import Picture
from index.query.levers import Levers, read_levers
from index.records import ALL, FloatMatrix, Progress, silent
from index.store import Index

if TYPE_CHECKING:
    from index.build.pictures import Extractor

SMALLEST_PULL = 0.01
"""Log-odds below which a feature is not given as a reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """A model fitted to one audience; made by `fit_scorer`, it scores any number of pictures.

    Attributes:
        looks: scale of the index's artwork.
        model: for the whole audience.
        slices: for its clusters and platforms.
        typical: mean or commonest level of each feature.
        take_fraction: plays per impression of the audience.
        pick_rate: how often it picks the better of two artworks of held-out titles: pairs,
            accuracy, low, high and verdict ("better than chance", "no better than chance", "too few
            titles", "no pairs").
        notes: slices that could not be predicted and why.
    """

    looks: Appearance
    model: LiftModel
    slices: Mapping[tuple[str, str], LiftModel]
    levers: Levers
    typical: Mapping[str, float | str | None]
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
            vectors: `(m, d)` in the space of `Index.picture_vectors`.
        """
        scale = self.looks.scale
        assert scale is not None
        looks = scale.apply(features, vectors)
        lift, low, high = self.model.predict(looks)
        apart = [(where, *model.predict(looks)) for where, model in self.slices.items()]
        rates = {
            where: str(model.held_out.pick_rate()["verdict"])
            for where, model in self.slices.items()
        }
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
        """What the prediction loses when one lever at a time is made typical (occlusion)."""
        scale = self.looks.scale
        assert scale is not None
        owners = np.array([self.levers.owner(name) or name for name in scale.owners], dtype=object)
        names = list(dict.fromkeys(owners.tolist()))
        without = np.where(owners[None, :] == np.array(names, dtype=object)[:, None], 0.0, looks)
        values = self.model.values(np.vstack([looks, without]))
        pulls = values[0] - values[1:]
        order = np.argsort(-np.abs(pulls), kind="stable")
        return tuple(
            self._reason(names[at], measured, float(pulls[at]))
            for at in order[np.abs(pulls[order]) >= SMALLEST_PULL]
        )

    def _reason(self, name: str, measured: Mapping[str, Value], pull: float) -> Reason:
        lever, fit = self.levers.lever(name), self.levers.fit(name)
        own = [one for one in (() if lever is None else lever.features) if one in measured]
        if fit is not None:
            own = [one for one in fit.members if one in measured] or own
        feature = own[0] if own else name
        value, typical = measured.get(feature), self.typical.get(feature)
        words = name.replace("_", " ") if lever is None else lever.label
        if fit is not None and value is not None:
            steps = float(self.levers.measure([measured])[name][0])
            low, high = (side.name or key for key, side in fit.lever.poles.items())
            words = high if steps >= CLEAR else low if steps <= -CLEAR else f"{words}: typical"
        elif lever is not None and isinstance(value, str):
            side = lever.levels.get(feature, {}).get(value)
            words = f"{words}: {side.name or value if side else value}"
        return Reason(name, feature, value, typical, pull, words)


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
        audience: clusters and their weights; all members alike by default.
        platforms: counted by their share of impressions; all by default.

    Raises:
        InputError: no performance, or fewer than 10 titles with several artworks.
    """
    from index.features.registry import features

    evidence = read_evidence(index)
    measured = {one.name for one in features()}
    vectors = np.asarray(index.picture_vectors)
    looks = measure_appearance(
        read_features(index), evidence.units, vectors, among=measured, seed=seed
    )
    shares = audience.weights if audience is not None else {}
    weights = slice_weights(read_tags(index).shown, shares, platforms)
    weights = weights or {(ALL, ALL): 1.0}
    everyone = fit_lift_model(slice_observations(evidence, EVERYWHERE), looks, seed=seed)
    models: dict[tuple[str, str], LiftModel] = {}
    notes = []
    for done, (cluster, platform) in enumerate(weights):
        progress("audience", done, len(weights))
        try:
            part = slice_observations(evidence, EffectSlice(cluster, platform))
            models[cluster, platform] = fit_lift_model(part, looks, start=everyone, seed=seed)
        except InputError as error:
            notes.append(f"{cluster} × {platform}: {error.problem}")
    seen = audience_observations(evidence, weights)
    model = fit_lift_model(seen, looks, start=everyone, seed=seed)
    progress("audience", len(weights), len(weights))
    return Scorer(
        looks,
        model,
        models,
        read_levers(index),
        _typical(index),
        _take_fraction(evidence, weights),
        model.held_out.pick_rate(seed=seed),
        tuple(notes),
    )


def score_pictures(
    scorer: Scorer,
    pictures: Sequence[Picture],
    vectors: FloatMatrix | None,
    extractor: Extractor | None = None,
) -> tuple[Score, ...]:
    """Measure and score pictures that no member has seen, in the order given.

    Args:
        vectors: `(m, d)` of the space of `Index.picture_vectors`.
        extractor: measures features; by default those that the index compares.
    """
    from index.features.extract import FeatureExtractor

    if not pictures:
        return ()
    scale = scorer.looks.scale
    assert scale is not None
    wanted = sorted({recipe.feature for recipe in scale.recipes})
    return scorer.score((extractor or FeatureExtractor(wanted)).extract(pictures), vectors)


def _take_fraction(evidence: Evidence, weights: Mapping[tuple[str, str], float]) -> float:
    """Plays per impression of an audience's slices, weighed."""
    cells = evidence.cells
    rates, shares = [], []
    for (cluster, platform), weight in weights.items():
        inside = in_slice(cells, cluster, platform)
        if cells.impressions[inside].sum() > 0:
            rates.append(cells.plays[inside].sum() / cells.impressions[inside].sum())
            shares.append(weight)
    return float(np.average(rates, weights=shares)) if rates else float("nan")


def _typical(index: Index) -> dict[str, float | str | None]:
    from index.features.registry import features

    table = index.table("features").to_pandas()
    found: dict[str, float | str | None] = {}
    for spec in features():
        if spec.name not in table or spec.kind == "structure":
            continue
        known = table[spec.name].dropna()
        found[spec.name] = None
        if len(known):
            category = spec.kind == "category"
            found[spec.name] = str(known.mode().iloc[0]) if category else float(known.mean())
    return found
