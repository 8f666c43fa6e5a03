"""Transfer: a probe of one set of statements on the others, negations among them.

A probe that finds truth says the same of "Rome is in Italy" and of "Rome is not in Peru". One that finds association
(a city with its country) is below chance on negations: Marks and Tegmark, arXiv 2310.06824, section 5.2; Levinstein and
Herrmann, Still No Lie Detector (arXiv 2307.00175), whose control of negations this is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.probe_parts import TransferMatrix
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled, LabelledSets
from ...subjects.models.labelled.labelled_texts import SEPARATOR
from .difference_of_means import DifferenceOfMeans
from .estimators import Fit, logistic_fit, means_fit, scores
from .evaluation import accuracy, area_under_curve
from .folds import grouped_folds, others
from .logistic_probe import LogisticProbe

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ProbeTransfer(Method[LabelledSets, TransferMatrix]):
    """Sets of labelled activations of one site -> how well a probe of each does on every other, on held-out groups.

    `probe` is a `DifferenceOfMeans` or `LogisticProbe`, whose folds are used; rows of another set that share a group
    with the training rows are left out. `recentre` moves each set to mean 0 first, which needs no labels: sets of
    other words lie elsewhere. The control is the same with labels in random order. Raises ValueError for sets without
    two classes.

    >>> generator = np.random.default_rng(0)
    >>> def rows(sign):
    ...     x, y = generator.normal(size=(60, 3)), np.arange(60) % 2
    ...     x[:, 0] += 8 * sign * y
    ...     return Labelled(x, y, names=("false", "true"))
    >>> ProbeTransfer().explain(LabelledSets({"plain": rows(1), "negated": rows(-1)})).artifact.values.round(1).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    probe: DifferenceOfMeans | LogisticProbe = field(default_factory=DifferenceOfMeans)
    recentre: bool = True

    def _find(self, subject: LabelledSets, context: Context) -> Found[TransferMatrix]:
        generator = np.random.default_rng(context.seed)
        sets = {name: _centred(one) if self.recentre else one for name, one in subject.sets.items()}
        for one in sets.values():
            one.need_two_classes()
        names = tuple(sets)
        with one_thread():
            values, areas = self._matrix(list(sets.values()), generator, mixed=False)
            chance, _ = self._matrix(list(sets.values()), generator, mixed=True)
        matrix = TransferMatrix(values, names)
        claims: list[Claim] = [
            Measured(
                "control: mean accuracy with labels in random order",
                float(chance.mean()),
                "",
                0.5,
                key="control: labels in random order",
            ),
            Measured(
                "accuracy on held-out groups of the same set, mean",
                float(np.diag(values).mean()),
                "",
                0.5,
                key="accuracy_same_set",
            ),
            Measured("accuracy on other sets, mean", float(matrix.across.mean()), "", 0.5, key="accuracy_other_sets"),
        ]
        for i, j in np.ndindex(values.shape):
            if i != j:
                told = f"made from {names[i]}, accuracy on {names[j]} (area under the ROC curve {areas[i, j]:.2f})"
                claims.append(
                    Measured(
                        f"{told}; baseline: chance",
                        float(values[i, j]),
                        "",
                        0.5,
                        key=f"accuracy: {names[i]} -> {names[j]}",
                    )
                )
        return Found(matrix, tuple(claims))

    def _fit(self) -> Fit:
        if isinstance(self.probe, DifferenceOfMeans):
            return means_fit(self.probe.whiten)
        return logistic_fit(self.probe.penalties)

    def _matrix(self, sets: list[Labelled], generator: np.random.Generator, mixed: bool) -> tuple[Array, Array]:
        """Accuracy and area under the curve (sources, targets); `mixed` has the labels in random order."""
        shape = (len(sets), len(sets))
        found, areas = np.zeros(shape), np.zeros(shape)
        for i, source in enumerate(sets):
            y = source.targets[generator.permutation(source.rows)] if mixed else source.targets
            for j, pairs in enumerate(self._scores(source, y, sets, generator)):
                weights = [len(truth) for _, truth in pairs]
                found[i, j] = np.average([accuracy(*pair) for pair in pairs], weights=weights)
                areas[i, j] = np.average([area_under_curve(*pair) for pair in pairs])
        return found, areas

    def _scores(
        self, source: Labelled, y: Array, sets: list[Labelled], generator: np.random.Generator
    ) -> list[list[tuple[Array, Array]]]:
        """For each set the (scores, truth) of every fold: of the source itself the fold, of others all unknown rows."""
        pairs: list[list[tuple[Array, Array]]] = [[] for _ in sets]
        for held in grouped_folds(source.groups, self.probe.folds, generator):
            kept = others(held, source.rows)
            groups = [source.groups[row] for row in kept]
            fitted = self._fit()(source.values[kept], y[kept], groups, generator)
            known = _named_in(groups)
            for target, own in zip(sets, pairs, strict=True):
                rows, truth = (held, y) if target is source else (_unknown(target, known), target.targets)
                if len(rows):
                    own.append((scores(fitted, target.values[rows]), truth[rows]))
        return [own or [(np.zeros((1, 1)), np.zeros((1, 1)))] for own in pairs]


def _named_in(groups: Sequence[str]) -> set[str]:
    """All that the groups are about."""
    return {part for group in groups for part in group.split(SEPARATOR)}


def _unknown(target: Labelled, known: set[str]) -> NDArray[Any]:
    """Rows of the target that are about nothing that the probe was made from."""
    return np.array([i for i, group in enumerate(target.groups) if not known & _named_in([group])], dtype=np.int64)


def _centred(labelled: Labelled) -> Labelled:
    return Labelled(labelled.values - labelled.values.mean(0), labelled.y, labelled.groups, labelled.names)
