"""Signs over a box: what is proved is true, what is true and plain is proved, and forgeries are refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from certificate_examples import Example, Forgeries, example
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts import Formula
from pellucid.prove import CERTIFICATES
from pellucid.prove.formulas.bound_certificate import domain_of
from pellucid.prove.formulas.sign_certificate import Cutting, check_sign, prove_monotone, prove_positive, statement_of

BOX = ((0.0, 3.0), (0.5, 2.0))
NAMES = ("x", "z")
FEW, SOME = Cutting(pieces=60), Cutting(pieces=500)


def formula(text: str, box: Any = BOX) -> Formula:
    return Formula(text, NAMES, "y", box)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "z",
        "x + z",
        "exp(-0.9*x)",
        "x**2 - x + 1",
        "2/(1 + (x - 3)**2)",
        "sqrt(x) + 0.1",
        "Max(x, z)",
        "Abs(x - 1) + 0.01",
        "z**1.83 + x**0.3",
        "log(1 + x) + z",
        "3 + 2*sin(x*z)",
    ],
)
def test_positive_formulas_are_proved(text):
    proof = prove_positive(formula(text))
    assert proof.claim.strength == "Proved"
    assert check_sign(proof.files["proofs/positive.json"], formula(text)).holds


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "x - 0.001",
        "sin(2*x) + 0.5",
        "1/(x - 1)",
        "log(x)",
        "1/x",
        "sqrt(x - 1)",
        "sign(x - 1) + 1.5",
        "-z",
        "tan(x)",
    ],
)
def test_what_is_not_positive_everywhere_is_not_proved(text):
    assert prove_positive(formula(text), cutting=SOME).claim.strength == "Undecided"


@pytest.mark.parametrize(
    ("text", "column", "sign"),
    [
        ("x**2", "x", 1),
        ("x**3 - z", "x", 1),
        ("x**3 - z", "z", -1),
        ("6*x/(2 + x)", "x", 1),
        ("10/(1 + exp(-1.2*(x - 4)))", "x", 1),
        ("5*z*exp(-0.3*x)", "x", -1),
        ("5*z*exp(-0.3*x)", "z", 1),
        ("7/z**0.6", "z", -1),
        ("sqrt(x)", "x", 1),
        ("x*sqrt(x)", "x", 1),
        ("Max(x, 1) + Min(z, 1)", "x", 1),
        ("Abs(x + 1)", "x", 1),
        ("x + 0.9*sin(x)", "x", 1),
        ("z", "x", 1),
        ("z", "x", -1),
        ("tanh(0.8*x - 1)", "x", 1),
        ("x**2/(1 + x**2)", "x", 1),
    ],
)
def test_slopes_of_one_sign_are_proved(text, column, sign):
    proof = prove_monotone(formula(text), column, sign)
    assert proof.claim.strength == "Proved", proof.claim.evidence
    assert check_sign(proof.files[f"proofs/monotone_{column}.json"], formula(text)).holds


@pytest.mark.parametrize(
    ("text", "column", "sign"),
    [
        ("(x - 1)**2", "x", 1),
        ("x + 1.1*sin(2*x)", "x", 1),
        ("Abs(x - 1)", "x", 1),
        ("-1/(x - 1)", "x", 1),  # its derivative is positive wherever it has one
        ("tan(x)", "x", 1),
        ("x - 2*sign(x - 1)", "x", 1),
        ("log(x)", "x", 1),  # not defined at 0
        ("Min(x, 3 - x)", "x", 1),
        ("x*z", "x", -1),
    ],
)
def test_slopes_of_both_signs_and_poles_are_not(text, column, sign):
    assert prove_monotone(formula(text), column, sign, cutting=SOME).claim.strength == "Undecided"


TEXTS = st.recursive(
    st.sampled_from(["x", "z", "2", "0.5", "1"]),
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["({})+({})", "({})-({})", "({})*({})", "({})/({})", "Max({},{})"]), inner, inner
        ).map(lambda t: t[0].format(t[1], t[2])),
        st.tuples(
            st.sampled_from(["exp(-({}))", "sin({})", "log({})", "({})**2", "sqrt({})", "Abs({})", "({})**0.7"]), inner
        ).map(lambda t: t[0].format(t[1])),
    ),
    max_leaves=4,
)


@given(TEXTS, st.sampled_from([(0.0, 1.5), (-1.0, 1.0), (0.2, 4.0)]), st.sampled_from([1, -1]))
def test_nothing_false_is_proved(text, ends, sign):
    """What is proved holds at thousands of points; nothing here is proved because nothing else was looked at."""
    try:
        made = formula(text, (ends, (0.5, 2.0)))
    except ValueError:
        return
    draw = np.random.default_rng(0)
    X = np.column_stack([draw.uniform(*ends, 400), draw.uniform(0.5, 2.0, 400)])
    if prove_positive(made, cutting=FEW).claim.strength == "Proved":
        assert (made(X) > 0).all()
    if prove_monotone(made, "x", sign, cutting=FEW).claim.strength == "Proved":
        lines = np.repeat(X[:20], 50, axis=0)
        lines[:, 0] = np.tile(np.linspace(*ends, 50), 20)
        values = made(lines).reshape(20, 50)
        assert np.isfinite(values).all()
        assert (sign * np.diff(values, axis=1) >= -1e-9 * (1 + np.abs(values).max())).all()


def test_a_column_that_the_formula_has_not_is_refused():
    with pytest.raises(ValueError, match="column='w' is none of the formula's; choose among x, z"):
        prove_monotone(formula("x"), "w", 1)


def _false_signs() -> Forgeries:
    true = formula("6*x/(2 + x) + z")
    text = prove_monotone(true, "x", 1).files["proofs/monotone_x.json"]

    def of(about: Formula, **changes: Any) -> Example:
        data = json.loads(text) | {"formula": about.to_dict(), "domain": domain_of(about)} | changes
        proof = CERTIFICATES["sign"]().build("proofs/m.json", json.dumps(data), data["statement"], data["domain"])
        return Example(about, [proof])

    yield "the other direction", of(true, sign=-1, statement=statement_of(true, "x", -1))
    yield "a sign that is none", of(true, sign=0)
    yield "a formula that falls", of(formula("z - x"))
    yield "a formula with a pole", of(formula("-1/(x - 1)"))
    yield "a wider box", of(formula("6*x/(2 + x) + z", ((-3.0, 3.0), (0.5, 2.0))))
    yield "a positive formula that has zeros", of(formula("x"), column="", statement="y > 0")
    yield "another statement", of(true, statement="y > 0")


@example("sign", _false_signs)
def _sign() -> Example:
    about = formula("6*x/(2 + x) + z")
    return Example(about, [prove_positive(about), prove_monotone(about, "x", 1), prove_monotone(about, "z", 1)])
