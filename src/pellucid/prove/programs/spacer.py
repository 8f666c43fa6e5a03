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
    context = z3.Context()
    solver = z3.SolverFor("HORN", ctx=context)
    solver.add(z3.parse_smt2_string(_horn_clauses(product), ctx=context))
    try:
        if effort.check(solver, seconds=effort.seconds) != z3.sat:
            return None
        model = solver.model()
        found = next(model[d] for d in model.decls() if d.name() == "found")
        body = found.else_value() if isinstance(found, z3.FuncInterp) else found
        return from_z3(body, [Name(r) for r in product.registers])
    except (z3.Z3Exception, ValueError, StopIteration):
        return None  # an interpretation with quantifiers, or none at all: of no use for a certificate


def _horn_clauses(product: Product) -> str:
    """That some relation `found` holds at the start, survives each step, and forces the outputs to agree."""
    bound = " ".join(f"({v} Int)" for v in (*product.registers, *product.input_names))
    here = f"{call('found', product.registers)} {call('domain', product.input_names)}"
    rules = [
        call("found", [number(v) for v in product.initial]),
        f"(forall ({bound}) (=> (and {here}) {call('found', after_step(product))}))",
        f"(forall ({bound}) (=> (and {here} (not (and {' '.join(goals(product))}))) false))",
    ]
    declaration = f"(declare-fun found ({' '.join('Int' for _ in product.registers)}) Bool)\n"
    return definitions(product) + declaration + "".join(f"(assert {rule})\n" for rule in rules)


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
    ours = {"=": "==", "mod": "%", "div": "//"}.get(name, name)
    match name, parts:
        case "not", [part]:
            return apply("not", part)
        case "-", [part]:
            return apply("negate", part)
        case "=" | "<=" | "<" | ">=" | ">", [left, right]:
            return _compared(ours, left, right)
        case "+" | "-" | "*" | "and" | "or", [_, _, *_]:
            return reduce(lambda total, part: apply(name, total, part), parts)
        case "mod" | "div", [_, Number(divisor)] if divisor > 0:
            return apply(ours, *parts)
        case "=>", [condition, conclusion]:
            return apply("or", apply("not", condition), conclusion)
        case "if" | "ite", [_, chosen, _] if chosen.sort == "int":
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
