"""Helices: numbers as a line with circles of several periods, which additions are said to be computed on.

Kantamneni and Tegmark, Language Models Use Trigonometry to Do Addition (arXiv 2502.00873), sections 4 (the helix), 4.2
(its fit), 4.3 (causal patching).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.helix import Helix, helix_basis
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from ..probes.folds import grouped_folds, others
from .class_interventions import Moves, move_claims, random_steps, try_moves

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HelixProbe(Method[Labelled, Helix]):
    """Numbers -> the helix that their activations lie on, its controls, and whether the model uses it.

    h(a) = c + C^T [a, cos(2 pi a / T), sin(2 pi a / T), ...], by least squares over the mean activation of each number,
    T in `periods`. What it explains, on all numbers and on held-out ones, stands beside a polynomial of as many
    coefficients, the last digit alone and random periods. Where the behaviour is known, rows are moved from a to a'
    along the helix, along
    the polynomial, by the whole means, and at random. Raises ValueError for y that are no numbers, and fewer numbers
    than twice the coefficients.

    >>> a = np.arange(60.0); x = np.stack([a / 60, np.cos(a * np.pi / 5), np.sin(a * np.pi / 5)], 1)
    >>> found = HelixProbe(periods=(10.0,)).explain(Labelled(x, a, names=("number",)))
    >>> round(found.artifact.explained, 6)
    1.0
    """

    periods: tuple[float, ...] = (2.0, 5.0, 10.0, 100.0)
    folds: int = 5
    causal_rows: int = 40
    random_periods: int = 30
    """Draws of as many random periods, as a control: each costs two least squares."""

    def _find(self, subject: Labelled, context: Context) -> Found[Helix]:
        generator = np.random.default_rng(context.seed)
        if subject.y.ndim != 1 or len(subject.names) != 1:
            raise ValueError(f"names={list(subject.names)}: a helix is fitted to one number for each row")
        numbers, means = number_means(subject)
        if len(numbers) < 2 * (2 + 2 * len(self.periods)):
            raise ValueError(f"{len(numbers)} numbers are too few for {len(self.periods)} periods; give more of them")
        with one_thread():
            helix = fit_helix(numbers, means, self.periods, spectrum_of(numbers, means), subject.title)
            claims = self._fit_claims(numbers, means, helix, generator)
            if subject.behaviour is not None and subject.behaviour.expected is not None and self.causal_rows:
                claims += self._causal(subject, generator)
        return Found(helix, tuple(claims))

    def _fit_claims(self, numbers: Array, means: Array, helix: Helix, generator: np.random.Generator) -> list[Claim]:
        """What the helix explains, of all numbers and of held-out ones, after what its controls explain."""
        scale, count = helix.scale, 1 + 2 * len(self.periods)
        bases: dict[str, Callable[[Array], Array]] = {
            f"a polynomial of degree {count}": lambda a: _polynomial(a, count, numbers),
            "a line": lambda a: _polynomial(a, 1, numbers),
        }
        if np.allclose(numbers, np.round(numbers)):
            bases["the last digit alone, each of its own"] = _last_digit
        parts = grouped_folds(tuple(map(str, numbers)), self.folds, generator)

        def shares(basis: Callable[[Array], Array]) -> tuple[float, float]:
            told = np.zeros(means.shape)
            for held in parts:
                kept = others(held, len(numbers))
                told[held] = _fitted(basis, numbers[kept], means[kept])(numbers[held])
            return _share(_fitted(basis, numbers, means)(numbers), means), _share(told, means)

        found = {name: shares(basis) for name, basis in bases.items()}
        drawn = []
        for _ in range(self.random_periods):
            periods = tuple(np.exp(generator.uniform(np.log(2), np.log(max(numbers)), len(self.periods))).tolist())
            drawn.append(shares(lambda a, periods=periods: helix_basis(a, periods, scale)))
        found[f"random periods, mean of {self.random_periods}"] = tuple(np.mean(drawn, axis=0).tolist())  # type: ignore[assignment]
        own = shares(lambda a: helix_basis(a, self.periods, scale))
        better = float(np.mean([one[1] >= own[1] for one in drawn]))
        claims: list[Claim] = []
        for name, (whole, unseen) in found.items():
            claims.append(
                Measured(
                    f"control: share of the spread of the numbers' means that {name} explains",
                    whole,
                    "",
                    key=f"control: explained by {name}",
                )
            )
            claims.append(
                Measured(f"control: R^2 on held-out numbers of {name}", unseen, "", key=f"control: r2 of {name}")
            )
        best = [max(one[i] for one in found.values()) for i in (0, 1)]
        claims += [
            Measured(
                "share of the spread of the numbers' means that the helix explains; baseline: the best control",
                own[0],
                "",
                best[0],
                key="explained",
            ),
            Measured("R^2 on held-out numbers of the helix; baseline: the best control", own[1], "", best[1], key="r2"),
            Measured(
                "share of random periods that do at least as well on held-out numbers",
                better,
                "",
                1.0,
                key="periods_as_good",
            ),
        ]
        return claims

    def _causal(self, subject: Labelled, generator: np.random.Generator) -> list[Claim]:
        """Held-out numbers are moved to other numbers, which the helix was not fitted on either."""
        parts = grouped_folds(subject.groups, self.folds, generator)
        numbers = np.unique(subject.y)
        moves: list[Moves] = []
        each, count = max(1, self.causal_rows // len(parts)), 1 + 2 * len(self.periods)
        for held in parts:
            kept = subject.select(others(held, subject.rows))
            known, means = number_means(kept)
            scale = float(np.abs(numbers).max()) or 1.0
            helix = _fitted(lambda a, scale=scale: helix_basis(a, self.periods, scale), known, means)
            line = _fitted(lambda a, known=known: _polynomial(a, count, known), known, means)
            digit = _fitted(_last_digit, known, means)
            rows = np.sort(generator.permutation(held)[:each])
            now = np.searchsorted(numbers, subject.y[rows])
            to = _other_answers(subject, rows, now, np.searchsorted(numbers, known), generator)
            step = helix(numbers[to]) - helix(numbers[now])
            own = np.stack([subject.values[subject.y == numbers[i]].mean(0) for i in range(len(numbers))])
            steps = {
                "along the helix": step,
                "along the polynomial": line(numbers[to]) - line(numbers[now]),
                "by the last digit alone": digit(numbers[to]) - digit(numbers[now]),
                "by the difference of the whole means": own[to] - own[now],
                "by a random step of the same length": random_steps(step, kept.values, generator),
            }
            moves.append(try_moves(subject, rows, now, to, steps))
        return move_claims(moves, "along the helix")


def _other_answers(
    subject: Labelled,
    rows: NDArray[np.int64],
    now: NDArray[np.int64],
    known: NDArray[np.int64],
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    """For each row one of the `known` numbers that another answer belongs to; any where there is none."""
    assert subject.behaviour is not None
    expected = np.asarray(subject.behaviour.expected)
    found = []
    for row, own in zip(rows, now, strict=True):
        differ = known[expected[row, known] != expected[row, own]]
        found.append(int(generator.choice(differ if len(differ) else known)))
    return np.array(found)


def number_means(subject: Labelled) -> tuple[Array, Array]:
    """The different numbers (n,) in order, and the mean activation of each (n, width)."""
    numbers, place = np.unique(subject.y, return_inverse=True)
    means = np.zeros((len(numbers), subject.width))
    np.add.at(means, place, subject.values)
    return numbers, means / np.bincount(place)[:, None]


def fit_helix(numbers: Array, means: Array, periods: tuple[float, ...], spectrum: Array, label: str) -> Helix:
    """Least squares over the numbers' means."""
    scale = float(np.abs(numbers).max()) or 1.0
    basis = np.column_stack([np.ones(len(numbers)), helix_basis(numbers, periods, scale)])
    solved = np.asarray(np.linalg.lstsq(basis, means, rcond=None)[0], dtype=np.float64)
    share = _share(basis @ solved, means)
    return Helix(solved[0], solved[1:], means, numbers, spectrum, periods, scale, label, share)


def spectrum_of(numbers: Array, means: Array) -> Array:
    """(2, frequencies): cycles per number, and the share of the variance about a line that is at that frequency.

    Empty where the numbers are not consecutive.
    """
    if len(numbers) < 4 or not np.allclose(np.diff(numbers), 1):
        return np.zeros((2, 0))
    straight = _fitted(lambda a: a[:, None], numbers, means)(numbers)
    power = (np.abs(np.fft.rfft(means - straight, axis=0)) ** 2).sum(1)
    power[1 : (len(numbers) + 1) // 2] *= 2  # the negative frequencies
    share = power / max(float(power.sum()), 1e-300)
    return np.array([np.fft.rfftfreq(len(numbers)), share], dtype=np.float64)


def _fitted(basis: Callable[[Array], Array], numbers: Array, means: Array) -> Callable[[Array], Array]:
    columns = np.column_stack([np.ones(len(numbers)), basis(numbers)])
    solved = np.linalg.lstsq(columns, means, rcond=None)[0]
    return lambda a: np.column_stack([np.ones(len(a)), basis(np.asarray(a, dtype=np.float64))]) @ solved


def _polynomial(a: Array, degree: int, numbers: Array) -> Array:
    """Chebyshev polynomials over the range of the numbers, without the constant."""
    low, high = numbers.min(), numbers.max()
    scaled = 2 * (a - low) / max(high - low, 1e-300) - 1
    return np.asarray(np.polynomial.chebyshev.chebvander(scaled, degree)[:, 1:], dtype=np.float64)


def _last_digit(a: Array) -> Array:
    """A column for each last digit but 0: what a model knows that reads the last token, and nothing of size."""
    return (np.round(a).astype(int)[:, None] % 10 == np.arange(1, 10)).astype(np.float64)


def _share(told: Array, means: Array) -> float:
    return float(1 - ((means - told) ** 2).sum() / max(((means - means.mean(0)) ** 2).sum(), 1e-300))
