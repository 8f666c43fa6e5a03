"""The residual graph of a transformer: what writes into the stream, what reads from it, and passes with some edges cut.

A layer's attention and feed-forward part read the stream through a norm, x_v = a_0 + sum of a_u over the parts u
before, and write a_v = f_v(norm(x_v)). So an edge u -> v can be changed alone: exchange a_u within x_v, nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...subjects.models.hooks import INPUT, Edit, logits_of, module_of, refuse_logits_not_finite, run
from ...subjects.models.language_model import LanguageModel


@dataclass(frozen=True, eq=False)
class ResidualGraph:
    """Paths of the `senders` (the first is what enters the first layer) and `receivers` (the last is the final norm).

    before[u, v]: sender u is part of what receiver v reads.
    """

    network: nn.Module
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    before: NDArray[np.bool_]

    @classmethod
    def read(cls, model: Any, tokens: Tensor) -> ResidualGraph:
        """The graph of a model; checked on `tokens`. Raises ValueError where no sum of parts makes up the stream."""
        language = model if isinstance(model, LanguageModel) else LanguageModel(module_of(model), None)
        network = language.model
        if not language.final_norm:
            raise ValueError(f"{type(network).__name__} has no norm after its layers; give a pre-norm transformer")
        senders, receivers, homes = [language.layers[0] + INPUT], [], [-1]
        for number, layer in enumerate(language.layers):
            for norm, part in _parts(_called(network, layer, tokens)):
                senders.append(part)
                receivers.append(norm + INPUT)
                homes.append(number)
        receivers.append(language.final_norm + INPUT)
        output, values = run(network, tokens, read=[*senders, *receivers], stop=False)
        refuse_logits_not_finite(network, tokens, logits_of(output))
        written = torch.stack([values[path] for path in senders])
        before = np.zeros((len(senders), len(receivers)), dtype=bool)
        for v, path in enumerate(receivers):
            own = homes[v + 1] if v + 1 < len(homes) else len(language.layers)
            one_after_another, parallel = list(range(v + 1)), [u for u in range(v + 1) if homes[u] < own]
            before[_summands(values[path], written, (one_after_another, parallel), path), v] = True
        return cls(network, tuple(senders), tuple(receivers), before)

    def edges(self) -> list[tuple[int, int]]:
        """Every (sender, receiver), as indices."""
        return [(int(u), int(v)) for u, v in np.argwhere(self.before)]

    def name(self, edge: tuple[int, int]) -> str:
        u, v = edge
        target = self.senders[v + 1] if v + 1 < len(self.senders) else "logits"
        return f"{self.label(u)} -> {target}"

    def label(self, sender: int) -> str:
        return "embedding" if sender == 0 else self.senders[sender]

    def values(self, tokens: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The logits, and what each sender puts out."""
        output, values = run(self.network, tokens, read=self.senders, stop=False)
        return logits_of(output), [values[path] for path in self.senders]

    def with_exchanged(self, tokens: Tensor, other: list[Tensor], exchanged: NDArray[np.bool_]) -> Tensor:
        """The logits where on the edges `exchanged` (senders, receivers) what `other` holds is read instead."""
        current: dict[int, Tensor] = {}

        def recorded(u: int) -> Edit:
            def edit(x: Tensor) -> Tensor:
                current[u] = x
                return x

            return edit

        def received(v: int) -> Edit:
            def edit(x: Tensor) -> Tensor:
                for u in np.flatnonzero(exchanged[:, v] & self.before[:, v]):
                    x = x + (other[u] - current[int(u)])
                return x

            return edit

        edits: dict[str, Edit] = {path: recorded(u) for u, path in enumerate(self.senders)}
        edits |= {path: received(v) for v, path in enumerate(self.receivers)}
        return logits_of(run(self.network, tokens, edits=edits)[0])

    def gradients(self, tokens: Tensor, start: Tensor, metric: Any) -> list[Tensor]:
        """d metric / d (what each receiver reads), where `start` enters the first layer."""
        edits: Mapping[str, Edit] = {
            self.senders[0]: lambda x: start.clone().requires_grad_(True),
            **dict.fromkeys(self.receivers, torch.clone),
        }
        output, values = run(self.network, tokens, read=self.receivers, edits=edits, stop=False, grad=True)
        found = torch.autograd.grad(metric(logits_of(output)).sum(), [values[path] for path in self.receivers])
        return [part.detach() for part in found]


def _parts(called: list[str]) -> list[tuple[str, str]]:
    """(norm, part) of a layer: what is called first after each norm reads the stream through it."""
    found, norm = [], None
    for child in called:
        if re.search(r"norm|ln_?\d|^ln", child.rpartition(".")[2], re.IGNORECASE):
            norm = child
        elif norm is not None:
            found.append((norm, child))
            norm = None
    return found


def _summands(
    read: Tensor, written: Tensor, choices: tuple[list[int], ...], path: str, tolerance: float = 1e-3
) -> list[int]:
    """Of which of the parts `written` (senders, ...) what is `read` at `path` is the sum, up to rounding in float32.

    Raises ValueError where it is the sum of none of the `choices`.
    """
    scale = float(read.abs().max())
    for choice in choices:
        if torch.allclose(written[choice].sum(0), read, rtol=tolerance, atol=tolerance * scale):
            return choice
    raise ValueError(f"{path!r} reads no sum of what parts before it put out; give a pre-norm transformer")


def _called(network: nn.Module, layer: str, tokens: Tensor) -> list[str]:
    """The modules directly inside a layer, in the order they are called, that put out something like the stream."""
    module, found = network.get_submodule(layer), []

    def note(path: str) -> Any:
        def hook(child: nn.Module, args: Any, output: Any) -> None:
            value = output[0] if isinstance(output, tuple) else output
            if isinstance(value, Tensor) and value.ndim == 3:
                found.append(path)

        return hook

    handles = [child.register_forward_hook(note(f"{layer}.{name}")) for name, child in module.named_children()]
    try:
        run(network, tokens[:1], read=layer)
    finally:
        for handle in handles:
            handle.remove()
    return found
