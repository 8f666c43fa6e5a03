"""Fronts: formulas from the shortest to the most exact, none of which is both longer and worse than another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Self

import sympy

from ...core.artifact import Artifact
from .formula import Formula
from .readable import DIGITS, equation, readable, written

Constant = tuple[float, float | None]
"""A value with its standard error, None where the rows do not tell it."""


@dataclass(frozen=True, repr=False)
class Front(Artifact):
    """`formulas[i]` takes `bits[i]` to write down and misses by `errors[i]` (root mean square, in the target's unit).

    `chosen` is the one with the shortest description of formula and data together; -1 where none is. Where the formulas
    were weighed, `nats[i]` is -ln of the likelihood of the data, `weights[i]` how likely the formula is among all that
    were weighed (exp(-L), L the length of formula and data; those off the front have the rest), and `constants[i]` the
    values of its free constants with their standard errors. People count formulas from 1: `number` is that of the
    chosen one, and what `--choose` and `predict(X, index=)` take.

    >>> front = Front((Formula("a", ("a",)), Formula("2.1*a", ("a",))), (1.0, 0.1), (4.0, 9.0), 1)
    >>> print(front)
       No.  bits  error  formula
         1     4      1  y = a
    *    2     9    0.1  y = 2.1*a
    >>> front.rows()[1]["number"], front.number
    (2, 2)
    """

    formulas: tuple[Formula, ...]
    errors: tuple[float, ...]
    bits: tuple[float, ...]
    chosen: int = -1
    nats: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    constants: tuple[tuple[Constant, ...], ...] = ()

    kind = "front"

    def __post_init__(self) -> None:
        if not len(self.formulas) == len(self.errors) == len(self.bits):
            raise ValueError("a front has one error and one number of bits for each of its formulas; give all three")
        if any(each and len(each) != len(self.formulas) for each in (self.nats, self.weights, self.constants)):
            raise ValueError("nats, weights and constants of a front are one for each of its formulas, or none at all")
        if not -1 <= self.chosen < len(self.formulas):
            raise ValueError(f"chosen={self.chosen} is none of {len(self.formulas)} formulas; give its index, or -1")

    @property
    def number(self) -> int:
        """The number of the chosen formula, from 1; 0 where none is."""
        return self.chosen + 1

    def formula(self, number: int, called: str = "index") -> Formula:
        """The formula with this number, from 1. Raises ValueError, which names what was `called` so, for others."""
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(self.formulas):
            raise ValueError(f"{called}={number!r} is not on the front; give a number from 1 to {len(self.formulas)}")
        return self.formulas[number - 1]

    def describe(self) -> str:
        count = len(self.formulas)
        return f"{count} formula{'s' if count != 1 else ''}, from short to exact"

    def rows(self) -> list[dict[str, Any]]:
        """A dictionary for each formula, as `pandas.DataFrame` takes them; what is not known is None."""
        count = len(self.formulas)
        return [
            {
                "number": i + 1,
                "chosen": i == self.chosen,
                "formula": self.formulas[i].expression,
                "bits": self.bits[i],
                "negative_log_likelihood": (self.nats or [None] * count)[i],
                "error": self.errors[i],
                "weight": (self.weights or [None] * count)[i],
                "constants": list(self.constants[i]) if self.constants else None,
            }
            for i in range(count)
        ]

    def table(self, *, plain: bool = True) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Headings and cells, to be shown: what is not known of any formula has no column."""
        weighed = ("-ln L",) if self.nats else ()
        likely = ("weight",) if self.weights else ()
        rows = []
        for i, (formula, error, bits) in enumerate(zip(self.formulas, self.errors, self.bits, strict=True)):
            nats = (f"{self.nats[i]:.1f}",) if self.nats else ()
            weight = (percent(self.weights[i]),) if self.weights else ()
            text = with_errors(formula, self.constants[i] if self.constants else (), plain=plain)
            mark = "*" if i == self.chosen else ""
            rows.append((mark, str(i + 1), f"{bits:.0f}", *nats, f"{error:.2g}", *weight, text))
        return ("", "No.", "bits", *weighed, "error", *likely, "formula"), rows

    def note(self) -> str:
        """What the table does not say: how likely formulas off the front are. Empty where that is next to nothing."""
        rest = 1 - sum(self.weights) if self.weights else 0.0
        told = f"other formulas, longer and no more exact than one of these, have a weight of {percent(rest)}"
        return told if rest > 0.005 else ""

    def latex(self) -> str:
        """The table for a paper."""
        headings = ["No.", "formula", "bits", *(["$-\\ln L$"] if self.nats else []), "error"]
        headings += ["weight"] if self.weights else []
        lines = [f"\\begin{{tabular}}{{{'rl' + 'r' * (len(headings) - 2)}}}", " & ".join(headings) + r" \\ \hline"]
        for i, formula in enumerate(self.formulas):
            left, right = equation(formula)
            cells = [str(i + 1), f"${sympy.latex(left)} = {sympy.latex(right)}$", f"{self.bits[i]:.0f}"]
            cells += [f"${self.nats[i]:.1f}$"] if self.nats else []
            cells += [_latex_number(self.errors[i])]
            cells += [percent(self.weights[i]).replace("%", r"\%")] if self.weights else []
            lines.append(" & ".join(cells) + r" \\")
        return "\n".join([*lines, r"\end{tabular}", ""])

    def __repr__(self) -> str:
        headings, rows = self.table()
        widths = [max(len(row[k]) for row in (headings, *rows)) for k in range(len(headings) - 1)]
        lines = [
            "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
            for row in (headings, *rows)
        ]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """For notebooks."""
        headings, rows = self.table(plain=False)
        head = "".join(f"<th>{escape(word)}</th>" for word in headings)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_dict(self) -> dict[str, Any]:
        rows = zip(self.formulas, self.errors, self.bits, strict=True)
        entries = [{"formula": formula.to_dict(), "error": error, "bits": bits} for formula, error, bits in rows]
        for name in ("nats", "weights", "constants"):
            for entry, value in zip(entries, getattr(self, name), strict=False):
                entry[name] = [list(pair) for pair in value] if name == "constants" else value
        return {"entries": entries, "chosen": self.chosen}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        entries = data["entries"]

        def column(name: str) -> tuple[Any, ...]:
            return tuple(entry[name] for entry in entries if name in entry)

        return cls(
            tuple(Formula.from_dict(entry["formula"], {}) for entry in entries),
            column("error"),
            column("bits"),
            data["chosen"],
            column("nats"),
            column("weights"),
            tuple(tuple((value, error) for value, error in each) for each in column("constants")),
        )


def percent(share: float) -> str:
    """A share in percent, in at most four letters and the sign.

    >>> percent(0.123), percent(0.0042), percent(1e-9), percent(0.9999)
    ('12 %', '0.4 %', '<0.1 %', '100 %')
    """
    value = 100 * share
    return "<0.1 %" if 0 < value < 0.05 else f"{value:.0f} %" if value >= 1 or value == 0 else f"{value:.1f} %"


def with_errors(formula: Formula, constants: Sequence[Constant], *, plain: bool = False) -> str:
    """The formula on one line, each constant to the digits that are known, with its standard error in the last of them.

    2.13(4) is 2.13 +- 0.04. Where a product is raised until its powers are whole, so are its constants.

    >>> with_errors(Formula("2.134567*exp(-0.4213*x)", ("x",)), [(2.134567, 0.04), (-0.4213, 0.0012)], plain=True)
    'y = 2.13(4)*exp(-0.4213(12)*x)'
    """
    known = {abs(value): error for value, error in constants if error and value}
    left, right = equation(formula)
    power = int(left.exp) if left.is_Pow else 1  # pyright: ignore[reportAttributeAccessIssue]
    raised = {value**power: abs(power * value ** (power - 1)) * error for value, error in known.items()}
    text = readable(formula, plain=plain)
    for number in sorted(right.atoms(sympy.Float), key=lambda number: -len(str(number))):
        value = abs(float(number))
        shown, short = written(sympy.Float(value), plain=plain), _with_known_error(value, raised)
        if short is not None:
            text = re.sub(rf"(?<![\w.]){re.escape(shown)}(?![\w.(])", short, text)
    return text


def _with_known_error(value: float, known: Mapping[float, float]) -> str | None:
    """`value`, as it is written out, with the error of the one constant that it rounds; None for none or several."""
    near = [error for exact, error in known.items() if abs(exact - value) <= 10.0 ** (1 - DIGITS) * exact]
    return concise(value, near[0]) if len(near) == 1 else None


def concise(value: float, error: float) -> str | None:
    """A positive number with its standard error in its last digits, two of them where they begin with 1.

    None where the error is larger than the number.

    >>> concise(2.134567, 0.04), concise(0.4213, 0.0012), concise(1234.5, 30.0), concise(3.1e-9, 2e-10)
    ('2.13(4)', '0.4213(12)', '1.23(3)e3', '3.1(2)e-9')
    """
    if not 0 < error < value:
        return None
    digits = 2 if f"{error:.1e}"[0] == "1" else 1
    error_power = int(f"{error:.{digits - 1}e}".partition("e")[2])
    last = error_power - digits + 1
    shown = round(error / 10.0**last)
    power = int(f"{value:.15e}".partition("e")[2])
    if -4 <= power < 6 and last <= 0:
        return f"{value:.{-last}f}({shown})"
    return f"{value / 10.0**power:.{max(power - last, 0)}f}({shown})e{power}"


def _latex_number(value: float) -> str:
    mantissa, _, power = f"{value:.2g}".partition("e")
    return f"${mantissa} \\cdot 10^{{{int(power)}}}$" if power else f"${mantissa}$"
