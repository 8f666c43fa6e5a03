"""The job `algorithm`: a network on pairs of symbols becomes the algorithm that it runs, and a proved formula.

file -> logits of every pair -> group, circles or characters -> certificates -> finding
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.mechanisms.mechanism import Mechanism
from ..core.claim import Claim
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.reporter import SILENT, Reporter
from ..look.mechanisms.operation_files import read_operation
from ..look.mechanisms.operation_mechanism import OperationMechanism
from ..prove.manifest import certificate_files
from ..prove.mechanisms.formula_certificate import prove_mechanism
from ..run.cached import cached
from ..subjects.operations.operation import Operation
from .measured_again import found_again
from .sources import READERS


def find_algorithm(
    operation: Operation, *, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[Mechanism]:
    """The algorithm of a network, and what can be proved of it from its answers and its formula."""
    found = cached(OperationMechanism(), operation, seed, folder=checkpoint, reporter=reporter)
    claims = measured_by("jobs.algorithm", found.claims)
    proofs = prove_mechanism(found.artifact)
    whole = Finding(found.artifact, claims, found.provenance, found.parts, found.proofs)
    return whole.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))


@measurement("jobs.algorithm", on_data=True)
def _measured_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The network is run on all pairs once more. Raises ValueError where it is another mechanism than the folder's."""
    return found_again(evidence)


@READERS.add("algorithm")
def open_operation(
    path: str | Path,
    seed: int = 0,
    *,
    size: int | None = None,
    code: str | None = None,
    activation: str | None = None,
    attention_rate: float | None = None,
    embedding: str | None = None,
    target: str | None = None,
) -> Operation:
    """The network in a file; `target` are the answers wanted: a formula in a and b, or a table of n rows (.csv, .npy).

    Raises ValueError.
    """
    options: dict[str, Any] = {"size": size, "code": code, "activation": activation, "embedding": embedding,
                               "attention_rate": attention_rate}  # fmt: skip
    if target is None:
        return read_operation(path, **options)
    if Path(target).suffix.lower() in (".csv", ".tsv", ".npy", ".txt"):
        return read_operation(path, target=_table(Path(target)), **options)
    found = read_operation(path, **options)
    return Operation(found.logits, found.tables, found.from_embeddings, wanted_answers(target, found.size),
                     found.source, found.title)  # fmt: skip


def wanted_answers(formula: str, size: int) -> np.ndarray:
    """The values of a formula with whole numbers in a and b, modulo the size. Raises ValueError.

    >>> wanted_answers("2*a - b + 1", 5)[1].tolist()
    [3, 2, 1, 0, 4]
    """
    from ..algebra.expressions.text import parse

    expression = parse(re.sub(r"\s*(%|mod(ulo)?\b).*", "", formula), ("a", "b"))
    polynomial = expression.as_poly(*expression.free_symbols) if expression.free_symbols else None
    if polynomial is None or not all(c.is_Integer for c in polynomial.coeffs()):
        raise ValueError(
            f"target={formula!r} is no polynomial in a and b with whole coefficients, as a*b + 1; correct it"
        )
    a, b = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    values = {"a": a.astype(object), "b": b.astype(object)}
    total: Any = 0 * values["a"]
    for powers, coefficient in polynomial.terms():
        term: Any = int(coefficient)
        for symbol, power in zip(polynomial.gens, powers, strict=True):
            term = term * values[str(symbol)] ** power
        total = total + term
    return (total % size).astype(np.int64)


def _table(path: Path) -> np.ndarray:
    """A table of answers (n, n)."""
    try:
        if path.suffix.lower() == ".npy":
            found = np.load(path, allow_pickle=False)
        else:
            found = np.loadtxt(path, delimiter="\t" if path.suffix.lower() == ".tsv" else ",", ndmin=2)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"target {path.name} is no table of whole numbers ({error}); give n rows of n answers"
        ) from None
    if found.ndim != 2 or found.shape[0] != found.shape[1] or (found != np.rint(found)).any():
        raise ValueError(f"target {path.name} is {found.shape}; give n rows of n whole numbers")
    return found.astype(np.int64)
