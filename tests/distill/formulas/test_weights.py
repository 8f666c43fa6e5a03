"""Rows that weigh next to nothing change no engine's formula: they are wrong by much, and there are many of them."""

import numpy as np
import pytest

from pellucid.distill import Algebraic, KANFormula
from pellucid.distill.formulas.evolution.operon import Evolution
from pellucid.distill.formulas.evolution.search import Search
from pellucid.subjects.tables.samples import Samples

ENGINES = (
    Algebraic(refits=0, held_out=0.0),
    KANFormula(refits=0, tried=((2, 1),), restarts=2),
    Search(rounds=1, refits=0, evolution=Evolution(population=100, generations=10)),
)


def spoilt(law, share: float, seed: int = 0) -> tuple[Samples, np.ndarray]:
    """A table of which a share of the rows holds nonsense, of a weight of 1e-8, and where it does not."""
    draw = np.random.default_rng(seed)
    X = draw.uniform(1, 3, (240, 2))
    y = law(X)
    bad = draw.random(240) < share
    y[bad] = draw.uniform(-30, 30, bad.sum())
    return Samples(X, y, weights=np.where(bad, 1e-8, 1.0)), ~bad


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: type(engine).__name__)
def test_an_engine_heeds_weights(engine):
    table, good = spoilt(lambda X: 2 * X[:, 0] + 3 * X[:, 1] ** 2, 0.4)
    formula = engine.explain(table).artifact
    missed = formula(table.X[good]) - table.y[good]
    assert np.sqrt(np.mean(missed**2)) < 0.02 * table.y[good].std()
