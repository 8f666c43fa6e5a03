"""The one form that all scaling laws here are special cases of, and its slopes.

    L(N, D) = E + (A N^-alpha + B D^-beta)^gamma

gamma = 1: Hoffmann et al. (arXiv 2203.15556, eq. 2); E = 0, beta = 1: Kaplan et al. (arXiv 2001.08361, eq. 1.5). A term
that is left out has A, B or E = 0. Everything is in logarithms, so that no power overflows.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

PARAMETERS = ("log A", "log B", "log E", "alpha", "beta", "gamma")
"""The order of the parameters in every array of them."""

Parameters = Float[np.ndarray, "fits 6"]
Logs = Float[np.ndarray, " rows"]


def log_loss(parameters: Parameters, n: Logs, d: Logs) -> Float[np.ndarray, "fits rows"]:
    """ln L at sizes n = ln N, d = ln D, for each row of parameters.

    >>> law = np.array([[np.log(400), -np.inf, np.log(2), 0.5, 0, 1]])
    >>> np.exp(log_loss(law, np.log([1e4]), np.zeros(1))).round(9).tolist()
    [[6.0]]
    """
    a, b, e, alpha, beta, gamma = parameters.T[:, :, None]
    inner = np.logaddexp(a - alpha * n, b - beta * d)
    return np.logaddexp(e, gamma * inner)


def slopes(
    parameters: Parameters, n: Logs, d: Logs
) -> tuple[Float[np.ndarray, "fits rows"], Float[np.ndarray, "fits rows 6"]]:
    """ln L, and its derivatives by the six parameters: shares of the terms, times 1, 1, 1, -n, -d and ln(inner sum)."""
    a, b, e, alpha, beta, gamma = parameters.T[:, :, None]
    first, second = a - alpha * n, b - beta * d
    inner = np.logaddexp(first, second)
    logs = np.logaddexp(e, gamma * inner)
    power = np.exp(gamma * inner - logs)
    by_first, by_second = power * gamma * np.exp(first - inner), power * gamma * np.exp(second - inner)
    floor = np.exp(e - logs)
    return logs, np.stack([by_first, by_second, floor, -n * by_first, -d * by_second, power * inner], -1)


def compute_optimum(
    parameters: Parameters, compute: float, per_token: float = 6.0
) -> tuple[Float[np.ndarray, " fits"], Float[np.ndarray, " fits"]]:
    """N and D of least loss with `per_token` N D = compute (arXiv 2203.15556, eq. 4); gamma and E change nothing.

        N = G (C/6)^(beta/(alpha+beta)),   G = (alpha A / (beta B))^(1/(alpha+beta))

    NaN where one of the two terms is missing.

    >>> N, D = compute_optimum(np.array([[np.log(100), np.log(100), 0.0, 0.3, 0.3, 1.0]]), 6e20)
    >>> float(round(N[0] / 1e10, 9)), float(round(D[0] / 1e10, 9))
    (1.0, 1.0)
    """
    a, b, _, alpha, beta, _ = parameters.T
    with np.errstate(all="ignore"):
        g = (np.log(alpha) + a - np.log(beta) - b) / (alpha + beta)
        n = g + beta / (alpha + beta) * np.log(compute / per_token)
        known = (np.abs(n) < 700) & (alpha > 0) & (beta > 0)  # else no double holds it
        n = np.where(known, n, np.nan)
        return np.exp(n), np.exp(np.log(compute / per_token) - n)
