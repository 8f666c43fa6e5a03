"""Which forms say what another form says already: those are not built.

    1/(1/u) = u,  log(u^C) = C log u,  exp(u + C) = e^C exp u,  (u + C) + C' = u + (C + C')

A rule is a table: under the node of the key, inner nodes of these names are redundant, because a + b f or another form
with as many constants gives the same functions. What the rules leave over, a rank test finds (`catalogue`).
"""

from __future__ import annotations

from .form import Form, head, nested
from .nodes import Node

_POWERS = {"inverse", "sqrt", "square", "power", "monomial"}
_CLIPS = {"lower", "upper", "abs"}
_SHIFTS = {"shift", "flip"}
REDUNDANT_INSIDE: dict[str, set[str]] = {
    "shift": {*_SHIFTS, "log"},  # log u + C = log(C' u)
    "flip": {*_SHIFTS, "log"},
    "exp": {*_SHIFTS, "log"},  # exp(log u) is a power
    "wave": set(_SHIFTS),
    "inverse": {*_POWERS, "exp", "over", "lower", "upper", "tanh", "wave"},
    "sqrt": {*_POWERS, "exp", "lower", "upper", "tanh", "wave"},
    "power": {*_POWERS, "exp", "lower", "upper", "tanh", "wave"},
    "square": {*_POWERS, "exp", "abs"},
    "log": {*_POWERS, "exp", "times", "over", "wave", "tanh"},
    "abs": {"", *_POWERS, "abs", "exp", "max", "upper"},
    "lower": {*_CLIPS, *_POWERS - {"square", "monomial"}, *_SHIFTS, "exp", "tanh", "log", "wave"},
    "upper": {*_CLIPS, *_POWERS - {"square", "monomial"}, *_SHIFTS, "exp", "tanh", "log", "wave"},
    "tanh": {"tanh", "wave", "lower", "upper"},
}
_DEEP = frozenset({"exp", "wave", "tanh"})
_ONCE = {"wave": frozenset({"wave"}), "log": frozenset({"log"})}


def wrap(node: Node, inner: Form) -> Form | None:
    """node(inner); None where that is redundant, or more than two transcendental functions deep."""
    if head(inner) in REDUNDANT_INSIDE.get(node.name, ()):
        return None
    if node.name in _DEEP and nested(inner, _DEEP) > 1:
        return None
    if node.name in _ONCE and nested(inner, _ONCE[node.name]):
        return None
    return (node.name, inner)


def join(node: Node, left: Form, right: Form) -> Form | None:
    """node(left, right); None where that is redundant."""
    if left == right or (node.commutes and repr(left) > repr(right)):
        return None
    return (node.name, left, right) if _JOINS[node.name](left, right) else None


def _times(left: Form, right: Form) -> bool:
    heads = {head(left), head(right)}
    if "monomial" in heads and ("" in heads or head(left) == head(right)):
        return False  # a power of a column more
    if "inverse" in heads or (head(left) == head(right) and heads <= _POWERS | {"exp"}):
        return False
    return not (isinstance(left, int) and head(right) == "power" and right[1] == left)


def _over(left: Form, right: Form) -> bool:
    heads = {head(left), head(right)}
    if "monomial" in heads and ("" in heads or head(left) == head(right)):
        return False
    if head(left) in ("inverse", "over") or head(right) in ("inverse", "over", "exp", "power"):
        return False
    return not (head(left) == head(right) and head(left) in _POWERS)


def _plus(left: Form, right: Form) -> bool:
    return not {head(left), head(right)} & _SHIFTS


def _raised(left: Form, right: Form) -> bool:
    return head(left) not in _POWERS | {"exp"} and isinstance(right, int)


def _always(left: Form, right: Form) -> bool:
    return True


_JOINS = {"times": _times, "over": _over, "plus": _plus, "min": _always, "max": _always, "raised": _raised}
