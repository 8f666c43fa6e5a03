"""What the user wishes of a formula: positive values, or another one of the front than the shortest description."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...artifacts.formulas.formula import Formula
from ...artifacts.formulas.front import Front
from ...artifacts.formulas.predictions import Predictions
from ...core.claim import Claim, Tested, Undecided
from ...core.finding import Finding
from ...subjects.tables.samples import Samples
from .evidence.claims import formula_claims


def positive_claim(formula: Formula, box: tuple[tuple[float, float], ...], *, points: int = 4096) -> Tested:
    """At how many random points of the box the formula is not above 0; key "positive".

    >>> positive_claim(Formula("x", ("x",)), ((1.0, 2.0),)).failures
    0
    """
    low, high = np.array(box).T
    X = low + (high - low) * np.random.default_rng(0).random((points, len(low)))
    failures = int((~(formula(X) > 0)).sum())
    return Tested(
        f"{formula.target} is positive everywhere inside the box of the data", points, failures, key="positive"
    )


def is_positive(formula: Formula, table: Samples) -> bool:
    """Whether it is above 0 on every row, and wherever it was looked at in their box."""
    return bool((formula(table.X) > 0).all()) and positive_claim(formula, table.box).failures == 0


def choose_from_front(finding: Finding[Formula], number: int, samples: Samples, seed: int = 0) -> Finding[Formula]:
    """The finding with the formula of this number on its front, from 1, and claims about that one.

    Raises ValueError for a number that the front has not.
    """
    front = finding.parts.get("front")
    count = len(front.formulas) if isinstance(front, Front) else 0
    if not isinstance(front, Front) or not 1 <= number <= count:
        raise ValueError(f"choose={number} is not on the front; give a number from 1 to {count}")
    if number - 1 == front.chosen:
        return finding
    table = _same_columns(samples, finding.artifact.names)
    formula = replace(front.formulas[number - 1], box=table.box)
    shortest = Undecided(
        f"{formula.describe()} is the law of {formula.target}",
        f"chosen by hand: {finding.artifact.describe()} has the shortest description",
        "measure where the two differ",
        key="chosen",
    )
    kept = "the rows it was fitted to, and those kept"
    claims: list[Claim] = [*formula_claims(formula, table, table, kept=kept, refits=0, seed=seed), shortest]
    parts = {**finding.parts, "front": replace(front, chosen=number - 1)}
    drawn = parts.get("predictions")
    if isinstance(drawn, Predictions):
        parts["predictions"] = replace(drawn, predicted=formula(drawn.X))
    parts.pop("network", None)  # its drawing and its bound are those of the other formula
    provenance = replace(finding.provenance, settings={**finding.provenance.settings, "choose": number})
    return replace(finding, artifact=formula, claims=tuple(claims), parts=parts, provenance=provenance, proofs={})


def _same_columns(samples: Samples, names: tuple[str, ...]) -> Samples:
    kept = [samples.names.index(name) for name in names]
    units = None if samples.units is None else samples.units.select(kept)
    return replace(samples, X=samples.X[:, kept], names=names, units=units)
