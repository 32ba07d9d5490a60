"""A short slice of the campaigns in `tests/fuzz.py`, and injuries that once did harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answers.brief import load_brief
from index.catalogue.load import load_catalogue
from index.errors import InputError
from tests import fuzz_images, fuzz_tables
from tests.watched import watch


def _take_300_megabytes(_: Path) -> str:
    return "read" if len(b"x" * 300_000_000) else "refused"


def test_a_case_that_takes_too_much_memory_is_told(tmp_path: Path) -> None:
    cases = [("greedy", tmp_path)]
    outcome = watch(_take_300_megabytes, cases, seconds=30, megabytes=200)
    assert outcome.megabytes > 300
    assert outcome.failures == [f"it took {outcome.megabytes:.0f} MB"]
    assert watch(_take_300_megabytes, cases, seconds=30, megabytes=600).failures == []


def test_damaged_pictures_are_read_or_refused(tmp_path: Path) -> None:
    outcome = fuzz_images.read_all(600, 3, tmp_path)
    assert outcome.failures == []
    assert set(outcome.refused) == set(outcome.read) == set(fuzz_images.FORMATS)


def test_malformed_tables_are_read_or_refused_in_one_line(tmp_path: Path) -> None:
    outcome = fuzz_tables.read_all(60, 3, tmp_path)
    assert outcome.failures == []
    assert min(sum(outcome.read.values()), sum(outcome.refused.values())) > 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("? [a, b]\n: c\n", "a key must be a word"),
        ("title: " + "[" * 3000, "nested too deeply"),
        ("title: " + "[" * 101 + "]" * 101, "nested too deeply"),
        ("a: &a [x]\ntitle: *a\n", "alias"),
        ("title: x\ntitle: y\n", "twice"),
    ],
)
def test_yaml_that_does_harm_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=reason) as caught:
        load_brief(path)
    assert "\n" not in str(caught.value)


def test_a_header_with_line_breaks_or_many_columns_is_refused_in_one_short_line(
    tmp_path: Path,
) -> None:
    for header in ("id\rname,more", ",".join(f"column_{n}" for n in range(20_000))):
        (tmp_path / "titles.csv").write_bytes(f"{header}\n1,2\n".encode())
        (tmp_path / "artworks.csv").write_text("artwork_id,title_id,path\na,t,a.jpg\n")
        with pytest.raises(InputError, match="title_id") as caught:
            load_catalogue(tmp_path)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 1500
