"""What physicists call a conserved quantity: energy, momentum, angular momentum, Runge-Lenz vector, Casimir, total.

Each name is given where an identity says so, and only there: an energy's gradient by the velocities is linear in them
with constant masses, a Hamiltonian's gradient is the equations' own right-hand side, turned by a bracket.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from ...algebra.expressions.text import symbols_of
from ...subjects.equations.dynamics import Dynamics


def meanings_of(dynamics: Dynamics, laws: Sequence[sympy.Expr]) -> tuple[str, ...]:
    """A name for each law, "" where there is no word for it.

    >>> spring = Dynamics.parse("x' = v; v' = -k*x", parameters="k")
    >>> x, v, k = sympy.symbols("x v k", real=True)
    >>> meanings_of(spring, [k * x**2 + v**2])
    ('energy',)
    """
    system = _Named(dynamics, tuple(laws))
    return tuple(system.name(law) for law in laws)


@dataclass(frozen=True)
class _Named:
    dynamics: Dynamics
    laws: tuple[Any, ...]

    def name(self, law: Any) -> str:
        if law.has(sympy.atan):
            return "an angle, up to multiples of its period"
        words = (self._momentum, self._total, self._energy, self._angular, self._lenz, self._casimir, self._hamiltonian)
        return next((found for word in words if (found := word(law))), "")

    @cached_property
    def symbols(self) -> list[Any]:
        return list(symbols_of(self.dynamics.variables).values())

    @cached_property
    def rates(self) -> dict[Any, Any]:
        return dict(zip(self.symbols, self.dynamics.expressions(), strict=True))

    @cached_property
    def pairs(self) -> dict[Any, Any]:
        """Position -> velocity where q' = c v; empty unless these are all variables, each once."""
        found, used = {}, set()
        for q, rate in self.rates.items():
            inside = list(rate.free_symbols & set(self.symbols))
            if len(inside) == 1 and not {q, *inside} & used and q != inside[0] and self._linear(rate, set(inside)):
                found[q] = inside[0]
                used |= {q, *inside}
        return found if len(used) == len(self.symbols) else {}

    def _momentum(self, law: Any) -> str:
        """Linear in the velocities, with masses of one sign."""
        held = law.free_symbols & set(self.symbols)
        if not self.pairs or not held <= set(self.pairs.values()) or not self._linear(law, held):
            return ""
        if not _have_one_sign(sympy.diff(law, v) for v in held):
            return ""
        return f"momentum in {self._places(held)}" if len(held) == 1 else "total momentum"

    def _places(self, speeds: Collection[Any]) -> str:
        """The names of the positions that have these velocities."""
        return ", ".join(str(q) for q, v in self.pairs.items() if v in speeds)

    def _is_constant(self, expression: Any) -> bool:
        """Whether it holds no variable."""
        return not expression.free_symbols & set(self.symbols)

    def _total(self, law: Any) -> str:
        """A sum of amounts: linear, with whole positive coefficients."""
        held = law.free_symbols & set(self.symbols)
        if self.pairs or len(held) < 2 or not self._linear(law, held):
            return ""
        weights = {law.coeff(s) for s in held}
        if not all(w.is_Integer and w > 0 for w in weights):
            return ""
        names = ", ".join(map(str, sorted(held, key=self.symbols.index)))
        return f"total of {names}" if weights == {1} else f"weighted total of {names}"

    def _energy(self, law: Any) -> str:
        """Quadratic in the velocities with constant masses of one sign, and nothing linear in them."""
        speeds = [v for v in self.pairs.values() if law.has(v)]
        if not speeds:
            return ""
        masses, rest = sympy.hessian(law, speeds), dict.fromkeys(speeds, 0)
        if not self._is_constant(masses) or any(sympy.diff(law, v).subs(rest) != 0 for v in speeds):
            return ""
        if not masses.is_diagonal() or not _have_one_sign(masses.diagonal()):
            return ""
        return "energy" if len(speeds) == len(self.pairs) else f"energy of the motion in {self._places(speeds)}"

    def _angular(self, law: Any) -> str:
        """sum a_ij (q_i v_j - q_j v_i)."""
        if len(self.pairs) < 2:
            return ""
        places, speeds = list(self.pairs), list(self.pairs.values())
        table = sympy.Matrix(len(places), len(places), lambda i, j: sympy.diff(law, places[i], speeds[j]))
        if table.is_zero_matrix or not self._is_constant(table):
            return ""
        (bilinear,) = sympy.Matrix([places]) * table * sympy.Matrix(speeds)
        if sympy.expand(law - bilinear) != 0 or not (table + table.T).applyfunc(sympy.expand).is_zero_matrix:
            return ""
        pairs = itertools.combinations(range(len(places)), 2)
        planes = [f"{places[i]}, {places[j]}" for i, j in pairs if table[i, j] != 0]
        return f"angular momentum in {planes[0]}" if len(planes) == 1 else "total angular momentum"

    def _lenz(self, law: Any) -> str:
        """Quadratic in the velocities and linear in the places, but for k q / r."""
        if len(self.pairs) < 2:
            return ""
        zero = dict.fromkeys(self.pairs.values(), 0)
        still, radius = law.subs(zero), sympy.sqrt(sympy.Add(*(q**2 for q in self.pairs)))
        moving, scale = sympy.expand(law - still), sympy.Symbol("_s", positive=True)
        if still == 0 or moving == 0:
            return ""
        faster = {v: scale * v for v in self.pairs.values()}
        wider = {q: scale * q for q in self.pairs}
        squares = sympy.expand(moving.subs(faster) - scale**2 * moving) == 0
        lines = sympy.expand(moving.subs(wider) - scale * moving) == 0
        over = sympy.simplify(still * radius)
        return "component of the Runge-Lenz vector" if squares and lines and self._linear(over, set(self.pairs)) else ""

    def _casimir(self, law: Any) -> str:
        """Constant for every Hamiltonian with the bracket that the equations have: of rotations, or Lotka-Volterra."""
        gradient = sympy.Matrix([sympy.diff(law, s) for s in self.symbols])
        for bracket, what in self._brackets:
            flow = bracket * gradient
            if any(np.abs(r).max() > 1e-8 * np.abs(g).max() for g, r in self._in_numbers(gradient, flow, 3)):
                continue
            if flow.applyfunc(sympy.simplify).is_zero_matrix:
                return f"Casimir of {what}"
        return ""

    def _hamiltonian(self, law: Any) -> str:
        """H with x' = c J grad H, for a bracket J and a constant c."""
        if self.pairs and len(self.symbols) > 2:
            return ""
        gradient = sympy.Matrix([sympy.diff(law, s) for s in self.symbols])
        field = sympy.Matrix(list(self.rates.values()))
        for bracket, what in [*self._canonical, *self._brackets]:
            flow = bracket * gradient
            if not self._are_proportional(field, flow):
                continue  # what is seen at once in numbers takes sympy minutes: fractions of long laws
            if self._is_multiple(field, flow.applyfunc(sympy.simplify)):
                return f"Hamiltonian{what and f' ({what})'}"
        return ""

    def _is_multiple(self, field: Any, flow: Any) -> bool:
        """Whether field = c flow for a constant c that is not 0, as sympy says."""
        place = next((i for i, e in enumerate(flow) if e != 0), None)
        if place is None:
            return False
        ratio = sympy.cancel(field[place] / flow[place])
        constant = ratio != 0 and self._is_constant(ratio)
        return constant and (field - ratio * flow).applyfunc(sympy.simplify).is_zero_matrix

    def _are_proportional(self, field: Any, flow: Any, points: int = 4) -> bool:
        """Whether field = c flow may hold: whether it does in numbers, with one c at a few points.

        A point where something is no finite real number says nothing; none that says something is a no, so that what
        is named is named by sympy alone.
        """
        ratios = []
        for left, right in self._in_numbers(field, flow, 3 * points):
            ratio = np.vdot(right, left) / np.vdot(right, right).real
            if np.abs(left - ratio * right).max() > 1e-8 * (np.abs(left).max() + abs(ratio) * np.abs(right).max()):
                return False
            ratios.append(ratio)
        return len(ratios) > 0 and max(abs(r - ratios[0]) for r in ratios) <= 1e-8 * abs(ratios[0])

    def _in_numbers(self, field: Any, flow: Any, points: int) -> Iterator[tuple[Any, Any]]:
        """Both (variables,) at those of so many points where they are numbers, and the flow not 0."""
        symbols = sorted(field.free_symbols | flow.free_symbols, key=str)
        values = sympy.lambdify(symbols, [*field, *flow], "mpmath")
        generator = np.random.default_rng(0)
        fixed = {s: float(generator.uniform(0.5, 1.5)) for s in symbols if s not in self.symbols}
        for _ in range(points):
            point = {s: fixed.get(s, float(generator.uniform(0.3, 1.7))) for s in symbols}
            try:
                numbers = np.array([complex(v) for v in values(*(point[s] for s in symbols))])
            except (ArithmeticError, ValueError, TypeError):
                continue
            left, right = numbers[: len(field)], numbers[len(field) :]
            if np.isfinite(numbers).all() and np.vdot(right, right).real > 0:
                yield left, right

    @property
    def _canonical(self) -> list[tuple[Any, str]]:
        """{q_i, p_i} = 1 for variables as q1, q2, ..., p1, p2, ... or as q1, p1, q2, p2, ..."""
        size = len(self.symbols)
        if size % 2:
            return []
        half = size // 2
        apart = sympy.Matrix(size, size, lambda i, j: (j == i + half) - (i == j + half))
        beside = sympy.Matrix(size, size, lambda i, j: (i % 2 == 0 and j == i + 1) - (j % 2 == 0 and i == j + 1))
        return [(apart, "")] if half == 1 else [(apart, ""), (beside, "")]

    @cached_property
    def _brackets(self) -> list[tuple[Any, str]]:
        """Of rotations where x' is at right angles to x; of Lotka-Volterra equations where a total is conserved."""
        found = []
        if len(self.symbols) == 3:
            x, y, z = self.symbols
            if sympy.expand(sum(s * rate for s, rate in self.rates.items())) == 0:
                found.append((sympy.Matrix([[0, z, -y], [-z, 0, x], [y, -x, 0]]), "the bracket of rotations"))
        if len(self.symbols) == 2 and all(sympy.cancel(r / s).is_polynomial(s) for s, r in self.rates.items()):
            area = self.symbols[0] * self.symbols[1]
            found.append((sympy.Matrix([[0, area], [-area, 0]]), "the Lotka-Volterra bracket"))
        found += [(bracket, "the Lotka-Volterra bracket") for bracket in self._lotka_volterra()]
        return found

    def _lotka_volterra(self) -> list[Any]:
        """x_i' = x_i sum_j A_ij x_j with A_ij / h_j antisymmetric, for a conserved sum of h_i x_i."""
        shares = [sympy.cancel(rate / s) for s, rate in self.rates.items()]
        if not all(self._linear(e, set(self.symbols)) or e == 0 for e in shares):
            return []
        brackets = (self._bracket_of(shares, [sympy.diff(law, s) for s in self.symbols]) for law in self.laws)
        return [bracket for bracket in brackets if bracket is not None]

    def _bracket_of(self, shares: Sequence[Any], weights: Sequence[Any]) -> Any:
        """A_ij / h_j x_i x_j, for x_i' / x_i and the gradient of a law; None where that is no bracket."""
        if not all(w != 0 and self._is_constant(w) for w in weights):
            return None
        size = len(self.symbols)
        table = sympy.Matrix(size, size, lambda i, j: sympy.diff(shares[i], self.symbols[j]) / weights[j])
        if not (table + table.T).applyfunc(sympy.simplify).is_zero_matrix:
            return None
        return sympy.Matrix(size, size, lambda i, j: table[i, j] * self.symbols[i] * self.symbols[j])

    def _linear(self, law: Any, held: set[Any]) -> bool:
        """Linear in these symbols, without a constant, its coefficients free of all variables."""
        slopes = {s: sympy.diff(law, s) for s in held}
        if not held or not all(map(self._is_constant, slopes.values())):
            return False
        return sympy.expand(law - sympy.Add(*(slope * s for s, slope in slopes.items()))) == 0


def _have_one_sign(numbers: Iterable[Any]) -> bool:
    """Whether none is 0, and all are written with a minus sign, or none is."""
    signs = [number != 0 and (1, -1)[number.could_extract_minus_sign()] for number in numbers]
    return all(signs) and len(set(signs)) == 1
