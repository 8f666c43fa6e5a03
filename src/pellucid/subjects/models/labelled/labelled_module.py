"""Labelled activations of any network over sequences: one position is read at a module, or changed there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..hooks import evaluating, logits_of, run
from .labelled import Behaviour, Labelled

Array = NDArray[np.float64]


def label_module(
    model: Any,
    path: str,
    inputs: Tensor,
    y: Any,
    *,
    position: int = -1,
    groups: Sequence[str] = (),
    names: Sequence[str] = ("y",),
    alternative: Array | None = None,
    wanted: Array | None = None,
    losses: Array | None = None,
    title: str = "",
) -> Labelled:
    """What module `path` gives at `position` for inputs (rows, length, ...), with y (rows,) or (rows, targets).

    The behaviour is the model's output at that position, (rows, outputs), were the activation another one; `wanted` is
    what it should be for the `alternative` values of y. Raises ValueError for an unknown path or NaN.
    """
    with evaluating(model):
        _, values = run(model, inputs, read=path)
    read = values[path][:, position].double().cpu().numpy()

    def replaced(new: Array, rows: NDArray[np.int64]) -> Array:
        def put(output: Tensor) -> Tensor:
            output = output.clone()
            output[:, position] = torch.as_tensor(np.ascontiguousarray(new)).to(output.device, output.dtype)
            return output

        with evaluating(model):
            output, _ = run(model, inputs[torch.as_tensor(np.asarray(rows))], edits={path: put})
        return logits_of(output)[:, position].double().cpu().numpy()

    behaviour = Behaviour(replaced, alternative=alternative, wanted=wanted, losses=losses)
    return Labelled(read, y, tuple(groups), tuple(names), behaviour=behaviour, title=title)
