"""Titles and artworks of a folder that holds nothing but pictures, from how they are called."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd

from index.errors import InputError

SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif",
     ".heic", ".heif", ".psd", ".jp2", ".jxl", ".svg")
)  # fmt: skip
MOST = 2_000_000
_PARTS = re.compile(r"\s+[-\u2013\u2014]\s+|\s*__+\s*|\s*\|\s*")
_NUMBERED = re.compile(
    r"(?P<title>.*[^\W_])[\s_.-]*(?:[\s_.(#-]+(?:v|var|variant|version|art|artwork|poster|tile|img|"
    r"image|copy)?[\s_.-]*\d{1,3}|[\s_.(-]+[a-h])\)?",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?<!\d)(\d{2,5})\s*[x\u00d7]\s*(\d{2,5})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedPictures:
    """Tables made of the names of pictures.

    Attributes:
        titles: title_id, name.
        artworks: artwork_id, title_id, path, canvas.
        told: how the names were read, as a clause.
    """

    titles: pd.DataFrame
    artworks: pd.DataFrame
    told: str


def list_pictures(folder: Path) -> list[str]:
    """Paths of all pictures in a folder and those below, relative to it, in order."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        inside = Path(place).relative_to(folder)
        found.extend(
            (inside / name).as_posix()
            for name in sorted(files)
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith(".")
        )
        if len(found) > MOST:
            raise InputError(f"holds more than {MOST:,} pictures", path=folder)
    return found


def read_names(paths: list[str]) -> NamedPictures:
    """Titles and variants of pictures that are called "title - variant.jpg".

    A folder that holds several pictures, below the one that is read, is a title by itself. Else
    the last " - " parts title and variant; without one, a number or single letter at the end
    does where several pictures share what is before it.
    """
    stems = [PurePosixPath(path).stem.strip() for path in paths]
    parents = [PurePosixPath(path).parent.name for path in paths]
    depth = min((len(PurePosixPath(path).parts) for path in paths), default=1)
    below = [len(PurePosixPath(path).parts) > depth or depth > 1 for path in paths]
    by_folder = len(set(parents)) > 1 and all(below)
    numbered = Counter(
        found["title"].casefold() for stem in stems if (found := _NUMBERED.fullmatch(stem))
    )
    names, ways = [], Counter[str]()
    for stem, parent in zip(stems, parents, strict=True):
        parts = _PARTS.split(stem)
        plain = _NUMBERED.fullmatch(stem)
        if by_folder:
            name, way = parent, "the folder"
        elif len(parts) > 1 and parts[0]:
            name, way = " - ".join(parts[:-1]), "“title - variant”"
        elif plain and numbered[plain["title"].casefold()] > 1:
            name, way = plain["title"], "the name without its number"
        else:
            name, way = stem, "the whole name"
        names.append(_spaced(_SIZE.sub("", name)) or stem)
        ways[way] += 1
    ids = _ids(paths)
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(name.casefold(), name)
    keys = [_slug(name) for name in names]
    titles = pd.DataFrame({"title_id": keys, "name": [spelled[name.casefold()] for name in names]})
    sizes = [_SIZE.search(stem) for stem in stems]
    artworks = pd.DataFrame(
        {
            "artwork_id": ids,
            "title_id": keys,
            "path": paths,
            "canvas": [f"{size[1]}x{size[2]}" if size else "" for size in sizes],
        },
    )
    titles = titles.drop_duplicates("title_id", ignore_index=True)
    (way, _), *_ = ways.most_common(1)
    told = f"{len(ids):,} pictures are artworks of {len(titles):,} titles, by {way}"
    return NamedPictures(titles.astype("str"), artworks.astype("str"), told)


def _ids(paths: list[str]) -> list[str]:
    """File names without their ending; with their folders where two would be alike."""
    stems = [PurePosixPath(path).stem.strip() for path in paths]
    folded = Counter(stem.casefold() for stem in stems)
    ids = [
        stem if folded[stem.casefold()] == 1 else str(PurePosixPath(path).with_suffix(""))
        for stem, path in zip(stems, paths, strict=True)
    ]
    twice = Counter(ids)
    return [one if twice[one] == 1 else path for one, path in zip(ids, paths, strict=True)]


def _spaced(name: str) -> str:
    plain = name if " " in name else re.sub(r"[_]+|(?<=\w)-(?=\w)", " ", name)
    return re.sub(r"\s+", " ", plain).strip(" -_.")


def _slug(name: str) -> str:
    return re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or name
