"""Damaged pictures by the thousand, read in a process that is watched for crashes and hangs."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from index.errors import ImageUnreadable
from index.io.images import read_image
from tests.watched import Outcome, watch

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF")
SECONDS = 5.0
MEGABYTES = 1024
_EXTREMES = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def whole_pictures(random: np.random.Generator) -> list[tuple[str, bytes]]:
    """Good files of every format in several of its kinds, to be damaged."""
    side = 96
    ramp = np.linspace(0, 255, side, dtype=np.uint8)
    pixels = np.stack(
        [
            np.tile(ramp, (side, 1)),
            np.tile(ramp[:, None], (1, side)),
            random.integers(0, 256, (side, side), dtype=np.uint8),
        ],
        axis=2,
    )
    picture = Image.fromarray(pixels)
    clear = picture.copy()
    clear.putalpha(Image.fromarray(pixels[:, :, 0]))
    deep = Image.fromarray(pixels[:, :, 0].astype(np.uint16) * 257)
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    frames = [picture.rotate(90 * turn) for turn in range(3)]
    kinds: list[tuple[str, Image.Image, dict[str, object]]] = [
        ("JPEG", picture, {"exif": exif, "icc_profile": profile}),
        ("JPEG", picture, {"progressive": True}),
        ("JPEG", picture.convert("CMYK"), {}),
        ("PNG", clear, {"icc_profile": profile}),
        ("PNG", picture.quantize(16), {"transparency": 3}),
        ("PNG", deep, {}),
        ("WEBP", clear, {"lossless": True}),
        ("WEBP", frames[0], {"save_all": True, "append_images": frames[1:], "exif": exif}),
        ("GIF", frames[0], {"save_all": True, "append_images": frames[1:]}),
        ("TIFF", picture, {"compression": "tiff_lzw"}),
        ("TIFF", clear, {"compression": "tiff_adobe_deflate"}),
        ("TIFF", picture.convert("1"), {"compression": "group4"}),
        ("AVIF", clear, {"speed": 10}),
        ("AVIF", picture, {"speed": 10, "exif": exif}),
    ]
    found = []
    for name, image, options in kinds:
        content = io.BytesIO()
        image.save(content, name, **options)  # type: ignore[arg-type]
        found.append((name, content.getvalue()))
    return found


def damage(content: bytes, random: np.random.Generator) -> bytes:
    """The bytes after one to four random injuries."""
    injured = bytearray(content)
    for _ in range(int(random.integers(1, 5))):
        place = int(random.integers(0, max(1, len(injured))))
        if random.random() < 0.5:
            place = place % min(len(injured), 200) if injured else 0
        match int(random.integers(0, 7)):
            case 0:
                injured[place : place + 1] = bytes([int(random.integers(0, 256))])
            case 1:
                del injured[place:]
            case 2:
                injured[place:place] = random.bytes(int(random.integers(1, 40)))
            case 3:
                del injured[place : place + int(random.integers(1, 60))]
            case 4:
                size = int(random.choice([2, 4]))
                extreme = int(random.choice(_EXTREMES)) & (256**size - 1)
                order = random.choice(["<", ">"])
                injured[place : place + size] = struct.pack(
                    f"{order}{'H' if size == 2 else 'I'}", extreme
                )
            case 5:
                piece = injured[place : place + int(random.integers(1, 200))]
                injured[place:place] = piece * int(random.integers(1, 4))
            case _:
                length = int(random.integers(1, 64))
                injured[place : place + length] = bytes(length)
    return bytes(injured)


def mend_checksums(content: bytes) -> bytes:
    """A PNG whose chunks have right checksums again, so that damage reaches the decoder."""
    mended, place = bytearray(content), 8
    while place + 12 <= len(mended):
        (length,) = struct.unpack(">I", mended[place : place + 4])
        end = place + 8 + length
        if end + 4 > len(mended):
            break
        checksum = zlib.crc32(mended[place + 4 : end])
        mended[end : end + 4] = struct.pack(">I", checksum)
        place = end + 4
    return bytes(mended)


def damaged_pictures(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """`count` damaged files, the formats in turn."""
    random = np.random.default_rng(seed)
    by_format: dict[str, list[bytes]] = {name: [] for name in FORMATS}
    for name, content in whole_pictures(random):
        by_format[name].append(content)
    for number in range(count):
        name = FORMATS[number % len(FORMATS)]
        whole = by_format[name][int(random.integers(0, len(by_format[name])))]
        injured = damage(whole, random)
        yield name, mend_checksums(injured) if name == "PNG" and number % 2 else injured


def read_all(count: int, seed: int, folder: Path) -> Outcome:
    """Write and read that many damaged files."""
    return watch(attempt, _written(count, seed, folder), seconds=SECONDS, megabytes=MEGABYTES)


def attempt(path: Path) -> str:
    """What reading the file gives."""
    try:
        picture = read_image(path)
    except ImageUnreadable as error:
        return "refused" if "\n" not in str(error) else "refused in several lines"
    sound = picture.pixels.dtype == np.uint8 and picture.pixels.shape[2:] == (3,)
    return "read" if sound else f"gave {picture.pixels.dtype} {picture.pixels.shape}"


def _written(count: int, seed: int, folder: Path) -> Iterator[tuple[str, Path]]:
    for number, (name, content) in enumerate(damaged_pictures(count, seed)):
        path = folder / f"{number % 50:02d}.{name.lower()}"
        path.write_bytes(content)
        yield name, path
