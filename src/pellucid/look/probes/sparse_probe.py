"""Sparse probing: do a few latents of a dictionary tell two classes better than what needs no dictionary?

Kantamneni et al., Are Sparse Autoencoders Useful? A Case Study in Sparse Probing (arXiv 2502.16681): mostly not, once
the baselines are strong. So the baselines are reported first, and the gain over the best of them is the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...artifacts.features.probe_parts import SparseScores
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from .estimators import Fit, Fitted, logistic_fit, means_fit, scores
from .evaluation import accuracy, held_out, letter_counts, standard_error
from .folds import grouped_folds, others
from .settings import Control

Array = NDArray[np.float64]
ALL, MEANS = "logistic regression on all neurons", "difference of means on all neurons"


@dataclass(frozen=True)
class SparseProbe(Method[Labelled, SparseScores]):
    """Two classes and the codes of a dictionary -> accuracy of probes of 1, 2, 4, ... latents, baselines first.

    The latents are those whose means differ most over their spread, chosen on the training rows of each fold; on them
    a logistic regression. As many neurons, chosen in the same way, and all neurons are the baselines. Raises ValueError
    without codes.

    >>> generator = np.random.default_rng(0)
    >>> x, y = generator.normal(size=(80, 4)), np.arange(80) % 2
    >>> codes = np.maximum(0, np.stack([x[:, 0], 5 * y - 2 + 0 * x[:, 1]], 1))
    >>> SparseProbe(counts=(1,)).explain(Labelled(x, y, names=("no", "yes"), codes=codes)).artifact.latents.tolist()
    [1.0]
    """

    counts: tuple[int, ...] = (1, 2, 4, 16, 64)
    penalties: tuple[float, ...] = (0.003, 0.03, 0.3)
    folds: int = 5

    def _find(self, subject: Labelled, context: Context) -> Found[SparseScores]:
        generator = np.random.default_rng(context.seed)
        subject.need_two_classes()
        if subject.codes is None:
            raise ValueError("the subject has no codes; give it those of a dictionary (subjects.with_codes)")
        y, groups = subject.targets, subject.groups
        parts = grouped_folds(groups, self.folds, generator)
        fit = logistic_fit(self.penalties)
        with one_thread():
            plain = {Control.MAJORITY.value: max(float(y.mean()), 1 - float(y.mean()))}
            if subject.texts:
                told = held_out(fit, letter_counts(subject.texts), y, groups, parts, generator)
                plain[Control.WORDS.value] = accuracy(told, y)
            plain[MEANS] = accuracy(held_out(means_fit(), subject.values, y, groups, parts, generator), y)
            plain[ALL] = accuracy(held_out(fit, subject.values, y, groups, parts, generator), y)
            rows: dict[str, list[Array]] = {}
            for name, values in (("latents", subject.codes), ("neurons", subject.values)):
                rows[name] = [_few(fit, values, y, groups, parts, count, generator) for count in self.counts]
        latents, neurons = (np.array([accuracy(told, y) for told in rows[name]]) for name in ("latents", "neurons"))
        chosen = rank_features(subject.codes, y[:, 0], max(self.counts))
        best = int(np.argmax(latents))
        error = standard_error(rows["latents"][best], y, groups, accuracy, generator)
        claims: list[Claim] = [
            Measured(f"baseline: held-out accuracy of {n}", v, "", key=f"baseline: {n}") for n, v in plain.items()
        ]
        for i, count in enumerate(self.counts):
            told = f"held-out accuracy of a probe of {count} latent{'s' * (count > 1)}; baseline: as many neurons"
            claims.append(Measured(told, float(latents[i]), "", float(neurons[i]), key=f"latents: {count}"))
        claims.append(
            Measured(
                "gain of the best probe of latents over the best one without a dictionary",
                float(latents[best] - max(*plain.values(), *neurons)), "", 0.0, error, key="gain",
            )
        )  # fmt: skip
        artifact = SparseScores(
            latents, neurons, chosen, np.array(list(plain.values())), self.counts, tuple(plain), subject.title
        )
        return Found(artifact, tuple(claims))


def rank_features(
    values: Float[np.ndarray, "rows features"], y: Float[np.ndarray, " rows"], count: int
) -> Int[np.ndarray, " count"]:
    """The columns whose means differ most between the classes, over their spread; the most different first.

    >>> rank_features(np.array([[0.0, 1.0], [0.1, 9.0], [0.0, 2.0], [0.1, 8.0]]), np.array([0.0, 1, 0, 1]), 1)
    array([0])
    """
    ones = y > 0.5
    spread = values.std(0)
    gap = np.abs(values[ones].mean(0) - values[~ones].mean(0)) / np.where(spread > 0, spread, np.inf)
    return np.argsort(-gap, kind="stable")[:count]


def _few(
    fit: Fit,
    values: Array,
    y: Array,
    groups: Sequence[str],
    parts: Sequence[NDArray[np.int64]],
    count: int,
    generator: np.random.Generator,
) -> Array:
    """Held-out scores of a probe of `count` columns, which are chosen anew in each fold."""
    told = np.zeros(y.shape)
    for held in parts:
        kept = others(held, len(y))
        columns = rank_features(values[kept], y[kept, 0], count)
        fitted: Fitted = fit(values[kept][:, columns], y[kept], [groups[int(i)] for i in kept], generator)
        told[held] = scores(fitted, values[held][:, columns])
    return told
