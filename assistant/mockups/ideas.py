"""What mockups are drawn of: the concepts of the board's suite, each with its own directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answers.advice import CLAIMED

if TYPE_CHECKING:
    from collections.abc import Collection

    from assistant.answers.advice import Direction
    from assistant.answers.answer import Answer
    from assistant.answers.suite import Suite


@dataclass(frozen=True, slots=True)
class Idea:
    """One picture idea: for whom, and the evidence it stands on.

    Attributes:
        key: short name for files: the cluster, or "all".
        name: for people.
        clusters: share of the audience by member cluster, summing to 1; empty where unknown.
        directions, avoid: what to do and what not, with these members.
        past: ids of past artwork that did well with them, best first.
    """

    key: str
    name: str
    clusters: dict[str, float]
    directions: tuple[Direction, ...] = ()
    avoid: tuple[Direction, ...] = ()
    past: tuple[str, ...] = ()


def whole_audience(answer: Answer) -> Idea:
    """The concept for everybody the title will have."""
    shares = answer.audience.shares
    return Idea(
        key="all",
        name=shares[0].name if len(shares) == 1 else "whole audience",
        clusters={share.cluster: share.weight for share in shares},
        directions=answer.advice.directions,
        avoid=answer.advice.avoid,
        past=tuple(one.artwork_id for one in answer.exemplars),
    )


def plan_ideas(answer: Answer, suite: Suite | None) -> tuple[Idea, ...]:
    """One concept for each that the suite serves new clusters with.

    Each is for the clusters that it serves and none before it does, takes the answer's directions
    as far as they hold with these, and looks at the suite's past artwork first. Where the suite
    has fewer than two such concepts, there is one for the whole audience.
    """
    everybody = whole_audience(answer)
    adding = [] if suite is None else [one for one in suite.concepts if one.reaches]
    if len(adding) < 2:
        return (everybody,)
    by_name = {share.name: share for share in answer.audience.shares}
    ideas = []
    for one in adding:
        shares = [by_name[name] for name in one.reaches]
        total = sum(share.weight for share in shares)
        clusters = {share.cluster: share.weight / total for share in shares}
        start = one.piece.artwork_id
        towards, away = for_clusters(clusters, everybody)
        ideas.append(
            Idea(
                key=shares[0].cluster,
                name=" and ".join(share.name for share in shares),
                clusters=clusters,
                directions=towards,
                avoid=away,
                past=(start, *(other for other in everybody.past if other != start)),
            )
        )
    return tuple(ideas)


def for_clusters(
    clusters: Collection[str], everybody: Idea
) -> tuple[tuple[Direction, ...], tuple[Direction, ...]]:
    """Directions and what to avoid, turned round where the clusters surely differ."""
    towards: list[Direction] = []
    away: list[Direction] = []
    for found, usual, other in (
        (everybody.directions, towards, away),
        (everybody.avoid, away, towards),
    ):
        for one in found:
            sure = [part for part in one.by_cluster if part.key in clusters]
            gains = [part.grade in CLAIMED and part.low > 0 for part in sure]
            costs = [part.grade in CLAIMED and part.high < 0 for part in sure]
            against, with_it = (costs, gains) if usual is towards else (gains, costs)
            if sure and all(against):
                other.append(one)
            elif not any(against) or any(with_it):
                usual.append(one)
    return tuple(towards), tuple(away)
