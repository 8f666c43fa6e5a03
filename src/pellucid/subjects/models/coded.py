"""Coded activations: the sparse codes that a dictionary gives to tokens, and the directions of its latents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ...core.subject import Subject


@dataclass(frozen=True, eq=False)
class Coded(Subject):
    """values and indices (tokens, k): how strongly which latents fire; decoder (latents, width): where each points.

    Zero values are latents that do not fire. Raises ValueError for shapes that do not fit, NaN, and unknown latents.

    >>> Coded([[0.5, 0.0]], [[1, 0]], [[1.0, 0.0], [0.0, 1.0]]).tokens
    1
    """

    made_by: ClassVar[str] = "Coded(values, indices, decoder), or code_activations(dictionary, activations)"

    values: NDArray[np.float64]
    indices: NDArray[np.int64]
    decoder: NDArray[np.float64]
    title: str = ""

    def __post_init__(self) -> None:
        values, decoder = np.array(self.values, dtype=np.float64), np.array(self.decoder, dtype=np.float64)
        indices = np.array(self.indices, dtype=np.int64)
        if values.ndim != 2 or values.shape != indices.shape or decoder.ndim != 2 or not values.size:
            raise ValueError(
                f"values are {values.shape}, indices {indices.shape}, decoder {decoder.shape}; give (tokens, k) twice "
                "and (latents, width)"
            )
        for name, array in (("values", values), ("decoder", decoder)):
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds NaN or infinity, first in row {np.argwhere(~np.isfinite(array))[0][0]}")
        if indices.min() < 0 or indices.max() >= len(decoder):
            raise ValueError(
                f"indices go from {indices.min()} to {indices.max()}, but there are {len(decoder)} latents"
            )
        for name, value in (("values", values), ("indices", indices), ("decoder", decoder)):
            object.__setattr__(self, name, value)

    @property
    def tokens(self) -> int:
        return len(self.values)

    @property
    def latents(self) -> int:
        return len(self.decoder)

    def fingerprint(self) -> str:
        """SHA-256 of codes and decoder."""
        digest = hashlib.sha256()
        for array in (self.values, self.indices, self.decoder):
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


def code_activations(dictionary: Any, activations: Any, title: str = "", block: int = 4096) -> Coded:
    """What `dictionary` (with `encode` and `decoder`) makes of activations (tokens, width)."""
    import torch

    rows = torch.as_tensor(activations, dtype=torch.float32)
    codes = [dictionary.encode(part) for part in rows.split(block)]
    values, indices = (
        torch.cat([getattr(one, name).detach().cpu() for one in codes]) for name in ("values", "indices")
    )
    decoder = torch.as_tensor(dictionary.decoder).detach().float().cpu()
    return Coded(values.double().numpy(), indices.numpy(), decoder.double().numpy(), title)
