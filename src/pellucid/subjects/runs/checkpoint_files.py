"""Checkpoints from a folder of weights, with a network from one's own code, or told by the shapes of its weights."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from ..tables.sample_files import read_samples
from .checkpoints import Checkpoints, Weights

ENDINGS = (".safetensors", ".pt", ".pth", ".ckpt", ".bin")
ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "gelu": torch.nn.GELU, "silu": torch.nn.SiLU}
INSIDE = ("state_dict", "model_state_dict", "model", "module")
"""Under which names training code keeps the weights beside its optimiser."""


def read_checkpoints(
    folder: Path | str,
    *,
    data: Path | str,
    model: str | None = None,
    test: Path | str | None = None,
    target: str = "",
    loss: str | None = None,
    activation: str = "relu",
) -> Checkpoints:
    """The checkpoints in a folder: files of weights whose names hold the step, such as step_200.safetensors.

    `data` is a table (column `target`; whole numbers are classes), or .npz with inputs and targets. `model` is
    FILE.py:NAME of a function without arguments that makes the network, and is run; without it, layers whose weights
    follow one another make a network with `activation` between them. Files of torch.save are read as weights alone: no
    code in them is run. Raises ValueError, in one line that names what is wrong and what helps.
    """
    files = checkpoint_files(Path(folder))
    loaders = [_loader(path) for path, _ in files]
    first = loaders[0]()
    notes: list[str] = []
    module = own_module(model) if model else plain_network(first, activation, notes)
    wanted = list(module.state_dict())
    inputs, targets = read_data(Path(data), target)
    held_out = None if test is None else read_data(Path(test), target)
    chosen = loss or ("squares" if targets.is_floating_point() else "cross_entropy")
    renamed = [_renamed(load, wanted) if model is None else load for load in loaders]
    steps = tuple(step for _, step in files)
    notes.append(f"{len(files)} checkpoints, {files[0][0].name} to {files[-1][0].name}; loss: {chosen}")
    return Checkpoints(module, steps, renamed, inputs, targets, chosen, held_out, Path(folder).name, tuple(notes))


def checkpoint_files(folder: Path) -> list[tuple[Path, float]]:
    """The files of weights with their steps, by step: the last number in each name. Raises ValueError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     for name in ("step_200.pt", "step_30.pt", "notes.txt"):
    ...         Path(place, name).touch()
    ...     [(path.name, step) for path, step in checkpoint_files(Path(place))]
    [('step_30.pt', 30.0), ('step_200.pt', 200.0)]
    """
    if not folder.is_dir():
        raise ValueError(f"{str(folder)!r} is no folder; give one of checkpoints, such as step_200.safetensors")
    files = [path for path in folder.rglob("*") if path.suffix in ENDINGS]
    found = []
    for path in files:
        numbers = re.findall(r"\d+", path.stem) or re.findall(r"\d+", path.parent.name)
        if numbers:
            found.append((path, float(numbers[-1])))
    if not found:
        raise ValueError(f"{folder.name} holds no weights ({', '.join(ENDINGS)}) with a step in their names")
    found.sort(key=lambda one: one[1])
    for (path, step), (other, later) in pairwise(found):
        if step == later:
            raise ValueError(f"{path.name} and {other.name} are of one step {step:g}; keep one of them in the folder")
    return found


def _loader(path: Path) -> Callable[[], Weights]:
    def load() -> Weights:
        try:
            held = load_file(path) if path.suffix == ".safetensors" else torch.load(path, "cpu", weights_only=True)
        except Exception as error:
            said = str(error).splitlines()[0][:100]
            raise ValueError(f"{path.name} holds no weights ({said}); save the state_dict alone") from None
        for name in INSIDE:
            if isinstance(held, dict) and isinstance(held.get(name), dict):
                held = held[name]
        if not isinstance(held, dict) or not held or not all(isinstance(one, Tensor) for one in held.values()):
            raise ValueError(f"{path.name} holds no state_dict; save model.state_dict()")
        return _in_order(held) if path.suffix == ".safetensors" else held

    return load


def _in_order(weights: Weights) -> Weights:
    """By the numbers in their names, weights before biases: safetensors keeps no order.

    >>> list(_in_order({"10.bias": 0, "10.weight": 0, "2.bias": 0, "2.weight": 0}))
    ['2.weight', '2.bias', '10.weight', '10.bias']
    """

    def place(name: str) -> tuple[list[tuple[int, str]], bool]:
        layer, _, part = name.rpartition(".")
        words = re.findall(r"\d+|\D+", layer)
        return [(int(one), "") if one.isdigit() else (-1, one) for one in words], part != "weight"

    return {name: weights[name] for name in sorted(weights, key=place)}


def _renamed(load: Callable[[], Weights], wanted: list[str]) -> Callable[[], Weights]:
    """The same tensors in their order, by the names of a network that was told by its shapes."""

    def loaded() -> Weights:
        held = load()
        if len(held) != len(wanted):
            raise ValueError(f"checkpoints hold {len(held)} and {len(wanted)} tensors; keep those of one network")
        return dict(zip(wanted, held.values(), strict=True))

    return loaded


def own_module(text: str) -> torch.nn.Module:
    """What the function "file.py:name" makes. Raises ValueError."""
    file, _, name = text.rpartition(":")
    if not file.endswith(".py") or not Path(file).is_file():
        raise ValueError(f"--model {text!r} is no FILE.py:NAME of a function that makes the network")
    make = runpy.run_path(file).get(name)
    if not callable(make):
        raise ValueError(f"--model {text!r} names no function; write FILE.py:NAME")
    with torch.random.fork_rng():
        found = make()
    if not isinstance(found, torch.nn.Module):
        raise ValueError(f"--model {text!r} makes a {type(found).__name__}; return a torch.nn.Module")
    return found.eval()


def plain_network(weights: Weights, activation: str, notes: list[str]) -> torch.nn.Module:
    """Linear layers in the order of their weights, and `activation` between them. Raises ValueError.

    >>> notes: list[str] = []
    >>> weights = {"a.weight": torch.ones(3, 2), "a.bias": torch.ones(3), "b.weight": torch.ones(1, 3)}
    >>> [type(layer).__name__ for layer in plain_network(weights, "tanh", notes)], notes
    (['Linear', 'Tanh', 'Linear'], ['the network is taken as linear layers 2-3-1 with tanh between them'])
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"--activation {activation!r} is unknown; give {', '.join(ACTIVATIONS)}")
    layers: list[torch.nn.Module] = []
    sizes: list[int] = []
    names, remedy = list(weights), "give the network with --model FILE.py:NAME"
    for place, name in enumerate(names):
        tensor = weights[name]
        if tensor.ndim == 2:
            follows = names[place + 1 : place + 2]
            bias = bool(follows) and weights[follows[0]].shape == tensor.shape[:1]
            if sizes and sizes[-1] != tensor.shape[1]:
                raise ValueError(f"{name} takes {tensor.shape[1]} inputs after {sizes[-1]} outputs; {remedy}")
            layers += [ACTIVATIONS[activation]()] * bool(layers)
            with torch.random.fork_rng():
                layers.append(torch.nn.Linear(tensor.shape[1], tensor.shape[0], bias=bias))
            sizes += [tensor.shape[1]] * (not sizes) + [tensor.shape[0]]
        elif tensor.ndim != 1 or not place or weights[names[place - 1]].shape[:1] != tensor.shape:
            raise ValueError(f"{name} is of no linear layer; {remedy}")
    notes.append(f"the network is taken as linear layers {'-'.join(map(str, sizes))} with {activation} between them")
    return torch.nn.Sequential(*layers).eval()


def read_data(path: Path, target: str = "") -> tuple[Tensor, Tensor]:
    """Inputs and targets from .npz, or a table; whole numbers from 0 are classes. Raises ValueError."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as held:
            if not {"inputs", "targets"} <= set(held.files):
                raise ValueError(f"{path.name} holds {', '.join(held.files)}; name its arrays inputs and targets")
            inputs, targets = held["inputs"], held["targets"]
    else:
        samples = read_samples(path, target=target)
        inputs, targets = samples.X, samples.y
    classes = targets.ndim == 1 and (targets == np.rint(targets)).all() and targets.min() >= 0 and targets.max() < 1000
    rows = torch.tensor(np.array(inputs))
    return (
        rows.float() if rows.is_floating_point() else rows,
        torch.tensor(np.array(targets)).long() if classes else torch.tensor(np.array(targets)).float(),
    )
