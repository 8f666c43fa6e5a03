"""A probe that is trained with the harmonic loss: its weights are the centres of the classes, to be looked at.

Baek, Liu, Tyagi and Tegmark, "Harmonic Loss Trains Interpretable AI Models" (arXiv:2502.01628). Beside it a linear
layer is trained in the same way with the cross-entropy, as accuracy alone says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import nn

from ...artifacts.features.prototypes import Prototypes
from ...core.claim import Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...nets.classifiers.harmonic import HarmonicLinear
from ...nets.classifiers.training import ClassifierOptions, train_classifier
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from .folds import grouped_folds

Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class HarmonicProbe(Method[Labelled, Prototypes]):
    """Classes -> a centre for each, with the exact distance that held-out inputs may move before they change class.

    p_i ~ |x - w_i|^-n. Values are centred, and scaled by their root mean square, for training alone. Raises ValueError
    for what has no classes.

    >>> x = np.random.default_rng(0).normal(size=(90, 4)); y = np.arange(90) % 3; x[np.arange(90), y] += 6
    >>> found = HarmonicProbe(steps=60, rate=0.05).explain(Labelled(x, y, names=("a", "b", "c")))
    >>> found.measured("accuracy")
    1.0
    """

    exponent: float | None = None
    """n; None: 2 sqrt(width)."""
    steps: int = 1500
    rate: float = 0.01
    batch: int = 64
    weight_decay: float = 0.01
    """Pulls centres towards the mean of all rows, where a class has few."""
    points: int = 20
    """Held-out inputs whose radii are kept, to be proved."""
    folds: int = 4
    """One of so many parts of the groups is held out."""

    def _find(self, subject: Labelled, context: Context) -> Found[Prototypes]:
        subject.need_classes()
        generator = np.random.default_rng(context.stream("split"))
        test = grouped_folds(subject.groups, self.folds, generator)[0]
        train = np.setdiff1d(np.arange(subject.rows), test)
        middle = subject.values[train].mean(0)
        scale = float(np.sqrt(((subject.values[train] - middle) ** 2).mean())) or 1.0
        x, y = (subject.values - middle) / scale, subject.y.astype(np.int64)
        classes, seed = len(subject.names), context.stream("weights")
        with one_thread(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            harmonic: Any = self._trained(HarmonicLinear(subject.width, classes, self.exponent), x, y, train, seed)
            linear: Any = self._trained(nn.Linear(subject.width, classes), x, y, train, seed)
        centres, rows = (layer.weight.detach().double().numpy() for layer in (harmonic, linear))
        found = Prototypes(subject.names, centres * scale + middle, title=subject.title)
        shown = subject.values[test[: self.points]]
        whole = replace(found, points=shown, radii=found.radius(shown))
        scores = x[test] @ rows.T + linear.bias.detach().double().numpy()
        means = np.stack([x[train][y[train] == c].mean(0) if c in y[train] else 0 * middle for c in range(classes)])
        by_means = replace(found, centres=means * scale + middle)
        held, wanted = subject.values[test], y[test]
        return Found(whole, (
            Measured("held-out inputs whose nearest centre is of their class (baseline: a linear layer, trained alike)",
                     float((found.predict(held) == wanted).mean()), "share", float((scores.argmax(1) == wanted).mean()),
                     _error(found.predict(held) == wanted), key="accuracy"),
            Measured("cosine of centres and means of classes, from the mean of all (baseline: the linear layer's rows)",
                     _cosine(centres, means), "", _cosine(rows, means), key="cosine"),
            Measured("radius within which half of held-out inputs keep the right class (baseline: means of classes)",
                     _right_radius(found, held, wanted), "", _right_radius(by_means, held, wanted), key="radius"),
        ))  # fmt: skip

    def _trained(
        self, layer: nn.Module, x: Array, y: Int[np.ndarray, " rows"], train: Int[np.ndarray, " rows"], seed: int
    ) -> nn.Module:
        """The layer after training, both kinds alike."""
        rows, wanted = torch.as_tensor(x[train], dtype=torch.float32), torch.as_tensor(y[train])
        options = ClassifierOptions(self.steps, self.rate, self.weight_decay, (0.9, 0.999), min(self.batch, len(train)),
                                    record=self.steps, after_exact=None)  # fmt: skip
        train_classifier(layer, rows, wanted, (rows[:0], wanted[:0]), options, seed=seed % 2**31)
        return layer


def _cosine(weights: Array, means: Array) -> float:
    """The mean over classes of cos(w, mean)."""
    lengths = np.linalg.norm(weights, axis=1) * np.linalg.norm(means, axis=1)
    return float(((weights * means).sum(1) / np.maximum(lengths, 1e-300)).mean())


def _right_radius(found: Prototypes, values: Array, y: Int[np.ndarray, " rows"]) -> float:
    """The median radius, 0 of inputs in a wrong class."""
    return float(np.median(found.radius(values) * (found.predict(values) == y)))


def _error(right: np.ndarray) -> float | None:
    """The standard error of a share; None of none and of all."""
    share = float(right.mean())
    return float(np.sqrt(share * (1 - share) / len(right))) or None
