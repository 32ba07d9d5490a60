"""Turning light, contrast, colour strength and temperature of a picture by measured steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from assistant.mockups.grading import ENDS, TONES, Knobs, Negative

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

    from assistant.mockups.gauge import Sitting

TURNED = ("light", "contrast", "colour_strength", "temperature")
"""Levers of the index that a regrade turns."""
_NUDGES = np.array([0.06, 0.06, 0.06, 0.012, 0.06, 0.06, 0.06, 0.12, 0.06, 0.06, 0.03])
"""Steps of the knobs at which slopes are taken: wide enough for eight bits to show them."""
_CHEAP = 0.01
"""Weight of leaving a knob alone, where two ways lead to the same measures."""
_FIRM, _HELD, _FREE = 6.4, 4.0, 0.1
"""Weights of levers that are asked for, of those that are held, and of those that come with what
is asked for."""
_SLACK = 0.15
"""Steps by which a held lever may move at no cost."""
_VARIANT, _COMP = (0.06, 240), (0.6, 120)
"""The cost at which a search ends, and its tries: of a picture's variant, and of light and colour
alone, where a tenth of a step is not seen."""
_SHARES = np.arange(0.2, 1.7, 0.2)
"""Of the way to what least squares found: where a flag jumps, the best place may lie before it."""


def regrade(
    picture: Image.Image,
    sitting: Sitting,
    goals: Callable[[Mapping[str, float]], Mapping[str, float]],
    package: Collection[str] = (),
    *,
    tones_only: bool = False,
) -> Image.Image:
    """Bring levers of a picture where they should be, and leave the others where they are.

    The knobs of a grade are fitted on a small copy, by least squares and then, as some features
    are flags, by the simplex of Nelder & Mead 1965, and applied at full size. Where the small copy
    measures otherwise than the picture does, they are fitted once more with that allowed for.

    Args:
        picture: RGB.
        sitting: of the picture, at the index whose levers are meant.
        goals: from where every lever stands to where some should, in steps.
        package: levers that may come along.
        tones_only: turn light and colour alone, no detail and no letters.
    """
    stands = sitting.steps(sitting.whole)
    wanted = goals(stands)
    if not wanted:
        return picture
    moves = {name: 0.0 for name, value in stands.items() if not np.isnan(value)}
    moves |= {name: goal - stands[name] for name, goal in wanted.items()}
    enough, tries = _COMP if tones_only else _VARIANT
    fit = _Fit(sitting, wanted, package, enough, tries)
    knobs = fit.search(moves, np.zeros(TONES if tones_only else len(ENDS)))
    if sitting.whole is not sitting.small:
        whole = Negative.of(sitting.whole, sitting.found)
        first = fit.moved(knobs, whole, stands)
        if fit.cost(first, moves, knobs) < enough:
            return _finished(picture, sitting, knobs)
        shift = {name: first[name] - fit.moved(knobs)[name] for name in moves}
        again = fit.search({name: move - shift[name] for name, move in moves.items()}, knobs)
        knobs = min(
            knobs, again, key=lambda one: fit.cost(fit.moved(one, whole, stands), moves, one)
        )
    return _finished(picture, sitting, knobs)


def _finished(picture: Image.Image, sitting: Sitting, knobs: Knobs) -> Image.Image:
    pixels = np.asarray(picture.convert("RGB"))
    return Image.fromarray(Negative.of(pixels, sitting.found).graded(knobs))


class _Fit:
    """Searches the knobs that move levers of a small copy as they should.

    Args:
        sitting: of the picture.
        wanted: levers that are asked for.
        package: levers that may come along.
        enough, tries: cost, or gradings, at which a search ends.
    """

    def __init__(
        self,
        sitting: Sitting,
        wanted: Collection[str],
        package: Collection[str],
        enough: float,
        tries: int,
    ) -> None:
        self._enough, self._tries = enough, tries
        self._sitting, self._wanted, self._package = sitting, wanted, package
        self._small = Negative.of(sitting.small, sitting.found)
        self._before = sitting.steps(sitting.small)

    def moved(
        self,
        knobs: Knobs,
        negative: Negative | None = None,
        before: Mapping[str, float] | None = None,
    ) -> dict[str, float]:
        """How far every lever of the small copy, or of another, moves."""
        negative, before = negative or self._small, before or self._before
        found = self._sitting.steps(negative.graded(_within(knobs)))
        return {name: found[name] - value for name, value in before.items()}

    def cost(self, moved: Mapping[str, float], moves: Mapping[str, float], knobs: Knobs) -> float:
        """Of levers that moved otherwise than they should."""
        return float((self._misses(moved, moves, knobs) ** 2).sum())

    def _misses(
        self, moved: Mapping[str, float], moves: Mapping[str, float], knobs: Knobs
    ) -> Knobs:
        away = np.nan_to_num([moved[name] - move for name, move in moves.items()])
        weight = [
            _FIRM if name in self._wanted else _FREE if name in self._package else _HELD
            for name in moves
        ]
        slack = np.where([name in self._wanted for name in moves], 0.0, _SLACK)
        kept = np.sign(away) * np.maximum(np.abs(away) - slack, 0)
        return np.concatenate([weight * kept, _CHEAP * knobs / ENDS[: len(knobs)]])

    def search(self, moves: Mapping[str, float], start: Knobs) -> Knobs:
        """Knobs by which every lever moves so far, as nearly as they can be found."""
        from scipy.optimize import least_squares, minimize

        ends, nudges = ENDS[: len(start)], _NUDGES[: len(start)]

        def misses(knobs: Knobs) -> Knobs:
            return self._misses(self.moved(knobs), moves, knobs)

        def slopes(knobs: Knobs) -> Knobs:
            here = misses(knobs)
            moved = [misses(knobs + nudge) - here for nudge in np.diag(nudges)]
            found: Knobs = np.column_stack(moved) / nudges
            return found

        def cost(knobs: Knobs) -> float:
            return float((misses(knobs) ** 2).sum())

        def enough(intermediate_result: OptimizeResult) -> None:
            if intermediate_result.fun < self._enough:
                raise StopIteration

        fitted = least_squares(
            misses, start, slopes, bounds=(-ends, ends), x_scale=10 * nudges,
            max_nfev=10, xtol=1e-3, ftol=1e-3,
        )  # fmt: skip
        if 2 * fitted.cost < self._enough:
            return np.asarray(fitted.x, np.float64)
        way = fitted.x - start
        near = min((start + share * way for share in _SHARES), key=cost)
        if cost(near) < self._enough:
            return _within(near)
        found = minimize(
            cost, near, method="Nelder-Mead", callback=enough,
            options={"initial_simplex": np.vstack([near, near + np.diag(4 * nudges)]),
                     "maxfev": self._tries, "xatol": 1e-3, "fatol": 1e-3},
        )  # fmt: skip
        return _within(found.x)


def _within(knobs: Knobs) -> Knobs:
    ends = ENDS[: len(knobs)]
    held: Knobs = np.clip(knobs, -ends, ends)
    return held
