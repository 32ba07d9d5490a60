"""Prompts for image models: phrases from templates, each with its reason, none that is avoided."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError

from assistant.mockups.aims import Aim
from assistant.mockups.phrasing import against, order_of, words_of
from assistant.mockups.subject import Subject, read_subject
from assistant.mockups.tokens import CLIP_LIMIT, count_tokens, fit_phrases
from assistant.mockups.wishes import avoided, count_of, stems
from index.errors import InputError
from prompts import render

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answers.brief import Brief

TAGS, SENTENCES = "tags", "sentences"
TEMPLATES = {TAGS: "image_prompt.txt", SENTENCES: "image_sentences.txt"}
NEGATIVE = "image_negative.txt"
LIMITS = {TAGS: CLIP_LIMIT, SENTENCES: 256}
"""Tokens that models of each kind read; T5's are counted as CLIP's, which are a little more."""
SHORT_WORDS, NEGATIVE_WORDS = 30, 12
_FIELDS = frozenset(("must_show", "avoid", "genres", "tags", "synopsis", "title"))
_MOST_TAGS = 3


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
    """What an image model is asked for, and what it should leave out.

    Attributes:
        kind: tags or sentences.
        positive: phrases that fit the model, in order.
        brief: those of them that fit thirty words.
        negative: at most twelve words.
        dropped: what did not fit, was avoided, or would contradict the brief.
        limit: most tokens of either text.
        subject: what the picture shows, read from the brief.
    """

    kind: str
    positive: tuple[Phrase, ...]
    brief: tuple[Phrase, ...]
    negative: tuple[Phrase, ...]
    dropped: tuple[Dropped, ...]
    limit: int
    subject: Subject

    @property
    def text(self) -> str:
        """The positive prompt at the model's full length."""
        return _joined(self.positive, self.kind)

    @property
    def short(self) -> str:
        """The positive prompt in thirty words."""
        return _joined(self.brief, self.kind)

    @property
    def negative_text(self) -> str:
        """The negative prompt."""
        return _joined(self.negative, TAGS)

    def to_json(self) -> dict[str, Any]:
        """As `prompt --json` documents it."""
        return {
            "kind": self.kind,
            "positive": self.text,
            "short": self.short,
            "negative": self.negative_text,
            "tokens": {
                "limit": self.limit,
                "positive": count_tokens(self.text),
                "negative": count_tokens(self.negative_text),
            },
            "phrases": [
                {"prompt": name, **asdict(phrase)}
                for name, phrases in (("positive", self.positive), ("negative", self.negative))
                for phrase in phrases
            ],
            "dropped": [{**asdict(one.phrase), "why": one.why} for one in self.dropped],
            "note": self.subject.note or None,
        }


def _joined(phrases: tuple[Phrase, ...], kind: str) -> str:
    return (", " if kind == TAGS else " ").join(phrase.text for phrase in phrases)


def build_prompt(
    brief: Brief,
    aims: tuple[Aim, ...],
    *,
    kind: str = TAGS,
    templates: Path | None = None,
    limit: int | None = None,
    extra_negative: str = "",
) -> Prompt:
    """Word a brief and its aims for an image model.

    A phrase that holds a word of the brief's `avoid` never enters the positive prompt, whatever
    template or field it came from. The negative prompt is where those words belong.

    Args:
        brief: a checked brief.
        aims: what `gather_aims` found for one concept.
        kind: tags, for models of the CLIP kind, or sentences, for those with a T5 or LLM encoder.
        templates: a folder with a user's own templates of the same names.
        limit: most tokens of each text, the opening and closing ones included.
        extra_negative: phrases, parted by commas, that the user adds to the negative prompt.

    Raises:
        InputError: a user's template is wrong; names its file and what is wrong.
    """
    limit = limit or LIMITS[kind]
    flat = _on_one_line(brief)
    subject = read_subject(flat)
    kept, dropped = _consistent(subject, aims)
    facts = _facts(flat, subject, kept)
    positive = _phrases(TEMPLATES[kind], facts, aims, templates)
    negative = _phrases(NEGATIVE, facts, aims, templates)
    own = [one.strip() for one in extra_negative.split(",") if one.strip()]
    negative = [Phrase(one, "option", "given with --negative", None) for one in own] + negative
    barred = [(one, avoided(one.text, brief.avoid)) for one in positive]
    allowed = [one for one, word in barred if word is None]
    dropped += [Dropped(one, f"the brief avoids “{word}”") for one, word in barred if word]
    joint = ", " if kind == TAGS else " "
    fitting, over = fit_phrases([one.text for one in allowed], limit, joint)
    dropped += [Dropped(allowed[at], f"the prompt is full: {limit} tokens") for at in over]
    within, far = _fit_words(negative, NEGATIVE_WORDS)
    dropped += [Dropped(one, f"the negative is full: {NEGATIVE_WORDS} words") for one in far]
    kept_positive = [allowed[at] for at in fitting]
    return Prompt(
        kind,
        tuple(kept_positive),
        tuple(_short(kept_positive, kind)),
        tuple(within),
        tuple(dropped),
        limit,
        subject,
    )


def _short(phrases: list[Phrase], kind: str) -> list[Phrase]:
    """Phrases that fit thirty words; the last tag, the medium, is always among them."""
    last = len(phrases[-1].text.split()) if phrases else 0
    if kind == SENTENCES or not 0 < last <= SHORT_WORDS:
        return _fit_words(phrases, SHORT_WORDS)[0]
    return [*_fit_words(phrases[:-1], SHORT_WORDS - last)[0], phrases[-1]]


def _fit_words(phrases: list[Phrase], most: int) -> tuple[list[Phrase], list[Phrase]]:
    kept: list[Phrase] = []
    over: list[Phrase] = []
    left = most
    for phrase in phrases:
        words = len(phrase.text.split())
        (kept if words <= left else over).append(phrase)
        left -= words if words <= left else 0
    return kept, over


def _consistent(subject: Subject, aims: tuple[Aim, ...]) -> tuple[tuple[Aim, ...], list[Dropped]]:
    """Aims that neither repeat nor contradict what the brief names, and those that do."""
    kept: list[Aim] = []
    dropped: list[Dropped] = []
    count = count_of(subject.who)
    for aim in aims:
        why = ""
        if aim.feature == "people_grouping" and aim.more and subject.who:
            same = aim.level == count
            why = "the subject already says so" if same else f"the brief names “{subject.who}”"
        elif aim.feature == "facing_each_other" and aim.more and count != "pair":
            why = "the subject is not two people"
        if why:
            dropped.append(Dropped(Phrase(words_of(aim)[0], aim.key, aim.reason, aim.grade), why))
        else:
            kept.append(aim)
    return tuple(sorted(kept, key=order_of)), dropped


def _facts(brief: Brief, subject: Subject, aims: tuple[Aim, ...]) -> dict[str, Any]:
    """What templates may speak of."""
    held = stems(" ".join((subject.who, subject.doing, subject.where, *subject.things)))
    tags = [tag for tag in brief.tags if not stems(tag) <= held]
    worded = [
        {**aim.to_json(), "key": aim.key, "tag": words_of(aim)[0], "sentence": words_of(aim)[1],
         "against": against(aim)}
        for aim in aims
    ]  # fmt: skip
    return {
        "brief": brief,
        "subject": {**asdict(subject), "tags": tags[:_MOST_TAGS]},
        "aims": worded,
    }


def _phrases(
    template: str, facts: dict[str, Any], aims: tuple[Aim, ...], folder: Path | None
) -> list[Phrase]:
    place = template if folder is None or not (folder / template).is_file() else folder / template
    try:
        lines = render(template, folder=folder, **facts).splitlines()
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        row = getattr(error, "lineno", None)
        raise InputError(f"{error}", path=place, row=row, hint="fix the template") from error
    reasons = {aim.key: aim for aim in aims}
    found: dict[str, Phrase] = {}
    for line in lines:
        phrase = _phrase(line, reasons, facts, place) if line.strip() else None
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


def _phrase(line: str, aims: dict[str, Aim], facts: dict[str, Any], place: object) -> Phrase:
    key, bar, text = (part.strip() for part in line.partition("|"))
    # Behind “in the U.S.” a template's own full stop would be a second one; an ellipsis has three.
    text = re.sub(r"(?<!\.)\.\.$", ".", " ".join(text.split()).strip(" ,"))
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
        return Phrase(text, key, _said(field, facts["brief"]), None)
    if key == "template":
        return Phrase(text, key, "stands in the template, whatever the brief", None)
    raise InputError(
        f"the template gave the key {key!r}, which is no aim of this brief",
        path=str(place),
        hint="use an aim's own key, brief.FIELD or template",
    )


def _said(field: str, brief: Brief) -> str:
    value = getattr(brief, field)
    text = value if isinstance(value, str) else ", ".join(value)
    text = text if len(text) <= 80 else text[:79].rstrip() + "…"
    return f"the brief's {field.replace('_', ' ')}: “{text}”"


def both_kinds(brief: Brief, aims: tuple[Aim, ...], **choices: Any) -> tuple[Prompt, Prompt]:
    """The same content as tags and as sentences."""
    limit = choices.pop("limit", None)
    return (
        build_prompt(brief, aims, kind=TAGS, limit=limit, **choices),
        build_prompt(brief, aims, kind=SENTENCES, **choices),
    )
