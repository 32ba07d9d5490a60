"""The answer to a brief as slides: which there are and what is on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.boards.slide_kinds import (
    Interval,
    Shown,
    cover,
    footed,
    interval_slides,
    list_slides,
    pair_slides,
    theme_slide,
)
from assistant.boards.slides import BODY, Line
from assistant.render import interval, lift_in_words, sentence
from assistant.words import phrase, times
from index.records import ALL, Grade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.answer import Answer, Exemplar
    from assistant.boards.slides import Slide
    from assistant.insights.report import InsightReport
    from assistant.insights.themes import Theme
    from assistant.shared_features import SharedFeature
    from index.store.manifest import Manifest

SHARED_SHOWN = 10
CLUSTERS_SHOWN = 3
CLUSTER_EFFECTS = 8
THEMES_SHOWN = 3
CONFLICTS_SHOWN = 5
COVERED = 0.1
"""Share of the audience from which a member cluster gets a slide of its own."""
PICTURE_SIDE = 480
"""Pixels of a thumbnail's longer side: sharp at the size that slides show."""

Pictures = Mapping[str, bytes]
"""JPEG or PNG by artwork id."""


def slides_of(
    answer: Answer, manifest: Manifest, pictures: Pictures, report: InsightReport | None
) -> list[Slide]:
    """Everything a room is shown for one brief, in its order.

    Args:
        answer: the answer.
        manifest: of the index that gave it.
        pictures: thumbnails; artworks without one say so.
        report: insights of the same index, if they are known.
    """
    slides = [_cover(answer, pictures), *_pairs(answer, pictures), *_shared(answer)]
    if report is not None:
        slides += _by_cluster(answer, report)
        slides += _themes(answer, report, pictures)
    slides += list_slides("Cautions", _cautions(answer, report))
    slides += list_slides("Where this comes from", _provenance(answer, manifest))
    source = f"{answer.brief.title} · index {manifest.generation} · {manifest.encoder}"
    return footed(slides, source)


def pictured(answer: Answer, report: InsightReport | None) -> list[str]:
    """Ids of the artworks that the slides may show, each once."""
    ids = []
    for one in answer.exemplars:
        ids.append(one.artwork_id)
        if one.counter_example is not None:
            ids.append(one.counter_example["artwork_id"])
    for theme in () if report is None else report.themes:
        ids += theme.representatives
    return list(dict.fromkeys(ids))


def _cover(answer: Answer, pictures: Pictures) -> Slide:
    brief, skill = answer.brief, answer.audience.skill
    about = " · ".join(brief.genres)
    about = f"{about}. {brief.synopsis}" if about and brief.synopsis else about or brief.synopsis
    remark = (
        ""
        if skill is None
        else f"Audience predicted from the text: {skill.value:.0%} better than “everyone alike” "
        f"on {skill.titles} known titles (90% interval {skill.low:.0%} to {skill.high:.0%})."
    )
    shares = [(share.name, share.weight, share.source) for share in answer.audience.shares]
    best = [_exemplar(one, answer, pictures) for one in answer.exemplars[:4]]
    notes = "\n".join([brief.synopsis, *(f"{name}: {w:.0%}, {how}" for name, w, how in shares)])
    return cover(brief.title, about, shares, remark, best, notes)


def _exemplar(one: Exemplar, answer: Answer, pictures: Pictures) -> Shown:
    bars = [("relevance", one.relevance, f"{one.relevance:.2f}")]
    if one.affinity is not None:
        bars.append(("affinity", min(1.0, one.affinity / 2 + 0.5), times(one.affinity)))
    bars.append(("score", one.score, f"{one.score:.2f}"))
    star = "★ " if one.picked else ""
    return Shown(
        pictures.get(one.artwork_id),
        f"Artwork {one.artwork_id} of {one.title}, which worked",
        f"{star}{one.title}",
        lift_in_words(one.performance, answer.take_fraction, interval=False),
        _details(one.performance, answer, one.artwork_id),
        tuple(bars),
        None if one.performance is None else True,
    )


def _counter(one: dict[str, Any], answer: Answer, pictures: Pictures) -> Shown:
    return Shown(
        pictures.get(one["artwork_id"]),
        f"Artwork {one['artwork_id']} of {one['title']}, which did not work",
        one["title"] if one["relation"] != "same title" else "same title",
        lift_in_words(one["performance"], answer.take_fraction, interval=False),
        _details(one["performance"], answer, one["artwork_id"]),
        (),
        False,
    )


def _details(
    performance: dict[str, Any] | None, answer: Answer, artwork_id: str
) -> tuple[str, ...]:
    if performance is None:
        return (artwork_id,)
    did = lift_in_words(performance, answer.take_fraction)
    between = did[did.find("(") + 1 : -1] if "(" in did else did
    seen = f"{performance['impressions']:,} seen"
    return f"{artwork_id} · {performance['label']}", between, seen


def _pairs(answer: Answer, pictures: Pictures) -> list[Slide]:
    if not answer.exemplars:
        return list_slides(
            "What worked",
            [Line("No past artwork did well enough to be shown: insufficient data.")],
        )
    pairs = [
        (
            _exemplar(one, answer, pictures),
            None
            if one.counter_example is None
            else _counter(one.counter_example, answer, pictures),
        )
        for one in answer.exemplars
    ]
    note = (
        "Plays an impression against the title's other artworks, with this audience; "
        "intervals are 90%."
    )
    return pair_slides("What worked, each beside what did not", pairs, note)


def _shared(answer: Answer) -> list[Slide]:
    claims = [one for one in answer.shared if one.grade is not Grade.INSUFFICIENT]
    if not claims:
        told = "Nothing that can be told from chance: insufficient data."
        return list_slides("What worked shares", [Line(told)])
    note = (
        "Against the same titles' other artworks. Dots are differences, lines 90% intervals, "
        "each on a scale of its own. What went together, not what caused what."
    )
    rows = [_shared_row(one) for one in claims[:SHARED_SHOWN]]
    return interval_slides("What worked shares", rows, note, "difference (90% interval)")


def _shared_row(one: SharedFeature) -> Interval:
    return Interval(
        sentence(one),
        one.low,
        one.difference,
        one.high,
        max(one.high, -one.low),
        interval(one),
        _counted(one.artworks, one.titles),
        one.grade.value,
    )


def _counted(artworks: int, titles: int) -> str:
    return f"{artworks:,} artworks · {titles:,} titles"


def _effect_row(one: dict[str, Any], label: str, scale: float) -> Interval:
    return Interval(
        label,
        one["low"],
        one["effect"],
        one["high"],
        scale,
        f"{one['effect']:+.2f} ({one['low']:+.2f} to {one['high']:+.2f})",
        _counted(one["artworks"], one["titles"]),
        one["grade"],
    )


def _scale(rows: Sequence[dict[str, Any]]) -> float:
    return max((max(one["high"], -one["low"]) for one in rows), default=0.0)


def _by_cluster(answer: Answer, report: InsightReport) -> list[Slide]:
    """One slide for each of the audience's main clusters."""
    from assistant.insights.plain import plain_rows

    made = []
    note = "Lift in log-odds inside titles, with this cluster alone; lines are 90% intervals."
    for share in answer.audience.shares[:CLUSTERS_SHOWN]:
        if share.weight < COVERED:
            continue
        table = report.effects
        rows = plain_rows(
            table[
                (table["cluster"] == share.cluster)
                & (table[["platform", "genre", "country"]] == ALL).all(axis=1)
                & (table["grade"] != Grade.INSUFFICIENT.value)
            ].head(CLUSTER_EFFECTS)
        )
        title = f"{share.name}: {share.weight:.0%} of the audience"
        if not rows:
            told = "Nothing that can be told from chance with this cluster: insufficient data."
            made += list_slides(title, [Line(told)])
            continue
        scale = _scale(rows)
        drawn = [
            _effect_row(one, f"{phrase(one['feature'], one['level'])} ({one['step']})", scale)
            for one in rows
        ]
        made += interval_slides(title, drawn, note, "lift (90% interval)")
    return made


def _themes(answer: Answer, report: InsightReport, pictures: Pictures) -> list[Slide]:
    """The themes that say most about the audience's main cluster."""
    shares = answer.audience.shares
    names = {share.cluster: share.name for share in shares} | {ALL: "everyone"}
    main = shares[0].cluster if shares else ALL

    def tells(theme: Theme) -> float:
        return max(
            (
                abs(one["effect"])
                for one in theme.performance
                if one["cluster"] == main and one["platform"] == ALL
                if one["grade"] != Grade.INSUFFICIENT.value
            ),
            default=0.0,
        )

    telling = sorted(report.themes, key=tells, reverse=True)[:THEMES_SHOWN]
    return [_theme(theme, names, pictures) for theme in telling]


def _theme(theme: Theme, names: Mapping[str, str], pictures: Pictures) -> Slide:
    known = [
        one
        for one in theme.performance
        if one["platform"] == ALL and one["cluster"] in names and one["low"] is not None
    ]
    shown = [Shown(pictures.get(one), f"Artwork {one}", one) for one in theme.representatives]
    rows = [_effect_row(one, names[one["cluster"]], _scale(known)) for one in known]
    return theme_slide(
        f"Theme: {theme.name}", theme.description, shown, rows, "lift (90% interval)"
    )


def _cautions(answer: Answer, report: InsightReport | None) -> list[Line]:
    from assistant.insights.plain import plain_rows

    told = list(answer.warnings)
    if report is not None:
        names = {share.cluster: share.name for share in answer.audience.shares}
        for one in plain_rows(report.conflicts.head(CONFLICTS_SHOWN)):
            sides = [
                f"{one[f'{side}_effect']:+.2f} for "
                f"{names.get(one[f'{side}_cluster'], one[f'{side}_cluster'])}"
                + ("" if one[f"{side}_platform"] == ALL else f" on {one[f'{side}_platform']}")
                for side in ("helps", "hurts")
            ]
            told.append(
                f"{phrase(one['feature'], one['level'])} ({one['step']}) pulls both ways: "
                f"{' but '.join(sides)} ({one['grade']})."
            )
    told.append("Logs are history, not an experiment: who was shown what was somebody's decision.")
    return [Line(text, BODY) for text in told]


def _provenance(answer: Answer, manifest: Manifest) -> list[Line]:
    counts = manifest.counts
    avoided = ", ".join(answer.brief.avoid)
    told = [
        f"{counts['artworks']:,} artworks of {counts['titles']:,} titles.",
        f"Index {manifest.generation}, made {manifest.created_at[:10]} with the encoder "
        f"{manifest.encoder}; seed {manifest.options.get('seed')}.",
        f"Exemplars: P(lift > 0) of at least 0.9 with this audience; "
        f"{len(answer.exemplars)} shown.",
        "Every comparison is inside a title; intervals are 90%; grades are held at a false "
        "discovery rate of 10%.",
    ]
    if avoided:
        told.append(f"To be avoided, by the brief: {avoided}.")
    return [Line(text, BODY) for text in told]
