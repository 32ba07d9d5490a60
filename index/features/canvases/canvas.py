"""What a canvas is, the built-in ones, and those that a user adds."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from index.errors import InputError
from index.features.analysis import Box
from index.io.yaml import read_yaml

BUILT_IN = Path(__file__).with_name("canvases.yaml")

_Pixels = Annotated[int, Field(ge=16, le=20_000)]
_Share = Annotated[float, Field(ge=0, le=1)]


class Canvas(BaseModel):
    """A place where artwork is shown.

    Attributes:
        name: what a brief calls it.
        label: what people call it.
        size: width and height in pixels.
        safe: left, top, right and bottom of the part that nothing covers, in shares.
        letters: least height of legible title letters at this size, in pixels.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str = ""
    size: tuple[_Pixels, _Pixels]
    safe: tuple[_Share, _Share, _Share, _Share] = (0.05, 0.05, 0.95, 0.95)
    letters: Annotated[float, Field(gt=0)] = 16

    @model_validator(mode="after")
    def _safe_area_has_a_size(self) -> Canvas:
        left, top, right, bottom = self.safe
        if left >= right or top >= bottom:
            raise ValueError("`safe` is left, top, right, bottom with left < right, top < bottom")
        return self

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.size[0] / self.size[1]

    @property
    def safe_area(self) -> Box:
        """The safe area as a box in shares of the canvas."""
        return Box(*self.safe)


def load_canvases(extra: Path | None = None) -> dict[str, Canvas]:
    """The built-in canvases by name, and those of a YAML file of the same form.

    A canvas in `extra` that has the name of a built-in one takes its place.

    Raises:
        InputError: `extra` cannot be read or says something impossible; names the canvas.
    """
    found = _read(BUILT_IN)
    return found | _read(extra) if extra is not None else found


def find_canvas(name: str, canvases: Mapping[str, Canvas]) -> Canvas:
    """The canvas of this name, in any case.

    Raises:
        InputError: there is none; names the nearest and all there are.
    """
    by_word = {key.casefold(): canvas for key, canvas in canvases.items()}
    if name.casefold() in by_word:
        return by_word[name.casefold()]
    near = get_close_matches(name.casefold(), by_word, n=1)
    guess = f"did you mean {near[0]!r}? " if near else ""
    raise InputError(f"unknown canvas {name!r}", hint=f"{guess}There are: {', '.join(canvases)}")


def _read(path: Path) -> dict[str, Canvas]:
    document = read_yaml(path, "a list of canvases").value
    if not isinstance(document, dict):
        hint = "write one `name: {size: [width, height], safe: […]}` a canvas"
        raise InputError("is not a list of canvases", path=path, hint=hint)
    return {str(name): _canvas(str(name), fields, path) for name, fields in document.items()}


def _canvas(name: str, fields: object, path: Path) -> Canvas:
    try:
        return Canvas.model_validate({**fields, "name": name} if isinstance(fields, dict) else {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"canvas {name!r}: {where or 'canvas'}: {first['msg']}", path=path, column=name
        ) from error
