"""What a board shows, as records that every format is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

if TYPE_CHECKING:
    from assistant.answers.advice import Direction
    from assistant.answers.answer import Answer
    from assistant.answers.examples import Example
    from assistant.answers.pieces import Piece
    from assistant.answers.suite import PlannedConcept, Suite
    from assistant.wording import Interval

Short = Annotated[str, Field(max_length=500)]
"""A few words that somebody wrote."""
Crop = tuple[float, float, float, float]
"""Left, top, right and bottom in shares of a picture."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A direction with the pairs that this board shows for it.

    Attributes:
        pair: the one on the first screen; None where every pair is shown elsewhere.
        more: others.
        marks: that it is widely used or fading, with figures.
    """

    direction: Direction
    pair: Example | None = None
    more: tuple[Example, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What an edited board names it by."""
        return f"{self.direction.lever}/{self.direction.pole}"

    @property
    def costs(self) -> tuple[tuple[str, float], ...]:
        """Clusters that surely lose by it, and by how much, the largest loss first."""
        parts = [one for one in self.direction.by_cluster if one.change.high < 0]
        losses = [(one.change.middle, one.name) for one in parts]
        return tuple((name, change) for change, name in sorted(losses))


@dataclass(frozen=True, slots=True)
class Preview:
    """What becomes of an exemplar on a canvas.

    Attributes:
        crop, safe: of the picture, and what of the picture no badge or rounding covers.
        verdict: of the survival test, or "not measured".
    """

    canvas: str
    crop: Crop
    safe: Crop
    verdict: str


@dataclass(frozen=True, slots=True)
class Pair:
    """An exemplar beside its counter-example.

    Attributes:
        changed: what differs from the counter-example to the exemplar.
        parts: why it was retrieved: name and figure of relevance and affinity.
        marks: what its picture promises that the brief does not say.
    """

    worked: Piece
    failed: Piece | None
    relation: str
    changed: str
    score: float
    parts: tuple[tuple[str, str], ...]
    marks: tuple[str, ...]
    picked: bool
    previews: tuple[Preview, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """A kind of picture and how it does with everyone and with the audience's clusters."""

    theme: str
    name: str
    artworks: int
    titles: int
    pieces: tuple[Piece, ...]
    effects: tuple[tuple[str, Interval, str], ...]
    drift: str


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour of the exemplars and its share of their area and of the counter-examples'."""

    name: str
    hex: str
    share: float
    failed_share: float


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that an experiment would answer.

    Attributes:
        who: is to see it; size: impressions, and days where they are known.
        past: what past artwork says, in plays.
        result: what the experiment found, "" until it is learned.
    """

    id: str
    question: str
    change: str
    who: str
    size: str
    past: Interval
    grade: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by whom and on which day (ISO 8601)."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    what: Annotated[str, Field(max_length=2_000)]
    by: Short
    on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


@dataclass(frozen=True, slots=True)
class Still:
    """A picture that somebody pinned to the board: its file and what they said of it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    file: Annotated[str, Field(pattern=r"^[0-9a-f]{16}\.webp$")]
    note: Short = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything a board shows for one brief.

    Attributes:
        answer: the answer it was made from.
        turns: directions, in order.
        avoid: sides that cost plays.
        mind: contradictions, what is to be left alone, what was wished and what cannot be told.
        pairs: exemplars; `bench`: further ones that could be shown.
        above: titles of exemplars that stand beside a direction instead.
        worst: artwork of titles of this kind that did badly.
        suite: concepts that serve the audience together; `pictured` are the artworks whose picture
            is shown for a concept, as nothing above shows it.
        tests: open questions, most worth answering first; the first is the board's.
        cautions: what must be known before any of this is used.
        sources: name and value of everything it was made from.
        sceptic: how often advice like this was right where it could be checked.
        notes, stills, decision: what people added.
    """

    answer: Answer
    turns: tuple[Turn, ...]
    avoid: tuple[Direction, ...]
    mind: tuple[str, ...]
    pairs: tuple[Pair, ...]
    themes: tuple[ThemeCard, ...]
    worst: tuple[Piece, ...]
    palette: tuple[Swatch, ...]
    suite: Suite | None
    tests: tuple[OpenQuestion, ...]
    cautions: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    sceptic: str
    bench: tuple[Pair, ...] = ()
    above: tuple[str, ...] = ()
    pictured: frozenset[str] = frozenset()
    notes: str = ""
    stills: tuple[Still, ...] = ()
    decision: Decision | None = None

    @property
    def title(self) -> str:
        """Of the brief."""
        return self.answer.brief.title

    @property
    def avoided(self) -> tuple[str, str] | None:
        """What costs most and by how much, where two directions leave room beside them for it."""
        if not self.avoid or len(self.turns) != 2:
            return None
        name, _, text = self.avoid[0].headline.partition(": ")
        return name, text

    @property
    def concepts(self) -> tuple[PlannedConcept, ...]:
        """Of the suite, where more than one is worth having."""
        found = () if self.suite is None else self.suite.concepts
        return found if len(found) > 1 else ()
