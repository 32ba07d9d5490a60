from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers.brief import Brief, brief_text, load_brief
from index.errors import ArtworkIndexError, InputError


def written(folder: Path, text: str) -> Path:
    path = folder / "brief.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_brief_is_read(tmp_path: Path) -> None:
    (tmp_path / "one.jpg").write_bytes(b"x")
    brief = load_brief(
        written(
            tmp_path,
            "title: Purple Hearts\nsynopsis: They marry for convenience.\ngenres: [Romance, War]\n"
            "audience: {romance: 0.8, action: 0.2}\nplatforms: tv\nreferences: [one.jpg]\n"
            "mockups: {count: 2}\n",
        )
    )
    assert brief.audience == {"romance": 0.8, "action": 0.2}
    assert brief.platforms == ("tv",)
    assert brief.references == (tmp_path / "one.jpg",)
    assert (brief.mockups.count, brief.mockups.seed) == (2, 7)
    assert brief_text(brief) == ("Purple Hearts. They marry for convenience. Genres: Romance, War")


def test_a_title_may_be_a_number(tmp_path: Path) -> None:
    assert load_brief(written(tmp_path, "title: 1917")).title == "1917"


@pytest.mark.parametrize(
    ("text", "row", "names"),
    [
        ("title: A\nsynopsys: b\n", 2, ["synopsys", "did you mean 'synopsis'"]),
        ("title: A\nmockups: {cuont: 3}\n", 2, ["cuont", "did you mean 'count'"]),
        ("genres: [War]\n", None, ["title"]),
        ("title: A\ntitle: B\n", 2, ["twice"]),
        ("title: [A", 1, ["expected"]),
        ("title: A\naudience: &a {x: 1}\navoid: *a\n", 3, ["alias"]),
        ("title: A\naudience: {x: -1}\n", 2, ["audience.x", "greater than 0"]),
        ("title: A\naudience: {x: .nan}\n", 2, ["audience.x"]),
        ("title: A\nreferences: [no.jpg]\n", 2, ["no.jpg", "not there"]),
        ("- A\n", None, ["not a brief"]),
        ("", None, ["not a brief"]),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(
    tmp_path: Path, text: str, row: int | None, names: list[str]
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_brief(path)
    line = str(caught.value)
    assert "\n" not in line
    assert str(path) in line
    assert caught.value.row == row
    for name in names:
        assert name in line


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_bytes(b"title: \xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        load_brief(path)
    with pytest.raises(InputError, match="no such file"):
        load_brief(tmp_path / "other.yaml")
    with pytest.raises(InputError, match="folder"):
        load_brief(tmp_path)
    path.write_text("title: A\nsynopsis: " + "a" * 1_100_000)
    with pytest.raises(InputError, match="at most"):
        load_brief(path)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_written_a_brief_or_one_line_comes_back(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("brief") / "brief.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        said = load_brief(path).title
    except ArtworkIndexError as error:
        said = str(error)
        one_line = len(said.splitlines()) == 1
    else:
        one_line = True
    assert said
    assert one_line


# PyYAML writes U+0085 raw, and by YAML's rules that is a line break when it is read again.
# Half a surrogate pair is no text; what is said of one is tested below.
ANY = st.characters(exclude_characters="\x85", exclude_categories=("Cs",))


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {"title": st.text(ANY, min_size=1).filter(lambda text: "\x00" not in text)},
        optional={
            "synopsis": st.text(ANY, max_size=50),
            "genres": st.lists(st.text(ANY, max_size=10), max_size=3),
            "audience": st.dictionaries(st.text(ANY, max_size=5), st.floats(0.01, 5), max_size=3),
        },
    )
)
def test_what_yaml_writes_a_brief_reads(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, object]
) -> None:
    path = tmp_path_factory.mktemp("brief") / "brief.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert load_brief(path) == Brief.model_validate(document)


def test_half_a_surrogate_pair_is_a_mistake_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text('genres: [Drama]\ntitle: "\\uD83D"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"brief\.yaml, row 2, column title: ") as told:
        load_brief(path)
    assert len(str(told.value).splitlines()) == 1
