"""Certificates about mechanisms: what is true holds, what is false by a little does not."""

from dataclasses import replace

import numpy as np
import pytest
from certificate_examples import Example, example, forged

from pellucid.artifacts import Mechanism
from pellucid.core import Proved, Refuted
from pellucid.prove.mechanisms.formula_certificate import MechanismCertificate, prove_mechanism


def clock(size=7, coefficients=((1.0, 0.0), (0.5, 0.25)), frequencies=(2, 3)):
    numbers = np.arange(size)
    table = (numbers[:, None] + numbers) % size
    return Mechanism(
        "clock", "", f"Z_{size}", table, *[numbers] * 3, frequencies=frequencies, coefficients=coefficients
    )


def _false_mechanisms():
    def of(part, changed):
        return Example(changed, [forged("mechanism", changed, path=f"proofs/{part}.json", part=part)])

    found, other = clock(), np.bitwise_xor.outer(np.arange(8), np.arange(8))
    wrong = found.answers.copy()
    wrong[3, 3] = 0
    yield "one answer is another", of("group", replace(found, answers=wrong))
    yield "a larger group's name", of("group", replace(found, group="Z_8"))
    yield "the name of another group of the order", of("group", replace(clock(8), group="Z_2 x Z_4"))
    yield "answers of another group", of("group", replace(clock(8), answers=other))
    yield "numbers that are not those of the symbols", of("group", replace(found, left=np.arange(7)[::-1]))
    yield "the wrong sign", of("formula", clock(7, ((-1.0, 0.0), (0.0, 0.0))))
    yield "a formula that takes c and c + 4 for one", of("formula", clock(8, ((1.0, 0.0),), (2,)))
    yield "the blind spot of a pizza", of("formula", clock(8, ((0.0, 1.0),), (1,)))


@example("mechanism", _false_mechanisms)
def _mechanism():
    found = clock()
    return Example(found, prove_mechanism(found))


def test_a_clock_is_proved_and_its_certificates_hold():
    found = clock()
    for proof in prove_mechanism(found):
        assert isinstance(proof.claim, Proved)
        assert MechanismCertificate().check(proof.files[proof.claim.certificate], found).holds


def test_a_certificate_holds_of_no_other_mechanism():
    found = clock()
    text = prove_mechanism(found)[1].files["proofs/formula.json"]
    other = replace(found, coefficients=((1.0, 0.0), (0.5, 0.26)))
    assert not MechanismCertificate().check(text, other).holds


@pytest.mark.parametrize(
    ("size", "frequencies", "coefficients"),
    [
        (7, (2,), ((0.0, 0.0),)),  # all answers alike
        (7, (2,), ((-1.0, 0.0),)),  # the wrong sign
        (8, (2,), ((1.0, 0.0),)),  # folds the circle: c and c + 4 alike
        (9, (3, 6), ((1.0, 1.0), (1.0, 1.0))),
        (8, (1,), ((0.0, 1.0),)),  # the pizza's blind spot: a - b = 4
    ],
)
def test_formulas_that_do_not_answer_are_refuted(size, frequencies, coefficients):
    proofs = prove_mechanism(clock(size, coefficients, frequencies))
    assert [type(proof.claim) for proof in proofs] == [Proved, Refuted]


def test_a_margin_of_rounding_errors_is_no_proof():
    """cos 2 pi s / 7 alone puts s = 0 first, but by 1e-14 beside a frequency that tells nothing."""
    assert isinstance(prove_mechanism(clock(7, ((1e-14, 0.0),), (1,)))[1].claim, Refuted)
    assert isinstance(prove_mechanism(clock(7, ((1e-3, 0.0),), (1,)))[1].claim, Proved)


def test_another_group_or_numbering_is_refused():
    found = clock(8)
    certificate = MechanismCertificate()
    xor = np.bitwise_xor.outer(np.arange(8), np.arange(8))
    for wrong in (
        replace(found, group="Z_2 x Z_4"),
        replace(found, answers=xor),
        replace(found, left=np.arange(8)[::-1]),
        replace(found, out=np.zeros(8)),
    ):
        assert isinstance(certificate.prove(wrong, "proofs/group.json", part="group").claim, Refuted)


def test_values_of_elements_need_the_identity_first():
    numbers = np.arange(4)
    klein = np.bitwise_xor.outer(numbers, numbers)
    good = Mechanism("characters", "", "Z_2 x Z_2", klein, *[numbers] * 3, values=(1.0, 0.5, 0.5, -1.0))
    tied = replace(good, values=(0.5, 0.5, 0.0, 0.0))
    assert [type(proof.claim) for proof in prove_mechanism(good)] == [Proved, Proved]
    assert [type(proof.claim) for proof in prove_mechanism(tied)] == [Proved, Refuted]
