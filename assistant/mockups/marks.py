"""What says that a picture was made by software: the visible word, XMP, and the JSON beside it."""

from __future__ import annotations

from xml.sax.saxutils import escape

from PIL import Image

from assistant.drawing.lettering import Style, set_line
from assistant.drawing.surface import Surface

MARK = "Inspiration"
STATEMENT = f"{MARK}. Made by software as inspiration; not artwork to be published."

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PAINTED = f"{_VOCABULARY}trainedAlgorithmicMedia"
"""Painted by a trained model."""
DRAWN = f"{_VOCABULARY}algorithmicMedia"
"""Drawn by code alone, with no training data behind it."""
COMPOSITE = f"{_VOCABULARY}composite"
"""Made from a still of the user's with elements that code drew over it."""
ALTERED = f"{_VOCABULARY}algorithmicallyEnhanced"
"""A picture of the user's with its light and colours turned by code."""

_STYLE = Style("condensed", tracking=0.14)
_INK, _PAPER = (18, 18, 18), (245, 245, 245)
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"'
    ' Iptc4xmpExt:DigitalSourceType="{source}" xmp:CreatorTool="{tool}">'
    "<dc:description><rdf:Alt>"
    '<rdf:li xml:lang="x-default">{words}</rdf:li>'
    "</rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
    '<?xpacket end="w"?>'
)


def xmp_packet(source: str, tool: str, words: str) -> str:
    """An XMP packet with the IPTC digital source type of a picture.

    Source: IPTC Photo Metadata Standard, “Digital Source Type”, and its NewsCodes vocabulary.
    """
    return _XMP.format(source=source, tool=tool, words=escape(words))


def stamp(picture: Image.Image) -> Image.Image:
    """A copy with the visible word in its lower right corner."""
    height = max(6.0, 0.022 * min(picture.size))
    surface = Surface(*picture.size, _INK)
    surface.image.paste(picture.resize(surface.image.size, Image.Resampling.NEAREST))
    pad = 0.6 * height
    x, y = picture.width - 2 * pad, picture.height - 2 * pad - height
    wide = set_line(Surface(8, 8, _INK), MARK, _STYLE, x=0, y=0, height=height, colour=_INK).width
    box = (x - wide - pad, y - pad, x + pad, y + height + pad)
    surface.rectangle(*box, _INK, 0.8)
    set_line(surface, MARK, _STYLE, x=x, y=y, height=height, colour=_PAPER, align="right")
    marked = picture.copy()
    corner = max(0, round(box[0])), max(0, round(box[1]))
    marked.paste(surface.image.reduce(2).crop((*corner, *picture.size)), corner)
    return marked
