"""A mechanism: by which algorithm a network combines two symbols, part by part, and as a formula for its logits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from jaxtyping import Float, Int

from ...algebra.groups.finite_group import group_behind
from ...core.artifact import Artifact

Verdict = Literal["clock", "pizza", "mixed", "characters", "cosets", "none of these"]


class Part(NamedTuple):
    """A circle of the embeddings, or an irreducible representation in the logits."""

    name: str
    """The frequency of a circle, or the number and dimension of an irrep, "4 (3d)"."""
    share: float
    """Of the embeddings' variance (circles), of the logits' (irreps)."""
    writes: int | None = None
    """The frequency in the logits that a circle writes most to."""
    clock: float | None = None
    """R2 of cos w(a + b - c), with all other circles resampled."""
    pizza: float | None = None
    """R2 of |cos w(a - b)/2| cos w(a + b - c), likewise."""
    ratio_error: float | None = None
    """Standard error of clock / pizza."""
    verdict: str = ""

    @property
    def ratio(self) -> float | None:
        """Clock / pizza: .811 = 8/pi^2 for an ideal pizza, 1.234 for an ideal clock."""
        return self.clock / self.pizza if self.clock is not None and self.pizza else None


@dataclass(frozen=True, eq=False)
class Mechanism(Artifact):
    """A verdict with its reason, its parts, and a formula for the logits.

    The symbols a, b and the answer c stand for elements `left[a]`, `right[b]`, `out[c]` of a group. In a cyclic group,
    where elements are numbers i, j, k modulo n,

        logit = sum_f (alpha_f + beta_f |cos(pi f (i - j) / n)|) cos(2 pi f (i + j - k) / n)

    with `frequencies` f and `coefficients` (alpha, beta); in any group, logit = `values[i j k^-1]`.

    >>> n = np.add.outer(range(3), range(3)) % 3
    >>> found = Mechanism("clock", "", "Z_3", n, *[np.arange(3)] * 3, frequencies=(1,), coefficients=((2.0, 0.0),))
    >>> found.predict(2, 2), found.formula()
    (1, 'logit(c) = 2 cos 2pi(a + b - c)/3')
    """

    verdict: Verdict
    reason: str
    group: str
    answers: Int[np.ndarray, "n n"]
    left: Int[np.ndarray, " n"]
    right: Int[np.ndarray, " n"]
    out: Int[np.ndarray, " n"]
    parts: tuple[Part, ...] = ()
    frequencies: tuple[int, ...] = ()
    coefficients: tuple[tuple[float, float], ...] = ()
    values: tuple[float, ...] = ()
    points: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Of each part that is a circle, where it has every element, in the plane; to draw it."""
    title: str = ""
    source: str = ""

    kind = "mechanism"

    def __post_init__(self) -> None:
        for name in ("answers", "left", "right", "out"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.int64))
        object.__setattr__(self, "parts", tuple(Part(*part) for part in self.parts))
        size = len(self.answers)
        if self.answers.shape != (size, size) or any(len(one) not in (0, size) for one in (self.left, self.right)):
            raise ValueError(f"answers are {self.answers.shape}, left {self.left.shape}; give (n, n) and (n,)")
        if len(self.frequencies) != len(self.coefficients) or len(self.values) not in (0, size):
            raise ValueError("coefficients are not one pair for each frequency, or values not one for each element")

    @property
    def size(self) -> int:
        """How many symbols there are: n."""
        return len(self.answers)

    @property
    def has_formula(self) -> bool:
        """Whether logits were put into a formula at all."""
        return bool(self.frequencies or self.values)

    def logits(self, a: Any, b: Any) -> Float[np.ndarray, "rows n"]:
        """The formula's logits (rows, n) for symbols a and b (rows,). Raises ValueError where there is no formula."""
        if not self.has_formula:
            raise ValueError("no formula was found for this network: it has no group behind its answers")
        i, j = (table[np.atleast_1d(symbol)][:, None] for table, symbol in ((self.left, a), (self.right, b)))
        if self.values:
            group = group_behind(self.nearest).group
            return np.array(self.values)[group.table[group.table[i, j], group.inverses[self.out][None]]]
        found = np.zeros((len(i), self.size))
        for f, (alpha, beta) in zip(self.frequencies, self.coefficients, strict=True):
            amplitude = alpha + beta * np.abs(np.cos(np.pi * f * (i - j) / self.size))
            found += amplitude * np.cos(2 * np.pi * (f * (i + j - self.out[None]) % self.size) / self.size)
        return found

    def predict(self, a: Any, b: Any) -> Any:
        """The answer that the formula gives."""
        found = self.logits(a, b).argmax(1)
        return int(found[0]) if np.ndim(a) == np.ndim(b) == 0 else found

    @property
    def nearest(self) -> Int[np.ndarray, "n n"]:
        """The group's own table, in the symbols of the network: its answers, but for its mistakes."""
        if self.values and self.group != f"Z_{self.size}":  # such a group is only known where there are no mistakes
            return self.answers
        from_group = np.empty(self.size, np.int64)
        from_group[self.out] = np.arange(self.size)
        return from_group[(self.left[:, None] + self.right[None]) % self.size]

    def formula(self, most: int = 6) -> str:
        """The formula in words; of many terms the largest."""
        if self.values:
            if self.verdict == "cosets":
                return "logit(c) = a function of a b c^-1, one value for each element"
            named = [part.name for part in self.parts if part.verdict]
            return f"logit(c) = a class function of a b c^-1: characters of irreps {', '.join(named[:most])}"
        if not self.frequencies:
            return ""
        terms = sorted(zip(self.frequencies, self.coefficients, strict=True), key=lambda one: -abs(sum(one[1])))
        a, b, c = (number_text(one, name) for one, name in ((self.left, "a"), (self.right, "b"), (self.out, "c")))
        whole, half = signed_sum(a, b, negative(c)), signed_sum(a, negative(b))
        told = [_term(f, alpha, beta, self.size, whole, half) for f, (alpha, beta) in terms[:most]]
        more = f" + {len(terms) - most} more" if len(terms) > most else ""
        return f"logit(c) = {' + '.join(told)}{more}"

    def describe(self) -> str:
        what = {"none of these": "no known algorithm", "mixed": "clocks and pizzas", "characters": "characters"}
        said = what.get(self.verdict, f"a {self.verdict}" if self.verdict != "cosets" else "no class function")
        where = f" for {self.group}" if self.group else f" for a table of {self.size} symbols that is no group's"
        return f"{said}{where}: {self.reason}"

    def to_dict(self) -> dict[str, Any]:
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: _plain(value) for name, value in data.items()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given = {name: _tupled(value) for name, value in data.items()}
        return cls(**given)

    def __eq__(self, other: object) -> bool:
        return self.to_dict() == other.to_dict() if isinstance(other, Mechanism) else NotImplemented

    __hash__ = None  # type: ignore[assignment]


def number_text(numbers: Int[np.ndarray, " n"], symbol: str) -> str:
    """The number modulo n that a symbol stands for: a multiple of it, shifted or not, else "i(symbol)".

    >>> number_text(np.array([0, 4, 3, 2, 1]), "b"), number_text(np.array([1, 3, 0, 2, 4]), "a")
    ('-b', '(2 a + 1)')
    >>> number_text(np.array([0, 2, 1, 3, 4]), "a")
    'i(a)'
    """
    size = len(numbers)
    start, factor = int(numbers[0]), int((numbers[1] - numbers[0]) % size)
    if not np.array_equal(numbers, (factor * np.arange(size) + start) % size):
        return f"i({symbol})"
    signed = factor - size if factor > size / 2 else factor
    times = {1: symbol, -1: f"-{symbol}"}.get(signed, f"{signed} {symbol}")
    return f"({times} + {start})" if start else times


def negative(text: str) -> str:
    """The same with the other sign.

    >>> negative("-b"), negative("2 a"), negative("i(c)")
    ('b', '-2 a', '-i(c)')
    """
    return text[1:] if text.startswith("-") else f"-{text}"


def signed_sum(*terms: str) -> str:
    """Terms one after the other, each with its sign.

    >>> signed_sum("a", "-b", "-c")
    'a - b - c'
    """
    later = "".join(f" - {term[1:]}" if term.startswith("-") else f" + {term}" for term in terms[1:])
    return f"{terms[0]}{later}"


def _term(frequency: int, alpha: float, beta: float, size: int, whole: str, apart: str) -> str:
    """One frequency's term, the part that is below a hundredth of the other left out."""
    most = max(abs(alpha), abs(beta))
    times = "" if frequency == 1 else f"{frequency} "
    circle = f"cos 2pi{' ' if times else ''}{times}({whole})/{size}"
    half = f"|cos pi{' ' if times else ''}{times}({apart})/{size}|"
    told = [f"{alpha:.3g}"] if abs(alpha) >= 0.01 * most else []
    told += [f"{beta:.3g} {half}"] if abs(beta) >= 0.01 * most else []
    amplitude = " + ".join(told).replace("+ -", "- ")
    return f"({amplitude}) {circle}" if len(told) > 1 else f"{amplitude} {circle}"


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    return tuple(_tupled(item) for item in value) if isinstance(value, list) else value
