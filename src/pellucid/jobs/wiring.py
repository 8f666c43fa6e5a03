"""The job of parts: a table with several targets becomes a network whose parts are seen, proved and put into formulas.

table -> placed network, cut -> paths -> independence, proved; a formula of each target -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..artifacts.mechanisms.wired_network import WiredNetwork
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..distill.formulas.race import Race
from ..distill.wiring.modular_network import ModularNetwork
from ..prove.manifest import certificate_files
from ..prove.mechanisms.independence_certificate import prove_independence
from ..run.cached import cached
from ..subjects.tables.responses import Responses


def find_wiring(
    responses: Responses, method: ModularNetwork | None = None, *, seed: int = 0, reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[WiredNetwork]:  # fmt: skip
    """The network, what of its independence is proved, and a formula of each target, by default from a `Race`."""
    method = method or ModularNetwork()
    if method.engine is None:
        method = replace(method, engine=Race())
    found = cached(method, responses, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_independence(found.artifact)
    return found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))
