"""The tokens that a dictionary is judged on, with what it makes of them.

A few tokens, most often the first of a sequence, have activations hundreds of times longer than all others: attention
sinks (arXiv 2309.17453). They would drown every figure, so they are left out of the sums and left as they are when the
reconstruction is put into the model; how many there are is told, and what the figure were with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from ...sparse.codes import Codes
from ...subjects.models.activations import as_activations
from ...subjects.models.site import Site
from .settings import SETTINGS

__all__ = ["Sample", "Text", "encode", "first_rows", "take_sample"]


@dataclass(frozen=True)
class Sample:
    """Activations `x`, what is to be reconstructed (`target`, the same but for transcoders), codes, places."""

    x: Float[Tensor, "tokens width"]
    target: Float[Tensor, "tokens width_out"]
    reconstruction: Float[Tensor, "tokens width_out"]
    values: Float[Tensor, "tokens k"]
    indices: Int[Tensor, "tokens k"]
    rows: Int[Tensor, " tokens"]
    positions: Int[Tensor, " tokens"]
    size: int
    limit: float
    """Activations longer than this are attention sinks, and are not in the sample."""
    attention_sinks: Sample | None = None
    """The sinks themselves, where there are any."""

    @property
    def sinks(self) -> int:
        """How many tokens are left out as attention sinks."""
        return 0 if self.attention_sinks is None else len(self.attention_sinks.x)

    @property
    def error(self) -> Float[Tensor, "tokens width_out"]:
        return self.target - self.reconstruction

    @property
    def sequences(self) -> int:
        return len(self.rows.unique())

    def part(self, chosen: Int[Tensor, " chosen"]) -> Sample:
        """Some of the tokens only."""
        names = ("x", "target", "reconstruction", "values", "indices", "rows", "positions")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def joined(self, other: Sample) -> tuple[Tensor, Tensor, Tensor]:
        """Targets, reconstructions and rows of both."""
        names = ("target", "reconstruction", "rows")
        first, second, third = (torch.cat([getattr(self, name), getattr(other, name)]) for name in names)
        return first, second, third

    def dense(self, features: Int[Tensor, " features"]) -> Float[Tensor, "tokens features"]:
        """The activations of a few features at every token."""
        place = torch.full((self.size,), -1, dtype=torch.long)
        place[features] = torch.arange(len(features))
        found = place[self.indices]
        out = torch.zeros(len(self.x), len(features) + 1)
        out.scatter_add_(1, found.where(found >= 0, torch.tensor(len(features))), self.values)
        return out[:, :-1]


@dataclass(frozen=True)
class Text:
    """Which token each vector of a sample belongs to, the token that follows it (-1 at the end), and all words."""

    ids: Int[Tensor, " tokens"]
    following: Int[Tensor, " tokens"]
    vocabulary: Sequence[str]


def take_sample(dictionary: Any, subject: Any, *, tokens: int | None = None) -> Sample:
    """Read the subject (a Site, or activations; about the first `tokens` tokens, whole sequences) and encode it.

    Raises ValueError where not two tokens are left.
    """
    subject = _first(subject, tokens)
    vectors = as_activations(subject)
    lengths = torch.from_numpy(np.asarray(vectors.lengths))
    found = vectors.read(np.arange(len(lengths)))
    rows = torch.arange(len(lengths)).repeat_interleave(lengths)
    x = found["values"].float()
    y = found["targets"].float() if "targets" in found else x
    positions = found.get("positions")
    if positions is None:
        positions = torch.zeros(len(x), dtype=torch.long)
    size = x.norm(dim=1)
    limit = SETTINGS.outlier * float(size.median())
    kept = size <= limit
    if int(kept.sum()) < 2:
        raise ValueError(f"the site has {len(x)} tokens, {int(kept.sum())} of them to be judged; give longer inputs")
    everything = _encoded(dictionary, (x, y), rows, positions.long(), limit)
    sinks = (~kept).nonzero()[:, 0]
    judged = everything.part(kept.nonzero()[:, 0]) if len(sinks) else everything
    return replace(judged, attention_sinks=everything.part(sinks)) if len(sinks) else judged


def _encoded(dictionary: Any, pair: tuple[Tensor, Tensor], rows: Tensor, positions: Tensor, limit: float) -> Sample:
    values, indices = encode(dictionary, pair[0])
    decoded = _decode(dictionary, values, indices, pair[0])
    return Sample(*pair, decoded, values, indices, rows, positions, int(dictionary.size), limit)


def encode(dictionary: Any, x: Float[Tensor, "tokens width"]) -> tuple[Tensor, Tensor]:
    """Values and indices (tokens, k) of the sparse codes, in batches; padded with zeros where these have other k."""
    codes = [dictionary.encode(part) for part in x.split(SETTINGS.encoded_at_once)]
    width = max(code.values.shape[1] for code in codes)
    values = [pad(code.values.float(), (0, width - code.values.shape[1])) for code in codes]
    indices = [pad(code.indices.long(), (0, width - code.indices.shape[1])) for code in codes]
    return torch.cat(values), torch.cat(indices)


def _decode(dictionary: Any, values: Tensor, indices: Tensor, x: Tensor) -> Tensor:
    """What the codes of x write; a dictionary whose writing depends on x besides is given it."""
    parts = zip(*(one.split(SETTINGS.encoded_at_once) for one in (values, indices, x)), strict=True)
    also = getattr(dictionary, "needs_inputs", False)
    found = [dictionary.decode(Codes(part, index), *([rows] if also else [])) for part, index, rows in parts]
    return torch.cat(found).float()


def _first(subject: Any, tokens: int | None) -> Any:
    """The first sequences, with about as many tokens as are asked for."""
    if tokens is None:
        return subject
    if isinstance(subject, Site):
        return first_rows(subject, max(1, tokens // subject.length))
    vectors = as_activations(subject)
    count = max(1, int(np.searchsorted(np.cumsum(vectors.lengths), tokens, side="right")))
    return vectors.select(np.arange(min(count, len(vectors.lengths))))


def first_rows(site: Site, count: int) -> Site:
    """The same site on its first `count` rows."""
    names = None if site.names is None else site.names[:count]
    return replace(site, inputs={name: value[:count] for name, value in site.inputs.items()}, names=names)
