"""What equations predict for trajectories that they were not fitted to, and how well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...artifacts.laws.measured_orbits import MeasuredOrbits
from ...core.claim import Claim, Measured
from ...subjects.equations.trajectories import Trajectories
from .multiple_shooting import Model, Segments, cut_segments, fit, simulate
from .settings import RECOVERY
from .smoothing import smooth

Array = NDArray[np.float64]


def predict(model: Model, values: Array, held: Trajectories, like: Segments) -> MeasuredOrbits:
    """Every trajectory, predicted from a state that is fitted to as many of its first samples as a segment has.

    values, of shape (parameters,).
    """
    times, states, predicted = [], [], []
    scale, frozen = held.scale, _frozen(model, values)
    for t, x in zip(held.t[: RECOVERY.predicted_orbits], held.x[: RECOVERY.predicted_orbits], strict=True):
        t, x = t[: RECOVERY.predicted_samples], x[: RECOVERY.predicted_samples]
        first = min(len(t), like.t.shape[1])
        start = smooth(Trajectories(t, x, held.names)).pieces[0].smooth[0] if (np.ptp(x, axis=0) > 0).all() else x[0]
        window = Segments(t[None, :first], x[None, :first], start[None], like.substeps)
        fitted = fit(frozen, np.zeros(0), window, scale)
        start = start if fitted is None else fitted.segments.start[0]
        predicted.append(simulate(frozen, np.zeros(0), Segments(t[None], x[None], start[None], like.substeps))[0])
        times.append(t)
        states.append(x)
    return MeasuredOrbits.joined(held.names, times, states, predicted)


def prediction_claims(
    model: Model, values: Array, held: Trajectories, orbits: MeasuredOrbits, noise: Array, scale: Array
) -> tuple[Claim, ...]:
    """On held-out trajectories: what is left over short segments, whole predictions, and how long they last.

    values, of shape (parameters,); noise and scale, of shape (variables,).
    """
    claims: list[Claim] = []
    smoothed = smooth(held)
    segments = cut_segments(smoothed, np.random.default_rng(0))
    fitted = fit(_frozen(model, values), np.zeros(0), segments, scale)
    span = float(np.ptp(segments.t, axis=1).mean())
    if fitted is not None:
        left = float(np.sqrt(((fitted.noise / scale) ** 2).mean()))
        level = float(np.sqrt(((noise / scale) ** 2).mean()))
        claims.append(Measured(f"held-out stretches of {span:.3g} in time differ from the equations by", left,
                               "of the spread", _still(segments, scale)))  # fmt: skip
        claims.append(Measured("noise of the samples, told from smoothness alone", level, "of the spread"))
    errors, idle, lasting, unmoved = [], [], [], []
    for t, x, predicted in orbits:
        off = np.sqrt((((predicted - x) / scale) ** 2).mean(1))
        rest = np.sqrt((((x[0] - x) / scale) ** 2).mean(1))
        errors.append(float(np.sqrt((np.nan_to_num(off, nan=1e3) ** 2).mean())))
        idle.append(float(np.sqrt((rest**2).mean())))
        lasting.append(_until(t, off))
        unmoved.append(_until(t, rest))
    statement = "held-out trajectories, simulated from their first samples to their end, are off by (median)"
    claims.append(Measured(statement, float(np.median(errors)), "of the spread", float(np.median(idle))))
    statement = f"such a simulation is off by less than {RECOVERY.lost} of the spread for (median)"
    claims.append(Measured(statement, float(np.median(lasting)), "in time", float(np.median(unmoved))))
    return tuple(claims)


def _frozen(model: Model, values: Array) -> Model:
    """The same equations, with no parameter left."""
    coefficients = model.coefficients(values)
    return Model(model.library, coefficients, np.zeros((0, *coefficients.shape)))


def _still(segments: Segments, scale: Array) -> float:
    """The error of saying that nothing moves, with the best constant for every segment."""
    left = segments.x - segments.x.mean(1, keepdims=True)
    return float(np.sqrt(((left / scale) ** 2).mean()))


def _until(t: Array, off: Array) -> float:
    lost = np.flatnonzero(~(off < RECOVERY.lost))
    return float(t[lost[0] if len(lost) else -1] - t[0])
