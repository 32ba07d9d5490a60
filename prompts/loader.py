"""Finds a template and fills it; whatever a template is not given is an error, never a blank."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("prompts", "templates"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **facts: Any) -> str:
    """Fill the template of this name with facts.

    Raises:
        jinja2.UndefinedError: the template names a fact that was not given.
    """
    return _environment().get_template(template).render(**facts).strip()
