"""Forms with unknown functions: the law comes back, and what cannot be told of its parts is said."""

import numpy as np
import pytest

from pellucid.distill import GivenForm
from pellucid.distill.formulas.given.form_text import read_form
from pellucid.distill.formulas.given.partial import PartialSettings, absorbed_by, solve_partial
from pellucid.distill.formulas.inference.weigh import rows_of
from pellucid.subjects.tables.samples import Samples

QUICK = PartialSettings(largest=3, tried=2)


def table(law, noise=0.0, rows=80):
    draw = np.random.default_rng(0)
    x, z = draw.uniform(1, 5, (2, rows))
    return Samples(np.column_stack([x, z]), law(x, z) + noise * draw.normal(size=rows), ("x", "z"))


def solved(text, samples):
    given = read_form(text, samples.names)
    found = solve_partial(given, rows_of(samples), 0, QUICK)
    return found.values


@pytest.mark.parametrize(
    ("text", "law"),
    [
        ("f(x)*g(z)", lambda x, z: x**1.5 * np.exp(-0.4 * z)),
        ("a + f(x/z)", lambda x, z: 3 + 2 * np.sqrt(x / z)),
        ("f(x)*exp(-b*z)", lambda x, z: np.log(x) * np.exp(-0.3 * z)),
    ],
)
def test_a_law_with_unknown_parts_comes_back(text, law):
    samples = table(law, noise=0.002)
    values = solved(text, samples)
    assert np.sqrt(np.mean((values - law(*samples.X.T)) ** 2)) < 0.002


def test_what_a_function_and_a_constant_share_is_said():
    claims = GivenForm("a + f(x/z)").explain(table(lambda x, z: 3 + x / z, noise=0.01, rows=30)).claims
    (claim,) = (claim for claim in claims if claim.key == "identifiable")
    assert claim.statement == "the part of f(x / z) that a is"
    given = read_form("c*f(x) + b + a*g(z)", ("x", "z"))
    assert [[symbol.name for symbol in absorbed_by(given, each)] for each in given.unknowns] == [["b", "c"], ["b", "a"]]


def test_an_unknown_inside_a_function_is_refused():
    with pytest.raises(ValueError, match=r"f\(x\) stands inside a function or a power"):
        solved("exp(f(x)) + z*a", table(lambda x, z: x + z))
