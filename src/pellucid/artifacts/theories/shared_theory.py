"""Shared theories: what several learners read accelerations from, system after system, and whether they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors

Array = NDArray[np.float64]
_ARRAYS = ("readouts", "activations", "errors", "hamilton", "lagrange")


@dataclass(frozen=True, eq=False)
class SharedTheory(Artifact):
    """dv/dt = sum_k readouts_k term_k, term_k from derivatives of each system's S(x, v); stage s knows s + 1 systems.

    `readouts` (stage, seed, term); `activations` (stage, seed, system, term), how much of the acceleration each term
    carries (they sum to 1); `errors`, `hamilton` and `lagrange` (stage, seed, system): the relative error, and how much
    of the variance of the acceleration -S_x, and (S_x - S_xv v)/S_vv, explain. What is yet to come is NaN.
    """

    systems: tuple[str, ...]
    terms: tuple[str, ...]
    readouts: Array
    activations: Array
    errors: Array
    hamilton: Array
    lagrange: Array

    kind = "shared_theory"
    file: ClassVar[str] = "shared_theory.safetensors"

    def __post_init__(self) -> None:
        object.__setattr__(self, "systems", tuple(self.systems))
        object.__setattr__(self, "terms", tuple(self.terms))
        for name in _ARRAYS:
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=np.float64, order="C"))
        shape = (len(self.systems), self.readouts.shape[1], len(self.systems), len(self.terms))
        if self.activations.shape != shape or self.readouts.shape != (shape[0], shape[1], shape[3]):
            raise ValueError(f"activations have shape {self.activations.shape}; give {shape}, and readouts to fit")
        if any(getattr(self, name).shape != shape[:3] for name in ("errors", "hamilton", "lagrange")):
            raise ValueError(f"errors, hamilton and lagrange do not fit; give each as {shape[:3]}")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SharedTheory)
            and (self.systems, self.terms) == (other.systems, other.terms)
            and all(np.array_equal(getattr(self, n), getattr(other, n), equal_nan=True) for n in _ARRAYS)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def seeds(self) -> int:
        return self.readouts.shape[1]

    def shares(self) -> Array:
        """How much of the acceleration each term carries, over the systems known so far: (stage, seed, term)."""
        return np.stack([self.activations[s, :, : s + 1].mean(1) for s in range(len(self.systems))])

    def agreement(self) -> Array:
        """The mean cosine between the shares of two seeds, at each stage: 1 where all read from the same terms."""
        return np.array([_mean_cosine(share) for share in self.shares()])

    def agreement_without(self) -> Array:
        """The same without each seed in turn: (seed, stage)."""
        shares = self.shares()
        return np.array([[_mean_cosine(np.delete(share, s, 0)) for share in shares] for s in range(self.seeds)])

    def agreement_doubt(self) -> Array:
        """The standard error of `agreement` at each stage, by the jackknife over seeds (pairs share seeds)."""
        return jackknife(self.agreement_without())

    def explained(self) -> tuple[Array, Array]:
        """By -S_x, and by (S_x - S_xv v)/S_vv: the share of variance, mean over seeds and known systems, each stage."""
        known = [slice(0, s + 1) for s in range(len(self.systems))]
        hamilton, lagrange = (
            np.array([values[s, :, upto].mean() for s, upto in enumerate(known)])
            for values in (self.hamilton, self.lagrange)
        )
        return hamilton, lagrange

    def strongest(self, count: int = 3, stage: int = -1) -> list[tuple[str, float]]:
        """The terms that carry most, and how much, mean over seeds."""
        mean = self.shares()[stage].mean(0)
        return [(self.terms[k], float(mean[k])) for k in np.argsort(-mean, kind="stable")[:count]]

    def describe(self) -> str:
        told = ", ".join(f"{term} {share:.0%}" for term, share in self.strongest())
        hamilton, lagrange = (values[-1] for values in self.explained())
        closer = "Hamilton's" if hamilton > lagrange else "Lagrange's"
        return (
            f"{self.seeds} learners of {len(self.systems)} systems agree to {self.agreement()[-1]:.2f}, nearer to "
            f"{closer} equation; most is carried by {told}"
        )

    def to_dict(self) -> dict[str, Any]:
        return {"systems": list(self.systems), "terms": list(self.terms)}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({name: getattr(self, name) for name in _ARRAYS})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        return cls(tuple(data["systems"]), tuple(data["terms"]), *(arrays[name] for name in _ARRAYS))


def jackknife(without: Array) -> Array:
    """The standard error of a mean over seeds, from its values (seed, ...) without each seed in turn.

    >>> import numpy as np
    >>> round(float(jackknife(np.array([1.0, 2.0, 3.0]))), 3)
    1.155
    """
    return np.sqrt((len(without) - 1) * np.var(without, axis=0))


def _mean_cosine(share: Array) -> float:
    unit = share / np.maximum(np.linalg.norm(share, axis=1, keepdims=True), 1e-30)
    cosines = (unit @ unit.T)[np.triu_indices(len(share), 1)]
    return float(cosines.mean()) if len(cosines) else 1.0
