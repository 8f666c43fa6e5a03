"""Symmetries of equations, counted against what is known, and hidden ones made manifest by new coordinates.

    python benchmarks/symmetries.py            both parts; writes papers/hidden_symmetries.toml (a few minutes)
    python benchmarks/symmetries.py --only lie          seconds
    python benchmarks/symmetries.py --only hidden

"known" is the dimension in the literature (for linear equations with the polynomial solutions that the ansatz holds).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from pellucid.artifacts.laws.coordinate_change import CoordinateChange
from pellucid.core import Measured, Proved
from pellucid.datasets.metrics import schwarzschild
from pellucid.discover.symmetries.hidden_symmetries import HiddenSymmetries
from pellucid.discover.symmetries.lie_symmetries import LieSymmetries
from pellucid.prove.laws.symmetry_identity import check_symmetries, prove_symmetries
from pellucid.subjects import Dynamics, Evolution
from pellucid.subjects.equations.metric import Metric

PAPER = Path(__file__).parent.parent / "papers" / "hidden_symmetries.toml"
LIE: dict[str, tuple[Dynamics | Evolution, int, int]] = {
    "heat": (Evolution.parse("u_t = k*u_xx", "k"), 3, 10),
    "Burgers": (Evolution.parse("u_t = nu*u_xx - u*u_x", "nu"), 3, 5),
    "potential Burgers": (Evolution.parse("u_t = u_xx + u_x**2"), 3, 6),
    "Korteweg-de Vries": (Evolution.parse("u_t = 6*u*u_x - u_xxx"), 3, 4),
    "modified KdV": (Evolution.parse("u_t = 6*u**2*u_x - u_xxx"), 3, 3),
    "nonlinear heat": (Evolution.parse("u_t = u*u_xx + u_x**2"), 3, 4),
    "nonlinear Schroedinger": (
        Evolution.parse("u_t = -v_xx - 2*v*(u**2 + v**2); v_t = u_xx + 2*u*(u**2 + v**2)"), 2, 5
    ),
    "free particle": (Dynamics.parse("x' = v; v' = 0"), 3, 8),
    "oscillator": (Dynamics.parse("x' = v; v' = -k*x", "k"), 3, 2),
    "inverse cube force": (Dynamics.parse("x' = v; v' = c/x**3", "c"), 3, 3),
    "Kepler in the plane": (
        Dynamics.parse(
            "x' = a; y' = b; a' = -k*x/(x**2 + y**2)**(3/2); b' = -k*y/(x**2 + y**2)**(3/2)", "k"
        ), 2, 3
    ),
    "Lorenz": (Dynamics.parse("x' = s*(y-x); y' = x*(r-z) - y; z' = x*y - b*z", "s, r, b"), 3, 1),
    "Lotka-Volterra": (Dynamics.parse("x' = a*x - b*x*y; y' = c*x*y - d*y", "a, b, c, d"), 3, 1),
}  # fmt: skip
SPACE = ("x", "y", "z")
HIDDEN: dict[str, tuple[HiddenSymmetries, Dynamics | Metric]] = {
    "Schwarzschild, translation in space": (
        HiddenSymmetries(
            along=SPACE, block=SPACE, moves=("t",), low=(-1.0, 0.8, 0.8, 0.8), high=(1.0, 2.5, 2.5, 2.5),
            points=128, steps=300, polish=300, learning_rate=0.02,
        ), schwarzschild()
    ),
    "uniform motion, translation": (HiddenSymmetries(), Dynamics.parse("x' = exp(-x)")),
    "predators and prey, Hamiltonicity": (
        HiddenSymmetries("hamiltonian", low=(0.5,), high=(2.0,)), Dynamics.parse("x' = x - x*y; y' = x*y - y")
    ),
    "oscillator, rotation": (
        HiddenSymmetries("rotation"), Dynamics.parse("x' = y + x**2/2; y' = -x - x*(y + x**2/2)")
    ),
}  # fmt: skip


def lie() -> None:
    """One line for each equation: how many were found, known, and proved."""
    print(f"{'equation':<26}{'degree':>7}{'found':>7}{'known':>7}{'proved':>8}{'checked':>9}{'CPU s':>8}  algebra")
    for name, (subject, degree, known) in LIE.items():
        start = time.process_time()
        found = LieSymmetries(degree=degree, orbits=0).explain(subject).artifact
        proofs = prove_symmetries(found)
        proved = sum(isinstance(p.claim, Proved) for p in proofs)
        checked = sum(check_symmetries(text, found).holds for p in proofs for text in p.files.values())
        seconds = time.process_time() - start
        print(f"{name:<26}{degree:>7}{found.dimension:>7}{known:>7}{f'{proved}/2':>8}{f'{checked}/2':>9}{seconds:>8.2f}"
              f"  {found.algebra or 'not closed at this degree'}")  # fmt: skip


def hidden(seed: int) -> None:
    """One row for each example: asymmetry on held-out points before and after; written as they come."""
    rows: dict[str, dict[str, float]] = {}
    print(f"\n{'hidden symmetry':<38}{'before':>10}{'after':>10}{'undone':>9}{'CPU s':>8}")
    for name, (method, subject) in HIDDEN.items():
        start = time.process_time()
        finding = method.explain(subject, seed)
        asymmetry, _, undone = finding.claims
        assert isinstance(asymmetry, Measured)
        before, failures = float(asymmetry.baseline or 0.0), undone.to_dict()["failures"]
        row = {"asymmetry_before": before, "asymmetry_after": asymmetry.value, "inverse_failures_of_512": failures,
               "cpu_seconds": time.process_time() - start}  # fmt: skip
        print(
            f"{name:<38}{before:>10.2e}{asymmetry.value:>10.2e}{f'{512 - failures}/512':>9}{row['cpu_seconds']:>8.1f}"
        )
        if isinstance(subject, Metric):
            row["slope_error_to_gullstrand_painleve"] = painleve_error(finding.artifact, method)
            print(f"  slope of the new time against Gullstrand and Painleve's: "
                  f"{row['slope_error_to_gullstrand_painleve']:.1%} (relative rms)")  # fmt: skip
        rows[name] = {key: float(f"{value:.4g}") for key, value in row.items()}
        write(rows)


def painleve_error(change: CoordinateChange, method: HiddenSymmetries) -> float:
    """Relative rms error of (dT/dx) / (dT/dt) against +-x/r sqrt(1/r) / (1 - 1/r), at new points; T's scale is free."""
    points = np.random.default_rng(999).uniform(method.low, method.high, (1000, 4))
    jacobian = change.jacobian(points)
    slope = jacobian[:, 0, 1:] / jacobian[:, 0, :1]
    r = np.linalg.norm(points[:, 1:], axis=1, keepdims=True)
    exact = points[:, 1:] / r * np.sqrt(1 / r) / (1 - 1 / r)
    exact = exact * np.sign((slope * exact).sum())
    return float(np.sqrt(((slope - exact) ** 2).sum() / (exact**2).sum()))


def write(rows: dict[str, dict[str, float]]) -> None:
    """papers/hidden_symmetries.toml."""
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/symmetries.py`.",
        'title = "Machine-learning hidden symmetries"',
        'arxiv = "2109.09721"',
        'command = "python benchmarks/symmetries.py --only hidden"',
        "",
        "[paper]",
        'headline = "rediscovers the Gullstrand-Painleve metric, whose space is translationally invariant"',
        "",
        "[ours]",
        *(
            line
            for name, row in rows.items()
            for line in ("", f'[ours."{name}"]', *(f"{key} = {value!r}" for key, value in row.items()))
        ),
    ]
    PAPER.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("lie", "hidden"))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.only != "hidden":
        lie()
    if given.only != "lie":
        hidden(given.seed)


if __name__ == "__main__":
    main()
