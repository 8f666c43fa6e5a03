"""Certificates that outputs of a network do not depend on some of its inputs: there is no path of weights but 0.

The matrices of absolute weights are multiplied in exact fractions (arXiv:2305.08746 draws that graph): an entry that is
0 is a sum of products of numbers that are not negative, so each product has a factor 0, and the output is a function
of the other inputs alone, whatever the activation. An input whose entry is not 0 is not claimed to matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ...artifacts.mechanisms.wired_network import WiredNetwork
from ..laws.exact_certificate import ExactCertificate
from ..proof import CertificateError, Proof

Pairs = Sequence[Sequence[str]]


class IndependenceCertificate(ExactCertificate[WiredNetwork]):
    """The pairs of output and input are free: those that are listed are shown."""

    kind = "path_independence"
    about = WiredNetwork
    by = "fractions"
    packages = ("pellucid",)
    free = ("pairs",)
    assumptions = ("numbers are the binary fractions that are written", "the tools named here are sound")

    def contents(self, found: WiredNetwork, pairs: Pairs) -> dict[str, Any]:
        text = json.dumps(found.to_dict(), sort_keys=True)
        said = "; ".join(f"{output} does not depend on {name}" for output, name in pairs[:6])
        return {
            "format": self.format,
            "kind": self.kind,
            "statement": f"{said}{f'; and {len(pairs) - 6} more' if len(pairs) > 6 else ''}",
            "domain": "the network, for all inputs",
            "pairs": [list(pair) for pair in pairs],
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        }

    def recompute(self, found: WiredNetwork, pairs: Pairs) -> str:
        products = [[Fraction(int(i == j)) for j in range(len(found.inputs))] for i in range(len(found.inputs))]
        for matrix in found.matrices:
            sizes = [[abs(Fraction(value)) for value in row] for row in matrix.tolist()]
            products = [
                [sum((w * column for w, column in zip(row, each, strict=True) if w), Fraction(0))
                 for each in zip(*products, strict=True)]
                for row in sizes
            ]  # fmt: skip
        if not pairs:
            raise CertificateError("it lists no pair of output and input")
        for output, name in pairs:
            product = products[found.outputs.index(output)][found.inputs.index(name)]
            if product:
                raise CertificateError(f"there is a path from {name} to {output}: products sum to {float(product):.3g}")
        return f"{len(pairs)} pairs of {len(found.outputs)} outputs and {len(found.inputs)} inputs"


def prove_independence(found: WiredNetwork) -> list[Proof]:
    """The proof of all pairs without a path; none where there are none.

    >>> import numpy as np
    >>> one = np.array([1.0, 0.0, 0.0, 2.0])
    >>> found = WiredNetwork(("a", "b"), ("y", "z"), (2, 2), one, np.zeros(2), np.zeros(4), np.ones(4))
    >>> prove_independence(found)[0].claim.statement
    'y does not depend on b; z does not depend on a'
    """
    pairs = found.independent()
    return [IndependenceCertificate().prove(found, "proofs/independence.json", pairs=pairs)] if pairs else []
