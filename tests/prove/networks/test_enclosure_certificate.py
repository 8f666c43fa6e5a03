"""Certificates about networks hold as they are, and fail where anything in them is changed."""

from __future__ import annotations

import json

import numpy as np
from certificate_networks import CARRIES, SILENCE, check, network_from

from pellucid.artifacts.programs.network import Network
from pellucid.core import Proved, Undecided
from pellucid.prove.networks.enclosure import prove_network
from pellucid.prove.networks.enclosure_certificate import check_network

PATH = "proofs/network.json"


def constant(bias: float) -> Network:
    """y = bias, whatever comes."""
    return network_from([([[0.0], [0.0]], [bias])], [([[1.0]], [0.0])])


def test_rounding_errors_count() -> None:
    """|y| = 1/2 - 2^-25 is below 1/2, but by less than float32 may err."""
    assert isinstance(prove_network(constant(0.49), SILENCE).claim, Proved)
    close = constant(float(np.float32(0.5 - 2**-25)))
    proof = prove_network(close, SILENCE)
    assert isinstance(proof.claim, Undecided), proof.claim.evidence
    exact = prove_network(constant(0.49), SILENCE).files[PATH]
    text = _signed(exact, close, bound=(0.5 - 2**-40).hex(), bound_decimal="0.500000")
    wide = json.loads(text)
    wide["boxes"][0] |= {"low": [(-1.0).hex()], "high": [(1.0).hex()]}
    assert "|y - output| may be 0.5000" in check(json.dumps(wide), close, SILENCE)


def _signed(text: str, network: Network, **changes) -> str:
    """The certificate with the fingerprint of another network, and other changes."""
    from hashlib import sha256

    data = json.loads(text) | changes
    data["network"]["sha256"] = sha256(network.files()[network.file]).hexdigest()
    return json.dumps(data)


def test_a_changed_network_does_not_pass(proved: tuple[Network, str]) -> None:
    network, text = proved
    for name in network.weights:
        changed = dict(network.weights)
        changed[name] = changed[name] * np.float32(1.3) + np.float32(0.2)
        other = Network(changed)
        assert check(text, other, CARRIES) == "it is about other weights"
        assert check(_signed(text, other), other, CARRIES), name
    doubled = Network({name: value.astype(np.float64) for name, value in network.weights.items()})
    assert "not float32" in check(_signed(text, doubled), doubled, CARRIES)
    assert check_network(text, b"nothing", CARRIES).problem == "it is about other weights"


def test_a_changed_certificate_does_not_pass(proved: tuple[Network, str]) -> None:
    network, text = proved
    data = json.loads(text)
    assert not check(text, network, CARRIES)
    changes: list[dict] = [
        {"bound": (eighth := float.fromhex(data["bound"]) / 8).hex(), "bound_decimal": f"{eighth:.6f}"},
        {"bound": (0.5).hex()},
        {"bound_decimal": "0.001000"},
        {"bound": "nan"},
        {"statement": "network = program, every input, every length"},
        {"domain": "every sequence"},
        {"assumptions": []},
        {"format": 2},
        {"basis": [[1, 0], [1, 0]]},
        {"basis": [[1]]},
        {"boxes": []},
        {"boxes": data["boxes"][0]},
        *({"boxes": [b for b in data["boxes"] if b["state"] != [state]]} for state in range(2)),
        *(
            {"boxes": [b | {"state": [1 - b["state"][0]]} if b is box else b for b in data["boxes"]]}
            for box in data["boxes"]
        ),
        {"boxes": [b | {"high": b["low"]} for b in data["boxes"]]},
        {"boxes": [b | {"low": ["-inf"] * 2, "high": ["inf"] * 2} for b in data["boxes"]]},
        {"boxes": [b | {"low": [(-9.0).hex()] * 2, "high": [(9.0).hex()] * 2} for b in data["boxes"]]},
    ]
    for change in changes:
        assert check(json.dumps(data | change), network, CARRIES), change
    assert check("{", network, CARRIES)
    assert check("[]", network, CARRIES)
    assert check_network(text, network.files()[network.file], CARRIES, timeout=0).unchecked


def test_boxes_may_cover_together_but_must_leave_no_gap(proved: tuple[Network, str]) -> None:
    network, text = proved
    data = json.loads(text)
    for gap, holds in ((0.0, True), (1e-4, False)):
        halves = []
        for box in data["boxes"]:
            low, high = (float.fromhex(box[end][0]) for end in ("low", "high"))
            middle = (low + high) / 2
            halves.append(box | {"high": [middle.hex(), box["high"][1]]})
            halves.append(box | {"low": [(middle + gap).hex(), box["low"][1]]})
        assert (not check(json.dumps(data | {"boxes": halves}), network, CARRIES)) == holds


def test_boxes_are_of_states_that_the_machine_has(proved: tuple[Network, str]) -> None:
    """A state below 0 is none, though Python would count it from the last one."""
    network, text = proved
    data = json.loads(text)
    last = [box | {"state": [-1]} for box in data["boxes"] if box["state"] == [1]]
    assert last
    assert "the machine has no state -1" in check(json.dumps(data | {"boxes": data["boxes"] + last}), network, CARRIES)


def test_boxes_are_counted(proved: tuple[Network, str]) -> None:
    one = constant(0.25)
    text = prove_network(one, SILENCE).files[PATH]
    assert check_network(text, one.files()[one.file], SILENCE).detail.startswith(
        "1 box in 1 pieces, |y - output| <= 0."
    )
    network, text = proved
    count = len(json.loads(text)["boxes"])
    assert count > 1
    assert check_network(text, network.files()[network.file], CARRIES).detail.startswith(f"{count} boxes in ")
