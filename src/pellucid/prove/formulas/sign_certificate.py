"""Certificates that a formula is positive over a whole box, or never falls (never rises) along one of its columns.

The box is cut in halves until, in every piece, the sign of the formula (of its derivative) is known:

    a product's sign is that of its factors;  a sum's, where all terms agree, theirs;  else an enclosure in balls tells

A formula that is defined on the whole box and made of continuous functions never falls where its derivative is nowhere
below 0, single points left out: along each line it has finitely many smooth pieces. Checking cuts the box again.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from ...algebra.expressions.factoring import factored
from ...algebra.expressions.text import symbols_of
from ...artifacts.formulas.formula import Formula
from ...core.claim import Undecided
from ..proof import Certificate, CertificateError, Proof, Verdict, refuse_other_claim, verdict_of
from .arb_functions import NotBounded
from .bound_certificate import domain_of
from .box_signs import Box, is_defined, sign_on

if TYPE_CHECKING:
    from ..saved import Saved


@dataclass(frozen=True)
class Cutting:
    """How far a box is cut. A piece of a formula with ten operations takes about half a millisecond."""

    pieces: int = 4_000
    """At most so many, about two seconds: signs that are not seen by then touch 0 somewhere."""


CUTTING = Cutting()


class SignCertificate(Certificate):
    """A formula is positive in its box, or goes one way along a column: shown again in balls."""

    kind = "sign"
    about = Formula
    by = "Arb"
    assumptions = (
        "a formula is about real numbers: rounding while it is computed is not counted",
        "the tools named here are sound",
    )

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        data = json.loads(text)
        refuse_other_claim(entry, data["statement"], data["domain"])
        return check_sign(text, saved.artifact(Formula))


def prove_positive(formula: Formula, *, path: str = "proofs/positive.json", cutting: Cutting = CUTTING) -> Proof:
    """The formula is above 0 everywhere in its box: Proved, or Undecided with the reason.

    >>> prove_positive(Formula("exp(-x)", ("x",), box=((0.0, 3.0),))).claim.statement
    'y > 0'
    """
    return _prove(formula, "", 1, path, cutting)


def prove_monotone(formula: Formula, column: str, sign: int, *, path: str = "", cutting: Cutting = CUTTING) -> Proof:
    """The formula never falls as `column` grows, the others held (`sign` 1), or never rises (-1), in its box.

    >>> prove_monotone(Formula("x**2", ("x",), box=((0.0, 3.0),)), "x", 1).claim.strength
    'Proved'
    >>> prove_monotone(Formula("x**2", ("x",), box=((-1.0, 3.0),)), "x", 1).claim.strength
    'Undecided'
    """
    if column not in formula.names:
        raise ValueError(f"column={column!r} is none of the formula's; choose among {', '.join(formula.names)}")
    return _prove(formula, column, sign, path or f"proofs/monotone_{column}.json", cutting)


def statement_of(formula: Formula, column: str, sign: int) -> str:
    """What a certificate says of a formula.

    >>> statement_of(Formula("2*x", ("x",)), "x", -1)
    'y never rises as x grows'
    """
    if not column:
        return f"{formula.target} > 0"
    return f"{formula.target} never {'falls' if sign > 0 else 'rises'} as {column} grows"


def check_sign(text: str, formula: Formula) -> Verdict:
    """Whether the certificate `text` proves its statement for `formula`."""
    return verdict_of(lambda: _check(text, formula))


def _prove(formula: Formula, column: str, sign: int, path: str, cutting: Cutting) -> Proof:
    start = time.monotonic()
    statement = statement_of(formula, column, sign)
    try:
        _count_pieces(formula, column, sign, cutting.pieces)
    except (CertificateError, NotBounded) as error:
        return Proof(Undecided(statement, str(error)), seconds=time.monotonic() - start)
    text = json.dumps(_contents(formula, column, sign), indent=1) + "\n"
    return SignCertificate().build(path, text, statement, domain_of(formula), seconds=time.monotonic() - start)


def _check(text: str, formula: Formula) -> str:
    data = json.loads(text)
    column, sign = data["column"], data["sign"]
    if sign not in (1, -1) or (column and column not in formula.names) or (not column and sign != 1):
        raise CertificateError(f"it is about the sign {sign!r} along {column!r}")
    for key, expected in _contents(formula, column, sign).items():
        if data[key] != expected:
            raise CertificateError(f"its {key} is {data[key]!r} instead of {expected!r}")
    pieces = _count_pieces(formula, column, sign, CUTTING.pieces)
    return f"{data['statement']}, in {pieces:,} pieces of the box"


def _contents(formula: Formula, column: str, sign: int) -> dict[str, Any]:
    return {
        "format": SignCertificate.format,
        "kind": SignCertificate.kind,
        "formula": formula.to_dict(),
        "statement": statement_of(formula, column, sign),
        "domain": domain_of(formula),
        "column": column,
        "sign": sign,
        "assumptions": [
            "two expressions that sympy transforms into each other are equal",
            "Arb encloses what it computes",
        ],
    }


def _count_pieces(formula: Formula, column: str, sign: int, most: int) -> int:
    """Into how many pieces the box was cut, at `most`, to see the sign in each.

    Raises CertificateError where it was not seen.
    """
    waiting, pieces = [_box_of(formula)], 0
    exact: Any = _exact(formula.sympy())
    forms = _forms(sympy.diff(exact, symbols_of(formula.names)[column])) if column else [exact]
    while waiting:
        piece = waiting.pop()
        pieces += 1
        if pieces + len(waiting) > most:
            raise CertificateError(f"its sign was not seen in {most:,} pieces of the box")
        if is_defined(exact, piece) and any(_is_seen(form, piece, sign, strict=not column) for form in forms):
            continue
        waiting += _halves(piece, exact)
    return pieces


def _box_of(formula: Formula) -> Box:
    """The range of each of the formula's symbols. Raises CertificateError where some have none."""
    if len(formula.box) != len(formula.names) or not all(math.isfinite(end) for pair in formula.box for end in pair):
        raise CertificateError("the formula has no box")
    symbols = symbols_of(formula.names)
    return {symbols[name]: pair for name, pair in zip(formula.names, formula.box, strict=True)}


def _is_seen(form: Any, piece: Box, sign: int, *, strict: bool) -> bool:
    seen = sign_on(form, piece, almost=not strict)
    wanted = ("+",) if strict else ("+", "0", "0+") if sign > 0 else ("-", "0", "0-")
    return seen in wanted


def _exact(expression: Any) -> Any:
    """Floats as the exact binary fractions that they are."""
    return expression.xreplace({value: sympy.Rational(float(value)) for value in expression.atoms(sympy.Float)})


def _forms(derivative: Any, most: int = 80) -> list[Any]:
    """The derivative as it is, and over one denominator with its factors apart: signs are seen in one or the other.

    Long numbers are letters meanwhile: sympy would take exp(1.83*x) for the 183rd power of exp(x/100).
    """
    forms = [derivative]
    if sympy.count_ops(derivative) <= most:
        long = [n for n in derivative.atoms(sympy.Rational) if int(n.q) > 4 or abs(int(n.p)) > 12]
        letters = {number: sympy.Dummy(positive=True) for number in {abs(number) for number in long}}
        put = {number: letters[abs(number)] * sympy.sign(number) for number in long}
        back = {letter: number for number, letter in letters.items()}
        forms.append(factored(sympy.together(derivative.xreplace(put))).xreplace(back))
    return forms


def _halves(piece: Box, expression: Any) -> list[Box]:
    """Cut along the column that is widest beside its own size; one that does not stand in the formula never is."""
    widths = {symbol: (high - low) / (abs(low) + abs(high)) for symbol, (low, high) in piece.items() if low < high}
    widths = {symbol: width for symbol, width in widths.items() if symbol in expression.free_symbols}
    if not widths:
        raise CertificateError("its sign was not seen at a point of the box")
    widest = max(widths, key=lambda symbol: widths[symbol])
    low, high = piece[widest]
    middle = low / 2 + high / 2
    if not low < middle < high:
        raise CertificateError("its sign was not seen at a point of the box")
    return [{**piece, widest: (low, middle)}, {**piece, widest: (middle, high)}]
