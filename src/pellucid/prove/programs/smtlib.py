"""Expressions and programs as SMT-LIB text: the one translation that searcher, certificate and checker share.

Integers are unbounded. `//` and `%` become `div` and `mod`, which mean the same where the divisor is positive, and the
bit operators a case distinction, which means the same on 0 and 1: `artifacts.expression.obligations` lists exactly
these conditions, and every certificate proves them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ...artifacts.programs.expression import Expression, Lookup, Name, Number, Operation, conjunction
from .product import Half, Product


@cache
def to_smt(expression: Expression) -> str:
    """`expression` in SMT-LIB, sort Int or Bool.

    >>> from pellucid.artifacts.programs.expression import apply
    >>> to_smt(apply("%", apply("+", Name("a"), Name("c")), 2))
    '(mod (+ a c) 2)'
    """
    if isinstance(expression, Name):
        return expression.identifier
    if isinstance(expression, Number):
        return number(expression.value)
    if isinstance(expression, Lookup):
        return _lookup(expression)
    assert isinstance(expression, Operation)
    return _applied(expression.operator, [to_smt(operand) for operand in expression.operands])


def _applied(operator: str, operands: list[str]) -> str:
    """An operator of programs between SMT-LIB's texts; each of `OPERATORS` stands in one of the two tables."""
    written = {
        "int": "(ite {} 1 0)",
        "min": "(let ((u {}) (v {})) (ite (<= u v) u v))",
        "max": "(let ((u {}) (v {})) (ite (>= u v) u v))",
        "^": "(ite (= {} {}) 0 1)",
        "&": "(ite (and (= {} 1) (= {} 1)) 1 0)",
        "|": "(ite (or (= {} 1) (= {} 1)) 1 0)",
    }
    if operator in written:
        return written[operator].format(*operands)
    renamed = {"//": "div", "%": "mod", "negate": "-", "==": "=", "!=": "distinct", "if": "ite"}
    same = ("+", "-", "*", "<", "<=", ">", ">=", "and", "or", "not", "abs")
    assert operator in renamed or operator in same, operator
    return f"({renamed.get(operator, operator)} {' '.join(operands)})"


def number(value: int) -> str:
    """An integer literal.

    >>> number(3), number(-3)
    ('3', '(- 3)')
    """
    return str(value) if value >= 0 else f"(- {-value})"


def call(function: str, arguments: Sequence[str]) -> str:
    """`function` applied to `arguments`; a function without any is a constant.

    >>> call("f", ["x", "y"]), call("c", [])
    ('(f x y)', 'c')
    """
    return f"({function} {' '.join(arguments)})" if arguments else function


def define(function: str, parameters: Sequence[str], sort: str, body: str) -> str:
    """A `define-fun` whose parameters are all integers.

    >>> print(define("twice", ["x"], "Int", "(+ x x)"))
    (define-fun twice ((x Int)) Int
      (+ x x))
    """
    return f"(define-fun {function} ({' '.join(f'({p} Int)' for p in parameters)}) {sort}\n  {body})"


def half_definitions(half: Half, inputs: Sequence[str], side: str) -> list[str]:
    """One program: what each register becomes, each output, and the condition under which all of them have a value."""
    parameters = [*half.registers, *inputs]
    lines = [
        define(f"{side}_next_{register.removeprefix(side + '_')}", parameters, "Int", to_smt(update))
        for register, update in zip(half.registers, half.updates, strict=True)
    ]
    lines += [define(f"{side}_output_{i}", parameters, "Int", to_smt(o)) for i, o in enumerate(half.outputs)]
    lines.append(define(f"{side}_defined", parameters, "Bool", to_smt(conjunction(*half.defined))))
    return lines


def domain_definition(product: Product) -> str:
    """Which inputs a step may have."""
    limits = [f"(<= {number(i.low)} {i.name} {number(i.high)})" for i in product.inputs]
    limits += [f"(distinct {i.name} {number(value)})" for i in product.inputs for value in i.missing]
    body = limits[0] if len(limits) == 1 else f"(and {' '.join(limits)})" if limits else "true"
    return define("domain", product.input_names, "Bool", body)


def next_states(half: Half, inputs: Sequence[str], side: str) -> list[str]:
    """The registers after a step, as calls of the functions of `half_definitions`."""
    arguments = [*half.registers, *inputs]
    return [call(f"{side}_next_{register.removeprefix(side + '_')}", arguments) for register in half.registers]


def _lookup(lookup: Lookup) -> str:
    """Case distinctions, one axis after the other; an index beyond the table gets its commonest entry."""
    names = [f"i{k}" for k in range(len(lookup.shape))]
    body = _cases(lookup.table, lookup.shape, names)
    bindings = " ".join(f"({name} {to_smt(index)})" for name, index in zip(names, lookup.indices, strict=True))
    return f"(let ({bindings}) {body})"


def _cases(table: tuple[int, ...], shape: tuple[int, ...], names: list[str]) -> str:
    if len(set(table)) == 1:
        return number(table[0])
    width = len(table) // shape[0]
    rows = [_cases(table[i * width : (i + 1) * width], shape[1:], names[1:]) for i in range(shape[0])]
    groups: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(row, []).append(i)
    largest = max(groups, key=lambda row: len(groups[row]))
    text = largest
    for row, where in groups.items():
        if row != largest:
            tests = [f"(= {names[0]} {i})" for i in where]
            test = tests[0] if len(tests) == 1 else f"(or {' '.join(tests)})"
            text = f"(ite {test} {row} {text})"
    return text
