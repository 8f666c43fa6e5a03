"""Formulas: a law for one column of a table, to be read, computed, typeset and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray

from ...algebra.expressions.jumps import latex_of
from ...algebra.expressions.text import parse, to_text
from ...core.artifact import Artifact
from .formula_source import jax_function, numpy_function, python_source, torch_function

if TYPE_CHECKING:
    from .front import Front


@dataclass(frozen=True)
class Formula(Artifact):
    """`target` = `expression` over the features `names`, seen for features within `box` ((low, high) each).

    >>> area = Formula("pi*r**2", ("r",), "A")
    >>> area([[1.0], [2.0]]).round(4).tolist()
    [3.1416, 12.5664]
    >>> area.latex()
    'A = \\\\pi r^{2}'
    """

    expression: str
    names: tuple[str, ...]
    target: str = "y"
    box: tuple[tuple[float, float], ...] = ()
    front: Front | None = field(default=None, compare=False, repr=False)
    """Shorter and longer formulas of the same table, where it is a finding's: kept as a part of that."""

    kind = "formula"
    file: ClassVar[str] = "formula.py"

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "box", tuple((float(low), float(high)) for low, high in self.box))
        if self.box and len(self.box) != len(self.names):
            raise ValueError(f"box has {len(self.box)} ranges; give one for each of {list(self.names)}")
        self.sympy()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.expression,
            self.names,
            self.target,
            self.box,
            self.front,
        )  # compiled functions cannot be pickled

    def __call__(self, X: ArrayLike) -> NDArray[np.float64]:
        """The target (rows,) for features X (rows, features): float64, NaN where the formula has no real value."""
        rows = np.asarray(X, dtype=np.float64)
        rows = rows[:, None] if rows.ndim == 1 and len(self.names) == 1 else rows
        if rows.ndim != 2 or rows.shape[1] != len(self.names):
            raise ValueError(f"X has shape {rows.shape}; give (rows, {len(self.names)}): {', '.join(self.names)}")
        with np.errstate(all="ignore"):
            value: Any = np.asarray(self.numpy()(*rows.T))
        if np.iscomplexobj(value):
            value = np.where(np.abs(value.imag) <= 1e-12 * np.abs(value), value.real, np.nan)
        return np.broadcast_to(value.astype(np.float64), rows.shape[:1]).copy()

    def sympy(self) -> sympy.Expr:
        """The expression; its free symbols are real and named like the features."""
        return self._expression

    def latex(self) -> str:
        """The equation, typeset: target = expression."""
        return f"{sympy.latex(sympy.Symbol(self.target))} = {latex_of(self._expression)}"

    def _repr_html_(self) -> str:
        """What a notebook shows: the equation, which it typesets."""
        return f"${self.latex()}$"

    def numpy(self) -> Callable[..., Any]:
        """A function of one array for each feature, in their order."""
        return self._numpy

    def torch(self) -> Callable[..., Any]:
        """The same for tensors, differentiable."""
        return torch_function(self._expression, self.names)

    def jax(self) -> Callable[..., Any]:
        """The same for JAX arrays: for `jit`, `grad` and `vmap`. Raises ImportError where JAX is not installed."""
        return jax_function(self._expression, self.names)

    def with_parts(self, parts: Mapping[str, Artifact]) -> Self:
        """The same formula, which knows the front among the parts of its finding."""
        front: Any = next((part for part in parts.values() if part.kind == "front"), None)
        return self if front is self.front else replace(self, front=front)

    def to_python(self) -> str:
        """A module that runs by itself: the function over numbers and numpy arrays, and rows on standard input."""
        return python_source(self._expression, self.names, self.target, self.box)

    def describe(self) -> str:
        return f"{self.target} = {self.expression}"

    def to_dict(self) -> dict[str, Any]:
        box = [list(pair) for pair in self.box]
        return {"expression": self.expression, "names": list(self.names), "target": self.target, "box": box}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        box = tuple((low, high) for low, high in data["box"])
        return cls(data["expression"], tuple(data["names"]), data["target"], box)

    @cached_property
    def _expression(self) -> sympy.Expr:
        return parse(self.expression, self.names)

    @cached_property
    def _numpy(self) -> Callable[..., Any]:
        return numpy_function(self._expression, self.names)


def make_formula(
    expression: sympy.Expr, names: tuple[str, ...], target: str = "y", box: tuple[tuple[float, float], ...] = ()
) -> Formula:
    """The formula of a sympy expression; its symbols are matched to `names` by name. Raises ValueError."""
    return Formula(to_text(expression, names), names, target, box)
