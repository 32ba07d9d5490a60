"""Prompts for image models: phrases from templates, each with its reason, none that is avoided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from assistant.mockups.aims import BRIEF, Aim, avoided
from assistant.mockups.tokens import LIMIT, count_tokens, fit_phrases
from index.errors import InputError
from index.features.colour_space import COLOURS
from prompts import render

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answers.brief import Brief

POSITIVE, NEGATIVE = "image_prompt.txt", "image_negative.txt"
_FIELDS = frozenset(("must_show", "avoid", "genres", "tags", "synopsis", "title"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a prompt and why it is there.

    Attributes:
        key: of the aim or the brief's field it comes from, or "template".
        reason: one sentence with figures where evidence is behind it.
        grade: of the evidence, else None.
    """

    text: str
    key: str
    reason: str
    grade: str | None


@dataclass(frozen=True, slots=True)
class Dropped:
    """A phrase that was left out, and what kept it out."""

    phrase: Phrase
    why: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What an image model is asked for, and told to leave out.

    Attributes:
        positive, negative: phrases that fit, in order.
        dropped: what did not fit or was avoided.
        limit: most tokens of either text.
    """

    positive: tuple[Phrase, ...]
    negative: tuple[Phrase, ...]
    dropped: tuple[Dropped, ...]
    limit: int

    @property
    def text(self) -> str:
        """The positive prompt."""
        return ", ".join(phrase.text for phrase in self.positive)

    @property
    def negative_text(self) -> str:
        """The negative prompt."""
        return ", ".join(phrase.text for phrase in self.negative)

    def to_json(self) -> dict[str, Any]:
        """As `prompt --json` documents it."""
        return {
            "positive": self.text,
            "negative": self.negative_text,
            "tokens": {
                "limit": self.limit,
                "positive": count_tokens(self.text),
                "negative": count_tokens(self.negative_text),
            },
            "phrases": [
                {"prompt": name, **_phrase_json(phrase)}
                for name, phrases in (("positive", self.positive), ("negative", self.negative))
                for phrase in phrases
            ],
            "dropped": [{**_phrase_json(one.phrase), "why": one.why} for one in self.dropped],
        }


def _phrase_json(phrase: Phrase) -> dict[str, Any]:
    return {name: getattr(phrase, name) for name in ("text", "key", "reason", "grade")}


def build_prompt(
    brief: Brief,
    aims: tuple[Aim, ...],
    *,
    templates: Path | None = None,
    limit: int = LIMIT,
    extra_negative: str = "",
) -> Prompt:
    """Word a brief and its aims for an image model.

    A phrase that holds a word of the brief's `avoid` never enters the positive prompt, whatever
    template or field it came from. The negative prompt is where those words belong.

    Args:
        brief: a checked brief.
        aims: what `gather_aims` found for one concept.
        templates: a folder with a user's own image_prompt.txt or image_negative.txt.
        limit: most tokens of each text, the opening and closing ones included.
        extra_negative: phrases, parted by commas, that the user adds to the negative prompt.

    Raises:
        InputError: a user's template is wrong; names its file and what is wrong.
    """
    positive = _phrases(POSITIVE, brief, aims, templates)
    negative = _phrases(NEGATIVE, brief, aims, templates)
    own = [one.strip() for one in extra_negative.split(",") if one.strip()]
    negative = [Phrase(one, "option", "given with --negative", None) for one in own] + negative
    dropped: list[Dropped] = []
    allowed = []
    for phrase in positive:
        word = avoided(phrase.text, brief.avoid)
        if word is None:
            allowed.append(phrase)
        else:
            dropped.append(Dropped(phrase, f"the brief avoids “{word}”"))
    texts = []
    for name, phrases in (("positive", allowed), ("negative", negative)):
        kept, over = fit_phrases([phrase.text for phrase in phrases], limit)
        why = f"the {name} prompt is full: {limit} tokens"
        dropped += [Dropped(phrases[place], why) for place in over]
        texts.append(tuple(phrases[place] for place in kept))
    return Prompt(texts[0], texts[1], tuple(dropped), limit)


def _phrases(
    template: str, brief: Brief, aims: tuple[Aim, ...], folder: Path | None
) -> list[Phrase]:
    place = template if folder is None or not (folder / template).is_file() else folder / template
    flat = _on_one_line(brief)
    try:
        lines = render(template, folder=folder, brief=flat, aims=aims, names=COLOURS).splitlines()
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        row = getattr(error, "lineno", None)
        raise InputError(f"{error}", path=place, row=row, hint="fix the template") from error
    reasons = {aim.key: aim for aim in aims}
    found: dict[str, Phrase] = {}
    for line in lines:
        phrase = _phrase(line, reasons, place) if line.strip() else None
        if phrase is not None and phrase.text:
            found.setdefault(phrase.text.casefold(), phrase)
    return list(found.values())


def _on_one_line(brief: Brief) -> Brief:
    """The brief with no line breaks in its words, as a template's lines are what parts phrases."""
    texts = {name: " ".join(getattr(brief, name).split()) for name in ("title", "synopsis")}
    lists = {
        name: tuple(" ".join(one.split()) for one in getattr(brief, name))
        for name in ("genres", "tags", "must_show", "avoid")
    }
    return brief.model_copy(update={**texts, **lists})


def _phrase(line: str, aims: dict[str, Aim], place: object) -> Phrase:
    key, bar, text = (part.strip() for part in line.partition("|"))
    text = " ".join(text.split()).strip(" ,")
    if not bar:
        raise InputError(
            f"the template gave the line {line.strip()!r}",
            path=str(place),
            hint="every line is `key| phrase`",
        )
    if key in aims:
        return Phrase(text, key, aims[key].reason, aims[key].grade)
    field = key.removeprefix("brief.")
    if key.startswith("brief.") and field in _FIELDS:
        return Phrase(text, key, f"the {BRIEF}'s {field.replace('_', ' ')}", None)
    if key == "template":
        return Phrase(text, key, "stands in the template, whatever the brief", None)
    raise InputError(
        f"the template gave the key {key!r}, which is no aim of this brief",
        path=str(place),
        hint="use an aim's own key, brief.FIELD or template",
    )
