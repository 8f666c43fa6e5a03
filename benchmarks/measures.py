"""How the house stands: python benchmarks/measures.py (or `make measures`)

Prints each measure of the inside beside its goal. Most are read from the source; two are measured by running
something, and say what. Nothing is written. Takes about a minute of CPU time.

- Files that adding takes: the files of the toys in tests/contract/toys, which tests/contract/test_adding.py puts into a
  copy of the house in which nothing else is changed, and runs.
- Tables of kinds beside the registries: dictionaries, tuples, lists and sets outside of functions that name three or
  more kinds of artifact. Each would be one more file to change.
- Branches of a function: 1, and 1 for each if, for, while, except, assert, comprehension and its conditions, case, and
  further operand of and/or.
- Public: neither the function nor its class has a leading underscore, and it stands in no other function. It has arrays
  where an annotation names a tensor or an array; it gives shapes where an annotation is of jaxtyping, or the docstring
  says "(rows, features)" or the like outside of examples, or "shape".
- Visits and climbs: `open_formula` is run on a small table with `sys.setprofile`. A visit is a call into
  jobs/formula.py from another file of the house; a climb a pair of functions of which the lower one, by the floors in
  pyproject.toml, calls the higher one. Calls through an interface (a method that a class on the lower floor declares,
  such as `Method._find`) are no climbs, as the lower file knows nothing of the higher one; how many there are is shown.
- Start: CPU seconds after `import torch`, median of five new processes: of a door, and of a method behind it.
- Mutants that survive: as benchmarks/mutants.py wrote them into mutants.toml; those that are equivalent, each with its
  reason there, are no survivors.
- A test mirrors a source file where tests/<room>/<sub-room>/test_<file>.py exists. Files with no function or method of
  more than one branch hold no logic.
"""

from __future__ import annotations

import ast
import re
import runpy
import statistics
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]+")
ARRAY = re.compile(r"\b(Tensor|NDArray|ndarray|ArrayLike|Arrays?)\b")
JAXTYPING = re.compile(r"\b(Float|Int|Integer|Bool|Shaped|Complex|Num|UInt8|Real|Inexact)(32|64)?\[")
SIZE = r"([a-z_0-9]+|[A-Z])( ?[*+/-] ?\w+)?"
SHAPE = re.compile(rf"\bshapes?\b|(?<![\w.])\({SIZE}(, ?{SIZE})+\)|(?<![\w.])\({SIZE},\)")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Row:
    """One measure, its goal, and whether it is met."""

    what: str
    now: str
    goal: str
    met: bool


def at_most(what: str, now: float, goal: float, unit: str = "", told: str = "") -> Row:
    """A row of what should be small.

    >>> at_most("circles", 1, 0).met
    False
    """
    return Row(what, told or f"{now:g}{unit}", f"<= {goal:g}{unit}" if goal else "0", now <= goal)


def at_least(what: str, now: float, goal: float, unit: str = "", told: str = "") -> Row:
    """A row of what should be large."""
    return Row(what, told or f"{now:g}{unit}", f">= {goal:g}{unit}", now >= goal)


@dataclass(frozen=True)
class Source:
    """One file of the package."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed."""
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> list[tuple[Function, bool]]:
        """Every function, and whether it is public."""
        return list(_functions(self.tree, shown=True))

    @cached_property
    def shaped_names(self) -> re.Pattern[str]:
        """Names in this file that stand for an annotation with a shape."""
        named = [n for n in self.tree.body if isinstance(n, ast.Assign) and JAXTYPING.search(ast.unparse(n.value))]
        names = [target.id for n in named for target in n.targets if isinstance(target, ast.Name)]
        return re.compile(rf"\b({'|'.join(names)})\b" if names else r"(?!)")


def _functions(node: ast.AST, shown: bool) -> Iterator[tuple[Function, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _functions(child, shown and not child.name.startswith("_"))
        elif isinstance(child, Function):
            yield child, shown and not child.name.startswith("_")
            yield from _functions(child, shown=False)
        else:
            yield from _functions(child, shown)


def sources(folder: Path) -> list[Source]:
    """Every file of Python below `folder`."""
    return [Source(path, path.read_text()) for path in sorted(folder.rglob("*.py"))]


def branches(function: ast.AST) -> int:
    """How many ways there are through a function, by the count of the module's docstring.

    >>> branches(ast.parse("def f(x):\\n    if x and x > 1:\\n        return [y for y in x if y]"))
    5
    """
    single = ast.If | ast.For | ast.While | ast.IfExp | ast.ExceptHandler | ast.Assert | ast.AsyncFor | ast.match_case
    count = 1
    for node in ast.walk(function):
        if isinstance(node, single):
            count += 1
        elif isinstance(node, ast.comprehension):
            count += 1 + len(node.ifs)
        elif isinstance(node, ast.BoolOp):
            count += len(node.values) - 1
    return count


def signature(function: Function) -> str:
    """The annotated arguments and the result, as text."""
    return ast.unparse(function.args) + (f" -> {ast.unparse(function.returns)}" if function.returns else "")


def takes_arrays(source: Source, function: Function) -> bool:
    """Whether an annotation names an array."""
    text = signature(function)
    return bool(ARRAY.search(text) or JAXTYPING.search(text) or source.shaped_names.search(text))


def gives_shapes(source: Source, function: Function) -> bool:
    """Whether the signature or the docstring says what shape arrays have.

    >>> one = Source(Path("a.py"), "def f(x: Array):\\n    '''The mean of x (rows, features).'''")
    >>> other = Source(Path("a.py"), "def f(x: Array):\\n    '''The mean.\\n\\n    >>> f((1, 2))\\n    '''")
    >>> [gives_shapes(source, source.functions[0][0]) for source in (one, other)]
    [True, False]
    """
    text = signature(function)
    prose = (ast.get_docstring(function) or "").partition(">>>")[0]
    return bool(JAXTYPING.search(text) or source.shaped_names.search(text) or SHAPE.search(prose))


def adding(root: Path = ROOT) -> Iterator[Row]:
    """What the toys take."""
    kinds = {"finder": ("files to add a finder with its artifact and proof", 7), "dictionary_type": ("type", 3)}
    for toy, (what, goal) in kinds.items():
        folder = root / "tests/contract/toys" / toy
        files = [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
        yield at_most(what if toy == "finder" else "files to add a type of dictionary", len(files), goal)


def registries(package: list[Source]) -> Iterator[Row]:
    """How many registries there are, and what there is beside them."""
    calls = [n for s in package for n in ast.walk(s.tree) if isinstance(n, ast.Call)]
    named = [ast.unparse(n.args[0]) for n in calls if n.args and "Registry" in ast.unparse(n.func)]
    cases = [
        f.name for s in package for f, _ in s.functions if any("by_type(" in ast.unparse(d) for d in f.decorator_list)
    ]
    most = max(Counter([*named, *cases]).values())
    yield at_most("registries a concern", most, 1, told=f"{most} ({len(named) + len(cases)} concerns)")
    found = list(tables_of_kinds(package))
    yield at_most("tables of artifact kinds beside them", len(found), 0, told=", ".join(found) or "0")


def tables_of_kinds(package: list[Source]) -> Iterator[str]:
    """Where three or more kinds of artifact stand together, outside of functions."""
    kinds = {
        ast.literal_eval(n.value)
        for s in package
        for n in ast.walk(s.tree)
        if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "kind" and isinstance(n.value, ast.Constant)
        if "artifacts" in s.path.parts
    }
    for source in package:
        for node in _outside_functions(source.tree):
            entries: list[Any] = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
            if sum(isinstance(e, ast.Constant) and e.value in kinds for e in entries) >= 3:
                yield f"{source.path.name}:{node.lineno}"  # type: ignore[attr-defined]


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function):
            yield child
            yield from _outside_functions(child)


def text_measures(package: list[Source]) -> Iterator[Row]:
    """Constants, branches, docstrings, folders."""
    lines = sum(source.text.count("\n") for source in package)
    constants = sum(map(_constants, package))
    yield at_most("module constants a thousand lines", round(1000 * constants / lines, 1), 3)
    counts = [branches(function) for source in package for function, _ in source.functions]
    yield at_most("functions over 10 branches", round(100 * sum(c > 10 for c in counts) / len(counts), 1), 2, " %")
    yield at_most("the most branches", max(counts), 20)
    public = [(s, f) for s in package for f, shown in s.functions if shown]
    arrays = [pair for pair in public if takes_arrays(*pair)]
    shapes = round(100 * sum(gives_shapes(*pair) for pair in arrays) / len(arrays))
    every = round(100 * sum(gives_shapes(*pair) for pair in public) / len(public))
    told = f"{shapes} % of {len(arrays)} ({every} % of all {len(public)})"
    yield at_least("public functions with arrays that give shapes", shapes, 60, " %", told)
    tried = round(100 * sum(">>>" in (ast.get_docstring(f) or "") for _, f in public) / len(public))
    yield at_least("public functions with a doctest", tried, 25, " %")
    folders = Counter(source.path.parent for source in package if source.path.name != "__init__.py")
    folder, most = folders.most_common(1)[0]
    yield at_most("files of the largest flat folder", most, 20, told=f"{most} ({folder.name})")
    longest = max((s for s in package if s.path.parent.name == "jobs"), key=lambda s: s.text.count("\n"))
    size = longest.text.count("\n")
    yield at_most("lines of the longest job", size, 150, told=f"{size} ({longest.path.name})")


def _constants(source: Source) -> int:
    """How many names of a module are in capitals."""
    targets = [t for n in source.tree.body if isinstance(n, ast.Assign) for t in n.targets]
    targets += [n.target for n in source.tree.body if isinstance(n, ast.AnnAssign)]
    return sum(isinstance(t, ast.Name) and CONSTANT.fullmatch(t.id) is not None for t in targets)


def circles() -> Row:
    """Files that import each other, by the finder of tests/test_house.py."""
    house = runpy.run_path(str(ROOT / "tests/test_house.py"))
    imported = {name: house["_imported"](name, path) - {name} for name, path in house["_modules"]().items()}
    reached = {name: _reached(name, imported) for name in imported}
    within = {frozenset({a} | {b for b in reached[a] if a in reached[b]}) for a in imported if a in reached[a]}
    return at_most("circles of files", len(within), 0)


def _reached(start: str, arrows: dict[str, set[str]]) -> set[str]:
    """All that can be reached from `start`."""
    found: set[str] = set()
    ahead = list(arrows[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(arrows.get(name, ()))
    return found


def way_of_a_table() -> Iterator[Row]:
    """What is called in which file while a table becomes a formula."""
    import numpy as np

    from pellucid.jobs.formula import open_formula
    from pellucid.subjects.tables.samples import Samples

    X = np.random.default_rng(0).uniform(1, 3, (200, 2))
    samples = Samples(X, 2 * X[:, 0] * X[:, 1] ** 2, ("m", "v"), "E")
    with Calls(ROOT / "src/pellucid") as calls:
        open_formula(samples)
    visits = sum(n for (a, b), n in calls.counted.items() if b[0] == "jobs/formula.py" != a[0])
    floors, declared = floors_of(ROOT / "pyproject.toml"), {"core": _declared("core"), "run": _declared("run")}
    upward = [pair for pair in calls.counted if _climbs(pair, floors)]
    climbs = [(a, b) for a, b in upward if b[1] not in declared.get(a[0].split("/")[0], ())]
    yield at_most("visits of a table to jobs/formula.py", visits, 2)
    names = "".join(f"; {a[0]}:{a[1]} calls {b[0]}:{b[1]}" for a, b in climbs)
    told = f"{len(climbs)}, and {len(upward) - len(climbs)} through interfaces{names}"
    yield at_most("climbs on its way", len(climbs), 3, told=told)


def _declared(room: str) -> set[str]:
    """The methods that classes of a room declare."""
    classes = (
        n for s in sources(ROOT / "src/pellucid" / room) for n in ast.walk(s.tree) if isinstance(n, ast.ClassDef)
    )
    return {function.name for kind in classes for function in kind.body if isinstance(function, Function)}


Place = tuple[str, str]


class Calls:
    """Counts the calls from one file below `root` to another: ((file, function), (file, function)) -> number.

    Files outside of `root` are passed through: what they call was called by the last file before them.
    """

    def __init__(self, root: Path) -> None:
        self.prefix = f"{root}/"
        self.counted: Counter[tuple[Place, Place]] = Counter()

    def __enter__(self) -> Calls:
        sys.setprofile(self._seen)
        return self

    def __exit__(self, *raised: object) -> None:
        sys.setprofile(None)

    def _place(self, frame: Any) -> Place | None:
        path = frame.f_code.co_filename
        return (path.removeprefix(self.prefix), frame.f_code.co_name) if path.startswith(self.prefix) else None

    def _seen(self, frame: Any, event: str, argument: Any) -> None:
        if event != "call" or (here := self._place(frame)) is None or here[1] == "<module>":
            return
        before, caller = frame.f_back, None
        while before is not None and caller is None:
            caller, before = self._place(before), before.f_back
        start = caller or ("", "")
        if start[0] != here[0]:
            self.counted[start, here] += 1


def floors_of(settings: Path) -> dict[str, int]:
    """The floor of each room, 0 for the highest, as import-linter keeps them."""
    contracts = tomllib.loads(settings.read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["containers"] == ["pellucid"])
    return {room: height for height, layer in enumerate(layers) for room in layer.split(" | ")}


def _climbs(pair: tuple[Place, Place], floors: dict[str, int]) -> bool:
    (start, _), (end, _) = pair
    low, high = (floors.get(path.split("/")[0].removesuffix(".py")) for path in (start, end))
    return low is not None and high is not None and high < low


def start(runs: int = 5) -> Iterator[Row]:
    """Median CPU seconds that a door, and a method behind it, add to torch."""
    for line in ("from pellucid import look", "from pellucid.look import TopKSAE"):
        program = f"import time, torch; s = time.process_time(); {line}; print(time.process_time() - s)"
        command = [sys.executable, "-c", program]
        times = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(runs)]
        yield at_most(f"CPU seconds of `{line}` over torch", round(statistics.median(times), 2), 0.5)


def measures_of_tests(root: Path, package: list[Source]) -> Iterator[Row]:
    """Mutants, properties, mirrors."""
    mutants = tomllib.loads((root / "benchmarks/mutants.toml").read_text())
    told = f"{mutants['survived']} of {mutants['total']} ({mutants['equivalent']} equivalent)"
    yield at_most("mutants of what checks proofs that survive", mutants["survived"], 0, told=told)
    yield at_least("mutants tried", mutants["total"], 200)
    tests = sources(root / "tests")
    decorators = (d for s in tests for f, _ in s.functions for d in f.decorator_list)
    yield at_least(
        "property tests", sum(ast.unparse(d).startswith(("given(", "hypothesis.given(")) for d in decorators), 25
    )
    logic = [s.path for s in package if s.path.name != "__init__.py" and _holds_logic(s)]
    mirrored = sum(mirror_of(path, root).exists() for path in logic)
    share = round(100 * mirrored / len(logic))
    yield at_least(
        "files with logic whose test mirrors them", share, 50, " %", f"{share} % ({mirrored} of {len(logic)})"
    )


def _holds_logic(source: Source) -> bool:
    return any(branches(function) > 1 for function, _ in source.functions)


def mirror_of(path: Path, root: Path) -> Path:
    """The test file that a source file should have.

    >>> mirror_of(Path("/p/src/pellucid/core/claim.py"), Path("/p")).as_posix()
    '/p/tests/core/test_claim.py'
    """
    inside = path.relative_to(root / "src/pellucid")
    return root / "tests" / inside.with_name(f"test_{inside.name}")


def table(rows: Iterable[Row]) -> str:
    """The rows below each other; what misses its goal is marked.

    >>> print(table([at_most("circles", 0, 0), at_least("property tests", 4, 25)]))
    measure         goal   now
    circles         0      0
    property tests  >= 25  4  (missed)
    """
    rows = list(rows)
    width, goals = max(len(row.what) for row in rows), max(len(row.goal) for row in rows)
    lines = [f"{'measure':{width}}  {'goal':{goals}}  now"]
    lines += [f"{r.what:{width}}  {r.goal:{goals}}  {r.now}{'' if r.met else '  (missed)'}" for r in rows]
    return "\n".join(lines)


def all_measures() -> Iterator[Row]:
    """Every measure, in the order of the docstring."""
    package = sources(ROOT / "src/pellucid")
    parts: list[Callable[[], Iterator[Row]]] = [
        adding,
        lambda: registries(package),
        lambda: text_measures(package),
        lambda: iter([circles()]),
        way_of_a_table,
        start,
        lambda: measures_of_tests(ROOT, package),
    ]
    for part in parts:
        yield from part()


if __name__ == "__main__":
    print(table(all_measures()))
