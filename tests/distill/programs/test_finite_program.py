"""Finite functions come back as the program that they are, on every case; where there is no rule, none is claimed."""

import numpy as np
import pytest
import torch

from pellucid.distill.programs.finite_program import FiniteProgram
from pellucid.subjects.operations.finite_function import FiniteFunction, function_of

PAIRS = np.stack(np.meshgrid(np.arange(10), np.arange(10), indexing="ij"), -1).reshape(-1, 2)
A, B = PAIRS.T


def opened(outputs, **given):
    return FiniteProgram().explain(FiniteFunction(PAIRS, outputs, ("a", "b"), **given))


def claims_of(finding):
    return {claim.key: claim for claim in finding.claims}


@pytest.mark.parametrize(
    ("outputs", "text"),
    [(A < B, "yield int(a < b)"), (np.maximum(A, B), "yield max(a, b)"), ((A + B) % 10, "yield (a + b) % 10")],
)
def test_a_rule_comes_back_exhausted(outputs, text):
    finding = opened(outputs)
    assert finding.artifact.to_python().rstrip().endswith(text)
    found = claims_of(finding)
    assert found["program"].cases == 100
    assert found["saved"].value > 5 * abs(found["saved"].baseline)
    assert "rule" not in found
    assert (finding.artifact.run(PAIRS[:, None])[:, 0, 0] == outputs).all()


def test_exceptions_are_counted_and_nothing_is_exhausted():
    outputs = B.copy()
    outputs[::10] = 3
    found = claims_of(opened(outputs))
    assert "program" not in found
    assert found["agreement"].value == pytest.approx((outputs == B).mean())


@pytest.mark.parametrize("seed", range(4))
def test_of_answers_in_no_order_no_rule_is_claimed(seed):
    found = claims_of(opened(np.random.default_rng(seed).integers(0, 10, 100)))
    assert "program" not in found
    assert found["rule"].strength == "Undecided"


def test_one_answer_to_everything_is_no_rule():
    assert claims_of(opened(np.full(100, 4)))["rule"].strength == "Undecided"


def test_the_best_of_many_parts_stands_beside_the_best_of_many_controls():
    others = np.random.default_rng(0).integers(0, 2, (50, 100))
    seen = [opened(others[i], others=others, selected=True) for i in range(3)]
    assert all("rule" in claims_of(finding) for finding in seen)


def test_a_network_trained_to_compare_digits_is_opened():
    torch.manual_seed(0)
    x = torch.tensor(PAIRS).float()
    net = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
    optimiser = torch.optim.Adam(net.parameters(), 0.02)
    for _ in range(400):
        loss = torch.nn.functional.cross_entropy(net(x), torch.tensor(A < B).long())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    function = function_of(net, {"a": range(10), "b": range(10)})
    finding = FiniteProgram().explain(function)
    assert finding.artifact.to_python().rstrip().endswith("yield int(a < b)")
    assert claims_of(finding)["program"].strength == "Exhausted"


def test_cases_that_are_there_twice_are_refused():
    with pytest.raises(ValueError, match="twice"):
        FiniteFunction([[0], [0]], [1, 1], ("n",))
