"""From determining equations to the values of parameters at which an equation has more point symmetries.

The determining equations are linear in the coefficients of the ansatz, with polynomials in the parameters before them:
group classification asks where the rank of that matrix is smaller (Ovsiannikov, Group Analysis of Differential
Equations, 1982). A parameter in exponents is covered, too: u_t = (u^n u_x)_x has more at n = -4/3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..arithmetic.parametric_rank import Row, TooLarge
from ..fields.point_symmetries import Conditions
from .assumptions import Assumptions
from .power_rows import PowerRows, has_powers, plain_rows
from .special_exponents import ExponentSearch
from .special_parameters import special_parameters
from .special_values import SpecialValues, found_in


def special_symmetries(
    conditions: Conditions,
    degree: int,
    depth: int,
    most: int,
    seed: int,
    assumed: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda eliminations, branches: None,
    most_columns: int = 600,
) -> SpecialValues:
    """Every set of at most `depth` conditions on the parameters, none of them 0, that leaves more symmetries.

    Raises TooLarge for an ansatz of more than `most_columns` coefficients, and where the first elimination needs more
    than `most` terms; NotCovered where functions that are related stand in the equations.
    """
    ansatz = conditions.ansatz(degree)
    if len(ansatz) > most_columns:
        raise TooLarge(f"{len(ansatz):,} unknown coefficients, more than {most_columns}")
    parameters = conditions.parameters
    images, known = [conditions.image(one) for one in ansatz], Assumptions(tuple(parameters), tuple(assumed))
    if conditions.formal and not has_powers(conditions.auxiliaries):
        walk = special_parameters(
            plain_rows(images, conditions, parameters), [], depth, most, seed, known.excludes, told
        )
        return found_in(walk, len(ansatz), known)
    rows = PowerRows.of(images, conditions, parameters)
    if not rows.parameter:
        walk = special_parameters(rows.general(), [], depth, most, seed, known.excludes, told)
        return found_in(walk, len(ansatz), known)

    def at(number: Fraction) -> tuple[int, list[Row]]:
        return len(ansatz), rows.at(number)

    return ExponentSearch(rows, len(ansatz), at, depth, most, seed, known, told).run()
