"""`assistant features add | list | remove | review`: features that a user adds to an index."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from assistant.cli.app import IndexOption, JsonOption, app

if TYPE_CHECKING:
    from index.features.attributes.attribute import Attribute
    from index.store import Index

MEASURE = "measure"
_MANY = ("--like", "--unlike")


class MeasureByDefault(TyperGroup):
    """`features IMAGE…` measures images: what is no subcommand is meant for `measure`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `measure` before words that are neither a subcommand nor a plea for help."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [MEASURE, *args]
        return super().parse_args(ctx, args)


class ManyValues(TyperCommand):
    """Lets `--like A B C` stand for `--like A --like B --like C`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each further word, up to the next option."""
        spread: list[str] = []
        option = ""
        for word in args:
            if word.startswith("-"):
                option = word if word in _MANY else ""
                spread.append(word)
            else:
                again = option and spread[-1] != option
                spread += [option, word] if again else [word]
        return super().parse_args(ctx, spread)


features_app = typer.Typer(
    name="features",
    cls=MeasureByDefault,
    help="Measure images, or keep features of your own in an index.\n\n"
    "features IMAGE… measures any image.",
    epilog="Examples: assistant features poster.jpg   |   "
    'assistant features add "holding a weapon" --like t16_3 t17_2 t20_1 t21_4 t30_2',
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(features_app)


def attribute_json(attribute: Attribute, index: Index) -> dict[str, Any]:
    """An attribute as docs/json.md describes it."""
    from index.features.attributes.attribute import VALUES

    has = index.table(VALUES, [attribute.name])[attribute.name].to_pylist()
    numbers = ("auc", "low", "high", "found", "false")
    return {
        "name": attribute.name,
        "label": attribute.label,
        "prompt": attribute.prompt or None,
        "space": attribute.space,
        "examples": attribute.liked,
        "counter_examples": attribute.unliked,
        "drawn": attribute.drawn,
        **{name: _rounded(getattr(attribute, name)) for name in numbers},
        "sampled": attribute.sampled,
        "precision": _interval(
            attribute.precision, attribute.precision_low, attribute.precision_high
        ),
        "recall": _interval(attribute.recall, attribute.recall_low, attribute.recall_high),
        "artworks": sum(has),
        "of": len(has),
    }


def _interval(*ends: float | None) -> dict[str, float | None] | None:
    if ends[0] is None:
        return None
    return dict(zip(("value", "low", "high"), map(_rounded, ends), strict=True))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@features_app.command(
    "add",
    cls=ManyValues,
    epilog='Example: assistant features add "holding a weapon" --like t16_3 t17_2 gun.jpg t20_1 '
    "t21_4 --unlike t11_1",
)
def add(
    name: Annotated[str, typer.Argument(help="What to call it, in your words.")],
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="IMAGE|ARTWORK…", help="Pictures that have it."),
    ] = None,
    unlike: Annotated[
        list[str] | None,
        typer.Option("--unlike", metavar="IMAGE|ARTWORK…", help="Pictures that do not."),
    ] = None,
    prompt: Annotated[
        str, typer.Option(help="Words that say it; best with an open_clip index.")
    ] = "",
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 7,
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Teach the index an attribute by a few pictures, or by words.

    At least 5 pictures of 3 titles; counter-examples up to 100 are drawn from the index. Adding
    to a name that is there adds to its examples. It is refused where left-out examples are not
    recognised (AUC below 0.6).
    """
    from assistant.cli.opening import open_with_encoder
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, output
    from index.build.attribute_change import add_attribute
    from index.build.attribute_make import Request
    from index.errors import InputError
    from index.io.safe_text import sanitise
    from index.store import open_index

    if not like and not unlike and not prompt:
        raise InputError(
            f"nothing says what {name!r} is",
            hint="give pictures with --like, or words with --prompt",
        )
    folder = index_folder(index)
    opened, encoder = open_with_encoder(folder)
    opened.close()
    request = Request(name, tuple(like or ()), tuple(unlike or ()), prompt, seed)
    made = add_attribute(folder, request, encoder)
    with open_index(folder) as current:
        document = attribute_json(made, current)
    if json:
        emit_json(document)
        return
    output().print(f"{sanitise(made.label)} is now the feature {made.name}.")
    output().print(f"How well it is recognised: {sanitise(made.accuracy)}.")
    if made.auc is not None and made.found is not None and made.false is not None:
        others = "counter-examples, most drawn at random" if made.drawn else "counter-examples"
        output().print(
            f"Of {made.liked} examples it finds {made.found:.0%} when they are left out, and it "
            f"calls {made.false:.0%} of {made.unliked} {others}."
        )
    output().print(f"{document['artworks']} of {document['of']} artworks have it.")
    output().print(f"To make it better: assistant features review {made.name}")


@features_app.command("list", epilog="Example: assistant features list --index artwork-index")
def list_(index: IndexOption = None, json: JsonOption = False) -> None:
    """List your attributes, how well each is recognised, and what the index's encoder sees."""
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, output
    from index.io.safe_text import sanitise
    from index.query.attributes import read_attributes
    from index.store import open_index

    with open_index(index_folder(index)) as opened:
        rows = [attribute_json(one, opened) for one in read_attributes(opened)]
        concepts = concepts_json(opened)
        encoder = opened.manifest.encoder
    if json:
        emit_json({"attributes": rows, "concepts": concepts})
        return
    if rows:
        _show_attributes(rows)
    else:
        output().print("This index has no attributes of your own.")
    seen = [one for one in concepts if one["seen"]]
    unseen = [one["concept"] for one in concepts if not one["seen"]]
    found = sorted((one for one in seen if one["artworks"]), key=lambda one: -one["artworks"])
    shown = ", ".join(f"{one['concept']} {one['artworks']}" for one in found)
    output().print(
        f"\nThe encoder {sanitise(encoder)} sees {len(seen)} of {len(concepts)} concepts. "
        f"Artworks by concept: {shown.replace('_', ' ') or 'none'}."
    )
    if unseen:
        output().print(f"It cannot see: {', '.join(unseen).replace('_', ' ')}.")


def concepts_json(index: Index) -> list[dict[str, Any]]:
    """What the index's encoder can see, and in how many artworks it does."""
    if not index.has("vocabulary"):
        return []
    return [
        {
            "concept": row["concept"],
            "feature": row["feature"],
            "kind": row["kind"],
            "seen": not row["reason"],
            "reason": row["reason"] or None,
            "threshold": None if row["reason"] else round(row["threshold"], 4),
            "artworks": row["artworks"],
        }
        for row in index.table("vocabulary").to_pylist()
    ]


def _show_attributes(rows: list[dict[str, Any]]) -> None:
    from assistant.terminal.console import output, table
    from index.io.safe_text import sanitise

    numbers = ("AUC (90% interval)", "examples", "artworks")
    drawn = table("Your attributes", "feature", "called", *numbers, right=numbers)
    for row in rows:
        auc = "not measured"
        if row["auc"] is not None:
            auc = f"{row['auc']:.2f} ({row['low']:.2f} to {row['high']:.2f})"
        drawn.add_row(
            row["name"],
            sanitise(row["label"]),
            auc,
            f"{row['examples']}",
            f"{row['artworks']} of {row['of']}",
        )
    output().print(drawn)


@features_app.command("remove", epilog='Example: assistant features remove "holding a weapon"')
def remove(
    name: Annotated[str, typer.Argument(help="The attribute's name.")],
    index: IndexOption = None,
    json: JsonOption = False,
) -> None:
    """Remove an attribute and its examples from an index."""
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, output
    from index.build.attribute_change import remove_attribute
    from index.io.safe_text import sanitise

    gone = remove_attribute(index_folder(index), name)
    if json:
        emit_json({"removed": gone.name})
    else:
        output().print(f"{sanitise(gone.label)} is removed.")


@features_app.command("review", epilog='Example: assistant features review "holding a weapon"')
def review(
    name: Annotated[str, typer.Argument(help="The attribute's name.")],
    index: IndexOption = None,
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="Pictures to show.")] = 12,
    json: JsonOption = False,
) -> None:
    """Show pictures to label: random, borderline, likely and unlikely ones, a quarter of each.

    Borderline ones teach the attribute most. The random ones say how often it is right: label all
    of them, whatever they show, and precision and recall are kept with the attribute.
    """
    from assistant.settings import index_folder
    from assistant.terminal.console import emit_json, output, table
    from index.build.attribute_change import find_attribute
    from index.build.attribute_review import to_label
    from index.io.safe_text import sanitise
    from index.store import open_index

    with open_index(index_folder(index)) as opened:
        attribute = find_attribute(opened, name)
        doubts = to_label(opened, name, k)
        folder = opened.catalogue_folder
    if json:
        rows = [asdict(one) | {"margin": round(one.margin, 4)} for one in doubts]
        emit_json({"attribute": attribute.name, "uncertain": rows})
        return
    drawn = table(
        f"To label for “{sanitise(attribute.label)}”", "artwork", "why", "says", "margin", "file",
        right=("margin",),
    )  # fmt: skip
    for one in doubts:
        said, margin = "yes" if one.has else "no", f"{one.margin:+.2f}"
        file = sanitise(folder / one.path)
        drawn.add_row(sanitise(one.artwork_id), one.why, said, margin, file)
    output().print(drawn)
    output().print(
        f'Look at them, then: assistant features add "{sanitise(attribute.label)}" '
        "--like … --unlike …"
    )
