"""Which theorems there are, and of which inputs they speak."""

from __future__ import annotations

import pytest
from pairs_of_programs import PAIRS, program

from pellucid.prove import Theorem
from pellucid.prove.programs.theorems import FAMILIES


@pytest.mark.parametrize(("family", "number"), [(f, FAMILIES[f].smallest - 1) for f in FAMILIES])
def test_a_number_that_is_one_too_small_is_refused(family: str, number: int) -> None:
    with pytest.raises(ValueError, match="too small"):
        Theorem(family, number)
    assert Theorem(family, number + 1).number == number + 1


def test_a_start_may_be_any_number_of_nine_digits() -> None:
    assert Theorem("running_max", -(10**9)).number == -(10**9)


def test_a_theorem_is_about_its_inputs() -> None:
    with pytest.raises(ValueError, match="unknown"):
        Theorem("sum_of_all")
    inputs = PAIRS["adder 3"][0].inputs
    assert Theorem("digits_of_sum", 3).reference(inputs).name == "reference"
    with pytest.raises(ValueError, match=r"range over 0\.\.1"):
        Theorem("digits_of_sum", 2).reference(inputs)
    with pytest.raises(ValueError, match=r"range over 0\.\.2"):
        Theorem("digits_of_sum", 3).reference(program([(-1, 2), (0, 2)], "c = 0", "a, b", "yield a + b").inputs)
    with pytest.raises(ValueError, match="1 inputs a step, the program reads 2"):
        Theorem("sum_mod", 3).reference(inputs)
