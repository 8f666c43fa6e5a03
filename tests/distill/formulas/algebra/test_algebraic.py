import numpy as np
import pytest
import sympy

from pellucid.artifacts.formulas.formula import make_formula
from pellucid.core.claim import Measured, Tested
from pellucid.datasets.feynman import feynman_equation
from pellucid.distill.formulas.algebra.algebraic import Algebraic, NoLaw, candidates
from pellucid.distill.formulas.expression.candidate import Candidate
from pellucid.subjects.tables.samples import Samples

PLAIN = (
    "I.6.2b",
    "I.8.14",
    "I.9.18",
    "I.15.3t",
    "I.27.6",
    "I.40.1",
    "I.44.4",
    "II.6.15a",
    "test_6",
    "test_7",
    "test_16",
)
TRANSCENDENTAL = ("I.26.2", "I.29.16", "I.37.4", "I.41.16", "I.50.26", "II.35.21", "III.8.54", "test_2", "test_10")


def assert_found(name, rows=600):
    """Exact numbers, right on rows of the box that were not seen and on rows outside."""
    equation = feynman_equation(name)
    expression = candidates(equation.sample(rows))[0].expression
    assert not expression.has(sympy.Float)
    for other in (equation.sample(300, 7), equation.sample_outside(300, 8)):
        values = make_formula(expression, equation.names)(other.X)
        size = np.sqrt(np.mean(other.y**2))
        assert np.quantile(np.abs(values - other.y), 0.98) < 1e-9 * size


@pytest.mark.parametrize("name", PLAIN)
def test_plain_laws(name):
    assert_found(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRANSCENDENTAL)
def test_transcendental_laws(name):
    assert_found(name, 1000)


def test_a_finding_with_claims_and_a_front():
    samples = feynman_equation("I.10.7").sample(300)
    finding = Algebraic().explain(samples)
    assert finding.artifact.names == samples.names
    assert finding.artifact.box == samples.box
    assert any(isinstance(claim, Measured | Tested) for claim in finding.claims)
    assert "front" in finding.parts
    assert finding.provenance.route.startswith("algebra")
    again = Algebraic().explain(samples)
    assert again.artifact == finding.artifact


def test_without_units():
    samples = feynman_equation("I.32.5").sample(300)
    plain = Samples(samples.X, samples.y, samples.names)
    assert str(candidates(plain)[0].expression) == "a**2*q**2/(6*pi*c**3*epsilon)"


def test_free_constants_stay_free():
    X = np.random.default_rng(0).uniform(1, 3, (200, 1))
    expression = candidates(Samples(X, 3.2171828182846 * np.exp(-0.71313271828459 * X[:, 0])))[0].expression
    numbers = sorted(abs(float(number)) for number in expression.evalf(15).atoms(sympy.Float))
    np.testing.assert_allclose(numbers, [0.71313271828459, 3.2171828182846], rtol=1e-9)


def test_noisy_data_are_not_explained_exactly():
    noisy = feynman_equation("I.13.4").sample(600, noise=0.01)
    assert candidates(noisy) == []
    with pytest.raises(NoLaw, match="regress"):
        Algebraic(regress=False, thorough=False).explain(noisy)


def test_constant_columns_and_constant_targets():
    X = np.random.default_rng(0).uniform(1, 3, (100, 3))
    X[:, 1] = 2.0
    assert str(candidates(Samples(X, X[:, 0] / X[:, 2]))[0].expression) == "x0/x2"
    assert str(candidates(Samples(X, np.full(100, 2.5)))[0].expression) == "5/2"


def test_too_few_rows():
    with pytest.raises(ValueError, match="rows"):
        Algebraic().explain(Samples([[1.0], [2.0]], [1.0, 4.0]))


def test_columns_that_nothing_looked_at_are_named():
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 3, (2000, 22))
    weights = np.where(np.arange(22) < 12, 5.0, np.where(np.arange(22) < 20, 1.0, 0.0))
    samples = Samples(X, X @ weights + generator.normal(size=2000))
    by_algebra, by_regressions = Algebraic()._unseen(samples, Candidate(sympy.Float(1.5), "", 1.0, 1.0))
    assert by_algebra.statement == "how y depends on columns that the algebra left out: x20, x21"
    assert by_regressions.statement.endswith("left out: " + ", ".join(f"x{i}" for i in range(12, 22)))
    assert Algebraic()._unseen(samples, Candidate(sympy.Float(1.5), "", 0.0, 1.0)) == []


def test_a_share_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"share=0; give a share"):
        Algebraic(share=0).explain(feynman_equation("I.10.7").sample(30))
