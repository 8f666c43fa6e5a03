"""Skills: 80 logs whose way of being learnt is known; the first half of each is given, the other half is forecast.

    python benchmarks/skills.py             the half of the worlds that may be looked at
    python benchmarks/skills.py --unseen    the other half, once, when the method no longer changes
    ... --record                            writes what was run into papers/skills.toml

Of each world: the root mean square error of what is left, on all entries after the log, of the law that was chosen
from the log; of each curve by itself; of the last values; and of the best law, as it would be known afterwards. Of the
skills that are learnt after the log: the factor by which their times are missed. CPU seconds on one thread.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pellucid.artifacts import SkillDynamics
from pellucid.learn import SkillForecast
from pellucid.learn.skills.skill_fit import fit_alone
from pellucid.learn.skills.skill_forecast import _crossings
from pellucid.subjects import SkillCurves
from suites.halves import chosen
from suites.halves_file import record
from suites.skill_worlds import ENTRIES, World, names, world

ABOUT = {
    "title": "Skill dynamics: laws fitted to logs, and forecasts",
    "arxiv": "2501.12391",
    "seen": "the first half; of it, 14 worlds before the choice by held-out time was written",
    "claims": "geometry, resource and domino models describe how skills are learnt; which a run follows is not asked",
    "differs": "a law is chosen by what it forecasts, competing laws are solved in closed form, sudden drops are added",
    "falls_short": "small networks on parities: each curve by itself forecasts as well (first half .138 beside .112)",
}
MATCHES = {
    "signs": ("geometry", "resource"),
    "descent": ("independent",),
    "resource": ("resource",),
    "domino": ("domino",),
    "powers": ("powers",),
    "nothing": ("apart", "powers"),
}
"""What a world's law may be called: sign descent is that of geometry, which resource was made to stand for; times that
nothing sets are powers of frequencies that are found."""


@dataclass(frozen=True)
class Named:
    """A world by its name alone, to be split by it."""

    name: str


@dataclass(frozen=True)
class Row:
    """How one world came out."""

    name: str
    kind: str
    told: bool
    law: str
    right: bool | None
    error: float
    error_apart: float
    error_flat: float
    error_best: float
    later: int
    """Skills that are learnt after the log."""
    said: int
    """Those of them that have a finite forecast."""
    within: int
    """Those within a factor of 1.5."""
    factors: tuple[float, ...]
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="worlds; by default a half of them")
    parser.add_argument("--unseen", action="store_true", help="the half that is run once")
    parser.add_argument("--record", action="store_true", help="write into papers/")
    options = parser.parse_args()
    cases = chosen([Named(name) for name in names()], options.names, options.unseen)
    rows = [run(world(case.name)) for case in cases]
    counts = summary(rows)
    for name, value in counts.items():
        print(f"{name:24} {value}")
    if options.record and not options.names:
        told = [{k: v for k, v in asdict(row).items() if v is not None and k != "factors"} for row in rows]
        record("skills", ABOUT, counts, told, unseen=options.unseen, command="python benchmarks/skills.py --record")


def run(case: World) -> Row:
    """Opens the first half, and compares with the second."""
    start = time.process_time()
    known, later = slice(0, ENTRIES), slice(ENTRIES, None)
    curves = SkillCurves(case.steps[known], case.losses[known], frequencies=case.frequencies)
    found = SkillForecast().explain(curves).artifact
    seconds = time.process_time() - start
    left = case.losses / case.losses[0]
    t = case.steps - case.steps[0]
    alone = fit_alone(t[known], left[known], t[later])
    laws = [i for i, law in enumerate(found.laws) if law != "apart"]
    said = {i: rms(found(t[later], i) - left[later]) for i in laws}
    apart = rms(alone - left[later])
    error = apart if found.law == "apart" else said[0]
    factors = times(found, t, left)
    right = None if case.kind not in MATCHES else found.law in MATCHES[case.kind]
    row = Row(
        case.name, case.kind, case.frequencies is not None, found.laws[0], right, error, apart,
        rms(left[ENTRIES - 1] - left[later]), min([apart, *said.values()]), len(factors),
        int(np.isfinite(factors).sum()), int((factors <= 1.5).sum()),
        tuple(float(one) for one in factors[np.isfinite(factors)]), round(seconds, 2),
    )  # fmt: skip
    print(
        f"{row.name}  {row.kind:10}{'told ' if row.told else '     '}-> {row.law:12} {error:.3f} apart {apart:.3f} "
        f"best {row.error_best:.3f}  {row.within}/{row.said}/{row.later}  {seconds:.1f} s",
        flush=True,
    )
    return row


def times(found: SkillDynamics, t: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Of each skill that is learnt after the log, the factor by which its forecast misses; NaN without one."""
    came = _crossings(t, left)
    open_before = np.isnan(_crossings(t[:ENTRIES], left[:ENTRIES])) & np.isfinite(came)
    said = found.forecast[open_before]
    with np.errstate(invalid="ignore"):
        factor = np.maximum(said / came[open_before], came[open_before] / said)
    return np.where(np.isfinite(factor), factor, np.nan)


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def summary(rows: list[Row]) -> dict[str, Any]:
    """Medians and means of errors, and counts of laws and times."""
    judged = [row for row in rows if row.right is not None]
    factors = [one for row in rows for one in row.factors]
    found: dict[str, Any] = {
        "worlds": len(rows), "laws_right": sum(bool(row.right) for row in judged), "laws_judged": len(judged),
    }  # fmt: skip
    for name in ("error", "error_apart", "error_flat", "error_best"):
        values = [getattr(row, name) for row in rows]
        found |= {name: round(float(np.median(values)), 4), f"mean_{name}": round(float(np.mean(values)), 4)}
    for kind in sorted({row.kind for row in rows}):
        own = [row for row in rows if row.kind == kind]
        found[f"error_{kind}"] = round(float(np.median([row.error for row in own])), 4)
        found[f"error_apart_{kind}"] = round(float(np.median([row.error_apart for row in own])), 4)
    found |= {name: sum(getattr(row, name) for row in rows) for name in ("later", "said", "within")}
    found["median_factor"] = round(float(np.median(factors)), 3)
    found["cpu_seconds"] = round(sum(row.seconds for row in rows), 1)
    return found


if __name__ == "__main__":
    main()
