"""Certificates about a frontier of clusterings: all clusterings are gone through once more, or all of each part.

(1) order: entropy and information rise from each listed clustering to the next, decided exactly, so that none of them
    beats another.
(2) complete: a dynamic programme over the subsets of the rows finds no clustering that a listed one does not match to
    1e-9 bit; another one the greatest information of each number of clusters.
(3) bound: the steps are no lower than those that all clusterings of each part of the rows give.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np

from ...algebra.partitions.entropy_terms import entropy_and_information, entropy_order, information_order
from ...algebra.partitions.pareto_partitions import best_partitions, pareto_partitions
from ...algebra.partitions.parted_bound import parted_bound, subset_terms
from ...artifacts.compression.frontier import Frontier
from ..laws.exact_certificate import ExactCertificate
from ..proof import CertificateError, Proof

CLOSE = 1e-9
"""Bits. Sums of at most some 10^5 terms of double precision, each below 1, are right to 10^-11."""


def prove_frontier(found: Frontier) -> list[Proof]:
    """What can be shown of a frontier, each part with its certificate.

    >>> two = Frontier(((2, 0), (0, 1)), ("a", "b"), ("0", "1"), ((0, 0), (0, 1)), ((0, 0), (0, 1)))
    >>> [proof.claim.strength for proof in prove_frontier(two)]
    ['Proved', 'Proved']
    """
    certificate = FrontierCertificate()
    parts = ("order", "complete" if found.complete else "bound")
    return [certificate.prove(found, f"proofs/{part}.json", part=part) for part in parts]


class FrontierCertificate(ExactCertificate[Frontier]):
    """Nothing in it is free but the part."""

    kind = "frontier"
    about = Frontier
    free = ("part",)
    by = "subsets"
    packages = ("pellucid", "python-flint", "numpy")
    assumptions = (
        "numbers in the table are the whole numbers, or decimal fractions, that are written",
        "double precision is that of IEEE 754, and logarithms are right to its last digits",
        "the tools named here are sound",
    )

    def contents(self, found: Frontier, part: str) -> dict[str, Any]:
        told = found.to_dict()
        del told["stays"], told["held_out"]
        return {
            "format": self.format,
            "kind": self.kind,
            "part": part,
            "statement": _statement(found, part),
            "domain": _domain(found, part),
            self.kind: told,
        }

    def recompute(self, found: Frontier, part: str) -> str:
        _refuse_misfits(found)
        return {"order": _ordered, "complete": _complete, "bound": _bounded}[part](found)


def _statement(found: Frontier, part: str) -> str:
    listed = len(found.clusterings)
    if part == "order":
        return f"none of the {listed} listed clusterings beats another in entropy and information"
    if part == "complete":
        return (
            "no clustering beats a listed one by over 1e-9 bit in entropy and information, nor the best of as many "
            "clusters in information"
        )
    return f"no clustering says over {_rounded_up(found.gap)} bit more than a listed one of at most its entropy"


def _domain(found: Frontier, part: str) -> str:
    if part == "order":
        return "the table as it is given, exactly"
    return f"all hard clusterings of the {len(found.rows)} values, for the table as it is given"


def _rounded_up(value: float) -> str:
    return f"{np.ceil(value * 1e6) / 1e6:.6f}"


def _refuse_misfits(found: Frontier) -> None:
    """Raises CertificateError for clusterings and parts that are none of the table's rows."""
    rows, best = len(found.rows), found.best
    for clustering in (*found.clusterings, *best):
        if len(clustering) != rows or set(clustering) != set(range(max(clustering, default=0) + 1)):
            raise CertificateError(f"{clustering} is no clustering of {rows} rows")
    if [max(one) + 1 for one in best] != list(range(1, rows + 1)):
        raise CertificateError("the best clusterings are not into 1, 2, ... clusters")
    if not found.complete and sorted(chain(*found.parts)) != list(range(rows)):
        raise CertificateError("the parts do not hold every row once")
    if min(map(min, found.weights)) < 0 or min(map(sum, zip(*found.weights, strict=True))) < 1:
        raise CertificateError("the weights are no table of a joint distribution")


def _ordered(found: Frontier) -> str:
    """Neighbours are compared by balls where doubles do not tell them apart beyond doubt."""
    close = 0
    gaps = np.diff(found.points, axis=0)
    for number, (entropy, information) in enumerate(gaps):
        one, other = found.clusterings[number : number + 2]
        if min(entropy, information) > CLOSE:
            continue
        close += 1
        if entropy_order(found.weights, one, other) >= 0 or information_order(found.weights, one, other) >= 0:
            raise CertificateError(f"clustering {number + 1} beats, or is beaten by, the one after it")
    return f"{len(gaps)} neighbours, {close} of them too close for doubles"


def _complete(found: Frontier) -> str:
    p = found.probabilities
    cost, gain = subset_terms(p, p.sum(0))
    tried = entropy_and_information(p, pareto_partitions(cost, gain))
    place = np.searchsorted(found.entropy, tried[:, 0] + CLOSE, side="right") - 1
    if (place < 0).any() or (found.information[np.maximum(place, 0)] < tried[:, 1] - CLOSE).any():
        raise CertificateError("a clustering that is not listed beats those that are")
    most = entropy_and_information(p, best_partitions(gain))[:, 1]
    if (found.best_points[:, 1] < most - CLOSE).any():
        raise CertificateError("another clustering into as many clusters says more")
    return f"{len(tried)} undominated of all clusterings; {len(most)} numbers of clusters"


def _bounded(found: Frontier) -> str:
    steps = parted_bound(found.probabilities, found.parts)
    told = np.array(found.steps)
    place = np.searchsorted(told[:, 0], steps[:, 0] + CLOSE, side="right") - 1
    if (np.diff(told, axis=0) < 0).any() or (place < 0).any():
        raise CertificateError("the steps do not rise, or begin too late")
    if (told[place, 1] < steps[:, 1] - CLOSE).any():
        raise CertificateError("a step is lower than what clusterings of the parts may say")
    return f"{len(steps)} steps from all clusterings of {len(found.parts)} parts of the rows"
