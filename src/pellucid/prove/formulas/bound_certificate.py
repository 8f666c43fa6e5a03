"""Certificates that a spline network and a formula stay within a bound of each other over a whole box.

A certificate names the network by its fingerprint and gives a formula for every edge. Then (1) the edges' formulas, put
together as the network is, are the formula: an identity of expressions; and (2) edge by edge, the network's splines
stay near the edges' formulas (`network_bound`). Checking does both again; nothing else in it is believed.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from ...algebra.expressions.text import parse, to_text
from ...artifacts.formulas.formula import Formula
from ...artifacts.formulas.spline_network import SplineNetwork
from ...core.claim import Undecided
from ..proof import Certificate, CertificateError, Proof, Verdict, read_tensors, refuse_other_claim, verdict_of
from .network_bound import EdgeFormulas, Layer, X, bound_network
from .same_formula import same_formula

if TYPE_CHECKING:
    from ..saved import Saved


class BoundCertificate(Certificate):
    """A spline network stays within a bound of the formula: shown again in balls."""

    kind = "bound"
    about = Formula
    by = "Arb"
    assumptions = (
        "a formula is about real numbers: rounding while it is computed is not counted",
        "the tools named here are sound",
    )

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        data = json.loads(text)
        refuse_other_claim(entry, data["statement"], data["domain"])
        return check_bound(text, saved.read(SplineNetwork.file), saved.artifact(Formula))


def prove_bound(
    network: SplineNetwork, formula: Formula, edges: EdgeFormulas, *, path: str = "proofs/bound.json"
) -> Proof:
    """|network - formula| <= some bound over the formula's box, for the network's one output.

    `edges` is the formula of every edge, whose composition must be `formula`. Proved with the bound in the statement,
    or Undecided with the reason: no enclosure, an infinite bound, or a composition that could not be shown to be equal.
    """
    start = time.monotonic()
    what = "|network - formula| within a bound, everywhere in the box"
    try:
        layers = layers_of(network.weights, network.shape)
        _same(compose(edges, network.shape["widths"], formula.names), formula)
        bound = bound_network(layers, edges, formula.box).errors[0]
    except CertificateError as error:
        return Proof(Undecided(what, str(error)), seconds=time.monotonic() - start)
    if not math.isfinite(bound):
        return Proof(Undecided(what, "the formula may be singular where the network is defined"))
    bound = _rounded_up(bound)
    text = _text(network, formula, edges, bound)
    seconds = time.monotonic() - start
    return BoundCertificate().build(path, text, statement_of(bound), domain_of(formula), seconds=seconds)


def read_edges(edges: Mapping[tuple[int, int, int], str]) -> EdgeFormulas:
    """Formulas in x, as a saved network holds them, as expressions. Raises ValueError.

    >>> read_edges({(0, 1, 0): "sin(x)/2"})
    {(0, 1, 0): sin(x)/2}
    """
    return {place: parse(text, ["x"]) for place, text in edges.items()}


def statement_of(bound: float) -> str:
    """What a certificate with this bound says.

    >>> statement_of(0.01234)
    '|network - formula| <= 1.23e-02'
    """
    return f"|network - formula| <= {bound:.2e}"


def domain_of(formula: Formula) -> str:
    """The box it says it of."""
    ranges = (
        f"{name} in [{low:.6g}, {high:.6g}]" for name, (low, high) in zip(formula.names, formula.box, strict=True)
    )
    return "all real " + ", ".join(ranges)


def check_bound(text: str, tensors: bytes, formula: Formula) -> Verdict:
    """Whether the certificate `text` proves its bound for `formula` and the network in `tensors` (safetensors)."""
    return verdict_of(lambda: _check(text, tensors, formula))


def layers_of(weights: Mapping[str, Any], shape: Mapping[str, Any]) -> list[Layer]:
    """The layers of a saved spline network. Raises CertificateError where its weights do not fit the shape."""
    layers = []
    for number, width in enumerate(shape["widths"][1:]):
        arrays = {
            name: np.asarray(weights[f"layers.{number}.{name}"], dtype=np.float64)
            for name in ("coefficients", "low", "high", "mask", "base")
            if f"layers.{number}.{name}" in weights
        }
        sums, products = _sums_and_products(width)
        if not _has_shape(arrays, sums + 2 * products):
            raise CertificateError(f"the weights of layer {number} do not fit widths {shape['widths']}")
        if not all(np.isfinite(value).all() for value in arrays.values()) or not (arrays["low"] < arrays["high"]).all():
            raise CertificateError(f"the weights of layer {number} are no numbers, or its grid is empty")
        layers.append(
            Layer(arrays["coefficients"], arrays["low"], arrays["high"], arrays.get("base"), arrays["mask"], sums)
        )
    return layers


def _has_shape(arrays: Mapping[str, np.ndarray], expected: int) -> bool:
    """Whether a layer's weights belong to as many outputs as are `expected`, and fit each other."""
    inputs, _, outputs = arrays["coefficients"].shape
    shapes = {"low": (inputs,), "high": (inputs,), "mask": (inputs, outputs), "base": (inputs, outputs)}
    return outputs == expected and all(arrays[k].shape == v for k, v in shapes.items() if k in arrays)


def _sums_and_products(width: Any) -> tuple[int, int]:
    """How many outputs of a layer are sums, and how many are products of two sums."""
    return (width, 0) if isinstance(width, int) else width


def compose(edges: EdgeFormulas, widths: Sequence[Any], names: Sequence[str]) -> sympy.Expr:
    """The expression that the edges' formulas make when they are put together as the network is.

    >>> compose({(0, 0, 0): X**2, (0, 1, 0): 2 * X}, [2, 1], ["a", "b"])
    a**2 + 2*b
    """
    values: list[Any] = [sympy.Symbol(name, real=True) for name in names]
    for number, width in enumerate(widths[1:]):
        sums, products = _sums_and_products(width)
        totals = [_total(edges, number, values, o) for o in range(sums + 2 * products)]
        values = totals[:sums] + [totals[k] * totals[k + 1] for k in range(sums, len(totals), 2)]
    if len(values) != 1:
        raise CertificateError(f"the network has {len(values)} outputs, a formula is for one")
    return values[0]


def _total(edges: EdgeFormulas, layer: int, values: Sequence[Any], output: int) -> Any:
    """What the edges of a layer that lead to `output` add up to."""
    given = {(layer, i, output): value for i, value in enumerate(values)}
    terms: list[Any] = [edges[place].xreplace({X: value}) for place, value in given.items() if place in edges]
    return sympy.Add(*terms)


def _check(text: str, tensors: bytes, formula: Formula) -> str:
    data = json.loads(text)
    for key, expected in _head(tensors, formula).items():
        if data[key] != expected:
            raise CertificateError(f"its {key} is {data[key]!r} instead of {expected!r}")
    edges = read_edges({(int(a), int(b), int(c)): entry for a, b, c, entry in data["edges"]})
    shape = data["shape"]
    _same(compose(edges, shape["widths"], formula.names), formula)
    found = bound_network(layers_of(read_tensors(tensors), shape), edges, formula.box)
    bound = float.fromhex(data["bound"])
    if not found.errors[0] <= bound:
        raise CertificateError(f"the network is only within {found.errors[0]:.3g} of the formula, not {bound:.3g}")
    if data["statement"] != statement_of(bound) or float(f"{bound:.2e}") != bound:
        raise CertificateError(f"it says {data['statement']!r} of a bound of {bound!r}")
    return f"{len(edges)} edges in {found.pieces:,} intervals, {data['statement']}"


def _same(composed: sympy.Expr, formula: Formula) -> None:
    verdict = same_formula(composed, formula.sympy(), formula.box, formula.names)
    if verdict.kind != "equal":
        if composed == 0:
            raise CertificateError("the formula was not read off the network: no edge that counts has one")
        raise CertificateError(
            f"the edges' formulas make {to_text(composed)[:200]}, which was not shown to be the formula"
        )


def _text(network: SplineNetwork, formula: Formula, edges: EdgeFormulas, bound: float) -> str:
    data = {
        **_head(network.files()[network.file], formula),
        "statement": statement_of(bound),
        "bound": bound.hex(),
        "shape": dict(network.shape),
        "edges": [[*place, to_text(edge)] for place, edge in sorted(edges.items())],
    }
    return json.dumps(data, indent=1) + "\n"


def _head(tensors: bytes, formula: Formula) -> dict[str, Any]:
    """What every certificate about this formula and these weights says."""
    return {
        "format": BoundCertificate.format,
        "kind": BoundCertificate.kind,
        "formula": formula.to_dict(),
        "domain": domain_of(formula),
        "assumptions": [
            "the network is computed exactly on its float64 weights; rounding while it runs is not counted",
            "two expressions that sympy transforms into each other are equal",
            "Arb encloses what it computes",
        ],
        "network": {"path": SplineNetwork.file, "sha256": hashlib.sha256(tensors).hexdigest()},
    }


def _rounded_up(bound: float) -> float:
    """The least number of three digits that is not below `bound`: what is said is what was shown."""
    text = f"{bound:.2e}"
    while float(text) < bound:
        mantissa, exponent = text.split("e")
        text = f"{float(mantissa) + 0.01:.2f}e{exponent}"
    return float(text)
