"""How much of the machine may be used."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def multiplies_integers_exactly() -> bool:
    """Whether sums of products of 8-bit integers are exact here.

    x86 processors without the VNNI instructions saturate them in ONNX Runtime, so encoders in 8
    bits compute with rounded floats there: slower, and apart by rounding alone.
    """
    if platform.machine().lower() in ("aarch64", "arm64"):
        return True
    info = Path("/proc/cpuinfo")
    return info.is_file() and "vnni" in info.read_text("utf-8", "replace")
