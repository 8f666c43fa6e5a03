"""Modules: of which parts a function is put together, from the relations that a surrogate of it shows (tree, KAN 2.0).

arXiv 2408.10205, section 4.2 and the tree of section 4.3. Features that enter only together, f = A(h, others) with h an
expression of theirs, become one, again and again; then the parts of a sum or of a product, f = A + B, are taken apart.
The measurements are those of `symmetry`, the smaller tables those of `recursion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray

from ....subjects.tables.samples import Samples
from ..evolution.recursion import join, share_of
from ..evolution.surrogate import Surrogate, fit_surrogate
from ..evolution.symmetry import Separation, invariants, measure, separations

Kind = Literal["function", "sum", "product", "square", "inverse"]


@dataclass(frozen=True)
class Module:
    """A function of `arguments`, which are expressions in the features, and of which `parts` it is put together.

    `kind`: "function", of no parts that were found; "sum" or "product" of the parts; "square" where the function's
    square is their sum, "inverse" where 1 / the function is. `score`: how far the relation behind it is from holding,
    in units of what the surrogate leaves open, so at most 1; 0 for a function.
    """

    kind: Kind
    arguments: tuple[str, ...]
    parts: tuple[Module, ...] = ()
    score: float = 0.0


def find_modules(
    subject: Samples | Callable[[NDArray[np.float64]], ArrayLike],
    box: Sequence[tuple[float, float]] = (),
    names: Sequence[str] = (),
    seed: int = 0,
    depth: int = 6,
) -> Module:
    """The modules of a table, or of a function of X (rows, features) over a box, such as a network.

    At most `depth` steps are taken, for each of them is taken on a surrogate of what the last one left.

    Raises:
        ValueError: a function without a box, or with values that are no numbers there; fewer than 8 rows.

    >>> X = np.random.default_rng(0).uniform(1, 3, (300, 3))
    >>> print(draw_modules(find_modules(Samples(X, X[:, 0] ** 3 + np.tanh(X[:, 1] * X[:, 2] / 4), ("a", "b", "c")))))
    y = A(a) + B(b*c)
    """
    samples = subject if isinstance(subject, Samples) else _sampled(subject, box, names, seed)
    return _module(samples, {}, seed, depth)


def draw_modules(module: Module, target: str = "y") -> str:
    """The modules as equations, one a line, with a capital letter for every function that is not known.

    >>> print(draw_modules(Module("sum", ("a", "b"), (Module("function", ("a",)), Module("function", ("b",))))))
    y = A(a) + B(b)
    """
    letters = _letters()
    lines: list[str] = []
    waiting: list[tuple[str, Module]] = [(target, module)]
    while waiting:
        name, one = waiting.pop(0)
        right, below = _equation(one, letters)
        lines.append(f"{name} = {right}")
        waiting += below
    return "\n".join(lines)


def _equation(module: Module, letters: Iterator[str]) -> tuple[str, list[tuple[str, Module]]]:
    """The right-hand side, and the functions in it that have parts themselves."""
    named = [(next(letters), part) for part in module.parts or (module,)]
    terms = [f"{letter}({', '.join(part.arguments)})" for letter, part in named]
    right = (" * " if module.kind == "product" else " + ").join(terms)
    right = {"square": f"sqrt({right})", "inverse": f"1/({right})"}.get(module.kind, right)
    return right, [(letter, part) for letter, part in named if part.parts and part is not module]


def _letters() -> Iterator[str]:
    number = 0
    while True:
        yield "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 26] + ("" if number < 26 else str(number // 26))
        number += 1


def _module(samples: Samples, known: Mapping[str, sympy.Expr], seed: int, depth: int) -> Module:
    """The modules of a table; `known` says which columns of it are expressions in the features."""
    leaf = Module("function", tuple(str(known.get(name, name)) for name in samples.names))
    if depth == 0 or samples.features == 1 or np.ptp(samples.y) == 0:
        return leaf
    surrogate = fit_surrogate(samples, seed)
    separated = next(iter(separations(surrogate, samples, seed)), None)
    joined = _joined(samples, surrogate, separated, seed)
    if joined is not None:
        table, expression = joined
        back: dict[sympy.Basic, sympy.Basic] = {sympy.Symbol(n, real=True): e for n, e in known.items()}
        whole: sympy.Expr = expression.xreplace(back)  # pyright: ignore[reportAssignmentType]
        return _module(table, {**known, table.names[-1]: whole}, seed, depth - 1)
    if separated is None:
        return leaf
    tables = _parts(samples, surrogate, separated)
    if not tables:
        return leaf
    parts = tuple(_module(part, known, seed, depth - 1) for part in tables)
    kinds: dict[str, Kind] = {"plain": "sum", "log": "product", "square": "square", "inverse": "inverse"}
    return Module(kinds[separated.lens], leaf.arguments, parts, separated.score)


def _joined(
    samples: Samples, surrogate: Surrogate, separated: Separation | None, seed: int, sure: float = 0.6
) -> tuple[Samples, sympy.Expr] | None:
    """The table with features that enter only together as one, its last column, and that column's expression.

    Invariants are followed up to the score `sure`, well inside what the surrogate leaves open (1), and only within one
    part of a separation. None where there is none.
    """
    within = [set(part) for part in separated.parts] if separated else [set(range(samples.features))]
    for one in invariants(measure(surrogate, samples, seed)):
        if one.score < sure and any(part.issuperset(one.features) for part in within):
            joined = join(samples, one)
            if joined is not None:
                return joined.table, one.expression
    return None


def _parts(samples: Samples, surrogate: Surrogate, separated: Separation) -> list[Samples]:
    """A table for every part of a separation; none where one has no finite value somewhere."""
    tables = [_part(samples, surrogate, separated.lens, part) for part in separated.parts]
    found = [table for table in tables if table is not None]
    return found if len(found) == len(tables) else []


def _part(samples: Samples, surrogate: Surrogate, lens: str, part: tuple[int, ...]) -> Samples | None:
    """A table of what the features of `part` contribute; None where that has no finite value somewhere."""
    value = share_of(samples, surrogate, lens, part)
    if value is None:
        return None
    return Samples(samples.X[:, list(part)], value, tuple(samples.names[i] for i in part), samples.target)


def _sampled(
    function: Callable[[NDArray[np.float64]], ArrayLike],
    box: Sequence[tuple[float, float]],
    names: Sequence[str],
    seed: int,
    rows: int = 400,
) -> Samples:
    if not box:
        raise ValueError("box is empty; give the range (low, high) of every feature of the function")
    low, high = np.array(box, dtype=np.float64).T
    X = np.random.default_rng(seed).uniform(low, high, (rows, len(box)))
    y = np.asarray(function(X), dtype=np.float64).reshape(len(X), -1)
    if y.shape[1] != 1:
        raise ValueError(f"the function gives {y.shape[1]} numbers for a row; give a function with one")
    target = "f" if "f" not in names else "f" * (1 + max(map(len, names)))
    return Samples(X, y[:, 0], tuple(names), target)
