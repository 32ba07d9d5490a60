"""Holds measured features against labels drawn up by eye.

`python benchmarks/accuracy.py POSTERS` prints the figures on the posters that thresholds were
chosen on and on those that were held back; `--write` keeps the held-back ones for the docs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from index.features.accuracy import FIGURES
from index.features.bodies import FACE
from index.features.extract import FeatureExtractor
from index.features.faces import ALONE, BODY_ALONE, SMALLEST, propose_faces
from index.features.mtcnn import Mtcnn
from index.io.images import read_image

LABELS = Path(__file__).with_name("labels")
SETS = {"tuned": "posters.csv", "held back": "held_back_posters.csv"}
MEASURED = (
    "m_face_count", "m_mtcnn", "m_nudenet", "m_person_count", "m_largest_face_share", "m_shot_type",
    "m_people_grouping", "m_facing", "m_text_coverage", "m_title_position",
)  # fmt: skip
RESAMPLES, CONFIDENCE = 999, 0.9

Statistic = Callable[[pd.DataFrame], float]


def measure(labels: pd.DataFrame, images: Path) -> pd.DataFrame:
    """The labels with what is measured on each poster beside them, in columns `m_…`."""
    extractor, mtcnn = FeatureExtractor(), Mtcnn()
    rows = []
    for name in labels["file"]:
        picture = read_image(images / name)
        found = extractor.analyse(picture)
        values = extractor.measure(picture, found)
        alone = [face for face in propose_faces(mtcnn, picture.pixels) if face.score >= ALONE]
        body = [p for p in found.parts or () if p.name == FACE and p.score >= BODY_ALONE]
        rows.append(
            {
                **{f"m_{key}": value for key, value in values.items()},
                "m_mtcnn": sum(face.box.height >= SMALLEST for face in alone),
                "m_nudenet": sum(part.box.height >= SMALLEST for part in body),
            }
        )
    measured = pd.DataFrame(rows)[list(MEASURED)]
    return pd.concat([labels.reset_index(drop=True), measured], axis=1)


def share(test: Callable[[pd.DataFrame], pd.Series]) -> Statistic:
    """A statistic: on which share of the posters `test` holds."""
    return lambda table: float(test(table).mean())


def precision(column: str) -> Statistic:
    """Found faces that are there, by counts: of each poster, the lesser of found and labelled."""
    return lambda t: float(np.minimum(t[column], t["faces"]).sum() / max(t[column].sum(), 1))


def recall(column: str) -> Statistic:
    """Labelled faces that were found, by counts."""
    return lambda t: float(np.minimum(t[column], t["faces"]).sum() / max(t["faces"].sum(), 1))


def _level(measured: str, labelled: str, level: str, kind: str) -> Statistic:
    def value(table: pd.DataFrame) -> float:
        said, true = table[measured] == level, table[labelled] == level
        among = said if kind == "precision" else true
        return float((said & true).sum() / max(among.sum(), 1))

    return value


def _known_facing(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["facing"].isin(["left", "right", "viewer"])]


def statistics() -> list[tuple[str, str, Statistic]]:
    """(feature, measure, statistic) of everything that was labelled."""
    count = "m_face_count"
    found: list[tuple[str, str, Statistic]] = [
        ("face_count", "exact", share(lambda t: t[count] == t["faces"])),
        ("face_count", "exact or ±1", share(lambda t: (t[count] - t["faces"]).abs() <= 1)),
    ]
    for who, column in (
        ("cross-checked", count),
        ("MTCNN alone", "m_mtcnn"),
        ("NudeNet alone", "m_nudenet"),
    ):
        found += [
            ("face_count", f"precision, {who}", precision(column)),
            ("face_count", f"recall, {who}", recall(column)),
        ]
    found += [
        ("person_count", "exact or ±1",
         share(lambda t: (t["m_person_count"] - t["people"]).abs() <= 1)),
        ("largest_face_share", "rank correlation with the labelled height",
         lambda t: float(stats.spearmanr(t["m_largest_face_share"], t["largest_face"]).statistic)),
        ("shot_type", "right", share(lambda t: t["m_shot_type"] == t["shot_type"])),
        ("people_grouping", "right", share(lambda t: t["m_people_grouping"] == t["grouping"])),
        ("facing", "right, of clear directions",
         lambda t: float((_known_facing(t)["m_facing"] == _known_facing(t)["facing"]).mean())),
        ("facing", "missing, of clear directions",
         lambda t: float(_known_facing(t)["m_facing"].isna().mean())),
        ("text_coverage", "correlation",
         lambda t: float(stats.pearsonr(t["m_text_coverage"], t["text_coverage"]).statistic)),
        ("text_coverage", "mean absolute error",
         lambda t: float((t["m_text_coverage"] - t["text_coverage"]).abs().mean())),
        ("title_position", "right", share(lambda t: t["m_title_position"] == t["text_position"])),
    ]  # fmt: skip
    for feature, labelled, levels in (
        ("shot_type", "shot_type", ("close-up", "medium", "long", "none")),
        ("people_grouping", "grouping", ("single", "pair", "group", "none")),
        ("facing", "facing", ("left", "right", "viewer")),
    ):
        found += [
            (feature, f"{kind}, {level}", _level(f"m_{feature}", labelled, level, kind))
            for level in levels
            for kind in ("precision", "recall")
        ]
    return found


def interval(table: pd.DataFrame, statistic: Statistic) -> tuple[float, float]:
    """A 90% bootstrap interval that resamples titles, whose variants are edits of one picture."""
    titles = table["file"].str.split("_").str[0]
    groups = list(table.groupby(titles).indices.values())

    def of(drawn: npt.NDArray[np.intp]) -> float:
        return statistic(table.iloc[np.concatenate([groups[i] for i in drawn])])

    drawn = stats.bootstrap(
        (np.arange(len(groups)),), of, vectorized=False, method="percentile",
        n_resamples=RESAMPLES, confidence_level=CONFIDENCE, rng=np.random.default_rng(7),
    )  # fmt: skip
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


def judge(table: pd.DataFrame) -> pd.DataFrame:
    """feature, measure, value, low, high, posters of one set of labels."""
    rows = []
    for feature, name, statistic in statistics():
        low, high = interval(table, statistic)
        rows.append((feature, name, statistic(table), low, high, len(table)))
    return pd.DataFrame(rows, columns=["feature", "measure", "value", "low", "high", "posters"])


def main() -> None:
    """Print the figures of both sets; keep those of the held-back one if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posters", type=Path, help="the folder of poster images")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.name}")
    asked = parser.parse_args()
    for name, file in SETS.items():
        labels = pd.read_csv(LABELS / file, keep_default_na=False)
        judged = judge(measure(labels, asked.posters))
        sys.stdout.write(f"{name}\n{judged.round(3).to_string(index=False)}\n\n")
        if asked.write and name == "held back":
            judged.round(4).to_csv(FIGURES, index=False)


if __name__ == "__main__":
    main()
