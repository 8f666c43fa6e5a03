"""A fitted form as an expression over the table's own columns: scales and shifts are carried through to its constants.

Forms are fitted over columns z = (x - shift) / scale and a target v = y / size. Each part of a form becomes factor *
e, e an expression of the x; factors move outward as far as they go (a power of a product, a factor of an exponent,
...), where they join the constants that are there already. So no constant of the scaling is left beside a fitted one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from jaxtyping import Float

from .form import MONOMIAL, Form


@dataclass(frozen=True)
class Scaling:
    """z = (x - shift) / scale of each column, v = y / size of the target."""

    shift: tuple[float, ...]
    scale: tuple[float, ...]
    size: float

    def apply(self, X: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "columns rows"]:
        """The scaled columns, each contiguous."""
        return np.ascontiguousarray(((X - np.array(self.shift)) / np.array(self.scale)).T)


def scaling_of(
    X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"], nearly_constant: float = 0.05
) -> Scaling:
    """Columns divided by their typical size, y by a robust spread; y is never shifted, or b f without offset is lost.

    A column whose spread is less than the share `nearly_constant` of its mean (years) is shifted as well.

    >>> scaling_of(np.array([[2000.0], [2010.0], [2020.0]]), np.array([1.0, 2.0, 3.0])).shift
    (2010.0,)
    """
    shifts, scales = [], []
    for x in X.T:
        mean, spread = float(x.mean()), float(x.std())
        if 0 < spread < nearly_constant * abs(mean):
            step = 10.0 ** np.floor(np.log10(spread))
            shifts.append(float(np.round(mean / step) * step))
            scales.append(1.5 * spread)
        else:
            shifts.append(0.0)
            scales.append(float(np.exp(np.mean(np.log(np.abs(x[x != 0]))))) if (x != 0).any() else 1.0)
    typical = 1.5 * float(np.median(np.abs(y - np.median(y)))) or float(y.std()) or float(np.abs(y).max()) or 1.0
    return Scaling(tuple(shifts), tuple(scales), typical)


def expression_of(
    form: Form | None,
    theta: Float[np.ndarray, " constants"],
    linear: tuple[float, float],
    scaling: Scaling,
    names: Sequence[str],
) -> sympy.Expr:
    """y = size (a + b f) as an expression over the columns `names`, its constants as floats. `form` None: a
    constant."""
    a, b = linear[0] * scaling.size, linear[1] * scaling.size
    if form is None:
        return sympy.Float(a, 17)
    walker = _Walker(scaling, [sympy.Symbol(name, real=True) for name in names], list(map(float, theta)))
    factor, e = walker.walk(form)
    if not np.isfinite(factor) or not np.isfinite(b * factor):
        raise OverflowError("the constants leave the range of floating numbers")
    scaled = _number(b * factor) * e
    return scaled + _number(a) if a else scaled


Part = tuple[float, sympy.Expr]


@dataclass
class _Walker:
    scaling: Scaling
    symbols: list[sympy.Symbol]
    theta: list[float]
    used: int = 0
    far: float = 20.0
    """exp(20) beside a factor exp(-20): more digits would be lost than a reader sees."""

    @property
    def farthest(self) -> float:
        """The largest shift of a column."""
        return max(map(abs, self.scaling.shift))

    def take(self) -> float:
        self.used += 1
        return self.theta[self.used - 1]

    def walk(self, form: Form) -> Part:
        if isinstance(form, int):
            shift = self.scaling.shift[form]
            symbol = self.symbols[form]
            return 1 / self.scaling.scale[form], symbol - sympy.Integer(round(shift)) if shift else symbol
        if form == MONOMIAL:
            return self.monomial()
        parts = [self.walk(inner) for inner in form[1:]]
        return _NODES[form[0]](self, *parts)

    def monomial(self) -> Part:
        factor, e = 1.0, sympy.Integer(1)
        for column in range(len(self.symbols)):
            own, base = self.walk(column)
            power = self.take()
            factor *= own**power
            e *= base ** _number(power)
        return factor, e


def _number(value: float) -> sympy.Expr:
    return sympy.Integer(round(value)) if value in (-1.0, 0.0, 1.0) else sympy.Float(value, 17)


def _power(walker: _Walker, u: Part) -> Part:
    power = walker.take()
    return u[0] ** power, u[1] ** _number(power)


def _shift(walker: _Walker, u: Part) -> Part:
    return u[0], u[1] + _number(walker.take() / u[0])


def _flip(walker: _Walker, u: Part) -> Part:
    return -u[0], u[1] - _number(walker.take() / u[0])


def _log(walker: _Walker, u: Part) -> Part:
    if u[0] == 1:
        return 1.0, sympy.log(u[1])
    return 1.0, sympy.log(u[1] if u[0] > 0 else -u[1]) + _number(float(np.log(abs(u[0]))))


def _exp(walker: _Walker, u: Part) -> Part:
    rate = walker.take() * u[0]
    is_far = isinstance(u[1], sympy.Add) and abs(rate) * walker.farthest > walker.far
    if is_far and abs(rate) < 600:  # as a growth a step: the factor would leave the range of floats
        return 1.0, sympy.Float(np.exp(rate), 17) ** u[1]
    return 1.0, sympy.exp(_linear(rate, u[1]))


def _wave(walker: _Walker, u: Part) -> Part:
    rate = walker.take() * u[0]
    phase = walker.take()
    return 1.0, sympy.cos(_linear(rate, u[1]) + _number(float(np.remainder(phase + np.pi, 2 * np.pi) - np.pi)))


def _tanh(walker: _Walker, u: Part) -> Part:
    return 1.0, sympy.tanh(_linear(walker.take() * u[0], u[1]))


def _clip(lower: bool) -> Callable[[_Walker, Part], Part]:
    def clip(walker: _Walker, u: Part) -> Part:
        at = _number(walker.take() / u[0])
        kind = sympy.Min if lower == (u[0] > 0) else sympy.Max
        return u[0], kind(u[1], at)

    return clip


def _plus(walker: _Walker, u: Part, t: Part) -> Part:
    ratio = walker.take() * t[0] / u[0]
    return u[0], u[1] + _number(ratio) * t[1]


def _extreme(lower: bool) -> Callable[[_Walker, Part, Part], Part]:
    def extreme(walker: _Walker, u: Part, t: Part) -> Part:
        kind = sympy.Min if lower == (u[0] > 0) else sympy.Max
        return u[0], kind(u[1], _number(t[0] / u[0]) * t[1])

    return extreme


def _raised(walker: _Walker, u: Part, t: Part) -> Part:
    return 1.0, (_number(u[0]) * u[1]) ** (_number(t[0]) * t[1])


def _linear(rate: float, e: sympy.Expr) -> sympy.Expr:
    return _number(rate) * e


_NODES: dict[str, Callable[..., Part]] = {
    "inverse": lambda walker, u: (1 / u[0], 1 / u[1]),
    "sqrt": lambda walker, u: (abs(u[0]) ** 0.5, sympy.sqrt(u[1] if u[0] > 0 else -u[1])),
    "square": lambda walker, u: (u[0] ** 2, u[1] ** 2),
    "abs": lambda walker, u: (abs(u[0]), sympy.Abs(u[1])),
    "log": _log,
    "shift": _shift,
    "flip": _flip,
    "power": lambda walker, u: _power(walker, u if u[0] > 0 else (-u[0], -u[1])),
    "exp": _exp,
    "wave": _wave,
    "tanh": _tanh,
    "lower": _clip(True),
    "upper": _clip(False),
    "times": lambda walker, u, t: (u[0] * t[0], u[1] * t[1]),
    "over": lambda walker, u, t: (u[0] / t[0], u[1] / t[1]),
    "plus": _plus,
    "min": _extreme(True),
    "max": _extreme(False),
    "raised": _raised,
}
