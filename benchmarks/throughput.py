"""Pictures a second through decoding, embedding and every feature, and what each part costs.

`python benchmarks/throughput.py FOLDER` takes any folder of pictures. Processor milliseconds are
of one thread; on a machine that does other work at the same time trust them, not the wall clock.
Large pictures are those of the folder, enlarged to 3840 × 2160 pixels with grain as a camera's, as
JPEG of quality 90.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from memory import peak_memory
from PIL import Image
from reporting import (
    Target,
    add_keep_option,
    clock,
    keep_what_was_said,
    print_machine,
    print_table,
    print_targets,
    say,
)

from index.build.pictures import EveryFeature, PicturePipeline
from index.encoders import load_encoder
from index.features.bodies import BodyDetector
from index.features.colour import measure_colour
from index.features.composition import measure_composition
from index.features.extract import FeatureExtractor
from index.features.faces import detect_faces
from index.features.gaze import FaceReader
from index.features.mtcnn import Mtcnn
from index.features.persons import PersonDetector
from index.features.saliency import saliency_map
from index.features.text import measure_text
from index.features.text_detector import TextDetector
from index.features.text_reader import MOST_READ, TextReader
from index.io.images import FORMATS, Picture, content_hash, read_image
from index.processors import processors

SUFFIXES = {f".{name.lower()}" for name in FORMATS} | {".jpg", ".tif"}
BATCH = 16
LARGE, LARGE_SIZE = 8, (3840, 2160)


def find_pictures(folder: Path, most: int) -> list[Path]:
    """Up to `most` pictures of a folder, evenly spread over their names."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    return found[:: max(1, len(found) // most)][:most]


def time_pipeline(paths: list[Path], encoder_name: str) -> tuple[float, float]:
    """Processor milliseconds a picture and pictures a second, as `assistant index` does it all."""
    encoder = load_encoder(encoder_name)
    pipeline = PicturePipeline(encoder, EveryFeature(), None, BATCH, processors())
    list(pipeline.run((path.name, path) for path in paths[:BATCH]))
    wall, own, batches = clock(lambda: list(pipeline.run((path.name, path) for path in paths)))
    done = sum(len(batch.part.hashes) for batch in batches if batch.part)
    return 1000 * own / done, done / wall


def time_embedding(pictures: list[Picture], encoder_name: str) -> tuple[float, float]:
    """The same of embedding alone of decoded pictures, on all processors."""
    encoder = load_encoder(encoder_name)
    pixels = [picture.pixels for picture in pictures]
    encoder.embed_images(pixels[:BATCH])
    wall, own, _ = clock(lambda: encoder.embed_images(pixels), 3)
    return 1000 * own / len(pixels), len(pixels) / wall


def time_large(paths: list[Path], encoder_name: str) -> tuple[float, float]:
    """Processor milliseconds to decode a large JPEG, and to embed and measure what comes of it."""
    encoder, features = load_encoder(encoder_name), EveryFeature()
    generator = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        large = []
        for path in paths[:LARGE]:
            enlarged = Image.fromarray(read_image(path).pixels).resize(LARGE_SIZE)
            grain = generator.normal(0, 6, (*LARGE_SIZE[::-1], 1))
            grainy = np.clip(np.asarray(enlarged) + grain, 0, 255).astype(np.uint8)
            large.append(Path(folder) / f"{path.stem}.jpg")
            Image.fromarray(grainy).save(large[-1], quality=90)
        _, decoding, pictures = clock(lambda: [read_image(path) for path in large], 3)
    pixels = [picture.pixels for picture in pictures]
    _, rest, _ = clock(lambda: (encoder.embed_images(pixels), features.extract(pictures)), 2)
    return 1000 * decoding / LARGE, 1000 * rest / LARGE


def time_parts(paths: list[Path], pictures: list[Picture]) -> list[tuple[str, str]]:
    """Processor milliseconds a picture of each part, on one thread."""
    extractor = FeatureExtractor(threads=1)
    found = [extractor.analyse(picture) for picture in pictures]
    both = list(zip(pictures, found, strict=True))
    mtcnn, bodies, text = Mtcnn(), BodyDetector(), TextDetector()
    persons, reader, letters = PersonDetector(), FaceReader(), TextReader()
    parts: dict[str, Callable[[], Any]] = {
        "hash the file": lambda: [content_hash(path) for path in paths],
        "decode": lambda: [read_image(path) for path in paths],
        "faces (MTCNN)": lambda: [detect_faces(mtcnn, p.pixels, a.parts or ()) for p, a in both],
        "bodies (NudeNet)": lambda: [bodies.detect(p.pixels) for p in pictures],
        "people (NanoDet)": lambda: [persons.detect(p.pixels) for p in pictures],
        "pose and smile": lambda: [reader.read_largest(p.pixels, a.faces or ()) for p, a in both],
        "lettering (PP-OCR detector)": lambda: [text.detect(p.pixels) for p in pictures],
        f"lettering: reading {MOST_READ} lines": lambda: [
            letters.read_largest(p.pixels, a.text or ()) for p, a in both
        ],
        "lettering: title, legibility": lambda: [
            measure_text(p.pixels, a.text or ()) for p, a in both
        ],
        "colour and light": lambda: [measure_colour(p.pixels, a.text or ()) for p, a in both],
        "saliency": lambda: [saliency_map(p.pixels) for p in pictures],
        "composition": lambda: [
            measure_composition(p.pixels, a.saliency, a.faces or (), a.text or ())
            for p, a in both
            if a.saliency is not None
        ],
        "every feature": lambda: extractor.extract(pictures),
    }
    rows = []
    for name, work in parts.items():
        work()
        rows.append((name, f"{1000 * clock(work)[1] / len(pictures):.1f}"))
    return rows


def main() -> None:
    """Print both tables and the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=200, help="through the whole pipeline")
    parser.add_argument("--encoder", default="starter")
    add_keep_option(parser)
    asked = parser.parse_args()
    paths = find_pictures(asked.folder, asked.pictures)
    print_machine("artwork-assistant", "onnxruntime", "opencv-python-headless", "numpy", "pillow")
    whole = time_pipeline(paths, asked.encoder)
    peak = peak_memory()
    pictures = [read_image(path) for path in paths]
    alone = time_embedding(pictures, asked.encoder)
    decoding, rest = time_large(paths, asked.encoder)
    say(f"{len(paths)} pictures, encoder {asked.encoder}, peak memory {peak:.2f} GB\n")
    print_table(
        ("stage, on all processors", "CPU ms a picture", "pictures a second"),
        [
            ("decode, embed and every feature", f"{whole[0]:.0f}", f"{whole[1]:.1f}"),
            ("embed alone", f"{alone[0]:.1f}", f"{alone[1]:.0f}"),
            (f"decode {LARGE_SIZE[0]} × {LARGE_SIZE[1]} JPEG", f"{decoding:.1f}", ""),
            ("embed and every feature of it", f"{rest:.0f}", ""),
        ],
    )
    few = slice(0, len(paths), max(1, len(paths) // 40))
    print_table(("part, on one thread", "CPU ms a picture"), time_parts(paths[few], pictures[few]))
    print_targets(
        [
            Target("decode, embed and every feature", 20, whole[1], "pictures/s"),
            Target("embed alone", 120, alone[1], "pictures/s"),
            Target("decode 4K, of the time of the rest", 1, decoding / rest, "", at_most=True),
            Target("peak memory", 1.5, peak, "GB", at_most=True),
        ]
    )
    keep_what_was_said(asked.keep, "throughput", "Indexing: pictures a second, by part")


if __name__ == "__main__":
    main()
