"""At which values of their parameters equations conserve more: ratios of rates, of frequencies, of moments of inertia.

The drift matrix of SID (arXiv 2305.19525 section II), whose null space is what is conserved, has polynomials in the
parameters as entries. Its rank is smaller than in general only where a pivot of its elimination is 0, or a factor that
was divided out; each of these is a condition that is tried: its zeros are substituted, and the matrix there eliminated
again, until enough conditions hold together. What holds at each is found and proved as in general.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from ...algebra.arithmetic.parametric_rank import TooLarge
from ...algebra.expressions.text import parse, to_text
from ...algebra.parameters.parametric_drift import NotCovered
from ...algebra.parameters.special_values import SpecialValues, special_values
from ...artifacts.laws.invariants import Invariants as InvariantsFound
from ...artifacts.laws.special_cases import SpecialCase
from ...artifacts.laws.special_cases import SpecialCases as Cases
from ...core.claim import Claim, Measured, Undecided
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.equations.dynamics import Dynamics, values_put
from .invariants import Invariants, orbits_and_drifts, system_of
from .stages import Stages


@dataclass(frozen=True)
class SpecialCases(Method[Dynamics, Cases]):
    """All conditions on the parameters under which more polynomials are conserved than in general.

    No parameter is 0: where one is, leave it out of the equations, and look again.

    >>> springs = Dynamics.parse("x' = p; y' = q; p' = -a*x; q' = -b*y", parameters="a, b")
    >>> [case.condition for case in SpecialCases(degree=3).explain(springs).artifact.cases]
    ['b = 4*a', 'b = a/4', 'b = a']
    """

    degree: int = 3
    basis: tuple[str, ...] = ()
    depth: int = 2
    """Conditions that may hold together."""
    most: int = 1_000_000
    """Terms of polynomials that are multiplied; conditions that need more are named as not looked at."""
    orbits: int = 4
    assumed: tuple[str, ...] = ()
    """Inequalities between the parameters, such as "a > b": cases that contradict them are none."""

    def _find(self, subject: Dynamics, context: Context) -> Found[Cases]:
        """The special cases of `subject`; raises ValueError where it has no parameters, and as `Invariants` does."""
        refuse_without_conditions(subject.parameters, self.depth)
        general = Invariants(self.degree, self.basis, 0, beyond=False).explain(subject, context.seed).artifact
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        artifact, claims = self._cases(subject, general, context.seed, context.reporter, stages)
        return Found(artifact, claims)

    def _cases(
        self, subject: Dynamics, general: InvariantsFound, seed: int, reporter: Reporter, stages: Stages
    ) -> tuple[Cases, tuple[Claim, ...]]:
        system, basis = system_of(subject, general.basis)
        told = telling(reporter)
        try:
            found = kept_values(stages, lambda: special_values(
                system, basis, self.degree, self.depth, self.most, seed, self.assumed, told
            ))  # fmt: skip
        except (NotCovered, TooLarge) as error:
            why = f"{error}" if isinstance(error, NotCovered) else f"the elimination grew too large: {error}"
            reporter.finish()
            return Cases(general, (), self.depth, problem=why, assumed=self.assumed), unknown_claims(why)
        reporter.finish()
        reporter.start("special cases", len(found.cases))

        def law(k: int) -> dict[str, Any] | None:
            there = self._at(subject, dict(found.cases[k][0]), general.basis, seed)
            reporter.advance(1)
            return None if there is None or there.vectors <= general.vectors else there.to_dict()

        laws = stages.steps("cases", len(found.cases), law)
        cases, left = [], list(found.left)
        for (values, _), data in zip(found.cases, laws, strict=True):
            if data is None:
                left.append(tuple(f"{name} - ({text})" for name, text in values))
            else:
                cases.append(SpecialCase(values, InvariantsFound.from_dict(data, {})))
        reporter.finish()
        whole = Cases(general, tuple(cases), self.depth, tuple(left), found.deeper, assumed=self.assumed)
        claims = claims_of(whole, seed, self.orbits)
        return whole, measured_by("discover.special_cases", claims) if self.orbits == SpecialCases.orbits else claims

    def _at(
        self, subject: Dynamics, values: dict[str, str], basis: tuple[str, ...], seed: int
    ) -> InvariantsFound | None:
        try:
            special = subject.at(values)
            return Invariants(self.degree, basis, 0, beyond=False).explain(special, seed).artifact
        except (ValueError, ZeroDivisionError):
            return None


@measurement("discover.special_cases")
def _cases_again(evidence: Evidence) -> tuple[Claim, ...]:
    return claims_of(evidence.the(Cases), evidence.context.seed)


def claims_of(found: Cases, seed: int, orbits: int = 4) -> tuple[Claim, ...]:
    """How many cases there are, and of each the invariant that changes most along computed orbits."""
    claims: list[Claim] = [count_claim(len(found.cases), found.more)]
    for case in found.cases:
        if isinstance(case.law, InvariantsFound):
            drifts = orbits_and_drifts(case.law, orbits, Context(seed))[1]
            claims += worst_drift(drifts, partial(_told, case.condition))
    return tuple(claims)


def _told(condition: str, count: int) -> str:
    what = "the invariant changes" if count == 1 else f"{count} invariants change"
    return f"where {condition}: {what} along orbits by at most"


def worst_drift(claims: Sequence[Claim], told: Callable[[int], str]) -> list[Claim]:
    """The largest of the drifts, if there are any; `told` says what it is of, from how many there are."""
    drifts = [c for c in claims if isinstance(c, Measured) and c.key == "drift"]
    worst = max(drifts, key=lambda claim: claim.value, default=None)
    return [] if worst is None else [Measured(told(len(drifts)), worst.value, worst.unit, worst.baseline)]


def kept_values(stages: Stages, make: Callable[[], SpecialValues]) -> SpecialValues:
    """What the search for values gives, from the checkpoint where it is there."""
    kept = stages.one("values", lambda: asdict(make()))
    cases = tuple((tuple((name, text) for name, text in values), count) for values, count in kept["cases"])
    return SpecialValues(kept["vectors"], cases, tuple(map(tuple, kept["left"])), kept["deeper"], tuple(kept["tried"]))


def values_in(
    texts: Sequence[str], names: Sequence[str], parameters: Sequence[str], values: Mapping[str, str]
) -> tuple[str, ...]:
    """Each expression in `names` and `parameters` where some of these have values, each once.

    >>> values_in(("u", "1/u", "u**n"), ("u",), ("n",), {"n": "1"})
    ('u', '1/u')
    """
    table, _ = values_put(tuple(parameters), values)
    written = (parse(text, (*names, *parameters)).xreplace(table) for text in texts)
    return tuple(dict.fromkeys(map(to_text, written)))


def refuse_without_conditions(parameters: Sequence[str], depth: int) -> None:
    """Raises ValueError where there is nothing that could be special, or nothing is to be looked for."""
    if not parameters:
        raise ValueError("parameters=() leaves no conditions to look for; declare constants as parameters")
    if depth < 1:
        raise ValueError(f"depth={depth} looks for no conditions; give at least 1")


def telling(reporter: Reporter) -> Callable[[int, int], None]:
    """Starts a stage of unknown length, and gives what tells of its eliminations."""
    reporter.start("special values of the parameters", 0)

    def told(eliminations: int, branches: int) -> None:
        reporter.advance(0, f"{eliminations} conditions eliminated, {branches} with more conserved")

    return told


def unknown_claims(why: str, what: str = "more is conserved") -> tuple[Claim, ...]:
    """That it is not known where more is conserved, or `what` else there would be."""
    unknown = Undecided(f"values of the parameters at which {what}", why, "name some as numbers")
    return unknown, count_claim(0, what)


def count_claim(number: int, what: str = "more is conserved") -> Claim:
    """How many conditions were found."""
    return Measured(f"conditions on the parameters under which {what}", number, "")
