"""Where the pictures of a catalogue are: paths as written, and the files that they mean."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from index.io.locations import is_remote

_LEAVES = r"^/|^[A-Za-z]:|\x00|(?:^|/)\.{0,2}$"


@dataclass(frozen=True, slots=True)
class PicturePaths:
    """Paths of pictures, relative to the catalogue.

    Attributes:
        paths: as they are in the folder, `/` between its parts.
        outside: which of them lead out of the folder and of every folder that is allowed.
        notes: what was changed, as clauses.
    """

    paths: pd.Series[str]
    outside: pd.Series[bool]
    notes: tuple[str, ...]


def find_pictures(folder: Path, written: pd.Series[str], allowed: Sequence[Path]) -> PicturePaths:
    r"""The files that paths mean.

    `\` is read as `/`, an absolute path inside the folder is made relative, and a name that is
    not there is looked for in the other Unicode form and in any case.

    Args:
        folder: the catalogue, here or in an object store.
        written: paths as its table has them.
        allowed: folders that links may lead to.
    """
    paths = written.str.replace("\\", "/", regex=False)
    changed = {"`\\` read as `/`": int(paths.ne(written).sum())}
    if is_remote(folder):
        outside = paths.str.contains(_LEAVES + r"|(?:^|/)\.\.(?:/|$)", regex=True)
        return PicturePaths(paths, outside, _told(changed))
    inside = _relative(folder, paths)
    changed["absolute paths made relative"] = int(inside.ne(paths).sum())
    paths = inside
    outside = _outside(folder, paths, [Path(os.path.realpath(one)) for one in allowed])
    spelled = _respelled(folder, paths[~outside])
    if spelled:
        paths = paths.map(lambda path: spelled.get(path, path)).astype(paths.dtype)
        changed["names found under another spelling or case"] = len(spelled)
        outside = _outside(folder, paths, [Path(os.path.realpath(one)) for one in allowed])
    return PicturePaths(paths, outside, _told(changed))


def _told(changed: dict[str, int]) -> tuple[str, ...]:
    return tuple(f"{number:,} × {what}" for what, number in changed.items() if number)


def _relative(folder: Path, paths: pd.Series[str]) -> pd.Series[str]:
    """Absolute paths, also as `file://` URLs, that lie inside the folder, made relative to it."""
    if not paths.str.startswith(("/", "file:")).any() and not paths.str.contains(":").any():
        return paths
    plain = paths.str.replace(r"^file:/{2,3}(?=/|[A-Za-z]:)", "", regex=True)
    for root in {folder.absolute().as_posix(), folder.resolve().as_posix()}:
        plain = plain.str.replace(f"^{re.escape(root)}/+", "", regex=True)
    return plain.where(~plain.str.contains(_LEAVES, regex=True), paths)


def _outside(folder: Path, paths: pd.Series[str], allowed: Sequence[Path]) -> pd.Series[bool]:
    """Which paths lead out of the folder, by their text or by a link on the way.

    Folders are resolved once each, and files only where they are links, so that a million
    artworks cost a million look-ups in a set.
    """
    roots = [folder.resolve(), *allowed]

    def is_inside(place: str) -> bool:
        real = Path(os.path.realpath(place))
        return any(real.is_relative_to(root) for root in roots)

    outside = paths.str.contains(_LEAVES, regex=True)
    parents = paths.str.rpartition("/")[0]
    leaving: set[str] = set()
    links: set[str] = set()
    for parent in parents[~outside].unique():
        place = os.path.realpath(folder / parent)
        if not is_inside(place):
            leaving.add(parent)
        elif os.path.isdir(place):
            with os.scandir(place) as entries:
                prefix = f"{parent}/" if parent else ""
                links.update(prefix + entry.name for entry in entries if entry.is_symlink())
    linked = paths[paths.isin(links) & ~outside]
    escaped = {name for name in linked.unique() if not is_inside(str(folder / name))}
    return outside | parents.isin(leaving) | paths.isin(escaped)


def _respelled(folder: Path, paths: pd.Series[str]) -> dict[str, str]:
    """Path → path of a file that is spelled alike, for paths without a file."""
    there: set[str] = set()
    if paths.empty:
        return {}
    for parent in paths.str.rpartition("/")[0].unique():
        prefix = f"{parent}/" if parent else ""
        there.update(prefix + name for name in _names(folder / parent))
    found: dict[str, str] = {}
    listings: dict[str, dict[str, str]] = {}
    for path in paths[~paths.isin(there)].unique():
        place = ""
        for part in path.split("/"):
            if place not in listings:
                listings[place] = _by_form(_names(folder / place))
            own = listings[place].get(_form(part))
            if own is None:
                break
            place = f"{place}/{own}" if place else own
        else:
            if place != path:
                found[path] = place
    return found


def _names(place: Path) -> set[str]:
    try:
        return set(os.listdir(place))
    except OSError:
        return set()


def _by_form(names: set[str]) -> dict[str, str]:
    """Form → name, for names whose form no other has."""
    held: dict[str, list[str]] = {}
    for name in names:
        held.setdefault(_form(name), []).append(name)
    return {form: own[0] for form, own in held.items() if len(own) == 1}


def _form(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
