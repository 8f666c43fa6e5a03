"""Ridge regression on activations: numbers such as latitude, longitude or a year, on held-out groups.

Gurnee and Tegmark, Language Models Represent Space and Time (arXiv 2310.02207): section 3 (probes), and its splits by
country, which are the default here: the groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...artifacts.features.linear_readout import LinearReadout
from ...artifacts.features.probe_parts import ProbePredictions
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from .estimators import ridge_fit
from .evaluation import Evaluated, evaluate, explained, explained_each, rank_correlation, standard_error
from .settings import Control


@dataclass(frozen=True)
class RidgeProbe(Method[Labelled, LinearReadout]):
    """Numbers -> a linear readout of them, with held-out R^2 for each target, beside every control.

    Minimises |y - w z - b|^2 + p rows |w|^2 over standardised activations z; p is the one of `penalties` that does best
    on held-out groups of the training rows. `by_row` splits rows at random instead of whole groups, as papers often do,
    and says so. Raises ValueError for fewer groups than `folds` and for a target that is constant.

    >>> x = np.random.default_rng(0).normal(size=(80, 3))
    >>> found = RidgeProbe().explain(Labelled(x, 2 * x[:, 1] + 1, names=("year",)))
    >>> found.artifact([[0.0, 1.0, 0.0]]).round(1).tolist()
    [[3.0]]
    """

    penalties: tuple[float, ...] = (0.001, 0.01, 0.1, 1.0, 10.0)
    folds: int = 5
    shuffles: int = 2
    by_row: bool = False

    def _find(self, subject: Labelled, context: Context) -> Found[LinearReadout]:
        generator = np.random.default_rng(context.seed)
        y, names = subject.targets, subject.names
        flat = [name for name, column in zip(names, y.T, strict=False) if np.ptp(column) == 0]
        if flat:
            raise ValueError(f"target {flat[0]!r} is the same in every row; there is nothing to read out")
        rows = Labelled(
            subject.values, subject.y, tuple(map(str, range(subject.rows))) if self.by_row else subject.groups, names,
            subject.texts, subject.shuffled,
        )  # fmt: skip
        fit = ridge_fit(self.penalties)
        with one_thread():
            checked = evaluate(
                rows, fit, explained, nothing=(Control.MEAN, 0.0), folds=self.folds,
                shuffles=self.shuffles, generator=generator,
            )  # fmt: skip
            weights, offsets = fit(rows.values, y, rows.groups, generator)
        claims = [*self._overall(subject, checked), *_each(subject, checked, rows.groups, generator)]
        readout = LinearReadout(weights, offsets, names if len(names) == y.shape[1] else ("y",), subject.title)
        predictions = ProbePredictions(checked.scores, y, readout.names, subject.title)
        return Found(readout, tuple(claims), {"predictions": predictions})

    def _overall(self, subject: Labelled, checked: Evaluated) -> list[Claim]:
        """The controls, then the probe beside the best of them."""
        kind = "random" if self.by_row else "grouped"
        told = f"held-out R^2 of {' and '.join(subject.names)}, {subject.rows} rows in {self.folds} {kind} folds"
        controls = [
            Measured(f"control: held-out R^2 of {name}", value, "", key=f"control: {name}")
            for name, value in checked.controls.items()
        ]
        own = f"{told}; baseline: the best control"
        return [*controls, Measured(own, checked.value, "", checked.baseline, checked.uncertainty, key="r2")]


def _each(
    subject: Labelled, checked: Evaluated, groups: Sequence[str], generator: np.random.Generator
) -> Iterator[Claim]:
    """R^2 of each target, where there are several, and all rank correlations."""
    y, names = subject.targets, subject.names
    if len(names) > 1:
        for i, (name, value) in enumerate(zip(names, explained_each(checked.scores, y), strict=True)):
            error = standard_error(checked.scores[:, i : i + 1], y[:, i : i + 1], groups, explained, generator)
            yield Measured(f"held-out R^2 of {name}", float(value), "", 0.0, error, key=f"r2: {name}")
    for i, name in enumerate(names):
        value = rank_correlation(checked.scores[:, i], y[:, i])
        yield Measured(f"held-out rank correlation of {name}", value, "", 0.0, key=f"rank_correlation: {name}")
