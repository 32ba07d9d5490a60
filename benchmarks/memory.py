"""What a process held in memory."""

from __future__ import annotations

import resource
from pathlib import Path


def peak_memory() -> float:
    """The most memory this process ever held, in GB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage counts what the process held that started this one
        held = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(held[0].split()[1]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
