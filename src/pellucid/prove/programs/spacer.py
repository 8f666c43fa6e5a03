"""Z3 as inventor: Spacer (Komuravelli, Gurfinkel and Chaki 2014) for invariants, unrolling for differences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.expression import Expression, Name, Number, apply, conjunction
from ..effort import Effort
from ..proof import RanOut
from .certificate import after_step, definitions, goals
from .product import Product
from .reachability import differs_on
from .settings import SEARCH
from .smtlib import call, number


def spacer_invariant(product: Product, effort: Effort) -> Expression | None:
    """The invariant that Spacer finds with no hint at its shape; None if it finds none within `effort`."""
    import z3

    if effort.left <= 0 or not product.registers:
        return None
    variables = [*product.registers, *product.input_names]
    bound = " ".join(f"({v} Int)" for v in variables)
    here = f"{call('found', product.registers)} {call('domain', product.input_names)}"
    rules = [
        call("found", [number(v) for v in product.initial]),
        f"(forall ({bound}) (=> (and {here}) {call('found', after_step(product))}))",
        f"(forall ({bound}) (=> (and {here} (not (and {' '.join(goals(product))}))) false))",
    ]
    declaration = f"(declare-fun found ({' '.join('Int' for _ in product.registers)}) Bool)\n"
    context = z3.Context()
    text = definitions(product) + declaration + "".join(f"(assert {rule})\n" for rule in rules)
    solver = z3.SolverFor("HORN", ctx=context)
    solver.add(z3.parse_smt2_string(text, ctx=context))
    try:
        if effort.check(solver, seconds=effort.seconds) != z3.sat:
            return None
        model = solver.model()
        found = next(model[d] for d in model.decls() if d.name() == "found")
        body = found.else_value() if isinstance(found, z3.FuncInterp) else found
        return from_z3(body, [Name(r) for r in product.registers])
    except (z3.Z3Exception, ValueError, StopIteration):
        return None  # an interpretation with quantifiers, or none at all: of no use for a certificate


def from_z3(term: Any, arguments: Sequence[Expression]) -> Expression:
    """A quantifier-free Z3 term as an expression; `arguments` are its bound variables. Raises ValueError."""
    import z3

    if z3.is_int_value(term):
        return Number(term.as_long())
    if z3.is_true(term) or z3.is_false(term):
        return apply("==", 0, 0 if z3.is_true(term) else 1)
    if z3.is_var(term):
        return arguments[z3.get_var_index(term)]
    if not z3.is_app(term) or term.num_args() == 0:
        raise ValueError(f"no expression for {term}")
    return _applied(term.decl().name(), [from_z3(child, arguments) for child in term.children()])


def _applied(name: str, parts: list[Expression]) -> Expression:
    """One of Z3's functions, applied. Raises ValueError for one that has no expression."""
    first, count = parts[0], len(parts)
    if count == 1 and name in ("not", "-"):
        return apply("not" if name == "not" else "negate", first)
    if count == 2 and name in ("=", "<=", "<", ">=", ">"):
        return _compared("==" if name == "=" else name, first, parts[1])
    if count > 1 and name in ("+", "-", "*", "and", "or"):
        return reduce(lambda total, part: apply(name, total, part), parts)
    if name in ("mod", "div") and isinstance(parts[1], Number) and parts[1].value > 0:
        return apply("%" if name == "mod" else "//", *parts)
    if name == "=>":
        return apply("or", apply("not", first), parts[1])
    if name in ("if", "ite") and parts[1].sort == "int":
        return apply("if", *parts)
    raise ValueError(f"no expression for {name}")


def _compared(name: str, left: Expression, right: Expression) -> Expression:
    """A comparison; two truth values are equal where both hold or neither does."""
    if left.sort != "bool":
        return apply(name, left, right)
    neither = conjunction(apply("not", left), apply("not", right))
    return apply("or", conjunction(left, right), neither)


def bounded_difference(product: Product, effort: Effort, longest: int = 40) -> NDArray[np.int64] | None:
    """A sequence whose last outputs differ, by unrolling both programs step by step; confirmed by running it."""
    import z3

    context = z3.Context()
    text, state = definitions(product), [number(v) for v in product.initial]
    for length in range(1, longest + 1):
        step, differs, state = _unrolled(product, state, length)
        text += step
        solver = z3.Solver(ctx=context)
        solver.add(z3.parse_smt2_string(text + differs, ctx=context))
        try:
            answer = effort.check(solver, seconds=SEARCH.unrolling)
        except RanOut:
            return None
        if answer == z3.unknown:
            return None
        if answer == z3.sat:
            found = _inputs_of(product, solver.model(), length)
            return found if differs_on(product, found) else None
    return None


def _unrolled(product: Product, state: Sequence[str], length: int) -> tuple[str, str, list[str]]:
    """Step `length` from registers `state` on: its text, that its outputs differ, and the registers after it."""
    equal, _ = goals(product)
    names = [f"{name}_{length}" for name in product.input_names]
    after = [f"{register}_{length}" for register in product.registers]
    here = dict(zip((*product.registers, *product.input_names), (*state, *names), strict=True))
    binding = " ".join(f"({name} {value})" for name, value in here.items())
    text = "".join(f"(declare-const {n} Int)\n" for n in names)
    text += f"(assert {call('domain', names)})\n"
    text += "".join(f"(declare-const {n} Int)\n" for n in after)
    terms = zip(after, after_step(product), strict=True)
    text += "".join(f"(assert (= {n} (let ({binding}) {t})))\n" for n, t in terms)
    return text, f"(assert (not (let ({binding}) {equal})))", after


def _inputs_of(product: Product, model: Any, length: int) -> NDArray[np.int64]:
    """The inputs (length, inputs) in a model; the smallest ones where it leaves them open."""
    values = {d.name(): model[d].as_long() for d in model.decls() if d.arity() == 0}
    rows = [[values.get(f"{i.name}_{t}", i.low) for i in product.inputs] for t in range(1, length + 1)]
    return np.array(rows, dtype=np.int64)
