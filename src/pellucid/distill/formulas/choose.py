"""Another formula of the front than the shortest description, where the user wants it."""

from __future__ import annotations

from dataclasses import replace

from ...artifacts.formulas.formula import Formula
from ...artifacts.formulas.front import Front
from ...artifacts.formulas.predictions import Predictions
from ...core.claim import Claim, Undecided
from ...core.finding import Finding
from ...subjects.tables.samples import Samples
from .evidence.claims import formula_claims
from .wishes import NO_WISHES, Wishes


def choose_from_front(
    finding: Finding[Formula], number: int, samples: Samples, seed: int = 0, wishes: Wishes = NO_WISHES
) -> Finding[Formula]:
    """The finding with the formula of this number on its front, from 1, and claims about that one.

    Raises ValueError for a number that the front has not.
    """
    front = finding.parts.get("front")
    if not isinstance(front, Front):
        raise ValueError(f"choose={number}: the finding has no front to choose from; leave it out")
    other = front.formula(number, "choose")
    if number == front.number:
        return finding
    table = samples.select_features([samples.names.index(name) for name in finding.artifact.names])
    formula = replace(other, box=table.box)
    shortest = Undecided(
        f"{formula.describe()} is the law of {formula.target}",
        f"chosen by hand: {finding.artifact.describe()} has the shortest description",
        "measure where the two differ",
        key="chosen",
    )
    kept = "the rows it was fitted to, and those kept"
    claims: list[Claim] = [*formula_claims(formula, table, table, kept=kept, refits=0, seed=seed), shortest]
    claims += wishes.claims(formula, table.X)
    parts = {**finding.parts, "front": replace(front, chosen=number - 1)}
    drawn = parts.get("predictions")
    if isinstance(drawn, Predictions):
        parts["predictions"] = replace(drawn, predicted=formula(drawn.X))
    parts.pop("network", None)  # its drawing and its bound are those of the other formula
    provenance = replace(finding.provenance, settings={**finding.provenance.settings, "choose": number})
    return replace(finding, artifact=formula, claims=tuple(claims), parts=parts, provenance=provenance, proofs={})
