"""Tables whose columns have known roles, drawn up before any was run: what each column is to y, and to the others.

"informative": it tells of y, and a model without it does worse. "redundant": it tells of y, but nothing that the others
do not. "interacting": by itself it tells nothing, with another column it does. "suppressor": it tells nothing of y,
only of the noise in an informative column. "unused": none of these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Columns = dict[str, Array]


@dataclass(frozen=True)
class RoleCase:
    """`make(generator, rows)` gives the columns, with y."""

    name: str
    make: Callable[[np.random.Generator, int], Columns]
    roles: dict[str, str]
    rows: int = 4000
    is_classes: bool = True


def cancelled(g: np.random.Generator, n: int, c: float = 0.8, s1: float = 0.8, s2: float = 0.5) -> Columns:
    """x1 = z + noise, x2 the noise's companion: the model of arXiv:2306.01464."""
    z = g.choice([-1.0, 1.0], n)
    noise = g.multivariate_normal([0, 0], [[s1**2, c * s1 * s2], [c * s1 * s2, s2**2]], n)
    return {"x1": z + noise[:, 0], "x2": noise[:, 1], "y": z}


def weak(g, n):
    return cancelled(g, n, c=0.5)


def opposite(g, n):
    return cancelled(g, n, c=-0.9)


def with_idle(g, n):
    return cancelled(g, n) | {"x3": g.normal(size=n), "x4": g.uniform(size=n)}


def two_suppressors(g, n):
    z, a, b = g.choice([-1.0, 1.0], n), g.normal(size=n), g.normal(size=n)
    return {"x1": z + a + b, "x2": a + 0.2 * g.normal(size=n), "x3": b + 0.2 * g.normal(size=n), "y": z}


def numbers(g, n):
    z, a = g.normal(size=n), g.normal(size=n)
    return {"x1": z + a, "x2": a + 0.3 * g.normal(size=n), "y": z + 0.1 * g.normal(size=n)}


def background(g, n):
    """Two sensors, one of which sees only the background that both see."""
    z, sky = g.normal(size=n), g.gamma(2.0, size=n)
    return {"sensor": 2 * z + sky, "dark": sky + 0.1 * g.normal(size=n), "other": g.normal(size=n), "y": z}


def scaled_noise(g, n):
    """The companion is a curve of the noise."""
    z, a = g.choice([-1.0, 1.0], n), g.normal(size=n)
    return {"x1": z + a, "x2": a**3 / 3, "y": z}


def exclusive(g, n):
    a, b = g.choice([0.0, 1.0], n), g.choice([0.0, 1.0], n)
    return {"a": a, "b": b, "c": g.normal(size=n), "y": (a != b) * 1.0}


def product_sign(g, n):
    a, b = g.normal(size=n), g.normal(size=n)
    return {"a": a, "b": b, "y": np.sign(a * b)}


def exclusive_and_cause(g, n):
    a, b, x = g.choice([-1.0, 1.0], n), g.choice([-1.0, 1.0], n), g.normal(size=n)
    return {"a": a, "b": b, "x": x, "y": 1.0 * (a * b + x + 0.3 * g.normal(size=n) > 0)}


def product_number(g, n):
    a, b = g.normal(size=n), g.normal(size=n)
    return {"a": a, "b": b, "idle": g.normal(size=n), "y": a * b + 0.1 * g.normal(size=n)}


def straight(g, n):
    x = g.normal(size=(n, 3))
    return {
        "x1": x[:, 0],
        "x2": x[:, 1],
        "x3": x[:, 2],
        "y": 1.0 * (2 * x[:, 0] - x[:, 1] + 0.5 * g.normal(size=n) > 0),
    }


def twins(g, n):
    z = g.normal(size=n)
    x = z + 0.5 * g.normal(size=n)
    return {"x1": x, "x2": x + 0.0, "y": 1.0 * (z > 0)}


def shadow(g, n):
    """x2 is a noisy copy of x1, and y comes from x1 alone."""
    x = g.normal(size=n)
    return {"x1": x, "x2": x + g.normal(size=n), "y": 1.0 * (x + 0.5 * g.normal(size=n) > 0)}


def chain(g, n):
    x = g.normal(size=n)
    middle = x + 0.5 * g.normal(size=n)
    return {"first": x, "middle": middle, "y": middle + 0.5 * g.normal(size=n)}


def hill(g, n):
    x = g.uniform(-2, 2, n)
    return {"x": x, "idle": g.normal(size=n), "y": x**2 + 0.3 * g.normal(size=n)}


def ring(g, n):
    a, b = g.normal(size=n), g.normal(size=n)
    return {"a": a, "b": b, "y": 1.0 * (a**2 + b**2 > 1.4)}


def nothing(g, n):
    return {"a": g.normal(size=n), "b": g.normal(size=n), "y": g.choice([0.0, 1.0], n)}


def correlated_idle(g, n):
    """Idle columns that go together tell nothing."""
    a = g.normal(size=n)
    return {"a": a, "b": a + 0.3 * g.normal(size=n), "x": g.normal(size=n), "y": 0.0} | _of_x(g, n)


def _of_x(g, n):
    x = g.normal(size=n)
    return {"x": x, "y": 1.0 * (x + 0.5 * g.normal(size=n) > 0)}


def correlated_and_used(g, n):
    a = g.normal(size=n)
    b = 0.7 * a + 0.7 * g.normal(size=n)
    return {"a": a, "b": b, "y": a + b + 0.5 * g.normal(size=n)}


def three_classes(g, n):
    z, noise = g.integers(3, size=n).astype(float), g.normal(size=n)
    return {"x1": z + noise, "x2": noise + 0.3 * g.normal(size=n), "x3": g.normal(size=n), "y": z}


INFORMATIVE, REDUNDANT, TOGETHER, SUPPRESSOR, UNUSED = (
    "informative", "redundant", "interacting", "suppressor", "unused",
)  # fmt: skip
CASES = (
    RoleCase("cancelled", cancelled, {"x1": INFORMATIVE, "x2": SUPPRESSOR}),
    RoleCase("cancelled_weak", weak, {"x1": INFORMATIVE, "x2": SUPPRESSOR}),
    RoleCase("cancelled_opposite", opposite, {"x1": INFORMATIVE, "x2": SUPPRESSOR}),
    RoleCase("cancelled_few_rows", cancelled, {"x1": INFORMATIVE, "x2": SUPPRESSOR}, rows=400),
    RoleCase("cancelled_idle", with_idle, {"x1": INFORMATIVE, "x2": SUPPRESSOR, "x3": UNUSED, "x4": UNUSED}),
    RoleCase("two_suppressors", two_suppressors, {"x1": INFORMATIVE, "x2": SUPPRESSOR, "x3": SUPPRESSOR}),
    RoleCase("suppressed_numbers", numbers, {"x1": INFORMATIVE, "x2": SUPPRESSOR}, is_classes=False),
    RoleCase("background", background, {"sensor": INFORMATIVE, "dark": SUPPRESSOR, "other": UNUSED}, is_classes=False),
    RoleCase("curved_companion", scaled_noise, {"x1": INFORMATIVE, "x2": SUPPRESSOR}),
    RoleCase("three_classes", three_classes, {"x1": INFORMATIVE, "x2": SUPPRESSOR, "x3": UNUSED}),
    RoleCase("exclusive", exclusive, {"a": TOGETHER, "b": TOGETHER, "c": UNUSED}),
    RoleCase("product_sign", product_sign, {"a": TOGETHER, "b": TOGETHER}),
    RoleCase("exclusive_and_cause", exclusive_and_cause, {"a": TOGETHER, "b": TOGETHER, "x": INFORMATIVE}),
    RoleCase("product_number", product_number, {"a": INFORMATIVE, "b": INFORMATIVE, "idle": UNUSED}, is_classes=False),
    RoleCase("straight", straight, {"x1": INFORMATIVE, "x2": INFORMATIVE, "x3": UNUSED}),
    RoleCase("twins", twins, {"x1": REDUNDANT, "x2": REDUNDANT}),
    RoleCase("shadow", shadow, {"x1": INFORMATIVE, "x2": REDUNDANT}),
    RoleCase("chain", chain, {"first": REDUNDANT, "middle": INFORMATIVE}, is_classes=False),
    RoleCase("hill", hill, {"x": INFORMATIVE, "idle": UNUSED}, is_classes=False),
    RoleCase("ring", ring, {"a": INFORMATIVE, "b": INFORMATIVE}),
    RoleCase("nothing", nothing, {"a": UNUSED, "b": UNUSED}),
    RoleCase("correlated_idle", correlated_idle, {"a": UNUSED, "b": UNUSED, "x": INFORMATIVE}),
    RoleCase("correlated_and_used", correlated_and_used, {"a": INFORMATIVE, "b": INFORMATIVE}, is_classes=False),
)
