"""Passes with a feature taken away: what is lost in every row in which it fires, truly and not to first order.

The hot path is a pass for each pair of a feature and a row, from the site on, and of a causal model from the first
token on at which the feature fires; several pairs at once, and beside them the same passes with nothing taken away,
so that rounding is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...core.reporter import Reporter
from ...subjects.models.hooks import Edit, logits_of
from ...subjects.models.prediction import CLASS, NEXT, NUMBER, Prediction
from ...subjects.models.site import Site
from ..layers.layer_passes import CachedPrefix
from ..layers.suffix_passes import SuffixPasses

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
    step: ClassVar[int] = 16
    """Passes over the end of a row begin at a multiple of so many tokens: the pass without change is run for each."""
    fewest: ClassVar[int] = 32
    """Features a row from which on passes over its end pay for what they need besides (about ten whole passes)."""

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
        if len(pairs) >= self.fewest * len(pairs[:, 0].unique()) and self._keeps(pairs):
            found = torch.zeros(self.prediction.rows, len(chosen), 1, dtype=torch.float64)
            for row in pairs[:, 0].unique().tolist():
                columns = pairs[pairs[:, 0] == row, 1]
                found[row, columns, 0] = self._row_losses(row, chosen[columns], reporter)
        else:
            found = self._whole_passes(pairs, chosen, reporter)
        reporter.finish()
        return found

    def _row_losses(self, row: int, features: Int[Tensor, " some"], reporter: Reporter) -> Float[Tensor, " some"]:
        """What one row loses without each of some features, from where they first fire."""
        passes = SuffixPasses.of(self.prefix, row)
        if passes is None:  # this one comes out otherwise from kept keys and values
            own = torch.stack([torch.full_like(features, row), torch.arange(len(features))], 1)
            return self._whole_passes(own, features, reporter)[row, :, 0]
        strength = _strengths(self.firing, torch.full_like(features, row), features)
        first = (strength > 0).int().argmax(1)
        nothing: dict[int, Tensor] = {}
        found = torch.zeros(len(features), dtype=torch.float64)
        for some in first.argsort().split(self.at_once):
            start = int(first[some[0]]) // self.step * self.step
            part = self.prediction.part([row] * self.at_once)
            part = replace(part, labels=part.labels[:, start:])
            many = some[torch.arange(self.at_once).clamp_max(len(some) - 1)]
            edit = _less(strength[many, start:], self.decoder[features[many]])
            if start not in nothing:
                nothing[start] = part.losses(passes.run(start, self.at_once, {})).double().sum(1).cpu()
            losses = part.losses(passes.run(start, self.at_once, {self.path: edit})).double().sum(1).cpu()
            found[some] = (losses - nothing[start])[: len(some)]
            reporter.advance(len(some))
        return found

    def _keeps(self, pairs: Tensor) -> bool:
        """Whether keys and values can be kept, of the first row that is there."""
        return self.prediction.kind == NEXT and SuffixPasses.of(self.prefix, int(pairs[0, 0])) is not None

    def _whole_passes(self, pairs: Tensor, chosen: Tensor, reporter: Reporter) -> Float[Tensor, "rows chosen figures"]:
        everything = torch.arange(self.prediction.rows)
        nothing = torch.full_like(everything, -1)
        before = torch.cat([self._figures(*both) for both in self._batches(everything, nothing)])
        found = torch.zeros(self.prediction.rows, len(chosen), before.shape[1], dtype=torch.float64)
        for rows, columns in self._batches(pairs[:, 0], pairs[:, 1]):
            found[rows, columns] = self._figures(rows, chosen[columns]) - before[rows]
            reporter.advance(len(rows))
        return found

    def _batches(self, *of: Tensor) -> Iterator[tuple[Tensor, ...]]:
        return zip(*(one.split(self.at_once) for one in of), strict=True)

    def _figures(self, rows: Tensor, features: Tensor) -> Float[Tensor, "rows figures"]:
        """Losses of these rows, and logits, with what one feature writes (-1: nothing) taken away in each.

        Every pass has as many rows, the last one repeated where there are fewer: other sizes may round otherwise.
        """
        many = torch.arange(self.at_once).clamp_max(len(rows) - 1)
        part = self.prediction.part(rows[many])
        edit = _less(_strengths(self.firing, rows[many], features[many]), self.decoder[features[many]])
        output = self.prefix.run(rows[many], {self.path: edit})
        figures = [part.losses(output).double().sum(1, keepdim=True)]
        if self.prediction.kind in (CLASS, NUMBER):
            figures.append(_summed(logits_of(output), part.labels if part.kind == CLASS else None))
        return torch.cat(figures, 1).cpu()[: len(rows)]


def _strengths(firing: Firing, rows: Tensor, features: Tensor) -> Float[Tensor, "pairs length"]:
    """How strongly a feature of each pair fires at each token of its row."""
    return (firing.values[rows] * (firing.indices[rows] == features[:, None, None])).sum(-1)


def _less(strength: Float[Tensor, "pairs length"], directions: Float[Tensor, "pairs width"]) -> Edit:
    """Takes away, from each row, so much of its direction."""
    written = strength[..., None] * directions[:, None]
    return lambda x: x - written.to(x).reshape(x.shape)


def _summed(logits: Tensor, labels: Tensor | None) -> Float[Tensor, "rows classes"]:
    """Over the places that have a label, or all of a row."""
    logits = logits.double().reshape(len(logits), -1, logits.shape[-1])
    if labels is not None:
        logits = logits * (labels >= 0).to(logits.device)[..., None]
    return logits.sum(1)
