"""The table of commands: help needs no more than this, and a command loads its own module only."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "demo": ("demo", "Draw a demo catalogue, index it and answer one brief."),
    "index": ("indexing", "Index a catalogue: embed and measure its artwork, tag its performance."),
    "import": (
        "importing",
        "Make a catalogue of reports as platforms export them and folders of pictures.",
    ),
    "brief": (
        "brief",
        "Say what a new title's artwork should do, and show past artwork that worked and failed.",
    ),
    "board": ("board", "Make a board for each brief, and a page over all of them."),
    "similar": ("similar", "Find past artwork by words, pictures, or both."),
    "compare": (
        "compare",
        "Say how two sets of artwork differ, checked on titles that did not propose it.",
    ),
    "prompt": ("prompt", "Write prompts for an image model, with the reason for every phrase."),
    "mockup": (
        "mockup",
        "Draw mockups from a brief and its evidence, and measure what each really has.",
    ),
    "variant": ("variant", "Turn light or colours of a picture by measured steps."),
    "clusters": ("clusters", "List the member clusters with what each over-watches."),
    "insights": (
        "insights",
        "Say which levers and themes go with better artwork inside titles, and for whom.",
    ),
    "cause": (
        "cause",
        "Estimate what turning a lever would do, as past artwork turned it and for itself alone.",
    ),
    "hypotheses": (
        "hypotheses",
        "Turn the strongest open questions of a brief into tests of two variants.",
    ),
    "learn": (
        "learn",
        "Learn outcomes of experiments: grade what they decided, and score past advice.",
    ),
    "score": (
        "score",
        "Rank candidate artworks for a brief's audience, with interval and reasons.",
    ),
    "evaluate": (
        "evaluate",
        "Check the advice on titles that it did not use; boards print the result.",
    ),
    "picks": (
        "picks",
        "Keep artworks in mind: picked ones come first among a brief's exemplars.",
    ),
    "features": ("features", "Measure images, or keep features of your own in an index."),
    "serve": (
        "serve",
        "Browse an index in a local web page: search, themes, insights, picks, boards to edit.",
    ),
    "doctor": ("doctor", "Check the environment, the encoder and, where there is one, the index."),
}
"""Module and first sentence of each command, in the order in which help shows them."""


class LazyCommands(TyperGroup):
    """A group whose commands are imported when they are run, and not to be listed."""

    _listing = False

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: self.commands.get(name) or TyperCommand(name, callback=None, help=summary)
            for name, (_, summary) in COMMANDS.items()
        }

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, from its module; its name and first sentence alone while help is drawn."""
        if self._listing or cmd_name not in COMMANDS:
            return self.commands.get(cmd_name)
        import_module(f"assistant.cli.{COMMANDS[cmd_name][0]}")
        from assistant.cli.app import app

        loaded: Any = typer.main.get_command(app)
        return loaded.commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Draw help from the table."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False
