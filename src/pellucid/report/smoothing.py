"""Smoothing: the verdict, and how fast ripples die."""

from __future__ import annotations

from typing import Any

from ..artifacts.laws.smoothing import Smoothing
from ..core import Finding
from .pieces import shows, title_of


@title_of.register(Smoothing)
def smoothing_title(found: Smoothing, finding: Finding[Any]) -> str:
    """The equation."""
    return found.equation


@shows(Smoothing, "How fast ripples die", place=5)
def smoothing_caption(found: Smoothing, finding: Finding[Any]) -> str:
    """What the curve is, and of which solution."""
    which = (
        "of the solution that stays bounded" if found.is_bounded_problem else "of the solution that dies most slowly"
    )
    return (
        f"The rate r(k) of u = exp(r t) cos(k x), {which}, by floating point. An equation can carry a generative model "
        "where all of the curve but its start is below the dotted line, and points become densities."
    )
