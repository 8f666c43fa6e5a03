"""Entrants of a race: the formulas of a finding and of its fronts, all weighed on one table and one scale."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from jaxtyping import Bool

from ...artifacts.formulas.formula import Formula
from ...artifacts.formulas.front import Front
from ...core.claim import Claim, Undecided
from ...core.finding import Finding
from ...run.threads import one_thread
from ...subjects.tables.samples import Samples
from .expression.errors import error_of, formula_or_none, values_of
from .expression.tidy import without_holes
from .inference.estimate import unwritten
from .inference.noise import outliers
from .inference.posterior import front_figures
from .inference.weigh import Weighed, distinct, rounded_text, rows_of, weigh_formulas
from .wishes import NO_WISHES, Box, Wishes


@dataclass(frozen=True)
class Judged:
    """A formula, and how it was weighed on a table."""

    formula: Formula
    weighed: Weighed


@dataclass(frozen=True)
class Entrant(Judged):
    """A formula in the race, and by which `route` of which finding it came."""

    finding: Finding[Formula]
    route: str

    @property
    def nats(self) -> float:
        """The length of formula and data together."""
        return self.weighed.nats


def entrants_of(
    finding: Finding[Formula], table: Samples, wishes: Wishes = NO_WISHES, box: Box = (), most: int = 24
) -> list[Entrant]:
    """The finding's formula and the best of its fronts, weighed on the table: at most `most`, the shortest first.

    Those that are not as wished in the `box` (by default the table's) are left out, by their form before they are
    weighed, by their values thereafter.
    Raises ValueError where none has a real value on every row, and where none is as wished.
    """
    every = _proposed(finding)
    expressions = [each for each in every if not wishes.fault_of_form(each)][: 2 * most]
    found: list[Entrant] = []
    faults = {}
    for each in _weighed(expressions, table):
        entrant = _entrant(finding, each, table) if len(found) < most else None
        if entrant is None:
            continue
        if fault := wishes.fault(entrant.formula, table.X, box):
            faults.setdefault(fault, entrant.formula)
        else:
            found.append(entrant)
    if not found:
        raise ValueError(_none_is_left(finding, wishes, faults, len(every)))
    return found


def _proposed(finding: Finding[Formula]) -> list[sympy.Expr]:
    """Its formula and those of its fronts, each once."""
    fronts = [part for part in finding.parts.values() if isinstance(part, Front)]
    formulas = [finding.artifact, *(each for front in fronts for each in front.formulas)]
    return list(dict.fromkeys(formula.sympy() for formula in formulas))


def _weighed(expressions: Sequence[sympy.Expr], table: Samples) -> list[Weighed]:
    """The expressions on the table, the shortest first; where tails are heavy, under such noise too.

    A form with holes gives way to the one without: x^3 + x^2 + x + 1 is longer than (1 - x^4)/(1 - x), and has a value
    at 1.
    """
    with one_thread():
        found = weigh_formulas(expressions, rows_of(table))
        filled = [without_holes(each.expression) for each in found]
        changed = [whole for each, whole in zip(found, filled, strict=True) if whole != each.expression]
        if not changed:
            return found
        kept = [each for each, whole in zip(found, filled, strict=True) if whole == each.expression]
        kept += weigh_formulas(changed, rows_of(table))
    return distinct(sorted(kept, key=lambda each: each.nats))


def _none_is_left(finding: Finding[Formula], wishes: Wishes, faults: Mapping[str, Formula], count: int) -> str:
    """Why none of `count` formulas can enter."""
    fault = wishes.fault_of_form(finding.artifact.sympy())
    told = {**faults, **({fault: finding.artifact} if fault else {})}
    if not told:
        return f"{finding.artifact.describe()} has no real value on some row that it was fitted to"
    first, formula = next(iter(told.items()))
    return f"none of {count} formulas is as wished: {formula.describe()} {first}"


def without_values(finding: Finding[Formula], table: Samples) -> list[Claim]:
    """What is told where a method's own formula cannot enter, although others of its front can."""
    if values_of(finding.artifact, table.X) is not None:
        return []
    what = f"{finding.artifact.describe()} has no real value on some row that it was fitted to"
    return [Undecided(f"a shorter formula by {finding.provenance.method}", what, key="not_found")]


def _entrant(finding: Finding[Formula], weighed: Weighed, table: Samples) -> Entrant | None:
    """None for a formula that has no real value on some row."""
    formula = formula_or_none(weighed.expression, finding.artifact.names, finding.artifact.target)
    if formula is None or values_of(formula, table.X) is None:
        return None
    own = formula.expression == finding.artifact.expression
    route = finding.provenance.route
    if not own:
        route = f"{route}, its constants estimated under {weighed.estimate.noise.name} noise".lstrip(", ")
    return Entrant(formula, weighed, finding, route)


def best_of(entrants: Sequence[Entrant]) -> Entrant:
    """The one with the shortest description."""
    return min(entrants, key=lambda entrant: entrant.nats)


def front_of(winner: Entrant, entrants: Sequence[Entrant], table: Samples) -> Front:
    """The formulas of which none is both longer and worse than another on the table, and the winner.

    Their bits are those of structure and constants; with those of the data they are what the race is decided by.
    """
    entries = {rounded_text(winner.weighed.expression, 3): winner}
    for entrant in sorted(entrants, key=lambda entrant: entrant.nats):  # under other noise the same, to three digits
        entries.setdefault(rounded_text(entrant.weighed.expression, 3), entrant)
    entries = _of_different_values(entries, table)
    measured = [(_formula_bits(each), error_of(each.formula, table), text, each) for text, each in entries.items()]
    bits, errors, _, members = zip(*_ever_nearer(measured, winner), strict=True)
    figures = front_figures([each.weighed for each in members], [each.weighed for each in entrants])
    return Front(tuple(each.formula for each in members), errors, bits, members.index(winner), **figures)


def _of_different_values(entries: dict[str, Entrant], table: Samples, most_rows: int = 200) -> dict[str, Entrant]:
    """The first of those that agree on all rows to six digits of the largest: -1/(x - 2) is 1/(2 - x)."""
    X = table.X[:: max(1, table.rows // most_rows)]
    first: dict[bytes, str] = {}
    for text, entrant in entries.items():
        values = entrant.formula(X)
        largest = float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)) or 1.0
        first.setdefault((np.round(values / largest, 6) + 0.0).tobytes(), text)
    return {text: entries[text] for text in first.values()}


def _ever_nearer(
    measured: Iterable[tuple[float, float, str, Entrant]], winner: Entrant
) -> list[tuple[float, float, str, Entrant]]:
    """By bits, (bits, error, text, entrant): the winner, and those that miss by less than the last one kept."""
    kept: list[tuple[float, float, str, Entrant]] = []
    for entry in sorted(measured, key=lambda entry: entry[:3]):
        if np.isfinite(entry[1]) and (not kept or entry[1] < kept[-1][1] or entry[3] is winner):
            kept.append(entry)
    return kept


def _formula_bits(entrant: Entrant) -> float:
    return (entrant.nats - entrant.weighed.estimate.scatter.nats) / math.log(2)


def outliers_of(best: Judged, table: Samples) -> Bool[np.ndarray, " rows"]:
    """The rows that lie too far off for the scatter of the others; none where the winner's noise has no outliers."""
    found = best.weighed.estimate
    if not found.noise.has_outliers:
        return np.zeros(table.rows, dtype=bool)
    values = best.formula(table.X)
    written = np.abs(found.noise.slopes(values)) * unwritten(found.form, found.theta, rows_of(table))
    missed = np.abs(found.noise.residuals(values, table.y))
    return outliers(np.maximum(missed - written, 0.0), found.scatter.s)
