"""What equations predict for trajectories that they were not fitted to, and how well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from ...artifacts.laws.measured_orbits import MeasuredOrbits
from ...artifacts.laws.recovered_dynamics import RecoveredDynamics
from ...core.claim import Claim, Measured
from ...subjects.equations.trajectories import Trajectories
from .models import Model
from .multiple_shooting import fit, simulate
from .segments import Segments, cut_segments
from .settings import RECOVERY
from .smoothing import given_curve, smooth, smooth_states

Array = NDArray[np.float64]


def predict(model: Model, values: Array, held: Trajectories, like: Segments) -> MeasuredOrbits:
    """Every trajectory, predicted from a state that is fitted to as many of its first samples as a segment has.

    values, of shape (parameters,).
    """
    frozen, chosen = model.frozen(values), held.select(range(min(len(held), RECOVERY.predicted_orbits)))
    times = [t[: RECOVERY.predicted_samples] for t in chosen.t]
    states = [x[: RECOVERY.predicted_samples] for x in chosen.x]
    given = tuple(given_curve(t, u) for t, u in zip(chosen.t, chosen.u, strict=True))
    first = min(like.t.shape[1], *map(len, times), RECOVERY.predicted_samples)
    start = np.array([states[0] for states in smooth_states(smooth(chosen))])
    window = Segments.of(np.array([t[:first] for t in times]), np.array([x[:first] for x in states]), start,
                         like.substeps, given)  # fmt: skip
    fitted = fit(frozen, np.zeros(0), window, held.scale)
    start = start if fitted is None else fitted.segments.start
    longest = max(map(len, times))
    t = np.array([np.pad(each, (0, longest - len(each)), "edge") for each in times])  # steps of no length at the end
    whole = Segments.of(t, np.zeros((*t.shape, held.variables)), start, like.substeps, given)
    found = simulate(frozen, np.zeros(0), whole)
    predicted = [orbit[: len(each)] for orbit, each in zip(found, times, strict=True)]
    return MeasuredOrbits.joined(held.names, times, states, predicted)


@dataclass(frozen=True)
class Stretches:
    """What equations leave over on short held-out stretches (variables,), None where they run away; how long these are,
    and the error of saying that nothing moves."""

    noise: Array | None
    span: float
    still: float


def held_stretches(model: Model, values: Array, held: Trajectories, scale: Array, like: Segments) -> Stretches:
    """Each stretch simulated from the state that suits it best, with as many steps to begin with as `like` has.

    values, of shape (parameters,); scale, of shape (variables,).
    """
    segments = cut_segments(smooth(held), np.random.default_rng(0))
    segments = segments.with_steps(max(segments.substeps, like.substeps))
    fitted = fit(model.frozen(values), np.zeros(0), segments, scale)
    span = float(np.ptp(segments.t, axis=1).mean())
    return Stretches(None if fitted is None else fitted.noise, span, _still(segments, scale))


def prediction_claims(stretches: Stretches, orbits: MeasuredOrbits, noise: Array, scale: Array) -> tuple[Claim, ...]:
    """On held-out trajectories: what is left over short segments, whole predictions, and how long they last.

    noise and scale, of shape (variables,).
    """
    claims: list[Claim] = []
    if stretches.noise is not None:
        left = float(np.sqrt(((stretches.noise / scale) ** 2).mean()))
        level = float(np.sqrt(((noise / scale) ** 2).mean()))
        claims.append(Measured(f"held-out stretches of {stretches.span:.3g} in time differ from the equations by", left,
                               "of the spread", stretches.still))  # fmt: skip
        claims.append(Measured("noise of the samples, told without these trajectories", level, "of the spread"))
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


def stiff_claims(found: RecoveredDynamics, whole: Trajectories, used: Trajectories) -> tuple[Claim, ...]:
    """Of runs of which only the early samples were used: whether the equations, simulated by an implicit method from
    their first sample on, follow the others. Nothing where all were used."""
    if used is whole or whole.inputs or found.time:
        return ()
    last = max(float(t[-1]) for t in used.t)
    rates, scale, off, rest = found.numpy(), whole.scale, [], []
    for t, x in zip(whole.t, whole.x, strict=True):
        late = t > last
        if not late.any():
            continue

        def flow(_: float, state: Array) -> Array:
            return np.array([float(rate) for rate in rates(*state)])

        run = solve_ivp(flow, (t[0], t[-1]), x[0], "Radau", t, rtol=1e-8, atol=1e-10 * np.abs(x).max(0) + 1e-300)
        ahead = run.y.T if run.success else np.full_like(x, np.inf)
        off.append((np.abs(ahead - x) / scale)[late].max())
        rest.append((np.abs(x[late][0] - x) / scale)[late].max())
    if not off:
        return ()
    where = f"samples after {last:.3g}, not used, are off the equations, simulated from the first sample on, by at most"
    return (Measured(where, float(max(off)), "of the spread", float(max(rest))),)


def _still(segments: Segments, scale: Array) -> float:
    """The error of saying that nothing moves, with the best constant for every segment."""
    left = segments.x - segments.x.mean(1, keepdims=True)
    return float(np.sqrt(((left / scale) ** 2).mean()))


def _until(t: Array, off: Array) -> float:
    lost = np.flatnonzero(~(off < RECOVERY.lost))
    return float(t[lost[0] if len(lost) else -1] - t[0])
