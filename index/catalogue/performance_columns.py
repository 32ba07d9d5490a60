"""Columns of the tables that say how artwork did."""

from __future__ import annotations

PERFORMANCE_COLUMNS = ("artwork_id", "impressions")
PERFORMANCE_OPTIONAL = (
    "plays",
    "cluster",
    "platform",
    "country",
    "period",
    "completions",
    "minutes",
)
IMPRESSIONS_COLUMNS = ("member_id", "artwork_id", "played")
IMPRESSIONS_OPTIONAL = ("platform", "country", "shown_at", "propensity", "completed", "cluster")
RATES = ("take_fraction", "take_rate", "play_rate", "click_through_rate", "ctr", "rate")
"""Columns that give plays as a share of impressions where there is no column of plays."""
KEYS = ("artwork_id", "cluster", "platform", "country")
OUTCOMES = ("completions", "minutes")
MEMORY_LIMIT = "1GB"
LARGEST_COUNT = 2**53
MOST_DIMENSIONS = 8
MOST_COLUMNS = 100
"""Of a wider file, further columns neither tell rows apart nor show that they are copies."""
REPEATED_SAMPLE, FEWEST_REPEATED = 64, 50
"""One member in so many is looked at for rows that repeat, and the fewest rows that show it."""
