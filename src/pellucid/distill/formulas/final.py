"""The last word of a race: constants fitted to all rows, once the claims have had the rows that were held out.

A formula is chosen, and its error is told, from rows that it was not fitted to. Its constants are better for those rows
all the same (by the root of their share), so that in the end they are fitted to all of them, as the best of a
cross-validation is: exact numbers stay exact, and the claims about held-out rows say that they were made before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...run.cpu_limit import cut_off, is_over
from ...run.threads import one_thread
from .entrants import Entrant, Judged, best_of
from .expression.errors import formula_or_none, values_of
from .inference.weigh import Weighed, rows_of, weighed_on
from .rows import Rows

CHOSEN_BEFORE, CHOSEN_BY_ALL = "chosen before", "chosen by all"
"""How a formula was chosen whose constants were fitted to all rows: from the others alone, or by the rows that were
held out as well, because they make another one the shortest."""


@dataclass(frozen=True)
class Finalist:
    """An entrant with its constants from all rows, and `before`, from those that were not held out."""

    last: Entrant
    before: Entrant


def finalists_of(entrants: Sequence[Entrant], rows: Rows, exact: bool) -> list[Finalist]:
    """Every entrant fitted to all rows, where some were held out; each as it is where nothing is to be gained.

    Nothing is of an `exact` formula, nor of a large table, most of whose rows were held out.
    """
    if exact or rows.held is None or rows.held.rows > rows.fitted.rows or is_over():
        return [Finalist(entrant, entrant) for entrant in entrants]
    best = best_of(entrants)
    found = []
    for entrant in sorted(entrants, key=lambda entrant: entrant.nats):
        last = None
        with cut_off():
            last = _fitted_to_all(entrant, rows)
        if last is None and entrant is best:
            return [Finalist(each, each) for each in entrants]
        found += [] if last is None else [Finalist(last, entrant)]
    return found


def how_chosen(finalist: Finalist, finalists: Sequence[Finalist]) -> str:
    """`CHOSEN_BEFORE` or `CHOSEN_BY_ALL`; "" where its constants are those of the race."""
    if finalist.last is finalist.before:
        return ""
    first = best_of([each.before for each in finalists])
    return CHOSEN_BEFORE if finalist.before is first else CHOSEN_BY_ALL


def told_of(rows: Rows, chosen: str) -> Rows:
    """The rows, with what is said of those that were held out where the formula was chosen like this."""
    if chosen == CHOSEN_BEFORE:
        return replace(rows, kept=f"{rows.kept} before they were fitted too")
    if chosen == CHOSEN_BY_ALL:
        return replace(rows, kept=f"{rows.kept} that had a part in its choice", independent=False)
    return rows


def again_on_all(before: Judged, rows: Rows) -> Weighed | None:
    """Its constants from all rows, from where they are; None where it has no value on some row."""
    with one_thread():
        return weighed_on(before.weighed, rows_of(rows.every()))


def _fitted_to_all(entrant: Entrant, rows: Rows) -> Entrant | None:
    weighed = again_on_all(entrant, rows)
    if weighed is None:
        return None
    formula = formula_or_none(weighed.expression, entrant.formula.names, entrant.formula.target)
    if formula is None or values_of(formula, rows.every().X) is None:
        return None
    return replace(entrant, formula=formula, weighed=weighed)
