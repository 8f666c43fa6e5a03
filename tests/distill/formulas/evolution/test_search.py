"""Search: the engine behind it, and what comes out."""

import numpy as np
import pytest
import sympy

from pellucid.artifacts.formulas.front import Front
from pellucid.core import Measured, Tested
from pellucid.distill.formulas.evolution import operon
from pellucid.distill.formulas.evolution.operon import Evolution, evolve, from_nodes, require_operon
from pellucid.distill.formulas.evolution.search import Search, prune, shortened
from pellucid.distill.formulas.expression.polish import polish
from pellucid.subjects.tables.samples import Samples

SMALL = Evolution(population=100, generations=10, length=15)


@pytest.fixture(scope="module")
def samples():
    X = np.random.default_rng(0).uniform(1, 3, (200, 3))
    return Samples(X, X[:, 2] * np.sqrt((X[:, 0] - X[:, 1]) ** 2 + 1), ("a", "b", "c"))


def test_without_the_engine_the_remedy_is_named(monkeypatch, samples):
    monkeypatch.setattr(operon, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install pellucid\[search\]"):
        require_operon()
    with pytest.raises(ValueError, match=r"pip install pellucid\[search\]"):
        Search().explain(samples)


class TestWithOperon:
    @pytest.fixture(autouse=True)
    def _needs_operon(self):
        pytest.importorskip("pyoperon")

    def test_trees_are_translated_exactly(self):
        import pyoperon

        X = np.random.default_rng(0).uniform(1, 2, (50, 2))
        dataset = pyoperon.Dataset(np.asfortranarray(np.column_stack([X, X[:, 0]])))
        first, second = (v for v in sorted(dataset.Variables, key=lambda v: v.Index)[:2])
        symbols = dict(zip((first.Hash, second.Hash), sympy.symbols("a b", real=True), strict=True))
        node = pyoperon.Node
        a, b = node.Variable(2.0), node.Variable(1.0)
        a.HashValue, b.HashValue = first.Hash, second.Hash
        a.CalculatedHashValue, b.CalculatedHashValue = first.Hash, second.Hash
        tree = pyoperon.Tree([b, a, node.Sub(), node.Constant(3.0), node.Div()]).UpdateNodes()
        expression = from_nodes(tree.Nodes, symbols)
        value = pyoperon.Evaluate(pyoperon.DispatchTable(), tree, dataset, pyoperon.Range(0, 50))
        assert expression is not None
        ours = sympy.lambdify(sympy.symbols("a b", real=True), expression)(*X.T)
        assert np.allclose(ours, value, rtol=1e-5)

    def test_the_front_predicts_the_target(self, samples):
        symbols = sympy.symbols("a b c", real=True)
        found = evolve(samples.X, samples.y, symbols, SMALL, 1)
        assert found == evolve(samples.X, samples.y, symbols, SMALL, 1)
        with np.errstate(all="ignore"):
            errors = [np.mean((sympy.lambdify(symbols, e)(*samples.X.T) - samples.y) ** 2) for e in found]
        assert min(errors) < np.var(samples.y)

    def test_a_formula_is_found_through_its_symmetries(self, samples):
        finding = Search(rounds=4, evolution=Evolution(population=200, generations=20)).explain(samples, 0)
        a, b, c = sympy.symbols("a b c", real=True)
        assert sympy.simplify(finding.artifact.sympy() - c * sympy.sqrt((a - b) ** 2 + 1)) == 0
        assert any(isinstance(claim, Tested | Measured) for claim in finding.claims)
        front = finding.parts["front"]
        assert isinstance(front, Front)
        assert front.formulas[front.chosen].expression == finding.artifact.expression
        assert finding.provenance.method == "distill.Search"

    def test_the_same_seed_gives_the_same_formulas(self, samples):
        noisy = Samples(samples.X, samples.y + 0.1 * np.random.default_rng(1).standard_normal(200), samples.names)
        first, second = (Search(rounds=2, evolution=SMALL).propose(noisy, 5) for _ in range(2))
        assert first == second

    def test_an_interrupted_search_goes_on_with_the_next_round(self, samples, monkeypatch, tmp_path):
        noisy = Samples(samples.X, samples.y + 0.1 * np.random.default_rng(1).standard_normal(200), samples.names)
        search = Search(rounds=2, evolution=SMALL, reduce=False)
        whole, run, ran = search.propose(noisy, 5), Search._run, []

        def interrupted(self, each, table):
            ran.append(each.seed)
            if len(ran) == 2:
                raise KeyboardInterrupt
            return run(self, each, table)

        monkeypatch.setattr(Search, "_run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            search.propose(noisy, 5, checkpoint=tmp_path)
        assert search.propose(noisy, 5, checkpoint=tmp_path) == whole
        assert (len(ran), ran[1]) == (3, ran[2])
        with pytest.raises(ValueError, match="belongs to another job"):
            search.propose(noisy, 6, checkpoint=tmp_path)

    def test_a_budget_leaves_rounds_out_but_one(self, samples):
        finding = Search(rounds=50, evolution=SMALL, reduce=False, budget_seconds=1e-9).explain(samples)
        assert np.isfinite(finding.artifact(samples.X)).all()

    def test_too_few_rows_are_refused(self, samples):
        with pytest.raises(ValueError, match="at least 8"):
            Search().explain(samples.select(np.arange(5)))


def test_terms_that_say_nothing_are_pruned():
    X = np.random.default_rng(0).uniform(1, 3, (200, 2))
    samples = Samples(X, np.sin(X[:, 0]) / X[:, 1] + 1e-3 * np.random.default_rng(1).standard_normal(200), ("a", "b"))
    a, b = sympy.symbols("a b", real=True)
    long = polish(
        1.01 * sympy.sin(1.0001 * a) / b + 0.01 * b + 0.02 * a * b, samples.X, samples.y, samples.names, snap=False
    )
    assert long is not None
    assert prune(long, samples).expression == sympy.sin(a) / b


def test_every_term_is_left_out_once():
    x = sympy.Symbol("x", real=True)
    assert set(shortened(sympy.exp(1.5 * x + x**2) + 2)) == {
        sympy.exp(x**2) + 2,
        sympy.exp(1.5 * x) + 2,
        sympy.exp(1.5 * x + x**2),
        sympy.Integer(2),
    }
