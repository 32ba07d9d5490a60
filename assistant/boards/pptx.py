"""Slides as a PowerPoint presentation."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from assistant.boards import slides as s
from assistant.boards.text_direction import is_rtl
from index.io.safe_text import sanitise

if TYPE_CHECKING:
    from collections.abc import Sequence

TYPEFACE = "Arial"
"""On every machine that opens presentations."""
_TITLE_ONLY = 5


def draw_pptx(slides: Sequence[s.Slide], *, title: str) -> bytes:
    """Slides as PPTX: real titles, native shapes, pictures with their descriptions, notes."""
    from pptx import Presentation
    from pptx.util import Inches

    document = Presentation()
    document.slide_width, document.slide_height = Inches(s.WIDTH), Inches(s.HEIGHT)
    document.core_properties.title = sanitise(title)[:250]
    document.core_properties.author = "assistant"
    for slide in slides:
        page = document.slides.add_slide(document.slide_layouts[_TITLE_ONLY])
        page.background.fill.solid()
        page.background.fill.fore_color.rgb = _colour(slide.ground)
        _place(page.shapes.title, slide.title)
        _set(page.shapes.title.text_frame, slide.title)
        for item in slide.items:
            _draw(page.shapes, item)
        if slide.notes:
            lines = (sanitise(line) for line in slide.notes.splitlines())
            page.notes_slide.notes_text_frame.text = "\n".join(lines)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _draw(shapes: Any, item: s.Item) -> None:
    from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
    from pptx.util import Inches, Pt

    match item:
        case s.Text():
            box = shapes.add_textbox(0, 0, 0, 0)
            _place(box, item)
            _set(box.text_frame, item)
        case s.Picture():
            x, y, width, height = fitted(item)
            picture = shapes.add_picture(
                io.BytesIO(item.content), Inches(x), Inches(y), Inches(width), Inches(height)
            )
            picture._element.nvPicPr.cNvPr.set("descr", sanitise(item.alt))
        case s.Box():
            _fill(shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, 0, 0), item, item.fill)
        case s.Dot():
            side = 2 * item.radius
            round_ = s.Box(item.x - item.radius, item.y - item.radius, side, side, item.colour)
            _fill(shapes.add_shape(MSO_SHAPE.OVAL, 0, 0, 0, 0), round_, item.colour)
        case s.Rule():
            ends = (Inches(v) for v in (item.x1, item.y1, item.x2, item.y2))
            line = shapes.add_connector(MSO_CONNECTOR.STRAIGHT, *ends)
            _drop_style(line)
            line.line.color.rgb = _colour(item.colour)
            line.line.width = Pt(item.weight)


def _place(shape: Any, item: s.Text | s.Box) -> None:
    from pptx.util import Inches

    shape.left, shape.top = Inches(item.x), Inches(item.y)
    shape.width, shape.height = Inches(item.width), Inches(item.height)


def _fill(shape: Any, box: s.Box, colour: str) -> None:
    _place(shape, box)
    shape.fill.solid()
    shape.fill.fore_color.rgb = _colour(colour)
    shape.line.fill.background()
    _drop_style(shape)


def _drop_style(shape: Any) -> None:
    """The theme's style gives shapes and lines a shadow."""
    from pptx.oxml.ns import qn

    shape._element.remove(shape._element.find(qn("p:style")))


def _set(frame: Any, item: s.Text) -> None:
    from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    aligned = {"left": PP_ALIGN.LEFT, "centre": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, line in enumerate(item.lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_before = Pt(72 * line.gap)
        rtl = is_rtl(line.text)
        paragraph.alignment = aligned["right" if rtl and item.align == "left" else item.align]
        if rtl:
            paragraph._p.get_or_add_pPr().set("rtl", "1")
        run = paragraph.add_run()
        run.text = line.text
        run.font.name, run.font.size = TYPEFACE, Pt(line.size)
        run.font.bold = line.bold
        run.font.color.rgb = _colour(line.colour)


def fitted(item: s.Picture) -> tuple[float, float, float, float]:
    """Where a picture lies in its box: left, top, width, height."""
    from PIL import Image

    with Image.open(io.BytesIO(item.content)) as image:
        across, down = image.size
    scale = min(item.width / across, item.height / down)
    width, height = across * scale, down * scale
    return item.x + (item.width - width) / 2, item.y + item.height - height, width, height


def _colour(code: str) -> Any:
    from pptx.dml.color import RGBColor

    red, green, blue = (int(code[at : at + 2], 16) for at in (0, 2, 4))
    make: Any = RGBColor
    return make(red, green, blue)
