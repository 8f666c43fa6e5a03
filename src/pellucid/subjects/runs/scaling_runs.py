"""Scaling runs: the final loss of many training runs by the sizes that were varied."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Shaped
from numpy.typing import NDArray

from ...core.subject import Subject

FEWEST = {1: 6, 2: 9}
"""Runs needed by the number of sizes: as many as a law has parameters (3, 5), and some to see the noise by."""


@dataclass(frozen=True, eq=False)
class ScalingRuns(Subject):
    """The loss (runs,) of training runs of certain sizes (runs, 1 or 2), such as parameters and tokens.

    `compute` (runs,) orders the runs: what is forecast has more of it. By default 6 N D, or the size itself where there
    is one alone. Runs of one `group` are not independent (checkpoints of one training), and are resampled together.

    Raises ValueError for too few runs, losses or sizes that are not positive numbers, a size that never varies, and two
    sizes that always vary together.

    >>> N, D = np.array([[1e6, 1e7, 1e8] * 3, [1e8] * 3 + [1e9] * 3 + [1e10] * 3])
    >>> runs = ScalingRuns(np.stack([N, D], 1), 2 + (N / 1e6) ** -0.3 + (D / 1e8) ** -0.3)
    >>> runs.rows, runs.names, float(runs.compute[0])
    (9, ('N', 'D'), 600000000000000.0)
    """

    made_by: ClassVar[str] = "ScalingRuns(sizes, loss), or read_scaling_runs(path) for a table"

    sizes: NDArray[np.float64]
    loss: NDArray[np.float64]
    names: tuple[str, ...] = ()
    compute: NDArray[np.float64] | None = None
    group: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        sizes, loss = _positive(self.sizes, "sizes"), _positive(self.loss, "loss")
        sizes = sizes[:, None] if sizes.ndim == 1 else sizes
        if sizes.ndim != 2 or sizes.shape[1] not in (1, 2) or loss.shape != sizes.shape[:1]:
            raise ValueError(f"sizes are {sizes.shape}, losses {loss.shape}; give (runs, 1 or 2) and (runs,)")
        names = tuple(self.names) or (("N", "D") if sizes.shape[1] == 2 else ("x",))
        _refuse(sizes, loss, names)
        plain = 6.0 * sizes[:, 0] * sizes[:, 1] if sizes.shape[1] == 2 else sizes[:, 0]
        compute = plain if self.compute is None else _positive(self.compute, "compute")
        if compute.shape != loss.shape or len(self.group) not in (0, len(loss)):
            raise ValueError(f"compute and group must have {len(loss)} entries, one for each run")
        for field, value in (("sizes", sizes), ("loss", loss), ("names", names), ("compute", compute)):
            object.__setattr__(self, field, value)
        for field in ("group", "notes"):
            object.__setattr__(self, field, tuple(getattr(self, field)))

    @property
    def rows(self) -> int:
        return len(self.loss)

    @property
    def order(self) -> NDArray[np.float64]:
        """The compute of each run (runs,)."""
        assert self.compute is not None
        return self.compute

    @property
    def per_token(self) -> float:
        """Compute for each parameter and token: the median of C / (N D); 1 where there is one size alone."""
        if self.sizes.shape[1] == 1:
            return 1.0
        return float(np.median(self.order / self.sizes.prod(1)))

    def select(self, rows: Shaped[np.ndarray, " rows"]) -> ScalingRuns:
        """Some of the runs, by their indices. Raises ValueError where they are too few to fit."""
        chosen = np.arange(self.rows)[rows]
        group = tuple(self.group[i] for i in chosen) if self.group else ()
        return ScalingRuns(self.sizes[chosen], self.loss[chosen], self.names, self.order[chosen], group, self.notes)

    def fingerprint(self) -> str:
        """SHA-256 of sizes, losses, compute and groups."""
        digest = hashlib.sha256(repr((self.names, self.group)).encode())
        for array in (self.sizes, self.loss, self.order):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def _positive(values: object, name: str) -> NDArray[np.float64]:
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} are no numbers; give positive ones") from None
    bad = ~(np.isfinite(array) & (array > 0)).reshape(len(array), -1).all(1) if array.ndim else np.array([True])
    if bad.any():
        row = int(np.argmax(bad))
        value = np.ravel(array[row] if array.ndim else array)[0]
        many = f"{int(bad.sum())} rows, the first" if bad.sum() > 1 else "row"
        raise ValueError(f"{name}: {many} {row} ({value:g}), not a positive number; leave such runs out")
    array.setflags(write=False)
    return array


def _refuse(sizes: NDArray[np.float64], loss: NDArray[np.float64], names: tuple[str, ...]) -> None:
    """Raises ValueError for runs from which no law can be told."""
    count = sizes.shape[1]
    if len(names) != count:
        raise ValueError(f"names={names!r} must be {count}, one for each size")
    if len(loss) < FEWEST[count]:
        raise ValueError(f"rows={len(loss)} are too few for a law in {' and '.join(names)}; give {FEWEST[count]} runs")
    for name, column in zip(names, sizes.T, strict=True):
        if len(np.unique(column)) < 3:
            raise ValueError(f"{name} has fewer than 3 different values; fit the other size alone, or add runs")
    if len(np.unique(loss)) == 1:
        raise ValueError(f"the loss is {loss[0]:g} in every run; give final losses that differ")
    if count == 2:
        together = float(abs(np.corrcoef(np.log(sizes.T))[0, 1]))
        if together > 0.98:
            raise ValueError(
                f"{names[0]} and {names[1]} vary together (correlation {together:.3f} of their logarithms), so that "
                "their exponents cannot be told apart; fit one of them with --only, or add runs off that line"
            )
