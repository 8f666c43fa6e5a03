"""The catalogue: complete where a person can count, without doubles, the same from its file."""

import numpy as np
import pytest

from pellucid.distill.formulas.parametric import catalogue as module
from pellucid.distill.formulas.parametric.catalogue import catalogue


@pytest.mark.parametrize(
    "form",
    [
        ("inverse", ("shift", ("power", 0))),  # Hill
        ("inverse", ("shift", ("exp", 0))),  # logistic
        ("times", ("exp", 0), ("wave", 0)),  # damped wave
        ("over", 0, ("shift", ("square", 0))),  # Holling's third
        ("exp", ("exp", 0)),  # Gompertz
        ("lower", 0),
    ],
)
def test_textbook_curves_are_in_it(form):
    assert any(form in level for level in catalogue(1))


def test_no_form_stands_in_it_twice():
    forms = [form for level in catalogue(2) for form in level]
    assert len(forms) == len(set(forms))


def test_it_is_the_same_without_a_file(monkeypatch, tmp_path):
    known = catalogue(4)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    module.catalogue.cache_clear()
    made = catalogue(4)
    module.catalogue.cache_clear()
    assert catalogue(4) == made == known


def test_more_columns_are_refused():
    with pytest.raises(ValueError, match="choose columns first"):
        catalogue(6)


def test_values_without_constants_differ():
    X = np.random.default_rng(0).uniform(0.3, 2, (1, 50))
    values = [
        module.derivatives(form, np.zeros(8), X) for form in catalogue(1)[2] if not module.count_constants(form, 1)
    ]
    standard = [(v[0] - v[0].mean()) / v[0].std() for v in values if v is not None]
    gram = np.abs(np.corrcoef(standard)) - np.eye(len(standard))
    assert gram.max() < 1 - 1e-9
