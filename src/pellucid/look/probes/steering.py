"""Does the model use a direction? Add it or take it out at the site, and see whether what the model does follows.

Adding: rows move by the gap between the two classes, in both senses; the effect is half the difference of what the
model does, an average over the rows. Taking out: rows lose their part along the direction; the effect is how much of
the difference between the classes' behaviour goes away. The control are random directions of the same norm, of the
covariance of the activations: where activations do not vary, a step does nothing, and any other would look causal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.direction import Direction
from ...core.claim import Claim, Measured
from ...subjects.models.labelled.labelled import Labelled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Steered:
    """Effects of the direction, and of each of the random ones (randoms,), in units of the behaviour."""

    added: float
    added_error: float
    added_random: Array
    taken: float
    taken_random: Array
    separation: float
    rows: int


def steer(
    direction: Direction, labelled: Labelled, rows: NDArray[np.int64], randoms: int, generator: np.random.Generator
) -> Steered:
    """The causal check on some `rows`; costs 3 + 3 randoms behaviours of them.

    The behaviour is the last answer's output less the first one's. Raises ValueError where the model's behaviour is not
    known or there are no two answers.
    """
    if labelled.behaviour is None or len(labelled.behaviour.answers) < 2:
        raise ValueError("the behaviour of the model is not known; label the site with two answers or more")
    values, ones = labelled.values[rows], labelled.y[rows] > 0.5
    run = labelled.behaviour.run

    def behaviour(given: Array) -> Array:
        told = run(given, rows)
        return told[:, -1] - told[:, 0]

    def moved(step: Array) -> Array:
        return (behaviour(values + step) - behaviour(values - step)) / 2

    def apart(given: Array) -> float:
        told = behaviour(given)
        return float(told[ones].mean() - told[~ones].mean()) if 0 < ones.sum() < len(ones) else float("nan")

    def without(unit: Array) -> Array:
        middle = labelled.values.mean(0) @ unit
        return values - (values @ unit - middle)[:, None] * unit

    centred = labelled.values - labelled.values.mean(0)
    drawn = [generator.normal(size=len(centred)) @ centred for _ in range(randoms)]
    units = [one / np.linalg.norm(one) for one in drawn]
    effect, separation = moved(direction.step), apart(values)
    return Steered(
        float(effect.mean()), float(effect.std() / np.sqrt(len(rows))),
        np.array([moved(direction.gap * unit).mean() for unit in units]),
        separation - apart(without(direction.unit)),
        np.array([separation - apart(without(unit)) for unit in units]),
        separation, len(rows),
    )  # fmt: skip


def steering_claims(direction: Direction, labelled: Labelled, steered: Steered) -> list[Claim]:
    """The effects beside the largest of the random directions'."""
    assert labelled.behaviour is not None
    first, last = labelled.behaviour.answers[0].strip(), labelled.behaviour.answers[-1].strip()
    what, others = f"logit of {last!r} less that of {first!r}", f"{len(steered.added_random)} random directions"
    names = f"{direction.names[0]} to {direction.names[-1]}"
    claims: list[Claim] = [
        Measured(
            f"added to {steered.rows} held-out rows, the direction from {names} moves the {what}; baseline: the "
            f"largest effect of {others}", steered.added, "", float(np.abs(steered.added_random).max()),
            steered.added_error, key="steered_by_adding",
        ),
    ]  # fmt: skip
    if np.isfinite(steered.taken):
        claims.append(
            Measured(
                f"taken out, the direction lessens the difference of the {what} between the classes "
                f"({steered.separation:.3g}); baseline: the largest effect of {others}",
                steered.taken, "", float(np.abs(steered.taken_random).max()), key="steered_by_removing",
            )
        )  # fmt: skip
    return claims
