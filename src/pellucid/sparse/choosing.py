"""Which latents of a row are the largest, in one pass: no activations are written, only what was chosen.

On processors with tile registers for bfloat16 (AMX) a compiled loop multiplies and selects at once (`choose.c`;
PELLUCID_CHOOSE_KERNEL=off, no compiler, other processors, devices and sizes: a matrix product and `top_k`).
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from ..run.compiled import compiled
from .top_k import top_k

_BLOCK = 32
_ROWS = 1024
"""Rows of one call: what they need fits the second cache."""
Kernel = Callable[..., int]


def choose(
    x: Float[Tensor, "batch width"],
    encoder: Float[Tensor, "n width"],
    bias: Float[Tensor, " n"],
    k: int,
    sizes: list[int] | None = None,
) -> Int[Tensor, "batch k"]:
    """The k largest of x encoder^T + bias in each row, in no order, computed in the encoder's format.

    With `sizes`, x is sorted by expert, `sizes` rows for each, and a row looks at its own expert's latents only:
    O(batch · n / experts · width).

    >>> choose(torch.eye(2), torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]), torch.zeros(3), 1)
    tensor([[0],
            [1]])
    """
    sizes = [len(x)] if sizes is None else sizes
    each = len(encoder) // len(sizes)
    latents = torch.empty(len(x), k, dtype=torch.long, device=x.device)
    x = x.to(encoder.dtype)
    kernel = _kernel() if _fits(x, encoder, each) else None
    if kernel is None:
        _plain(x, encoder, bias.to(encoder.dtype), k, sizes, latents)
    else:
        _compiled(kernel, x.contiguous(), encoder, bias.float().contiguous(), k, sizes, latents)
    return latents


def _plain(x: Tensor, encoder: Tensor, bias: Tensor, k: int, sizes: list[int], latents: Tensor) -> None:
    each, begin = len(encoder) // len(sizes), 0
    for expert, size in enumerate(sizes):
        if size:
            own, rows = slice(expert * each, (expert + 1) * each), slice(begin, begin + size)
            latents[rows] = top_k(F.linear(x[rows], encoder[own], bias[own]), k)[1].add_(expert * each)
            begin += size


def _compiled(
    kernel: Kernel, x: Tensor, encoder: Tensor, bias: Tensor, k: int, sizes: list[int], latents: Tensor
) -> None:
    each, width, begin = len(encoder) // len(sizes), x.shape[1], 0
    threads = torch.get_num_threads()
    most = min(_ROWS, -(-len(x) // threads // _BLOCK) * _BLOCK)
    parts = []
    for expert, size in enumerate(sizes):
        parts += [(expert, start, min(most, begin + size - start)) for start in range(begin, begin + size, most)]
        begin += size

    def one(part: tuple[int, int, int]) -> int:
        expert, start, rows = part
        first = expert * each
        pointers = (x[start:], encoder[first:], bias[first:], latents[start:])
        return kernel(rows, each, width, k, first, *(tensor.data_ptr() for tensor in pointers))

    if threads == 1 or len(parts) == 1:
        failed = any(one(part) for part in parts)
    else:
        with ThreadPoolExecutor(min(threads, len(parts))) as pool:
            failed = any(list(pool.map(one, parts)))
    if failed:
        raise MemoryError(f"there is no memory to choose k={k} latents for {len(x)} rows; use a smaller batch_size")


def _fits(x: Tensor, encoder: Tensor, each: int) -> bool:
    blocks = x.shape[1] % _BLOCK == 0 and each % _BLOCK == 0
    return blocks and x.device.type == "cpu" and encoder.dtype == torch.bfloat16 and encoder.is_contiguous()


@functools.cache
def _kernel() -> Kernel | None:
    library = compiled(Path(__file__).with_name("choose.c"), "PELLUCID_CHOOSE_KERNEL")
    if library is None or not library.choose_supported():
        return None
    size, address = ctypes.c_ssize_t, ctypes.c_void_p
    library.choose.argtypes = [size] * 4 + [ctypes.c_int64] + [address] * 4
    library.choose.restype = ctypes.c_int
    return library.choose
