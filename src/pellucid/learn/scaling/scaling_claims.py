"""What is claimed of a scaling law: on runs that it was not fitted to, of its parameters, and what stays open."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float

from ...artifacts.learning.scaling_form import log_loss
from ...artifacts.learning.scaling_law import ScalingLaw
from ...core.claim import Claim, Measured, Refuted, Tested, Undecided
from ...subjects.runs.scaling_runs import ScalingRuns

FAR = 100.0
"""Beyond so many times the largest compute no backtest says anything: they reach as far as the runs' own range."""


def held_out_claims(law: ScalingLaw, subject: ScalingRuns, kept: Bool[np.ndarray, " rows"]) -> Iterator[Claim]:
    """A law that was fitted without the runs `kept` out, on them."""
    sizes, loss = subject.sizes[kept], subject.loss[kept]
    columns = list(sizes.T)
    centre, low, high = law.predict(*columns)
    error = np.log(loss / centre)
    nearest = np.log(loss / _nearest(law, sizes))
    reach = law.reach(float(subject.order[kept].max()))
    many = "run" if kept.sum() == 1 else f"{int(kept.sum())} runs"
    what = f"{many} of the largest compute (up to {reach:.2g} times the others'), kept out"
    rms, baseline = (float(np.sqrt((one**2).mean())) for one in (error, nearest))
    statement = f"error of ln L (root mean square) on the {what}; baseline: the loss of the nearest run"
    yield Measured(statement, rms, "", baseline, key="held_out_error")
    missed = int(((loss < low) | (loss > high)).sum())
    yield Tested(f"losses of the {what}, lie in the 90 % interval", len(loss), missed, key="held_out_interval")


def _nearest(law: ScalingLaw, sizes: Float[np.ndarray, "rows sizes"]) -> Float[np.ndarray, " rows"]:
    """The loss of the fitted run nearest in the logarithms of its sizes."""
    apart = np.log(sizes)[:, None, :] - np.log(law.sizes)[None, :, :]
    return law.loss[np.argmin((apart**2).sum(-1), 1)]


def law_claims(law: ScalingLaw) -> list[Claim]:
    """What the fit, the bootstrap and the backtests say of the law of all runs."""
    return [*_parameters(law), *_backtests(law), *_without_floor(law), *_rising(law), *_exponents(law), *_budget(law)]


def _parameters(law: ScalingLaw) -> Iterator[Claim]:
    """Each free parameter with its bootstrapped standard deviation, robust against single far draws."""
    own = law.draws[law.drawn == 0]
    for place, name in enumerate(("A", "B", "E", "alpha", "beta", "gamma")):
        value, drawn = law.parameters[0, place], own[:, place]
        if not np.isfinite(value) or np.ptp(drawn) == 0:
            continue
        if place < 3:
            value, drawn = np.exp(value), np.exp(drawn)
        low, high = np.quantile(drawn, [0.1587, 0.8413])
        statement = f"{name} of the {law.family} law, with its bootstrapped standard error"
        if not np.isfinite(high - low) or high - low > 1e6 * abs(value):
            yield Undecided(
                f"{name} of the {law.family} law", "some resamplings of the runs give it any value", key=name
            )
            continue
        yield Measured(statement, float(value), "", None, float(high - low) / 2, key=name)


def _backtests(law: ScalingLaw) -> Iterator[Claim]:
    """How well the family forecasts, and which others cannot be told from it."""
    if not len(law.cuts):
        yield Undecided("which family forecasts larger runs best", "too few runs for backtests", "add runs")
        return
    many = len(law.cuts)
    statement = f"median error of ln L of larger runs, in backtests at {many} cuts; baseline: the worst family"
    score = law.errors.mean(1)
    yield Measured(statement, float(score[0]), "", float(score.max()), key="backtest_error")
    statement = "by what backtests widened the interval that bootstrap and noise give"
    yield Measured(statement, float(law.widening[0]), "times", 1.0, key="widening")
    others = [name for name, one in zip(law.families[1:], law.tolerated[1:], strict=True) if one]
    if others:
        reason = f"backtests cannot tell {law.family} from {', '.join(others)}"
        yield Undecided(
            "the family of the law", reason, "look at the allocation of each; add larger runs", key="family"
        )


def _without_floor(law: ScalingLaw) -> Iterator[Claim]:
    """The run that a law without floor misses most, where that is plain: by five times the noise."""
    name = "power without floor" if law.variables == 1 else "free without floor"
    if name not in law.families or not np.isfinite(law.parameters[0, 2]):
        return
    columns = np.log(law.sizes)
    n, d = columns[:, 0], columns[:, -1] if law.variables == 2 else np.zeros(len(columns))
    residual = np.log(law.loss) - log_loss(law.parameters[[0, law.families.index(name)]], n, d)
    with_floor, without = np.abs(residual) / law.noise[0]
    row = int(np.argmax(np.where(with_floor < 2, without, 0)))
    if with_floor[row] < 2 and without[row] > 5:
        place = ", ".join(f"{one} = {value:.3g}" for one, value in zip(law.names, law.sizes[row], strict=True))
        missed = law.loss[row] / np.exp(residual[1, row])
        times = f"{without[row]:.0f} times the noise"
        text = f"run {row + 1}, {place}: {law.loss[row]:.4g}, without floor {missed:.4g} ({times})"
        yield Refuted("the loss falls to zero by a sum of powers, without a floor E", text, key="no_floor")


def _rising(law: ScalingLaw) -> Iterator[Claim]:
    """A loss that rises with a size obeys no scaling law."""
    for place, name in zip((3, 4), law.names, strict=False):
        if np.isfinite(law.parameters[0, place - 3]) and law.parameters[0, place] <= 0:
            reason = f"the fitted exponent is {law.parameters[0, place]:.2g}: the loss rises with {name}"
            remedy = "look for runs that were trained badly, and for a metric of which more is better"
            yield Undecided(f"that the loss falls with {name}", reason, remedy, key="rising")


def _exponents(law: ScalingLaw) -> Iterator[Claim]:
    """Sizes that vary together leave the exponents open."""
    if law.variables == 1:
        return
    together = float(np.corrcoef(np.log(law.sizes.T))[0, 1])
    if abs(together) > 0.9:
        reason = f"{law.names[0]} and {law.names[1]} vary together (correlation {together:.2f} of their logarithms)"
        yield Undecided("alpha and beta, each for itself", reason, "add runs off that line", key="exponents")


def _budget(law: ScalingLaw) -> Iterator[Claim]:
    """What the compute that was asked about would bring."""
    if not law.budget:
        return
    reach = law.reach(law.budget)
    if law.variables == 1:
        if not np.allclose(law.sizes[:, 0], law.compute):
            reason = f"the law is of {law.names[0]} alone"
            yield Undecided(f"the loss at {law.budget:g} of compute", reason, "give --parameters and --tokens")
            return
        points = (np.array([law.budget]), None)
    else:
        first = next(law.allocations(), None)
        if first is None:
            yield Undecided(
                "how to spend the compute", f"the {law.family} law has no optimum", "choose another --family"
            )
            return
        points = (np.array([first.parameters]), np.array([first.tokens]))
        spread = (first.interval[1] - first.interval[0]) / 2 / 1.2816
        statement = f"{law.names[0]} of least loss at {law.budget:g} of compute, by the {first.family} law"
        if np.isfinite(spread):
            yield Measured(statement, first.parameters, "", None, spread, key="optimum")
        else:
            yield Undecided(statement, "some resamplings of the runs have no optimum", "add runs", key="optimum")
    if reach > FAR:
        reason = f"it is {reach:.3g} times the largest compute of the runs, farther than backtests can say"
        yield Undecided(f"the loss at {law.budget:g} of compute", reason, "run larger ones first", key="far")
        return
    centre, low, high = (float(value[0]) for value in law.predict(*points))
    if not high < 10 * centre:
        reason = "its 90 % interval is wider than ten times the loss"
        yield Undecided(f"the loss at {law.budget:g} of compute", reason, "add runs", key="forecast")
        return
    statement = f"loss of a run at {law.budget:g} of compute ({reach:.2g} times the largest), half of its 90 % interval"
    yield Measured(statement, centre, "", None, (high - low) / 2, key="forecast")
