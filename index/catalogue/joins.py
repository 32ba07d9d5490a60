"""Rows of one table beside those of another: ids spelled alike, and what belongs to no title."""

from __future__ import annotations

import pandas as pd

from index.catalogue.ids import among, meet, nothing_meets
from index.errors import InputError
from index.io.table_file import TableFile


def respelled(
    frame: pd.DataFrame,
    source: TableFile,
    column: str,
    known: pd.Series[str],
    table: str,
    *,
    all_of: bool = False,
) -> pd.DataFrame:
    """A column of ids spelled as another table does.

    Raises:
        InputError: with `all_of`, no id is known.
    """
    if among(frame[column], known).all():
        return frame
    met = meet(frame[column], known)
    if all_of and len(met.missed) == frame[column].nunique():
        raise nothing_meets(source, column, met.missed[0], met.known, table)
    if not met.spelled:
        return frame
    source.notes.append(met.told(table, table))
    return frame.assign(**{column: frame[column].map(met.spelled).fillna(frame[column])})


def of_titles(frame: pd.DataFrame, source: TableFile, known: pd.Series[str]) -> pd.DataFrame:
    """The rows whose title is known; others are left out and counted.

    Raises:
        InputError: none is.
    """
    frame = respelled(frame, source, "title_id", known, "titles", all_of=True)
    there = among(frame["title_id"], known)
    if there.all():
        return frame
    lost = frame.loc[~there, "title_id"]
    source.notes.append(
        f"{len(lost):,} rows of {lost.nunique():,} titles that are not in titles left out "
        f"(the first is {lost.iloc[0]!r})"
    )
    return frame[there]


def called_like_titles(
    artworks: pd.DataFrame, named: pd.DataFrame, titles: pd.DataFrame, source: TableFile
) -> pd.DataFrame:
    """Artworks whose pictures are called like a title of the table; others are left out.

    Raises:
        InputError: none is.
    """
    known = dict(zip(titles["name"], titles["title_id"], strict=True))
    known |= {one: one for one in titles["title_id"]}
    met = meet(named["name"], list(known), names=True)
    own = {
        key: known.get(name) or known.get(met.spelled.get(name, ""))
        for key, name in zip(named["title_id"], named["name"], strict=True)
    }
    found = artworks["title_id"].map(own)
    if found.isna().all():
        raise InputError(
            f"no picture is called like a title: one is {named['name'].iloc[0]!r}, the first title "
            f"{titles['name'].iloc[0]!r}",
            path=source.path,
            hint="call pictures “title - variant.jpg”",
        )
    if found.isna().any():
        source.notes.append(f"{int(found.isna().sum()):,} pictures belong to no title: left out")
    return artworks.assign(title_id=found)[found.notna()].reset_index(drop=True)
