"""`assistant cause`: what changing one feature alone would do, if the assumptions hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from assistant.insights.causal.double_ml import Estimate
    from assistant.insights.causal.reading import CausalReading

_OVERLAP = {
    "good": "Like is compared with like",
    "thin": "Comparable artwork is thin: read the effect with care",
    "none": "There is hardly anything to compare: the other features all but decide this one",
}


def _lift(one: Estimate) -> str:
    return f"{one.effect:+.2f} ({one.low:+.2f} to {one.high:+.2f})"


def _differ(p: float | None, what: str) -> str:
    if p is None:
        return f"There are too few titles to compare {what}."
    found = "differ more than chance would have it" if p < 0.1 else "do not differ beyond chance"
    return f"Effects {found} between {what} (p = {p:.3f})."


def show_reading(reading: CausalReading, names: dict[str, str]) -> None:
    """The effect, where it differs, what it rests on and what could undo it."""
    from assistant.terminal.console import output
    from assistant.terminal.tables import table
    from assistant.wording import phrase
    from index.io.safe_text import sanitise

    numbers = ("effect, log-odds (90% interval)", "titles", "artworks")
    drawn = table(
        f"{sanitise(phrase(reading.feature, reading.level))}: {sanitise(reading.step)}",
        "for", *numbers, right=numbers,
    )  # fmt: skip
    slices = [part for part in (reading.cluster, reading.platform) if part != "all"]
    rows = [(" · ".join(slices) or "everyone", reading.effect)]
    rows += [(names.get(cluster, cluster), one) for cluster, one in reading.clusters.items()]
    rows += list(reading.genres.items())
    for name, one in rows:
        drawn.add_row(sanitise(name), _lift(one), f"{one.titles:,}", f"{one.rows:,}")
    output().print(drawn)
    for sentence in sentences(reading):
        output().print(sanitise(sentence))
    output().print("\nThis is a cause only if:")
    for assumption in reading.assumptions:
        output().print(f"- {assumption}")


def sentences(reading: CausalReading) -> list[str]:
    """Heterogeneity, overlap, mediation and sensitivity in plain words."""
    from assistant.wording import phrase

    overlap, strength, through = reading.overlap, reading.sensitivity, reading.mediation
    said = [_differ(reading.genres_differ_p, "genres")]
    if reading.cluster == "all":
        said.insert(0, _differ(reading.clusters_differ_p, "clusters"))
    trimmed = (
        f"{overlap.trimmed} artworks without a counterpart were left out"
        if overlap.trimmed
        else "no artwork had to be left out"
    )
    said.append(
        f"{_OVERLAP[overlap.verdict]}: the other features leave {overlap.variation_left:.0%} of "
        f"its variation inside titles, {trimmed}, {overlap.artworks:,} are compared."
    )
    if reading.measured_again:
        others = ", ".join(phrase(name) for name in reading.measured_again)
        said.append(f"Not held, as they move with it: {others}. The effect is of all of them.")
    if through is not None:
        other = phrase(through.mediator)
        said.append(
            f"With {other} held, {_lift(through.direct)} is left of {_lift(through.total)}: "
            f"{through.share:.0%} ({through.low:.0%} to {through.high:.0%}) of it runs through "
            f"{other}."
            if through.share is not None
            else f"Whether it runs through {other} cannot be told: its interval includes zero."
        )
    if strength.robustness_value_interval > 0:
        said.append(
            f"Something unmeasured would have to explain {strength.robustness_value:.0%} of what "
            "is left of both the feature and the plays to undo it, "
            f"{strength.robustness_value_interval:.0%} to bring zero into its interval "
            f"(robustness value); as a risk ratio, {strength.e_value:.2f} and "
            f"{strength.e_value_interval:.2f} (E-value)."
        )
    else:
        said.append("Its interval includes zero, so nothing unmeasured is needed to undo it.")
    return said


@app.command(epilog="Example: assistant cause face_count --level 2 --through largest_face_share")
def cause(
    feature: Annotated[str, typer.Argument(help="A feature by name or phrase: warm_cool, warmth.")],
    level: Annotated[
        str | None, typer.Option(help="Level of a count or category, such as 2 or close-up.")
    ] = None,
    cluster: Annotated[str, typer.Option(help="Member cluster.")] = "all",
    platform: Annotated[str, typer.Option(help="Platform.")] = "all",
    genre: Annotated[str, typer.Option(help="Titles of one genre.")] = "all",
    through: Annotated[
        str | None, typer.Option(help="Another feature: how much of the effect runs through it?")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of splits and learners.")] = 7,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Estimate what changing one feature alone would do, and say what that rests on."""
    from assistant.insights.causal.reading import read_cause
    from assistant.insights.effects import EffectSlice
    from assistant.insights.report import read_evidence
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json
    from assistant.wording import phrase
    from index.store import open_index

    opened = open_index(index_folder(index))
    evidence = read_evidence(opened)
    by_phrase = {phrase(name): name for name in evidence.design.control_features}
    reading = read_cause(
        evidence,
        by_phrase.get(feature, feature),
        level,
        where=EffectSlice(cluster, platform, genre),
        mediator=None if through is None else by_phrase.get(through, through),
        seed=seed,
    )
    if json:
        emit_json(reading.to_json())
        return
    names: dict[str, str] = {}
    if opened.has("clusters"):
        table = opened.table("clusters")
        names = dict(zip(table["cluster"].to_pylist(), table["name"].to_pylist(), strict=True))
    show_reading(reading, names)
