"""What the model loses when the dictionary takes the place of its activations: the cross-entropy recovered.

The hot path is the model's own: four forward passes over the sample, one of them unedited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...core.claim import Claim, Measured
from ...core.reporter import SILENT, Reporter
from ...subjects.models.hooks import evaluating, logits_of, run
from ...subjects.models.site import Site
from .sample import Sample
from .uncertainty import jackknife

__all__ = ["Losses", "measure_loss", "spliced", "token_losses"]

Edit = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Losses:
    """At every token but the last of a row: loss of the next token in nats, and entropy of the prediction."""

    loss: Float[Tensor, "rows length"]
    entropy: Float[Tensor, "rows length"]


def measure_loss(
    dictionary: Any,
    site: Any,
    sample: Sample,
    *,
    sequences: int = 32,
    batch: int = 4,
    reporter: Reporter = SILENT,
) -> tuple[list[Claim], dict[str, Any], Losses | None]:
    """Cross-entropy with the reconstruction, and how much of the way back from an ablation that is.

        recovered = (CE_ablated - CE_dictionary) / (CE_ablated - CE_model)

    once against the mean of the activations, once against zeros. Nothing where the model gives no logits over tokens.
    """
    ids = getattr(site, "tokens", None) if isinstance(site, Site) else None
    if ids is None or ids.shape[1] < 2:
        return [], {}, None
    ids = ids[:sequences]
    path = site.target or site.path
    mean = sample.target.mean(0)
    edits: dict[str, dict[str, Edit]] = {
        "model": {},
        "dictionary": spliced(dictionary, site.path, path, sample.limit),
        "mean": {path: _replaced(lambda x: mean.to(x).expand_as(x), sample.limit)},
        "zero": {path: _replaced(torch.zeros_like, sample.limit)},
    }
    found: dict[str, Losses] = {}
    reporter.start("the dictionary in the model's place", len(edits) * len(ids))
    for name, edit in edits.items():
        losses = token_losses(site.model, ids, edit, batch=batch, reporter=reporter)
        if losses is None:
            reporter.finish()
            return [], {}, None
        found[name] = losses
    reporter.finish()
    parts = torch.stack([one.loss.double().mean(1) for one in found.values()], 1)
    return *_claims(parts, ids.numel()), found["model"]


def _claims(parts: Float[Tensor, "rows four"], tokens: int) -> tuple[list[Claim], dict[str, Any]]:
    base, with_it, mean, zero = parts.mean(0).tolist()
    data: dict[str, Any] = {
        "cross_entropy": {"model": base, "dictionary": with_it, "mean_ablation": mean, "zero_ablation": zero},
        "judged_tokens": tokens,
    }
    error = jackknife(lambda t: (t[:, 1] - t[:, 0]) / len(parts), parts)[1]
    claims: list[Claim] = [
        Measured(
            f"cross-entropy added over {tokens:,} tokens by the dictionary in the model's place; baseline: added by "
            "the mean activation",
            with_it - base, "nats", mean - base, error, key="cross_entropy_added",
        )
    ]  # fmt: skip
    for column, name in ((2, "mean"), (3, "zero")):
        if parts[:, column].mean() <= parts[:, 0].mean():
            continue  # the ablation does no harm: there is nothing to recover
        value, error = jackknife(lambda t, c=column: (t[:, c] - t[:, 1]) / (t[:, c] - t[:, 0]), parts)
        told = f"cross-entropy recovered by the dictionary, from ablation by {'the mean' if column == 2 else 'zeros'}"
        claims.append(Measured(told, value, "", 0.0, error, key=f"cross_entropy_recovered_from_{name}"))
        data[f"recovered_from_{name}"] = value
    return claims, data


def token_losses(
    model: Any, ids: Int[Tensor, "rows length"], edits: dict[str, Edit], *, batch: int = 4, reporter: Reporter = SILENT
) -> Losses | None:
    """One pass over `ids` with `edits`; None where the model's output is no logits over these tokens."""
    losses, entropies = [], []
    with evaluating(model) as network:
        device = next(network.parameters()).device
        for part in ids.split(batch):
            logits = logits_of(run(model, part.to(device), edits=edits)[0])
            if logits.ndim != 3 or logits.shape[:2] != part.shape or logits.shape[2] <= int(part.max()):
                return None
            log_p = logits[:, :-1].float().log_softmax(-1)
            entropies.append(-(log_p.exp() * log_p).sum(-1).cpu())
            losses.append(-log_p.gather(-1, part[:, 1:, None].to(device))[..., 0].cpu())
            reporter.advance(len(part))
    return Losses(torch.cat(losses), torch.cat(entropies))


def spliced(dictionary: Any, source: str, path: str, limit: float) -> dict[str, Edit]:
    """Edits that put the reconstruction in the place of what is at `path`; attention sinks stay as they are."""
    if source == path:
        return {path: _replaced(lambda x: _reconstruct(dictionary, x), limit)}
    seen: list[Tensor] = []

    def keep(x: Tensor) -> Tensor:
        seen[:] = [x]
        return x

    def put(y: Tensor) -> Tensor:
        return _reconstruct(dictionary, seen[0]).to(y).where(seen[0].norm(dim=-1, keepdim=True) <= limit, y)

    return {source: keep, path: put}


def _replaced(change: Edit, limit: float) -> Edit:
    return lambda x: change(x).to(x).where(x.norm(dim=-1, keepdim=True) <= limit, x)


def _reconstruct(dictionary: Any, x: Tensor) -> Tensor:
    flat = dictionary.reconstruct(x.detach().float().reshape(-1, x.shape[-1]))
    return flat.reshape(*x.shape[:-1], -1)
