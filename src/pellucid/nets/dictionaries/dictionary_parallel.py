"""One dictionary, several processes of torch.distributed, all reading the same batches in the same order.

data      each process chooses the latents of its share of the rows; then all know what fired where, and move all
          weights alike. Sent for each step: the entries and a vector for each row, never a gradient as large as the
          weights.
experts   each process holds the latents of its experts only, and works on the rows that go to them. Sent for each step:
          one number for each row, and the bias' gradient.

Both give what one process gives, up to the order of sums.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.distributed as dist
from jaxtyping import Float
from torch import Tensor

from ...sparse.encoding import route
from ...sparse.row_update import Rows
from .dictionary_gradients import Gradients, Product
from .dictionary_shape import DictionaryShape, Penalty
from .dictionary_weights import Weights


@dataclass(frozen=True)
class Parallel:
    """This process among `world`, and what it has for itself: "data" or "experts"."""

    kind: str
    rank: int
    world: int

    @classmethod
    def here(cls, shape: DictionaryShape) -> Parallel | None:
        """As torch.distributed was initialised; None where it was not, or alone.

        Raises:
            ValueError: a kind of dictionary whose latents depend on the whole batch; experts that cannot be shared out.
        """
        if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
            return None
        world = dist.get_world_size()
        if shape.experts > 1:
            if shape.experts % world:
                raise ValueError(
                    f"experts={shape.experts} cannot be shared out among {world} processes; use a multiple"
                )
            return cls("experts", dist.get_rank(), world)
        if not shape.rule.by_row:
            raise ValueError(f"a {shape.kind} dictionary looks at a whole batch at once; train it in one process")
        return cls("data", dist.get_rank(), world)

    def own(self, weights: Weights, shape: DictionaryShape) -> Weights:
        """The weights that this process holds."""
        if self.kind == "data":
            return weights
        part = slice(self.rank * shape.size // self.world, (self.rank + 1) * shape.size // self.world)
        cut = {name: _part(getattr(weights, name), part) for name in ("encoder", "decoder", "scalars")}
        return replace(weights, **cut)

    def whole(self, weights: Weights) -> Weights:
        """The weights of all processes."""
        if self.kind == "data":
            return weights
        joined = {}
        for name in ("encoder", "decoder", "scalars"):
            rows: Rows = getattr(weights, name)
            joined[name] = Rows(_gathered(rows.weight), _gathered(rows.square), None, rows.unit)
        if weights.encoder.bfloat16 is not None:
            joined["encoder"].bfloat16 = joined["encoder"].weight.to(weights.encoder.bfloat16.dtype)
        return replace(weights, **joined)

    def joined(self, own: Tensor) -> Tensor:
        """A vector with one number for each latent, of all processes."""
        return own if self.kind == "data" else _gathered(own)

    def gradients(
        self,
        x: Float[Tensor, "batch width"],
        y: Float[Tensor, "batch width_out"],
        weights: Weights,
        shape: DictionaryShape,
        penalty: Penalty,
    ) -> Gradients:
        """What one process would find on the whole batch; with experts, for the latents of this one."""
        if self.kind == "data":
            return self._of_rows(x, y, weights, shape, penalty)
        return self._of_experts(x, y, weights, shape)

    def _of_rows(self, x: Tensor, y: Tensor, weights: Weights, shape: DictionaryShape, penalty: Penalty) -> Gradients:
        begin, end = self.rank * len(x) // self.world, (self.rank + 1) * len(x) // self.world
        found = shape.rule.gradients(x[begin:end], y[begin:end], weights, shape, penalty)
        share = (end - begin) / len(x)
        bias = found.decoder_bias * share
        dist.all_reduce(bias)
        by_value = _gathered(found.encoder.values * share)
        rows = _gathered(found.decoder.sources + begin)
        residual = _gathered(found.residual)
        return Gradients(
            _gathered(found.latents),
            Product(_gathered(found.decoder.values * share), rows, residual),
            Product(by_value, rows, x),
            by_value[:, None],
            bias,
            None,
            _gathered(found.fired.to(torch.uint8)).bool(),
            _gathered(found.error),
            residual,
        )

    def _of_experts(self, x: Tensor, y: Tensor, weights: Weights, shape: DictionaryShape) -> Gradients:
        assert weights.router is not None
        assert shape.rule.experts is not None
        routed = route(x, weights.router.weight)
        experts = slice(self.rank * shape.experts // self.world, (self.rank + 1) * shape.experts // self.world)
        begin, end = sum(routed.sizes[: experts.start]), sum(routed.sizes[: experts.stop])
        rows = routed.order[begin:end]
        found, own = shape.rule.experts.of_experts(x[rows], y[rows], routed, experts, weights, shape.k)
        by_share = torch.zeros(len(x), dtype=x.dtype, device=x.device)
        by_share[begin:end] = own
        bias = found.decoder_bias
        dist.all_reduce(by_share)
        dist.all_reduce(bias)
        router = shape.rule.experts.router_gradient(x, by_share, routed, shape.width_out)
        return found._replace(decoder_bias=bias, router=router)


def _part(rows: Rows, part: slice) -> Rows:
    copy = None if rows.bfloat16 is None else rows.bfloat16[part].clone()
    return Rows(rows.weight[part].clone(), rows.square[part].clone(), copy, rows.unit)


def _gathered(own: Tensor) -> Tensor:
    """The rows of all processes after one another, however many each has."""
    count = torch.tensor([len(own)], device=own.device)
    counts = [torch.zeros_like(count) for _ in range(dist.get_world_size())]
    dist.all_gather(counts, count)
    sizes = [int(size) for size in counts]
    padded = own.new_zeros(max(sizes), *own.shape[1:])
    padded[: len(own)] = own
    parts = [torch.empty_like(padded) for _ in sizes]
    dist.all_gather(parts, padded)
    return torch.cat([part[:size] for part, size in zip(parts, sizes, strict=True)])
