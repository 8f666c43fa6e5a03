"""A pass of a transformer that is linear in what its parts write: attention and the scale of every norm stand still.

Where the pattern of attention and the scales are constants, all that is left between two feed-forward parts are sums
and matrices, so that derivatives are exact contributions (transformer-circuits.pub/2025/attribution-graphs). They are
held still for any network by the functions that it calls: softmax and inverse roots give constants, fused attention
gets its queries and keys as constants, and fused norms are computed with a constant scale.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

__all__ = ["StandStill"]

CONSTANTS = (
    torch.softmax, functional.softmax, Tensor.softmax, torch.rsqrt, Tensor.rsqrt, torch.sqrt, Tensor.sqrt,
    torch.log_softmax, functional.log_softmax,
)  # fmt: skip
"""Functions whose results are constants: what attention weighs by, and what norms divide by."""


class StandStill(TorchFunctionMode):
    """Within it derivatives take attention and the scales of norms as constants; values stay what they are.

    >>> x = torch.tensor([3.0, 1.0], requires_grad=True)
    >>> with StandStill():
    ...     y = functional.layer_norm(x, (2,), eps=0.0)
    >>> torch.autograd.grad(y[0], x)[0].tolist()
    [0.5, -0.5]
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Calls the function, or what stands for it."""
        kwargs = kwargs or {}
        if func is functional.layer_norm:
            return _layer_norm(*args, **kwargs)
        if func is getattr(functional, "rms_norm", None):
            return _rms_norm(*args, **kwargs)
        if func is functional.scaled_dot_product_attention:
            query, key, *rest = args
            return func(query.detach(), key.detach(), *rest, **kwargs)
        found = func(*args, **kwargs)
        return found.detach() if func in CONSTANTS else found


def _layer_norm(
    x: Tensor, shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    axes = tuple(range(-len(shape), 0))
    scale = (x.var(axes, unbiased=False, keepdim=True) + eps).rsqrt().detach()
    found = (x - x.mean(axes, keepdim=True)) * scale
    found = found if weight is None else found * weight
    return found if bias is None else found + bias


def _rms_norm(x: Tensor, shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    axes = tuple(range(-len(shape), 0))
    least = torch.finfo(x.dtype).eps if eps is None else eps
    found = x * (x.pow(2).mean(axes, keepdim=True) + least).rsqrt().detach()
    return found if weight is None else found * weight
