"""How many of an index's concept flags are right, by the labels in benchmarks/labels.

Takes an index of the development posters; see benchmarks/labels/README.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from index.features.concepts.vocabulary import load_vocabulary
from index.query.features import feature_table
from index.store import open_index

LABELS = Path(__file__).parent / "labels"


def main() -> None:
    """Print flags by title and concept, those that are right, and what the labels miss."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    index = open_index(parser.parse_args().index)
    titles = index.table("artworks")["title_id"].to_pylist()
    table = feature_table(index).assign(title_id=titles)
    known = pd.read_csv(LABELS / "concepts.csv").set_index(["title_id", "concept"])["shown"]
    flagged = {
        (title, concept.name)
        for concept in load_vocabulary().values()
        if concept.feature in table
        for title in table.loc[table[concept.feature] == 1, "title_id"]
    }
    judged = sorted(flagged & set(known.index))
    wrong = [pair for pair in judged if known[pair] == "no"]
    sys.stdout.write(
        f"{len(flagged)} flags by title and concept, {len(judged)} labelled, "
        f"{len(judged) - len(wrong)} right\n"
        f"wrong: {', '.join(f'{concept} of {title}' for title, concept in wrong)}\n"
    )
    armed = pd.read_csv(LABELS / "holding_a_weapon.csv")
    armed_titles = set(armed.loc[armed["holding"] == "yes", "file"].str.split("_").str[0])
    seen = set(table.loc[table.get("weapons", 0) == 1, "title_id"]) & armed_titles
    sys.stdout.write(f"weapons: seen in {len(seen)} of {len(armed_titles)} titles that hold one\n")


if __name__ == "__main__":
    main()
