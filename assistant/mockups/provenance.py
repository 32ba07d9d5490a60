"""Where a mockup comes from: said inside the PNG and in a JSON file beside it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from assistant.mockups.marks import STATEMENT, xmp_packet
from index.io.atomic import replace_file
from index.io.safe_text import json_text

if TYPE_CHECKING:
    from assistant.mockups.critique import Critique
    from assistant.mockups.records import Guide, Job, Painter, Painting
    from index.store import Index

KEY = "assistant"
"""Name of the PNG's text that holds the whole document."""


def describe(
    job: Job,
    painting: Painting,
    critique: Critique,
    painter: Painter,
    index: Index,
    exemplars: Mapping[str, str],
    *,
    mark: bool,
    best_of: Mapping[str, Any] | None,
    withheld: tuple[Guide, ...] = (),
) -> dict[str, Any]:
    """Everything there is to know of a mockup; docs/json.md describes it.

    Args:
        exemplars: rights by id of the past artwork that the evidence was shown with.
        mark: whether the picture says that it is inspiration.
        best_of: how it was chosen from several, where it was.
        withheld: exemplars whose rights kept them from the painter.
    """
    used = None if job.guide is None else job.guide.artwork_id
    return {
        "statement": STATEMENT,
        "assistant": version("artwork-assistant"),
        "title": job.brief.title,
        "mockup": job.number,
        "concept": {
            "key": job.idea.key,
            "name": job.idea.name,
            "clusters": {name: round(share, 4) for name, share in job.idea.clusters.items()},
        },
        "canvas": job.canvas.name,
        "painter": painter.name,
        "model": dict(painter.model),
        "prompt": job.prompt.to_json(),
        "seed": job.seed,
        "settings": dict(painting.settings),
        "exemplars": [
            {"artwork_id": name, "rights": rights, "shown_to_model": name == used}
            for name, rights in exemplars.items()
        ],
        "withheld_by_rights": [guide.artwork_id for guide in withheld],
        "index": {
            "generation": index.manifest.generation,
            "catalogue": index.manifest.catalogue_fingerprint,
            "encoder": index.manifest.encoder,
        },
        "marked": mark,
        "digital_source_type": painting.source,
        "best_of": None if best_of is None else dict(best_of),
        "critique": critique.to_json(),
        "notes": list(painting.notes),
    }


def write_mockup(path: Path, picture: Image.Image, document: Mapping[str, Any]) -> None:
    """Write the JSON, then the PNG: where there is a PNG, both are whole.

    The PNG holds no date, so that the same pixels and facts give the same bytes.

    Raises:
        InputError: the folder cannot be written.
    """
    text = json_text(document, indent=1)
    tool = f"artwork-assistant {document['assistant']}"
    words = f"{document['statement']}"
    info = PngInfo()
    info.add_text("Software", tool)
    info.add_text("Description", words)
    info.add_itxt(KEY, text)
    info.add_itxt("XML:com.adobe.xmp", xmp_packet(document["digital_source_type"], tool, words))
    content = io.BytesIO()
    picture.save(content, "PNG", pnginfo=info, optimize=False)
    replace_file(path.with_suffix(".json"), (text + "\n").encode())
    replace_file(path, content.getvalue())


def read_provenance(path: Path) -> dict[str, Any]:
    """The document inside a mockup's PNG.

    Raises:
        KeyError: the PNG is none of ours.
    """
    with Image.open(path) as image:
        image.load()
        document: dict[str, Any] = json.loads(image.info[KEY])
    return document
