"""The part of a grid that nothing is fitted to, what equations leave over on it, and the claims about that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular

from ...artifacts.laws.measured_field import MeasuredField
from ...core.claim import Claim, Measured, Undecided
from ...subjects.equations.field_grid import FieldGrid
from .differential_polynomials import Monomial
from .fitted_equation import FittedEquation, Problem
from .grid_derivatives import Derivatives, noise_level
from .settings import WINDOWS
from .weak_form import Axis, WeakForm, Windows, smallest_width, windows_for

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Parts:
    """The rows that are fitted, and those that are kept: beyond `start` along the axis number `axis` (0: time)."""

    noise: Array
    whole: Derivatives
    seen: WeakForm
    held: WeakForm
    axis: int
    start: int


def cut(subject: FieldGrid, share: float) -> Parts:
    """The end of the axis with the most samples is kept. Raises ValueError where that is too short to be parted.

    Each part has derivatives of its own, so that nothing of one gets into the other but the level of the noise.
    """
    noise = np.array([noise_level(values) for values in subject.values])
    whole = Derivatives.of(subject.values, subject.spacings, noise)
    shape, least = subject.values.shape[1:], smallest_width()
    axis = int(np.argmax(shape))
    kept = max(round(share * shape[axis]), 2 * least + 4)
    start = shape[axis] - kept
    if start < 2 * least + 4:
        raise ValueError(f"{shape[axis]} samples along the longest axis are too few; give at least {4 * least + 8}")
    weak = []
    for part, widest in ((slice(0, start), WINDOWS.widest), (slice(start, None), WINDOWS.widest_held)):
        index = (slice(None),) * (axis + 1) + (part,)
        derivatives = Derivatives.of(subject.values[index], subject.spacings, noise)
        weak.append(WeakForm(derivatives, windows_for(derivatives, widest)))
    return Parts(noise, whole, weak[0], weak[1], axis, start)


def field_claims(
    subject: FieldGrid, parts: Parts, terms: tuple[Monomial, ...], found: Sequence[FittedEquation]
) -> tuple[Claim, ...]:
    """What the equations leave over where nothing was fitted, beside what no equation does; and the noise."""
    claims: list[Claim] = []
    where = f"held-out samples, {'txy'[parts.axis]} >= {subject.axes[parts.axis][parts.start]:.4g}"
    for which, (name, each) in enumerate(zip(subject.fields, found, strict=True)):
        problem = _own(parts.held, which, terms, each)
        misfit, idle = _misfit(problem, each.values), _misfit(problem, np.zeros(0))
        statement = f"{name}_t less its right-hand side, on {where}"
        claims.append(Measured(statement, misfit, "times what noise makes of it", idle, key="misfit"))
        level = float(parts.noise[which] / subject.scale[which])
        claims.append(Measured(f"noise of {name}", level, "of its spread", key="noise"))
    return tuple(claims)


def unproved(rivals: Sequence[str]) -> list[Claim]:
    """What no finite data can show; and equations that follow the data as well."""
    remedy = "the measured claims say how well it does"
    caveat = "proofs are about the recovered equations, and no finite data prove that these are the field's own"
    claims: list[Claim] = [Undecided("the field obeys exactly these equations", caveat, remedy, key="obeys")]
    if rivals:
        reason = f"{'; '.join(rivals[:3])}{'; ...' if len(rivals) > 3 else ''} would be as short a description"
        more = "give a field that starts differently, such as two waves of different height"
        claims.append(Undecided("there are no other equations as short", reason, more, key="rivals"))
    return claims


def _own(weak: WeakForm, which: int, terms: tuple[Monomial, ...], found: FittedEquation) -> Problem:
    """The rows of one field, for the terms alone that its equation has."""
    return Problem(weak, which, tuple(terms[place] for place in found.places))


def _misfit(problem: Problem, values: Array) -> float:
    """Root mean square of weighed rows, for these coefficients (terms,) of the terms; for none, of the rate itself."""
    places = tuple(range(len(values)))
    factor = cholesky(problem.covariance_once(places, values), lower=True)
    rest = solve_triangular(factor, problem.rate - problem.columns[:, : len(values)] @ values, lower=True)
    return float(np.sqrt((rest**2).mean()))


def measured_field(
    subject: FieldGrid, parts: Parts, terms: tuple[Monomial, ...], found: Sequence[FittedEquation], most: int = 240
) -> MeasuredField:
    """Samples and residual for a drawing: of a plane along its middle line, thinned to what a page can show.

    At `most` so many samples along an axis: a drawing has hardly more pixels.
    """
    weak = WeakForm(parts.whole, (_everywhere(parts),))
    lattice = tuple(len(axis.centres) for axis in weak.windows[0].axes)
    residual = np.full(subject.values.shape, np.nan)
    inside = tuple(axis.centres for axis in weak.windows[0].axes)
    for which, each in enumerate(found):
        problem = _own(weak, which, terms, each)
        size = float(np.sqrt((problem.rate**2).mean())) or 1.0
        residual[which][np.ix_(*inside)] = ((problem.rate - problem.columns @ each.values) / size).reshape(lattice)
    line = (slice(None),) * 3 + ((subject.values.shape[3] // 2,) if subject.values.ndim > 3 else ())
    steps = [max(1, -(-size // most)) for size in subject.values.shape[1:3]]
    thin = (slice(None), slice(None, None, steps[0]), slice(None, None, steps[1]))
    held = ("txy"[parts.axis], float(subject.axes[parts.axis][parts.start]))
    return MeasuredField(
        subject.fields,
        subject.t[:: steps[0]],
        subject.x[:: steps[1]],
        subject.values[line][thin],
        residual[line][thin],
        *held,
    )


def _everywhere(parts: Parts) -> Windows:
    """The narrowest test functions of the rows, at every sample where they fit."""
    axes = []
    for axis, size in zip(parts.seen.windows[0].axes, parts.whole.values.shape[1:], strict=True):
        centres = np.arange(axis.width - 1, size - axis.width + 1)
        axes.append(Axis(size, axis.width, centres, axis.shapes))
    return Windows(tuple(axes))
