"""What a dictionary in training looks like: its sizes, how latents are chosen, and its weights."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

from ...sparse.encoding import fires_in_bfloat16
from ...sparse.row_update import Rows

ENCODER_START = 0.2
"""Norm of the encoder's rows at first; the smaller, the sooner the rate turns them (measured: FVU 0.277 -> 0.266)."""
KINDS = ("top_k", "batch_top_k", "jump_relu", "gated")


@dataclass(frozen=True)
class DictionaryShape:
    """Sizes of a dictionary: `size` latents reading `width` numbers and writing `width_out`.

    `kind` says how latents are chosen: the k largest of a row or, on average, of a batch; above a threshold or a gate
    of their own. `experts` > 1: each row's latents come from one expert only. `groups`: sizes of nested dictionaries.

    Raises:
        ValueError: sizes that do not fit each other.
    """

    width: int
    width_out: int
    size: int
    k: int
    kind: str = "top_k"
    experts: int = 1
    groups: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind={self.kind!r} is unknown; use one of {list(KINDS)}")
        if self.experts < 1 or self.size % self.experts:
            raise ValueError(f"experts={self.experts} do not share width={self.size}; use a divisor of it")
        if not 1 <= self.k <= self.each:
            among = f"the {self.each} latents of an expert" if self.experts > 1 else f"width={self.size}"
            raise ValueError(f"k={self.k} is not within {among}; use a greater width or a smaller k")
        if self.experts > 1 and (self.kind != "top_k" or self.groups):
            raise ValueError("experts go with the k largest of each row and without groups")
        if self.groups and (self.kind in ("jump_relu", "gated") or not _increasing(self.groups, self.size)):
            raise ValueError(f"groups={self.groups} are not increasing sizes that end with width={self.size}")

    @property
    def each(self) -> int:
        """Latents of one expert."""
        return self.size // self.experts

    @property
    def scalars(self) -> tuple[str, ...]:
        """What each latent has beside its two rows."""
        return {"jump_relu": ("bias", "log_threshold"), "gated": ("bias", "gate_bias", "log_gain")}.get(
            self.kind, ("bias",)
        )


@dataclass
class Weights:
    """All that is trained. `scalars` (n, c) has a column for each of `DictionaryShape.scalars`."""

    encoder: Rows
    decoder: Rows
    scalars: Rows
    decoder_bias: Rows
    router: Rows | None = None

    @property
    def bias(self) -> Float[Tensor, " n"]:
        return self.scalars.weight[:, 0]

    def tensors(self) -> dict[str, Tensor]:
        """Everything that a checkpoint needs, by name."""
        found = {}
        for name in ("encoder", "decoder", "scalars", "decoder_bias", "router"):
            rows: Rows | None = getattr(self, name)
            if rows is not None:
                found |= {name: rows.weight, f"{name}.square": rows.square}
        return found

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Take over what `tensors` wrote."""
        for name, value in self.tensors().items():
            value.copy_(tensors[name])
        if self.encoder.low is not None:
            self.encoder.low.copy_(self.encoder.weight)


def initial_weights(
    shape: DictionaryShape,
    sample: tuple[Float[Tensor, "rows width"], Float[Tensor, "rows width_out"]],
    generator: torch.Generator,
    *,
    low: bool | None,
) -> Weights:
    """Decoder rows between a random direction and that of a row, the encoder their transpose, where both sites are one.

    Latents in random directions alone hardly fire, and of 8,192 half are started again later. With experts directions
    are random: rows that go to an expert at first leave it later (8 experts of 1,024, 400 steps, one seed: FVU 0.201
    with rows, 0.196 without). `sample` are normalised inputs and targets; `low`: choose latents in bfloat16 (None:
    where the processor is faster with it).
    """
    x, y = sample
    router = None
    if shape.experts > 1:
        router = torch.randn(shape.experts, shape.width, generator=generator).to(x) * shape.width**-0.5
    rows = torch.randint(len(x), (shape.size,), generator=generator).to(x.device)
    decoder = _directions(None if shape.experts > 1 else y[rows], (shape.size, shape.width_out), y, generator)
    if y is x or (shape.width == shape.width_out and torch.equal(x, y)):
        encoder = decoder * ENCODER_START
    else:
        inputs = None if shape.experts > 1 else x[rows]
        encoder = _directions(inputs, (shape.size, shape.width), x, generator) * ENCODER_START
    if low is None:
        low = fires_in_bfloat16(x.device)
    scalars = torch.zeros(shape.size, len(shape.scalars), dtype=y.dtype, device=y.device)
    return Weights(
        Rows.of(encoder, low=low),
        Rows.of(decoder, unit=True),
        Rows.of(scalars),
        Rows.of(torch.zeros(1, shape.width_out, dtype=y.dtype, device=y.device)),
        None if router is None else Rows.of(router),
    )


def _directions(rows: Tensor | None, size: tuple[int, int], like: Tensor, generator: torch.Generator) -> Tensor:
    """Random unit vectors, or those halfway from them to the directions of the rows."""
    found = torch.nn.functional.normalize(torch.randn(size, generator=generator).to(like))
    return found if rows is None else torch.nn.functional.normalize(found + torch.nn.functional.normalize(rows))


def _increasing(groups: tuple[int, ...], size: int) -> bool:
    return groups[0] >= 1 and groups[-1] == size and all(a < b for a, b in pairwise(groups))
