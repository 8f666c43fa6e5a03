"""The equations that tables can be drawn from: Feynman's, and the accelerations that mechanics gives."""

from __future__ import annotations

from difflib import get_close_matches

from .feynman import Equation, feynman_equations
from .mechanics import motion_equations

__all__ = ["built_in_equation", "built_in_equations"]


def built_in_equations() -> dict[str, Equation]:
    """Every equation by its name.

    >>> built_in_equations()["pendulum-motion"].expression
    '-sin(x)'
    """
    return {**feynman_equations(), **motion_equations()}


def built_in_equation(name: str) -> Equation:
    """One equation. Raises ValueError that names its neighbours for an unknown name."""
    known = built_in_equations()
    if name not in known:
        near = ", ".join(get_close_matches(name, known, 3, 0.3)) or ", ".join(list(known)[:3])
        raise ValueError(f"name is {name!r}, which is no built-in equation; near it are {near}")
    return known[name]
