"""Titles, tag lines and credit blocks, set in open fonts that install with pip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from assistant.drawing.colours import Colour
from assistant.drawing.surface import SUPERSAMPLING, Surface

_FILES = {
    "condensed": ("font_fjallaone", "FjallaOne-Regular.ttf"),
    "round": ("font_fredoka_one", "FredokaOne-Regular.ttf"),
    "hand": ("font_amatic_sc", "AmaticSC-Bold.ttf"),
    "serif": ("font_caladea", "Caladea-Regular.ttf"),
    "serif-bold": ("font_caladea", "Caladea-Bold.ttf"),
    "serif-italic": ("font_caladea", "Caladea-Italic.ttf"),
    "serif-bold-italic": ("font_caladea", "Caladea-BoldItalic.ttf"),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a line of letters looks.

    Args:
        face: a name of the font table, or "sans" for Pillow's own.
        weight: extra stroke as a share of the letter height.
        tracking: extra space between letters as a share of the letter height.
        squeeze: horizontal scale; 1 leaves the letters as they are.
        slant: shear; 0.2 leans to the right.
        bounce: how far letters jump and turn, for playful titles.
    """

    face: str
    upper: bool = True
    weight: float = 0.0
    tracking: float = 0.0
    squeeze: float = 1.0
    slant: float = 0.0
    bounce: float = 0.0


@lru_cache(maxsize=256)
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    if face == "sans":
        built_in = ImageFont.load_default(size)
        assert isinstance(built_in, ImageFont.FreeTypeFont)
        return built_in
    package, name = _FILES[face]
    with resources.as_file(resources.files(package) / "files" / name) as path:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _line_masks(lines: list[str], style: Style, size: int, *, even: bool) -> list[Image.Image]:
    """Lines of letters as tight masks; even ones reach from the tallest to the lowest letter."""
    masks = [_drawn_line(line, style, size) for line in lines]
    boxes = [mask.getbbox() or (0, 0, 1, 1) for mask in masks]
    if even:
        top, bottom = min(box[1] for box in boxes), max(box[3] for box in boxes)
        boxes = [(left, top, right, bottom) for left, _, right, _ in boxes]
    return [mask.crop(box) for mask, box in zip(masks, boxes, strict=True)]


def _drawn_line(text: str, style: Style, size: int) -> Image.Image:
    """One line of letters as a mask, `size` pixels from ascender to baseline or so."""
    text = text.upper() if style.upper else text
    font = _font(style.face, size)
    stroke = round(style.weight * size)
    gap = style.tracking * size
    margin = stroke + round(size * 0.35)
    advances = [font.getlength(letter) + gap + stroke * 0.8 for letter in text]
    width = round(sum(advances)) + 2 * margin
    mask = Image.new("L", (width, round(size * 1.9) + 2 * margin), 0)
    draw = ImageDraw.Draw(mask)
    x = float(margin)
    for place, (letter, advance) in enumerate(zip(text, advances, strict=True)):
        if style.bounce and letter != " ":
            tile = Image.new("L", (round(advance + 2 * margin), mask.height), 0)
            ImageDraw.Draw(tile).text((margin, margin), letter, 255, font, stroke_width=stroke)
            side = 1 if place % 2 else -1
            tile = tile.rotate(side * style.bounce * 40, Image.Resampling.BICUBIC)
            lift = round(side * style.bounce * size * 0.4)
            mask.paste(255, (round(x) - margin, lift), tile)
        else:
            draw.text((x, margin), letter, 255, font, stroke_width=stroke)
        x += advance
    if style.squeeze != 1:
        mask = mask.resize(
            (max(1, round(mask.width * style.squeeze)), mask.height), Image.Resampling.BICUBIC
        )
    if style.slant:
        shift = style.slant * mask.height
        mask = mask.transform(
            (mask.width + round(abs(shift)), mask.height),
            Image.Transform.AFFINE,
            (1, style.slant, -shift if style.slant > 0 else 0, 0, 1, 0),
            Image.Resampling.BICUBIC,
        )
    return mask


def break_lines(name: str, *, most: int) -> list[str]:
    """Split a title into at most `most` lines of even length, small words kept with the next."""
    words = name.split()
    best, best_cost = [name], float("inf")
    for cuts in range(1 << (len(words) - 1)):
        lines, line = [], [words[0]]
        for place, word in enumerate(words[1:]):
            if cuts >> place & 1:
                lines.append(" ".join(line))
                line = [word]
            else:
                line.append(word)
        lines.append(" ".join(line))
        if len(lines) > most:
            continue
        lengths = [len(line) for line in lines]
        cost = max(lengths) + 0.25 * (max(lengths) - min(lengths))
        if cost < best_cost:
            best, best_cost = lines, cost
    return best


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle in final pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top


def set_title(
    surface: Surface,
    lines: list[str],
    style: Style,
    block: Block,
    colours: list[Colour],
    *,
    align: str = "centre",
    anchor: str = "bottom",
    leading: float = 0.18,
    justify: bool = False,
    even: bool = False,
    stretch: float = 1.0,
    shadow: tuple[Colour, float] | None = None,
    halo: Colour | None = None,
) -> Block:
    """Set lines as large as they fit into a block; returns what they really cover.

    Args:
        colours: one a line, cycled.
        anchor: which edge of the block the lines stick to: top, bottom or middle.
        justify: every line as wide as the block (its height then varies).
        even: baselines equally far apart, whether a line has letters that hang below or not.
        stretch: how far letters may be drawn taller to fill the block.
        shadow: colour and offset (pixels) of a hard drop shadow.
        halo: colour of a soft edge that parts the letters from a ground like them.
    """
    s = SUPERSAMPLING
    masks = _line_masks(lines, style, 160, even=even)
    room_w, room_h = block.width * s, block.height * s
    if justify:
        factors = [room_w / mask.width for mask in masks]
    else:
        factors = [room_w / max(mask.width for mask in masks)] * len(masks)
    heights = [mask.height * factor for mask, factor in zip(masks, factors, strict=True)]
    gap = leading * sum(heights) / len(heights)
    total = sum(heights) + gap * (len(masks) - 1)
    shrink = min(1.0, room_h / total)
    tall = min(stretch, max(1.0, room_h / (total * shrink)))
    total, gap = total * shrink * tall, gap * shrink * tall
    tops = {"top": block.top * s, "bottom": block.bottom * s - total}
    y = tops.get(anchor, (block.top + block.bottom) * s / 2 - total / 2)
    first, left, right = y, float("inf"), 0.0
    for place, (mask, factor) in enumerate(zip(masks, factors, strict=True)):
        size = (
            max(1, round(mask.width * factor * shrink)),
            max(1, round(mask.height * factor * shrink * tall)),
        )
        scaled = mask.resize(size, Image.Resampling.LANCZOS)
        x = {"left": block.left * s, "right": block.right * s - size[0]}.get(
            align, (block.left + block.right) * s / 2 - size[0] / 2
        )
        corner = round(x), round(y)
        if halo is not None:
            _draw_halo(surface, scaled, corner, halo)
        if shadow is not None:
            offset = round(shadow[1] * s)
            surface.image.paste(shadow[0], (corner[0] + offset, corner[1] + offset), scaled)
        surface.image.paste(colours[place % len(colours)], corner, scaled)
        left, right = min(left, x), max(right, x + size[0])
        y += size[1] + gap
    return Block(left / s, first / s, right / s, (first + total) / s)


def _draw_halo(
    surface: Surface, letters: Image.Image, corner: tuple[int, int], colour: Colour
) -> None:
    """A colour that fades out around letters, as far as a sixth of their height."""
    reach = max(2, letters.height // 6)
    wide = Image.new("L", (letters.width + 4 * reach, letters.height + 4 * reach))
    wide.paste(letters, (2 * reach, 2 * reach))
    soft = wide.filter(ImageFilter.GaussianBlur(reach / 2)).point(lambda value: min(255, 2 * value))
    surface.image.paste(colour, (corner[0] - 2 * reach, corner[1] - 2 * reach), soft)


def set_line(
    surface: Surface,
    text: str,
    style: Style,
    *,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    align: str = "centre",
    widest: float | None = None,
) -> Block:
    """Set one line with its top at y and capitals `height` pixels high (less if too wide)."""
    block = Block(x, y, x, y)
    s = SUPERSAMPLING
    (mask,) = _line_masks([text], style, max(8, round(height * s * 1.35)), even=False)
    cap = height * s / mask.height
    if widest is not None:
        cap = min(cap, widest * s / mask.width)
    size = max(1, round(mask.width * cap)), max(1, round(mask.height * cap))
    scaled = mask.resize(size, Image.Resampling.LANCZOS)
    left = {"left": x * s, "right": x * s - size[0]}.get(align, x * s - size[0] / 2)
    surface.image.paste(colour, (round(left), round(y * s)), scaled)
    return Block(left / s, block.top, (left + size[0]) / s, y + size[1] / s)
