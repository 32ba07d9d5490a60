"""Spreadsheets as analysts save them, and files that are called what they are not."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from index.catalogue.aggregate import aggregate_performance
from index.catalogue.catalogue import Catalogue
from index.catalogue.load import load_catalogue
from index.errors import InputError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = ["artwork_id", "platform", "impressions", "plays"]
ROWS = [["x1", "tv", 500, 40], ["x1", "web", 310, 12], ["x2", "tv", 420, 9], ["x2", "web", 77, 8]]


def _sheet(rows: list[list[object]], merged: str = "", hidden: tuple[int, ...] = ()) -> str:
    def cell(value: object) -> str:
        if isinstance(value, int):
            return f"<c><v>{value}</v></c>"
        return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value else "<c/>"

    lines = "".join(
        f'<row r="{at}"{" hidden=" + chr(34) + "1" + chr(34) if at in hidden else ""}>'
        + "".join(map(cell, row)) + "</row>"
        for at, row in enumerate(rows, 1)
    )  # fmt: skip
    ranges = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{ranges}</worksheet>'


def write_book(path: Path, sheets: dict[str, str], unseen: tuple[str, ...] = ()) -> None:
    """A workbook of these sheets."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="s{at}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in unseen else ''}/>"
        for at, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="s{at}" Type="{OFFICE}/worksheet" Target="worksheets/s{at}.xml"/>'
        for at, _ in enumerate(sheets, 1)
    )
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
            'ContentType="application/xml"/><Default Extension="rels" ContentType="application/'
            'vnd.openxmlformats-package.relationships+xml"/><Override '
            f'PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        )
        for at, content in enumerate(sheets.values(), 1):
            book.writestr(f"xl/worksheets/s{at}.xml", content)


def read(place: Path) -> tuple[int, Catalogue]:
    """Impressions of the catalogue."""
    (place / "titles.csv").write_text("title_id,name\nt,One\n")
    (place / "artworks.csv").write_text("artwork_id,title_id,path\nx1,t,1.jpg\nx2,t,2.jpg\n")
    catalogue = load_catalogue(place)
    cells = aggregate_performance(catalogue, None)
    assert cells is not None
    return int(cells["impressions"].sum()), catalogue


def told(catalogue: Catalogue) -> str:
    return " ".join(catalogue.reading_notes())


def test_merged_cells_hold_in_all_their_rows(tmp_path: Path) -> None:
    rows = [HEADER, *([row[0] if at % 2 == 0 else "", *row[1:]] for at, row in enumerate(ROWS))]
    write_book(tmp_path / "performance.xlsx", {"Data": _sheet(rows, "A2:A3")})
    with pytest.raises(InputError, match="names no artwork"):
        read(tmp_path)
    rows[4][0] = "x2"
    write_book(tmp_path / "performance.xlsx", {"Data": _sheet(rows, "A2:A3")})
    seen, catalogue = read(tmp_path)
    assert seen == 1307
    assert "merged cells filled in (1)" in told(catalogue)


def test_a_hidden_sheet_is_passed_over(tmp_path: Path) -> None:
    draft = _sheet([HEADER, ["x1", "tv", 9, 1]])
    sheets = {"performance": draft, "Final": _sheet([HEADER, *ROWS])}
    write_book(tmp_path / "performance.xlsx", sheets, unseen=("performance",))
    seen, catalogue = read(tmp_path)
    assert seen == 1307
    assert "read from the sheet 'Final'" in told(catalogue)


def test_two_sheets_of_the_same_columns_are_refused(tmp_path: Path) -> None:
    sheets = {"May": _sheet([HEADER, *ROWS[:2]]), "June": _sheet([HEADER, *ROWS[2:]])}
    write_book(tmp_path / "performance.xlsx", sheets)
    with pytest.raises(InputError, match="'May' and 'June' have the same columns"):
        read(tmp_path)


def test_hidden_rows_are_reported(tmp_path: Path) -> None:
    write_book(tmp_path / "performance.xlsx", {"Data": _sheet([HEADER, *ROWS], hidden=(3, 4))})
    seen, catalogue = read(tmp_path)
    assert seen == 1307
    assert "2 hidden rows are read too" in told(catalogue)


def test_a_workbook_called_csv_and_a_csv_called_xlsx_are_read(tmp_path: Path) -> None:
    write_book(tmp_path / "performance.csv", {"Data": _sheet([HEADER, *ROWS])})
    assert read(tmp_path)[0] == 1307
    (tmp_path / "performance.csv").unlink()
    lines = "\n".join(",".join(map(str, row)) for row in [HEADER, *ROWS])
    (tmp_path / "performance.xlsx").write_text(lines)
    assert read(tmp_path)[0] == 1307


def test_a_web_page_called_xls_is_named(tmp_path: Path) -> None:
    (tmp_path / "performance.xls").write_text("<html><table><tr><td>1</td></tr></table></html>")
    with pytest.raises(InputError, match="is a web page or XML"):
        read(tmp_path)


def test_a_second_download_is_reported(tmp_path: Path) -> None:
    write_book(tmp_path / "performance.xlsx", {"Data": _sheet([HEADER, *ROWS])})
    (tmp_path / "performance (1).csv").write_text("artwork_id,impressions,plays\nx1,1,0\n")
    seen, catalogue = read(tmp_path)
    assert seen == 1307
    assert "performance (1).csv is not read: performance.xlsx is" in told(catalogue)
