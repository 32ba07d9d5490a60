"""Numbers as people write them: which marks group digits and which begins a fraction.

The convention of a column is decided from the shapes of all its values ("9.999,9"), never value by
value. What stays ambiguous is refused, with the option that decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SPACES = "\u0020\u00a0\u2009\u202f\u2007"
_CURRENCY = r"(?:[$€£¥₹₩₽]|[A-Z]{3}|kr\.?|zł|R\$)"
NOTHING = ("--", "-", "\u2013", "\u2014")
"""A dash: nothing was counted."""
PLAIN_COUNT = r"[0-9]+(?:\.0{1,2})?"
"""Counts that need no convention."""


class Kind(StrEnum):
    """What a column of numbers holds."""

    COUNT = "count"
    """Whole numbers."""
    PLAYS = "plays"
    """Whole numbers as a rule; a fraction where other values show that there are some."""
    AMOUNT = "amount"
    """Numbers of any size, such as minutes."""
    SHARE = "share"
    """From 0 to 1, or percent."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Values of a column that look alike.

    Attributes:
        text: a value with 9 for every digit.
        example: one of the values.
        zero_first: a 0 stands alone before the first point or comma.
        zeros_last: only zeros stand behind the last point or comma.
        rows: how many values there are.
    """

    text: str
    example: str
    zero_first: bool
    zeros_last: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Convention:
    """How to read the numbers of a column.

    Attributes:
        decimal: the mark before a fraction, "." or ",".
        percent: whether every value is a percentage.
        told: what a user should know, as a clause; "" for plain numbers.
    """

    decimal: str = "."
    percent: bool = False
    told: str = ""

    @property
    def group(self) -> str:
        """The mark between groups of three digits, beside spaces and apostrophes."""
        return "," if self.decimal == "." else "."

    @property
    def pattern(self) -> str:
        """A regular expression, for Python and RE2, of every value that is read."""
        return rf"{_SIGN}{_body(self.decimal)}{_END}|{_DASHES}"


PLAIN = Convention()

_GAP = rf"[{SPACES}]?"
_SIGN = rf"(?:=\"|')?\(?{_GAP}{_CURRENCY}?{_GAP}[-+−]?{_GAP}"
_END = rf"{_GAP}(?:%|{_CURRENCY})?{_GAP}\)?\"?"
_DASHES = "|".join(NOTHING)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why the numbers of a column cannot be read.

    Attributes:
        example: the value that shows it.
    """

    example: str
    problem: str
    hint: str


def _body(decimal: str) -> str:
    group = "," if decimal == "." else r"\."
    marks = rf"[{group}{SPACES}'’_]"
    fraction = re.escape(decimal)
    return (
        rf"(?:[0-9]{{1,3}}(?:{marks}[0-9]{{3}})+|[0-9]{{1,2}}(?:{group}[0-9]{{2}})+{group}[0-9]{{3}}"
        rf"|[0-9]+)?(?:{fraction}[0-9]*)?(?:[eE][-+]?[0-9]{{1,3}})?"
    )


def decide(
    shapes: Iterable[Shape], kind: Kind, column: str, decimal: str | None = None
) -> Convention | Undecided:
    """The one convention under which every value can be read.

    Args:
        shapes: of all values that are not empty.
        kind: what the column holds.
        decimal: the mark that the user named.
    """
    held = [one for one in shapes if one.text not in NOTHING]
    if not held:
        return PLAIN
    signs = [one.text.rstrip(f"{SPACES})").endswith("%") for one in held]
    percent = all(signs)
    if any(signs) and not percent:
        odd = held[signs.index(not signs[0])]
        return Undecided(
            odd.example,
            "stands among percentages" if signs[0] else "is a percentage among plain numbers",
            "write all of them one way",
        )
    exact = Kind.SHARE if percent else kind
    allowed = [decimal] if decimal else [".", ","]
    faults = {mark: _first_unreadable(held, mark, exact) for mark in allowed}
    open_marks = [mark for mark, fault in faults.items() if fault is None]
    if not open_marks:
        return _unreadable(held, faults, exact)
    if len(open_marks) == 1:
        mark = open_marks[0]
    else:
        found = _between(held, exact, column)
        if isinstance(found, Undecided):
            return found
        mark = found
    return Convention(mark, percent, _told(held, mark, percent, column))


def _first_unreadable(held: list[Shape], decimal: str, kind: Kind) -> Shape | None:
    full = re.compile(Convention(decimal).pattern)
    return next((one for one in held if not _reads(one, full, decimal, kind)), None)


def _reads(one: Shape, full: re.Pattern[str], decimal: str, kind: Kind) -> bool:
    if not full.fullmatch(one.text) or "9" not in one.text:
        return False
    group = "," if decimal == "." else "."
    if one.zero_first and decimal not in one.text.partition(group)[0] != one.text:
        return False
    if kind is Kind.COUNT and decimal in one.text and not one.zeros_last:
        return "e" in one.text.lower()
    if kind is Kind.SHARE:
        return group not in one.text
    return True


def _between(held: list[Shape], kind: Kind, column: str) -> str | Undecided:
    """The decimal mark where either could be."""
    marked = [one for one in held if re.search(r"[.,]", one.text)]
    if not marked:
        return "."
    marks = {mark for one in marked for mark in ".," if mark in one.text}
    bare = any(re.search(r"9{4}", one.text) for one in held)
    if kind in (Kind.COUNT, Kind.PLAYS) and len(marks) == 1 and not bare:
        return "," if marks == {"."} else "."
    example = marked[0].example
    whole = re.sub(r"[.,]", "", example)
    return Undecided(
        example,
        f"can be {whole} or {example.replace(',', '.')}: no value of the column {column} decides",
        "say which mark begins a fraction with --decimal point or --decimal comma",
    )


def _unreadable(held: list[Shape], faults: dict[str, Shape | None], kind: Kind) -> Undecided:
    """The value that keeps the likelier convention from being the one."""
    worst = min((one for one in faults.values() if one is not None), key=lambda one: one.rows)
    unknown = [
        one
        for one in held
        if not re.fullmatch(rf"{PLAIN.pattern}|{Convention(',').pattern}", one.text)
    ]
    example = unknown[0] if unknown else worst
    word = "a count" if kind in (Kind.COUNT, Kind.PLAYS) else "a number"
    hint = "write a whole number, 0 or more" if kind is Kind.COUNT else "write a number, 0 or more"
    if kind is Kind.SHARE:
        word, hint = "a share", "write a number from 0 to 1, or a percentage"
    return Undecided(example.example, f"is not {word}", hint)


def _told(held: list[Shape], mark: str, percent: bool, column: str) -> str:
    """A clause with an example of what needed a convention."""
    plain = re.compile(r"9+(?:\.9*)?" if mark == "." else r"9+")
    odd = next((one for one in held if not plain.fullmatch(one.text)), None)
    if odd is None:
        return ""
    value = read_number(odd.example, mark)
    shown = f"{value:,.10g}".replace(",", "") if value is not None else "nothing"
    return f"{column}: {odd.example} read as {shown}{'%' if percent else ''}"


def read_number(text: str, decimal: str) -> float | None:
    """One value under a convention; None where it is none."""
    if text in NOTHING:
        return 0.0
    if not re.fullmatch(Convention(decimal).pattern, text):
        return None
    negative = re.match(r"[^0-9]*[-(\u2212]", text) is not None
    digits = re.search(r"[0-9.,][0-9.,'\u2019_\s]*(?:[eE][-+]?[0-9]+)?", text)
    if digits is None:
        return None
    group = "," if decimal == "." else "."
    plain = re.sub(rf"[{re.escape(group)}'\u2019_\s]", "", digits.group()).replace(decimal, ".")
    try:
        value = float(plain)
    except ValueError:
        return None
    return -value if negative else value


def number_sql(value: str, convention: Convention) -> str:
    """SQL that turns trimmed text into a DOUBLE under a convention; NULL where it is no number.

    Percentages become shares.
    """
    group = re.escape(convention.group)
    plain = rf"regexp_extract({value}, '[0-9.,][0-9.,''’_{SPACES}]*(?:[eE][-+]?[0-9]+)?')"
    plain = rf"regexp_replace({plain}, '[{group}''’_{SPACES}]', '', 'g')"
    if convention.decimal == ",":
        plain = f"replace({plain}, ',', '.')"
    sign = rf"CASE WHEN regexp_matches({value}, '^[^0-9]*[-(−]') THEN -1 ELSE 1 END"
    scale = " / 100" if convention.percent else ""
    dashes = ", ".join(f"'{dash}'" for dash in NOTHING)
    pattern = convention.pattern.replace("'", "''")
    return (
        f"CASE WHEN {value} IN ({dashes}) THEN 0 WHEN regexp_full_match({value}, '{pattern}') "
        f"THEN {sign} * try_cast({plain} AS DOUBLE){scale} END"
    )


def shapes_sql(value: str) -> str:
    """SQL columns that make up a `Shape` of trimmed text, to be grouped by the first three."""
    return (
        f"regexp_replace({value}, '[0-9]', '9', 'g') AS shape, "
        f"regexp_matches({value}, '^[^0-9.,]*0[.,]') AS zero_first, "
        f"regexp_matches({value}, '[.,]0*[^0-9.,]*$') AS zeros_last, "
        f"min({value}) AS example, count(*) AS rows"
    )
