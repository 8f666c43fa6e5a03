"""Networks whose states a proof can enclose, made by hand."""

from __future__ import annotations

import numpy as np

from pellucid.artifacts import Automaton
from pellucid.artifacts.programs.network import Network
from pellucid.prove.networks.enclosure_certificate import check_network
from pellucid.subjects import Alphabet

LETTERS = Alphabet((0, 0), (1, 1)).values
CARRIES = Automaton(np.array([[0, 0, 0, 1], [0, 1, 1, 1]]), np.array([[0, 1, 1, 0], [1, 0, 0, 1]])[:, :, None], LETTERS)
SILENCE = Automaton(np.zeros((1, 1), dtype=int), np.zeros((1, 1, 1), dtype=int), np.array([[0]]))
PARITY = Automaton(np.array([[0, 1], [1, 0]]), np.array([[0, 1], [1, 0]])[:, :, None], np.array([[0], [1]]))


def network_from(update: list, readout: list) -> Network:
    """Layers as (weight (in, out), bias (out,)) pairs."""
    weights = {}
    for part, layers in (("update", update), ("readout", readout)):
        for i, (weight, bias) in enumerate(layers):
            weights[f"{part}_weights.{i}"] = np.array([weight], dtype=np.float32)
            weights[f"{part}_biases.{i}"] = np.array([[bias]], dtype=np.float32)
    return Network(weights)


def adder(noise: float = 0.02, deep: bool = False, seed: int = 0) -> Network:
    """Hidden state (carry, digit) of c + a + b, from ramps of slope 2 between the integers; y = digit."""
    generator = np.random.default_rng(seed)

    def near(values) -> np.ndarray:
        values = np.array(values, dtype=float)
        return values + noise * generator.uniform(-1, 1, values.shape)

    thresholds = np.array([0.25, 0.75, 1.25, 1.75, 2.25, 2.75])
    first = near([[2.0] * 6, [0.0] * 6, [2.0] * 6, [2.0] * 6]), near(-2 * thresholds)
    last = near([[0, 1], [0, -1], [1, -1], [-1, 1], [0, 1], [0, -1]]), near([0.0, 0.0])
    readout = [(near([[0], [1]]), near([0.0]))]
    if deep:
        return network_from(
            [first, (np.eye(6), np.zeros(6)), last],
            [(near([[0, 0], [1, -1]]), near([0, 0])), (near([[1], [-1]]), near([0]))],
        )
    return network_from([first, last], readout)


def check(text: str, network: Network, machine) -> str:
    """What is wrong with a certificate; empty if it holds."""
    return check_network(text, network.files()[network.file], machine).problem
