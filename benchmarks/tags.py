"""Performance tags of a million artworks in every slice of four clusters and three platforms.

Counts are generated; that is not timed.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from memory import peak_memory
from reporting import (
    Target,
    add_keep_option,
    clock,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)
from scipy.special import expit

from index.performance.tags import tag_performance, tag_slices

CLUSTERS, PLATFORMS = ("c0", "c1", "c2", "c3"), ("mobile", "tv", "web")
EACH = 6
FEWER = 10


def make_counts(artworks: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts of every artwork in every cluster × platform, and the artworks with their titles.

    Titles differ in popularity, artworks by 0.25 log-odds, and by 0.15 more in every cluster.
    """
    draws = np.random.default_rng(seed)
    own = draws.normal(0, 0.25, artworks)
    title = np.arange(artworks) // EACH
    level = draws.normal(-2, 0.8, title[-1] + 1)[title]
    ids = np.char.mod("a%07d", np.arange(artworks))
    parts = []
    for cluster in CLUSTERS:
        rate = expit(level + own + draws.normal(0, 0.15, artworks))
        for platform in PLATFORMS:
            shown = 1 + draws.poisson(200 * draws.lognormal(0, 1, artworks))
            plays = draws.binomial(shown, rate)
            parts.append(
                pd.DataFrame(
                    {
                        "artwork_id": pd.array(ids, dtype="str"),
                        "cluster": cluster,
                        "platform": platform,
                        "country": "",
                        "impressions": shown,
                        "plays": plays,
                        "effective_impressions": shown.astype(np.float64),
                        "effective_plays": plays.astype(np.float64),
                    }
                )
            )
    cells = pd.concat(parts, ignore_index=True)
    titles = pd.array(np.char.mod("t%06d", title), dtype="str")
    return cells, pd.DataFrame({"artwork_id": pd.array(ids, dtype="str"), "title_id": titles})


def count_tags(cells: pd.DataFrame, artworks: pd.DataFrame) -> list[int]:
    """Tags of each slice, worked out one after the other as an index writes them."""
    return [len(tags) for tags, _ in tag_slices(cells, artworks)]


def main() -> None:
    """Print seconds and memory of a tenth of the artworks and of all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artworks", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "numpy", "pandas", "scipy")
    clock(lambda: tag_performance(*make_counts(EACH, asked.seed)))
    few = make_counts(asked.artworks // FEWER, asked.seed)
    counts = make_counts(asked.artworks, asked.seed)
    rows, costs = [], []
    for cells, artworks in (few, counts):
        wall, spent, found = clock(lambda own=(cells, artworks): count_tags(*own))
        tags = sum(found)
        costs.append(spent / tags)
        figures = (f"{wall:.1f}", f"{spent:.1f}", f"{1e6 * costs[-1]:.2f}", f"{peak_memory():.1f}")
        sizes = (f"{len(artworks):,}", f"{len(cells):,}", f"{len(found)}")
        rows.append((*sizes, f"{tags:,}", *figures))
    headings = ("artworks", "counts", "slices", "tags", "wall s", "CPU s", "µs a tag", "peak GB")
    print_table(headings, rows)
    times = costs[1] / costs[0]
    say(f"A tag costs {times:.1f} times what it costs among 1/{FEWER} of the artworks.\n")
    print_targets([Target("peak memory", 3, peak_memory(), "GB", at_most=True)])
    keep_what_was_said(asked.keep, "tags", "Performance tags of a million artworks")


if __name__ == "__main__":
    main()
