"""Matrices over products of powers u^(a + k n) with a parameter n in the exponents: in general, and at a value of n.

In general u, u^n and u^(2 n) are independent, and each product has a row of its own. At a rational n those with the
same a + k n are one function, and their rows one row: only there, and where polynomials in n are 0, the rank can be
another than in general.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from ..arithmetic.parametric_rank import Row
from ..arithmetic.polynomials import Polynomial
from ..auxiliaries.auxiliary import Auxiliary, System
from .parametric_drift import NotCovered

Raised: TypeAlias = tuple[str, Fraction, Fraction]
"""A base u, a and k of u^(a + k n)."""
Key: TypeAlias = tuple[int, tuple[tuple[str, int], ...], tuple[Raised, ...]]
"""Which equation, the powers of other symbols, and the powers of bases."""
Entries: TypeAlias = dict[int, dict[tuple[int, ...], Any]]
"""Column -> exponents of the parameters -> coefficient."""


@dataclass(frozen=True)
class PowerRows:
    """A matrix of polynomials in `parameters`, a row for each product of powers.

    `parameter` is the one in exponents ("" where there is none); `ring` holds the parameters alone, in their order.
    """

    parameter: str
    parameters: tuple[str, ...]
    ring: Any
    entries: Mapping[Key, Entries]

    @classmethod
    def of(cls, images: Iterable[Sequence[Polynomial]], system: System, parameters: Sequence[str]) -> PowerRows:
        """The coefficients of every tuple of polynomials as a column; raises NotCovered as `raised_symbols` does."""
        parameter, raised = raised_symbols(system, parameters)
        ring = fmpq_mpoly_ctx.get(list(parameters), Ordering.degrevlex)
        return cls(parameter, tuple(parameters), ring, _entries(images, system, parameters, raised))

    def general(self) -> list[Row]:
        """Each product of powers by itself."""
        return self._rows(self.entries.values())

    def at(self, value: Fraction) -> list[Row]:
        """Where the parameter is this number: products that are one function there have one row."""
        place, number = self.parameters.index(self.parameter), fmpq(value.numerator, value.denominator)
        table: dict[Any, Entries] = {}
        for (which, others, raised), entries in self.entries.items():
            powers = ((base, whole + times * value) for base, whole, times in raised)
            row = table.setdefault((which, others, tuple(pair for pair in powers if pair[1])), {})
            for column, terms in entries.items():
                entry = row.setdefault(column, {})
                for power, coefficient in terms.items():
                    rest = (*power[:place], 0, *power[place + 1 :])
                    entry[rest] = entry.get(rest, fmpq(0)) + coefficient * number ** power[place]
        return self._rows(table.values())

    def _rows(self, table: Iterable[Entries]) -> list[Row]:
        rows = ({c: self.ring.from_dict(terms) for c, terms in _whole(entries).items()} for entries in table)
        return [kept for row in rows if (kept := {c: e for c, e in row.items() if e != 0})]

    def coincidences(self) -> set[Fraction]:
        """The values other than 0 at which two products of powers are one function.

        >>> rows = PowerRows("n", ("n",), None, {(0, (), (("u", Fraction(3), Fraction(0)),)): {},
        ...                                      (0, (), (("u", Fraction(0), Fraction(2)),)): {}})
        >>> rows.coincidences()
        {Fraction(3, 2)}
        """
        groups: dict[Any, list[dict[str, tuple[Fraction, Fraction]]]] = {}
        for which, others, raised in self.entries:
            groups.setdefault((which, others), []).append({base: (a, k) for base, a, k in raised})
        pairs = (pair for group in groups.values() for pair in itertools.combinations(group, 2))
        return {value for one, other in pairs if (value := _same_where(one, other))}


def _entries(
    images: Iterable[Sequence[Polynomial]], system: System, parameters: Sequence[str], raised: Mapping[str, Raised]
) -> dict[Key, Entries]:
    """The coefficients of every tuple of polynomials, by products of powers, columns and exponents of parameters."""
    table: dict[Key, Entries] = {}
    below = _divisors(system, parameters)
    for column, image in enumerate(images):
        for which, polynomial in enumerate(image):
            names = [str(name) for name in polynomial.context().names()]
            for exponents, coefficient in polynomial.to_dict().items():
                held = {name: int(e) for name, e in zip(names, exponents, strict=True) if e}
                powers = [held.pop(name, 0) for name in parameters]
                for name, place in below.items():
                    powers[place] -= held.pop(name, 0)
                power = tuple(powers)
                entry = table.setdefault(_key(which, held, raised), {}).setdefault(column, {})
                entry[power] = entry.get(power, fmpq(0)) + coefficient
    return table


def plain_rows(images: Iterable[Sequence[Polynomial]], system: System, parameters: Sequence[str]) -> list[Row]:
    """The coefficients of every tuple of polynomials as a column, a row for each monomial in all but the parameters.

    The polynomials are in normal form. Raises NotCovered for quotients by sums of parameters.
    """
    ring = fmpq_mpoly_ctx.get(list(parameters), Ordering.degrevlex)
    return PowerRows("", tuple(parameters), ring, _entries(images, system, parameters, {})).general()


def _whole(entries: Entries) -> Entries:
    """The row times the powers of parameters that it is divided by."""
    powers = [power for terms in entries.values() for power in terms]
    least = [min(0, *column) for column in zip(*powers, strict=True)]
    if not any(least):
        return entries
    return {
        column: {tuple(e - low for e, low in zip(power, least, strict=True)): c for power, c in terms.items()}
        for column, terms in entries.items()
    }


def _divisors(system: System, parameters: Sequence[str]) -> dict[str, int]:
    """The symbols that stand for 1/a, by the place of the parameter a. Raises NotCovered for other constants."""
    found: dict[str, int] = {}
    for a in system.auxiliaries:
        inside = {str(symbol) for symbol in a.argument.free_symbols}
        if inside <= {*parameters, *found}:
            if not (a.function.is_quotient and str(a.argument) in parameters):
                raise NotCovered(f"special values of parameters are not looked for beside {a.definition}")
            found[a.symbol.name] = parameters.index(str(a.argument))
    return found


def _same_where(
    one: Mapping[str, tuple[Fraction, Fraction]], other: Mapping[str, tuple[Fraction, Fraction]]
) -> Fraction | None:
    """The one value of the parameter at which all powers agree; None where there is none."""
    zero, values = (Fraction(0), Fraction(0)), set()
    for base in {*one, *other}:
        (a, k), (b, m) = one.get(base, zero), other.get(base, zero)
        if k != m:
            values.add((b - a) / (k - m))
        elif a != b:
            return None
    return values.pop() if len(values) == 1 else None


def _key(which: int, held: Mapping[str, int], raised: Mapping[str, Raised]) -> Key:
    """What the product of these powers is, each base once."""
    total: dict[str, tuple[Fraction, Fraction]] = {}
    for name, exponent in held.items():
        if name in raised:
            base, whole, times = raised[name]
            a, k = total.get(base, (Fraction(0), Fraction(0)))
            total[base] = a + exponent * whole, k + exponent * times
    others = tuple((name, e) for name, e in sorted(held.items()) if name not in raised)
    return which, others, tuple((base, a, k) for base, (a, k) in sorted(total.items()) if a or k)


def has_powers(auxiliaries: Sequence[Auxiliary]) -> bool:
    """Whether one of them is a power with a parameter in its exponent.

    >>> has_powers(())
    False
    """
    return any(a.function.is_power and a.exponent.free_symbols for a in auxiliaries)


def raised_symbols(system: System, parameters: Sequence[str]) -> tuple[str, dict[str, Raised]]:
    """The parameter in exponents ("" where none is), and what each symbol is that is a power of another.

    Raises NotCovered for powers of sums, for two parameters in exponents, for exponents that are not linear in it, and
    for functions between which and the powers there are other relations.
    """
    held = {str(s) for a in system.auxiliaries if a.function.is_power for s in a.exponent.free_symbols}
    if len(held) > 1:
        raise NotCovered(f"{', '.join(sorted(held))} stand in exponents together; give all but one as numbers")
    parameter, found = next(iter(held), ""), dict[str, Raised]()
    for a in system.auxiliaries:
        power = _power(a, parameter)
        if str(a.argument) in parameters:
            continue  # a constant
        if power is not None and a.argument.is_Symbol:
            base, whole, times = found.get(str(a.argument), (str(a.argument), Fraction(1), Fraction(0)))
            if times and power[1]:
                raise NotCovered(f"{a.definition} has an exponent that is not linear in {parameter}")
            more = whole * power[1] + times * power[0]
            found[a.symbol.name] = base, whole * power[0], more
            found.setdefault(base, (base, Fraction(1), Fraction(0)))
        elif a.function.relation(a, system) is not None or {str(s) for s in a.argument.free_symbols} & set(found):
            raise NotCovered(f"special values of parameters are not looked for beside {a.definition}")
    return parameter, found


def _power(auxiliary: Auxiliary, parameter: str) -> tuple[Fraction, Fraction] | None:
    """a and k where it is its argument to the power a + k n; None where it is none. Raises NotCovered."""
    if not auxiliary.function.is_power:
        name = auxiliary.function.name
        fixed = {"reciprocal": Fraction(-1), "root": Fraction(-1, 2)}.get(name)
        return None if fixed is None else (fixed, Fraction(0))
    n, exponent = sympy.Symbol(parameter, real=True), auxiliary.exponent
    whole, times = exponent.coeff(n, 0), exponent.coeff(n, 1)
    if sympy.expand(exponent - whole - times * n) != 0:
        raise NotCovered(f"{auxiliary.definition} has an exponent that is not linear in {parameter}")
    return Fraction(int(whole.p), int(whole.q)), Fraction(int(times.p), int(times.q))
