"""Trajectories: states seen over time, of one system started in several ways."""

from __future__ import annotations

import hashlib
import keyword
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...core.subject import Subject

ALONE = (
    "only one trajectory is given: what keeps its value along it may be a law, or merely a constant of this one orbit; "
    "no invariant can be told from a constant, so give several trajectories that start differently"
)


@dataclass(frozen=True, eq=False)
class Trajectories(Subject):
    """States x[i] (samples_i, variables) at times t[i] (samples_i,) of every trajectory i, each with its own times.

    One trajectory may be given as t (samples,) and x (samples, variables); several that share their times as t
    (samples,) and x (trajectories, samples, variables). `inputs` names variables among `names` that drive the system
    and are not to be explained: they are moved from x to u[i] (samples_i, inputs). Raises ValueError for NaN, infinity,
    text, times that do not increase, too few samples, a variable that never changes, and names that cannot stand in an
    equation.

    >>> t = np.linspace(0.0, 6.0, 50)
    >>> circles = Trajectories(t, [np.stack([r * np.cos(t), -r * np.sin(t)], 1) for r in (1.0, 2.0)], ("x", "v"))
    >>> len(circles), circles.samples, circles.notes
    (2, 100, ())
    """

    made_by: ClassVar[str] = "Trajectories(t, x, names), or read_trajectories(path) for a table"
    fewest: ClassVar[int] = 4
    """A trajectory with fewer samples says nothing about how it bends."""
    fewest_together: ClassVar[int] = 8
    """Fewer samples of all trajectories together determine no equations."""

    t: Any
    x: Any
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What was left out on the way in, and what cannot be concluded, one sentence each."""
    inputs: tuple[str, ...] = ()
    u: Any = ()

    def __post_init__(self) -> None:
        times, states = _paired(self.t, self.x)
        if not states:
            raise ValueError("x holds no trajectory; give at least one")
        width = states[0].shape[1]
        for place, (t, x) in enumerate(zip(times, states, strict=True)):
            _check_one(t, x, width, f" of trajectory {place}" if len(states) > 1 else "")
        names = tuple(self.names) or tuple(f"x{i}" for i in range(width))
        _check_names(names, width)
        names, states, fed = self._driven(names, states)
        _refuse_constant(names, states)
        _refuse_few(times)
        for array in (*times, *states, *fed):
            array.setflags(write=False)
        notes = tuple(self.notes)
        if len(states) == 1 and ALONE not in notes:
            notes = (*notes, ALONE)
        known = {"t": times, "x": states, "names": names, "notes": notes, "inputs": tuple(self.inputs), "u": fed}
        for field, value in known.items():
            object.__setattr__(self, field, value)

    def _driven(
        self, names: tuple[str, ...], states: Sequence[NDArray[np.float64]]
    ) -> tuple[tuple[str, ...], tuple[NDArray[np.float64], ...], tuple[NDArray[np.float64], ...]]:
        """Names and columns of the variables, and the columns of the inputs, which may be among those or apart."""
        if len(self.u):
            return names, tuple(states), _given_apart(self.u, states, tuple(self.inputs), names)
        _refuse_inputs(self.inputs, names)
        moved = [i for i, name in enumerate(names) if name not in self.inputs]
        fed = [names.index(name) for name in self.inputs]
        return tuple(names[i] for i in moved), tuple(x[:, moved] for x in states), tuple(x[:, fed] for x in states)

    def __len__(self) -> int:
        return len(self.x)

    @property
    def variables(self) -> int:
        return len(self.names)

    @property
    def samples(self) -> int:
        """Samples of all trajectories together."""
        return sum(map(len, self.t))

    @property
    def scale(self) -> Float[np.ndarray, " variables"]:
        """The standard deviation of every variable over all samples."""
        return np.concatenate(self.x).std(0)

    def select(self, places: Sequence[int] | Int[np.ndarray, " places"]) -> Trajectories:
        """Some of the trajectories, in that order.

        >>> t = np.linspace(0.0, 1.0, 9)
        >>> len(Trajectories(t, [np.sin(t), np.cos(t), t]).select([2, 0]))
        2
        """
        chosen = [int(i) for i in places]
        notes = tuple(note for note in self.notes if note != ALONE)
        parts = {name: [getattr(self, name)[i] for i in chosen] for name in ("t", "x", "u")}
        return replace(self, **parts, notes=notes)

    def split(self, fraction: float, generator: np.random.Generator) -> tuple[Trajectories, Trajectories]:
        """Two disjoint parts, the second with `fraction` of the trajectories (at least one).

        Of a single trajectory the second part is its end. Raises ValueError where that leaves too few samples.
        """
        if len(self) > 1:
            order = generator.permutation(len(self))
            held = min(len(self) - 1, max(1, round(fraction * len(self))))
            return self.select(np.sort(order[held:])), self.select(np.sort(order[:held]))
        count, fewest = len(self.t[0]), self.fewest_together
        cut = count - max(fewest, round(fraction * count))
        if cut < fewest:
            raise ValueError(f"{count} samples of one trajectory cannot be split; give at least {2 * fewest}")
        t, x, u = self.t[0], self.x[0], self.u[0]
        return replace(self, t=t[:cut], x=x[:cut], u=[u[:cut]]), replace(self, t=t[cut:], x=x[cut:], u=[u[cut:]])

    def fingerprint(self) -> str:
        """SHA-256 of the data and names."""
        digest = hashlib.sha256(repr(self.names).encode() + repr(self.inputs).encode() * bool(self.inputs))
        for array in (*self.t, *self.x, *(self.u if self.inputs else ())):
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def describe(self) -> str:
        """How much there is, on one line.

        >>> t = np.linspace(0.0, 1.0, 9)
        >>> Trajectories(t, [np.sin(t), np.cos(t)], ("q",)).describe()
        '2 trajectories, 18 samples of q'
        """
        count = len(self)
        told = f"{count} trajector{'ies' if count > 1 else 'y'}, {self.samples:,} samples of {', '.join(self.names)}"
        return f"{told}, driven by {', '.join(self.inputs)}" if self.inputs else told


def _given_apart(
    given: Any, states: Sequence[NDArray[np.float64]], inputs: tuple[str, ...], names: tuple[str, ...]
) -> tuple[NDArray[np.float64], ...]:
    """Inputs that stand apart from the variables. Raises ValueError where they do not fit, or hold no numbers."""
    if len(given) != len(states) or any(len(u) != len(x) for u, x in zip(given, states, strict=True)):
        raise ValueError("u does not fit x; give inputs (samples, inputs) for each trajectory")
    fed = tuple(_numbers(u, "u") for u in given)
    if any(u.shape[1:] != (len(inputs),) for u in fed):
        raise ValueError(f"u has shape {fed[0].shape} for inputs={list(inputs)}; give (samples, inputs), and name each")
    if not all(np.isfinite(u).all() for u in fed):
        raise ValueError("u holds NaN or infinity; leave those samples out")
    _check_names((*names, *inputs), len(names) + len(inputs))
    return fed


def _refuse_inputs(inputs: Sequence[str], names: tuple[str, ...]) -> None:
    """Raises ValueError for inputs that are no variables, or all of them."""
    unknown = [name for name in inputs if name not in names]
    if unknown:
        raise ValueError(f"input {unknown[0]!r} is no variable; choose among {', '.join(names)}")
    if len(set(inputs)) == len(names):
        raise ValueError(f"inputs={list(inputs)} are all the variables; leave one to be explained")


def _paired(t: Any, x: Any) -> tuple[tuple[NDArray[np.float64], ...], tuple[NDArray[np.float64], ...]]:
    """Times and states of each trajectory, from any of the shapes that are allowed."""
    if isinstance(x, np.ndarray) and x.ndim <= 2 and x.dtype != object:
        x, t = [x], [t]
    states = [_numbers(each, "x") for each in x]
    times = [_numbers(each, "t") for each in (t if _are_several(t) else [t] * len(states))]
    if len(times) != len(states):
        raise ValueError(f"t holds {len(times)} trajectories and x {len(states)}; give times for each")
    return tuple(times), tuple(each[:, None] if each.ndim == 1 else each for each in states)


def _are_several(t: Any) -> bool:
    """Whether `t` holds the times of each trajectory, rather than those that all share."""
    if isinstance(t, np.ndarray) and t.ndim == 1 and t.dtype != object:
        return False
    return len(t) > 0 and np.ndim(t[0]) == 1


def _refuse_constant(names: tuple[str, ...], states: Sequence[NDArray[np.float64]]) -> None:
    for name, values in zip(names, np.concatenate(states).T, strict=True):
        if (values == values[0]).all():
            raise ValueError(f"variable {name!r} is constant ({values[0]:g}); leave it out")


def _refuse_few(times: Sequence[NDArray[np.float64]]) -> None:
    total, fewest = sum(map(len, times)), Trajectories.fewest_together
    if total < fewest:
        raise ValueError(f"there are {total} samples in all; give at least {fewest}")


def _numbers(array: Any, name: str) -> NDArray[np.float64]:
    array = np.asarray(array)
    if array.dtype.kind not in "iufb":
        what = "complex numbers" if array.dtype.kind == "c" else f"dtype {array.dtype}"
        raise ValueError(f"{name} holds {what}; give real numbers")
    return np.array(array, dtype=np.float64)


def _check_one(t: NDArray[np.float64], x: NDArray[np.float64], width: int, where: str) -> None:
    if t.ndim != 1 or x.ndim != 2 or x.shape[1] == 0 or len(t) != len(x):
        raise ValueError(f"t has shape {t.shape} and x {x.shape}{where}; give (samples,) and (samples, variables)")
    if x.shape[1] != width:
        raise ValueError(f"x has {x.shape[1]} variables{where}, the first {width}; give the same to all")
    if len(t) < Trajectories.fewest:
        raise ValueError(f"there are {len(t)} samples{where}; give at least {Trajectories.fewest}, or leave it out")
    for name, array in (("t", t), ("x", x)):
        bad = np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(1))
        if len(bad):
            raise ValueError(
                f"{name} holds NaN or infinity in {len(bad)} samples{where}, first {bad[0]}; leave those samples out"
            )
    falls = np.flatnonzero(np.diff(t) <= 0)
    if len(falls):
        i = int(falls[0])
        raise ValueError(
            f"t does not increase{where}: sample {i} is at {t[i]:g} and the next at {t[i + 1]:g}; sort the samples by "
            "time, and tell several trajectories apart"
        )


def _check_names(names: tuple[str, ...], width: int) -> None:
    if len(names) != width:
        raise ValueError(f"names={list(names)} are {len(names)}, but x has {width} variables; name each of them")
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"name {name!r} cannot stand in an equation; use letters, digits and underscores")
    if len(set(names)) < width:
        raise ValueError(f"names={list(names)} are not all different; rename the variables")
