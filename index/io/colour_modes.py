"""Pictures of every mode and colour profile as plain sRGB."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms


def simplify_mode(image: Image.Image) -> Image.Image:
    """To L, RGB, RGBA or CMYK, of which the resampler makes right small pictures."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _deep_grey(image)
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La"):
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _deep_grey(image: Image.Image) -> Image.Image:
    """Grey of 16 or more bits to 8 bits; floats that lie in 0…1 count as shares of white."""
    values = np.asarray(image)
    if values.dtype.kind == "f":
        values = np.nan_to_num(values)
        top = 1.0 if values.max(initial=0) <= 1 else float(values.max())
    else:
        deepest = int(values.max(initial=0))
        top = 65535.0 if image.mode.startswith("I;16") or deepest > 255 else 255.0
        top = max(top, float(deepest))
    scaled = np.multiply(values, 255.0 / top, dtype=np.float32)
    return Image.fromarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))


def to_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The picture on white in sRGB; `profile` is the bytes of its ICC profile, or anything else."""
    if isinstance(profile, bytes) and profile:
        image = _apply_profile(image, profile)
    if image.mode == "RGBA":
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return image.convert("RGB")


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture in sRGB; a profile that is damaged or of another colour model is passed over."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        alpha = image.getchannel("A") if image.mode == "RGBA" else None
        colours = image.convert("RGB") if alpha is not None else image
        target = ImageCms.createProfile("sRGB")
        done = ImageCms.profileToProfile(colours, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    if done is None:
        return image
    if alpha is not None:
        done.putalpha(alpha)
    return done
