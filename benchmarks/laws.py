"""How many conserved quantities there are: found exactly and proved, beside a numerical null space and the papers.

    python benchmarks/laws.py           every row, about five minutes; writes papers/sid.toml and papers/poincare.toml
    python benchmarks/laws.py --quick   the rows that take less than a second or two, and writes nothing

"null" counts conserved polynomials, those that are constant by definition among them; "indep." is the rank of their
gradients along the constraints, "ambient" that rank with the constraints themselves. "SVD" is the null space of the
same drift matrix in float64 at random points (parameters random numbers), cut at the largest gap between singular
values, which is SID's way. Seconds are CPU time on one thread; ours end with the proofs.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pellucid.algebra.auxiliaries.logarithm import Logarithm
from pellucid.algebra.systems.monomials import monomials
from pellucid.artifacts.formulas.formula_source import numpy_function
from pellucid.core import Proved
from pellucid.datasets.field_equations import FieldEquation, field_equations
from pellucid.datasets.systems import system as built_in
from pellucid.discover import Densities, Invariants
from pellucid.discover.conserved.invariants import system_of
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.prove.laws.divergence import prove_densities
from pellucid.subjects import Dynamics

PAPERS = Path(__file__).parent.parent / "papers"
SPARE = 1.5
"""Points for each monomial of the numerical null space."""
LARGEST_GAP = 1e3
"""A smaller gap between singular values is none."""

ROUNDING = 1e-16
"""Singular values below this share of the largest are all the same."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A system, how far to search it, and what the papers count (SID, AI Poincare 2.0)."""

    name: str
    system: str
    degree: int
    known: tuple[int, int]
    """Null vectors and independent invariants, as they are known to be."""
    sid: int | None = None
    poincare: int | None = None
    slow: bool = False


CASES = [
    Case("oscillator, 1D", "oscillator", 4, (2, 1)),
    Case("oscillator, 2D", "oscillator_2d", 2, (4, 3)),
    Case("oscillator, 3D", "oscillator_3d", 2, (9, 5)),
    Case("damped oscillator", "damped_oscillator", 4, (0, 0)),
    Case("oscillator, 1:4", "oscillator_1_2", 3, (4, 3)),
    Case("oscillator, 1:2", "oscillator_1_sqrt2", 4, (5, 2)),
    Case("Lorenz", "lorenz", 6, (0, 0)),
    Case("Henon-Heiles", "henon_heiles", 4, (1, 1)),
    Case("Toda, 3 sites", "toda_3", 4, (12, 4)),
    Case("Euler top", "euler_top", 2, (2, 2)),
    Case("Kepler, 2D", "kepler_2d", 3, (4, 3)),
    Case("Kepler, 3D", "kepler_3d", 3, (7, 5)),
    Case("three bodies, 2D", "bodies_3_2d", 2, (8, 5), poincare=4),
    Case("three bodies, 3D", "bodies_3_3d", 2, (16, 9)),
    Case("four bodies, 3D", "bodies_4_3d", 2, (16, 9), slow=True),
    Case("atmosphere, 11 species", "atmosphere", 1, (3, 3), sid=3),
    Case("fluid element, 2D", "fluid_2d", 2, (11, 7)),
    Case("fluid element, 2D", "fluid_2d", 3, (37, 7)),
    Case("fluid element, 2D", "fluid_2d", 4, (150, 7), slow=True),
    Case("fluid element, 3D", "fluid_3d", 2, (19, 12), slow=True),
    Case("fluid element, 3D", "fluid_3d", 3, (60, 13), sid=14, slow=True),
]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    degree: int
    null_vectors: int
    by_definition: int
    independent: int
    ambient: int
    proved: bool
    seconds: float
    svd_null_vectors: int | None
    svd_seconds: float | None
    svd_gap: float | None
    sid: int | None
    poincare: int | None
    as_known: bool


def measure(case: Case) -> Row:
    """Ours with its proofs, then the numerical null space."""
    dynamics, basis = built_in(case.system).dynamics, built_in(case.system).basis
    start = time.process_time()
    found = Invariants(case.degree, basis, orbits=0).explain(dynamics).artifact
    proofs = prove_conserved(found)
    seconds = time.process_time() - start
    start = time.process_time()
    try:
        count, gap = numerical(dynamics, case.degree, basis)
    except ValueError:
        count, gap = None, None
    svd_seconds = time.process_time() - start
    null, independent = found.vectors + found.trivial, len(found.polynomials)
    ambient = independent + len(found.constraints) * (case.degree >= constraint_degree(dynamics))
    proved = all(isinstance(proof.claim, Proved) for proof in proofs)
    as_known = (null, independent) == case.known
    return Row(
        case.name, case.degree, null, found.trivial, independent, ambient, proved, round(seconds, 3), count,
        round(svd_seconds, 3), gap, case.sid, case.poincare, as_known,
    )  # fmt: skip


def constraint_degree(dynamics: Dynamics) -> int:
    """From this degree on the constraints are among the conserved polynomials."""
    import sympy

    symbols = [sympy.Symbol(name, real=True) for name in dynamics.variables]
    degrees = [sympy.Poly(e, *symbols).total_degree() for e in dynamics.constraint_expressions()]
    return max((int(degree) for degree in degrees), default=0)


# --------------------------------------------------------------------------------------------- the baseline, in float64


def numerical(dynamics: Dynamics, degree: int, basis: tuple[str, ...]) -> tuple[int, float]:
    """The dimension of the numerical null space of the drift matrix, and the gap that it was cut at."""
    generator = np.random.default_rng(0)
    system, symbols = system_of(dynamics, basis)
    exponents = monomials(symbols, degree).exponents
    points = int(SPARE * len(exponents)) + 10
    values, speeds = along(system, dynamics, symbols, points, generator)
    products = np.ones((points, len(exponents)))
    for j in range(len(symbols)):
        products *= values[:, j : j + 1] ** exponents[None, :, j]
    drift = products * ((speeds / values) @ exponents.T)
    sizes = np.linalg.norm(np.abs(products) * (np.abs(speeds / values) @ exponents.T), axis=0)  # what cancels, too
    sizes[sizes == 0] = 1
    strengths = np.linalg.svd(drift / sizes, compute_uv=False)
    strengths = np.maximum(strengths / strengths[0], ROUNDING)
    ratios = strengths[:-1] / strengths[1:]
    place = int(np.argmax(ratios))
    if ratios[place] < LARGEST_GAP or strengths[place + 1] > 1e-8:
        return 0, float(ratios[place])
    return len(strengths) - place - 1, float(ratios[place])


def along(
    system: Any, dynamics: Dynamics, symbols: Sequence[Any], points: int, generator: np.random.Generator
) -> tuple[Array, Array]:
    """Values and speeds of the basis symbols at random states, on the constraints where there are any."""
    import sympy

    table = {a.symbol: a.definition for a in system.auxiliaries}
    names = (*dynamics.variables, *dynamics.parameters)
    flow = dict(zip((sympy.Symbol(v, real=True) for v in dynamics.variables), dynamics.expressions(), strict=True))
    meanings = [table.get(symbol, symbol) for symbol in symbols]
    rates = [sum((sympy.diff(m, x) * f for x, f in flow.items()), sympy.Integer(0)) for m in meanings]
    function: Any = numpy_function(sympy.Tuple(*meanings, *rates), names)  # type: ignore[arg-type]
    parameters = generator.uniform(0.5, 2.0, len(dynamics.parameters))
    states = generator.uniform(0.3, 1.5, (points, len(dynamics.variables)))
    states *= generator.choice([-1.0, 1.0], states.shape) if not _positive(system) else 1.0
    if dynamics.constraints:
        states = _projected(dynamics, states, names, parameters)
    told = function(*states.T, *np.broadcast_to(parameters[:, None], (len(parameters), points)))
    rows = np.stack([np.broadcast_to(np.asarray(row, dtype=np.float64), points) for row in told], 1)
    return rows[:, : len(symbols)], rows[:, len(symbols) :]


def _positive(system: Any) -> bool:
    return any(isinstance(a.function, Logarithm) for a in system.auxiliaries)


def _projected(dynamics: Dynamics, states: Array, names: Sequence[str], parameters: Array) -> Array:
    """Newton's steps onto the constraints, along their gradients."""
    import sympy

    expressions = dynamics.constraint_expressions()
    symbols = [sympy.Symbol(v, real=True) for v in dynamics.variables]
    slopes = [sympy.diff(e, s) for e in expressions for s in symbols]
    function: Any = numpy_function(sympy.Tuple(*expressions, *slopes), names)  # type: ignore[arg-type]
    shared = np.broadcast_to(parameters[:, None], (len(parameters), len(states)))
    for _ in range(30):
        told = [np.broadcast_to(np.asarray(v, dtype=np.float64), len(states)) for v in function(*states.T, *shared)]
        values = np.stack(told[: len(expressions)], 1)
        jacobian = np.stack(told[len(expressions) :], 1).reshape(len(states), len(expressions), -1)
        gram = jacobian @ jacobian.transpose(0, 2, 1)
        states = states - np.einsum("pik,pi->pk", jacobian, np.linalg.solve(gram, values[..., None])[..., 0])
    return states


# -------------------------------------------------------------------------------------------------------- the densities


@dataclass(frozen=True)
class FieldRow:
    """One line of the second table."""

    name: str
    order: int
    degree: int
    densities: int
    fluxes: int
    proved: bool
    seconds: float
    as_known: bool


def measure_field(equation: FieldEquation) -> FieldRow:
    """The densities of a field equation, with their proofs."""
    start = time.process_time()
    found = Densities(equation.order, equation.degree).explain(equation.evolution).artifact
    proved = all(isinstance(proof.claim, Proved) for proof in prove_densities(found))
    seconds = round(time.process_time() - start, 3)
    closed = sum(map(bool, found.fluxes))
    as_known = found.dimension == equation.known
    return FieldRow(
        equation.evolution.title, equation.order, equation.degree, found.dimension, closed, proved, seconds, as_known
    )


# ------------------------------------------------------------------------------------------------------ what is written


def lines_of(row: Any) -> list[str]:
    """A table of TOML, None left out."""
    return [f"{name} = {_toml(value)}" for name, value in asdict(row).items() if value is not None]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value:.4g}" if isinstance(value, float) else str(value)


def write(rows: Sequence[Row], fields: Sequence[FieldRow], folder: Path = PAPERS) -> None:
    """papers/sid.toml and papers/poincare.toml: what is claimed, our command and our figures."""
    head = "# What the paper claims, our command, and our figures. Written by `python benchmarks/laws.py`."
    by_name = {(row.name, row.degree): row for row in rows}
    fluid, air = by_name[("fluid element, 3D", 3)], by_name[("atmosphere, 11 species", 1)]
    text = [head, 'title = "Discovering new interpretable conservation laws as sparse invariants"']
    text += ['arxiv = "2305.19525"', 'command = "python benchmarks/laws.py"', ""]
    text += ["[paper]", "fluid_element_3d = 14", "fluid_element_3d_known_before = 12"]
    text += ["atmosphere = 3", "atmosphere_known_before = 2", ""]
    text += ["[ours]", f"fluid_element_3d_on_the_constraint = {fluid.independent}"]
    text += [f"fluid_element_3d_with_the_constraint_counted = {fluid.ambient}", f"atmosphere = {air.independent}"]
    text += [f"rows = {len(rows)}", f"rows_proved = {sum(row.proved for row in rows)}"]
    text += [
        f"rows_where_the_numerical_null_space_agrees = {sum(row.svd_null_vectors == row.null_vectors for row in rows)}"
    ]
    text += [f"cpu_seconds = {sum(row.seconds for row in rows):.1f}"]
    text += [f"numerical_cpu_seconds = {sum(row.svd_seconds or 0 for row in rows):.1f}", ""]
    for row in rows:
        text += ["[[row]]", *lines_of(row), ""]
    for row in fields:
        text += ["[[field]]", *lines_of(row), ""]
    (folder / "sid.toml").write_text("\n".join(text[:-1]) + "\n", encoding="utf-8")
    bodies = next(row for row in rows if row.poincare is not None)
    text = [head, 'title = "AI Poincare 2.0: machine learning conservation laws from differential equations"']
    text += ['arxiv = "2203.12610"', 'command = "python benchmarks/laws.py"', "", "[paper]"]
    text += [f"three_bodies_2d = {bodies.poincare}", "", "[ours]", f"three_bodies_2d = {bodies.independent}"]
    text += [f"proved = {_toml(bodies.proved)}", f"cpu_seconds = {bodies.seconds:.4g}"]
    (folder / "poincare.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


COLUMNS = ("system", "degree", "null", "(trivial)", "indep.", "ambient", "proved", "s", "SVD", "s", "SID", "Poincare")
FIELD_COLUMNS = ("field equation", "order", "degree", "densities", "fluxes", "proved", "s")


def shown(row: Row) -> list[object]:
    cells = [row.name, row.degree, row.null_vectors, row.by_definition, row.independent, row.ambient, row.proved]
    return [*cells, row.seconds, row.svd_null_vectors, row.svd_seconds, row.sid, row.poincare]


def line(cells: Sequence[object], widths: Sequence[int]) -> str:
    words = ["-" if c is None else {True: "yes", False: "NO"}[c] if isinstance(c, bool) else _word(c) for c in cells]
    return words[0].ljust(widths[0]) + "".join(w.rjust(n) for w, n in zip(words[1:], widths[1:], strict=True))


def _word(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="only the rows that take a second or two")
    parser.add_argument("--only", metavar="TEXT", default="", help="only rows whose name holds this; writes nothing")
    options = parser.parse_args()
    widths = (24, 8, 6, 10, 8, 9, 8, 8, 6, 8, 5, 10)
    print(line(COLUMNS, widths))
    rows, fields = [], []
    for case in CASES:
        if (options.quick and case.slow) or options.only not in case.name:
            continue
        rows.append(measure(case))
        print(line(shown(rows[-1]), widths) + ("" if rows[-1].as_known else "  NOT AS KNOWN"), flush=True)
    print()
    widths = (52, 7, 8, 11, 8, 8, 8)
    print(line(FIELD_COLUMNS, widths))
    for name, equation in field_equations().items():
        if options.only not in name:
            continue
        fields.append(row := measure_field(equation))
        cells = [row.name, row.order, row.degree, row.densities, row.fluxes, row.proved, row.seconds]
        print(line(cells, widths) + ("" if row.as_known else "  NOT AS KNOWN"), flush=True)
    if not options.quick and not options.only:
        write(rows, fields)


if __name__ == "__main__":
    main()
