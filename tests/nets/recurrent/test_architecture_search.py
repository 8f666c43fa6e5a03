"""The architecture search takes the smallest network that is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pellucid.nets import LabelledSequences, smallest_network
from pellucid.nets.recurrent.linear import linear_network

DRAW = np.random.default_rng(0)
NUMBERS = DRAW.integers(-9, 10, (800, 10, 1))


def delayed(by: int) -> np.ndarray:
    return np.concatenate([np.zeros_like(NUMBERS[:, :by]), NUMBERS[:, :-by]], 1)


@pytest.mark.parametrize(
    ("outputs", "hidden_size"),
    [
        (NUMBERS, 1),
        (7 - NUMBERS, 1),
        (NUMBERS.cumsum(1), 1),
        (NUMBERS - delayed(1), 2),
        (delayed(3), 4),
        ((NUMBERS - 1).cumsum(1).cumsum(1), 2),
        (np.arange(10)[None, :, None] % 2 + 0 * NUMBERS, 1),
        (np.concatenate([NUMBERS.cumsum(1), delayed(2)], 2), 4),
    ],
)
def test_a_linear_task_is_solved_with_the_fewest_hidden_units(outputs: np.ndarray, hidden_size: int) -> None:
    found = smallest_network(NUMBERS, outputs)
    assert found.perfect
    assert found.shape.linear
    assert found.shape.hidden_size == hidden_size
    assert found.training is None
    assert [attempt.steps for attempt in found.attempts] == [0]


def test_labels_at_the_end_alone_are_enough_for_a_linear_task() -> None:
    mask = np.zeros(NUMBERS.shape[:2], bool)
    mask[:, -1] = True
    found = smallest_network(NUMBERS, NUMBERS.cumsum(1) + 3, mask=mask)
    assert (found.perfect, found.shape.hidden_size) == (True, 1)


def test_sequences_of_one_step_are_enough() -> None:
    found = smallest_network(NUMBERS[:, :1], 2 * NUMBERS[:, :1] + 1)
    assert (found.perfect, found.shape.hidden_size) == (True, 1)


def test_what_is_not_linear_has_no_linear_network() -> None:
    assert linear_network(LabelledSequences.checked(NUMBERS, abs(NUMBERS))) is None
    assert linear_network(LabelledSequences.checked(NUMBERS[:2], NUMBERS[:2])) is None  # too few to tell


def test_the_smallest_perfect_member_is_taken() -> None:
    bits = DRAW.integers(0, 2, (2000, 6, 1))
    found = smallest_network(bits, bits.cumsum(1) % 2)
    assert found.perfect
    assert (found.shape.hidden_size, found.network.members) == (1, 1)
    with torch.no_grad():
        said = found.network(torch.from_numpy(bits).float())[0]
    assert np.array_equal(said.round().numpy(), bits.cumsum(1) % 2)
    assert found.training is not None
    assert found.training.history.accuracies[-1, found.member] == 1.0


def test_the_best_is_returned_and_not_called_perfect_when_time_is_up() -> None:
    bits = DRAW.integers(0, 2, (500, 6, 1))
    found = smallest_network(bits, DRAW.integers(0, 2, bits.shape), budget_seconds=0.5)
    assert not found.perfect
    assert 0.3 < found.accuracy < 1
    assert found.network.members == 1


def test_a_search_resumes_from_its_checkpoint(tmp_path: Path) -> None:
    bits = DRAW.integers(0, 2, (1000, 5, 1))
    first, again = (smallest_network(bits, bits.cumsum(1) % 2, checkpoint=tmp_path) for _ in range(2))
    pairs = zip(first.network.parameters(), again.network.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    assert list(tmp_path.rglob("*.safetensors"))


def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="budget_seconds"):
        smallest_network(NUMBERS, NUMBERS, budget_seconds=0)
