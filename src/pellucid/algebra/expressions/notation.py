"""What people type, as Python's syntax: 2x, x^2, x², sin θ, √x, |u|², a(b - c), \\frac{1}{2}, lambda.

Greek letters are read as their names, `lambda` (a word of Python's) as `lamda`, which sympy prints as a lambda, too. A
name that is unknown but made of known ones is their product: xy is x*y where x and y are known and xy is not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .text import CONSTANTS, FUNCTIONS

SIGNS = {
    "·": "*", "×": "*", "⋅": "*", "∙": "*", "∗": "*", "−": "-", "–": "-", "÷": "/", "′": "'", "’": "'", "″": "''",
    "‴": "'''", "√": " sqrt ", "\\cdot": "*", "\\times": "*", "\\left": "", "\\right": "", "\\,": " ", "\\;": " ",
    "\\partial": "∂", "$": "",
}  # fmt: skip
"""What stands for something else wherever it stands."""

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|"
                    r"(?P<sign>\*\*|\^|[-+*/(),|\[\]{}]))")  # fmt: skip


class Token(NamedTuple):
    """A number, a name or a sign, and what stood before it."""

    kind: str
    text: str
    space: str


def unified(text: str) -> str:
    """Signs, Greek letters, dots over letters and LaTeX in the letters that a keyboard has.

    >>> unified("θ̈ = −(g/l)·sin θ²"), unified("\\\\frac{1}{2} αx₁")
    ("theta'' = -(g/l)*sin theta^2", '((1)/(2)) alpha x1')
    """
    text = _latex(text)
    for sign, meant in SIGNS.items():
        text = text.replace(sign, meant)
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ]+", _raised, text)
    text = re.sub(r"(?<=[^\W\d_])[₀-₉₊₋ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼ]+", _lowered, text)
    return _dotted(_greek(text))


def known_name(name: str) -> str:
    """The name that a typed one is known by.

    >>> known_name("λ"), known_name("lambda"), known_name("ω₀"), known_name("x")
    ('lamda', 'lamda', 'omega0', 'x')
    """
    plain = unified(name.strip()).strip()
    return "lamda" if plain == "lambda" else plain


def equations_in(text: str) -> list[str]:
    """The equations: separated by semicolons, lines, or commas outside of parentheses; "#" begins a remark.

    >>> equations_in("x' = v, v' = -atan2(x, v); # a remark")
    ["x' = v", "v' = -atan2(x, v)"]
    """
    lines = [line.split("#")[0] for line in re.split(r"[;\n]|\\\\", text)]
    return [part.strip() for line in lines for part in at_commas(line) if part.strip()]


def sides_in(text: str, form: str) -> list[tuple[str, str]]:
    """Left and right side of every equation; `form` is how one is written. Raises ValueError for none, and for others.

    >>> sides_in("x' = v; v' = -x", "x' = ...")
    [("x'", 'v'), ("v'", '-x')]
    """
    pairs = []
    for line in equations_in(text):
        sides = [side.strip() for side in line.split("=")]
        if len(sides) != 2 or not all(sides):
            raise ValueError(f"equation {line!r} is not understood; write {form}")
        pairs.append((sides[0], sides[1]))
    if not pairs:
        raise ValueError(f"no equation given; write {form}")
    return pairs


@dataclass(frozen=True)
class Notation:
    """Reads expressions over known names; raises ValueError where something is not understood."""

    names: frozenset[str]
    functions_of: Collection[str] = ()
    """What the names may be written as functions of: x(t), u(x, t)."""

    def python(self, text: str) -> str:
        """The expression in Python's syntax; what is in it already stays as it is.

        >>> Notation(frozenset({"x", "y", "k"})).python("-2x^2 sin(k y) + xy/2")
        '-2*x**2*sin(k*y) + x*y/2'
        """
        tokens = list(_tokens(text))
        reader = _Reader(self, tokens, text)
        written = reader.expression("")
        if reader.place < len(tokens):
            raise ValueError(f"{text.strip()!r} has a {tokens[reader.place].text!r} too many; take it out")
        return written.strip()

    def factors(self, name: str) -> list[str] | None:
        """Known names that the name is the product of, the longest first; None where there are none.

        >>> Notation(frozenset({"beta", "S", "I"})).factors("SI")
        ['S', 'I']
        """
        if name in self.names:
            return [name]
        for end in range(len(name) - 1, 0, -1):
            rest = self.factors(name[end:]) if name[:end] in self.names else None
            if rest is not None:
                return [name[:end], *rest]
        return None


@dataclass
class _Reader:
    """Goes through the tokens of one expression, and puts in the signs that are left out."""

    notation: Notation
    tokens: list[Token]
    source: str
    place: int = 0

    def expression(self, end: str) -> str:
        """Everything up to the sign `end`, which is passed over; up to the last token where it is empty."""
        written: list[str] = []
        operand = False
        while self.place < len(self.tokens):
            token = self.tokens[self.place]
            if token.text == end and (end != "|" or operand):
                self.place += 1
                return "".join(written)
            if token.text in ("+", "-", "*", "/", ",", "**", "^"):
                written.append(token.space + token.text.replace("^", "**"))
                operand = False
                self.place += 1
                continue
            if token.text in (")", "]", "}"):
                break
            written.append(self._times() if operand else token.space)
            written.append(self.operand())
            operand = True
        if end:
            raise ValueError(f"{self.source.strip()!r} lacks a {end!r}; close what is opened")
        return "".join(written)

    def _times(self) -> str:
        """The sign that is left out between two operands. Raises ValueError between two numbers."""
        if [token.kind for token in self.tokens[self.place - 1 : self.place + 1]] == ["number", "number"]:
            raise ValueError(f"{self.source.strip()!r} has two numbers side by side; write what is between them")
        return "*"

    def operand(self) -> str:
        """A number, a name, a function of something, or something in brackets."""
        token = self.tokens[self.place]
        self.place += 1
        if token.kind == "number":
            return token.text
        if token.text == "|":
            return f"Abs({self.expression('|')})"
        if token.text in "([{":
            return f"({self.expression({'(': ')', '[': ']', '{': '}'}[token.text])})"
        return self._named(token.text)

    def _named(self, name: str) -> str:
        name = "lamda" if name == "lambda" else name
        factors = self.notation.factors(name)
        if name in self.notation.names:
            self._skip_arguments()
            return name
        if name in FUNCTIONS:
            return self._called(name)
        if name in CONSTANTS or name == "e":
            return "E" if name == "e" else name
        if factors is None:
            remedy = f"declare constants as parameters (--parameters {name},...)"
            raise ValueError(f"{name} is neither a variable nor a parameter; {remedy}")
        return "*".join(factors)

    def _called(self, name: str) -> str:
        """A function with its argument: sin(x), sin x, sin 2x, sin^2 x, sin²(x)."""
        power = self._whole_power()
        if self._next() in ("(", "[", "{"):
            return self._raised(f"{name}{self.operand()}", power)
        if self._next_kind() in ("", "sign"):
            raise ValueError(f"{self.source.strip()!r} has a {name} of nothing; write {name}(...)")
        argument = ""
        if self._next_kind() == "number":
            argument = self.operand() + ("*" if self._next_kind() == "name" else "")
        if self._next_kind() == "name":
            argument += self.operand()
        return self._raised(f"{name}({argument}{self._whole_power()})", power)

    def _whole_power(self) -> str:
        """Passes over ^n with a whole number, and writes it; empty where none follows."""
        if self._next() not in ("^", "**") or not self._next(1).isdigit():
            return ""
        self.place += 2
        return f"**{self._next(-1)}"

    @staticmethod
    def _raised(text: str, power: str) -> str:
        return f"({text}){power}" if power else text

    def _skip_arguments(self) -> None:
        """Passes over (t) or (x, t) after a name: it says what the name is a function of."""
        allowed, place = set(self.notation.functions_of), self.place
        if self._next() != "(" or not allowed:
            return
        for offset in range(1, 2 * len(allowed) + 1, 2):
            if self._next(offset) not in allowed:
                return
            if self._next(offset + 1) == ")":
                self.place = place + offset + 2
                return
            if self._next(offset + 1) != ",":
                return

    def _next(self, offset: int = 0) -> str:
        place = self.place + offset
        return self.tokens[place].text if place < len(self.tokens) else ""

    def _next_kind(self) -> str:
        return self.tokens[self.place].kind if self.place < len(self.tokens) else ""


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            sign = text[place:].strip()[0]
            raise ValueError(f"{text.strip()!r} holds {sign!r}, which is no sign of arithmetic; take it out")
        token = match[match.lastgroup]
        yield Token(match.lastgroup, token, match[0][: -len(token)])
        place = match.end()


def at_commas(text: str) -> Iterator[str]:
    """The parts between commas that stand in no brackets.

    >>> list(at_commas("x, f(a, b),"))
    ['x', ' f(a, b)', '']
    """
    depth, start = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _raised(match: re.Match[str]) -> str:
    text = _on_the_line(match[0])
    return f"^{text}" if re.fullmatch(r"\d+|n", text) else f"^({text})"


def _lowered(match: re.Match[str]) -> str:
    text = _on_the_line(match[0])
    return text if text.isdigit() else f"_{{{text}}}"


def _on_the_line(raised_or_lowered: str) -> str:
    return unicodedata.normalize("NFKC", raised_or_lowered).replace("\N{MINUS SIGN}", "-")


def _latex(text: str) -> str:
    """The few commands of LaTeX that equations are typed in."""
    if "\\" not in text:
        return text
    for _ in range(text.count("\\frac")):
        text = re.sub(
            r"\\frac\s*\{((?:[^{}]|\{[^{}]*\})*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}", r"((\1)/(\2))", text, count=1
        )
    text = re.sub(r"\\(d+)ot\s*(?:\{\s*(\\?\w+)\s*\}|(\\?\w+))", lambda m: (m[2] or m[3]) + "'" * len(m[1]), text)
    text = re.sub(r"\\sqrt\s*\{", "sqrt{", text)
    return re.sub(r"\\([A-Za-z]+)", lambda m: m[0] if m[0] in SIGNS else f" {m[1]} ", text)


def _greek(text: str) -> str:
    """Greek letters by name, apart from the letters beside them."""
    letters: list[str] = []
    after = False
    for sign in unicodedata.normalize("NFD", text):
        named = _greek_name(sign)
        beside = bool(letters) and (letters[-1][-1].isalpha() if named else after and sign.isascii() and sign.isalpha())
        letters += [" "] * beside + [named or sign]
        after = bool(named)
    return "".join(letters)


def _greek_name(sign: str) -> str:
    """The name of a Greek letter, a capital with a capital; empty for anything else."""
    name = unicodedata.name(unicodedata.normalize("NFKC", sign), "") if not sign.isascii() else ""
    match = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)", name)
    return "" if match is None else match[2].title() if match[1] == "CAPITAL" else match[2].lower()


def _dotted(text: str) -> str:
    """Dots over a name as primes behind it."""
    text = re.sub(r"(\w+)\u0308", r"\1''", text)
    return re.sub(r"(\w+)(\u0307+)", lambda m: m[1] + "'" * len(m[2]), text)


def declared(given: str | Iterable[str]) -> tuple[str, ...]:
    """Names of parameters, from a list or from words in one text."""
    words = re.split(r"[\s,;]+", given) if isinstance(given, str) else given
    return tuple(known_name(word) for word in words if word.strip())
