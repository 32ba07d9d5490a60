"""The file in which tests are written down before they run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.errors import InputError
from index.io.atomic import replace_file
from index.io.safe_text import json_text, yaml_text
from index.io.yaml import read_yaml

if TYPE_CHECKING:
    from assistant.experiments.plans import TestPlan

_SUFFIXES = {".yaml", ".yml", ".json"}
_Finite = Annotated[float, Field(allow_inf_nan=False)]


class RegisteredTest(BaseModel):
    """What `learn` needs of a recorded test: the contrast, the slice and what was expected."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    feature: str
    level: str | None = None
    steps: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    cluster: str
    platform: str
    effect: _Finite
    low: _Finite
    high: _Finite
    p_positive: Annotated[float, Field(ge=0, le=1)]


def plans_json(brief: str, plans: Sequence[TestPlan]) -> dict[str, Any]:
    """The document of `hypotheses --json` and of the file."""
    return {"title": brief, "hypotheses": [plan.to_json() for plan in plans]}


def write_plans(path: Path, brief: str, plans: Sequence[TestPlan]) -> None:
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


def load_plans(path: Path) -> dict[str, RegisteredTest]:
    """Recorded tests by id.

    Raises:
        InputError: the file cannot be read or was not written by `assistant hypotheses`.
    """
    hint = "give a file that `assistant hypotheses BRIEF -o FILE` wrote"
    document = read_yaml(path, "a list of tests").value
    listed = document.get("hypotheses") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise InputError("holds no hypotheses", path=path, hint=hint)
    try:
        plans = [RegisteredTest.model_validate(entry) for entry in listed]
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else None
        raise InputError(first["msg"].lower(), path=path, column=key, hint=hint) from None
    return {plan.id: plan for plan in plans}
