"""Which nodes a user's words mean: the functions that a formula may have, or may not."""

from __future__ import annotations

from collections.abc import Iterable

WORDS: dict[str, tuple[str, ...]] = {
    "exp": ("exp",),
    "log": ("log",),
    "ln": ("log",),
    "sin": ("wave",),
    "cos": ("wave",),
    "tanh": ("tanh",),
    "sqrt": ("sqrt",),
    "abs": ("abs",),
    "min": ("lower", "upper", "min", "max"),
    "max": ("lower", "upper", "min", "max"),
    "power": ("power", "monomial", "raised"),
}
"""Nodes by the word for them; a wave has a phase, so that sine and cosine are one, as min and max are. "power" is one
whose exponent is free."""


def nodes_without(functions: Iterable[str] = (), without: Iterable[str] = ()) -> tuple[str, ...]:
    """The nodes to leave out, where only `functions` may stand beside arithmetic (all, where none is named), and none
    of `without`. Raises ValueError for unknown words.

    >>> nodes_without(without=["sin", "tanh"])
    ('tanh', 'wave')
    """
    functions, without = tuple(functions), tuple(without)
    for word in (*functions, *without):
        if word not in WORDS:
            raise ValueError(f"function {word!r} is unknown; choose among {', '.join(WORDS)}")
    every = {node for nodes in WORDS.values() for node in nodes}
    allowed = {node for word in functions for node in WORDS[word]} if functions else every
    banned = {node for word in without for node in WORDS[word]}
    return tuple(sorted((every - allowed) | banned))
