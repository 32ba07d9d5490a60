"""A log of impressions through what `assistant index` does with it: counts, then performance tags.

The log is made first, in a process and a folder of its own; that time is told apart. Peers count
the head of the same log in the same run, each in a fresh process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from memory import peak_memory
from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)

ARTWORKS, TITLES, CLUSTERS = 50_000, 8_000, 6
PLATFORMS = ("tv", "mobile", "web")
PEER_ROWS = 10_000_000
GENRES = ("Romance", "Thriller", "Comedy", "Horror", "Drama", "Documentary")

processes = multiprocessing.get_context("spawn")


def write_log(folder: Path, impressions: int, members: int, learned: bool) -> None:
    """A catalogue whose log has so many impressions, streamed to Parquet in a fixed order.

    Titles are popular by a power law, artworks of a title are shown alike, and every artwork
    has a take fraction of its own that clusters shift.
    """
    import duckdb

    def draw(what: str, salt: int) -> str:
        """A number in [0, 1) that depends on `what` alone."""
        return f"((hash({what} * 64 + {salt}) >> 11) / 9007199254740992.0)"

    def write(name: str, query: str) -> None:
        connection.execute(f"COPY ({query}) TO '{folder / name}.parquet' (COMPRESSION zstd)")

    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '4GB'")
        connection.execute("SET temp_directory = ?", [str(folder / "spill")])
        genre = " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(GENRES))
        write(
            "titles",
            f"SELECT format('t{{:05d}}', i) AS title_id, format('Title {{}}', i) AS name, "
            f"CASE i % {CLUSTERS} {genre} END AS genres FROM range({TITLES}) AS r(i)",
        )
        write(
            "artworks",
            f"SELECT format('a{{:06d}}', i) AS artwork_id, format('t{{:05d}}', i % {TITLES}) "
            f"AS title_id, format('images/{{}}.jpg', i) AS path FROM range({ARTWORKS}) AS r(i)",
        )
        taste = f"CAST(floor({CLUSTERS} * pow({draw('m', 1)}, 1.5)) AS INTEGER)"
        if learned:
            title = (
                f"CASE WHEN {draw('(m * 8 + n)', 8)} < 0.7 "
                f"THEN {taste} + {CLUSTERS} * CAST(floor({TITLES // CLUSTERS} "
                f"* pow({draw('(m * 8 + n)', 9)}, 3)) AS BIGINT) "
                f"ELSE CAST(floor({TITLES} * pow({draw('(m * 8 + n)', 9)}, 3)) AS BIGINT) END"
            )
            write(
                "interactions",
                f"SELECT format('m{{:08d}}', m) AS member_id, "
                f"format('t{{:05d}}', {title}) AS title_id, 1 AS plays "
                f"FROM (SELECT i // 8 AS m, i % 8 AS n FROM range({8 * members}) AS r(i))",
            )
        else:
            write(
                "members",
                f"SELECT format('m{{:08d}}', m) AS member_id, format('c{{}}', {taste}) AS cluster "
                f"FROM range({members}) AS r(m)",
            )
        pick = f"CAST(floor({TITLES} * pow({draw('i', 3)}, 2)) AS BIGINT)"
        own = f"CAST(floor({ARTWORKS // TITLES} * {draw('i', 4)}) AS BIGINT)"
        rate = f"0.02 + 0.2 * {draw('a', 5)} + 0.05 * {draw(f'(a * {CLUSTERS} + {taste})', 6)}"
        platforms = " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(PLATFORMS))
        write(
            "impressions",
            f"SELECT format('m{{:08d}}', m) AS member_id, format('a{{:06d}}', a) AS artwork_id, "
            f"{draw('i', 7)} < {rate} AS played, CASE p {platforms} END AS platform FROM ("
            f"SELECT i, {pick} + {TITLES} * {own} AS a, "
            f"CAST(floor({members} * {draw('i', 2)}) AS BIGINT) AS m, "
            f"CAST(floor({len(PLATFORMS)} * {draw('i', 10)}) AS INTEGER) AS p "
            f"FROM range({impressions}) AS r(i))",
        )


def index_log(folder: Path, index: Path) -> tuple[list[tuple[str, float, float]], str]:
    """What `assistant index` does with the tables and the log; seconds and GB by stage."""
    from index.build.audience import find_audience
    from index.build.contents import write_audience, write_times
    from index.catalogue.load import load_catalogue
    from index.store import IndexWriter

    stages = []

    def stage(name: str, work: Callable[[], Any]) -> Any:
        began = perf_counter()
        result = work()
        stages.append((name, perf_counter() - began, peak_memory()))
        return result

    catalogue = stage("check the tables, fingerprint the log", lambda: load_catalogue(folder))
    audience = stage("clusters, and counts of the log", lambda: find_audience(catalogue, None, 7))
    with IndexWriter(index) as writer:
        stage(
            "performance tags, written",
            lambda: write_times(
                writer,
                catalogue,
                audience.members,
                write_audience(writer, catalogue, audience, catalogue.artworks),
            ),
        )
    cells = audience.cells
    said = f"{cells['impressions'].sum():,} impressions became {len(cells):,} counts"
    return stages, said


def count_with_pandas(log: Path, members: Path) -> None:
    """Counts by artwork, cluster and platform as a notebook has them."""
    import pandas as pd

    rows = pd.read_parquet(log).merge(pd.read_parquet(members), on="member_id", how="left")
    rows.groupby(["artwork_id", "cluster", "platform"], observed=True)["played"].agg(
        ["size", "sum"]
    )


def count_with_polars(log: Path, members: Path) -> None:
    """The same, lazily."""
    import polars as pl

    rows = pl.scan_parquet(log).join(pl.scan_parquet(members), on="member_id", how="left")
    rows.group_by("artwork_id", "cluster", "platform").agg(
        pl.len(), pl.col("played").sum()
    ).collect()


def count_with_index(log: Path, members: Path) -> None:
    """The same by the index, with every row checked."""
    import pandas as pd

    from index.catalogue.aggregate import aggregate_performance
    from index.catalogue.load import load_catalogue

    catalogue = load_catalogue(log.parent)
    aggregate_performance(catalogue, pd.read_parquet(members))


def _timed(work: Callable[[Path, Path], None], log: Path, members: Path, answer: Any) -> None:
    began = perf_counter()
    try:
        work(log, members)
    except ImportError:
        answer.put(None)
    else:
        answer.put((perf_counter() - began, peak_memory()))


def compare(folder: Path, small: Path) -> list[tuple[str, str, str, str]]:
    """Seconds and peak memory of each way to count the small log, and times what the index takes.

    Args:
        folder: of the whole log.
        small: a folder of its own for the head of the log.
    """
    import duckdb

    for name in ("titles", "artworks", "members"):
        (small / f"{name}.parquet").symlink_to(folder / f"{name}.parquet")
    log, members = small / "impressions.parquet", small / "members.parquet"
    with duckdb.connect() as connection:
        head = f"SELECT * FROM '{folder / 'impressions.parquet'}' LIMIT {PEER_ROWS}"
        connection.execute(f"COPY ({head}) TO '{log}' (COMPRESSION zstd)")
    found: dict[str, tuple[float, float]] = {}
    ways = {"index": count_with_index, "pandas": count_with_pandas, "polars": count_with_polars}
    for name, way in ways.items():
        answer = processes.Queue()
        worker = processes.Process(target=_timed, args=(way, log, members, answer))
        worker.start()
        told = answer.get()
        worker.join()
        if told is not None:
            found[name] = told
    own = found["index"][0]
    return [
        (name, f"{seconds:.1f}", f"{peak:.2f}", f"{seconds / own:.2f}")
        for name, (seconds, peak) in found.items()
    ]


def main() -> None:
    """Make a log, index it, and set the targets and the peers beside that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--impressions", type=int, default=100_000_000)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument(
        "--learned", action="store_true", help="learn clusters from eight titles a member"
    )
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "duckdb", "pandas", "pyarrow", "numpy")
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "catalogue"
        folder.mkdir()
        began = perf_counter()
        given = (folder, asked.impressions, asked.members, asked.learned)
        maker = processes.Process(target=write_log, args=given)
        maker.start()
        maker.join()
        if maker.exitcode:
            raise SystemExit(maker.exitcode)
        size = (folder / "impressions.parquet").stat().st_size / 1e6
        clusters = "learned" if asked.learned else "given"
        say(
            f"{asked.impressions:,} impressions of {asked.members:,} members on {ARTWORKS:,} "
            f"artworks of {TITLES:,} titles, {size:,.0f} MB of Parquet, clusters {clusters}; "
            f"made in {perf_counter() - began:.0f} s\n"
        )
        stages, said = index_log(folder, Path(room) / "index")
        total, peak = sum(seconds for _, seconds, _ in stages), peak_memory()
        rows = [(name, f"{seconds:.1f}", f"{held:.2f}") for name, seconds, held in stages]
        say(f"{said}\n")
        print_table(
            ("stage", "s", "peak GB by then"), [*rows, ("all", f"{total:.1f}", f"{peak:.2f}")]
        )
        if not asked.learned:
            small = Path(room) / "small"
            small.mkdir()
            rows_of_peers = compare(folder, small)
            say(f"Counting {min(PEER_ROWS, asked.impressions):,} impressions\n")
            print_table(("counted by", "s", "peak GB", "times the index"), rows_of_peers)
    print_targets(
        [
            Target("log to tags", 90, total, "s", at_most=True),
            Target("peak memory", 2, peak, "GB", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, f"logs-{clusters}", "Logs of impressions")


if __name__ == "__main__":
    main()
