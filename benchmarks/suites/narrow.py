"""Skills to keep and to forget: parities of bits, whole domains; and handwritten digits, rows held out.

The cases were written down, and fell into halves by a hash of their names, before any of them was run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from pellucid.nets import ClassifierOptions, train_classifier
from pellucid.nets.classifiers.hidden_layers import drawn_again
from pellucid.subjects import Skill, Skills
from suites.parities import parity_subject

TRIPLES = ((0, 1, 2), (3, 4, 5), (6, 7, 8))
WHOLE = (*TRIPLES, tuple(range(9)))
PAIRS = ((0, 1), (2, 3), (4, 5), (6, 7), (0, 1, 2, 3), (4, 5, 6, 7))


@dataclass(frozen=True)
class NarrowCase:
    """`is_composite`: the skill is made of others, which the paper says to be the harder case."""

    name: str
    make: Callable[[], Skills]
    is_composite: bool = False


def digits(keep: tuple[int, ...], width: int, seed: int) -> Skills:
    """A network of one hidden layer that tells the ten digits apart; which of them to keep."""
    from sklearn.datasets import load_digits

    held: tuple[np.ndarray, np.ndarray] = load_digits(return_X_y=True)  # type: ignore[assignment]
    rows, labels = torch.as_tensor(held[0] / 16, dtype=torch.float32), torch.as_tensor(held[1])
    network = drawn_again(nn.Sequential(nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10)), seed)
    options = ClassifierOptions(1500, 2e-3, 0.0, (0.9, 0.999), 256, 1500, None)
    train_classifier(network, rows, labels, (rows[:1], labels[:1]), options, seed=seed)
    kept = torch.isin(labels, torch.tensor(keep))
    rest = Skill("the other digits", rows[~kept], labels[~kept])
    return Skills(network, Skill(f"digits {', '.join(map(str, keep))}", rows[kept], labels[kept]), (rest,), "digits")


CASES = (
    NarrowCase("triple_first", lambda: parity_subject(0, WHOLE, 9)),
    NarrowCase("triple_last", lambda: parity_subject(2, WHOLE, 9, seed=1)),
    NarrowCase("triple_wide", lambda: parity_subject(1, WHOLE, 9, width=128, seed=2)),
    NarrowCase("nine_bits", lambda: parity_subject(3, WHOLE, 9), is_composite=True),
    NarrowCase("nine_bits_again", lambda: parity_subject(3, WHOLE, 9, seed=3), is_composite=True),
    NarrowCase("pair", lambda: parity_subject(0, PAIRS, 8, seed=4)),
    NarrowCase("pair_narrow", lambda: parity_subject(3, PAIRS, 8, width=48, seed=5)),
    NarrowCase("four_bits", lambda: parity_subject(4, PAIRS, 8, seed=6), is_composite=True),
    NarrowCase("four_bits_other", lambda: parity_subject(5, PAIRS, 8, seed=7), is_composite=True),
    NarrowCase("digits_two", lambda: digits((3, 8), 64, 0)),
    NarrowCase("digits_low", lambda: digits((0, 1, 2, 3, 4), 64, 1)),
    NarrowCase("digits_even", lambda: digits((0, 2, 4, 6, 8), 128, 2)),
)
