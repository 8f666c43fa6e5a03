"""Proving that a trained network equals a finite machine on every sequence of any length, by enclosing its states.

    h' = f([h, x]),  y = g(h'),   q' = delta(q, x),   to prove: |y - output(q, x)| < 1/2 after any inputs x_1 ... x_t

A network that drifts is refuted, where some random or periodic input leads to a wrong output. Otherwise boxes of hidden
states are looked for in floats (`enclosure_search`), and what is found is checked in integers (`enclosure_certificate`)
before it is called a proof: the two share no code.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.network import Network
from ...artifacts.programs.program import Program
from ...core.claim import Claim, Refuted, Undecided
from ..effort import Effort
from ..programs.equivalence import sequence_text
from ..programs.product import as_printed
from ..proof import Proof, RanOut
from . import enclosure_certificate as certificate
from .enclosure_search import Cover, Layers, Table, enclosures, layers_of
from .settings import ENCLOSURE


def prove_network(
    network: Network,
    machine: Program | Automaton,
    *,
    path: str = "proofs/network.json",
    timeout: float = 15.0,
    seed: int = 0,
) -> Proof:
    """Whether `network`, in float32, rounds to the outputs of `machine` on all sequences of its inputs, however long.

    Proved, with a certificate that was checked; Refuted, with a sequence on which the network is wrong; or Undecided,
    with what was in the way. Raises ValueError where inputs or outputs do not match in number.

    >>> weights = {"update_weights.0": [[[0.5], [0.0]]], "update_biases.0": [[[0.0]]],    # h' = h / 2, y = h'
    ...            "readout_weights.0": [[[1.0]]], "readout_biases.0": [[[0.0]]]}
    >>> net = Network({name: np.float32(value) for name, value in weights.items()})
    >>> silent = Automaton(np.zeros((1, 2), int), np.zeros((1, 2, 1), int), np.array([[0], [1]]))
    >>> prove_network(net, silent).claim.strength
    'Proved'
    """
    start = time.monotonic()
    if isinstance(machine, Program):
        machine = as_printed(machine)
    statement = certificate.statement_of(machine)

    def proof(claim: Claim) -> Proof:
        return Proof(claim, seconds=time.monotonic() - start)

    table = table_of(machine)
    if table is None:
        most = f"{ENCLOSURE.most_states} states or {ENCLOSURE.most_symbols} inputs"
        reason = f"the machine has more than {most}, or steps without a value"
        return proof(Undecided(statement, reason, "compare with a finite automaton"))
    layers = layers_of(network, table)
    if layers is None:
        return proof(Undecided(statement, "the network is not a recurrent ReLU network in float32"))
    if difference := _difference(network, layers, table, np.random.default_rng(seed)):
        return proof(Refuted(statement, difference))
    text, reason = _certificate(network, machine, layers, table, seed, Effort.of_seconds(timeout))
    if not text:
        remedy = "train with noise on the hidden state, so that the network contracts onto its states"
        return proof(Undecided(statement, reason, remedy))
    domain, word, seconds = certificate.domain_of(machine), certificate.word_for(machine), time.monotonic() - start
    return certificate.NetworkCertificate().build(path, text, statement, domain, seconds=seconds, machine=word)


def _certificate(
    network: Network, machine: Program | Automaton, layers: Layers, table: Table, seed: int, effort: Effort
) -> tuple[str, str]:
    """A certificate that holds, or nothing and the reason."""
    tensors, reason = network.files()[network.file], ""
    try:
        for found in enclosures(layers, table, seed, effort):
            if isinstance(found, Cover):
                bound = min(found.bound * 1.001 + 1e-6, 0.4999999)
                text = certificate.certificate_text(
                    machine, tensors, found.basis.astype(np.int64), _boxes(found, table), bound
                )
                verdict = certificate.check_network(text, tensors, machine, timeout=effort.seconds)
                if verdict.holds:
                    return text, ""
                found = f"with {len(found.state)} boxes {verdict.problem}"
            reason = found
    except RanOut:
        reason = "the effort allowed (counted in steps) was spent" + (f"; {reason}" if reason else "")
    return "", reason


def _boxes(cover: Cover, table: Table) -> list[certificate.Box]:
    rows = zip(cover.state.tolist(), cover.low.tolist(), cover.high.tolist(), strict=True)
    return [certificate.Box(table.names[state], tuple(low), tuple(high)) for state, low, high in rows]


def table_of(machine: Program | Automaton) -> Table | None:
    """The machine, unrolled; None where it has too many states or inputs, or where a step has no value."""
    if isinstance(machine, Program):
        return _unrolled(machine)
    few = machine.size <= ENCLOSURE.most_states and len(machine.symbols) <= ENCLOSURE.most_symbols
    names = [(number,) for number in range(machine.size)]
    return Table(names, machine.transitions, machine.outputs, machine.symbols) if few else None


def _unrolled(program: Program) -> Table | None:
    """Every state that the program reaches, in the order in which it does."""
    symbols = _symbols_of(program)
    if symbols is None:
        return None
    names = [tuple(register.initial for register in program.registers)]
    number: dict[tuple[int, ...], int] = {names[0]: 0}
    transitions, outputs = [], []
    for state in names:
        steps = _steps(program, state, symbols)
        if steps is None:
            return None
        for after, _ in steps:
            if after not in number:
                number[after] = len(names)
                names.append(after)
        if len(names) > ENCLOSURE.most_states:
            return None
        transitions.append([number[after] for after, _ in steps])
        outputs.append([given for _, given in steps])
    return Table(names, np.array(transitions), np.array(outputs), np.array(symbols))


def _symbols_of(program: Program) -> list[tuple[int, ...]] | None:
    """All inputs of a step; None where they are too many."""
    ranges = [i.values for i in program.inputs]
    few = math.prod(map(len, ranges)) <= ENCLOSURE.most_symbols
    return list(product(*ranges)) if few else None


def _steps(program: Program, state: tuple[int, ...], symbols: list[tuple[int, ...]]) -> list[Any] | None:
    """The next state and the outputs after each input; None where one of them has no value."""
    try:
        found = [program.step(state, symbol) for symbol in symbols]
    except (ArithmeticError, IndexError, ValueError):
        return None
    return [(tuple(int(v) for v in after), [int(v) for v in outputs]) for after, outputs in found]


def _difference(network: Network, layers: Layers, table: Table, generator: np.random.Generator) -> str:
    """A sequence on which the network is wrong, and what it gives there; empty if none is seen."""
    raw = _runner(network, table)

    def first_wrong(words: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first step at which the network is wrong; the length of the words if there is none."""
        wrong = (np.rint(raw(words)) != table.run(words)).any(2)
        return np.where(wrong.any(1), wrong.argmax(1), words.shape[1])

    words = np.concatenate([_words(len(table.symbols), generator), _worst_words(layers, table)])
    steps = first_wrong(words)
    for row in np.argsort(steps, kind="stable")[:5]:
        if steps[row] == ENCLOSURE.run:
            break
        step = int(first_wrong(words[row][None])[0])  # whether it is also wrong when it is run alone
        if step < ENCLOSURE.run:
            word = words[row][None, : step + 1]
            given = ", ".join(f"{value:.4g}" for value in raw(word)[0, -1])
            right = ", ".join(map(str, table.run(word)[0, -1].tolist()))
            inputs = sequence_text(table.symbols[word[0]])
            return f"inputs {inputs}: network gives {given} instead of {right} at step {step + 1}"
    return ""


def _worst_words(layers: Layers, table: Table) -> NDArray[np.int64]:
    """Words (some, steps) that lead the outputs astray: of all that are one step longer, those with the largest errors.

    Only one is kept of those that lead to nearly the same state.
    """
    size = len(table.symbols)
    states, numbers = np.zeros((1, layers.hidden_size)), np.zeros(1, dtype=np.int64)
    words = np.zeros((1, 0), dtype=np.int64)
    with np.errstate(all="ignore"):
        for _ in range(ENCLOSURE.run):
            row, symbol = np.divmod(np.arange(len(states) * size), size)
            after, outputs = layers.step(states[row], symbol)
            error = np.abs(outputs - table.outputs[numbers[row], symbol]).max(1)
            numbers = table.transitions[numbers[row], symbol]
            alike = np.concatenate([numbers[:, None], np.round(after, 4)], 1)
            kept = np.unique(alike, axis=0, return_index=True)[1]
            kept = kept[np.argsort(-error[kept], kind="stable")[: max(1, ENCLOSURE.beam // size)]]
            states, numbers = np.clip(after[kept], -1e6, 1e6), numbers[kept]
            words = np.concatenate([words[row[kept]], symbol[kept, None]], 1)
    return words


def _runner(network: Network, table: Table) -> Callable[[NDArray[np.int64]], NDArray[np.float64]]:
    """The network as it runs: numbers of inputs (words, time) -> raw outputs (words, time, outputs)."""
    import torch

    from ...nets.recurrent.recurrent import RecurrentMLP, RecurrentShape
    from ...run.threads import one_thread

    module = RecurrentMLP(RecurrentShape(**_shape(network.weights)))
    module.load_state_dict({name: torch.tensor(value) for name, value in network.weights.items()})

    def run(words: NDArray[np.int64]) -> NDArray[np.float64]:
        with torch.no_grad(), one_thread():
            return module(torch.tensor(table.symbols[words], dtype=torch.float32))[0].double().numpy()

    return run


def _shape(weights: Mapping[str, NDArray[Any]]) -> dict[str, int]:
    """The sizes of a network, read off its weights."""
    keys = sorted(weights, key=lambda key: int(key.rpartition(".")[2]))
    update, readout = ([weights[k] for k in keys if k.startswith(f"{p}_weights")] for p in ("update", "readout"))
    hidden = update[-1].shape[2]
    sizes = {"input_size": update[0].shape[1] - hidden, "hidden_size": hidden, "output_size": readout[-1].shape[2]}
    for part, matrices in (("update", update), ("readout", readout)):
        sizes |= {f"{part}_depth": len(matrices), f"{part}_width": matrices[0].shape[2]}
    return sizes


def _words(size: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Random words, and those that repeat a short word after one of some short beginnings: (words, steps)."""
    words = [generator.integers(0, size, (200, ENCLOSURE.run))]
    beginnings = [generator.integers(0, size, length) for length in (0, 1, 2, 3, 4)]
    for period in range(1, 7):
        if period > 1 and size**period > ENCLOSURE.most_cycles:
            break
        cycles = np.array(list(product(range(size), repeat=period)))
        repeated = np.tile(cycles, (1, ENCLOSURE.run // period + 1))
        for beginning in beginnings:
            front = np.repeat(beginning[None], len(cycles), 0)
            words.append(np.concatenate([front, repeated], 1)[:, : ENCLOSURE.run])
    return np.concatenate(words)
