"""Transcoders: dictionaries that read one site and write another, such as a layer's input and output (2406.11944).

arXiv 2406.11944, section 3; trained with the k largest latents (arXiv 2501.18823).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .activation_pairs import activation_pairs
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class Transcoder(DictionaryMethod):
    """Latents that read one site and write another (arXiv 2406.11944).

    The subject has targets: Site(model, path, inputs, target=path), or Activations(values, targets=...).
    Raises ValueError where it has none.

    >>> import torch
    >>> from pellucid.subjects.models.activations import Activations
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> pair = Activations(x, targets=x[:, :4].relu())
    >>> Transcoder(width=32, k=2, steps=20, batch_size=64).explain(pair).artifact.describe()
    'Transcoder dictionary: 32 latents for widths 8 to 4, at most 2 fire'
    """

    def _as_subject(self, given: Any) -> Any:
        return activation_pairs(given, to_targets=True)
