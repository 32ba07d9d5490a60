"""Where the pictures of a catalogue are: paths as written, and the files that they mean."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

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

    `\` is read as `/` and an absolute path inside the folder is made relative. What is not there
    is looked for in the other Unicode form, in any case, without quotation marks and `%20`, and
    without the folders of another computer before it.

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
    spelled = _respelled(folder, paths)
    if spelled:
        paths = paths.map(lambda path: spelled.get(path, path)).astype(paths.dtype)
        shorter = sum(_form(path).endswith("/" + _form(own)) for path, own in spelled.items())
        changed["names found under another spelling or case"] = len(spelled) - shorter
        changed["folders before the path left out"] = shorter
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
    folders = [one.rpartition("/")[0] for one in paths.tolist()]
    parents = pd.Series(folders, paths.index, dtype="str")
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
    """Path → path of a file that is spelled alike, for paths without a file.

    Folders before a path are left out only where no other path means the same file.
    """
    leaves = paths.str.contains(_LEAVES, regex=True)
    away = set(paths[leaves])
    there: set[str] = set()
    if paths.empty:
        return {}
    for parent in {one.rpartition("/")[0] for one in paths[~leaves].tolist()}:
        prefix = f"{parent}/" if parent else ""
        there.update(prefix + name for name in _names(folder / parent))

    @cache
    def listing(place: str) -> dict[str, str]:
        """What the folder that is meant by a path holds, by form; nothing where there is none."""
        own = look_for(place) if place else ""
        return {} if own is None else _by_form(_names(folder / own), f"{own}/" if own else "")

    def look_for(path: str) -> str | None:
        place, slash, name = path.rpartition("/")
        return listing(place).get(_form(name)) if place or not slash else None

    found: dict[str, str] = {}
    shortened: dict[str, str] = {}
    for path in [one for one in dict.fromkeys(paths.tolist()) if one not in there]:
        if ".." in path.split("/") or re.match(r"[a-z]{2,}://", path):
            continue
        plain = path.strip("\"'")
        unquoted = unquote(plain)
        own = look_for(plain) or (look_for(unquoted) if unquoted != plain else None)
        if own is not None and own != path:
            found[path] = own
            continue
        parts = unquoted.split("/")
        last = len(parts) if path in away else len(parts) - 1
        tails = (look_for("/".join(parts[at:])) for at in range(1, last))
        own = next((one for one in tails if one is not None), None)
        if own is not None:
            shortened[path] = own
    meant = Counter([*shortened.values(), *found.values(), *there.intersection(paths.tolist())])
    return found | {path: own for path, own in shortened.items() if meant[own] == 1}


def why_outside(folder: Path, path: str) -> tuple[str, str]:
    """In what way a path leads out of the folder, and what to do."""
    if re.search(_LEAVES, path) and not path.endswith("/"):
        return "", "write the path as it is in the catalogue folder, such as images/poster.jpg"
    links = [folder / one for one in (*reversed(Path(path).parents), Path(path))]
    link = next((one for one in links if one.is_symlink()), None)
    if link is None:
        return "", "put the image inside, or name the folder it leads to with --allow-root DIR"
    target = Path(os.path.realpath(link))
    told = f": {link.relative_to(folder)} is a link to {target}"
    if not target.exists():
        return f"{told}, which is not there", "connect the drive, or correct the link"
    root = target if target.is_dir() else target.parent
    return told, f"if that is meant, say --allow-root {root}; else put the image inside"


def _names(place: Path) -> set[str]:
    try:
        return set(os.listdir(place))
    except OSError:
        return set()


def _by_form(names: set[str], prefix: str) -> dict[str, str]:
    """Form → name after a prefix, for names whose form no other has."""
    held: dict[str, list[str]] = {}
    for name in names:
        held.setdefault(_form(name), []).append(name)
    return {form: prefix + own[0] for form, own in held.items() if len(own) == 1}


def _form(name: str) -> str:
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
