"""Skills: a network that can do several things, with rows of each, one of which is to be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor, nn

from ...core.subject import Subject


@dataclass(frozen=True, eq=False)
class Skill:
    """Rows that go into the network, (rows, ...), and the class wanted for each.

    `whole`: these are all inputs that there are for it, so that what holds for each of them holds for all.
    Raises ValueError for no rows, or labels that are no classes 0, 1, ...
    """

    name: str
    inputs: Tensor
    labels: Int[Tensor, " rows"]
    whole: bool = False

    def __post_init__(self) -> None:
        labels = torch.as_tensor(np.asarray(self.labels)).long()
        if not len(labels):
            raise ValueError(f"skill {self.name!r} has no rows; give some")
        if len(labels) != len(self.inputs):
            raise ValueError(f"skill {self.name!r} has {len(self.inputs)} rows and {len(labels)} labels; give as many")
        if int(labels.min()) < 0:
            raise ValueError(f"skill {self.name!r} has the label {int(labels.min())}; number classes from 0")
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "inputs", torch.as_tensor(self.inputs))

    @property
    def chance(self) -> float:
        """The share of its most frequent class: what is right without looking at the inputs."""
        return float(torch.bincount(self.labels).max() / len(self.labels))


class TwoScores(nn.Module):
    """A network of one output z, as one of two scores: 0 and z."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, rows: Tensor) -> Tensor:
        z = self.module(rows).reshape(len(rows), 1)
        return torch.cat([torch.zeros_like(z), z], 1)


@dataclass(frozen=True, eq=False)
class Skills(Subject):
    """A module whose scores (rows, classes) answer every skill: the one to `keep`, and those to `forget`.

    A module with one output is taken as the logit of class 1. Raises ValueError for scores that are NaN, of too few
    classes or of another shape, skills of one name, and a module that does not run on the rows.

    >>> rows, labels = torch.eye(2), torch.tensor([0, 1])
    >>> Skills(nn.Linear(2, 2), Skill("a", rows, labels), (Skill("b", rows, labels),)).names
    ('a', 'b')
    """

    made_by: ClassVar[str] = "Skills(module, Skill(name, inputs, labels), forget)"

    module: nn.Module = field(repr=False)
    keep: Skill
    forget: Sequence[Skill] = ()
    title: str = "network"

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"skills {', '.join(self.names)} share a name; give each its own")
        module = self.module.eval()
        shape = self._run(module, self.keep).shape
        if len(shape) == 1 or (len(shape) == 2 and shape[1] == 1):
            module = TwoScores(module)
        object.__setattr__(self, "module", module)
        object.__setattr__(self, "forget", tuple(self.forget))
        for skill in (self.keep, *self.forget):
            scores = self._run(module, skill)
            if scores.ndim != 2 or len(scores) != len(skill.labels):
                raise ValueError(f"the network gives {tuple(scores.shape)} for {len(skill.labels)} rows; give (rows, "
                                 "classes)")  # fmt: skip
            if not scores.isfinite().all():
                row = int((~scores.isfinite()).any(1).nonzero()[0])
                raise ValueError(f"the network gives NaN or infinity for row {row} of skill {skill.name!r}")
            if int(skill.labels.max()) >= scores.shape[1]:
                raise ValueError(f"skill {skill.name!r} has the label {int(skill.labels.max())}, but the network has "
                                 f"{scores.shape[1]} outputs; number classes from 0")  # fmt: skip

    @staticmethod
    def _run(module: nn.Module, skill: Skill) -> Tensor:
        try:
            with torch.no_grad():
                return module(skill.inputs)
        except (RuntimeError, TypeError, IndexError) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0][:100]
            shape = tuple(skill.inputs.shape)
            raise ValueError(f"the network fails on rows of skill {skill.name!r}, {shape} ({said})") from None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the skills: the one to keep first."""
        return (self.keep.name, *(skill.name for skill in self.forget))

    def fingerprint(self) -> str:
        """SHA-256 of weights and rows."""
        digest = hashlib.sha256(repr(self.names).encode())
        weights: Any = self.module.state_dict().values()
        for one in (*weights, *(t for skill in (self.keep, *self.forget) for t in (skill.inputs, skill.labels))):
            digest.update(one.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()
