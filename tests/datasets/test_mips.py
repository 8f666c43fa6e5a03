import numpy as np
import pytest

from pellucid.datasets import mips_task, mips_tasks


def test_there_are_62_and_the_paper_solved_32_of_them():
    tasks = mips_tasks().values()
    assert len(tasks) == 62
    assert (sum(t.solved_by_mips for t in tasks), sum(t.solved_by_gpt4 for t in tasks)) == (32, 30)
    assert sum(t.solved_by_mips and not t.solved_by_gpt4 for t in tasks) == 13


def test_addition_adds():
    task = mips_task("base_5_addition")
    inputs = task.inputs(50, np.random.default_rng(0))
    place = 5 ** np.arange(10)
    a, b = (inputs[:, :, i] @ place for i in range(2))
    assert (task.label(inputs)[:, :, 0] == (a + b)[:, None] // place % 5).all()


def test_division_divides():
    task = mips_task("div_7")
    bits = task.inputs(50, np.random.default_rng(0))
    place = 2 ** np.arange(9, -1, -1)
    assert (task.label(bits)[:, :, 0] @ place == bits[:, :, 0] @ place // 7).all()


def test_palindromes_are_common_enough_to_learn_and_long_ones_stay_exact():
    task = mips_task("bit_palindrome")
    assert task.sample(2000).outputs[:, -1].mean() > 0.08
    word = np.random.default_rng(0).integers(0, 2, 60)
    mirrored = np.concatenate([word, word[::-1]])[None, :, None]
    assert task.label(mirrored)[0, -1, 0] == 1
    mirrored[0, 0, 0] ^= 1
    assert task.label(mirrored)[0, -1, 0] == 0


def test_the_same_seed_gives_the_same_sequences():
    task = mips_task("dithering")
    assert task.sample(10, 3).fingerprint() == task.sample(10, 3).fingerprint() != task.sample(10, 4).fingerprint()


def test_an_unknown_task_names_its_neighbours():
    with pytest.raises(ValueError, match="binary_addition"):
        mips_task("binary_adition")
