"""Joint snapping: several constants of one structure become exact numbers together.

Greedy on the total description length. Of all free constants, and all exact numbers each of them could be, the pair
that saves the most bits is fixed (exponents first), the other constants are refitted, and the step is kept where

    bits(v) + n/2 log2(rss_new / rss_old)  <  BITS.real + log2(|c| / s)  less a margin      (see `snapping`)

0 takes its whole term with it and 1 a multiplication, which counts for them. Constants that the data leave
undetermined are set to 1 first. Under noise each snapped constant is then looked at again, the others being fixed:
what it could be is known better now.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from .description import data_bits
from .fitting import Fit, fit
from .parametrised import Parametrised
from .settings import EFFORTS, TOLERANCES
from .snapping import Proposal, free_bits, margin, proposals
from .tape import Bound

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _State:
    """Which constants are fixed to which proposals, and the fit of the others."""

    fixed: dict[int, Proposal]
    fitted: Fit

    @property
    def values(self) -> Array:
        return self.fitted.values


@dataclass(frozen=True)
class _Step:
    index: int
    proposal: Proposal
    allowance: float
    rank: float


def _one_like(value: float) -> int:
    """1 with the sign of the value."""
    return -1 if value < 0 else 1


class Snapper:
    """Snaps the constants of one structure, `bound` to the rows of y."""

    def __init__(self, parametrised: Parametrised, bound: Bound, y: Array) -> None:
        self.parametrised, self.bound, self.y = parametrised, bound, y
        self.scale = float(np.sqrt(np.mean(y * y)))

    def snap(self, fitted: Fit) -> list[float | sympy.Expr]:
        """Exact numbers and, where none is likely enough, floats, in the order of the constants."""
        state = self._greedy(_State({}, fitted), set())
        if state.fitted.error > TOLERANCES.exact * self.scale:
            state = self._revised(state)
        values: list[float | sympy.Expr] = state.values.tolist()
        for index, proposal in state.fixed.items():
            values[index] = proposal.number
        return values

    def _greedy(self, state: _State, refused: set[tuple[int, sympy.Expr]]) -> _State:
        while len(state.fixed) < len(state.values):
            steps = self._steps(state, refused)
            if not steps:
                break
            step = steps[0]
            following = self._fixed(state, step.index, step.proposal)
            if following is None or self._cost(following) - self._cost(state) > step.allowance:
                refused.add((step.index, step.proposal.number))
            else:
                state = following
        return state

    def _steps(self, state: _State, refused: set[tuple[int, sympy.Expr]]) -> list[_Step]:
        """What could be fixed next, the most saved bits first."""
        free = [i for i in range(len(state.values)) if i not in state.fixed]
        uncertainty, undetermined = state.fitted.uncertainty(TOLERANCES.rounding * self.scale)
        steps = []
        for position, i in enumerate(free):
            value, error = float(state.values[i]), float(uncertainty[position])
            if undetermined[position]:
                one = Proposal(sympy.Integer(_one_like(value)), 0.0, 0.0)
                if (i, one.number) not in refused:
                    steps.append(_Step(i, one, 1.0, EFFORTS.undetermined))
                continue
            cost = free_bits(value, error)
            cost -= margin(cost)
            for option in self._options(i, value, error):
                saved = cost - option.cost
                if saved > 0 and (i, option.number) not in refused:
                    rank = saved + (EFFORTS.exponents_first if self.parametrised.exponents[i] else 0.0)
                    steps.append(_Step(i, option, cost - option.bits, rank))
        return sorted(steps, key=lambda step: (-round(step.rank, 6), step.index, step.proposal.deviation))

    def _options(self, index: int, value: float, error: float) -> list[Proposal]:
        """Proposals with their bits in this place of the structure; 0 and 1 even where they are far off."""
        unit, without = self.parametrised.unit[index], self.parametrised.without[index]
        options = [p for p in proposals(value, error) if p.number not in (0, 1, -1)]
        if error > 0:
            one = _one_like(value)
            bits = 1.0 if unit == 0 else -unit
            options.append(Proposal(sympy.Integer(one), bits, (value - one) / error))
            if math.isfinite(without):
                options.append(Proposal(sympy.Integer(0), -without, value / error))
        return options

    def _fixed(self, state: _State, index: int, proposal: Proposal) -> _State | None:
        values = state.values.copy()
        fixed = {**state.fixed, index: proposal}
        for i, other in fixed.items():
            values[i] = float(other.number)
        return self._refitted(values, fixed)

    def _refitted(self, values: Array, fixed: dict[int, Proposal]) -> _State | None:
        fitted = fit(self.bound, self.y, values, np.array([i not in fixed for i in range(len(values))]))
        return None if fitted is None else _State(fixed, fitted)

    def _revised(self, state: _State) -> _State:
        """Each fixed constant in turn set free, and fixed again to what is best beside the others."""
        for _ in range(2):
            before = state
            for index in sorted(state.fixed):
                state = self._fixed_again(state, index)
            if state is before:
                break
        return state

    def _fixed_again(self, state: _State, index: int) -> _State:
        """The state with this constant fixed to what is best beside the others; as it is where that is no better."""
        loose = self._refitted(state.values, {i: proposal for i, proposal in state.fixed.items() if i != index})
        if loose is None:
            return state
        for step in self._steps(loose, set())[:3]:
            if step.index != index or step.proposal.number == state.fixed[index].number:
                continue
            trial = self._fixed(loose, index, step.proposal)
            if trial is not None and self._total(trial) < self._total(state) - 1e-9:
                state = trial
        return state

    def _total(self, state: _State) -> float:
        return self._cost(state) + sum(proposal.bits for proposal in state.fixed.values())

    def _cost(self, state: _State) -> float:
        return data_bits(state.fitted.error**2, len(self.y), self.scale)
