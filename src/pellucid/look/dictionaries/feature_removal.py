"""Passes with a feature taken away: what is lost in every row in which it fires, truly and not to first order.

The hot path is a pass from the site on for each pair of a feature and a row, several pairs at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...core.reporter import Reporter
from ...subjects.models.hooks import logits_of
from ...subjects.models.prediction import CLASS, NUMBER, Prediction
from ...subjects.models.site import Site
from ..layers.layer_passes import CachedPrefix

__all__ = ["FeatureRemoval", "Firing", "each_time"]


@dataclass(frozen=True, eq=False)
class Firing:
    """What fires in some rows, how strongly, and how often each feature does in each of them."""

    values: Float[Tensor, "rows length k"]
    indices: Int[Tensor, "rows length k"]
    fired: Float[Tensor, "rows features"]


def each_time(
    change: Float[Tensor, "rows features figures"], fired: Float[Tensor, "rows features"]
) -> tuple[Float[Tensor, "features figures"], Float[Tensor, "features figures"]]:
    """Summed changes for each time a feature fires, and their standard errors by leaving out a row at a time.

    The error is NaN of a feature that fires in one row only.

    >>> change, fired = torch.tensor([[[1.0]], [[3.0]], [[2.0]]]), torch.tensor([[2.0], [4.0], [3.0]])
    >>> value, error = each_time(change, fired)
    >>> round(float(value), 3), round(float(error), 3)
    (0.667, 0.066)
    """
    change, times = change.double(), fired.double()[..., None]
    total, number, rows = change.sum(0), times.sum(0), len(change)
    others = (total - change) / (number - times).clamp_min(1e-30)
    spread = ((others - others.mean(0)).pow(2).mean(0) * (rows - 1)).sqrt()
    several = (times > 0).sum(0) > 1
    return total / number, spread.where(several, torch.tensor(torch.nan, dtype=spread.dtype))


class FeatureRemoval:
    """Passes over the rows of a prediction with what a feature writes at a site (its row of `decoder`) taken away."""

    at_once: ClassVar[int] = 4
    """Sequences in a pass: the logits of so many are held."""

    def __init__(
        self, site: Site, prediction: Prediction, firing: Firing, decoder: Float[Tensor, "features width"]
    ) -> None:
        self.model, self.prediction, self.firing, self.decoder = site.model, prediction, firing, decoder.cpu()
        self.path = site.writes
        self.prefix = CachedPrefix.of(site.model, prediction.inputs, self.path)

    def changes(self, chosen: Int[Tensor, " chosen"], reporter: Reporter) -> Float[Tensor, "rows chosen figures"]:
        """How much each row loses without each of the chosen features, and the logits of classes, where there are such.

        0 where a feature does not fire. A classifier's logits are summed over the places of a row.
        """
        pairs = (self.firing.fired[:, chosen] > 0).nonzero()
        reporter.start("true effects of the features", len(pairs))
        everything = torch.arange(self.prediction.rows)
        nothing = torch.full_like(everything, -1)  # the same passes with nothing taken away: rounding is the same
        before = torch.cat([self._figures(*both) for both in self._batches(everything, nothing)])
        found = torch.zeros(self.prediction.rows, len(chosen), before.shape[1], dtype=torch.float64)
        for rows, columns in self._batches(pairs[:, 0], pairs[:, 1]):
            found[rows, columns] = self._figures(rows, chosen[columns]) - before[rows]
            reporter.advance(len(rows))
        reporter.finish()
        return found

    def _batches(self, *of: Tensor) -> Iterator[tuple[Tensor, ...]]:
        return zip(*(one.split(self.at_once) for one in of), strict=True)

    def _figures(self, rows: Tensor, features: Tensor) -> Float[Tensor, "rows figures"]:
        """Losses of these rows, and logits, with what one feature writes (-1: nothing) taken away in each.

        Every pass has as many rows, the last one repeated where there are fewer: other sizes may round otherwise.
        """
        many = torch.arange(self.at_once).clamp_max(len(rows) - 1)
        part = self.prediction.part(rows[many])
        output = self._without(rows[many], features[many])
        figures = [part.losses(output).double().sum(1, keepdim=True)]
        if self.prediction.kind in (CLASS, NUMBER):
            figures.append(_summed(logits_of(output), part.labels if part.kind == CLASS else None))
        return torch.cat(figures, 1).cpu()[: len(rows)]

    def _without(self, rows: Tensor, features: Tensor) -> Any:
        strength = (self.firing.values[rows] * (self.firing.indices[rows] == features[:, None, None])).sum(-1)
        written = strength[..., None] * self.decoder[features][:, None]

        def edit(x: Tensor) -> Tensor:
            return x - written.to(x).reshape(x.shape)

        return self.prefix.run(rows, {self.path: edit})


def _summed(logits: Tensor, labels: Tensor | None) -> Float[Tensor, "rows classes"]:
    """Over the places that have a label, or all of a row."""
    logits = logits.double().reshape(len(logits), -1, logits.shape[-1])
    if labels is not None:
        logits = logits * (labels >= 0).to(logits.device)[..., None]
    return logits.sum(1)
