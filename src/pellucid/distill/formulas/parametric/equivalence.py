"""Which forms say what another form says already: those are not built.

    1/(1/u) = u,  log(u^C) = C log u,  exp(u + C) = e^C exp u,  (u + C) + C' = u + (C + C')

A rule is a table: under the node of the key, inner nodes of these names are redundant, because a + b f or another form
with as many constants gives the same functions. What the rules leave over, a rank test finds (`catalogue`).
"""

from __future__ import annotations

from .form import Form, head, holds_constants, nested
from .nodes import Node


class Kinds:
    """Families of nodes that the rules speak of."""

    powers = frozenset({"inverse", "sqrt", "square", "power", "monomial"})
    clips = frozenset({"lower", "upper", "abs"})
    shifts = frozenset({"shift", "flip"})
    deep = frozenset({"exp", "wave", "tanh"})
    """No more than two of these inside each other."""
    once = frozenset({"wave", "log"})
    """None of these inside itself."""


REDUNDANT_INSIDE: dict[str, set[str]] = {
    "shift": {*Kinds.shifts, "log"},  # log u + C = log(C' u)
    "flip": {*Kinds.shifts, "log"},
    "exp": {*Kinds.shifts, "log"},  # exp(log u) is a power
    "wave": set(Kinds.shifts),
    "inverse": {*Kinds.powers, "exp", "over", "lower", "upper", "tanh", "wave"},
    "sqrt": {*Kinds.powers, "exp", "lower", "upper", "tanh", "wave"},
    "power": {*Kinds.powers, "exp", "lower", "upper", "tanh", "wave"},
    "square": {*Kinds.powers, "exp", "abs"},
    "log": {*Kinds.powers, "exp", "times", "over", "wave", "tanh"},
    "abs": {"", *Kinds.powers, "abs", "exp", "max", "upper"},
    "lower": {*Kinds.clips, *Kinds.powers - {"square", "monomial"}, *Kinds.shifts, "exp", "tanh", "log", "wave"},
    "upper": {*Kinds.clips, *Kinds.powers - {"square", "monomial"}, *Kinds.shifts, "exp", "tanh", "log", "wave"},
    "tanh": {"tanh", "wave", "lower", "upper"},
}


def wrap(node: Node, inner: Form) -> Form | None:
    """node(inner); None where that is redundant, or more than two transcendental functions deep."""
    if head(inner) in REDUNDANT_INSIDE.get(node.name, ()):
        return None
    if node.name in Kinds.deep and nested(inner, Kinds.deep) > 1:
        return None
    if node.name in Kinds.once and nested(inner, frozenset({node.name})):
        return None
    return (node.name, inner)


def join(node: Node, left: Form, right: Form) -> Form | None:
    """node(left, right); None where that is redundant. The same form twice has constants of its own each time."""
    if (left == right and not holds_constants(left)) or (node.commutes and repr(left) > repr(right)):
        return None
    return (node.name, left, right) if _JOINS[node.name](left, right) else None


def _times(left: Form, right: Form) -> bool:
    heads = {head(left), head(right)}
    if "monomial" in heads and ("" in heads or head(left) == head(right)):
        return False  # a power of a column more
    if "inverse" in heads or (head(left) == head(right) and heads <= Kinds.powers | {"exp"}):
        return False
    return not (isinstance(left, int) and head(right) == "power" and right[1] == left)


def _over(left: Form, right: Form) -> bool:
    heads = {head(left), head(right)}
    if "monomial" in heads and ("" in heads or head(left) == head(right)):
        return False
    if head(left) in ("inverse", "over") or head(right) in ("inverse", "over", "exp", "power"):
        return False
    return not (head(left) == head(right) and head(left) in Kinds.powers)


def _plus(left: Form, right: Form) -> bool:
    return not {head(left), head(right)} & Kinds.shifts


def _raised(left: Form, right: Form) -> bool:
    return head(left) not in Kinds.powers | {"exp"} and isinstance(right, int)


def _always(left: Form, right: Form) -> bool:
    return True


_JOINS = {"times": _times, "over": _over, "plus": _plus, "min": _always, "max": _always, "raised": _raised}
