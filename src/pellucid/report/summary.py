"""A finding in one sentence, and what its page is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..core import Claim, Finding
from .pieces import counted, summary_of, title_of

__all__ = ["known", "summary", "title"]


def title(finding: Finding[Any]) -> str:
    """What the finding is about, in a few words.

    >>> from pellucid.artifacts import TrainingCurve
    >>> from pellucid.core import Provenance
    >>> title(Finding(TrainingCurve([0], [1.0], [0.5]), (), Provenance("Training", {}, 0, "")))
    'training-curve'
    """
    return title_of(finding.artifact, finding)


def summary(finding: Finding[Any]) -> str:
    """What was opened, what was found, and how well it is known.

    >>> from pellucid.artifacts import TrainingCurve
    >>> from pellucid.core import Provenance
    >>> summary(Finding(TrainingCurve([0], [1.0], [0.5]), (), Provenance("Training", {}, 0, "")))
    '0 steps; ended at loss 1, accuracy 50.0 %. It makes no claims.'
    """
    return f"{summary_of(finding.artifact, finding)} {known(finding.claims)}"


def known(claims: Iterable[Claim]) -> str:
    """How many claims there are of each strength.

    >>> from pellucid.core import Measured, Tested
    >>> known([Tested("p = q", 10, 0), Measured("error", 0.1, ""), Measured("bias", 0.0, "")])
    '1 claim is tested and 2 measured.'
    """
    counts = Counter(claim.strength for claim in claims)
    if not counts:
        return "It makes no claims."
    (first, count), *others = counts.items()
    words = [f"{counted(count, 'claim')} {'is' if count == 1 else 'are'} {first.lower()}"]
    words += [f"{number} {strength.lower()}" for strength, number in others]
    return (words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}") + "."
