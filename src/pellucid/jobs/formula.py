"""The job `formula`: a table becomes a formula, with claims.

samples -> race (algebra, spline network, search) -> the network's bound is proved -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..artifacts.formulas.formula import Formula
from ..artifacts.formulas.spline_network import SplineNetwork
from ..core.context import Context
from ..core.finding import Finding
from ..core.method import Method
from ..core.reporter import SILENT, Reporter
from ..datasets.equations import built_in_equation, built_in_equations
from ..datasets.planets import planet_orbits
from ..distill.formulas.evidence.reference import reference_claim
from ..distill.formulas.given.given_form import GivenForm
from ..distill.formulas.parametric.alphabet import nodes_without
from ..distill.formulas.parametric.parametric import Parametric
from ..distill.formulas.race import Race
from ..distill.formulas.wishes import choose_from_front
from ..prove.formulas.bound_certificate import prove_bound, read_edges
from ..prove.manifest import certificate_files
from ..subjects.tables.sample_files import SUFFIXES, read_samples
from ..subjects.tables.samples import Samples


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
    choose: int | None = None,
    methods: Sequence[Method[Samples, Formula]] = (),
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Formula]:
    """The formula with the shortest description of `samples`, and how well it is known.

    `methods`, `positive` and `budget_seconds` are those of `Race`; with `functions` or `without` only forms with those
    functions compete; with a `form` (`GivenForm`) nothing is searched, and its constants are fitted. `choose` is the
    number of a formula on the front, from 1, that is taken instead of the shortest description. `reference`, where the
    true formula is known, is compared with what was found, and seen by nothing before. Raises ValueError.
    """
    if form and (functions or without or positive or choose is not None):
        raise ValueError("form is given, so nothing is searched; leave functions, without, positive and choose out")
    if functions or without:
        left_out = nodes_without(functions, without)
        methods = [Parametric(without=left_out, held_out=0.0, budget_seconds=budget_seconds)]
    method = GivenForm(form) if form else Race(tuple(methods), budget_seconds, positive=positive)
    finding = method.explain(samples, seed, reporter=reporter, checkpoint=checkpoint)
    if choose is not None:
        finding = choose_from_front(finding, choose, samples, seed)
    provenance = finding.provenance
    finding = replace(finding, provenance=replace(provenance, settings={**provenance.settings, "table": name}))
    if reference is not None:
        generator = np.random.default_rng(Context(seed).stream("reference"))
        finding = finding.plus(reference_claim(finding.artifact, reference, generator))
    network = finding.parts.get("network")
    if not isinstance(network, SplineNetwork):
        return finding
    bound = prove_bound(network, finding.artifact, read_edges(network.edges))
    return finding.plus(bound.claim, proofs=certificate_files(finding.artifact, [bound]))


def _refuse_options(what: str, text: str, **options: object) -> None:
    for option, value in options.items():
        if value is not None:
            raise ValueError(f"{option} is for {what}, and {text!r} is none of them; leave it out")
