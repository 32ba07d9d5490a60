"""Malformed tables, briefs and other YAML by the thousand, through the code that reads them."""

from __future__ import annotations

import io
import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from assistant.answers.brief import load_brief
from index.catalogue.aggregate import aggregate_performance
from index.catalogue.load import load_catalogue
from index.errors import InputError
from index.features.canvases import load_canvases
from tests.conventions import conventions, known_catalogue, known_counts, write_table
from tests.watched import Outcome, watch

SECONDS, MEGABYTES = 20.0, 1536
TABLES = {
    "titles": "title_id,name,genres,year\n{0},Title,Drama|War,1999\nt2,Other,Comedy,2001\n",
    "artworks": "artwork_id,title_id,path,created_at\na1,{0},a.jpg,2020-01-02\na2,t2,b.jpg,\n",
    "performance": "artwork_id,impressions,plays,platform\na1,100,{1},tv\na2,50,3,mobile\n",
    "members": "member_id,cluster\nm1,heart\nm2,thrill\n",
    "interactions": "member_id,title_id,plays\nm1,{0},2\nm2,t2,1\n",
}
_VALUES = (
    "", " ", "NaN", "inf", "-inf", "1e400", "-1", "0.5", "9" * 40, "2020-01-02", "None", "null",
    "TRUE", "=1+1", "../../etc/passwd", "/etc/passwd", "a\x00b", "\ufeff", "\u202eabc", "é" * 3,
    '"', '"open', "a\nb", "a\r\nb", "x" * 200_000, "<b>", "{{ 7*7 }}", "\x1b[31m", "🎬",
)  # fmt: skip
_YAML = (
    "title: &a x\nsynopsis: *a\n",
    "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "title: one\ntitle: two\n",
    "title: !!python/object/apply:os.system ['true']\n",
    "title: x\naudience: {romance: .inf}\n",
    "title: x\naudience: {romance: -1}\n",
    "title: x\nmockups: {count: 1000000}\n",
    "- just\n- a list\n",
    "title: 'open\n",
    "title: \x07\n",
    "? [a, b]\n: c\n",
    "title: x\nreferences: [../../../etc/passwd]\n",
    "title: x\ncanvases: {a: 1}\n",
    "[" * 3000,
    "title: x\nsynopsis: " + "y" * 30_000 + "\n",
    "tile: {size: [0, 5]}\n",
    "tile: {size: [100, 100], safe: [0.9, 0, 0.1, 1]}\n",
    "tile: 5\n",
)


def _spoil_text(content: str, random: np.random.Generator) -> bytes:
    """A CSV with one value, line or encoding made wrong."""
    lines = content.splitlines()
    match int(random.integers(0, 9)):
        case 0 | 1 | 2:
            row = int(random.integers(0, len(lines)))
            cells = lines[row].split(",")
            cells[int(random.integers(0, len(cells)))] = str(
                random.choice(np.array(_VALUES, object))
            )
            lines[row] = ",".join(cells)
        case 3:
            return content.encode(str(random.choice(["utf-16", "utf-32", "utf-8-sig", "cp500"])))
        case 4:
            lines[int(random.integers(0, len(lines)))] += ",extra" * int(random.integers(1, 50))
        case 5:
            lines = lines[: int(random.integers(0, 2))]
        case 6:
            cut = content.encode()
            return cut[: int(random.integers(0, len(cut)))]
        case 7:
            width = int(random.choice([100, 5_000]))
            lines = [line + "".join(f",c{n}" for n in range(width)) for line in lines]
        case _:
            spoiled = bytearray(content.encode())
            for _ in range(int(random.integers(1, 6))):
                spoiled[int(random.integers(0, len(spoiled)))] = int(random.integers(0, 256))
            return bytes(spoiled)
    separator = str(random.choice(["\n", "\r\n", "\r"]))
    return separator.join(lines).encode("utf-8", "surrogatepass")


def _spoil_parquet(content: str, random: np.random.Generator) -> bytes:
    frame = pd.read_csv(io.StringIO(content), dtype=object)
    column = str(random.choice(frame.columns))
    match int(random.integers(0, 4)):
        case 0:
            frame[column] = np.array([np.nan, np.inf])
        case 1:
            frame[column] = [pd.Timestamp("2020-01-01"), pd.NaT]
        case 2:
            frame[column] = [["a", "b"], None]
        case _:
            pass
    written = io.BytesIO()
    frame.to_parquet(written)
    spoiled = bytearray(written.getvalue())
    if random.random() < 0.6:
        for _ in range(int(random.integers(1, 9))):
            spoiled[int(random.integers(0, len(spoiled)))] = int(random.integers(0, 256))
    return bytes(spoiled)


def _catalogues(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Path]]:
    random = np.random.default_rng(seed)
    for number in range(count):
        place = folder / f"catalogue-{number % 20:02d}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        good = {name: text.format("t1", "7") for name, text in TABLES.items()}
        spoiled = str(random.choice(list(good)))
        parquet = bool(random.random() < 0.3)
        for name, text in good.items():
            if name != spoiled:
                (place / f"{name}.csv").write_text(text)
        change: Callable[[str, np.random.Generator], bytes] = (
            _spoil_parquet if parquet else _spoil_text
        )
        suffix = "parquet" if parquet else "csv"
        (place / f"{spoiled}.{suffix}").write_bytes(change(good[spoiled], random))
        yield f"{suffix} tables", place


def _documents(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Path]]:
    random = np.random.default_rng(seed)
    for number, text in zip(range(count), itertools.cycle(_YAML), strict=False):
        spoiled = bytearray(text.encode())
        if number >= len(_YAML):
            for _ in range(int(random.integers(1, 5))):
                spoiled[int(random.integers(0, len(spoiled)))] = int(random.integers(0, 256))
        path = folder / f"document-{number % 20:02d}.yaml"
        path.write_bytes(spoiled)
        yield "YAML", path


def read_all(count: int, seed: int, folder: Path) -> Outcome:
    """Read that many malformed catalogues, and half as many YAML files."""
    cases = itertools.chain(_catalogues(count, seed, folder), _documents(count // 2, seed, folder))
    return watch(attempt, cases, seconds=SECONDS, megabytes=MEGABYTES)


def attempt(path: Path) -> str:
    """What reading the catalogue or the YAML gives."""
    steps: list[Callable[[Path], object]] = (
        [_read_catalogue] if path.is_dir() else [load_brief, load_canvases]
    )
    refusals = []
    for step in steps:
        try:
            step(path)
        except InputError as error:
            refusals.append(str(error))
    if any("\n" in line or not line.strip() for line in refusals):
        return f"refused in other than one line: {refusals!r}"
    return "refused" if len(refusals) == len(steps) else "read"


def _read_catalogue(folder: Path) -> None:
    aggregate_performance(load_catalogue(folder), None)


def read_known(count: int, seed: int, folder: Path) -> tuple[int, int, list[str]]:
    """Write known counts in that many conventions: how many came back, were refused, were wrong."""
    random = np.random.default_rng(seed)
    read, refused, wrong = 0, 0, []
    for number, how in enumerate(conventions(count, seed)):
        place, table = known_catalogue(folder / f"known-{number}"), known_counts(random)
        write_table(table, ["impressions", "plays"], how, place / "performance")
        try:
            cells = aggregate_performance(load_catalogue(place), None)
        except InputError:
            refused += 1
        else:
            assert cells is not None
            order = ["artwork_id", "cluster"]
            found = cells.sort_values(order)[[*order, "impressions", "plays"]].to_numpy().tolist()
            if found == table.sort_values(order).to_numpy().tolist():
                read += 1
            else:
                wrong.append(f"read with other values: {how}")
        shutil.rmtree(place)
    return read, refused, wrong
