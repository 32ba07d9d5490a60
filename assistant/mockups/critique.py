"""What a mockup really has, by the features of the index, held against what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.mockups.aims import SEEN, Check, check_aim, rounded
from assistant.mockups.gauge import Gauge, decoded
from assistant.mockups.likeness import NearestPast, PastArtwork
from index.errors import InputError
from index.features.canvases import Survival, load_canvases, survive
from index.features.layout import Layout

if TYPE_CHECKING:
    from assistant.answers.score import Scorer
    from assistant.answers.scores import Score
    from assistant.mockups.aims import Aim
    from assistant.mockups.ideas import Idea
    from assistant.mockups.records import Painting
    from index.encoders.protocol import Encoder, ImageEmbeddings
    from index.features.canvases import Canvas
    from index.features.extract import FeatureExtractor
    from index.features.feature import Value
    from index.store import Index

_CALIBRATED_ON = 20_000
"""Past artworks that tell from which likeness on an encoder of texts sees a concept."""


@dataclass(frozen=True, slots=True, eq=False)
class Critique:
    """One mockup, measured.

    Attributes:
        features: by name.
        checks: one for each aim.
        score: predicted lift with the concept's members; None where it cannot be predicted.
        trusted: whether held-out titles say that such predictions mean anything.
        why_no_score: the reason where there is none.
        nearest: the past artwork most like it.
        maturity: names of the warnings that fired.
        survival: on each canvas.
        steps: where every axis of the index stands.
        drawn: names of the features that are known by construction and were not measured.
    """

    features: Mapping[str, Value]
    checks: tuple[Check, ...]
    score: Score | None
    trusted: bool
    why_no_score: str
    nearest: NearestPast
    maturity: tuple[str, ...]
    survival: tuple[Survival, ...]
    steps: Mapping[str, float] = field(default_factory=dict)
    drawn: frozenset[str] = frozenset()

    @property
    def has(self) -> tuple[Check, ...]:
        """What was asked for and is there."""
        return tuple(check for check in self.checks if check.met is True)

    @property
    def misses(self) -> tuple[Check, ...]:
        """What was asked for and is not there."""
        return tuple(check for check in self.checks if check.met is False)

    @property
    def share_met(self) -> float:
        """Share of what was asked and could be measured that the picture has; 1 if nothing was."""
        known = [check.met for check in self.checks if check.met is not None]
        return sum(known) / len(known) if known else 1.0

    @property
    def merit(self) -> tuple[bool, bool, float, float]:
        """What best-of-n goes by: no copy, nothing to warn of, then lift, then what was met.

        Lift counts where held-out titles say that predicting it is better than chance.
        """
        lift = self.score.low if self.score is not None and self.trusted else 0.0
        return not self.nearest.copy, not self.maturity, round(lift, 4), self.share_met

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        lift = None
        if self.score is not None:
            lift = {**self.score.to_json(), "better_than_chance": self.trusted}
        return {
            "asked": [check.to_json() for check in self.checks],
            "met": len(self.has),
            "missed": len(self.misses),
            "not_measured": sum(check.met is None for check in self.checks),
            "predicted_lift": lift,
            "why_no_prediction": self.why_no_score or None,
            "nearest": self.nearest.to_json(),
            "maturity": list(self.maturity),
            "known_by_construction": sorted(self.drawn),
            "levers": {name: rounded(value) for name, value in self.steps.items()},
            "canvases": [one.to_json() for one in self.survival],
            "features": {
                name: rounded(value)
                for name, value in self.features.items()
                if name not in {"layout", "palette"}
            },
        }


class Critic:
    """Measures mockups of one index; models and scorers are made once, on first use.

    Args:
        index: an opened index.
        encoder: the one that made it.
        gauge: of the same index.
        platforms: that lifts are predicted for.
        canvases: on which survival is judged; the built-in ones by default.
        seed: of the scorers.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        gauge: Gauge,
        platforms: Sequence[str] = (),
        *,
        canvases: Mapping[str, Canvas] | None = None,
        seed: int = 7,
    ) -> None:
        self._index, self._encoder, self._platforms, self._seed = index, encoder, platforms, seed
        self._gauge = gauge
        self._canvases = load_canvases() if canvases is None else canvases
        self._scorers: dict[str, Scorer | str] = {}
        self._past: PastArtwork | None = None
        self._extractor: FeatureExtractor | None = None

    def judge(
        self, paintings: Sequence[Painting], aims: tuple[Aim, ...], idea: Idea
    ) -> tuple[Critique, ...]:
        """Measure paintings of one concept, in the order given, without their marks.

        What a comp is known to have by construction (grey figures, the title's place) is taken as
        drawn; a comp shows no things, so what an encoder sees in pictures is not asked of it.
        """
        if not paintings:
            return ()
        pictures = [decoded(painting.clean) for painting in paintings]
        measured = self._measuring().extract(pictures)
        embedded = self._encoder.embed_images([one.pixels for one in pictures])
        vectors = embedded.image if self._index.has_vectors("image") else embedded.shared
        assert vectors is not None
        scorer = self._scorer(idea)
        scores: Sequence[Score | None] = [None] * len(pictures)
        if not isinstance(scorer, str):
            scores = scorer.score(measured, vectors)
        if self._past is None:
            self._past = PastArtwork(self._index, seed=self._seed)
        nearest = self._past.nearest(vectors)
        seen = self._seen(embedded)
        found = []
        for row, painting in enumerate(paintings):
            features: dict[str, Value] = {**measured[row], **painting.facts}
            if not painting.not_shown.intersection(SEEN):
                features |= seen[row]
            steps = self._gauge.steps_of(features)
            found.append(
                Critique(
                    features=features,
                    checks=tuple(
                        check_aim(aim, features, steps, painting.not_shown) for aim in aims
                    ),
                    score=scores[row],
                    trusted=not isinstance(scorer, str) and scorer.better_than_chance,
                    why_no_score=scorer if isinstance(scorer, str) else "",
                    nearest=nearest[row],
                    maturity=_warnings(measured[row]),
                    survival=self._survival(measured[row]),
                    steps=steps,
                    drawn=frozenset(painting.facts),
                )
            )
        return tuple(found)

    def _seen(self, embedded: ImageEmbeddings) -> list[dict[str, Value]]:
        """What the encoder sees in each picture, by the index's own concepts."""
        from index.features.concepts.scoring import see_classes, see_texts, top_classes
        from index.features.concepts.vocabulary import load_vocabulary

        count = len(embedded.shared)
        if self._encoder.class_names is not None:
            assert embedded.classes is not None
            sights = see_classes(*top_classes(embedded.classes), self._encoder.class_names)
        elif self._index.has_arrays("prompts"):
            past = self._index.vectors("shared")[:_CALIBRATED_ON]
            together = np.concatenate([np.asarray(past, np.float32), embedded.shared])
            sights = see_texts(together, self._index.arrays("prompts")["vectors"])
        else:
            return [{} for _ in range(count)]
        vocabulary = load_vocabulary()
        return [
            {
                vocabulary[sight.concept].feature: float(sight.flags[row - count])
                for sight in sights
                if sight.flags is not None
            }
            for row in range(count)
        ]

    def _measuring(self) -> FeatureExtractor:
        if self._extractor is None:
            from index.features.extract import FeatureExtractor

            self._extractor = FeatureExtractor()
        return self._extractor

    def _scorer(self, idea: Idea) -> Scorer | str:
        if idea.key not in self._scorers:
            self._scorers[idea.key] = self._fit(idea)
        return self._scorers[idea.key]

    def _fit(self, idea: Idea) -> Scorer | str:
        from assistant.answers.audience import Audience, AudienceShare
        from assistant.answers.score import fit_scorer

        shares = tuple(
            AudienceShare(cluster, cluster, weight, "concept")
            for cluster, weight in idea.clusters.items()
        )
        try:
            return fit_scorer(
                self._index, Audience(shares) if shares else None, self._platforms, seed=self._seed
            )
        except InputError as error:
            return f"insufficient data: {error.problem}"

    def _survival(self, features: Mapping[str, Value]) -> tuple[Survival, ...]:
        text = features.get("layout")
        if not isinstance(text, str):
            return ()
        layout = Layout.from_text(text)
        return tuple(survive(layout, canvas) for canvas in self._canvases.values())


def _warnings(features: Mapping[str, Value]) -> tuple[str, ...]:
    from index.features.registry import features as registered

    flags = [one.name for one in registered() if one.group == "maturity" and one.kind == "flag"]
    return tuple(name for name in flags if features.get(name) == 1.0)
