"""The residual graph of a transformer: what writes into the stream, what reads from it, and passes with some edges cut.

A part v reads x_v = a_0 + sum of c_u a_u over the parts u before, and writes a_v. So an edge u -> v can be changed
alone: exchange a_u within x_v, nowhere else. Parts that share one norm (GPT-J, Falcon, Cohere) read through one edge.
What writes and what reads is found by following a pass (`stream_parts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...subjects.models.hooks import (
    INPUT,
    Edit,
    gradients_or_value_error,
    logits_of,
    refuse_logits_not_finite,
    run,
)
from ...subjects.models.language_model import LanguageModel
from .stream_parts import parts_of_layers


@dataclass(frozen=True, eq=False)
class ResidualGraph:
    """Paths of the `senders` (the first is what enters the first layer) and `receivers` (the last is the final norm).

    before[u, v]: sender u is part of what receiver v reads.
    """

    network: nn.Module
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    before: NDArray[np.bool_]
    scales: tuple[float, ...]
    """By which constant each sender's output is multiplied in the stream."""
    targets: tuple[str, ...]
    """What each receiver is for: the parts that are computed from it, or "logits"."""

    @classmethod
    def read(cls, model: Any, tokens: Tensor) -> ResidualGraph:
        """The graph of a model, found on `tokens`: two rows, unless all passes have one (see `parts_of_layers`).

        Raises ValueError where no sum of parts makes up the stream.
        """
        language = LanguageModel.of(model)
        network = language.model
        if getattr(getattr(network, "config", None), "is_encoder_decoder", False):
            raise ValueError(f"{type(network).__name__} has two streams, an encoder's and a decoder's; give a decoder")
        refuse_logits_not_finite(network, tokens, logits_of(run(network, tokens)[0]))
        parts, last = parts_of_layers(network, language.layers, tokens)
        if not last:
            raise ValueError(f"{type(network).__name__}: nothing reads the stream after the last layer; give a "
                             "pre-norm transformer")  # fmt: skip
        senders, scales = [language.layers[0] + INPUT], [1.0]
        receivers, targets, known = [], [], []
        for layer in parts:
            first = len(senders)
            senders += [part.path for part in layer.written]
            scales += [part.scale for part in layer.written]
            own = [part.path for part in layer.written]
            for place, (path, count) in enumerate(layer.readers):
                receivers.append(path + INPUT)
                known.append(first + count)
                later = layer.readers[place + 1][1] if place + 1 < len(layer.readers) else len(own)
                targets.append(_target(path, own, place, count, later, len(layer.readers)))
        receivers.append(last + INPUT)
        targets.append("logits")
        known.append(len(senders))
        before = np.arange(len(senders))[:, None] < np.array(known)[None]
        return cls(network, tuple(senders), tuple(receivers), before, tuple(scales), tuple(targets))

    def edges(self) -> list[tuple[int, int]]:
        """Every (sender, receiver), as indices."""
        return [(int(u), int(v)) for u, v in np.argwhere(self.before)]

    def name(self, edge: tuple[int, int]) -> str:
        u, v = edge
        return f"{self.label(u)} -> {self.targets[v]}"

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
                current[u] = x.clone()  # some networks go on to add to it in place
                return x

            return edit

        def received(v: int) -> Edit:
            def edit(x: Tensor) -> Tensor:
                for u in np.flatnonzero(exchanged[:, v] & self.before[:, v]):
                    x = x + self.scales[int(u)] * (other[u] - current[int(u)]).reshape(x.shape)
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
        with gradients_or_value_error(self.network):
            output, values = run(self.network, tokens, read=self.receivers, edits=edits, stop=False, grad=True)
            found = torch.autograd.grad(metric(logits_of(output)).sum(), [values[path] for path in self.receivers])
        return [part.detach() for part in found]


def _target(path: str, own: list[str], place: int, count: int, later: int, readers: int) -> str:
    """The parts of a layer that are computed from one of its readers; the reader itself where that is not known."""
    if readers == len(own):
        return own[place]
    found = own[count : max(later, count + 1)] if readers > 1 else own
    return ", ".join(found) if found else path
