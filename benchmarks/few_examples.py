"""What `features add "holding a weapon"` finds on titles it was shown nothing of.

Takes an index of the development posters. Half of the titles without a weapon, drawn with a fixed
seed, are held back. For each way to choose three of the six titles that hold one, ten of their
pictures are the examples, counter-examples are drawn from the other half, and all pictures of the
held-back half and of the other three titles are scored. Doubtful pictures are left out.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from index.build.attribute_make import DRAWN, LEAST_AUC
from index.features.attributes.head import fit_head
from index.store import open_index

LABELS = Path(__file__).parent / "labels" / "holding_a_weapon.csv"
EXAMPLES = (4, 3, 3)
"""Pictures taken of each of three titles."""
SEED = 7


def main() -> None:
    """Print the AUC on held-back titles for every choice of example titles, and their mean."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("index", type=Path)
    index = open_index(parser.parse_args().index)
    vectors = np.array(index.vectors("image" if index.has_vectors("image") else "shared"))
    table = index.table("artworks").to_pandas()
    labels = pd.read_csv(LABELS).set_index("file")["holding"]
    holding = table["path"].map(lambda path: labels.get(Path(path).name, "no")).to_numpy()
    titles = table["title_id"].to_numpy(str)
    armed = sorted(set(titles[holding == "yes"]))
    unarmed = sorted(set(titles) - set(titles[holding != "no"]))
    random = np.random.default_rng(SEED)
    shown = random.permutation(unarmed)[: len(unarmed) // 2]
    pool = np.flatnonzero(np.isin(titles, shown))
    drawn = random.choice(pool, DRAWN, replace=False)
    found, printed = [], []
    for chosen in itertools.combinations(armed, len(EXAMPLES)):
        of_each = [
            np.flatnonzero((titles == title) & (holding == "yes"))[:number]
            for title, number in zip(chosen, EXAMPLES, strict=True)
        ]
        rows = np.concatenate([*of_each, drawn])
        liked = np.arange(len(rows)) < sum(EXAMPLES)
        centre = vectors[np.union1d(pool, rows)].mean(axis=0)
        head = fit_head(vectors[rows], liked, titles[rows].tolist(), centre, SEED)
        held = (holding != "doubtful") & ~np.isin(titles, [*shown, *chosen])
        yes = holding[held] == "yes"
        scores = vectors[held] @ head.weights + head.intercept
        found.append(float(roc_auc_score(yes, scores)))
        printed.append(head.auc or 0.0)
        over = scores >= head.threshold
        sys.stdout.write(
            f"{' '.join(chosen)}: printed AUC {head.auc:.2f} ({head.low:.2f} to {head.high:.2f}); "
            f"held back: {yes.sum()} armed and {(~yes).sum()} other pictures, AUC {found[-1]:.2f}, "
            f"flagged {over[yes].mean():.0%} and {over[~yes].mean():.0%}\n"
        )
    kept = np.array(printed) >= LEAST_AUC
    sys.stdout.write(
        f"held-back AUC over {len(found)} choices: mean {np.mean(found):.2f}, from "
        f"{min(found):.2f} to {max(found):.2f}, {np.mean(np.array(found) > 0.5):.0%} above 0.5; "
        f"printed AUC: mean {np.mean(printed):.2f}; {(~kept).sum()} would be refused, the others' "
        f"held-back mean is {np.mean(np.array(found)[kept]):.2f}\n"
    )


if __name__ == "__main__":
    main()
