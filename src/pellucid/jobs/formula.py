"""The job `formula`: a table becomes a formula, with claims.

samples -> race (algebra, spline network, search) -> the network's bound is proved -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.formulas.formula import Formula
from ..artifacts.formulas.spline_network import SplineNetwork
from ..core.claim import Claim, Proved
from ..core.context import Context
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..datasets.equations import built_in_equation, built_in_equations
from ..datasets.planets import planet_orbits
from ..distill.formulas.choose import choose_from_front
from ..distill.formulas.evidence.reference import reference_claim
from ..distill.formulas.given.given_form import GivenForm
from ..distill.formulas.parametric.alphabet import nodes_without
from ..distill.formulas.parametric.parametric import Parametric
from ..distill.formulas.race import Race
from ..distill.formulas.wishes import DIRECTIONS, Wishes
from ..prove.formulas.bound_certificate import prove_bound, read_edges
from ..prove.formulas.sign_certificate import prove_monotone, prove_positive
from ..prove.manifest import certificate_files
from ..prove.proof import Proof
from ..run.cpu_limit import cut_off, is_over
from ..subjects.tables.sample_files import SUFFIXES, read_samples, read_targets
from ..subjects.tables.samples import Samples
from .sources import READERS


def list_tables() -> list[tuple[str, str]]:
    """Every built-in table with its one line."""
    kepler = ("kepler", "the planets' periods by their distances, measured from an ephemeris")
    equations = built_in_equations().values()
    return [kepler, *((e.name, f"{e.target} = {e.expression}") for e in equations)]


def find_samples(
    text: str,
    *,
    target: str | None = None,
    features: Sequence[str] = (),
    units: Path | None = None,
    rows: int | None = None,
    noise: float | None = None,
    missing: str | None = None,
    error: str | None = None,
    seed: int = 0,
) -> tuple[Samples, str, Formula | None]:
    """What `text` names: a file of numbers, or a built-in table; and a name for the results.

    Third comes the equation that the numbers were drawn from, where there is one. Raises ValueError.
    """
    path = Path(text)
    if path.suffix.lower() in SUFFIXES or path.is_file():
        _refuse_options("built-in equations", text, rows=rows, noise=noise)
        known = {"missing": missing or "refuse", "error": error or ""}
        return read_samples(path, target=target or "y", features=features, units=units, **known), path.stem, None
    for_files = {"target": target, "features": features or None, "units": units, "missing": missing, "error": error}
    _refuse_options("files", text, **for_files)
    if text.lower() == "kepler":
        _refuse_options("built-in equations", text, rows=rows, noise=noise)
        return planet_orbits(), "kepler", None
    if text not in built_in_equations() and path.suffix.lstrip(".").isalpha():
        raise ValueError(f"{text} has an unknown ending; give {', '.join(SUFFIXES)}, or a built-in table (see --list)")
    equation = built_in_equation(text)
    return equation.sample(rows or 1000, seed, noise or 0.0), equation.name, equation.formula


def find_targets(
    text: str,
    targets: Sequence[str],
    *,
    features: Sequence[str] = (),
    units: Path | None = None,
    missing: str | None = None,
    error: Sequence[str] = (),
    **options: object,
) -> tuple[dict[str, Samples | ValueError], str]:
    """The table in the file `text` once for each target (`read_targets`), and a name for the results.

    Raises ValueError for a built-in table, which has one target, and for `options` that are for those.
    """
    path = Path(text)
    if not (path.suffix.lower() in SUFFIXES or path.is_file()):
        raise ValueError(f"{text!r} is no file of numbers, and a built-in table has one target; leave target out")
    _refuse_options("built-in equations", text, **options)
    known = {"missing": missing or "refuse", "errors": error}
    return read_targets(path, targets, features=features, units=units, **known), path.stem


def form_of(form: str, target: str) -> str:
    """Of forms separated by semicolons, the one for a target: "target = ...", or the only one. Raises ValueError.

    >>> form_of("u = a*x; v = b*exp(c*x)", "v"), form_of("a*x", "v")
    ('v = b*exp(c*x)', 'a*x')
    """
    forms = [each.strip() for each in form.split(";")]
    own = [each for each in forms if each.partition("=")[0].strip() == target]
    if own or (len(forms) == 1 and "=" not in form):
        return own[0] if own else form
    raise ValueError(f"form {form!r} holds none for {target!r}; write '{target} = ...', separated by semicolons")


def open_formula(
    samples: Samples,
    *,
    name: str = "",
    reference: Formula | None = None,
    seed: int = 0,
    budget_seconds: float | None = None,
    form: str = "",
    functions: Sequence[str] = (),
    without: Sequence[str] = (),
    positive: bool = False,
    depth: int | None = None,
    monotone: Sequence[tuple[str, str]] = (),
    choose: int | None = None,
    methods: Sequence[Method[Samples, Formula]] = (),
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Formula]:
    """The formula with the shortest description of `samples`, and how well it is known.

    `methods` and `budget_seconds` are those of `Race`; `positive`, `depth` and `monotone` those of `Wishes`, and proved
    where they can be; with `functions` or `without` only forms with those functions compete; with a `form`
    (`GivenForm`) nothing is searched, and its constants are fitted. `choose` is the number of a formula on the front,
    from 1, that is taken instead of the shortest description. `reference`, where the true formula is known, is compared
    with what was found, and seen by nothing before. Raises ValueError.
    """
    wishes = Wishes(positive, depth, tuple(monotone), tuple(functions), tuple(without))
    if form and (wishes.any or choose is not None):
        raise ValueError(
            "form is given, so nothing is searched; leave functions, without, positive, depth, monotone and choose out"
        )
    if functions or without:
        left_out = nodes_without(functions, without)
        methods = [Parametric(without=left_out, wishes=wishes, held_out=0.0, budget_seconds=budget_seconds)]
    method = GivenForm(form) if form else Race(tuple(methods), budget_seconds, wishes=wishes)
    finding = method.explain(samples, seed, reporter=reporter, checkpoint=checkpoint)
    if choose is not None:
        finding = choose_from_front(finding, choose, samples, seed, wishes)
    provenance = finding.provenance
    finding = replace(finding, provenance=replace(provenance, settings={**provenance.settings, "table": name}))
    if reference is not None:
        generator = np.random.default_rng(Context(seed).stream("reference"))
        compared = reference_claim(finding.artifact, reference, generator)
        finding = finding.plus(*measured_by("jobs.reference", [compared]))
    return _proved(finding, wishes)


def _proved(finding: Finding[Formula], wishes: Wishes) -> Finding[Formula]:
    """With the network's bound, and each wish proved, where it can be: a proof takes the place of points looked at."""
    formula, network = finding.artifact, finding.parts.get("network")
    proofs: list[Proof] = []
    if not is_over():
        with cut_off():
            proofs = _proved_wishes(formula, wishes)
    proved = tuple(proof.claim.statement for proof in proofs)
    finding = replace(finding, claims=tuple(one for one in finding.claims if not one.statement.startswith(proved)))
    if isinstance(network, SplineNetwork) and not is_over():
        with cut_off():
            proofs.append(prove_bound(network, formula, read_edges(network.edges)))
    if not proofs:
        return finding
    return finding.plus(*(proof.claim for proof in proofs), proofs=certificate_files(formula, proofs))


def _proved_wishes(formula: Formula, wishes: Wishes) -> list[Proof]:
    """Those that could be proved."""
    proofs = [prove_positive(formula)] if wishes.positive else []
    for column, direction in wishes.monotone:
        if column in formula.names:
            proofs.append(prove_monotone(formula, column, DIRECTIONS[direction]))
    return [proof for proof in proofs if isinstance(proof.claim, Proved)]


@READERS.add("formula")
def _read_again(text: str, seed: int, *, units: str | None = None, **options: Any) -> Samples:
    """The table; its file of units stands beside it."""
    beside = None if units is None else Path(text).parent / Path(units).name
    return find_samples(text, seed=seed, units=beside, **options)[0]


@measurement("jobs.reference")
def _compared_again(evidence: Evidence) -> list[Claim]:
    equation = built_in_equation(str(evidence.finding.provenance.settings["table"]))
    generator = np.random.default_rng(evidence.context.stream("reference"))
    return [reference_claim(evidence.the(Formula), equation.formula, generator)]


def _refuse_options(what: str, text: str, **options: object) -> None:
    for option, value in options.items():
        if value is not None:
            raise ValueError(f"{option} is for {what}, and {text!r} is none of them; leave it out")
