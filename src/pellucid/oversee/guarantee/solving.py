"""Values of worlds in floating point: sweeps, then policy iteration with sparse linear algebra.

The hot path: a sweep multiplies one sparse matrix (a few ms for 10^5 states); each round of policy iteration solves one
sparse system. What comes out is only proposed: bounds are made of it that exact arithmetic checks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import bicgstab, splu

from .arrays import Floats, Ints, Rows
from .graph import ranks_to


@dataclass(frozen=True)
class Problem:
    """x is `fixed` outside `free`; inside, x = opt over rows and probabilities of (cost +) expectation of x.

    `ranks`: from each free state, rows lead to what is fixed, by ever lower ranks.
    """

    rows: Rows
    free: Bool[np.ndarray, " states"]
    fixed: Float[np.ndarray, " states"]
    ranks: Int[np.ndarray, " states"]
    maximises: bool
    nature_maximises: bool
    costs: bool

    @property
    def nature_helps(self) -> bool:
        """Whether nature chooses probabilities within the intervals so that the goal is reached."""
        return self.nature_maximises != self.costs


@dataclass(frozen=True)
class Solution:
    """Values, the best row of each state (-1: none), and probabilities by entry that go with it."""

    x: Float[np.ndarray, " states"]
    best: Int[np.ndarray, " states"]
    chosen: Float[np.ndarray, " entries"]


def solve(problem: Problem, sweeps: int = 300, rounds: int = 60) -> Solution:
    """Values to about twelve digits, as far as floating point can tell."""
    rows = problem.rows
    x = problem.fixed.copy()
    price = rows.cost if problem.costs else np.zeros(len(rows.owner))
    best = _progress(problem)
    scale = 1.0
    for _ in range(sweeps):
        worth = price + rows.expect(x, problem.nature_maximises)
        x, best, change = _improved(problem, x, best, worth, 1e-12 * scale)
        scale = max(1.0, float(np.abs(x).max(initial=0)))
        if change < 1e-9 * scale:
            break
    best = _proper(problem, best)
    for _ in range(rounds):
        x = _evaluated(problem, best, price, x)
        worth = price + rows.expect(x, problem.nature_maximises)
        before, tolerance = best, 1e-12 * max(1.0, float(np.abs(x).max(initial=0)))
        _, best, _ = _improved(problem, x, best, worth, tolerance)
        if (best == before).all():
            break
    return Solution(x, best, rows.chosen(x, problem.nature_maximises))


def _progress(problem: Problem) -> Ints:
    """For each free state a row that leads to a lower rank."""
    rows, ranks = problem.rows, problem.ranks
    far = np.where(ranks < 0, rows.size + 1, ranks).astype(float)
    nearer = rows.total(np.where(far[rows.target] < far[rows.owner[rows.row_of]], rows.high, 0)) > 0
    sure = rows.total(np.where(far[rows.target] < far[rows.owner[rows.row_of]], rows.low, 0)) > 0
    best = rows.best_rows(nearer + 1.0 * sure, largest=True)
    return np.where(problem.free, best, -1)


def _improved(problem: Problem, x: Floats, best: Ints, worth: Floats, tolerance: float) -> tuple[Floats, Ints, float]:
    """One sweep: values, rows where they are better by more than the tolerance, and the largest change."""
    proposed = problem.rows.best_rows(worth, problem.maximises)
    free = np.flatnonzero(problem.free)
    gain = worth[proposed[free]] - worth[best[free]]
    better = np.abs(gain) > tolerance
    new, rows = x.copy(), best.copy()
    rows[free[better]] = proposed[free[better]]
    new[free] = worth[proposed[free]]
    return new, rows, float(np.abs(new - x).max(initial=0))


def _proper(problem: Problem, best: Ints) -> Ints:
    """The same rows, but ones that lead to lower ranks where these would never come to an end."""
    free = np.flatnonzero(problem.free)
    some = problem.rows.picked(best[free])
    stuck = problem.free & (ranks_to(some, ~problem.free, "some", problem.nature_helps) < 0)
    return np.where(stuck, _progress(problem), best)


def _evaluated(problem: Problem, best: Ints, price: Floats, x: Floats, rounds: int = 60) -> Floats:
    """Values of these rows, with the probabilities that are best, or worst, for them."""
    free = np.flatnonzero(problem.free)
    some, paid = problem.rows.picked(best[free]), price[best[free]]
    near = -np.where(problem.ranks < 0, some.size + 1, problem.ranks).astype(float)
    chosen = some.chosen(near if problem.nature_helps and problem.nature_maximises else x, problem.nature_maximises)
    for _ in range(rounds):
        x = _chain(problem, free, some, chosen, paid, x)
        if some.exact:
            break
        wanted = some.chosen(x, problem.nature_maximises)
        gain = np.abs(some.total((wanted - chosen) * x[some.target]))
        better = gain > 1e-13 * max(1.0, float(np.abs(x).max(initial=0)))
        if not better.any():
            break
        chosen = np.where(better[some.row_of], wanted, chosen)
    return x


def _chain(problem: Problem, free: Ints, some: Rows, chosen: Floats, paid: Floats, x: Floats) -> Floats:
    """Values of a chain: (I - P) x = paid + what goes to fixed states."""
    whole = csr_array((chosen, some.target, some.pointer), shape=(len(free), some.size))
    outside = np.where(problem.free, 0, problem.fixed)
    found = linear(whole[:, free], paid + whole @ outside, x[free])
    new = problem.fixed.copy()
    new[free] = found
    return new


def linear(
    matrix: csr_array, right: Floats, guess: Floats, direct_up_to: int = 3000, most_iterations: int = 300
) -> Floats:
    """x = matrix x + right, by factors where it is small, else by iterations, and by factors where these fail.

    Where states lead anywhere, some tens of iterations do and factors fill up; on floors and chains it is the other way
    round, so that iterations are soon given up.
    """
    if not len(right):
        return right
    whole = csc_array(eye_array(len(right), format="csc") - matrix)
    size = max(1.0, float(np.abs(right).max()))
    if len(right) > direct_up_to:
        x, failed = bicgstab(whole, right, guess, rtol=1e-15, atol=1e-15 * size, maxiter=most_iterations)
        if not failed or np.abs(whole @ x - right).max() < 1e-13 * size:
            return x
    factors = splu(whole)
    x = factors.solve(right)
    return x + factors.solve(right - whole @ x)
