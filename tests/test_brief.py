from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers.brief import Brief, brief_text, load_brief
from assistant.answers.match import match_brief
from assistant.answers.nearness import spell_genres
from index.errors import ArtworkIndexError, InputError
from index.store import open_index
from tests.small_catalogue import SmallEncoder, build, write_catalogue


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
        ("title: [A", 1, ["quotation marks"]),
        ("title: A\naudience: &a {x: 1}\navoid: *a\n", 3, ["alias"]),
        ("title: A\naudience: {x: -1}\n", 2, ["audience.x: input should be greater than 0"]),
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


def test_a_hard_space_may_be_a_name_or_an_indent(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text("title: A\naudience:\n  \u00a0: 1.0\n", encoding="utf-8")
    assert load_brief(path).audience == {"\u00a0": 1.0}
    path.write_text("title: A\naudience:\n\u00a0 romance: 1.0\n", encoding="utf-8")
    assert load_brief(path).audience == {"romance": 1.0}


def test_half_a_surrogate_pair_is_a_mistake_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "brief.yaml"
    path.write_text('genres: [Drama]\ntitle: "\\uD83D"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"brief\.yaml, row 2, column title: ") as told:
        load_brief(path)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title: Alpine: The Ascent\n", {"title": "Alpine: The Ascent"}),
        ('title: "Crocodile" Dundee\n', {"title": '"Crocodile" Dundee'}),
        ("title: NO\n", {"title": "NO"}),
        ("title: 2012-01-01\n", {"title": "2012-01-01"}),
        ("title: *batteries\n", {"title": "*batteries"}),
        ("Title: “Alpine”\n", {"title": "“Alpine”"}),
        ("title: A\nsynopsis: One thing: two\n  lines\n", {"synopsis": "One thing: two lines"}),
        ("title: A\nsynopsis: |\n  a: b\n  c: d\n", {"synopsis": "a: b\nc: d\n"}),
        ("title: A\ngenres: Romance, Drama\n", {"genres": ("Romance", "Drama")}),
        ("title: A\ngenres: Romance|Drama\n", {"genres": ("Romance", "Drama")}),
        ("title: A\ngenres: War\n", {"genres": ("War",)}),
        ("title: A\ntags: [NO, on, 1e3]\n", {"tags": ("NO", "on", "1e3")}),
        ("title: A\nMust show: two leads\n", {"must_show": ("two leads",)}),
        ("title: A\naudience: {x: 80%, y: 20%}\n", {"audience": {"x": 0.8, "y": 0.2}}),
        ("title: A\naudience: {x: 0,8, y: 0,2}\n", {"audience": {"x": 0.8, "y": 0.2}}),
        ("title: A\naudience:\n  x: 0,8\n", {"audience": {"x": 0.8}}),
        ("title: A\naudience: x\n", {"audience": {"x": 1.0}}),
        ("title: A\nsynopsis:\ngenres:\n", {"synopsis": "", "genres": ()}),
        ("title:Alpine\n", {"title": "Alpine"}),
        ("title\uff1aAlpine\n", {"title": "Alpine"}),
        ("title: We #Live\n", {"title": "We #Live"}),
        ("title: #Alive\n", {"title": "#Alive"}),
        ("title: We live # a working title\n", {"title": "We live"}),
        ("title: &more\n", {"title": "&more"}),
        ('title: "Alpine\n', {"title": "Alpine"}),
        ("title:\u00a0A\naudience:\n\u00a0\u00a0x: 0.5\n", {"title": "A", "audience": {"x": 0.5}}),
        ("title: A\naudience: x 80%, y 20%\n", {"audience": {"x": 0.8, "y": 0.2}}),
        ("title: A\ngenres: [“War”, ‘Drama’]\n", {"genres": ("War", "Drama")}),
    ],
)
def test_what_is_clear_is_read_as_it_is_meant(
    tmp_path: Path, text: str, expected: dict[str, object]
) -> None:
    brief = load_brief(written(tmp_path, text))
    assert {key: getattr(brief, key) for key in expected} == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: [REC]\n", "put it in quotation marks"),
        ("title: A\naudience: {x: lots}\n", "write it as 0.8 or 80%"),
        ("title: A\n\tgenres: War\n", "begins with a tab"),
        ("title: A\n  genres: War\n", "row 2"),
        ("title = Alpine\nsynopsis: A\n", "row 1: is no key with a value; write KEY: VALUE"),
        ("title: A\ngenres:\n* War\n* Drama\n", "row 3: the line begins with *"),
        ("title: A\ngenres: [War, Drama\n", "is not closed"),
        ("title: A\n---\ntitle: B\n", "row 2: the line begins a second document"),
    ],
)
def test_what_is_not_clear_says_what_to_write(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        load_brief(written(tmp_path, text))
    assert told in str(caught.value)


def test_a_slip_in_a_genre_is_forgiven_for_the_audience_too(tmp_path: Path) -> None:
    build(write_catalogue(tmp_path / "catalogue", titles=4, each=2), tmp_path / "index")
    with open_index(tmp_path / "index") as index:
        spelled, said = spell_genres(["Romanse", "DRAMA", "Polka"], index)
        assert spelled == ("Romance", "Drama", "Polka")
        assert said == ["genre 'Romanse' is read as 'Romance'"]
        asked = Brief(title="New", genres=("Romanse", "Polka"))
        match = match_brief(asked, tmp_path / "brief.yaml", index, SmallEncoder())
        assert match.brief.genres == ("Romance", "Polka")
        told = " ".join(match.warnings)
        assert told.count("'Romanse' is read as 'Romance'") == 1
        assert "no title has the genre 'Polka'" in told
