"""`assistant clusters`: who the members are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli.app import IndexOption, JsonOption, app

_FORMULA = r"^([=+\-@\t\r])"
"""How a cell begins that a spreadsheet would reckon out."""


def _write_members(table: Any, path: Path) -> int:
    """Member → cluster as CSV or Parquet (by the file's ending), written in one step.

    Returns:
        Rows of a CSV in which an apostrophe keeps a spreadsheet from taking a cell for a formula.
    """
    from index.io.atomic import replacing

    if path.suffix.lower() == ".parquet":
        from pyarrow import parquet

        with replacing(path) as staged:
            parquet.write_table(table, staged)
        return 0
    import pyarrow.compute as pc
    from pyarrow import csv

    marked = pc.or_(*(pc.match_substring_regex(column, _FORMULA) for column in table.columns))
    for number, name in enumerate(table.column_names):
        kept = pc.replace_substring_regex(table[name], _FORMULA, r"'\1")
        table = table.set_column(number, name, kept)
    with replacing(path) as staged:
        csv.write_csv(table, staged)
    return int(pc.sum(marked).as_py() or 0)


def _tell_written(path: Path, marked: int) -> None:
    from assistant.terminal.console import notes
    from index.io.safe_text import sanitise

    notes().print(f"members written to {sanitise(path)}")
    if marked:
        notes().print(
            f"note: {marked:,} rows begin like a formula and stand after an apostrophe; "
            "a .parquet file keeps them as they are"
        )


@app.command(epilog="Example: assistant clusters --members-out members.csv")
def clusters(
    index: IndexOption = None,
    members_out: Annotated[
        Path | None,
        typer.Option(help="Write member → cluster to this CSV or Parquet file."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the member clusters with what each over-watches."""
    from assistant.settings import index_folder
    from index.errors import InputError
    from index.store import open_index

    opened = open_index(index_folder(index))
    rows = opened.table("clusters").to_pylist() if opened.has("clusters") else []
    if members_out is not None:
        if not opened.has("members"):
            raise InputError(
                "this index knows no members",
                hint="add interactions or members to the catalogue and index it again",
            )
        _tell_written(members_out, _write_members(opened.table("members"), members_out))
    if json:
        from assistant.terminal.console import emit_json

        keys = ("cluster", "name", "members", "top_genres", "top_titles")
        emit_json({"clusters": [{key: row[key] for key in keys} for row in rows]})
        return
    from assistant.insights.index_cache import lookup
    from assistant.terminal.console import output, table
    from index.io.safe_text import sanitise

    if not rows:
        output().print("This index has no member clusters: insufficient data.")
        return
    names = lookup(opened, "titles", "title_id", "name")
    drawn = table("Member clusters", "cluster", "name", "members", "over-watched genres",
                  "over-watched titles", right=("members",))  # fmt: skip
    for row in rows:
        drawn.add_row(
            sanitise(row["cluster"]),
            sanitise(row["name"]),
            "" if row["members"] is None else f"{row['members']:,}",
            sanitise(" · ".join(row["top_genres"][:4])),
            sanitise(" · ".join(names.get(title, title) for title in row["top_titles"][:3])),
        )
    output().print(drawn)
