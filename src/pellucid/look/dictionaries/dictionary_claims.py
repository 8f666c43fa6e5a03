"""What a dictionary leaves unexplained, on activations that it was not trained on, beside what is had for nothing.

    FVU = sum |y' - y|^2 / sum |y - mean|^2       0 is perfect; 1 is what the training part's mean leaves

The sober baseline has as many numbers for each activation: k principal components; for a transcoder, which maps one
site to another, the best linear map. Cost: one pass over the held-out rows, and an eigendecomposition O(width^3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured
from ...nets.dictionaries.dictionary_scale import Scale


@dataclass(frozen=True)
class Measurements:
    """Figures on held-out rows."""

    rows: int
    outliers: float
    """Share of held-out rows left out."""
    error: Float[Tensor, "rows width_out"]
    centred: Float[Tensor, "rows width_out"]
    """y less the mean of the training part."""
    fired: Float[Tensor, " n"]
    """On how many rows each latent fires."""
    active: float
    expert: Tensor
    linear_fvu: float
    """Of the sober baseline."""
    same: bool
    x: Float[Tensor, "rows width"]
    y: Float[Tensor, "rows width_out"]

    batch: ClassVar[int] = 1024
    """Rows that are encoded at once, to bound the memory."""

    @classmethod
    def of(
        cls, found: Dictionary, train: tuple[Tensor, Tensor], held: tuple[Tensor, Tensor], scale: Scale
    ) -> Measurements:
        """Run the dictionary on held-out rows that are no outliers."""
        same = held[0] is held[1]
        kept = _kept(held, scale)
        x, y = held[0][kept], held[1][kept]
        train = tuple(part[_kept(train, scale)] for part in train)  # type: ignore[assignment]
        error, active = torch.empty_like(y), 0.0
        fired = torch.zeros(found.size)
        for begin in range(0, len(x), cls.batch):
            rows = slice(begin, begin + cls.batch)
            codes = found.encode(x[rows])
            error[rows] = found.decode(codes, x[rows]) - y[rows]
            fired += codes.counts(found.size)
            active += float(codes.active.sum())
        mean = train[1].mean(0)
        baseline = _principal(train[1], y, mean, max(1, found.k)) if same else _linear(train, (x, y))
        expert = found.expert_of(x)
        outliers = 1 - len(x) / len(held[0])
        return cls(len(x), outliers, error, y - mean, fired, active / len(x), expert, baseline, same, x, y)


def dictionary_claims(found: Dictionary, m: Measurements) -> tuple[Claim, ...]:
    """Unexplained variance beside the mean and k components, how many latents fire, how many never do."""
    value, uncertainty = fvu(m.error, m.centred)
    rows = f"{m.rows:,} held-out activations"
    beside = (
        f"{max(1, found.k)} principal components of the training part"
        if m.same
        else "the best linear map of the training part"
    )
    claims: list[Claim] = [
        Measured(f"the share of the variance of {rows} left unexplained (FVU); the mean leaves all", value, "", 1.0,
                 uncertainty, key="fvu"),
        Measured(f"the same beside {beside}", value, "", m.linear_fvu, uncertainty, key="fvu_beside_baseline"),
        Measured(f"how many latents fire on each of {rows} (L0)", m.active, "", float(found.k), key="l0"),
        Measured(f"the share of the {found.size:,} latents that fire on none of {rows}",
                 float((m.fired == 0).float().mean()), "", key="dead_share"),
    ]  # fmt: skip
    if m.outliers:
        far = f"more than {Scale.outlier:g} times as far from the centre as the median"
        text = f"the share of held-out activations {far}, left out here and in training"
        claims.append(Measured(text, m.outliers, "", key="outliers"))
    if found.experts > 1:
        busiest = float(torch.bincount(m.expert, minlength=found.experts).max()) / m.rows
        claims.append(
            Measured(
                "the share of rows that go to the busiest expert", busiest, "", 1 / found.experts, key="busiest_expert"
            )
        )
    for size in found.groups[:-1]:
        nested = found.nested(size)
        error = torch.cat([nested.reconstruct(part) for part in m.x.split(m.batch)]) - m.y
        text = f"FVU of the first {size:,} latents alone"
        claims.append(Measured(text, fvu(error, m.centred)[0], "", 1.0, key=f"fvu: first {size}"))
    return tuple(claims)


def fvu(error: Float[Tensor, "rows width"], centred: Float[Tensor, "rows width"]) -> tuple[float, float]:
    """sum |error|^2 / sum |centred|^2, and its standard error over rows.

    >>> fvu(torch.tensor([[1.0], [1.0]]), torch.tensor([[2.0], [2.0]]))
    (0.25, 0.0)
    """
    missed, whole = error.double().square().sum(1), centred.double().square().sum(1)
    ratio = missed.sum() / whole.sum()
    return float(ratio), float((missed - ratio * whole).square().sum().sqrt() / whole.sum())


def _kept(pair: tuple[Tensor, Tensor], scale: Scale) -> Tensor:
    kept = scale.usual(scale.inputs(pair[0]))
    if pair[0] is not pair[1]:
        kept &= scale.usual((pair[1] - scale.mean_out) * scale.factor_out)
    return kept


def _principal(train: Tensor, held: Tensor, mean: Tensor, k: int) -> float:
    centred = train - mean
    axes = torch.linalg.eigh((centred.t() @ centred).double()).eigenvectors[:, -min(k, train.shape[1]) :].float()
    rows = held - mean
    return fvu(rows - rows @ axes @ axes.t(), rows)[0]


def _linear(train: tuple[Tensor, Tensor], held: tuple[Tensor, Tensor], ridge: float = 1e-4) -> float:
    """FVU of the best linear map; `ridge`, a share of the mean variance, only keeps the equations solvable."""
    means = [part.mean(0) for part in train]
    x, y = (part.double() - mean for part, mean in zip(train, means, strict=True))
    gram = x.t() @ x
    penalty = ridge * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    found = torch.linalg.solve(gram + penalty, x.t() @ y).float()
    rows = held[1] - means[1]
    return fvu(rows - (held[0] - means[0]) @ found, rows)[0]
