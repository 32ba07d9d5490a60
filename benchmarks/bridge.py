"""What the bridge learned from a catalogue finds, by number of titles, beside the encoder alone.

`python benchmarks/bridge.py CATALOGUE` takes a folder with titles (best with synopses) and
artworks. For every number of titles some are drawn at random and split into five parts; each
part's pictures cross a bridge learned from the other four, penalty and share chosen there too, so
no picture is scored by a bridge that saw its title. Then every title's own text looks for its
picture among those of all titles drawn, and every genre's name for the pictures that have it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)
from sklearn.metrics import roc_auc_score

from index.build.bridge import Lesson, learn_bridge
from index.catalogue.load import load_catalogue
from index.catalogue.words import split_words, title_text
from index.encoders import Encoder, load_encoder
from index.errors import ImageUnreadable
from index.io.images import read_image
from index.records import FloatMatrix, Pixels

FOLDS, DRAWS, BATCH = 5, 3, 32
FIRST = 8
MIN_OF_GENRE = 5
SURE_FROM = 100
"""Titles from which on the learned bridge is to be ahead by its interval."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Material:
    """A catalogue, embedded: one row of the pictures an artwork, one of the texts a title."""

    features: FloatMatrix
    encoded: FloatMatrix
    title_of: npt.NDArray[np.int32]
    texts: FloatMatrix
    genres: tuple[tuple[str, ...], ...]
    words: dict[str, FloatMatrix]
    asked: dict[str, FloatMatrix]

    def lesson(self, titles: npt.NDArray[np.intp]) -> Lesson:
        """What a catalogue of these titles alone would teach."""
        place = np.full(len(self.texts), -1)
        place[titles] = np.arange(len(titles))
        rows = np.flatnonzero(place[self.title_of] >= 0)
        return Lesson(
            self.features[rows],
            self.encoded[rows],
            place[self.title_of[rows]].astype(np.int32),
            self.texts[titles],
            [self.genres[title] for title in titles],
            self.words,
        )


def embed(folder: Path, spec: str, weights: Path | None) -> Material:
    """Read and embed a catalogue; titles without a readable picture are left out."""
    encoder, catalogue = load_encoder(spec, weights=weights), load_catalogue(folder)
    titles = catalogue.titles
    genres = [split_words(joined) for joined in titles["genres"]]
    words = zip(titles["name"], titles["synopsis"], genres, titles["tags"], strict=True)
    texts = encoder.embed_texts([title_text(n, s, g, split_words(t)) for n, s, g, t in words])
    row_of = {title: row for row, title in enumerate(titles["title_id"])}
    owners: list[int] = []
    pixels: list[Pixels] = []
    vectors: list[FloatMatrix] = []
    features: list[FloatMatrix] = []
    for title, path in zip(catalogue.artworks["title_id"], catalogue.artworks["path"], strict=True):
        try:
            pixels.append(read_image(folder / path).pixels)
        except ImageUnreadable:
            continue
        owners.append(row_of[title])
        if len(pixels) == BATCH:
            _embed(encoder, pixels, vectors, features)
    _embed(encoder, pixels, vectors, features)
    names = sorted({name for own in genres for name in own})
    plain = encoder.embed_texts([name.lower() for name in names])
    asked = encoder.embed_texts([f"a {name.lower()} film poster" for name in names])
    return Material(
        np.concatenate(features),
        np.concatenate(vectors),
        np.array(owners, np.int32),
        texts,
        tuple(genres),
        dict(zip(names, plain, strict=True)),
        dict(zip(names, asked, strict=True)),
    )


def _embed(
    encoder: Encoder,
    pixels: list[Pixels],
    vectors: list[FloatMatrix],
    features: list[FloatMatrix],
) -> None:
    if not pixels:
        return
    found = encoder.embed_images(pixels)
    vectors.append(found.shared)
    features.append(found.shared if found.image is None else found.image)
    pixels.clear()


@dataclass(frozen=True)
class Skill:
    """Of one way: share of the other titles that each title's text beats, and by genre."""

    beaten: Floats
    auc: Floats
    first: Floats


def judge(
    vectors: FloatMatrix,
    owner: npt.NDArray[np.int32],
    material: Material,
    titles: npt.NDArray[np.intp],
) -> Skill:
    """How well words find pictures of some titles; row i of `vectors` is of title `owner[i]`."""
    number = len(titles)
    means = np.zeros((number, vectors.shape[1]))
    np.add.at(means, owner, vectors)
    means /= np.bincount(owner, minlength=number)[:, None]
    scores = means @ material.texts[titles].T
    beaten = (np.diag(scores)[None] > scores).sum(axis=0) / (number - 1)
    aucs, first = [], []
    for genre, text in material.asked.items():
        has = np.array([genre in material.genres[title] for title in titles])
        if MIN_OF_GENRE <= has.sum() <= number - MIN_OF_GENRE:
            found = means @ text
            aucs.append(roc_auc_score(has, found))
            first.append(has[np.argsort(-found, kind="stable")[:FIRST]].mean())
    return Skill(beaten, np.array(aucs), np.array(first))


def compare(material: Material, titles: npt.NDArray[np.intp], seed: int) -> tuple[Skill, Skill]:
    """The encoder alone, and with bridges that never saw the title."""
    whole = material.lesson(titles)
    fold = np.random.default_rng(seed).permutation(len(titles)) % FOLDS
    crossed = np.array(whole.encoded)
    for number in range(FOLDS):
        bridge, _ = learn_bridge(material.lesson(titles[fold != number]), seed)
        own = fold[whole.title_of] == number
        if bridge is not None:
            crossed[own] = bridge.apply(whole.features[own], whole.encoded[own])
    return (
        judge(whole.encoded, whole.title_of, material, titles),
        judge(crossed, whole.title_of, material, titles),
    )


def interval(differences: Sequence[Floats]) -> tuple[float, float, float]:
    """Mean and 90% interval of paired differences, by a bootstrap over all of them."""
    pooled = np.concatenate(differences)
    random = np.random.default_rng(7)
    means = pooled[random.integers(0, len(pooled), (2_000, len(pooled)))].mean(axis=1)
    return float(pooled.mean()), *(float(end) for end in np.quantile(means, [0.05, 0.95]))


def main() -> None:
    """Embed once, learn and judge at every number of titles, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--encoder", default="starter")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--titles", type=int, nargs="*", default=[20, 40, 60, 80, 100, 150, 300])
    add_keep_option(parser)
    asked = parser.parse_args()
    print_machine("artwork-assistant", "numpy", "onnxruntime", "scipy")
    material = embed(asked.catalogue, asked.encoder, asked.weights)
    shown = np.unique(material.title_of)
    sizes = sorted({*(size for size in asked.titles if size < len(shown)), len(shown)})
    rows, targets = [], []
    for size in sizes:
        random = np.random.default_rng(size)
        pairs = []
        for draw in range(DRAWS if size < len(shown) else 1):
            titles = np.sort(random.choice(shown, size, replace=False))
            pairs.append(compare(material, titles, draw))
        gain = interval([learned.beaten - alone.beaten for alone, learned in pairs])
        columns = [
            f"{np.mean([np.mean(getattr(way, name)) for way in ways]):.2f}"
            for name in ("auc", "first")
            for ways in zip(*pairs, strict=True)
        ]
        ranks = [
            f"{1 + 99 * (1 - np.median(np.concatenate([way.beaten for way in ways]))):.0f}"
            for ways in zip(*pairs, strict=True)
        ]
        mean, low, high = (100 * value for value in gain)
        rows.append((f"{size}", *ranks, f"{mean:+.1f} ({low:+.1f} to {high:+.1f})", *columns))
        if size >= SURE_FROM:
            targets.append(Target(f"{size} titles: places gained, lower end", 0.0, low, ""))
        else:
            targets.append(Target(f"{size} titles: places gained, upper end", 0.0, high, ""))
    headings = (
        "titles", "rank alone", "rank learned", "places gained of 100 (90%)", "AUC alone",
        "AUC learned", "first 8 alone", "first 8 learned",
    )  # fmt: skip
    say(f"{len(material.title_of):,} artworks of {len(shown):,} titles, encoder {asked.encoder}.\n")
    print_table(headings, rows)
    print_targets(targets)
    keep_what_was_said(asked.keep, "bridge", "The bridge learned from a catalogue")


if __name__ == "__main__":
    main()
