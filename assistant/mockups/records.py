"""What is asked of a painter, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.mockups.marks import PAINTED

if TYPE_CHECKING:
    from PIL.Image import Image

    from assistant.answers.brief import Brief
    from assistant.mockups.aims import Aim
    from assistant.mockups.composed import Guidance
    from assistant.mockups.critique import Critique
    from assistant.mockups.gauge import Gauge
    from assistant.mockups.ideas import Idea
    from assistant.mockups.prompt import Prompt
    from index.features.canvases import Canvas
    from index.features.feature import Value
    from index.records import Progress


@dataclass(frozen=True, slots=True)
class Guide:
    """A past artwork that a painter may look at.

    Attributes:
        rights: as the catalogue writes them.
    """

    artwork_id: str
    path: Path
    rights: str


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One picture to paint.

    Attributes:
        number: of the mockup, from 1; a mockup may be painted on several canvases.
        prompt: of the painter's kind; `tags` is the same content for encoders of the CLIP kind.
        seed: of this mockup.
        turn: which of the compositions of its concept this mockup has.
        guide: a permitted exemplar for image-to-image or IP-Adapter, if any.
        guidance: what past artwork says of the layout, if anything.
        gauge: measures levers, for painters that grade what they made.
    """

    number: int
    brief: Brief
    idea: Idea
    aims: tuple[Aim, ...]
    prompt: Prompt
    tags: Prompt
    canvas: Canvas
    seed: int
    turn: int = 0
    guide: Guide | None = None
    guidance: Guidance | None = None
    gauge: Gauge | None = None

    @property
    def name(self) -> str:
        """File name without ending."""
        return f"{self.number:02d}-{self.idea.key}-{self.canvas.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """A painted picture.

    Attributes:
        picture: RGB, as it is kept.
        clean: the same without marks: what is measured.
        settings: everything that, with the seed, decides the pixels.
        notes: what a person should know of it.
        source: its IPTC digital source type.
        facts: features that are known by construction, where no detector could tell them.
        not_shown: levers that such a picture does not show.
    """

    picture: Image
    clean: Image
    settings: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    source: str = PAINTED
    facts: Mapping[str, Value] = field(default_factory=dict)
    not_shown: frozenset[str] = frozenset()


class Painter(Protocol):
    """Turns jobs into pictures; the same job gives the same pixels on the same machine."""

    @property
    def name(self) -> str:
        """As the option names it."""

    @property
    def model(self) -> Mapping[str, str]:
        """What paints: at least `id` and `hash`."""

    @property
    def kind(self) -> str:
        """The kind of prompt that it reads: tags or sentences."""

    @property
    def token_limit(self) -> int:
        """Most tokens of a prompt, the opening and closing ones included."""

    @property
    def every_canvas(self) -> bool:
        """Whether a mockup is painted on every canvas, or only on the first."""

    def paint(self, job: Job, progress: Progress) -> Painting:
        """Paint one job.

        Raises:
            PainterUnavailable: what is needed cannot be had.
        """


@dataclass(frozen=True, slots=True, eq=False)
class Mockup:
    """A finished mockup on disk.

    Attributes:
        path: the PNG; its JSON lies beside it with the same name.
        number, seed, idea, canvas: of its job.
        prompt: what was, or would be, asked of an image model.
        critique: what it was measured to have.
        provenance: the JSON beside it.
        replaced: whether a picture of this name was there before.
    """

    path: Path
    number: int
    seed: int
    idea: Idea
    canvas: Canvas
    prompt: Prompt
    critique: Critique
    provenance: Mapping[str, Any] = field(repr=False)
    replaced: bool = False

    def to_json(self) -> dict[str, Any]:
        """As `mockup --json` documents it."""
        return {"file": str(self.path), **self.provenance}
