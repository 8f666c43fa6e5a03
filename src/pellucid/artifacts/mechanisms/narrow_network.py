"""Narrow networks: the neurons that one skill needs, the smaller weights, and what is left of the other skills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from ..array_artifact import ArrayArtifact
from ..tensor_file import load_tensors, save_tensors

WHOLE, NARROW = "whole network", "group lasso"


@dataclass(frozen=True, eq=False)
class NarrowNetwork(ArrayArtifact):
    """Of each hidden layer the neurons `kept`, out of `widths`; `weights` are those of the smaller network.

    `accuracies[i][j]` is the share of rows of `skills[j]` that `networks[i]` has right: the whole network, the narrow
    one, and other networks of its size. The first skill is the one that was kept. `relearning[j]` are the accuracies of
    a forgotten skill in training on it again, at `steps`: of the narrow network, and of a fresh one of its size.

    >>> found = NarrowNetwork(("0",), (8,), ((1, 4),), ("a", "b"), (WHOLE, NARROW), ((1.0, 1.0), (1.0, 0.5)))
    >>> found.describe()
    '2 of 8 hidden neurons keep a: 100.0% right; b 50.0%, was 100.0%'
    """

    layers: tuple[str, ...]
    widths: tuple[int, ...]
    kept: tuple[tuple[int, ...], ...]
    skills: tuple[str, ...]
    networks: tuple[str, ...]
    accuracies: tuple[tuple[float, ...], ...]
    chance: tuple[float, ...] = ()
    steps: tuple[int, ...] = ()
    relearning: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()
    norms: tuple[tuple[float, ...], ...] = ()
    """|(incoming weights, bias, outgoing weights)| of each neuron, after the group lasso."""
    weights: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False)
    title: str = "network"

    kind = "narrow-network"

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.kept) or any(len(row) != len(self.skills) for row in self.accuracies):
            raise ValueError("widths, kept and accuracies do not fit; give one of each layer, network and skill")

    @property
    def neurons(self) -> int:
        """How many are kept."""
        return sum(map(len, self.kept))

    def accuracy(self, network: str, skill: str) -> float:
        """The share of rows of a skill that a network has right."""
        return self.accuracies[self.networks.index(network)][self.skills.index(skill)]

    def describe(self) -> str:
        keep = self.skills[0]
        others = ", ".join(
            f"{name} {self.accuracy(NARROW, name):.1%}, was {self.accuracy(WHOLE, name):.1%}"
            for name in self.skills[1:4]
        )
        more = f" and {len(self.skills) - 4} more" if len(self.skills) > 4 else ""
        return (
            f"{self.neurons} of {sum(self.widths)} hidden neurons keep {keep}: {self.accuracy(NARROW, keep):.1%} right"
            + (f"; {others}{more}" if others else "")
        )

    def to_dict(self) -> dict[str, Any]:
        told = super().to_dict()
        told.pop("weights", None)
        return told

    def files(self) -> Mapping[str, bytes]:
        arrays = {name: np.ascontiguousarray(value) for name, value in self.weights.items()}
        return {f"{self.kind}.safetensors": save_tensors(arrays)} if arrays else {}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        found = super().from_dict(data, {})
        name = f"{cls.kind}.safetensors"
        object.__setattr__(found, "weights", load_tensors(files, name) if name in files else {})
        return found
