"""What mockups are drawn of: the concepts of the board's suite plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assistant.answers.answer import Answer, Exemplar
    from assistant.insights.shared_features import SharedFeature
    from index.encoders.protocol import Encoder
    from index.features.canvases import Canvas
    from index.store import Index

MOST = 3


@dataclass(frozen=True, slots=True)
class Idea:
    """One picture idea: for whom, and the evidence it stands on.

    Attributes:
        key: short name for files: the cluster, or "all".
        name: for people.
        clusters: share of the audience by member cluster, summing to 1; empty where unknown.
        features: what worked with these members, best graded first.
        exemplars: past artwork that did well with them.
    """

    key: str
    name: str
    clusters: dict[str, float]
    features: tuple[SharedFeature, ...]
    exemplars: tuple[Exemplar, ...]


def whole_audience(answer: Answer) -> Idea:
    """The concept for everybody the title will have."""
    shares = answer.audience.shares
    return Idea(
        key="all",
        name=shares[0].name if len(shares) == 1 else "whole audience",
        clusters={share.cluster: share.weight for share in shares},
        features=answer.shared,
        exemplars=answer.exemplars,
    )


def plan_ideas(
    answer: Answer,
    path: Path,
    index: Index,
    encoder: Encoder,
    canvases: Mapping[str, Canvas] | None = None,
) -> tuple[Idea, ...]:
    """One concept for each that the board's suite plan serves new clusters with.

    Each is for the clusters that it serves and none before it does, and takes their own evidence
    and the plan's past artwork first. Where the plan has fewer than two such concepts, there is
    one for the whole audience.

    Args:
        answer: the brief's answer.
        path: where the brief was read, for errors.
        index, encoder, canvases: those that answered it.
    """
    from assistant.answers.answer import answer_brief
    from assistant.answers.suite import suite_of

    suite = suite_of(answer, path, index, encoder, MOST, canvases)
    adding = [] if suite is None else [one for one in suite.concepts if one.reaches]
    if len(adding) < 2:
        return (whole_audience(answer),)
    by_name = {share.name: share for share in answer.audience.shares}
    ideas = []
    for one in adding:
        shares = [by_name[name] for name in one.reaches]
        total = sum(share.weight for share in shares)
        clusters = {share.cluster: share.weight / total for share in shares}
        brief = answer.brief.model_copy(update={"audience": clusters})
        own = answer_brief(
            brief,
            path,
            index,
            encoder,
            k=max(3, len(answer.exemplars)),
            picks=(one.piece.artwork_id,),
            canvases=canvases,
        )
        name = " and ".join(share.name for share in shares)
        ideas.append(Idea(shares[0].cluster, name, clusters, own.shared, own.exemplars))
    return tuple(ideas)
