"""The file in which tests are written down before they run: all that a result is held against."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.experiments.designs import Design
from index.errors import InputError
from index.io.atomic import replace_file
from index.io.safe_text import json_text, yaml_text
from index.io.yaml import read_yaml

if TYPE_CHECKING:
    from assistant.experiments.plans import ExperimentPlan

SPLIT = 0.5
"""Share of the members who see arm A, unless the plan says otherwise."""
DESIGN_EFFECT = 20.0
"""How often a member may count in a table of impressions, unless the plan says otherwise."""
_SUFFIXES = {".yaml", ".yml", ".json"}
_HINT = "give a file that `assistant hypotheses BRIEF -o FILE` wrote"
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class RegisteredTest(BaseModel):
    """What `learn` needs of a recorded test: the side, the slice, the design, the expectation.

    Attributes:
        split: share of the members who are to see arm A.
        design_effect: most impressions that one member is expected to see.
        impressions_per_arm, days, daily_impressions: its sample; None where nothing was planned.
        smallest_effect: log-odds worth having.
        take_fraction: of the slice, from which log-odds are turned into plays.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    brief: str = ""
    lever: str
    pole: str
    steps: _Positive
    cluster: str
    platform: str
    effect: _Finite
    low: _Finite
    high: _Finite
    p_positive: Annotated[float, Field(ge=0, le=1)]
    design: Design = Design.FIXED
    split: Annotated[float, Field(gt=0, lt=1)] = SPLIT
    design_effect: Annotated[float, Field(ge=1, allow_inf_nan=False)] = DESIGN_EFFECT
    impressions_per_arm: Annotated[int, Field(ge=1)] | None = None
    days: Annotated[int, Field(ge=1)] | None = None
    daily_impressions: _Positive | None = None
    smallest_effect: _Positive | None = None
    take_fraction: Annotated[float, Field(gt=0, lt=1)] | None = None

    @property
    def planned(self) -> float | None:
        """Impressions of each of two equal arms, whole days counted; None for no plan."""
        if self.impressions_per_arm is None:
            return None
        least = float(self.impressions_per_arm)
        if self.days is None or self.daily_impressions is None:
            return least
        return max(least, self.days * self.daily_impressions / 2)


def plans_json(brief: str, plans: Sequence[ExperimentPlan]) -> dict[str, Any]:
    """The document of `hypotheses --json` and of the file."""
    return {"title": brief, "hypotheses": [plan.to_json() for plan in plans]}


def write_plans(path: Path, brief: str, plans: Sequence[ExperimentPlan]) -> None:
    """Record tests, all or nothing.

    Raises:
        InputError: the name ends in neither .yaml, .yml nor .json, its folder is not there, or it
            cannot be written.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise InputError("is neither .yaml nor .json", path=path, hint="name a .yaml file")
    if not path.parent.is_dir():
        raise InputError("its folder is not there", path=path, hint="make the folder first")
    document = plans_json(brief, plans)
    text = json_text(document) + "\n" if path.suffix.lower() == ".json" else yaml_text(document)
    replace_file(path, text.encode())


def load_plans(paths: Sequence[Path]) -> dict[str, RegisteredTest]:
    """Recorded tests by id.

    Raises:
        InputError: a file cannot be read or was not written by `assistant hypotheses`, or two
            files record one test differently.
    """
    found: dict[str, RegisteredTest] = {}
    for path in paths:
        for plan in _load(path):
            if found.setdefault(plan.id, plan) != plan:
                raise InputError(
                    f"the test {plan.id!r} is recorded differently in another file",
                    path=path,
                    column="id",
                    hint="give the file that was written before the test ran",
                )
    return found


def _load(path: Path) -> list[RegisteredTest]:
    document = read_yaml(path, "a list of tests").value
    listed = document.get("hypotheses") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise InputError("holds no hypotheses", path=path, hint=_HINT)
    try:
        return [RegisteredTest.model_validate(entry) for entry in listed]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else None
        problem = first["msg"][:1].lower() + first["msg"][1:]
        raise InputError(problem, path=path, column=key, hint=_HINT) from None
