"""What a mockup really has, by the features of the index, held against what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.mockups.likeness import Nearest, Neighbours
from assistant.wording import phrase
from index.errors import InputError
from index.features.canvases import Survival, load_canvases, survive
from index.features.canvases.survival import SURVIVES
from index.features.layout import Layout
from index.io.images import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

    from assistant.answers.score import Scorer
    from assistant.answers.scores import Score
    from assistant.mockups.aims import Aim
    from assistant.mockups.concept import Concept
    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas
    from index.features.extract import FeatureExtractor
    from index.features.feature import Value
    from index.store import Index

_SIDE = 640
"""Longer side at which pictures of an index are measured."""
_NEAR = 0.1
"""How near a place must come to what was asked, as a share of the picture."""
_PLACES = frozenset({"face_x", "face_y", "visual_centre_x", "visual_centre_y"})
_EVIDENT = 0.5
"""A flag that is 1 counts as had."""


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a picture has what was asked.

    Attributes:
        aim: what was asked.
        measured: value of the aim's feature.
        met: None where it could not be measured.
        sentence: for people.
    """

    aim: Aim
    measured: Value
    met: bool | None
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        return {
            "feature": self.aim.feature,
            "level": self.aim.level,
            "more": self.aim.more,
            "source": self.aim.source,
            "grade": self.aim.grade,
            "measured": _rounded(self.measured),
            "met": self.met,
            "sentence": self.sentence,
        }


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
    """

    features: Mapping[str, Value]
    checks: tuple[Check, ...]
    score: Score | None
    trusted: bool
    why_no_score: str
    nearest: Nearest
    maturity: tuple[str, ...]
    survival: tuple[Survival, ...]

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
            "met": sum(check.met is True for check in self.checks),
            "missed": len(self.misses),
            "not_measured": sum(check.met is None for check in self.checks),
            "predicted_lift": lift,
            "why_no_prediction": self.why_no_score or None,
            "nearest": self.nearest.to_json(),
            "maturity": list(self.maturity),
            "canvases": [one.to_json() for one in self.survival],
            "features": {
                name: _rounded(value)
                for name, value in self.features.items()
                if name not in {"layout", "palette"}
            },
        }


class Critic:
    """Measures mockups of one index; models and scorers are made once, on first use.

    Args:
        index: an opened index.
        encoder: the one that made it.
        platforms: that lifts are predicted for.
        canvases: on which survival is judged; the built-in ones by default.
        seed: of the scorers.
    """

    def __init__(
        self,
        index: Index,
        encoder: Encoder,
        platforms: Sequence[str] = (),
        *,
        canvases: Mapping[str, Canvas] | None = None,
        seed: int = 7,
    ) -> None:
        self._index, self._encoder, self._platforms, self._seed = index, encoder, platforms, seed
        self._canvases = load_canvases() if canvases is None else canvases
        self._scorers: dict[str, Scorer | str] = {}
        self._neighbours: Neighbours | None = None
        self._extractor: FeatureExtractor | None = None

    def judge(
        self, pictures: Sequence[Image], aims: tuple[Aim, ...], concept: Concept
    ) -> tuple[Critique, ...]:
        """Measure pictures of one concept, in the order given."""
        if not pictures:
            return ()
        decoded = [_decoded(picture) for picture in pictures]
        measured = self._measuring().extract(decoded)
        embedded = self._encoder.embed_images([one.pixels for one in decoded])
        vectors = embedded.image if self._index.has_vectors("image") else embedded.shared
        assert vectors is not None
        scorer = self._scorer(concept)
        scores: Sequence[Score | None] = [None] * len(decoded)
        if not isinstance(scorer, str):
            scores = scorer.score(measured, vectors)
        if self._neighbours is None:
            self._neighbours = Neighbours(self._index, seed=self._seed)
        nearest = self._neighbours.nearest(vectors)
        return tuple(
            Critique(
                features=measured[row],
                checks=tuple(check_aim(aim, measured[row]) for aim in aims),
                score=scores[row],
                trusted=not isinstance(scorer, str) and scorer.better_than_chance,
                why_no_score=scorer if isinstance(scorer, str) else "",
                nearest=nearest[row],
                maturity=_warnings(measured[row]),
                survival=self._survival(measured[row]),
            )
            for row in range(len(decoded))
        )

    def _measuring(self) -> FeatureExtractor:
        if self._extractor is None:
            from index.features.extract import FeatureExtractor

            self._extractor = FeatureExtractor()
        return self._extractor

    def _scorer(self, concept: Concept) -> Scorer | str:
        if concept.key not in self._scorers:
            self._scorers[concept.key] = self._fit(concept)
        return self._scorers[concept.key]

    def _fit(self, concept: Concept) -> Scorer | str:
        from assistant.answers.audience import Audience, AudienceShare
        from assistant.answers.score import fit_scorer

        shares = tuple(
            AudienceShare(cluster, cluster, weight, "concept")
            for cluster, weight in concept.clusters.items()
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


def check_aim(aim: Aim, features: Mapping[str, Value]) -> Check:
    """Hold one aim against what was measured.

    A level is had when it is the one measured. A number is had when it lies nearer to what worked
    than to the same titles' other artworks, or beyond it; a place when it is within a tenth of the
    picture.
    """
    value = features.get(aim.feature)
    what = phrase(aim.feature, aim.level)
    asked = what if aim.more else f"not {what}" if aim.level else f"less {what}"
    if value is None:
        return Check(aim, None, None, f"{asked}: cannot be measured in this picture")
    met = _is_met(aim, value)
    found = value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
    if aim.level is not None and isinstance(value, str):
        found = f"{phrase(aim.feature)}: {value}"
    return Check(aim, value, met, f"asked: {asked}; {'has' if met else 'misses'} it ({found})")


def _is_met(aim: Aim, value: float | str) -> bool:
    if aim.level is not None:
        return (value == aim.level) == aim.more
    assert not isinstance(value, str)
    if aim.kind == "flag" or aim.value is None:
        return (value > _EVIDENT) == aim.more
    if aim.feature in _PLACES:
        return abs(value - aim.value) <= _NEAR
    middle = (aim.value + (aim.value if aim.baseline is None else aim.baseline)) / 2
    return value >= middle if aim.more else value <= middle


def _warnings(features: Mapping[str, Value]) -> tuple[str, ...]:
    from index.features.registry import features as registered

    flags = [one.name for one in registered() if one.group == "maturity" and one.kind == "flag"]
    return tuple(name for name in flags if features.get(name) == 1.0)


def _decoded(picture: Image) -> Picture:
    small = picture.copy()
    small.thumbnail((_SIDE, _SIDE))
    return Picture(np.ascontiguousarray(np.asarray(small.convert("RGB"))), *picture.size)


def _rounded(value: Value) -> Value:
    return round(value, 4) if isinstance(value, float) else value


def survives_on(critique: Critique) -> tuple[str, ...]:
    """Canvases on which nothing is lost."""
    return tuple(one.canvas for one in critique.survival if one.verdict == SURVIVES)
