"""Where a layer's heads are, found by following a pass; no name of a module is looked at.

What the heads put out lies side by side in what the layer's output projection is given: the first matrix in the layer
that is given, at the last token, something that depends on other tokens. So the pass is run again with all tokens but
the last moved at the input of every layer, and the first module with a matrix whose input at the last token moves with
them is that projection. How many heads there are the network's settings say. Whether a layer attends is tried: where
every token has the same vector, weights of attention, whatever they are, leave each head's output where it is but for
its length (a state space or a convolution does not).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ...subjects.models.hooks import INPUT, Edit, run

__all__ = ["LayerHeads", "heads_of_layers"]


@dataclass(frozen=True)
class LayerHeads:
    """The heads of one layer: what is given to the module at `path` is `count` vectors of `size`, side by side."""

    layer: str
    path: str
    count: int
    size: int

    def part(self, head: int) -> slice:
        """The columns of a head.

        >>> LayerHeads("h.0", "h.0.out", 2, 8).part(1)
        slice(8, 16, None)
        """
        return slice(head * self.size, (head + 1) * self.size)

    def patched(self, head: int, source: Tensor, places: Any = slice(None)) -> dict[str, Edit]:
        """Edits that put in what a head put out in another pass, (rows, length, width), at some places of the text."""
        columns = self.part(head)

        def edit(x: Tensor) -> Tensor:
            out = x.clone().reshape(source.shape)
            out[:, places, columns] = source.to(out)[:, places, columns]
            return out.reshape(x.shape)

        return {self.path + INPUT: edit}


def heads_of_layers(
    network: nn.Module, layers: Sequence[str], tokens: Tensor, heads: int | None = None
) -> list[LayerHeads]:
    """The heads of every layer that has any; `heads`: how many, where the network's settings do not say.

    Raises ValueError where there is one token only, no layer mixes tokens, or nothing says how many heads there are.
    """
    rows, length = tokens.shape
    if getattr(getattr(network, "config", None), "is_encoder_decoder", False):
        raise ValueError(f"{type(network).__name__} has two streams, an encoder's and a decoder's; give a decoder")
    if length < 2:
        raise ValueError("inputs have 1 token a row, to which no head can attend but itself; give 2 or more")
    clean = run(network, tokens, read=[layer + INPUT for layer in layers], stop=False)[1]
    generator = torch.Generator().manual_seed(0)
    moved: dict[str, Edit] = {}
    for path, x in clean.items():
        noise = torch.randn(x.shape, generator=generator).to(x) * x.float().std().to(x)
        noise[:, -1] = 0
        moved[path] = partial(_moved_to, x + noise)
    before = _last_inputs(
        network, layers, tokens, (rows, length), {path: partial(_moved_to, x) for path, x in clean.items()}
    )
    after = _last_inputs(network, layers, tokens, (rows, length), moved)
    found = []
    for number, layer in enumerate(layers):
        path = next((path for path, x in before[layer].items() if _moves(x, after[layer].get(path))), None)
        if path is None:
            continue
        one = _split(layer, path, before[layer][path].shape[-1], heads or _count(network, number))
        if _attends(network, one, clean[layer + INPUT], tokens):
            found.append(one)
    if not found:
        raise ValueError(
            f"no heads are found in {type(network).__name__}: in no layer is what attention alone puts out given to a "
            "matrix first, as in transformers; patch streams and modules instead"
        )
    return found


def _moved_to(value: Tensor, x: Tensor) -> Tensor:
    return value


def _last_inputs(
    network: nn.Module, layers: Sequence[str], tokens: Tensor, shape: tuple[int, int], edits: dict[str, Edit]
) -> dict[str, dict[str, Tensor]]:
    """What each module with a matrix is given at the last token, by layer, in the order in which they are called."""
    found: dict[str, dict[str, Tensor]] = {layer: {} for layer in layers}
    rows, length = shape

    def note(layer: str, path: str, module: nn.Module, args: Any, kwargs: Any) -> None:
        given = next((value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)), None)
        if given is None or path in found[layer] or given.shape[:-1] not in ((rows, length), (rows * length,)):
            return
        found[layer][path] = given.detach().reshape(rows, length, -1)[:, -1].float().clone()

    handles = []
    for layer in layers:
        for name, module in network.get_submodule(layer).named_modules():
            if any(weight.ndim == 2 for weight in module._parameters.values() if weight is not None):
                path = f"{layer}.{name}" if name else layer
                handles.append(module.register_forward_pre_hook(partial(note, layer, path), with_kwargs=True))
    try:
        run(network, tokens, edits=edits)
    finally:
        for handle in handles:
            handle.remove()
    return found


def _moves(before: Tensor, after: Tensor | None) -> bool:
    """Whether these are other numbers, by more than rounding."""
    if after is None or after.shape != before.shape:
        return after is not None
    return float((before - after).norm()) > 1e-3 * float(before.norm())


def _attends(network: nn.Module, heads: LayerHeads, x: Tensor, tokens: Tensor) -> bool:
    """Whether each head puts out one direction at all tokens where these have the same vector."""
    same = partial(_moved_to, x[:, -1:].expand_as(x).contiguous())
    seen = run(network, tokens, read=heads.path + INPUT, edits={heads.layer + INPUT: same})[1][heads.path + INPUT]
    parts = seen.float().reshape(*tokens.shape, heads.count, heads.size)
    cosines = torch.cosine_similarity(parts[:, :1], parts[:, 1:], dim=-1)
    return float(cosines.min()) > 0.99 if heads.size > 1 else True


def _count(network: nn.Module, number: int) -> int:
    """How many heads the settings give a layer."""
    config = getattr(network, "config", None)
    text: Callable[[], Any] | None = getattr(config, "get_text_config", None)
    found = getattr(text() if text else config, "num_attention_heads", None)
    if isinstance(found, Sequence):
        found = found[number] if number < len(found) else None
    if not isinstance(found, int) or found < 1:
        raise ValueError(f"{type(network).__name__} does not say how many heads it has; if it has any, give heads=")
    return found


def _split(layer: str, path: str, width: int, count: int) -> LayerHeads:
    if width % count:
        raise ValueError(f"{path!r} is given {width} numbers, which are no {count} heads of one size; give heads=")
    return LayerHeads(layer, path, count, width // count)
