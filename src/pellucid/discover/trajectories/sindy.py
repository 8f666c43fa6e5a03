"""Equations of motion from trajectories, sparse ones, with noise allowed for (SINDy, arXiv 1509.03580).

    x_j' = sum_i c_ij theta_i(x, u), few c_ij not 0;   x_j' = N_j(x, u) / D_j(x, u);   or with the time among the terms

1. `smoothing`: splines through the samples, and the level of the noise.
2. `relations`: combinations of the variables that are constant; equations are only determined up to those that are
   the same on all orbits.
3. `weak_form`: which terms there are, for each library of `term_library` (weak SINDy, arXiv 2005.04339), and of
   quotients (`rational_rates`; SINDy-PI, arXiv 2004.02322).
4. `multiple_shooting`: the most likely coefficients and their uncertainties; terms that are not worth their bits go.
5. The library with the shortest description; where it leaves over more than noise, terms that hold the time
   (`explicit_time`).
6. Equal coefficients are tied and simple fractions taken (`exact_numbers`); what remains becomes a parameter with a
   value and an uncertainty.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.expressions.text import parse, symbols_of, to_text
from ...artifacts.laws.invariants import numbered, time_name
from ...artifacts.laws.recovered_dynamics import RecoveredDynamics
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import SILENT, Reporter
from ...subjects.equations.trajectories import Trajectories
from .candidates import Candidate, Data, improved, shares, shortest, sign_conflicts, summed
from .coefficient_snapping import standard_errors
from .exact_numbers import keeping, snapped
from .explicit_time import timed
from .given_terms import Known, Sign, known_terms, signs_of_terms
from .models import Model
from .prediction import Stretches, held_stretches, predict, prediction_claims, stiff_claims
from .rational_rates import WeakQuotients, fraction_library, quotients, scanned, with_quotients
from .relations import Relation, find_relations
from .segments import NoEquations, cut_segments, evenly_sampled
from .settings import FRACTIONS, RECOVERY, SHOOTING
from .smoothing import Smoothed, smooth
from .term_library import Library, libraries, monomials
from .weak_form import criterion_of, fewest_terms, supports, weak_equations

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SINDy(Method[Trajectories, RecoveredDynamics]):
    """Sparse equations of motion that the trajectories obey, as far as their noise can tell.

    Right-hand sides are polynomials up to `degree` in the variables and inputs, which may be joined by sines and
    cosines of the variables, or by x/r^n, r^2 = x^2 + y^2, for pairs of them; for positions also by x/r^n in space, and
    between bodies; quotients of polynomials; and terms that hold the time where nothing else follows. `basis` names
    other expressions that the polynomials may be in. A share `held_out` of the trajectories is kept for the claims.

    >>> t = np.linspace(0.0, 6.0, 60)
    >>> circles = Trajectories(t, [np.stack([r * np.cos(2 * t), -r * np.sin(2 * t)], 1) for r in (1, 2, 3)], ("x", "v"))
    >>> SINDy().explain(circles).artifact.rhs
    ('2*v', '-2*x')
    """

    degree: int = 3
    basis: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    """Expressions that right-hand sides may hold beside all that is tried anyway."""
    known: tuple[str, ...] = ()
    """Equations such as "x' = v", of which nothing is to be found, or "v' = -x + ...", which have other terms as well.
    Quotients are not looked for beside these."""
    signs: tuple[str, ...] = ()
    """Signs that coefficients have, such as "v': v <= 0" for friction: the term v of v' has a coefficient of at most 0.
    Quotients are not looked for beside these."""
    ensembles: int = 0
    """How many times the data are drawn again, to say how often each term is chosen."""
    held_out: float = 0.25

    def _find(self, subject: Trajectories, context: Context) -> Found[RecoveredDynamics]:
        """The equations; raises NoEquations where none can be simulated, ValueError for what cannot be split."""
        whole, subject = subject, evenly_sampled(subject)
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        seen, held = subject.split(self.held_out, generator)
        smoothed = smooth(seen)
        clock = time_name((*subject.names, *subject.inputs))
        places = positions(subject.names, smoothed)
        choices = libraries(subject.names, self.degree, self.basis, places, subject.inputs, clock)
        words = (*subject.names, *subject.inputs, clock)
        known = known_terms(self.known, words, subject.variables)
        signs = signs_of_terms(self.signs, words, subject.variables)
        choices = [_with_terms(library, self.terms, known, signs) for library in choices]
        reporter.start("equations", len(choices) + 4)
        relations = self._relations(seen, smoothed.noise, whole)
        reporter.advance(1, f"{len(relations)} relations")
        data = Data(smoothed, cut_segments(smoothed, generator), subject.scale, known, signs)
        best = self._best(choices, relations, subject, data, reporter)
        conflicts = sign_conflicts(
            best, data, subject.names, lambda: self._best(choices, relations, subject, replace(data, signs=()), SILENT)
        )
        if misfit(best.fitted.noise, smoothed.noise, data.scale) < RECOVERY.coarse:
            smoothed = replace(smoothed, noise=best.fitted.noise)
            relations = self._relations(seen, smoothed.noise, whole)
        best = snapped(best, [one for one in relations if not one.everywhere or one.weights is not None], data.scale)
        reporter.advance(1, "coefficients")
        orbits = predict(best.model, best.fitted.values, held, best.fitted.segments)
        stretches = held_stretches(best.model, best.fitted.values, held, data.scale, best.fitted.segments)
        artifact = _artifact(best, subject, smoothed, relations, stretches)
        claims = (*prediction_claims(stretches, orbits, smoothed.noise, data.scale), *_relation_claims(relations),
                  *stiff_claims(artifact, whole, subject), *conflicts,
                  *self._ensemble_claims(best, choices, data, artifact, generator))  # fmt: skip
        reporter.finish()
        return Found(artifact, claims, {"orbits": orbits}, route=best.title)

    def _relations(self, seen: Trajectories, noise: Array, whole: Trajectories) -> tuple[Relation, ...]:
        """What is constant; of one run that was cut into stretches only sums: it creeps along a slow curve, which some
        product of its variables describes nearly. noise (variables,)."""
        one_run = len(whole) == 1
        found = find_relations(seen.names, seen.x, noise, one_run)
        return tuple(one for one in found if one.weights is not None) if one_run and len(seen) > 1 else found

    def _ensemble_claims(
        self, best: Candidate, choices: Sequence[Library], data: Data, found: RecoveredDynamics,
        generator: np.random.Generator,
    ) -> tuple[Claim, ...]:  # fmt: skip
        """How often each term is chosen, where that was asked for."""
        if not self.ensembles:
            return ()
        nested = [each for library in choices for each in (*_lower(library, self.degree, self.basis), library)]
        library = next((one for one in nested if (one.title, len(one)) == (best.title, best.choices)), None)
        if library is None or found.relations:
            reason = "they choose among the terms of sums alone, not of quotients, waves in time, or tied variables"
            return (Undecided("how often ensembles choose each term", reason, "look at the intervals"),)
        return ensemble_claims(library, shares(library, data, self.ensembles, generator), self.ensembles, found, data)

    def _best(
        self, choices: Sequence[Library], relations: Sequence[Relation], subject: Trajectories, data: Data,
        reporter: Reporter,
    ) -> Candidate:  # fmt: skip
        """The equations with the shortest description: sums, quotients, and terms that hold the time if need be."""
        best = self._best_sums(choices, relations, data, reporter)
        if self._may_be_quotients(subject, data) and not (settled := _settled(best, data)).all():
            best = shortest((best, _fractions(choices[0], relations, subject, data, settled)))
        reporter.advance(1, "quotients")
        if best is None or misfit(best.fitted.noise, data.smoothed.noise, data.scale) > RECOVERY.unexplained:
            best = timed(choices[0], data, best) or best
        reporter.advance(1, "time")
        if best is None:
            titles = ", ".join(library.title for library in choices)
            raise NoEquations(f"no equations of these terms follow the trajectories: {titles}; name a basis")
        return best

    def _best_sums(
        self, choices: Sequence[Library], relations: Sequence[Relation], data: Data, reporter: Reporter
    ) -> Candidate | None:
        """Of each library, and where a relation ties the variables also of the fewest terms."""
        found: list[Candidate | None] = []
        tried: set[tuple[frozenset[sympy.Expr], ...]] = set()
        for library in choices:
            found += _sums([*_lower(library, self.degree, self.basis), library], data, tried)
            reporter.advance(1, library.title)
        if any(relation.everywhere for relation in relations) and not data.known:
            found.append(_related(choices[0], data))
        return shortest(found)

    def _may_be_quotients(self, subject: Trajectories, data: Data) -> bool:
        """Whether quotients are looked for at all: of few variables, of which nothing else is said."""
        few = subject.variables + len(subject.inputs) <= FRACTIONS.most_variables
        return few and not self.basis and not data.known and not data.signs


def _with_terms(library: Library, terms: Sequence[str], known: Sequence[Known], signs: Sequence[Sign]) -> Library:
    """With terms that are asked for or known, or whose sign is."""
    asked = [parse(text, library.names) for text in terms]
    more = [*(term for one in known for term, _ in one.terms), *(one.term for one in signs)]
    return replace(library, terms=tuple(dict.fromkeys((*library.terms, *asked, *more))))


def ensemble_claims(
    library: Library, shares: Array, draws: int, found: RecoveredDynamics, data: Data
) -> tuple[Claim, ...]:
    """How often each term is chosen, beside its coefficient; and the one that is chosen most often of the others.

    shares (states, terms).
    """
    claims: list[Claim] = []
    constants = dict(zip(symbols_of(found.parameters).values(), found.constants(), strict=True))
    unit = f"of {draws} ensembles"
    for state, (name, rate) in enumerate(zip(found.variables, found.sympy(), strict=True)):
        held, given = _bare_terms(rate, constants), data.given_terms(state)
        told = dict(held)
        for bare, term in held:
            if bare in library.terms and bare not in given:
                beside = "".join(f" ({text})" for symbol, text in constants.items() if term.has(symbol))
                count = round(draws * shares[state, library.terms.index(bare)])
                claims.append(Measured(f"{to_text(term)} in {name}'{beside}, chosen in", count, unit))
        others = np.array([term not in told for term in library.terms])
        most = int(np.argmax(np.where(others, shares[state], 0.0)))
        if others[most] and shares[state, most] > 0:
            text = f"{to_text(library.terms[most])} in {name}', which the equations do not hold, chosen in"
            claims.append(Measured(text, round(draws * shares[state, most]), unit))
    return tuple(claims)


def _bare_terms(rate: sympy.Expr, constants: Collection[Any]) -> list[tuple[Any, Any]]:
    """The terms of a rate, each beside what it is without its coefficient."""
    ones = dict.fromkeys(constants, sympy.Integer(1))
    terms: Any = sympy.Add.make_args(sympy.expand(rate))
    return [(term.xreplace(ones).as_coeff_Mul()[1], term) for term in terms]


def positions(names: tuple[str, ...], smoothed: Smoothed) -> tuple[str, ...]:
    """The variables that change at the rate of another one, as a position does at that of its velocity."""
    rates = np.concatenate([np.asarray(piece.curve.derivative()(piece.t)) for piece in smoothed.pieces])
    states = np.concatenate([piece.smooth for piece in smoothed.pieces])
    with np.errstate(invalid="ignore", divide="ignore"):  # of a variable that keeps its value along every orbit
        both = np.nan_to_num(np.corrcoef(rates.T, states.T)[: len(names), len(names) :])
    np.fill_diagonal(both, 0.0)
    return tuple(name for name, row in zip(names, np.abs(both), strict=True) if row.max() > RECOVERY.rate_correlation)


def _settled(found: Candidate | None, data: Data) -> NDArray[np.bool_]:
    """For each state whether sums explain all but rounding, or all but the noise with so few terms that no quotient is
    likely to be shorter; (states,)."""
    none, noise = np.zeros(len(data.scale), dtype=bool), data.smoothed.noise
    if found is None or misfit(found.fitted.noise, noise, data.scale) > FRACTIONS.unexplained:
        return none
    if (found.fitted.noise <= FRACTIONS.rounding * data.scale).all():
        return ~none
    left = np.array([misfit(*one) for one in zip(found.fitted.noise, noise, data.scale, strict=True)])
    terms = (found.model.coefficients(found.fitted.values) != 0).sum(1)[: len(none)]
    return np.asarray(terms <= FRACTIONS.few_terms + (left <= 1))


def _lower(library: Library, degree: int, basis: Sequence[str]) -> list[Library]:
    """The polynomials of lower degree, among which there are fewer ways to be wrong; none of other libraries."""
    if basis or library.title != "polynomial":
        return []
    inputs = library.names[:-1]
    more = [term for term in library.terms if term not in monomials(inputs, degree)]
    return [replace(library, terms=(*monomials(inputs, low), *more)) for low in range(1, degree)]


def _sums(
    nested: Sequence[Library], data: Data, tried: set[tuple[frozenset[sympy.Expr], ...]]
) -> list[Candidate | None]:
    """The equations of each library; terms that were `tried` only cost more in a larger one."""
    found: list[Candidate | None] = []
    for library in nested:
        right, left = data.weak(library)
        chosen = supports(right, left, data.allowed(library))
        named = tuple(frozenset(library.terms[i] for i in support) for support in chosen)
        if named not in tried:
            tried.add(named)
            found.append(summed(library, chosen, right, left, data))
    return found


def _related(library: Library, data: Data) -> Candidate | None:
    """Sums of the fewest terms, of variables that a relation ties: the lowest degree whose score is best."""
    found = []
    for degree in range(1, 4):
        terms = monomials(library.names[:-1], degree)
        if len(terms) > RECOVERY.most_related:
            break
        low = replace(library, terms=terms, title=f"{library.title} of degree {degree}")
        right, left = weak_equations(low, data.smoothed)
        found.append(summed(low, fewest_terms(right, left, data.allowed(low)), right, left, data))
    return shortest(found)


def _fractions(
    sums: Library, relations: Sequence[Relation], subject: Trajectories, data: Data, settled: NDArray[np.bool_]
) -> Candidate | None:
    """Equations of which some are quotients, where that is a shorter description of their weak equations; none for
    states that sums have `settled` (states,).

    Where a relation tells one rate by others, it is those that keep it that are compared: rates that are fitted apart
    may miss the same quotient in different ways.
    """
    library, stages = fraction_library(subject.names, subject.inputs, sums.names[-1])
    everything = replace(library, terms=tuple(dict.fromkeys((*library.terms, *sums.terms))))
    made: list[Candidate] = []
    noisy = (data.smoothed.noise > RECOVERY.exact * data.scale).any()  # else the linear equation is not biased
    finest = data.segments.substeps * 2**FRACTIONS.most_doublings if noisy else SHOOTING.most_substeps
    choices = len(library) + len(stages[-1].below)
    for share in (1.0, FRACTIONS.test_functions) if noisy else (1.0,):
        weak = WeakQuotients.of(library, data.smoothed, share)
        chosen, starts, scores = _by_sums(sums, data.smoothed, weak.scale)
        limits = np.where(settled, -np.inf, scores).tolist()
        polynomials = [[everything.terms.index(sums.terms[i]) for i in support] for support in chosen]
        tried = quotients(weak, stages, limits) if share == 1 else [scanned(weak, stages, limits)]
        for found in filter(any, tried):
            model, values = with_quotients(everything, polynomials, starts, found)
            better = improved(library.title, choices, model, values, data, finest)
            made += [] if better is None else [better]
    return min(made, key=lambda one: keeping(one, relations, data.scale).score, default=None)


def _by_sums(sums: Library, smoothed: Smoothed, scale: float) -> tuple[list[list[int]], list[Any], list[float]]:
    """For each state the terms that a sum has, its coefficients and its score, in weak equations of this scale."""
    right, left = weak_equations(sums, smoothed, scale)
    chosen = supports(right, left)
    starts = [np.linalg.lstsq(right[:, support], left[:, j], rcond=None)[0] for j, support in enumerate(chosen)]
    return chosen, starts, [criterion_of(right, left[:, j], support) for j, support in enumerate(chosen)]


def _artifact(
    found: Candidate, subject: Trajectories, smoothed: Smoothed, relations: Sequence[Relation], stretches: Stretches
) -> RecoveredDynamics:
    """The equations with a name for every coefficient and frequency that is no exact number; coefficients above 0."""
    fitted, library = found.fitted, found.model.library
    unknown = [(speed, doubt) for speed, doubt in found.speeds if doubt > 0]
    names = numbered("k", len(fitted.values) + len(unknown), (*subject.names, *subject.inputs))
    spread = standard_errors(fitted.values, fitted.covariance)
    rates = _rates(found.model, fitted.values, [speed for speed, _ in unknown], names)
    everywhere = tuple(to_text(relation.expression) for relation in relations if relation.everywhere)
    return RecoveredDynamics(
        subject.names,
        tuple(map(to_text, rates)),
        names,
        (*(float(abs(value)) for value in fitted.values), *(speed for speed, _ in unknown)),
        (*map(float, spread), *(doubt for _, doubt in unknown)),
        tuple(map(float, fitted.noise)),
        _worse(misfit(fitted.noise, smoothed.noise, subject.scale), stretches, smoothed.noise, subject.scale),
        found.title,
        inputs=subject.inputs,
        time=library.names[-1] if _holds_time(library) else "",
        relations=everywhere,
    )


def _worse(seen: float, stretches: Stretches, noise: Array, scale: Array) -> float:
    """The misfit on what was fitted to, or that on held-out stretches where it is another thing altogether."""
    held = float("inf") if stretches.noise is None else misfit(stretches.noise, noise, scale)
    return held if held > RECOVERY.elsewhere * max(seen, 1.0) else seen


def _rates(model: Model, values: Array, speeds: Sequence[float], names: Sequence[str]) -> list[sympy.Expr]:
    """The right-hand sides; `names` are of the coefficients `values` (parameters,) and then of the frequencies."""
    symbols = [sympy.Symbol(name, real=True) for name in names]
    signs = [1 if value >= 0 else -1 for value in values]
    table = dict(zip((sympy.Float(speed, 17) for speed in speeds), symbols[len(signs) :], strict=True))
    terms = [_with_speeds(term, table) for term in model.library.terms]
    sums = [
        sympy.Add(*(_coefficient(model, j, i, symbols[: len(signs)], signs) * term for i, term in enumerate(terms)))
        for j in range(len(model.base))
    ]
    return [sums[j] / sums[model.width + j] if model.fraction else sums[j] for j in range(model.width)]


def _holds_time(library: Library) -> bool:
    return any(library.names[-1] in map(str, term.free_symbols) for term in library.terms)


def _with_speeds(term: sympy.Expr, speeds: dict[Any, sympy.Symbol]) -> sympy.Expr:
    """With symbols for frequencies, or exact numbers."""
    named = sympy.sympify(term).xreplace(speeds)
    exact = {number: sympy.nsimplify(number, rational=True, tolerance=1e-12) for number in named.atoms(sympy.Float)}
    return named.xreplace(exact)


def _relation_claims(relations: Sequence[Relation]) -> tuple[Claim, ...]:
    """What is constant, and by how much it varies nevertheless."""
    found: list[Claim] = []
    for relation in relations:
        text = to_text(relation.expression)
        where = f"{text} = 0 on all orbits" if relation.everywhere else f"{text} keeps its value along every orbit"
        found.append(Measured(f"{where}, but for a standard deviation of", relation.left, "", relation.noise))
    shared = [to_text(relation.expression) for relation in relations if relation.everywhere]
    if shared:
        reason = f"orbits on {' = '.join(shared)} = 0 tell them only up to multiples of that; the shortest are given"
        found.append(Undecided("which right-hand sides these are", reason, "give orbits on which it has another value"))
    return tuple(found)


def misfit(left: Array, noise: Array, scale: Array) -> float:
    """What equations leave over, over the noise. The worst variable; 1 where both are rounding.

    All three of shape (variables,).

    >>> misfit(np.array([0.2]), np.array([0.1]), np.array([1.0]))
    2.0
    """
    return float((np.maximum(left, RECOVERY.exact * scale) / np.maximum(noise, RECOVERY.exact * scale)).max())


def _coefficient(model: Model, j: int, i: int, symbols: Sequence[sympy.Symbol], signs: Sequence[int]) -> sympy.Expr:
    total: sympy.Expr = sympy.nsimplify(sympy.Float(model.base[j, i], 17), rational=True, tolerance=1e-12)
    for symbol, sign, pattern in zip(symbols, signs, model.pattern, strict=True):
        if pattern[j, i]:
            factor = sympy.nsimplify(sympy.Float(pattern[j, i], 17), rational=True, tolerance=1e-9)
            total += sign * factor * symbol
    return total
