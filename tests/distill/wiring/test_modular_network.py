"""Two halves of one network become two formulas."""

import numpy as np
import pytest

from pellucid.core import Proved, Tested, load_finding
from pellucid.distill import Algebraic, ModularNetwork
from pellucid.jobs.wiring import find_wiring
from pellucid.plot import draw
from pellucid.prove import check_folder
from pellucid.report import report_html
from pellucid.subjects import Responses


@pytest.fixture(scope="module")
def found():
    X = np.random.default_rng(0).uniform(-1, 1, (160, 4))
    Y = np.stack([(X[:, 0] + X[:, 2]) ** 3, X[:, 1] ** 2 - 2 * X[:, 3]], 1)
    method = ModularNetwork((12, 12), Algebraic(refits=0), seeds=1, steps=800, refit=60)
    return find_wiring(Responses(X, Y, ("a", "b", "c", "d"), ("u", "v")), method)


def test_parts_share_no_input(found):
    network = found.artifact
    assert {network.outputs[o]: set(network.depends_on(o)) for o in range(2)} == {"u": {"a", "c"}, "v": {"b", "d"}}
    assert len(network.parts) == 2
    assert network.wire_length < 0.2
    assert found.measured("error") < 0.2


def test_independence_is_proved_and_tried(found, tmp_path):
    proved = [claim for claim in found.claims if isinstance(claim, Proved)]
    assert "u does not depend on" in proved[0].statement
    tried = found.claim("intervention")
    assert isinstance(tried, Tested)
    assert (tried.cases, tried.failures) == (64, 0)
    found.save(tmp_path / "found")
    assert all(entry.ok for entry in check_folder(tmp_path / "found"))
    assert load_finding(tmp_path / "found").artifact == found.artifact


def test_each_half_is_a_formula(found):
    rows = np.random.default_rng(1).uniform(-1, 1, (50, 4))
    assert np.allclose(found.parts["u"](rows[:, [0, 2]]), (rows[:, 0] + rows[:, 2]) ** 3, atol=1e-6)
    assert np.allclose(found.parts["v"](rows[:, [1, 3]]), rows[:, 1] ** 2 - 2 * rows[:, 3], atol=1e-6)
    assert found.measured("u formula") < 1e-6


def test_page_and_drawing(found):
    page = report_html(found)
    assert "2 parts that share no input" in page
    assert len(draw(found.artifact).axes[0].texts) == 6


@pytest.mark.parametrize(
    ("X", "Y", "said"),
    [
        (np.eye(9), np.ones(9), "give \\(rows, features\\) and \\(rows, targets\\)"),
        (np.eye(50), np.eye(50)[:, :1] * np.nan, "NaN"),
        (np.random.default_rng(0).normal(size=(30, 2)), np.random.default_rng(1).normal(size=(30, 1)), "at least 40"),
    ],
)
def test_refuses_in_a_line(X, Y, said):
    with pytest.raises(ValueError, match=said):
        ModularNetwork().explain(Responses(X, Y))
