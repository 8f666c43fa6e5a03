"""Recurrent networks made to be read: small ReLU networks on raw numbers, many of them in one batched computation.

The hot path is `RecurrentMLP.states`: O(member · batch · time · update_width · (hidden + input)), as one `baddbmm`
per layer and time step for all members together; inputs are projected and states are read out for all times at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["RecurrentMLP", "RecurrentShape"]


@dataclass(frozen=True)
class RecurrentShape:
    """The sizes of one recurrent network: its three spaces, and depth and width of its two parts.

    A part of depth 1 is affine; a part of depth d has d - 1 hidden layers of ReLU units (arXiv 2402.05110, section 3).

    Raises:
        ValueError: a size below 1.

    >>> RecurrentShape(input_size=2, hidden_size=2, output_size=1, update_depth=2, update_width=8).parameters
    61
    """

    input_size: int
    hidden_size: int
    output_size: int
    update_depth: int = 1
    update_width: int = 1
    readout_depth: int = 1
    readout_width: int = 1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f"{field.name}={value!r}: give a whole number of at least 1")

    @property
    def update_sizes(self) -> list[int]:
        """Layer sizes of f: [hidden + input, width, ..., hidden].

        >>> RecurrentShape(1, 2, 1, update_depth=2, update_width=8).update_sizes
        [3, 8, 2]
        """
        first = self.hidden_size + self.input_size
        return [first, *[self.update_width] * (self.update_depth - 1), self.hidden_size]

    @property
    def readout_sizes(self) -> list[int]:
        """Layer sizes of g: [hidden, width, ..., output].

        >>> RecurrentShape(input_size=2, hidden_size=3, output_size=1).readout_sizes
        [3, 1]
        """
        return [self.hidden_size, *[self.readout_width] * (self.readout_depth - 1), self.output_size]

    @property
    def parameters(self) -> int:
        """How many numbers one such network has.

        >>> RecurrentShape(input_size=2, hidden_size=3, output_size=1).parameters
        22
        """
        pairs = [*_pairs(self.update_sizes), *_pairs(self.readout_sizes)]
        return sum((before + 1) * after for before, after in pairs)

    @property
    def linear(self) -> bool:
        """Whether both parts are affine, so that the network is a linear system.

        >>> RecurrentShape(2, 3, 1).linear
        True
        """
        return self.update_depth == 1 and self.readout_depth == 1


class RecurrentMLP(nn.Module):
    """`members` independent recurrent ReLU networks of one shape, computed together.

        h_0 = 0,   h_t = f([h_{t-1}, x_t]),   y_t = g(h_t)

    with f, g multi-layer perceptrons (ReLU between layers; arXiv 2402.05110, section 3.1). Weights are
    Float[Tensor, "member in out"], biases Float[Tensor, "member 1 out"]. Numbers go in and come out raw.

    Raises:
        ValueError: fewer than one member.

    >>> network = RecurrentMLP(RecurrentShape(1, 2, 1, update_depth=2, update_width=8), members=3, seed=0)
    >>> network(torch.zeros(5, 10, 1)).shape     # member, batch, time, output
    torch.Size([3, 5, 10, 1])
    >>> network.select(1).members
    1
    """

    def __init__(self, shape: RecurrentShape, members: int = 1, *, seed: int = 0) -> None:
        super().__init__()
        if members < 1:
            raise ValueError(f"members={members!r}: give a whole number of at least 1")
        self.shape = shape
        self.members = members
        generator = torch.Generator().manual_seed(seed)
        self.update_weights, self.update_biases = _layers(shape.update_sizes, members, generator)
        self.readout_weights, self.readout_biases = _layers(shape.readout_sizes, members, generator)

    def initial_state(self, batch: int) -> Float[Tensor, "member batch hidden"]:
        """The state before the first input: zeros."""
        return self.update_biases[0].new_zeros(self.members, batch, self.shape.hidden_size)

    def step(
        self, state: Float[Tensor, "member batch hidden"], inputs: Float[Tensor, "... batch input"]
    ) -> Float[Tensor, "member batch hidden"]:
        """One update h' = f([h, x]); `inputs` may lack the member axis, then all members get the same."""
        together = torch.cat([state, inputs.expand(self.members, -1, -1)], -1)
        return _perceptron(together, self.update_weights, self.update_biases)

    def readout(self, state: Float[Tensor, "member batch hidden"]) -> Float[Tensor, "member batch output"]:
        """The output y = g(h) of a state."""
        return _perceptron(state, self.readout_weights, self.readout_biases)

    def states(
        self,
        inputs: Float[Tensor, "... batch time input"],
        disturbance: Float[Tensor, "time member batch hidden"] | None = None,
    ) -> Float[Tensor, "member batch time hidden"]:
        """All states h_1 ... h_T; `disturbance` is added to every state, which teaches states to contract.

        Raises:
            ValueError: `inputs` of a wrong input size, or without time steps.
        """
        steps = self._projected(inputs)
        recurrent = self.update_weights[0][:, : self.shape.hidden_size]
        state = self.initial_state(steps[0].shape[1])
        states: list[Tensor] = []
        for time, driven in enumerate(steps):
            state = torch.baddbmm(driven, state, recurrent)
            if self.shape.update_depth > 1:
                state = _perceptron(state.relu(), self.update_weights[1:], self.update_biases[1:])
            if disturbance is not None:
                state = state + disturbance[time]
            states.append(state)
        return torch.stack(states, 2)

    def forward(
        self,
        inputs: Float[Tensor, "... batch time input"],
        disturbance: Float[Tensor, "time member batch hidden"] | None = None,
    ) -> Float[Tensor, "member batch time output"]:
        """All outputs y_1 ... y_T of every member; `inputs` may lack the member axis, then all get the same."""
        states = self.states(inputs, disturbance)
        return self.readout(states.flatten(1, 2)).unflatten(1, states.shape[1:3])

    def select(self, member: int | Sequence[int]) -> RecurrentMLP:
        """A network of its own with the given member, or members, of this one (weights are copied).

        Raises:
            ValueError: a member that does not exist.
        """
        chosen = [member] if isinstance(member, int) else list(member)
        if not chosen or not all(0 <= index < self.members for index in chosen):
            raise ValueError(f"member={member!r}: give indices from 0 to {self.members - 1}")
        first = self.update_biases[0]
        picked = RecurrentMLP(self.shape, len(chosen)).to(first.device, first.dtype)
        picked.load_state_dict({name: value[chosen] for name, value in self.state_dict().items()})
        return picked

    def first_units(self, hidden_size: int) -> RecurrentMLP:
        """The same network without the hidden units after the first `hidden_size`, which must be dead (copied).

        Raises:
            ValueError: more units than there are.

        >>> RecurrentMLP(RecurrentShape(1, 4, 1)).first_units(2).shape.hidden_size
        2
        """
        whole = self.shape.hidden_size
        if not 1 <= hidden_size <= whole:
            raise ValueError(f"hidden_size={hidden_size!r}: give a number from 1 to {whole}")
        small = RecurrentMLP(replace(self.shape, hidden_size=hidden_size), self.members)
        small = small.to(self.update_biases[0].device, self.update_biases[0].dtype)
        weights = self.state_dict()
        last = f"update_{{}}.{self.shape.update_depth - 1}"
        for name in (last.format("weights"), last.format("biases")):
            weights[name] = weights[name][:, :, :hidden_size]
        first = weights["update_weights.0"]
        weights["update_weights.0"] = torch.cat([first[:, :hidden_size], first[:, whole:]], 1)
        weights["readout_weights.0"] = weights["readout_weights.0"][:, :hidden_size]
        small.load_state_dict(weights)
        return small

    def _projected(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """What the inputs of each time step add to the first layer of f, bias included: time x (member batch width)."""
        batch, time, size = inputs.shape[-3:]
        if size != self.shape.input_size or time < 1:
            wanted = f"(..., batch, time >= 1, {self.shape.input_size})"
            raise ValueError(f"inputs has shape {tuple(inputs.shape)}: give {wanted}")
        driving = self.update_weights[0][:, self.shape.hidden_size :]
        by_time = inputs.transpose(-3, -2).reshape(*inputs.shape[:-3], time * batch, size)
        projected = torch.baddbmm(self.update_biases[0], by_time.expand(self.members, -1, -1), driving)
        return projected.unflatten(1, (time, batch)).unbind(1)


def _pairs(sizes: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(sizes))


def _layers(
    sizes: Sequence[int], members: int, generator: torch.Generator
) -> tuple[nn.ParameterList, nn.ParameterList]:
    """Weights and biases, uniform within 1 / sqrt(fan-in)."""
    weights, biases = nn.ParameterList(), nn.ParameterList()
    for before, after in _pairs(sizes):
        for parameters, rows in ((weights, before), (biases, 1)):
            uniform = torch.rand(members, rows, after, generator=generator) * 2 - 1
            parameters.append(nn.Parameter(uniform / math.sqrt(before)))
    return weights, biases


def _perceptron(values: Tensor, weights: Iterable[Tensor], biases: Iterable[Tensor]) -> Tensor:
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        values = torch.baddbmm(bias, values.relu() if layer else values, weight)
    return values
