"""Circles: days of the week and months lie on one, and moving along it moves what the model says.

Engels et al., Not All Language Model Features Are One-Dimensionally Linear (arXiv 2405.14860), sections 4 and 5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.circle import Circle
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from ..probes.estimators import ridge_fit, scores
from ..probes.folds import grouped_folds, others
from .class_interventions import Moves, move_claims, random_steps, try_moves

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CircleProbe(Method[Labelled, Circle]):
    """Classes in a cyclic order -> the plane in which their means lie on a circle, and whether the model uses it.

    The means m_i of n classes are fitted by m_i - m = cos(2 pi i / n) u + sin(2 pi i / n) v; the share of their spread
    that this explains stands beside that of other orders of the names (all of them, or `orders`). The angle is read out
    of names that the readout has not seen, and of held-out groups. Where the behaviour is known, held-out rows go from
    their angle to another class's, beside moves by the difference of the whole means and random ones. Raises ValueError
    for fewer than 4 names, and for a name without rows.

    >>> angles = 2 * np.pi * np.arange(40) / 5; noise = 0.1 * np.random.default_rng(0).normal(size=(40, 6))
    >>> x = noise + np.pad(np.stack([np.cos(angles), np.sin(angles)], 1), ((0, 0), (0, 4)))
    >>> found = CircleProbe().explain(Labelled(x, np.arange(40) % 5, names=tuple("abcde")))
    >>> found.artifact.explained > 0.9
    True
    """

    penalties: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0)
    folds: int = 5
    orders: int = 1000
    causal_rows: int = 40
    every_order: int = 7
    """Up to so many names all cyclic orders are tried: 360 of seven names, 2,520 of eight."""
    angle_orders: int = 20
    """Random orders in which the angle is read out as a control."""

    def _find(self, subject: Labelled, context: Context) -> Found[Circle]:
        generator = np.random.default_rng(context.seed)
        _refuse(subject)
        with one_thread():
            circle = fit_circle(subject, ridge_fit(self.penalties), generator)
            claims = self._order_claims(circle, generator) + self._angle_claims(subject, generator)
            if subject.behaviour is not None and subject.behaviour.expected is not None and self.causal_rows:
                claims += self._causal(subject, generator)
        return Found(circle, tuple(claims))

    def _order_claims(self, circle: Circle, generator: np.random.Generator) -> list[Claim]:
        """The order of the names beside all others."""
        count = len(circle.names)
        if count <= self.every_order:
            orders = [(0, *rest) for rest in permutations(range(1, count)) if rest[0] < rest[-1]]
            what = f"all {len(orders)} cyclic orders"
        else:
            orders = [tuple(generator.permutation(count).tolist()) for _ in range(self.orders)]
            what = f"{self.orders} random orders"
        found = np.array([circle_share(circle.means[list(order)]) for order in orders])
        better = float((found >= circle.explained - 1e-12).mean())
        return [
            Measured(
                f"control: share of the spread of the means on a circle, mean of {what}",
                float(found.mean()),
                "",
                key="control: other orders",
            ),
            Measured(
                "share of the spread of the means on the circle, in the right order; baseline: the best other order",
                circle.explained,
                "",
                float(found[found < circle.explained - 1e-12].max(initial=0.0)),
                key="explained",
            ),
            Measured(f"share of {what} that explain at least as much", better, "", 1.0, key="orders_as_good"),
        ]

    def _angle_claims(self, subject: Labelled, generator: np.random.Generator) -> list[Claim]:
        """The angle that is read out of held-out names, and of held-out groups; beside names in random orders.

        That held-out groups are read well shows that names can be told apart, and no circle: any order does it. That
        the angle of a name is read well by a readout that has not seen the name does.
        """
        count, labels = len(subject.names), subject.y.astype(int)
        parts = grouped_folds(subject.groups, min(self.folds, len(set(subject.groups))), generator)
        names = [np.flatnonzero(labels == i) for i in range(count)]
        orders = [np.arange(count), *(generator.permutation(count) for _ in range(self.angle_orders))]
        targets = np.concatenate([_on_circle(order[labels].astype(float), count) for order in orders], 1)

        def errors(held_parts: list[NDArray[np.int64]]) -> Array:
            """Degrees between the angle that is read out and the true one, (orders, rows)."""
            told = np.zeros(targets.shape)
            fit = ridge_fit((self.penalties[len(self.penalties) // 2],))
            for held in held_parts:
                kept = others(held, subject.rows)
                told[held] = scores(fit(subject.values[kept], targets[kept], (), generator), subject.values[held])
            angles = np.arctan2(told[:, 1::2], told[:, ::2]).T
            known = 2 * np.pi * np.stack([order[labels] for order in orders]) / count
            return np.degrees(np.abs((angles - known + np.pi) % (2 * np.pi) - np.pi))

        unseen, groups = errors(names), errors(parts)
        mixed = unseen[1:].mean(1)
        near = (groups < 180 / count).mean(1)
        return [
            Measured(
                f"control: mean error of the angle of names that the readout has not seen, {self.angle_orders} orders",
                float(mixed.mean()),
                "degrees",
                key="control: random orders",
            ),
            Measured(
                "mean error of the angle of names that the readout has not seen; baseline: the best random order",
                float(unseen[0].mean()),
                "degrees",
                float(mixed.min()),
                key="angle_error",
            ),
            Measured(
                "held-out groups: rows whose angle is nearest to their own name; baseline: names in random order",
                float(near[0]),
                "",
                float(near[1:].mean()),
                key="nearest_name",
            ),
        ]

    def _causal(self, subject: Labelled, generator: np.random.Generator) -> list[Claim]:
        """Held-out rows are moved from their angle to that of another name."""
        parts = grouped_folds(subject.groups, min(self.folds, len(set(subject.groups))), generator)
        moves: list[Moves] = []
        each = max(1, self.causal_rows // len(parts))
        for held in parts:
            kept = subject.select(others(held, subject.rows))
            if len(set(kept.y.tolist())) < len(subject.names):
                continue
            circle = fit_circle(kept, ridge_fit(self.penalties), generator)
            rows = np.sort(generator.permutation(held)[:each])
            now = subject.y[rows].astype(int)
            to = (now + generator.integers(1, len(subject.names), len(rows))) % len(subject.names)
            step = circle.points(circle.angles[to]) - circle.points(circle.angles[now])
            steps = {
                "along the circle": step,
                "by the difference of the whole means": circle.means[to] - circle.means[now],
                "by a random step of the same length": random_steps(step, kept.values, generator),
            }
            moves.append(try_moves(subject, rows, now, to, steps))
        return move_claims(moves, "along the circle")


def fit_circle(subject: Labelled, fit: object, generator: np.random.Generator) -> Circle:
    """The circle of the class means, and a ridge regression that reads the angle out."""
    count = len(subject.names)
    means = np.stack([subject.values[subject.y == i].mean(0) for i in range(count)])
    centre = means.mean(0)
    basis = _on_circle(np.arange(count, dtype=np.float64), count)
    plane = 2 / count * basis.T @ (means - centre)
    weights, offsets = fit(subject.values, _on_circle(subject.y, count), subject.groups, generator)  # type: ignore
    return Circle(centre, plane, means, weights, offsets, subject.names, subject.title, circle_share(means))


def circle_share(means: Array) -> float:
    """The share of the spread of `means` (n, width) about their centre that a circle in their order explains.

    >>> round(circle_share(np.array([[1.0, 0], [0, 1], [-1, 0], [0, -1]])), 6)
    1.0
    """
    count = len(means)
    centred = means - means.mean(0)
    fitted = 2 / count * _on_circle(np.arange(count, dtype=np.float64), count).T @ centred
    return float(count / 2 * (fitted**2).sum() / max((centred**2).sum(), 1e-300))


def _on_circle(classes: Array, count: int) -> Array:
    angles = 2 * math.pi * classes / count
    return np.stack([np.cos(angles), np.sin(angles)], 1)


def _refuse(subject: Labelled) -> None:
    if not subject.is_classes or len(subject.names) < 4:
        raise ValueError(f"names={list(subject.names)}: a circle needs 4 classes or more, in their cyclic order")
    missing: Sequence[str] = [n for i, n in enumerate(subject.names) if not (subject.y == i).any()]
    if missing:
        raise ValueError(f"class {missing[0]!r} has no rows; give rows of every name")
