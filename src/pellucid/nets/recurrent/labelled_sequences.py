"""Labelled sequences as tensors: checked, split into a part to train on and a held-out part, and scaled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Integer
from numpy.typing import ArrayLike
from torch import Tensor

from .recurrent import RecurrentMLP
from .scaling import Scaling

__all__ = ["LabelledSequences", "Score"]


@dataclass(frozen=True)
class LabelledSequences:
    """Inputs, whole-number outputs, and which positions are labelled.

    `inputs` Float[Tensor, "sequence time input"], `outputs` Float[Tensor, "sequence time output"],
    `mask` Bool[Tensor, "sequence time"].
    """

    inputs: Tensor
    outputs: Tensor
    mask: Tensor

    @classmethod
    def checked(cls, inputs: ArrayLike, outputs: ArrayLike, mask: ArrayLike | None = None) -> LabelledSequences:
        """Check arrays and turn them into tensors.

        Raises:
            ValueError: wrong shapes, fewer than two sequences, numbers that are not finite, outputs that are not
                whole, or no label at all.

        >>> import numpy as np
        >>> LabelledSequences.checked(np.zeros((5, 4, 1)), np.zeros((5, 4, 2))).length
        4
        """
        given, wanted = _numbers("inputs", inputs), _numbers("outputs", outputs)
        if wanted.shape[:2] != given.shape[:2]:
            raise ValueError(f"outputs has shape {wanted.shape}: give {given.shape[:2]} + (output_size,)")
        labelled = np.ones(given.shape[:2], bool) if mask is None else np.asarray(mask)
        if labelled.shape != given.shape[:2] or labelled.dtype != bool:
            raise ValueError(f"mask is {labelled.dtype} {labelled.shape}: give bool {given.shape[:2]}")
        if not labelled.any():
            raise ValueError("mask is False everywhere: label at least one position")
        if not np.array_equal(wanted[labelled], np.round(wanted[labelled])):
            raise ValueError("outputs are not whole numbers: round or scale them first")
        wanted = np.where(labelled[:, :, None], wanted, 0)
        return cls(_tensor(given), _tensor(wanted), torch.from_numpy(labelled.copy()))

    def to(self, device: str) -> LabelledSequences:
        """The same sequences on another device."""
        return LabelledSequences(self.inputs.to(device), self.outputs.to(device), self.mask.to(device))

    def __len__(self) -> int:
        return self.inputs.shape[0]

    @property
    def length(self) -> int:
        """How many time steps a sequence has."""
        return self.inputs.shape[1]

    def take(self, rows: Integer[Tensor, " row"] | slice, length: int | None = None) -> LabelledSequences:
        """Some of the sequences, up to a length.

        >>> import numpy as np
        >>> LabelledSequences.checked(np.zeros((5, 4, 1)), np.zeros((5, 4, 2))).take(slice(0, 2), 3).inputs.shape
        torch.Size([2, 3, 1])
        """
        return LabelledSequences(*(part[rows, :length] for part in (self.inputs, self.outputs, self.mask)))

    def split(self, held_out: float, seed: int, most: int = 8_000) -> tuple[LabelledSequences, LabelledSequences]:
        """A share to train on and a share to judge on, `most` sequences at most; the same seed gives the same split.

        Raises:
            ValueError: one of the parts is left without a label.

        >>> data = LabelledSequences.checked(np.zeros((10, 3, 1)), np.zeros((10, 3, 1)))
        >>> [len(part) for part in data.split(0.2, seed=0)]
        [8, 2]
        """
        order = torch.from_numpy(np.random.default_rng([seed, 1]).permutation(len(self)))
        held = min(max(1, round(held_out * len(self))), most)
        parts = self.take(order[held:]), self.take(order[:held])
        if not all(part.mask.any() for part in parts):
            raise ValueError(f"mask labels {int(self.mask.sum())} positions: label more, so that both parts have some")
        return parts

    def scaling(self) -> Scaling:
        """Centre and spread of inputs and labelled outputs."""
        return Scaling.of(self.inputs.flatten(0, 1), self.outputs[self.mask])

    def scaled(self, scaling: Scaling) -> LabelledSequences:
        """The same sequences on the scale a network trains on."""
        inputs = (self.inputs - scaling.input_centre) / scaling.input_spread
        return replace(self, inputs=inputs, outputs=(self.outputs - scaling.output_centre) / scaling.output_spread)

    def score(self, network: RecurrentMLP) -> Score:
        """How a network for raw numbers does here."""
        with torch.no_grad():
            return self.judge(network(self.inputs))

    def drift(self, network: RecurrentMLP, seed: int = 0, longer: int = 10) -> Float[np.ndarray, " member"]:
        """Per member, max |y - round(y)| on random sequences, `longer` times as long as these; needs no labels.

        Near 0, states stay where they belong however long the sequence; 0.5 means that they drift away.
        """
        pool = self.inputs.flatten(0, 1)
        rows = np.random.default_rng([seed, 4]).integers(0, len(pool), (256, longer * self.length))
        with torch.no_grad():
            outputs = network(pool[torch.from_numpy(rows)])
        return (outputs - outputs.round()).abs().amax((1, 2, 3)).nan_to_num(nan=0.5).double().cpu().numpy()

    def judge(self, predicted: Float[Tensor, "member sequence time output"]) -> Score:
        """How predictions do here, against the labelled positions.

        >>> data = LabelledSequences.checked(np.zeros((2, 2, 1)), np.array([[[0], [1]], [[1], [0]]]))
        >>> data.judge(torch.tensor([[[[0.1], [0.9]], [[0.0], [0.0]]]])).accuracy.tolist()
        [0.75]
        """
        rounded = predicted.round()
        right = ((rounded == self.outputs).all(-1) & self.mask).sum((1, 2)) / self.mask.sum().clamp_min(1)
        error = torch.where(self.mask, (predicted - rounded).abs().amax(-1), 0.0).amax((1, 2))
        return Score(right.double().cpu().numpy(), error.nan_to_num(nan=0.5).double().cpu().numpy())


@dataclass(frozen=True)
class Score:
    """Per member: `accuracy`, the share of labelled positions with every output right once rounded, and
    `rounding_error`, the largest distance of an output from a whole number (0.5 at worst)."""

    accuracy: np.ndarray
    rounding_error: np.ndarray

    @property
    def perfect(self) -> Bool[np.ndarray, " member"]:
        """Which members are right everywhere."""
        return self.accuracy == 1.0


def _numbers(name: str, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} has dtype {array.dtype}: give numbers")
    if array.ndim != 3 or array.shape[0] < 2 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}: give (sequences >= 2, time >= 1, size >= 1)")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} has NaN or infinite numbers: leave those sequences out")
    return array


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))
