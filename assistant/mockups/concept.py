"""What mockups are drawn of: one concept for each member cluster that leads the audience."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from assistant.answer import Answer, Exemplar
    from assistant.shared_features import SharedFeature
    from index.canvases import Canvas
    from index.encoders.protocol import Encoder
    from index.store import Index

LEADING = 0.15
"""Share of the viewing from which a cluster gets a concept of its own."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Concept:
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


def whole_audience(answer: Answer) -> Concept:
    """The concept for everybody the title will have."""
    shares = answer.audience.shares
    return Concept(
        key="all",
        name=shares[0].name if len(shares) == 1 else "whole audience",
        clusters={share.cluster: share.weight for share in shares},
        features=answer.shared,
        exemplars=answer.exemplars,
    )


def plan_concepts(
    answer: Answer,
    path: Path,
    index: Index,
    encoder: Encoder,
    canvases: Mapping[str, Canvas] | None = None,
) -> tuple[Concept, ...]:
    """One concept for each cluster that leads the audience, from its own evidence.

    Where fewer than two clusters lead, there is one concept for the whole audience.

    Args:
        answer: the brief's answer.
        path: where the brief was read, for errors.
        index, encoder, canvases: those that answered it.
    """
    from assistant.answer import answer_brief

    leading = [share for share in answer.audience.shares if share.weight >= LEADING][:MOST]
    if len(leading) < 2:
        return (whole_audience(answer),)
    concepts = []
    for share in leading:
        brief = answer.brief.model_copy(update={"audience": {share.cluster: 1.0}})
        wanted = max(3, len(answer.exemplars))
        own = answer_brief(brief, path, index, encoder, k=wanted, canvases=canvases)
        concepts.append(
            Concept(share.cluster, share.name, {share.cluster: 1.0}, own.shared, own.exemplars)
        )
    return tuple(concepts)
