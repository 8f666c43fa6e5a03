"""What rows leave open of the numbers within jumps: how far each can move until some row is beyond another jump.

    step(x - 3) is the same on every row for 2.93 < 3 <= 3.05

No standard error says this: between two rows nothing tells one threshold from the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....algebra.expressions.jumps import JUMPS
from ....algebra.expressions.text import to_text
from ....artifacts.formulas.formula import Formula
from ....core.claim import Claim, Undecided
from ....subjects.tables.samples import Samples
from ..expression.free_constants import named_numbers

Array = NDArray[np.float64]


def threshold_claims(formula: Formula, samples: Samples, most: int = 6) -> list[Claim]:
    """For the numbers within the formula's jumps, at most so many, the range in which no row jumps; key "threshold".

    >>> samples = Samples([[1.0], [2.0], [4.0], [5.0]], [0.0, 0.0, 1.0, 1.0], ("x",))
    >>> threshold_claims(Formula("step(x - 3)", ("x",)), samples)[0].evidence
    'any number between 2 and 4 gives the same on every row (measure where the formula jumps)'
    """
    claims: list[Claim] = []
    for jump in sorted(formula.sympy().atoms(*JUMPS), key=str):
        for number, low, high in _ranges(jump, formula, samples.X):
            ends = _told_apart(low, high)
            if ends is None:
                continue  # a row is right at the jump
            statement = f"{number:g} of {jump_text(jump)} in {formula.target}, exactly"
            reason = f"any number between {ends[0]} and {ends[1]} {_what_stays(jump)}"
            claims.append(Undecided(statement, reason, "measure where the formula jumps", key="threshold"))
    return claims[:most]


def jump_text(jump: Any) -> str:
    """The jump as formulas write it.

    >>> jump_text(sympy.Heaviside(sympy.Symbol("x") - 3, 1))
    'step(x - 3)'
    """
    return to_text(jump)


def _told_apart(low: float, high: float, digits: Sequence[int] = (5, 7, 9)) -> tuple[str, str] | None:
    """Both ends with as few digits as tell them apart; None where they are one number."""
    texts = ((f"{low:.{many}g}", f"{high:.{many}g}") for many in digits)
    return next((pair for pair in texts if pair[0] != pair[1]), None)


def _what_stays(jump: Any) -> str:
    """Of a modulus only the period that a row lies in: how far along it moves with the number."""
    return "leaves every row in its period" if isinstance(jump, sympy.Mod) else "gives the same on every row"


def _ranges(jump: Any, formula: Formula, X: Array) -> Iterator[tuple[float, float, float]]:
    """Each number within a jump, with the ends between which it changes no row; as p where 1/p is written."""
    u: Any = jump.args[0]
    whole = _seen_by(jump)
    template, numbers, _ = named_numbers(u)
    if isinstance(jump, sympy.Mod) and jump.args[1].is_number:
        period = sympy.Symbol("_#period", real=True)
        template, numbers = template / period, {**numbers, period: jump.args[1]}
    symbols = [sympy.Symbol(name, real=True) for name in formula.names]
    for symbol, number in numbers.items():
        others: Any = template.xreplace({other: value for other, value in numbers.items() if other != symbol})
        function = sympy.lambdify([symbol, *symbols], others, ["scipy", "numpy"])

        def on_rows(value: float, function: Callable[..., Any] = function) -> Array:
            with np.errstate(all="ignore"):
                return whole(function(value, *X.T) * np.ones(len(X)))

        value = float(number)
        low, high = _reach(on_rows, value, -1.0), _reach(on_rows, value, 1.0)
        inverted = number.is_Rational and abs(number.p) == 1 and low * high > 0  # floor(x/5) has a 5
        yield _upright((1 / value, 1 / high, 1 / low) if inverted else (value, low, high))


def _seen_by(jump: Any) -> Callable[[Array], Array]:
    """What of u a jump sees; of others than these its whole part."""
    known: dict[Any, Callable[[Array], Array]] = {
        sympy.Heaviside: lambda u: np.heaviside(u, 1.0),
        sympy.sign: np.sign,
        sympy.ceiling: np.ceil,
    }
    return known.get(jump.func, np.floor)


def _upright(range_: tuple[float, float, float]) -> tuple[float, float, float]:
    """(number, low, high), turned round where the number is below 0: it is written with a minus before it."""
    value, low, high = range_
    return (-value, -high, -low) if value < 0 else range_


def _reach(on_rows: Callable[[float], Array], value: float, sign: float, steps: int = 60) -> float:
    """How far a number can move to one side; where nothing stops it, a thousand times its size."""
    before = on_rows(value)
    size = abs(value) or 1.0
    near, far = 0.0, 1e-9 * size
    while far < 1e3 * size and np.array_equal(on_rows(value + sign * far), before):
        near, far = far, 4 * far
    for _ in range(steps):
        middle = (near + far) / 2
        near, far = (middle, far) if np.array_equal(on_rows(value + sign * middle), before) else (near, middle)
    return value + sign * near
