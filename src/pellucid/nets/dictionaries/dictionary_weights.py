"""The weights of a dictionary in training."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from ...sparse.row_update import Rows


@dataclass
class Weights:
    """All that is trained: `encoder` (n, width), `decoder` (n, width_out), `decoder_bias` (1, width_out).

    `scalars` (n, c) has a column for each of the kind's `scalars`; `router` (experts, width), where there are experts.
    """

    encoder: Rows
    decoder: Rows
    scalars: Rows
    decoder_bias: Rows
    router: Rows | None = None

    @property
    def bias(self) -> Float[Tensor, " n"]:
        """What is added to each latent's activation."""
        return self.scalars.weight[:, 0]

    @property
    def choosing(self) -> Float[Tensor, "n width"]:
        """The encoder in the format that latents are chosen in."""
        return self.encoder.weight if self.encoder.bfloat16 is None else self.encoder.bfloat16

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
        if self.encoder.bfloat16 is not None:
            self.encoder.bfloat16.copy_(self.encoder.weight)
