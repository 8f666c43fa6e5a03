"""Half of Hamilton's theory covers all, the whole of it only what is separable in x and v, Lagrange's all."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.datasets.mechanics import lagrangian_motion
from pellucid.subjects.equations.motions import Motion, Motions


@pytest.fixture(scope="module")
def theories(load_benchmark):
    return load_benchmark("whole_theories")


def test_only_the_whole_of_hamilton_fails_beyond_the_textbook(theories):
    motions = Motions((lagrangian_motion("oscillator", 100), lagrangian_motion("exp", 100)))
    given = {"seeds": 2, "steps": 150, "width": 12}
    error = {name: theories.theory_errors(motions, name, **given).min(1) for name in theories.THEORIES}
    assert error["Hamilton, whole"][0] < 0.06
    assert error["Hamilton, whole"][1] > 0.12
    assert error["Hamilton, half"].max() < 0.1
    assert error["Lagrange"][0] < 0.2


def test_what_is_no_theory_or_no_line_is_refused(theories):
    generator = np.random.default_rng(0)
    x, v = generator.uniform(-1, 1, (2, 20, 2))
    with pytest.raises(ValueError, match="give one of Hamilton"):
        theories.theory_errors(Motions((Motion(x, v, -x),)), "Newton")
    with pytest.raises(ValueError, match="2 coordinates"):
        theories.theory_errors(Motions((Motion(x, v, -x),)), "Lagrange")
