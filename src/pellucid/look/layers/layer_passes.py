"""Passes through a network with layers left out or in another order, from a cache of the residual stream.

The network's own forward is run, with the forward of some layers exchanged for a while: a layer that is left out
hands on what it was given, and where a pass begins like the one without intervention, the layers up to there hand on
the cached stream. So a pass that differs from layer l of L on costs (L - l) layers and one unembedding, not L and one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from ...subjects.models.hooks import (
    INPUT,
    Edit,
    calls_of,
    device_of,
    evaluating,
    has_logits,
    logits_of,
    module_of,
    refuse_logits_not_finite,
    replacing_first,
    run,
)
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.model_inputs import ModelInputs
from ...subjects.models.out_of_memory import out_of_memory_says
from ...subjects.models.prediction import Prediction
from ...subjects.models.site import Site

Order = Sequence[int | None]
"""Which layer stands at each place; None: none does."""


@dataclass(frozen=True, eq=False)
class LayerPasses:
    """One batch: the layers, the stream after each in the pass without intervention, and that pass's logits."""

    network: nn.Module
    layers: tuple[str, ...]
    inputs: Any
    logits: Tensor
    streams: tuple[Tensor, ...]
    rebuild: tuple[Callable[..., Any], ...]
    cached: bool = True
    output: Any = None
    """All that the pass without intervention put out."""

    @classmethod
    def start(cls, network: nn.Module, layers: tuple[str, ...], inputs: Any, cached: bool = True) -> LayerPasses:
        """The pass without intervention. Raises ValueError for NaN, naming the first module that puts any out."""
        rebuild: dict[str, Callable[..., Any]] = {}
        handles = [_note(rebuild, network, path) for path in layers]
        try:
            output, streams = run(network, inputs, read=layers, stop=False)
        finally:
            for handle in handles:
                handle.remove()
        refuse_hidden_states(network, output)
        logits = logits_of(output)
        refuse_logits_not_finite(network, inputs, logits)
        kept = tuple(streams[path] for path in layers)
        return cls(network, layers, inputs, logits, kept, tuple(rebuild[path] for path in layers), cached, output)

    def read_out(self, place: int) -> Tensor:
        """The logits if the stream after the layer at this place were the last one: through all that comes behind."""
        modules = [self.network.get_submodule(path) for path in self.layers]
        forwards = {module: hand_on(rebuild, None) for module, rebuild in zip(modules, self.rebuild, strict=True)}
        forwards[modules[-1]] = hand_on(self.rebuild[-1], self.streams[place])
        with exchanged(forwards):
            return logits_of(run(self.network, self.inputs)[0])

    def edited(self, place: int, edits: Mapping[str, Edit]) -> Tensor:
        """The logits with edits in the layers from this place on; those before hand on what they gave."""
        modules = [self.network.get_submodule(path) for path in self.layers]
        same = place if self.cached else 0
        forwards = {modules[number]: hand_on(self.rebuild[number], None) for number in range(same)}
        if same:
            forwards[modules[same - 1]] = hand_on(self.rebuild[same - 1], self.streams[same - 1])
        with exchanged(forwards):
            return logits_of(run(self.network, self.inputs, edits=edits)[0])

    def run(self, order: Order) -> Tensor:
        """The logits with the layers in another order. Raises ValueError for an order of another length."""
        if len(order) != len(self.layers):
            raise ValueError(f"order has {len(order)} places, the model {len(self.layers)} layers; give one for each")
        modules = [self.network.get_submodule(path) for path in self.layers]
        own = [module.forward for module in modules]
        same = _unchanged(order) if self.cached else 0
        forwards = {modules[place]: hand_on(self.rebuild[place], None) for place in range(same)}
        if same:  # the stream after the last layer that nothing has changed before
            forwards[modules[same - 1]] = hand_on(self.rebuild[same - 1], self.streams[same - 1])
        for place, layer in list(enumerate(order))[same:]:
            if layer is None:
                forwards[modules[place]] = hand_on(self.rebuild[place], None)
            elif layer != place:
                forwards[modules[place]] = own[layer]
        with exchanged(forwards):
            return logits_of(run(self.network, self.inputs)[0])


@dataclass(frozen=True, eq=False)
class CachedPrefix:
    """Passes that begin behind the layers before a place: these hand on what they gave in a pass without any edit.

    `stream` is what the last of the `layers` put out, for every row. Without layers the passes are whole ones.
    """

    network: nn.Module
    inputs: ModelInputs
    layers: tuple[str, ...] = ()
    stream: Tensor = field(default_factory=lambda: torch.empty(0))
    rebuild: Callable[..., Any] = lambda stream, args, kwargs: stream

    @classmethod
    def of(cls, model: Any, inputs: ModelInputs, path: str, batch: int = 4) -> CachedPrefix:
        """Without layers where none lies before `path`, or where handing on gives other logits than a whole pass."""
        network = module_of(model)
        whole = cls(network, inputs)
        try:
            layers = LanguageModel.of(model).layers
        except ValueError:
            return whole
        before = layers[: _layers_before(layers, path)]
        if not before:
            return whole
        rebuild: dict[str, Callable[..., Any]] = {}
        last = before[-1]
        parts, device = [], device_of(model)
        handle = _note(rebuild, network, last)
        try:
            for low in range(0, inputs.rows, batch):
                part = inputs.part(slice(low, low + batch)).to(device)
                parts.append(run(network, part.call(), read=last)[1][last].cpu())
        finally:
            handle.remove()
        found = cls(network, inputs, before, torch.cat(parts), rebuild[last])
        return found if found._gives_what(whole) else whole

    def run(self, rows: Tensor, edits: Mapping[str, Edit], *, grad: bool = False) -> Any:
        """The output for these rows (one may be there twice) with edits behind the prefix."""
        device = device_of(self.network)
        modules = [self.network.get_submodule(path) for path in self.layers]
        forwards = {module: hand_on(self.rebuild, None) for module in modules}
        if modules:
            forwards[modules[-1]] = hand_on(self.rebuild, self.stream[rows].to(device))
        with exchanged(forwards):
            return run(self.network, self.inputs.part(rows).to(device).call(), edits=edits, grad=grad)[0]

    def _gives_what(self, whole: CachedPrefix) -> bool:
        """Whether the first and the last row, together, give the logits of a whole pass: all that is needed is kept."""
        rows = torch.tensor([self.inputs.rows - 1, 0, 0])
        try:
            short = logits_of(self.run(rows, {})).float()
        except (RuntimeError, TypeError, ValueError, StopIteration, IndexError):  # a layer gives the next ones more
            return False
        long = logits_of(whole.run(rows, {})).float()
        return bool(torch.allclose(short, long, rtol=1e-3, atol=1e-3 * float(long.abs().max())))


def refuse_hidden_states(network: nn.Module, output: Any) -> None:
    """Raises ValueError for named outputs of which none are logits: of hidden states no divergence can be taken."""
    if not has_logits(output):
        raise ValueError(
            f"{type(network).__name__} puts out hidden states and no logits, so it predicts nothing that a layer could "
            "change; load it with a head"
        )


def _layers_before(layers: tuple[str, ...], path: str) -> int:
    """How many layers are done when what is at `path` is there; 0 where it is in none of them.

    >>> _layers_before(("h.0", "h.1", "h.2"), "h.1"), _layers_before(("h.0", "h.1", "h.2"), "h.1.mlp")
    (2, 1)
    """
    name, mark, _ = path.partition(INPUT)
    for number, layer in enumerate(layers):
        if name == layer:
            return number + (not mark)
        if name.startswith(f"{layer}."):
            return number
    return 0


def _unchanged(order: Order) -> int:
    """How many layers at the beginning are where they were."""
    return next((place for place, layer in enumerate(order) if layer != place), len(order))


def without(count: int, layer: int) -> list[int | None]:
    """The order in which one layer is left out.

    >>> without(3, 1)
    [0, None, 2]
    """
    return [None if i == layer else i for i in range(count)]


def swapped(count: int, layer: int) -> list[int | None]:
    """The order in which one layer and the next change places.

    >>> swapped(4, 1)
    [0, 2, 1, 3]
    """
    order: list[int | None] = list(range(count))
    order[layer], order[layer + 1] = layer + 1, layer
    return order


def layers_of(site: Site, batch_size: int) -> tuple[str, ...]:
    """The paths of the layers of a site's model.

    Raises ValueError where it has fewer than two, for one that is run several times, and for a batch of no rows.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size} runs nothing; use at least 1")
    found = LanguageModel.of(site.model).layers
    one = site.given.part(slice(0, 1)).to(device_of(site.model)).call()
    with at_most(batch_size, "with a single row"), evaluating(site.model):
        called = [path for path, _ in calls_of(site.model, one, found)]
    often = max(found, key=called.count)
    if called.count(often) > 1:
        raise ValueError(
            f"{often!r} is run {called.count(often)} times in a pass, as layers are that share their weights, of which "
            "none can be left out or read alone; give a model with a module for each layer"
        )
    if len(found) < 2:
        raise ValueError(f"the model has {len(found)} layer; deletion and swap need two or more")
    return found


def at_most(batch_size: int, what: str) -> AbstractContextManager[None]:
    """Within it, running out of memory says that fewer rows at once, or shorter ones, are the remedy."""
    return out_of_memory_says(what, f"lower batch_size={batch_size}, or the length of the rows")


@contextmanager
def exchanged(forwards: Mapping[nn.Module, Callable[..., Any]]) -> Iterator[None]:
    """Within it each module has another forward; afterwards its own again."""
    before = {module: vars(module).get("forward") for module in forwards}
    try:
        for module, forward in forwards.items():
            module.forward = forward  # type: ignore[method-assign]
        yield
    finally:
        for module, forward in before.items():
            if forward is None:
                vars(module).pop("forward", None)
            else:
                module.forward = forward  # type: ignore[method-assign]


def hand_on(rebuild: Callable[..., Any], given: Tensor | None) -> Callable[..., Any]:
    """The forward of a layer that hands on the stream it is given, or another one."""

    def forward(*args: Any, **kwargs: Any) -> Any:
        stream = next(value for value in (*args, *kwargs.values()) if isinstance(value, Tensor))
        return rebuild(stream if given is None else given, args, kwargs)

    return forward


def _note(rebuild: dict[str, Callable[..., Any]], network: nn.Module, path: str) -> Any:
    """A hook that keeps how to put another stream into a layer's output.

    What else the layer puts out is kept as it was, but for what it was given itself (a state that goes from layer to
    layer): of that, what it is given in the other pass.
    """

    def hook(module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        put = replacing_first(output, path)[1]
        handed = _handed_through(output, args, kwargs)

        def rebuilt(stream: Tensor, args: Any, kwargs: Any) -> Any:
            found = put(stream)
            if not handed:
                return found
            return tuple(
                kwargs.get(handed[i]) if isinstance(handed.get(i), str) else args[handed[i]] if i in handed else one
                for i, one in enumerate(found)
            )

        rebuild[path] = rebuilt

    return network.get_submodule(path).register_forward_hook(hook, prepend=True, with_kwargs=True)


def _handed_through(output: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[int, Any]:
    """Which elements of a plain tuple, but its first, are the very things the layer was given, and under what name."""
    found: dict[int, Any] = {}
    if type(output) is not tuple:
        return found
    for number, one in enumerate(output[1:], 1):
        if one is None or isinstance(one, bool | int | float | str):
            continue
        name = next((key for key, value in (*enumerate(args), *kwargs.items()) if value is one), None)
        if name is not None:
            found[number] = name
    return found


@dataclass(frozen=True, eq=False)
class LayerBatch:
    """Some rows where the model is: which of the predictions count, and what is to be predicted there (or None)."""

    low: int
    inputs: Any
    mask: Bool[Tensor, "rows length"]
    labels: Int[Tensor, "rows length"] | None


def batches_of(site: Site, batch_size: int) -> Iterator[LayerBatch]:
    """The rows of a site, with what the model predicts of them, where that is known."""
    device, prediction = device_of(site.model), Prediction.of(site.model, site.given)
    inputs = site.given if prediction is None else prediction.inputs
    mask = inputs.predicted_mask
    for low in range(0, site.rows, batch_size):
        rows = slice(low, low + batch_size)
        part = inputs.part(rows).to(device)
        kept = torch.ones(part.rows, 1, dtype=torch.bool) if mask is None else mask[rows]
        labels = None if prediction is None else prediction.labels[rows].to(device)
        yield LayerBatch(low, part.call(), kept.to(device), labels)
