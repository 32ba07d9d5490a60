"""What past artwork says, whoever asks: kept with a generation and read instead of worked out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.insights.estimators.design import Contrast
from assistant.insights.estimators.observations import Units
from assistant.insights.json_values import json_value
from assistant.insights.levers import LeverDesign, lever_axes
from assistant.insights.themes.themes import Theme
from index import performance
from index.features.levers.lever import Side
from index.query.levers import lever_values, read_levers
from index.store import EFFECTS, SIDE_VALUES, SIDES, THEME_FINDINGS

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index

_MADE_BY = "made_by"


def findings_tables(
    effects: pd.DataFrame | None, themes: Sequence[Theme], design: LeverDesign
) -> dict[str, pd.DataFrame]:
    """Effects, where performance is known, themes and sides of levers as tables of an index."""
    import pandas as pd

    told = [json.dumps(json_value(one.to_json())) for one in themes]
    sides = [
        json.dumps([asdict(contrast), side.model_dump(), together.tolist()])
        for contrast, side, together in zip(
            design.contrasts, design.sides, design.correlations, strict=True
        )
    ]
    tables = {
        THEME_FINDINGS: pd.DataFrame({"theme": told}, dtype="str"),
        SIDES: pd.DataFrame({"side": sides}, dtype="str"),
        SIDE_VALUES: pd.DataFrame(design.values).rename(columns=str),
    } | ({} if effects is None else {EFFECTS: effects})
    return {name: table.assign(**{_MADE_BY: made_by()}) for name, table in tables.items()}


def kept_design(index: Index, units: Units) -> LeverDesign | None:
    """Sides of levers over the units of an index; None where this program kept none."""
    sides, values = (kept_table(index, name) for name in (SIDES, SIDE_VALUES))
    if sides is None or values is None:
        return None
    rows = [json.loads(text) for text in sides["side"]]
    levers = read_levers(index)
    return LeverDesign(
        tuple(Contrast(**contrast) for contrast, _, _ in rows),
        values.drop(columns=_MADE_BY).to_numpy(np.float64),
        levers,
        tuple(Side(**side) for _, side, _ in rows),
        *lever_axes(levers, lever_values(index), units),
        np.array([together for _, _, together in rows]).reshape(len(rows), len(rows)),
    )


def kept_effects(index: Index) -> pd.DataFrame | None:
    """Graded effects of every slice, before experiments; None where this program kept none."""
    table = kept_table(index, EFFECTS)
    return None if table is None else table.drop(columns=_MADE_BY)


def kept_themes(index: Index) -> tuple[Theme, ...] | None:
    """Themes of the whole index; None where this program kept none."""
    table = kept_table(index, THEME_FINDINGS)
    if table is None:
        return None
    return tuple(Theme.from_json(json.loads(text)) for text in table["theme"])


@cache
def made_by() -> str:
    """Fingerprint of the code that finds things out, so that older findings are not believed."""
    digest = blake2b(digest_size=8)
    for place in (Path(__file__).parent, Path(performance.__file__).parent):
        for file in sorted(place.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def kept_table(index: Index, name: str) -> pd.DataFrame | None:
    """One of these tables of an index; None where this program kept none."""
    if not index.has(name):
        return None
    table: pd.DataFrame = index.table(name).to_pandas()
    return table if (table[_MADE_BY] == made_by()).all() else None
