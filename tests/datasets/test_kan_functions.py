"""The KAN paper's functions: all there, finite on their boxes, formulas and code the same."""

from typing import Any

import numpy as np
import pytest
import sympy
from sympy.parsing.sympy_parser import parse_expr

from pellucid.datasets.kan_functions import kan_functions


def test_there_are_as_many_as_in_the_paper():
    assert [len(kan_functions(group)) for group in ("toy", "special", "feynman")] == [5, 15, 27]


@pytest.mark.parametrize("group", ["toy", "special", "feynman"])
def test_all_are_finite_on_their_boxes_and_drawn_the_same_way_twice(group):
    for function in kan_functions(group).values():
        X, y = function.sample(500, seed=0)
        again, _ = function.sample(500, seed=0)
        assert X.shape == (500, len(function.names))
        assert y.shape == (500,)
        assert np.isfinite(y).all(), function.name
        assert np.array_equal(X, again)
        assert (function.box[0] <= X).all()
        assert (function.box[1] >= X).all()
        assert function.widths[0] == len(function.names)
        assert y.std() > 0


@pytest.mark.parametrize("function", kan_functions("feynman").values(), ids=lambda function: function.name)
def test_the_formulas_say_what_the_code_computes(function):
    symbols: dict[str, Any] = {name: sympy.Symbol(name) for name in function.names}
    expression: Any = parse_expr(function.formula.replace("^", "**"), local_dict=symbols)
    X, y = function.sample(20, seed=1)
    values = [float(expression.subs(dict(zip(symbols.values(), row, strict=True)))) for row in X]
    assert np.allclose(values, y)


def test_the_claims_are_better_for_kans_on_every_special_function():
    for function in kan_functions("special").values():
        assert function.kan is not None
        assert function.mlp is not None
        assert function.kan < function.mlp


def test_unknown_groups_and_wrong_shapes_are_named():
    with pytest.raises(ValueError, match="group='other'"):
        kan_functions("other")
    function = kan_functions("toy")["product"]
    with pytest.raises(ValueError, match="X has the shape"):
        function(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="rows=0"):
        function.sample(0, seed=0)
