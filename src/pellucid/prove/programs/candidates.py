"""Guessing invariants: facts about both programs' registers that hold in every state met so far.

Nothing here is trusted: `invariant` keeps only what a solver proves. The guesses are

    linear equalities           a null space over the rationals of the states met
    bounds                      of registers, and of differences and sums of two
    congruences                 a null space modulo each prime p that matters; pairs modulo m
    conditional ones            the first two again, where a register has a certain value or sign, or two are ordered
    quadratic equalities        a null space over products of two registers
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.expression import Expression, Lookup, Name, Number, Operation, apply, conjunction
from .null_spaces import null_space, null_space_modulo
from .product import Product
from .settings import SEARCH

Rows = NDArray[Any]


def linear(names: Sequence[str], states: Rows) -> list[Expression]:
    """Equalities between the registers, and bounds of each that the states do not seem to outgrow."""
    return [*equalities([Name(n) for n in names], states), *bounds([Name(n) for n in names], states)]


def richer(product: Product, states: Rows) -> list[Expression]:
    """Congruences, bounds on pairs, and conditional equalities and bounds."""
    free = free_columns(states)
    names = [Name(product.registers[k]) for k in free]
    columns = states[:, free]
    found = list(congruences(product, states))
    if len(free) <= SEARCH.paired:
        for (i, a), (j, b) in combinations(enumerate(names), 2):
            pair = np.stack([columns[:, i] - columns[:, j], columns[:, i] + columns[:, j]], 1)
            found += bounds([apply("-", a, b), apply("+", a, b)], pair)
    everything = [Name(n) for n in product.registers]
    for condition, mask in _conditions(names, columns):
        part = states[mask]
        known = set(equalities(everything, states))
        facts = [e for e in equalities(everything, part) if e not in known] + bounds(everything, part)
        found += [apply("or", apply("not", condition), fact) for fact in facts]
    return found


def quadratic(product: Product, states: Rows) -> list[Expression]:
    """Equalities between products of two registers that do not follow from the linear ones."""
    free = free_columns(states)[:6]
    names = [Name(product.registers[k]) for k in free]
    terms: list[Expression] = list(names)
    columns = [states[:, k] for k in free]
    for i, j in combinations_with_replacement(range(len(free)), 2):
        terms.append(apply("*", names[i], names[j]))
        columns.append(states[:, free[i]] * states[:, free[j]])
    return [e for e in equalities(terms, np.stack(columns, 1)) if not _is_linear(e)] if columns else []


def tabulated(product: Product, states: Rows) -> Expression | None:
    """Exactly the states met, as tables over one or two registers that fix the others; None where none do."""
    names = product.registers
    for size in (1, 2):
        for keys in combinations(range(len(names)), size):
            low = [int(states[:, k].min()) for k in keys]
            shape = tuple(int(states[:, k].max()) - lo + 1 for k, lo in zip(keys, low, strict=True))
            distinct = len(set(map(tuple, states[:, list(keys)].tolist())))
            if distinct == len(states) == int(np.prod(shape, dtype=object)):
                return _table(names, states, keys, low, shape)
    return None


def listed(product: Product, states: Rows) -> Expression:
    """Exactly the states met, one after the other."""
    names = [Name(n) for n in product.registers]
    cases = [conjunction(*(apply("==", n, int(v)) for n, v in zip(names, row, strict=True))) for row in states]
    while len(cases) > 1:  # a balanced tree keeps the expression shallow
        cases = [apply("or", *cases[i : i + 2]) if i + 1 < len(cases) else cases[i] for i in range(0, len(cases), 2)]
    return cases[0]


def _table(
    names: Sequence[str], states: Rows, keys: tuple[int, ...], low: list[int], shape: tuple[int, ...]
) -> Expression:
    order = np.lexsort([states[:, k] for k in keys[::-1]])
    rows = states[order]
    at = tuple(Name(names[k]) if lo == 0 else apply("-", Name(names[k]), lo) for k, lo in zip(keys, low, strict=True))
    terms = []
    for k, lo, length in zip(keys, low, shape, strict=True):
        terms += [apply("<=", lo, Name(names[k])), apply("<=", Name(names[k]), lo + length - 1)]
    for k in range(len(names)):
        if k not in keys:
            terms.append(apply("==", Name(names[k]), Lookup(tuple(int(v) for v in rows[:, k]), shape, at)))
    return conjunction(*terms)


def equalities(terms: Sequence[Expression], columns: Rows) -> list[Expression]:
    """Linear equalities that hold in every row, each solved for a term that depends on the terms before it."""
    if not len(columns):
        return []
    matrix = np.concatenate([np.ones((len(columns), 1), dtype=object), columns], 1)
    found = []
    for index, relation in null_space(matrix):
        scale, rest = relation[index], [-r for r in relation[1:index]]
        solved = terms[index - 1] if scale == 1 else apply("*", scale, terms[index - 1])
        found.append(apply("==", solved, _sum(terms, rest, -relation[0])))
    return found


def free_columns(columns: Rows) -> list[int]:
    """Columns that are not linear (with a constant) in the columns before them.

    >>> free_columns(np.array([[1, 3, 5], [2, 5, 1], [3, 7, 0]], dtype=object))
    [0, 2]
    """
    matrix = np.concatenate([np.ones((len(columns), 1), dtype=object), columns], 1)
    dependent = {index - 1 for index, _ in null_space(matrix)}
    return [k for k in range(columns.shape[1]) if k not in dependent]


def bounds(terms: Sequence[Expression], columns: Rows) -> list[Expression]:
    """The smallest and largest value of each term, where they look like limits; and its sign.

    >>> from ...artifacts.programs.python_text import to_python
    >>> [to_python(e) for e in bounds([Name("n")], np.array([[0], [1], [2]], dtype=object))]
    ['n >= 0', 'n <= 2', 'n >= -1']
    """
    if not len(columns):
        return []
    return list(dict.fromkeys(bound for k, term in enumerate(terms) for bound in _bounds_of(term, columns[:, k])))


def _bounds_of(term: Expression, values: Rows) -> Iterator[Expression]:
    """The limits of one term, and its sign; one whose `values` (rows,) are all the same has an equality instead."""
    low, high = min(values), max(values)
    if low == high and isinstance(term, Name):
        return
    for sign, value in ((">=", low), ("<=", high)):
        if high - low <= SEARCH.narrow or _is_end(value, values):
            yield apply(sign, term, int(value))
    yield from (apply(">=", term, value) for value in (-1, 0, 1) if value < low)
    yield from (apply("<=", term, value) for value in (-1, 0, 1) if value > high)


def _is_end(value: Any, values: Rows) -> bool:
    """Whether the least or largest of `values` (rows,) seems to be a limit: a number near 0, or one met often."""
    return bool(abs(value) <= 2 or np.count_nonzero(values == value) > 2)


def congruences(product: Product, states: Rows) -> Iterator[Expression]:
    """Relations modulo the primes (and between pairs, modulo the numbers) that the programs divide by."""
    free = free_columns(states)
    names = [Name(product.registers[k]) for k in free]
    matrix = np.concatenate([np.ones((len(states), 1), dtype=object), states[:, free]], 1)
    moduli = sorted({2, 3} | _moduli(product))[:8]
    primes = sorted({p for m in moduli for p in (2, 3, 5, 7, 11, 13) if m % p == 0})
    for prime in primes:
        for _, relation in null_space_modulo(matrix, prime):
            yield apply("==", apply("%", _sum(names, relation[1:], relation[0]), prime), 0)
    for modulus in (m for m in moduli if m not in primes):
        yield from _between_pairs(names, matrix[:, 1:], modulus)


def _between_pairs(names: Sequence[Name], columns: Rows, modulus: int) -> Iterator[Expression]:
    """Differences and sums of two columns that are the same in every row, modulo a number."""
    for i, j in combinations(range(len(names)), 2):
        for sign, operator in ((-1, "-"), (1, "+")):
            rest = (columns[:, j] + sign * columns[:, i]) % modulus
            if (rest == rest[0]).all():
                yield apply("==", apply("%", apply(operator, names[j], names[i]), modulus), int(rest[0]))


def _moduli(product: Product) -> set[int]:
    nodes = [n for _, half in product.halves for e in (*half.updates, *half.outputs) for n in e.walk()]
    divisions = [n.operands[1] for n in nodes if isinstance(n, Operation) and n.operator in ("//", "%")]
    return {d.value for d in divisions if isinstance(d, Number) and 1 < d.value <= 1000}


def _conditions(names: Sequence[Name], columns: Rows) -> Iterator[tuple[Expression, NDArray[np.bool_]]]:
    """Conditions that split the states into two parts."""
    for k, name in enumerate(names):
        values = columns[:, k]
        distinct = sorted(set(values.tolist()))
        tests = (
            [("==", int(v)) for v in distinct]
            if len(distinct) <= SEARCH.few
            else [("<", 0), ("==", 0), (">", 0), (">=", 0)]
        )
        for operator, value in tests:
            yield from _condition(apply(operator, name, value), values, operator, value)
    if len(names) <= SEARCH.paired // 2:
        for (i, a), (j, b) in combinations(enumerate(names), 2):
            for operator in (">=", "<", "<=", ">"):
                yield from _condition(apply(operator, a, b), columns[:, i] - columns[:, j], operator, 0)


def _condition(
    condition: Expression, values: Rows, operator: str, value: int
) -> Iterator[tuple[Expression, NDArray[np.bool_]]]:
    mask = {
        "==": values == value,
        "<": values < value,
        ">": values > value,
        ">=": values >= value,
        "<=": values <= value,
    }
    chosen = np.asarray(mask[operator], dtype=bool)
    if 0 < chosen.sum() < len(chosen):
        yield condition, chosen


def _sum(terms: Sequence[Expression], coefficients: Sequence[int], constant: int) -> Expression:
    """The sum in the way people write it: what is added first, then what is taken away."""
    weighted = [(c, _multiple(abs(c), t)) for c, t in zip(coefficients, terms, strict=False) if c]
    if not weighted:
        return Number(constant)
    (first, result), *others = sorted(weighted, key=lambda pair: pair[0] < 0)
    result = result if first > 0 else apply("negate", result)
    for coefficient, multiple in others:
        result = apply("+" if coefficient > 0 else "-", result, multiple)
    return result if constant == 0 else apply("+" if constant > 0 else "-", result, abs(constant))


def _multiple(size: int, term: Expression) -> Expression:
    return term if size == 1 else apply("*", size, term)


def _is_linear(expression: Expression) -> bool:
    nodes = [n for n in expression.walk() if isinstance(n, Operation) and n.operator == "*"]
    return all(any(isinstance(o, Number) for o in n.operands) for n in nodes)
