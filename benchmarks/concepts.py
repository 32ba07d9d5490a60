"""How many of the starter encoder's concept flags are right, by the labels in benchmarks/labels.

`python benchmarks/concepts.py POSTERS SLATE FACES` takes the folders of labelled pictures. Concepts
were chosen on the titles of the first; the figure of all of them together is that of the titles of
the others. A title counts once for each concept, however many of its pictures show it; `--write`
keeps the figures for the docs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

from index.encoders import load_encoder
from index.features.accuracy import CONCEPT_FIGURES
from index.features.concepts.scoring import see_classes
from index.features.concepts.vocabulary import measured_concepts, with_narrower
from index.io.images import read_image

LABELS = Path(__file__).parent / "labels"
BATCH, TOP = 16, 10
ALL = "things"
"""What stands for all concepts together."""


def flags(folders: list[Path]) -> Iterator[tuple[str, str, bool]]:
    """Title, concept, and whether its folder is the first, of every flag of every picture."""
    encoder = load_encoder()
    for at, folder in enumerate(folders):
        files = sorted(folder.iterdir())
        for start in range(0, len(files), BATCH):
            some = files[start : start + BATCH]
            classes = encoder.embed_images([read_image(file).pixels for file in some]).classes
            assert classes is not None
            ids = np.argsort(-classes, axis=1, kind="stable")[:, :TOP].astype(np.int32)
            shares = np.take_along_axis(classes, ids, axis=1)
            for seen in see_classes(ids, shares, encoder.class_names or ()):
                rows = [] if seen.flags is None else np.flatnonzero(seen.flags)
                for row in rows:
                    yield some[row].stem.split("_")[0], seen.concept, at == 0


def labels() -> dict[tuple[str, str], str]:
    """What the classes' flags of a title were judged to be: "yes", "no" or "doubtful"."""
    table = pd.read_csv(LABELS / "things.csv")
    table = table[table["seen_by"] == "classes"]
    titles = table["file"].str.split("[_.]", regex=True).str[0]
    return dict(zip(zip(titles, table["thing"], strict=True), table["shown"], strict=True))


def judge(title: str, concept: str, known: dict[tuple[str, str], str]) -> str:
    """The label of a flag; of a kind of thing, the best label of what it may be."""
    kinds = [known[title, one.name] for one in with_narrower(concept) if (title, one.name) in known]
    return next((level for level in ("yes", "doubtful", "no") if level in kinds), "")


def figure(feature: str, judged: pd.Series) -> dict[str, object]:
    """Share of right flags with its 90% interval (Wilson 1927)."""
    right = int((judged == "yes").sum())
    low, high = proportion_confint(right, len(judged), alpha=0.1, method="wilson")
    return {
        "feature": feature, "measure": "precision", "value": right / len(judged), "low": low,
        "high": high, "posters": len(judged),
    }  # fmt: skip


def main() -> None:
    """Print every concept with its flags and those that are right, and what has no label."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of pictures")
    parser.add_argument("--write", action="store_true", help=f"write {CONCEPT_FIGURES.name}")
    asked = parser.parse_args()
    known = labels()
    concepts = {one.name: one.feature for one in measured_concepts()}
    found = pd.DataFrame(
        {(title, concept, chosen) for title, concept, chosen in flags(asked.folders)},
        columns=["title", "concept", "chosen"],
    )
    found = found[found["concept"].isin(list(concepts))]
    found["shown"] = [
        judge(title, concept, known)
        for title, concept in zip(found["title"], found["concept"], strict=True)
    ]
    clear = found[found["shown"].isin(["yes", "no"])]
    leaves = clear[~clear["concept"].isin([n for n in concepts if len(with_narrower(n)) > 1])]
    rows = [
        figure(concepts[name], clear.loc[clear["concept"] == name, "shown"])
        for name in concepts
        if (clear["concept"] == name).any()
    ]
    held = leaves.loc[~leaves["chosen"], "shown"]
    rows.append(figure(ALL, held))
    table = pd.DataFrame(rows).round(4)
    on = leaves.loc[leaves["chosen"], "shown"]
    unlabelled = found.loc[found["shown"] == "", ["title", "concept"]].to_numpy().tolist()
    sys.stdout.write(
        f"{table.to_string(index=False)}\n"
        f"{ALL}: on the titles that concepts were chosen on {(on == 'yes').sum()} of {len(on)}, "
        f"on the others {(held == 'yes').sum()} of {len(held)} right\n"
        f"without a label: {unlabelled}\n"
    )
    if asked.write:
        table.to_csv(CONCEPT_FIGURES, index=False)


if __name__ == "__main__":
    main()
