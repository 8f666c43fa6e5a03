"""Real Jordan forms: blocks and their matrix are inverse, and a form is found behind any basis."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.distill.programs.weights.jordan import Block, jordan_basis, jordan_blocks, jordan_matrix

FORMS = {
    "delay": [Block(0, 0j, 4, 1)],
    "rotation with drift": [Block(0, 0.6 + 0.8j, 2, 2), Block(4, 1 + 0j, 1, 1)],
    "two of one eigenvalue": [Block(0, 2 + 0j, 2, 1), Block(2, 2 + 0j, 1, 1)],
    "simple": [Block(0, -1 + 0j, 1, 1), Block(1, 3 + 0j, 1, 1)],
}


@pytest.mark.parametrize("name", FORMS)
def test_blocks_are_read_from_their_matrix(name):
    assert jordan_blocks(jordan_matrix(FORMS[name])) == FORMS[name]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_form_is_found_behind_another_basis(name, seed):
    form = jordan_matrix(FORMS[name])
    basis = np.random.default_rng(seed).normal(size=form.shape) + 3 * np.eye(len(form))
    matrix = basis @ form @ np.linalg.inv(basis)
    T = jordan_basis(matrix)
    found = jordan_blocks(np.linalg.inv(T) @ matrix @ T, 1e-3)
    known = sorted((block.length, block.width, round(block.eigenvalue.real, 3)) for block in FORMS[name])
    assert sorted((block.length, block.width, round(block.eigenvalue.real, 3)) for block in found) == known


def test_other_matrices_are_refused():
    with pytest.raises(ValueError, match="not in real Jordan form"):
        jordan_blocks(np.array([[1.0, 2.0], [0.0, 1.0]]))
