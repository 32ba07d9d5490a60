"""What past artwork says, whoever asks: kept with a generation and read instead of worked out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.insights.json_values import json_value
from assistant.insights.themes.themes import Theme
from index import performance
from index.store import EFFECTS, THEME_FINDINGS

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index

_MADE_BY = "made_by"


def findings_tables(
    effects: pd.DataFrame | None, themes: Sequence[Theme]
) -> dict[str, pd.DataFrame]:
    """Effects, where performance is known, and themes as tables of an index."""
    import pandas as pd

    kept = pd.DataFrame(
        {"theme": [json.dumps(json_value(one.to_json())) for one in themes]}, dtype="str"
    )
    tables = {THEME_FINDINGS: kept} | ({} if effects is None else {EFFECTS: effects})
    return {name: table.assign(**{_MADE_BY: made_by()}) for name, table in tables.items()}


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
