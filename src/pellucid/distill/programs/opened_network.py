"""A trained `RecurrentMLP` as a recurrence, and back from its saved weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ...artifacts.programs.network import Network
from ...nets.recurrent.architecture_search import Searched
from ...nets.recurrent.recurrent import RecurrentMLP, RecurrentShape
from ...subjects.sequences.alphabet import Alphabet
from ...subjects.sequences.recurrence import Layer, Recurrence


@dataclass(frozen=True)
class OpenedNetwork:
    """A network as a recurrence, and the search that it came from where it was trained here."""

    recurrence: Recurrence
    searched: Searched | None = None


def recurrence_of(network: RecurrentMLP, alphabet: Alphabet, horizon: int) -> Recurrence:
    """A network with one member as a recurrence, computed in float32 as it was trained."""
    if network.members != 1:
        raise ValueError(f"network has {network.members} members; select one of them first")

    def step(state: NDArray[Any], inputs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        with torch.no_grad():
            before = torch.as_tensor(np.asarray(state, dtype=np.float32))[None]
            after = network.step(before, torch.as_tensor(np.asarray(inputs, dtype=np.float32)))
            return after[0].numpy(), network.readout(after)[0].numpy()

    initial = network.initial_state(1)[0, 0].detach().numpy()
    source = "a recurrent ReLU network trained here"
    return Recurrence(step, initial, alphabet, horizon, source=source, layers=_layers(network))


def _layers(network: RecurrentMLP) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
    """The weights of the first member, in float64: those of the update, those of the readout."""
    weights = {name: value[0].detach().double().cpu().numpy() for name, value in network.state_dict().items()}

    def part(name: str, depth: int) -> tuple[Layer, ...]:
        return tuple((weights[f"{name}_weights.{i}"], weights[f"{name}_biases.{i}"][0]) for i in range(depth))

    return part("update", network.shape.update_depth), part("readout", network.shape.readout_depth)


def network_artifact(network: RecurrentMLP) -> Network:
    """The weights and sizes, to be kept."""
    weights = {name: value.detach().numpy() for name, value in network.state_dict().items()}
    return Network(weights, asdict(network.shape), "recurrent ReLU network")


def given_network(recurrence: Recurrence) -> Network | None:
    """The user's own network, to be kept, where its step says what its weights are (as torch's does)."""
    weights, shape = getattr(recurrence.step, "weights", None), getattr(recurrence.step, "shape", None)
    return Network(weights, shape, recurrence.source) if weights and shape else None


def network_of(weights: Mapping[str, NDArray[Any]], shape: Mapping[str, int]) -> RecurrentMLP:
    """The inverse of `network_artifact`. Raises ValueError where weights and sizes do not fit."""
    network = RecurrentMLP(RecurrentShape(**shape))
    try:
        network.load_state_dict({name: torch.as_tensor(np.asarray(value)) for name, value in weights.items()})
    except RuntimeError as error:
        raise ValueError(
            f"the weights do not fit the shape {dict(shape)}: {str(error).splitlines()[-1].strip()}"
        ) from None
    if not all(torch.isfinite(value).all() for value in network.state_dict().values()):
        raise ValueError("the weights hold NaN or infinity; train the network again")
    return network
