"""The numbers by which dictionaries are evaluated, with the reason for each: one place for all measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EvaluationSettings:
    """What the measures share; where a paper has a number, it is that.

    >>> SETTINGS.dense
    0.1
    """

    outlier: float = 10.0
    """Activations longer than this many times the median one are attention sinks, which are not judged: their squared
    norm would be most of the error. As in training (`nets.dictionaries.dictionary_scale`)."""
    encoded_at_once: int = 2048
    """Activations, to bound the memory."""
    dense: float = 0.1
    """A feature that fires at more than this share of the tokens is dense (arXiv 2506.15679)."""
    duplicate: float = 0.9
    """Two features are near copies from this cosine on, as duplicates are counted in arXiv 2410.08201."""
    parallel: float = 0.9
    """Two differences of features are parallel from this cosine on; the share of random ones stands beside it."""
    compared_at_once: int = 1024
    """Rows of a matrix of cosines, to bound the memory."""
    chunk: int = 16
    """Tokens in a row that are compared with other such chunks: about a sentence."""
    fewest_of_token: int = 4
    """Tokens of a kind, below which its mean is not trusted."""
    lobes: int = 3
    """Clusters each way, as in arXiv 2410.19750, section 4."""
    lobe_shuffles: int = 100
    """Shuffles that say what chance gives; cheap."""
    lobe_refits: int = 5
    """Shuffles for which the logistic regression is fitted again: each costs a cross-validation."""
    lobe_folds: int = 5
    """Folds of that cross-validation; a lobe needs as many features."""
    cloud_kept: float = 0.9
    """The share of the eigenvalues that is fitted: the smallest ones only say how many features there are."""
    cloud_resamples: int = 8
    """Draws of the features that say how uncertain the slope is: each costs an eigendecomposition."""
    word_tokens: int = 3
    """A word is the mean over its tokens, so many at least."""
    relation_pairs: int = 8
    """Pairs of words that a relation must have, for some to be fitted on and some to be judged."""
    crystal_shuffles: int = 10
    """Shuffles that say what discriminant analysis makes parallel by chance: each costs a fit."""
    error_penalties: tuple[float, ...] = (1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    """Of the ridge that predicts the error, as shares of the mean variance of a dimension."""
    probing_folds: int = 4
    """Folds of whole sequences."""
    probing_rows: int = 2000
    """Tokens of a task at most, half of either kind, to bound the time of the fits."""


SETTINGS = EvaluationSettings()
