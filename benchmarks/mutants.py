"""Mutation testing of what checks proofs: python benchmarks/mutants.py --count 200 --seed 0

A mutant is the source with one small fault: a comparison that is one off, a number that is one more, a `raise` left
out, two arguments swapped. Each is run against the tests that cover its file, in a process of its own that is forked
from one with the slow libraries loaded. A mutant that no test notices survives, and is a defect of the tests (or of the
code), or equivalent: no input tells it from the original. Those are told, with the reason, in `mutants.toml`, to which
the results are written.

Drawn from are the files that decide whether a proof holds (`CHECKS`), and separately those that search for one
(`--search`): a fault in a search loses proofs but makes no false one.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import io
import json
import os
import random
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "pellucid"
TABLE = Path(__file__).with_suffix(".toml")
LAWS = "conserved or densities or families or special_cases or symmetries"
CERTIFICATES = "tests/prove/test_certificates.py"
FORMAT = "tests/prove/test_format_1.py"

CHECKS: dict[str, list[list[str]]] = {
    "core/claim.py": [["tests/core/test_claim.py"]],
    "prove/proof.py": [["tests/prove/test_proof.py", CERTIFICATES, "-k", "not theorem"], ["tests/prove/networks"]],
    "prove/check.py": [
        ["tests/prove/test_check.py", CERTIFICATES, "-k", "not theorem"],
        ["tests/prove/test_digests.py"],
    ],
    "prove/saved.py": [["tests/prove/test_saved.py", "tests/prove/test_check.py", CERTIFICATES, "-k", "not theorem"]],
    "prove/manifest.py": [["tests/prove/test_manifest.py", CERTIFICATES, "-k", "not theorem"]],
    **{
        f"prove/laws/{name}.py": [["tests/prove/laws", CERTIFICATES, "-k", f"({LAWS} or laws)"], [FORMAT]]
        for name in ("conserved", "constants", "divergence", "exact_certificate", "families", "special_cases")
    },
    "prove/laws/symmetry_identity.py": [["tests/prove/laws", CERTIFICATES, "-k", "symmetries or symmetry"], [FORMAT]],
    **{
        f"prove/formulas/{name}.py": [["tests/prove/formulas", CERTIFICATES, "-k", "bound or formulas"]]
        for name in ("arb_functions", "bound_certificate", "network_bound", "same_formula", "spline_edges")
    },
    **{
        f"prove/networks/{name}.py": [["tests/prove/networks", CERTIFICATES, "-k", "network"]]
        for name in ("enclosure_certificate", "enclosure_integers")
    },
    **{
        f"prove/programs/{name}.py": [
            [f"tests/prove/programs/test_{test}.py" for test in ("certificate", *tests)],
            [CERTIFICATES, "-k", "equivalence"],
        ]
        for name, tests in {
            "certificate": ["smtlib"],
            "equivalence_certificate": ["equivalence_certificate"],
            "program_certificate": [],
            "smtlib": ["smtlib"],
            "product": ["product", "equivalence"],
            "solvers": ["solvers"],
        }.items()
    },
    **{
        f"prove/programs/{name}.py": [
            [f"tests/prove/programs/test_{test}.py" for test in ("certificate", "theorems", "dafny_text", "dafny")]
            + ["-k", "not adder_adds"]
        ]
        for name in ("dafny_run", "dafny_text", "theorems")
    },
    "prove/programs/theorem_certificate.py": [[CERTIFICATES, "-k", "theorem"]],
    "prove/programs/exhaust.py": [["tests/prove/programs/test_exhaust.py"]],
}
"""File -> the runs of tests that cover it, the quickest first."""
SEARCH: dict[str, list[list[str]]] = {
    **{
        f"prove/programs/{name}.py": [["tests/prove/programs"]]
        for name in ("candidates", "null_spaces", "reachability", "spacer", "inductive_invariant", "equivalence")
    },
    "prove/networks/enclosure.py": [["tests/prove/networks"]],
    "prove/networks/enclosure_search.py": [["tests/prove/networks"]],
}


@dataclass(frozen=True)
class Mutant:
    """One fault: the file, its place, the source line there, and what was changed."""

    file: str
    line: int
    number: int
    """Which of the file's possible faults it is."""
    text: str
    change: str

    @property
    def key(self) -> str:
        return "\t".join((self.file, self.text, self.change))


Fault = tuple[str, Callable[[Any], Any]]
FLIPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
SWAPS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "all": "any", "any": "all"}


def faults(node: ast.AST) -> Iterator[Fault]:
    """The faults that can be put in at a node: what they are called, and how the node is changed."""
    match node:
        case ast.Compare(ops=ops):
            for k, op in enumerate(ops):
                other = FLIPS[type(op)]
                words = f"{type(op).__name__} -> {other.__name__}"
                yield (words if len(ops) == 1 else f"{words} at {k}"), _flip(k, other)
        case ast.BoolOp(op=op):
            other_op = ast.Or if isinstance(op, ast.And) else ast.And
            yield f"{type(op).__name__} -> {other_op.__name__}", _set(op=other_op())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not removed", lambda _: operand
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "minus removed", lambda _: operand
        case ast.BinOp(op=op) if type(op) in SWAPS and not _is_text(node):
            yield f"{type(op).__name__} -> {SWAPS[type(op)].__name__}", _set(op=SWAPS[type(op)]())
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            yield f"{value} -> {value + 1}", _set(value=value + 1)
            yield f"{value} -> {value - 1}", _set(value=value - 1)
        case ast.Constant(value=bool(value)):
            yield f"{value} -> {not value}", _set(value=not value)
        case ast.IfExp(body=body, orelse=orelse):
            yield "branches swapped", _set(body=orelse, orelse=body)
        case ast.Raise():
            yield "raise removed", lambda _: ast.Pass()
        case ast.Continue():
            yield "continue removed", lambda _: ast.Pass()
        case ast.Break():
            yield "break removed", lambda _: ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield "call removed", lambda _: ast.Pass()
        case ast.Return(value=value) if value is not None:
            yield "returns None", _set(value=ast.Constant(None))
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield f"{name} -> {NAMES[name]}", _set(func=ast.Name(NAMES[name], ast.Load()))
        case ast.Call(args=[a, b]) if not any(isinstance(x, ast.Starred) for x in (a, b)):
            yield "arguments swapped", _set(args=[b, a])


def _flip(k: int, other: type[ast.cmpop]) -> Callable[[Any], Any]:
    def change(node: Any) -> Any:
        node.ops[k] = other()
        return node

    return change


def _set(**values: Any) -> Callable[[Any], Any]:
    def change(node: Any) -> Any:
        for name, value in values.items():
            setattr(node, name, value)
        return node

    return change


def _is_text(node: ast.BinOp) -> bool:
    """Whether an operand is plainly text, or the operator joins types."""
    sides = (node.left, node.right)
    return any(
        isinstance(s, ast.JoinedStr) or (isinstance(s, ast.Constant) and isinstance(s.value, str)) for s in sides
    )


class Walk(ast.NodeTransformer):
    """Numbers every fault of a module in order, and puts in the one that is wanted."""

    def __init__(self, wanted: int | None = None) -> None:
        self.wanted, self.found = wanted, []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        changed: ast.AST | None = None
        for words, change in faults(node):
            if len(self.found) == self.wanted:
                changed = change(copy.deepcopy(node))
            self.found.append((getattr(node, "lineno", 0), words))
        if changed is not None:
            return ast.copy_location(changed, node)
        return super().generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node  # an annotation

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        node.args.kw_defaults = [None if d is None else self.visit(d) for d in node.args.kw_defaults]
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return node
        return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node  # what is said, not what is decided

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node


def all_mutants(files: Sequence[str]) -> list[Mutant]:
    found = []
    for file in files:
        source = (SOURCE / file).read_text()
        lines, walk = source.splitlines(), Walk()
        walk.visit(ast.parse(source))
        found += [Mutant(file, line, k, lines[line - 1].strip(), words) for k, (line, words) in enumerate(walk.found)]
    return found


class Swapped(importlib.machinery.SourceFileLoader):
    """Loads a module with the fault in it."""

    wanted = 0

    def get_code(self, fullname: str) -> Any:
        tree = Walk(self.wanted).visit(ast.parse(Path(self.path).read_text()))
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


def run(mutant: Mutant, limit: float) -> str:
    """ "killed", "timeout" or "survived"."""
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(_tested(mutant))
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return "survived" if code == 0 else "killed"
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "timeout"


def _tested(mutant: Mutant) -> int:
    """Runs the tests with the mutant in place of its module: 0 where all of them pass."""
    import pytest

    name = "pellucid." + mutant.file.removesuffix(".py").replace("/", ".")

    class Finder(importlib.abc.MetaPathFinder):
        def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
            if fullname != name:
                return None
            loader = Swapped(name, str(SOURCE / mutant.file))
            loader.wanted = mutant.number
            return importlib.util.spec_from_file_location(name, SOURCE / mutant.file, loader=loader)

    sys.meta_path.insert(0, Finder())
    os.chdir(ROOT)
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", "--hypothesis-seed=0"]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        for arguments in {**CHECKS, **SEARCH}[mutant.file]:
            if pytest.main([*quiet, *arguments]) not in (0, 5):
                return 1
    return 0


def read_table() -> tuple[dict[str, str], dict[str, str]]:
    """What became of each mutant the last time, and why some are equivalent; both by key."""
    if not TABLE.exists():
        return {}, {}
    data = tomllib.loads(TABLE.read_text())
    results = {"\t".join(row[:3]): row[3] for row in data.get("mutants", [])}
    return results, {"\t".join(row[:3]): row[3] for row in data.get("reasons", [])}


def table_text(results: dict[str, str], reasons: dict[str, str], seed: int) -> str:
    """Totals by file, what became of each mutant, and the reasons why some are equivalent, as TOML."""
    verdicts = {k: "equivalent" if v == "survived" and k in reasons else v for k, v in results.items()}
    kinds = ("killed", "timeout", "equivalent", "survived")
    lines = [f"seed = {seed}", f"total = {len(results)}"]
    lines += [f"{kind} = {list(verdicts.values()).count(kind)}" for kind in kinds]
    for name, rows in (("mutants", results), ("reasons", reasons)):
        lines += ["", f"{name} = ["]
        told = ([*key.split("\t"), value] for key, value in sorted(rows.items()))
        lines += [f"  {json.dumps(row, ensure_ascii=False)}," for row in told]
        lines.append("]")
    lines += ["", "[files]  # " + ", ".join(kinds)]
    for file in sorted({key.split("\t")[0] for key in verdicts}):
        own = [verdict for key, verdict in verdicts.items() if key.startswith(f"{file}\t")]
        lines.append(f"{json.dumps(file)} = {[own.count(kind) for kind in kinds]}")
    return "\n".join(lines) + "\n"


def chosen(options: argparse.Namespace, before: dict[str, str], reasons: dict[str, str]) -> list[Mutant]:
    """A sample by the seed; or those that survived the last time, wherever their line stands now."""
    found = all_mutants([file for file in (SEARCH if options.search else CHECKS) if (SOURCE / file).exists()])
    if options.again:
        return [m for m in found if before.get(m.key) == "survived" and m.key not in reasons and options.only in m.file]
    random.Random(options.seed).shuffle(found)
    return [mutant for mutant in found[: options.count] if options.only in mutant.file]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for a mutant; one that takes more is dead")
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument("--search", action="store_true", help="of the files that search for proofs; writes no table")
    parser.add_argument("--again", action="store_true", help="only those that survived the last time")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT / "src"))
    os.environ["OMP_NUM_THREADS"] = "1"
    results, reasons = read_table()
    present = {mutant.key for mutant in all_mutants([file for file in CHECKS if (SOURCE / file).exists()])}
    results, reasons = ({key: told for key, told in row.items() if key in present} for row in (results, reasons))
    drawn = chosen(options, results, reasons)
    import cvc5, flint, hypothesis, matplotlib, pytest, scipy.stats, sympy, torch, z3  # noqa: E401, F401, I001

    fresh: dict[str, list[str]] = {}  # a line may stand in a file twice
    for number, mutant in enumerate(drawn, 1):
        start = time.monotonic()
        verdict = run(mutant, options.limit)
        seconds, place = time.monotonic() - start, f"{mutant.file}:{mutant.line}"
        print(f"{number}/{len(drawn)} {verdict:<9} {seconds:5.1f} s  {place}  {mutant.change}", flush=True)
        alike = fresh.setdefault(mutant.key, [])
        alike.append(verdict)
        results[mutant.key] = "survived" if "survived" in alike else verdict
        if not options.search:  # after each, so that an interrupted run loses nothing
            TABLE.write_text(table_text(results, reasons, options.seed))


if __name__ == "__main__":
    main()
