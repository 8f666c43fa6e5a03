"""Low-rank adapters: what is added to some linear maps of a network, kept apart from the network itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class LowRankAdapter(Artifact):
    """`weights` holds "PATH.A" (rank, in) and "PATH.B" (out, rank): the map at PATH puts out y + B A x.

    >>> import numpy as np
    >>> LowRankAdapter({"head.A": np.ones((1, 3)), "head.B": np.ones((2, 1))}).describe()
    'rank 1 adapter of 1 linear map, 5 parameters'
    """

    weights: Mapping[str, NDArray[Any]]
    description: str = ""

    kind = "low_rank_adapter"
    file: ClassVar[str] = "adapter.safetensors"

    def __post_init__(self) -> None:
        for path in self.paths:
            a, b = self.weights.get(f"{path}.A"), self.weights.get(f"{path}.B")
            if a is None or b is None or a.ndim != 2 or b.ndim != 2 or a.shape[0] != b.shape[1]:
                raise ValueError(f"weights of {path!r} do not fit; give {path}.A (rank, in) and {path}.B (out, rank)")
        if not self.weights:
            raise ValueError("weights is empty; give the matrices of at least one linear map")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LowRankAdapter):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    @property
    def paths(self) -> list[str]:
        """The linear maps that are adapted.

        >>> import numpy as np
        >>> LowRankAdapter({"head.A": np.ones((1, 3)), "head.B": np.ones((2, 1))}).paths
        ['head']
        """
        return list(dict.fromkeys(name.rpartition(".")[0] for name in self.weights))

    @property
    def rank(self) -> int:
        return int(self.weights[f"{self.paths[0]}.A"].shape[0])

    @property
    def parameters(self) -> int:
        return sum(value.size for value in self.weights.values())

    def describe(self) -> str:
        maps = f"{len(self.paths)} linear map{'s' * (len(self.paths) != 1)}"
        where = f" {self.description}" if self.description else ""
        return f"rank {self.rank} adapter of {maps}{where}, {self.parameters:,} parameters"

    def to_dict(self) -> dict[str, Any]:
        return {"description": self.description, "rank": self.rank, "paths": self.paths}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors(self.weights)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(load_tensors(files, cls.file), data["description"])
