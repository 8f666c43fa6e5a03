"""The numbers that decide in expressions: what a formula costs in bits, what counts as rounding, how much is tried.

The costs follow AI Feynman (arXiv 1905.11481, 2006.10782). Where no other reason is given, a number was chosen with the
equations of AI Feynman in view (benchmarks/formulas.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CodeLengths:
    """Bits of what a formula is made of: description length is their sum, and that of the residuals."""

    symbol: float = 3.0
    """An operator, function or variable: log2 of 8, about as many different ones as one formula has."""
    real: float = 5.0
    """A free constant beside its digits: sign and magnitude, and that it is one."""
    pi: float = 3.0
    root: float = 4.0
    euler: float = 6.0
    """pi, the root of a number, and e (or a logarithm of a number): the rarer in laws, the dearer."""
    precision: float = 2.0**-10
    """The relative precision of a free constant where nothing is known of the data: three digits."""
    floor: float = 1e-12
    """The relative error below which residuals of an exact formula are rounding: some thousand roundings of 2e-16."""
    pole: float = 40.0
    """For a pole inside the box that no row shows: rational approximations have such poles where laws have none."""
    prime: Mapping[int, float] = field(default_factory=lambda: {2: 1.2, 3: 2.4, 5: 3.6, 7: 7.0})
    """A prime factor of a coefficient in a sum of terms, by the prime: near log2 of it, and a 7 is rare."""
    pi_power: tuple[float, ...] = (0.0, 2.0, 3.0, 5.0, 7.0)
    """pi^k in such a coefficient, by |k|."""
    coefficient_root: float = 5.0
    sign: float = 0.5
    """A root, and a minus, in such a coefficient."""
    free_coefficient: float = 12.0
    """What such a coefficient costs that is no product of small primes, powers of pi and roots."""


@dataclass(frozen=True)
class Tolerances:
    """Where numbers count as equal, known, or exact; all relative, and all but the last two set by float64."""

    rounding: float = 1e-13
    """What float64 leaves of an exact formula: the smallest sigma that uncertainties are computed with."""
    whole_exponent: float = 1e-9
    """A floating exponent this close to an integer is one."""
    exact: float = 1e-9
    """A formula without free constants whose error is below this is what was looked for; above it there is noise, and
    snapped constants are looked at again."""
    converged: float = 1e-10
    """A step of Levenberg-Marquardt that gains less than this share of the sum of squares is the last."""
    smallest_residual: float = 1e-16
    """Residuals of this size are no longer fitted."""
    singular: float = 1e-10
    """Singular values of the scaled Jacobian below this share of the largest: directions that change nothing."""
    idle: float = 1e-9
    """The same for the handful of parameters of `refit`."""
    window: float = 3.5
    """Standard errors that are looked at on each side of a constant: one in two thousand lies beyond."""
    fine: float = 1e-5
    """The relative uncertainty below which numbers beyond the table are looked for: above, chance offers too many."""
    explodes: float = 1e4
    """Values this many times the largest |y| are a pole."""


@dataclass(frozen=True)
class Efforts:
    """How much is tried: each bounds the time that one candidate may take."""

    table_bits: float = 15.0
    """Exact numbers of so many bits are looked up in a table, made once in 30 ms."""
    constants: int = 24
    """Expressions with more free constants are not polished: their snapping takes seconds."""
    poor: float = 0.2
    """Errors above this share of the spread of y call for a second start, from plain numbers near the first."""
    nearby: float = 0.03
    """How near those are, as a share of the constant."""
    untidy: float = 24.0
    """Bits that tidying may save at most, when two forms are compared before it."""
    exponents_first: float = 1000.0
    """Bits that put exponents before all other constants when they are snapped: more than anything can save."""
    undetermined: float = 64.0
    """Bits that put constants which the data leave open before those that are known, and behind exponents."""
    checked: int = 64
    """How many of the best candidates on training rows are checked on held-out rows and for poles."""
    pole_points: int = 1024
    """Rows between which poles are looked for."""
    tidied_operations: int = 80
    """Larger expressions are not tidied; algebra on them can take minutes."""
    tidied_terms: int = 40
    """Nor are those multiplied out that have more terms."""
    tidied_coefficients: int = 2_000
    """Nor those that have more coefficients as dense polynomials: with x**(127/50) or exp(1920*x/y + z) in them,
    factoring takes hours."""
    rewritten_operations: int = 40
    """Larger expressions are not written in other functions."""


BITS = CodeLengths()
TOLERANCES = Tolerances()
EFFORTS = Efforts()
