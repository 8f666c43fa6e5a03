"""Claims about a model's activations, measured again from the model: the method is run once more, from the same seed.

What it finds has to be what the folder holds, to what another processor makes of the last digits; the claims are then
held to those that it makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from safetensors.numpy import load

from .. import look
from ..core.artifact import Artifact
from ..core.claim import Claim
from ..core.finding import Finding
from ..core.measurement import Evidence
from ..prove.measuring import is_close


def found_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The claims of the method that the finding names, run again on its subject.

    Raises ValueError where it finds another artifact than the folder holds.
    """
    finding = evidence.finding
    again = method_of(finding).explain(evidence.subject, finding.provenance.seed)
    for name, held in {"": finding.artifact, **finding.parts}.items():
        made = again.parts.get(name) if name else again.artifact
        if made is None or not is_same(held, made):
            raise ValueError(f"{name or held.kind} in the folder is not what is found; run the command again")
    return again.claims


def method_of(finding: Finding[Any]) -> Any:
    """The method of `look` that a provenance names, with its settings. Raises ValueError for what is none."""
    home, _, name = finding.provenance.method.partition(".")
    kind = getattr(look, name, None) if home == "look" else None
    if kind is None:
        raise ValueError(f"method {finding.provenance.method!r} opens no model; only methods of look are run again")
    told = finding.provenance.settings
    given = {one.name: told[one.name] for one in fields(kind) if one.name in told}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def is_same(one: Artifact, other: Artifact, share: float = 1e-4) -> bool:
    """Whether two artifacts say the same, numbers in their files to a small share of the largest.

    The site of a direction is told later, by the job.

    >>> from pellucid.artifacts import Direction
    >>> one, other = (Direction(np.array([0.0, size]), 1.0, "cities") for size in (2.0, 2.1))
    >>> is_same(one, one), is_same(one, other)
    (True, False)
    """
    told = [{k: v for k, v in each.to_dict().items() if k != "site"} for each in (one, other)]
    if one.kind != other.kind or not is_close(*told):
        return False
    ours, theirs = (_arrays(each.files()) for each in (one, other))
    return ours.keys() == theirs.keys() and all(
        ours[name].shape == theirs[name].shape
        and np.allclose(ours[name], theirs[name], rtol=share, atol=share * float(np.abs(theirs[name]).max(initial=0)))
        for name in ours
    )


def _arrays(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The numbers in the files, by file and name."""
    tensors = ((path, load(content)) for path, content in files.items() if path.endswith(".safetensors"))
    return {
        f"{path}/{name}": array for path, held in tensors for name, array in held.items() if array.dtype.kind in "fiu"
    }
