import numpy as np
import pytest

from pellucid.artifacts.programs.expression import Name, apply
from pellucid.distill import Registers
from pellucid.distill.programs.observations import Observations
from pellucid.distill.programs.routes.registers import Traced, _Search
from pellucid.subjects import Alphabet

COUNTERS = ("max_seen", "min_seen", "majority_0_1", "majority_0_2", "balanced_parenthesis", "evens_counter")


@pytest.mark.parametrize("name", ["binary_addition", *COUNTERS])
def test_registers_are_found_from_the_data_alone(propose, seen, right_far_beyond, name):
    found = propose(Registers(), seen(name))
    assert found
    best = min(found, key=lambda c: c.program.description_length)
    assert right_far_beyond(best.program, name)


def test_symbols_need_not_begin_at_zero(propose):
    """Which of two symbols 3 and 4 was read more often so far: counters that an alphabet of 0 and 1 has too."""
    inputs = np.random.default_rng(0).integers(3, 5, (300, 8, 1))
    outputs = ((inputs == 3).cumsum(1) > (inputs == 4).cumsum(1)).astype(np.int64)
    mask = np.ones(inputs.shape[:2], dtype=bool)
    few = Registers(runs=600, pool=200, largest_update=3, most_found=1)
    found = propose(few, Observations(inputs, outputs, mask, Alphabet((3,), (4,))))
    assert found
    assert all((candidate.program.run(inputs) == outputs).all() for candidate in found)


def test_a_set_ends_where_no_other_register_helps(monkeypatch):
    """The best register is the best again beside itself, and would be taken until the set is full."""
    inputs = np.random.default_rng(0).integers(0, 2, (50, 6, 1))
    seen = Observations(inputs, inputs, np.ones(inputs.shape[:2], dtype=bool), Alphabet((0,), (1,)))
    search = _Search(Registers(), seen, np.random.default_rng(0))
    still = Traced("s", 0, apply("+", Name("s"), Name("x")), inputs[:, :, 0], np.zeros_like(inputs[:, :, 0]))
    monkeypatch.setattr(search, "_determines", lambda group: False)
    ranked = []
    monkeypatch.setattr(search, "_ranked", lambda pool, chosen: ranked.append(len(chosen)) or pool)
    assert search._chosen([still], 0) == []
    assert ranked == [0, 1]
