"""The kinds of picture that say most about a brief's audience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.answers.pieces import piece
from assistant.boards.content import ThemeCard
from assistant.boards.desk import artwork_rows
from assistant.insights.evidence import read_themes
from assistant.wording import capital, change_of, say
from index.records import ALL, Grade

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.insights.themes.themes import Theme
    from index.store import Index

SHOWN = 4


def theme_cards(answer: Answer, index: Index) -> tuple[ThemeCard, ...]:
    """The themes whose effect on the audience is largest, without what `avoid` rules out."""
    weights = answer.audience.weights or {ALL: 1.0}

    def telling(theme: Theme) -> float:
        return sum(
            weights.get(one["cluster"], 0.0) * abs(float(one["effect"] or 0.0))
            for one in theme.performance
            if one["platform"] == ALL and one["grade"] != Grade.INSUFFICIENT.value
        )

    best = sorted(read_themes(index), key=telling, reverse=True)[:SHOWN]
    return tuple(_card(theme, answer, index) for theme in best)


def _card(theme: Theme, answer: Answer, index: Index) -> ThemeCard:
    names = {ALL: "everyone"} | {share.cluster: share.name for share in answer.audience.shares}
    rows = {
        row["cluster"]: row
        for row in theme.performance
        if row["platform"] == ALL and row["low"] is not None
    }
    effects = []
    for cluster, name in names.items():
        change = (
            change_of(rows[cluster], "effect", answer.take_fraction) if cluster in rows else None
        )
        if change is not None:
            effects.append((name, change, str(rows[cluster]["grade"])))
    places = [artwork_rows(index)[one] for one in theme.representatives]
    return ThemeCard(
        theme=theme.theme,
        name=capital(theme.name),
        artworks=theme.artworks,
        titles=theme.titles,
        pieces=tuple(
            piece(index, row, answer.match.lift, answer.take_fraction)
            for row in places
            if answer.match.allowed[row]
        ),
        effects=tuple(effects),
        drift=_drift(theme),
    )


def _drift(theme: Theme) -> str:
    found = theme.drift
    if found is None or found["low"] <= 0 <= found["high"]:
        return ""
    return say(
        "drift",
        rising=found["share_since"] > found["share_before"],
        before=f"{found['share_before']:.0%}",
        after=f"{found['share_since']:.0%}",
        since=found["since"],
    )
