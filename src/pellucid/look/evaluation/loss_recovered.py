"""What the model loses when the dictionary takes the place of its activations: the cross-entropy recovered.

Of the next token, of masked ones, or of a classifier's own first choice, whatever the model predicts (see
`subjects.models.prediction`). The hot path is the model's own: four forward passes over the sample, one of them
unedited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ...core.claim import Claim, Measured
from ...core.reporter import SILENT, Reporter
from ...subjects.models.hooks import device_of, evaluating, run
from ...subjects.models.prediction import NEXT, Prediction
from ...subjects.models.site import Site
from .sample import Sample, first_rows
from .uncertainty import jackknife

__all__ = ["Edit", "Edits", "Losses", "cross_entropy_of", "judged", "measure_loss", "spliced", "token_losses"]

Edit = Callable[[Tensor], Tensor]
Edits = Callable[[Bool[Tensor, "rows length"]], dict[str, Edit]]
"""The edits of a batch, given which of its tokens are judged."""


@dataclass(frozen=True)
class Losses:
    """At every token: the loss of its label in nats (0 where there is none), and the entropy of the prediction."""

    loss: Float[Tensor, "rows places"]
    entropy: Float[Tensor, "rows places"]


def measure_loss(
    dictionary: Any,
    site: Any,
    sample: Sample,
    *,
    sequences: int = 32,
    batch: int = 4,
    seed: int = 0,
    reporter: Reporter = SILENT,
) -> tuple[list[Claim], dict[str, Any], Losses | None]:
    """Cross-entropy with the reconstruction, and how much of the way back from an ablation that is.

        recovered = (CE_ablated - CE_dictionary) / (CE_ablated - CE_model)

    once against the mean of the activations, once against zeros; a mean over the labels that are text. Nothing where
    the model predicts nothing of its inputs.
    """
    if not isinstance(site, Site):
        return [], {}, None
    part = first_rows(site, sequences)
    prediction = Prediction.of(site.model, part.given, seed)
    if prediction is None or not int(prediction.counts.sum()):
        return [], {}, None
    path, kept = site.target or site.path, part.mask
    mean = sample.target.mean(0)
    edits: dict[str, Edits] = {
        "model": lambda kept: {},
        "dictionary": lambda kept: spliced(dictionary, site.path, path, sample.limit, kept),
        "mean": lambda kept: {path: _replaced(lambda x: mean.to(x).expand_as(x), sample.limit, kept)},
        "zero": lambda kept: {path: _replaced(torch.zeros_like, sample.limit, kept)},
    }
    found: dict[str, Losses] = {}
    reporter.start("the dictionary in the model's place", len(edits) * prediction.rows)
    for name, edit in edits.items():
        found[name] = token_losses(site.model, prediction, edit, kept, batch=batch, reporter=reporter)
    reporter.finish()
    sums = [one.loss.double().sum(1) for one in found.values()]
    parts = torch.stack([*sums, prediction.counts.double()], 1)
    return *_claims(parts, prediction.kind), found["model"]


def cross_entropy_of(kind: str) -> str:
    """What the loss is called in a claim.

    >>> cross_entropy_of(NEXT)
    'cross-entropy'
    """
    return "cross-entropy" if kind == NEXT else f"cross-entropy of the {kind}"


def _claims(parts: Float[Tensor, "rows five"], kind: str) -> tuple[list[Claim], dict[str, Any]]:
    """parts: of each row the summed losses of the model, with the dictionary, mean and zeros, and the labels."""
    total = parts.sum(0)
    base, with_it, mean, zero = (total[:4] / total[4]).tolist()
    tokens, told = int(total[4]), cross_entropy_of(kind)
    data: dict[str, Any] = {
        "cross_entropy": {"model": base, "dictionary": with_it, "mean_ablation": mean, "zero_ablation": zero},
        "judged_tokens": tokens,
        "predicts": kind,
    }
    error = jackknife(lambda t: (t[:, 1] - t[:, 0]) / t[:, 4].clamp_min(1), parts)[1]
    claims: list[Claim] = [
        Measured(
            f"{told} added over {tokens:,} predictions by the dictionary in the model's place; baseline: added by "
            "the mean activation",
            with_it - base, "nats", mean - base, error, key="cross_entropy_added",
        )
    ]  # fmt: skip
    for column, name in ((2, "mean"), (3, "zero")):
        if total[column] <= total[0]:
            continue  # the ablation does no harm: there is nothing to recover
        value, error = jackknife(lambda t, c=column: (t[:, c] - t[:, 1]) / (t[:, c] - t[:, 0]), parts)
        text = f"{told} recovered by the dictionary, from ablation by {'the mean' if column == 2 else 'zeros'}"
        claims.append(Measured(text, value, "", 0.0, error, key=f"cross_entropy_recovered_from_{name}"))
        data[f"recovered_from_{name}"] = value
    return claims, data


def token_losses(
    model: Any,
    prediction: Prediction,
    edits: Edits,
    kept: Bool[Tensor, "rows length"],
    *,
    batch: int = 4,
    reporter: Reporter = SILENT,
) -> Losses:
    """One pass over the inputs with `edits`; `kept` says of every row which of its tokens are judged."""
    losses, entropies = [], []
    device = device_of(model)
    with evaluating(model):
        for low in range(0, prediction.rows, batch):
            part = prediction.part(slice(low, low + batch))
            change = edits(kept[low : low + batch].to(device))
            output, _ = run(model, part.inputs.to(device).call(), edits=change)
            log_p = part.log_probabilities(output)
            losses.append(part.label_losses(log_p).cpu())
            entropies.append(-(log_p.exp() * log_p).sum(-1).cpu())
            reporter.advance(part.rows)
    return Losses(torch.cat(losses), torch.cat(entropies))


def spliced(
    dictionary: Any, source: str, path: str, limit: float, kept: Bool[Tensor, "rows length"] | None = None
) -> dict[str, Edit]:
    """Edits that put the reconstruction in the place of what is at `path`.

    Attention sinks (longer than `limit`), and tokens that are not `kept`, stay as they are.
    """
    if source == path:
        return {path: _replaced(lambda x: _reconstruct(dictionary, x), limit, kept)}
    seen: list[Tensor] = []

    def keep(x: Tensor) -> Tensor:
        seen[:] = [x]
        return x

    def put(y: Tensor) -> Tensor:
        return _reconstruct(dictionary, seen[0]).to(y).where(judged(seen[0], limit, kept), y)

    return {source: keep, path: put}


def judged(
    x: Float[Tensor, "rows length width"], limit: float, kept: Bool[Tensor, "rows length"] | None
) -> Bool[Tensor, "rows length 1"]:
    """Which vectors are neither attention sinks nor left out."""
    found = x.norm(dim=-1, keepdim=True) <= limit
    return found if kept is None else found & kept.to(x.device).reshape(found.shape)


def _replaced(change: Edit, limit: float, kept: Tensor | None) -> Edit:
    return lambda x: change(x).to(x).where(judged(x, limit, kept), x)


def _reconstruct(dictionary: Any, x: Tensor) -> Tensor:
    flat = dictionary.reconstruct(x.detach().float().reshape(-1, x.shape[-1]))
    return flat.reshape(*x.shape[:-1], -1)
