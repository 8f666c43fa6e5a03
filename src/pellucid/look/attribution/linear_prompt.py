"""A prompt taken apart: which features fire in it, what they write, and derivatives of anything by what is written.

    m_l(t) = sum_i a_i d_i + b_l + e_l(t)

m_l(t): what layer l's feed-forward part writes at token t, a_i d_i: a feature of its transcoder, e_l(t): the error that
makes both sides equal. At the first token, which is the same in every text, all that is written counts as a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...subjects.models.hooks import INPUT, Edit, device_of, gradients_or_value_error, logits_of, run
from .frozen_pass import StandStill
from .replaced_prompt import ReplacedPrompt

__all__ = ["Features", "LinearPrompt"]


@dataclass(frozen=True, eq=False)
class Features:
    """The features of one layer that fire: at which tokens, which, how strongly, and what each reads and writes."""

    places: Int[Tensor, " some"]
    numbers: Int[Tensor, " some"]
    values: Float[Tensor, " some"]
    reads: Float[Tensor, "some width"]
    writes: Float[Tensor, "some width_out"]
    """Of its value: a_i d_i."""
    error: Float[Tensor, "length width_out"]

    def follow(self, moved: Float[Tensor, "rows length width"]) -> Float[Tensor, "rows length width_out"]:
        """What the features that fire write more where what they read has `moved`, were they to fire on."""
        slopes = (moved[:, self.places] * self.reads).sum(-1) / self.values
        found = torch.zeros(*moved.shape[:2], self.writes.shape[1], dtype=moved.dtype)
        return found.index_add(1, self.places, slopes[..., None] * self.writes)


@dataclass(frozen=True, eq=False)
class LinearPrompt:
    """The prompt's tokens, the stream that enters the first layer, what all parts write, and the features."""

    subject: ReplacedPrompt
    stream: Float[Tensor, "length width"]
    written: list[Float[Tensor, "length width_out"]]
    features: list[Features]
    logits: Float[Tensor, " vocabulary"]

    @classmethod
    def of(cls, subject: ReplacedPrompt) -> LinearPrompt:
        """One pass of the model as it is, and the transcoders' codes."""
        model, found = subject.model, subject.replacement
        first = model.layers[0] + INPUT
        output, held = run(model.model, subject.tokens.to(model.device), read=[first, *found.reads, *found.writes],
                           stop=False)  # fmt: skip
        length = subject.tokens.shape[1]
        written = [held[path].reshape(length, -1).float().cpu() for path in found.writes]
        features = []
        for one, reads, wrote in zip(found.dictionaries, found.reads, written, strict=True):
            x = held[reads].reshape(length, -1).float().cpu()
            codes = one.encode(x[1:])
            row, column = (codes.values > 0).nonzero(as_tuple=True)
            numbers, values = codes.indices[row, column].long(), codes.values[row, column]
            writes = one.decoder[numbers] * values[:, None]
            error = wrote.clone()
            error[1:] -= one.decode(codes, x[1:])
            error[0] = 0
            features.append(Features(row + 1, numbers, values, one.encoder.t()[numbers], writes, error))
        return cls(subject, held[first][0].float().cpu(), written, features, logits_of(output)[0, -1].float().cpu())

    def passes(self, rows: int, following: bool = False) -> LinearPass:
        """A linear pass of so many copies of the prompt; `following`: features go on to write as they read."""
        model, found = self.subject.model, self.subject.replacement
        device, dtype = device_of(model.model), next(model.model.parameters()).dtype
        stream = self.stream.expand(rows, -1, -1).to(device, dtype).clone().requires_grad_(True)
        written = [one.expand(rows, -1, -1).to(device, dtype).clone().requires_grad_(True) for one in self.written]
        seen: dict[str, Tensor] = {}
        edits: dict[str, Edit] = {model.layers[0] + INPUT: lambda x: stream}
        for number, (reads, writes) in enumerate(zip(found.reads, found.writes, strict=True)):

            def keep(x: Tensor, reads: str = reads) -> Tensor:
                seen[reads] = x.clone()
                return seen[reads]

            def put(x: Tensor, number: int = number, reads: str = reads) -> Tensor:
                value = written[number]
                if following:
                    moved = seen[reads] - seen[reads].detach()
                    value = value + self.features[number].follow(moved.float().cpu()).to(value)
                return value.reshape(x.shape)

            edits[reads], edits[writes] = keep, put
        tokens = self.subject.tokens.to(device).expand(rows, -1)
        with StandStill(), gradients_or_value_error(model.model):
            output, _ = run(model.model, tokens, edits=edits, grad=True)
            logits = logits_of(output)[:, -1]
        return LinearPass(stream, written, [seen[path] for path in found.reads], logits - logits.mean(1, keepdim=True))


@dataclass(frozen=True, eq=False)
class LinearPass:
    """What enters the first layer, what all parts write and read, and the logits less their mean, of a linear pass."""

    stream: Float[Tensor, "rows length width"]
    written: list[Float[Tensor, "rows length width_out"]]
    read: list[Float[Tensor, "rows length width"]]
    logits: Float[Tensor, "rows vocabulary"]

    def slopes(self, outputs: Sequence[Tensor], weights: Sequence[Tensor]) -> tuple[Tensor, list[Tensor | None]]:
        """Derivatives of sum weights * outputs by the stream, and by what each part writes; None: by none of it."""
        found = torch.autograd.grad(
            list(outputs), [self.stream, *self.written], list(weights), retain_graph=True, allow_unused=True
        )
        stream = torch.zeros_like(self.stream) if found[0] is None else found[0]
        return stream.float().cpu(), [None if one is None else one.float().cpu() for one in found[1:]]
