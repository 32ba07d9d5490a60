"""Plants small bugs in the modules that rank, mix, grade and select, and counts what tests notice.

`make mutants` runs it. cosmic-ray finds the places and makes the changes; here each change is
tried in a process of its own, forked after everything heavy was imported, so that hundreds fit
into half an hour. Which tests run a line is measured first: a mutant is shown those tests, and
if they pass, all tests that use its module.

A table by module and every survivor go to stdout, progress to stderr. Exit code 1: fewer than 90%
of the mutants were noticed, or a line of EQUIVALENT names no mutant any more.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import gc
import importlib
import importlib.machinery
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

MODULES = (
    "assistant/answers/advice.py",
    "assistant/answers/answer.py",
    "assistant/answers/audience.py",
    "assistant/answers/audience_effects.py",
    "assistant/answers/beside.py",
    "assistant/answers/brief.py",
    "assistant/answers/canvases.py",
    "assistant/answers/choosing.py",
    "assistant/answers/comparison.py",
    "assistant/answers/directions.py",
    "assistant/answers/evaluation.py",
    "assistant/answers/examples.py",
    "assistant/answers/exclusions.py",
    "assistant/answers/exemplar_uplift.py",
    "assistant/answers/exemplars.py",
    "assistant/answers/lift.py",
    "assistant/answers/match.py",
    "assistant/answers/nearness.py",
    "assistant/answers/picks.py",
    "assistant/answers/picture_fit.py",
    "assistant/answers/pieces.py",
    "assistant/answers/relevance.py",
    "assistant/answers/score.py",
    "assistant/answers/scores.py",
    "assistant/answers/suite.py",
    "assistant/boards/canvases.py",
    "assistant/boards/desk.py",
    "assistant/boards/edits.py",
    "assistant/boards/make.py",
    "assistant/boards/novelty.py",
    "assistant/boards/once.py",
    "assistant/boards/questions.py",
    "assistant/boards/slate.py",
    "assistant/boards/sources.py",
    "assistant/boards/themes.py",
    "assistant/experiments/advice.py",
    "assistant/experiments/designs.py",
    "assistant/experiments/learning.py",
    "assistant/experiments/open_questions.py",
    "assistant/experiments/plan_file.py",
    "assistant/experiments/plans.py",
    "assistant/experiments/result_file.py",
    "assistant/experiments/results.py",
    "assistant/experiments/validity.py",
    "assistant/experiments/verdicts.py",
    "assistant/insights/beliefs.py",
    "assistant/insights/confounders.py",
    "assistant/insights/conflicts.py",
    "assistant/insights/effects.py",
    "assistant/insights/evidence.py",
    "assistant/insights/grading.py",
    "assistant/insights/interactions.py",
    "assistant/insights/levers.py",
    "assistant/insights/members.py",
    "assistant/insights/outcomes.py",
    "assistant/insights/report.py",
    "assistant/insights/shared_features.py",
    "assistant/insights/estimators/adjusted.py",
    "assistant/insights/estimators/design.py",
    "assistant/insights/estimators/fixed_effects.py",
    "assistant/insights/estimators/observations.py",
    "assistant/mockups/aims.py",
    "assistant/mockups/critique.py",
    "assistant/mockups/gauge.py",
    "assistant/mockups/ideas.py",
    "assistant/mockups/likeness.py",
    "assistant/mockups/wishes.py",
    "assistant/terminal/answer.py",
    "assistant/terminal/insights.py",
    "assistant/terminal/mockups.py",
    "assistant/wording.py",
)
"""Where bugs are planted."""

TESTS = (
    "tests/test_answer_canvases.py",
    "tests/test_audience_mix.py",
    "tests/test_avoided.py",
    "tests/test_beliefs.py",
    "tests/test_beside.py",
    "tests/test_board_lists.py",
    "tests/test_board_parts.py",
    "tests/test_boards.py",
    "tests/test_boards_truth.py",
    "tests/test_brief.py",
    "tests/test_comparison.py",
    "tests/test_conflicts.py",
    "tests/test_directions.py",
    "tests/test_effects.py",
    "tests/test_estimators.py",
    "tests/test_evaluation.py",
    "tests/test_exemplars.py",
    "tests/test_experiment_validity.py",
    "tests/test_experiments.py",
    "tests/test_grading.py",
    "tests/test_insights_page.py",
    "tests/test_insights_prediction.py",
    "tests/test_insights_report.py",
    "tests/test_insights_told.py",
    "tests/test_insights_themes.py",
    "tests/test_lever_sides.py",
    "tests/test_levers.py",
    "tests/test_mockup_choice.py",
    "tests/test_mockup_critique.py",
    "tests/test_mockup_prompts.py",
    "tests/test_mockups.py",
    "tests/test_nearness.py",
    "tests/test_novelty.py",
    "tests/test_picture_fit.py",
    "tests/test_pieces.py",
    "tests/test_scoring.py",
    "tests/test_shared_features.py",
    "tests/test_words.py",
)
"""Files of quick tests. Those of their tests that need the demo are left out."""

EQUIVALENT = Path(__file__).with_name("mutants_equivalent.toml")
"""Mutants that change nothing anybody could notice, each with the reason."""

WARMED = ("index.features.concepts.vocabulary:load_vocabulary",)
"""What is read once a process and takes long, outside MODULES."""

LEAST = 0.90
SECONDS = 20.0
"""A mutant that runs this much longer than its tests do without it hangs, and counts as noticed."""

QUICK = 12
"""Tests that a mutant is shown first."""
BRIEF = 2.0
"""Tests that take longer than this are shown only what they run."""

CHOSEN = (
    *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul", "FloorDiv_Div", "Mod_Mul"),
    *("BitAnd_BitOr", "BitOr_BitAnd"),
    *("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Lt_GtE", "LtE_Gt", "Gt_LtE", "GtE_Lt"),
    *("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
    *("USub_UAdd", "Delete_USub", "Delete_Invert", "Delete_Not"),
    *("AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue"),
    *("ReplaceContinueWithBreak", "NumberReplacer", "ZeroIterationForLoop"),
)
"""cosmic-ray's operators that make slips of a pen; `a << b` of two floats is none."""
SWAPPED = (
    *(("min", "max"), ("minimum", "maximum"), ("argmin", "argmax"), ("nanmin", "nanmax")),
    *(("any", "all"), ("sum", "mean"), ("low", "high"), ("exemplar_mean", "baseline_mean")),
    *(("better", "worse"), ("early", "late"), ("before", "after"), ("in", "not in")),
)
"""Names and words that are easily taken for each other."""

_STARS = frozenset({"*", "**", "/"})
_AROUND_STARS = frozenset({"parameters", "dictorsetmaker", "lambdef", "arglist"})

ROOT = Path(__file__).parents[1]
Place = tuple[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed line of one module."""

    module: str
    row: int
    was: str
    now: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same when lines move."""
        return self.module, self.was.strip(), self.now.strip()


@dataclass(frozen=True, slots=True)
class Covered:
    """Which tests run what without any mutant.

    Attributes:
        lines: tests by module and line; under line 0 all that use the module.
        seconds: how long each test took.
        loaded: modules outside this project that the tests imported.
    """

    lines: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]
    loaded: list[str]


def main() -> int:
    """Plant, run, tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=600, help="mutants to try; 0: all")
    parser.add_argument("--seed", type=int, default=7, help="of the sample")
    parser.add_argument("--at-once", type=int, default=2, help="processes side by side")
    parser.add_argument("modules", nargs="*", help="paths; by default MODULES")
    asked = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ |= {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTEST_ADDOPTS": ""}
    chosen = tuple(asked.modules) or MODULES
    known = _equivalents()
    every = [one for module in chosen for one in plant(module)]
    stale = [key for key in known if key[0] in chosen and key not in {one.key for one in every}]
    wanted = [one for one in every if one.key not in known]
    if asked.sample and asked.sample < len(wanted):
        wanted = random.Random(asked.seed).sample(wanted, asked.sample)
    wanted.sort(key=lambda one: (one.module, one.row))
    _note(f"{len(every)} mutants, {len(every) - len(wanted)} not tried; running the tests …")
    covered = measure(chosen)
    _preload(covered.loaded)
    survivors = try_out(wanted, covered, asked.at_once)
    share = _table(chosen, wanted, survivors, every, known)
    _survivors(survivors)
    for module, was, now in stale:
        print(f"{EQUIVALENT.name}: no such mutant any more: {module}: {was} → {now}")
    return int(share < LEAST or bool(stale))


def plant(module: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    from cosmic_ray.ast import ast_nodes, get_ast

    source = Path(module).read_text("utf-8")
    lines, seen = source.splitlines(), {source}
    tree = get_ast(source)
    every = list(ast_nodes(tree))
    skipped = {id(inner) for node in every if _is_skipped(node) for inner in ast_nodes(node)}
    nodes = [node for node in every if id(node) not in skipped]
    for operator in _operators():
        for node in nodes:
            for number, (start, _) in enumerate(list(operator.mutation_positions(node))):
                with _restored(node):
                    _replace(node, operator.mutate(node, number))
                    code = tree.get_code()
                if code in seen or not _compiles(code):
                    continue
                seen.add(code)
                changed = code.splitlines()
                pairs = enumerate(zip(lines, changed, strict=False))
                row = next((n for n, (a, b) in pairs if a != b), start[0] - 1)
                yield Mutant(module, row + 1, lines[row], changed[row], code)


@contextlib.contextmanager
def _restored(node: Any) -> Iterator[None]:
    """Put a node back as it was: its place, its children, and what they hold."""
    around = node.parent.children if node.parent is not None else []
    within = getattr(node, "children", [])
    kept = list(around), list(within)
    leaves = [(one, one.value) for one in (node, *within) if hasattr(one, "value")]
    try:
        yield
    finally:
        around[:], within[:] = kept
        for leaf, value in leaves:
            leaf.value = value


def _replace(node: Any, new: Any) -> None:
    if new is not node:
        around = node.parent.children
        around[next(n for n, one in enumerate(around) if one is node)] = new


def _operators() -> list[Any]:
    from cosmic_ray.operators.operator import Operator
    from cosmic_ray.operators.provider import OperatorProvider

    provider = OperatorProvider()
    names = [name for name in provider if name in CHOSEN or name.partition("_")[2] in CHOSEN]

    class SwapNames(Operator):
        """Takes one word for another."""

        def __init__(self, one: str, other: str) -> None:
            self.one, self.other = one, other

        def mutation_positions(self, node: Any) -> Iterator[tuple[Place, Place]]:
            words = {"name", "keyword", "comp_op"}
            if node.type in words and " ".join(node.get_code().split()) == self.one:
                keyword = node.parent.type == "argument" and node.parent.children[0] is node
                if not keyword and node.parent.type not in {"param", "for_stmt", "sync_comp_for"}:
                    yield node.start_pos, node.end_pos

        def mutate(self, node: Any, index: int) -> Any:
            if node.type == "comp_op":
                from cosmic_ray.ast import get_ast

                return get_ast(f" {self.other}")
            node.value = self.other
            return node

        @classmethod
        def examples(cls) -> tuple[()]:
            return ()

    pairs = [pair for one in SWAPPED for pair in (one, one[::-1])]
    return [*(provider[name]() for name in names), *(SwapNames(*pair) for pair in pairs)]


def _is_skipped(node: Any) -> bool:
    """Annotations, decorators, imports, `strict=`, and what only a type checker runs."""
    above, kind = node.parent, node.parent.type if node.parent is not None else ""
    return bool(
        node.type in {"decorator", "import_from", "import_name", "tfpdef"}
        or (node.type == "if_stmt" and node.children[1].get_code().strip() == "TYPE_CHECKING")
        or (kind == "annassign" and node is above.children[1])
        or (kind == "funcdef" and node is above.annotation)
        or (kind == "argument" and above.children[0].get_code().strip() == "strict")
        or (node.type == "operator" and node.value in _STARS and kind in _AROUND_STARS)
    )


def _compiles(code: str) -> bool:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(code, "mutant", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def _equivalents() -> dict[tuple[str, str, str], str]:
    if not EQUIVALENT.is_file():
        return {}
    rows = tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])
    return {(one["module"], one["was"].strip(), one["now"].strip()): one["why"] for one in rows}


class _Clock:
    """Tells coverage which test runs, and how long it took.

    Attributes:
        users: by shared fixture the tests that use it: what it runs, they all run.
    """

    def __init__(self, coverage: Any = None, wanted: Sequence[str] | None = None) -> None:
        self.coverage, self.seconds = coverage, dict[str, float]()
        self.users: dict[str, set[str]] = {}
        self._within = [""]
        self.order = None if wanted is None else {one: at for at, one in enumerate(wanted)}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out what needs the demo, and what was not asked for."""
        items[:] = [one for one in items if "demo" not in one.fixturenames]
        if self.order is not None:
            items[:] = [one for one in items if one.nodeid in self.order]
            items.sort(key=lambda one: self.order[one.nodeid])
        for one in items:
            for name in one.fixturenames:
                self.users.setdefault(f"{_file(one.nodeid)} {name}", set()).add(one.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """From here on lines are run for this test."""
        self.seconds[nodeid] = time.monotonic()
        self._run_for(nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """The test has ended."""
        self.seconds[nodeid] = time.monotonic() - self.seconds[nodeid]
        self._run_for("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        """While a shared fixture is made, lines are run for every test that uses it."""
        if fixturedef.scope == "function":
            return (yield)
        self._within.append(f"{fixturedef.baseid} {fixturedef.argname}")
        self._switch()
        try:
            return (yield)
        finally:
            self._within.pop()
            self._switch()

    def tests_of(self, context: str) -> set[str]:
        """The tests for which lines were run in a context."""
        return {context} if context in self.seconds else self.users.get(context, set())

    def _run_for(self, nodeid: str) -> None:
        self._within = [nodeid]
        self._switch()

    def _switch(self) -> None:
        if self.coverage is not None:
            self.coverage.switch_context(self._within[-1])


def measure(modules: Sequence[str]) -> Covered:
    """Run all tests once, and write down which lines each runs.

    Raises:
        SystemExit: they do not pass.
    """
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        child = _fork(lambda: _measured(modules, told), Path(folder))
        _, status = os.waitpid(child, 0)
        if status or not told.is_file():
            print((Path(folder) / "said").read_text("utf-8", "replace"), file=sys.stderr)
            raise SystemExit("the tests do not pass without any mutant")
        document = json.loads(told.read_text("utf-8"))
    lines = {
        module: {int(row): tests for row, tests in rows.items()}
        for module, rows in document["lines"].items()
    }
    return Covered(lines, document["seconds"], document["loaded"])


def _measured(modules: Sequence[str], told: Path) -> int:
    import coverage

    measuring = coverage.Coverage(data_file=None, include=list(modules), config_file=False)
    clock = _Clock(measuring)
    before = set(sys.modules)
    measuring.start()
    code = pytest.main([*_options(told.parent), *TESTS], plugins=[clock])
    measuring.stop()
    data = measuring.get_data()
    lines: dict[str, dict[int, list[str]]] = {}
    for module in modules:
        rows = data.contexts_by_lineno(str(ROOT / module))
        own = {
            row: sorted({test for one in told for test in clock.tests_of(one)})
            for row, told in rows.items()
        }
        lines[module] = own | {0: sorted({test for tests in own.values() for test in tests})}
    loaded = [name for name in sys.modules if name not in before and not _is_own(name)]
    told.write_text(json.dumps({"lines": lines, "seconds": clock.seconds, "loaded": loaded}))
    return int(code)


def _is_own(name: str) -> bool:
    return name.partition(".")[0] in {Path(one).parts[0] for one in (*MODULES, *TESTS)} | {
        "conftest"
    }


def _preload(names: Sequence[str]) -> None:
    """Import what the tests will, so that every process forked from here has it."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for name, work in (one.split(":") for one in WARMED):
        getattr(importlib.import_module(name), work)()
    gc.freeze()


def try_out(mutants: Sequence[Mutant], covered: Covered, at_once: int) -> list[tuple[Mutant, str]]:
    """The mutants that no test noticed, each with how hard it was looked for."""
    waiting = [(one, tests) for one in mutants for tests in [_tests_of(one, covered)]]
    survivors = [(one, "no test runs it") for one, tests in waiting if not tests]
    queue = [(one, tests) for one, tests in waiting if tests][::-1]
    running: dict[int, tuple[Mutant, list[list[str]], float, Path]] = {}
    total, started = len(queue), time.monotonic()
    done = 0
    while queue or running:
        while queue and len(running) < at_once:
            mutant, tests = queue.pop()
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            allowed = SECONDS + 3 * sum(covered.seconds[one] for one in tests[0])
            pid = _fork(lambda m=mutant, t=tests[0], f=folder: _noticed(m, t, f), folder)  # type: ignore[misc]
            running[pid] = mutant, tests, time.monotonic() + allowed, folder
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            for child, (_, _, until, _) in running.items():
                if time.monotonic() > until:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(child, signal.SIGKILL)
            time.sleep(0.02)
            continue
        mutant, tests, _, folder = running.pop(pid)
        shutil.rmtree(folder, ignore_errors=True)
        if status == 0 and tests[1:]:
            queue.append((mutant, tests[1:]))
            continue
        done += 1
        if status == 0:
            survivors.append((mutant, "its tests pass"))
            _note(f"{mutant.module}:{mutant.row}: {mutant.now.strip()}")
        spent = time.monotonic() - started
        if done % 10 == 0 or done == total:
            _note(f"{done} of {total}, {len(survivors)} survive, {spent:.0f} s")
    return survivors


def _tests_of(mutant: Mutant, covered: Covered) -> list[list[str]]:
    """Tests in the order they are tried: a few quick ones of one file that run the mutant's line,
    the others that run it, and all others that use its module; none if nothing does."""
    rows = covered.lines[mutant.module]
    near = next((rows[row] for row in range(mutant.row, 0, -1) if row in rows), [])
    everything = rows.get(0, [])
    own = sorted(rows.get(mutant.row) or near or everything, key=covered.seconds.__getitem__)
    if not own:
        return []
    (file, _), *_ = Counter(_file(one) for one in own).most_common(1)
    quick = [one for one in own if _file(one) == file][:QUICK]
    others = [one for one in own if one not in set(quick)]
    rest = [one for one in everything if one not in set(own) and covered.seconds[one] < BRIEF]
    return [part for part in (quick, others, rest) if part]


def _file(test: str) -> str:
    return test.partition("::")[0]


def _noticed(mutant: Mutant, tests: Sequence[str], folder: Path) -> int:
    """Run tests over a mutant: 0 if all pass."""
    path = str(ROOT / mutant.module)
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(self: Any, fullname: str) -> CodeType | None:
        if str(self.path) == path:
            return compile(mutant.source, path, "exec", dont_inherit=True)
        return original(self, fullname)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    files = list(dict.fromkeys(map(_file, tests)))
    return int(pytest.main(["-x", *_options(folder), *files], plugins=[_Clock(None, tests)]))


def _options(folder: Path) -> list[str]:
    plugins = ("cacheprovider", "xdist", "schemathesis", "axe", "unraisableexception")
    return ["-q", "--basetemp", str(folder / "tmp"), *(f"-pno:{name}" for name in plugins)]


def _fork(work: Callable[[], int], folder: Path) -> int:
    """Do something in a process of its own group that says nothing here."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        with (folder / "said").open("wb") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        code = work()
    finally:
        sys.stdout.flush()
        os._exit(code if 0 <= code < 256 else 1)
    return 0


def _table(
    modules: Sequence[str],
    tried: Sequence[Mutant],
    survivors: Sequence[tuple[Mutant, str]],
    every: Sequence[Mutant],
    known: Mapping[tuple[str, str, str], str],
) -> float:
    of, left = Counter(one.module for one in tried), Counter(one.module for one, _ in survivors)
    same = Counter(one.module for one in every if one.key in known)
    width = max(map(len, modules))
    print(f"{'module':{width}}  mutants  noticed  survived  noticed  equivalent")
    for module in (*modules, ""):
        n, s = (of[module], left[module]) if module else (len(tried), len(survivors))
        share = f"{(n - s) / n:.0%}" if n else "–"
        alike = same[module] if module else sum(same.values())
        print(f"{module or 'all':{width}}  {n:7}  {n - s:7}  {s:8}  {share:>7}  {alike:10}")
    return 1 - len(survivors) / len(tried) if tried else 1.0


def _survivors(survivors: Sequence[tuple[Mutant, str]]) -> None:
    for one, why in sorted(survivors, key=lambda pair: (pair[0].module, pair[0].row)):
        print(f"\n{one.module}:{one.row}: {why}")
        diff = difflib.ndiff([one.was.strip()], [one.now.strip()])
        print("\n".join(line.rstrip() for line in diff if not re.match(r"\?", line)))


def _note(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
