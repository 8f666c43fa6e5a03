"""Fitting KANs to the accuracy that splines allow: float64 Levenberg-Marquardt, grid extension, many starts.

    minimise  1/(n q) sum_r w_r |f(x_r) - y_r|^2  +  smooth · curvature of the edges

KAN (arXiv 2404.19756) section 2.4 predicts an error of G^-4 for cubic splines; first-order training and LBFGS do not
reach it, second-order least squares do. A step costs O(rows · edges · 4 · size + size^3), size = number of parameters;
the basis of the first layer is computed once per grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import ArrayLike

from pellucid.run.threads import one_thread

from .jacobian import Array, ArrayLayer, ArrayNetwork
from .kan import KAN, SplineLayer, Width
from .levenberg_marquardt import Descent
from .spline_fit import Table, fit_arrays, random_arrays, table_of


@dataclass(frozen=True)
class Fitted:
    """A fitted network (float64), its root mean square error on the rows it was fitted to, and that after every step.

    `held_rmse` is the error on rows held out of every decision but the choice of the grid (nan where none were), and
    `path` one (grid size, rmse, held-out rmse without its worst fiftieth) for every grid that was tried.
    """

    network: KAN
    rmse: float
    history: tuple[float, ...]
    held_rmse: float = float("nan")
    path: tuple[tuple[int, float, float], ...] = field(default=())

    def in_units(self, mean: float, size: float) -> Fitted:
        """The same fit for the target mean + size · y, where it was fitted to y and the last layer has no products.

        The splines of an edge sum to one, so that a constant is the same number in each of its coefficients.

        >>> x = np.linspace(-1, 1, 50)[:, None]
        >>> fitted = fit(KAN([1, 1], 5, base=False), x, x[:, 0]).in_units(7.0, 100.0)
        >>> round(fitted.network(torch.zeros(1, 1, dtype=torch.float64)).item(), 3)
        7.0
        """
        network = deepcopy(self.network)
        last = network.spline_layers[-1]
        with torch.no_grad():
            last.coefficients.mul_(size).add_(mean / last.in_features)
        history = tuple(size * each for each in self.history)
        path = tuple((grid, size * rmse, size * held) for grid, rmse, held in self.path)
        return Fitted(network, size * self.rmse, history, size * self.held_rmse, path)


def fit(
    network: KAN,
    X: ArrayLike | torch.Tensor,
    y: ArrayLike | torch.Tensor,
    *,
    steps: int = 50,
    smooth: float = 1e-5,
    weights: ArrayLike | None = None,
    regrid: bool = True,
    rounds: int = 2,
    tolerance: float = 1e-4,
    target: float = 0.0,
) -> Fitted:
    """Fit all splines of a KAN at once by Levenberg-Marquardt; the network given is left as it is.

    X (rows, in); y (rows,) or (rows, out); weights (rows,) or none. `steps` in all, in `rounds` between which the
    ranges follow the data (where `regrid`); it stops when steps gain less than `tolerance` of the loss, or at an rmse
    of `target`. `smooth` is the weight of the edges' mean squared second derivative as a share of the mean square
    error: it fades as the fit gets better. Edges that are masked stay off.

    Raises:
        ValueError: shapes that do not match, NaN, infinity, negative weights.

    >>> x = np.linspace(-1, 1, 200)[:, None]
    >>> fitted = fit(KAN([1, 1], 20, base=False), x, np.sin(3 * x[:, 0]))
    >>> fitted.rmse < 1e-5
    True
    """
    table = table_of(X, y, weights)
    arrays = arrays_of(network)
    _check_shapes(arrays, table)
    descent = Descent(steps=steps, smooth=smooth, tolerance=tolerance, target=target**2)
    with one_thread():
        arrays, history = fit_arrays(arrays, table, descent, regrid=regrid, rounds=rounds)
    return Fitted(network_of(arrays, network), history[-1], tuple(history))


def fit_with_extension(
    widths: Sequence[Width],
    X: ArrayLike | torch.Tensor,
    y: ArrayLike | torch.Tensor,
    *,
    grid_sizes: Sequence[int] = (5, 10, 20, 50),
    seed: int = 0,
    restarts: int = 12,
    steps: int = 40,
    smooth: float = 1e-5,
    weights: ArrayLike | None = None,
    held: tuple[ArrayLike, ArrayLike] | None = None,
    box: ArrayLike | None = None,
    target: float = 0.0,
) -> Fitted:
    """Many starts on the coarsest grid, the best of them refined grid by grid while held-out rows say that it helps.

    widths as for `KAN`; X (rows, in), y (rows,) or (rows, out); `held` = (X, y) are the rows to judge by, otherwise a
    fifth of the rows is set aside, and the network chosen is fitted once more to all of them. `box` (2, in) gives
    the ranges of the inputs where they are known better than from X. `steps` for every grid.
    (KAN arXiv 2404.19756 section 2.4.)

    Raises:
        ValueError: shapes that do not match, NaN, infinity, a grid or a number of restarts below one.
    """
    grids = sorted(set(grid_sizes))
    if not grids or grids[0] < 1:
        raise ValueError(f"grid_sizes={tuple(grid_sizes)}; give whole numbers of at least one")
    if restarts < 1:
        raise ValueError(f"restarts={restarts}; give at least one")
    like = KAN(widths, grids[0], base=False, dtype=torch.float64)
    table = table_of(X, y, weights)
    generator = np.random.default_rng(seed)
    edges = None if box is None else np.asarray(box, dtype=np.float64)
    part, judge = _parts(table, held, generator)
    _check_shapes(arrays_of(like), table)
    descent = Descent(steps=steps, smooth=smooth, tolerance=1e-3, target=target**2)
    with one_thread():
        arrays, history = best_start(like.widths, grids[0], part, descent, generator, restarts, edges)
        best, held_rmse, path, gone = _extend(arrays, grids, part, judge, descent, edges)
        history += gone
        if held is None and len(part.x) < len(table.x):
            best, gone = fit_arrays(best, table, descent, box=edges)
            history += gone
    rmse = float(np.sqrt(table.mean_square(best)))
    return Fitted(network_of(best, like), rmse, tuple(history), held_rmse, tuple(path))


def _extend(
    arrays: ArrayNetwork, grids: Sequence[int], part: Table, judge: Table, descent: Descent, box: Array | None
) -> tuple[ArrayNetwork, float, list[tuple[int, float, float]], list[float]]:
    """Finer grids while the rows to judge by gain: the best network, its error there, the grids tried, the history."""
    best, best_judged, held_rmse, idle = arrays, np.inf, float("nan"), 0
    path: list[tuple[int, float, float]] = []
    history: list[float] = []
    for grid in grids:
        arrays, gone = fit_arrays(arrays, part, descent, grid_size=grid, box=box)
        history += gone
        now = judge.trimmed_rmse(arrays)
        path.append((grid, gone[-1], now))
        if now < 0.99 * best_judged:
            best, best_judged, idle = arrays, now, 0
            held_rmse = float(np.sqrt(judge.mean_square(arrays)))
        else:
            idle += 1
        if now > 1.1 * best_judged or idle == 2 or gone[-1] ** 2 <= descent.target:
            break
    return best, held_rmse, path, history


def best_start(
    widths: Sequence[Width],
    grid_size: int,
    table: Table,
    descent: Descent,
    generator: np.random.Generator,
    restarts: int,
    box: Array | None = None,
) -> tuple[ArrayNetwork, list[float]]:
    """The best of many random starts: a few steps for all of them, many steps for the best quarter."""
    short = Descent(steps=15, smooth=descent.smooth, target=descent.target)
    first = []
    for _ in range(restarts):
        arrays = random_arrays(widths, grid_size, table, generator, box)
        first.append(fit_arrays(arrays, table, short, rounds=1, box=box))
    first.sort(key=lambda pair: pair[1][-1])
    second = [fit_arrays(arrays, table, descent, box=box) for arrays, _ in first[: max(1, restarts // 4)]]
    return min(second, key=lambda pair: pair[1][-1])


def _parts(
    table: Table, held: tuple[ArrayLike, ArrayLike] | None, generator: np.random.Generator
) -> tuple[Table, Table]:
    """The rows to fit and the rows to judge by."""
    if held is not None:
        return table, table_of(*held)
    rows = generator.permutation(len(table.x))
    count = len(rows) // 5
    if count < 4:
        return table, table
    return table.pick(np.sort(rows[count:])), table.pick(np.sort(rows[:count]))


def arrays_of(network: KAN) -> ArrayNetwork:
    """A KAN as float64 arrays, copied.

    The shapes are those of `ArrayLayer`.

    >>> arrays_of(KAN([2, 1], grid_size=4, base=False)).layers[0].coefficients.shape
    (2, 7, 1)
    """
    layers = []
    for layer, width in zip(network.spline_layers, network.widths[1:], strict=True):
        part = {name: _numbers(getattr(layer, name)) for name in ("coefficients", "low", "high", "mask")}
        base = None if layer.base is None else _numbers(layer.base)
        layers.append(ArrayLayer(base=base, products=0 if isinstance(width, int) else width[1], **part))
    return ArrayNetwork(layers)


def network_of(arrays: ArrayNetwork, like: KAN) -> KAN:
    """A new float64 KAN of these arrays, with the widths and on the device of `like`.

    >>> network = KAN([2, 3, 1], base=False)
    >>> network_of(arrays_of(network), network).widths
    [2, 3, 1]
    """
    grids = [layer.grid_size for layer in arrays.layers]
    device = like.spline_layers[0].low.device
    base = arrays.layers[0].base is not None
    network = KAN(like.widths, grids, base=base, dtype=torch.float64, device=device)
    with torch.no_grad():
        for layer, source in zip(network.spline_layers, arrays.layers, strict=True):
            _copy(layer, source)
    return network


def _copy(layer: SplineLayer, source: ArrayLayer) -> None:
    for name in ("coefficients", "low", "high", "mask"):
        getattr(layer, name).copy_(torch.from_numpy(np.ascontiguousarray(getattr(source, name))))
    if layer.base is not None and source.base is not None:
        layer.base.copy_(torch.from_numpy(np.ascontiguousarray(source.base)))


def _numbers(tensor: torch.Tensor) -> Array:
    return tensor.detach().to("cpu", torch.float64).numpy().copy()


def _check_shapes(arrays: ArrayNetwork, table: Table) -> None:
    last = arrays.layers[-1]
    inputs, outputs = arrays.layers[0].mask.shape[0], last.mask.shape[1] - last.products
    if table.x.shape[1] != inputs:
        raise ValueError(f"X has {table.x.shape[1]} features for a network of {inputs} inputs; give {inputs}")
    if table.y.shape[1] != outputs:
        raise ValueError(f"y has {table.y.shape[1]} columns for a network of {outputs} outputs; give {outputs}")
