"""Whether new pictures are of the kind that a brief asks for, learned from the index's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.answers.match import Match, read_artworks
from assistant.answers.nearness import STRANGERS
from index.query.evidence import Catalogue
from index.records import FloatMatrix
from index.store import Index

NEIGHBOURS = 15
"""Pictures of other titles most like one, of which it is counted how many are of the kind."""
LEARNED_FROM = 3_000
FEWEST = 20
"""Pictures of the kind, and of others, below which nothing is learned and everything fits."""

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """How probable it is that a picture is of the brief's kind, half of all being so.

    Attributes:
        probability: that it is.
        line: probability from which on it fits.
    """

    probability: float
    line: float = 0.5

    @property
    def fits(self) -> bool:
        """Whether hardly any picture of another kind is as probable."""
        return self.probability >= self.line

    @property
    def word(self) -> str:
        """Yes, no, or unsure where it is more probable than not and below the line."""
        return "yes" if self.fits else "unsure" if self.probability >= 0.5 else "no"


def rank_by_fit(fits: Sequence[Fit], lifts: Sequence[float]) -> list[int]:
    """Places of pictures, best first: by lift what fits, then the rest by how nearly it fits."""
    return sorted(
        range(len(fits)),
        key=lambda at: (not fits[at].fits, -(lifts[at] if fits[at].fits else fits[at].probability)),
    )


def measure_fit(
    match: Match, index: Index, shared: FloatMatrix, vectors: FloatMatrix
) -> tuple[Fit, ...]:
    """How well pictures fit a brief.

    A logistic regression on two things: how the brief's text fits the picture, and how many of the
    pictures most like it are of titles of the brief's kind; learned on pictures of the index. The
    line of what fits leaves 95% of the index's pictures of other kinds below it.

    Args:
        shared: `(m, d)` vectors of the pictures in the space of texts.
        vectors: `(m, d)` vectors that compare picture with picture.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kind = match.relevance.fits
    if min(int(kind.sum()), int((~kind).sum())) < FEWEST:
        return tuple(Fit(1.0) for _ in shared)
    catalogue, known = Catalogue(index), index.picture_vectors
    rows = np.arange(len(kind))
    if len(rows) > LEARNED_FROM:
        rows = np.sort(np.random.default_rng(7).choice(rows, LEARNED_FROM, replace=False))
    titles = read_artworks(index).title_rows[rows]
    text = match.text[0]
    own = catalogue.fit(catalogue.pictures, text, rows, "picture").astype(np.float64)
    near = np.asarray(known[rows])
    likeness = near @ near.T
    likeness[titles[:, None] == titles[None, :]] = -np.inf
    mean, spread = (index.column(f"picture_{part}") for part in ("mean", "spread"))
    asked = (shared @ text - float(text @ mean)) / float(spread[0])
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    evidence = np.column_stack([own, _of_kind(likeness, kind[rows])])
    model.fit(evidence, kind[rows])
    others = model.predict_proba(evidence[~kind[rows]])[:, 1]
    line = max(0.5, float(np.quantile(others, STRANGERS)))
    chance = model.predict_proba(
        np.column_stack([asked, _of_kind(np.asarray(vectors @ near.T), kind[rows])])
    )[:, 1]
    return tuple(Fit(float(one), line) for one in chance)


def _of_kind(likeness: npt.NDArray[np.float32], kind: npt.NDArray[np.bool_]) -> _Floats:
    """Share of the pictures most like each that are of the kind."""
    count = min(NEIGHBOURS, likeness.shape[1])
    nearest = np.argpartition(likeness, -count, axis=1)[:, -count:]
    share: _Floats = kind[nearest].mean(axis=1)
    return share
