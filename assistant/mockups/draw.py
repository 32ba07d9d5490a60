"""From an answered brief to finished mockups on disk."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.mockups.aims import gather_aims
from assistant.mockups.composed import Guidance
from assistant.mockups.critique import Critic, Critique
from assistant.mockups.gauge import Gauge
from assistant.mockups.ideas import Idea, plan_ideas
from assistant.mockups.layout import LayoutPainter
from assistant.mockups.prompt import TAGS, build_prompt
from assistant.mockups.provenance import describe, write_mockup
from assistant.mockups.records import Guide, Job, Mockup, Painter, Painting
from assistant.mockups.rights import permitted_guides
from index.features.canvases import find_canvas, load_canvases
from index.query.levers import read_levers
from index.records import Progress, silent

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.answers.brief import Brief
    from assistant.answers.suite import Suite
    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas
    from index.store import Index

_CANDIDATE = 1_000
"""Between the seeds of two candidates for one mockup, so that no other mockup has them."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How mockups are drawn.

    Attributes:
        count: mockups; concepts take turns.
        seed: of the first one; the next ones count up.
        canvases: names; by default the brief's, else all there are.
        extra_canvases: a YAML file with more canvases.
        templates: a folder with the user's own prompt templates.
        negative: phrases to add to the negative prompt, parted by commas.
        mark: whether pictures say that they are inspiration.
        best_of: candidates painted for each mockup, of which critique keeps one.
        exemplars: whether the painter may look at an exemplar whose rights permit it.
        rights: values of `rights` that the user permits beyond the built-in ones.
    """

    count: int = 4
    seed: int = 7
    canvases: tuple[str, ...] = ()
    extra_canvases: Path | None = None
    templates: Path | None = None
    negative: str = ""
    mark: bool = True
    best_of: int = 1
    exemplars: bool = False
    rights: tuple[str, ...] = ()

    @classmethod
    def of(cls, brief: Brief, **chosen: Any) -> Wishes:
        """The brief's own, with what the user chose instead; None keeps the brief's."""
        given = {name: value for name, value in chosen.items() if value is not None}
        return cls(**{"count": brief.mockups.count, "seed": brief.mockups.seed, **given})


def draw_mockups(
    answer: Answer,
    suite: Suite | None,
    index: Index,
    encoder: Encoder,
    folder: Path,
    *,
    painter: Painter | None = None,
    wishes: Wishes | None = None,
    progress: Progress = silent,
) -> list[Mockup]:
    """Paint, measure and write mockups; each is on disk, whole, before the next is begun.

    Args:
        answer: of the brief.
        suite: planned from the answer.
        index, encoder: those that answered it.
        folder: where PNG and JSON go; made if need be.
        painter: the layout painter by default.
        wishes: how; the brief's own by default.
        progress: called for every step of every picture and for every finished mockup.

    Raises:
        InputError: an unknown canvas or a broken template; nothing is written then.
        PainterUnavailable: the painter's model cannot be had.
    """
    wishes = wishes or Wishes.of(answer.brief)
    painter = painter or LayoutPainter(mark=wishes.mark)
    shapes = _canvases(answer.brief, wishes, painter)
    known = load_canvases(wishes.extra_canvases)
    gauge, ideas = Gauge(read_levers(index)), plan_ideas(answer, suite)
    ready = [_prepare(answer.brief, idea, index, gauge, painter, wishes) for idea in ideas]
    critic = Critic(index, encoder, gauge, answer.brief.platforms, canvases=known, seed=wishes.seed)
    folder.mkdir(parents=True, exist_ok=True)
    drawn: list[Mockup] = []
    for place in range(wishes.count):
        mine = ready[place % len(ready)]
        job = mine.job(place + 1, wishes.seed + place, shapes[0], place)
        chosen, best_of = _choose(job, painter, critic, wishes.best_of, progress)
        for shape in shapes:
            one = replace(chosen[0], canvas=shape)
            found = chosen if shape is shapes[0] else _paint(one, painter, critic, progress)
            drawn.append(_write(found, mine, painter, index, folder, wishes, best_of))
        progress("mockups", place + 1, wishes.count)
    return drawn


def _free_name(folder: Path, name: str, title: str) -> Path:
    """Where a mockup goes: the title's own name where another brief's mockup has the plain one."""
    beside = folder / f"{name}.json"
    try:
        taken = json.loads(beside.read_text("utf-8")).get("title") not in (None, title)
    except (OSError, ValueError, AttributeError):
        taken = False
    if not taken:
        return folder / f"{name}.png"
    slug = re.sub(r"[\W_]+", "-", title.casefold()).strip("-")[:60]
    return folder / f"{slug or 'mockup'}-{name}.png"


_Found = tuple[Job, Painting, Critique]


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """A concept with everything that its mockups share."""

    first: Job
    guides: tuple[Guide, ...]
    guidance: tuple[Guidance, ...]
    withheld: tuple[Guide, ...]

    def job(self, number: int, seed: int, shape: Canvas, turn: int) -> Job:
        return replace(
            self.first,
            number=number,
            seed=seed,
            canvas=shape,
            turn=turn,
            guide=self.guides[turn % len(self.guides)] if self.guides else None,
            guidance=self.guidance[turn % len(self.guidance)] if self.guidance else None,
        )


def _prepare(
    brief: Brief, idea: Idea, index: Index, gauge: Gauge, painter: Painter, wishes: Wishes
) -> _Ready:
    aims = gather_aims(brief, idea, gauge.levers)
    prompt, tags = (
        build_prompt(
            brief,
            aims,
            kind=kind,
            templates=wishes.templates,
            limit=limit,
            extra_negative=wishes.negative,
        )
        for kind, limit in ((painter.kind, painter.token_limit), (TAGS, None))
    )
    allowed: tuple[Guide, ...] = ()
    withheld: tuple[Guide, ...] = ()
    if wishes.exemplars:
        allowed, withheld = permitted_guides(idea.past, index, wishes.rights)
    shape = next(iter(load_canvases().values()))
    first = Job(1, brief, idea, aims, prompt, tags, shape, wishes.seed, gauge=gauge)
    return _Ready(first, allowed, past_layouts(idea, index), withheld)


def past_layouts(idea: Idea, index: Index) -> tuple[Guidance, ...]:
    """Where face and title stand on the past artwork of a concept, best first."""
    names = ["artwork_id", "face_x", "face_y", "title_position"]
    if not set(names) <= set(index.column_names("features")):
        return ()
    wanted = idea.past
    rows = index.table("features", names).to_pylist()
    by_id = {row["artwork_id"]: row for row in rows if row["artwork_id"] in set(wanted)}
    return tuple(
        Guidance(name, _known(row["face_x"]), _known(row["face_y"]), row["title_position"] or "")
        for name in wanted
        if (row := by_id.get(name)) is not None
    )


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _canvases(brief: Brief, wishes: Wishes, painter: Painter) -> list[Canvas]:
    known = load_canvases(wishes.extra_canvases)
    names: Iterable[str] = wishes.canvases or brief.canvases or known
    shapes = [find_canvas(name, known) for name in names]
    return shapes if painter.every_canvas else shapes[:1]


def _paint(job: Job, painter: Painter, critic: Critic, progress: Progress) -> _Found:
    painting = painter.paint(job, progress)
    return job, painting, critic.judge([painting], job.aims, job.idea)[0]


def _choose(
    job: Job, painter: Painter, critic: Critic, candidates: int, progress: Progress
) -> tuple[_Found, Mapping[str, Any] | None]:
    """The best of some candidates by critique; the earlier of equals."""
    found = [
        _paint(replace(job, seed=job.seed + _CANDIDATE * turn), painter, critic, progress)
        for turn in range(candidates)
    ]
    if candidates == 1:
        return found[0], None
    best = max(found, key=lambda one: one[2].merit)
    return best, {
        "candidates": candidates,
        "seeds": [one[0].seed for one in found],
        "chosen_by": "no copy, no maturity flag, then lower bound of the predicted lift where "
        "held-out titles trust it, then share of what was asked",
    }


def _write(
    found: _Found,
    ready: _Ready,
    painter: Painter,
    index: Index,
    folder: Path,
    wishes: Wishes,
    best_of: Mapping[str, Any] | None,
) -> Mockup:
    from assistant.mockups.rights import rights_of

    job, painting, critique = found
    document = describe(
        job,
        painting,
        critique,
        painter,
        index,
        rights_of(index, job.idea.past),
        mark=wishes.mark,
        best_of=best_of,
        withheld=ready.withheld,
    )
    target = _free_name(folder, job.name, job.brief.title)
    replaced = target.exists()
    write_mockup(target, painting.picture, document)
    return Mockup(
        target, job.number, job.seed, job.idea, job.canvas, job.prompt, critique, document, replaced
    )
