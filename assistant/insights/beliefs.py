"""Beliefs written down before looking, and what the titles kept aside say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from assistant.insights.effects import EffectSlice, Evidence, slice_observations
from assistant.insights.estimators.fixed_effects import (
    Floats,
    TitleSums,
    demean,
    title_starts,
    within_effects,
)
from assistant.insights.estimators.shares import Share, share_of
from assistant.insights.grading import LEVEL, MIN_DF, MIN_TITLES, confirming, titles_needed
from assistant.insights.levers import lever_sides
from assistant.insights.naming import one_side, require_slice
from index.errors import InputError
from index.io.nearest_name import name_hint
from index.io.yaml import read_yaml
from index.records import ALL
from index.store import BELIEFS, Index, amend_index

_UP, _DOWN = ("up", "better", "helps"), ("down", "worse", "hurts")
_SHOWN = 5
_BELIEF = ["lever", "pole", "direction", "cluster", "platform"]
CONFIRMED, REFUTED, UNDECIDED = "confirmed", "refuted", "undecided"


class Belief(BaseModel):
    """One registered belief: a lever turned to one side does better (or worse) with an audience."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lever: str
    direction: str
    pole: str | None = None
    audience: str = ALL
    platform: str = ALL

    @field_validator("direction")
    @classmethod
    def _known_direction(cls, value: str) -> str:
        if value not in {*_UP, *_DOWN}:
            raise ValueError(f"must be one of {', '.join((*_UP, *_DOWN))}")
        return value

    @field_validator("pole", "audience", "platform", mode="before")
    @classmethod
    def _numbers_are_names_too(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @property
    def helps(self) -> bool:
        """Whether it is believed to help; else it is believed to hurt."""
        return self.direction in _UP


def load_beliefs(path: Path, evidence: Evidence) -> tuple[Belief, ...]:
    """Read `hypotheses.yaml`: a list of lever, direction, and optional pole, audience, platform.

    Raises:
        InputError: the file cannot be read, or names a lever, pole, cluster or platform that
            this index does not have; the nearest one that it has is named, with the row.
    """
    read = read_yaml(path, "a list of hypotheses")
    document = read.value
    if not isinstance(document, list) or not document:
        raise InputError(
            "is not a list of hypotheses",
            path=path,
            hint="begin each with '- lever: NAME', name a pole and give it a direction: up or down",
        )
    return tuple(
        _check(_belief(entry, path, read.rows[number]), evidence, path, read.rows[number])
        for number, entry in enumerate(document)
    )


def judge_beliefs(beliefs: tuple[Belief, ...], evidence: Evidence) -> list[dict[str, Any]]:
    """Confront each belief with the confirming half of the titles.

    Confirmed: the 90% interval lies off zero on the believed side; refuted: on the other side;
    undecided: it includes zero, or too few titles vary, and then how many would be needed.

    Returns:
        per belief: lever, pole, step, direction, cluster, platform, verdict, effect, low,
        high, titles, artworks, titles_needed, and `support` and `contrary`, each with the number
        of titles whose own artworks point that way and the most telling ones (title_id, effect).
    """
    return [_judge(belief, evidence) for belief in beliefs]


@dataclass(frozen=True, slots=True)
class BeliefHistory:
    """How often the house's beliefs were right, over every belief that was ever judged.

    Attributes:
        judged: how many different ones; undecided ones count in neither direction.
        right: share that is confirmed of those confirmed or refuted.
    """

    judged: int
    right: Share


def remember_beliefs(folder: Path, judged: Sequence[Mapping[str, Any]]) -> BeliefHistory:
    """Keep verdicts with the index, the latest of each belief, and count all that are kept.

    Raises:
        ArtworkIndexError: the index cannot be written.
    """
    new = pd.DataFrame([{name: one[name] for name in (*_BELIEF, "verdict")} for one in judged])
    kept = new

    def with_new(index: Index) -> dict[str, pd.DataFrame]:
        nonlocal kept
        if index.has(BELIEFS):
            both = pd.concat([index.table(BELIEFS).to_pandas(), new], ignore_index=True)
            kept = both.drop_duplicates(_BELIEF, keep="last", ignore_index=True)
        return {BELIEFS: kept}

    amend_index(folder, with_new)
    decided = kept[kept["verdict"] != UNDECIDED]
    return BeliefHistory(len(kept), share_of((decided["verdict"] == CONFIRMED).to_numpy()))


def _belief(entry: object, path: Path, row: int) -> Belief:
    try:
        return Belief.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        known = list(Belief.model_fields)
        key = str(first["loc"][0]) if first["loc"] else None
        if first["type"] == "extra_forbidden" and key is not None:
            hint = name_hint(key, known, always_list=True)
            raise InputError(f"unknown key {key!r}", path=path, row=row, hint=hint) from None
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(message, path=path, row=row, column=key, hint="fix this value") from None


def _check(belief: Belief, evidence: Evidence, path: Path, row: int) -> Belief:
    """The belief with the names that the index uses."""
    design = lever_sides(evidence)
    one = design.contrasts[one_side(design, belief.lever, belief.pole, path, row)]
    where = EffectSlice(belief.audience, belief.platform)
    require_slice(evidence, where, path, row, ("audience", "platform"))
    return belief.model_copy(update={"lever": one.name, "pole": one.side})


def _judge(belief: Belief, evidence: Evidence) -> dict[str, Any]:
    from scipy.stats import t

    at = evidence.design.column(belief.lever, belief.pole)
    seen = slice_observations(evidence, EffectSlice(belief.audience, belief.platform))
    title_ids = evidence.units.title_ids
    rows = confirming(title_ids.tolist())[seen.title]
    y, w, title = seen.y[rows], seen.weights[rows], seen.title[rows]
    x = evidence.design.values[seen.unit[rows], at]
    judged: dict[str, Any] = {
        "lever": belief.lever,
        "pole": belief.pole,
        "step": evidence.design.contrasts[at].step,
        "direction": "up" if belief.helps else "down",
        "cluster": belief.audience,
        "platform": belief.platform,
        "verdict": UNDECIDED,
    }
    starts = title_starts(title)
    fit = within_effects(y, w, x[:, None], starts)
    effect, se, df, titles = (float(v[0]) for v in (fit.effect, fit.se, fit.df, fit.titles))
    half = float(t.ppf((1 + LEVEL) / 2, df)) * se
    if titles >= MIN_TITLES and df >= MIN_DF and abs(effect) > half:
        judged["verdict"] = CONFIRMED if (effect > 0) == belief.helps else REFUTED
    known = np.isfinite(effect) and titles > 1
    judged |= {
        "effect": effect if known else None,
        "low": effect - half if np.isfinite(half) and known else None,
        "high": effect + half if np.isfinite(half) and known else None,
        "titles": int(titles),
        "artworks": int(fit.rows[0]),
        "titles_needed": float(titles_needed(np.array([se * np.sqrt(titles)]))[0])
        if known
        else None,
    }
    own, pull = _own_effects(y, w, x, starts)
    ids = title_ids[title[starts]]
    sides = (own > 0, own < 0) if belief.helps else (own < 0, own > 0)
    judged["support"], judged["contrary"] = (_side(own, pull, ids, one) for one in sides)
    return judged


def _own_effects(
    y: Floats, w: Floats, x: Floats, starts: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Each title's own slope (NaN where it has none) and how far it pulls the pooled one."""
    sums = TitleSums(starts, len(y))
    centred = demean(x, w, sums)
    cross = sums.sum(w * centred * demean(np.where(np.isfinite(x), y, np.nan), w, sums))
    square = sums.sum(w * centred**2)
    own = np.where(square > 1e-9, cross / np.maximum(square, 1e-9), np.nan)
    return own, np.abs(cross)


def _side(
    own: Floats, pull: Floats, ids: npt.NDArray[np.object_], chosen: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    at = np.flatnonzero(chosen)
    telling = at[np.argsort(-pull[at], kind="stable")][:_SHOWN]
    return {
        "titles": len(at),
        "most_telling": [{"title_id": str(ids[i]), "effect": float(own[i])} for i in telling],
    }
