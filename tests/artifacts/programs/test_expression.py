import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts import Lookup, Name, Number, apply, evaluate, read_program, to_python
from pellucid.artifacts.programs.expression import conjunction, obligations, rename, substitute

X, Y = Name("x"), Name("y")
INTS = st.recursive(
    st.sampled_from([X, Y, Number(0), Number(3), Number(-2)]),
    lambda e: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "min", "max"]), e, e).map(lambda t: apply(*t)),
        st.tuples(st.sampled_from(["//", "%"]), e, st.integers(1, 5)).map(lambda t: apply(*t)),
        st.tuples(st.sampled_from(["abs", "negate"]), e).map(lambda t: apply(*t)),
        st.tuples(st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), e, e).map(lambda t: apply("int", apply(*t))),
        st.tuples(e, e, e).map(lambda t: apply("if", apply("<", t[0], t[1]), t[1], t[2])),
        st.tuples(e, e).map(lambda t: apply("int", apply("not", apply("or", apply("==", *t), apply("<", *t))))),
    ),
    max_leaves=8,
)


@given(INTS, st.integers(-5, 5), st.integers(-5, 5))
def test_python_text_means_what_the_expression_means(expression, x, y):
    assert int(evaluate(expression, {"x": x, "y": y})) == eval(to_python(expression), {"x": x, "y": y})


@given(INTS)
def test_text_is_read_back_as_the_same_function(expression):
    source = f"def f(steps):\n    for x, y in steps:\n        yield {to_python(expression)}\n"
    program = read_program(source, [(-3, 3), (-3, 3)])
    grid = np.stack(np.meshgrid(np.arange(-3, 4), np.arange(-3, 4)), -1).reshape(1, -1, 2)
    expected = np.broadcast_to(evaluate(expression, {"x": grid[0, :, 0], "y": grid[0, :, 1]}), grid.shape[1])
    assert (program.run(grid)[0, :, 0] == expected).all()


def test_sorts_are_checked():
    with pytest.raises(ValueError, match="takes"):
        apply("+", X, apply("==", X, Y))
    with pytest.raises(ValueError, match="unknown"):
        apply("**", X, Y)


def test_a_table_must_fit_its_shape():
    with pytest.raises(ValueError, match="does not fit"):
        Lookup((1, 2, 3), (2, 2), (X, Y))


def test_obligations_name_what_must_hold():
    assert obligations(apply("+", X, Y)) == ()
    assert obligations(apply("//", X, Y)) == (apply(">", Y, 0),)
    assert len(obligations(apply("^", X, Number(1)))) == 2
    assert len(obligations(Lookup((1, 2), (2,), (X,)))) == 2


def test_substitution_and_renaming():
    twice = apply("+", X, X)
    assert substitute(twice, {X: Y}) == apply("+", Y, Y)
    assert rename(twice, {"x": "z"}).names == {"z"}
    assert conjunction() == apply("==", 0, 0)


def test_integers_of_any_size():
    assert int(evaluate(apply("*", X, X), {"x": np.array([10**30], dtype=object)})[0]) == 10**60
