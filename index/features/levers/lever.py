"""Levers: what an art director can turn, each made of measured features."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from index.errors import InputError
from index.features.feature import Feature
from index.io.nearest_name import name_hint
from index.io.yaml import read_yaml

BUILT_IN = Path(__file__).with_name("levers.yaml")
_SHAPE = "write `NAME: {label: …, poles: {…}, members: {…}}` for each lever; see docs/levers.md"


class Side(BaseModel):
    """A lever turned one way: one of its poles, or one of its levels.

    Attributes:
        name: what it is called ("darker", "two people").
        do: the advice ("Go darker"); empty where it is measured but never advised.
        variant: what a designer is asked for ("a darker grade").
        words: what people also call it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    do: str = ""
    variant: str
    words: tuple[str, ...] = ()


class Lever(BaseModel):
    """One lever.

    Attributes:
        name: its key.
        label: what people call it.
        poles: two, the low one first; none for a lever that only has levels.
        members: features, or other levers, with the way in which each grows towards the high pole.
        unseen: members in which 0 means that there was nothing to measure.
        levels: by feature, what its values are called.
        flags: where further levels come from: the encoder's concepts or the user's attributes.
        also: features that belong to it as detail.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str
    poles: dict[str, Side] = {}
    members: dict[str, Annotated[Literal[-1, 1], Field()]] = {}
    unseen: tuple[str, ...] = ()
    levels: dict[str, dict[str, Side]] = {}
    flags: Literal["", "concepts", "attributes"] = ""
    also: tuple[str, ...] = ()

    @field_validator("levels", mode="before")
    @classmethod
    def _values_are_words(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {
            feature: {str(level): side for level, side in sides.items()}
            if isinstance(sides, dict)
            else sides
            for feature, sides in value.items()
        }

    @model_validator(mode="after")
    def _has_sides(self) -> Lever:
        if not (self.poles or self.levels or self.flags):
            raise ValueError("it has no poles and no levels; name two poles, or the levels")
        if self.poles and len(self.poles) != 2:
            raise ValueError(f"it has {len(self.poles)} poles; name two, the low one first")
        if bool(self.poles) != bool(self.members):
            raise ValueError("poles and members go together: name both, or only levels")
        return self

    @property
    def features(self) -> tuple[str, ...]:
        """Every name that the lever speaks of, members first."""
        return tuple(dict.fromkeys((*self.members, *self.levels, *self.also)))

    def side(self, name: str) -> Side | None:
        """The pole or level of this name."""
        return next((side for _, _, side in self.sides() if side.name == name), None)

    def sides(self) -> Iterator[tuple[str, str, Side]]:
        """Feature ("" for a pole), its value (the pole's key), and the side with its name."""
        for key, side in self.poles.items():
            yield "", key, side.model_copy(update={"name": side.name or key})
        for feature, levels in self.levels.items():
            for level, side in levels.items():
                yield feature, level, side.model_copy(update={"name": side.name or level})


def load_levers(
    extra: Path | None = None, known: Mapping[str, Feature] | None = None
) -> tuple[Lever, ...]:
    """The built-in levers, and those of a YAML file of the same form.

    A lever of `extra` that has the name of a built-in one takes its place, and features that it
    names belong to it alone.

    Args:
        extra: a file of the user's.
        known: features by name, to check `extra` against.

    Raises:
        InputError: `extra` cannot be read, names a feature that is not known, puts one into two
            levers, lets levers be members of each other, or leaves out a lever's poles.
    """
    levers = _read(BUILT_IN)
    if extra is None:
        return tuple(levers.values())
    own = _read(extra)
    rows = read_yaml(extra, "a list of levers").rows
    claimed: dict[str, str] = {}
    for lever in own.values():
        for name in lever.features:
            if name in claimed:
                raise InputError(
                    f"{name!r} belongs to two levers, {claimed[name]!r} and {lever.name!r}",
                    path=extra,
                    row=rows.get(lever.name),
                    column=lever.name,
                    hint="keep it in one of them",
                )
            claimed[name] = lever.name
    kept = {name: _without(lever, claimed) for name, lever in levers.items() if name not in own}
    merged = {name: lever for name, lever in kept.items() if lever is not None} | own
    names = {*(known or {}), *merged}
    for lever in own.values():
        for name in (*lever.features, *lever.unseen):
            if known is not None and name not in names:
                raise InputError(
                    f"there is no feature {name!r}",
                    path=extra,
                    row=rows.get(lever.name),
                    column=lever.name,
                    hint=name_hint(name, sorted(names)),
                )
        _refuse_cycle(lever.name, merged, extra, rows)
    return tuple(merged.values())


def levers_fingerprint(levers: Sequence[Lever]) -> str:
    """Changes with any definition, 16 hex digits."""
    text = "\n".join(lever.model_dump_json() for lever in levers)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _read(path: Path) -> dict[str, Lever]:
    read = read_yaml(path, "a list of levers")
    if not isinstance(read.value, dict):
        raise InputError("is not a list of levers", path=path, hint=_SHAPE)
    found = {}
    for name, fields in read.value.items():
        given = fields if isinstance(fields, dict) else {}
        try:
            found[str(name)] = Lever.model_validate(
                {"label": str(name), **given, "name": str(name)}
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            problem = first["msg"].removeprefix("Value error, ")
            problem = f"{problem[:1].lower()}{problem[1:]}"
            raise InputError(
                f"lever {name!r}: {where}: {problem}" if where else f"lever {name!r}: {problem}",
                path=path,
                row=read.rows.get(name),
                column=str(name),
                hint=_SHAPE,
            ) from None
    return found


def _without(lever: Lever, claimed: Mapping[str, str]) -> Lever | None:
    """A built-in lever without the features that a user's lever claims; None if nothing is left."""
    members = {name: sign for name, sign in lever.members.items() if name not in claimed}
    levels = {name: sides for name, sides in lever.levels.items() if name not in claimed}
    if not (members or levels or lever.flags):
        return None
    return lever.model_copy(
        update={
            "members": members,
            "poles": lever.poles if members else {},
            "levels": levels,
            "also": tuple(name for name in lever.also if name not in claimed),
        }
    )


def _refuse_cycle(
    start: str, levers: Mapping[str, Lever], path: Path, rows: Mapping[str, int]
) -> None:
    """Raise where a lever is, through levers among its members, a member of itself."""
    trail = [start]
    while trail:
        here = levers[trail[-1]]
        following = [name for name in here.members if name in levers and name != here.name]
        if start in following:
            raise InputError(
                f"levers are members of each other: {' → '.join([*trail, start])}",
                path=path,
                row=rows.get(start),
                column=start,
                hint="make one of them of features alone",
            )
        fresh = [name for name in following if name not in trail]
        if not fresh:
            return
        trail.append(fresh[0])
