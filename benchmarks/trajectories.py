"""From trajectories to laws: how many invariants are counted, whether the equations are recovered, at what noise.

    python benchmarks/trajectories.py            every row, a few minutes; writes papers/poincare_trajectories.toml
    python benchmarks/trajectories.py --quick    three systems, and writes nothing
    python benchmarks/trajectories.py --peer FOLDER  PySINDy beside it, from a folder of installed packages

Noise is normal, its standard deviation a share of each variable's own. "known" is the number of invariants that the
equations have up to degree 4, angles among them, which orbits wind around, "exact" that of the recovered equations,
proved for these. "orbits" is what the orbits given leave room for: the dimension of the states less that of an orbit.
That is more where orbits lie on tori that no polynomial tells apart, and "open" where orbits are too short to fill
what they would in time. "counted" is what is counted from the data alone (AI Poincare), where "open" says that the
data do not tell.
"terms" says whether the equations have the right terms and no others, "numbers" whether every coefficient is
exactly right as well. "drift" is how much the recovered equations' worst invariant varies along held-out samples,
noise and all, over its spread between them. Nothing is set for a system or a noise. PySINDy has a polynomial library
of the same degree, smoothed differences, and of five thresholds the one that serves it best, so that its column says
what it could do if one knew. Seconds are CPU time on one thread.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula_source import numpy_function
from pellucid.artifacts.laws.invariants import Invariants
from pellucid.artifacts.laws.recovered_dynamics import RecoveredDynamics
from pellucid.core import Finding, Measured
from pellucid.jobs.laws import open_laws
from pellucid.subjects.equations.dynamics import Dynamics
from pellucid.subjects.equations.trajectories import Trajectories

PAPERS = Path(__file__).parent.parent / "papers"
NOISES = (0.0, 0.01, 0.05)
THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.5)
DEGREE = 3
SEED = 1

Array = NDArray[np.float64]
Start = Callable[[np.random.Generator], Any]


@dataclass(frozen=True)
class Case:
    """Equations, where to start, how many trajectories of how many samples, and how long they last."""

    name: str
    equations: str
    start: Start
    known: int
    count: int = 20
    samples: int = 200
    duration: float = 12.0
    settle: float = 0.0
    polynomial: bool = True
    room: int | str | None = "known"
    """What the orbits leave room for, where it is another number than `known`; None where they do not tell."""


def _box(size: float, width: int) -> Start:
    return lambda generator: generator.uniform(-size, size, width)


def _kepler(generator: np.random.Generator) -> Array:
    radius, angle, speed = generator.uniform(0.8, 1.3), generator.uniform(0, 2 * np.pi), generator.uniform(0.8, 1.1)
    speed, radial = speed * generator.choice([-1, 1]), generator.uniform(-0.2, 0.2)
    c, s = np.cos(angle), np.sin(angle)
    return np.array([radius * c, radius * s, radial * c - speed * s, radial * s + speed * c])


def _two_bodies(generator: np.random.Generator) -> Array:
    """Masses 1 and 2 about their centre of mass, which moves."""
    relative = _kepler(generator)
    relative[2:] *= np.sqrt(3 / np.hypot(*relative[:2]))
    centre, speed = generator.uniform(-0.5, 0.5, 2), generator.uniform(-0.3, 0.3, 2)
    place, pace = relative[:2], relative[2:]
    return np.concatenate([centre + place * 2 / 3, centre - place / 3, speed + pace * 2 / 3, speed - pace / 3])


def _henon_heiles(low: float, high: float) -> Start:
    """States of an energy between `low` and `high`; orbits escape from 1/6 on."""

    def start(generator: np.random.Generator) -> Array:
        while True:
            x, y = generator.uniform(-0.5, 0.5, 2)
            kinetic = generator.uniform(low, high) - (x * x + y * y) / 2 - x * x * y + y**3 / 3
            if kinetic > 0:
                angle = generator.uniform(0, 2 * np.pi)
                return np.array([x, y, *(np.sqrt(2 * kinetic) * np.array([np.cos(angle), np.sin(angle)]))])

    return start


KEPLER = "x' = a; y' = b; a' = -x/(x**2 + y**2)**(3/2); b' = -y/(x**2 + y**2)**(3/2)"
TWO_BODIES = """
    x1' = u1; y1' = v1; x2' = u2; y2' = v2
    u1' = -2*(x1 - x2)/((x1 - x2)**2 + (y1 - y2)**2)**(3/2); v1' = -2*(y1 - y2)/((x1 - x2)**2 + (y1 - y2)**2)**(3/2)
    u2' = (x1 - x2)/((x1 - x2)**2 + (y1 - y2)**2)**(3/2); v2' = (y1 - y2)/((x1 - x2)**2 + (y1 - y2)**2)**(3/2)"""
HENON_HEILES = "x' = p; y' = q; p' = -x - 2*x*y; q' = -y - x**2 + y**2"
CASES = [
    Case("oscillator", "x' = v; v' = -2*x", _box(1.5, 2), 1),
    Case("oscillator, 2D isotropic", "x' = a; y' = b; a' = -x; b' = -y", _box(1.5, 4), 3),
    Case("oscillator, 1:sqrt 2", "x' = a; y' = b; a' = -x; b' = -2*y", _box(1.5, 4), 3, samples=600, duration=80.0,
         room=2),
    Case("Lotka-Volterra", "x' = 2*x/3 - 4*x*y/3; y' = x*y - y", lambda g: g.uniform(0.4, 1.8, 2), 1,
         samples=250, duration=20.0),
    Case("pendulum", "theta' = omega; omega' = -sin(theta)", lambda g: g.uniform([-2.5, -0.5], [2.5, 0.5]), 1,
         duration=15.0, polynomial=False),
    Case("Kepler, 2D", KEPLER, _kepler, 3, samples=300, duration=15.0, polynomial=False),
    Case("two bodies, 2D", TWO_BODIES, _two_bodies, 6, samples=300, duration=10.0, polynomial=False, room=None),
    # at low energies orbits lie on tori, so that two functions are constant on each, one of which is no polynomial
    Case("Henon-Heiles, on tori", HENON_HEILES, _box(0.3, 4), 1, samples=600, duration=80.0, room=2),
    Case("Henon-Heiles, chaotic", HENON_HEILES, _henon_heiles(0.14, 0.165), 1, count=10, samples=3000,
         duration=400.0),
    # too short to see where the orbits end; then long enough
    Case("damped oscillator, early", "x' = v; v' = -x - 3*v/10", _box(2.0, 2), 1, room=None),
    Case("damped oscillator, late", "x' = v; v' = -x - 3*v/10", _box(2.0, 2), 1, samples=600, duration=40.0,
         room=0),
    Case("Lorenz", "x' = 10*(y - x); y' = x*(28 - z) - y; z' = x*y - 8*z/3",
         lambda g: g.uniform([-8, -8, 17], [8, 8, 33]), 0, count=10, samples=1000, duration=10.0, settle=5.0),
]  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    noise: float
    known: int
    orbits: int | str
    counted: int | str
    exact: int | None
    terms: bool
    numbers: bool
    misfit: float | None
    drift: float | None
    seconds: float
    peer_terms: bool | None = None
    peer_seconds: float | None = None


def trajectories(case: Case, noise: float, seed: int = SEED) -> Trajectories:
    """Simulated with relative tolerance 1e-11; then noise is added."""
    dynamics, generator = Dynamics.parse(case.equations), np.random.default_rng(seed)
    rates: Any = sympy.Tuple(*dynamics.expressions())
    function = numpy_function(rates, dynamics.variables)
    times, states = np.linspace(0, case.duration, case.samples), []
    for _ in range(case.count):
        start = np.asarray(case.start(generator), dtype=np.float64)

        def flow(t: float, x: Array) -> Array:
            return np.array(function(*x), dtype=np.float64)

        if case.settle:
            start = solve_ivp(flow, (0, case.settle), start, rtol=1e-9, atol=1e-9).y[:, -1]
        found = solve_ivp(flow, (0, case.duration), start, "DOP853", times, rtol=1e-11, atol=1e-12)
        states.append(found.y.T)
    scale = np.concatenate(states).std(0)
    noisy = [x + noise * scale * generator.standard_normal(x.shape) for x in states]
    return Trajectories(times, noisy, dynamics.variables)


def measure(case: Case, noise: float, peer: bool) -> Row:
    """Ours, with proofs; then PySINDy where it is asked for and can have the terms."""
    subject, truth = trajectories(case, noise), Dynamics.parse(case.equations)
    start = time.process_time()
    finding = open_laws(subject)
    seconds = time.process_time() - start
    equations, counted = finding.parts.get("equations"), finding.parts.get("counted", finding.artifact)
    known = equations if isinstance(equations, RecoveredDynamics) else None
    terms, numbers = compared(known, truth) if known is not None else (False, False)
    exact = len(finding.artifact.expressions) if isinstance(finding.artifact, Invariants) else None
    theirs = peer_terms(subject, truth) if peer and case.polynomial else (None, None)
    room = case.known if case.room == "known" else case.room
    return Row(
        case.name, noise, case.known, _open(room), _open(getattr(counted, "count", None)), exact, terms, numbers,
        round(known.misfit, 3) if known is not None else None, drift_of(finding), round(seconds, 2), *theirs,
    )  # fmt: skip


def _open(count: Any) -> int | str:
    return "open" if count is None else count


def drift_of(finding: Finding[Any]) -> float | None:
    """The worst of the recovered equations' invariants on held-out samples."""
    values = [c.value for c in finding.claims if isinstance(c, Measured) and "held-out samples" in c.statement]
    return float(f"{max(values):.2g}") if values else None


def compared(found: RecoveredDynamics, truth: Dynamics) -> tuple[bool, bool]:
    """Whether the terms are right, and whether all coefficients are."""
    terms = numbers = True
    for text, right in zip(found.rhs, truth.expressions(), strict=True):
        left = sympy.expand(parse(text, (*found.variables, *found.parameters)))
        right = sympy.expand(right)
        parameters = [sympy.Symbol(name, real=True) for name in found.parameters]
        shapes = [{_shape(term, parameters) for term in sympy.Add.make_args(side)} for side in (left, right)]
        terms &= shapes[0] == shapes[1]
        numbers &= sympy.simplify(left - right) == 0
    return terms, bool(terms and numbers)


def _shape(term: sympy.Expr, parameters: list[sympy.Symbol]) -> sympy.Expr:
    """The term without its coefficient."""
    return sympy.sympify(term.subs(dict.fromkeys(parameters, 1))).as_coeff_Mul()[1]


def peer_terms(subject: Trajectories, truth: Dynamics) -> tuple[bool, float]:
    """Whether PySINDy finds the right terms with any of the thresholds, and the seconds of one of them."""
    import pysindy  # type: ignore[import-not-found]

    symbols = [sympy.Symbol(name, real=True) for name in truth.variables]
    wanted = [{m for m, _ in sympy.Poly(e, *symbols).terms()} for e in truth.expressions()]
    found, start = False, time.process_time()
    for threshold in THRESHOLDS:
        library = pysindy.PolynomialLibrary(DEGREE)
        model = pysindy.SINDy(
            optimizer=pysindy.STLSQ(threshold=threshold), feature_library=library,
            differentiation_method=pysindy.SmoothedFiniteDifference(),
        )  # fmt: skip
        model.fit([np.array(x) for x in subject.x], t=[np.array(t) for t in subject.t])
        rows = np.asarray(model.coefficients()) != 0
        powers = [tuple(int(p) for p in row) for row in library.powers_]
        found |= all({powers[i] for i in np.flatnonzero(row)} == w for row, w in zip(rows, wanted, strict=True))
    return found, round((time.process_time() - start) / len(THRESHOLDS), 3)


def write(rows: list[Row]) -> None:
    """papers/poincare_trajectories.toml: what is claimed, our command and our figures."""
    told = [row for row in rows if row.orbits != "open"]
    text = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/trajectories.py`.",
        "# What AI Poincare 2.0 claims of equations is in poincare.toml.",
        'title = "AI Poincare: machine learning conservation laws from trajectories"',
        'arxiv = "2011.04698"',
        'and = "1509.03580 (SINDy), for the equations"',
        'command = "python benchmarks/trajectories.py --peer FOLDER"',
        "",
        "[paper]",
        "# From its abstract; it gives no formulas and no equations.",
        "systems = 5",
        'found = "all exactly conserved quantities of five Hamiltonian systems, three bodies among them"',
        "",
        "[ours]",
        f"systems = {len({row.name for row in rows})}",
        f"noises = [{', '.join(f'{noise:g}' for noise in NOISES)}]",
        f"rows = {len(rows)}",
        f"rows_that_tell_the_number_by_dimension = {len(told)}",
        f"rows_counted_right_by_dimension = {sum(row.counted == row.orbits for row in told)}",
        f"rows_counted_wrong_by_dimension = {sum(row.counted not in (row.orbits, 'open') for row in rows)}",
        f"rows_counted_right_by_equations = {sum(row.exact == row.known for row in rows)}",
        f"rows_with_the_right_terms = {sum(row.terms for row in rows)}",
        f"rows_with_the_right_numbers = {sum(row.numbers for row in rows)}",
        f"cpu_seconds = {sum(row.seconds for row in rows):.1f}",
    ]
    if any(row.peer_terms is not None for row in rows):
        theirs = [row for row in rows if row.peer_terms is not None]
        right = (sum(row.terms for row in theirs), sum(bool(row.peer_terms) for row in theirs))
        text += [
            "",
            "[pysindy]",
            "# Of rows whose terms are polynomials, with the threshold that serves it best of",
            f"thresholds = [{', '.join(f'{threshold:g}' for threshold in THRESHOLDS)}]",
            f"rows = {len(theirs)}",
            f"rows_with_the_right_terms = {right[1]}",
            f"rows_with_the_right_terms_ours = {right[0]}",
            f"cpu_seconds = {sum(row.peer_seconds or 0 for row in theirs):.1f}",
        ]
    for row in rows:
        text += ["", "[[row]]", *(f"{key} = {_toml(value)}" for key, value in asdict(row).items() if value is not None)]
    (PAPERS / "poincare_trajectories.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three systems, and write nothing")
    parser.add_argument("--peer", metavar="FOLDER", help="where PySINDy is installed")
    options = parser.parse_args()
    if options.peer:
        sys.path.append(options.peer)
    cases = [c for c in CASES if c.name in ("oscillator", "Lotka-Volterra", "pendulum")] if options.quick else CASES
    names = (
        "system",
        "noise",
        "known",
        "orbits",
        "counted",
        "exact",
        "terms",
        "numbers",
        "misfit",
        "drift",
        "s",
        "PySINDy",
        "s",
    )
    widths = (26, 6, 6, 7, 8, 6, 6, 8, 7, 9, 7, 8, 6)
    print("".join(f"{n:<{w}}" if i == 0 else f"{n:>{w}}" for i, (n, w) in enumerate(zip(names, widths, strict=True))))
    rows = []
    for case in cases:
        for noise in NOISES:
            row = measure(case, noise, bool(options.peer))
            rows.append(row)
            cells = [_cell(value) for value in asdict(row).values()]
            cells[1] = f"{100 * noise:g} %"
            pairs = enumerate(zip(cells, widths, strict=True))
            print("".join(f"{c:<{w}}" if i == 0 else f"{c:>{w}}" for i, (c, w) in pairs), flush=True)
    if not options.quick:
        write(rows)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
