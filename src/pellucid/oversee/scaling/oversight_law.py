"""How likely weak overseers hold stronger systems, from games between them, and how unsure that is.

Scaling laws for scalable oversight (Engels, Baek, Kantamneni and Tegmark, arXiv 2504.18530): ratings from games, a
curve over general ability for each role, and nested oversight. The paper's figures carry no interval; here there are
three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...artifacts.oversight.nested_success import Curve, equal_levels, success_at
from ...artifacts.oversight.oversight_curves import SOURCES, OversightCurves, Player
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.tables.games import Games
from .curves import FORMS, fit_curve, weights_of
from .ratings import fit_ratings, misfit

Array = NDArray[np.float64]
Fit = tuple[Array, Array]


@dataclass(frozen=True)
class OversightLaw(Method[Games, OversightCurves]):
    """The chance that nested oversight holds from a general rating `start` over a `gap`, with three intervals.

        P = prod_i 1 / (1 + 10^((H(g_{i+1}) - G(g_i)) / 400)),   up to `max_levels` steps

    `start` is the lowest guard's general rating where it is None. `curve` is "auto" (the lowest AICc of a line, cut
    above, below, or both) or one of those. Ratings have a normal prior of `prior` points. `draws` tables of games are
    drawn from what was fitted for the intervals.

    >>> elo = np.linspace(1000, 1300, 7)
    >>> chance = 1 / (1 + 10 ** ((elo[None] - elo[:, None]) / 400))
    >>> games = Games(tuple("abcdefg"), tuple("hijklmn"), (chance * 1000).round(), np.full((7, 7), 1000), elo, elo)
    >>> round(OversightLaw(gap=200, draws=20, max_levels=1).explain(games).artifact.success(1000, 200), 2)
    0.24
    """

    start: float | None = None
    gap: float = 400.0
    max_levels: int = 20
    draws: int = 200
    curve: str = "auto"
    prior: float = 400.0

    def _find(self, subject: Games, context: Context) -> Found[OversightCurves]:
        """Raises ValueError for settings that are none, and for fewer than four guards or houdinis."""
        self._refuse(subject)
        mean = float(np.concatenate([subject.guard_elo, subject.houdini_elo]).mean())
        generator = np.random.default_rng(context.stream("games"))
        guard, houdini, errors = fit_ratings(subject.wins[None], subject.played, self.prior, mean)
        chance = 1 / (1 + 10 ** ((houdini[0][None] - guard[0][:, None]) / 400))
        drawn = generator.binomial(subject.played.astype(int), chance, (self.draws, *chance.shape)).astype(float)
        again = fit_ratings(drawn, subject.played, self.prior, mean)
        sides = []
        for general, rating, error, draws, names in (
            (subject.guard_elo, guard[0], errors[: len(guard[0])], again[0], subject.guards),
            (subject.houdini_elo, houdini[0], errors[len(guard[0]) :], again[1], subject.houdinis),
        ):
            players = tuple(
                Player(name, float(x), float(y), float(e))
                for name, x, y, e in zip(names, general, rating, error, strict=True)
            )
            sides.append((players, *self._curves(general, rating, 1 / error**2, draws, generator)))
        (guards, best, form, some), (houdinis, other, second, others) = sides
        draws = {name: tuple(zip(some[name], others[name], strict=True)) for name in SOURCES}
        start = float(subject.guard_elo.min()) if self.start is None else float(self.start)
        found = OversightCurves(guards, houdinis, (best, other), (form, second), draws, start, float(self.gap),
                                self.max_levels)  # fmt: skip
        claims = measured_by("oversee.law", _claims(found))
        chi2, degrees = misfit(subject.wins, subject.played, guard[0], houdini[0])
        fit = Measured(
            "chi^2 of the games under one rating a role (baseline: its degrees of freedom)", chi2, "", degrees
        )
        return Found(found, (*claims, fit, *_beyond(found), *_separated(subject, self.prior)))

    def _refuse(self, subject: Games) -> None:
        if self.curve != "auto" and self.curve not in FORMS:
            raise ValueError(f"curve={self.curve!r} is unknown; give 'auto', {', '.join(map(repr, FORMS))}")
        if not self.gap > 0 or self.max_levels < 1 or self.draws < 2 or not self.prior > 0:
            raise ValueError(
                f"gap={self.gap}, max_levels={self.max_levels}, draws={self.draws}, prior={self.prior}: give a gap and "
                "a prior above 0, 1 level or more, and 2 draws or more"
            )
        if subject.wins.sum() in (0, subject.played.sum()):
            raise ValueError(
                "every game had the same outcome, of which no rating follows; add games that went otherwise"
            )
        for role, elo in (("guards", subject.guard_elo), ("houdinis", subject.houdini_elo)):
            if len(np.unique(elo)) < 4:
                raise ValueError(
                    f"{len(np.unique(elo))} different general ratings of {role} bear no curve; give 4 or more"
                )

    def _curves(
        self, x: Array, y: Array, weights: Array, draws: Array, generator: np.random.Generator
    ) -> tuple[Curve, str, dict[str, list[Curve]]]:
        """The curve of one role, its form, and curves drawn for each of the three intervals."""
        forms = list(FORMS) if self.curve == "auto" else [self.curve]
        tried = [fit_curve(x, y, weights, form) for form in forms]
        scores = np.array([score for _, score in tried])
        best, share = int(scores.argmin()), weights_of(scores)
        some: dict[str, list[Curve]] = {name: [] for name in SOURCES}
        for rating in draws:
            some["games"].append(fit_curve(x, rating, weights, forms[best])[0])
            chosen = _resampled(x, generator)
            form = forms[int(generator.choice(len(forms), p=share))]
            for name, kind in (("games and models", forms[best]), ("choice of curve", form)):
                some[name].append(fit_curve(x[chosen], rating[chosen], weights[chosen], kind)[0])
        return tried[best][0], forms[best], some


def _resampled(x: Float[np.ndarray, " players"], generator: np.random.Generator) -> NDArray[np.int64]:
    """Players drawn with replacement, of three general ratings at least."""
    for _ in range(100):
        chosen = generator.integers(0, len(x), len(x))
        if len(np.unique(x[chosen])) >= 3:
            return chosen
    return np.arange(len(x))


def _claims(found: OversightCurves) -> list[Claim]:
    """The chance with each interval, in words and as a standard error; and beside one level."""
    one = success_at(*found.curves, equal_levels(found.start, found.gap, 1))
    value, levels = found.success(found.start, found.gap), len(found.levels(found.start, found.gap)) - 1
    steps = f"{levels} step{'' if levels == 1 else 's'}"
    claims: list[Claim] = []
    for source in SOURCES:
        low, high = found.interval(source, found.start, found.gap)
        statement = (
            f"oversight from {found.start:g} to {found.start + found.gap:g} Elo holds, in {steps} (baseline: one); 95 "
            f"% {low:.3f} to {high:.3f} by {_BY[source]}"
        )
        claims.append(Measured(statement, value, "", one, (high - low) / 3.92 or None, key=source))
    return claims


_BY = {
    "games": "other games of the same players",
    "games and models": "other games and other players",
    "choice of curve": "other games, players and forms of the curves",
}


def _beyond(found: OversightCurves) -> list[Claim]:
    """Where the curves are drawn out beyond all players."""
    low, high = found.reach
    end = found.start + found.gap
    if low <= found.start and end <= high:
        return []
    far = max(low - found.start, end - high)
    statement = f"the curves hold as far as {end if end > high else found.start:g} Elo"
    reason = f"no player is there: {far:g} beyond those of {low:g} to {high:g}"
    return [Undecided(statement, reason, "play stronger ones", key="extrapolation")]


def _separated(subject: Games, prior: float) -> list[Claim]:
    """Players that won, or lost, every game: of their rating the games only say that it is high, or low."""
    won, lost = subject.wins, subject.played - subject.wins
    sides = ((subject.guards, won.sum(1), lost.sum(1)), (subject.houdinis, lost.sum(0), won.sum(0)))
    one_sided = [
        f"{name} ({role})"
        for role, (names, up, down) in zip(("guard", "houdini"), sides, strict=True)
        for name, ups, downs in zip(names, up, down, strict=True)
        if not (ups and downs)
    ]
    if not one_sided:
        return []
    some = ", ".join(one_sided[:4]) + (", ..." if len(one_sided) > 4 else "")
    reason = f"each won, or lost, all of its games, so that its rating rests on the prior of {prior:g} points"
    return [Undecided(f"the ratings of {some}", reason, "play more games with them", key="separated")]


@measurement("oversee.law")
def _claims_again(evidence: Evidence) -> tuple[Claim, ...]:
    return tuple(_claims(evidence.the(OversightCurves)))
