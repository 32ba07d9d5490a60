"""Building an index from a catalogue."""

from index.build.run import BuildReport, build_index

__all__ = ["BuildReport", "build_index"]
