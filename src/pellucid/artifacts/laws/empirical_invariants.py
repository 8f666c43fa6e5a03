"""Empirical invariants: what keeps its value along trajectories, and how many such quantities there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.expressions.text import parse
from ...core.artifact import Artifact
from ..formulas.formula_source import functions_source, numpy_function
from ..tensor_file import load_tensors, save_tensors
from .invariants import numbered

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EmpiricalInvariants(Artifact):
    """`count` invariants: the dimension of the states, less that of an orbit (with a 95 % interval `low` to `high`).

    `expressions` are those with a formula over `variables`; `networks` tanh networks W1 b1 W2 b2 W3 b3 (on states less
    `centre`, over `scale`) for others, each known only up to a function of it and the ones before. `curves` (orbits,
    scales) is the local dimension of each orbit at radii `scales`, in units of its size.

    >>> EmpiricalInvariants(("x", "v"), ("x**2 + v**2",), 1, 2, 1.0, 1.0, 1.1).describe()
    '1 invariant (states fill 2 dimensions, an orbit 1.00), 1 of them as formulas: x**2 + v**2'
    """

    variables: tuple[str, ...]
    expressions: tuple[str, ...]
    count: int | None
    state_dimension: int
    orbit_dimension: float
    low: float
    high: float
    networks: tuple[Mapping[str, Array], ...] = ()
    centre: Array = field(default_factory=lambda: np.zeros(0))
    scale: Array = field(default_factory=lambda: np.zeros(0))
    scales: Array = field(default_factory=lambda: np.zeros(0))
    curves: Array = field(default_factory=lambda: np.zeros((0, 0)))
    title: str = ""

    kind = "empirical_invariants"
    file: ClassVar[str] = "empirical_invariants.safetensors"
    source: ClassVar[str] = "empirical_invariants.py"

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        object.__setattr__(self, "expressions", tuple(self.expressions))
        object.__setattr__(self, "networks", tuple(dict(one) for one in self.networks))
        if self.networks and not len(self.centre) == len(self.scale) == len(self.variables):
            raise ValueError(f"networks need a centre and a scale for each of {list(self.variables)}; give them")
        self.sympy()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EmpiricalInvariants):
            return NotImplemented
        mine, others = self._arrays(), other._arrays()
        same = set(mine) == set(others) and all(np.array_equal(mine[n], others[n], equal_nan=True) for n in mine)
        return same and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def sympy(self) -> tuple[sympy.Expr, ...]:
        """Every invariant that has a formula, over real symbols."""
        return self._expressions

    def numpy(self) -> tuple[Callable[..., Any], ...]:
        """A function of one array for each variable, for every formula and then every network."""
        formulas = [numpy_function(expression, self.variables) for expression in self._expressions]
        return (*formulas, *(self._network(weights) for weights in self.networks))

    def names(self) -> tuple[str, ...]:
        """What formulas and networks are called: H1, H2, ..."""
        return numbered("H", len(self.expressions) + len(self.networks), self.variables)

    def latex(self) -> tuple[str, ...]:
        """Every formula, typeset."""
        return tuple(sympy.latex(expression) for expression in self._expressions)

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Name and formula of every invariant that has one, typeset."""
        return tuple((sympy.latex(sympy.Symbol(n)), text) for n, text in zip(self.names(), self.latex(), strict=False))

    def to_python(self) -> str:
        """A module with a function for every formula; it needs no package."""
        rows = zip(self.names(), self.expressions, self._expressions, strict=False)
        functions = [(name, e, self.variables, f"{text}: nearly the same along every orbit.") for name, text, e in rows]
        return functions_source(f"{self.title or 'Invariants found from trajectories'}.", functions, self.describe())

    def describe(self) -> str:
        told = f"states fill {self.state_dimension} dimensions, an orbit {self.orbit_dimension:.2f}"
        count = "an unknown number of" if self.count is None else self.count
        head = f"{count} invariant{'s' if self.count != 1 else ''} ({told})"
        if not self.expressions:
            return head
        return f"{head}, {len(self.expressions)} of them as formulas: {', '.join(self.expressions)}"

    def to_dict(self) -> dict[str, Any]:
        names = ("count", "state_dimension", "orbit_dimension", "low", "high", "title")
        told = {name: getattr(self, name) for name in names}
        return {**told, "variables": list(self.variables), "expressions": list(self.expressions)}

    def files(self) -> Mapping[str, bytes]:
        files: dict[str, bytes] = {self.file: save_tensors(self._arrays())}
        return {**files, self.source: self.to_python().encode()} if self.expressions else files

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        count = len({name.split(".")[0] for name in arrays if "." in name})
        networks = tuple(
            {name.split(".")[1]: value for name, value in arrays.items() if name.startswith(f"network{i}.")}
            for i in range(count)
        )
        given = {**data, "variables": tuple(data["variables"]), "expressions": tuple(data["expressions"])}
        rest: dict[str, Any] = {name: arrays[name] for name in ("centre", "scale", "scales", "curves")}
        return cls(**given, networks=networks, **rest)

    def _arrays(self) -> dict[str, Array]:
        flat = {f"network{i}.{n}": w for i, one in enumerate(self.networks) for n, w in one.items()}
        rest = {"centre": self.centre, "scale": self.scale, "scales": self.scales, "curves": self.curves}
        return {n: np.ascontiguousarray(a, dtype=np.float64) for n, a in {**rest, **flat}.items()}

    def _network(self, weights: Mapping[str, Array]) -> Callable[..., Any]:
        def value(*variables: Any) -> Any:
            x = (np.stack(np.broadcast_arrays(*variables), -1) - self.centre) / self.scale
            x = np.tanh(x @ weights["W1"].T + weights["b1"])
            x = np.tanh(x @ weights["W2"].T + weights["b2"])
            return (x @ weights["W3"].T + weights["b3"])[..., 0]

        return value

    @cached_property
    def _expressions(self) -> tuple[sympy.Expr, ...]:
        return tuple(parse(text, self.variables) for text in self.expressions)
