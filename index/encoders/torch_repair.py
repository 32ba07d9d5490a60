"""The one door through which torch, and everything that imports torchvision, is imported.

torchvision's wheels are built against one build of torch. Beside another one (a CPU torch, say)
its compiled operators cannot load, and `import torchvision` then fails because it registers
kernels for operators that nobody declared. No encoder calls those operators, so declaring their
schemas is enough to make the import work.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[Any] = []
"""Keeps the declaring Library alive: its schemas vanish with it."""


def import_repaired(name: str) -> ModuleType:
    """Import torch, or a package that needs torch or torchvision, with the repair in place."""
    _repair()
    return import_module(name)


@cache
def _repair() -> None:
    torch: Any = import_module("torch")
    spec = find_spec("torchvision")
    if spec is None or spec.origin is None:
        return
    if not _loads_operators(torch, Path(spec.origin).parent):
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(operator + _SCHEMA)
        _declared.append(library)


def _loads_operators(torch: Any, package: Path) -> bool:
    for compiled in sorted(package.glob("_C*")):
        try:
            torch.ops.load_library(str(compiled))
        except (ImportError, OSError):
            continue
        return True
    return False
