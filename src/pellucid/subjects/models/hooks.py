"""Hooks: read and edit what any module of a network puts out, in one forward pass that can end early.

The network is used as it is: no wrapper, no copy, so with nothing edited its output is bit-equal to `model(inputs)`.
The hot path is the network's own; a read costs one copy of the tensor, and a pass with `stop` ends after the last
module that is read: reading layer l of L costs about (l + 1) / L of a pass.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, TypeAlias

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn

INPUT = "@input"
"""Behind a path: what goes into the module, instead of what comes out of it."""

Edit: TypeAlias = Callable[[Tensor], Tensor]


def run(
    model: Any,
    inputs: Any,
    *,
    read: str | Iterable[str] = (),
    edits: Mapping[str, Edit] | None = None,
    stop: bool = True,
    grad: bool = False,
) -> tuple[Any, dict[str, Tensor]]:
    """One forward pass: the model's output, and what came out of the modules at the paths `read` (globs allowed).

    inputs: a Tensor, a tuple of arguments, or a mapping of named ones. `edits` maps a path to a function of that
    module's output (of its first element where that is a tuple), whose result takes its place. "path@input" means
    what goes into the module. With `stop`, and something to read, the pass ends after the last module that is read and
    the output is None. Of a module that is called more than once, the first call is read and every call is edited.
    A module is read after it was edited. Raises ValueError for an unknown path, naming the nearest.

    >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> output, values = run(net, torch.ones(5, 2), read="1", edits={"0": lambda x: x * 0 - 1})
    >>> output is None, values["1"].sum().item()
    (True, 0.0)
    """
    network = module_of(model)
    wanted = [read] if isinstance(read, str) else list(read)
    targets = [path for pattern in wanted for path in paths(network, pattern)]
    changes = {path: edit for pattern, edit in (edits or {}).items() for path in paths(network, pattern)}
    reading = _Reading(set(targets), stop, grad)
    output = None
    with ExitStack() as stack:
        stack.enter_context(torch.set_grad_enabled(grad))
        for path in dict.fromkeys([*changes, *targets]):
            stack.callback(_hook(network, path, changes.get(path), reading.saw).remove)
        with suppress(_Stopped):
            output = _call(network, inputs)
    if reading.missing:
        first = min(reading.missing)
        raise ValueError(f"module {first!r} takes no part in this forward pass; choose one that does")
    return output, reading.values


@dataclass
class _Reading:
    """What one forward pass has shown so far of the paths that are asked for."""

    missing: set[str]
    stop: bool
    """Whether the pass ends once nothing is missing."""
    grad: bool
    values: dict[str, Tensor] = field(default_factory=dict)

    def saw(self, path: str, value: Tensor) -> None:
        if path not in self.missing:
            return
        self.values[path] = value if self.grad else value.clone()
        self.missing.discard(path)
        if self.stop and not self.missing:
            raise _Stopped


def paths(model: Any, pattern: str) -> list[str]:
    """The module paths that match: "*" stands for part of one name, "**" for any names, and "" is the model itself.

    Raises ValueError where there is none, with the nearest names.

    >>> paths(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), "*")
    ['0', '1']
    """
    network = module_of(model)
    path, mark, rest = pattern.partition("@")
    if mark + rest not in ("", INPUT):
        raise ValueError(f"path={pattern!r} ends in {mark + rest!r}; only {INPUT!r} may follow a module's path")
    names = [name for name, _ in network.named_modules(remove_duplicate=False)]
    if path in names:
        return [pattern]
    found = [name for name in names if name and _matches(name.split("."), path.split("."))]
    if not found:
        raise ValueError(f"path={pattern!r} matches no module of {type(network).__name__}; {_nearest(path, names)}")
    return [name + mark + rest for name in found]


def module_of(model: Any) -> nn.Module:
    """The network itself: `model`, or what it holds as `.model`. Raises ValueError where that is none.

    >>> module_of(nn.ReLU())
    ReLU()
    """
    network = model if isinstance(model, nn.Module) else getattr(model, "model", None)
    if not isinstance(network, nn.Module):
        raise ValueError(f"model is a {type(model).__name__}; give a torch nn.Module or a LanguageModel")
    return network


def device_of(model: Any) -> torch.device:
    """Where its weights are; the CPU where it has none."""
    weight = next(module_of(model).parameters(), None)
    return torch.device("cpu") if weight is None else weight.device


@contextmanager
def evaluating(model: Any) -> Iterator[nn.Module]:
    """Within it the network is in evaluation mode (no dropout); afterwards each module is as it was.

    >>> net = nn.Dropout()
    >>> with evaluating(net):
    ...     print(net.training)
    False
    >>> net.training
    True
    """
    network = module_of(model)
    training = [module for module in network.modules() if module.training]
    network.eval()
    try:
        yield network
    finally:
        for module in training:
            module.training = True


@contextmanager
def gradients_or_value_error(model: Any) -> Iterator[None]:
    """Within it a network that changes its tensors in place, of which no gradient can be taken, is a ValueError."""
    try:
        yield
    except RuntimeError as error:
        if "inplace operation" not in str(error) and "does not require grad" not in str(error):
            raise
        raise ValueError(
            f"no gradient flows through {type(module_of(model)).__name__}, which changes or detaches its tensors on "
            "the way; use what needs none, such as deletion of layers"
        ) from None


def first_not_finite(model: Any, inputs: Any) -> str:
    """The first module, in the order they finish, whose output holds NaN or infinity; "" where none does.

    >>> net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    >>> _ = nn.init.constant_(net[0].weight, float("nan"))
    >>> first_not_finite(net, torch.ones(1, 2))
    '0'
    """
    network = module_of(model)
    names = {module: name for name, module in network.named_modules()}
    found: list[str] = []

    def look(module: nn.Module, args: Any, output: Any) -> None:
        value = first_tensor(output)
        if value is not None and value.is_floating_point() and not value.isfinite().all():
            found.append(names[module])
            raise _Stopped

    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        for module in names:
            stack.callback(module.register_forward_hook(look).remove)
        with suppress(_Stopped):
            _call(network, inputs)
    return found[0] if found else ""


def calls_of(
    model: Any, inputs: Any, modules: Iterable[str], *, until: str | None = None
) -> list[tuple[str, tuple[int, ...]]]:
    """Each call of some modules in one pass, in the order they end: the path, and the shape of what came out.

    The pass ends with what is at `until`, a path as `run` takes them. A module that is there under two paths has the
    first. Raises ValueError where nothing comes to `until`.

    >>> net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    >>> calls_of(net, torch.ones(5, 2), ["1", "0"])
    [('0', (5, 3)), ('1', (5, 3))]
    """
    network = module_of(model)
    found: list[tuple[str, tuple[int, ...]]] = []
    names: dict[nn.Module, str] = {}
    for path in modules:
        names.setdefault(network.get_submodule(path), path)

    def note(module: nn.Module, args: Any, output: Any) -> None:
        value = first_tensor(output)
        found.append((names[module], () if value is None else tuple(value.shape)))

    with ExitStack() as stack:
        for module in names:
            stack.callback(module.register_forward_hook(note).remove)
        run(network, inputs, read=() if until is None else until)
    return found


def refuse_logits_not_finite(model: Any, inputs: Any, logits: Float[Tensor, "rows ..."]) -> None:
    """Raises ValueError where the logits of these inputs hold NaN or infinity, naming the first module with any."""
    if not logits.isfinite().all():
        first = first_not_finite(model, inputs) or type(module_of(model)).__name__
        raise ValueError(
            f"the logits hold NaN or infinity; the first module to put any out is {first!r}: check its weights, or "
            "load the model in float32"
        )


def logits_of(output: Any) -> Shaped[Tensor, "rows ..."]:
    """The logits (or whatever the main output is) of what a model returned: a Tensor, a tuple, or named outputs.

    Raises ValueError where there is no tensor in it.

    >>> logits_of((torch.ones(2, 3), "more")).shape
    torch.Size([2, 3])
    """
    logits = getattr(output, "logits", None)
    if isinstance(logits, Tensor):
        return logits
    found = first_tensor(output)
    if found is None:
        raise ValueError(
            f"the model returned a {type(output).__name__} without a tensor; give one that returns tensors"
        )
    return found


def has_logits(output: Any) -> bool:
    """Whether what a model returned may be logits: named outputs of which none is called so are hidden states."""
    return not isinstance(output, Mapping) or any("logits" in str(name) for name in output)


class _Stopped(BaseException):
    """Ends a forward pass; no model catches it by accident."""


def _call(network: nn.Module, inputs: Any) -> Any:
    if isinstance(inputs, Mapping):
        return network(**inputs)
    return network(*inputs) if isinstance(inputs, tuple | list) else network(inputs)


def _hook(network: nn.Module, path: str, edit: Edit | None, seen: Callable[[str, Tensor], None]) -> Any:
    """Edits, and shows to `seen`, what comes out of a module, or what goes in ("path@input")."""
    name, _, at_input = path.partition("@")
    module = network.get_submodule(name)
    if at_input:
        return module.register_forward_pre_hook(partial(_before, path, edit, seen), with_kwargs=True)

    def after(module: nn.Module, args: Any, output: Any) -> Any:
        value, rebuilt = replacing_first(output, path)
        if edit is not None:
            value = _edited(edit, value, path)
            output = rebuilt(value)
        seen(path, value)
        return output if edit is not None else None

    return module.register_forward_hook(after)


def _before(
    path: str,
    edit: Edit | None,
    seen: Callable[[str, Tensor], None],
    module: nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """A hook on a module's input: the first argument, or the first tensor among those with a name."""
    key = next((key for key, value in kwargs.items() if isinstance(value, Tensor)), None)
    if not args and key is None:
        raise ValueError(f"{path!r}: the module is called without a tensor; read what comes out of another one")
    value = args[0] if args else kwargs[key]  # type: ignore[index]
    if edit is None:
        seen(path, value)
        return None
    value = _edited(edit, value, path)
    seen(path, value)
    return ((value, *args[1:]), kwargs) if args else (args, {**kwargs, key: value})


def _edited(edit: Edit, value: Tensor, path: str) -> Tensor:
    new = edit(value)
    if not isinstance(new, Tensor) or new.shape != value.shape:
        shape = tuple(new.shape) if isinstance(new, Tensor) else type(new).__name__
        raise ValueError(f"the edit at {path!r} turned {tuple(value.shape)} into {shape}; keep the shape")
    return new.to(value.dtype)


def replacing_first(output: Any, path: str) -> tuple[Tensor, Callable[[Tensor], Any]]:
    """The tensor that a module puts out, and how to put another into its place. Raises ValueError for none.

    >>> first, put = replacing_first((torch.zeros(1), "cache"), "layer")
    >>> put(first + 1)
    (tensor([1.]), 'cache')
    """
    if isinstance(output, Tensor):
        return output, lambda value: value
    if isinstance(output, tuple | list) and output and isinstance(output[0], Tensor):
        first, *rest = output
        if hasattr(output, "_fields"):  # a named tuple
            return first, lambda value: type(output)(value, *rest)
        return first, lambda value: type(output)([value, *rest])
    if isinstance(output, Mapping):
        for key, item in output.items():
            if isinstance(item, Tensor):
                return item, partial(_with, output, key)
    raise ValueError(f"{path!r} puts out a {type(output).__name__} without a tensor; choose a module inside it")


def _with(output: Any, key: str, value: Tensor) -> Any:
    output[key] = value  # in place: named outputs of transformers stay what they are
    return output


def first_tensor(output: Any) -> Tensor | None:
    """The first tensor of what a module puts out: itself, one of a tuple, or of named outputs; None: there is none.

    >>> first_tensor((None, torch.zeros(1)))
    tensor([0.])
    """
    items = output.values() if isinstance(output, Mapping) else output if isinstance(output, tuple | list) else [output]
    return next((item for item in items if isinstance(item, Tensor)), None)


def _matches(names: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not names
    if pattern[0] == "**":
        return any(_matches(names[i:], pattern[1:]) for i in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and _matches(names[1:], pattern[1:])


def _nearest(path: str, names: list[str]) -> str:
    inside = [name for name in names if name.endswith(f".{path}")]
    near = (inside + difflib.get_close_matches(path, names, 3, 0.5))[:3]
    if near:
        return f"did you mean {', '.join(map(repr, dict.fromkeys(near)))}?"
    return f"modules are {', '.join(map(repr, [name for name in names if name][:5]))}, ..."
