"""Engines that look for a formula: ours, and the peers that are installed, each on one core.

Every engine takes samples, a seed and CPU seconds, and gives formulas, the one that it would choose first. A peer is
started again until its seconds are used. Peers stop by the clock on the wall, which runs ahead of the CPU's on a busy
machine: they are told that much more, so that nothing is cut short. They get columns and targets in handy units
(`in_handy_units`). The settings are those that the authors recommend:

    operon   NSGA-II on R2 and length, population 1,000, length <= 50, depth <= 10, one Levenberg-Marquardt step an
             individual; the front's member of the shortest description first, which takes the noise to be 2 % of the
             target's deviation, since it must be told one (Burlacu et al., GECCO 2020)
    gplearn  1,000 trees, generation after generation, automatic parsimony
    eggp     100 generations of 100, at most 30 nodes; the most accurate first, as its own `predict` chooses: its
             descriptions take the noise to be 1 in the target's unit (de Franca & Kronberger 2025)
    bingo    age-fitness, population 500, at most 32 commands, Levenberg-Marquardt (bingo-nasa)

`pip install pyoperon gplearn eggp bingo-nasa`. PhySO (1.1.11) is left out: at its authors' config1 the first two epochs
took 285 CPU seconds for 60 rows of two columns, and a peer has ten or so.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import re
import resource
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.evolution.operon import from_nodes
from pellucid.jobs.formula import open_formula
from pellucid.subjects.tables.samples import Samples

Engine = Callable[[Samples, int, float], list[sympy.Expr]]
PEERS = {"operon": "pyoperon", "gplearn": "gplearn", "eggp": "eggp", "bingo": "bingo"}
"""The package that each peer needs."""
MEMBERS = 12
"""How many members of a peer's fronts are looked at, the best first."""


def by_pellucid(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
    """The default route's one answer; within `seconds` where any are given."""
    finding = open_formula(samples, seed=seed, budget_seconds=seconds or None)
    if any(claim.key == "interrupted" for claim in finding.claims):
        raise KeyboardInterrupt  # what Ctrl-C cut short is no answer to be kept
    return [finding.artifact.sympy()]


def by_operon(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
    """The fronts of Operon, by description length."""
    from pyoperon.sklearn import SymbolicRegressor

    functions = ("add", "sub", "mul", "div", "square", "sqrt", "exp", "log", "sin", "cos", "tanh", "asin", "acos")
    symbols = sympy.symbols(list(samples.names), real=True)
    found: list[tuple[float, sympy.Expr]] = []

    def run(number: int, left: int) -> None:
        engine = SymbolicRegressor(
            allowed_symbols=",".join((*functions, "constant", "variable")),
            objectives=["r2", "length"],
            optimizer_iterations=1,
            max_length=50,
            max_depth=10,
            population_size=1000,
            generations=10**6,
            max_evaluations=10**6,
            uncertainty=[0.02 * float(np.std(samples.y)) or 1.0],
            max_time=left,
            n_threads=1,
            random_state=seed + number,
        )
        engine.fit(np.array(samples.X), np.array(samples.y))  # the engine refuses read-only arrays
        by_hash = dict(zip(engine.variables_, symbols, strict=True))
        for member in engine.pareto_front_:
            expression = from_nodes(member["tree"].Nodes, by_hash)
            if expression is not None:
                found.append((member["minimum_description_length"], expression))

    _again(run, seconds)
    return _unique(found)


def by_gplearn(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
    """The last generation of gplearn with 1,000 trees, the shortest of equally good ones first."""
    from gplearn.functions import make_function  # pyright: ignore[reportMissingImports]
    from gplearn.genetic import SymbolicRegressor  # pyright: ignore[reportMissingImports]

    exponential = make_function(function=_bounded_exponential, name="exp", arity=1)
    names = ("add", "sub", "mul", "div", "sqrt", "log", "sin", "cos")
    engine = SymbolicRegressor(
        population_size=1000,
        generations=1,
        function_set=(*names, exponential),
        metric="rmse",
        parsimony_coefficient="auto",
        warm_start=True,
        random_state=seed,
    )

    def run(number: int, left: int) -> None:
        engine.set_params(generations=number + 1)
        engine.fit(samples.X, samples.y)

    _again(run, seconds)
    last = sorted(engine._programs[-1], key=lambda tree: (tree.raw_fitness_, tree.length_))
    symbols = sympy.symbols(list(samples.names), real=True)
    found: dict[sympy.Expr, None] = {}  # the best are often one tree many times
    for tree in last:
        if len(found) < 4 * MEMBERS:
            found[from_prefix(iter(tree.program), symbols)] = None
    return list(found)


def by_eggp(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
    """The fronts of eggp, by accuracy; it takes no seed."""
    os.environ.setdefault("GHCRTS", "-N1")  # it is asked before the package is loaded, and would be -N4
    from eggp import EGGP  # pyright: ignore[reportMissingImports]

    functions = "add,sub,mul,div,power,sqrt,exp,log,sin,cos"
    found: list[tuple[float, sympy.Expr]] = []

    def run(number: int, left: int) -> None:
        engine = EGGP(gen=100, nPop=100, maxSize=30, nonterminals=functions, loss="MSE", max_time=left)
        engine.fit(samples.X, samples.y)
        for text, loss in zip(engine.results["Expression"], engine.results["loss_train"], strict=True):
            expression = _read(text.lower().replace("^", "**"), r"\bx(\d+)\b", samples)
            if expression is not None:
                found.append((float(loss), expression))

    _again(run, seconds)
    return _unique(found)


def by_bingo(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
    """The best of bingo's hall of fame."""
    from bingo.symbolic_regression.symbolic_regressor import SymbolicRegressor  # pyright: ignore[reportMissingImports]

    found: list[tuple[float, sympy.Expr]] = []

    def run(number: int, left: int) -> None:
        engine = SymbolicRegressor(
            population_size=500,
            stack_size=32,
            operators=["+", "-", "*", "/", "exp", "log", "sin", "cos", "sqrt"],
            use_simplification=True,
            max_time=left,
            random_state=seed + number,
        )
        with _environment("OMP_NUM_THREADS", "0"):  # any other number starts processes whose seconds nobody counts
            engine.fit(samples.X, samples.y)
        for equation in [engine.best_ind, *engine.best_pop]:
            text = str(equation).replace(")(", ")*(").replace("^", "**")
            expression = _read(text, r"\bX_(\d+)\b", samples)
            if expression is not None:
                found.append((equation.fitness + 1e-9 * equation.complexity, expression))

    _again(run, seconds)
    return _unique(found)


def in_handy_units(engine: Engine) -> Engine:
    """The engine on columns and a target whose size is about 1, where it is below 1e-3 or above 1e3; its formulas are
    written back. Anyone would choose such units: one of the peers computes in single precision, where squares of 1e-20
    are 0. Powers of ten, as exact numbers, so that no constant gets longer by it.
    """

    def run(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
        powers = [_power_of_ten(column) for column in (*samples.X.T, samples.y)]
        if not any(powers):
            return engine(samples, seed, seconds)
        sizes = 10.0 ** np.array(powers)
        handy = replace(samples, X=samples.X / sizes[:-1], y=samples.y / sizes[-1])
        symbols = sympy.symbols(list(samples.names), real=True)
        ten = sympy.Integer(10)
        back = {symbol: symbol * ten**-power for symbol, power in zip(symbols, powers[:-1], strict=True)}
        return [formula.xreplace(back) * ten ** powers[-1] for formula in engine(handy, seed, seconds)]

    return run


def that_ends(engine: Engine, most: float = 6.0) -> Engine:
    """The engine in a process of its own, which the system ends at `most` times its CPU seconds: one of the peers looks
    at the clock only between generations, and has been seen to take minutes for one. What it had by then is lost.
    """

    def run(samples: Samples, seed: int, seconds: float) -> list[sympy.Expr]:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        limit = math.ceil(most * max(seconds, 1.0))
        child = context.Process(target=_answer, args=(theirs, engine, samples, seed, seconds, limit))
        child.start()
        theirs.close()
        try:
            answer = ours.recv()
        except EOFError:
            answer = ValueError(f"ended after {limit} CPU seconds, or crashed")
        finally:
            child.join()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return run


def _answer(pipe: Connection, engine: Engine, samples: Samples, seed: int, seconds: float, limit: int) -> None:
    """Runs in the process of `that_ends`: the answer, or what was raised, goes through the pipe."""
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    try:
        answer: Any = engine(samples, seed, seconds)
    except Exception as error:
        answer = error if isinstance(error, ValueError) else RuntimeError(f"{type(error).__name__}: {error}")
    pipe.send(answer)


def _power_of_ten(values: np.ndarray, most: float = 1e3) -> int:
    """The power of ten next to the size of the values, 0 where they are of no unusual size."""
    size = float(np.abs(values).max())
    size *= float(np.sqrt(np.mean((values / size) ** 2))) if size else 0.0
    return 0 if not size or 1 / most <= size <= most else round(math.log10(size))


ENGINES: dict[str, Engine] = {
    "pellucid": by_pellucid,
    "operon": that_ends(in_handy_units(by_operon)),
    "gplearn": that_ends(in_handy_units(by_gplearn)),
    "eggp": that_ends(in_handy_units(by_eggp)),
    "bingo": that_ends(in_handy_units(by_bingo)),
}


def _again(run: Callable[[int, int], None], seconds: float) -> None:
    """`run(number, whole seconds left on the wall)` again and again, until the CPU seconds are used."""
    began, number = time.process_time(), 0
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        while not number or time.process_time() - began < seconds:
            left = seconds - (time.process_time() - began)
            run(number, max(1, math.ceil(left * _wall_for_each_cpu_second())))
            number += 1


def _wall_for_each_cpu_second(probe: float = 0.05, most: float = 4.0) -> float:
    """How many seconds pass on the wall while this process gets one of CPU time: 1 where the machine is idle."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < probe:
        sum(range(1_000))
    return min(max((time.perf_counter() - wall) / (time.process_time() - cpu), 1.0), most)


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def _unique(found: Iterable[tuple[float, sympy.Expr]]) -> list[sympy.Expr]:
    """Formulas by their scores, the lowest first, nan last."""
    ordered = sorted(found, key=lambda pair: pair[0] if math.isfinite(pair[0]) else math.inf)
    return list(dict.fromkeys(expression for _, expression in ordered))


def _read(text: str, pattern: str, samples: Samples) -> sympy.Expr | None:
    """A formula as an engine writes it, its columns numbered in `pattern`; None where it is not understood."""
    numbered = [f"column_{number}" for number in range(samples.features)]
    try:
        expression: Any = parse(re.sub(pattern, r"column_\1", text), numbered)
    except ValueError:
        return None
    names = dict(zip(numbered, samples.names, strict=True))
    symbols = {symbol: sympy.Symbol(names[symbol.name], real=True) for symbol in expression.free_symbols}
    return expression.xreplace(symbols)


def _bounded_exponential(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.where(np.abs(x) < 100, np.exp(x), 0.0)


_GPLEARN: dict[str, Callable[..., sympy.Expr]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b if b != 0 else sympy.Integer(1),
    "sqrt": lambda a: sympy.sqrt(sympy.Abs(a)),
    "log": lambda a: sympy.log(sympy.Abs(a)) if a != 0 else sympy.Integer(0),
    "sin": sympy.sin,
    "cos": sympy.cos,
    "exp": sympy.exp,
}


def from_prefix(program: Iterable[Any], symbols: list[sympy.Symbol]) -> sympy.Expr:
    """gplearn's flat prefix list of functions, column numbers and constants."""
    node = next(program)  # type: ignore[call-overload]
    if isinstance(node, (int, np.integer)):
        return symbols[int(node)]
    if isinstance(node, (float, np.floating)):
        return sympy.Float(float(node))
    return _GPLEARN[node.name](*(from_prefix(program, symbols) for _ in range(node.arity)))


def is_usable(expression: sympy.Expr) -> bool:
    """Whether a peer's formula is real, of some column, and short enough to be judged."""
    bad = (sympy.zoo, sympy.nan, sympy.oo, sympy.I)
    return bool(expression.free_symbols) and not expression.has(*bad) and sympy.count_ops(expression) < 200
