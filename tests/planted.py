"""Small indexes of which every number is planted, written and opened by the real store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from index.audience.predict import AffinityPredictor
from index.build.evidence import write_evidence, write_standing
from index.build.levers import write_levers
from index.encoders import ImageEmbeddings
from index.features.analysis import Box
from index.features.layout import Layout
from index.features.levers.lever import Lever, load_levers
from index.records import ALL, FloatMatrix, Pixels
from index.store import Index, IndexWriter, open_index
from index.store.manifest import BuildSource

BRIEF = Path("brief.yaml")
Z90 = 1.6448536269514722
Vector = Sequence[float]


def unit(*values: float) -> FloatMatrix:
    """A vector of length one."""
    vector = np.array(values, dtype=np.float64)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


@dataclass(frozen=True)
class Title:
    """A past title; `text` is what its words are embedded as."""

    id: str
    text: Vector = (0, 0, 1)
    genres: str = ""
    name: str = ""


@dataclass(frozen=True)
class Art:
    """A past artwork; `looks` is its picture in the space of images, `shared` in that of texts."""

    id: str
    title: str
    looks: Vector = (0, 0, 1)
    shared: Vector | None = None
    family: str = ""
    canvas: str = ""
    created: str = ""
    rights: str = ""
    layout: Layout | None = None
    features: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tag:
    """What was observed of an artwork in a slice: log-odds and their standard deviation."""

    art: str
    lift: float = 0.0
    sd: float = 0.1
    cluster: str = ALL
    platform: str = ALL
    seen: int = 1000
    take: float = 0.2
    label: str = ""


class Words:
    """An encoder that knows what it is told: vectors of texts and of plain pictures.

    Args:
        texts: vectors by what a text contains; what nothing fits is (0, 0, 1).
        pictures: vectors by the red of a plain picture.
        image_space: whether pictures have a space of their own.
    """

    id, fingerprint, dimensions, class_names = "words", "words-1", 3, None
    image_dimensions: int | None = 3

    def __init__(
        self,
        texts: Mapping[str, Vector] | None = None,
        pictures: Mapping[int, Vector] | None = None,
        *,
        image_space: bool = True,
    ) -> None:
        self._texts, self._pictures = texts or {}, pictures or {}
        self._image_space = image_space

    def embed_texts(self, texts: Sequence[str]) -> FloatMatrix:
        return np.stack([self._embed(text) for text in texts])

    def _embed(self, text: str) -> FloatMatrix:
        return next((unit(*self._texts[one]) for one in self._texts if one in text), unit(0, 0, 1))

    def embed_images(self, pixels: Sequence[Pixels]) -> ImageEmbeddings:
        vectors = np.stack([unit(*self._pictures[int(one[0, 0, 0])]) for one in pixels])
        return ImageEmbeddings(
            shared=vectors if not self._image_space else np.stack([unit(0, 0, 1)] * len(vectors)),
            image=vectors if self._image_space else None,
        )


def picture(path: Path, red: int) -> Path:
    """A plain picture in one red."""
    Image.new("RGB", (32, 32), (red, 0, 0)).save(path)
    return path


def layout(
    aspect: float = 2 / 3,
    face: tuple[float, float, float, float] | None = None,
    title: tuple[float, float, float, float] | None = None,
    letters: float = 0.08,
    contrast: float = 9.0,
) -> Layout:
    """Where face and title are in a picture whose every place draws the eye alike."""
    return Layout(
        aspect,
        () if face is None else (Box(*face),),
        None if title is None else Box(*title),
        letters,
        contrast,
        np.ones((16, 16)),
    )


def palette(*colours: tuple[str, str, float]) -> str:
    """Main colours as a feature holds them: name, hex and share."""
    return json.dumps(
        [{"name": name, "hex": hexed, "share": share} for name, hexed, share in colours]
    )


def plant(
    folder: Path,
    titles: Sequence[Title],
    artworks: Sequence[Art],
    tags: Sequence[Tag] = (),
    *,
    clusters: Mapping[str, str] | None = None,
    affinity: Sequence[tuple[str, str, float, int]] = (),
    predictor: AffinityPredictor | None = None,
    cells: pd.DataFrame | None = None,
    perceived: Mapping[str, Sequence[float]] | None = None,
    tables: Mapping[str, Any] | None = None,
    image_space: bool = True,
    sizes: Sequence[tuple[int, int]] = (),
    warnings: Sequence[str] = (),
    company: int = 5,
    levers: Sequence[Lever] | None = None,
) -> Index:
    """An index of just these titles and artworks.

    Args:
        folder: where to write it.
        titles, artworks: in their order.
        tags: how artworks did; none for an index without performance.
        clusters: names of the member clusters by key.
        affinity: title, cluster, log relative rate and plays.
        predictor: of affinities from texts.
        cells: counts, as `index.catalogue.aggregate_performance` returns them.
        perceived: flags by feature that only an encoder can see.
        tables: any others.
        image_space: whether pictures have a space of their own.
        sizes: of the pictures in pixels.
        warnings: what the index cannot say.
        company: further artwork of every title with tags, that did as its title usually does in
            each slice, called "TITLE~NUMBER": what is tagged is compared with it.
        levers: what an art director can turn; the built-in ones by default.
    """
    artworks, tags = _in_company(artworks, tags, company)
    with IndexWriter(folder) as writer:
        writer.write_table("artworks", _artworks(artworks))
        named = {"title_id": [one.id for one in titles],
                 "name": [one.name or f"Title {one.id}" for one in titles],
                 "genres": [one.genres for one in titles],
                 "tags": "", "synopsis": ""}  # fmt: skip
        titled = pd.DataFrame(named, dtype="str")
        writer.write_table("titles", titled)
        looks = np.stack([unit(*one.looks) for one in artworks])
        shared = np.stack([unit(*(one.shared or one.looks)) for one in artworks])
        if image_space:
            writer.write_vectors("image", looks, searchable=False)
        writer.write_vectors("shared", shared if image_space else looks)
        texts = np.stack([unit(*one.text) for one in titles])
        writer.write_vectors("titles", texts, searchable=False)
        writer.write_table("features", _features(artworks))
        write_levers(writer, _artworks(artworks), load_levers() if levers is None else levers)
        write_evidence(writer, titled, _artworks(artworks), texts, Words(), None)  # type: ignore[arg-type]
        ids = [one.id for one in artworks]
        if perceived:
            writer.write_table("perceived", pd.DataFrame({"artwork_id": ids, **perceived}))
        if tags:
            table = tag_table(tags, artworks)
            writer.write_table("tags", table)
            everyone = table[(table["cluster"] == ALL) & (table["platform"] == ALL)]
            write_standing(writer, everyone, _artworks(artworks))
        if clusters:
            found = {"cluster": list(clusters), "name": list(clusters.values())}
            writer.write_table("clusters", pd.DataFrame(found).assign(members=100))
        if affinity:
            columns = ["title_id", "cluster", "affinity", "plays"]
            writer.write_table("affinity", pd.DataFrame(affinity, columns=columns))
        if predictor is not None:
            writer.write_arrays("predictor", predictor.to_arrays())
        if cells is not None:
            writer.write_table("cells", cells)
        if sizes:
            width, height = zip(*sizes, strict=True)
            images = {"artwork_id": ids, "width": width, "height": height}
            writer.write_table("images", pd.DataFrame(images))
        for name, table in (tables or {}).items():
            writer.write_table(name, table)
        source = BuildSource(
            encoder="words:1",
            encoder_fingerprint="words-1",
            extractor_fingerprint="none",
            engine_fingerprint="none",
            dimensions=3,
            image_dimensions=3 if image_space else None,
            catalogue=str(folder / "catalogue"),
            catalogue_fingerprint="planted",
            options={"seed": 7},
        )
        writer.publish(source, {}, tuple(warnings))
    return open_index(folder)


def _in_company(
    artworks: Sequence[Art], tags: Sequence[Tag], company: int
) -> tuple[Sequence[Art], Sequence[Tag]]:
    """Artwork and tags with neutral artwork beside what was tagged."""
    of = {one.id: one for one in artworks}
    first = {of[tag.art].title: of[tag.art] for tag in reversed(tags)}
    slices = dict.fromkeys((of[tag.art].title, tag.cluster, tag.platform) for tag in tags)
    new = {
        title: [
            replace(one, id=f"{title}~{n}", family="", features={}, layout=None)
            for n in range(company)
        ]
        for title, one in first.items()
    }
    beside = [
        Tag(art.id, 0.0, 0.1, cluster, platform)
        for title, cluster, platform in slices
        for art in new[title]
    ]
    return [*artworks, *(one for arts in new.values() for one in arts)], [*tags, *beside]


def _artworks(artworks: Sequence[Art]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "artwork_id": [one.id for one in artworks],
            "title_id": [one.title for one in artworks],
            "family_id": [one.family or one.id for one in artworks],
            "path": [f"images/{one.id}.jpg" for one in artworks],
            "canvas": [one.canvas for one in artworks],
            "language": "",
            "created_at": [one.created for one in artworks],
            "rights": [one.rights for one in artworks],
        },
        dtype="str",
    )


def _features(artworks: Sequence[Art]) -> pd.DataFrame:
    names = dict.fromkeys(name for one in artworks for name in one.features)
    columns: dict[str, list[Any]] = {"artwork_id": [one.id for one in artworks]}
    columns |= {name: [one.features.get(name) for one in artworks] for name in names}
    if any(one.layout is not None for one in artworks):
        columns["layout"] = [
            None if one.layout is None else one.layout.to_text() for one in artworks
        ]
    return pd.DataFrame(columns)


def tag_table(tags: Sequence[Tag], artworks: Sequence[Art] = ()) -> pd.DataFrame:
    """Performance tags as an index holds them; artwork that is not listed is of one title."""
    title = {one.id: one.title for one in artworks}
    rows = []
    for one in tags:
        low, high = one.lift - Z90 * one.sd, one.lift + Z90 * one.sd
        label = "high" if low > 0 else "low" if high < 0 else "typical"
        rows.append(
            {
                "artwork_id": one.art,
                "title_id": title.get(one.art, ""),
                "cluster": one.cluster,
                "platform": one.platform,
                "impressions": one.seen,
                "plays": int(one.seen * np.nan_to_num(one.take)),
                "take_fraction": one.take,
                "observed": one.lift,
                "variance": one.sd**2,
                "lift": one.lift,
                "sd": one.sd,
                "low": low,
                "high": high,
                "p_positive": 0.5,
                "label": one.label or label,
                "reason": "",
            }
        )
    return pd.DataFrame(rows)


def count_table(rows: Sequence[tuple[str, str, str, int, int]], country: str = "") -> pd.DataFrame:
    """Counts as an index holds them, from artwork, cluster, platform, impressions and plays."""
    frame = pd.DataFrame(
        rows, columns=["artwork_id", "cluster", "platform", "impressions", "plays"]
    )
    return frame.assign(
        country=country,
        effective_impressions=frame["impressions"].astype(float),
        effective_plays=frame["plays"].astype(float),
    )
