"""Field waves: a solution of a field equation on a ring, computed numerically, to watch what its integrals do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..formulas.formula_source import numpy_function
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class FieldWaves(Artifact):
    """Values (times, fields, points) at `times` (times,) and equally spaced points of a ring of `length`.

    >>> FieldWaves(np.zeros((5, 1, 8)), np.arange(5.0), np.zeros(0), ("u",), (), 6.28).describe()
    'u on a ring of length 6.28, 8 points, 5 times up to 4'
    """

    values: NDArray[np.float64]
    times: NDArray[np.float64]
    constants: NDArray[np.float64]
    """The values of the parameters."""
    fields: tuple[str, ...]
    parameters: tuple[str, ...]
    length: float

    kind = "field_waves"
    file: ClassVar[str] = "field_waves.safetensors"

    def __post_init__(self) -> None:
        for name in ("fields", "parameters"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        shape = (len(self.times), len(self.fields))
        if self.values.ndim != 3 or self.values.shape[:2] != shape or len(self.constants) != len(self.parameters):
            raise ValueError(f"values are {self.values.shape}; give ({shape[0]} times, {shape[1]} fields, points)")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FieldWaves):
            return NotImplemented
        pairs = ((self.values, other.values), (self.times, other.times), (self.constants, other.constants))
        return self.to_dict() == other.to_dict() and all(np.array_equal(a, b) for a, b in pairs)

    __hash__ = None  # type: ignore[assignment]

    def derivative(self, field: str, order: int) -> NDArray[np.float64]:
        """The x-derivative of a field (times, points), by its Fourier modes."""
        points = self.values.shape[2]
        wavenumbers = 2j * np.pi * np.fft.rfftfreq(points, self.length / points)
        return np.fft.irfft(np.fft.rfft(self.values[:, self.fields.index(field)]) * wavenumbers**order, points)

    def integral(self, density: Any) -> NDArray[np.float64]:
        """The integral of a density (a sympy expression in u, u_x, ..., parameters) at every time, (times,).

        Shape (times,), one number for each: (times, points) fields are averaged over the points.
        """
        names = tuple(sorted(str(s) for s in density.free_symbols))
        values = numpy_function(density, names)(*map(self._values, names))
        return np.broadcast_to(values, (len(self.times), self.values.shape[2])).mean(1) * self.length

    def _values(self, name: str) -> Any:
        if name in self.parameters:
            return self.constants[self.parameters.index(name)]
        jet = re.fullmatch(r"([A-Za-z]\w*?)_(x+|\d+x)", name)
        if jet is None:
            return self.derivative(name, 0)
        digits = jet[2][:-1]
        return self.derivative(jet[1], int(digits) if digits.isdigit() else len(jet[2]))

    def describe(self) -> str:
        names, points = ", ".join(self.fields), self.values.shape[2]
        end = f"{len(self.times)} times up to {self.times[-1]:.3g}"
        return f"{names} on a ring of length {self.length:.3g}, {points} points, {end}"

    def to_dict(self) -> dict[str, Any]:
        return {"fields": list(self.fields), "parameters": list(self.parameters), "length": self.length}

    def files(self) -> Mapping[str, bytes]:
        arrays = {"values": self.values, "times": self.times, "constants": self.constants}
        return {self.file: save_tensors({name: np.ascontiguousarray(value) for name, value in arrays.items()})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        return cls(arrays["values"], arrays["times"], arrays["constants"], **data)
