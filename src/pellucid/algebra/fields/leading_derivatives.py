"""Field equations solved for leading derivatives, with what follows of them by differentiation: an involutive system.

In an order of derivatives that is kept when all are differentiated once more, each equation is solved for the highest
one. Where two lead that are of one field, differentiating both to the same derivative gives a further equation, such as
that of the pressure in incompressible flow; once all of these are identities, no other conditions come of it (Riquier;
Janet), and what is not a derivative of a leading one is free at every point.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy

from ..arithmetic.polynomials import Polynomial, to_expression
from ..auxiliaries.auxiliary import Auxiliary
from .field_powers import in_polynomials, refuse_related
from .field_symmetries import FieldConditions, Leader, derivatives_in
from .multi_jets import MultiJets, Naming, Powers, powers_below, reaches, shifted

Ranking: TypeAlias = Callable[[str, Powers], Any]
"""A key by which derivatives are ordered, alike after each is differentiated once more."""
Derivative: TypeAlias = tuple[str, Powers]


class NotSolvable(ValueError):
    """No equations for leading derivatives in this order, or too many derivatives."""


def field_conditions(
    fields: Sequence[str],
    independent: Sequence[str],
    equations: Sequence[sympy.Expr],
    parameters: Sequence[str],
    naming: Naming,
    most: int = 400,
) -> FieldConditions:
    """The conditions for equations that are each 0; `naming` names a derivative, and says which one a name is.

    Raises ValueError for what has no polynomial form, cannot be solved for leading derivatives with a number before
    them, or needs more than `most` derivatives.
    """
    name, parted = naming
    taken = {str(s) for e in equations for s in e.free_symbols}
    zero, _, rewriter = in_polynomials(equations, (), {*taken, *fields, *independent, *parameters}, parameters)
    refuse_related(rewriter.found)
    frame = _Frame(tuple(fields), tuple(independent), name, tuple(parameters), tuple(rewriter.found), most)
    here = {parted(n)[1] for n in taken if parted(n)[0] in fields}
    jets = frame.jets(here)
    first = [jets.reduced(jets.polynomial(sympy.expand(e))) for e in zero]
    larger = None
    for ranking in _rankings(jets):
        try:
            return frame.completed(zero, first, jets, ranking)
        except TooMany as error:
            larger = larger or error
        except NotSolvable:
            continue
    if larger is not None:
        raise larger
    shown = "; ".join(f"{to_expression(p)} = 0" for p in first)
    raise ValueError(
        f"{shown}: no order of derivatives in which each highest one has a number before it; solve for such"
    )


class TooMany(NotSolvable):
    """More derivatives are needed than there is room for."""


@dataclass(frozen=True)
class _Frame:
    """What all rings of some equations share."""

    fields: tuple[str, ...]
    independent: tuple[str, ...]
    name: Callable[[str, Powers], str]
    parameters: tuple[str, ...]
    auxiliaries: tuple[Auxiliary, ...]
    most: int

    def jets(self, room: set[Powers]) -> MultiJets:
        wide = frozenset(room | {(0,) * len(self.independent)})
        return MultiJets(self.fields, self.independent, wide, self.name, self.parameters, self.auxiliaries)

    def completed(
        self, zero: Sequence[Any], first: Sequence[Polynomial], jets: MultiJets, ranking: Ranking, rounds: int = 8
    ) -> FieldConditions:
        """The equations with all that follows of them for leading derivatives, in this order. Raises NotSolvable."""
        known, added = list(first), list[sympy.Expr]()
        for _ in range(rounds):
            tops = [self._top(polynomial, ranking, jets) for polynomial in known]
            self._refuse_unordered(tops, jets)
            jets = self.jets({powers for _, powers in self._room(tops, known, jets)})
            known = [jets.reduced(jets.polynomial(sympy.expand(e))) for e in (*zero, *added)]
            leaders = tuple(_solved(p, top, jets) for p, top in zip(known, tops, strict=True))
            conditions = FieldConditions(jets, tuple(known[: len(zero)]), leaders)
            follows = next((p for p in _crossed(conditions) if p != 0), None)
            if follows is None:
                return conditions
            added.append(to_expression(follows))
            known.append(follows)
        raise NotSolvable(f"more than {rounds} further equations follow")

    def _top(self, polynomial: Polynomial, ranking: Ranking, jets: MultiJets) -> Derivative:
        """The highest derivative in it. Raises NotSolvable where that is not linear with a number before it."""
        top = max(derivatives_in(polynomial, jets), key=lambda n: ranking(*jets.jets[n]), default=None)
        slope: Any = None if top is None else polynomial.derivative(top)
        if top is None or not slope.is_constant() or slope == 0:
            raise NotSolvable(f"{to_expression(polynomial)} = 0 is not solved for its highest derivative")
        return jets.jets[top]

    def _refuse_unordered(self, tops: Sequence[Derivative], jets: MultiJets) -> None:
        """No leading derivative may be a derivative of another one, or stand within a function."""
        inside = [(a, jets.polynomial(a.argument)) for a in jets.auxiliaries]
        held = [jets.jets[n] for _, argument in inside for n in jets.held(argument) if n in jets.jets]
        others = [*held, *tops]
        for place, (of, powers) in enumerate(others):
            own = place - len(held)
            if any(k != own and of == field and reaches(powers, lead) for k, (field, lead) in enumerate(tops)):
                raise NotSolvable(f"{self.name(of, powers)} leads, and what it is differentiated from leads, too")

    def _room(self, tops: Sequence[Derivative], known: Sequence[Polynomial], jets: MultiJets) -> set[Derivative]:
        """What there has to be room for. Raises TooMany."""
        held = [[jets.jets[n] for n in derivatives_in(p, jets)] for p in known]
        room = _closed(tops, held, len(self.independent))
        if len({powers for _, powers in room}) * len(self.fields) > self.most:
            raise TooMany(
                f"the symmetries need {len(room)} derivatives of {', '.join(self.fields)}; the most are {self.most}"
            )
        return room


def _solved(polynomial: Polynomial, top: Derivative, jets: MultiJets) -> Leader:
    """The leading derivative with what it is equal to."""
    lead = jets.name(*top)
    slope = polynomial.derivative(lead)
    return (*top, (jets.generators[lead] * slope - polynomial) / slope.leading_coefficient())


def _crossed(conditions: FieldConditions) -> Iterator[Polynomial]:
    """For every two leading derivatives of one field: what one less the other is, differentiated to the same one."""
    for (of, one, first), (other, two, second) in itertools.combinations(conditions.leaders, 2):
        if of == other:
            both = [_to(value, lead, _common(one, two), conditions) for lead, value in ((one, first), (two, second))]
            yield conditions.on_solutions(both[0] - both[1])


def _common(one: Powers, other: Powers) -> Powers:
    """The lowest derivative that both lead to."""
    return tuple(map(max, one, other))


def _to(value: Polynomial, lead: Powers, wanted: Powers, conditions: FieldConditions) -> Polynomial:
    """What the wanted derivative is, from the equation for the leading one."""
    for direction, (n, m) in enumerate(zip(wanted, lead, strict=True)):
        for _ in range(n - m):
            value = conditions.on_solutions(conditions.jets.total_derivative(value, direction))
    return value


def _rankings(jets: MultiJets) -> Iterator[Ranking]:
    """By how often it is differentiated by one variable, then by the next; before that, by all together."""
    size = range(len(jets.independent))
    for places, fields, orderly in itertools.product(
        itertools.permutations(size), itertools.permutations(jets.fields), (False, True)
    ):

        def key(of: str, powers: Powers, p: Any = places, f: Any = fields, o: bool = orderly) -> Any:
            return (sum(powers) if o else 0, [powers[i] for i in p], f.index(of))

        yield key


def _closed(tops: Sequence[Derivative], held: Sequence[Sequence[Derivative]], count: int) -> set[Derivative]:
    """The derivatives that prolonging those `held` needs, and that are needed to write those on solutions."""
    pairs = [pair for row in held for pair in row]
    fields = {of for of, _ in pairs} | {of for of, _ in tops}
    todo = set(itertools.product(fields, _prolonging([powers for _, powers in pairs], count)))
    todo |= {(of, _common(a, b)) for (of, a), (other, b) in itertools.combinations(tops, 2) if of == other}
    found: set[Derivative] = set()
    while todo:
        of, powers = todo.pop()
        found.add((of, powers))
        for (field, lead), row in zip(tops, held, strict=True):
            if field == of and reaches(powers, lead):
                todo |= _of_led(of, powers, lead, row) - found
    return found


def _prolonging(tops: Sequence[Powers], count: int) -> set[Powers]:
    """The derivatives that prolonging these needs: what is below them, and once more in each of `count` directions."""
    below = {powers for top in tops for powers in powers_below(top)}
    beyond = {shifted(p, k) for top in tops for p in powers_below(top) if p != top for k in range(count)}
    return below | beyond


def _of_led(of: str, powers: Powers, lead: Powers, held: Sequence[Derivative]) -> set[Derivative]:
    """What a derivative of a leading one is made of: those between the two, and as many of what its equation holds."""
    between = [p for p in powers_below(powers) if reaches(p, lead)]
    further = (tuple(n - m for n, m in zip(p, lead, strict=True)) for p in between)
    made = {(other, tuple(a + b for a, b in zip(more, q, strict=True))) for more in further for other, q in held}
    return made | {(of, p) for p in between}
