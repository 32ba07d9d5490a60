"""What an index's insights say for one brief: by cluster and platform, by theme, and against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.answers.answer import Answer
from assistant.answers.exemplars import choose, score
from assistant.answers.match import Asked, read_artworks
from assistant.boards.content import Finding, Interval, Piece, Section, ThemeCard
from assistant.boards.desk import Desk, usual_take, without_twins
from assistant.boards.sentences import capital, change_of, contrast_in_words, in_words, points, say
from assistant.insights.json_values import json_rows
from assistant.insights.report import read_travel
from assistant.wording import percent, relative_change
from index.records import ALL, Grade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.insights.themes.themes import Theme

SECTION_PIECES = 6
SECTION_FINDINGS = 6
THEMES_SHOWN = 4
CONFLICTS_SHOWN = 5
LOSING_SHOWN = 6
LEAST_SHARE = 0.02
"""Share of the audience from which a cluster has a section of its own."""


def sections(
    asked: Asked,
    answer: Answer,
    desk: Desk,
    relevance: npt.NDArray[np.float64],
    barred: frozenset[str],
) -> tuple[Section, ...]:
    """The answer for each cluster of the audience, and for each platform of the brief."""
    if asked.lift is None:
        return ()
    brief, clusters = answer.brief, {s.cluster: s.weight for s in answer.audience.shares}
    made = [
        _section(
            asked, desk, relevance, barred, ("cluster", share.cluster, share.name, share.weight),
            {share.cluster: 1.0}, brief.platforms,
        )
        for share in answer.audience.shares
        if share.weight >= LEAST_SHARE
    ]  # fmt: skip
    made += [
        _section(
            asked, desk, relevance, barred, ("platform", platform, platform, None),
            clusters, (platform,),
        )
        for platform in brief.platforms
    ]  # fmt: skip
    return tuple(one for one in made if one.pieces or one.findings)


def _section(
    asked: Asked,
    desk: Desk,
    relevance: npt.NDArray[np.float64],
    barred: frozenset[str],
    named: tuple[str, str, str, float | None],
    clusters: dict[str, float],
    platforms: tuple[str, ...],
) -> Section:
    kind, key, name, weight = named
    lift, artworks = desk.lift(clusters, platforms), read_artworks(desk.index)
    base = usual_take(lift)
    choices = choose(
        score(relevance, lift, asked.affinity), lift, asked.allowed, desk.index.picture_vectors,
        artworks.titles, artworks.families, SECTION_PIECES,
    )  # fmt: skip
    findings: tuple[Finding, ...] = ()
    if desk.report is not None:
        rows = [row for row in desk.effects(kind, key) if not _bars(row, barred)]
        findings = tuple(_effect(row, base, "") for row in rows[:SECTION_FINDINGS])
    pieces = tuple(desk.piece(choice.row, lift, base) for choice in choices)
    return Section(kind, key, name, weight, pieces, findings)


def _bars(row: Mapping[str, Any], barred: frozenset[str]) -> bool:
    return row["feature"] in barred and row["effect"] > 0


def _effect(row: Mapping[str, Any], base: float | None, where: str) -> Finding:
    change = change_of(row, "effect", base) or Interval(row["low"], row["effect"], row["high"])
    tested = row["grade"] == Grade.TESTED.value
    return Finding(
        sentence=say(
            "tested_effect" if tested else "effect",
            contrast=contrast_in_words(row["feature"], row["level"], row["step"]),
            where=where,
        ),
        figure=f"{percent(change.middle)} plays ({percent(change.low)} to {percent(change.high)})",
        interval=change,
        scale=max(abs(change.low), abs(change.high)),
        artworks=int(row["artworks"]),
        titles=int(row["titles"]),
        grade=str(row["grade"]),
    )


def losing(answer: Answer, desk: Desk) -> tuple[Finding, ...]:
    """What went with worse artwork in the audience's clusters, weightiest first."""
    shares = answer.audience.shares
    weights = {s.cluster: (s.weight, s.name) for s in shares} or {ALL: (1.0, "everyone")}
    found = [
        (weight * -row["effect"], _effect(row, answer.take_fraction, f"with {name}"))
        for cluster, (weight, name) in weights.items()
        for row in desk.effects("cluster", cluster)
        if row["effect"] < 0
    ]
    return tuple(one for _, one in sorted(found, key=lambda pair: -pair[0])[:LOSING_SHOWN])


def conflicts(answer: Answer, desk: Desk, barred: frozenset[str]) -> tuple[Finding, ...]:
    """What helps one part of the audience and hurts another."""
    if desk.report is None:
        return ()
    names = {share.cluster: share.name for share in answer.audience.shares}
    table = desk.report.conflicts
    known = {*names, ALL}
    table = table[table["helps_cluster"].isin(known) & table["hurts_cluster"].isin(known)]
    rows = [row for row in json_rows(table) if row["feature"] not in barred]
    told = without_twins(rows, read_travel(desk.index))[:CONFLICTS_SHOWN]
    return tuple(_conflict(row, answer.take_fraction, names, desk) for row in told)


def _conflict(
    row: Mapping[str, Any], base: float | None, names: Mapping[str, str], desk: Desk
) -> Finding:
    def place(side: str) -> str:
        cluster, platform = row[f"{side}_cluster"], row[f"{side}_platform"]
        who = "" if cluster == ALL else f"with {names.get(cluster, cluster)}"
        screen = "" if platform == ALL else f"on {platform}"
        return f"{who} {screen}".strip()

    def amount(side: str) -> str:
        effect = row[f"{side}_effect"]
        return f"{effect:+.2f} log-odds" if base is None else percent(relative_change(effect, base))

    sides = [_counts(row, side, desk) for side in ("helps", "hurts")]
    low, middle, high = (f"{np.exp(row[end]):.1f}×" for end in ("low", "difference", "high"))
    return Finding(
        sentence=say(
            "conflict", contrast=contrast_in_words(row["feature"], row["level"], row["step"]),
            helps=amount("helps"), helps_where=place("helps"), hurts=amount("hurts"),
            hurts_where=place("hurts"),
        ),
        figure=f"{middle} the odds of a play ({low} to {high})",
        interval=Interval(row["low"], row["difference"], row["high"]),
        scale=abs(row["high"]),
        artworks=min(side[0] for side in sides),
        titles=min(side[1] for side in sides),
        grade=str(row["grade"]),
    )  # fmt: skip


def _counts(row: Mapping[str, Any], side: str, desk: Desk) -> tuple[int, int]:
    """Artworks and titles that one side of a conflict was estimated from."""
    assert desk.report is not None
    table = desk.report.effects
    keep = (table["feature"] == row["feature"]) & (table["step"] == row["step"])
    keep &= (table["genre"] == ALL) & (table["country"] == ALL)
    for name in ("cluster", "platform"):
        keep &= table[name] == row[f"{side}_{name}"]
    found = table[keep].iloc[0]
    return int(found["artworks"]), int(found["titles"])


def theme_cards(asked: Asked, answer: Answer, desk: Desk) -> tuple[ThemeCard, ...]:
    """The kinds of picture that say most about the audience, without what `avoid` rules out."""
    if desk.report is None:
        return ()
    weights = {share.cluster: share.weight for share in answer.audience.shares} or {ALL: 1.0}

    def telling(theme: Theme) -> float:
        return sum(
            weights.get(one["cluster"], 0.0) * abs(float(one["effect"] or 0.0))
            for one in theme.performance
            if one["platform"] == ALL and one["grade"] != Grade.INSUFFICIENT.value
        )

    best = sorted(desk.report.themes, key=telling, reverse=True)[:THEMES_SHOWN]
    return tuple(_theme(theme, asked, answer, desk) for theme in best)


def _theme(theme: Theme, asked: Asked, answer: Answer, desk: Desk) -> ThemeCard:
    names = {share.cluster: share.name for share in answer.audience.shares} | {ALL: ALL}
    rows = [row for row in theme.performance if row["platform"] == ALL and row["low"] is not None]
    findings = []
    for row in sorted(rows, key=lambda one: list(names).index(one["cluster"])
                      if one["cluster"] in names else len(names)):  # fmt: skip
        change = change_of(row, "effect", answer.take_fraction)
        if change is None or row["cluster"] not in names:
            continue
        sentence = "Everyone" if row["cluster"] == ALL else names[row["cluster"]]
        scale = max(abs(change.low), abs(change.high))
        findings.append(
            Finding(sentence, in_words(change), change, scale, row["artworks"], row["titles"],
                    row["grade"])
        )  # fmt: skip
    pieces = [desk.row_of(one) for one in theme.representatives]
    return ThemeCard(
        name=capital(theme.name),
        description=theme.description,
        stability=theme.stability,
        pieces=_allowed(pieces, asked, answer, desk),
        findings=tuple(findings),
        drift=_drift(theme),
    )


def _allowed(rows: list[int], asked: Asked, answer: Answer, desk: Desk) -> tuple[Piece, ...]:
    return tuple(
        desk.piece(row, asked.lift, answer.take_fraction) for row in rows if asked.allowed[row]
    )


def _drift(theme: Theme) -> str:
    found = theme.drift
    if found is None or found["low"] <= 0 <= found["high"]:
        return ""
    middle = found["share_since"] - found["share_before"]
    return say(
        "drift",
        rising=middle > 0,
        before=f"{found['share_before']:.0%}",
        after=f"{found['share_since']:.0%}",
        since=found["since"],
        interval=points(found["low"], middle, found["high"]),
    )
