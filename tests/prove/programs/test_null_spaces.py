"""Exact linear algebra."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.prove.programs.null_spaces import null_space, null_space_modulo


def test_relations_hold_and_are_all_there_are() -> None:
    rng = np.random.default_rng(0)
    base = rng.integers(-9, 10, (30, 3)).astype(object)
    mixed = np.concatenate([base, base @ rng.integers(-3, 4, (3, 2)).astype(object)], 1)
    relations = null_space(mixed)
    assert [index for index, _ in relations] == [3, 4]
    for index, relation in relations:
        assert relation[index] > 0
        assert not (mixed @ np.array(relation, dtype=object)).any()


def test_numbers_beyond_64_bits() -> None:
    column = np.array([3**k for k in range(60, 70)], dtype=object)
    assert null_space(np.stack([column, 7 * column], 1)) == [(1, [-7, 1])]


@pytest.mark.parametrize("prime", [2, 3, 7])
def test_relations_modulo_a_prime(prime: int) -> None:
    x = np.arange(40, dtype=object)
    matrix = np.stack([np.ones(40, dtype=object), x, x % prime], 1)
    assert null_space_modulo(matrix, prime) == [(2, [0, prime - 1, 1])]
    assert null_space(matrix) == []
