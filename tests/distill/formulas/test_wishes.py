"""What the user wishes of a formula: what counts as what, and that nothing else is found."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import Formula
from pellucid.distill.formulas.parametric.alphabet import WORDS, nodes_without
from pellucid.distill.formulas.parametric.parametric import Parametric
from pellucid.distill.formulas.race import Race
from pellucid.distill.formulas.wishes import Wishes, depth_of, functions_of
from pellucid.subjects.tables.samples import Samples

NAMES = ("x", "z")
X = np.random.default_rng(0).uniform(1, 3, (40, 2))
TEXTS = st.recursive(
    st.sampled_from(["x", "z", "2", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["({})+({})", "({})*({})", "({})/({})"]), inner, inner).map(
            lambda t: t[0].format(t[1], t[2])
        ),
        st.tuples(st.sampled_from(["exp({})", "sin({})", "log({})", "({})**2", "sqrt({})"]), inner).map(
            lambda t: t[0].format(t[1])
        ),
    ),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("x", 0),
        ("-x", 0),
        ("2.5", 0),
        ("x + z", 1),
        ("x - z", 1),
        ("x/z", 1),
        ("1/x", 1),
        ("x**2", 1),
        ("sqrt(x)", 1),
        ("3*x/z**2", 2),
        ("2*x**2 - 3*x + 1", 3),
        ("exp(-x)", 1),
        ("exp(-x/2)", 2),
        ("2*exp(-x/2)", 3),
        ("x**(z/2)", 2),
        ("Max(x, z)", 1),
        ("1/(1 + x)", 2),
    ],
)
def test_depth_is_counted_as_on_paper(text, depth):
    assert depth_of(parse(text, NAMES)) == depth


@given(TEXTS)
def test_a_function_adds_one_level_and_a_sign_none(text):
    try:
        e = parse(text, NAMES)
    except ValueError:
        return
    assert depth_of(-e) <= depth_of(e) + 1  # -(a + b) may be written -a - b, which is as deep
    if e.free_symbols:
        assert depth_of(sympy.Function("f")(e)) == depth_of(e) + 1


@pytest.mark.parametrize("word", WORDS)
def test_every_word_for_nodes_is_a_word_for_functions(word):
    """`without` leaves nodes out of the search, and formulas that came by their function in another way."""
    shapes = {"min": "Min(x, z)", "max": "Max(x, z)", "power": "x**0.3", "ln": "log(x)"}
    formula = Formula(shapes.get(word, f"{word}(x)"), NAMES)
    assert nodes_without(without=[word])
    assert Wishes(without=(word,)).fault(formula, X)
    assert not Wishes(functions=(word,)).fault(formula, X)


def test_words_of_functions():
    e = parse("exp(x) + cos(z) + 2**x + x**0.3 + sqrt(z) + x**2/z", NAMES)
    assert functions_of(e) == {"exp", "sin", "power", "sqrt"}


@pytest.mark.parametrize(
    ("text", "told"),
    [("x**2 + z", ""), ("-x", "falls along x"), ("(x - 2)**2", "falls along x"), ("x/(z - 2)", "falls along x")],
)
def test_slopes_are_seen_all_over_the_box(text, told):
    wishes = Wishes(monotone=(("x", "increasing"),))
    assert wishes.fault(Formula(text, NAMES), X) == told
    (claim,) = wishes.claims(Formula(text, NAMES), X)
    assert (claim.failures > 0) == bool(told)


def test_a_dip_outside_the_rows_is_seen_in_their_box():
    rows = X[X[:, 0] > 2]
    formula = Formula("(x - 2)**2 + 0.1*z", NAMES)
    assert not Wishes(monotone=(("x", "increasing"),)).fault(formula, rows)
    assert Wishes(monotone=(("x", "increasing"),)).fault(formula, rows, ((1.0, 3.0), (1.0, 3.0)))


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"depth": -1}, "depth=-1 is no depth"),
        ({"monotone": (("x", "up"),)}, "monotone=x:up is unknown"),
        ({"monotone": (("x", "increasing"), ("x", "decreasing"))}, "names 'x' twice"),
    ],
)
def test_wishes_that_are_none(made, told):
    with pytest.raises(ValueError, match=told):
        Wishes(**made)


def test_a_slope_along_no_column_is_refused():
    table = Samples(X, X.sum(axis=1), NAMES)
    with pytest.raises(ValueError, match=r"monotone names 'w', which is no column; choose among x, z"):
        Race(wishes=Wishes(monotone=(("w", "increasing"),))).explain(table)


def waves(rows: int = 24) -> Samples:
    """A wave on a rising line: what fits best neither rises, nor is positive, nor shallow."""
    x = np.linspace(0, 6, rows)
    return Samples(x, x - 1 + 1.5 * np.sin(2 * x) + np.random.default_rng(1).normal(0, 0.05, rows), ("x",))


@pytest.mark.parametrize("wishes", [Wishes(depth=2), Wishes(monotone=(("x", "increasing"),))])
def test_all_formulas_of_a_search_are_as_wished(wishes):
    table = waves()
    race = Race((Parametric(largest=2, rounds=0, held_out=0.0, wishes=wishes),), wishes=wishes)
    finding = race.explain(table)
    front = finding.parts["front"]
    assert len(front.formulas) > 1
    assert all(not wishes.fault(formula, table.X, table.box) for formula in front.formulas)
    assert all(claim.failures == 0 for claim in finding.claims if claim.key in ("positive", "monotone"))
