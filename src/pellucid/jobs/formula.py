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
from ..datasets.equations import built_in_equation
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
from ..subjects.tables.samples import Samples
from .sources import READERS
from .subjects.tables import find_samples


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
