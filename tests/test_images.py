"""Every odd file is read right or refused with a reason."""

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from index.errors import ImageUnreadable
from index.io.images import content_hash, read_image

RED, GREEN, BLUE, WHITE = (220, 20, 30), (20, 200, 40), (30, 40, 210), (255, 255, 255)


def quarters(width: int = 80, height: int = 120) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right."""
    image = Image.new("RGB", (width, height), WHITE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def corners(pixels: np.ndarray) -> list[tuple[int, ...]]:
    height, width = pixels.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    return [tuple(int(v) for v in pixels[place]) for place in places]


def close(found: list[tuple[int, ...]], expected: list[tuple[int, ...]], within: int) -> bool:
    return bool(np.abs(np.subtract(found, expected)).max() <= within)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "bmp", "tiff", "gif", "ppm", "jp2"])
def test_common_formats_come_back_as_drawn(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    quarters().save(file)
    picture = read_image(file)
    assert picture.pixels.dtype == np.uint8
    assert (picture.width, picture.height) == (80, 120)
    assert picture.pixels.shape == (120, 80, 3)
    assert close(corners(picture.pixels), [RED, GREEN, BLUE, WHITE], 12)


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_rotation_is_undone(tmp_path: Path, turn: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters().transpose(undo[turn]) if turn > 1 else quarters()
    exif = Image.Exif()
    exif[0x0112] = turn
    stored.save(tmp_path / "a.png", exif=exif)
    picture = read_image(tmp_path / "a.png")
    assert (picture.width, picture.height) == (80, 120)
    assert close(corners(picture.pixels), [RED, GREEN, BLUE, WHITE], 2)


def test_large_jpeg_is_scaled_and_keeps_its_size_on_record(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    quarters(3000, 2000).save(tmp_path / "a.jpg", exif=exif, quality=90)
    picture = read_image(tmp_path / "a.jpg", max_side=300)
    assert (picture.width, picture.height) == (2000, 3000)
    assert picture.pixels.shape == (300, 200, 3)
    assert close(corners(picture.pixels), [BLUE, RED, WHITE, GREEN], 8)


def test_cmyk_and_grey_and_palette(tmp_path: Path) -> None:
    quarters().convert("CMYK").save(tmp_path / "cmyk.jpg", quality=95)
    assert close(corners(read_image(tmp_path / "cmyk.jpg").pixels), [RED, GREEN, BLUE, WHITE], 12)
    quarters().convert("CMYK").save(tmp_path / "cmyk.tiff")
    assert close(corners(read_image(tmp_path / "cmyk.tiff").pixels), [RED, GREEN, BLUE, WHITE], 2)
    quarters().convert("L").save(tmp_path / "grey.png")
    grey = read_image(tmp_path / "grey.png").pixels
    assert (grey[..., 0] == grey[..., 1]).all()
    quarters().convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "palette.png")
    assert close(corners(read_image(tmp_path / "palette.png").pixels), [RED, GREEN, BLUE, WHITE], 8)
    quarters().convert("1").save(tmp_path / "bits.png")
    assert read_image(tmp_path / "bits.png").pixels.shape == (120, 80, 3)


def test_sixteen_bits_keep_their_tones(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (8, 1))
    Image.fromarray(ramp).save(tmp_path / "ramp.png")
    found = read_image(tmp_path / "ramp.png").pixels[4, :, 0].astype(int)
    assert np.abs(found - np.arange(256)).max() <= 1
    floats = Image.fromarray(np.tile(np.linspace(0, 1, 256, dtype=np.float32), (8, 1)))
    floats.save(tmp_path / "ramp.tiff")
    found = read_image(tmp_path / "ramp.tiff").pixels[4, :, 0].astype(int)
    assert np.abs(found - np.arange(256)).max() <= 1
    (tmp_path / "rgb16.png").write_bytes(rgb16_png((60000, 30000, 3000)))
    assert close([tuple(read_image(tmp_path / "rgb16.png").pixels[0, 0])], [(233, 117, 12)], 2)


def rgb16_png(colour: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 16, 2, 0, 0, 0))
    rows = (b"\0" + struct.pack(">3H", *colour) * 2) * 2
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_of_an_animation_the_first_frame_counts(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, GREEN, BLUE)]
    frames[0].save(tmp_path / f"a.{suffix}", save_all=True, append_images=frames[1:])
    assert close([tuple(read_image(tmp_path / f"a.{suffix}").pixels[20, 20])], [RED], 8)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 20, 40))
    for file in ("a.png", "a.webp"):
        image.save(tmp_path / file, lossless=True)
        pixels = read_image(tmp_path / file).pixels
        assert close([tuple(pixels[20, 10]), tuple(pixels[20, 30])], [RED, WHITE], 3)
    Image.new("LA", (4, 4), (0, 0)).save(tmp_path / "la.png")
    assert read_image(tmp_path / "la.png").pixels.min() == 255


def test_one_pixel_and_very_wide(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), RED).save(tmp_path / "one.png")
    assert read_image(tmp_path / "one.png").pixels.tolist() == [[list(RED)]]
    Image.new("RGB", (20_000, 3), BLUE).save(tmp_path / "wide.png")
    picture = read_image(tmp_path / "wide.png")
    assert (picture.width, picture.height) == (20_000, 3)
    assert picture.pixels.shape == (1, 640, 3)


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    quarters().save(tmp_path / "misfit.png", icc_profile=linear)
    found = read_image(tmp_path / "misfit.png").pixels
    assert close(corners(found), [RED, GREEN, BLUE, WHITE], 2)
    quarters().save(tmp_path / "junk.png", icc_profile=b"junk")
    assert close(corners(read_image(tmp_path / "junk.png").pixels), [RED, GREEN, BLUE, WHITE], 2)


def jpeg_bytes() -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()


def bomb_png() -> bytes:
    image = bytearray(rgb16_png((1, 2, 3)))
    image[16:24] = struct.pack(">II", 40_000, 40_000)
    image[29:33] = struct.pack(">I", zlib.crc32(bytes(image[12:29])))
    return bytes(image)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"This is no picture at all, only words.", "not an image"),
        (jpeg_bytes()[:9000], "truncated"),
        (jpeg_bytes()[:40], ""),
        (rgb16_png((1, 2, 3))[:40], ""),
        (bomb_png(), "megapixels"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "EPS"),
        (b"\xff\x0a\xdf\x3c" + bytes(40), "JPEG XL, which is not read; save it as JPEG"),
        (b'<?xml version="1.0"?>\n<svg width="9"/>', "SVG, which is not read; export it as PNG"),
        (b"8BPS\0\2" + bytes(40), "PSB"),
        (bytes(4) + b"ftypisom" + bytes(40), "a video"),
        (b"%PDF-1.7\n" + bytes(40), "PDF"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"II*\0" + bytes(40), "a TIFF of a rare kind"),
        (b"\0\5\x16\7" + bytes(40), "what a Mac notes about a file"),
        (b"fig-kiwi" + bytes(40), "a Figma document"),
    ],
    ids=[
        "empty",
        "text",
        "truncated",
        "head only",
        "png head",
        "bomb",
        "postscript",
        "jpeg xl",
        "svg",
        "psb",
        "video",
        "pdf",
        "html",
        "lfs",
        "tiff",
        "mac",
        "figma",
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "bad.jpg"
    file.write_bytes(content)
    with pytest.raises(ImageUnreadable) as caught:
        read_image(file)
    assert caught.value.path == file
    assert reason in caught.value.reason
    assert "\n" not in str(caught.value)


def test_pictures_that_would_fill_the_memory_are_refused_before_decoding(tmp_path: Path) -> None:
    for name, mode, side in (("PNG", "RGBA", 10_300), ("WEBP", "RGB", 7_300)):
        file = tmp_path / f"large.{name.lower()}"
        Image.new(mode, (side, side)).save(file, name, **({"method": 0} if name == "WEBP" else {}))
        with pytest.raises(ImageUnreadable, match="MB to decode"):
            read_image(file)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", Path("/dev/zero"), tmp_path):
        with pytest.raises(ImageUnreadable, match="not a regular file"):
            read_image(path)
        with pytest.raises(ImageUnreadable):
            content_hash(path)
    with pytest.raises(ImageUnreadable, match="no such file"):
        read_image(tmp_path / "absent.png")


def test_content_hash_follows_the_bytes(tmp_path: Path) -> None:
    quarters().save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes())
    assert content_hash(tmp_path / "a.png") == content_hash(tmp_path / "b.png")
    assert len(content_hash(tmp_path / "a.png")) == 32
    (tmp_path / "b.png").write_bytes(b"other")
    assert content_hash(tmp_path / "a.png") != content_hash(tmp_path / "b.png")


def test_a_damaged_tiff_is_skipped_without_a_word_of_its_decoder(tmp_path: Path) -> None:
    path = tmp_path / "damaged.tif"
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[200:600] = bytes(255 for _ in range(400))
    path.write_bytes(content)
    script = (
        "import sys\n"
        "from index.errors import ImageUnreadable\n"
        "from index.io.images import read_image\n"
        "try:\n    read_image(sys.argv[1])\n"
        "except ImageUnreadable as error:\n    print(error.reason)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip()
    assert told.stderr == ""


INKS = {
    RED: (10, 240, 230, 5),
    GREEN: (230, 0, 240, 5),
    BLUE: (220, 200, 0, 5),
    WHITE: (0, 0, 0, 0),
}


def quarters_in_inks(further: int) -> np.ndarray:
    """The four quarters as C, M, Y, K of 8 bits, with further channels of masks."""
    pixels = np.asarray(quarters())
    inks = np.zeros((*pixels.shape[:2], 4 + further), np.uint8)
    for colour, ink in INKS.items():
        inks[(pixels == colour).all(axis=2), :4] = ink
    return inks


def of_inks() -> list[tuple[int, ...]]:
    plain = Image.fromarray(quarters_in_inks(0), "CMYK").convert("RGB")
    return corners(np.asarray(plain))


@pytest.mark.parametrize("extra", ["UNSPECIFIED", "ASSOCALPHA", "UNASSALPHA"])
def test_inks_with_a_further_channel_are_read(tmp_path: Path, extra: str) -> None:
    import tifffile

    inks = quarters_in_inks(1)
    tifffile.imwrite(tmp_path / "a.tif", inks, photometric="separated", extrasamples=[extra])
    assert close(corners(read_image(tmp_path / "a.tif").pixels), of_inks(), 2)


def psd(pixels: np.ndarray, mode: int, resources: bytes = b"") -> bytes:
    """A Photoshop document that holds nothing but its flattened picture."""
    height, width, channels = pixels.shape
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, channels, height, width, 8, mode)
    sections = struct.pack(">I", 0) + struct.pack(">I", len(resources)) + resources
    planes = np.ascontiguousarray(pixels.transpose(2, 0, 1)).tobytes()
    return head + sections + struct.pack(">I", 0) + struct.pack(">H", 0) + planes


def test_the_flattened_picture_of_a_psd_is_read(tmp_path: Path) -> None:
    (tmp_path / "rgb.psd").write_bytes(psd(np.asarray(quarters()), 3))
    found = corners(read_image(tmp_path / "rgb.psd").pixels)
    assert close(found, [RED, GREEN, BLUE, WHITE], 2)
    (tmp_path / "cmyk.psd").write_bytes(psd(255 - quarters_in_inks(0), 4))
    assert close(corners(read_image(tmp_path / "cmyk.psd").pixels), of_inks(), 2)


def test_a_psd_without_its_flattened_picture_says_so(tmp_path: Path) -> None:
    version = b"8BIM" + struct.pack(">HHI", 1057, 0, 6) + struct.pack(">IBx", 1, 0)
    (tmp_path / "a.psd").write_bytes(psd(np.asarray(quarters()), 3, version))
    with pytest.raises(ImageUnreadable, match="maximize compatibility"):
        read_image(tmp_path / "a.psd")


def test_heic_is_read_where_its_reader_is_installed(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif", reason="the extra `formats` is not installed")
    heif.from_pillow(quarters()).save(tmp_path / "phone.jpg", quality=95)
    found = corners(read_image(tmp_path / "phone.jpg").pixels)
    assert close(found, [RED, GREEN, BLUE, WHITE], 16)


def test_heic_without_its_reader_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from index.io import picture_formats
    from index.io.picture_formats import name_format

    monkeypatch.setattr(picture_formats, "find_spec", lambda name: None)
    head = bytes(4) + b"ftypheic" + bytes(40)
    assert "pip install 'artwork-assistant[formats]'" in name_format(head, ".jpg")


def test_a_very_large_jpeg_is_read_reduced(tmp_path: Path) -> None:
    quarters().resize((20_000, 10_000)).save(tmp_path / "hoarding.jpg")
    picture = read_image(tmp_path / "hoarding.jpg", max_side=320)
    assert (picture.width, picture.height) == (20_000, 10_000)
    assert close(corners(picture.pixels), [RED, GREEN, BLUE, WHITE], 12)
