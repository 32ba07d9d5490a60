"""Precision of searches that name no genre: `python benchmarks/searches.py INDEX CATALOGUE`.

`searches.yaml` has the searches and the titles accepted for each. A search is asked as a user asks
it; its precision is the share of accepted titles among the first eight, or among as many as are
accepted where these are fewer. `--searches FILE` asks others.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
from pathlib import Path

import numpy as np
import yaml
from reporting import ASSISTANT, add_keep_option, keep_what_was_said, print_table, say

FIRST = 8


def found_titles(assistant: str, index: Path, words: str) -> list[str]:
    """Ids of the titles of what `similar` gives, in order."""
    command = [assistant, "similar", words, "--index", str(index), "--json", "-k", str(FIRST)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [one["title_id"] for one in json.loads(done.stdout)["results"]][:FIRST]


def main() -> None:
    """Ask every search, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--assistant", default=ASSISTANT, help="another version of the program")
    parser.add_argument("--searches", type=Path, default=Path(__file__).with_name("searches.yaml"))
    add_keep_option(parser)
    asked = parser.parse_args()
    with (asked.catalogue / "titles.csv").open(encoding="utf-8") as file:
        names = {row["title_id"]: row["name"] for row in csv.DictReader(file)}
    rows, shares = [], []
    for words, accepted in yaml.safe_load(asked.searches.read_text("utf-8")).items():
        known = {one for one, name in names.items() if name in accepted}
        if not known:
            continue
        first = found_titles(asked.assistant, asked.index, words)[: len(known)]
        right = [one in known for one in first]
        shares.append(sum(right) / min(FIRST, len(known)))
        others = "; ".join(dict.fromkeys(names[one] for one in first if one not in known))
        rows.append((words, f"{sum(right)} of {min(FIRST, len(known))}", others))
    print_table(("search", "right", "not accepted"), rows)
    say(f"{len(rows)} searches, mean precision {np.mean(shares):.3f}, {shares.count(0.0)} at zero.")
    keep_what_was_said(asked.keep, "searches", "Searches that name no genre")


if __name__ == "__main__":
    main()
