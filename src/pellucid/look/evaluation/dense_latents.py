"""What dense features are: antipodal pairs, and kinds of single ones.

Of "Dense SAE Latents Are Features, Not Bugs" (arXiv 2506.15679): antipodal pairs and a taxonomy, features that follow
the position, that regulate the entropy of the prediction through directions which the unembedding hardly reads, that
stand for first letters, or for a principal component. A feature gets the first kind whose criterion it meets; the
criteria are thresholds, told with the counts. Context binding and parts of speech are not told apart here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from ...core.claim import Claim, Measured
from .latents import DENSE, frequencies
from .sample import Sample

__all__ = ["ANTIPODAL", "KINDS", "Unembedding", "antipodality", "measure_dense_latents"]

ANTIPODAL = 0.8
"""Both encoder rows and decoder rows point in opposite directions: the product of their cosines is above this."""
KINDS = ("position", "entropy", "letters", "principal component", "none of these")
_EXPLAINED = 0.3
_CORRELATED = 0.3
_NULL_ENERGY = 0.3
_SAME_LETTER = 0.5
_TOP = 50
_BINS = 16


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
) -> tuple[list[Claim], dict[str, Any]]:
    """How many dense features are one of an antipodal pair, against the others; and of which kind they are.

    `entropy`: of the model's prediction at each token of the sample, NaN where it is not known.
    """
    often = frequencies(sample)
    dense, rest = (often > DENSE).nonzero()[:, 0], ((often > 0) & (often <= DENSE)).nonzero()[:, 0]
    if not len(dense):
        return [], {"dense": 0}
    scores, partners = antipodality(encoder, decoder, dense)
    pairs = float((scores > ANTIPODAL).double().mean())
    shown = rest[:: max(1, len(rest) // 256)]
    usual = float((antipodality(encoder, decoder, shown)[0] > ANTIPODAL).double().mean()) if len(shown) else None
    table = _table(sample, dense, decoder, unembedding, entropy)
    kinds = [_kind(row) for row in table]
    counts = {kind: kinds.count(kind) for kind in KINDS}
    claims: list[Claim] = [
        Measured(
            f"share of the {len(dense)} dense features that have an antipodal partner (cosines multiply to more than "
            f"{ANTIPODAL}); baseline: of the others",
            pairs, "", usual, (pairs * (1 - pairs) / len(dense)) ** 0.5,
        ),
        Measured(
            "dense features with a known meaning: " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS[:-1]),
            len(dense) - counts[KINDS[-1]], f"of {len(dense)}",
        ),
    ]  # fmt: skip
    columns = zip(dense.tolist(), often[dense].tolist(), kinds, partners.tolist(), scores.tolist(), table, strict=True)
    names = ("feature", "frequency", "kind", "partner", "antipodality")
    rows = [dict(zip(names, row, strict=True)) | criteria for *row, criteria in columns]
    data = {"dense": len(dense), "antipodal": pairs, "antipodal_others": usual, "kinds": counts}
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


def _table(
    sample: Sample, dense: Tensor, decoder: Tensor, unembedding: Unembedding | None, entropy: Tensor | None
) -> list[dict[str, float]]:
    """Each criterion for each dense feature."""
    active = sample.dense(dense).double()
    directions = normalize(decoder[dense].double(), dim=1)
    centred = (sample.target - sample.target.mean(0)).double()
    component = torch.linalg.eigh(centred.T @ centred)[1][:, -1]
    columns = {
        "position": _explained(active, sample.positions),
        "principal component": (directions @ component).abs(),
        "entropy": torch.zeros(len(dense)),
        "null_energy": torch.zeros(len(dense)),
        "letters": torch.zeros(len(dense)),
    }
    if entropy is not None and len(known := entropy.isfinite().nonzero()[:, 0]) > 2:
        columns["entropy"] = _correlation(active[known], entropy[known].double()).abs()
    if unembedding is not None and unembedding.matrix.shape[1] == decoder.shape[1]:
        columns["null_energy"] = _null_energy(unembedding.matrix, directions)
        if unembedding.words:
            columns["letters"] = _same_letter(unembedding, directions)
    return [{name: float(value[i]) for name, value in columns.items()} for i in range(len(dense))]


def _kind(row: dict[str, float]) -> str:
    if row["position"] > _EXPLAINED:
        return "position"
    if row["entropy"] > _CORRELATED and row["null_energy"] > _NULL_ENERGY:
        return "entropy"
    if row["letters"] > _SAME_LETTER:
        return "letters"
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
