"""What the model loses when the dictionary takes the place of its activations: the cross-entropy recovered.

Of the next token, of masked ones, or of a classifier's own first choice, whatever the model predicts (see
`subjects.models.prediction`). The hot path is the model's own: four forward passes over the sample, one of them
unedited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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
    kept, mean = part.mask, sample.target.mean(0)
    edits: dict[str, Edits] = {
        "model": lambda kept: {},
        "dictionary": lambda kept: spliced(dictionary, site, sample.limit, kept),
        "mean": lambda kept: _placed(site, sample.limit, kept, lambda x, y: mean.to(y)[-y.shape[-1] :].expand_as(y)),
        "zero": lambda kept: _placed(site, sample.limit, kept, lambda x, y: torch.zeros_like(y)),
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
    dictionary: Any, site: Site, limit: float, kept: Bool[Tensor, "rows length"] | None = None
) -> dict[str, Edit]:
    """Edits that put the reconstruction in the place of what is at the path at which a dictionary of this site writes.

    Attention sinks (longer than `limit`), and tokens that are not `kept`, stay as they are. Of several paths that are
    read only the last one is changed.
    """
    return _placed(site, limit, kept, lambda x, y: _reconstruct(dictionary, x)[..., -y.shape[-1] :])


def _placed(
    site: Site, limit: float, kept: Bool[Tensor, "rows length"] | None, change: Callable[[Tensor, Tensor], Tensor]
) -> dict[str, Edit]:
    """Edits that put change(x, y) where a dictionary writes: x what is read, side by side, y what is there."""
    seen: dict[str, Tensor] = {}
    before = [path for path in site.reads if path != site.writes]

    def keep(path: str, x: Tensor) -> Tensor:
        seen[path] = x.clone()  # which the network may go on to change in place
        return x

    def put(y: Tensor) -> Tensor:
        missing = [path for path in before if path not in seen]
        if missing:
            raise ValueError(f"{missing[0]!r} is run after {site.writes!r}; name last what is run last")
        x = torch.cat([*(seen[path] for path in before), *([y] if site.writes in site.reads else [])], -1)
        return change(x, y).to(y).where(judged(x, limit, kept), y)

    return {**{path: partial(keep, path) for path in before}, site.writes: put}


def judged(
    x: Float[Tensor, "rows length width"], limit: float, kept: Bool[Tensor, "rows length"] | None
) -> Bool[Tensor, "rows length 1"]:
    """Which vectors are neither attention sinks nor left out."""
    found = x.norm(dim=-1, keepdim=True) <= limit
    return found if kept is None else found & kept.to(x.device).reshape(found.shape)


def _reconstruct(dictionary: Any, x: Tensor) -> Tensor:
    flat = dictionary.reconstruct(x.detach().float().reshape(-1, x.shape[-1]))
    return flat.reshape(*x.shape[:-1], -1)
