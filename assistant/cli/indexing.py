"""`assistant index`: build or refresh an index from a catalogue."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.cli.app import JsonOption, app
from assistant.cli.reading import DatesOption, DecimalOption, PeriodsOption, reading_of

if TYPE_CHECKING:
    from index.build import BuildReport

SKIPPED_SHOWN = 10


def report_json(report: BuildReport, folder: Path) -> dict[str, Any]:
    """A build as `index --json` documents it."""
    from index.query.found import coverage_gaps, what_was_found
    from index.store import open_index

    with open_index(folder) as index:
        found, gaps = what_was_found(index), coverage_gaps(index)
    return {
        "artworks": report.artworks,
        "skipped": [{"path": one.path, "reason": one.reason} for one in report.skipped],
        "seconds": round(report.seconds, 3),
        "images_per_second": round(report.images_per_second, 2),
        "encoder": report.encoder,
        "embedded": report.embedded,
        "reused": report.reused,
        "generation": report.generation,
        "warnings": list(report.warnings),
        "reading": list(report.reading),
        "search": {space: one.to_document() for space, one in report.search.items()},
        "bridge": report.bridge.to_document(),
        "found": list(found),
        "gaps": [gap.to_json() for gap in gaps],
    }


def show_report(report: BuildReport, folder: Path) -> None:
    """A build in a few lines; skipped files by name on stderr."""
    from assistant.terminal.console import notes, output, show_warnings
    from index.io.locations import spelled
    from index.io.safe_text import sanitise
    from index.query.found import what_was_found
    from index.store import open_index

    for one in report.skipped[:SKIPPED_SHOWN]:
        notes().print(f"skipped: {sanitise(one.path)}: {sanitise(one.reason)}")
    if len(report.skipped) > SKIPPED_SHOWN:
        notes().print(f"skipped: … and {len(report.skipped) - SKIPPED_SHOWN} more (see --json)")
    show_warnings((*report.reading, *report.warnings))
    skipped = f", {len(report.skipped)} skipped" if report.skipped else ""
    output().print(
        f"{report.artworks} artworks in {sanitise(spelled(folder))} ({report.embedded} new, "
        f"{report.reused} kept{skipped}) in {report.seconds:.1f} s with encoder {report.encoder}."
    )
    notes().print(f"search by words: {report.bridge}")
    with open_index(folder) as index:
        for line in what_was_found(index):
            output().print(f"  {sanitise(line)}")
    for space, how in report.search.items():
        if how.recall is not None:
            words = "" if how.recall_of_words is None else f", {how.recall_of_words:.3f} of words"
            notes().print(
                f"search in {space}: {how.kind}, recall@10 {how.recall:.3f} of pictures{words}"
            )


@app.command(
    "index", epilog="Example: assistant index catalogue -o artwork-index --encoder starter"
)
def index_catalogue(
    catalogue: Annotated[Path, typer.Argument(help="The catalogue folder, here or s3://…")],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            help="The index folder, here or s3://…; else $ASSISTANT_INDEX, else ./artwork-index.",
        ),
    ] = None,
    encoder: Annotated[
        str,
        typer.Option(
            help="starter, open_clip:MODEL/PRETRAINED, or open_clip:MODEL; @int8 or @fp32 behind "
            "it chooses the precision (starter: int8, open_clip: fp32)."
        ),
    ] = "starter",
    weights: Annotated[
        Path | None, typer.Option(help="A local checkpoint for open_clip:MODEL.")
    ] = None,
    clusters: Annotated[
        int | None,
        typer.Option(min=1, max=50, help="How many member clusters to learn; else chosen."),
    ] = None,
    clusters_by: Annotated[
        Literal["viewing", "response"],
        typer.Option(
            help="Learn clusters from what members watch, or from how they answer artwork "
            "(needs a log of impressions)."
        ),
    ] = "viewing",
    half_life: Annotated[
        float | None,
        typer.Option(min=1, metavar="DAYS", help="Days after which an impression counts half."),
    ] = None,
    smallest_cluster: Annotated[
        int, typer.Option(min=1, help="Report nothing for clusters of fewer members.")
    ] = 50,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Where pictures are worked on: here, or on a Ray cluster."),
    ] = "local",
    address: Annotated[
        str | None, typer.Option(help="A running Ray cluster; else one on this machine.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Ray workers; else one a processor.")
    ] = None,
    emotion_model: Annotated[
        Path | None,
        typer.Option(help="An ONNX classifier of facial expressions; else the encoder's texts."),
    ] = None,
    recheck: Annotated[
        bool, typer.Option("--recheck", help="Read every picture again, touched or not.")
    ] = False,
    levers: Annotated[
        Path | None, typer.Option(help="YAML that adds or replaces levers; see docs/levers.md.")
    ] = None,
    allow_root: Annotated[
        list[Path] | None,
        typer.Option(
            "--allow-root",
            metavar="DIR",
            help="A folder to which links inside the catalogue may lead; repeat for more.",
        ),
    ] = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    periods: PeriodsOption = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 7,
    json: JsonOption = False,
) -> None:
    """Index a catalogue: embed and measure its artwork, tag its performance.

    Only what changed is done again, and a killed run goes on where it was.
    """
    from assistant.insights.evidence import find_out, keep_findings
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, progress_bar
    from index.build import build_index
    from index.encoders import load_encoder
    from index.features.levers.lever import load_levers
    from index.query.features import known_features
    from index.vectors import Shards, fill

    folder = index_folder(out)
    known = {one.name: one for one in known_features()}
    chosen = load_levers(levers, known)
    faces = None
    if emotion_model is not None:
        from index.features.concepts.emotion_model import ClassifierEmotions

        faces = ClassifierEmotions(emotion_model)
    pipeline = None
    shards: Shards = fill
    if engine == "ray":
        from index.build.ray_pipeline import EncoderChoice, RayPipeline
        from index.build.ray_shards import RayShards

        shards = RayShards(address)
        choice = EncoderChoice(encoder, weights, emotion_model)
        pipeline = RayPipeline(choice, address=address, workers=workers)
    with progress_bar() as progress:
        report = build_index(
            catalogue,
            folder,
            encoder=load_encoder(encoder, weights=weights),
            clusters=clusters,
            smallest_cluster=smallest_cluster,
            seed=seed,
            progress=progress,
            pipeline=pipeline,
            shards=shards,
            faces=faces,
            recheck=recheck,
            levers=chosen,
            reading=reading_of(decimal, dates, periods),
            allowed=tuple(allow_root or ()),
            by_response=clusters_by == "response",
            half_life=half_life,
            learn=partial(find_out, progress=progress),
        )
        report = replace(report, generation=keep_findings(folder, progress))
    if json:
        emit_json(report_json(report, folder))
    else:
        show_report(report, folder)
