"""Labelled activations: what a probe reads, what it should say, and what the model does when they are changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ....core.subject import Subject

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Behaviour:
    """What the model does: `run(values (n, width), rows (n,))` puts values in place of those rows' activations.

    It gives outputs (n, outputs), called `answers`. Where the classes are concepts that answers follow from,
    `expected` (rows, classes) says which answer each row would have, were it of that class. For a causal test of
    numbers, `alternative` (rows, targets) are other values of y, and `wanted` (rows, outputs) what would follow from
    them; `losses` (rows,) are the model's own errors.
    """

    run: Callable[[Array, NDArray[np.int64]], Array]
    answers: tuple[str, ...] = ()
    expected: NDArray[np.int64] | None = None
    alternative: Array | None = None
    wanted: Array | None = None
    losses: Array | None = None


@dataclass(frozen=True, eq=False)
class Labelled(Subject):
    """Activations `values` (rows, width) with `y` (rows,) or (rows, targets), in `groups` that are never split.

    `names` are the classes 0, 1, ... of `y`, or the names of its targets. Controls and tests, where they are known:
    `texts`, the activations of the same words in random order (`shuffled`), codes of a dictionary (rows, latents)
    and the model's `behaviour`. Raises ValueError for NaN (naming the first row), shapes that do not fit, too few
    rows.

    >>> Labelled(np.eye(4), [0, 1, 0, 1], names=("false", "true")).is_classes
    True
    """

    made_by: ClassVar[str] = "Labelled(values, y) of activations (rows, width), label_site(...), or label_module(...)"

    values: Array
    y: Array
    groups: tuple[str, ...] = ()
    names: tuple[str, ...] = ("y",)
    texts: tuple[str, ...] = ()
    shuffled: Array | None = None
    codes: Array | None = None
    behaviour: Behaviour | None = None
    title: str = ""

    def __post_init__(self) -> None:
        values, names = _matrix(self.values, "values"), tuple(self.names)
        rows = len(values)
        y = _checked_targets(self.y, rows, names)
        groups = tuple(self.groups) or tuple(str(i) for i in range(rows))
        if len(groups) != rows or (self.texts and len(self.texts) != rows):
            raise ValueError(f"{len(groups)} groups and {len(self.texts)} texts for {rows} rows; give one for each row")
        found = {"values": values, "y": y, "groups": groups, "names": names, "texts": tuple(self.texts)}
        if self.shuffled is not None:
            found["shuffled"] = _matrix_beside(self.shuffled, "shuffled", values.shape, same_width=True)
        if self.codes is not None:
            found["codes"] = _matrix_beside(self.codes, "codes", values.shape, same_width=False)
        for name, value in found.items():
            object.__setattr__(self, name, value)

    @property
    def rows(self) -> int:
        return self.values.shape[0]

    @property
    def width(self) -> int:
        return self.values.shape[1]

    @property
    def is_classes(self) -> bool:
        """Whether y are class numbers 0, 1, ... with a name for each."""
        if self.y.ndim != 1 or len(self.names) < 2:
            return False
        return bool((self.y == np.round(self.y)).all() and self.y.min() >= 0 and self.y.max() < len(self.names))

    @property
    def targets(self) -> Array:
        """y as (rows, targets).

        >>> labelled = Labelled(np.zeros((2, 3)), np.array([0.0, 1.0]), ("false", "true"), ("a", "b"))
        >>> labelled.targets.shape
        (2, 1)
        """
        return self.y if self.y.ndim == 2 else self.y[:, None]

    def need_two_classes(self) -> None:
        """Raises ValueError unless y is 0 or 1, and both are there."""
        if not self.is_classes or len(self.names) != 2:
            what = f"{len(self.names)} classes" if self.is_classes else "numbers"
            other = "MultinomialProbe or NearestMeans for more" if self.is_classes else "RidgeProbe for numbers"
            raise ValueError(f"y holds {what}; give two classes 0 and 1 with names, or use {other}")
        self.need_classes()

    def need_classes(self) -> None:
        """Raises ValueError unless y are class numbers with names, and at least two are there."""
        if not self.is_classes:
            raise ValueError("y holds numbers; give class numbers 0, 1, ... with names, or use RidgeProbe for numbers")
        if len(set(self.y.tolist())) < 2:
            raise ValueError(f"every row is {self.names[int(self.y[0])]!r}; give rows of both classes")

    def select(self, rows: Any) -> Labelled:
        """Some of the rows; the behaviour stays that of all and is left out."""
        rows = np.asarray(rows)
        texts = tuple(self.texts[i] for i in rows) if self.texts else ()
        picked = {n: None if getattr(self, n) is None else getattr(self, n)[rows] for n in ("shuffled", "codes")}
        groups = tuple(self.groups[i] for i in rows)
        return replace(
            self, values=self.values[rows], y=self.y[rows], groups=groups, texts=texts, behaviour=None, **picked
        )

    def fingerprint(self) -> str:
        """SHA-256 of activations, labels, groups and names."""
        digest = hashlib.sha256(repr((self.groups, self.names, self.texts)).encode())
        for array in (self.values, self.y, self.shuffled, self.codes):
            if array is not None:
                digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False)
class LabelledSets(Subject):
    """Several sets of labelled activations of one site, by name: what a probe of one says about the others.

    >>> one = Labelled(np.eye(4), [0, 1, 0, 1], names=("false", "true"))
    >>> len(LabelledSets({"a": one, "b": one}).fingerprint())
    64
    """

    made_by: ClassVar[str] = "LabelledSets({name: Labelled(...), ...})"

    sets: Mapping[str, Labelled]

    def __post_init__(self) -> None:
        widths = {name: labelled.width for name, labelled in self.sets.items()}
        if len(widths) < 2:
            raise ValueError(f"sets={list(widths)}: a probe is carried from one set to another; give at least two")
        if len(set(widths.values())) > 1:
            raise ValueError(f"the sets have widths {widths}; take all of them from one site")

    def fingerprint(self) -> str:
        """SHA-256 of all the sets with their names."""
        return hashlib.sha256(repr([(n, one.fingerprint()) for n, one in self.sets.items()]).encode()).hexdigest()


def _checked_targets(given: Any, rows: int, names: tuple[str, ...]) -> Array:
    """y (rows,) or (rows, targets), finite, with a name for each target. Raises ValueError."""
    y = np.array(given, dtype=np.float64)
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim not in (1, 2) or len(y) != rows:
        raise ValueError(f"y has shape {y.shape} but values {rows} rows; give (rows,) or (rows, targets)")
    if not np.isfinite(y).all():
        raise ValueError(f"y holds NaN or infinity, first in row {np.argwhere(~np.isfinite(y))[0][0]}; drop it")
    if y.ndim == 2 and len(names) != y.shape[1]:
        raise ValueError(f"names={list(names)} but y has {y.shape[1]} targets; name each of them")
    return y


def _matrix_beside(given: Any, name: str, shape: tuple[int, ...], *, same_width: bool) -> Array:
    """A matrix with as many rows as the values, and where that is wanted as many columns. Raises ValueError."""
    matrix = _matrix(given, name)
    if len(matrix) != shape[0] or (same_width and matrix.shape != shape):
        raise ValueError(f"{name} has shape {matrix.shape}, values {shape}; give the same rows")
    return matrix


def _matrix(values: Any, name: str) -> Array:
    array = np.array(values, dtype=np.float64)
    if array.ndim != 2 or not array.size:
        raise ValueError(f"{name} has shape {array.shape}; give (rows, width), at least one of each")
    bad = np.argwhere(~np.isfinite(array))
    if bad.size:
        raise ValueError(
            f"{name} holds NaN or infinity in {len(bad)} places, first in row {bad[0][0]}; "
            "run the model in float32, or drop those texts"
        )
    return array
