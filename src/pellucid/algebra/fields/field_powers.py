"""Powers of fields in field equations: u^n, 1/u and 1/u^n are integrated over u, up to a factor of the parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy

from ..arithmetic.polynomials import Polynomial
from ..auxiliaries.auxiliary import FUNCTIONS, Auxiliary
from ..auxiliaries.common_arguments import with_single_tanh
from ..auxiliaries.fractional_power import prepare_roots
from ..auxiliaries.power import prepare
from ..auxiliaries.rewriter import Rewriter


class NeedsFactor(Exception):
    """The integral is a polynomial after multiplication with `factor`, a polynomial in the parameters."""

    def __init__(self, factor: Polynomial) -> None:
        super().__init__(str(factor))
        self.factor = factor


Ring: TypeAlias = Any
"""`Jets` or `MultiJets`: what both have of a ring, its generators, parameters and auxiliaries."""


def in_polynomials(
    equations: Sequence[sympy.Expr], functions: Sequence[sympy.Expr], taken: set[str], parameters: Sequence[str]
) -> tuple[list[Any], list[Any], Rewriter]:
    """Both with symbols for the functions in them, and what has made these. Raises NoRule."""
    rewriter = Rewriter(taken, frozenset(sympy.Symbol(name, real=True) for name in parameters))
    groups = with_single_tanh([equations, functions])
    prepare(groups, rewriter)
    prepare_roots(groups, rewriter, halves=True)
    rewritten, extra = ([rewriter.rewrite(e) for e in group] for group in groups)
    return rewritten, extra, rewriter


def dependent(name: str, ring: Ring) -> list[Auxiliary]:
    """The auxiliaries that hold a symbol, also through others."""
    inside, found = {name}, []
    for auxiliary in ring.auxiliaries:
        if inside & {str(symbol) for symbol in auxiliary.argument.free_symbols}:
            inside.add(auxiliary.symbol.name)
            found.append(auxiliary)
    return found


def integrated_apart(polynomial: Polynomial, name: str, ring: Ring) -> tuple[Polynomial, Polynomial]:
    """The terms without functions of the symbol called `name`, integrated over it; and the terms with such."""
    names = list(ring.generators)
    place, own = names.index(name), [names.index(a.symbol.name) for a in dependent(name, ring)]
    plain: dict[Any, Any] = {}
    held: dict[Any, Any] = {}
    for exponents, coefficient in polynomial.to_dict().items():
        if any(exponents[k] for k in own):
            held[exponents] = coefficient
        else:
            power = exponents[place] + 1
            plain[(*exponents[:place], power, *exponents[place + 1 :])] = coefficient / power
    return ring.ring.from_dict(plain), ring.ring.from_dict(held)


def integral_of_powers(terms: Mapping[Sequence[int], Any], name: str, ring: Ring) -> Polynomial | None:
    """Over the symbol u called `name`, of terms u^a u^(k n + b); None where it is a logarithm or no such power.

    Raises NeedsFactor where the result is divided by a polynomial in the parameters, such as n + 1.
    """
    total = ring.ring.constant(0)
    for key, group in _by_powers(terms, ring).items():
        exponent = _exponent(key, name, ring)
        if exponent is None or exponent == -1:
            return None
        raised = ring.reduced(group * ring.generators[name])
        quotient, rest = divmod(raised, exponent + 1)
        if rest != 0:
            raise NeedsFactor(exponent + 1)
        total = total + quotient
    return total


def with_integral(
    given: tuple[Polynomial, ...],
    integral: Callable[[tuple[Polynomial, ...]], tuple[Polynomial, ...] | None],
    ring: Ring,
    most: int = 6,
) -> tuple[tuple[Polynomial, ...], tuple[Polynomial, ...] | None]:
    """What is given, times what its integral would be divided by (n + 1 for that of u^n), with this integral.

    None where there is none, or where more than `most` factors would be needed.
    """
    for tries in range(most):
        try:
            found = integral(given)
        except NeedsFactor as needed:
            given = tuple(part * needed.factor for part in given)
        else:
            if found is None or not tries:
                return given, found
            both = without_shared((*given, *found), ring)
            return both[: len(given)], both[len(given) :]
    return given, None


def without_shared(polynomials: Sequence[Polynomial], ring: Ring) -> tuple[Polynomial, ...]:
    """The polynomials without what all their coefficients share, as polynomials in the parameters."""
    count = len(ring.generators) - len(ring.parameters)
    shared = ring.ring.constant(0)
    for polynomial in polynomials:
        for group in _by_powers(polynomial.to_dict(), ring).values():
            alone = {(*(0,) * count, *exponents[count:]): c for exponents, c in group.to_dict().items()}
            shared = shared.gcd(ring.ring.from_dict(alone))
    return tuple(polynomial / shared for polynomial in polynomials) if shared != 0 else tuple(polynomials)


def _may_be_related(quotients: Sequence[Auxiliary], functions: set[sympy.Symbol]) -> bool:
    """Whether they are 1/q of two sums, or of one that holds one of the `functions` or a q of another."""
    sums = [a for a in quotients if not a.argument.is_Symbol]
    inside = {symbol for a in sums for symbol in a.argument.free_symbols}
    return len(sums) > 1 or bool(inside & functions) or any(a.argument in inside for a in quotients)


def refuse_related(auxiliaries: Sequence[Auxiliary]) -> None:
    """Raises ValueError for quotients in field equations between which there may be relations.

    Of 1/u and 1/v products with u and v cancel, and nothing else; of 1/u and 1/(u + 1) there are more relations.
    """
    quotients = [a for a in auxiliaries if a.function is FUNCTIONS["reciprocal"]]
    if _may_be_related(quotients, {a.symbol for a in auxiliaries}):
        shown = ", ".join(str(a.definition) for a in quotients)
        raise ValueError(f"{shown} stand together in a field equation, which is not covered; multiply them out")


def _by_powers(terms: Mapping[Sequence[int], Any], ring: Ring) -> dict[tuple[int, ...], Polynomial]:
    """The terms by all exponents but those of the parameters."""
    count = len(ring.generators) - len(ring.parameters)
    groups: dict[tuple[int, ...], dict[Any, Any]] = {}
    for exponents, coefficient in terms.items():
        groups.setdefault(tuple(map(int, exponents[:count])), {})[tuple(exponents)] = coefficient
    return {key: ring.ring.from_dict(group) for key, group in groups.items()}


def _exponent(key: tuple[int, ...], name: str, ring: Ring) -> Polynomial | None:
    """Of u in all; None where another function of u is a factor."""
    held = dict(zip(ring.generators, key, strict=False))
    total = ring.ring.constant(0) + held[name]
    own: dict[str, Polynomial] = {name: ring.ring.constant(1)}
    for auxiliary in dependent(name, ring):
        inner = own.get(str(auxiliary.argument))
        symbol = auxiliary.symbol.name
        if auxiliary.function is FUNCTIONS["reciprocal"] and inner is not None:
            own[symbol] = -inner
        elif auxiliary.function.is_power and inner is not None:
            own[symbol] = inner * ring.polynomial(auxiliary.exponent)
        if held[symbol]:
            if symbol not in own:
                return None
            total = total + held[symbol] * own[symbol]
    return total
