import numpy as np
import pytest

from pellucid.datasets import mips_task
from pellucid.distill.programs.observations import observe
from pellucid.subjects import Recurrence


@pytest.fixture
def seen():
    """Observations of a task, labels only, or with a perfect network that holds the reference's registers."""

    def observations(name: str, with_network: bool = False, noise: float = 0.0, sequences: int = 1000):
        task = mips_task(name)
        recurrence = network_for(task, noise) if with_network else None
        return observe(task.sample(sequences, 1), recurrence, sequences)

    return observations


@pytest.fixture
def propose():
    """What a route proposes, from one stream of random numbers."""
    return lambda route, observations: route.propose(observations, np.random.default_rng(0))


@pytest.fixture
def right_far_beyond():
    """Whether a program has the task's outputs at ten times the training length."""

    def check(program, name: str) -> bool:
        task = mips_task(name)
        inputs = task.inputs(100, np.random.default_rng(9), 10 * task.length)
        return bool((program.run(inputs) == task.label(inputs)).all())

    return check


def network_for(task, noise: float) -> Recurrence:
    """A stand-in for a trained network: hidden state = a random affine image of the registers, with some noise."""
    program = task.reference
    size = max(1, len(program.registers))
    generator = np.random.default_rng(0)
    mix = np.linalg.qr(generator.normal(size=(size, size)))[0]
    shift = generator.normal(size=size)

    def step(state, inputs):
        registers = np.rint((state - shift) @ np.linalg.inv(mix))[:, : len(program.registers)]
        new, out = program.step(tuple(registers.T.astype(np.int64)), tuple(np.asarray(inputs).T))
        columns = [np.broadcast_to(np.asarray(c, float), len(state)) for c in new] or [np.zeros(len(state))]
        wobble = noise * np.sin(1000 * np.stack(columns, 1) + 7 * np.asarray(inputs)[:, :1])
        outputs = np.stack([np.broadcast_to(np.asarray(o, float), len(state)) for o in out], 1)
        return (np.stack(columns, 1) + wobble) @ mix + shift, outputs

    initial = np.array([r.initial for r in program.registers] or [0.0]) @ mix + shift
    return Recurrence(step, initial, task.alphabet, task.length)
