"""Expressions as a person would write them: constants on the right, no double negation, no needless brackets."""

from __future__ import annotations

from dataclasses import replace

from ....artifacts.programs.expression import Expression, Lookup, Number, Operation, apply
from ....artifacts.programs.program import Program

_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ASSOCIATIVE = ("^", "&", "|", "and", "or")
_ORDER_FREE = ("+", "*", "&", "|", "^", "min", "max")


def tidy(expression: Expression) -> Expression:
    """The same function, written the usual way; never longer."""
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
    found = {name for output in program.outputs for name in output.names if name in updates}
    while found - needed:
        needed |= found
        found = {name for kept in needed for name in updates[kept].names if name in updates}
    if len(needed) == len(updates):
        return program
    return replace(program, registers=tuple(r for r in program.registers if r.name in needed))


def _rewrite(operator: str, operands: tuple[Expression, ...]) -> Expression:
    first = operands[0]
    if operator in _MIRROR and isinstance(first, Number):
        return _strict(_MIRROR[operator], operands[1], first)
    if operator in _MIRROR:
        return _strict(operator, first, operands[1])
    if operator in _ORDER_FREE and isinstance(first, Number) and operator != "*":
        operands = (operands[1], first)
    if operator == "*" and isinstance(operands[1], Number):
        operands = (operands[1], first)
    if operator == "+":
        return _sum(*operands)
    if operator == "not" and isinstance(first, Operation) and first.operator in _OPPOSITE:
        return Operation(_OPPOSITE[first.operator], first.operands)
    if operator in _ASSOCIATIVE:
        return _left_to_right(operator, *operands)
    return Operation(operator, operands)


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


def _strict(operator: str, left: Expression, right: Expression) -> Expression:
    """Comparisons with a constant: x >= 1 rather than x > 0 is a matter of taste; 0 reads best."""
    if isinstance(right, Number) and operator == ">=" and right.value == 1:
        return apply(">", left, 0)
    if isinstance(right, Number) and operator == "<" and right.value == 1:
        return apply("<=", left, 0)
    return apply(operator, left, right)
