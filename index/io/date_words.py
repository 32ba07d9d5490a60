"""Dates and periods as people write them; whether the day or the month comes first is decided from
all values of a column, and refused where nothing decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.io.number_words import Undecided
from index.io.table_file import identifier
from index.io.table_scan import Scan, as_text, undecided

MOST_DAYS = 100_000

_MONTHS = (
    "january jan januar januari janvier janv enero ene gennaio gen janeiro",
    "february feb februar februari février févr fevrier febrero febbraio fevereiro fev",
    "march mar märz mrz maart mrt mars marzo março",
    "april apr avril avr abril abr aprile",
    "may mai mei mayo maggio mag maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug augustus août aout agosto ago",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre dezembro",
)
_MONTH_OF = {name: month for month, names in enumerate(_MONTHS, 1) for name in names.split()}
_WORD = r"[^\W\d_]{3,10}\.?"
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)
_WEEKS = r"(?:W|KW|CW|Week )"
SERIALS = range(36_526, 73_051)
"""Days since the end of 1899, as spreadsheets number those of 2000 to 2099."""
_TIME = re.compile(
    r"[T ,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$"
)
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})")
_TO = re.compile(r"\s*(?:\bto\b|\bbis\b|–|—|\.\.|/(?=\d{4}-)|\s-\s)\s*", re.IGNORECASE)
DAY_FIRST, MONTH_FIRST = "day-first", "month-first"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` up to, but not with, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.end - self.start).days


def without_time(value: str) -> str:
    """A value without the time of day."""
    return _TIME.sub("", _WEEKDAY.sub("", value.strip()))


def decide_order(values: Iterable[str], column: str, order: str | None) -> str | Undecided:
    """Whether the day or the month comes first in numbers such as 03/04/2024.

    Args:
        values: of one column.
        order: as the user says.
    """
    found = [match for value in values for match in _NUMERIC.finditer(value)]
    if order is not None or not found:
        return order or DAY_FIRST
    first = max(int(match[1]) for match in found)
    second = max(int(match[3]) for match in found)
    if first > 12 and second > 12:
        odd = next(match[0] for match in found if int(match[3]) > 12)
        return Undecided(odd, "does not fit the order of the other dates", "write all one way")
    if second > 12:
        return MONTH_FIRST
    if first > 12 or all(match[2] == "." for match in found):
        return DAY_FIRST
    if all(match[1] == match[3] for match in found):
        return DAY_FIRST
    return Undecided(
        found[0][0],
        f"can be two dates: no value of the column {column} is above 12 where only a day can be",
        "say which comes first with --dates day-first or --dates month-first",
    )


def read_periods(
    values: Sequence[str], column: str, order: str | None = None
) -> dict[str, Period] | Undecided | None:
    """Each value as the days it covers; None where they are no dates.

    Days, weeks (2024-W05), months, quarters (2024-Q1), years and ranges of them are read.
    """
    decided = decide_order(values, column, order)
    read = {value: _period(value, DAY_FIRST) for value in values}
    if any(one is None for one in read.values()) and not isinstance(decided, Undecided):
        read = {value: _period(value, decided) for value in values}
        if any(one is None for one in read.values()):
            return None
    elif isinstance(decided, Undecided):
        return decided if all(_period(value, MONTH_FIRST) for value in values) else None
    else:
        read = {value: _period(value, decided) for value in values}
    return {value: one for value, one in read.items() if one is not None}


def day_sql(scan: Scan, column: str, *, time: bool = False) -> str | None:
    """SQL of a column as a date, or as a time; None where it holds none.

    Raises:
        InputError: the day and the month can be exchanged.
    """
    source = scan.source
    kind, name = source.type_of(column), identifier(column)
    to = "TIMESTAMP" if time else "DATE"
    if kind.startswith(("DATE", "TIMESTAMP")):
        return f"CAST({name} AS {to})"
    if kind.endswith(("INTEGER", "BIGINT", "DOUBLE", "FLOAT")):
        return _moment_sql(name, to)
    value = as_text(source, column)
    found = scan.rows(
        f"SELECT DISTINCT regexp_replace(value, '[T ,]+[0-9]{{1,2}}:.*$', '') AS day FROM "
        f"(SELECT {value} AS value FROM {{source}}) WHERE value <> '' LIMIT {MOST_DAYS}"
    )
    days = [str(one) for one in found["day"]]
    if days and all(map(_is_number, days)):
        return _moment_sql(f"try_cast({value} AS DOUBLE)", to)
    orders = (DAY_FIRST, MONTH_FIRST)
    if not days or not all(any(_period(day, one) for one in orders) for day in days[:50]):
        return None
    order = decide_order(days, column, source.reading.dates)
    if isinstance(order, Undecided):
        raise undecided(source, column, order)
    first = "%d{0}%m{0}%Y" if order == DAY_FIRST else "%m{0}%d{0}%Y"
    forms = ["%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", *(first.format(mark) for mark in "./-")]
    forms += [form.replace("%Y", "%y") for form in forms[3:]]
    forms += ["%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y"]
    listed = ", ".join(f"'{form}'" for form in forms)
    day = f"regexp_replace({value}, '[T ,]+[0-9]{{1,2}}:.*$', '')"
    clock = f"try_cast(regexp_extract({value}, '([0-9]{{1,2}}:[0-9:.]+)', 1) AS TIME)"
    parsed = f"try_strptime({day}, [{listed}])"
    if time:
        parsed = f"(CAST({parsed} AS DATE) + coalesce({clock}, TIME '00:00:00'))"
    return f"coalesce(try_cast({value} AS {to}), CAST({parsed} AS {to}))"


def _is_number(day: str) -> bool:
    """Whether a day is a spreadsheet's number, or seconds or thousandths of them since 1970."""
    serial = re.fullmatch(r"(\d{5})(\.\d+)?", day)
    if serial is not None:
        return int(serial[1]) in SERIALS
    return re.fullmatch(r"1\d{9}(\.\d+)?|1\d{12}", day) is not None


def _moment_sql(number: str, to: str) -> str:
    seconds = (
        f"CASE WHEN {number} > 1e11 THEN {number} / 1000 WHEN {number} < {SERIALS.stop} "
        f"THEN ({number} - 25569) * 86400 ELSE {number} END"
    )
    return f"CAST(make_timestamp(CAST(1e6 * ({seconds}) AS BIGINT)) AS {to})"


def _period(value: str, order: str) -> Period | None:
    text = without_time(value)
    one = _single(text, order)
    if one is not None:
        return one
    parts = [without_time(part) for part in _TO.split(text)]
    ends = [_single(part, order) for part in parts]
    if len(ends) == 2 and ends[0] is None:
        for missing in (r"\d{4}$", r"(?<=\d )\D+\d{4}$"):
            rest = re.search(missing, parts[1])
            ends[0] = ends[0] or (_single(f"{parts[0]} {rest[0]}", order) if rest else None)
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
        return Period(ends[0].start, ends[1].end)
    return None


def _single(text: str, order: str) -> Period | None:
    for pattern, build in _FORMS:
        match = pattern.fullmatch(text)
        if match:
            try:
                return build(match, order)
            except (ValueError, KeyError):
                return None
    return None


def _day(year: int, month: int, day: int) -> Period:
    start = date(year, month, day)
    return Period(start, start + timedelta(days=1))


def _iso(match: re.Match[str], order: str) -> Period:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _serial(number: int) -> Period:
    if number not in SERIALS:
        raise ValueError(number)
    start = date(1899, 12, 30) + timedelta(days=number)
    return Period(start, start + timedelta(days=1))


def _month(year: int, month: int) -> Period:
    start = date(year, month, 1)
    return Period(start, (start + timedelta(days=32)).replace(day=1))


def _quarter(year: int, number: int) -> Period:
    return Period(_month(year, 3 * number - 2).start, _month(year, 3 * number).end)


def _week(year: int, number: int) -> Period:
    start = date.fromisocalendar(year, number, 1)
    return Period(start, start + timedelta(days=7))


def _ordered(match: re.Match[str], order: str) -> Period:
    first, second = int(match[1]), int(match[3])
    year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
    return _day(year, *((second, first) if order == DAY_FIRST else (first, second)))


def _named(word: str) -> int:
    return _MONTH_OF[word.casefold().rstrip(".")]


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Period]], ...] = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), _iso),
    (re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})"),
     lambda m, _: _day(int(m[1]), int(m[3]), int(m[4]))),
    (re.compile(r"(\d{4})(\d{2})(\d{2})"), _iso),
    (_NUMERIC, _ordered),
    (re.compile(r"(\d{5})"), lambda m, _: _serial(int(m[1]))),
    (re.compile(rf"(\d{{1,2}})\.?[ -](?:de )?({_WORD})[ -](?:de )?(\d{{4}})"),
     lambda m, _: _day(int(m[3]), _named(m[2]), int(m[1]))),
    (re.compile(rf"({_WORD}) (\d{{1,2}}),? (\d{{4}})"),
     lambda m, _: _day(int(m[3]), _named(m[1]), int(m[2]))),
    (re.compile(r"(\d{4})[-/](\d{1,2})"), lambda m, _: _month(int(m[1]), int(m[2]))),
    (re.compile(r"(\d{1,2})[/.](\d{4})"), lambda m, _: _month(int(m[2]), int(m[1]))),
    (re.compile(rf"({_WORD})[ -](?:de )?(\d{{4}})"), lambda m, _: _month(int(m[2]), _named(m[1]))),
    (re.compile(rf"({_WORD})(?:-| ?['\u2019])(\d{{2}})"),
     lambda m, _: _month(2000 + int(m[2]), _named(m[1]))),
    (re.compile(r"(\d{4})年(\d{1,2})月"), lambda m, _: _month(int(m[1]), int(m[2]))),
    (re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日"), _iso),
    (re.compile(r"(\d{4})[- ]?Q([1-4])"), lambda m, _: _quarter(int(m[1]), int(m[2]))),
    (re.compile(r"Q([1-4])[-/ ](\d{4})"), lambda m, _: _quarter(int(m[2]), int(m[1]))),
    (re.compile(rf"(\d{{4}})[- ]?{_WEEKS}(\d{{1,2}})", re.IGNORECASE),
     lambda m, _: _week(int(m[1]), int(m[2]))),
    (re.compile(rf"{_WEEKS} ?(\d{{1,2}})[-/ ](\d{{4}})", re.IGNORECASE),
     lambda m, _: _week(int(m[2]), int(m[1]))),
    (re.compile(r"((?:19|20)\d{2})"),
     lambda m, _: Period(date(int(m[1]), 1, 1), date(int(m[1]) + 1, 1, 1))),
)  # fmt: skip
