"""Checkpoints: the weights of one network at several steps of its training, with the data that its loss is of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from ...core.subject import Subject

Weights = Mapping[str, Tensor]
LOSSES = ("cross_entropy", "squares")


@dataclass(frozen=True, eq=False)
class Checkpoints(Subject):
    """The weights at rising `steps`, each loaded by its entry of `load`; of `module`, on inputs (rows, ...).

    targets: whole numbers of classes (rows,), for the loss "cross_entropy" or "squares" (of one-hot targets), or
    numbers (rows, outputs), for "squares". `test` is the same of held-out rows. One checkpoint is in memory at a time.
    Raises ValueError for what does not fit together.

    >>> module = torch.nn.Linear(2, 3)
    >>> data = torch.ones(5, 2), torch.zeros(5, dtype=torch.long)
    >>> checkpoints = Checkpoints(module, (0, 10), (lambda: module.state_dict(),) * 2, *data)
    >>> checkpoints.outputs(checkpoints.weights(0)).shape
    torch.Size([5, 3])
    """

    made_by: ClassVar[str] = "Checkpoints(module, steps, load, inputs, targets), or read_checkpoints(folder, data=...)"

    module: torch.nn.Module
    steps: tuple[float, ...]
    load: Sequence[Callable[[], Weights]]
    inputs: Shaped[Tensor, "rows ..."]
    targets: Shaped[Tensor, "rows ..."]
    loss: str = "cross_entropy"
    test: tuple[Tensor, Tensor] | None = None
    name: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(float(step) for step in self.steps))
        if len(self.steps) != len(self.load) or not self.steps:
            raise ValueError(f"steps are {len(self.steps)}, checkpoints {len(self.load)}; give one step for each")
        if any(later <= step for step, later in zip(self.steps, self.steps[1:], strict=False)):
            raise ValueError("steps must rise; give each checkpoint once, in order")
        if self.loss not in LOSSES:
            raise ValueError(f"loss={self.loss!r} is unknown; give one of {', '.join(LOSSES)}")
        for inputs, targets in ((self.inputs, self.targets), *([self.test] if self.test else [])):
            self._refuse(inputs, targets)

    def _refuse(self, inputs: Tensor, targets: Tensor) -> None:
        if len(inputs) != len(targets) or len(inputs) < 2:
            raise ValueError(f"inputs have {len(inputs)} rows, targets {len(targets)}; give 2 or more, as many of each")
        if inputs.is_floating_point() and not torch.isfinite(inputs).all():
            raise ValueError("inputs are not all numbers; leave such rows out")
        try:
            with torch.no_grad():
                made = self.module(inputs[:2])
        except Exception as error:
            said = str(error).splitlines()[0][:120]
            raise ValueError(f"the network does not run on inputs {tuple(inputs.shape[1:])}: {said}") from None
        classes = not targets.is_floating_point()
        if classes and (made.ndim != 2 or int(targets.max()) >= made.shape[1] or int(targets.min()) < 0):
            raise ValueError(
                f"targets go from {int(targets.min())} to {int(targets.max())}, the network has outputs "
                f"{tuple(made.shape[1:])}; number classes from 0, one output for each"
            )
        if not classes and self.loss == "cross_entropy":
            raise ValueError("cross_entropy is of classes, targets are numbers; give whole numbers, or loss='squares'")
        if not classes and made.reshape(2, -1).shape[1] != targets[:2].reshape(2, -1).shape[1]:
            raise ValueError(f"the network has outputs {tuple(made.shape[1:])}, targets {tuple(targets.shape[1:])}")

    def weights(self, place: int) -> dict[str, Tensor]:
        """The parameters and buffers of a checkpoint. Raises ValueError where they are not those of the module."""
        found = dict(self.load[place]())
        wanted = self.module.state_dict()
        if set(found) != set(wanted) or any(found[name].shape != wanted[name].shape for name in wanted):
            odd = sorted(set(found) ^ set(wanted)) or [n for n in wanted if found[n].shape != wanted[n].shape]
            raise ValueError(f"step {self.steps[place]:g} holds other weights than the network ({odd[0]})")
        for name, tensor in found.items():
            if tensor.is_floating_point() and not torch.isfinite(tensor).all():
                raise ValueError(f"step {self.steps[place]:g}: {name} is not all numbers; leave the checkpoint out")
        return {name: found[name].detach() for name in wanted}

    def outputs(self, weights: Weights, inputs: Tensor | None = None) -> Float[Tensor, "rows outputs"]:
        """What the network with these weights says of `inputs`, by default of its own."""
        rows = self.inputs if inputs is None else inputs
        return torch.func.functional_call(self.module, dict(weights), (rows,)).reshape(len(rows), -1)

    def loss_of(self, outputs: Float[Tensor, "rows outputs"], targets: Tensor) -> Float[Tensor, ""]:
        """The mean loss over rows (and outputs, for squares)."""
        if self.loss == "cross_entropy":
            return torch.nn.functional.cross_entropy(outputs, targets.long())
        if not targets.is_floating_point():
            targets = torch.nn.functional.one_hot(targets.long(), outputs.shape[1]).to(outputs.dtype)
        return (outputs - targets.reshape(len(targets), -1)).square().mean()

    def fingerprint(self) -> str:
        """SHA-256 of data, steps and all weights."""
        digest = hashlib.sha256(repr((self.loss, self.steps, str(self.module))).encode())
        tensors = [self.inputs, self.targets, *(self.test or ())]
        for place in range(len(self.steps)):
            tensors += [tensor for _, tensor in sorted(self.weights(place).items())]
        for tensor in tensors:
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()
