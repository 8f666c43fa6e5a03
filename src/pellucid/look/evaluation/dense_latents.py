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

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from ...core.claim import Claim, Measured
from .context import persistence, shuffled_in_sequences
from .latents import frequencies
from .sample import Sample, Text
from .settings import SETTINGS
from .word_meaning import CLASSES, best_class, identity_share, random_classes, word_classes

__all__ = ["KINDS", "DenseCriteria", "Unembedding", "antipodality", "measure_dense_latents"]


Row = dict[str, Any]
"""Of one feature: criterion -> figure."""


@dataclass(frozen=True)
class DenseCriteria:
    """From which figure on a feature is of a kind.

    The bars are our own: whoever doubts one of them finds the figures of every feature in the finding.
    """

    antipodal: float = 0.8
    """Both encoder rows and decoder rows point in opposite directions: the product of their cosines is above this."""
    explained: float = 0.3
    """Share of the variance of the activation that position, context or token explains."""
    correlated: float = 0.3
    """Correlation with the entropy of the prediction."""
    null_energy: float = 0.3
    """Share of the direction's square in the tenth of the directions that the unembedding reads least: of a random
    direction it is 0.1."""
    same_letter: float = 0.5
    """Share of the `top` most promoted words that begin with one letter."""
    top: int = 50
    area: float = 0.75
    """Area under the curve of telling a class of words by the activation; by chance it is 0.5."""
    above_drawn: float = 0.1
    """By how much that area must be above the one of a random class of words."""
    component: float = 0.5
    """Cosine with the first principal component."""
    others: int = 64
    """Of so many other features, the most frequent ones, the kinds are told as a control."""
    bins: int = 16
    """Bins of the position, two for each doubling."""

    def kind(self, row: Row) -> str:
        """The first kind whose criterion a feature meets."""
        return next((name for name, meets in _TESTS.items() if meets(row, self)), "none of these")

    def kinds(self, table: list[Row]) -> list[str]:
        """That of each feature."""
        return [self.kind(row) for row in table]


@dataclass(frozen=True)
class Unembedding:
    """What a vector of the residual stream does to the logits: directions with the final norm's gain, and words."""

    matrix: Float[Tensor, "vocabulary width"]
    words: tuple[str, ...] = ()
    softmax: bool = True
    """Whether the logits are those of one distribution, to all of which one number may be added."""


def measure_dense_latents(
    sample: Sample,
    encoder: Float[Tensor, "width features"],
    decoder: Float[Tensor, "features width"],
    unembedding: Unembedding | None = None,
    entropy: Float[Tensor, " tokens"] | None = None,
    text: Text | None = None,
    generator: torch.Generator | None = None,
    criteria: DenseCriteria | None = None,
) -> tuple[list[Claim], dict[str, Any]]:
    """How many dense features are one of an antipodal pair, against the others; and of which kind they are.

    `entropy`: of the model's prediction at each token of the sample, NaN where it is not known.
    """
    criteria = criteria or DenseCriteria()
    often = frequencies(sample)
    dense, rest = (often > SETTINGS.dense).nonzero()[:, 0], ((often > 0) & (often <= SETTINGS.dense)).nonzero()[:, 0]
    if not len(dense):
        return [], {"dense": 0}
    pairs = _Pairs.of(encoder, decoder, dense, rest, criteria.antipodal)
    generator = generator or torch.Generator().manual_seed(0)
    look = _Figures(sample, decoder, unembedding, entropy, text, generator, criteria)
    table = look.of(dense)
    frequent = rest[often[rest].argsort(descending=True)[: criteria.others]]
    kinds = {
        "kinds": criteria.kinds(table),
        "kinds_of_others": criteria.kinds(look.of(frequent)) if len(frequent) else [],
        "kinds_shuffled": criteria.kinds(look.of(dense, shuffled=True)),
    }
    columns = zip(
        dense.tolist(), often[dense].tolist(), kinds["kinds"], pairs.partners.tolist(), pairs.scores.tolist(), table,
        strict=True,
    )  # fmt: skip
    names = ("feature", "frequency", "kind", "partner", "antipodality")
    rows = [dict(zip(names, row, strict=True)) | figures for *row, figures in columns]
    data = {"dense": len(dense), "antipodal": pairs.share, "antipodal_others": pairs.of_others}
    data |= {name: {kind: found.count(kind) for kind in KINDS} for name, found in kinds.items()}
    return [pairs.claim(criteria), *_kind_claims(kinds)], {**data, "features": rows}


class _Pairs(NamedTuple):
    """The best partner of each dense feature, and how many of them have one."""

    scores: Float[Tensor, " dense"]
    partners: Int[Tensor, " dense"]
    share: float
    of_others: float | None

    @classmethod
    def of(cls, encoder: Tensor, decoder: Tensor, dense: Tensor, rest: Tensor, least: float) -> _Pairs:
        scores, partners = antipodality(encoder, decoder, dense)
        shown = rest[:: max(1, len(rest) // 256)]
        usual = float((antipodality(encoder, decoder, shown)[0] > least).double().mean()) if len(shown) else None
        return cls(scores, partners, float((scores > least).double().mean()), usual)

    def claim(self, criteria: DenseCriteria) -> Claim:
        count = len(self.scores)
        told = (
            f"share of the {count} dense features that have an antipodal partner (cosines multiply to more than "
            f"{criteria.antipodal}); baseline: of the others"
        )
        error = (self.share * (1 - self.share) / count) ** 0.5
        return Measured(told, self.share, "", self.of_others, error, key="antipodal")


def _kind_claims(kinds: dict[str, list[str]]) -> list[Claim]:
    """How many are known by when they fire, beside shuffled activations and other features."""
    own, others, shuffled = (Counter(kinds[name]) for name in ("kinds", "kinds_of_others", "kinds_shuffled"))
    written = ("letters", "null space", "principal component")  # told by the direction alone, the others by firing
    fire = [kind for kind in KINDS[:-1] if kind not in written]
    known = _among(own, fire)
    by_firing = "dense features known by when they fire: " + ", ".join(f"{own[kind]} {kind}" for kind in fire)
    by_writing = "dense features known only by what they write: "
    by_writing += ", ".join(f"{own[kind]} {kind}" for kind in written)
    of = f"of {own.total()}"
    claims: list[Claim] = [
        Measured(
            f"{by_firing}; baseline: with their activations shuffled over the tokens",
            known, of, float(_among(shuffled, fire)), key="known_by_firing",
        ),
        Measured(by_writing, _among(own, written), of, key="known_by_writing"),
    ]  # fmt: skip
    if others:
        share = _among(others, fire) / others.total()
        told = (
            f"share of the {others.total()} next most frequent features known by when they fire; baseline: of the dense"
        )
        claims.append(Measured(told, share, "", known / own.total(), key="others_known_by_firing"))
    return claims


def _among(counts: Counter[str], kinds: Sequence[str]) -> int:
    """How many features are of one of these kinds."""
    return sum(counts[kind] for kind in kinds)


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
class _Figures:
    """What the kinds are told by, for some features at a time."""

    sample: Sample
    decoder: Tensor
    unembedding: Unembedding | None
    entropy: Tensor | None
    text: Text | None
    generator: torch.Generator
    criteria: DenseCriteria

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
            "position": _explained(active, sample.positions, self.criteria.bins),
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
                columns["letters"] = _same_letter(unembedding, directions, self.criteria.top)
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


def _explained(active: Tensor, positions: Tensor, bins_each: int) -> Tensor:
    """The share of each feature's variance between bins of the position (equal on a logarithmic scale)."""
    places = (positions + 1).double().log2() * 2
    bins = places.long().clamp_max(bins_each * 2)
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


def _same_letter(unembedding: Unembedding, directions: Tensor, top: int) -> Tensor:
    """Among the words that each direction promotes most, or suppresses most: how many begin with the same letter."""
    centred = unembedding.matrix.double() - unembedding.matrix.double().mean(0)
    effects = directions @ centred.T
    count = min(top, effects.shape[1])
    initials = [word.strip()[:1].lower() for word in unembedding.words]
    best = [(effects * sign).topk(count, dim=1).indices.tolist() for sign in (1, -1)]
    shares = [[_most_common([initials[i] for i in row]) / count for row in rows] for rows in best]
    return torch.tensor(shares).max(0).values


def _most_common(initials: list[str]) -> int:
    """How often the most frequent letter is there; what is no letter does not count.

    >>> _most_common(["a", "b", "a", "1", "1", "1"])
    2
    """
    letters = [initial for initial in initials if initial.isalpha()]
    return max((letters.count(letter) for letter in set(letters)), default=0)


Meets = Callable[[Row, DenseCriteria], bool]
_TESTS: dict[str, Meets] = {
    "position": lambda row, c: row["position"] > c.explained,
    "context": lambda row, c: row["context"] > c.explained,
    "entropy": lambda row, c: row.get("entropy", 0) > c.correlated and row.get("null_energy", 0) > c.null_energy,
    "letters": lambda row, c: row.get("letters", 0) > c.same_letter,
    "word class": lambda row, c: row.get("word class", 0) > max(c.area, row.get("word_class_drawn", 0) + c.above_drawn),
    "token": lambda row, c: row.get("token", 0) > c.explained,
    "next word class": lambda row, c: row.get("next word class", 0) > c.area,
    "null space": lambda row, c: row.get("null_energy", 0) > c.null_energy,
    "principal component": lambda row, c: row["principal component"] > c.component,
}
"""Each kind's criterion, in the order in which they are tried."""
KINDS = (*_TESTS, "none of these")
