"""What the model loses when a feature is taken away: truly for some features, and to first order for all at once.

    effect of f = (loss without what f writes - loss) / number of times f fires        in nats each time

over all sequences that are judged, at once: a feature is taken away wherever it fires in a sequence, and the loss is
that of all the sequence's labels. The first order is attribution patching (arXiv 2310.10348): one forward and one
backward pass from the loss down to the site give it for every feature. It misses what is not linear, so it is called an
estimate wherever it stands, and how far it holds is measured on features that were drawn at random, not on those that
it chose itself. The true effect costs a pass from the site on for each sequence in which the feature fires; layers
before the site are not computed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured
from ...core.reporter import SILENT, Reporter
from ...subjects.models.hooks import Edit, device_of, evaluating, gradients_or_value_error, run
from ...subjects.models.prediction import Prediction
from ...subjects.models.site import Site
from ..evaluation.loss_recovered import cross_entropy_of, judged
from ..evaluation.sample import encode, first_rows
from ..evaluation.uncertainty import jackknife
from ..layers.layer_passes import CachedPrefix

__all__ = ["FeatureEffects", "feature_effects"]


@dataclass(frozen=True)
class FeatureEffects:
    """Changes of the loss in nats each time a feature fires and is taken away, and the true one's standard error.

    NaN where the feature did not fire, or was not run; no error where it fires in one sequence only.
    """

    estimate: Float[Tensor, " features"]
    exact: Float[Tensor, " features"]
    error: Float[Tensor, " features"]
    claims: tuple[Claim, ...] = ()
    kind: str = ""
    """What is predicted; "" where nothing is."""

    @classmethod
    def unknown(cls, features: int) -> FeatureEffects:
        """Of no feature."""
        nothing = torch.full((features,), torch.nan)
        return cls(nothing, nothing, nothing)


def feature_effects(
    dictionary: Dictionary,
    site: Site,
    *,
    rows: int,
    shown: int,
    drawn: int,
    limit: float,
    generator: torch.Generator,
    reporter: Reporter = SILENT,
) -> FeatureEffects:
    """Effects on the first `rows` sequences, all of them for every figure.

    Run for the `shown` features of the largest estimates and for `drawn` others at random. `limit`: activations longer
    than this are attention sinks, which are left alone. Raises ValueError for a module that is run several times in a
    pass.
    """
    nothing = torch.full((dictionary.size,), torch.nan)
    site = first_rows(site, rows)
    prediction = Prediction.of(site.model, site.given)
    if prediction is None:
        return FeatureEffects.unknown(dictionary.size)
    if site.calls > 1:
        raise ValueError(
            f"{site.path!r} is run {site.calls} times in a pass, of which the first is read; what its features do is "
            "known of modules that are run once"
        )
    with evaluating(site.model):
        work = _Removal(dictionary, site, prediction, limit)
        reporter.start("estimated effects of the features", prediction.rows)
        work.estimate_all(reporter)
        reporter.finish()
        total, fired = work.total, work.fired
        best = total.sum(0).abs().topk(min(shown, dictionary.size)).indices
        best = best[fired[:, best].sum(0) > 0]
        rest = (fired.sum(0) > 0).index_fill(0, best, False).nonzero()[:, 0]
        others = rest[torch.randperm(len(rest), generator=generator)[:drawn]]
        chosen = torch.cat([best, others])
        change = work.changes(chosen, reporter)
    estimate = total.sum(0) / fired.sum(0) if work.has_gradient else nothing
    exact, error = nothing.clone(), nothing.clone()
    for column, feature in enumerate(chosen.tolist()):
        parts = torch.stack([change[:, column], fired[:, feature]], 1)
        value, spread = jackknife(lambda t: t[:, 0] / t[:, 1].clamp_min(1e-30), parts)
        exact[feature] = value
        if spread is not None and int((fired[:, feature] > 0).sum()) > 1:
            error[feature] = spread
    told = cross_entropy_of(prediction.kind)
    claims = (
        *_agreement(estimate[others], exact[others], told, rest=len(rest)),
        *_agreement(estimate[best], exact[best], told),
    )
    return FeatureEffects(estimate, exact, error, claims, prediction.kind)


def _agreement(estimate: Tensor, exact: Tensor, told: str, rest: int = 0) -> tuple[Claim, ...]:
    """Correlation over features of estimates and true effects; `rest`: of how many they were drawn (0: chosen)."""
    if len(exact) < 4:
        return ()
    r = float(torch.corrcoef(torch.stack([estimate, exact]))[0, 1])
    if r != r:
        return ()
    error = (1 - r * r) / (len(exact) - 1) ** 0.5
    which = f"{len(exact)} features drawn from {rest:,}" if rest else f"the {len(exact)} features that they choose"
    statement = f"estimated effects on the {told} of {which} correlate with the true ones"
    key = "estimates_agree" if rest else "estimates_agree: chosen features"
    return (Measured(statement, r, "", 0.0, error, key=key),)


class _Removal:
    """What every feature writes into some sequences, and passes with some of it taken away."""

    at_once = 4
    """Sequences in a pass: the logits of so many are held."""
    chunk = 256
    """Tokens whose features' directions are gathered at once."""

    def __init__(self, dictionary: Dictionary, site: Site, prediction: Prediction, limit: float) -> None:
        self.dictionary, self.site, self.prediction, self.limit = dictionary, site, prediction, limit
        self.path = site.target or site.path
        self.mask, self.device, self.has_gradient = site.mask, device_of(site.model), True
        rows = prediction.rows
        self.total, self.fired = torch.zeros(rows, dictionary.size), torch.zeros(rows, dictionary.size)
        self.values: Float[Tensor, "rows length k"] = torch.empty(0)
        self.indices: Int[Tensor, "rows length k"] = torch.empty(0, dtype=torch.long)

    def estimate_all(self, reporter: Reporter, batch: int = 2) -> None:
        """Summed estimates and counts (rows, features); v d_f at a token counts -v g . d_f."""
        codes: list[tuple[Tensor, Tensor]] = []
        for low in range(0, self.prediction.rows, batch):
            codes.append(self._first_order(slice(low, low + batch)))
            reporter.advance(len(codes[-1][0]))
        most = max(values.shape[-1] for values, _ in codes)
        padded = [[torch.nn.functional.pad(part, (0, most - part.shape[-1])) for part in pair] for pair in codes]
        self.values, self.indices = (torch.cat([pair[side] for pair in padded]) for side in (0, 1))

    def _first_order(self, rows: slice) -> tuple[Tensor, Tensor]:
        """The codes (rows, length, k) of some rows; estimates and counts are kept."""
        seen: dict[str, Tensor] = {}

        def leaf(x: Tensor) -> Tensor:
            seen["here"] = x.detach().requires_grad_()
            return seen["here"].clone()  # which the network may change in place

        def keep(x: Tensor) -> Tensor:
            seen["source"] = x.detach()
            return x

        part, path = self.prediction.part(rows), self.path
        edits: dict[str, Edit] = {path: leaf} if path == self.site.path else {self.site.path: keep, path: leaf}
        inputs = part.inputs.to(self.device).call()
        gradient = None
        if self.has_gradient:
            try:
                with gradients_or_value_error(self.site.model):
                    output, _ = run(self.site.model, inputs, edits=edits, grad=True)
                    (gradient,) = torch.autograd.grad(part.losses(output).sum(), seen["here"])
            except ValueError:
                self.has_gradient = False
        if gradient is None:  # those that fire most strongly come first then
            run(self.site.model, inputs, edits=edits)
        x = seen.get("source", seen["here"]).detach().float()
        x = x.reshape(len(x), -1, x.shape[-1])
        kept = judged(x, self.limit, self.mask[rows]).reshape(-1, 1)
        values, indices = encode(self.dictionary, x.reshape(-1, x.shape[-1]))
        values = values * kept
        estimates = values if gradient is None else self._estimates(values, indices, gradient)
        first = rows.start
        row = torch.arange(first, first + len(x)).repeat_interleave(x.shape[1])[:, None].expand_as(indices)
        where = (row, indices.cpu())
        self.total.index_put_(where, estimates.cpu(), accumulate=True)
        self.fired.index_put_(where, (values > 0).float().cpu(), accumulate=True)
        shape = (len(x), x.shape[1], -1)
        return values.reshape(shape).cpu(), indices.reshape(shape).cpu()

    def _estimates(self, values: Tensor, indices: Tensor, gradient: Tensor) -> Float[Tensor, "tokens k"]:
        slope = gradient.float().reshape(-1, gradient.shape[-1])
        parts = zip(values.split(self.chunk), indices.split(self.chunk), slope.split(self.chunk), strict=True)
        decoder = self.dictionary.decoder
        return torch.cat([-(v * torch.einsum("tkw,tw->tk", decoder[i], part)) for v, i, part in parts])

    def changes(self, chosen: Int[Tensor, " chosen"], reporter: Reporter) -> Float[Tensor, "rows chosen"]:
        """How much each row loses without each of the chosen features; 0 where it does not fire."""
        found = torch.zeros(self.prediction.rows, len(chosen), dtype=torch.float64)
        pairs = (self.fired[:, chosen] > 0).nonzero()
        reporter.start("true effects of the features", len(pairs))
        prefix = CachedPrefix.of(self.site.model, self.prediction.inputs, self.path)
        everything = torch.arange(self.prediction.rows)
        nothing = torch.full_like(everything, -1)  # the same passes with nothing taken away: rounding is the same
        before = torch.cat([self._losses(prefix, *both) for both in self._batches(everything, nothing)])
        for rows, columns in self._batches(pairs[:, 0], pairs[:, 1]):
            found[rows, columns] = self._losses(prefix, rows, chosen[columns]) - before[rows]
            reporter.advance(len(rows))
        reporter.finish()
        return found

    def _batches(self, *of: Tensor) -> Iterator[tuple[Tensor, ...]]:
        return zip(*(one.split(self.at_once) for one in of), strict=True)

    def _losses(self, prefix: CachedPrefix, rows: Tensor, features: Tensor) -> Float[Tensor, " rows"]:
        """The losses of these rows with what one feature writes (-1: nothing) taken away in each.

        Every pass has as many rows, the last one repeated where there are fewer: other sizes may round otherwise.
        """
        many = torch.arange(self.at_once).clamp_max(len(rows) - 1)
        output = self._without(prefix, rows[many], features[many])
        return self.prediction.part(rows[many]).losses(output).double().sum(1).cpu()[: len(rows)]

    def _without(self, prefix: CachedPrefix, rows: Tensor, features: Tensor) -> Any:
        strength = (self.values[rows] * (self.indices[rows] == features[:, None, None])).sum(-1)
        written = strength[..., None] * self.dictionary.decoder.cpu()[features][:, None]

        def edit(x: Tensor) -> Tensor:
            return x - written.to(x).reshape(x.shape)

        return prefix.run(rows, {self.path: edit})
