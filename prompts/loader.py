"""Finds a template and fills it; whatever a template is not given is an error, never a blank."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2.sandbox import SandboxedEnvironment


# Control characters but tab and line ends, and those that turn the direction of text around them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")


def _without_controls(value: Any) -> Any:
    if isinstance(value, str) and _CONTROLS.search(value):
        return type(value)(_CONTROLS.sub("", value))
    return value


@cache
def _environment(folder: Path | None) -> SandboxedEnvironment:
    from jinja2 import (
        ChoiceLoader,
        FileSystemLoader,
        PackageLoader,
        StrictUndefined,
        select_autoescape,
    )
    from jinja2.sandbox import SandboxedEnvironment

    own = PackageLoader("prompts", "templates")
    return SandboxedEnvironment(
        loader=own if folder is None else ChoiceLoader([FileSystemLoader(folder), own]),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        finalize=_without_controls,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, *, folder: Path | None = None, **facts: Any) -> str:
    """Fill the template of this name with facts.

    Args:
        template: name of the template.
        folder: a user's own templates; one of this name there takes the place of ours.
        facts: what the template may speak of.

    Raises:
        jinja2.TemplateError: the template cannot be read, or names a fact that was not given.
    """
    return _environment(folder).get_template(template).render(**facts).strip()
