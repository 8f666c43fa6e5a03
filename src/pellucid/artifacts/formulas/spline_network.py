"""Spline networks: a saved Kolmogorov-Arnold network, which can be run without torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from ..programs.network import Network
from ..tensor_file import load_tensors

__all__ = ["SplineNetwork"]

Edge = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class SplineNetwork(Network):
    """The `state_dict` of a `nets.KAN` as arrays, and its `spec()` as `shape`: widths, grid_sizes, base.

        y_o = sum_i mask_io (base_io silu(x_i) + sum_k coefficients_iko B_k((x_i - low_i) / h_i))     for every layer

    with cubic B-splines on a uniform grid, continued by straight lines (arXiv 2404.19756, section 2.2), and products of
    pairs of sums where a width is a pair (arXiv 2408.10205, section 2). `nets.kan_from(saved.shape, saved.weights)` is
    the network again. `edges` says what edges were found to be: a formula in x by (layer, input, output).

    Raises:
        ValueError: a `shape` without its entries, an array missing or of a wrong shape, an edge that does not exist.

    >>> line = {"coefficients": np.arange(-1.0, 4).reshape(1, 5, 1), "low": np.zeros(1), "high": np.ones(1)}
    >>> weights = {f"layers.0.{name}": value for name, value in (line | {"mask": np.ones((1, 1))}).items()}
    >>> saved = SplineNetwork(weights, {"widths": [1, 1], "grid_sizes": [2], "base": False})
    >>> saved.describe()
    'spline network 1 to 1 on 2 cells, 1 edge, 5 parameters'
    >>> saved([[0.5], [3.0]])
    array([[1.],
           [6.]])
    """

    shape: Mapping[str, Any] = field(default_factory=dict)
    edges: Mapping[Edge, str] = field(default_factory=dict)

    kind = "spline_network"

    def __post_init__(self) -> None:
        super().__post_init__()
        missing = {"widths", "grid_sizes", "base"} - set(self.shape)
        if missing:
            raise ValueError(f"shape has no {', '.join(sorted(missing))}: give the network's spec()")
        self._refuse_misfits()
        for layer, source, target in self.edges:
            inside = 0 <= layer < self._layers and np.all(np.array([source, target]) < self._part(layer, "mask").shape)
            if not inside or min(source, target) < 0:
                raise ValueError(f"edges has {(layer, source, target)}: give (layer, input, output) of this network")

    @property
    def parameters(self) -> int:
        """How many numbers there are on the edges that are switched on."""
        each = [size + 3 + bool(self.shape["base"]) for size in self.shape["grid_sizes"]]
        return sum(on * count for on, count in zip(self._switched_on(), each, strict=True))

    def describe(self) -> str:
        widths = " to ".join(
            str(width) if isinstance(width, int) else f"({width[0]} sums, {width[1]} products)"
            for width in self.shape["widths"]
        )
        cells = ", ".join(map(str, dict.fromkeys(self.shape["grid_sizes"])))
        on = sum(self._switched_on())
        text = f"spline network {widths} on {cells} cells, {on} edge{'s' * (on != 1)}"
        text += f", {self.parameters:,} parameters"
        return f"{self.description}, {text}" if self.description else text

    def __call__(self, X: ArrayLike) -> Float[np.ndarray, "rows outputs"]:
        """The network's outputs in float64, one row for each row of X; raises ValueError where X has other columns."""
        values = np.asarray(X, float)
        if values.ndim != 2 or values.shape[1] != self.shape["widths"][0]:
            raise ValueError(f"X has shape {values.shape}: give rows of {self.shape['widths'][0]} numbers")
        for number, width in enumerate(self.shape["widths"][1:]):
            values = self._layer(number, values)
            if not isinstance(width, int):
                pairs = values[:, width[0] :]
                values = np.hstack([values[:, : width[0]], pairs[:, ::2] * pairs[:, 1::2]])
        return values

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "edges": [[*edge, text] for edge, text in self.edges.items()]}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        edges = {(layer, source, target): text for layer, source, target, text in data["edges"]}
        return cls(load_tensors(files, cls.file), data["shape"], data["description"], edges)

    def _switched_on(self) -> list[int]:
        return [int(np.count_nonzero(self._part(number, "mask"))) for number in range(self._layers)]

    @property
    def _layers(self) -> int:
        return len(self.shape["grid_sizes"])

    def _part(self, number: int, name: str) -> NDArray[Any]:
        return self.weights[f"layers.{number}.{name}"]

    def _layer(self, number: int, x: NDArray[np.float64]) -> NDArray[np.float64]:
        parts = (self._part(number, name).astype(float) for name in ("coefficients", "low", "high", "mask"))
        coefficients, low, high, mask = parts
        cells = self.shape["grid_sizes"][number]
        place = (x - low) * (cells / (high - low))
        inside = place.clip(0, cells)
        # NaN lies in no cell; its splines are NaN in whichever.
        cell = np.nan_to_num(inside).astype(int).clip(0, cells - 1)
        f = inside - cell
        g = 1 - f
        values = np.stack([g**3, (3 * f - 6) * f * f + 4, ((3 - 3 * f) * f + 3) * f + 1, f**3]) / 6
        slopes = np.stack([-g * g, (3 * f - 4) * f, (2 - 3 * f) * f + 1, f * f]) / 2
        splines = np.zeros((*x.shape, cells + 3))
        numbers = cell[..., None] + np.arange(4)
        np.put_along_axis(splines, numbers, np.moveaxis(values + (place - inside) * slopes, 0, -1), -1)
        outputs = np.einsum("rik,iko->ro", splines, coefficients * mask[:, None], optimize=True)
        if self.shape["base"]:
            silu = x * 0.5 * (1 + np.tanh(x / 2))
            outputs += silu @ (self._part(number, "base") * mask)
        return outputs

    def _refuse_misfits(self) -> None:
        """Raises ValueError where a weight is missing, or of another shape than the sizes say."""
        for number, expected in enumerate(self._expected()):
            for name, size in expected.items():
                value = self.weights.get(f"layers.{number}.{name}")
                if value is None or value.shape != size:
                    found = "missing" if value is None else f"of shape {value.shape}"
                    raise ValueError(f"weights['layers.{number}.{name}'] is {found}: give an array of shape {size}")

    def _expected(self) -> list[dict[str, tuple[int, ...]]]:
        widths: Sequence[Any] = self.shape["widths"]
        nodes = [width if isinstance(width, int) else sum(width) for width in widths[:-1]]
        sums = [width if isinstance(width, int) else width[0] + 2 * width[1] for width in widths[1:]]
        shapes = []
        for before, after, cells in zip(nodes, sums, self.shape["grid_sizes"], strict=True):
            one = {"coefficients": (before, cells + 3, after), "low": (before,), "high": (before,)}
            one["mask"] = (before, after)
            shapes.append(one | ({"base": (before, after)} if self.shape["base"] else {}))
        return shapes
