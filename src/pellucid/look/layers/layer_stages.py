"""Stages of inference: what the layers of a language model are at, from statistics of one pass (arXiv 2406.19384).

    detokenization | feature engineering | prediction ensembling | residual sharpening

The paper names four stages and draws their borders by eye. Here they are read off by a rule, from the share of
attention on the first token, where attention rests that has nothing to do, and from the logit lens (the stream after
layer l through all that comes after the last layer): its entropy H_l, and KL(p || p_l) to the model's own distribution.

- detokenization: the first layers, while attention does not rest: less than half of the median layer's goes there;
- residual sharpening: the last layers, as long as H_l changes by half of its largest change or more in each;
- prediction ensembling: before these, from the layer on from which KL(p || p_l) stays below 90 % of its maximum;
- feature engineering: what is between.

A network that does not tell its attention has no first stage here. A stage may be empty. The thresholds were chosen on
SmolLM2-135M, and the rule divides any network, one of random weights too: that it names stages is no evidence of any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor, nn

from ...artifacts.features.effects import Effects
from ...core.claim import Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.hooks import evaluating
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from .layer_effects import bootstrap, counted, three_axes
from .layer_passes import LayerPasses, at_most, batches_of, layers_of

STAGES = ("detokenization", "feature engineering", "prediction ensembling", "residual sharpening")
LENS_KL, LENS_ENTROPY, LENS_TOP1 = "KL, logit lens", "entropy, logit lens", "top-1, logit lens"
LOCAL, FIRST, NORM = "attention, near", "attention, first token", "norm of the stream"
_MEASURES = (LENS_KL, LENS_ENTROPY, LENS_TOP1, NORM, LOCAL, FIRST)


@dataclass(frozen=True)
class LayerStages(Method[Site, Effects]):
    """What each layer is at: logit lens, entropy and attention by layer, and from these four stages of inference.

    >>> stages([9.0, 9, 9, 8, 4, 0], [1.0, 1, 1, 1, 1, 3], [0.1, 0.5, 0.5, 0.5, 0.5, 0.5])[:3]
    ('detokenization', 'feature engineering', 'feature engineering')
    """

    batch_size: int = 4
    resamples: int = 1000
    divisions: int = 300
    """Resamples of the rows that are divided into stages, at most `resamples`: enough for a 95 % interval."""

    def _find(self, subject: Site, context: Context) -> Found[Effects]:
        """Statistics and stages; of `subject`, model and inputs count.

        Raises ValueError without an unembedding, and where layers put out no vector for each prediction.
        """
        layers = layers_of(subject, self.batch_size)
        model = LanguageModel.of(subject.model)
        if not model.unembedding:
            raise ValueError(f"{type(model.model).__name__} has no unembedding, so no logit lens; give a causal model")
        parts = []
        context.reporter.start("stages", -(-subject.rows // self.batch_size))
        with (
            at_most(self.batch_size, "with the attention of all layers"),
            evaluating(model) as network,
            telling_attention(network),
        ):
            for batch in batches_of(subject, self.batch_size):
                parts.append(_statistics(network, layers, batch.inputs, batch.mask))
                context.reporter.advance(1)
        context.reporter.finish()
        table = np.concatenate(parts, -1)  # (layers, measures, rows)
        told = not np.isnan(table[:, _MEASURES.index(LOCAL)]).any()
        count = len(_MEASURES) if told else len(_MEASURES) - 2
        generator = np.random.default_rng(context.seed)
        mean, low, high = bootstrap(table[:, :count], self.resamples, generator)
        groups = _stages_of(mean)
        spread = _spread(table[:, :count], min(self.resamples, self.divisions), generator)
        effects = Effects(
            layers,
            _MEASURES[:count],
            *(tuple(tuple(row) for row in part.tolist()) for part in (mean, low, high)),
            units=("nats", "nats", "of tokens", "", "of attention", "of attention")[:count],
            groups=groups,
            title=str(getattr(subject.model, "name", "")),
        )
        lens = np.stack([mean, low, high])[:, :, _MEASURES.index(LENS_TOP1)]
        return Found(effects, _claims(effects, spread, lens))


def _claims(effects: Effects, spread: list[float | None], lens: Float[np.ndarray, "3 layers"]) -> tuple[Measured, ...]:
    """How many layers each stage has, and how often the lens halfway has the model's first choice.

    spread: half the interval of each of STAGES. lens: that share after each layer, its low and its high end.
    """
    layers = effects.parts
    middle = len(layers) // 2
    value, low, high = lens[:, middle].tolist()
    return (
        *(
            Measured(
                f"{stage}, by a rule: layers {begin} to {end}",
                end - begin + 1.0,
                f"of {len(layers)} layers",
                uncertainty=spread[STAGES.index(stage)],
                key=f"stage: {stage}",
            )
            for stage, begin, end in effects.stages()
        ),
        Measured(
            f"logit lens after the middle layer has the model's top-1 ({layers[middle]})",
            value,
            "of tokens",
            baseline=float(lens[0, 0]),
            uncertainty=(high - low) / 2 or None,
            key="lens_top1",
        ),
    )


def stages(kl: Sequence[float], entropy: Sequence[float], resting: Sequence[float] = ()) -> tuple[str, ...]:
    """The stage of each layer, by the rule in the module's docstring; without `resting` there is no first stage."""
    count = len(kl)
    first = _rise(resting, count // 2) if resting else 0
    last = _last_stage(entropy, first, count)
    ensembling = last
    while ensembling > first and kl[ensembling - 1] < 0.9 * max(kl):
        ensembling -= 1
    sizes = (first, ensembling - first, last - ensembling, count - last)
    return tuple(stage for stage, size in zip(STAGES, sizes, strict=True) for _ in range(size))


def _rise(resting: Sequence[float], most: int) -> int:
    """How many layers at the beginning, `most` at most, rest on the first token less than half the median."""
    bar = median(resting) / 2
    return next((layer for layer in range(most) if resting[layer] >= bar), most)


def _last_stage(entropy: Sequence[float], first: int, count: int) -> int:
    """Where the last stage begins: the steps of the entropy from there on are at least half of the largest one."""
    steps = [abs(b - a) for a, b in pairwise(entropy)]
    largest = max(steps, default=0.0)
    last = count
    while largest > 0 and last - 1 > first and steps[last - 2] >= largest / 2:
        last -= 1
    return last


def _stages_of(mean: NDArray[np.float64]) -> tuple[str, ...]:
    """From the means over rows, (layers, measures)."""
    resting = mean[:, _MEASURES.index(FIRST)].tolist() if mean.shape[1] == len(_MEASURES) else ()
    return stages(mean[:, 0].tolist(), mean[:, 1].tolist(), resting)


def _spread(table: NDArray[np.float64], resamples: int, generator: np.random.Generator) -> list[float | None]:
    """Half of the 95 % interval of how many layers each stage has, over resamples of the rows."""
    rows = table.shape[-1]
    if rows < 2 or resamples < 2:
        return [None] * len(STAGES)
    weights = generator.multinomial(rows, np.full(rows, 1 / rows), size=resamples) / rows
    found = [_stages_of(table @ weight) for weight in weights]
    sizes = np.array([[groups.count(stage) for stage in STAGES] for groups in found])
    low, high = np.quantile(sizes, [0.025, 0.975], axis=0)
    return [float(half) for half in (high - low) / 2]


@contextmanager
def telling_attention(network: nn.Module) -> Iterator[bool]:
    """Within it a transformers model computes attention in the way that tells its weights, where it has one."""
    config = getattr(network, "config", None)
    before = getattr(config, "_attn_implementation", None)
    setter = getattr(network, "set_attn_implementation", None)
    if before is None or setter is None:
        yield False
        return
    try:
        setter("eager")
        yield True
    finally:
        setter(before)


def _statistics(network: nn.Module, layers: tuple[str, ...], inputs: Any, mask: Tensor) -> NDArray[np.float64]:
    """(layers, measures, rows) of one batch."""
    passes = LayerPasses.start(network, layers, _asking_for_attention(network, inputs))
    base = three_axes(passes.logits).float().log_softmax(-1)
    mask = counted(mask, base)
    attentions = getattr(passes.output, "attentions", None) or ()
    found = np.full((len(layers), len(_MEASURES), len(base)), np.nan)
    for index, stream in enumerate(map(three_axes, passes.streams)):
        if stream.shape[:2] != mask.shape:
            raise ValueError(
                f"{layers[index]!r} puts out {tuple(stream.shape)}, no vector for each of {tuple(mask.shape)} "
                "predictions; a model whose stream is (rows, length, width) has stages"
            )
        lens = base if index == len(layers) - 1 else three_axes(passes.read_out(index)).float().log_softmax(-1)
        for row, kept in enumerate(mask):
            found[index, :3, row] = _lens_statistics(base[row][kept], lens[row][kept])
            found[index, 3, row] = float(stream[row][kept].float().norm(dim=-1).mean())
        if index < len(attentions) and _is_attention(attentions[index], mask):
            near, first = _attention(attentions[index].float(), mask)
            found[index, 4], found[index, 5] = near.cpu().numpy(), first.cpu().numpy()
    return found


def _asking_for_attention(network: nn.Module, inputs: Any) -> Any:
    """The inputs, and where the network has settings, as transformers' have, the wish to see attention."""
    if not hasattr(network, "config"):
        return inputs
    return {**(inputs if isinstance(inputs, dict) else {_first_name(network): inputs}), "output_attentions": True}


def _is_attention(weights: Any, mask: Tensor) -> bool:
    """Whether these are weights of every token on every token: some networks give other things under that name."""
    return isinstance(weights, Tensor) and weights.ndim == 4 and weights.shape[2:] == (mask.shape[1], mask.shape[1])


def _lens_statistics(
    p: Float[Tensor, "tokens vocabulary"], q: Float[Tensor, "tokens vocabulary"]
) -> tuple[float, float, float]:
    """Means over the tokens of log probabilities, p the model's and q the lens's: KL(p || q), entropy, same top-1."""
    kl = (p.exp() * (p - q)).sum(-1).mean()
    entropy = -(q.exp() * q).sum(-1).mean()
    return float(kl), float(entropy), float((p.argmax(-1) == q.argmax(-1)).float().mean())


def _attention(
    weights: Float[Tensor, "rows heads n n"], mask: Bool[Tensor, "rows n"], near_tokens: int = 4, skipped: int = 8
) -> tuple[Float[Tensor, " rows"], Float[Tensor, " rows"]]:
    """Shares of attention on the token itself and the `near_tokens` before it, and on the first of the row's text.

    The first `skipped` positions of a text do not count: their attention has nowhere to go but near.
    """
    mean = weights.mean(1)
    length, mask = mean.shape[-1], mask.to(mean.device)
    places, first = torch.arange(length, device=mean.device), mask.int().argmax(1)
    distance = places[:, None] - places[None, :]
    near = ((distance >= 0) & (distance <= near_tokens)).to(mean)[None] * (places != first[:, None]).to(mean)[:, None]
    asking = mask & (places >= first[:, None] + min(skipped, length - 1))
    shares = ((mean * near).sum(-1), mean.gather(2, first[:, None, None].expand(-1, length, 1))[..., 0])
    weight = asking.to(mean) / asking.sum(1, keepdim=True).clamp(min=1)
    return (shares[0] * weight).sum(1), (shares[1] * weight).sum(1)


def _first_name(network: nn.Module) -> str:
    return str(getattr(network, "main_input_name", "input_ids"))
