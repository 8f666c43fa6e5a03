"""Skills from files: a network, and a table of its inputs, what is wanted for them, and which skill each row asks for.

The columns of numbers that are neither the target nor the skill go into the network, in their order. Where no column
says which skill a row is of, the target's own values do: classes that are kept, and classes that are forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...nets.classifiers.pair_networks import ACTIVATIONS
from ...subjects.operations.own_module import module_with_weights
from ...subjects.sequences.torch_recurrence import read_weights
from ...subjects.skills.skills import Skill, Skills
from ...subjects.tables.columns import Column, Table, listed
from ...subjects.tables.table import naming_file, read_table


def read_skills(
    network: str | Path, data: str | Path, *, keep: str, forget: str | None = None, skill: str | None = None,
    target: str = "", code: str | None = None, activation: str | None = None, whole: bool = False,
) -> Skills:  # fmt: skip
    """The network, and the skills `keep` and `forget` (names, by commas; None: all others) in a table.

    `whole`: the rows of each skill are all inputs that there are for it. `code` is "file.py:name" of a module, or of
    what makes one; without it the weights are those of linear layers with `activation` between them (None: the one with
    which most rows are right). Raises ValueError, in one line.
    """
    with naming_file(data):
        table = read_table(Path(data))
        rows = _skills_of(table, keep, forget, skill, target, whole)
    with naming_file(network):
        if code is not None:
            module: nn.Module = module_with_weights(Path(network), code)
        else:
            module = _linear_layers(Path(network), rows, activation)
        return Skills(module, rows[0], tuple(rows[1:]), Path(network).stem)


def _skills_of(table: Table, keep: str, forget: str | None, skill: str | None, target: str, whole: bool) -> list[Skill]:
    """The skill to keep, then the others."""
    goal = table.target(target, (table.find(skill, "skill"),) if skill else ())
    which = table.find(skill, "skill") if skill else goal
    X, y = _inputs(table, goal, which), _classes(goal)
    labels = np.array(_names(which))
    kept, others = _parted(sorted(set(labels.tolist())), keep, forget)
    # where classes are what is told apart, those that are forgotten are one skill
    rest = [[one] for one in others] if skill else [others]
    found = []
    for part in filter(None, [kept, *rest]):
        held = np.isin(labels, part)
        found.append(Skill(", ".join(part), torch.as_tensor(X[held]), torch.as_tensor(y[held]), whole))
    return found


def _inputs(table: Table, goal: Column, which: Column) -> np.ndarray:
    """(rows, inputs): every other column of numbers. Raises ValueError where one has faults, or there is none."""
    inputs = [one for one in table.columns.values() if one is not goal and one is not which and one.is_number]
    for one in (goal, *inputs):
        if fault := table.fault(one):
            raise ValueError(f"{fault}; correct the table")
    if not inputs:
        raise ValueError("no column of numbers is left to go into the network; give its inputs, too")
    return np.stack([one.values for one in inputs], 1).astype(np.float32)


def _parted(known: list[str], keep: str, forget: str | None) -> tuple[list[str], list[str]]:
    """The names of skills to keep, and to forget: by default all others. Raises ValueError."""
    kept = _chosen(keep, known, "keep")
    others = [name for name in known if name not in kept] if forget is None else _chosen(forget, known, "forget")
    both = [name for name in others if name in kept]
    if both:
        raise ValueError(f"{both[0]!r} is to be kept and to be forgotten; name it once")
    return kept, others


def _names(column: Column) -> list[str]:
    return [f"{v:g}" for v in column.values.tolist()] if column.is_number else column.texts()


def _classes(goal: Column) -> np.ndarray:
    values = np.asarray(goal.values, np.float64)
    if (values != np.rint(values)).any() or values.min() < 0:
        raise ValueError(f"target {goal.name!r} holds other numbers than 0, 1, 2, ...; number the classes")
    return values.astype(np.int64)


def _chosen(text: str, known: Sequence[str], role: str) -> list[str]:
    found = [one.strip() for one in text.split(",") if one.strip()]
    missing = [one for one in found if one not in known]
    if not found or missing:
        what = repr(missing[0]) if missing else "nothing"
        raise ValueError(f"{role} names {what}, which is no skill in the table; there are {listed(list(known))}")
    return found


def _linear_layers(path: Path, skills: Sequence[Skill], activation: str | None) -> nn.Module:
    """Linear layers one after the other, as their shapes say, with the activation that has most rows right."""
    weights = read_weights(path)
    if activation is not None and activation not in ACTIVATIONS:
        raise ValueError(f"activation={activation!r} is unknown; use one of {', '.join(ACTIVATIONS)}")
    rows, labels = torch.cat([one.inputs for one in skills]), torch.cat([one.labels for one in skills])
    best, most = None, -1.0
    for name in [activation] if activation else ("relu", "gelu", "silu", "tanh"):
        network = _chain(weights, rows.shape[1], name)
        with torch.no_grad():
            scores = network(rows)
        answers = (scores[:, 0] > 0).long() if scores.shape[1] == 1 else scores.argmax(1)
        right = float((answers == labels).double().mean())
        if right > most + 0.005:  # relu, the most common, but where another one is clearly better
            best, most = network, right
    assert best is not None
    return best


class _Activation(nn.Module):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, x: Tensor) -> Tensor:
        return ACTIVATIONS[self.name](x)


def _chain(weights: dict[str, Tensor], inputs: int, activation: str) -> nn.Sequential:
    """The matrices in the order of the file, or else of their names, each with its bias.

    Safetensors keep no order. Raises ValueError where they do not fit.
    """
    given = [(name.rpartition(".")[0], value) for name, value in weights.items() if value.ndim == 2]
    orders = (given, sorted(given, key=lambda one: _natural(one[0])))
    matrices = next((one for one in orders if _is_chain([value for _, value in one], inputs)), None)
    if matrices is None or any(value.ndim > 2 for value in weights.values()):
        sizes = [value.shape for _, value in given]
        shapes = ", ".join(f"{tuple(size)}" for size in sizes[:6])
        raise ValueError(
            f"the matrices {shapes} are no chain of linear layers on {inputs} inputs; name your module by "
            "--code FILE.py:NAME"
        )
    layers: list[nn.Module] = []
    for name, value in matrices:
        bias = weights.get(f"{name}.bias" if name else "bias")
        layer = nn.Linear(value.shape[1], value.shape[0], bias is not None)
        layer.load_state_dict({"weight": value.float()} | ({} if bias is None else {"bias": bias.float()}))
        layers += [layer, _Activation(activation)]
    return nn.Sequential(*layers[:-1])


def _is_chain(matrices: Sequence[Tensor], inputs: int) -> bool:
    """Whether each reads as many numbers as the one before writes, the first one the inputs."""
    sizes = [value.shape for value in matrices]
    return bool(sizes) and sizes[0][1] == inputs and all(a[0] == b[1] for a, b in pairwise(sizes))


def _natural(name: str) -> list[tuple[int, str]]:
    """The key of an order in which numbers in names count: layers.2 before layers.10.

    >>> sorted(["layers.10", "layers.2"], key=_natural)
    ['layers.2', 'layers.10']
    """
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
