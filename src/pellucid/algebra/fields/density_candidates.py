"""What densities of a field equation are looked for among: monomials in fields, derivatives and functions of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..arithmetic.polynomials import Polynomial, power_product
from ..expressions.text import to_text
from ..systems.monomials import monomials
from .evolution_system import EvolutionSystem


def candidates_of(
    system: EvolutionSystem, order: int, degree: int, more: Sequence[Polynomial] = ()
) -> tuple[list[Polynomial], NDArray[np.int64]]:
    """All monomials up to a degree in the fields, their derivatives, auxiliaries and `more`, simplest first.

    With their degrees.
    """
    jets = system.jets
    names = [row[k] for row in jets.names for k in range(order + 1)]
    names += [a.symbol.name for a in jets.auxiliaries if a.symbol.name not in jets.constants]
    generators = [jets.generators[name] for name in names]
    generators += [polynomial for polynomial in more if polynomial not in generators]
    rows = monomials([sympy.Symbol(f"b{k}", real=True) for k in range(len(generators))], degree).exponents
    rows = rows[_by_order(rows, order, len(jets.names))]
    one = jets.ring.constant(1)
    return [jets.reduced(power_product(generators, row, one)) for row in rows], rows.sum(1)


def _by_order(exponents: Any, order: int, fields: int) -> Any:
    """Simplest first: by degree, then by the highest derivative, so that u_x^2 stands for -u u_xx."""
    orders = [k for _ in range(fields) for k in range(order + 1)]
    orders = np.array(orders + [0] * (exponents.shape[1] - len(orders)))
    highest = np.where(exponents > 0, orders, 0).max(1)
    return np.lexsort((np.arange(len(exponents)), exponents @ orders, highest, exponents.sum(1)))


def functions_in(system: EvolutionSystem) -> tuple[str, ...]:
    """The functions of fields that densities may hold, as text."""
    jets = system.jets
    return tuple(to_text(a.definition) for a in jets.auxiliaries if a.symbol.name not in jets.constants)
