"""The training loop: what it learns, that it repeats, resumes, refuses, and keeps members apart."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from pellucid.nets import RecurrentShape, Training, TrainingOptions, train
from pellucid.nets.recurrent.population import Population

BITS = np.random.default_rng(0).integers(0, 2, (2000, 6, 1))
PARITY = BITS.cumsum(1) % 2
SHAPE = RecurrentShape(1, 2, 1, update_depth=2, update_width=8)
SHORT = TrainingOptions(members=3, steps=120, first_cycle=40, growth_steps=10, evaluate_every=20, least_members=2)


def short(seed: int = 0, checkpoint: Path | None = None, reporter: object = None, **changes: object) -> Training:
    options = TrainingOptions(**{**SHORT.__dict__, "margin": 1e-6, **changes})
    extra = {} if reporter is None else {"reporter": reporter}
    return train(BITS, PARITY, SHAPE, options=options, seed=seed, checkpoint=checkpoint, **extra)


def same(first: Training, second: Training) -> bool:
    weights = zip(first.network.parameters(), second.network.parameters(), strict=True)
    history = np.array_equal(first.history.losses, second.history.losses, equal_nan=True)
    return history and all(torch.equal(one, other) for one, other in weights)


class Stop:
    """A reporter that interrupts after some evaluations, as Ctrl-C would."""

    def __init__(self, after: int) -> None:
        self.left = after

    def start(self, label: str, total: int) -> None:
        pass

    def advance(self, steps: int = 1, note: str = "") -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def finish(self) -> None:
        pass


def test_parity_is_learnt_and_holds_on_long_sequences() -> None:
    training = train(BITS, PARITY, SHAPE, seed=0)
    best = training.best
    assert training.perfect
    assert training.drift[best] < 0.3
    long = np.random.default_rng(9).integers(0, 2, (200, 60, 1))
    with torch.no_grad():
        said = training.network.select(best)(torch.from_numpy(long).float())[0]
    assert np.array_equal(said.round().numpy(), long.cumsum(1) % 2)


def test_a_linear_network_is_learnt_from_large_numbers() -> None:
    numbers = np.random.default_rng(1).integers(0, 100, (1000, 5, 1))
    options = TrainingOptions(members=4, noise=(0.0,), steps=3000)
    assert train(numbers, numbers.cumsum(1), RecurrentShape(1, 1, 1), options=options).perfect


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    assert same(short(seed=3), short(seed=3))
    assert not same(short(seed=3), short(seed=4))


def test_the_global_random_state_is_left_alone() -> None:
    torch_before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    short()
    assert torch.equal(torch_before, torch.get_rng_state())
    assert np.array_equal(numpy_before, np.random.get_state()[1])


@pytest.mark.parametrize("evaluations", [2, 4, 6])
def test_an_interrupted_training_resumes_to_the_same_numbers(tmp_path: Path, evaluations: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        short(checkpoint=tmp_path, reporter=Stop(evaluations))
    assert list(tmp_path.iterdir())
    assert same(short(checkpoint=tmp_path), short())


def test_a_finished_training_is_read_back(tmp_path: Path) -> None:
    first = short(checkpoint=tmp_path)
    assert same(first, short(checkpoint=tmp_path))


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    short(checkpoint=tmp_path)
    with pytest.raises(ValueError, match="belongs to another job"):
        short(seed=1, checkpoint=tmp_path)


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "training.safetensors").write_bytes(b"half a file")
    with pytest.raises(ValueError, match="damaged"):
        short(checkpoint=tmp_path)


def test_a_member_that_diverges_neither_moves_nor_harms_the_others() -> None:
    population = Population(SHAPE, [2, 2, 2], np.zeros((4, 1), np.float32), seed=0)
    before = population.values.clone()
    outputs = population.network(torch.ones(4, 3, 1))
    loss = outputs.square().mean((1, 2, 3)) * torch.tensor([1.0, float("nan"), 1.0])
    assert population.descend(loss, 0.01) == [1]
    assert torch.equal(population.values[1], before[1])
    assert torch.isfinite(population.values).all()
    assert not torch.equal(population.values[0], before[0])
    population.reborn(1, 1)
    assert not torch.equal(population.values[1], before[1])


def test_a_member_trains_the_same_whoever_is_beside_it() -> None:
    inputs = torch.from_numpy(BITS[:50]).float()
    values = []
    for members in (1, 3):
        population = Population(SHAPE, [2] * members, inputs.flatten(0, 1).numpy(), seed=0)
        for _ in range(5):
            population.descend(population.network(inputs).square().mean((1, 2, 3)), 0.01)
        values.append(population.values[0])
    assert torch.allclose(*values, atol=1e-6)


def test_members_keep_to_their_hidden_sizes() -> None:
    training = short(hidden_sizes=(1, 2))
    small = training.network.select(training.hidden_sizes.index(1))
    inputs = torch.from_numpy(BITS[:20]).float()
    assert torch.allclose(small(inputs), small.first_units(1)(inputs), atol=1e-6)


def test_unlabelled_positions_do_not_matter() -> None:
    mask = np.zeros(BITS.shape[:2], bool)
    mask[:, -1] = True
    options = TrainingOptions(**{**SHORT.__dict__, "steps": 60})
    spoiled = np.where(mask[:, :, None], PARITY, 7)
    assert same(*(train(BITS, outputs, SHAPE, options=options, mask=mask) for outputs in (PARITY, spoiled)))


def test_labels_at_the_end_alone_can_be_learnt_from() -> None:
    mask = np.zeros((len(BITS), 3), bool)
    mask[:, -1] = True
    assert train(BITS[:, :3], PARITY[:, :3], SHAPE, mask=mask).perfect


@pytest.mark.parametrize(
    ("inputs", "outputs", "mask", "named"),
    [
        (np.where(BITS == 0, np.nan, BITS), PARITY, None, "inputs has NaN"),
        (BITS, np.where(PARITY == 0, np.inf, PARITY), None, "outputs has NaN or inf"),
        (BITS, PARITY + 0.5, None, "whole"),
        (BITS, PARITY[:-1], None, "outputs has shape"),
        (BITS[:, :, 0], PARITY, None, "inputs has shape"),
        (BITS[:1], PARITY[:1], None, "inputs has shape"),
        (BITS, PARITY, np.zeros(BITS.shape[:2], bool), "mask is False"),
        (BITS, PARITY, np.ones(3, bool), "mask is bool"),
        (BITS, PARITY, np.arange(BITS[:, :, 0].size).reshape(BITS.shape[:2]) == 0, "mask labels 1 "),
        (np.concatenate([BITS, BITS], 2), PARITY, None, "shape="),
        (BITS.astype(str), PARITY, None, "inputs has dtype"),
    ],
)
def test_bad_data_is_refused_by_name(inputs: np.ndarray, outputs: np.ndarray, mask: object, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        train(inputs, outputs, SHAPE, options=SHORT, mask=mask)


@pytest.mark.parametrize(
    "change", [{"members": 0}, {"margin": 2.0}, {"noise": ()}, {"seconds": 0}, {"robust_share": -1}]
)
def test_bad_options_are_refused_by_name(change: dict) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        TrainingOptions(**change)


def test_training_stops_in_time(monkeypatch) -> None:
    clock = itertools.count()  # a second passes whenever it is looked at
    monkeypatch.setattr("pellucid.nets.recurrent.training.time.process_time", lambda: float(next(clock)))
    noise = np.random.default_rng(5).integers(0, 2, BITS.shape)
    training = train(BITS, noise, SHAPE, options=TrainingOptions(seconds=20, evaluate_every=10))
    assert not training.perfect
    assert training.steps == 21  # the first after which more than 20 seconds had passed


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_the_same_code_learns_on_a_gpu():
    bits = np.random.default_rng(0).integers(0, 2, (2000, 8, 1))
    shape = RecurrentShape(1, 2, 1, update_depth=2, update_width=16)
    trained = train(bits, bits.cumsum(1) % 2, shape, options=TrainingOptions(device="cuda"))
    assert trained.perfect
    assert all(value.device.type == "cpu" for value in trained.network.state_dict().values())
