"""Physics from data with a bias, against what three papers say.

    python benchmarks/physics.py                     all parts; writes papers/mass.toml, nnphd.toml, ai_physicist.toml
    python benchmarks/physics.py --only worlds       AI Physicist: seconds
    python benchmarks/physics.py --only friction     NNPhD: half a minute
    python benchmarks/physics.py --only planet       NNPhD: a quarter of a minute
    python benchmarks/physics.py --only theories     MASS: about two minutes; --checkpoint FOLDER goes on where it ended

Every method runs with its defaults, but for what the subject decides (a learned mass for angles, a radial potential
about a star). Times are of one processor.
"""

from __future__ import annotations

import argparse
import time
import tomllib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from pellucid.artifacts.theories.force_split import ForceSplit
from pellucid.artifacts.theories.shared_theory import SharedTheory, jackknife
from pellucid.artifacts.theories.theories import Theories
from pellucid.core import Measured
from pellucid.datasets.mechanics import (
    coded_motions,
    damped_double_pendulum,
    friction_of_pendulum,
    hidden_place,
    hidden_planet,
    lagrangian_motions,
    pull_of_hidden,
)
from pellucid.datasets.mystery_worlds import World, mystery_world
from pellucid.discover.theories.ai_physicist import AIPhysicist
from pellucid.discover.theories.mass import MASS
from pellucid.discover.theories.nnphd import NNPhD
from pellucid.discover.theories.theory_unification import unify
from pellucid.subjects.equations.motions import Motion, Motions
from whole_theories import THEORIES, theory_errors

PAPERS = Path(__file__).parent.parent / "papers"
Array = NDArray[np.float64]
Table = dict[str, Any]

NOISES = {0.0: 40, 1e-6: 10, 1e-5: 10}
"""Noise of the positions (the box has width 2), and how many worlds."""
NETWORKS = 3
PLANET_MASS = 0.01
SEEDS = 12
"""Learners: twice as many as by default, for the error of their agreement."""
BEST_OF = 3
COVERED = 0.03
"""A theory covers a system where the best S of some networks leaves at most this error."""
TEXTBOOK = 3
"""Systems that the paper calls textbook problems, without the relativistic one."""
SYSTEMS = ("oscillator", "pendulum", "Kepler", "relativistic oscillator", "cos x cos v")


def worlds() -> None:
    """One row for each noise: theories found and exact, domains right, errors beside one law and beside a network."""
    rows: Table = {}
    laws = []
    print(
        f"{'worlds':<8}{'noise':>8}{'theories':>10}{'exact':>12}{'domains':>9}{'error':>10}{'one law':>9}{'CPU s':>8}"
    )
    for noise, count in NOISES.items():
        start = time.process_time()
        scored = []
        for seed in range(count):
            world = mystery_world(seed, noise=noise)
            finding = AIPhysicist().explain(world.motion)
            error = finding.claims[2]
            assert isinstance(error, Measured)
            scored.append((*score(finding.artifact, world), error.value, float(error.baseline or 0.0)))
            laws += finding.artifact.laws if noise == 0 else []
        found, exact, right, error, alone = np.array(scored).T
        row = {
            "worlds": count, "theories_found": int(found.sum()), "theories_there": 4 * count,
            "theories_exact": int(exact.sum()),
            "domain_accuracy_mean": right.mean(), "domain_accuracy_least": right.min(),
            "median_error": float(np.median(error)), "median_error_of_one_law": float(np.median(alone)),
            "cpu_seconds_per_world": (time.process_time() - start) / count,
        }  # fmt: skip
        rows[f"noise {noise:g}"] = row
        told = f"{row['theories_exact']} of {4 * count}"
        print(f"{count:<8}{noise:>8g}{row['theories_found']:>10}{told:>12}{right.mean():>9.4f}{row['median_error']:>10.1e}"
              f"{row['median_error_of_one_law']:>9.2f}{row['cpu_seconds_per_world']:>8.2f}")  # fmt: skip
    masters = unify(laws, ("x", "y"))
    network = float(np.median([network_error(mystery_world(seed)) for seed in range(NETWORKS)]))
    rows["unified"] = {"theories": len(laws), "master_laws": len(masters),
                       "most_common": max(masters, key=lambda m: len(m.cases)).equations}  # fmt: skip
    rows["network"] = {"worlds": NETWORKS, "hidden": [32, 32], "median_error": network,
                       "mean_square_ratio_log10": 2 * np.log10(network / rows["noise 0"]["median_error"])}  # fmt: skip
    print(f"{len(laws)} theories are cases of {len(masters)} laws; a network's median error: {network:.2e}")
    title = "Toward an artificial intelligence physicist for unsupervised learning"
    write("ai_physicist", title, "1810.10525", "worlds", {
        "mean_square_error_over_a_network": "about a billion times smaller",
        "coefficients": "typically recovering integer and rational theory parameters exactly",
    }, rows)  # fmt: skip


def score(found: Theories, world: World) -> tuple[int, int, float]:
    """Theories, how many of the four laws are met exactly, and the share of rows in the right domain."""
    numbers = found.numbers()
    apart = np.abs(numbers[:, None] - world.laws).max((2, 3))  # (theory, quarter)
    near, seen = apart.argmin(0), world.quarter >= 0
    right = found.domain(world.motion.x)[seen] == near[world.quarter[seen]]
    return len(numbers), int((apart.min(0) < 1e-12).sum()), float(right.mean())


def network_error(world: World) -> float:
    """The median relative error of a feedforward network on held-out rows."""
    train, held = world.motion.split(0.2, np.random.default_rng(0))
    network = MLPRegressor(hidden_layer_sizes=(32, 32), max_iter=200, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(train.table(), train.a)
    missed = np.linalg.norm(np.asarray(network.predict(held.table())) - held.a, axis=1)
    return float(np.median(missed) / np.sqrt((held.a**2).sum(1).mean()))


def friction() -> None:
    """What no Lagrangian explains of a damped double pendulum, beside its friction."""
    pendulum = damped_double_pendulum()
    split("friction of a double pendulum", NNPhD(kinetic="learned"), pendulum, friction_of_pendulum(pendulum))


def planet() -> None:
    """What no central potential explains of a planet, beside the pull of another."""
    seen = hidden_planet(mass=PLANET_MASS)
    assert seen.t is not None
    pull = pull_of_hidden(seen.x, seen.t, PLANET_MASS)
    split("a hidden planet", NNPhD(potential="radial"), seen, pull, hidden_place(seen.t) - seen.x)


def split(name: str, method: NNPhD, motion: Motion, truth: Array, towards: Array | None = None) -> None:
    """The sweep over lambda on held-out rows, and the free force beside the true one on all rows."""
    path = PAPERS / "nnphd.toml"
    rows: Table = tomllib.loads(path.read_text(encoding="utf-8"))["ours"] if path.exists() else {}
    start = time.process_time()
    found: ForceSplit = method.explain(motion).artifact
    free = found.free(motion.table())
    size = np.linalg.norm(motion.a, axis=1).mean()
    row: Table = {
        "penalties": found.penalties, "free_force_of_mean_acceleration": [round(s, 5) for s in found.shares],
        "error_of_mean_acceleration": [round(e, 5) for e in found.errors],
        "error_of_a_lagrangian_alone": found.errors[-1], "true_force_of_mean_acceleration": mean(truth) / size,
        "error_of_free_force": mean(free - truth) / mean(truth),
        "cosine_of_free_force_with_true": float((free * truth).sum() / np.sqrt((free**2).sum() * (truth**2).sum())),
        "cpu_seconds": time.process_time() - start,
    }  # fmt: skip
    if towards is not None:
        row["median_degrees_from_the_hidden_planet"] = float(np.median(angles(free, towards)))
    rows[name] = row
    print(f"{name}: " + ", ".join(f"{key} {plain(value)}" for key, value in row.items()))
    write("nnphd", "Machine-learning nonconservative dynamics for new-physics detection", "2106.00026", "", {
        "transition_at_lambda": 1, "rediscovered": ["friction", "Neptune", "gravitational waves"],
    }, rows)  # fmt: skip


def mean(vectors: Array) -> float:
    return float(np.linalg.norm(vectors, axis=1).mean())


def angles(first: Array, second: Array) -> Array:
    """Degrees between the rows of both."""
    cosine = (first * second).sum(1) / (np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1))
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def theories(checkpoint: Path | None = None) -> None:
    """One row for each system that is added: errors, agreement, how near S is to either theory; then whole theories."""
    start = time.process_time()
    found: SharedTheory = MASS(seeds=SEEDS).explain(lagrangian_motions(names=SYSTEMS), checkpoint=checkpoint).artifact
    seconds = time.process_time() - start
    agreement, (hamilton, lagrange) = found.agreement(), found.explained()
    doubt, without = found.agreement_doubt(), found.agreement_without()
    rows: Table = {}
    print(f"{'systems':<26}{'error':>8}{'agree':>14}{'Hamilton':>10}{'Lagrange':>10}  strongest terms")
    for k, name in enumerate(found.systems):
        error = float(np.median(found.errors[k, :, : k + 1]))
        rows[f"{k + 1} systems"] = {
            "added": name, "median_error": error, "agreement": agreement[k], "agreement_standard_error": doubt[k],
            "explained_by_hamilton": hamilton[k], "explained_by_lagrange": lagrange[k],
            "strongest": [f"{t} {v:.0%}" for t, v in found.strongest(4, k)],
        }  # fmt: skip
        told = f"{agreement[k]:.3f}+-{doubt[k]:.3f}"
        print(f"+ {name:<24}{error:>8.3f}{told:>14}{hamilton[k]:>10.2f}{lagrange[k]:>10.2f}"
              f"  {', '.join(rows[f'{k + 1} systems']['strongest'])}")  # fmt: skip
    rise, error = agreement[-1] - agreement[0], float(jackknife(without[:, -1] - without[:, 0]))
    rows["all"] = {
        "seeds": found.seeds, "terms": len(found.terms), "agreement_rise": rise, "agreement_rise_standard_error": error,
        "agreement_rose_by_two_standard_errors": bool(rise > 2 * error),
        "converged": bool(agreement[-1] > 0.9), "lagrange_over_hamilton": bool(lagrange[-1] > hamilton[-1]),
        "verdict": verdict(rise, error, hamilton[-1], lagrange[-1]),
    }  # fmt: skip
    if checkpoint is None or seconds > 1:
        rows["all"]["cpu_seconds"] = seconds
    rows["whole theories"] = whole_theories()
    rows |= both_versions(checkpoint)
    write("mass", "Do two AI scientists agree?", "2504.02822", "theories", {
        "agreement": "with more systems the theories learned converge",
        "theory": "textbook problems: Hamiltonian or Lagrangian; beyond them the Lagrangian description generalizes",
    }, rows)  # fmt: skip


def both_versions(checkpoint: Path | None) -> Table:
    """The seven systems as the authors' public code computes them, and as Lagrange's equation does: a row for each."""
    folders = [None if checkpoint is None else checkpoint / name for name in ("authors", "lagrange")]
    differs = (
        "the fifth and sixth of theirs are not Lagrange's equation of the S they are named after (signs, "
        "functions, S_vv), the last divides by S_v; ours are Lagrange's, our sixth is of the S of their seventh, "
        "our seventh is x v^2 + x^2 v^3"
    )
    return {
        "as the authors' code has them": seven(coded_motions(), {"differs": differs}, folders[0]),
        "as Lagrange's equation has them": seven(lagrangian_motions(), {}, folders[1]),
    }


def seven(motions: Motions, told: Table, folder: Path | None) -> Table:
    """All systems together: agreement, how near S is to either theory, and which whole theories cover them."""
    start = time.process_time()
    found: SharedTheory = MASS(seeds=SEEDS).explain(motions, checkpoint=folder).artifact
    agreement, (hamilton, lagrange), doubt = found.agreement(), found.explained(), found.agreement_doubt()
    errors = {theory: theory_errors(motions, theory, seeds=BEST_OF).min(1) for theory in THEORIES}
    row: Table = {
        "systems": list(found.systems),
        **told,
        "median_error": float(np.median(found.errors[-1])),
        "agreement_after_one": agreement[0], "agreement_after_all": agreement[-1],
        "agreement_standard_error": doubt[-1],
        "explained_by_hamilton": hamilton[-1], "explained_by_lagrange": lagrange[-1],
        "strongest": [f"{t} {v:.0%}" for t, v in found.strongest(4, len(found.systems) - 1)],
    }  # fmt: skip
    for name, theory in zip(("half_of_hamilton", "hamilton", "lagrange"), THEORIES, strict=True):
        row[f"error_of_{name}"] = [round(float(e), 4) for e in errors[theory]]
        row[f"{name}_covers"] = int((errors[theory] < COVERED).sum())
    row["cpu_seconds"] = time.process_time() - start
    return row


def verdict(rise: float, error: float, hamilton: float, lagrange: float) -> str:
    """What a free readout says of the paper's two claims."""
    told = "rises" if rise > 2 * error else "does not rise by more than its error"
    near = "Lagrange's" if lagrange > hamilton else "Hamilton's"
    more = "" if lagrange > hamilton else ", against the paper: accelerations alone cannot rule it out"
    return f"agreement {told} and is far from 1; S is nearer to {near} equation{more}"


def whole_theories() -> Table:
    """The error of each theory for each system, S a network of its own; and which systems it covers."""
    start = time.process_time()
    motions = lagrangian_motions()
    errors = {theory: theory_errors(motions, theory, seeds=BEST_OF).min(1) for theory in THEORIES}
    print(f"{'':<26}" + "".join(f"{theory:>17}" for theory in THEORIES))
    for k, name in enumerate(motions.titles):
        print(f"{name:<26}" + "".join(f"{errors[theory][k]:>17.4f}" for theory in THEORIES))
    covered = {theory: [name for name, e in zip(motions.titles, errors[theory], strict=True) if e < COVERED]
               for theory in THEORIES}  # fmt: skip
    half, whole, lagrange = (covered[theory] for theory in THEORIES)
    row: Table = {"systems": motions.titles, "covered_below_error": COVERED, "best_of_networks": BEST_OF}
    names = ("half_of_hamilton", "hamilton", "lagrange")
    for name, theory in zip(names, THEORIES, strict=True):
        row[f"error_of_{name}"] = [round(float(e), 4) for e in errors[theory]]
    row |= {
        "half_of_hamilton_covers": len(half), "hamilton_covers": len(whole), "lagrange_covers": len(lagrange),
        "of_whole_theories_only_lagrange_covers_all": len(lagrange) == len(motions.titles)
        and whole == list(motions.titles[:TEXTBOOK]),
        "cpu_seconds": time.process_time() - start,
    }  # fmt: skip
    return row


def write(name: str, title: str, arxiv: str, part: str, claimed: Table, rows: Table) -> None:
    """papers/`name`.toml."""
    command = f"python benchmarks/physics.py{part and f' --only {part}'}"
    lines = [
        f"# What the paper claims, our command, and our figures. Written by `{command}`.",
        f'title = "{title}"', f'arxiv = "{arxiv}"', f'command = "{command}"', "", "[paper]",
        "# From its abstract.", *(f"{key} = {plain(value)}" for key, value in claimed.items()), "", "[ours]",
        *(
            line
            for key, row in rows.items()
            for line in ("", f'[ours."{key}"]', *(f"{k} = {plain(v)}" for k, v in row.items()))
        ),
    ]  # fmt: skip
    (PAPERS / f"{name}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def plain(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(plain(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f"{float(value):.4g}"


PARTS = ("worlds", "friction", "planet", "theories")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--checkpoint", type=Path, help="a folder in which MASS keeps what it has")
    given = parser.parse_args()
    if given.only in (None, "worlds"):
        worlds()
    if given.only in (None, "friction"):
        friction()
    if given.only in (None, "planet"):
        planet()
    if given.only in (None, "theories"):
        theories(given.checkpoint)


if __name__ == "__main__":
    main()
