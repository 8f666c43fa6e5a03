"""Moving rows from one class to another at a site, in several ways, and what the model then answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.claim import Claim, Measured
from ...subjects.models.labelled.labelled import Labelled

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Moves:
    """Of each row and each way: is the answer the new class's, and how far its logit gained on the old one's."""

    right_before: Array
    """Whether the model answers rightly, nothing being moved."""
    right: Mapping[str, Array]
    gained: Mapping[str, Array]


def try_moves(
    subject: Labelled,
    rows: NDArray[np.int64],
    now: NDArray[np.int64],
    to: NDArray[np.int64],
    steps: Mapping[str, Array],
) -> Moves:
    """Moves `rows` by each of the `steps` (rows, width), which should lead from class `now` to class `to`."""
    behaviour = subject.behaviour
    assert behaviour is not None
    assert behaviour.expected is not None
    expected = np.asarray(behaviour.expected)
    old, new, line = expected[rows, now], expected[rows, to], np.arange(len(rows))
    before = behaviour.run(subject.values[rows], rows)
    right, gained = {}, {}
    for name, step in steps.items():
        after = behaviour.run(subject.values[rows] + step, rows)
        right[name] = (after.argmax(1) == new).astype(float)
        gained[name] = (after[line, new] - after[line, old]) - (before[line, new] - before[line, old])
    return Moves((before.argmax(1) == old).astype(float), right, gained)


def random_steps(steps: Array, values: Array, generator: np.random.Generator) -> Array:
    """Steps of the same lengths in random directions, of the covariance of `values`."""
    centred = values - values.mean(0)
    drawn = generator.normal(size=(len(steps), len(centred))) @ centred
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    return drawn * lengths / np.maximum(np.linalg.norm(drawn, axis=1, keepdims=True), 1e-300)


def move_claims(moves: Sequence[Moves], way: str) -> list[Claim]:
    """How well the model does unmoved, then each control, then `way` beside the best control that is no whole move."""
    before = np.concatenate([one.right_before for one in moves])
    told = f"{len(before)} held-out rows that the model answers rightly, nothing being moved"
    claims: list[Claim] = [Measured(told, float(before.mean()), "", key="answered_unmoved")]
    names = list(moves[0].right)
    random = next(name for name in names if "random" in name)
    for name in (*[n for n in names if n != way], way):
        claims += _claims_of(moves, name, None if name == random else random)
    return claims


def _claims_of(moves: Sequence[Moves], name: str, control: str | None) -> list[Claim]:
    """Of one way to move rows, beside the `control`; None: it is the control itself."""

    def joined(kind: str, name: str) -> Array:
        return np.concatenate([getattr(one, kind)[name] for one in moves])

    right, gained = joined("right", name), joined("gained", name)
    beside = None if control is None else float(joined("right", control).mean())
    pulled = None if control is None else float(joined("gained", control).mean())
    what = f"control: moved {name}" if control is None else f"moved {name}"
    root = np.sqrt(len(right))
    return [
        Measured(
            f"{what}, rows answered as the other class would be", float(right.mean()), "", beside,
            float(right.std() / root) or None, key=f"answered: {name}",
        ),
        Measured(
            f"{what}, gain of the other class's answer over its own", float(gained.mean()), "logits", pulled,
            float(gained.std() / root) or None, key=f"gained: {name}",
        ),
    ]  # fmt: skip
