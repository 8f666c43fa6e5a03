"""Splits of a force: what a Lagrangian explains, what none explains, and how both depend on lambda."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors

KINETICS = ("unit", "learned")
POTENTIALS = ("free", "radial")
MASS_FLOOR = 0.1
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ForceSplit(Artifact):
    """a = conservative(x, v) + free(x, v, t), the first from the Lagrangian v'M(x)v/2 - V(x), both by small networks.

    `weights` holds tanh networks "lagrangian.W1", "lagrangian.b1", ... (outputs V, then the lower triangle of L with
    M = L L' + 0.1) and "free.W1", ..., inputs already scaled. `penalties` are the lambdas of a sweep, `errors` and
    `shares` its errors and free forces on held-out rows, relative to the mean acceleration.
    """

    columns: tuple[str, ...]
    size: int
    weights: Mapping[str, Array]
    penalties: tuple[float, ...]
    errors: tuple[float, ...]
    shares: tuple[float, ...]
    chosen: int
    kinetic: str = "unit"
    potential: str = "free"

    kind = "force_split"
    file: ClassVar[str] = "force_split.safetensors"

    def __post_init__(self) -> None:
        for name in ("columns", "penalties", "errors", "shares"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        weights = {name: np.array(value, dtype=np.float64, order="C") for name, value in self.weights.items()}
        object.__setattr__(self, "weights", weights)
        if not len(self.penalties) == len(self.errors) == len(self.shares) > self.chosen >= 0:
            raise ValueError(f"penalties, errors, shares do not fit chosen={self.chosen}; give one of each per lambda")
        if self.kinetic not in KINETICS or self.potential not in POTENTIALS:
            raise ValueError(f"kinetic={self.kinetic!r}, potential={self.potential!r}; use {KINETICS}, {POTENTIALS}")
        if {"lagrangian.W1", "free.W1"} - set(weights):
            raise ValueError("weights lack lagrangian.W1 or free.W1; give both networks")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ForceSplit)
            and self.to_dict() == other.to_dict()
            and set(self.weights) == set(other.weights)
            and all(np.array_equal(self.weights[name], other.weights[name]) for name in self.weights)
        )

    __hash__ = None  # type: ignore[assignment]

    def conservative(self, x: Array, v: Array) -> Array:
        """The accelerations (rows, size) that the Lagrangian gives."""
        x, v = np.atleast_2d(np.asarray(x, np.float64)), np.atleast_2d(np.asarray(v, np.float64))
        distance = np.linalg.norm(x, axis=1, keepdims=True)
        inputs = distance if self.potential == "radial" else x
        value, slope = self._network("lagrangian", inputs)
        fall = -slope[:, :, 0]
        if self.potential == "radial":
            fall = fall * x / distance
        return fall if self.kinetic == "unit" else _euler_lagrange(value, slope, fall, v)

    def free(self, table: Array) -> Array:
        """The accelerations (rows, size) beyond it, for rows of `columns`: positions, velocities, time if it counts."""
        return self._network("free", np.atleast_2d(np.asarray(table, np.float64)))[0]

    def __call__(self, table: Array) -> Array:
        """All of the acceleration, for rows of `columns`."""
        table = np.atleast_2d(np.asarray(table, np.float64))
        return self.conservative(table[:, : self.size], table[:, self.size : 2 * self.size]) + self.free(table)

    def describe(self) -> str:
        share, error = self.shares[self.chosen], self.errors[self.chosen]
        return (
            f"a Lagrangian of {', '.join(self.columns[: self.size])} and a free force of {share:.2%} of the "
            f"acceleration at lambda = {self.penalties[self.chosen]:g}; both together miss {error:.2%}"
        )

    def to_dict(self) -> dict[str, Any]:
        sweep = {name: list(getattr(self, name)) for name in ("columns", "penalties", "errors", "shares")}
        return {
            **sweep, "size": self.size, "chosen": self.chosen, "kinetic": self.kinetic, "potential": self.potential
        }  # fmt: skip

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors(self.weights)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(weights=load_tensors(files, cls.file), **data)

    def _network(self, name: str, inputs: Array) -> tuple[Array, Array]:
        """Values (rows, outputs) and slopes (rows, inputs, outputs) of one of the two networks."""
        w, layer, value = self.weights, 1, inputs
        slope = np.broadcast_to(np.eye(inputs.shape[1]), (len(inputs), inputs.shape[1], inputs.shape[1]))
        while f"{name}.W{layer}" in w:
            if layer > 1:
                value = np.tanh(value)
                slope = slope * (1 - value[:, None] ** 2)
            value = value @ w[f"{name}.W{layer}"] + w[f"{name}.b{layer}"]
            slope = slope @ w[f"{name}.W{layer}"]
            layer += 1
        return value, slope


def _euler_lagrange(value: Array, slope: Array, fall: Array, v: Array) -> Array:
    """M^-1 (-dV/dx + d(v'Mv/2)/dx - (dM/dt) v) from V and the triangle of L, and their slopes."""
    size = v.shape[1]
    rows, columns = np.tril_indices(size)
    lower = np.zeros((len(v), size, size))
    lower[:, rows, columns] = value[:, 1:]
    steep = np.zeros((len(v), size, size, size))
    steep[:, :, rows, columns] = slope[:, :, 1:]
    mass = lower @ lower.transpose(0, 2, 1) + MASS_FLOOR * np.eye(size)
    change = steep @ lower[:, None].transpose(0, 1, 3, 2)
    change = change + change.transpose(0, 1, 3, 2)
    force = fall + np.einsum("bi,bkij,bj->bk", v, change, v) / 2 - np.einsum("bk,bkij,bj->bi", v, change, v)
    return np.linalg.solve(mass, force[..., None])[..., 0]
