"""What tells one model's weights from another's: names, shapes, and some of their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Shaped
from torch import Tensor

from .hooks import module_of
from .settings import MODELS


def sampled_weights(model: Any) -> Iterator[bytes]:
    """Bytes of each weight, for a fingerprint: name, shape, and numbers at equal distances.

    >>> one, same = (torch.nn.Linear(2, 1, bias=False) for _ in range(2))
    >>> same.load_state_dict(one.state_dict())
    <All keys matched successfully>
    >>> list(sampled_weights(one)) == list(sampled_weights(same))
    True
    """
    for name, weight in module_of(model).state_dict().items():
        flat = weight.detach().reshape(-1)
        step = max(1, len(flat) // MODELS.numbers_each_weight)
        yield f"{name}{tuple(weight.shape)}".encode() + tensor_bytes(flat[::step])


def tensor_bytes(value: Shaped[Tensor, "*shape"]) -> bytes:
    """Its numbers in their own format.

    >>> tensor_bytes(torch.tensor([1, 2], dtype=torch.uint8))
    b'\\x01\\x02'
    """
    value = value.detach().cpu().contiguous()
    return (value.view(torch.int16) if value.dtype == torch.bfloat16 else value).numpy().tobytes()
