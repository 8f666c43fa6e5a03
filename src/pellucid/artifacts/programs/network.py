"""Networks: the trained weights a program was read from, kept so that the network can be run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class Network(Artifact):
    """Named weights, the sizes that say how to put them together, and a line for people where there is more to say.

    `shape` is written into the safetensors file too (metadata "shape", as JSON), so that the file can be read alone.

    >>> Network({"weight": np.zeros((2, 3)), "bias": np.zeros(2)}, {"hidden_size": 2}).describe()
    'hidden size 2, 8 parameters'
    """

    weights: Mapping[str, NDArray[Any]]
    shape: Mapping[str, int | str] = field(default_factory=dict)
    description: str = ""

    file: ClassVar[str] = "network.safetensors"

    kind = "network"

    def __post_init__(self) -> None:
        weights = {name: np.asarray(value, order="C") for name, value in self.weights.items()}
        if not weights:
            raise ValueError("weights is empty; give at least one named array")
        for name, value in weights.items():
            if value.dtype.kind not in "iufb":
                raise ValueError(f"weights[{name!r}] has dtype {value.dtype}; give numbers")
        object.__setattr__(self, "weights", weights)

    @property
    def parameters(self) -> int:
        """How many numbers the network has.

        >>> Network({"weight": np.zeros((2, 3)), "bias": np.zeros(2)}).parameters
        8
        """
        return sum(value.size for value in self.weights.values())

    @property
    def sizes(self) -> dict[str, int]:
        """The shape where it is all numbers. Raises ValueError where it is not."""
        sizes = {name: size for name, size in self.shape.items() if isinstance(size, int)}
        if len(sizes) < len(self.shape):
            raise ValueError(f"shape {dict(self.shape)} holds words; give a network of sizes alone")
        return sizes

    def describe(self) -> str:
        words = [self.description] if self.description else []
        if "hidden_size" in self.shape:
            words.append(f"hidden size {self.shape['hidden_size']}")
        words.append(f"{self.parameters:,} parameters")
        return ", ".join(words)

    def to_dict(self) -> dict[str, Any]:
        return {"shape": dict(self.shape), "description": self.description, "parameters": self.parameters}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors(self.weights, self.shape)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(load_tensors(files, cls.file), data["shape"], data["description"])
