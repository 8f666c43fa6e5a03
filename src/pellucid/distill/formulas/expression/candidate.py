"""A candidate: an expression some route proposed, with its error on the training rows and its length in bits."""

from __future__ import annotations

from dataclasses import dataclass

import sympy


@dataclass(frozen=True)
class Candidate:
    """An expression, the route that proposed it, its error (root mean square over the training rows), its bits.

    `bits` is the length of the formula alone (`description.formula_bits`); what the data cost on top of it is computed
    where candidates are compared.
    """

    expression: sympy.Expr
    route: str
    error: float
    bits: float
