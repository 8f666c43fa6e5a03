"""Expressions as a person would write them: constants on the right, no double negation, no needless brackets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ....artifacts.programs.expression import Expression, Lookup, Number, Operation, apply
from ....artifacts.programs.program import Program

COMPARISONS: Mapping[str, tuple[str, str]] = {
    "<": (">", ">="),
    "<=": (">=", ">"),
    ">": ("<", "<="),
    ">=": ("<=", "<"),
    "==": ("==", "!="),
    "!=": ("!=", "=="),
}
"""Each comparison with its mirror image (a < b is b > a) and its opposite (not a < b is a >= b)."""


def tidy(expression: Expression) -> Expression:
    """The same function, written the usual way; never longer.

    >>> from pellucid.artifacts import Name, to_python
    >>> to_python(tidy(apply("not", apply("<", 0, Name("x")))))
    'x <= 0'
    """
    if isinstance(expression, Lookup):
        return Lookup(expression.table, expression.shape, tuple(tidy(index) for index in expression.indices))
    if not isinstance(expression, Operation):
        return expression
    operands = tuple(tidy(operand) for operand in expression.operands)
    return _rewrite(expression.operator, operands)


def without_idle_registers(program: Program) -> Program:
    """The same program without registers that no output depends on, now or later."""
    updates = {register.name: register.update for register in program.registers}
    needed: set[str] = set()
    found = frozenset().union(*(output.names for output in program.outputs)) & updates.keys()
    while found - needed:
        needed |= found
        found = frozenset().union(*(updates[name].names for name in needed)) & updates.keys()
    if len(needed) == len(updates):
        return program
    return replace(program, registers=tuple(r for r in program.registers if r.name in needed))


def _rewrite(operator: str, operands: tuple[Expression, ...]) -> Expression:
    """An operation whose operands are tidy already."""
    if operator in COMPARISONS:
        return _comparison(operator, *operands)
    match operator:
        case "+":
            return _sum(*_number_last(*operands))
        case "*":
            return Operation(operator, _number_first(*operands))
        case "&" | "|" | "^":
            return _left_to_right(operator, *_number_last(*operands))
        case "and" | "or":
            return _left_to_right(operator, *operands)
        case "min" | "max":
            return Operation(operator, _number_last(*operands))
        case "not":
            return _negation(*operands)
    return Operation(operator, operands)


def _number_last(left: Expression, right: Expression) -> tuple[Expression, Expression]:
    return (right, left) if isinstance(left, Number) else (left, right)


def _number_first(left: Expression, right: Expression) -> tuple[Expression, Expression]:
    return (right, left) if isinstance(right, Number) else (left, right)


def _negation(test: Expression) -> Expression:
    """`not a < b` is `a >= b`."""
    if isinstance(test, Operation) and test.operator in COMPARISONS:
        return Operation(COMPARISONS[test.operator][1], test.operands)
    return Operation("not", (test,))


def _left_to_right(operator: str, left: Expression, right: Expression) -> Expression:
    """a ^ (b ^ c) is a ^ b ^ c."""
    if isinstance(right, Operation) and right.operator == operator:
        return Operation(operator, (_left_to_right(operator, left, right.operands[0]), right.operands[1]))
    return Operation(operator, (left, right))


def _sum(left: Expression, right: Expression) -> Expression:
    """Sums bracket to the left; a subtracted term comes last: a + (b - c) is a + b - c."""
    if isinstance(right, Operation) and right.operator in "+-" and len(right.operands) == 2:
        return apply(right.operator, _sum(left, right.operands[0]), right.operands[1])
    if isinstance(right, Operation) and right.operator == "negate":
        return apply("-", left, right.operands[0])
    if isinstance(right, Number) and right.value < 0:
        return apply("-", left, -right.value)
    if left == right:
        return apply("*", 2, left)
    return apply("+", left, right)


def _comparison(operator: str, left: Expression, right: Expression) -> Expression:
    """Constants stand on the right; of x >= 1 and x > 0, which mean the same for integers, 0 reads best."""
    if isinstance(left, Number):
        operator, left, right = COMPARISONS[operator][0], right, left
    if right == Number(1) and operator == ">=":
        return apply(">", left, 0)
    if right == Number(1) and operator == "<":
        return apply("<=", left, 0)
    return apply(operator, left, right)
