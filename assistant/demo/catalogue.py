"""Writes the demo catalogue: drawn artwork, invented titles, simulated members."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from assistant.demo.artwork import Plan, draw_artwork
from assistant.demo.behaviour import (
    draw_impressions,
    draw_interactions,
    draw_members,
    draw_popularity,
)
from assistant.demo.design import VARIANTS, PlannedArtwork, plan_artworks
from assistant.demo.truth import TitleSpec, load_titles, load_truth
from index.records import Progress, silent

MARKER = "demo.json"
_QUALITY = 88
_IMPRESSIONS_A_TITLE = 25_000
_POOL_FROM = 60


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What a seed decides before anything is drawn."""

    titles: tuple[TitleSpec, ...]
    title_ids: list[str]
    popularity: np.ndarray
    artworks: tuple[PlannedArtwork, ...]
    artwork_ids: list[str]


def plan_catalogue(seed: int = 7, titles: int | None = None) -> DemoPlan:
    """Titles, popularity and levers of a seed; `titles` takes only the first of them."""
    chosen = load_titles()[:titles]
    truth = load_truth()
    rng = np.random.default_rng([seed, 1])
    popularity = draw_popularity(len(chosen), rng)
    artworks = plan_artworks(chosen, popularity, truth, rng)
    title_ids = [f"t{number:02d}" for number in range(1, len(chosen) + 1)]
    ids = [f"{title_ids[one.title]}_{VARIANTS.index(one.variant) + 1}" for one in artworks]
    return DemoPlan(chosen, title_ids, popularity, artworks, ids)


def write_catalogue(
    folder: Path, *, seed: int = 7, progress: Progress = silent, titles: int | None = None
) -> None:
    """Draw and simulate the demo catalogue into `folder`, which is replaced in one step.

    The same seed gives the same bytes. `titles` keeps only the first of the sixty titles.

    Raises:
        FileExistsError: the folder holds something that is not a demo catalogue.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise FileExistsError(f"{folder} holds something else than a demo catalogue")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _replaced(folder) as draft:
        plan = plan_catalogue(seed, titles)
        _write_tables(draft, plan, seed)
        _draw_images(draft, plan, seed, progress)
        (draft / MARKER).write_text(_marker(seed, titles), encoding="utf-8")


def catalogue_is_current(folder: Path, seed: int = 7) -> bool:
    """Whether `folder` already holds what `write_catalogue(folder, seed=seed)` would write."""
    try:
        return (folder / MARKER).read_text(encoding="utf-8") == _marker(seed, None)
    except OSError:
        return False


def _marker(seed: int, titles: int | None) -> str:
    facts = {"content": _content_version(), "seed": seed, "titles": titles or "all"}
    return json.dumps(facts, indent=2) + "\n"


@cache
def _content_version() -> str:
    """Changes with the code and the data that the catalogue is made from."""
    digest = hashlib.blake2b(digest_size=8)
    package = Path(__file__).parents[1]
    for room in ("demo", "drawing"):
        for path in sorted((package / room).glob("*.[py]*")):
            if path.suffix in {".py", ".yaml"}:
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """A draft folder beside the real one that takes its place when all went well."""
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    draft.chmod(0o755)
    try:
        yield draft
        if folder.exists():
            old = draft.with_name(draft.name + ".old")
            folder.rename(old)
            draft.rename(folder)
            shutil.rmtree(old)
        else:
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write_tables(folder: Path, plan: DemoPlan, seed: int) -> None:
    truth = load_truth()
    pd.DataFrame(
        {
            "title_id": plan.title_ids,
            "name": [title.name for title in plan.titles],
            "synopsis": [title.synopsis for title in plan.titles],
            "genres": ["|".join(title.genres) for title in plan.titles],
            "tags": ["|".join(title.tags) for title in plan.titles],
            "year": [title.year for title in plan.titles],
            "maturity": [title.maturity for title in plan.titles],
            "country": [title.country for title in plan.titles],
        }
    ).to_csv(folder / "titles.csv", index=False, lineterminator="\n")
    _artworks_table(plan, seed).to_csv(folder / "artworks.csv", index=False, lineterminator="\n")
    rng = np.random.default_rng([seed, 2])
    members = draw_members(truth, rng)
    draw_interactions(truth, plan.titles, plan.title_ids, members, plan.popularity, rng).to_csv(
        folder / "interactions.csv", index=False, lineterminator="\n"
    )
    count = min(truth.impressions, _IMPRESSIONS_A_TITLE * len(plan.titles))
    table = draw_impressions(
        truth,
        plan.titles,
        plan.artworks,
        plan.artwork_ids,
        members,
        plan.popularity,
        rng,
        count=count,
    )
    pq.write_table(table, folder / "impressions.parquet", compression="zstd")


def _artworks_table(plan: DemoPlan, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([seed, 3])
    titles = [plan.title_ids[one.title] for one in plan.artworks]
    days = rng.integers(0, 300, len(titles))
    years = np.array([plan.titles[one.title].year for one in plan.artworks])
    made = [
        str(np.datetime64(f"{year}-01-01") + day) for year, day in zip(years, days, strict=True)
    ]
    return pd.DataFrame(
        {
            "artwork_id": plan.artwork_ids,
            "title_id": titles,
            "path": [f"images/{artwork}.jpg" for artwork in plan.artwork_ids],
            "family_id": [
                f"{title}_f{VARIANTS.index(one.family) + 1}"
                for title, one in zip(titles, plan.artworks, strict=True)
            ],
            "canvas": [one.canvas for one in plan.artworks],
            "created_at": made,
            "rights": rng.choice(["all media", "all media", "digital only"], len(titles)),
        }
    )


def picture_plans(plan: DemoPlan, seed: int) -> list[Plan]:
    """How every artwork is drawn, in the order of the plan."""
    found = []
    for one in plan.artworks:
        title = plan.titles[one.title]
        base = [seed, 4, one.title]
        found.append(
            Plan(
                title.name,
                title.tagline,
                title.look,
                title.scenes,
                one.levers,
                title.prop,
                title.portrait,
                one.canvas,
                title_seed=_seed_of(base),
                picture_seed=_seed_of([*base, 1 + VARIANTS.index(one.family)]),
                seed=_seed_of([*base, 11 + VARIANTS.index(one.variant)]),
            )
        )
    return found


def _seed_of(parts: list[int]) -> int:
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def _draw_images(folder: Path, plan: DemoPlan, seed: int, progress: Progress) -> None:
    (folder / "images").mkdir()
    paths = [folder / "images" / f"{artwork}.jpg" for artwork in plan.artwork_ids]
    jobs = list(zip(picture_plans(plan, seed), paths, strict=True))
    progress("drawing", 0, len(jobs))
    for done, _ in enumerate(_drawn(jobs), start=1):
        progress("drawing", done, len(jobs))


def _drawn(jobs: list[tuple[Plan, Path]]) -> Iterable[None]:
    workers = min(2, os.cpu_count() or 1)
    if workers == 1 or len(jobs) < _POOL_FROM:
        yield from map(_draw_one, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(_draw_one, jobs, chunksize=6)


def _draw_one(job: tuple[Plan, Path]) -> None:
    plan, path = job
    draw_artwork(plan).save(path, quality=_QUALITY, optimize=True)
