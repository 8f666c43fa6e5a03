"""Is this quantity what the model computes with? Four criteria for any hypothesis about a representation.

Kantamneni, Liu and Tegmark, How Do Transformers "Model" Physics? Investigating the Simple Harmonic Oscillator
(arXiv 2405.17209), section 3: an intermediate is predictable from hidden states, its encoding goes with the model's
performance, it explains the variance of hidden states, and the model can be steered through it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.criteria import Criteria
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from ..probes.estimators import Fit, ridge_fit, scores
from ..probes.evaluation import explained, held_out, rank_correlation, standard_error
from ..probes.folds import grouped_folds, others

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Intermediate(Method[Labelled, Criteria]):
    """Numbers that a model might compute with -> how well each of the four criteria is met, beside its control.

    Predictable: held-out R^2 of the numbers, read out of activations by ridge regression. Correlated: rank correlation
    over rows between the error of that readout and the model's own loss. Explains variance: held-out R^2 of the
    activations, from the numbers and their products up to `degree`. Intervenable: the share 1 - |y' - w|^2 / |y - w|^2
    of the way that outputs y go to those w that follow from other numbers, when activations move as those numbers say.
    Controls: numbers, losses or steps of other rows. A criterion is met from its entry of `least` on (our own bars),
    if it is above the control; correlation and intervention are undecided without the model's behaviour.

    >>> generator = np.random.default_rng(0)
    >>> g = generator.normal(size=(200, 1)); x = g @ generator.normal(size=(1, 5))
    >>> Intermediate().explain(Labelled(x, g, names=("g",))).artifact.rows[0][3]
    True
    """

    penalties: tuple[float, ...] = (0.0001, 0.001, 0.01, 0.1, 1.0)
    degree: int = 2
    folds: int = 5
    causal_rows: int = 200
    least: tuple[float, float, float, float] = (0.8, 0.2, 0.5, 0.5)

    def _find(self, subject: Labelled, context: Context) -> Found[Criteria]:
        generator = np.random.default_rng(context.seed)
        if (subject.targets.std(0) == 0).any():
            raise ValueError("one of the numbers is the same in every row; leave it out")
        fit = ridge_fit(self.penalties)
        with one_thread():
            rows, claims = [], []
            names = ("predictable", "correlated", "explains variance", "intervenable")
            parts = (self._read, self._correlate, self._explain, self._move)
            for name, least, part in zip(names, self.least, parts, strict=True):
                found = part(subject, fit, np.random.default_rng(generator.integers(2**32)))
                claims += found[0]
                if found[1] is not None:
                    value, control = found[1]
                    rows.append((name, value, control, value >= max(least, control)))
        title = subject.title or ", ".join(subject.names)
        return Found(Criteria(title, tuple(rows), subject.names), tuple(claims))

    def _read(self, subject: Labelled, fit: Fit, generator: np.random.Generator) -> _Found:
        parts = grouped_folds(subject.groups, self.folds, generator)
        y = subject.targets / subject.targets.std(0)
        told = held_out(fit, subject.values, y, subject.groups, parts, generator)
        mixed = y[generator.permutation(len(y))]
        control = explained(held_out(fit, subject.values, mixed, subject.groups, parts, generator), mixed)
        value, error = explained(told, y), standard_error(told, y, subject.groups, explained, generator)
        what = "predictable: held-out R^2 of the numbers from activations; baseline: numbers of other rows"
        return [Measured(what, value, "", control, error, key="predictable")], (value, control)

    def _correlate(self, subject: Labelled, fit: Fit, generator: np.random.Generator) -> _Found:
        if subject.behaviour is None or subject.behaviour.losses is None:
            return [_unknown("correlated", "losses")], None
        parts = grouped_folds(subject.groups, self.folds, generator)
        y = subject.targets / subject.targets.std(0)
        told = held_out(fit, subject.values, y, subject.groups, parts, generator)
        wrong, losses = ((told - y) ** 2).mean(1), np.asarray(subject.behaviour.losses)
        value = rank_correlation(wrong, losses)
        drawn = [abs(rank_correlation(generator.permutation(wrong), losses)) for _ in range(100)]
        control = float(np.quantile(drawn, 0.95))
        what = (
            "correlated: rank correlation of the readout's error with the model's loss; baseline: 95 % of random pairs"
        )
        return [Measured(what, value, "", control, key="correlated")], (value, control)

    def _explain(self, subject: Labelled, fit: Fit, generator: np.random.Generator) -> _Found:
        parts = grouped_folds(subject.groups, self.folds, generator)
        basis = powers(subject.targets, self.degree)

        def share(given: Array) -> float:
            told = held_out(fit, given, subject.values, subject.groups, parts, generator)
            return 1 - float(((subject.values - told) ** 2).sum() / _spread(subject.values))

        value, control = share(basis), share(basis[generator.permutation(len(basis))])
        what = "explains variance: held-out R^2 of the activations from the numbers; baseline: numbers of other rows"
        return [Measured(what, value, "", control, key="explains_variance")], (value, control)

    def _move(self, subject: Labelled, fit: Fit, generator: np.random.Generator) -> _Found:
        behaviour = subject.behaviour
        if behaviour is None or behaviour.alternative is None or behaviour.wanted is None:
            return [_unknown("intervenable", "outputs that follow from other numbers")], None
        held = grouped_folds(subject.groups, self.folds, generator)[0]
        kept = others(held, subject.rows)
        fitted = fit(
            powers(subject.targets, self.degree)[kept],
            subject.values[kept],
            [subject.groups[i] for i in kept],
            generator,
        )
        rows = np.sort(generator.permutation(held)[: self.causal_rows])
        other = np.asarray(behaviour.alternative).reshape(subject.rows, -1)[rows]
        step = scores(fitted, powers(other, self.degree)) - scores(fitted, powers(subject.targets, self.degree)[rows])
        wanted = np.asarray(behaviour.wanted)[rows]
        before = behaviour.run(subject.values[rows], rows)
        distance = float(((before - wanted) ** 2).sum())

        def went(given: Array) -> float:
            after = behaviour.run(subject.values[rows] + given, rows)
            return 1 - float(((after - wanted) ** 2).sum()) / distance

        value, control = went(step), went(step[generator.permutation(len(step))])
        what = f"intervenable: share of the way that {len(rows)} held-out outputs go to those of other numbers"
        return [Measured(f"{what}; baseline: steps of other rows", value, "", control, key="intervenable")], (
            value,
            control,
        )


_Found = tuple[list[Claim], tuple[float, float] | None]


def powers(y: Array, degree: int) -> Array:
    """All products of up to `degree` columns, without the constant.

    >>> powers(np.array([[2.0, 3.0]]), 2).tolist()
    [[2.0, 3.0, 4.0, 6.0, 9.0]]
    """
    columns = list(y.T)
    found = list(columns)
    last = [(i, column) for i, column in enumerate(columns)]
    for _ in range(degree - 1):
        last = [(j, column * columns[j]) for i, column in last for j in range(i, len(columns))]
        found += [column for _, column in last]
    return np.stack(found, 1)


def _spread(values: Array) -> float:
    return float(((values - values.mean(0)) ** 2).sum()) or 1.0


def _unknown(criterion: str, what: str) -> Claim:
    return Undecided(
        f"{criterion} or not",
        f"the model's {what} are not known",
        "give the subject a behaviour with them",
        key=criterion,
    )
