"""Running functions of a Python file that was read whole, on small inputs, against what they say of themselves."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from .contracts import Clause
from .kinds import BOOL, INT, LISTS
from .module import Function

Inputs = dict[str, Any]


class OutOfSteps(Exception):
    """A run that takes too long: nothing is known of it."""


@dataclass(frozen=True)
class Running:
    """How much is run of one function."""

    runs: int = 400
    """Inputs that meet the contract: small ones, among which a function that is wrong fails nearly always."""
    draws: int = 8_000
    """Inputs that are drawn for them at most: where a contract is narrow few meet it."""
    steps: int = 20_000
    """Passes of loops and calls in one run; a power of work on numbers below 20 stays far below."""
    depth: int = 200
    """Calls within calls in one run."""
    names: ClassVar[Mapping[str, Any]] = {
        name: value
        for name, value in vars(__import__("builtins")).items()
        if name in ("len", "range", "abs", "min", "max", "sum", "all", "any", "list", "enumerate", "sorted")
        or (isinstance(value, type) and issubclass(value, Exception))
        or name in ("int", "bool", "tuple")
    }


RUNNING = Running()


class Runs:
    """The functions of a file, to be called; only for files that were read whole, so that they do nothing else.

    >>> from pellucid.subjects.python.module import read_functions
    >>> functions = read_functions("def f(n: int) -> int:\\n  # ensures: result > n\\n  return n * n")
    >>> Runs(functions).failure(functions[0], {"n": 1})
    'f(1) returns 1: result > n is false'
    """

    def __init__(self, functions: list[Function]) -> None:
        self.steps = self.depth = 0
        self.scope: dict[str, Any] = {"__builtins__": dict(RUNNING.names), "step_": self._step, "leave_": self._leave}
        self.scope |= {name: getattr(__import__("typing"), name) for name in ("List", "Tuple")}
        tree = ast.Module([_counted(function.definition) for function in functions], [])
        exec(compile(ast.fix_missing_locations(tree), "<functions>", "exec"), self.scope)
        self._conditions: dict[int, Callable[..., Any]] = {}

    def _step(self, called: int) -> None:
        self.steps += 1
        self.depth += called
        if self.steps > RUNNING.steps or self.depth > RUNNING.depth:
            raise OutOfSteps

    def _leave(self) -> None:
        self.depth -= 1

    def call(self, function: Function, inputs: Inputs) -> Any:
        """What the function returns; lists among `inputs` are changed by it. Raises what it raises, and OutOfSteps."""
        self.steps = self.depth = 0
        return self.scope[function.name](*inputs.values())

    def allows(self, function: Function, inputs: Inputs) -> bool:
        """Whether inputs meet what the function requires."""
        try:
            return all(self._said(clause, function, inputs, inputs, None) for clause in function.said("requires"))
        except Exception:
            return False

    def failure(self, function: Function, inputs: Inputs) -> str:
        """How the function fails on inputs that it allows, in words; empty where it does not, or takes too long."""
        given = copy.deepcopy(inputs)
        call = f"{function.name}({', '.join(map(repr, given.values()))})"
        try:
            result = self.call(function, inputs)
        except (OutOfSteps, RecursionError, MemoryError):
            return ""
        except Exception as error:
            return f"{call} raises {type(error).__name__}{f' ({error})' if str(error) else ''}"
        for clause in function.said("ensures"):
            try:
                holds = self._said(clause, function, inputs, given, result)
            except (OutOfSteps, RecursionError):
                continue
            except Exception as error:
                return f"{call} returns {result!r}: {clause.text} raises {type(error).__name__}"
            if not holds:
                changed = "".join(f" and leaves {n} = {inputs[n]!r}" for n in inputs if inputs[n] != given[n])
                return f"{call} returns {result!r}{changed}: {clause.text} is false"
        return ""

    def _said(self, clause: Clause, function: Function, inputs: Inputs, given: Inputs, result: Any) -> bool:
        """The truth of a clause; `given` are the inputs as they were, which `old` reads."""
        names = [*inputs, *(f"old_{name}_" for name in given), "result"]
        if id(clause) not in self._conditions:
            body = _Before(set(given)).visit(copy.deepcopy(clause.said))
            arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
            tree = ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, body)))
            self._conditions[id(clause)] = eval(compile(tree, "<clause>", "eval"), self.scope)
        self.steps = self.depth = 0
        return bool(self._conditions[id(clause)](*inputs.values(), *given.values(), result))


class _Before(ast.NodeTransformer):
    """old(e): e of what was given."""

    def __init__(self, names: set[str]) -> None:
        self.names, self.inside = names, False

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if not (isinstance(node.func, ast.Name) and node.func.id == "old" and len(node.args) == 1):
            return self.generic_visit(node)
        before, self.inside = self.inside, True
        inner = self.visit(node.args[0])
        self.inside = before
        return inner

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(f"old_{node.id}_", ast.Load()) if self.inside and node.id in self.names else node


def _counted(definition: ast.FunctionDef) -> ast.FunctionDef:
    """The function with its calls and the passes of its loops counted."""
    made = copy.deepcopy(definition)
    for node in ast.walk(made):
        if isinstance(node, ast.While | ast.For):
            node.body.insert(0, ast.parse("step_(0)").body[0])
    body = [*ast.parse("step_(1)").body, ast.Try(made.body, [], [], ast.parse("leave_()").body)]
    made.body = body
    return made


def inputs_of(function: Function, random: Random) -> Inputs:
    """Small arguments: numbers near 0, short lists with repetitions, in order now and then."""
    low, length, ordered = random.choice((-4, -4, 0)), random.randint(0, 6), random.random() < 0.4
    return {name: _value(kind, random, low, length, ordered) for name, kind in function.inputs.items()}


def _value(kind: str, random: Random, low: int, length: int, ordered: bool) -> Any:
    if kind == BOOL:
        return random.random() < 0.5
    if kind == INT:
        return random.choice((random.randint(low, 4), random.randint(low, 15)))
    count = length if random.random() < 0.7 else random.randint(0, 6)
    items = [_value(LISTS[kind], random, low, length, ordered) for _ in range(count)]
    return sorted(items) if ordered and kind == "list[int]" else items


def failures(functions: list[Function], seed: int) -> Iterator[tuple[Function, int, str]]:
    """Of each function: how many inputs were run, and how the first failed that did; empty where none did."""
    runs = Runs(functions)
    for function in functions:
        random, count, said = Random(f"{seed}/{function.name}"), 0, ""
        for _ in range(RUNNING.draws):
            inputs = inputs_of(function, random)
            if not runs.allows(function, inputs):
                continue
            count += 1
            said = runs.failure(function, inputs)
            if said or count == RUNNING.runs:
                break
        yield function, count, said
