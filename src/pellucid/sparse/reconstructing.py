"""What sparse codes reconstruct and the gradients that follow, in one pass over the rows.

    v_e = relu(x_b · E_l + bias_l),    p_b = sum_e v_e D_l,    r_b = s_b p_b + decoder_bias - y_b
    L = mean_b |r_b|^2:    dL/dv_e = (2 s_b / batch) r_b · D_l,    dL/ds_b = (2 / batch) r_b · p_b

over the entries e of row b, l the latent of e, s the share of a row's expert (1 without experts).
Cost: O(entries · width), reading each entry's rows of E and D from memory once, on the CPU in a compiled loop
(`reconstruct.c`; PELLUCID_RECONSTRUCT_KERNEL=off, no compiler, other devices and formats: torch's operations).
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..run.compiled import compiled
from .codes import Fired
from .kernels import decode, sampled_product
from .parts import in_parts

_ROWS_PER_THREAD = 64
Kernel = Callable[..., None]


class Reconstruction(NamedTuple):
    """Of one batch; entries are those of `Fired`."""

    values: Float[Tensor, " entry"]
    by_value: Float[Tensor, " entry"]
    """dL/dv, 0 where v is."""
    residual: Float[Tensor, "batch width_out"]
    by_share: Float[Tensor, " batch"]
    error: Float[Tensor, " batch"]
    """|r|^2."""


def reconstruct(
    x: Float[Tensor, "batch width"],
    y: Float[Tensor, "batch width_out"],
    fired: Fired,
    encoder: tuple[Float[Tensor, "n width"], Float[Tensor, " n"]],
    decoder: tuple[Float[Tensor, "n width_out"], Float[Tensor, " width_out"]],
    share: Float[Tensor, " batch"] | None = None,
    batch: int | None = None,
) -> Reconstruction:
    """Matrix and bias of encoder and decoder; `share` is what each row's reconstruction is multiplied by.

    `batch`: of how many rows these are a part (None: they are all).

    >>> eye, none = torch.eye(2), torch.zeros(2)
    >>> reconstruct(eye[:1], eye[:1], Fired.of(torch.tensor([[0]])), (eye, none - 0.5), (eye, none)).residual
    tensor([[-0.5000,  0.0000]])
    """
    arrays = (x, y, *encoder, *decoder) if share is None else (x, y, *encoder, *decoder, share)
    mean = 2 / max(1, len(x) if batch is None else batch)
    kernel = _kernel() if _fits(*arrays) else None
    if kernel is None:
        return reconstruct_plain(x, y, fired, encoder, decoder, share, mean)
    rows, entries, width_out = len(x), len(fired.latents), y.shape[1]
    found = Reconstruction(
        x.new_empty(entries), x.new_empty(entries), x.new_empty(rows, width_out), x.new_empty(rows), x.new_empty(rows)
    )
    whole = torch.cat([fired.offsets, fired.offsets.new_tensor([entries])])
    given = (whole, fired.latents, *(array.contiguous() for array in arrays))
    before = [array.data_ptr() for array in given] + ([None] if share is None else [])
    after = [array.data_ptr() for array in found]

    def part(begin: int, end: int) -> None:
        room = torch.empty(width_out)
        kernel(begin, end, x.shape[1], width_out, *before, mean, *after, room.data_ptr())

    in_parts(part, rows, _ROWS_PER_THREAD)
    return found


def reconstruct_plain(
    x: Tensor,
    y: Tensor,
    fired: Fired,
    encoder: tuple[Tensor, Tensor],
    decoder: tuple[Tensor, Tensor],
    share: Tensor | None,
    mean: float,
) -> Reconstruction:
    """The same by torch's operations; `mean` is 2 / batch."""
    values = (sampled_product(x, fired, encoder[0]) + encoder[1][fired.latents]).relu()
    part = decode(values, fired, decoder[0])
    weight = 1.0 if share is None else share[:, None]
    residual = part * weight + decoder[1] - y
    by_value = sampled_product(residual * (weight * mean), fired, decoder[0]) * (values > 0)
    return Reconstruction(
        values, by_value, residual, (residual * part).sum(1) * mean, torch.linalg.vector_norm(residual, dim=1).square()
    )


def _fits(*arrays: Tensor) -> bool:
    return all(array.dtype == torch.float32 and array.device.type == "cpu" for array in arrays)


@functools.cache
def _kernel() -> Kernel | None:
    library = compiled(Path(__file__).with_name("reconstruct.c"), "PELLUCID_RECONSTRUCT_KERNEL")
    if library is None:
        return None
    function = library.reconstruct
    size, address = ctypes.c_ssize_t, ctypes.c_void_p
    function.argtypes = [size] * 4 + [address] * 9 + [ctypes.c_float] + [address] * 6
    function.restype = None
    return function
