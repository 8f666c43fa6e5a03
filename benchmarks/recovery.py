"""Equations of the systems of suites/dynamics.py from their orbits at noises of 0, 1 and 3 %; PySINDy beside it.

    python benchmarks/recovery.py                 the half that may be looked at
    python benchmarks/recovery.py --unseen        the other half, once, at the end; --write joins both in papers/
    python benchmarks/recovery.py --peer FOLDER   PySINDy beside it, from a folder of installed packages
    python benchmarks/recovery.py --store FILE    adds the rows to a file; what is in it is not run again

Noise is normal, its standard deviation a share of each variable's own; inputs bear none. "terms" says whether every
right-hand side has the right terms and no others, in numerator and denominator (up to multiples of a relation that all
orbits share, and then no more terms than the textbook has); a wave in time has the right frequency to 2 %. "error" is
the median relative error of the coefficients of sums. PySINDy has five optimisers on polynomials of degree 3 in
variables and inputs, each with the threshold that predicts the rates of the last quarter of every orbit best; the
optimiser that comes out best against the truth is reported, and the seconds of that one alone, thresholds and all.
Systems with quotients and waves are none it can have with that library: they are counted apart. Seconds are CPU time.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from pellucid.algebra.expressions.text import parse
from pellucid.discover.trajectories.sindy import NoEquations, SINDy
from pellucid.subjects.equations.trajectories import Trajectories
from suites.dynamics import SYSTEMS, System, seen

PAPERS = Path(__file__).parent.parent / "papers"
NOISES = (0.0, 0.01, 0.03)
TIME = sympy.Symbol("t", real=True)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    half: str
    noise: float
    sums: bool
    """Whether the equations are polynomials, without the time."""
    terms: bool
    error: float | None
    seconds: float
    peer_terms: bool | None = None
    peer_error: float | None = None
    peer_seconds: float | None = None
    peer: str = ""


def measure(system: System, noise: float, peer: bool) -> Row:
    """Ours, and PySINDy where it is asked for."""
    times, columns = system.draw(noise)
    half, sums = "seen" if seen(system) else "unseen", all(_is_sum(rate, system) for rate in system.law())
    SINDy().explain(_warm())  # what is compiled at the first call is not timed
    start = time.process_time()
    try:
        subject = Trajectories(times, columns, (*system.names, *system.driven), inputs=system.driven)
        found = SINDy().explain(subject).artifact
        rates = found.with_values()
    except NoEquations:
        rates = ()
    row = Row(system.name, half, noise, sums, is_right(rates, system), error_of(rates, system),
              round(time.process_time() - start, 2))  # fmt: skip
    return row if not (peer and sums) else Row(**{**asdict(row), **peer_of(system, times, columns)})


def _warm() -> Trajectories:
    t = np.linspace(0, 6, 60)
    return Trajectories(t, [np.stack([r * np.cos(t), -r * np.sin(t)], 1) for r in (1.0, 2.0, 3.0)], ("x", "v"))


def _is_sum(rate: sympy.Expr, system: System) -> bool:
    symbols = [sympy.Symbol(name, real=True) for name in (*system.names, *system.driven)]
    return bool(rate.is_polynomial(*symbols)) and not rate.has(TIME)


def is_right(rates: Sequence[sympy.Expr], system: System) -> bool:
    """Whether these right-hand sides have the terms of the system's."""
    return len(rates) == len(system.rates) and all(
        _alike(ours, theirs, system) for ours, theirs in zip(rates, system.law(), strict=True)
    )


def _alike(ours: sympy.Expr, theirs: sympy.Expr, system: System) -> bool:
    if system.total:
        last = sympy.Symbol(system.names[-1], real=True)
        others = 1 - parse(system.total, system.names) + last
        shortest = len(sympy.Add.make_args(sympy.expand(ours))) <= len(sympy.Add.make_args(sympy.expand(theirs)))
        return shortest and _shape(ours.subs(last, others), theirs) == _shape(theirs.subs(last, others), theirs)
    return _shape(ours, theirs) == _shape(theirs, theirs)


def _shape(rate: sympy.Expr, like: sympy.Expr) -> tuple[frozenset[Any], frozenset[Any]]:
    """The terms of numerator and denominator without their coefficients; waves by the frequency that `like` has."""
    speeds = sorted({_speed(wave) for wave in like.atoms(sympy.cos, sympy.sin) if wave.has(TIME)})
    names = {}
    for wave in rate.atoms(sympy.cos, sympy.sin):
        if wave.has(TIME):
            near = [speed for speed in speeds if abs(_speed(wave) - speed) < 0.02 * speed]
            names[wave] = sympy.Symbol(f"{type(wave).__name__}_{near[0] if near else 'other'}")
    parts = sympy.fraction(sympy.together(rate.xreplace(names)))
    above, below = (_terms(part) for part in parts)
    return above, below


def _speed(wave: sympy.Expr) -> float:
    return abs(float(wave.args[0].coeff(TIME)))  # type: ignore[attr-defined]


def _terms(expression: sympy.Expr) -> frozenset[Any]:
    """What is left of rounding, below a thousand-millionth of the largest coefficient, is no term."""
    pairs = [term.as_coeff_Mul() for term in sympy.Add.make_args(sympy.expand(expression))]
    largest = max(abs(float(number)) for number, _ in pairs)
    return frozenset(term for number, term in pairs if abs(float(number)) > 1e-9 * largest)


def error_of(rates: Sequence[sympy.Expr], system: System) -> float | None:
    """The median relative error of coefficients; None where terms are wrong, and for what is no sum."""
    if system.total or not is_right(rates, system) or not all(_is_sum(rate, system) for rate in system.law()):
        return None
    errors = []
    for ours, theirs in zip(rates, system.law(), strict=True):
        mine = {term: number for number, term in map(_pair, sympy.Add.make_args(sympy.expand(ours)))}
        for number, term in map(_pair, sympy.Add.make_args(sympy.expand(theirs))):
            errors.append(abs(mine[term] / number - 1))
    return float(f"{np.median(errors):.2g}")


def _pair(term: sympy.Expr) -> tuple[float, sympy.Expr]:
    number, rest = term.as_coeff_Mul()
    return float(number), rest


def _optimisers(pysindy: Any) -> dict[str, list[Callable[[], Any]]]:
    """Five optimisers, each with its thresholds, or numbers of terms."""
    levels = (0.02, 0.05, 0.1, 0.2, 0.4)
    return {
        "STLSQ": [lambda c=c: pysindy.STLSQ(threshold=c) for c in levels],
        "SR3": [lambda c=c: pysindy.SR3(reg_weight_lam=c**2 / 2, regularizer="l0", relax_coeff_nu=1.0) for c in levels],
        "SSR": [lambda c=c: pysindy.SSR(alpha=c) for c in (1e-5, 1e-3, 0.05)],
        "FROLS": [lambda k=k: pysindy.FROLS(kappa=k) for k in (1e-7, 1e-5, 1e-3, 1e-2)],
        "ensemble": [lambda c=c: pysindy.EnsembleOptimizer(pysindy.STLSQ(threshold=c), bagging=True, n_models=10)
                     for c in levels],
    }  # fmt: skip


def peer_of(system: System, times: list[Array], columns: list[Array]) -> dict[str, Any]:
    """The best of five optimisers, whose thresholds are chosen by the rates of the last quarter of each orbit."""
    import pysindy  # type: ignore[import-not-found]

    found: list[dict[str, Any]] = []
    for name, makers in _optimisers(pysindy).items():
        start, tried = time.process_time(), []
        for make in makers:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tried += _fitted(pysindy, make, system, times, columns)
        if tried:
            rates = max(tried, key=lambda one: one[0])[1]
            seconds = round(time.process_time() - start, 2)
            found.append({"peer_terms": is_right(rates, system), "peer_error": error_of(rates, system),
                          "peer_seconds": seconds, "peer": name})  # fmt: skip
    return max(found, key=lambda one: (one["peer_terms"], -one["peer_seconds"]), default={})


def _fitted(
    pysindy: Any, make: Callable[[], Any], system: System, times: list[Array], columns: list[Array]
) -> list[tuple[float, tuple[sympy.Expr, ...]]]:
    """Its score on the last quarter, and its equations; nothing where it fails."""
    width, cut = len(system.names), 3 * len(times[0]) // 4
    names = [*system.names, *system.driven]
    library = pysindy.PolynomialLibrary(3)
    model = pysindy.SINDy(optimizer=make(), feature_library=library,
                          differentiation_method=pysindy.SmoothedFiniteDifference())  # fmt: skip
    early, late = ([c[part] for c in columns] for part in (slice(None, cut), slice(cut, None)))
    fed = (lambda part: {"u": [c[:, width:] for c in part]}) if system.driven else (lambda part: {})
    try:
        model.fit([c[:, :width] for c in early], t=[t[:cut] for t in times], **fed(early), feature_names=names)
        score = model.score([c[:, :width] for c in late], t=[t[cut:] for t in times], **fed(late))
    except Exception as error:
        print(f"PySINDy on {system.name}: {type(error).__name__}: {error}", file=sys.stderr)
        return []
    symbols = [sympy.Symbol(name, real=True) for name in names]
    monomials = [sympy.Mul(*(s ** int(p) for s, p in zip(symbols, row, strict=True))) for row in library.powers_]
    rates = [sympy.Add(*(sympy.Float(c, 17) * m for c, m in zip(row, monomials, strict=True) if c))
             for row in np.asarray(model.coefficients())]  # fmt: skip
    return [(float(score), tuple(rates))]


def write(rows: list[Row]) -> None:
    """papers/recovery.toml: our command, our figures, and PySINDy's."""
    text = [
        "# Equations from orbits. Written by `python benchmarks/recovery.py`; what the systems are stands in",
        "# benchmarks/suites/dynamics.py. Older versions had been run on the unseen half twice, in parts; nothing was",
        "# changed in view of it.",
        'title = "SINDy-PI: a robust algorithm for parallel implicit sparse identification of nonlinear dynamics"',
        'arxiv = "2004.02322"',
        'and = "1509.03580 (SINDy), 2005.04339 (weak SINDy)"',
        'command = "python benchmarks/recovery.py --peer FOLDER --write"',
    ]
    for half in ("unseen", "seen"):
        for noise in NOISES:
            some = [row for row in rows if row.half == half and row.noise == noise]
            both = [row for row in some if row.peer_terms is not None]
            text += ["", f"[{half}.noise_{100 * noise:g}_percent]", f"systems = {len(some)}",
                     f"right_terms = {sum(row.terms for row in some)}",
                     f"cpu_seconds = {sum(row.seconds for row in some):.1f}"]  # fmt: skip
            if both:
                text += [f"sums = {len(both)}", f"right_terms_of_sums = {sum(row.terms for row in both)}",
                         f"cpu_seconds_of_sums = {sum(row.seconds for row in both):.1f}",
                         f"pysindy_right_terms_of_sums = {sum(bool(row.peer_terms) for row in both)}",
                         f"pysindy_cpu_seconds_of_sums = {sum(row.peer_seconds or 0 for row in both):.1f}"]  # fmt: skip
    for row in rows:
        known = {key: value for key, value in asdict(row).items() if value is not None and value != ""}
        text += ["", "[[row]]", *(f"{key} = {json.dumps(value)}" for key, value in known.items())]
    (PAPERS / "recovery.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unseen", action="store_true", help="the half that is run once")
    parser.add_argument("--peer", metavar="FOLDER", help="where PySINDy is installed")
    parser.add_argument("--write", action="store_true", help="both halves, and papers/recovery.toml")
    parser.add_argument("--store", type=Path, help="a file to add the rows to; what is in it is not run again")
    options = parser.parse_args()
    if options.peer:
        sys.path.append(options.peer)
    stored = options.store.read_text().splitlines() if options.store and options.store.exists() else []
    known = {(row.name, row.noise): row for row in (Row(**json.loads(line)) for line in stored)}
    rows = []
    for system in SYSTEMS:
        if not options.write and seen(system) == options.unseen:
            continue
        for noise in NOISES:
            row = known.get((system.name, noise))
            if row is None:
                row = measure(system, noise, bool(options.peer))
                if options.store:
                    with options.store.open("a") as stream:
                        stream.write(json.dumps(asdict(row)) + "\n")
            rows.append(row)
            print("  ".join(f"{key} {value}" for key, value in asdict(row).items() if value is not None), flush=True)
    for noise in NOISES:
        some = [row for row in rows if row.noise == noise]
        print(f"noise {noise:g}: terms right in {sum(row.terms for row in some)} of {len(some)}")
    if options.write:
        write(rows)


if __name__ == "__main__":
    main()
