"""Tables with several targets, each of which depends on some of the columns (arXiv:2305.08746).

The cases were written down, and fell into halves by a hash of their names, before any of them was run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pellucid.subjects import Responses

Table = np.ndarray


@dataclass(frozen=True)
class WiringCase:
    """`depends` are, for each target, the columns that it depends on; `noise` is a share of each target's spread."""

    name: str
    targets: Callable[[Table], tuple[Table, ...]]
    depends: tuple[tuple[int, ...], ...]
    columns: int = 4
    rows: int = 400
    noise: float = 0.0

    def make(self) -> Responses:
        """Columns are uniform in [-1, 1]."""
        generator = np.random.default_rng(int.from_bytes(self.name.encode()[:7], "little"))
        X = generator.uniform(-1, 1, (self.rows, self.columns))
        Y = np.stack(self.targets(X.T), 1)
        return Responses(X, Y + self.noise * Y.std(0) * generator.normal(size=Y.shape))


CASES = (
    WiringCase("authors", lambda x: ((x[0] + x[2]) ** 3, x[1] ** 2 + np.sin(np.pi * x[3])), ((0, 2), (1, 3))),
    WiringCase(
        "authors_few_rows", lambda x: ((x[0] + x[2]) ** 3, x[1] ** 2 + np.sin(np.pi * x[3])), ((0, 2), (1, 3)), rows=170
    ),
    WiringCase(
        "authors_noise", lambda x: ((x[0] + x[2]) ** 3, x[1] ** 2 + np.sin(np.pi * x[3])), ((0, 2), (1, 3)), noise=0.05
    ),
    WiringCase("products", lambda x: (x[0] * x[1], x[2] * x[3]), ((0, 1), (2, 3))),
    WiringCase("three", lambda x: (x[0] ** 2, x[1] * x[2], np.exp(x[3])), ((0,), (1, 2), (3,))),
    WiringCase("idle_column", lambda x: (x[0] * x[1], np.tanh(3 * x[3])), ((0, 1), (3,)), columns=5),
    WiringCase("shared", lambda x: (x[0] + x[1] ** 2, x[1] * x[2]), ((0, 1), (1, 2)), columns=3),
    WiringCase("chain", lambda x: (x[0] * x[1], x[1] * x[2], x[2] * x[3]), ((0, 1), (1, 2), (2, 3))),
    WiringCase("one_each", lambda x: tuple(np.sin((1 + i) * x[i]) for i in range(4)), ((0,), (1,), (2,), (3,))),
    WiringCase("all_joined", lambda x: (x[0] * x[1] + x[2], x[0] - x[1] * x[2]), ((0, 1, 2), (0, 1, 2)), columns=3),
    WiringCase("wide", lambda x: (x[0] * x[1] + x[2], x[3] * x[4] + x[5]), ((0, 1, 2), (3, 4, 5)), columns=6),
    WiringCase("wide_noise", lambda x: (x[0] ** 2 - x[5], x[2] * x[3]), ((0, 5), (2, 3)), columns=6, noise=0.1),
    WiringCase("steep", lambda x: (1 / (1 + 5 * x[0] ** 2), np.abs(x[1] + x[2])), ((0,), (1, 2)), columns=3),
    WiringCase("waves", lambda x: (np.cos(4 * x[0]), np.sin(np.pi * (x[1] + x[2]))), ((0,), (1, 2)), columns=3),
)
