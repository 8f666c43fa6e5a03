"""The job `guarantee`: a rule about a finite world is bounded from both sides, and what was asked is proved or refuted.

world, with a policy -> Guarantee -> two vectors -> exact fractions -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..algebra.markov.rule import Rule, Side
from ..artifacts.worlds.guarantee import Guarantee as Found
from ..core.claim import Claim, Refuted, Undecided
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..oversee.guarantee.guarantee import Guarantee
from ..oversee.guarantee.order import order_claims
from ..prove.manifest import certificate_files
from ..prove.proof import CertificateError, Proof
from ..prove.worlds.world_bound import WorldBound
from ..run.cached import cached
from ..subjects.worlds.world_logs import WorldLogs
from ..subjects.worlds.world_model import WorldModel
from .subjects.worlds import LogOptions, logged_world


def open_world(
    subject: WorldModel,
    rule: Rule,
    *,
    asked: str = "",
    seed: int = 0,
    method: Guarantee | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Found]:
    """Bounds on `rule` in the world, each with a certificate; `asked` is proved, refuted with a path, or undecided."""
    method = method or Guarantee(rule, asked)
    finding = cached(method, subject, seed, folder=checkpoint, reporter=reporter)
    found = finding.artifact
    proofs: list[Proof] = []
    claims: list[Claim] = []
    sides: tuple[Side, ...] = ("upper", "lower")
    for side in sorted(sides, key=lambda one: one != found.rule.guaranteed):
        wanted = found.asked if found.keeps and side == found.rule.guaranteed else ""
        try:
            bound = found.bound(side)
            if bound is not None and not _is_trivial(found, side):
                proofs.append(WorldBound().prove(found, side, f"proofs/{side}.json", carry=not proofs))
            if bound is not None and wanted and found.bound_text(side) != wanted:
                proofs.insert(0, WorldBound().prove(found, side, "proofs/asked.json", wanted, carry=not proofs))
        except CertificateError as error:
            claims.append(Undecided(found.statement(side), str(error), "report this world", key=side))
    answer = _answer(found, {proof.claim.statement for proof in proofs})
    claims = [*([answer] if answer else []), *(proof.claim for proof in proofs), *claims]
    return finding.plus(*claims, proofs=certificate_files(found, proofs))


def open_logs(
    logs: WorldLogs,
    rule: Rule,
    *,
    policy: Path | None = None,
    options: LogOptions | None = None,
    asked: str = "",
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Found]:
    """Bounds that hold with a confidence for the world that was logged; and whether its steps have a memory.

    Raises ValueError for logs, rule and policy that do not fit.
    """
    subject = logged_world(logs, rule, policy, options or LogOptions())
    finding = open_world(subject, rule, asked=asked, seed=seed, reporter=reporter, checkpoint=checkpoint)
    claims = tuple(_open(claim) if isinstance(claim, Refuted) else claim for claim in finding.claims)
    return replace(finding, claims=claims).plus(*order_claims(logs, seed), proofs={})


def _open(claim: Refuted) -> Undecided:
    """What the worst world within the intervals refutes may still hold in the one that was logged."""
    reason = f"not in the worst world that the logs allow: {claim.counterexample}"
    return Undecided(claim.statement, reason, "log more steps", key=claim.key)


def _is_trivial(found: Found, side: Side) -> bool:
    """Whether a bound says nothing: a probability is at most 1, and nothing is below 0."""
    bound = found.bound(side)
    return bound is None or (bound.value == 0 if side == "lower" else bound.value == 1 and not found.rule.cost)


def _answer(found: Found, proved: set[str]) -> Claim | None:
    """What is to be said of the bound that was asked for, where it is not proved."""
    if not found.asked:
        return None
    side = found.rule.guaranteed
    other: Side = "lower" if side == "upper" else "upper"
    statement = found.statement(side, found.asked)
    if found.keeps is False and found.statement(other) in proved:
        return Refuted(statement, _counterexample(found, other), key="asked")
    if found.keeps:
        return None
    reason = f"the bounds leave it open: {found.rule.quantity} {found.value_text}"
    return Undecided(statement, reason, "give more --digits, or more logs", key="asked")


def _counterexample(found: Found, side: Side) -> str:
    """The bound that contradicts it, and the likeliest path on which the rule is broken."""
    told = f"{found.rule.quantity} {'>=' if side == 'lower' else '<='} {found.bound_text(side)}"
    if not found.path:
        return told
    return f"{told}; likeliest path: {path_text(found)}"


def path_text(found: Found, most: int = 8) -> str:
    """The likeliest path on which the rule is broken, and how likely it is; of a long one both ends."""
    names = [found.world.states[found.world.start], *(step.state for step in found.path)]
    if len(names) > most:
        names = [*names[: most // 2], f"({len(names) - most} more)", *names[-(most // 2) :]]
    chance = 0.0 if found.path_chance is None else float(found.path_chance)
    return f"{' > '.join(names)} (probability {chance:.3g})"
