"""`assistant import`: a catalogue from what people have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.app import JsonOption, app
from assistant.cli.reading import DatesOption, DecimalOption, PeriodsOption, reading_of


@app.command("import", epilog="Example: assistant import 'Asset report.csv' posters -o catalogue")
def import_sources(
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE…", help="Reports and folders of pictures.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The catalogue folder to make.")],
    map_file: Annotated[
        Path | None,
        typer.Option("--map", metavar="FILE", help="A catalogue.yaml to use; else it is guessed."),
    ] = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    periods: PeriodsOption = None,
    json: JsonOption = False,
) -> None:
    """Make a catalogue of reports as platforms export them and folders of pictures.

    Reports of Google Ads, Meta Ads and YouTube Studio, and any CSV or spreadsheet with
    impressions and plays, clicks or a rate are understood. Pictures are artworks, called
    “title - variant.jpg” or put into a folder for each title. What was guessed is written to
    catalogue.yaml, to be corrected and used again.
    """
    from assistant.terminal.console import emit_json, output, show_warnings
    from index.catalogue.gather import gather_catalogue
    from index.catalogue.mapping import read_map_file
    from index.io.safe_text import sanitise, yaml_text

    given = None if map_file is None else read_map_file(map_file)
    made = gather_catalogue(sources, out, given, reading_of(decimal, dates, periods))
    warnings = (*made.catalogue.reading_notes(), *made.catalogue.delivery_notes())
    artworks, titles = len(made.catalogue.artworks), len(made.catalogue.titles)
    if json:
        emit_json(
            {
                "catalogue": str(out),
                "map": made.map.document(),
                "artworks": artworks,
                "titles": titles,
                "impressions": made.impressions,
                "warnings": list(warnings),
            }
        )
        return
    show_warnings(warnings)
    document = made.map.document()
    if document:
        output().print(sanitise_lines(yaml_text(document)))
    counted = "" if made.impressions is None else f", {made.impressions:,} impressions"
    output().print(f"{artworks:,} artworks of {titles:,} titles{counted} in {sanitise(out)}.")
    output().print(f"Next: assistant index {sanitise(out)} -o artwork-index")


def sanitise_lines(text: str) -> str:
    """Several lines, each without characters that steer a terminal."""
    from index.io.safe_text import sanitise

    return "\n".join(sanitise(line) for line in text.rstrip("\n").split("\n"))
