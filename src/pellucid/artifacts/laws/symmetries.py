"""Symmetries: vector fields that move every solution of an equation to a solution, and the Lie algebra they span."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import sympy

from ...algebra.expressions.text import parse, to_text
from ...core.artifact import Artifact

Bracket = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True)
class Symmetries(Artifact):
    """Generators X = sum_c component_c d/dc over `coordinates`, for x' = rhs, u_t = rhs or rhs = 0.

    `equation` says which: "dynamics", "evolution" or "field". For `second_order` dynamics the coordinates are time and
    positions; velocities move as the prolongation says. `dimension` counts all polynomial ones up to `degree`; those
    whose coefficients were not found in closed form count, but are not listed. `brackets` holds (i, j, coefficients of
    [X_i, X_j] in the generators) for i < j where it is not 0; coefficients are empty where the commutator is no
    combination of the generators.

    >>> found = Symmetries("dynamics", ("x", "v"), ("v", "0"), (), ("t", "x"), (("1", "0"), ("t", "x")), 1, 2,
    ...                    names=("translation in t", "scaling"), second_order=True, brackets=((0, 1, ("1", "0")),))
    >>> found.fields()
    ('d_t', 't d_t + x d_x')
    >>> found.table()
    (('0', 'X1'), ('-X1', '0'))
    """

    equation: Literal["dynamics", "evolution", "field"]
    variables: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...]
    coordinates: tuple[str, ...]
    generators: tuple[tuple[str, ...], ...]
    degree: int
    dimension: int
    names: tuple[str, ...] = ()
    second_order: bool = False
    brackets: tuple[Bracket, ...] = ()
    algebra: str = ""
    title: str = ""
    linearisable: bool = False
    """Whether it is one second-order equation that a change of time and place makes x'' = 0: it has eight."""

    kind = "symmetries"

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters", "coordinates", "names"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "generators", tuple(map(tuple, self.generators)))
        object.__setattr__(self, "brackets", tuple((int(i), int(j), tuple(c)) for i, j, c in self.brackets))
        if self.equation not in ("dynamics", "evolution", "field"):
            raise ValueError(f"equation={self.equation!r} is unknown; give 'dynamics', 'evolution' or 'field'")
        if any(len(g) != len(self.coordinates) for g in self.generators):
            raise ValueError(f"a generator has other than {len(self.coordinates)} components; give one per coordinate")
        if self.names and len(self.names) != len(self.generators):
            raise ValueError(f"{len(self.generators)} generators have {len(self.names)} names; give one for each")
        self.sympy()

    def sympy(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """The components of every generator over real symbols."""
        names = (*self.coordinates, *self.parameters)
        return tuple(tuple(parse(text, names) for text in generator) for generator in self.generators)

    def fields(self) -> tuple[str, ...]:
        """Every generator as a vector field: "3*t d_t + x d_x - 2*u d_u"."""
        return tuple(_field(g, self.coordinates, to_text, " d_{}") for g in self.sympy())

    def latex(self) -> tuple[str, ...]:
        """Every generator, typeset."""
        return tuple(_field(g, self.coordinates, sympy.latex, r" \partial_{{{}}}") for g in self.sympy())

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The commutators [X_i, X_j] in X1, X2, ...; "?" where one is no combination of them."""
        size = len(self.generators)
        table = [["0"] * size for _ in range(size)]
        basis = [sympy.Symbol(f"X{k + 1}", real=True) for k in range(size)]
        for i, j, texts in self.brackets:
            if not texts:
                table[i][j] = table[j][i] = "?"
                continue
            total = sympy.Add(*(parse(text, self.parameters) * x for text, x in zip(texts, basis, strict=True)))
            table[i][j], table[j][i] = to_text(total), to_text(sympy.expand(-total))
        return tuple(map(tuple, table))

    def describe(self) -> str:
        if not self.generators:
            return f"no symmetry with polynomial components up to degree {self.degree}"
        names = self.names or ("",) * len(self.generators)
        told = (f"{field} ({name})" if name else field for field, name in zip(self.fields(), names, strict=True))
        count = len(self.generators)
        return f"{count} symmetr{'ies' if count > 1 else 'y'}: {'; '.join(told)}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "equation": self.equation,
            "variables": list(self.variables),
            "rhs": list(self.rhs),
            "parameters": list(self.parameters),
            "coordinates": list(self.coordinates),
            "generators": [list(g) for g in self.generators],
            "degree": self.degree,
            "dimension": self.dimension,
            "names": list(self.names),
            "second_order": self.second_order,
            "brackets": [[i, j, list(c)] for i, j, c in self.brackets],
            "algebra": self.algebra,
            "title": self.title,
            **({"linearisable": True} if self.linearisable else {}),  # older certificates stay true
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(**data)


def _field(components: tuple[sympy.Expr, ...], coordinates: tuple[str, ...], write: Any, partial: str) -> str:
    text = ""
    for component, name in zip(components, coordinates, strict=True):
        if component == 0:
            continue
        negative = component.could_extract_minus_sign()
        size = sympy.factor_terms(-component if negative else component)
        written = "" if size == 1 else write(size)
        if size.is_Add:
            written = f"({written})"
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += sign + (written + partial.format(name)).strip()
    return text
