"""Crystals: parallelograms of words, such as ship : ships :: nation : nations, before and after discriminant analysis.

Of "The Geometry of Concepts: Sparse Autoencoder Feature Structure" (arXiv 2410.19750), section 3: differences of the
same relation are not parallel until directions that have nothing to do with it (word length, say) are projected away,
by linear discriminant analysis. Here it is fitted on some words and judged on others, since it can make anything
parallel that it was fitted on. The relations are those that spelling shows, so that any English text has them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from ...core.claim import Claim, Measured, Undecided
from .settings import SETTINGS
from .uncertainty import sums

__all__ = ["measure_crystals", "relations"]


Pairs = dict[str, list[tuple[int, int]]]


def relations(words: Sequence[str]) -> Pairs:
    """Pairs of places in `words`, by relation; words that stand alone, in small letters of four or more.

    >>> relations([" ship", " ships", " Ship", " pass", "ship"])
    {'plural': [(0, 1)], 'past': [], 'gerund': [], 'adverb': [], 'capital': [(0, 2)]}
    """
    place = {word: i for i, word in enumerate(words)}
    whole = [word for word in words if _is_whole(word)]
    forms = {name: list(_with_endings(whole, ends)) for name, ends in _suffixes().items()}
    forms["capital"] = [(word, f" {word[1:].capitalize()}") for word in whole]
    return {
        name: [(place[word], place[other]) for word, other in found if other in place] for name, found in forms.items()
    }


def _with_endings(words: Sequence[str], endings: Sequence[str]) -> Iterator[tuple[str, str]]:
    for word, ending in itertools.product(words, endings):
        yield word, word + ending


def _is_whole(word: str) -> bool:
    """Whether it stands alone, in small letters of four or more."""
    return word[:1] == " " and word[1:].isalpha() and word[1:].islower() and len(word) > 4


def _suffixes() -> dict[str, tuple[str, ...]]:
    """What is added to a word, by the relation that it shows."""
    return {"plural": ("s",), "past": ("ed", "d"), "gerund": ("ing",), "adverb": ("ly",)}


def measure_crystals(
    vectors: Float[Tensor, "tokens width"],
    ids: Int[Tensor, " tokens"],
    vocabulary: Sequence[str],
    generator: torch.Generator,
) -> tuple[list[Claim], dict[str, Any]]:
    """How much more parallel differences of the same relation are than those of different ones, on words held out.

        mean cos(b - a, b' - a') over one relation  -  the same over two relations

    `vectors` at tokens `ids`; a word is the mean over its tokens, three at least. The control shuffles the relations
    among the pairs, and fits again.
    """
    seen, counts = ids.unique(return_counts=True)
    often = (counts >= SETTINGS.word_tokens).nonzero()[:, 0]
    means = (sums(vectors, ids) / counts[:, None])[often].numpy()
    pairs = relations([vocabulary[int(i)] for i in seen[often]])
    pairs = {name: found for name, found in pairs.items() if len(found) >= SETTINGS.relation_pairs}
    if len(pairs) < 2:
        enough = f"{SETTINGS.relation_pairs} pairs of words that are seen {SETTINGS.word_tokens} times"
        reason = f"{len(pairs)} relations have {enough}"
        return [Undecided("parallelograms of words", reason, "evaluate on more tokens", key="parallelograms")], {}
    labels = np.repeat(np.arange(len(pairs)), list(map(len, pairs.values())))
    ends = np.concatenate(list(pairs.values()))
    steps = means[ends[:, 1]] - means[ends[:, 0]]
    numbers = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    # All pairs that begin with one word go to the same side, so that no such word that is judged was seen.
    sides = numbers.permutation(len(means)) % 2 == 0
    fitted = sides[ends[:, 0]]
    plain, after = _parallel(steps, labels, fitted)
    mixed = np.array([_parallel(steps, numbers.permutation(labels), fitted) for _ in range(SETTINGS.crystal_shuffles)])
    counted = ", ".join(f"{len(found)} {name}" for name, found in pairs.items())
    told = f"held-out words, {int((~fitted).sum())} pairs ({counted} with those fitted on)"
    data = {"pairs": {name: len(found) for name, found in pairs.items()}, "plain": plain, "projected": after}
    chance = {"plain_shuffled": float(mixed[:, 0].mean()), "projected_shuffled": float(mixed[:, 1].mean())}
    return _claims(told, plain, after, mixed), {**data, **chance}


def _claims(told: str, plain: float, after: float, mixed: NDArray[np.float64]) -> list[Claim]:
    """`mixed` (shuffles, 2): both figures by chance."""
    return [
        Measured(
            f"parallelograms of words: cosine of two differences of one relation over that of two, {told}; baseline: "
            "relations shuffled, whose deviation is given",
            plain, "", float(mixed[:, 0].mean()), float(mixed[:, 0].std(ddof=1)), key="parallelograms",
        ),
        Measured(
            "the same once discriminant analysis of other words has projected the rest away; baseline: relations "
            "shuffled, and fitted again, whose deviation is given",
            after, "", float(mixed[:, 1].mean()), float(mixed[:, 1].std(ddof=1)), key="parallelograms_projected",
        ),
    ]  # fmt: skip


def _parallel(steps: NDArray[np.float64], labels: NDArray[np.int64], fitted: NDArray[np.bool_]) -> tuple[float, float]:
    """Cosines within less those between relations, of the steps not fitted on: as they are, and projected."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

    plain = _contrast(steps[~fitted], labels[~fitted])
    if len(np.unique(labels[fitted])) < 2:
        return plain, 0.0
    found = LinearDiscriminantAnalysis(solver="eigen", shrinkage="auto").fit(steps[fitted], labels[fitted])
    axes = found.scalings_[:, : len(np.unique(labels[fitted])) - 1]
    return plain, _contrast(steps[~fitted] @ axes, labels[~fitted])


def _contrast(steps: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    units = steps / np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-300)
    cosines = units @ units.T
    same = labels[:, None] == labels
    other = ~same
    np.fill_diagonal(same, False)
    return float(cosines[same].mean() - cosines[other].mean()) if same.any() and other.any() else 0.0
