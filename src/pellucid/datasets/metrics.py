"""Metrics whose symmetries are known."""

from __future__ import annotations

from ..subjects.equations.metric import Metric


def schwarzschild() -> Metric:
    """A black hole without spin in Cartesian coordinates, with its horizon at r = 1 (2 M = 1).

    ds^2 = -(1 - 1/r) dt^2 + dx^2 + dy^2 + dz^2 + (x dx + y dy + z dz)^2 / (r^2 (r - 1))
    """
    names = ("x", "y", "z")
    r = "sqrt(x**2 + y**2 + z**2)"
    rows: list[tuple[str, ...]] = [(f"-1 + 1/{r}", "0", "0", "0")]
    for a in names:
        row = (f"{'1' if a == b else '0'} + {a}*{b}/((x**2 + y**2 + z**2)*({r} - 1))" for b in names)
        rows.append(("0", *row))
    return Metric(("t", *names), tuple(rows), "Schwarzschild black hole")
