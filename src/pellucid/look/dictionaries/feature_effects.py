"""What the model loses when a feature is taken away: truly for some features, and to first order for all at once.

    effect of f = (loss without what f writes - loss) / number of times f fires        in nats each time

over all sequences that are judged, at once: a feature is taken away wherever it fires in a sequence, and the loss is
that of all the sequence's labels. The first order is attribution patching (arXiv 2310.10348): one forward and one
backward pass from the loss down to the site give it for every feature. It misses what is not linear, so it is called an
estimate wherever it stands, and how far it holds is measured on features that were drawn at random, not on those that
it chose itself. The true effect costs a pass from the site on for each sequence in which the feature fires; layers
before the site are not computed again. Of a model that puts out classes, or one number, what is lost is told of each
of its logits as well: their sums over the places of a row, without the feature less with it, each time it fires.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured
from ...core.reporter import SILENT, Reporter
from ...subjects.models.hooks import Edit, device_of, evaluating, gradients_or_value_error, module_of, run
from ...subjects.models.prediction import CLASS, NUMBER, Prediction
from ...subjects.models.site import Site
from ..evaluation.loss_recovered import cross_entropy_of, judged
from ..evaluation.sample import encode, first_rows
from ..layers.class_readout import class_names
from .feature_removal import FeatureRemoval, Firing, each_time

__all__ = ["FeatureEffects", "LogitEffects", "feature_effects"]


@dataclass(frozen=True)
class LogitEffects:
    """Changes of the logits of classes each time one of some features fires and is taken away; standard errors.

    An error is NaN where the feature fires in one row only.
    """

    names: tuple[str, ...]
    features: Int[Tensor, " some"]
    change: Float[Tensor, "some classes"]
    error: Float[Tensor, "some classes"]


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
    logits: LogitEffects | None = None
    """Of a model that puts out classes, or one number."""

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
    prediction = Prediction.of(site.model, site.given) or Prediction.of_number(site.model, site.given)
    if prediction is None:
        return FeatureEffects.unknown(dictionary.size)
    if site.calls > 1:
        raise ValueError(
            f"{site.path!r} is run {site.calls} times in a pass, of which the first is read; what its features do is "
            "known of modules that are run once"
        )
    with evaluating(site.model):
        reporter.start("estimated effects of the features", prediction.rows)
        work = _FirstOrder(dictionary, site, prediction, limit)
        firing = work.over_all_rows(reporter)
        reporter.finish()
        chosen, others, rest = _chosen(work.total, firing.fired, shown, drawn, generator)
        removal = FeatureRemoval(site, prediction, firing, work.decoder)
        change = removal.changes(torch.cat([chosen, others]), reporter)
    tried = torch.cat([chosen, others])
    value, spread = each_time(change, firing.fired[:, tried])
    labelled = prediction.kind != NUMBER
    exact, error = (nothing.index_copy(0, tried, one[:, 0].float()) if labelled else nothing for one in (value, spread))
    estimate = work.total.sum(0) / firing.fired.sum(0) if work.has_gradient else nothing
    told = cross_entropy_of(prediction.kind)
    claims = (
        *_agreement(estimate[others], exact[others], told, rest=rest),
        *_agreement(estimate[chosen], exact[chosen], told),
    )
    logits = None
    if prediction.kind in (CLASS, NUMBER):
        names = tuple(class_names(module_of(site.model), change.shape[2] - 1))
        logits = LogitEffects(names, tried, value[:, 1:].float(), spread[:, 1:].float())
    return FeatureEffects(estimate, exact, error, claims, prediction.kind, logits)


def _chosen(
    total: Tensor, fired: Tensor, shown: int, drawn: int, generator: torch.Generator
) -> tuple[Int[Tensor, " shown"], Int[Tensor, " drawn"], int]:
    """The features of the largest estimates, others at random, and from how many these were drawn."""
    best = total.sum(0).abs().topk(min(shown, total.shape[1])).indices
    best = best[fired[:, best].sum(0) > 0]
    rest = (fired.sum(0) > 0).index_fill(0, best, False).nonzero()[:, 0]
    return best, rest[torch.randperm(len(rest), generator=generator)[:drawn]], len(rest)


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


class _FirstOrder:
    """What every feature writes into some sequences, and what the loss would lose of it to first order."""

    chunk = 256
    """Tokens whose features' directions are gathered at once."""

    def __init__(self, dictionary: Dictionary, site: Site, prediction: Prediction, limit: float) -> None:
        self.dictionary, self.site, self.prediction, self.limit = dictionary, site, prediction, limit
        self.path, self.decoder = site.writes, dictionary.decoder[:, -site.width_written :]
        self.mask, self.device = site.mask, device_of(site.model)
        self.has_gradient = prediction.kind != NUMBER  # of which no loss is known
        rows = prediction.rows
        self.total, self.fired = torch.zeros(rows, dictionary.size), torch.zeros(rows, dictionary.size)

    def over_all_rows(self, reporter: Reporter, batch: int = 2) -> Firing:
        """What fires; `total` (rows, features) are summed estimates: v d_f at a token counts -v g . d_f."""
        codes: list[tuple[Tensor, Tensor]] = []
        for low in range(0, self.prediction.rows, batch):
            codes.append(self._first_order(slice(low, low + batch)))
            reporter.advance(len(codes[-1][0]))
        most = max(values.shape[-1] for values, _ in codes)
        padded = [[torch.nn.functional.pad(part, (0, most - part.shape[-1])) for part in pair] for pair in codes]
        values, indices = (torch.cat([pair[side] for pair in padded]) for side in (0, 1))
        return Firing(values, indices, self.fired)

    def _first_order(self, rows: slice) -> tuple[Tensor, Tensor]:
        """The codes (rows, length, k) of some rows; estimates and counts are kept."""
        seen: dict[str, Tensor] = {}

        def leaf(x: Tensor) -> Tensor:
            seen["here"] = x.detach().requires_grad_()
            return seen["here"].clone()  # which the network may change in place

        def keep(path: str, x: Tensor) -> Tensor:
            seen[path] = x.detach().clone()
            return x

        part, path = self.prediction.part(rows), self.path
        edits: dict[str, Edit] = {read: partial(keep, read) for read in self.site.reads}
        edits[path] = leaf
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
        found = [seen["here"] if read == path else seen[read] for read in self.site.reads]
        x = torch.cat([one.detach().float().reshape(part.rows, -1, one.shape[-1]) for one in found], -1)
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
        return torch.cat([-(v * torch.einsum("tkw,tw->tk", self.decoder[i], part)) for v, i, part in parts])
