"""Several laws at once, each with its domain: arXiv 1810.10525.

Divide and conquer (`divide_and_conquer`): patches of space propose laws a = C (1, x, v); those that shorten the data's
description most are kept and refined together under the generalised mean loss. Occam's razor and unification
(`theory_unification`): coefficients become fractions, laws of one form one law with parameters. Domains are a decision
tree over positions. Not here: lifelong learning (the paper's hub of earlier theories).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from ...artifacts.theories.theories import Branch, Theories
from ...core.claim import Claim, Measured, Tested
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.equations.motions import Motion
from .divide_and_conquer import bits_of_errors, errors_of, least_squares, propose, refine, select
from .settings import DIVIDE
from .theory_unification import snap_coefficients, unify

Array = NDArray[np.float64]


@dataclass(frozen=True)
class AIPhysicist(Method[Motion, Theories]):
    """Laws of motion, linear in positions and velocities, and the regions of space in which each holds.

    `proposals` patches of space propose a law each; at most `theories` are kept, and refined for `steps` steps.

    >>> generator = np.random.default_rng(0)
    >>> x, v = generator.uniform(-1, 1, (2, 400, 1))
    >>> AIPhysicist().explain(Motion(x, v, np.where(x < 0, -2.0, 0.5 * v))).artifact.describe()
    '2 theories: a_x = -2; a_x = 1/2*v_x'
    """

    theories: int = 8
    proposals: int = 200
    steps: int = 20
    held_out: float = 0.2
    """The share of the rows that is kept for the claims."""

    def _find(self, subject: Motion, context: Context) -> Found[Theories]:
        """The theories; raises ValueError where there are too few rows, or time matters."""
        generator = np.random.default_rng(context.seed)
        if subject.t is not None:
            raise ValueError("t is given, but the laws here do not depend on time; leave it out")
        if min(self.theories, self.proposals) < 1:
            raise ValueError(f"theories={self.theories}, proposals={self.proposals}; give at least one of each")
        train, held = subject.split(self.held_out, generator)
        with one_thread():
            artifact, epsilon = self._theories(train, generator, context.seed)
            claims = _claims(artifact, epsilon, train, held, generator)
        return Found(artifact, claims)

    def _theories(self, train: Motion, generator: np.random.Generator, seed: int) -> tuple[Theories, float]:
        features = features_of(train)
        proposals, epsilon = propose(features, train.x, train.a, self.proposals, generator)
        cost = proposals[0].size * DIVIDE.real_bits
        chosen = select(errors_of(features, train.a, proposals), epsilon, self.theories, cost)
        laws = refine(features, train.a, proposals[chosen], epsilon, self.steps)
        errors = errors_of(features, train.a, laws)
        owner = np.where(errors.min(1) < DIVIDE.explained * epsilon, errors.argmin(1), -1)
        kept = [k for k in range(len(laws)) if (owner == k).sum() > features.shape[1]] or [0]
        if not (owner == kept[0]).any():
            owner[:] = kept[0]
        found = {k: snap_coefficients(features[owner == k], train.a[owner == k], epsilon) for k in kept}
        kept.sort(key=lambda k: (sum(c != "0" for row in found[k] for c in row), found[k]))  # the simplest first
        snapped = tuple(found[k] for k in kept)
        places = np.full(len(laws) + 1, -1)  # the last one for rows that nothing explains
        places[kept] = np.arange(len(kept))
        mine = places[owner] >= 0
        regions = _regions(train.x[mine], places[owner[mine]], seed)
        box = tuple((float(low), float(high)) for low, high in zip(train.x.min(0), train.x.max(0), strict=True))
        return Theories(train.names, snapped, regions, unify(snapped, train.names), box), epsilon


def features_of(motion: Motion) -> Array:
    """(1, x, v), (rows, 1 + 2 size).

    Shape (rows, features).
    """
    return np.column_stack([np.ones(motion.rows), motion.x, motion.v])


def _regions(x: Array, owner: NDArray[np.int64], seed: int) -> tuple[Branch, ...]:
    """A decision tree over positions, as plain branches."""
    fitted = DecisionTreeClassifier(
        min_samples_leaf=DIVIDE.rows_in_a_leaf, ccp_alpha=DIVIDE.pruning, random_state=seed
    ).fit(x, owner)
    tree = fitted.tree_
    return tuple(
        Branch(theory=int(fitted.classes_[tree.value[k].argmax()]))
        if tree.children_left[k] < 0
        else Branch(int(tree.feature[k]), float(tree.threshold[k]), int(tree.children_left[k]),
                    int(tree.children_right[k]))
        for k in range(tree.node_count)
    )  # fmt: skip


def _claims(
    found: Theories, epsilon: float, train: Motion, held: Motion, generator: np.random.Generator
) -> tuple[Claim, ...]:
    """What held-out rows say of laws and regions together, beside one linear law for everywhere."""
    scale = float(np.sqrt((held.a**2).sum(1).mean())) or 1.0
    missed = np.linalg.norm(found(held.table()) - held.a, axis=1)
    single = least_squares(features_of(train), train.a)
    alone = np.linalg.norm(features_of(held) @ single.T - held.a, axis=1)
    drawn = missed[generator.integers(0, len(missed), (DIVIDE.resamples, len(missed)))]
    count = sum(len(row) for law in found.laws for row in law)
    best = errors_of(features_of(held), held.a, found.numbers())
    lengths = [float(bits_of_errors(u, epsilon).mean()) for u in (missed, alone)]
    precision = f"{DIVIDE.explained * epsilon / scale:.1e} of its rms"
    return (
        Tested(f"the region's law gives the acceleration to {precision} on held-out rows", held.rows,
               int((missed > DIVIDE.explained * epsilon).sum())),
        Tested("one of the laws does, whichever region it is of", held.rows,
               int((best.min(1) > DIVIDE.explained * epsilon).sum())),
        Measured("median error on held-out rows; baseline: one linear law for everywhere",
                 float(np.median(missed)) / scale, "of the rms", float(np.median(alone)) / scale,
                 float(np.median(drawn, axis=1).std()) / scale),
        Measured("description length of an acceleration, held-out rows; baseline: one linear law", lengths[0], "bits",
                 lengths[1]),
        Measured("coefficients that are fractions", found.exact(), f"of {count}"),
    )  # fmt: skip
