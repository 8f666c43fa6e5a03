"""The hidden neurons of any torch module: found by trying, switched off by masks, cut out of the matrices.

A hidden layer is a linear module (the reader) each of whose inputs depends on one output of the linear modules before
it (its writers), unit by unit, as through an activation or a product of gates. Which modules those are is tried, not
read from names: outputs are changed by groups of units, and what the reader is given is looked at.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn


@dataclass(frozen=True)
class HiddenLayer:
    """`width` neurons: row i of each of the `writers`, and column i of the `reader` (paths of linear modules)."""

    writers: tuple[str, ...]
    reader: str
    width: int


Masks = Sequence[Bool[Tensor, " width"]]


def hidden_layers(module: nn.Module, inputs: Tensor, least: int = 2) -> tuple[HiddenLayer, ...]:
    """The hidden layers of `module`, in the order in which they are run on `inputs` (rows, ...).

    Layers of fewer than `least` units are left out, as are those whose units reach other places too (through skip
    connections), or whose matrices cannot be made smaller without changing the code. Raises ValueError where there are
    none, or where two runs on the same inputs differ.

    >>> net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    >>> hidden_layers(net, torch.eye(3))
    (HiddenLayer(writers=('0',), reader='2', width=8),)
    """
    with torch.no_grad():
        before = module(inputs)
        if not torch.equal(before, module(inputs)):
            raise ValueError("two runs on the same rows differ; call eval() on the module, and leave out noise")
        found = []
        order = _in_order(module, inputs)
        for place, reader in enumerate(order):
            width = linear_modules(module)[reader].in_features
            if width < least:
                continue
            writers = tuple(name for name in order[:place] if _writes_unit_by_unit(module, inputs, name, reader))
            layer = HiddenLayer(writers, reader, width)
            if writers and _can_be_cut(module, inputs, layer):
                found.append(layer)
    if not found:
        raise ValueError(
            "there is no hidden layer between two nn.Linear whose neurons could be cut out; give a module that has one"
        )
    return tuple(found)


def linear_modules(module: nn.Module) -> dict[str, nn.Linear]:
    """By their paths."""
    return {name: one for name, one in module.named_modules() if isinstance(one, nn.Linear)}


def _in_order(module: nn.Module, inputs: Tensor) -> list[str]:
    """The linear modules in the order in which they are run; those that are run twice are left out."""
    order: list[str] = []

    def noted(name: str) -> Callable[..., None]:
        return lambda own, given, out: order.append(name)

    hooks = [one.register_forward_hook(noted(name)) for name, one in linear_modules(module).items()]
    try:
        module(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return [name for name in order if order.count(name) == 1]


def _read_by(module: nn.Module, inputs: Tensor, reader: str, writer: str = "", units: Tensor | None = None) -> Tensor:
    """What `reader` is given (rows, width), with the `units` of `writer` changed."""
    by_name, kept = linear_modules(module), []
    hooks = [by_name[reader].register_forward_pre_hook(lambda own, given: kept.append(given[0]))]
    if units is not None:
        hooks.append(by_name[writer].register_forward_hook(_changing(units)))
    try:
        module(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    return kept[0].reshape(-1, kept[0].shape[-1])


def _changing(units: Tensor) -> Callable[[nn.Module, Any, Any], Tensor]:
    """A hook that gives other outputs in these units."""
    return lambda own, given, out: torch.where(units, 3 - out, out)


def _writes_unit_by_unit(module: nn.Module, inputs: Tensor, writer: str, reader: str) -> bool:
    """Whether unit i of the writer changes input i of the reader alone: units are changed by each bit of their number,
    and by its complement, which tells any two apart."""
    by_name = linear_modules(module)
    width = by_name[writer].out_features
    if width != by_name[reader].in_features:
        return False
    plain, numbers = _read_by(module, inputs, reader), torch.arange(width)
    touched = torch.zeros(width, dtype=torch.bool)
    for bit in range(max(1, width.bit_length())):
        for side in (0, 1):
            units = (numbers >> bit & 1) == side
            moved = (_read_by(module, inputs, reader, writer, units) != plain).any(0)
            if (moved & ~units).any():
                return False
            touched |= moved
    return bool(touched.any())


def _can_be_cut(module: nn.Module, inputs: Tensor, layer: HiddenLayer) -> bool:
    """Whether the module with smaller matrices computes what it does with those neurons switched off."""
    kept = torch.ones(layer.width, dtype=torch.bool)
    kept[::2] = False
    with masked(module, (layer,), (kept,)):
        wanted = module(inputs)
    try:
        found = cut(module, (layer,), (kept,))(inputs)
    except RuntimeError:
        return False
    return found.shape == wanted.shape and torch.allclose(found, wanted, rtol=1e-3, atol=1e-4)


@contextmanager
def masked(module: nn.Module, layers: Sequence[HiddenLayer], masks: Masks) -> Iterator[None]:
    """Within it the neurons whose mask is False give 0 to their readers."""
    by_name = linear_modules(module)

    def switched(mask: Tensor) -> Callable[..., tuple[Tensor]]:
        return lambda own, given: (torch.where(mask, given[0], torch.zeros_like(given[0])),)

    hooks = [
        by_name[layer.reader].register_forward_pre_hook(switched(mask))
        for layer, mask in zip(layers, masks, strict=True)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def cut(module: nn.Module, layers: Sequence[HiddenLayer], masks: Masks) -> nn.Module:
    """A copy of the module whose matrices have only the rows and columns of the neurons that are kept.

    >>> net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    >>> layers = hidden_layers(net, torch.eye(3))
    >>> cut(net, layers, (torch.arange(8) < 5,))[2].in_features
    5
    """
    copied = copy.deepcopy(module)
    for layer, mask in zip(layers, masks, strict=True):
        for name in layer.writers:
            old = linear_modules(copied)[name]
            copied.set_submodule(name, _linear(old.weight[mask], None if old.bias is None else old.bias[mask]))
        old = linear_modules(copied)[layer.reader]
        copied.set_submodule(layer.reader, _linear(old.weight[:, mask], old.bias))
    return copied


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    made = nn.Linear(weight.shape[1], weight.shape[0], bias is not None, device="meta", dtype=weight.dtype)
    made.weight = nn.Parameter(weight.detach().clone())
    if bias is not None:
        made.bias = nn.Parameter(bias.detach().clone())
    return made


def neuron_norms(module: nn.Module, layers: Sequence[HiddenLayer]) -> list[Float[Tensor, " width"]]:
    """|(incoming weights, bias, outgoing weights)| of each neuron, layer by layer; their sum is the group lasso.

    The root is of the square plus 1e-12, so that it has a slope at 0.
    """
    found, by_name = [], linear_modules(module)
    for layer in layers:
        squares = by_name[layer.reader].weight.square().sum(0)
        for name in layer.writers:
            writer = by_name[name]
            squares = squares + writer.weight.square().sum(1)
            if writer.bias is not None:
                squares = squares + writer.bias.square()
        found.append((squares + 1e-12).sqrt())
    return found


def drawn_again(module: nn.Module, seed: int) -> nn.Module:
    """A copy with new first weights, as its own parts draw them."""
    copied = copy.deepcopy(module)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for part in copied.modules():
            reset = getattr(part, "reset_parameters", None)
            if callable(reset):
                reset()
    return copied
