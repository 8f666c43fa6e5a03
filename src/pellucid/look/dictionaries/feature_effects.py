"""What the model loses when a feature is taken away: to first order for all features at once, and truly for some.

The first order is attribution patching (arXiv 2310.10348): one forward and one backward pass from the loss down to the
site give the effect of every feature at every token; the true effect costs a forward pass a feature. Both are of the
loss of all later tokens of the sequence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured
from ...core.reporter import SILENT, Reporter
from ...subjects.models.hooks import evaluating, logits_of, run
from ...subjects.models.site import Site
from ..evaluation.sample import encode

__all__ = ["Effects", "feature_effects"]


@dataclass(frozen=True)
class Effects:
    """Changes of the loss in nats each time the feature fires and is taken away: to first order, and where run, true.

    NaN where the feature did not fire, or the pass was not run.
    """

    estimate: Float[Tensor, " features"]
    exact: Float[Tensor, " features"]
    claims: tuple[Claim, ...] = ()


def feature_effects(
    dictionary: Dictionary,
    site: Site,
    *,
    rows: int,
    exact: int,
    limit: float,
    batch: int = 2,
    rows_each: int = 2,
    reporter: Reporter = SILENT,
) -> Effects:
    """Effects on the first `rows` sequences; the true ones for the `exact` features with the largest estimates.

    Of the true ones each is measured in the `rows_each` sequences where the estimate is largest. `limit`: activations
    longer than this are attention sinks, which are left alone.
    """
    ids, path = site.tokens, site.target or site.path
    nothing = torch.full((dictionary.size,), torch.nan)
    if ids is None or ids.shape[1] < 2:
        return Effects(nothing, nothing)
    ids = ids[:rows]
    reporter.start("effects of the features", len(ids) + exact)
    total = torch.zeros(len(ids), dictionary.size)
    fired = torch.zeros(len(ids), dictionary.size)
    losses = torch.zeros(len(ids))
    with evaluating(site.model):
        for start in range(0, len(ids), batch):
            part = ids[start : start + batch]
            found = _first_order(dictionary, site, path, part, limit)
            if found is None:
                reporter.finish()
                return Effects(nothing, nothing)
            losses[start : start + batch], total[start : start + batch], fired[start : start + batch] = found
            reporter.advance(len(part))
        estimate = total.sum(0) / fired.sum(0)
        chosen = total.sum(0).abs().topk(min(exact, dictionary.size)).indices
        true, pairs = nothing.clone(), []
        for feature in chosen.tolist():
            shown = total[:, feature].abs().topk(min(rows_each, len(ids))).indices
            change = _without(dictionary, site, path, ids[shown], feature, limit) - losses[shown]
            true[feature] = change.sum() / fired[shown, feature].sum().clamp_min(1)
            pairs += zip(total[shown, feature].tolist(), change.tolist(), strict=True)
            reporter.advance(1)
    reporter.finish()
    return Effects(estimate, true, _agreement(pairs))


def _agreement(pairs: list[tuple[float, float]]) -> tuple[Claim, ...]:
    if len(pairs) < 4:
        return ()
    r = float(torch.corrcoef(torch.tensor(pairs, dtype=torch.float64).T)[0, 1])
    if r != r:
        return ()
    error = (1 - r * r) / (len(pairs) - 2) ** 0.5
    told = f"the estimated effects of features agree with {len(pairs)} true ones (correlation)"
    return (Measured(told, r, "", 0.0, error, key="estimates_agree"),)


def _first_order(
    dictionary: Dictionary, site: Site, path: str, ids: Tensor, limit: float, chunk: int = 256
) -> tuple[Tensor, Tensor, Tensor] | None:
    """Losses (rows,), summed effects and counts (rows, features): effect of v d_f at a token is -v g.d_f."""
    seen: dict[str, Tensor] = {}

    def leaf(x: Tensor) -> Tensor:
        seen["here"] = x.detach().requires_grad_()
        return seen["here"]

    def keep(x: Tensor) -> Tensor:
        seen["source"] = x.detach()
        return x

    edits = {path: leaf} if path == site.path else {site.path: keep, path: leaf}
    device = next(iter(site.inputs.values())).device
    loss = _losses(site.model, ids.to(device), edits, grad=True)
    if loss is None:
        return None
    (gradient,) = torch.autograd.grad(loss.sum(), seen["here"])
    x = seen.get("source", seen["here"]).detach().float()
    flat, slope = x.reshape(-1, x.shape[-1]), gradient.float().reshape(-1, gradient.shape[-1])
    values, indices = encode(dictionary, flat)
    values = values * (flat.norm(dim=1, keepdim=True) <= limit)
    per_token = torch.cat(
        [
            -(value * torch.einsum("tkw,tw->tk", dictionary.decoder[index], part))
            for value, index, part in zip(values.split(chunk), indices.split(chunk), slope.split(chunk), strict=True)
        ]
    )
    row = torch.arange(len(ids)).repeat_interleave(x.shape[1])[:, None].expand_as(indices)
    total, fired = torch.zeros(len(ids), dictionary.size), torch.zeros(len(ids), dictionary.size)
    total.index_put_((row, indices), per_token.cpu(), accumulate=True)
    fired.index_put_((row, indices), (values > 0).float().cpu(), accumulate=True)
    return loss.detach().cpu(), total, fired


def _without(dictionary: Dictionary, site: Site, path: str, ids: Tensor, feature: int, limit: float) -> Tensor:
    """The losses (rows,) with what one feature writes taken away wherever it fires."""
    seen: dict[str, Tensor] = {}

    def contribution(x: Tensor) -> Tensor:
        flat = x.detach().float().reshape(-1, x.shape[-1])
        values, indices = encode(dictionary, flat)
        strength = (values * (indices == feature)).sum(1) * (flat.norm(dim=1) <= limit)
        return (strength[:, None] * dictionary.decoder[feature]).reshape(*x.shape[:-1], -1)

    def keep(x: Tensor) -> Tensor:
        seen["part"] = contribution(x)
        return x

    if path == site.path:
        edits: Any = {path: lambda x: x - contribution(x).to(x)}
    else:
        edits = {site.path: keep, path: lambda y: y - seen["part"].to(y)}
    loss = _losses(site.model, ids, edits, grad=False)
    assert loss is not None
    return loss.cpu()


def _losses(model: Any, ids: Tensor, edits: Any, *, grad: bool) -> Tensor | None:
    """The loss of each sequence, summed over its tokens; None where the model gives no logits over tokens."""
    logits = logits_of(run(model, ids, edits=edits, grad=grad)[0])
    if logits.ndim != 3 or logits.shape[:2] != ids.shape or logits.shape[2] <= int(ids.max()):
        return None
    log_p = logits[:, :-1].float().log_softmax(-1)
    return -log_p.gather(-1, ids[:, 1:, None].to(log_p.device))[..., 0].sum(1)
