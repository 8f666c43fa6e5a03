"""What dense features are: antipodal pairs, and kinds of single ones.

Of "Dense SAE Latents Are Features, Not Bugs" (arXiv 2506.15679): antipodal pairs and a taxonomy, features that follow
the position, that bind to a context, that write where the unembedding hardly reads (and regulate the entropy of the
prediction, where they correlate with it), that stand for first letters, for classes of words, or for a principal
component; and, which the paper does not tell apart, features that say which token it is. A feature gets the first kind
whose criterion it meets; the criteria are thresholds, told with the counts. Parts of speech need a tagger, for which
`word_meaning` says what stands in. The same criteria on as many other features, and on dense ones whose activations are
shuffled over the tokens, are the controls.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from ...core.claim import Claim, Measured
from .context import persistence, shuffled_in_sequences
from .latents import DENSE, frequencies
from .sample import Sample, Text
from .word_meaning import CLASSES, best_class, identity_share, random_classes, word_classes

__all__ = ["ANTIPODAL", "KINDS", "Unembedding", "antipodality", "measure_dense_latents"]

ANTIPODAL = 0.8
"""Both encoder rows and decoder rows point in opposite directions: the product of their cosines is above this."""
KINDS = (
    "position", "context", "entropy", "letters", "word class", "token", "next word class", "null space",
    "principal component", "none of these",
)  # fmt: skip
_WRITTEN = ("letters", "null space", "principal component")
"""Kinds that are told by the direction alone; the others by when a feature fires."""
_EXPLAINED = 0.3
_CORRELATED = 0.3
_NULL_ENERGY = 0.3
_SAME_LETTER = 0.5
_TOP = 50
_AREA = 0.75
_ABOVE_DRAWN = 0.1
_OTHERS = 64
_BINS = 16

Row = dict[str, Any]
"""Of one feature: criterion -> figure."""


@dataclass(frozen=True)
class Unembedding:
    """What a vector of the residual stream does to the logits: directions with the final norm's gain, and words."""

    matrix: Float[Tensor, "vocabulary width"]
    words: tuple[str, ...] = ()


def measure_dense_latents(
    sample: Sample,
    encoder: Float[Tensor, "width features"],
    decoder: Float[Tensor, "features width"],
    unembedding: Unembedding | None = None,
    entropy: Float[Tensor, " tokens"] | None = None,
    text: Text | None = None,
    generator: torch.Generator | None = None,
) -> tuple[list[Claim], dict[str, Any]]:
    """How many dense features are one of an antipodal pair, against the others; and of which kind they are.

    `entropy`: of the model's prediction at each token of the sample, NaN where it is not known.
    """
    generator = generator or torch.Generator().manual_seed(0)
    often = frequencies(sample)
    dense, rest = (often > DENSE).nonzero()[:, 0], ((often > 0) & (often <= DENSE)).nonzero()[:, 0]
    if not len(dense):
        return [], {"dense": 0}
    scores, partners = antipodality(encoder, decoder, dense)
    pairs = float((scores > ANTIPODAL).double().mean())
    shown = rest[:: max(1, len(rest) // 256)]
    usual = float((antipodality(encoder, decoder, shown)[0] > ANTIPODAL).double().mean()) if len(shown) else None
    look = _Criteria(sample, decoder, unembedding, entropy, text, generator)
    table = look.of(dense)
    kinds = [_kind(row) for row in table]
    frequent = rest[often[rest].argsort(descending=True)[:_OTHERS]]
    controls = {
        "kinds_of_others": [_kind(row) for row in look.of(frequent)] if len(frequent) else [],
        "kinds_shuffled": [_kind(row) for row in look.of(dense, shuffled=True)],
    }
    counts = {kind: kinds.count(kind) for kind in KINDS}
    fire = [kind for kind in KINDS[:-1] if kind not in _WRITTEN]
    known, by_chance = (sum(kind in fire for kind in found) for found in (kinds, controls["kinds_shuffled"]))
    claims: list[Claim] = [
        Measured(
            f"share of the {len(dense)} dense features that have an antipodal partner (cosines multiply to more than "
            f"{ANTIPODAL}); baseline: of the others",
            pairs, "", usual, (pairs * (1 - pairs) / len(dense)) ** 0.5, key="antipodal",
        ),
        Measured(
            "dense features known by when they fire: " + ", ".join(f"{counts[kind]} {kind}" for kind in fire)
            + "; baseline: with their activations shuffled over the tokens",
            known, f"of {len(dense)}", float(by_chance), key="known_by_firing",
        ),
        Measured(
            "dense features known only by what they write: " + ", ".join(f"{counts[kind]} {kind}" for kind in _WRITTEN),
            sum(counts[kind] for kind in _WRITTEN), f"of {len(dense)}", key="known_by_writing",
        ),
    ]  # fmt: skip
    if len(frequent):
        share = sum(kind in fire for kind in controls["kinds_of_others"]) / len(frequent)
        told = (
            f"share of the {len(frequent)} next most frequent features known by when they fire; baseline: of the dense"
        )
        claims.append(Measured(told, share, "", known / len(dense), key="others_known_by_firing"))
    columns = zip(dense.tolist(), often[dense].tolist(), kinds, partners.tolist(), scores.tolist(), table, strict=True)
    names = ("feature", "frequency", "kind", "partner", "antipodality")
    rows = [dict(zip(names, row, strict=True)) | criteria for *row, criteria in columns]
    data = {"dense": len(dense), "antipodal": pairs, "antipodal_others": usual, "kinds": counts}
    data |= {name: {kind: found.count(kind) for kind in KINDS} for name, found in controls.items()}
    return claims, {**data, "features": rows}


def antipodality(
    encoder: Float[Tensor, "width features"], decoder: Float[Tensor, "features width"], of: Int[Tensor, " some"]
) -> tuple[Float[Tensor, " some"], Int[Tensor, " some"]]:
    """max over j of cos(encoder_i, encoder_j) cos(decoder_i, decoder_j) where both are negative, and that j.

    >>> e = torch.tensor([[1.0, -1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> antipodality(e, e.T, torch.tensor([0, 2]))
    (tensor([1., 0.]), tensor([1, 0]))
    """
    encoders, decoders = normalize(encoder.T, dim=1), normalize(decoder, dim=1)
    cosines = (encoders[of] @ encoders.T).clamp_max(0) * (decoders[of] @ decoders.T).clamp_max(0)
    best = cosines.max(1)
    return best.values, best.indices


@dataclass(frozen=True)
class _Criteria:
    """What the kinds are told by, for some features at a time."""

    sample: Sample
    decoder: Tensor
    unembedding: Unembedding | None
    entropy: Tensor | None
    text: Text | None
    generator: torch.Generator

    def of(self, features: Int[Tensor, " some"], *, shuffled: bool = False) -> list[Row]:
        """Each criterion for each feature; `shuffled`: as if it fired at other tokens, pointing the same way."""
        active = self.sample.dense(features).double()
        if shuffled:
            active = active[torch.randperm(len(active), generator=self.generator)]
        columns = self._fired(active) | self._written(normalize(self.decoder[features].double(), dim=1))
        rows: list[Row] = [{name: float(value[i]) for name, value in columns.items()} for i in range(len(features))]
        for row, found in zip(rows, self._words(active), strict=True):
            row |= found
        return rows

    def _fired(self, active: Tensor) -> dict[str, Tensor]:
        """By when they fire: position, context, entropy."""
        sample, entropy = self.sample, self.entropy
        within = shuffled_in_sequences(sample.rows, self.generator)
        columns = {
            "position": _explained(active, sample.positions),
            "context": persistence(active, sample.rows, sample.positions),
            "context_of_sequence": persistence(active[within], sample.rows, sample.positions),
        }
        if entropy is not None and len(known := entropy.isfinite().nonzero()[:, 0]) > 2:
            columns["entropy"] = _correlation(active[known], entropy[known].double()).abs()
        return columns

    def _written(self, directions: Tensor) -> dict[str, Tensor]:
        """By what they write: principal component, the unembedding's null space, letters."""
        columns = {"principal component": (directions @ self._component).abs()}
        unembedding = self.unembedding
        if unembedding is not None and unembedding.matrix.shape[1] == directions.shape[1]:
            columns["null_energy"] = _null_energy(unembedding.matrix, directions)
            if unembedding.words:
                columns["letters"] = _same_letter(unembedding, directions)
        return columns

    @cached_property
    def _component(self) -> Tensor:
        centred = (self.sample.target - self.sample.target.mean(0)).double()
        return torch.linalg.eigh(centred.T @ centred)[1][:, -1]

    def _words(self, active: Tensor) -> list[Row]:
        """By the token they fire at and the one that follows, judged on every other sequence."""
        text, fitted = self.text, self.sample.rows % 2 == 0
        if text is None or fitted.all() or not fitted.any():
            return [{} for _ in range(active.shape[1])]
        classes = word_classes(text.vocabulary)
        drawn = random_classes(classes, text.ids, self.generator)
        now, which = best_class(active, classes[text.ids], fitted)
        then = text.following >= 0
        after, next_which = best_class(active[then], classes[text.following[then]], fitted[then])
        columns = {
            "word class": now,
            "word_class_drawn": best_class(active, drawn[text.ids], fitted)[0],
            "next word class": after,
            "token": identity_share(active, text.ids, fitted),
        }
        rows: list[Row] = [{name: float(value[i]) for name, value in columns.items()} for i in range(len(now))]
        for row, one, other in zip(rows, which.tolist(), next_which.tolist(), strict=True):
            row |= {"class": CLASSES[one], "next_class": CLASSES[other]}
        return rows


def _kind(row: Row) -> str:
    if row["position"] > _EXPLAINED:
        return "position"
    if row["context"] > _EXPLAINED:
        return "context"
    if row.get("entropy", 0) > _CORRELATED and row.get("null_energy", 0) > _NULL_ENERGY:
        return "entropy"
    if row.get("letters", 0) > _SAME_LETTER:
        return "letters"
    if row.get("word class", 0) > max(_AREA, row.get("word_class_drawn", 0) + _ABOVE_DRAWN):
        return "word class"
    if row.get("token", 0) > _EXPLAINED:
        return "token"
    if row.get("next word class", 0) > _AREA:
        return "next word class"
    if row.get("null_energy", 0) > _NULL_ENERGY:
        return "null space"
    return "principal component" if row["principal component"] > 0.5 else KINDS[-1]


def _explained(active: Tensor, positions: Tensor) -> Tensor:
    """The share of each feature's variance between bins of the position (equal on a logarithmic scale)."""
    places = (positions + 1).double().log2() * 2
    bins = places.long().clamp_max(_BINS * 2)
    mean, total = active.mean(0), active.var(0, unbiased=False).clamp_min(1e-300)
    between = torch.zeros_like(mean)
    for one in bins.unique():
        part = active[bins == one]
        between += len(part) / len(active) * (part.mean(0) - mean).pow(2)
    return between / total


def _correlation(active: Tensor, other: Tensor) -> Tensor:
    a, b = active - active.mean(0), other - other.mean()
    return (a * b[:, None]).sum(0) / (a.norm(dim=0) * b.norm()).clamp_min(1e-300)


def _null_energy(matrix: Tensor, directions: Tensor) -> Tensor:
    """The share of each direction's square in the tenth of the singular directions that the unembedding reads least."""
    gram = matrix.double().T @ matrix.double()
    least = torch.linalg.eigh(gram)[1][:, : max(1, matrix.shape[1] // 10)]
    return (directions @ least).pow(2).sum(1)


def _same_letter(unembedding: Unembedding, directions: Tensor) -> Tensor:
    """Among the words that each direction promotes most, or suppresses most: how many begin with the same letter."""
    centred = unembedding.matrix.double() - unembedding.matrix.double().mean(0)
    effects = directions @ centred.T
    count = min(_TOP, effects.shape[1])
    shares = []
    for sign in (1, -1):
        best = (effects * sign).topk(count, dim=1).indices
        firsts = [[unembedding.words[i].strip()[:1].lower() for i in row] for row in best.tolist()]
        letters = [[letter for letter in row if letter.isalpha()] for row in firsts]
        shares.append([max((row.count(a) for a in set(row)), default=0) / count for row in letters])
    return torch.tensor(shares).max(0).values
