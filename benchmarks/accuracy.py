"""Holds measured features against labels drawn up by eye.

`python benchmarks/accuracy.py POSTERS --faces FACES --more SLATE` prints the figures on the posters
that thresholds were chosen on, on those that were held back, and on a folder of other posters that
holds labels of faces and people; `--write` keeps the last two for the docs, with how often each
level is read as which other. `--more` names folders with the other pictures of labels/titles.csv.
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

from index.features.accuracy import CONFUSION, FIGURES
from index.features.bodies import FACE
from index.features.extract import FeatureExtractor
from index.features.faces import ALONE, BODY_ALONE, SMALLEST, propose_faces
from index.features.layout import Layout
from index.features.mtcnn import Mtcnn
from index.features.registry import feature as feature_of
from index.features.title import match_name
from index.io.images import read_image

LABELS = Path(__file__).with_name("labels")
SETS = {"tuned": "posters.csv", "held back": "held_back_posters.csv"}
MEASURED = (
    "m_face_count", "m_mtcnn", "m_nudenet", "m_person_count", "m_largest_face_share", "m_shot_type",
    "m_people_grouping", "m_facing", "m_text_coverage", "m_title_position", "m_expression",
    "m_smile",
)  # fmt: skip
SMILES = {"positive": "smiling", "neutral": "not smiling", "negative": "not smiling"}
CASTS = {"0": "none", "1": "single", "2": "pair", "3+": "group"}
CONFUSED = {
    "facing": "facing", "people_grouping": "grouping", "shot_type": "shot_type",
    "title_position": "text_position", "expression": "expression",
}  # fmt: skip
"""Features whose misreadings are counted, and the labels of their levels."""
RESAMPLES, CONFIDENCE = 999, 0.9

Statistic = Callable[[pd.DataFrame], float]


def measure(labels: pd.DataFrame, images: Path) -> pd.DataFrame:
    """The labels with what is measured on each poster beside them, in columns `m_…`.

    `m_smile` is the score of the largest face's smile, 0 without one.
    """
    extractor, mtcnn = FeatureExtractor(), Mtcnn()
    rows = []
    for name in labels["file"]:
        picture = read_image(images / name)
        found = extractor.analyse(picture)
        values = extractor.measure(picture, found)
        alone = [face for face in propose_faces(mtcnn, picture.pixels) if face.score >= ALONE]
        body = [p for p in found.parts or () if p.name == FACE and p.score >= BODY_ALONE]
        largest = max(found.faces or (), key=lambda face: face.box.area, default=None)
        look = None if largest is None else largest.look
        rows.append(
            {
                "m_smile": 0.0 if look is None else look.smile,
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


def above_viewer(table: pd.DataFrame) -> float:
    """How much more often `facing` is right than always saying viewer."""
    known = _known_facing(table)
    right = known["m_facing"] == known["facing"]
    return float(right.mean() - (known["facing"] == "viewer").mean())


def face_statistics() -> list[tuple[str, str, Statistic]]:
    """(feature, measure, statistic) of the labels of faces."""
    smiling = "smiling"

    def smiles(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["expression"].isin(["smiling", "not smiling"])]

    return [
        ("facing", "right, of clear directions",
         lambda t: float((_known_facing(t)["m_facing"] == _known_facing(t)["facing"]).mean())),
        ("facing", "right, above always saying viewer", above_viewer),
        ("expression", "area under the curve of smiling",
         lambda t: _area(smiles(t)["expression"] == smiling, smiles(t)["m_smile"])),
        ("expression", "precision, smiling",
         lambda t: _level("m_expression", "expression", smiling, "precision")(smiles(t))),
        ("expression", "recall, smiling",
         lambda t: _level("m_expression", "expression", smiling, "recall")(smiles(t))),
    ]  # fmt: skip


def _area(shown: pd.Series, scores: pd.Series) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(shown, scores)) if shown.nunique() == 2 else float("nan")


def title_table(folders: list[Path]) -> pd.DataFrame:
    """labels/titles.csv with `found`, and `wrong`: whether the next title's name was found."""
    labels = pd.read_csv(LABELS / "titles.csv")
    paths = {path.name: path for folder in folders for path in folder.iterdir()}
    labels = labels[labels["file"].isin(list(paths))].reset_index(drop=True)
    pictures = [read_image(paths[file]) for file in labels["file"]]
    measured = FeatureExtractor(["layout"]).extract(pictures)
    layouts = [Layout.from_text(str(values["layout"])) for values in measured]
    others = [*labels["name"][1:], labels["name"][0]]
    return labels.assign(
        found=[
            bool(match_name(n, one.lines)) for n, one in zip(labels["name"], layouts, strict=True)
        ],
        wrong=[bool(match_name(n, one.lines)) for n, one in zip(others, layouts, strict=True)],
    )


def confusion(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """feature, true, read, posters: how often each level is read as which other."""
    rows = [
        table[[label, f"m_{feature}"]].set_axis(["true", "read"], axis=1).assign(feature=feature)
        for table in tables
        for feature, label in CONFUSED.items()
        if label in table
    ]
    stacked = pd.concat(rows)
    levels = {name: feature_of(name).levels for name in CONFUSED}
    known = [row.true in levels[row.feature] for row in stacked.itertuples()]
    clear = stacked[np.array(known) & stacked["read"].notna().to_numpy()]
    counted = clear.groupby(["feature", "true", "read"]).size()
    return counted.rename("posters").reset_index()


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
        ("facing", "right, above always saying viewer", above_viewer),
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


def judge(table: pd.DataFrame, measures: list[tuple[str, str, Statistic]]) -> pd.DataFrame:
    """feature, measure, value, low, high, posters of one set of labels."""
    rows = []
    for feature, name, statistic in measures:
        low, high = interval(table, statistic)
        rows.append((feature, name, statistic(table), low, high, len(table)))
    return pd.DataFrame(rows, columns=["feature", "measure", "value", "low", "high", "posters"])


def read_faces(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labels of largest faces, and of people, of a folder that has labels.csv and images."""
    labels = pd.read_csv(folder / "labels.csv", keep_default_na=False)
    faces = labels[labels["kind"] == "largest_face"]
    people = labels[labels["kind"] == "people"]
    return (
        faces.assign(expression=faces["emotion"].map(SMILES).fillna("unclear")),
        people.assign(grouping=people["people"].map(CASTS))[["file", "grouping"]],
    )


def main() -> None:
    """Print the figures of all sets; keep those that nothing was chosen on if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("posters", type=Path, help="the folder of poster images")
    parser.add_argument("--faces", type=Path, help="a folder with labels.csv and images")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="more folders of images")
    parser.add_argument("--write", action="store_true", help=f"write {FIGURES.name}")
    asked = parser.parse_args()
    tables, kept = {}, []
    for name, file in SETS.items():
        labels = pd.read_csv(LABELS / file, keep_default_na=False)
        tables[name] = measure(labels, asked.posters)
        judged = judge(tables[name], statistics())
        show(name, judged)
        kept = [judged]
    if asked.faces is not None:
        faces, people = (measure(one, asked.faces / "images") for one in read_faces(asked.faces))
        held = tables["held back"]
        judged = judge(faces, face_statistics())
        show("faces", judged)
        kept.append(judged[judged["feature"] == "expression"])
        cast = [one for one in statistics() if one[:2] == ("people_grouping", "right")]
        show("people, chosen on", judge(people, cast))
        both = pd.concat([held, faces])
        joint = judge(both, face_statistics()[:2]).assign(posters=len(both))
        joint["measure"] += ", both sets"
        show("held back and faces together", joint)
        kept.append(joint)
        tables["faces"], tables["people"] = faces, people
    titles = title_table([asked.posters, *asked.more])
    legible = titles[titles["legible"] == "yes"]
    judged = judge(legible, [
        ("title_found", "found, of legible titles", share(lambda t: t["found"])),
        ("title_found", "found where another name was sought", share(lambda t: t["wrong"])),
    ])  # fmt: skip
    show("titles", judged)
    kept.append(judged)
    if asked.write:
        pd.concat(kept).round(4).to_csv(FIGURES, index=False)
        fresh = [tables[name] for name in ("held back", "faces") if name in tables]
        confusion(fresh).to_csv(CONFUSION, index=False)


def show(name: str, judged: pd.DataFrame) -> None:
    """Print the figures of one set."""
    sys.stdout.write(f"{name}\n{judged.round(3).to_string(index=False)}\n\n")


if __name__ == "__main__":
    main()
