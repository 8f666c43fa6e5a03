"""Certificates that a trained network equals a finite machine on every sequence of any length, and their checker.

    h' = f([h, x]),  y = g(h'),   q' = delta(q, x),   to show: |y - output(q, x)| < 1/2 after any inputs x_1 ... x_t

A certificate lists boxes {h : low <= T h <= high}, each for one state q of the machine; T is one matrix of integers. If
(1) h_0 = 0 lies in a box of the first state, (2) the image of every box under every input x is covered by boxes of the
state delta(q, x), and (3) |y - output(q, x)| <= bound < 1/2 on every image, then the claim follows by induction over t.

The checker computes with integers only (`enclosure_integers`), bounds the rounding errors of the network, and shares no
code with the search for boxes (`enclosure_search`). Cost: O(boxes * inputs * pieces * width^2).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.network import Network
from ...artifacts.programs.program import Program
from ..effort import Effort
from ..programs.program_certificate import ProgramCertificate, program_of
from ..proof import CertificateError, Verdict, read_tensors, refuse_other_claim, verdict_of
from .enclosure_integers import Edge, Geometry, IntegerBox, IntegerLayers, State

if TYPE_CHECKING:
    from ..saved import Saved


@dataclass(frozen=True)
class Box:
    """Hidden states h with low <= T h <= high, of the machine's state (registers, or a number)."""

    state: State
    low: tuple[float, ...]
    high: tuple[float, ...]


class NetworkCertificate(ProgramCertificate):
    """The network of a finding has the outputs of its program, or of its automaton, whatever the inputs are."""

    kind = "network"
    by = "boxes"
    command = "pellucid check ."

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        program = entry["machine"] == "program"
        machine = program_of(saved) if program else Automaton.from_dict(saved.finding["parts"]["automaton"]["data"], {})
        refuse_other_claim(entry, statement_of(machine), domain_of(machine))
        return check_network(text, saved.read(Network.file), machine, timeout=timeout)


def statement_of(machine: Program | Automaton) -> str:
    """What a certificate about `machine` says."""
    return f"network = {word_for(machine)}, every input, every length"


def domain_of(machine: Program | Automaton) -> str:
    """The inputs it says it of."""
    if isinstance(machine, Program):
        ranges = ", ".join(i.domain for i in machine.inputs)
    else:
        columns = zip(machine.symbols.min(0).tolist(), machine.symbols.max(0).tolist(), strict=True)
        ranges = f"{len(machine.symbols)} symbols, {' x '.join(f'{low}..{high}' for low, high in columns)}"
    return f"sequences of any length with {ranges} at each step; network in float32"


def word_for(machine: Program | Automaton) -> str:
    """What a statement calls the machine."""
    return "program" if isinstance(machine, Program) else "automaton"


def certificate_text(
    machine: Program | Automaton, tensors: bytes, basis: NDArray[np.int64], boxes: Sequence[Box], bound: float
) -> str:
    """The certificate as JSON; `tensors` is the content of network.safetensors, numbers are written in hexadecimal."""
    entries = [
        {"state": list(b.state), "low": [v.hex() for v in b.low], "high": [v.hex() for v in b.high]} for b in boxes
    ]
    head = {
        **_head(machine, tensors),
        "bound": float(bound).hex(),
        "bound_decimal": f"{bound:.6f}",
        "basis": basis.tolist(),
    }
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    return json.dumps(head, indent=1).removesuffix("\n}") + f',\n "boxes": [\n{lines}\n ]\n}}\n'


def check_network(text: str, tensors: bytes, machine: Program | Automaton, *, timeout: float = 60.0) -> Verdict:
    """Whether the certificate `text` proves that the network in `tensors` has the outputs of `machine`.

    `tensors` is the content of network.safetensors. Nothing is raised: whatever cannot be read does not hold.
    """
    effort = Effort.of_seconds(timeout)
    return verdict_of(lambda: _check(text, tensors, machine, effort), timeout=timeout)


def _check(text: str, tensors: bytes, machine: Program | Automaton, effort: Effort) -> str:
    data = json.loads(text)
    _refuse_other_head(data, _head(machine, tensors))
    bound = _bound_of(data)
    symbols, initial, step = _machine(machine)
    layers = IntegerLayers(read_tensors(tensors), symbols)
    geometry = Geometry(data["basis"], layers.hidden_size)
    boxes = [IntegerBox.read(entry, geometry) for entry in data["boxes"]]
    if not any(box.state == initial and box.holds_zero for box in boxes):
        raise CertificateError("no box of the machine's first state holds the first hidden state, 0")
    by_state: dict[State, list[IntegerBox]] = {}
    for box in boxes:
        by_state.setdefault(box.state, []).append(box)
    pieces = 0
    for number, box in enumerate(boxes):
        for i, symbol in enumerate(symbols):
            state, outputs = step(box.state, symbol)
            edge = Edge(geometry, layers, i, outputs, bound, by_state.get(state, []))
            where = f"box {number} (state {box.state}), input {symbol}"
            pieces += edge.check(box, where, effort)
    noun = "box" if len(boxes) == 1 else "boxes"
    return f"{len(boxes)} {noun} in {pieces} pieces, |y - output| <= {bound:.4f}"


def _refuse_other_head(data: Mapping[str, Any], head: Mapping[str, Any]) -> None:
    """A certificate has to say what every one about this machine and these weights says."""
    for key, expected in head.items():
        if key == "network" and data[key] != expected:
            raise CertificateError("it is about other weights")
        if data[key] != expected:
            raise CertificateError(f"its {key} is {data[key]!r} instead of {expected!r}")


def _bound_of(data: Mapping[str, Any]) -> float:
    """The bound on |y - output| that a certificate gives, in both ways of writing it."""
    bound = float.fromhex(data["bound"])
    if not 0 <= bound < 0.5:
        raise CertificateError(f"its bound on |y - output| is {bound:g}; below 1/2 outputs round to the machine's")
    if data["bound_decimal"] != f"{bound:.6f}":
        raise CertificateError(f"its bound is {bound:.6f}, and not {data['bound_decimal']}")
    return bound


def _head(machine: Program | Automaton, tensors: bytes) -> dict[str, Any]:
    """What every certificate about this machine and these weights says."""
    return {
        "format": NetworkCertificate.format,
        "kind": NetworkCertificate.kind,
        "machine": word_for(machine),
        "statement": statement_of(machine),
        "domain": domain_of(machine),
        "assumptions": [
            "the first hidden state is 0, inputs are the integers themselves, an output is the integer nearest to y",
            "the network is computed in IEEE float32, rounding to nearest after each operation or less often "
            "(fused multiply)",
            "products and bias are added up directly, in any order; not in TF32 or bfloat16, not by Strassen's method",
            "numbers below 2^-126 may be set to 0",
        ],
        "network": {"path": Network.file, "sha256": hashlib.sha256(tensors).hexdigest()},
    }


Step = Callable[[State, State], tuple[State, State]]


def _machine(machine: Program | Automaton) -> tuple[list[State], State, Step]:
    """All inputs, the first state, and (state, input) -> (next state, outputs)."""
    if isinstance(machine, Program):
        initial = tuple(register.initial for register in machine.registers)

        def step(state: State, symbol: State) -> tuple[State, State]:
            after, outputs = machine.step(state, symbol)
            return tuple(int(v) for v in after), tuple(int(v) for v in outputs)

        return list(product(*(i.values for i in machine.inputs))), initial, step
    symbols = [tuple(row) for row in machine.symbols.tolist()]
    column = {symbol: i for i, symbol in enumerate(symbols)}

    def look_up(state: State, symbol: State) -> tuple[State, State]:
        (number,), i = state, column[symbol]
        if number < 0:
            raise ValueError(f"the machine has no state {number}")
        return (int(machine.transitions[number, i]),), tuple(machine.outputs[number, i].tolist())

    return symbols, (0,), look_up
