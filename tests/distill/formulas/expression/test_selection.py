"""The law wins over what is near it, in any order of candidates; what explodes or is not real loses."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.expression.candidate import Candidate
from pellucid.distill.formulas.expression.polish import polish
from pellucid.distill.formulas.expression.selection import as_front, choose, front, has_pole, rank
from pellucid.subjects.tables.samples import Samples

x, y = sympy.symbols("x y", real=True)
NAMES = ("x", "y")


def table(truth: sympy.Expr, noise: float, rows: int = 800) -> tuple[Samples, Samples]:
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 3, (rows, 2))
    target = np.asarray(sympy.lambdify((x, y), truth, "numpy")(*X.T))
    target = target + noise * np.sqrt(np.mean(target**2)) * generator.standard_normal(rows)
    return Samples(X, target, NAMES, "f").split(0.2, generator)


def polished(train: Samples, *expressions: sympy.Expr) -> list[Candidate]:
    found = [polish(e, train.X, train.y, NAMES) for e in expressions]
    return [candidate for candidate in found if candidate is not None]


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
def test_the_law_wins_over_impostors_near_it(noise):
    truth = x * sympy.sin(y) / (4 * sympy.pi)
    train, held = table(truth, noise)
    candidates = polished(
        train,
        0.08 * x * sympy.sin(y),
        0.08 * x * sympy.sin(1.02 * y + 0.01) + 0.01,
        0.08 * x * (0.9 + 0.3 * y - 0.4 * y**2 + 0.03 * y**3),
        x * (0.1 + 0.02 * y - 0.02 * y**2) / (1 + 0.1 * y),
        0.1 * x - 0.05 * y + 0.1,
        0.07 * x**1.1 * sympy.tanh(2.0 * y),
    )
    assert choose(candidates, train, held).expression == truth
    assert choose(candidates[::-1], train, held).expression == truth


def test_the_front_goes_from_short_to_exact():
    candidates = [
        Candidate(e, "", error, bits) for e, error, bits in ((x, 3.0, 4.0), (y, 3.0, 4.0), (x * y, 1.0, 12.0))
    ]
    kept = front([*candidates, Candidate(x + y, "", 2.0, 14.0), Candidate(x**2, "", np.nan, 1.0)])
    assert [c.expression for c in kept] == [x, x * y]
    assert front(reversed(candidates)) == front(candidates)


def test_a_candidate_that_is_not_real_on_held_out_rows_is_out():
    train, held = table(x * y, 0.0)
    bad = Candidate(sympy.sqrt(train.X[:, 0].max() - x) * 0 + sympy.log(x - 1.02), "", 1e-9, 1.0)
    good = Candidate(x * y, "", 0.0, 12.0)
    assert choose([bad, good], train, held) is good
    with pytest.raises(ValueError, match="finite"):
        choose([Candidate(sympy.log(-x), "", 0.0, 1.0)], train, held)


def test_poles_inside_the_box_are_seen():
    X = np.random.default_rng(0).uniform(1, 3, (100, 2))
    assert has_pole(1 / (x - y + sympy.Rational(1, 1000)), NAMES, X, np.ones(100))
    assert not has_pole(sympy.sin(x - y) / (x - y), NAMES, X, np.ones(100))
    assert not has_pole(1 / (x + y), NAMES, X, np.ones(100))


def test_a_pole_costs_bits_but_does_not_forbid():
    train, held = table(x * y, 0.0)
    entries = rank([Candidate(x * y, "", 0.0, 12.0), Candidate(1 / (x - y), "", 1.0, 12.0)], train, held)
    assert [entry.pole for entry in entries] == [False, True]
    assert choose([Candidate(1 / (x - y), "", 1.0, 12.0)], train, held).expression == 1 / (x - y)


def test_the_front_artifact_holds_the_chosen_formula():
    train, held = table(x * y, 0.0)
    candidates = [Candidate(x, "", 2.0, 4.0), Candidate(x * y, "", 0.0, 12.0)]
    artifact = as_front(candidates, choose(candidates, train, held), train)
    assert artifact.formulas[artifact.chosen].expression == "x*y"
    assert artifact.bits == (4.0, 12.0)
