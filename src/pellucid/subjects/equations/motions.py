"""Motions: where things were, how fast they went and how they were accelerated, of one system or of several."""

from __future__ import annotations

import hashlib
import keyword
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Shaped
from numpy.typing import NDArray

from ...core.subject import Subject

__all__ = ["Motion", "Motions"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Motion(Subject):
    """Positions x, velocities v and accelerations a (rows, size) of one system; times t (rows,) where they matter.

    `names` are those of the coordinates: x, y, z, or x0, x1, ... where there are more. Raises ValueError for what
    cannot be explained: NaN, infinity, text, shapes that do not fit, fewer than 8 rows, names that are none.

    >>> Motion([0.0] * 8, [1.0] * 8, [0.0] * 8).columns
    ('x', 'v_x')
    """

    made_by: ClassVar[str] = "Motion(x, v, a)"
    fewest: ClassVar[int] = 8
    """With fewer rows nothing is left to test a law on, once it is fitted."""

    x: Array
    v: Array
    a: Array
    names: tuple[str, ...] = ()
    title: str = ""
    t: Array | None = None

    def __post_init__(self) -> None:
        arrays = {name: _numbers(getattr(self, name), name) for name in ("x", "v", "a")}
        shape = arrays["x"].shape
        for name, array in arrays.items():
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, but x {shape}; give one row for each of the others")
            object.__setattr__(self, name, array)
        if len(shape) != 2 or shape[0] < Motion.fewest or shape[1] == 0:
            raise ValueError(f"x has shape {shape}; give (rows, coordinates) with at least {Motion.fewest} rows")
        if self.t is not None:
            object.__setattr__(self, "t", _times(self.t, shape[0]))
        object.__setattr__(self, "names", tuple(self.names) or _usual_names(shape[1]))
        _refuse_names(self.names, self.columns, shape[1])

    @property
    def rows(self) -> int:
        return self.x.shape[0]

    @property
    def size(self) -> int:
        return self.x.shape[1]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of positions, of velocities, and of time where there is one."""
        return (*self.names, *(f"v_{name}" for name in self.names), *(() if self.t is None else ("t",)))

    def table(self) -> Float[np.ndarray, "rows columns"]:
        """Positions, velocities and, where they matter, times.

        >>> Motion(np.zeros((9, 2)), np.ones((9, 2)), np.zeros((9, 2)), t=np.arange(9.0)).table().shape
        (9, 5)
        """
        return np.column_stack([self.x, self.v] if self.t is None else [self.x, self.v, self.t])

    def select(self, rows: Shaped[np.ndarray, " rows"]) -> Motion:
        """The same system in some `rows`.

        >>> Motion(np.arange(20.0), np.ones(20), np.zeros(20)).select(np.arange(8)).rows
        8
        """
        return replace(self, x=self.x[rows], v=self.v[rows], a=self.a[rows], t=None if self.t is None else self.t[rows])

    def split(self, fraction: float, generator: np.random.Generator) -> tuple[Motion, Motion]:
        """Two disjoint parts, the second with `fraction` of the rows. Raises ValueError where too few are left.

        >>> motion = Motion(np.arange(40.0), np.ones(40), np.zeros(40))
        >>> [part.rows for part in motion.split(0.25, np.random.default_rng(0))]
        [30, 10]
        """
        held = round(fraction * self.rows)
        if min(held, self.rows - held) < Motion.fewest:
            raise ValueError(f"{self.rows} rows are too few to hold some out; give at least {5 * Motion.fewest}")
        order = generator.permutation(self.rows)
        return self.select(np.sort(order[held:])), self.select(np.sort(order[:held]))

    def fingerprint(self) -> str:
        """SHA-256 of the data and the names."""
        digest = hashlib.sha256(repr((self.names, self.title)).encode())
        for array in (self.x, self.v, self.a, np.zeros(0) if self.t is None else self.t):
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class Motions(Subject):
    """Several systems with equally many coordinates, in the order in which they are met.

    >>> rest = Motion([0.0] * 8, [1.0] * 8, [0.0] * 8, title="at rest")
    >>> Motions((rest,)).titles
    ('at rest',)
    """

    made_by: ClassVar[str] = "Motions([Motion(x, v, a), ...])"

    systems: tuple[Motion, ...]

    def __post_init__(self) -> None:
        systems = tuple(self.systems)
        object.__setattr__(self, "systems", systems)
        if not systems:
            raise ValueError("systems is empty; give at least one Motion")
        sizes = {system.size for system in systems}
        if len(sizes) > 1:
            raise ValueError(f"systems have {sorted(sizes)} coordinates; give systems with equally many")

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(system.title or f"system {i + 1}" for i, system in enumerate(self.systems))

    def first(self, count: int) -> Motions:
        """The first `count` systems."""
        return Motions(self.systems[:count])

    def fingerprint(self) -> str:
        """SHA-256 of all systems in their order."""
        return hashlib.sha256("".join(_prints(self.systems)).encode()).hexdigest()


def _prints(systems: Iterable[Motion]) -> list[str]:
    return [system.fingerprint() for system in systems]


def _times(given: Any, rows: int) -> Array:
    times = _numbers(given, "t")
    if times.shape != (rows, 1):
        raise ValueError(f"t has {len(times)} times for {rows} rows; give one for each row")
    return times[:, 0]


def _usual_names(size: int) -> tuple[str, ...]:
    return ("x", "y", "z")[:size] if size <= 3 else tuple(f"x{i}" for i in range(size))


def _refuse_names(names: tuple[str, ...], columns: tuple[str, ...], size: int) -> None:
    """Raises ValueError for names that cannot stand in a formula, and for columns that share one."""
    bad = [name for name in columns if not name.isidentifier() or keyword.iskeyword(name)]
    if bad or len(names) != size or len(set(columns)) < len(columns):
        raise ValueError(f"names={list(names)} cannot name {size} coordinates; give one different for each")


def _numbers(array: Any, name: str) -> Array:
    array = np.asarray(array)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} holds dtype {array.dtype}; give real numbers")
    array = np.array(array, dtype=np.float64)
    array = array[:, None] if array.ndim == 1 else array
    bad = np.argwhere(~np.isfinite(array))
    if bad.size:
        raise ValueError(f"{name} holds NaN or infinity in {len(bad)} places, first row {bad[0][0]}; drop those rows")
    array.setflags(write=False)
    return array
