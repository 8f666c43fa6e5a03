"""The runs of Chinchilla, as they can be read off the published figure.

Hoffmann et al. (arXiv 2203.15556), figure 4: 245 points, whose coordinates and colours Besiroglu et al. (arXiv
2404.10102) turned into numbers of parameters, training FLOP and losses. They leave out the five of highest loss, which
are far off any law, and so does this: 240 runs.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from ..subjects.runs.scaling_runs import ScalingRuns

__all__ = ["chinchilla_runs"]


def chinchilla_runs(outliers: int = 5) -> ScalingRuns:
    """Parameters N and tokens D = C / (6 N) of the runs, without the `outliers` of highest loss.

    >>> chinchilla_runs().rows
    240
    """
    lines = (files("pellucid.datasets") / "chinchilla.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    rows = rows[np.argsort(rows[:, 2], kind="stable")[: len(rows) - outliers]]
    n, compute, loss = rows.T
    return ScalingRuns(np.stack([n, compute / (6 * n)], 1), loss, ("N", "D"), compute)
