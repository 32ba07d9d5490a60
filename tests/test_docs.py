from __future__ import annotations

import re
from pathlib import Path

from assistant.answers.brief import load_brief
from tests.commands import run

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def help_of(*words: str) -> str:
    return run(*words, "--help").stdout


def test_every_command_is_in_the_readme_with_help_and_an_example() -> None:
    commands = set(re.findall(r"^│ (\w+)  +\w", help_of(), flags=re.MULTILINE))
    named = set(re.findall(r"`assistant (\w+)", README))
    assert named == commands
    for command in commands:
        assert "Example" in help_of(command), command


def test_the_brief_in_the_readme_is_a_brief(tmp_path: Path) -> None:
    block = re.search(r"```yaml\n(.*?)```", README, flags=re.DOTALL)
    assert block
    (tmp_path / "moodboard").mkdir()
    (tmp_path / "moodboard" / "one.jpg").touch()
    path = tmp_path / "brief.yaml"
    path.write_text(block.group(1))
    assert load_brief(path).title == "The Lighthouse Waltz"


def test_pictures_and_pages_the_readme_links_to_are_there() -> None:
    for target in re.findall(r"\]\(((?!#|https?:)[^)]+)\)", README):
        assert (ROOT / target).is_file(), target
