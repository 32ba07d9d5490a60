"""What ships with the demo: its written-down truth, its invented titles, its example briefs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from index.io.yaml import read_own
from index.records import ALL

MAIN_BRIEF = "romance.yaml"
"""The brief that `assistant demo` answers."""

_EXAMPLES = (Path(__file__).parent / "examples", Path(__file__).parents[2] / "examples")
"""Inside an installed package, or in a clone."""


@dataclass(frozen=True, slots=True)
class TitleSpec:
    """An invented title and how its posters look."""

    name: str
    look: str
    scenes: tuple[str, ...]
    genres: tuple[str, ...]
    tags: tuple[str, ...]
    year: int
    maturity: str
    country: str
    tagline: str
    synopsis: str
    prop: str = ""
    portrait: str = ""


@dataclass(frozen=True, slots=True)
class Taste:
    """A group of members: its share and its log rate for genres."""

    name: str
    share: float
    genres: dict[str, float]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a lever adds to the log-odds of a play, for a taste on a platform (or "all")."""

    taste: str
    platform: str
    lever: str
    effect: float


@dataclass(frozen=True, slots=True)
class PlantedSign:
    """How a lever shows in a measured feature; `level` names the value of a category."""

    feature: str
    sign: int
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that decides what simulated members do; see truth.yaml for the meaning."""

    version: int
    members: int
    impressions: int
    take_fraction: float
    title_popularity: float
    artwork_noise: float
    taste_pull: float
    assignment_lean: float
    platforms: dict[str, float]
    tastes: tuple[Taste, ...]
    effects: tuple[Effect, ...]
    expect: dict[str, tuple[PlantedSign, ...]]
    tangled: dict[str, float]
    wrong_sign: dict[str, str]
    interactions: dict[str, float]

    def planted(self, taste: str, platform: str = ALL) -> dict[str, float]:
        """Lever -> effect for a taste; on "all" platforms the effects are averaged by use."""
        found: dict[str, float] = {}
        for effect in self.effects:
            if effect.taste != taste:
                continue
            if effect.platform in {ALL, platform}:
                weight = 1.0
            elif platform == ALL:
                weight = self.platforms[effect.platform]
            else:
                continue
            found[effect.lever] = found.get(effect.lever, 0.0) + weight * effect.effect
        return found


def _read(name: str) -> Any:
    return read_own(resources.files("assistant.demo") / name)


@cache
def load_truth() -> Truth:
    """The truth that ships with the demo."""
    raw = dict(_read("truth.yaml"))
    raw["tastes"] = tuple(Taste(name, **fields) for name, fields in raw["tastes"].items())
    raw["effects"] = tuple(Effect(**fields) for fields in raw["effects"])
    raw["expect"] = {
        lever: tuple(PlantedSign(**fields) for fields in found)
        for lever, found in raw["expect"].items()
    }
    tangled = raw.pop("tangled")
    return Truth(**raw, tangled=tangled["levers"], wrong_sign=tangled["wrong_sign"])


@cache
def load_titles() -> tuple[TitleSpec, ...]:
    """The invented titles that ship with the demo, tastes taking turns."""
    return tuple(
        TitleSpec(**{**fields, **{key: tuple(fields[key]) for key in ("scenes", "genres", "tags")}})
        for fields in _read("titles.yaml")
    )


def example_briefs() -> tuple[Path, ...]:
    """The example briefs, by name; for titles that are not in the demo catalogue."""
    folder = next(folder for folder in _EXAMPLES if folder.is_dir())
    return tuple(sorted(folder.glob("*.yaml")))
