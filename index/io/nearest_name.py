"""The hint beside a name that is not known: the one that was probably meant, or the list."""

from __future__ import annotations

import re
from collections.abc import Collection

CUTOFF = 0.65
"""Least likeness of two names: one less the share of letters to change, in any case.

It recognises a name with one or two slips, and takes an unrelated word for none of them.
"""
SHOWN = 12


def nearest_name(word: str, known: Collection[str]) -> str | None:
    """The known name that is spelled most like `word`, or has such a word; None if none is near.

    Likeness is the normalised optimal string alignment: letters that are missing, added, wrong
    or swapped with their neighbour count as one slip each.
    """
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    names = sorted(known, reverse=True)
    spellings = {part: name for name in names for part in re.split(r"\W+", name) if part}
    spellings |= {name: name for name in names}
    found = process.extractOne(
        word,
        sorted(spellings),
        scorer=OSA.normalized_similarity,
        processor=str.casefold,
        score_cutoff=CUTOFF,
    )
    return spellings[found[0]] if found else None


def name_hint(word: str, known: Collection[str], *, always_list: bool = False) -> str:
    """ "did you mean 'x'?", else "there are: a, b, c and 4 more", else "there are none".

    Args:
        word: the name that is not known.
        known: the names that are, in the order in which to list them.
        always_list: list the names after a guess too.
    """
    near = nearest_name(word, known)
    if near is not None and not always_list:
        return f"did you mean {near!r}?"
    listed = ", ".join([*known][:SHOWN])
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    there_are = f"there are: {listed}{more}" if known else "there are none"
    return there_are if near is None else f"did you mean {near!r}? T{there_are[1:]}"
