"""Rows under integrals against the derivatives themselves, and the covariance of rows against noise that was drawn."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.discover.fields.differential_polynomials import derivative, library, name, parts_of
from pellucid.discover.fields.fitted_equation import Problem
from pellucid.discover.fields.grid_derivatives import Derivatives
from pellucid.discover.fields.weak_form import WeakForm, windows_for

T, X = np.linspace(0, 2, 50), np.linspace(0, 5, 64)
SPACINGS = (T[1], X[1])


def wave(t, x):
    return np.sin(1.2 * x - t) + 0.4 * np.cos(2 * x + 0.5 * t) + 0.3


@pytest.mark.parametrize("axes", [1, 2])
def test_parts_sum_to_the_term(axes):
    """D^order(leaf) written out again is what integration by parts started from."""
    for term in library(2, axes, 3, 3, 5):
        total = {}
        for part in parts_of(term):
            polynomial = {part.leaf: part.factor}
            for axis, count in enumerate(part.order):
                for _ in range(count):
                    polynomial = derivative(polynomial, axis)
            for monomial, factor in polynomial.items():
                total[monomial] = total.get(monomial, 0) + factor
        assert {m: c for m, c in total.items() if c} == {term: 1}


def test_columns_are_integrals_of_the_terms():
    values = wave(T[:, None], X)[None]
    weak = WeakForm(d := Derivatives.of(values, SPACINGS, np.zeros(1)), windows_for(d))
    x, t = X, T[:, None]
    u_x = 1.2 * np.cos(1.2 * x - t) - 0.8 * np.sin(2 * x + 0.5 * t)
    u_xx = -1.44 * np.sin(1.2 * x - t) - 1.6 * np.cos(2 * x + 0.5 * t)
    u_t = -np.cos(1.2 * x - t) - 0.2 * np.sin(2 * x + 0.5 * t)
    exact = {
        "u": values[0],
        "u_x": u_x,
        "u_xx": u_xx,
        "u*u_x": values[0] * u_x,
        "u_x*u_x": u_x**2,
        "u*u_xx": values[0] * u_xx,
    }
    for term in library(1, 1, 2, 2, 4):
        if (text := name(term, ("u",))) in exact:
            wanted = np.concatenate([w.integrate(exact[text], (0, 0)) for w in weak.windows])
            assert np.abs(weak.column(term) - wanted).max() < 1e-4 * np.abs(wanted).max()
    wanted = np.concatenate([w.integrate(u_t, (0, 0)) for w in weak.windows])
    assert np.abs(weak.rate(0) - wanted).max() < 1e-6


def test_covariance_is_that_of_noise_that_was_drawn():
    """The rows of u_t + 2 u u_x - u_xx + u_x^2, over 300 draws."""
    clean, noise = wave(T[:, None], X)[None], 0.02
    terms = tuple(library(1, 1, 2, 2, 4))
    places = tuple(i for i, term in enumerate(terms) if name(term, ("u",)) in ("u*u_x", "u_xx", "u_x*u_x"))
    values = np.array([1.0, -2.0, -1.0])
    d = Derivatives.of(clean, SPACINGS, np.array([noise]))
    problem = Problem(WeakForm(d, windows_for(d)[:1]), 0, terms)
    said = problem.covariance(places, values)
    rows = []
    for seed in range(300):
        drawn = clean + noise * np.random.default_rng(seed).standard_normal(clean.shape)
        again = Derivatives(drawn, SPACINGS, d.noise, d.windows)
        one = Problem(WeakForm(again, problem.weak.windows), 0, tuple(terms[p] for p in places))
        rows.append(one.rate - one.columns @ values)
    seen = np.cov(np.array(rows).T)
    ratio = np.diag(seen) / np.diag(said)
    assert np.median(ratio) == pytest.approx(1, abs=0.1)
    expected = np.sqrt((np.trace(said) ** 2 + np.linalg.norm(said) ** 2) / 300)  # of so many normal draws
    assert np.linalg.norm(seen - said) < 1.2 * expected


def test_covariance_by_one_product_is_that_by_pairs_of_terms():
    values = np.stack([wave(T[:, None], X), wave(T[:, None], X + 1.0) ** 2])
    d = Derivatives.of(values, SPACINGS, np.array([0.01, 0.03]))
    terms = tuple(library(2, 1, 2, 2, 3))
    problem = Problem(WeakForm(d, windows_for(d)[:2]), 1, terms)
    places, factors = (0, 3, len(terms) - 1), np.array([0.5, -2.0, 3.0])
    by_pairs = problem.covariance(places, factors)
    assert np.allclose(problem.covariance_once(places, factors), by_pairs, rtol=1e-9, atol=1e-12 * by_pairs.max())
