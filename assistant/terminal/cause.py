"""Causal readings in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.terminal.console import output, table
from assistant.wording import (
    capital,
    change_of,
    in_words,
    listed,
    p_value,
    percent,
    phrase,
    relative_change,
    slice_words,
)
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from assistant.insights.causal.double_ml import Estimate
    from assistant.insights.causal.reading import CausalReading

_OVERLAP = {
    "good": "Like is compared with like",
    "thin": "Comparable artwork is thin: read the effect with care",
    "none": "There is hardly anything to compare: what is held all but decides this lever",
}
DIFFER = 0.1
"""p below which effects are said to differ between clusters or genres."""


def show_readings(
    readings: Sequence[CausalReading], notes: Sequence[str], names: Mapping[str, str]
) -> None:
    """Every side's effect, where it differs, what it rests on and what could undo it."""
    for reading in readings:
        _show(reading, names)
    for note in notes:
        output().print(sanitise(f"No reading for {note}."))
    output().print("\nThis is a cause only if:")
    for assumption in readings[0].assumptions:
        output().print(f"- {assumption}")


def _show(reading: CausalReading, names: Mapping[str, str]) -> None:
    drawn = table(
        f"{sanitise(reading.side)}: what turning artwork this way does to plays",
        "for", "plays (90% interval)", "titles", "artworks", right=("titles", "artworks"),
    )  # fmt: skip
    who = slice_words(reading.cluster, reading.platform, names=names)
    rows = [(f"{who}, as past artwork turned it", reading.effect)]
    if reading.alone is not None and reading.comes_along:
        rows.append(("this lever alone, all others held", reading.alone))
    rows += [(names.get(cluster, cluster), one) for cluster, one in reading.clusters.items()]
    rows += list(reading.genres.items())
    for name, one in rows:
        drawn.add_row(sanitise(name), _plays(reading, one), f"{one.titles:,}", f"{one.rows:,}")
    output().print(sanitise(verdict(reading, names)), style="bold")
    output().print(drawn)
    for sentence in sentences(reading):
        output().print(sanitise(sentence))
    output().print()


def _plays(reading: CausalReading, one: Estimate) -> str:
    change = change_of(asdict(one), "effect", reading.take_fraction, steps=reading.steps)
    return "" if change is None else in_words(change)


def verdict(reading: CausalReading, names: Mapping[str, str]) -> str:
    """What turning the lever does for all, and for whom it surely does what."""
    who = slice_words(reading.cluster, reading.platform, names=names)
    sure = reading.effect.low > 0 or reading.effect.high < 0
    said = f"{capital(reading.side)} {_does(reading.effect) if sure else 'has no sure effect'}"
    told = [f"{said} for {who}: {_plays(reading, reading.effect)}."]
    for does in ("wins plays", "costs plays"):
        found = [
            f"{names.get(cluster, cluster)} ({_plays(reading, one).partition(' ')[0]})"
            for cluster, one in reading.clusters.items()
            if (one.low > 0 or one.high < 0) and _does(one) == does
        ]
        if found:
            told.append(f"It {does} with {listed(found)}.")
    return " ".join(told)


def _does(one: Estimate) -> str:
    return "wins plays" if one.effect > 0 else "costs plays"


def sentences(reading: CausalReading) -> list[str]:
    """What came along, how it compares, heterogeneity, overlap and sensitivity in plain words."""
    said = []
    if reading.comes_along:
        said.append(f"Past artwork turned this way also became {listed(reading.comes_along)}.")
    said.append(_reconciled(reading))
    carried = [one for one in reading.carried if one.share is not None and one.share > 0.05]
    if carried:
        parts = [f"{phrase(one.mediator)} carries {one.share:.0%}" for one in carried]
        said.append(f"Of this effect, {listed(parts)}.")
    if reading.cluster == "all":
        said.append(_differ(reading.clusters_differ_p, "clusters"))
    said.append(_differ(reading.genres_differ_p, "genres"))
    overlap, strength = reading.overlap, reading.sensitivity
    trimmed = (
        f"{overlap.trimmed} artworks without a counterpart were left out"
        if overlap.trimmed
        else "no artwork had to be left out"
    )
    said.append(
        f"{_OVERLAP[overlap.verdict]}: what is held leaves {overlap.variation_left:.0%} of the "
        f"variation inside titles, {trimmed}."
    )
    if strength.robustness_value_interval > 0:
        said.append(
            "Something unmeasured would have to explain "
            f"{strength.robustness_value_interval:.0%} of what is left of both the lever and the "
            "plays to bring zero into the interval (robustness value); as a risk ratio, "
            f"{strength.e_value_interval:.2f} (E-value)."
        )
    else:
        said.append("The interval includes zero, so nothing unmeasured is needed to undo it.")
    return said


def _reconciled(reading: CausalReading) -> str:
    """How the plain difference that `insights` shows compares with the one that holds the rest."""
    plain, held = (
        percent(relative_change(value * reading.steps, reading.take_fraction))
        for value in (reading.simple, reading.effect.effect)
    )
    if reading.effect.low <= reading.simple <= reading.effect.high:
        return f"`insights` shows {plain}; holding all that did not come along leaves {held}."
    return (
        f"`insights` shows {plain}, with whatever else differed; once that is held, {held} is left."
    )


def _differ(p: float | None, what: str) -> str:
    if p is None:
        return f"There are too few titles to compare {what}."
    found = "differ more than by chance" if p < DIFFER else "do not differ beyond chance"
    return f"Effects {found} between {what} ({p_value(p)})."
