"""The rows of a race: which columns say something, which rows are fitted, which are kept for the claims."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...subjects.tables.samples import Samples
from ...subjects.tables.screening import screen
from .entrants import Judged, outliers_of


@dataclass(frozen=True)
class Rows:
    """The rows that were `fitted`, those `held` back if any, what these were `kept` from, and the box of all.

    `independent`: whether the rows that were held back had no part in the choice of the formula either.
    """

    fitted: Samples
    held: Samples | None
    kept: str
    box: tuple[tuple[float, float], ...]
    independent: bool = True

    @property
    def count(self) -> int:
        return self.fitted.rows + (0 if self.held is None else self.held.rows)

    def every(self) -> Samples:
        """All of them in one table.

        >>> part = Samples([[1.0], [2.0]], [3.0, 4.0])
        >>> Rows(part, part, "held-out rows", part.box).every().y.tolist()
        [3.0, 4.0, 3.0, 4.0]
        """
        if self.held is None:
            return self.fitted
        parts = (self.fitted, self.held)
        fields = ("X", "y") if self.fitted.weights is None else ("X", "y", "weights")
        joined = {field: np.concatenate([getattr(part, field) for part in parts]) for field in fields}
        return replace(self.fitted, **joined)

    def split(self, share: float, generator: np.random.Generator) -> Rows:
        """Of rows that were all seen, a share as those that methods kept from fitting, though not from choosing."""
        fitted, held = self.fitted.split(share, generator)
        kept = "rows kept from fitting but not from choosing"
        return replace(self, fitted=fitted, held=held, kept=kept, independent=False)

    def without_outliers(self, winner: Judged) -> Rows:
        """Without the rows that lie too far off for the scatter of the others."""
        parts = [None if part is None else _near(part, winner) for part in (self.fitted, self.held)]
        return replace(self, fitted=parts[0] or self.fitted, held=parts[1])


def _near(part: Samples, winner: Judged) -> Samples | None:
    near = np.flatnonzero(~outliers_of(winner, part))
    return part.select(near) if len(near) else None


def screened(samples: Samples, distinct: int, fewest: int = 3) -> Samples:
    """Without the columns that can say nothing; tables from files are like that already.

    Fewer rows than columns are no fault: a formula of one or two of them may still be the shortest description. Raises
    ValueError where fewer rows than `fewest` are `distinct`, of which any formula with one constant is as good as the
    next, and for a constant target.
    """
    if distinct < fewest:
        raise ValueError(f"{distinct} rows are too few for any formula; give at least {fewest}")
    if np.ptp(samples.y) == 0:
        raise ValueError(f"the target {samples.target!r} is constant ({samples.y[0]:g}); give a column that varies")
    kept, notes = screen(list(samples.X.T), samples.y, samples.names)
    if len(kept) == samples.features:
        return samples
    return replace(samples.select_features(kept), notes=(*samples.notes, *notes))
