"""Past artwork as it is shown: who it is of, how it did, what differs between two of one title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.answers.lift import AudienceLift
from assistant.answers.match import read_artworks
from assistant.insights.estimators.fixed_effects import Floats
from assistant.insights.index_cache import index_cache
from assistant.insights.levers import CLEAR
from assistant.wording import Interval, change_of, phrase
from index.query.levers import Levers, lever_values, read_levers
from index.store import Index

if TYPE_CHECKING:
    import pyarrow as pa

SAME_PICTURE = 0.9
"""Cosine of two pictures' vectors from which they are versions of one picture."""
SHOWN_ALIKE = frozenset({"cast", "gaze", "expression"})
"""Levers that a version of the same picture cannot turn: a difference is one of reading."""
CHANGES_SHOWN = 3
LEAST_TOLD = 3
"""Points of a share that a lever's strongest member moved, below which the lever alone is named."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An artwork with how it did.

    Attributes:
        path: relative to the catalogue.
        change: plays against the title's other artworks, relative (0.25: a quarter more); None
            where no performance is known.
        label: what its performance tag says, "" without performance.
        seen: impressions in the slice it is shown for.
    """

    artwork_id: str
    title: str
    path: str
    alt: str
    change: Interval | None
    label: str
    seen: int


def piece(index: Index, row: int, lift: AudienceLift | None, base: float | None) -> Piece:
    """The artwork at a row with how it did in a slice; `base` is the take fraction there."""
    artworks = read_artworks(index)
    title = artworks.title_names[artworks.title_rows[row]]
    did = None if lift is None else lift.performance(row)
    return piece_of(artworks.ids[row], title, artworks.paths[row], did, base)


def piece_of(
    artwork: str, title: str, path: str, did: dict[str, Any] | None, base: float | None
) -> Piece:
    """An artwork whose performance is known already."""
    label = "" if did is None else str(did["label"])
    worked = {"high": ", which did well", "low": ", which did badly"}.get(label, "")
    return Piece(
        artwork_id=artwork,
        title=title,
        path=path,
        alt=f"Artwork of {title}{worked}",
        change=None if did is None else change_of(did, "lift", base),
        label=label,
        seen=0 if did is None else int(did["impressions"]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What changes are told by: axes and levels of every artwork, and its vector.

    Attributes:
        axes: `(artworks,)` values in steps by lever.
        levels: by lever and feature, the values of each artwork and what they are called.
        measured: `(artworks,)` values of the axes' strongest members, with kind and unit.
    """

    levers: Levers
    axes: dict[str, Floats]
    levels: dict[tuple[str, str], tuple[pa.ChunkedArray, dict[str, str]]]
    measured: dict[str, tuple[Floats, str, str]]
    vectors: npt.NDArray[np.float32]


@index_cache
def read_traits(index: Index) -> Traits:
    """What changes between artworks of an index are told by."""
    from index.query.features import feature_column, feature_names, known_features

    levers, held = read_levers(index), set(feature_names(index))
    specs = {one.name: one for one in known_features()}
    levels: dict[tuple[str, str], tuple[pa.ChunkedArray, dict[str, str]]] = {}
    for lever in levers.all:
        for feature, sides in lever.levels.items():
            if feature in held and specs.get(feature) and specs[feature].kind == "category":
                names = {level: side.name or level for level, side in sides.items()}
                levels[lever.name, feature] = feature_column(index, feature), names
    measured: dict[str, tuple[Floats, str, str]] = {}
    for fit in levers.fitted:
        name = fit.members[0]
        if name in specs and name in held:
            column = feature_column(index, name).cast("float64").to_numpy(zero_copy_only=False)
            measured[fit.lever.name] = (column, specs[name].kind, specs[name].unit)
    vectors = np.asarray(index.picture_vectors)
    return Traits(levers, lever_values(index), levels, measured, vectors)


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed from one artwork of a title to another.

    Attributes:
        same_picture: whether they are versions of one picture.
        words: largest change first, as a designer reads it.
        levers: the levers that changed, in the same order.
    """

    same_picture: bool
    words: tuple[str, ...]
    levers: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """ "Same picture: darker (brightness -15 points), nothing else"."""
        return self.told(CHANGES_SHOWN)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentence, then with fewer and fewer changes, for where there is less room."""
        most = min(CHANGES_SHOWN, len(self.words))
        return tuple(self.told(count) for count in range(max(most, 1), 0, -1))

    def told(self, most: int) -> str:
        """The sentence with so many changes."""
        if not self.words:
            return (
                "Same picture, nothing measured changed" if self.same_picture else "Other picture"
            )
        start = "Same picture" if self.same_picture else "Another picture"
        shown = ", ".join(self.words[:most])
        more = len(self.words) - most
        if more > 0:
            return f"{start}: {shown} and {more} more"
        return f"{start}: {shown}{', nothing else' if self.same_picture else ''}"


def what_changed(index: Index, start: int, end: int, first: str = "") -> Changed:
    """What changed from the artwork at one row to that at another, lever by lever.

    An axis changed where it moved at least 0.6 steps. The lever `first` is named first.
    """
    traits = read_traits(index)
    found: list[tuple[float, str, str]] = []
    for name, values in traits.axes.items():
        moved = float(values[end] - values[start])
        if abs(moved) >= CLEAR:
            found.append((abs(moved), _axis_words(traits, name, start, end, moved), name))
    same = float(traits.vectors[start] @ traits.vectors[end]) >= SAME_PICTURE
    for (name, _), (values, called) in traits.levels.items():
        if same and name in SHOWN_ALIKE:
            continue
        before, after = (called.get(values[row].as_py() or "") for row in (start, end))
        if before and after and before != after:
            found.append((1.0, f"{after}, not {before}", name))
    found.sort(key=lambda one: (one[2] != first, -one[0]))
    levers = tuple(dict.fromkeys(lever for _, _, lever in found))
    return Changed(same, tuple(words for _, words, _ in found), levers)


def _axis_words(traits: Traits, lever: str, start: int, end: int, moved: float) -> str:
    """The pole, with its strongest member if that is a share: "darker (brightness -15 points)"."""
    fit = traits.levers.fit(lever)
    if fit is None:
        return lever
    low, high = (side.name or key for key, side in fit.lever.poles.items())
    pole = high if moved > 0 else low
    values, kind, _ = traits.measured.get(lever, (None, "", ""))
    if values is None or kind != "share":
        return pole
    change = float(values[end] - values[start])
    if not np.isfinite(change) or change * moved * float(fit.loadings[0]) <= 0:
        return pole
    rounded = round(100 * change)
    if abs(rounded) < LEAST_TOLD:
        return pole
    return f"{pole} ({phrase(fit.members[0])} {rounded:+d} points)"
