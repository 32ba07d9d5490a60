"""How much better each artwork does than its title's other artworks, slice by slice."""

from index.performance.tags import TagTable, tag_performance

__all__ = ["TagTable", "tag_performance"]
