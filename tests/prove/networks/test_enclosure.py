"""Networks are proved for every length where they contract, refuted where they drift, and never proved otherwise."""

from __future__ import annotations

import json

import numpy as np
import pytest
from certificate_networks import CARRIES, LETTERS, PARITY, SILENCE, adder, check, network_from
from pairs_of_programs import BITS, PAIRS, program

from pellucid.artifacts import Automaton
from pellucid.artifacts.programs.network import Network
from pellucid.core import Proved, Refuted, Undecided
from pellucid.prove.networks.enclosure import prove_network
from pellucid.prove.networks.enclosure_certificate import check_network

PATH = "proofs/network.json"


def mirror(slope: float) -> Network:
    """p' = slope |p - x|, the parity of bits: errors neither die out nor grow at slope 1."""
    return network_from([([[1, -1], [-1, 1]], [0, 0]), ([[slope], [slope]], [0])], [([[1]], [0])])


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("seed", [0, 1])
def test_an_adder_is_proved_for_every_length(deep: bool, seed: int) -> None:
    network = adder(deep=deep, seed=seed)
    proof = prove_network(network, CARRIES)
    assert isinstance(proof.claim, Proved), proof.claim.evidence
    assert proof.claim.statement == "network = automaton, every input, every length"
    assert "0..1 x 0..1" in proof.claim.domain
    assert proof.about == {"kind": "network", "machine": "automaton"}
    assert check_network(proof.files[PATH], network.files()[network.file], CARRIES).holds
    assert float.fromhex(json.loads(proof.files[PATH])["bound"]) < 0.5


def test_against_a_program_with_registers() -> None:
    reference = PAIRS["adder in bits"][1]
    proof = prove_network(adder(), reference)
    assert isinstance(proof.claim, Proved), proof.claim.evidence
    assert proof.claim.statement == "network = program, every input, every length"
    assert not check(proof.files[PATH], adder(), reference)
    assert "instead of" in check(proof.files[PATH], adder(), CARRIES)


def test_states_far_into_any_run_stay_in_the_boxes(proved: tuple[Network, str]) -> None:
    network, text = proved
    data = json.loads(text)
    basis = np.array(data["basis"])
    boxes = [
        (b["state"][0], *(np.array([float.fromhex(v) for v in b[k]]) for k in ("low", "high"))) for b in data["boxes"]
    ]
    weights = network.weights
    generator = np.random.default_rng(3)
    state, worst = np.zeros((200, 2), dtype=np.float32), 0.0
    number = np.zeros(200, dtype=int)
    for _ in range(200):
        symbol = generator.integers(0, 4, 200)
        order = generator.permutation(4)  # the terms of a sum come in any order
        together = np.concatenate([state, LETTERS[symbol].astype(np.float32)], 1)[:, order]
        hidden = together @ weights["update_weights.0"][0][order] + weights["update_biases.0"][0]
        state = np.maximum(hidden, 0) @ weights["update_weights.1"][0] + weights["update_biases.1"][0]
        y = state @ weights["readout_weights.0"][0] + weights["readout_biases.0"][0]
        worst = max(worst, float(np.abs(y - CARRIES.outputs[number, symbol]).max()))
        number = CARRIES.transitions[number, symbol]
        at = state.astype(float) @ basis.T
        held = [(number == q) & (low <= at).all(1) & (at <= high).all(1) for q, low, high in boxes]
        assert np.any(held, 0).all()
    assert worst <= float.fromhex(data["bound"])


def test_a_wrong_automaton_is_never_proved(proved: tuple[Network, str]) -> None:
    network, text = proved
    for state in range(2):
        for symbol in range(4):
            transitions, outputs = CARRIES.transitions.copy(), CARRIES.outputs.copy()
            outputs[state, symbol] = 1 - outputs[state, symbol]
            wrong = Automaton(transitions, outputs, LETTERS)
            if symbol == 2 * state:
                assert isinstance(prove_network(network, wrong).claim, Refuted)
            assert "|y - output| may be" in check(text, network, wrong)
            transitions[state, symbol] = 1 - transitions[state, symbol]
            wrong = Automaton(transitions, CARRIES.outputs, LETTERS)
            if symbol == 2 * state:
                assert not isinstance(prove_network(network, wrong).claim, Proved)
            assert "leaves the boxes" in check(text, network, wrong) or "|y - output|" in check(text, network, wrong)


def test_a_network_that_drifts_is_refuted_and_one_that_may_is_undecided() -> None:
    claim = prove_network(mirror(1.02), PARITY).claim
    assert isinstance(claim, Refuted)
    given = claim.counterexample.removeprefix("inputs ").split(":")[0].split()
    state = np.float32(0)
    for x in given:
        state = np.float32(1.02) * abs(state - np.float32(x))
    assert round(float(state)) != sum(map(int, given)) % 2
    claim = prove_network(mirror(1.0), PARITY).claim  # exact for integers, but an error would stay for ever
    assert isinstance(claim, Undecided)
    assert "still grow" in claim.reason
    holding = network_from([([[1.0], [0.0]], [0.0])], [([[1.0]], [0.0])])
    claim = prove_network(holding, SILENCE).claim
    assert isinstance(claim, Undecided)
    assert "20 steps multiply them by 1 or more" in claim.reason


def test_what_cannot_be_asked_is_said() -> None:
    counter = program(BITS, "n = 0", "a, b", "n = n + a", "yield int(n == 5)")
    claim = prove_network(adder(), counter).claim
    assert isinstance(claim, Undecided)
    assert "more than 256 states" in claim.reason
    claim = prove_network(Network({"weight": np.zeros((2, 2))}), CARRIES).claim
    assert isinstance(claim, Undecided)
    with pytest.raises(ValueError, match="network has 2 inputs and 1 outputs, machine has 1 and 1"):
        prove_network(adder(), PARITY)
    claim = prove_network(mirror(1.0), PARITY, timeout=0).claim
    assert isinstance(claim, Undecided)
    assert "effort" in claim.reason
