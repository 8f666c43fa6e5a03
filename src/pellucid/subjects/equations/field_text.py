"""Field equations as they are typed: u_t + 6 u u_x + u_xxx = 0, ∂u/∂t = ∂²u/∂x², u_{xxt}, (h u)_x, i ψ_t = ψ_xx.

Derivatives are symbols such as u_xxt, those by x first and those by t last; four and more are counted, u_4x. A complex
field becomes two real ones, its real and its imaginary part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from ...algebra.expressions.notation import Notation, sides_in, unified
from ...algebra.expressions.text import parse

INDEPENDENT = "xyzt"
"""What fields may depend on, in the order in which derivatives are written."""
_JET = re.compile(r"(?<![A-Za-z_])([A-Za-z][A-Za-z0-9]*(?:__bar)?)_((?:\d*[xyzt])+)\b")
_BEHIND = re.compile(r"[)\]}]_((?:\d*[xyzt])+)\b")

Powers = tuple[int, ...]
"""How often a field is differentiated by each of `INDEPENDENT`."""


def jet_name(field: str, powers: Powers) -> str:
    """The name of a derivative.

    >>> jet_name("u", (2, 0, 0, 1)), jet_name("u", (4, 1, 0, 0)), jet_name("u", (0, 0, 0, 0))
    ('u_xxt', 'u_4xy', 'u')
    """
    marks = (sign * n if n <= 3 else f"{n}{sign}" for sign, n in zip(INDEPENDENT, powers, strict=True))
    mark = "".join(marks)
    return f"{field}_{mark}" if mark else field


def jet_powers(mark: str) -> Powers:
    """What a mark such as xxt or 4xy stands for.

    >>> jet_powers("txx"), jet_powers("4xy")
    ((2, 0, 0, 1), (4, 1, 0, 0))
    """
    counted = [(sign, int(number or 1)) for number, sign in re.findall(r"(\d*)([xyzt])", mark)]
    return tuple(sum(n for sign, n in counted if sign == one) for one in INDEPENDENT)


def parted(name: str) -> tuple[str, Powers]:
    """A field or derivative as the field and what it is differentiated by.

    >>> parted("u_xxt"), parted("u")
    (('u', (2, 0, 0, 1)), ('u', (0, 0, 0, 0)))
    """
    match = _JET.fullmatch(name)
    return (name, (0, 0, 0, 0)) if match is None else (match[1], jet_powers(match[2]))


@dataclass(frozen=True)
class FieldText:
    """The field equations that `text` writes. Raises ValueError."""

    text: str
    parameters: tuple[str, ...] = ()

    @cached_property
    def sides(self) -> tuple[tuple[str, str], ...]:
        """Both sides of every equation, derivatives under their names."""
        pairs = sides_in(marked(self.text), "u_t = ... or ... = 0")
        names = {m[1] for pair in pairs for side in pair for m in self._jets(side)}
        return tuple((self._apart(left, names), self._apart(right, names)) for left, right in pairs)

    @cached_property
    def typed_fields(self) -> tuple[str, ...]:
        """The fields as they are typed, complex ones among them, those with a derivative by t on the left first."""
        text = "\n".join(f"{left} = {right}" for left, right in self.sides)
        jets = [(m[1].removesuffix("__bar"), m[2]) for m in self._jets(text)]
        moving = [field for field, mark in jets if "t" in mark]
        found = dict.fromkeys([*moving, *(field for field, _ in jets)])
        if not found:
            raise ValueError("no derivative of a field is in the equations; write u_t = ..., u_x, u_xx")
        return tuple(found)

    @cached_property
    def parts(self) -> dict[str, tuple[str, str]]:
        """The real and the imaginary part of each complex field."""
        barred = {m[1] for m in re.finditer(r"\b([A-Za-z][A-Za-z0-9]*)__bar", self._text)}
        if not (barred or self._holds_unit):
            return {}
        told = barred | self._within_bars()
        found = [f for f in self.typed_fields if f in told or (self._holds_unit and self._beside_unit(f))]
        return _paired(found or self.typed_fields, {*self.typed_fields, *self.parameters})

    @cached_property
    def _text(self) -> str:
        """All sides."""
        return " ".join(side for pair in self.sides for side in pair)

    @cached_property
    def _holds_unit(self) -> bool:
        """Whether the imaginary unit stands in the equations."""
        free = "|".join(sorted(self._units()))
        return bool(free) and re.search(rf"(?<![A-Za-z_])({free})(?!\w)", self._text) is not None

    def _within_bars(self) -> set[str]:
        """The fields of which a modulus is taken: |psi|, |u v|."""
        words = re.findall(r"[A-Za-z][A-Za-z0-9]*", " ".join(re.findall(r"\|([^|]*)\|", self._text)))
        notation = Notation(frozenset(self.typed_fields))
        return {factor for word in words for factor in notation.factors(word) or ()}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The real fields."""
        return tuple(name for field in self.typed_fields for name in self.parts.get(field, (field,)))

    @property
    def lefts(self) -> tuple[str, ...]:
        """The left side of every equation."""
        return tuple(left for left, _ in self.sides)

    @property
    def tops(self) -> tuple[str, ...]:
        """The derivative of every real field by t."""
        return tuple(f"{field}_t" for field in self.fields)

    @property
    def title(self) -> str:
        """What real and imaginary parts are of."""
        return ", ".join(f"{field} = {one} + i*{other}" for field, (one, other) in self.parts.items())

    @cached_property
    def independent(self) -> tuple[str, ...]:
        """What the fields depend on: t, and what they are differentiated by."""
        by = {sign for m in self._jets(self._text) for sign, n in zip(INDEPENDENT, jet_powers(m[2]), strict=True) if n}
        by |= {m[1][0] for m in re.finditer(r"[)\]}]_\d*([xyzt])", self._text)}
        return ("t", *(sign for sign in INDEPENDENT if sign in by and sign != "t"))

    @cached_property
    def zero(self) -> tuple[sympy.Expr, ...]:
        """What is 0 by each equation: left side less right side, real and imaginary part by themselves."""
        found: list[sympy.Expr] = []
        for left, right in self.sides:
            difference = sympy.expand(self.expression(left) - self.expression(right))
            kinds = difference.as_real_imag() if self.parts else (difference, sympy.Integer(0))
            found += [sympy.expand(part) for part in kinds if sympy.expand(part) != 0]
        return tuple(found)

    def jet_names(self) -> list[str]:
        """Every derivative that occurs, under its name."""
        return [m[0] for pair in self.sides for side in pair for m in self._jets(side)]

    def expression(self, side: str) -> sympy.Expr:
        """One side, over the real fields."""
        meanings: dict[str, sympy.Expr] = {}
        text = self._without_brackets(side, meanings)
        text = re.sub(r"\|\s*([A-Za-z]\w*)\s*\|", lambda m: self._modulus(m, meanings), text)
        written = self.python(text, meanings)
        try:
            result: Any = parse(written, [*self._known(text), *meanings])
        except ValueError as error:
            raise ValueError(f"{side.strip()!r}: {str(error).replace('formula ', '', 1)}") from None
        return result.xreplace({sympy.Symbol(n, real=True): e for n, e in {**self._complex(text), **meanings}.items()})

    def python(self, text: str, more: Iterable[str] = ()) -> str:
        """The text in Python's syntax. Raises ValueError for names that are neither fields nor parameters."""
        try:
            return Notation(frozenset({*self._known(text), *more}), self.independent).python(text)
        except ValueError as error:
            field = self.typed_fields[0]
            remedy = f"write derivatives as {field}_x, {field}_xx, {field}_4x"
            raise ValueError(f"{text.strip()!r}: {error}, {remedy}") from None

    def _known(self, text: str) -> set[str]:
        """Every name that may occur: fields and their derivatives, parameters, t and x, the imaginary unit."""
        jets = {m[0] for m in self._jets(text)}
        bars = {f"{field}__bar" for field in self.typed_fields}
        return {
            *self.typed_fields,
            *bars,
            *jets,
            *self.parameters,
            *self.independent,
            *(self._units() if self.parts else ()),
        }

    def _units(self) -> set[str]:
        return {"i", "I"} - {*self.typed_fields, *self.parameters}

    def _complex(self, text: str) -> dict[str, sympy.Expr]:
        """What complex fields, their derivatives, their conjugates and i are."""
        if not self.parts:
            return {}
        found: dict[str, Any] = dict.fromkeys(self._units(), sympy.I)
        for name in (m[0] for m in re.finditer(r"[A-Za-z_]\w*", text)):
            field, powers = parted(name)
            bar, field = field.endswith("__bar"), field.removesuffix("__bar")
            if field in self.parts:
                one, other = (sympy.Symbol(jet_name(part, powers), real=True) for part in self.parts[field])
                found[name] = one - sympy.I * other if bar else one + sympy.I * other
        return found

    def _modulus(self, match: re.Match[str], meanings: dict[str, sympy.Expr]) -> str:
        field, powers = parted(match[1])
        if field not in self.parts:
            return match[0]
        one, other = (sympy.Symbol(jet_name(part, powers), real=True) for part in self.parts[field])
        name = f"modulus__{len(meanings)}"
        meanings[name] = sympy.sqrt(one**2 + other**2)
        return name

    def _without_brackets(self, text: str, meanings: dict[str, sympy.Expr]) -> str:
        """(A)_xx as a name that `meanings` knows, A's derivative."""
        while (match := _BEHIND.search(text)) is not None:
            start = _opening(text, match.start())
            inner: Any = self.expression(text[start + 1 : match.start()].strip())
            name = f"derivative__{len(meanings)}"
            meanings[name] = total_derivative(
                inner.xreplace({sympy.Symbol(n, real=True): e for n, e in meanings.items()}),
                jet_powers(match[1]),
                self.fields,
            )
            text = f"{text[:start]} {name} {text[match.end() :]}"
        return text

    def _beside_unit(self, field: str) -> bool:
        """Whether a derivative by t is multiplied by i: i psi_t."""
        pattern = rf"(?<![A-Za-z_])[iI]\s*\*?\s*{field}_\w*t\b"
        return any(re.search(pattern, side) for pair in self.sides for side in pair)

    def _jets(self, text: str) -> list[re.Match[str]]:
        return [m for m in _JET.finditer(text) if m[0] not in self.parameters]

    def _apart(self, side: str, names: set[str]) -> str:
        """uu_x as u u_x where u is a field and uu is none that stands elsewhere."""

        def one(match: re.Match[str]) -> str:
            if match[0] in self.parameters:
                return match[0]
            others = Notation(frozenset({*self.parameters, *(names - {match[1]}), "i", "I"}))
            factors = others.factors(match[1])
            if factors is None or len(factors) < 2 or factors[-1] not in names:
                return match[0]
            return " ".join([*factors[:-1], f"{factors[-1]}_{match[2]}"])

        return _JET.sub(one, side)


def _paired(fields: Iterable[str], taken: set[str]) -> dict[str, tuple[str, str]]:
    """Names for the real and the imaginary part of each field, none of them `taken`."""
    usual = (("u", "v"), ("p", "q"), ("a", "b"), ("f", "g"))
    found = {}
    for field in fields:
        found[field] = next((pair for pair in usual if not taken & set(pair)), (f"{field}re", f"{field}im"))
        taken = taken | set(found[field])
    return found


def is_of_fields(text: str) -> bool:
    """Whether the equations hold derivatives such as u_x, (u^2)_xx or ∂u/∂x, and so are about fields.

    >>> is_of_fields("u_t = u_xx"), is_of_fields("x'' = -x"), is_of_fields("dx/dt = x"), is_of_fields("∂u/∂t = 0")
    (True, False, False, True)
    """
    plain = unified(text)
    if "'" in plain:
        return False
    if re.search(r"/\s*\(?[d∂]\s*[xyz]\b|∂", plain):
        return True
    typed = _subscripts(plain)
    return _JET.search(typed) is not None or _BEHIND.search(typed) is not None


def _subscripts(text: str) -> str:
    """u_{xx} as u_xx."""
    return re.sub(r"_\s*[{(]\s*((?:\d*[xyzt]\s*)+)[})]", lambda m: "_" + re.sub(r"\s", "", m[1]), text)


def marked(text: str) -> str:
    """Every derivative as a mark behind its field: u_xxt for ∂³u/∂x²∂t, u_{txx} and u_2xt.

    >>> marked("∂u/∂t = ∂²u/∂x² + u_{xxxx}")
    'u_t = u_xx + u_4x'
    """
    text = _bars(_subscripts(unified(text)))
    power = r"(?:\^\(?(\d)\)?)?"
    text = re.sub(
        rf"\(*[∂d]{power}\s*([A-Za-z][A-Za-z0-9]*)\)?\s*/\s*\(?((?:[∂d]\s*[xyzt](?:\^\(?\d\)?)?\s*)+)\)*",
        _marked_quotient,
        text,
    )
    return _JET.sub(lambda m: jet_name(m[1], jet_powers(m[2])), text)


def _bars(text: str) -> str:
    """conj(u), bar(u) and u^* as u__bar, and so their derivatives, u__bar_x."""
    word = r"\b(?:conj|conjugate|bar|overline)\s*[({]\s*([A-Za-z]\w*)\s*[)}]"
    star = r"([A-Za-z][A-Za-z0-9]*)\s*\^\s*[({]?\*[)}]?"
    text = re.sub(f"{word}|{star}", lambda m: f"{m[1] or m[2]}__bar", text)
    return re.sub(r"\b([A-Za-z]\w*?)_((?:\d*[xyzt])+)__bar", r"\1__bar_\2", text)


def _marked_quotient(match: re.Match[str]) -> str:
    """∂^2u/∂x∂t as u_xt. Raises ValueError where the powers above and below differ."""
    by = re.findall(r"([xyzt])(?:\^\(?(\d)\)?)?", match[3])
    if int(match[1] or 1) != sum(int(number or 1) for _, number in by):
        raise ValueError(f"{match[0]!r} is no derivative; write u_xx or ∂^2u/∂x^2")
    return (
        " " * match[0].startswith(" ")
        + f"{match[2]}_{''.join(sign * int(number or 1) for sign, number in by)}"
        + " " * match[0].endswith(" ")
    )


def total_derivative(expression: sympy.Expr, powers: Powers, fields: Iterable[str]) -> sympy.Expr:
    """The derivative of an expression in fields, their derivatives, and t and x themselves.

    >>> total_derivative(sympy.Symbol("u", real=True)**2, (1, 0, 0, 0), ["u"])
    2*u*u_x
    """
    names = set(fields)
    for place, count in enumerate(powers):
        for _ in range(count):
            total = sympy.diff(expression, sympy.Symbol(INDEPENDENT[place], real=True))
            for symbol in expression.free_symbols:
                field, own = parted(str(symbol))
                if field in names:
                    higher = tuple(n + (k == place) for k, n in enumerate(own))
                    total += sympy.diff(expression, symbol) * sympy.Symbol(jet_name(field, higher), real=True)
            expression = total
    return expression


def _opening(text: str, end: int) -> int:
    depth = 0
    for place in range(end, -1, -1):
        depth += (text[place] in ")]}") - (text[place] in "([{")
        if depth == 0:
            return place
    raise ValueError(f"{text.strip()!r} lacks a '('; close what is opened")


def symbols_by_field(expression: sympy.Expr, fields: Iterable[str]) -> Mapping[str, Powers]:
    """The derivatives that an expression holds, by name, with what they are differentiated by."""
    names = set(fields)
    pairs = ((str(symbol), parted(str(symbol))) for symbol in expression.free_symbols)
    return {name: powers for name, (field, powers) in pairs if field in names}
