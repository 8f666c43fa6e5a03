"""The nodes that forms are made of. Constants never stand alone: they sit inside nodes, and y = a + b f is free
outside.

So a Hill curve, a logistic and a damped wave are forms of four or five nodes, although a reader counts nine to
thirteen. The prices are -ln of how often a node occurs in formulas of physics (counted in the 120 Feynman equations
of arXiv 1905.11481, add-one smoothed), rounded; exp, log and free powers are made cheaper than that count says,
because chemistry and biology use them more than physics does. They break ties: that structure has a price at all
decides more.
"""

from __future__ import annotations

from dataclasses import dataclass

from ....core.registry import Registry

MOST_CONSTANTS = 8
"""Of one form: what the compiled loops have room for."""


@dataclass(frozen=True)
class Node:
    """One kind of node.

    `code` is its byte in a program, `own` the number of constants it holds, `price` what it adds to the description of
    a form (nats), `values` the values of its constants to start fitting from (columns are scaled to about 1).
    """

    name: str
    code: int
    arity: int
    own: int = 0
    price: float = 0.0
    values: tuple[tuple[float, ...], ...] = ((),)
    transcendental: bool = False
    commutes: bool = False


NODES: Registry[Node] = Registry("node", home="pellucid.distill.formulas.parametric")
FIRST_OPERATOR = 20
"""Smaller bytes of a program are columns."""


def _node(name: str, code: int, arity: int, *, starts: tuple[float, ...] = (), **given: object) -> None:
    values = tuple((value,) for value in starts) or ((),)
    NODES.register(name, Node(name, code, arity, own=bool(starts), values=values, **given))  # type: ignore[arg-type]


_node("inverse", 20, 1, price=2.3)
_node("sqrt", 21, 1, price=3.9)
_node("square", 22, 1, price=2.1)
_node("log", 23, 1, price=5.0, transcendental=True)
_node("abs", 24, 1, price=5.5)
_node("shift", 40, 1, price=2.6, starts=(-1.0, -0.2, 0.1, 0.5, 1.0, 3.0, 15.0))
_node("flip", 41, 1, price=2.6, starts=(0.5, 1.0, 2.0, 5.0))
_node("power", 42, 1, price=5.0, starts=(-2.0, -1.0, -0.5, 0.5, 1.5, 2.5))
_node("exp", 43, 1, price=4.2, starts=(-30.0, -4.0, -1.0, -0.3, 0.3, 1.0, 3.0, 20.0), transcendental=True)  # E / RT
_node("lower", 45, 1, price=5.5, starts=(0.0,))
_node("upper", 46, 1, price=5.5, starts=(0.0,))
_node("tanh", 47, 1, price=6.0, starts=(0.3, 1.0, 3.0), transcendental=True)
_node("times", 60, 2, price=1.7, commutes=True)
_node("over", 61, 2, price=2.0)
_node("plus", 62, 2, price=2.6, commutes=True, starts=(-1.0, -0.1, 0.1, 1.0))
_node("min", 63, 2, price=5.5, commutes=True)
_node("max", 64, 2, price=5.5, commutes=True)
_node("raised", 65, 2, price=6.5, transcendental=True)
NODES.register(
    "wave",
    Node("wave", 44, 1, 2, 3.6, tuple((w, p) for w in (1.0, 3.0, 8.0) for p in (0.0, -1.6)), transcendental=True),
)
NODES.register("monomial", Node("monomial", 50, 0))
"""The product of all columns, each to a free power: as many constants as there are columns."""

UNARY = tuple(NODES[name] for name in (
    "inverse", "sqrt", "square", "log", "abs", "shift", "flip", "power", "exp", "wave", "lower", "upper", "tanh",
))  # fmt: skip
BINARY = tuple(NODES[name] for name in ("times", "over", "plus", "min", "max", "raised"))
BY_CODE = {node.code: node for node in (*UNARY, *BINARY, NODES["monomial"])}
