"""Field equations under integrals: <phi, u_t> = sum_j c_j <phi, term_j> for test functions phi that end smoothly.

Derivatives go over to phi wherever integration by parts can bring them (`differential_polynomials`): weak SINDy for
PDEs, arXiv 2007.02848 section 2. What noise does to a row is followed through, to first order:

    d<phi, D^a m> = sum over jets J of m, b <= J:  (-1)^(|a| + |J|) binom(J, b) <D^(a + b) phi  D^(J - b) dm/dJ, du>

so that rows have a covariance (arXiv 2302.13271), and a coefficient an uncertainty that is known before it is fitted.
Squares and cubes of noise do not average to 0: what they add is taken off to second order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import comb, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .differential_polynomials import Monomial, Order, Part, derivative, partial, parts_of
from .grid_derivatives import Derivatives, bump_derivatives, wavenumbers
from .settings import WINDOWS

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Axis:
    """Test functions along one axis: `centres` (rows,) in samples, `shapes` (derivatives, 2 width - 1)."""

    size: int
    width: int
    centres: NDArray[np.int64]
    shapes: Array

    def matrix(self, order: int) -> Array:
        """(rows, size): the derivative of every test function."""
        rows = np.zeros((len(self.centres), self.size))
        for row, centre in zip(rows, self.centres, strict=True):
            row[centre - self.width + 1 : centre + self.width] = self.shapes[order]
        return rows


@dataclass(frozen=True, eq=False)
class Windows:
    """Test functions of one width: a product along t, x and y each."""

    axes: tuple[Axis, ...]
    known: dict[Order, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def rows(self) -> int:
        return prod(len(axis.centres) for axis in self.axes)

    def integrate(self, values: Array, order: Sequence[int]) -> Array:
        """<D^order phi, values> (rows,), for values (times, points[, points])."""
        for place, (axis, count) in enumerate(zip(self.axes, order, strict=True)):
            values = np.moveaxis(np.tensordot(axis.matrix(count), values, (1, place)), 0, place)
        return values.ravel()

    @cached_property
    def thinning(self) -> tuple[int, ...]:
        """Every how manieth sample along each axis is enough for covariances."""
        return tuple(max(1, int(axis.width / WINDOWS.spread / WINDOWS.resolved)) for axis in self.axes)

    def weighed(self, pieces: list[tuple[Order, Array]], thinning: tuple[int, ...]) -> Any:
        """sum D^order phi values, sparse (rows, samples of the thinned grid); products of two are integrals."""
        total: Any = 0.0
        for order, values in pieces:
            flat = values[tuple(slice(step // 2, None, step) for step in thinning)].ravel()
            part = self._shapes(tuple(order), thinning).copy()
            part.data *= flat[part.indices]
            total = part + total if not isinstance(total, float) else part
        return total

    def _shapes(self, order: Order, thinning: tuple[int, ...]) -> Any:
        """D^order phi, sparse (rows, samples of the thinned grid)."""
        if order not in self.known:
            shape: Any = sparse.csr_matrix(np.ones((1, 1)))
            for axis, count, step in zip(self.axes, order, thinning, strict=True):
                own = axis.matrix(count)[:, step // 2 :: step] * np.sqrt(step)
                shape = sparse.kron(shape, sparse.csr_matrix(own), format="csr")
            self.known[order] = shape
        return self.known[order]


def windows_for(derivatives: Derivatives, widest: float = WINDOWS.widest) -> tuple[Windows, ...]:
    """Test functions of every width in `Windows.widths`, of the field's own lengths. Raises ValueError."""
    shape, numbers = derivatives.values.shape[1:], wavenumbers(derivatives)
    widths = {_widths(factor, shape, numbers, widest) for factor in WINDOWS.widths}
    return tuple(_windows(each, shape, derivatives.spacings) for each in sorted(widths))


def smallest_width() -> int:
    """Half the narrowest test function that a grid resolves, in samples."""
    return round(WINDOWS.least * WINDOWS.spread)


def _widths(factor: float, shape: tuple[int, ...], numbers: tuple[float, ...], widest: float) -> tuple[int, ...]:
    """Half the test functions of one width, in samples along every axis."""
    least = smallest_width()
    if min(shape) < 2 * least + 1:
        raise ValueError(f"{min(shape)} samples along an axis hold no test function; give at least {2 * least + 1}")
    wanted = [round(factor / max(number, 1e-9) * WINDOWS.spread) for number in numbers]
    return tuple(max(least, min(each, int(size * widest))) for each, size in zip(wanted, shape, strict=True))


def _windows(widths: tuple[int, ...], shape: tuple[int, ...], spacings: tuple[float, ...]) -> Windows:
    """Test functions of one width, their centres a stride from each other, further where there would be too many."""
    rooms = [size - 2 * width + 1 for size, width in zip(shape, widths, strict=True)]
    counts = [
        1 + (room - 1) * WINDOWS.spread / (WINDOWS.stride * width) for room, width in zip(rooms, widths, strict=True)
    ]
    thin = max(1.0, prod(counts) / WINDOWS.most_rows) ** (1 / len(counts))
    axes = []
    for place, (size, width, room, wanted) in enumerate(zip(shape, widths, rooms, counts, strict=True)):
        count = min(room, max(1, round(wanted / thin)))
        centres = np.unique(np.round(np.linspace(0, room - 1, count)).astype(np.int64)) + width - 1
        shapes = bump_derivatives(width, WINDOWS.power, 1 if place == 0 else WINDOWS.power // 2, spacings[place])
        axes.append(Axis(size, width, centres, shapes))
    return Windows(tuple(axes))


@dataclass(frozen=True, eq=False)
class WeakForm:
    """The rows of a grid, and how noise moves them."""

    derivatives: Derivatives
    windows: tuple[Windows, ...]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.windows)

    def rate(self, field: int) -> Array:
        """<phi, u_t> (rows,)."""
        order = (1, *[0] * (self.derivatives.values.ndim - 2))
        return -np.concatenate([each.integrate(self.derivatives.values[field], order) for each in self.windows])

    def column(self, term: Monomial) -> Array:
        """<phi, term> (rows,)."""
        return np.concatenate([sum(self._integral(part, each) for part in self._parts(term)) for each in self.windows])

    def rate_gradient(self, field: int) -> dict[int, Any]:
        """By the number of a field, how the rate's rows change with its samples: sparse (rows, thinned samples)."""
        shape = self.derivatives.values.shape[1:]
        return {field: self._weighed([((1, *[0] * (len(shape) - 1)), -np.ones(shape))])}

    def gradient(self, term: Monomial) -> dict[int, Any]:
        """By the number of a field, how the term's rows change with its samples: sparse (rows, thinned samples)."""
        found: dict[int, list[tuple[Order, Array]]] = {}
        for part in self._parts(term):
            for jet in dict.fromkeys(part.leaf):
                found.setdefault(jet[0], []).extend(self._pieces(part, jet))
        return {number: self._weighed(pieces) for number, pieces in found.items()}

    def _weighed(self, pieces: list[tuple[Order, Array]]) -> Any:
        thinning = tuple(map(min, zip(*(each.thinning for each in self.windows), strict=True)))
        return sparse.vstack([each.weighed(pieces, thinning) for each in self.windows], format="csr")

    def _parts(self, term: Monomial) -> list[Part]:
        axes = self.derivatives.values.ndim - 2
        return [Part(p.factor, p.order if term else (0,) * axes, p.leaf) for p in parts_of(term)]

    def _integral(self, part: Part, windows: Windows) -> Array:
        raw = not any(any(order) for _, order in part.leaf)
        values = self.derivatives.product(part.leaf, raw=raw) - self._bias(part.leaf, raw)
        sign = (-1) ** sum(part.order) * float(part.factor)
        return sign * windows.integrate(values, (0, *part.order))

    def _bias(self, leaf: Monomial, raw: bool) -> Any:
        """What the noise adds to a product on average: half its second derivatives times covariances."""
        total: Any = 0.0
        distinct = list(dict.fromkeys(leaf))
        for first, second in product(distinct, repeat=2):
            shared = self.derivatives.covariance(first, second, raw=raw)
            if shared:
                for monomial, factor in partial(leaf, first).items():
                    for rest, again in partial(monomial, second).items():
                        total = total + 0.5 * shared * float(factor * again) * self.derivatives.product(rest, raw=raw)
        return total

    def _pieces(self, part: Part, jet: Any) -> list[tuple[Order, Array]]:
        """Derivatives of phi, and what each is multiplied with, in the gradient of one jet."""
        found = []
        slope = partial(part.leaf, jet)
        for moved in product(*(range(count + 1) for count in jet[1])):
            rest = slope
            for axis, (count, own) in enumerate(zip(jet[1], moved, strict=True)):
                for _ in range(count - own):
                    rest = derivative(rest, axis)
            sign = (-1) ** (sum(part.order) + sum(jet[1]))
            number = sign * float(part.factor) * prod(comb(n, b) for n, b in zip(jet[1], moved, strict=True))
            order = tuple(a + b for a, b in zip(part.order, moved, strict=True))
            found.append(((0, *order), number * self.derivatives.polynomial(rest)))
        return found
