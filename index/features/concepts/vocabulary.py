"""The vocabulary: `vocabulary.yaml` as records, by name and by the words people use."""

from __future__ import annotations

from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.features.feature import Feature
from index.io.yaml import read_own

VOCABULARY = Path(__file__).with_name("vocabulary.yaml")

Kind = Literal["object", "creature", "people", "dress", "setting", "mood", "theme", "style"]

_PREFIXES = {"mood": "mood", "theme": "theme", "style": "style"}
_GROUPS: dict[str, str] = {
    "object": "objects",
    "creature": "objects",
    "people": "people",
    "dress": "objects",
    "setting": "setting",
    "mood": "mood",
    "theme": "theme",
    "style": "style",
}
_MATURITY = frozenset({"weapons", "gore"})
SOURCE = (
    "An encoder with classes (starter): probabilities of its ImageNet classes, summed over those "
    "that show it, from 20 % on. An encoder of texts (open_clip): how much better the picture fits "
    "the text with it than the text without, as an outlier of the catalogue (modified z-score "
    "above 3.5; Iglewicz & Hoaglin 1993)."
)
CHECKED = "Flags of the starter encoder judged by eye. open_clip: not measured."
UNCHECKED = "open_clip: not measured."


class Concept(BaseModel):
    """One entry of the vocabulary.

    Attributes:
        name: its key.
        kind: what sort of thing it is.
        says: a phrase that follows "a film poster with".
        words: what people also call it.
        narrower: names of concepts that are kinds of it.
        classes: first names of ImageNet classes that show it.
        feature: name of its feature.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")]
    kind: Kind
    says: str
    words: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    feature: str

    @property
    def has_classes(self) -> bool:
        """Whether classes of an encoder show it, or a kind of it."""
        return any(one.classes for one in with_narrower(self.name))

    @cached_property
    def stems(self) -> frozenset[str]:
        """What it is called, as `stem` leaves it."""
        return frozenset(stem(one) for one in (self.name, self.feature, *self.words))

    @cached_property
    def spec(self) -> Feature:
        """The feature that says whether a picture has it."""
        group = "maturity" if self.feature in _MATURITY else _GROUPS[self.kind]
        return Feature(
            name=self.feature,
            unit="0 or 1",
            low=0,
            high=1,
            kind="flag",
            group=group,
            sentence=f"The picture has {self.says}.",
            source=SOURCE,
            extractor="concepts",
            checked=CHECKED if self.has_classes else UNCHECKED,
        )


@cache
def load_vocabulary() -> dict[str, Concept]:
    """Every concept by name, in the order of the file."""
    entries = read_own(VOCABULARY)
    return {
        name: Concept.model_validate({"name": name, **_with_feature(name, entry)})
        for name, entry in entries.items()
    }


def concept_features() -> tuple[Feature, ...]:
    """The feature of every concept, whichever encoder can see it."""
    return tuple(concept.spec for concept in load_vocabulary().values())


def measured_concepts() -> tuple[Concept, ...]:
    """The concepts that classes show, and whose flags were measured."""
    return tuple(concept for concept in load_vocabulary().values() if concept.has_classes)


def with_narrower(name: str) -> tuple[Concept, ...]:
    """A concept and all that are kinds of it, itself first."""
    vocabulary = load_vocabulary()
    found: dict[str, Concept] = {}
    waiting = [name]
    while waiting:
        concept = vocabulary[waiting.pop(0)]
        if concept.name not in found:
            found[concept.name] = concept
            waiting += concept.narrower
    return tuple(found.values())


def find_concepts(word: str) -> tuple[Concept, ...]:
    """The concepts that a word names, in any case, singular or plural; none for other words."""
    wanted = stem(word)
    return tuple(one for one in load_vocabulary().values() if wanted in one.stems)


def stem(phrase: str) -> str:
    """A word or phrase as it is compared: lower case, single spaces, no word in the plural."""
    words = phrase.casefold().replace("_", " ").replace("-", " ").split()
    return " ".join(map(_singular, words))


def _singular(word: str) -> str:
    """What a word and its plural share: "citi" of city and cities, "hors" of horse and horses."""
    for end, instead in (("sses", "ss"), ("ies", "i"), ("ss", "ss")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word.removesuffix(end) + instead
    word = word.removesuffix("s") if len(word) > 3 else word
    if len(word) < 3:
        return word
    return f"{word[:-1]}i" if word.endswith("y") else word.removesuffix("e")


def _with_feature(name: str, entry: dict[str, object]) -> dict[str, object]:
    prefix = _PREFIXES.get(str(entry["kind"]), "shows")
    return {"feature": f"{prefix}_{name}", **entry}
