"""Who is in which titles: a reason why titles do well that no picture shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from index.store import Index

MIN_TITLES = 3
"""People of fewer titles cannot be told apart from those titles."""


def talent_table(index: Index, least: int = MIN_TITLES) -> pd.DataFrame:
    """Who is in which titles, of the people who are in at least `least` of them.

    The `talent` column of a catalogue's titles holds names with `|` between; without it the table
    is empty. Spelling is compared without case and outer spaces.

    Returns:
        title_id, person: one row for each person of a title, by title and name, each pair once.
    """
    import pandas as pd

    columns = ["title_id", "person"]
    if "talent" not in index.column_names("titles"):
        return pd.DataFrame(columns=columns, dtype="str")
    titles = index.table("titles", ["title_id", "talent"]).to_pandas()
    people = titles.assign(person=titles["talent"].fillna("").str.split("|")).explode("person")
    people["person"] = people["person"].str.strip().str.casefold()
    named = people.loc[people["person"] != "", columns].drop_duplicates()
    often = named.groupby("person")["title_id"].transform("size") >= least
    kept: pd.DataFrame = named[often].sort_values(columns).reset_index(drop=True)
    return kept
