"""The catalogue: all forms up to a size over so many columns, up to equivalence. It depends on nothing else.

Syntactic rules (`equivalence`) leave out most that say the same twice. What they leave over is found by rank: at a
random point, the derivatives of f by its constants must be independent, or one constant absorbs another; and
independent of 1 and f, or a + b f has that freedom already. The second kind may still stand inside another form.
Forms without constants are compared by their values.

It is made once for each number of columns and kept in the user's cache; it takes about 5 CPU s to size 6 of one
column, 2 to 3 to size 5 of two or three.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np
from jaxtyping import Float

from ....core.files import write_atomic
from ....run.cache_folder import cache_folder
from .batch import derivatives
from .equivalence import join, wrap
from .form import MONOMIAL, Form, count_constants, depth, from_program, program
from .nodes import BINARY, MOST_CONSTANTS, UNARY

LARGEST = {1: 6, 2: 5, 3: 5, 4: 4, 5: 4}
"""The largest size by the number of columns: 20,000 forms at the most, so that all are fitted in a few seconds."""


@functools.lru_cache(maxsize=8)
def catalogue(columns: int) -> tuple[tuple[Form, ...], ...]:
    """The forms of size 1, 2, ... over `columns` columns (1 to 5). Raises ValueError for more columns.

    >>> [len(forms) for forms in catalogue(1)[:4]]
    [1, 10, 48, 328]
    """
    if columns not in LARGEST:
        raise ValueError(f"columns={columns}: there are catalogues for 1 to {max(LARGEST)}; choose columns first")
    path = _path(columns)
    try:
        return _read(path)
    except (OSError, ValueError, KeyError, IndexError):
        made = tuple(tuple(forms) for forms in _levels(columns, LARGEST[columns]))
        with suppress(OSError):  # a home that cannot be written to: it is made anew each time
            write_atomic(path, _packed(made))
        return made


def _levels(columns: int, largest: int) -> Iterator[list[Form]]:
    """The outermost forms of each size, in turn."""
    draw = np.random.default_rng(7)
    X = np.ascontiguousarray(draw.uniform(0.3, 2.5, (columns, 40)))
    points = draw.uniform(0.4, 1.6, (3, MOST_CONSTANTS)) * draw.choice([1, 1, -1], (3, MOST_CONSTANTS))
    inner: dict[int, list[Form]] = {}
    seen: set[tuple[object, ...]] = set()
    for size in range(1, largest + 1):
        built = _built(inner, size, columns)
        kept, outer = [], []
        for form in built:
            inside, outside = _is_new(form, X, points, seen)
            kept += [form] if inside else []
            outer += [form] if outside else []
        inner[size] = kept
        yield outer


def _built(inner: dict[int, list[Form]], size: int, columns: int, most_constants: int = 4) -> list[Form]:
    """What the smaller forms make at this size, with no more constants than that: more are reached by growing."""
    if size == 1:
        return [*range(columns), *([MONOMIAL] if columns > 1 else [])]
    made = [wrap(node, form) for form in inner[size - 1] for node in UNARY]
    for left in range(1, size - 1):
        made += [join(node, u, v) for u, v, node in product(inner[left], inner[size - 1 - left], BINARY)]
    return [form for form in made if form is not None and count_constants(form, columns) <= most_constants]


def _is_new(
    form: Form,
    X: Float[np.ndarray, "columns points"],
    points: Float[np.ndarray, "tries constants"],
    seen: set[tuple[object, ...]],
) -> tuple[bool, bool]:
    """Whether a form says something new inside others, and as y = a + b f; `seen` takes note of its values."""
    found = next(
        (J for theta in points if (J := derivatives(form, theta, X)) is not None and np.isfinite(J).all()), None
    )
    if found is None or np.ptp(found[0]) < 1e-9:
        return False, False
    if len(found) == 1:
        value = found[0]
        standard = (value - value.mean()) / value.std()
        names = ("inside", *np.round(value, 7)), ("outside", *np.round(standard * np.sign(standard[0]), 7))
        new = tuple(name not in seen for name in names)
        seen.update(names)
        return new[0], all(new)
    if not _independent(found[1:]):
        return False, False
    return True, _independent(np.vstack([np.ones(X.shape[1]), found]))


def _independent(vectors: Float[np.ndarray, "vectors points"], smallest: float = 1e-7) -> bool:
    """Whether no unit vector is a combination of the others, by the smallest singular value: derivatives are good to
    1e-12."""
    unit = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-300)
    return bool(np.linalg.svd(unit, compute_uv=False)[-1] > smallest)


# --------------------------------------------------------------------------------------------------------- its file


def _path(columns: int) -> Path:
    sources = [
        Path(__file__).with_name(f"{name}.py").read_text() for name in ("nodes", "form", "equivalence", "catalogue")
    ]
    name = hashlib.sha256("".join(sources).encode()).hexdigest()[:16]
    return cache_folder() / f"forms-{columns}-{name}.bin"


def _packed(levels: tuple[tuple[Form, ...], ...]) -> bytes:
    """A line a level; a form as its program in hexadecimal."""
    return "\n".join(" ".join(bytes(program(form)).hex() for form in forms) for forms in levels).encode()


def _read(path: Path) -> tuple[tuple[Form, ...], ...]:
    lines = path.read_text().split("\n")
    return tuple(tuple(from_program(list(bytes.fromhex(word))) for word in line.split()) for line in lines)


def is_runnable(form: Form, columns: int, most_constants: int = MOST_CONSTANTS) -> bool:
    """Whether the compiled loops have room for a form."""
    return count_constants(form, columns) <= most_constants and depth(form) <= 9
