"""Determining equations of point symmetries of field equations of any form: u_xt, several space dimensions, explicit x.

For equations Delta_a = 0 and X = sum_i xi_i d_x_i + sum_f phi_f d_f,

    pr X Delta_a = 0 wherever Delta = 0,    phi_(J + e_i) = D_i phi_J - sum_k (D_i xi_k) f_(J + e_k)

(Olver, Applications of Lie Groups to Differential Equations, theorems 2.31 and 2.36). On solutions each equation gives
a leading derivative of a field of its own, and what is a derivative of that goes by differentiation: in an order of
derivatives in which the leading ones are the highest, no other conditions come of it (Riquier), so that what is left
are independent functions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import sympy

from ..arithmetic.polynomials import Polynomial, by_power, to_expression
from .field_powers import in_polynomials, refuse_related
from .multi_jets import MultiJets, Naming, Powers, powers_below, reaches, shifted
from .point_symmetries import FormalImages, Generator, monomial_generators

Ranking: TypeAlias = Callable[[str, Powers], Any]
"""A key by which derivatives are ordered, alike after each is differentiated once more."""
Leader: TypeAlias = tuple[Powers, Polynomial]
"""A leading derivative, and what it is equal to."""


@dataclass(frozen=True)
class FieldConditions(FormalImages):
    """Equations `zero` over `jets`; on solutions the derivative of each field in `leaders` is what stands there."""

    jets: MultiJets
    zero: tuple[Polynomial, ...]
    leaders: Mapping[str, Leader]
    known: dict[str, Polynomial] = field(default_factory=dict, compare=False)
    """What derivatives of leading ones are on solutions, as far as it was needed."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        return (*self.jets.independent, *self.jets.fields)

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.jets.parameters

    @property
    def ring(self) -> Any:
        return self.jets.ring

    def polynomial(self, expression: Any) -> Polynomial:
        return self.jets.polynomial(sympy.expand(expression))

    def ansatz(self, degree: int) -> list[Generator]:
        """Monomials in the independent variables and the fields for every component."""
        return monomial_generators(self.ring, self.coordinates, self.coordinates, degree)

    def image(self, generator: Generator) -> tuple[Polynomial, ...]:
        """pr X Delta on solutions."""
        return tuple(map(self.on_solutions, self.changes(generator)))

    def changes(self, generator: Generator) -> tuple[Polynomial, ...]:
        """pr X Delta, before anything is known of the fields."""
        moved = _Prolonged(self.jets, generator)
        found = []
        for polynomial in self.zero:
            total = self.ring.constant(0)
            for component, name in zip(generator, self.jets.independent, strict=False):
                total = total + component * self.jets.partial(polynomial, name)
            for name in _derivatives_in(polynomial, self.jets):
                total = total + moved.component(*self.jets.jets[name]) * self.jets.partial(polynomial, name)
            found.append(total)
        return tuple(found)

    def on_solutions(self, polynomial: Polynomial) -> Polynomial:
        """Without leading derivatives and what is differentiated from them."""
        for name in self.jets.held(polynomial):
            if name in self.jets.jets and self._is_led(*self.jets.jets[name]):
                value, parts = self._value(name), by_power(polynomial, name)
                polynomial = sum((part * value**k for k, part in parts.items()), polynomial * 0)
        return self.jets.reduced(polynomial)

    def random_jets(self, generator: np.random.Generator) -> dict[sympy.Symbol, float]:
        """A number for every symbol that is no auxiliary; those of leading derivatives obey the equations."""
        functions = {a.symbol.name: a.definition for a in self.jets.auxiliaries}
        free = [n for n in self.jets.generators if n not in functions]
        led = [n for n in free if n in self.jets.jets and self._is_led(*self.jets.jets[n])]
        values: Any = {sympy.Symbol(n, real=True): float(generator.uniform(0.5, 1.5)) for n in free if n not in led}
        for n in led:
            number = to_expression(self._value(n), functions).evalf(subs=values)
            values[sympy.Symbol(n, real=True)] = float(number)
        return values

    def _is_led(self, name: str, powers: Powers) -> bool:
        return name in self.leaders and reaches(powers, self.leaders[name][0])

    def _value(self, name: str) -> Polynomial:
        """What a derivative of a leading one is on solutions."""
        if name not in self.known:
            of, powers = self.jets.jets[name]
            lead, value = self.leaders[of]
            if powers != lead:
                direction = next(i for i, (n, m) in enumerate(zip(powers, lead, strict=True)) if n > m)
                below = self._value(self.jets.name(of, shifted(powers, direction, -1)))
                value = self.jets.total_derivative(below, direction)
            self.known[name] = self.on_solutions(value)
        return self.known[name]


@dataclass
class _Prolonged:
    """The components of a generator for derivatives."""

    jets: MultiJets
    generator: Generator
    found: dict[tuple[str, Powers], Polynomial] = field(default_factory=dict)

    def component(self, name: str, powers: Powers) -> Polynomial:
        if (name, powers) not in self.found:
            self.found[name, powers] = self._made(name, powers)
        return self.found[name, powers]

    def _made(self, name: str, powers: Powers) -> Polynomial:
        count = len(self.jets.independent)
        if not any(powers):
            return self.generator[count + self.jets.fields.index(name)]
        direction = next(i for i in reversed(range(count)) if powers[i])
        below = shifted(powers, direction, -1)
        total = self.jets.total_derivative(self.component(name, below), direction)
        for k, slope in enumerate(self._slopes[direction]):
            if slope != 0:
                total = total - slope * self.jets.generators[self.jets.name(name, shifted(below, k))]
        return total

    @cached_property
    def _slopes(self) -> list[list[Polynomial]]:
        """D_i xi_k."""
        directions = range(len(self.jets.independent))
        return [[self.jets.total_derivative(self.generator[k], i) for k in directions] for i in directions]


def field_conditions(
    fields: Sequence[str],
    independent: Sequence[str],
    equations: Sequence[sympy.Expr],
    parameters: Sequence[str],
    naming: Naming,
    most: int = 400,
) -> FieldConditions:
    """The conditions for equations that are each 0; `naming` names a derivative, and says which one a name is.

    Raises ValueError for what has no polynomial form, cannot be solved for a leading derivative of a field of its own,
    or needs more than `most` derivatives.
    """
    name, parted = naming
    taken = {str(s) for e in equations for s in e.free_symbols}
    zero, _, rewriter = in_polynomials(equations, (), {*taken, *fields, *independent, *parameters}, parameters)
    refuse_related(rewriter.found)
    here = {parted(n)[1] for n in taken if parted(n)[0] in fields}

    def ring(room: set[Powers]) -> tuple[MultiJets, list[Polynomial]]:
        wide = frozenset(room | {(0,) * len(independent)})
        jets = MultiJets(tuple(fields), tuple(independent), wide, name, tuple(parameters), tuple(rewriter.found))
        return jets, [jets.reduced(jets.polynomial(sympy.expand(e))) for e in zero]

    jets, polynomials = ring(here)
    leading = _leading(polynomials, jets)
    held = [[jets.jets[n] for n in _derivatives_in(p, jets)] for p in polynomials]
    room = _closed(dict(leading), held, len(independent))
    if len(room) * len(fields) > most:
        raise ValueError(
            f"the symmetries need {len(room) * len(fields)} derivatives of {', '.join(fields)}; the most are {most}"
        )
    jets, polynomials = ring({powers for _, powers in room})
    return FieldConditions(jets, tuple(polynomials), _solved(polynomials, leading, jets))


def _solved(
    polynomials: Sequence[Polynomial], leading: Sequence[tuple[str, Powers]], jets: MultiJets
) -> dict[str, Leader]:
    """What the leading derivative of each equation is equal to, by its field."""
    leaders = {}
    for (of, powers), polynomial in zip(leading, polynomials, strict=True):
        lead = jets.name(of, powers)
        slope = polynomial.derivative(lead)
        leaders[of] = powers, (jets.generators[lead] * slope - polynomial) / slope.leading_coefficient()
    return leaders


def _leading(polynomials: Sequence[Polynomial], jets: MultiJets) -> list[tuple[str, Powers]]:
    """In some order of derivatives the highest one of each equation: linear, with a number before it.

    Raises ValueError where there is none in which each equation has one of a field of its own.
    """
    inside = _within_functions(jets)
    for ranking in _rankings(jets):
        tops = (_solvable_top(polynomial, ranking, jets) for polynomial in polynomials)
        leading = [top for top in tops if top is not None]
        led = dict(leading)
        free = not any(of in led and reaches(powers, led[of]) for of, powers in inside)
        if len(leading) == len(polynomials) == len(led) and free:
            return leading
    shown = "; ".join(f"{to_expression(p)} = 0" for p in polynomials)
    raise ValueError(
        f"{shown}: no highest derivative with a number before it, of another field in each equation; solve for such"
    )


def _within_functions(jets: MultiJets) -> list[tuple[str, Powers]]:
    """The derivatives that stand in the arguments of auxiliaries."""
    names = (n for a in jets.auxiliaries for n in jets.held(jets.polynomial(a.argument)))
    return [jets.jets[n] for n in names if n in jets.jets]


def _solvable_top(polynomial: Polynomial, ranking: Ranking, jets: MultiJets) -> tuple[str, Powers] | None:
    """The highest derivative in it; None where that is not linear with a number before it."""
    top = max(_derivatives_in(polynomial, jets), key=lambda n: ranking(*jets.jets[n]), default=None)
    if top is None:
        return None
    slope = polynomial.derivative(top)
    return jets.jets[top] if slope.is_constant() and slope != 0 else None


def _rankings(jets: MultiJets) -> list[Ranking]:
    """By how often it is differentiated by one variable, then by the next; before that, by all together."""
    found: list[Ranking] = []
    size = range(len(jets.independent))
    for places, fields, orderly in itertools.product(
        itertools.permutations(size), itertools.permutations(jets.fields), (False, True)
    ):

        def key(of: str, powers: Powers, p: Any = places, f: Any = fields, o: bool = orderly) -> Any:
            return (sum(powers) if o else 0, [powers[i] for i in p], f.index(of))

        found.append(key)
    return found


def _closed(
    leading: Mapping[str, Powers], held: Sequence[Sequence[tuple[str, Powers]]], count: int
) -> set[tuple[str, Powers]]:
    """The derivatives that prolonging those `held` needs, and that are needed to write those on solutions."""
    pairs = [pair for row in held for pair in row]
    fields = {of for of, _ in pairs} | set(leading)
    todo = set(itertools.product(fields, _prolonging([top for _, top in pairs], count)))
    of_leader = dict(zip(leading, held, strict=True))
    found: set[tuple[str, Powers]] = set()
    while todo:
        of, powers = todo.pop()
        found.add((of, powers))
        if of in leading and reaches(powers, leading[of]):
            todo |= _of_led(of, powers, leading[of], of_leader[of]) - found
    return found


def _prolonging(tops: Sequence[Powers], count: int) -> set[Powers]:
    """The derivatives that prolonging these needs: what is below them, and once more in each of `count` directions."""
    below = {powers for top in tops for powers in powers_below(top)}
    beyond = {shifted(p, k) for top in tops for p in powers_below(top) if p != top for k in range(count)}
    return below | beyond


def _of_led(of: str, powers: Powers, lead: Powers, held: Sequence[tuple[str, Powers]]) -> set[tuple[str, Powers]]:
    """What a derivative of a leading one is made of: those between the two, and as many of what its equation holds."""
    between = [p for p in powers_below(powers) if reaches(p, lead)]
    further = (tuple(n - m for n, m in zip(p, lead, strict=True)) for p in between)
    made = {(other, tuple(a + b for a, b in zip(more, q, strict=True))) for more in further for other, q in held}
    return made | {(of, p) for p in between}


def _derivatives_in(polynomial: Polynomial, jets: MultiJets) -> list[str]:
    """The fields and derivatives that it holds, also within functions."""
    held = set(jets.held(polynomial))
    for auxiliary in reversed(jets.auxiliaries):
        if auxiliary.symbol.name in held:
            held |= {str(symbol) for symbol in auxiliary.argument.free_symbols}
    return [name for name in jets.jets if name in held]
