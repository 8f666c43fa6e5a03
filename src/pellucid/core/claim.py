"""Claims: one statement about an artifact, and how strongly it is known.

Strongest first: `Proved`, `Exhausted`, `Tested`, `Measured`; beside them `Refuted` (with a counterexample) and
`Undecided` (with what ran out). The word is part of the interface and is never inflated.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any, ClassVar


@dataclass(frozen=True)
class Claim:
    """One statement and its strength; use one of the subclasses."""

    statement: str
    key: str = field(default="", kw_only=True)
    """A short name by which code finds the claim ("fvu", "exponent"), whatever its statement says to people."""
    measurement: str = field(default="", kw_only=True)
    """The measurement that makes it again (`core.measurement`); empty where none does."""

    strength: ClassVar[str] = ""

    @property
    def evidence(self) -> str:
        """The evidence in a few words, for the table of claims."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return f"<div><b>{self.strength}</b> {escape(self.statement)} &nbsp; {escape(self.evidence)}</div>"

    def to_dict(self) -> dict[str, Any]:
        data = {"strength": self.strength, **asdict(self)}
        for name in ("key", "measurement"):
            if not data[name]:
                del data[name]
        return data


@dataclass(frozen=True)
class Proved(Claim):
    """Holds for every input of `domain`; `command` re-checks `certificate` (a path inside the finding's folder).

    >>> Proved("p = q", domain="all inputs", by="z3", certificate="proofs/pq.smt2", command="z3 pq.smt2").evidence
    'z3    proofs/pq.smt2'
    """

    domain: str
    by: str
    certificate: str
    command: str

    strength = "Proved"

    @property
    def evidence(self) -> str:
        return f"{self.by:<5} {self.certificate}"


@dataclass(frozen=True)
class Exhausted(Claim):
    """Every one of `cases` cases of the finite `domain` was run, without a failure."""

    domain: str
    cases: int

    strength = "Exhausted"

    @property
    def evidence(self) -> str:
        return f"{self.cases:,} cases"


@dataclass(frozen=True)
class Tested(Claim):
    """`cases` independent held-out cases were run, `failures` of them failed.

    >>> Tested("p = q", cases=100_000, failures=0).evidence
    '100,000 cases, 0 failures (<= 3.0e-05 at 95 %)'
    """

    cases: int
    failures: int
    confidence: float = 0.95

    strength = "Tested"
    __test__: ClassVar[bool] = False  # pytest would take the name for a test class

    def __post_init__(self) -> None:
        if self.cases < 1 or not 0 <= self.failures <= self.cases:
            raise ValueError(
                f"failures={self.failures} of cases={self.cases} is no test; run at least one case "
                "and count at most every case as a failure"
            )

    @property
    def failure_bound(self) -> float:
        """One-sided Clopper-Pearson upper bound on the failure rate at `confidence`."""
        return binomial_upper_bound(self.failures, self.cases, self.confidence)

    @property
    def evidence(self) -> str:
        noun = "failure" if self.failures == 1 else "failures"
        bound = f"<= {self.failure_bound:.1e} at {100 * self.confidence:g} %"
        return f"{self.cases:,} cases, {self.failures:,} {noun} ({bound})"

    def to_dict(self) -> dict[str, Any]:
        return {**super().to_dict(), "failure_bound": self.failure_bound}


@dataclass(frozen=True)
class Measured(Claim):
    """A figure with its unit, its baseline (what one would get for nothing) and its uncertainty (None: exact)."""

    value: float
    unit: str
    baseline: float | None = None
    uncertainty: float | None = None

    strength = "Measured"

    @property
    def evidence(self) -> str:
        text, baseline = f"{self.value:.6g}", self.baseline
        if self.uncertainty:
            decimals = -math.floor(math.log10(self.uncertainty))  # as many as are known
            text = f"{_rounded(self.value, decimals)} +- {_rounded(self.uncertainty, decimals)}"
            baseline = None if baseline is None else round(baseline, decimals + 1)
        text += f" {self.unit}" if self.unit else ""
        return text if baseline is None else f"{text} (baseline {baseline:.4g})"


def _rounded(value: float, decimals: int) -> str:
    """A number with so many decimals; of tens, hundreds for fewer than none.

    >>> _rounded(1.42, 10), _rounded(1.4692298e-50, 53)
    ('1.42', '1.469e-50')
    """
    if -6 <= decimals <= 6:
        return f"{round(value, decimals):.{max(0, decimals)}f}"
    before = 1 + math.floor(math.log10(abs(value))) if value else 1
    return f"{value:.{min(max(before + decimals, 1), 12)}g}"


@dataclass(frozen=True)
class Refuted(Claim):
    """The statement is false: `counterexample` shows it, and does fail when it is run."""

    counterexample: str

    strength = "Refuted"

    @property
    def evidence(self) -> str:
        return f"counterexample: {self.counterexample}"


@dataclass(frozen=True)
class Undecided(Claim):
    """Neither proved nor refuted: `reason` says what ran out or was missing, `remedy` what would help."""

    reason: str
    remedy: str = ""

    strength = "Undecided"

    @property
    def evidence(self) -> str:
        return f"{self.reason} ({self.remedy})" if self.remedy else self.reason


STRENGTHS: tuple[type[Claim], ...] = (Proved, Exhausted, Tested, Measured, Refuted, Undecided)
"""Every kind of claim, strongest first."""


def strongest_first(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims by strength; those of one strength stay in their order.

    >>> [claim.strength for claim in strongest_first([Measured("a", 1, ""), Tested("b", 9, 0), Measured("c", 2, "")])]
    ['Tested', 'Measured', 'Measured']
    """
    return tuple(sorted(claims, key=lambda claim: STRENGTHS.index(type(claim))))


def claim_from_dict(data: dict[str, Any]) -> Claim:
    """The claim that `Claim.to_dict` wrote; raises ValueError for an unknown strength."""
    fields = {key: value for key, value in data.items() if key not in ("strength", "failure_bound")}
    for kind in STRENGTHS:
        if kind.strength == data.get("strength"):
            return kind(**fields)
    raise ValueError(f"strength={data.get('strength')!r} is unknown; use one of {[k.strength for k in STRENGTHS]}")


def binomial_upper_bound(failures: int, cases: int, confidence: float = 0.95) -> float:
    """The largest failure rate p with P(at most `failures` of `cases` | p) >= 1 - confidence (Clopper-Pearson).

    >>> round(binomial_upper_bound(0, 100), 4)   # 1 - 0.05 ** (1 / 100)
    0.0295
    """
    if failures == cases:
        return 1.0
    low, high = failures / cases, 1.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _binomial_cdf(failures, cases, middle) > 1 - confidence else (low, middle)
    return high


def _binomial_cdf(k: int, n: int, p: float) -> float:
    """P(X <= k) for X ~ Binomial(n, p), summed from the largest term down so that it stops early."""
    if p <= 0:
        return 1.0
    if p >= 1:
        return float(k >= n)
    odds = math.log(p) - math.log1p(-p)
    term = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * odds + n * math.log1p(-p)
    total = 0.0
    for i in range(k, -1, -1):
        total += math.exp(term)
        if i == 0 or (math.exp(term) < 1e-18 * total and i < n * p):
            break
        term += math.log(i) - math.log(n - i + 1) - odds
    return min(total, 1.0)
