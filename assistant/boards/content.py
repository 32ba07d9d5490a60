"""What a board shows, as records that every format is drawn from."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.experiments.plans import TestPlan


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 90% interval."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Piece:
    """An artwork on a board.

    Attributes:
        path: relative to the catalogue.
        change: plays an impression against the title's other artworks, relative (0.25: a quarter
            more); None where no performance is known.
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


@dataclass(frozen=True, slots=True)
class Pair:
    """An exemplar beside its counter-example.

    Attributes:
        parts: why it was retrieved: name, value on 0…1 and figure of relevance, performance,
            affinity.
        marks: where it contradicts the brief, as sentences with their figures.
    """

    worked: Piece
    failed: Piece | None
    relation: str
    score: float
    why: str
    parts: tuple[tuple[str, float, str], ...]
    marks: tuple[str, ...]
    picked: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim, its figures and how sure it is.

    Attributes:
        figure: the interval in words; `interval` is drawn on a line that ends at ±`scale`.
        marks: that it is overused or fading, with figures.
    """

    sentence: str
    figure: str
    interval: Interval
    scale: float
    artworks: int
    titles: int
    grade: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The answer for one member cluster or one platform.

    Attributes:
        kind: "cluster" or "platform".
        weight: share of the audience, None for a platform.
    """

    kind: str
    key: str
    name: str
    weight: float | None
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """A kind of picture, how it does with the audience's clusters, and where it is going."""

    name: str
    description: str
    stability: float
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]
    drift: str


@dataclass(frozen=True, slots=True)
class Served:
    """A cluster that a concept serves, does nothing for, or puts off."""

    cluster: str
    weight: float
    change: Interval
    verdict: str


@dataclass(frozen=True, slots=True)
class Concept:
    """One artwork of a suite: the past artwork it starts from, and whom it serves.

    Attributes:
        keep: what it has of what exemplars share.
        reaches: names of the clusters that it serves and no concept before it does.
        adds: their share of the audience.
    """

    piece: Piece
    keep: tuple[str, ...]
    serves: tuple[Served, ...]
    reaches: tuple[str, ...]
    adds: float


@dataclass(frozen=True, slots=True)
class Suite:
    """Concepts that together cover the audience.

    Attributes:
        covered: share of the audience for whom at least one concept did well.
        uncovered: name and share of clusters for whom none did.
    """

    concepts: tuple[Concept, ...]
    covered: float
    uncovered: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """An exemplar cropped for a canvas.

    Attributes:
        crop, safe: left, top, right, bottom in shares, of the picture and of the canvas.
        verdict: of the survival test, or "not measured".
    """

    canvas: str
    label: str
    size: tuple[int, int]
    piece: Piece
    crop: tuple[float, float, float, float]
    safe: tuple[float, float, float, float]
    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour of the exemplars and its share of their area and of the counter-examples'."""

    name: str
    hex: str
    share: float
    failed_share: float


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a board shows for one brief.

    Attributes:
        answer: the answer it was made from.
        shared: what exemplars share.
        failed, worst: features that went with worse artwork, and artwork that did badly.
        cautions: what must be known before any of this is used.
        tests: open questions, most worth answering first.
        sources: name and value of everything it was made from.
    """

    answer: Answer
    pairs: tuple[Pair, ...]
    shared: tuple[Finding, ...]
    sections: tuple[Section, ...]
    themes: tuple[ThemeCard, ...]
    conflicts: tuple[Finding, ...]
    cautions: tuple[str, ...]
    failed: tuple[Finding, ...]
    worst: tuple[Piece, ...]
    palette: tuple[Swatch, ...]
    previews: tuple[Preview, ...]
    suite: Suite | None
    tests: tuple[TestPlan, ...]
    sources: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """Of the brief."""
        return self.answer.brief.title

    def to_json(self) -> dict[str, Any]:
        """Plain values, as docs/json.md describes them."""
        parts = {
            name: getattr(self, name) for name in self.__slots__ if name not in {"answer", "tests"}
        }
        return {
            "answer": self.answer.to_json(),
            **{name: _plain(value) for name, value in parts.items()},
            "tests": [test.to_json() for test in self.tests],
        }


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return round(value, 5) if isinstance(value, float) else value
