"""The bank of factors."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.regression.bank import build_bank

NAMES = ("m", "g", "h")


def test_factors_are_finite_simplest_first_and_what_their_texts_say(X):
    bank = build_bank(X, NAMES, np.zeros((3, 0)), 400, 20)
    assert np.isfinite(bank.values).all()
    assert (np.diff(bank.bits) >= 0).all()
    for i in range(0, len(bank.texts), 17):
        assert Formula(bank.texts[i], NAMES)(X) == pytest.approx(bank.values[:, i], rel=1e-9)


def test_factors_keep_to_the_units(X):
    bank = build_bank(X, NAMES, np.array([[1.0, 0], [0, 1], [0, 1]]), 500, 20)
    assert not any("(m+g)" in text or "(m-h)" in text for text in bank.texts)
    assert bank.units[bank.texts.index("1/(g-h)")].tolist() == [0.0, -1.0]
    assert not bank.units[bank.texts.index("exp((g/h))")].any()
