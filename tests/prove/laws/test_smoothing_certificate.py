"""What is proved of smoothing, and what is refused: equations with another sign, growth, waves, higher orders."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from certificate_examples import Example, example, forged

from pellucid.artifacts.laws.smoothing import Smoothing
from pellucid.generate import SmoothingPDE
from pellucid.prove.laws.smoothing_certificate import prove_smoothing
from pellucid.subjects import FieldEquations

SCREENED = SmoothingPDE().explain(FieldEquations.parse("u_tt + u_xx = 4u/9")).artifact


def _false_smoothings():
    def of(part, **changes):
        changed = replace(SCREENED, **changes)
        return Example(changed, [forged("smoothing", changed, part=part)])

    yield "a wave", of("ripples", zeroth=("0", "1"))
    yield "Helmholtz, which oscillates", of("ripples", zeroth=("1/9", "-1"))
    yield "heat backwards", of("ripples", order=1, first=(), zeroth=("0", "-1"))
    yield "short ripples that grow", of("ripples", order=1, first=(), zeroth=("0", "1", "-1/1000"))
    yield "one ripple that does not die", of("ripples", order=1, first=(), zeroth=("0", "1", "-2", "1"))
    yield "a third order", of("ripples", order=3)
    yield "nothing at all", of("ripples", order=1, first=(), zeroth=())
    yield "a negative kernel", of("density", order=1, first=(), zeroth=("0", "0", "1"))
    yield "a kernel a little negative", of("density", order=1, first=(), zeroth=("0", "1", "1/1000"))


@example("smoothing", _false_smoothings)
def _smoothing():
    return Example(SCREENED, prove_smoothing(SCREENED))


@pytest.mark.parametrize(
    ("equation", "ripples", "density"),
    [
        ("u_t = u_xx", "Proved", "Proved"),
        ("2u_t = u_xx + u_yy - 3u", "Proved", "Proved"),
        ("u_tt + u_xx + u_yy = 0", "Proved", "Proved"),
        ("u_tt + u_xx = 2u", "Proved", "Proved"),
        ("u_tt + u_xx = -u", "Refuted", "Undecided"),
        ("u_tt = u_xx", "Refuted", "Undecided"),
        ("u_tt + 2u_t = u_xx", "Proved", "Undecided"),
        ("u_t = -u_xxxx", "Proved", "Refuted"),
        ("u_t = -u_xx - u_xxxx", "Refuted", "Refuted"),
        ("u_t = u_xxxxxx + 2u_xxxx + u_xx", "Refuted", "Refuted"),
        ("u_tt + 3u_t = 2u_xx - u", "Undecided", "Undecided"),
    ],
)
def test_verdicts_and_that_curves_agree(equation, ripples, density):
    found = SmoothingPDE().explain(FieldEquations.parse(equation)).artifact
    assert [proof.claim.strength for proof in prove_smoothing(found)] == [ripples, density]
    k = np.append(0, np.arange(4, 801) / 200)
    fades = bool((found.rates(k[1:]) < found.rates(k[:1]) - 1e-12).all())
    assert ripples == "Undecided" or fades == (ripples == "Proved")


def test_a_refuted_equation_has_a_wave_number_that_shows_it():
    assert Smoothing("", 1, (), ("0", "1", "-2", "1")).ripple() == "k = 1"
    assert Smoothing("", 1, (), ("0", "4", "-4", "1")).ripple() == "k = sqrt(2)"
    shown = Smoothing("", 2, ("0",), ("1/100", "-1"))  # oscillates below k = 1/10
    k = float(Fraction(shown.ripple().removeprefix("k = ")))
    assert 0 < k <= 0.1
    assert shown.rates(np.array([k])) == shown.rates(np.zeros(1)) == 0


@pytest.mark.parametrize(
    ("equation", "said"),
    [
        ("u_t = u u_x", "no number"),
        ("u_t = u_xxx", "odd derivative"),
        ("u_t = u_xx + x", "beside the field"),
        ("u_ttt = u_xx", "3 derivatives by t"),
        ("u_t = u_xx + 2u_yy", "Laplacian"),
        ("u_t = v_xx; v_t = u", "one field"),
        ("u_t - u_xxt = u_xx", "differentiated by space, too"),
    ],
)
def test_other_equations_are_refused(equation, said):
    with pytest.raises(ValueError, match=said):
        SmoothingPDE().explain(FieldEquations.parse(equation))
