"""What an index keeps of what it found out: the same as worked out anew, and never out of date."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assistant.insights import kept
from assistant.insights.evidence import keep_findings, read_effects, read_evidence
from assistant.insights.levers import lever_sides
from assistant.insights.report import insights
from index.build.attribute_change import add_attribute
from index.build.attribute_make import Request
from index.store import EFFECTS, SIDES, THEME_FINDINGS, open_index


@pytest.fixture
def folder(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo's index that a test may change."""
    return Path(shutil.copytree(demo / "index", tmp_path / "index"))


def test_what_was_kept_is_what_would_be_worked_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_index(folder) as index:
        assert kept.kept_table(index, EFFECTS) is not None
        assert kept.kept_table(index, THEME_FINDINGS) is not None
        before, themes = read_effects(index), insights(index).themes
        design = lever_sides(read_evidence(index))
        assert kept.kept_table(index, SIDES) is not None
    assert themes
    monkeypatch.setattr(kept, "made_by", lambda: "another program")
    with open_index(folder) as index:
        assert kept.kept_effects(index) is None
        assert kept.kept_themes(index) is None
        pd.testing.assert_frame_equal(before, read_effects(index), check_dtype=False)
        assert insights(index).themes == themes
        anew = lever_sides(read_evidence(index))
    assert (anew.contrasts, anew.sides) == (design.contrasts, design.sides)
    for name in ("values", "correlations"):
        np.testing.assert_array_equal(getattr(anew, name), getattr(design, name))
    np.testing.assert_array_equal(anew.reaching(), design.reaching())


def test_findings_are_worked_out_once_and_again_when_an_attribute_may_be_a_lever(
    folder: Path,
) -> None:
    with open_index(folder) as index:
        generation = index.generation
        looks = index.table("features", ["artwork_id", "brightness"]).to_pandas()
    darkest = looks.sort_values("brightness")["artwork_id"].head(20)
    assert keep_findings(folder) == generation
    add_attribute(folder, Request("Dark night", like=tuple(darkest)), None)
    with open_index(folder) as index:
        assert kept.kept_table(index, EFFECTS) is None
    assert keep_findings(folder) != generation
    with open_index(folder) as index:
        assert kept.kept_table(index, EFFECTS) is not None
        assert kept.kept_table(index, THEME_FINDINGS) is not None
