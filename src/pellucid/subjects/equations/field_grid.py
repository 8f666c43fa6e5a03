"""Fields on a grid: u(t, x) or u(t, x, y), one or several, seen at evenly spaced times and places."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...core.subject import Subject

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FieldGrid(Subject):
    """Values (fields, times, points[, points]) at times t (times,) and places x (points,), and y (points,) in a plane.

    A complex field psi becomes two, psi_re and psi_im. Places that are not evenly spaced are interpolated to such,
    which is noted. Raises ValueError for NaN, shapes that do not fit, fewer than 20 samples along an axis, constant
    fields, and names that cannot stand in an equation.

    >>> t, x = np.linspace(0, 1, 30), np.linspace(0, 6, 40)
    >>> FieldGrid(t, x, [np.sin(x - t[:, None])], ("u",)).describe()
    'u at 30 times and 40 places'
    """

    made_by: ClassVar[str] = "FieldGrid(t, x, values, names), or read_field(path) for a table"
    fewest: ClassVar[int] = 20
    """Samples along an axis: test functions and what is held out for testing need as many."""

    t: Any
    x: Any
    values: Any
    fields: tuple[str, ...] = ("u",)
    y: Any = None
    notes: tuple[str, ...] = ()
    """What was done on the way in, one sentence each."""

    def __post_init__(self) -> None:
        given = {name: axis for name, axis in (("t", self.t), ("x", self.x), ("y", self.y)) if axis is not None}
        axes = {name: _axis(name, axis) for name, axis in given.items()}
        names, values = _real(tuple(self.fields), np.asarray(self.values))
        _refuse_shape(values, axes, names)
        _refuse_names(names)
        notes = list(self.notes)
        for place, (name, axis) in enumerate(axes.items(), 1):
            values, axes[name], note = _in_order(name, axis, values, place)
            notes += [note] if note else []
        _refuse_constant(names, values)
        for array in (values, *axes.values()):
            array.setflags(write=False)
        for field, value in (*axes.items(), ("values", values), ("fields", names), ("notes", tuple(notes))):
            object.__setattr__(self, field, value)

    @property
    def axes(self) -> tuple[Array, ...]:
        """t, x, and y where there is one."""
        return tuple(axis for axis in (self.t, self.x, self.y) if axis is not None)

    @property
    def spacings(self) -> tuple[float, ...]:
        """From one sample to the next, along t, x and y."""
        return tuple(float((axis[-1] - axis[0]) / (len(axis) - 1)) for axis in self.axes)

    @property
    def scale(self) -> Float[np.ndarray, " fields"]:
        """The standard deviation of every field over all samples."""
        return self.values.reshape(len(self.fields), -1).std(1)

    def fingerprint(self) -> str:
        """SHA-256 of the data and names."""
        digest = hashlib.sha256(repr(self.fields).encode())
        for array in (*self.axes, self.values):
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def describe(self) -> str:
        """How much there is, on one line."""
        places = " x ".join(str(len(axis)) for axis in self.axes[1:])
        return f"{', '.join(self.fields)} at {len(self.t)} times and {places} places"


def _axis(name: str, given: Any) -> Array:
    axis = np.asarray(given)
    if axis.dtype.kind not in "iufb" or axis.ndim != 1:
        raise ValueError(f"{name} has shape {axis.shape} and dtype {axis.dtype}; give real numbers in a line")
    axis = axis.astype(np.float64)
    if not np.isfinite(axis).all():
        raise ValueError(f"{name} holds NaN or infinity; leave those samples out")
    if len(axis) < FieldGrid.fewest:
        raise ValueError(f"{name} has {len(axis)} different values; give at least {FieldGrid.fewest}, on a finer grid")
    if len(np.unique(axis)) < len(axis):
        raise ValueError(f"{name} holds a value twice; give each once")
    return axis


def _real(names: tuple[str, ...], values: NDArray[Any]) -> tuple[tuple[str, ...], Array]:
    """Complex fields as their real and imaginary parts."""
    if values.dtype.kind not in "iufbc" or len(names) != len(values):
        raise ValueError(
            f"values have dtype {values.dtype} and shape {values.shape} for fields {list(names)}; give numbers, "
            "(fields, times, points) or (fields, times, points, points)"
        )
    if values.dtype.kind != "c":
        return names, values.astype(np.float64)
    parts = [(f"{name}_{mark}", part) for name, v in zip(names, values, strict=True) for mark, part in _parts(v)]
    return tuple(name for name, _ in parts), np.array([part for _, part in parts])


def _parts(values: NDArray[np.complex128]) -> list[tuple[str, Array]]:
    return [("re", values.real), ("im", values.imag)]


def _refuse_shape(values: Array, axes: dict[str, Array], names: Sequence[str]) -> None:
    shape = (len(names), *map(len, axes.values()))
    if values.shape != shape:
        raise ValueError(f"values have shape {values.shape}; give {shape}: fields, then {', '.join(axes)}")
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise ValueError(f"values hold NaN or infinity at {bad} of {values.size} places; fill them or cut the grid")


def _refuse_names(names: Sequence[str]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z]\w*", name) or re.search(r"_(t|[xy]+|\d+x)$", name) or name in ("t", "x", "y"):
            raise ValueError(f"field {name!r} cannot stand in an equation beside t, x and derivatives; call it u, say")
    if len(set(names)) < len(names):
        raise ValueError(f"fields {list(names)} are not all different; rename them")


def _refuse_constant(names: Sequence[str], values: Array) -> None:
    for name, each in zip(names, values, strict=True):
        if np.ptp(each) == 0:
            raise ValueError(f"field {name!r} is constant ({each.flat[0]:g}); leave it out")
        if np.ptp(each, axis=0).max() == 0:
            raise ValueError(f"field {name!r} does not change in time; give samples while it moves")


def _in_order(name: str, axis: Array, values: Array, place: int) -> tuple[Array, Array, str]:
    """Ascending and evenly spaced along one axis: by a cubic spline, where it is not to a thousandth of a step."""
    order = np.argsort(axis)
    axis, values = axis[order], np.take(values, order, place)
    even = np.linspace(axis[0], axis[-1], len(axis))
    step = even[1] - even[0]
    if np.abs(axis - even).max() <= 1e-3 * step:
        return values, even, ""
    from scipy.interpolate import make_interp_spline

    degree = min(5, len(axis) - 1) | 1
    return (
        make_interp_spline(axis, values, degree, axis=place)(even),
        even,
        f"{name} is not evenly spaced: interpolated",
    )
