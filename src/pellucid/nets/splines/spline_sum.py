"""What a spline layer computes, by the fastest way there is for its tensors, with a gradient written by hand.

Two ways, both O(batch · in · out) and of the same values up to rounding:

- on a CPU with a C compiler, `spline_kernel.c`: each input touches the four splines of its cell, nothing else is built;
- everywhere else (CUDA among others), one product with a matrix of all splines, four of which per input are not zero.

Second derivatives, torch.func transforms, torch.compile and tracing go through `plain_sum`, which torch
differentiates itself.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd import forward_ad

from . import spline_kernel
from .spline_basis import basis, bounded_silu, limit, local_splines

__all__ = ["plain_sum", "spline_sum"]

Gradients = tuple[Tensor | None, None, None, None, Tensor | None, Tensor | None]


def spline_sum(
    x: Float[Tensor, "... input"],
    low: Float[Tensor, " input"],
    high: Float[Tensor, " input"],
    mask: Float[Tensor, "input output"],
    coefficients: Float[Tensor, "input spline output"],
    base: Float[Tensor, "input output"] | None,
) -> Float[Tensor, "... output"]:
    """y_o = sum_i mask_io (base_io silu(x_i) + sum_k coefficients_iko B_k((x_i - low_i) / h_i))."""
    if _seen_through():
        return plain_sum(x, low, high, mask, coefficients, base)
    kernel = spline_kernel.library() if _plain_memory(x, low, high, mask, coefficients, base) else None
    if kernel is not None and not kernel.all_one(mask):
        coefficients = coefficients * mask[:, None]
        base = None if base is None else base * mask
    # Made contiguous out here, so that second derivatives find their way back through it.
    coefficients, base = coefficients.contiguous(), None if base is None else base.contiguous()
    rows = (x if x.ndim == 2 else x.reshape(-1, x.shape[-1])).contiguous()
    if kernel is None:
        outputs = _Dense.apply(rows, low, high, mask, coefficients, base)
    else:
        outputs = _Local.apply(rows, low, high, kernel, coefficients, base)
    return outputs if x.ndim == 2 else outputs.view(*x.shape[:-1], coefficients.shape[2])


def plain_sum(
    x: Tensor, low: Tensor, high: Tensor, mask: Tensor, coefficients: Tensor, base: Tensor | None
) -> Float[Tensor, "... output"]:
    """The same as `spline_sum`, in operations that torch can differentiate any number of times."""
    splines = basis(x, low, high, coefficients.shape[1] - 3)
    outputs = splines.flatten(-2) @ (coefficients * mask[:, None]).flatten(0, 1)
    return outputs if base is None else outputs + bounded_silu(x) @ (base * mask)


def _seen_through() -> bool:
    """Whether a trace, a compiler, torch.func or forward-mode derivatives are at work: they see plain operations."""
    tracing = torch.jit.is_tracing()  # pyright: ignore[reportPrivateImportUsage]
    transformed = torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0
    return tracing or torch.compiler.is_compiling() or transformed


def _plain_memory(
    x: Tensor, low: Tensor, high: Tensor, mask: Tensor, coefficients: Tensor, base: Tensor | None
) -> bool:
    """Whether compiled code may read these tensors: all on the CPU, of one format, and of the sizes that it expects."""
    if x.dtype not in spline_kernel.DTYPES or x.device.type != "cpu":
        return False
    if not {type(x), type(coefficients)} <= {Tensor, nn.Parameter}:
        return False
    others = [tensor for tensor in (low, high, mask, coefficients, base) if tensor is not None]
    alike = all(other.dtype == x.dtype and other.device == x.device for other in others)
    return alike and _sizes_fit(x, low, high, mask, coefficients, base)


def _sizes_fit(x: Tensor, low: Tensor, high: Tensor, mask: Tensor, coefficients: Tensor, base: Tensor | None) -> bool:
    inputs, _, outputs = coefficients.shape
    matrices = [tensor.shape for tensor in (mask, base) if tensor is not None]
    return x.shape[-1] == low.shape[0] == high.shape[0] == inputs and matrices == [(inputs, outputs)] * len(matrices)


class _Local(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        low: Tensor,
        high: Tensor,
        kernel: spline_kernel.Library,
        coefficients: Tensor,
        base: Tensor | None,
    ) -> Tensor:
        gate = None if base is None else x.sigmoid()
        ctx.kernel = kernel
        ctx.save_for_backward(x, low, high, coefficients, base, gate)
        return kernel.forward(x, gate, low, high, coefficients, base)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Gradients:
        x, low, high, coefficients, base, gate = ctx.saved_tensors
        needs = ctx.needs_input_grad
        if torch.is_grad_enabled():
            mask = torch.ones_like(coefficients[:, 0])
            return _differentiable(x, low, high, mask, coefficients, base, needs, *gradients)
        wanted = (needs[0], needs[4], needs[5])
        given = (x, gate, low, high, coefficients, base)
        by_x, by_coefficients, by_base = ctx.kernel.backward(gradients[0].contiguous(), given, wanted)
        return by_x, None, None, None, by_coefficients, by_base


class _Dense(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, low: Tensor, high: Tensor, mask: Tensor, coefficients: Tensor, base: Tensor | None
    ) -> Tensor:
        # The base function is one more column per input, so that everything is one product.
        inputs, count, outputs = coefficients.shape
        columns = count if base is None else count + 1
        numbers, values, slopes = local_splines(x, low, high, count - 3)
        design = x.new_zeros(*x.shape, columns).scatter_(-1, numbers, values)
        if base is not None:
            design[..., count] = bounded_silu(x)
        design = design.view(x.shape[0], inputs * columns)
        ctx.save_for_backward(x, low, high, mask, coefficients, base, design, numbers, slopes)
        return design @ _together(mask, coefficients, base).view(inputs * columns, outputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Gradients:
        x, low, high, mask, coefficients, base, design, numbers, slopes = ctx.saved_tensors
        needs = ctx.needs_input_grad
        if torch.is_grad_enabled():
            return _differentiable(x, low, high, mask, coefficients, base, needs, *gradients)
        inputs, count, outputs = coefficients.shape
        (gradient,) = gradients
        by_x = by_coefficients = by_base = None
        if needs[4] or needs[5]:
            together = (design.t() @ gradient).view(inputs, -1, outputs).mul_(mask[:, None])
            by_coefficients = together[:, :count]
            by_base = None if base is None else together[:, count]
        if needs[0]:
            by_design = (gradient @ _together(mask, coefficients, base).flatten(0, 1).t()).unflatten(1, (inputs, -1))
            by_x = (by_design.gather(-1, numbers) * slopes).sum(-1) * ((count - 3) / (high - low))
            if base is not None:
                gate = x.sigmoid()
                silu = x.clamp(-limit(x.dtype), limit(x.dtype)) * gate
                by_x += by_design[..., count] * (gate + silu * (1 - gate))
        return by_x, None, None, None, by_coefficients, by_base


def _together(mask: Tensor, coefficients: Tensor, base: Tensor | None) -> Float[Tensor, "input column output"]:
    together = coefficients if base is None else torch.cat([coefficients, base[:, None]], 1)
    return together * mask[:, None]


def _differentiable(
    x: Tensor,
    low: Tensor,
    high: Tensor,
    mask: Tensor,
    coefficients: Tensor,
    base: Tensor | None,
    needs: tuple[bool, ...],
    gradient: Tensor,
) -> Gradients:
    """The gradients as torch finds them, so that they can be differentiated again."""
    outputs = plain_sum(x, low, high, mask, coefficients, base)
    pairs = ((x, needs[0]), (coefficients, needs[4]), (base, needs[5]))
    wanted = [tensor for tensor, needed in pairs if needed and tensor is not None]
    found = iter(torch.autograd.grad(outputs, wanted, gradient, create_graph=True))
    by_x, by_coefficients, by_base = (next(found) if needed else None for needed in (needs[0], needs[4], needs[5]))
    return by_x, None, None, None, by_coefficients, by_base
