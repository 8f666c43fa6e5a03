"""The job `formula`: a table becomes a formula, with claims.

samples -> algebra -> (where that is not exact: spline network, search) -> shortest description -> claims -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time

import numpy as np
import sympy

from ..artifacts.formulas.formula import Formula, make_formula
from ..artifacts.formulas.front import Front
from ..artifacts.formulas.predictions import Predictions
from ..artifacts.formulas.spline_network import SplineNetwork
from ..core.artifact import Artifact
from ..core.claim import STRENGTHS, Claim, Measured, Tested, Undecided
from ..core.finding import Finding
from ..core.method import Method
from ..core.provenance import Provenance
from ..core.reporter import SILENT, Reporter
from ..datasets.feynman import feynman_equation, feynman_equations
from ..datasets.planets import planet_orbits
from ..distill import Algebraic, KANFormula, Search
from ..distill.formulas.evidence.claims import UNSEEN, formula_claims
from ..distill.formulas.evidence.residual import ResidualStructure, is_within_noise, residual_structure
from ..distill.formulas.expression.description import formula_bits
from ..distill.formulas.expression.proportional import description_length, snap_constants
from ..distill.formulas.spline.exact_edges import edges_of
from ..distill.formulas.spline.symbols import as_arrays
from ..nets.splines.kan import kan_from
from ..prove.formulas.bound_certificate import prove_bound, read_edges
from ..prove.manifest import certificate_files
from ..run.threads import one_thread
from ..subjects.tables.sample_files import SUFFIXES, read_samples
from ..subjects.tables.samples import Samples
from ..subjects.tables.screening import screen
from .resume import keep, resumed

HELD_OUT = 0.2
FEW_ROWS = 40
"""Of fewer rows the methods see all; the claims are about those that they keep back from fitting, but choose by too."""
CHOSEN_BY = "rows kept from fitting but not from choosing"
LITTLE = 10.0
"""A formula that explains less of the variance than this, in percent, is told to explain little."""
FITTED_ROWS = 5_000
"""Of more rows than this, that many are fitted, and all the others make the claims."""
CLAIMED_ROWS = 20_000
DRAWN_ROWS = 2_000
FEWEST_ROWS = 5
EXACT = 1e-9
"""A formula that misses by less than this share of the target's spread needs no other beside it."""
OUTSIDE_ROWS = 1_000
MOST_READ = 2
ROUNDS = 3
"""How many networks are read, and how often the search is started, where no budget is given."""


def list_tables() -> list[tuple[str, str]]:
    """Every built-in table with its one line."""
    kepler = ("kepler", "the planets' periods by their distances, measured from an ephemeris")
    equations = feynman_equations().values()
    return [kepler, *((e.name, f"{e.target} = {e.expression}") for e in equations)]


def find_samples(
    text: str,
    *,
    target: str | None = None,
    features: Sequence[str] = (),
    units: Path | None = None,
    rows: int | None = None,
    noise: float | None = None,
    seed: int = 0,
) -> tuple[Samples, str, Formula | None]:
    """What `text` names: a file of numbers, or a built-in table; and a name for the results.

    Third comes the equation that the numbers were drawn from, where there is one. Raises ValueError.
    """
    path = Path(text)
    if path.suffix.lower() in SUFFIXES or path.is_file():
        _refuse_options("built-in equations", text, rows=rows, noise=noise)
        return read_samples(path, target=target or "y", features=features, units=units), path.stem, None
    _refuse_options("files", text, target=target, features=features or None, units=units)
    if text.lower() == "kepler":
        _refuse_options("built-in equations", text, rows=rows, noise=noise)
        return planet_orbits(), "kepler", None
    if text not in feynman_equations() and path.suffix.lstrip(".").isalpha():
        raise ValueError(f"{text} has an unknown ending; give {', '.join(SUFFIXES)}, or a built-in table (see --list)")
    equation = feynman_equation(text)
    return equation.sample(rows or 1000, seed, noise or 0.0), equation.name, equation.formula


def open_formula(
    samples: Samples,
    *,
    name: str = "",
    reference: Formula | None = None,
    seed: int = 0,
    budget_seconds: float | None = None,
    methods: Sequence[Method[Samples, Formula]] | None = None,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Formula]:
    """The formula with the shortest description of `samples`, and how well it is known.

    `methods` are tried in their order until one is exact; by default algebra, a spline network, search. `reference`,
    where the true formula is known, is compared with what was found, and seen by nothing before. Raises ValueError.
    """
    samples = _screened(samples)
    _refuse_too_few(samples)
    fitted, held = _parted(samples, seed)
    tried: list[Finding[Formula]] = []
    failed: list[Claim] = []
    began = process_time()
    for method in _methods(budget_seconds) if methods is None else methods:
        statement = f"a shorter formula by {type(method).__name__}"
        if tried and budget_seconds is not None and process_time() - began > budget_seconds:
            failed.append(Undecided(statement, f"the budget of {budget_seconds:g} s was used up", "give a larger one"))
            continue
        folder = None if checkpoint is None else checkpoint / type(method).__name__
        found = resumed(folder, method, fitted, seed)
        if found is None:
            try:
                found = method.explain(fitted, seed, reporter=reporter, checkpoint=folder)
            except ValueError as error:  # too few rows for this one, or what it needs is not installed: others go on
                failed.append(Undecided(statement, str(error)))
                continue
            keep(found, folder)
        tried.append(found)
        if _error(found.artifact, fitted) <= EXACT * _scale(fitted):
            break
        with one_thread():
            if is_within_noise(found.artifact, fitted, seed):
                break
    if not tried:
        raise ValueError(f"no formula was found: {failed[0].evidence}")
    if held is None and all(found.provenance.settings.get("held_out") == HELD_OUT for found in tried):
        fitted, held = fitted.split(HELD_OUT, np.random.default_rng(seed))  # as the methods part it
    as_found = tuple(tried)
    tried += [simpler for found in tried for simpler in _in_proportion(found, fitted)]
    chosen = min(tried, key=lambda finding: _bits(finding.artifact, fitted))
    formula = replace(chosen.artifact, box=samples.box)
    kept = (
        "held-out rows" if samples.rows >= FEW_ROWS else CHOSEN_BY if held is not None else "the rows it was fitted to"
    )
    own = held is None and any(chosen is found for found in as_found)
    claims = [*(chosen.claims if own else _claims(formula, fitted, held or fitted, seed, kept))]
    claims += _exponent_claims(formula, fitted) + _left_claims(formula, fitted, seed)
    claims += _unseen_claims(formula, tried, fitted, claims)
    if reference is not None:
        claims.append(_reference_claim(formula, reference, seed))
    shown: dict[str, Artifact] = {
        "front": _front(formula, tried, fitted),
        "predictions": _drawn(formula, fitted, held, seed),
    }
    proofs: dict[str, str] = {}
    network = _network(formula, tried, fitted)
    if network is not None:
        shown["network"] = network
        bound = prove_bound(network, formula, read_edges(network.edges))
        claims.append(bound.claim)
        proofs = certificate_files(formula, [bound])
    told = _provenance(name, chosen, tried, samples)
    ordered = tuple(sorted((*claims, *failed), key=_strength))
    return Finding(formula, ordered, told, {**chosen.parts, **shown}, {**chosen.proofs, **proofs})


def _refuse_options(what: str, text: str, **options: object) -> None:
    for option, value in options.items():
        if value is not None:
            raise ValueError(f"{option} is for {what}, and {text!r} is none of them; leave it out")


def _methods(budget_seconds: float | None) -> list[Method[Samples, Formula]]:
    """Without a budget all count their steps, so that the same seed gives the same formula on any machine.

    They are few, so that a smooth table without a law takes no more than a minute; with a budget the search goes on.
    The bootstrap is left to the job: of the formulas that the methods find, it makes claims about one.
    """
    search = Search(rounds=ROUNDS) if budget_seconds is None else Search(budget_seconds=budget_seconds)
    return [Algebraic(refits=0), KANFormula(most_read=MOST_READ, refits=0), replace(search, refits=0)]


# ----------------------------------------------------------------------------------------------------- the table


def _screened(samples: Samples) -> Samples:
    """Without the columns that can say nothing; tables from files are like that already."""
    kept, notes = screen(list(samples.X.T), samples.y, samples.names)
    if len(kept) == samples.features:
        return samples
    units = None if samples.units is None else samples.units.select(kept)
    names = tuple(samples.names[j] for j in kept)
    return replace(samples, X=samples.X[:, kept], names=names, units=units, notes=(*samples.notes, *notes))


def _refuse_too_few(samples: Samples) -> None:
    least = max(FEWEST_ROWS, samples.features + 2)
    if samples.rows < least:
        raise ValueError(
            f"{samples.rows} rows are too few for {samples.features} features; give at least {least} rows, or choose "
            "fewer features"
        )
    if np.ptp(samples.y) == 0:
        raise ValueError(f"the target {samples.target!r} is constant ({samples.y[0]:g}); give a column that varies")


def _parted(samples: Samples, seed: int) -> tuple[Samples, Samples | None]:
    """The rows that methods may see, and those that only claims are made from; none where there are few."""
    if samples.rows < FEW_ROWS:
        return samples, None
    fraction = max(HELD_OUT, 1 - FITTED_ROWS / samples.rows)
    return samples.split(fraction, np.random.default_rng([seed, 7]))


# ---------------------------------------------------------------------------------------------------- the formula


def _error(formula: Formula, samples: Samples) -> float:
    """Root mean square; infinite where the formula has no value on some row."""
    with np.errstate(all="ignore"):
        error = float(np.sqrt(np.mean((formula(samples.X) - samples.y) ** 2)))
    return error if np.isfinite(error) else np.inf


def _scale(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples.y**2))) or 1.0


def _bits(formula: Formula, samples: Samples) -> float:
    return description_length(formula.sympy(), formula(samples.X), samples.y)


def _in_proportion(found: Finding[Formula], fitted: Samples) -> list[Finding[Formula]]:
    """Where the target spans decades: a front's formulas with constants as exact as errors in proportion leave them."""
    fronts = [part for part in found.parts.values() if isinstance(part, Front)]
    formulas = {f.expression: f for f in (found.artifact, *(f for front in fronts for f in front.formulas))}
    simpler = [(f, snap_constants(f.sympy(), f(fitted.X), fitted.y)) for f in formulas.values()]
    exact = [make_formula(e, f.names, f.target) for f, e in simpler if e is not None]
    route = f"{found.provenance.route}, its constants snapped in proportion to {found.artifact.target}".lstrip(", ")
    return [replace(found, artifact=f, provenance=replace(found.provenance, route=route)) for f in exact]


def _network(formula: Formula, tried: Sequence[Finding[Formula]], fitted: Samples) -> SplineNetwork | None:
    """The spline network that was grown, where one was, with the formula's function for every edge."""
    parts = [part for finding in tried for part in finding.parts.values() if isinstance(part, SplineNetwork)]
    if not parts:
        return None
    with one_thread():
        edges = edges_of(as_arrays(kan_from(parts[-1].shape, parts[-1].weights)), formula, fitted.X[:FITTED_ROWS])
    return replace(parts[-1], edges=edges)


def _left_over(formula: Formula, fitted: Samples, seed: int) -> ResidualStructure:
    with one_thread():
        return residual_structure(fitted.X, fitted.y - formula(fitted.X), np.random.default_rng([seed, 11]))


def _left_claims(formula: Formula, fitted: Samples, seed: int) -> list[Claim]:
    """How much of what the formula misses could still be explained; nothing to ask where it misses nothing."""
    if fitted.rows < FEW_ROWS or _error(formula, fitted) <= EXACT * _scale(fitted):
        return []
    rest = _left_over(formula, fitted, seed)
    statement = f"share of what is missed in {formula.target} that a smooth function of the features explains"
    return [Measured(statement, max(rest.share, 0.0), "(baseline: shuffled)", max(rest.chance, 0.0))]


def _unseen_claims(
    formula: Formula, tried: Sequence[Finding[Formula]], fitted: Samples, known: Sequence[Claim]
) -> list[Claim]:
    """Which columns the methods left out, by name; not where the formula is exact without them."""
    if _error(formula, fitted) <= EXACT * _scale(fitted):
        return []
    start = UNSEEN.format(formula.target)
    told = {claim.statement: claim for finding in tried for claim in finding.claims}
    return [claim for text, claim in told.items() if text.startswith(start) and claim not in known]


def _strength(claim: Claim) -> int:
    return [kind.strength for kind in STRENGTHS].index(claim.strength)


def _front(formula: Formula, tried: Sequence[Finding[Formula]], fitted: Samples) -> Front:
    """Every method's formulas together: those of which none is both longer and worse than another."""
    formulas = [formula, *(finding.artifact for finding in tried)]
    formulas += [
        f for finding in tried for part in finding.parts.values() if isinstance(part, Front) for f in part.formulas
    ]
    entries = {f.expression: (formula_bits(f.sympy()), _error(f, fitted), replace(f, box=())) for f in formulas}
    kept: list[tuple[float, float, Formula]] = []
    for entry in sorted(entries.values(), key=lambda entry: (entry[0], entry[1], entry[2].expression)):
        if np.isfinite(entry[1]) and (not kept or entry[1] < kept[-1][1] or entry[2].expression == formula.expression):
            kept.append(entry)
    bits, errors, shown = zip(*kept, strict=True)
    chosen = [f.expression for f in shown].index(formula.expression)
    return Front(shown, errors, bits, chosen)


def _claims(formula: Formula, fitted: Samples, held: Samples, seed: int, kept: str) -> list[Claim]:
    """What is known of the formula from rows that it was not fitted to; `kept` says what else they were kept from."""
    some = held
    claims: list[Claim] = []
    if held.rows > CLAIMED_ROWS:
        some = held.select(np.sort(np.random.default_rng([seed, 8]).permutation(held.rows)[:CLAIMED_ROWS]))
        baseline = float(np.sqrt(np.mean((held.y - fitted.y.mean()) ** 2))) / _scale(held)
        statement = f"relative error of {formula.target} on all other rows ({held.rows:,} rows)"
        claims.append(Measured(statement, _error(formula, held) / _scale(held), "of rms", baseline))
    claims += formula_claims(formula, fitted, some, kept=kept, seed=seed)
    claims.insert(1, _explained(formula, fitted, some, kept))
    return claims


def _explained(formula: Formula, fitted: Samples, held: Samples, kept: str) -> Claim:
    """1 - mean (y - f)^2 / mean (y - m)^2 in percent, m the mean of the fitted rows; none below 0."""
    missed = float(np.mean((held.y - fitted.y.mean()) ** 2))
    share = 100 * max(0.0, 1 - _error(formula, held) ** 2 / missed) if missed > 0 else 0.0
    statement = f"share of the variance of {formula.target} that the formula explains on {kept}"
    little = ": little, its mean says almost as much" if share < LITTLE else ""
    return Measured(statement + little, share, "%", 0.0)


def _exponent_claims(formula: Formula, fitted: Samples) -> list[Claim]:
    """For a product of powers that is not exact: each exponent as a straight line through the logarithms gives it."""
    factors = [f for f in sympy.Mul.make_args(formula.sympy()) if f.free_symbols]
    powers = {str(base): exponent for base, exponent in (factor.as_base_exp() for factor in factors) if base.is_Symbol}
    exact = _error(formula, fitted) <= EXACT * _scale(fitted)
    rows, columns = fitted.rows, [fitted.names.index(name) for name in powers]
    numbers = all(exponent.is_number for exponent in powers.values())
    if exact or not numbers or len(powers) < len(factors) or rows <= len(columns) + 1:
        return []
    if (fitted.y <= 0).any() or (fitted.X[:, columns] <= 0).any():
        return []
    A = np.column_stack([np.ones(rows), np.log(fitted.X[:, columns])])
    found, *_ = np.linalg.lstsq(A, np.log(fitted.y), rcond=None)
    variance = np.sum((A @ found - np.log(fitted.y)) ** 2) / (rows - A.shape[1])
    errors = np.sqrt(variance * np.diag(np.linalg.pinv(A.T @ A)))
    return [
        Measured(f"exponent of {name} in {formula.target}, were it free (found: {exponent})", value, "", None, error)
        for (name, exponent), value, error in zip(powers.items(), found[1:].tolist(), errors[1:].tolist(), strict=True)
    ]


def _reference_claim(formula: Formula, reference: Formula, seed: int) -> Claim:
    """The formula against the one that the numbers were drawn from, on a box twice as wide as the data's."""
    low, high = np.array(reference.box).T
    X = low + (high - low) * np.random.default_rng([seed, 9]).uniform(-0.5, 1.5, (4 * OUTSIDE_ROWS, len(low)))
    expected = reference(X)
    X, expected = (values[np.isfinite(expected)][:OUTSIDE_ROWS] for values in (X, expected))
    names = [reference.names.index(name) for name in formula.names]
    wrong = ~(np.abs(formula(X[:, names]) - expected) <= 1e-9 * np.maximum(np.abs(expected), 1e-300))
    return Tested(
        "formula = the equation that the table was drawn from, on a box twice as wide", len(X), int(wrong.sum())
    )


def _drawn(formula: Formula, fitted: Samples, held: Samples | None, seed: int) -> Predictions:
    """Rows to be drawn: all of them, or of very many a few of each kind."""
    generator = np.random.default_rng([seed, 10])
    parts = [fitted] if held is None else [fitted, held]
    parts = [part.select(np.sort(generator.permutation(part.rows)[: DRAWN_ROWS // 2])) for part in parts]
    X, y = (np.concatenate([getattr(part, field) for part in parts]) for field in ("X", "y"))
    held_out = np.repeat([False, True][: len(parts)], [part.rows for part in parts])
    return Predictions(X, y, formula(X), held_out, formula.names, formula.target)


def _provenance(name: str, chosen: Finding[Formula], tried: Sequence[Finding[Formula]], samples: Samples) -> Provenance:
    """The chosen method's, about the whole table, with what was left out of it and the time that all methods took."""
    told = chosen.provenance
    seconds = {name: value for finding in tried for name, value in finding.provenance.seconds.items()}
    more = {"table": name, "rows": samples.rows, "notes": list(samples.notes)}
    settings = {**told.settings, **{key: value for key, value in more.items() if value}}
    return replace(told, subject=samples.fingerprint(), settings=settings, seconds=seconds)
