"""Which levers every artwork pulls: a balanced plan, on purpose tangled with popularity.

Within a title the levers are as independent as six artworks allow, so a comparison within titles
can tell them apart. Between titles two of them follow popularity, so a naive comparison cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.demo.artwork import Levers
from assistant.demo.truth import TitleSpec, Truth

PEOPLE = ("none", "long", "medium", "close-up", "pair", "group")
LEVERS = ("pair", "group", "close-up", "wide", "dark", "warm", "vivid", "huge")
VARIANTS = "abcdef"
_CANDIDATES = 80

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlannedArtwork:
    """A row of the plan; `family` is the variant whose picture it shows (its own, or a twin's)."""

    title: int
    variant: str
    levers: Levers
    family: str
    canvas: str


def lever_values(levers: Levers) -> dict[str, float]:
    """The levers as 0/1 (bright and cool and so on are 1 − their opposites)."""
    dark, warm = float(levers.tone == "dark"), float(levers.temperature == "warm")
    vivid, huge = float(levers.colour == "vivid"), float(levers.lettering == "huge")
    return {
        "pair": float(levers.people == "pair"),
        "group": float(levers.people == "group"),
        "close-up": float(levers.people == "close-up"),
        "wide": float(levers.people in {"none", "long"}),
        "dark": dark,
        "bright": 1 - dark,
        "warm": warm,
        "vivid": vivid,
        "huge": huge,
    }


def plan_artworks(
    titles: tuple[TitleSpec, ...], popularity: Matrix, truth: Truth, rng: np.random.Generator
) -> tuple[PlannedArtwork, ...]:
    """Six artworks a title, chosen greedily so that levers stay uncorrelated within titles."""
    gram = np.zeros((len(LEVERS), len(LEVERS)))
    planned: list[PlannedArtwork] = []
    for place in range(len(titles)):
        people, double = _choose_people(place, float(popularity[place]), truth, rng)
        huge = _how_many(3 + truth.tangled["huge"] * float(popularity[place]), rng)
        dark = 4 if titles[place].look in {"noir", "horror"} else 3
        best, best_cost = None, float("inf")
        for _ in range(_CANDIDATES):
            rows = _draw_levers(people, (dark, 3, 3, huge), rng)
            values = np.array([[lever_values(row)[name] for name in LEVERS] for row in rows])
            centred = values - values.mean(axis=0)
            total = gram + centred.T @ centred
            scale = np.sqrt(np.maximum(np.diag(total), 1e-9))
            shape = np.abs(total / np.outer(scale, scale))[:, 4:]
            cost = float((shape**2).sum())
            if cost < best_cost:
                best, best_cost, best_gram = rows, cost, total
        assert best is not None
        gram = best_gram
        for variant, levers in zip(VARIANTS, best, strict=True):
            twin = variant == VARIANTS[-1] and double is not None
            tile = twin and place % 2 == 0
            planned.append(
                PlannedArtwork(
                    place,
                    variant,
                    levers,
                    VARIANTS[double or 0] if twin else variant,
                    "tile" if tile else "vertical",
                )
            )
    return tuple(planned)


def _how_many(expected: float, rng: np.random.Generator) -> int:
    return int(np.clip(np.floor(expected + rng.random()), 1, 5))


def _choose_people(
    place: int, popularity: float, truth: Truth, rng: np.random.Generator
) -> tuple[list[str], int | None]:
    """People of the six artworks, and which of them the last one repeats, if any.

    Two titles of three have a twin: a wide crop or a regrade of another artwork.
    """
    people = list(PEOPLE)
    rng.shuffle(people)
    if place % 3 == 2:
        return people, None
    lean = truth.tangled["group"] * popularity
    dropped = int(rng.integers(6))
    if lean < -0.4:
        dropped = people.index("group")
    elif people[dropped] == "group" and lean > 0:
        dropped = (dropped + 1) % 6
    people = [*people[:dropped], *people[dropped + 1 :]]
    double = people.index("group") if lean > 0.4 else int(rng.integers(5))
    return [*people, people[double]], double


def _draw_levers(
    people: list[str], counts: tuple[int, ...], rng: np.random.Generator
) -> list[Levers]:
    dark, warm, vivid, huge = (rng.permutation(np.arange(6) < count).tolist() for count in counts)
    return [
        Levers(
            people[row],
            "dark" if dark[row] else "bright",
            "warm" if warm[row] else "cool",
            "vivid" if vivid[row] else "muted",
            "huge" if huge[row] else "small",
        )
        for row in range(6)
    ]
