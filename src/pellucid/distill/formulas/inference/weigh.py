"""Formulas weighed: their constants estimated under each noise model, snapped where that is shorter, and their length.

This is the one scale on which the formulas of all engines are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from ..expression.parametrised import parametrise
from ..expression.tape import CannotCompile
from .description import description_nats
from .estimate import Estimate, Rows, estimate
from .noise import Noise
from .phases import with_phases
from .snapping import snap


@dataclass(frozen=True, eq=False)
class Weighed:
    """An estimate with its description length in nats."""

    estimate: Estimate
    nats: float

    @property
    def expression(self) -> sympy.Expr:
        return self.estimate.expression()


def estimated(expression: sympy.Expr, rows: Rows, noises: Sequence[Noise]) -> list[Weighed]:
    """The expression with its constants estimated, free, under each noise model where it has a value on every row.

    Empty where it is nothing that is computed over real numbers.
    """
    form = parametrise(expression)
    try:
        found = [estimate(form, rows, noise) for noise in noises]
    except CannotCompile:
        return []
    weighed = [Weighed(one, description_nats(one, rows)) for one in found if one is not None]
    return [entry for entry in weighed if np.isfinite(entry.nats)]


_SNAPPING_GAINS = 25.0
"""Nats that exact numbers hardly ever save where rows are noisy: estimates further behind than that stay as they are,
unless their constants are known to so many digits that exact numbers may save more."""


def weigh_all(entries: Sequence[Weighed], rows: Rows) -> list[Weighed]:
    """The estimates with their constants snapped, as far as they are near the shortest."""
    if not entries:
        return []
    best = min(entry.nats for entry in entries)
    done = []
    for entry in sorted(entries, key=lambda entry: entry.nats):
        found = entry.estimate
        if entry.nats > best + max(_SNAPPING_GAINS, found.digits()):
            break
        entry = min((_snapped(one, rows) for one in with_phases(found, rows)), key=lambda entry: entry.nats)
        best = min(best, entry.nats)
        done.append(entry)
    return done


def _snapped(found: Estimate, rows: Rows) -> Weighed:
    found = snap(found, rows)
    return Weighed(found, description_nats(found, rows))


def distinct(weighed: list[Weighed]) -> list[Weighed]:
    """The first of each expression, up to the sixth digit of its constants."""
    return list({_rounded_text(entry.expression): entry for entry in reversed(weighed)}.values())[::-1]


def _rounded_text(expression: sympy.Expr) -> str:
    return str(expression.xreplace({number: sympy.Float(number, 6) for number in expression.atoms(sympy.Float)}))
