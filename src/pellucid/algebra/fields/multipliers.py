"""Conservation laws of field equations by multipliers: Q such that Q times the equation is a divergence.

For equations Delta_a = 0 a conservation law is an identity, for all fields,

    sum_a Q_a Delta_a = D_t T + D_x X + D_y Y

and Q is found from E_f(sum_a Q_a Delta_a) = 0, which is linear in Q. Different multipliers without the leading
derivatives of the equations are laws that are not equivalent (Olver, theorem 4.26; Anco and Bluman, Eur. J. Appl. Math.
13, 545, 2002). T and X are found by integrating by parts (the homotopy operator, Olver, section 5.4).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from flint import fmpq

from ..arithmetic.finite_field import Residues, independent_columns
from ..arithmetic.polynomials import Polynomial, coefficients, power_product, to_expression
from ..systems.monomials import monomials
from .field_powers import (
    NeedsFactor,
    dependent,
    in_polynomials,
    integral_of_powers,
    integrated_apart,
    refuse_related,
)
from .multi_jets import MultiJets, Naming, reaches, room_for, shifted

Multiplier = tuple[Polynomial, ...]
"""Q_a for every equation."""


@dataclass(frozen=True)
class MultiplierSystem:
    """Equations `zero` over `jets`, each with its leading derivative, and what multipliers may hold."""

    jets: MultiJets
    zero: tuple[Polynomial, ...]
    leading: tuple[str, ...]
    order: int
    explicit: bool
    """Whether multipliers may hold t and x themselves."""

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """What multipliers are polynomials in: derivatives up to `order` but the leading ones and theirs."""
        jets = self.jets.jets
        derivatives = [name for name in jets if sum(jets[name][1]) <= self.order and not self._is_led(name)]
        moving = {a.symbol.name for name in jets for a in dependent(name, self.jets)}
        functions = [a.symbol.name for a in self.jets.auxiliaries if a.symbol.name not in self.jets.constants]
        if self.explicit:
            return (*self.jets.independent, *derivatives, *functions)
        return (*derivatives, *(name for name in functions if name in moving))

    def _is_led(self, name: str) -> bool:
        """Whether it is a leading derivative, or a derivative of one."""
        field, powers = self.jets.jets[name]
        led = (self.jets.jets[leading] for leading in self.leading)
        return any(field == of and reaches(powers, lead) for of, lead in led)

    def ansatz(self, degree: int) -> list[Multiplier]:
        """Every multiplier with one monomial in one place, simplest first; of equal functions the first."""
        one, factors = self.jets.ring.constant(1), [self.jets.generators[name] for name in self.symbols]
        rows = self._exponents(degree) if degree else []
        products = [one, *(self.jets.reduced(power_product(factors, row, one)) for row in rows)]
        products = [products[i] for i in independent_columns(coefficients([(p,) for p in products], {}))]
        none = self.jets.ring.constant(0)
        places = range(len(self.zero))
        return [tuple(p if a == place else none for a in places) for p in products for place in places]

    def _exponents(self, degree: int) -> list[Any]:
        """Those of the monomials in `symbols`, of low degree first, of equal ones those with lower derivatives."""
        table = monomials([sympy.Symbol(name, real=True) for name in self.symbols], degree)
        weights = [sum(self.jets.jets[name][1]) if name in self.jets.jets else 0 for name in self.symbols]
        return sorted(table.exponents, key=lambda row: (row.sum(), row @ weights))

    def product(self, multiplier: Multiplier) -> Polynomial:
        """sum_a Q_a Delta_a."""
        pairs = zip(multiplier, self.zero, strict=True)
        return self.jets.reduced(sum((q * delta for q, delta in pairs if q != 0), self.jets.ring.constant(0)))

    def image(self, multiplier: Multiplier) -> tuple[Polynomial, ...]:
        """What is 0 for a conservation law, linear in the multiplier."""
        product = self.product(multiplier)
        return tuple(self.jets.euler(product, field) for field in self.jets.fields)

    def matrix(self, images: Sequence[Sequence[Polynomial]], values: Mapping[str, int] | None = None) -> Residues:
        """A column for each image, modulo a prime; its null vectors are the combinations that are laws.

        With `values` the parameters are these residues; without, combinations are laws for all parameters.

        Shape (rows, images).
        """
        return self.jets.columns(images, values)

    def currents(self, multiplier: Multiplier) -> tuple[Polynomial, ...] | None:
        """(T, X, ...) with sum_i D_i of it the product; None where none is found in closed form.

        Raises NeedsFactor where a multiple of the multiplier has one.
        """
        product = self.product(multiplier)
        try:
            found = _homotopy(product, self.jets)
        except ValueError:
            return None
        if found is None or self.divergence(found) != product:
            return None
        return _lowered(found, self.jets)

    def divergence(self, currents: Sequence[Polynomial]) -> Polynomial:
        """D_t T + D_x X + ..."""
        parts = (self.jets.total_derivative(current, i) for i, current in enumerate(currents))
        return self.jets.reduced(sum(parts, self.jets.ring.constant(0)))


def multiplier_system(
    fields: Sequence[str],
    independent: Sequence[str],
    equations: Sequence[sympy.Expr],
    parameters: Sequence[str],
    order: int,
    explicit: bool,
    naming: Naming,
    functions: Sequence[sympy.Expr] = (),
) -> tuple[MultiplierSystem, list[Polynomial]]:
    """The system of some equations, and `functions` as polynomials of its ring.

    `naming` names a derivative, and says which one a name is. Raises ValueError for equations that have no polynomial
    form, or no leading derivative.
    """
    name, parted = naming
    taken = {str(s) for e in (*equations, *functions) for s in e.free_symbols}
    names = {*taken, *fields, *independent, *parameters}
    zero, extra, rewriter = in_polynomials(equations, functions, names, parameters)
    refuse_related(rewriter.found)
    here = [parted(n) for n in taken if parted(n)[0] in fields]
    orders = itertools.product(range(order + 1), repeat=len(independent))
    room = room_for({powers for _, powers in here} | {p for p in orders if sum(p) <= order})
    jets = MultiJets(tuple(fields), tuple(independent), room, name, tuple(parameters), tuple(rewriter.found))
    polynomials = [jets.reduced(jets.polynomial(sympy.expand(e))) for e in zero]
    system = MultiplierSystem(jets, tuple(polynomials), _leading(polynomials, jets), order, explicit)
    return system, [jets.reduced(jets.polynomial(sympy.expand(e))) for e in extra]


def _leading(zero: Sequence[Polynomial], jets: MultiJets) -> tuple[str, ...]:
    """Of each equation a derivative with a constant factor, of which no other in the equations is a derivative.

    The first by t, then the highest. Raises ValueError where an equation has none.
    """
    held = Counter(name for polynomial in zero for name in jets.held(polynomial) if name in jets.jets)
    inner = {name for a in jets.auxiliaries for name in jets.held(jets.polynomial(a.argument))}
    allowed = {name for name, equations in held.items() if equations == 1 and _is_highest(name, held, jets)} - inner
    return tuple(_leading_of(polynomial, allowed, jets) for polynomial in zero)


def _leading_of(polynomial: Polynomial, allowed: Collection[str], jets: MultiJets) -> str:
    """Of these derivatives the first by t, then the highest, with a constant factor. Raises ValueError for none."""
    constants = {*jets.parameters, *jets.constants}
    found = [
        name
        for name in jets.held(polynomial)
        if name in allowed and set(jets.held(polynomial.derivative(name))) <= constants
    ]
    if not found:
        raise ValueError(
            f"equation {to_expression(polynomial)} = 0 has no leading derivative with a constant factor that the "
            "other equations do not hold; solve it for one, such as u_t"
        )
    powers = {name: jets.jets[name][1] for name in found}
    return max(found, key=lambda name: (powers[name][0], sum(powers[name]), name))


def _is_highest(name: str, held: Iterable[str], jets: MultiJets) -> bool:
    """Whether none of the others is a derivative of it."""
    field, powers = jets.jets[name]
    return not any(n != name and jets.jets[n][0] == field and reaches(jets.jets[n][1], powers) for n in held)


def _homotopy(product: Polynomial, jets: MultiJets) -> tuple[Polynomial, ...] | None:
    """Currents whose divergence the product is, if it is one: by degree d in the fields, of d P = sum f_J dP/df_J.

    Each f_J dP/df_J is integrated by parts until f alone is left; then what is left is f E_f(P) = 0. None where the
    product holds functions of the fields, which have no degree.
    """
    letters = {a.symbol.name for name in jets.jets for a in dependent(name, jets)}
    if letters & set(jets.held(product)):
        return _by_antiderivatives(product, jets)
    currents = [jets.ring.constant(0) for _ in jets.independent]
    for degree, part in _by_degree(product, jets).items():
        if degree == 0:
            alone = _integral(part, jets.independent[0], jets)
            if alone is None:
                return None
            currents[0] = currents[0] + alone
            continue
        for name in jets.held(part):
            if name in jets.jets:
                _by_parts(currents, name, part.derivative(name) * fmpq(1, degree), jets)
    return tuple(currents)


def _by_parts(currents: list[Polynomial], name: str, factor: Polynomial, jets: MultiJets) -> None:
    """Adds to the currents what integrating f_J times the factor by parts leaves at the ends; by t last."""
    field, powers = jets.jets[name]
    for direction in reversed(range(len(powers))):
        for _ in range(powers[direction]):
            powers = shifted(powers, direction, -1)
            currents[direction] = currents[direction] + jets.generators[jets.name(field, powers)] * factor
            factor = -jets.total_derivative(factor, direction)


def _by_antiderivatives(product: Polynomial, jets: MultiJets, most: int = 60) -> tuple[Polynomial, ...] | None:
    """Currents by taking the highest derivative off, step by step, where that ends; through functions of the fields."""
    currents, rest = [jets.ring.constant(0) for _ in jets.independent], product
    for _ in range(most):
        if rest == 0:
            return tuple(currents)
        step = _step(rest, jets)
        if step is None:
            return None
        direction, part = step
        currents[direction] = currents[direction] + part
        rest = jets.reduced(rest - jets.total_derivative(part, direction))
    return None


def _step(rest: Polynomial, jets: MultiJets) -> tuple[int, Polynomial] | None:
    """A direction and a current that takes the first term with the highest derivative off.

    The direction is one in which the derivative below stands beside it already, as in u_x u_xt = D_t u_x^2 / 2.
    """
    for name in _highest_first(rest, jets):
        field, powers = jets.jets[name]
        slope = rest.derivative(name)
        if name in jets.held(slope):
            continue
        directions = [i for i, n in enumerate(powers) if n]
        lower = {i: jets.name(field, shifted(powers, i, -1)) for i in directions}
        order = sorted(directions, key=lambda i: (lower[i] not in jets.held(slope), i))
        part = _integral(slope, lower[order[0]], jets)
        if part is not None:
            return order[0], part
    return None


def _highest_first(polynomial: Polynomial, jets: MultiJets) -> list[str]:
    """The derivatives in it, those of the highest order first; fields themselves are none."""
    names = [name for name in jets.held(polynomial) if name in jets.jets and sum(jets.jets[name][1])]
    return sorted(names, key=lambda name: -sum(jets.jets[name][1]))


def _integral(polynomial: Polynomial, name: str, jets: MultiJets) -> Any:
    """Over one symbol, of functions of it by what they are the derivative of; None where that is not known."""
    total, held = integrated_apart(polynomial, name, jets)
    powers = integral_of_powers(held.to_dict(), name, jets)
    if powers is not None:
        return total + powers
    for exponents, coefficient in held.to_dict().items():
        known = _antiderivative(jets.ring.from_dict({exponents: coefficient}), name, jets)
        if known is None:
            return None
        total = total + known
    return total


def _antiderivative(term: Polynomial, name: str, jets: MultiJets) -> Polynomial | None:
    """Of c g(u) for one auxiliary g, linear in it: a multiple of an auxiliary whose derivative by u that is."""
    for auxiliary in jets.auxiliaries:
        candidate = jets.generators[auxiliary.symbol.name]
        for factor in (1, *(jets.generators[a.symbol.name] for a in jets.auxiliaries)):
            slope = jets.partial(candidate * factor, name)
            if slope == 0 or len(slope.to_dict()) != 1:
                continue
            quotient, remainder = divmod(term, slope)
            if remainder == 0 and name not in jets.held(quotient) and not _functions_in(quotient, jets):
                return quotient * candidate * factor
    return None


def _functions_in(polynomial: Polynomial, jets: MultiJets) -> bool:
    return bool({a.symbol.name for a in jets.auxiliaries} & set(jets.held(polynomial)))


def _by_degree(polynomial: Polynomial, jets: MultiJets) -> dict[int, Polynomial]:
    """The parts of each degree in the fields and their derivatives."""
    count = len(jets.jets)
    parts: dict[int, dict[Any, Any]] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        parts.setdefault(sum(map(int, exponents[:count])), {})[exponents] = coefficient
    return {degree: jets.ring.from_dict(terms) for degree, terms in parts.items()}


def _lowered(currents: tuple[Polynomial, ...], jets: MultiJets, rounds: int = 40) -> tuple[Polynomial, ...]:
    """The same law with lower derivatives by x in its density: T - D_x A and X + D_t A, u_x^2 for -u u_xx."""
    found = list(currents)
    for _ in range(rounds):
        try:
            step = _lowering(found[0], jets)
        except NeedsFactor:
            break
        if step is None:
            break
        direction, part = step
        try:
            density = jets.reduced(found[0] - jets.total_derivative(part, direction))
            flux = jets.reduced(found[direction] + jets.total_derivative(part, 0))
        except ValueError:
            break
        if _height(density, jets) >= _height(found[0], jets):
            break
        found[0], found[direction] = density, flux
    return tuple(found)


def _lowering(density: Polynomial, jets: MultiJets) -> tuple[int, Polynomial] | None:
    """A direction in space, and A with D_i A for the part of the density that is linear in a highest derivative."""
    for name in _highest_first(density, jets):
        field, powers = jets.jets[name]
        slope = density.derivative(name)
        in_time_alone = not any(powers[1:])
        if in_time_alone or jets.order(slope) >= sum(powers) or sum(powers) < jets.order(density):
            continue
        direction = next(i for i in range(1, len(powers)) if powers[i])
        part = _integral(slope, jets.name(field, shifted(powers, direction, -1)), jets)
        if part is not None and jets.order(part) >= 0:
            return direction, part
    return None


def _height(density: Polynomial, jets: MultiJets) -> tuple[int, int]:
    """Its order, and how many terms have that."""
    order = jets.order(density)
    names = {n for n in jets.held(density) if n in jets.jets and sum(jets.jets[n][1]) == order}
    places = [k for k, n in enumerate(jets.generators) if n in names]
    return order, sum(any(exponents[k] for k in places) for exponents in density.to_dict())
