"""How far the vectors of one encoder agree with those of another on the same pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

NEIGHBOURS = 10


def cosines(given: Vectors, exact: Vectors) -> Vectors:
    """Cosine of each row to the same row of `exact`."""
    lengths = np.linalg.norm(given, axis=1) * np.linalg.norm(exact, axis=1)
    found: Vectors = (given * exact).sum(axis=1) / lengths
    return found


def centred_cosines(given: Vectors, exact: Vectors) -> Vectors:
    """The same without what all pictures share: the mean of `exact` is taken from both."""
    mean = exact.mean(axis=0)
    return cosines(given - mean, exact - mean)


def shared_neighbours(given: Vectors, exact: Vectors) -> float:
    """Share of a picture's ten nearest other pictures that both sets of unit rows name."""
    found, wanted = _nearest(given), _nearest(exact)
    same = [len(np.intersect1d(one, other)) for one, other in zip(found, wanted, strict=True)]
    return float(np.mean(same)) / NEIGHBOURS


def _nearest(rows: Vectors) -> npt.NDArray[np.intp]:
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -np.inf)
    return np.argsort(-likeness, axis=1)[:, :NEIGHBOURS]
