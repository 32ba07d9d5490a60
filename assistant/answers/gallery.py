"""Pictures that sets are named from: an index's artwork, and folders that it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.answers.match import read_artworks
from assistant.answers.pieces import read_traits
from assistant.insights.estimators.fixed_effects import Floats
from assistant.wording import amount, phrase
from index.errors import ImageUnreadable, InputError
from index.features.feature import Value
from index.io.images import read_image
from index.records import Progress, silent
from index.store import Index

Flags = npt.NDArray[np.bool_]
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing in which two sets may differ.

    Attributes:
        more, less: what a set is called that has more (less) of it.
        values: `(pictures,)`, NaN where unknown.
        measured: `(pictures,)` what people are told of it, called `name`; `words` writes a value.
    """

    lever: str
    more: str
    less: str
    values: Floats
    measured: Floats
    name: str
    words: Callable[[float], str]


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """An index's artwork, then the pictures of other folders; arrays have a row for each.

    Attributes:
        titles: number of each one's title; a picture of a folder is a title of its own.
        folders: the pictures of each folder.
        skipped: pictures that cannot be read.
    """

    ids: tuple[str, ...]
    paths: tuple[Path, ...]
    titles: npt.NDArray[np.intp]
    traits: tuple[Trait, ...]
    folders: Mapping[Path, Flags]
    skipped: tuple[ImageUnreadable, ...] = ()

    def rows(self, chosen: Flags | Path) -> Flags:
        """The pictures of a folder, or a choice of the index's artwork."""
        if isinstance(chosen, Path):
            return self.folders[chosen]
        return np.pad(chosen, (0, len(self.ids) - len(chosen)))


def read_gallery(
    index: Index, folders: Sequence[Path] = (), *, progress: Progress = silent
) -> Gallery:
    """An index's artwork and the pictures of folders, measured alike.

    Raises:
        InputError: a folder holds no picture that can be read.
    """
    from index.catalogue.picture_names import list_pictures

    artworks = read_artworks(index)
    inside = {folder: [folder / name for name in list_pictures(folder)] for folder in folders}
    files = {path.resolve(): path for paths in inside.values() for path in paths}
    measured, skipped = _measure(index, files, progress)
    added, known = list(measured), len(artworks.ids)
    flags = {}
    for folder, paths in inside.items():
        here = {path.resolve() for path in paths}
        flags[folder] = np.array([False] * known + [path in here for path in added], bool)
        if not flags[folder].any():
            raise InputError("holds no picture that can be read", path=folder, hint="name another")
    apart = known + np.arange(len(added), dtype=np.intp)
    return Gallery(
        (*artworks.ids, *(str(files[path]) for path in added)),
        (*(index.catalogue_folder / path for path in artworks.paths), *added),
        np.concatenate([artworks.title_rows, apart]),
        tuple(_traits(index, list(measured.values()))),
        flags,
        skipped,
    )


def _measure(
    index: Index, files: Mapping[Path, Path], progress: Progress
) -> tuple[dict[Path, Mapping[str, Value]], tuple[ImageUnreadable, ...]]:
    """What the levers are made of, of each picture that can be read."""
    from index.features.extract import FeatureExtractor
    from index.features.registry import features

    if not files:
        return {}, ()
    traits = read_traits(index)
    asked = {name for fit in traits.levers.fitted for name in fit.members}
    asked |= {feature for _, feature in traits.levels}
    extractor = FeatureExtractor([one.name for one in features() if one.name in asked])
    measured: dict[Path, Mapping[str, Value]] = {}
    skipped, paths = [], list(files)
    for start in range(0, len(paths), _AT_ONCE):
        progress("pictures", start, len(paths))
        read = {}
        for path in paths[start : start + _AT_ONCE]:
            try:
                read[path] = read_image(path)
            except ImageUnreadable as error:
                skipped.append(error)
        measured |= zip(read, extractor.extract(list(read.values())), strict=True)
    progress("pictures", len(paths), len(paths))
    return measured, tuple(skipped)


def _traits(index: Index, added: Sequence[Mapping[str, Value]]) -> list[Trait]:
    """Axes of levers and the levels of choices."""
    read, found = read_traits(index), []
    more_axes = read.levers.measure(added)
    for lever, values in read.axes.items():
        fit = read.levers.fit(lever)
        if fit is None:
            continue
        less, more = (side.name or key for key, side in fit.lever.poles.items())
        axis = np.concatenate([np.asarray(values, np.float64), more_axes[lever]])
        shown, kind, unit, name = axis, "count", "steps", ""
        if lever in read.measured:
            column, kind, unit = read.measured[lever]
            name = f"{phrase(fit.members[0])} "
            given = [one.get(fit.members[0]) for one in added]
            shown = np.concatenate([column, np.array(given, np.float64)])
        words = partial(amount, kind=kind, unit=unit)
        found.append(Trait(lever, more, less, axis, shown, name, words))
    for (lever, feature), (values, called) in read.levels.items():
        given = [*values.to_pylist(), *(one.get(feature) for one in added)]
        names = np.array([called.get(str(value), "") for value in given])
        for name in sorted({*names[: len(values)].tolist()} - {""}):
            has = np.where(names == "", np.nan, (names == name).astype(np.float64))
            more, less = f"more often {name}", f"less often {name}"
            words = partial(amount, kind="share", unit="")
            found.append(Trait(lever, more, less, has, has, "", words))
    return found
