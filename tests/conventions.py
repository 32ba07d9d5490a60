"""The same known values, written in the conventions of many places and programs."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ARTWORKS = [f"a{number:02d}" for number in range(8)]
Words = Callable[[float], str]


def _grouped(value: float, mark: str, decimal: str = ".") -> str:
    text = f"{value:,.10g}" if value != int(value) else f"{int(value):,}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", mark)


COUNTS: dict[str, Words] = {
    "plain": lambda value: str(int(value)),
    "float": lambda value: f"{value:.1f}",
    "two decimals": lambda value: f"{value:.2f}",
    "US": lambda value: _grouped(value, ","),
    "German": lambda value: _grouped(value, "."),
    "French": lambda value: _grouped(value, "\u202f"),
    "spaces": lambda value: _grouped(value, " "),
    "no-break": lambda value: _grouped(value, "\u00a0"),
    "Swiss": lambda value: _grouped(value, "\u2019"),
    "apostrophe": lambda value: _grouped(value, "'"),
    "German decimals": lambda value: _grouped(value, ".") + ",00",
    "comma decimals": lambda value: f"{value:.1f}".replace(".", ","),
    "quoted spaces": lambda value: f" {int(value)} ",
    "dashes": lambda value: "--" if value == 0 else str(int(value)),
    "exponent": lambda value: f"{int(value)}e0",
}
SEPARATORS = {"commas": ",", "semicolons": ";", "tabs": "\t", "bars": "|"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
ENDS = {"unix": "\n", "windows": "\r\n", "old mac": "\r"}
ABOVE = {
    "nothing": [],
    "report": ["Ad performance report", "1 January 2024 - 31 January 2024", ""],
    "sep": ["sep="],
}
BELOW = {
    "nothing": [],
    "total": ["Total"],
    "source": ["", "Source: the console"],
    "blank": ["", ""],
}
FORMS = ("text", "gzip", "xlsx", "parquet")


@dataclass(frozen=True)
class Convention:
    """How one table is written."""

    counts: str
    separator: str
    encoding: str
    end: str
    above: str
    below: str
    form: str
    header: str
    ids: str


HEADERS: dict[str, Callable[[str], str]] = {
    "as named": str,
    "capitals": str.upper,
    "words": lambda name: name.replace("_", " ").capitalize(),
}
IDS: dict[str, Callable[[str], str]] = {
    "as they are": str,
    "guarded": lambda one: f'="{one}"',
    "spaced": lambda one: f" {one} ",
}


def conventions(number: int, seed: int) -> Iterator[Convention]:
    """So many conventions, drawn from all of them."""
    random = np.random.default_rng(seed)
    for _ in range(number):
        yield Convention(
            counts=str(random.choice(list(COUNTS))),
            separator=str(random.choice(list(SEPARATORS))),
            encoding=str(random.choice(ENCODINGS)),
            end=str(random.choice(list(ENDS))),
            above=str(random.choice(list(ABOVE))),
            below=str(random.choice(list(BELOW))),
            form=str(random.choice(FORMS, p=[0.7, 0.1, 0.1, 0.1])),
            header=str(random.choice(list(HEADERS))),
            ids=str(random.choice(list(IDS))),
        )


def write_table(table: pd.DataFrame, numbers: list[str], how: Convention, place: Path) -> Path:
    """Write a table of known values; gives the file."""
    words = table.copy().astype(object)
    for name in numbers:
        words[name] = [COUNTS[how.counts](value) for value in table[name]]
    if "artwork_id" in words:
        words["artwork_id"] = [IDS[how.ids](one) for one in words["artwork_id"]]
    words.columns = [HEADERS[how.header](name) for name in words.columns]
    if how.form == "xlsx":
        return _write_sheet(words, place.with_suffix(".xlsx"))
    if how.form == "parquet":
        words.astype(str).to_parquet(place.with_suffix(".parquet"))
        return place.with_suffix(".parquet")
    separator, end = SEPARATORS[how.separator], ENDS[how.end]
    out = io.StringIO()
    lines = [line + separator if line == "sep=" else line for line in ABOVE[how.above]]
    below = BELOW[how.below]
    if below == ["Total"]:
        total = [str(int(table[name].sum())) if name in numbers else "" for name in table]
        total[0] = "Total"
        below = [separator.join(total)] if how.counts == "plain" else []
    out.write("".join(line + end for line in lines))
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(words.columns)
    writer.writerows(words.to_numpy().tolist())
    out.write("".join(line + end for line in below))
    try:
        data = out.getvalue().encode(how.encoding)
    except UnicodeEncodeError:
        data = out.getvalue().encode("utf-8")
    if how.form == "gzip":
        path = place.with_suffix(".csv.gz")
        path.write_bytes(gzip.compress(data))
        return path
    path = place.with_suffix(".csv")
    path.write_bytes(data)
    return path


def _write_sheet(words: pd.DataFrame, path: Path) -> Path:
    """A workbook of inline text cells, as a program without a spreadsheet writes one."""
    import zipfile
    from xml.sax.saxutils import escape

    rows = [list(words.columns), *words.to_numpy().tolist()]
    cells = "".join(
        f'<row r="{at}">'
        + "".join(f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' for value in row)
        + "</row>"
        for at, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
        '"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet '
        'name="Report" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="a" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>'
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return path


def known_counts(random: np.random.Generator) -> pd.DataFrame:
    """Counts of eight artworks in two clusters; now small, now large, now round."""
    rows = [(artwork, cluster) for artwork in ARTWORKS for cluster in ("café", "größer")]
    table = pd.DataFrame(rows, columns=["artwork_id", "cluster"])
    largest = int(random.choice([40, 900, 5_000, 2_000_000]))
    impressions = random.integers(0, largest, len(table)) * int(random.choice([1, 1, 1000]))
    table["impressions"] = impressions
    table["plays"] = (impressions * random.uniform(0, 0.3, len(table))).astype(int)
    return table


def known_catalogue(place: Path) -> Path:
    place.mkdir()
    (place / "titles.csv").write_text("title_id,name\nt1,One\nt2,Two\n")
    lines = [f"{one},t{number % 2 + 1},{one}.jpg" for number, one in enumerate(ARTWORKS)]
    (place / "artworks.csv").write_text("artwork_id,title_id,path\n" + "\n".join(lines) + "\n")
    return place
