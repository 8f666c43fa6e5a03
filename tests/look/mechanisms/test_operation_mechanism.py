"""Verdicts on networks whose algorithm is known, because they are written down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.core import Exhausted, Measured, Refuted
from pellucid.look import OperationMechanism
from pellucid.subjects import Operation


def network(size, circles, seed=0, names=None, noise=0.0):
    """Circles (frequency, clock, pizza) in a space turned at random; logits from their product, or from their sum."""
    generator = np.random.default_rng(seed)
    order = np.arange(size) if names is None else names
    k = np.array([f for f, _, _ in circles])
    points = np.exp(2j * np.pi * np.outer(order, k) / size)
    flat = np.stack([points.real, points.imag], 2).reshape(size, -1)
    turn, _ = np.linalg.qr(generator.normal(size=(flat.shape[1],) * 2))
    clock, pizza = (np.array([c[i] for c in circles], float) for i in (1, 2))

    def logits(given):
        z = given @ turn.T
        z = z[:, :, 0::2] + 1j * z[:, :, 1::2]
        total = z[:, 0] + z[:, 1]
        both = clock * z[:, 0] * z[:, 1] + pizza * total**2 / np.maximum(abs(total), 1e-9)
        return (both @ points.conj().T).real

    table = flat @ turn + noise * generator.normal(size=flat.shape)
    a, b = np.divmod(np.arange(size**2), size)
    return Operation(logits(np.stack([table[a], table[b]], 1)).reshape(size, size, size), (table, table), logits)


@settings(max_examples=8)
@given(
    st.sampled_from([11, 13, 15, 21]),  # for even ones a pizza of odd frequencies is blind where a - b = n / 2
    st.sets(st.sampled_from([1, 3, 4, 5]), min_size=2, max_size=3),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_clocks_and_pizzas_under_any_names(size, frequencies, is_clock, random):
    """Whatever the frequencies and the names of the symbols, but for frequencies that fold the circle."""
    frequencies = {f for f in frequencies if np.gcd(f, size) == 1} | {1}
    names = np.array(random.sample(range(size), size))
    found = OperationMechanism().explain(network(size, [(f, is_clock, not is_clock) for f in frequencies], names=names))
    assert found.artifact.verdict == ("clock" if is_clock else "pizza")
    assert found.artifact.group == f"Z_{size}"
    assert isinstance(found.claim("formula answers"), Exhausted)
    assert isinstance(found.claim("formula alone"), Exhausted)
    a, b = np.divmod(np.arange(size**2), size)
    assert np.array_equal(found.artifact.predict(a, b), found.artifact.answers.ravel())


def test_a_circle_between_both_is_none_of_these_and_named():
    found = OperationMechanism().explain(network(17, [(2, 1, 0), (5, 0.4, 0.6), (7, 0, 1)])).artifact
    assert found.verdict == "none of these"
    assert "5 between clock and pizza" in found.reason
    assert {part.name: part.verdict for part in found.parts} == {"2": "clock", "5": "between", "7": "pizza"}


def test_clocks_and_pizzas_in_one_network():
    found = OperationMechanism().explain(network(17, [(2, 1, 0), (7, 0, 1)]))
    assert found.artifact.verdict == "mixed"
    terms = dict(zip(found.artifact.frequencies, found.artifact.coefficients, strict=True))
    assert terms[2] == pytest.approx((1, 0), abs=1e-6)
    assert terms[7] == pytest.approx((0, 2), abs=1e-6)


def test_the_formula_is_judged_on_other_pairs_beside_a_baseline():
    found = OperationMechanism().explain(network(17, [(2, 1, 0), (7, 1, 0)], noise=0.1))
    claim = found.claim("formula R2")
    assert isinstance(claim, Measured)
    assert claim.value > 0.9 > 0.3 > claim.baseline


def test_answers_without_rule_are_refuted_with_a_pair():
    generator = np.random.default_rng(0)
    found = OperationMechanism().explain(Operation(generator.normal(size=(9, 9, 9))))
    assert found.artifact.verdict == "none of these"
    assert not found.artifact.has_formula
    refuted = found.claim("group")
    assert isinstance(refuted, Refuted)
    assert "both give" in refuted.counterexample


def test_one_mistake_is_shown_and_does_not_hide_the_rule():
    clean = network(13, [(1, 1, 0), (5, 1, 0)])
    logits = clean.logits.copy()
    logits[3, 4] = np.roll(logits[3, 4], 2)
    found = OperationMechanism().explain(Operation(logits, clean.tables, clean.from_embeddings))
    claim = found.claim("right")
    assert isinstance(claim, Refuted)
    assert claim.counterexample == "(3, 4) gives 9, not 7"
    assert found.artifact.verdict == "clock"


def test_what_was_wanted_is_what_answers_are_held_to():
    clean = network(11, [(1, 1, 0), (3, 1, 0)])
    target = (np.arange(11)[:, None] * 2 + np.arange(11)) % 11
    found = OperationMechanism().explain(Operation(clean.logits, clean.tables, clean.from_embeddings, target))
    assert isinstance(found.claim("right"), Refuted)
    assert found.measured("right share") == pytest.approx(1 / 11)
    assert found.artifact.verdict == "none of these"


def test_a_table_of_answers_is_no_algorithm():
    answers = (np.arange(12)[:, None] + np.arange(12)) % 12
    found = OperationMechanism().explain(Operation(np.eye(12)[answers])).artifact
    assert found.verdict == "none of these"
    assert "table of answers" in found.reason


def test_logits_that_do_not_vary():
    found = OperationMechanism().explain(Operation(np.zeros((4, 4, 4)))).artifact
    assert found.verdict == "none of these"
