"""Which modules write into the residual stream and which read it, found by following one pass; no name is looked at.

A layer that is given x puts out x + sum of c_w a_w over its parts w: the modules within it whose outputs, each times a
constant, add up to what it adds. What reads the stream are the modules that are given x, or x and some of those parts.
Vectors that come as plain rows, (rows * length, width), are those of the stream in its order (OPT).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...subjects.models.hooks import first_tensor, run

__all__ = ["LayerParts", "Written", "final_reader", "parts_of_layers"]


@dataclass(frozen=True)
class Written:
    """A module that writes into the stream, and the constant by which its output is multiplied."""

    path: str
    scale: float = 1.0


@dataclass(frozen=True)
class LayerParts:
    """The parts of a layer in the order they are called; `readers`: a path, and how many parts are in what it reads."""

    written: tuple[Written, ...]
    readers: tuple[tuple[str, int], ...]


@dataclass
class _Call:
    """One module's first call in a pass: what it was given and put out, and when it began and ended."""

    given: Tensor
    began: int
    output: Tensor | None = None
    ended: int = 0
    times: int = 1


@dataclass
class _Calls:
    """All modules' first calls."""

    of: dict[str, _Call] = field(default_factory=dict)
    clock: int = 0

    def before(self, path: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.clock += 1
        given = next((value for value in (*args, *kwargs.values()) if isinstance(value, Tensor)), None)
        if path in self.of:
            self.of[path].times += 1
        elif given is not None and given.is_floating_point():
            self.of[path] = _Call(given.detach().clone(), self.clock)

    def after(self, path: str, output: Any) -> None:
        self.clock += 1
        value, call = first_tensor(output), self.of.get(path)
        if call is not None and call.output is None and value is not None:
            call.output, call.ended = value.detach().clone(), self.clock


def _followed(network: nn.Module, inputs: Any) -> _Calls:
    calls, handles = _Calls(), []
    for path, module in network.named_modules():

        def begin(module: nn.Module, args: Any, kwargs: Any, path: str = path) -> None:
            calls.before(path, args, kwargs)

        def end(module: nn.Module, args: Any, output: Any, path: str = path) -> None:
            calls.after(path, output)

        handles += [module.register_forward_pre_hook(begin, with_kwargs=True), module.register_forward_hook(end)]
    try:
        run(network, inputs)
    finally:
        for handle in handles:
            handle.remove()
    return calls


@contextmanager
def _in_float32(network: nn.Module) -> Iterator[None]:
    """Within it weights of half precision are wide: there the sums of a long stream and short parts are too rough."""
    narrow = [t for t in (*network.parameters(), *network.buffers()) if t.dtype in (torch.bfloat16, torch.float16)]
    kept = [tensor.data for tensor in narrow]
    try:
        for tensor in narrow:
            tensor.data = tensor.data.float()
        yield
    finally:
        for tensor, data in zip(narrow, kept, strict=True):
            tensor.data = data


def parts_of_layers(network: nn.Module, layers: tuple[str, ...], inputs: Any) -> tuple[list[LayerParts], str]:
    """The parts of every layer, and the path of what reads the stream after the last ("" where nothing does).

    inputs: of two rows at least, where any pass will have so many, so that their order is seen. Raises ValueError where
    a layer adds no parts to what it is given, is given other than the layer before put out, or is run more than once.
    """
    with _in_float32(network):
        calls = _followed(network, inputs)
    found, stream = [], None
    for layer in layers:
        call = calls.of.get(layer)
        if call is None or call.output is None or call.output.shape != call.given.shape or call.given.ndim != 3:
            raise ValueError(f"{layer!r} hands on no stream (rows, length, width); give a pre-norm transformer")
        if call.times > 1:
            raise ValueError(f"{layer!r} is run {call.times} times in a pass; give a model that has each layer once")
        if stream is not None and not _close(call.given, stream):
            raise ValueError(f"{layer!r} is not given what the layer before puts out; give a pre-norm transformer")
        stream = call.output
        found.append(_parts_of(calls, layer, call))
    assert stream is not None
    return found, final_reader(calls, layers[-1], stream)


def final_reader(calls: _Calls, last: str, stream: Float[Tensor, "rows length width"]) -> str:
    """The first module after the last layer that is given the stream."""
    later = sorted((call.began, path) for path, call in calls.of.items() if call.began > calls.of[last].ended)
    return next((path for _, path in later if _close(calls.of[path].given, stream)), "")


def _parts_of(calls: _Calls, layer: str, call: _Call) -> LayerParts:
    inside = {path: one for path, one in calls.of.items() if path.startswith(f"{layer}.")}
    assert call.output is not None
    written = _written(inside, call.output - call.given, layer)
    repeated = next((part.path for part in written if inside[part.path].times > 1), None)
    if repeated is not None:
        raise ValueError(f"{repeated!r} is run several times in a pass; give a model that has each part once")
    readers = _readers(inside, written, _sums_of(call.given, written, inside))
    if not readers:
        raise ValueError(f"nothing in {layer!r} reads the stream as it is; give a pre-norm transformer")
    return LayerParts(tuple(written), tuple(readers))


def _sums_of(given: Tensor, written: list[Written], inside: dict[str, _Call]) -> list[Tensor]:
    """The stream within a layer: what it is given, and that with one part more each time."""
    sums = [given]
    for part in written:
        output = inside[part.path].output
        assert output is not None
        sums.append(sums[-1] + part.scale * output.reshape(given.shape))
    return sums


def _readers(inside: dict[str, _Call], written: list[Written], sums: list[Tensor]) -> list[tuple[str, int]]:
    """The outermost modules that are given the stream, in the order they begin, each with how many parts are in it."""
    readers: list[tuple[str, int]] = []
    for path, one in sorted(inside.items(), key=lambda item: item[1].began):
        if one.times > 1 or any(path.startswith(f"{known}.") for known, _ in readers):
            continue
        done = sum(inside[part.path].ended < one.began for part in written)
        known_sums = range(min(done, len(written) - 1), -1, -1)  # what is given with all parts is the next layer's
        count = next((number for number in known_sums if _close(one.given, sums[number])), None)
        if count is not None:
            readers.append((path, count))
    return readers


def _written(inside: dict[str, _Call], added: Tensor, layer: str, most: int = 3) -> list[Written]:
    """The fewest modules, of those the outermost, whose outputs times constants make up what a layer adds."""
    usable = {path: one.output for path, one in inside.items() if one.output is not None}
    usable = {path: value for path, value in usable.items() if _same_rows(value, added) and bool(value.any())}
    for count in range(1, most + 1):
        found = list(_sums(usable, added, count))
        if found:
            best = min(found, key=lambda choice: _outermost(choice, inside))
            return sorted(best, key=lambda part: inside[part.path].ended)
    raise ValueError(
        f"{layer!r} puts out no sum of what it is given and what its parts put out, but normalises or gates the sum; "
        "give a pre-norm transformer"
    )


def _sums(usable: dict[str, Tensor], added: Tensor, count: int) -> Iterator[list[Written]]:
    """Every choice of so many modules whose outputs, times constants, are what is added."""
    target = added.double().reshape(-1)
    paths, columns = list(usable), [value.double().reshape(-1) for value in usable.values()]
    inner = torch.tensor([[float(a @ b) for b in columns] for a in columns], dtype=torch.float64)
    with_target = torch.tensor([float(a @ target) for a in columns], dtype=torch.float64)
    for choice in map(list, combinations(range(len(columns)), count)):
        gram = inner[choice][:, choice]
        if float(torch.linalg.cond(gram)) > 1e10:  # one of them is another's copy
            continue
        weights = torch.linalg.solve(gram, with_target[choice]).tolist()
        rest = target - sum(weight * columns[i] for weight, i in zip(weights, choice, strict=True))
        if float(rest.norm()) <= _tolerance(added) * float(target.norm()):
            yield [Written(paths[i], _round(weight)) for weight, i in zip(weights, choice, strict=True)]


def _round(weight: float) -> float:
    """Exactly 1 where it is 1 up to rounding."""
    return 1.0 if abs(weight - 1) < 1e-4 else weight


def _outermost(choice: list[Written], inside: dict[str, _Call]) -> tuple[Any, ...]:
    depth = sum(part.path.count(".") for part in choice)
    return depth, sum(abs(part.scale - 1) > 1e-3 for part in choice), [inside[part.path].ended for part in choice]


def _close(a: Tensor, b: Tensor) -> bool:
    if not _same_rows(a, b):
        return False
    return float((a.reshape(b.shape) - b).norm()) <= _tolerance(b) * float(b.norm().clamp_min(1e-30))


def _same_rows(a: Tensor, stream: Tensor) -> bool:
    """Whether these may be the vectors of the stream: of its shape, or one row after the other."""
    return a.shape in (stream.shape, (stream.shape[:-1].numel(), stream.shape[-1]))


def _tolerance(like: Tensor) -> float:
    """Rounding of the sum of a few numbers in the model's own format, as a share of their norm."""
    return 1e-2 if like.dtype in (torch.bfloat16, torch.float16) else 1e-4
