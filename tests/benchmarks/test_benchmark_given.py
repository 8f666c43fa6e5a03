"""The benchmark of what the user knows: its tables are as they say, and its judge is no rubber stamp."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pellucid.artifacts.formulas.formula import Formula
from pellucid.core import Finding, Measured, Provenance


@pytest.fixture(scope="module")
def given(load_benchmark):
    return load_benchmark("given")


def finding(text: str, names: tuple[str, ...], *claims: Measured) -> Finding:
    box = ((0.0, 10.0),) * len(names)
    return Finding(Formula(text, names, "target_", box), claims, Provenance("test", {}, 0, ""))


def test_there_are_two_halves_of_different_tables(given):
    halves = [given.half_of(name) for name in given.KNOWN]
    assert len(halves) == 34
    assert 12 <= halves.count("first") <= 22


def test_every_table_is_drawn(given):
    for known in given.KNOWN.values():
        table = given.draw(known, 0)
        assert np.isfinite(table.y).all()
        assert table.level > 0
        assert all(np.isfinite(clean).all() for _, clean in table.tried)


def test_the_law_is_right_and_another_is_not(given):
    known = given.KNOWN["saturation_that_rises"]
    table = given.draw(known, 0)
    assert given.is_right(known, table, finding("6*x/(2 + x)", ("x",)))
    assert given.is_kept(known, table, finding("6*x/(2 + x)", ("x",)))
    assert not given.is_right(known, table, finding("6*x/(3 + x)", ("x",)))
    assert not given.is_kept(known, table, finding("sin(x)", ("x",)))


def test_constants_are_judged_by_their_errors_and_useless_ones_are_wrong(given):
    known = given.KNOWN["drag_with_an_exponent"]

    def constant(name: str, value: float) -> Measured:
        return Measured(f"constant {name} of k*v**n in y", value, "", None, 0.001, key="constant")

    k, n = constant("k", 0.421), constant("n", 1.829)
    assert given.are_constants_right(known, finding("v", ("v",), k, n))
    assert not given.are_constants_right(known, finding("v", ("v",), k, replace(n, value=1.9)))
    assert not given.are_constants_right(known, finding("v", ("v",), k, replace(n, uncertainty=5.0)))
