"""Eight of the 62 tasks, from scratch: what `benchmarks/programs.py` does for all of them."""

import tomllib

import pytest

TASKS = [
    "bitwise_xor",
    "parity_all",
    "parity_zeros",
    "bit_dot_prod_mod2",
    "evens_detector",
    "prev2",
    "sum_all",
    "newton_spring",
]


@pytest.fixture(scope="module")
def programs(load_benchmark):
    return load_benchmark("programs")


@pytest.mark.parametrize("task", TASKS)
def test_a_network_from_scratch_becomes_a_program_proved_for_all_lengths(programs, task):
    row = programs.solve({"name": task, "seed": 0, "budget": 30.0})
    assert row["network_accuracy"] == 1
    assert row["exact"]
    assert row["exact_far"]
    assert row["proved"] == "Proved"


def test_what_is_written_down_is_read_back(programs, tmp_path):
    row = programs.Row("t", "MIPS", "1x1", 1.0, 0.5, "2 states", "window", "yield x", True, False, "Proved", 1, 2, 3)
    programs.write([row], tmp_path / "mips.toml")
    written = tomllib.loads((tmp_path / "mips.toml").read_text())
    assert written["paper"]["solved_by_mips"] == 32
    assert written["ours"]["programs_exact_at_training_length"] == 1
    assert written["ours"]["programs_exact_at_ten_times_that"] == 0
    assert written["task"]["t"]["program"] == "yield x"
