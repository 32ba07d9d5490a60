"""Embedding: 8 bits against 32, and against how others run the same network, on the same pictures.

`python benchmarks/encoders.py FOLDER` takes any folder of pictures. All rivals get the same decoded
pictures and prepare them their own way; each is timed on its wall clock in turn, three rounds, and
the median counts. `times` is how many times faster than the row marked 1.00 a row is.

ViT-B/32 at 256 pixels has random weights here, the same for everyone (trained ones are not to be
had without a download). Vectors of an untrained network lie close together, so cosines after
taking out the mean of all vectors are shown too, and neighbours, which do not care. How well 8 bits
keep what a trained network knows has to be measured with it.

- torch: batches of 64 from a DataLoader with as many workers as processors, open_clip's own
  transforms, as clip-retrieval runs it;
- rclip: the real package where `pip install --no-deps rclip` put it, its session and its
  preparation, pictures in its batches of 8 prepared by as many threads as processors; without it
  the same settings in ONNX Runtime.
- OpenVINO, where installed, runs our 8-bit file: once with what is not in 8 bits in 32, once as it
  likes, which is bf16 on processors that have it.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from agreement import Vectors, centred_cosines, cosines, shared_neighbours
from encoder_peers import (
    MODEL,
    TORCH_BATCH,
    Embed,
    as_clip_retrieval,
    as_rclip,
    export_for_rclip,
    make_model,
    openvino,
)
from reporting import (
    Target,
    add_keep_option,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)
from throughput import find_pictures

from index.encoders import Encoder, load_encoder
from index.encoders.cache import entry_folder
from index.encoders.export import import_repaired
from index.encoders.runtime import Preprocessing
from index.encoders.starter import PREPROCESSING as STARTER
from index.io.images import read_image
from index.records import Pixels

ROUNDS = 3


def race(rivals: dict[str, Embed], pictures: Sequence[Pixels]) -> dict[str, tuple[float, Vectors]]:
    """Pictures a second of each, in turns, and what it gives."""
    walls: dict[str, list[float]] = {name: [] for name in rivals}
    vectors: dict[str, Vectors] = {}
    for embed in rivals.values():
        embed(pictures[:TORCH_BATCH])
    for _ in range(ROUNDS):
        for name, embed in rivals.items():
            began = perf_counter()
            vectors[name] = embed(pictures)
            walls[name].append(perf_counter() - began)
    return {name: (len(pictures) / median(walls[name]), vectors[name]) for name in rivals}


def print_race(done: dict[str, tuple[float, Vectors]], one: str, exact: str) -> None:
    """The table of a race; speeds against `one`, vectors against those of `exact`."""
    rows = []
    for name, (speed, vectors) in done.items():
        plain = cosines(vectors, done[exact][1])
        centred = centred_cosines(vectors, done[exact][1])
        rows.append(
            (
                name,
                f"{speed:.1f}",
                f"{speed / done[one][0]:.2f}",
                f"{plain.min():.4f}",
                f"{np.median(plain):.4f}",
                f"{centred.min():.4f}",
                f"{np.median(centred):.4f}",
                f"{shared_neighbours(vectors, done[exact][1]):.3f}",
            )
        )
    headings = ("pictures a second", "times", "cosine: least", "median", "centred: least", "median")
    print_table(("runs", *headings, "of 10 nearest"), rows)


def race_starter(pictures: Sequence[Pixels]) -> list[Target]:
    """The default encoder in 32 and 8 bits, in both of its spaces."""
    exact, ours = load_encoder("starter@fp32"), load_encoder("starter")
    rivals: dict[str, Embed] = {
        "starter@fp32": lambda some: image_space(exact, some),
        "starter (8 bits)": lambda some: image_space(ours, some),
        **openvino(entry_folder(ours.fingerprint), STARTER, "features"),
    }
    done = race(rivals, pictures)
    say(f"### starter, {len(pictures)} pictures, space of images\n")
    print_race(done, "starter@fp32", "starter@fp32")
    speed, image = done["starter (8 bits)"]
    shared = {
        "starter@fp32": (done["starter@fp32"][0], exact.embed_images(pictures).shared),
        "starter (8 bits)": (speed, ours.embed_images(pictures).shared),
    }
    say("The same, space shared with texts\n")
    print_race(shared, "starter@fp32", "starter@fp32")
    alone = np.concatenate([image_space(ours, [one]) for one in pictures[:20]])
    difference = float(np.abs(alone - image[:20]).max())
    pairs = {
        "images": (image, done["starter@fp32"][1]),
        "shared": (shared["starter (8 bits)"][1], shared["starter@fp32"][1]),
    }
    return [
        Target("starter, embedding alone", 120, speed, "pictures/s"),
        *[
            Target(
                f"starter, {name}: least cosine to 32 bits", 0.99, float(cosines(*pair).min()), ""
            )
            for name, pair in pairs.items()
        ],
        *[
            Target(f"starter, {name}: shared 10 nearest", 0.95, shared_neighbours(*pair), "")
            for name, pair in pairs.items()
        ],
        Target("starter: vector alone and in a batch", 1e-6, difference, "apart", at_most=True),
    ]


def image_space(encoder: Encoder, pictures: Sequence[Pixels]) -> Vectors:
    """Vectors of images alone."""
    vectors = encoder.embed_images(pictures).image
    if vectors is None:
        raise ValueError(f"{encoder.id} has no space of images")
    return vectors


def race_transformer(pictures: Sequence[Pixels], folder: Path) -> list[Target]:
    """ViT-B/32 as others run it, and as we do."""
    model, weights = make_model(folder)
    graph = folder / "peer" / "visual.onnx"
    graph.parent.mkdir()
    export_for_rclip(model, "image", graph)
    spec = f"open_clip:{MODEL}"
    exact, ours = (
        load_encoder(f"{spec}{end}", weights=weights, cache=folder) for end in ("", "@int8")
    )
    peer = "rclip" if importlib.util.find_spec("rclip") else "rclip's settings in ONNX Runtime"
    rivals: dict[str, Embed] = {
        "torch, as clip-retrieval": as_clip_retrieval(model),
        f"{peer} (ONNX Runtime, fp32)": as_rclip(graph),
        spec: lambda some: exact.embed_images(some).shared,
        f"{spec}@int8": lambda some: ours.embed_images(some).shared,
        **openvino(entry_folder(ours.fingerprint, folder), preparation(model), "vectors"),
    }
    done = race(rivals, pictures)
    say(f"### ViT-B/32 at 256 pixels, random weights, {len(pictures)} pictures\n")
    print_race(done, f"{peer} (ONNX Runtime, fp32)", spec)
    speed, vectors = done[f"{spec}@int8"]
    wanted = done[spec][1]
    alone = np.concatenate([ours.embed_images([one]).shared for one in pictures[:20]])
    times = speed / done[f"{peer} (ONNX Runtime, fp32)"][0]
    return [
        Target(f"ViT-B/32 in 8 bits, against {peer}", 3, times, "times"),
        Target(
            "ViT-B/32: least cosine to 32 bits", 0.99, float(cosines(vectors, wanted).min()), ""
        ),
        Target("ViT-B/32: shared 10 nearest", 0.95, shared_neighbours(vectors, wanted), ""),
        Target(
            "ViT-B/32: vector alone and in a batch",
            1e-6,
            float(np.abs(alone - vectors[:20]).max()),
            "apart",
            at_most=True,
        ),
    ]


def preparation(model: Any) -> Preprocessing:
    """How its encoder prepares pictures."""
    from index.encoders.clip_export import read_preprocessing

    config = import_repaired("open_clip").get_model_preprocess_cfg(model)
    return read_preprocessing(config)


def main() -> None:
    """Print the tables and the targets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=600, help="for starter")
    parser.add_argument("--few", type=int, default=96, help="for ViT-B/32")
    add_keep_option(parser)
    asked = parser.parse_args()
    packages = ("onnxruntime", "torch", "open_clip_torch", "openvino", "rclip", "numpy")
    print_machine("artwork-assistant", *packages)
    pictures = [read_image(path).pixels for path in find_pictures(asked.folder, asked.pictures)]
    targets = race_starter(pictures)
    with tempfile.TemporaryDirectory() as folder:
        targets += race_transformer(pictures[:: max(1, len(pictures) // asked.few)], Path(folder))
    print_targets(targets)
    keep_what_was_said(asked.keep, "encoders", "Embedding, against peers")


if __name__ == "__main__":
    main()
