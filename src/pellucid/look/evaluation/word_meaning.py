"""What features say about single tokens: which token it is, which class of words it belongs to, or what comes next.

Without a tagger, classes are what the tokens themselves show: starts and continuations of words, function words (a list
of English ones) against all others, capitals, digits, punctuation, line breaks. The stand-in for the "meaningful-word"
latents of arXiv 2506.15679, section 5.5, which it tells by part-of-speech tags. Everything is fitted on every other
sequence and judged on the rest.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .settings import SETTINGS

__all__ = ["CLASSES", "best_class", "identity_share", "random_classes", "word_classes"]

CLASSES = (
    "function word", "content word", "capitalised word", "part of a word", "digit", "punctuation", "line break",
)  # fmt: skip


@functools.cache
def function_words() -> frozenset[str]:
    """Of English, without tags: the closed classes, and the adverbs that come as often.

    >>> "whether" in function_words(), "ship" in function_words()
    (True, False)
    """
    words = """
    a an the this that these those i me my mine we us our ours you your yours he him his she her hers it its they them
    their theirs who whom whose which what myself himself herself itself ourselves themselves one each every either
    neither some any no none all both few many much more most several such other another own same of in to for with on
    at by from up about into over after beneath under above between among through during before without within against
    toward towards upon across behind beyond except per since until till as than and or but nor so yet if because
    although though while whereas whether unless lest am is are was were be been being have has had having do does did
    doing will would shall should may might must can could ought not never here there when where why how then now thus
    hence therefore however also too very only just even out off down again once
    """
    return frozenset(words.split())


def word_classes(words: Sequence[str]) -> Bool[Tensor, "words classes"]:
    """To which of CLASSES each word belongs; a token that begins with a letter goes on with the word before it.

    >>> word_classes([" the", " Ship", "ping", "1"]).nonzero()[:, 1].tolist()
    [0, 1, 2, 3, 4]
    """
    functions = function_words()
    rows = []
    for word in words:
        bare = word.strip()
        start = word[:1] == " " and bare.isalpha()
        function = start and bare.lower() in functions
        rows.append(
            (
                function, start and not function, start and bare[:1].isupper(), word[:1].isalpha(),
                any(map(str.isdigit, word)), bool(bare) and not any(map(str.isalnum, bare)), "\n" in word,
            )
        )  # fmt: skip
    return torch.tensor(rows, dtype=torch.bool).reshape(len(rows), len(CLASSES))


def random_classes(
    classes: Bool[Tensor, "words classes"], ids: Int[Tensor, " tokens"], generator: torch.Generator
) -> Bool[Tensor, "words classes"]:
    """Classes of words drawn at random, with about as many tokens in each: what any set of words would reach."""
    often = torch.bincount(ids, minlength=len(classes))
    seen, counts = often.nonzero()[:, 0], often.tolist()
    found = torch.zeros_like(classes)
    for column, size in enumerate((classes.long() * often[:, None]).sum(0).tolist()):
        left = size
        for word in seen[torch.randperm(len(seen), generator=generator)].tolist():
            if counts[word] <= left:
                found[word, column] = True
                left -= counts[word]
    return found


def best_class(
    active: Float[Tensor, "tokens features"],
    members: Bool[Tensor, "tokens classes"],
    fitted: Bool[Tensor, " tokens"],
) -> tuple[Float[Tensor, " features"], Int[Tensor, " features"]]:
    """How well each feature tells one class from the rest, on tokens held out: area under the ROC curve, at least 0.5
    where the sign holds; and which class. Class and sign are chosen on the tokens `fitted`.
    """
    fit, held = _areas(active[fitted], members[fitted]), _areas(active[~fitted], members[~fitted])
    best = (fit - 0.5).abs().max(1).indices
    every = torch.arange(len(best))
    sign = torch.where(fit[every, best] >= 0.5, 1.0, -1.0)
    return 0.5 + sign * (held[every, best] - 0.5), best


def identity_share(
    active: Float[Tensor, "tokens features"], ids: Int[Tensor, " tokens"], fitted: Bool[Tensor, " tokens"]
) -> Float[Tensor, " features"]:
    """The share of each feature's variance, on tokens held out, that the mean for each token id accounts for.

    A token that is seen fewer than four times gets the mean of all tokens. Below 0 where ids say nothing.
    """
    values, which = active.double(), ids.unique(return_inverse=True)[1]
    counts = torch.bincount(which[fitted], minlength=int(which.max()) + 1)
    mean = values[fitted].mean(0)
    means = torch.zeros(len(counts), values.shape[1], dtype=torch.float64).index_add_(0, which[fitted], values[fitted])
    means = (means / counts.clamp_min(1)[:, None]).where(counts[:, None] >= SETTINGS.fewest_of_token, mean)
    held = values[~fitted]
    left = (held - means[which[~fitted]]).pow(2).sum(0)
    return 1 - left / (held - held.mean(0)).pow(2).sum(0).clamp_min(1e-300)


def _areas(active: Tensor, members: Tensor) -> Float[Tensor, "features classes"]:
    """Areas under the ROC curve; 0.5 for a class without tokens, or with all."""
    from scipy.stats import rankdata

    ranks = torch.from_numpy(rankdata(active.numpy(), axis=0))
    inside = members.double().sum(0)
    outside = len(members) - inside
    areas = (ranks.T @ members.double() - inside * (inside + 1) / 2) / (inside * outside).clamp_min(1)
    return areas.where((inside > 0) & (outside > 0), torch.tensor(0.5, dtype=torch.float64))
