"""Leaving out and swapping layers: what each layer does, and where its order matters (arXiv 2406.19384, section 3).

    KL(p || p_l) and P(argmax p = argmax p_l), p: the model's own next-token distribution, p_l: that without layer l

Nothing is fitted; every figure is a mean over all tokens of all rows, and its interval comes from resampling rows
(tokens of one row are no independent cases). Cost with the cache of the residual stream (`layer_passes`): about L ** 2
/ 2 layers and L unembeddings a batch, half of the layers that L full passes take.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from scipy.stats import norm as normal
from scipy.stats import t as student
from torch import Tensor

from ...artifacts.features.effects import Effects, Row
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...run.checkpoint import Checkpoint
from ...subjects.models.hooks import evaluating
from ...subjects.models.site import Site
from .layer_passes import LayerPasses, Order, at_most, batches_of, layers_of, swapped, without

KL, TOP1, CE = "KL", "top-1 kept", "cross-entropy"


class _LayerMethod(Method[Site, Effects]):
    """What deletion and swap share: one pass for each change, compared with the pass without any."""

    batch_size: int
    resamples: int
    cached: bool
    noun = ""
    label = ""
    edge: ClassVar[int] = 2
    """Layers at each end that are not called middle ones."""

    def _orders(self, count: int) -> list[Order]:
        raise NotImplementedError

    def _find(self, subject: Site, context: Context) -> Found[Effects]:
        """The effects on each layer; of `subject`, model and inputs count, not the path. Raises ValueError."""
        layers = layers_of(subject, self.batch_size)
        orders = self._orders(len(layers))
        owner = hashlib.sha256(json.dumps([subject.fingerprint(), self.settings(), context.seed]).encode()).hexdigest()
        store = None if context.checkpoint is None else Checkpoint(context.checkpoint, owner)
        table, chance = _measured(self, subject, layers, orders, context.reporter, store)
        generator = np.random.default_rng(context.seed)
        mean, low, high = bootstrap(table, self.resamples, generator)
        names = tuple(f"{measure}, {self.noun}" for measure in (KL, TOP1, CE))
        effects = Effects(
            layers,
            names,
            *(_rows(part, len(layers)) for part in (mean, low, high)),
            units=("nats", "of tokens", "nats"),
            title=str(getattr(subject.model, "name", "")),
        )
        claims = self._claims(table, chance, generator, layers)
        return Found(effects, claims)

    def _claims(
        self, table: NDArray[np.float64], chance: float, generator: np.random.Generator, layers: tuple[str, ...]
    ) -> tuple[Claim, ...]:
        """table: (changes, 3, rows)."""
        changes = len(table)
        middle = table[self.edge : changes - self.edge] if changes > 2 * self.edge else table
        average = middle.mean(0, keepdims=True)
        mean, low, high = bootstrap(average, self.resamples, generator)
        half = (high - low) / 2
        worst = int(table[:, 0].mean(1).argmax())
        what = "middle layers" if changes > 2 * self.edge else "all layers"
        return (
            Measured(
                f"top-1 kept after {self.label}, mean over {what}",
                float(mean[0, 1]),
                "of tokens",
                baseline=chance,
                uncertainty=float(half[0, 1]) or None,
                key=f"top1_kept_{self.noun}",
            ),
            Measured(
                f"KL after {self.label}, mean over {what}",
                float(mean[0, 0]),
                "nats",
                baseline=0.0,
                uncertainty=float(half[0, 0]) or None,
                key=f"kl_{self.noun}",
            ),
            Measured(
                f"largest KL after {self.label}: {layers[worst]}",
                float(table[worst, 0].mean()),
                "nats",
                key=f"largest_kl_{self.noun}",
            ),
        )


@dataclass(frozen=True)
class LayerDeletion(_LayerMethod):
    """What is lost when each layer in turn is left out: KL and kept top-1 predictions, with intervals.

    >>> from torch import nn
    >>> net = nn.Sequential(nn.Embedding(9, 4), nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)), nn.Linear(4, 9))
    >>> finding = LayerDeletion().explain(Site(net, "1", torch.arange(8).reshape(2, 4)))
    >>> finding.artifact.parts
    ('1.0', '1.1')
    """

    batch_size: int = 4
    resamples: int = 1000
    cached: bool = True
    """Layers before the one that is left out are not computed again."""

    noun = "deleted"
    label = "deletion"

    def _orders(self, count: int) -> list[Order]:
        return [without(count, layer) for layer in range(count)]


@dataclass(frozen=True)
class LayerSwap(_LayerMethod):
    """What is lost when each layer in turn changes places with the next: KL and kept top-1 predictions.

    >>> from torch import nn
    >>> net = nn.Sequential(nn.Embedding(9, 4), nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)), nn.Linear(4, 9))
    >>> finding = LayerSwap().explain(Site(net, "1", torch.arange(8).reshape(2, 4)))
    >>> finding.artifact.values[-1]
    (None, None, None)
    """

    batch_size: int = 4
    resamples: int = 1000
    cached: bool = True
    """Layers before the two that are swapped are not computed again."""

    noun = "swapped"
    label = "swap"

    def _orders(self, count: int) -> list[Order]:
        return [swapped(count, layer) for layer in range(count - 1)]


def compare(base: Tensor, logits: Tensor, mask: Tensor, labels: Tensor | None) -> Tensor:
    """KL(base || other), kept top-1 and cross-entropy of the labels, each a mean over a row: (3, rows).

    base: log-probabilities (rows, length, vocabulary). Row by row, so that one row's distribution is held at once.
    """
    found = torch.zeros(3, len(base), dtype=torch.float64)
    for row in range(len(base)):
        kept = mask[row]
        p, q = base[row][kept], logits[row][kept].float().log_softmax(-1)
        found[0, row] = (p.exp() * (p - q)).sum(-1).double().mean().clamp(min=0)
        found[1, row] = (p.argmax(-1) == q.argmax(-1)).double().mean()
        known = (
            labels[row][kept] if labels is not None and labels.shape == mask.shape else kept.new_full((0,), -1).long()
        )
        told = (known >= 0).nonzero()[:, 0]
        found[2, row] = -q[told].gather(-1, known[told][:, None]).double().mean() if len(told) else float("nan")
    return found


def bootstrap(
    table: NDArray[np.float64], resamples: int, generator: np.random.Generator, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean over the last axis (rows), and its interval.

    Quantiles over resamples of the rows, as far from the mean as Student's t with n - 1 degrees of freedom takes them
    (the expanded percentile interval): resampling n rows leaves out a factor of sqrt(n / (n - 1)), and knows nothing of
    how badly few rows say what their spread is. Of fewer than `fewest` rows there are too few resamples to have
    quantiles, and Student's interval stands alone. Of one row there is none.
    """
    rows, fewest = table.shape[-1], 8
    mean = table.mean(-1)
    if rows < 2 or resamples < 2:
        return mean, mean, mean
    t, z = student.ppf((1 + confidence) / 2, rows - 1), normal.ppf((1 + confidence) / 2)
    if rows < fewest:
        half = t * table.std(-1, ddof=1) / np.sqrt(rows)
        return mean, mean - half, mean + half
    weights = generator.multinomial(rows, np.full(rows, 1 / rows), size=resamples) / rows
    drawn = table @ weights.T
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=-1)
    wider = t / z * np.sqrt(rows / (rows - 1))
    return mean, mean - wider * (mean - low), mean + wider * (high - mean)


def three_axes(base: Tensor) -> Tensor:
    """Logits as (rows, length, vocabulary); those of a network without positions have length 1."""
    return base.unsqueeze(1) if base.ndim == 2 else base


def counted(
    mask: Bool[Tensor, "rows length"], logits: Float[Tensor, "rows places vocabulary"]
) -> Bool[Tensor, "rows places"]:
    """Which predictions count: those of text, where there is one for each token, else all."""
    if mask.shape == logits.shape[:2]:
        return mask
    return torch.ones(logits.shape[:2], dtype=torch.bool, device=logits.device)


def _measured(
    method: _LayerMethod,
    subject: Site,
    layers: tuple[str, ...],
    orders: list[Order],
    reporter: Reporter,
    store: Checkpoint | None,
) -> tuple[NDArray[np.float64], float]:
    """(changes, 3, rows), and how often two unrelated tokens have the same prediction."""
    name = type(method).__name__
    known = None if store is None else store.load(name)
    done, parts, counts = 0, [], {}
    if known is not None:
        done, parts, counts = known[1]["rows"], [known[0]["table"]], known[1]["counts"]
    reporter.start(f"{method.label} of layers", -(-subject.rows // method.batch_size) * len(orders))
    reporter.advance(-(-done // method.batch_size) * len(orders), "resumed" if done else "")
    with at_most(method.batch_size, f"at the {method.label} of layers"), evaluating(subject.model) as network:
        for batch in batches_of(subject, method.batch_size):
            if batch.low < done:
                continue
            passes = LayerPasses.start(network, layers, batch.inputs, method.cached)
            parts.append(_batch(passes, batch.mask, batch.labels, orders, counts, reporter))
            if store is not None:
                table = np.ascontiguousarray(np.concatenate(parts, -1))
                store.save(name, {"table": table}, {"rows": table.shape[-1], "counts": counts})
            reporter.advance(0, f"{batch.low + len(batch.mask)} of {subject.rows} rows")
    reporter.finish()
    shares = np.array(list(counts.values())) / sum(counts.values())
    return np.concatenate(parts, -1), float((shares**2).sum())


def _batch(
    passes: LayerPasses,
    mask: Tensor,
    labels: Tensor | None,
    orders: list[Order],
    counts: dict[str, int],
    reporter: Reporter,
) -> NDArray[np.float64]:
    """(changes, 3, rows in the batch); to `counts` goes how often each token is predicted."""
    base = three_axes(passes.logits).float().log_softmax(-1)
    mask = counted(mask, base)
    found, times = base[mask].argmax(-1).unique(return_counts=True)
    for prediction, count in zip(found.tolist(), times.tolist(), strict=True):
        counts[str(prediction)] = counts.get(str(prediction), 0) + count
    table = []
    for order in orders:
        table.append(compare(base, three_axes(passes.run(order)), mask, labels))
        reporter.advance(1)
    return torch.stack(table).numpy()


def _rows(table: NDArray[np.float64], count: int) -> tuple[Row, ...]:
    rows: list[Row] = [tuple(None if np.isnan(value) else float(value) for value in row) for row in table]
    return tuple(rows + [(None,) * table.shape[1]] * (count - len(rows)))
