"""Model diffing: which latents are of one model alone (arXiv 2503.03730, 2504.02922).

By a crosscoder of both models, a latent is of the tuned one alone where what it writes in the base is short:

    r_j = |d_j of the tuned model| / (|d_j of the base| + |d_j of the tuned model|)       above 1 - `alone`

and where latent scaling (`latent_scaling`) finds nothing of it in the base's error and reconstruction. A crosscoder
needs much text before its latents part, and on little text it spreads what is new over latents of what is old. By the
directions that the difference of the activations takes (`difference_latents`) a change is seen wherever it is most of
what happens at a token.
The control is the base beside itself, off by as much at each token, in random directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...artifacts.audits.model_diff import ModelDiff, Place
from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ..dictionaries.crosscoder import Crosscoder
from ..evaluation.sample import encode
from .difference_latents import DifferenceLatents, directions_of
from .latent_scaling import CrossCodes, latent_scaling
from .model_pair import ModelPair

__all__ = ["ModelDiffing"]


@dataclass(frozen=True)
class ModelDiffing(Method[ModelPair, ModelDiff]):
    """Latents of two models, a verdict for each, and the same for the control.

    `by`: "difference" or "crosscoder". Of the difference a latent counts that is `clear` times as much of what happens
    where it fires as any latent of the control is.
    Latents that fire less than `least` times on the held-out `share` of the texts are too rare for a verdict. `alone`
    as in the crosscoder's claims; `shrunk` and `decoupled` bound the error's and the reconstruction's nu (the source's
    0.2 and 0.5); shared latents whose directions have a cosine below `moved` are called moved. `steps`: 0 for eight
    passes over the activations, at least 200. Raises ValueError for models of other widths.

    >>> ModelDiffing(width=64, k=4).alone
    0.1
    """

    by: str = "difference"
    directions: int = 128
    """Of a difference at most so many are looked for."""
    width: int = 2048
    k: int = 32
    steps: int = 0
    batch_size: int = 1024
    share: float = 0.25
    least: int = 10
    alone: float = 0.1
    shrunk: float = 0.2
    decoupled: float = 0.5
    moved: float = 0.5
    clear: float = 2.0
    same: float = 0.9
    """Latents whose directions have at least this cosine are one."""
    together: float = 0.5
    """So are those of whose firings this share is at the same tokens (of all of both)."""
    fewest: int = 64
    """Models that differ at fewer tokens are not compared: nothing would be left to judge on."""
    places: int = 5
    around: int = 8
    control: bool = True

    def _find(self, subject: ModelPair, context: Context) -> Found[ModelDiff]:
        if subject.first.shape[1] != subject.second.shape[1]:
            widths = f"{subject.first.shape[1]} and {subject.second.shape[1]}"
            raise ValueError(f"the models have widths {widths}; compare a model with one that was made of it")
        if self.by not in ("difference", "crosscoder"):
            raise ValueError(f"by={self.by!r} is none; use 'difference' or 'crosscoder'")
        for name in ("least", "places"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} shows nothing; use at least 1")
        held, train = subject.halves(self.share)
        noise = subject.with_noise(torch.Generator().manual_seed(context.stream("control")))
        if self.by == "difference":
            return self._by_difference((held, train), noise.halves(self.share), context)
        found, dictionary, claims = self._diff(held, train, context, "crosscoder")
        counts = None
        if self.control:
            counts = self._diff(*noise.halves(self.share), context, "control")[0]
        return Found(found, (*_claims(found, counts), *claims), {"dictionary": dictionary})

    def _by_difference(
        self, own: tuple[ModelPair, ModelPair], noise: tuple[ModelPair, ModelPair], context: Context
    ) -> Found[ModelDiff]:
        """Latents of the difference that are clearer than any of noise as large; none of models that are the same."""
        held, changed = own[0], len(_changed(own[1]))
        of = f"of {len(own[1].first):,}"
        differ = Measured("tokens at which the models differ at all", changed, of, key="tokens_differ")
        spread = (own[1].second - own[1].first).std(0).norm()
        if changed < self.fewest or not float(spread):
            half, none, nothing = np.full(1, 0.5), np.zeros(1, int), np.full(1, np.nan)
            same = ModelDiff(held.names, half, nothing, none, none, nothing, nothing, nothing, {}, len(held.first))
            few = f"the models differ at {changed} tokens of {len(own[1].first):,}, fewer than {self.fewest}"
            more = Undecided("latents of the difference", few, "give more text, where they may differ")
            return Found(same, (*_claims(same, same), differ, *([more] if changed else [])))
        dictionary = self._directions(own[1], context, "difference")
        found = DifferenceLatents.of(dictionary, held, self.least)
        beside = self._directions(noise[1], context, "control")
        control = DifferenceLatents.of(beside, noise[0], self.least)
        most = float(control.concentration.nan_to_num(0).max())
        bound = max(min(self.clear * most, (1 + most) / 2), 1e-12)  # in few dimensions noise may be half of it
        diffs = [
            self._told(latents, pair, bound, made)
            for latents, pair, made in ((found, held, dictionary), (control, noise[0], beside))
        ]
        return Found(diffs[0], (*_claims(*diffs), differ), {"dictionary": dictionary})

    def _directions(self, train: ModelPair, context: Context, name: str) -> Dictionary:
        """The directions that the difference takes, where there is some."""
        rows = _changed(train)
        y = train.second - train.first
        others = torch.ones(len(y), dtype=torch.bool).index_fill(0, rows, False)
        bias = y[others].mean(0) if len(rows) < len(y) / 2 else y.mean(0)
        generator = torch.Generator().manual_seed(context.stream(name))
        found = directions_of(y[rows] - bias, min(self.directions, max(1, len(rows) // self.least)), generator)
        zeros = torch.zeros(len(found))
        return Dictionary("Difference", found.t(), found, zeros, bias, k=1, mean=bias)

    def _told(self, latents: DifferenceLatents, held: ModelPair, bound: float, made: Dictionary) -> ModelDiff:
        """Verdicts: whose each latent is that is concentrated enough."""
        known = latents.concentration.nan_to_num(0) >= bound
        alone = known & (latents.absent < self.shrunk)
        verdict = torch.where(latents.firings >= self.least, 6, 0)
        verdict[known] = 4
        verdict[alone & (latents.share < 0.5)] = 1
        verdict[alone & (latents.share > 0.5)] = 2
        verdict[_copies(made, known, latents, self.same, self.together)] = 7
        shown = (known & (verdict < 7)).nonzero()[:, 0].tolist()
        nothing = np.full(len(verdict), np.nan)
        return ModelDiff(
            held.names, latents.share.numpy(), nothing, latents.firings.numpy(), verdict.numpy(),
            latents.absent.where(known, torch.tensor(torch.nan)).numpy(), nothing, latents.concentration.numpy(),
            {latent: self._places(latents.fires(latent), held) for latent in shown}, len(held.first),
        )  # fmt: skip

    def _diff(
        self, held: ModelPair, train: ModelPair, context: Context, name: str
    ) -> tuple[ModelDiff, Dictionary, tuple[Claim, ...]]:
        both: Any = train.vectors()  # which it takes for the sites that they are
        folder = context.stage_folder(name)
        trained = self._crosscoder(train).explain(
            both, context.stream(name), reporter=context.reporter, checkpoint=folder
        )
        dictionary = trained.artifact
        codes = _codes(dictionary, held)
        fired = codes.indices[codes.values > 0]
        firings = torch.bincount(fired, minlength=dictionary.size)
        norms = dictionary.site_norms()
        share = norms[:, 1] / norms.sum(1).clamp_min(1e-30)
        cosine = torch.nn.functional.cosine_similarity(*codes.directions)
        scaling = torch.full((dictionary.size, 2), torch.nan)
        known = firings >= self.least
        sides = torch.stack([share < self.alone, share > 1 - self.alone], 1) & known[:, None]
        for latent, own in sides.nonzero().tolist():
            scaling[latent] = torch.tensor(latent_scaling(codes, latent, own))
        absent = (scaling[:, 0] < self.shrunk) & (scaling[:, 1] < self.decoupled)
        verdict = torch.where(cosine < self.moved, 4, 3)
        verdict[sides.any(1)] = 5
        verdict[sides[:, 0] & absent] = 1
        verdict[sides[:, 1] & absent] = 2
        verdict[~known] = 0
        shown = ((verdict == 1) | (verdict == 2) | (verdict == 5)).nonzero()[:, 0].tolist()
        places = {latent: self._places(codes.fires(latent), held) for latent in shown}
        diff = ModelDiff(
            held.names, share.numpy(), cosine.numpy(), firings.numpy(), verdict.numpy(), scaling[:, 0].numpy(),
            scaling[:, 1].numpy(), np.full(dictionary.size, np.nan), places, len(held.first),
        )  # fmt: skip
        kept = tuple(claim for claim in trained.claims if claim.key.startswith("fvu: "))
        return diff, dictionary, kept

    def _crosscoder(self, train: ModelPair) -> Crosscoder:
        count = len(train.first)
        size = min(self.batch_size, max(1, count // 2))
        steps = self.steps or max(200, 8 * count // size)
        return Crosscoder(width=self.width, k=self.k, steps=steps, batch_size=size, sites=train.names)

    def _places(self, firing: tuple[Tensor, Tensor], held: ModelPair) -> list[Place]:
        """The strongest firings, one of a text, with the words around them; none without words."""
        rows, strength = firing
        shown: list[Place] = []
        if held.tokens is None:
            return shown
        seen: set[int] = set()
        active = torch.zeros(len(held.first))
        active[rows] = strength
        for row in rows[strength.argsort(descending=True)].tolist():
            text = int(held.sequences[row])
            if text in seen or len(shown) == self.places:
                continue
            seen.add(text)
            low, high = max(0, row - self.around), min(len(active), row + self.around // 2 + 1)
            near = [i for i in range(low, high) if int(held.sequences[i]) == text]
            shown.append([(held.vocabulary[int(held.tokens[i])], float(active[i])) for i in near])
        return shown


def _changed(pair: ModelPair) -> Tensor:
    """The rows where the models differ by a hundredth of a usual difference, or more."""
    size = (pair.second - pair.first).pow(2).sum(1).sqrt()
    return (size > DifferenceLatents.weakest * size.pow(2).mean().sqrt()).nonzero()[:, 0]


def _copies(made: Dictionary, known: Tensor, latents: DifferenceLatents, same: float, together: float) -> Tensor:
    """Of the latents that are known: those that point as one does, or fire where one does, that fires more often."""
    order = latents.firings.argsort(descending=True, stable=True)
    units = torch.nn.functional.normalize(made.decoder, dim=1)
    kept: list[tuple[int, set[int]]] = []
    copies: list[int] = []
    for latent in order[known[order]].tolist():
        rows = set(latents.fires(latent)[0].tolist())
        near = any(
            float(units[other] @ units[latent]) >= same or len(rows & theirs) >= together * len(rows | theirs)
            for other, theirs in kept
        )
        if near:
            copies.append(latent)
        else:
            kept.append((latent, rows))
    return torch.tensor(copies, dtype=torch.long)


def _codes(dictionary: Dictionary, held: ModelPair) -> CrossCodes:
    """Codes of the held-out rows; errors and what is written, less its mean, each model brought to its scale."""
    x = torch.cat([held.first, held.second], 1)
    values, indices = encode(dictionary, x)
    width = held.first.shape[1]
    written = torch.zeros_like(x)
    for low in range(0, len(x), 4096):
        part = slice(low, low + 4096)
        rows, places = (values[part] > 0).nonzero(as_tuple=True)
        flat = values[part][rows, places, None] * dictionary.decoder[indices[part][rows, places]]
        written[part] = torch.zeros_like(written[part]).index_add_(0, rows, flat)
    error = x - written - dictionary.decoder_bias
    scales = dictionary.site_scales or (1.0, 1.0)

    def sides(values: Tensor) -> tuple[Tensor, Tensor]:
        return scales[0] * values[:, :width], scales[1] * values[:, width:]

    return CrossCodes(values, indices, sides(dictionary.decoder), sides(error), sides(written))


def _claims(found: ModelDiff, control: ModelDiff | None) -> list[Claim]:
    """Counts of each verdict, beside the control's."""
    living = int((found.firings > 0).sum())
    beside = f"; baseline: {found.names[0]} beside itself, as far off in random directions" if control else ""
    told = {
        "second only": f"latents that {found.names[1]} has and {found.names[0]} has not",
        "first only": f"latents that {found.names[0]} has and {found.names[1]} has not",
        "moved": "latents of both that have changed",
    }
    claims: list[Claim] = []
    for verdict, what in told.items():
        count = len(found.of(verdict))
        baseline = None if control is None else float(len(control.of(verdict)))
        statement = f"{what}, on {found.tokens:,} held-out tokens{beside}"
        key = verdict.replace("first", "base").replace("second", "tuned").replace(" ", "_")
        claims.append(Measured(statement, count, f"of {living:,}", baseline, count**0.5 or None, key=key))
    sided = len(found.of("first only")) + len(found.of("second only"))
    asked = int(np.isfinite(found.absent_reconstruction).sum())
    if asked:
        statement = "latents that write in one model alone, and of which the other holds nothing (latent scaling)"
        claims.append(Measured(statement, sided, f"of {asked:,}", key="truly_absent"))
    return claims
