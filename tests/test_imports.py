from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PACKAGE_MAY_IMPORT = {
    "assistant": {"assistant", "index", "prompts"},
    "index": {"index"},
    "prompts": {"prompts"},
}

LAYERS = [
    {"records", "errors", "processors", "io"},
    {"catalogue", "encoders"},
    {"performance", "audience", "features"},
    {"vectors"},
    {"store"},
    {"query"},
    {"build"},
]


def imported_modules(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return names


@pytest.mark.parametrize("package", PACKAGE_MAY_IMPORT)
def test_packages_import_one_way(package: str) -> None:
    ours = set(PACKAGE_MAY_IMPORT)
    for path in (ROOT / package).rglob("*.py"):
        roots = {name.split(".")[0] for name in imported_modules(path)} & ours
        assert roots <= PACKAGE_MAY_IMPORT[package], f"{path} imports {roots}"


def layer_of(module: str) -> int:
    return next((rank for rank, names in enumerate(LAYERS) if module in names), -1)


def test_the_engine_imports_downwards_only() -> None:
    for path in (ROOT / "index").rglob("*.py"):
        own = path.relative_to(ROOT / "index").parts[0].removesuffix(".py")
        if own == "__init__":
            continue
        assert layer_of(own) >= 0, f"{own} has no layer"
        for name in imported_modules(path):
            parts = name.split(".")
            if parts[0] == "index" and len(parts) > 1:
                assert layer_of(parts[1]) <= layer_of(own), f"{path} imports {name}"


def test_help_needs_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['assistant', '--help']\n"
        "from assistant.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'pandas', 'numpy', 'pyarrow', 'sklearn', 'onnxruntime', 'cv2'}\n"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "similar" in done.stdout


def test_the_table_of_commands_says_what_the_commands_say() -> None:
    import typer

    from assistant.cli.app import app
    from assistant.cli.commands import COMMANDS

    group = typer.main.get_command(app)
    for name, (_, summary) in COMMANDS.items():
        command = group.get_command(None, name)
        assert (command.help or "").split("\n\n")[0].replace("\n", " ") == summary, name


def test_a_command_imports_no_other() -> None:
    script = (
        "import sys; sys.argv = ['assistant', 'similar', '--help']\n"
        "from assistant.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "sys.exit('assistant.cli.brief' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
