"""For every kind of certificate: a finding whose proofs hold, and forgeries that state one step more than is true.

A forgery is what a dishonest writer would make: its certificate, manifest and claims agree, and every file is signed;
only the mathematics is wrong. `test_certificates` runs all of them through the checker.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from certificate_networks import adder
from pairs_of_programs import BITS, PAIRS, program

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts import SplineNetwork, make_formula
from pellucid.artifacts.laws.densities import Densities
from pellucid.artifacts.laws.integrable_families import IntegrableFamilies, IntegrableFamily
from pellucid.artifacts.laws.invariants import Invariants
from pellucid.artifacts.laws.special_cases import SpecialCases
from pellucid.artifacts.laws.symmetries import Symmetries
from pellucid.core import Finding, Provenance
from pellucid.core.artifact import Artifact
from pellucid.prove import CERTIFICATES, Proof, Theorem, certificate_files, prove_equivalent, prove_theorem
from pellucid.prove.formulas.bound_certificate import domain_of as domain_of_formula
from pellucid.prove.formulas.bound_certificate import prove_bound, read_edges, statement_of
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.prove.laws.divergence import prove_densities
from pellucid.prove.laws.families import prove_families
from pellucid.prove.laws.special_cases import prove_special_cases
from pellucid.prove.laws.symmetry_identity import prove_symmetries
from pellucid.prove.networks.enclosure import prove_network
from pellucid.prove.networks.enclosure_certificate import domain_of
from pellucid.prove.programs.certificate import assemble, invariant_of
from pellucid.prove.programs.dafny_run import dafny_path
from pellucid.prove.programs.dafny_text import relation_of, theorem_text
from pellucid.prove.programs.product import as_printed, domain_text, product_of, signature


@dataclass(frozen=True)
class Example:
    """An artifact with proofs, as it is saved."""

    artifact: Artifact
    proofs: list[Proof]
    parts: Mapping[str, Artifact] = field(default_factory=dict)
    stated: tuple[Artifact, ...] = ()
    """Parts that the manifest states, too."""

    def save(self, folder: Any) -> Any:
        claims = tuple(proof.claim for proof in self.proofs)
        finding = Finding(self.artifact, claims, Provenance("test", {}, 0, "", versions={}), self.parts)
        return finding.plus(proofs=certificate_files(self.artifact, self.proofs, *self.stated)).save(folder)


Forgeries = Iterator[tuple[str, Example]]
EXAMPLES: dict[str, tuple[Callable[[], Example], Callable[[], Forgeries]]] = {}
"""By kind: what is true, and what is not, with a few words on what is wrong."""


def example(kind: str, forgeries: Callable[[], Forgeries]) -> Callable[[Callable[[], Example]], Any]:
    def register(true: Callable[[], Example]) -> Any:
        EXAMPLES[kind] = (cache(true), forgeries)
        return true

    return register


def all_examples() -> dict[str, tuple[Callable[[], Example], Callable[[], Forgeries]]]:
    """Those of this file, and of every test beside it that registers one."""
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        if "\n@example(" in path.read_text():
            sys.path.insert(0, str(path.parent))
            import_module(path.stem)
            sys.path.remove(str(path.parent))
    return EXAMPLES


def forged(kind: str, found: Any, path: str = "proofs/forged.json", **free: Any) -> Proof:
    """A certificate about `found` as it would be written if it held."""
    certificate: Any = CERTIFICATES[kind]()
    data = certificate.contents(found, **free)
    return certificate.build(path, json.dumps(data, indent=1) + "\n", data["statement"], data["domain"])


# ---- laws

TOP = Invariants(
    ("x", "y", "z"),
    ("3*y*z", "-2*x*z", "5*x*y"),
    (),
    ("2*x**2 + 3*y**2", "5*x**2 - 3*z**2"),
    2,
    ("x", "y", "z"),
    2,
)
FIRST, SECOND = TOP.expressions
PENDULUM = Invariants(
    ("th", "w"), ("w", "-g*sin(th)"), ("g",), ("2*g*cos(th) - w**2",), 2, ("w", "sin(th)", "cos(th)"), 1, 1
)


def _false_invariants() -> Forgeries:
    def of(part: str, law: Invariants = TOP, **changes: Any) -> Example:
        changed = replace(law, **changes)
        return Example(changed, [forged("conserved", changed, part=part, seed=0)])

    yield "a quantity that is not conserved", of("identity", expressions=(FIRST, "5*x**2 - 2*z**2"))
    yield "another one that is not conserved", of("identity", others=(f"{FIRST} + x",))
    yield "one and twice the same", of("independence", expressions=(FIRST, f"2*({FIRST})"))
    yield "a function of both", of("independence", expressions=(FIRST, SECOND, f"({FIRST})*({SECOND})"))
    yield "a dimension less", of("completeness", expressions=(FIRST,), vectors=1)
    yield "at most a dimension less", of("completeness", expressions=(), vectors=1)
    yield "the last one left out for a multiple", of("completeness", expressions=(FIRST,), others=(f"2*({FIRST})",))
    yield "the last one left out for a number", of("completeness", expressions=(FIRST, "3"))
    yield "the last one left out for a sum with a number", of("completeness", expressions=(FIRST, f"{FIRST} + 1"))
    yield "one more, that is not conserved", of("completeness", expressions=(FIRST, SECOND, "x"), vectors=3)
    product = f"({FIRST})*({SECOND})"
    yield "one more, of a higher degree", of("completeness", others=(product,), vectors=3)
    yield (
        "a conserved one called constant by definition",
        of("completeness", expressions=(FIRST,), vectors=1, trivial=1),
    )
    yield "sin^2 + cos^2 not counted", of("completeness", PENDULUM, trivial=0)
    yield "two constants by definition", of("completeness", PENDULUM, trivial=2, expressions=(), vectors=0)


@example("conserved", _false_invariants)
def _invariants() -> Example:
    return Example(TOP, prove_conserved(TOP))


KDV = Densities(
    ("u",),
    ("6*u*u_x - u_xxx",),
    (),
    ("u", "u**2"),
    ("-3*u**2 + u_xx", "-4*u**3 + 2*u*u_xx - u_x**2"),
    order=0,
    degree=2,
    dimension=2,
)
HEAT = Densities(("u",), ("u_xx",), (), ("u",), ("-u_x",), order=0, degree=2, dimension=1)


def _false_densities() -> Forgeries:
    def of(part: str, law: Densities = KDV, **changes: Any) -> Example:
        changed = replace(law, **changes)
        return Example(changed, [forged("densities", changed, part=part, seed=0)])

    yield "another flux", of("identity", fluxes=(KDV.fluxes[0], "-4*u**3 + 2*u*u_xx - 2*u_x**2"))
    yield "a density that is not conserved", of("identity", HEAT, densities=("u", "u**2"), fluxes=("-u_x", ""))
    yield "a density less", of("completeness", densities=("u",), fluxes=("",), dimension=1)
    yield "at most a density less", of("completeness", densities=(), fluxes=(), dimension=1)
    yield "one and twice the same", of("completeness", densities=("u", "2*u"), fluxes=("", ""))
    yield "one more, that is a derivative", of("completeness", densities=("u", "u_x"), fluxes=("", ""))
    heat = {"densities": ("u", "u**2"), "fluxes": ("", ""), "dimension": 2}
    yield "one more, that is not conserved", of("completeness", HEAT, **heat)
    third = {"densities": (*KDV.densities, "u**3 + u_x**2/2"), "fluxes": ("",) * 3, "dimension": 3}
    yield "one more, of a higher degree", of("completeness", **third)


@example("densities", _false_densities)
def _densities() -> Example:
    return Example(KDV, prove_densities(KDV))


def _families_of(*laws: Densities) -> IntegrableFamilies:
    families = tuple(IntegrableFamily(law, "Korteweg-de Vries", "", "search", 1, law.rhs) for law in laws)
    return IntegrableFamilies(("u*u_x", "u_xxx"), families)


def _false_families() -> Forgeries:
    true = prove_families(_families_of(KDV))
    fewer = replace(KDV, densities=("u",), fluxes=("",), dimension=1)
    for part in ("identity", "completeness"):
        yield f"a certificate about another family: {part}", Example(_families_of(HEAT), true)
    text = json.loads(forged("densities", fewer, part="completeness", seed=0).files["proofs/forged.json"])
    found, statement = _families_of(fewer), f"u_t = {KDV.rhs[0]}: {text['statement']}"
    for number in (0, 1, -1):
        content = json.dumps({"family": number, **text})
        proof = CERTIFICATES["integrable_families"]().build("proofs/f.json", content, statement, text["domain"])
        yield f"a density less in family {number}", Example(found, [proof])


@example("integrable_families", _false_families)
def _families() -> Example:
    found = _families_of(KDV, HEAT)
    return Example(found, prove_families(found))


SPRINGS = ("x' = p; y' = q; p' = -a*x; q' = -b*y", "a, b")


@cache
def _springs() -> SpecialCases:
    from pellucid.discover.conserved.special_cases import SpecialCases as Search
    from pellucid.subjects import Dynamics

    return Search(degree=2, orbits=0).explain(Dynamics.parse(*SPRINGS)).artifact


def _false_cases() -> Forgeries:
    found = _springs()
    (case,) = found.cases

    def of(number: int, most: int = 1_000_000, **changes: Any) -> Example:
        changed = replace(found, **changes)
        proof = forged("special_cases", changed, number=number, seed=0, most=most)
        return Example(changed.law, [proof], {"special_cases": changed}, (changed,))

    yield "no case at all", of(0, cases=())
    yield "a case that is none", of(0, cases=(replace(case, values=(("b", "2*a"),)),))
    for vectors in (case.law.vectors - 1, found.law.vectors):
        yield f"a case with {vectors}", of(0, cases=(replace(case, law=replace(case.law, vectors=vectors, others=())),))
    wrong = replace(case.law, expressions=(*case.law.expressions[:-1], "x"))
    yield "a case with what is not conserved", of(0, cases=(replace(case, law=wrong),))
    some = replace(case.law, expressions=("x",), others=())
    yield "a case of which only what is not conserved is listed", of(0, cases=(replace(case, law=some),))
    yield "a case of another degree", of(0, cases=(replace(case, law=replace(case.law, degree=3)),))
    yield "fewer in general", of(1, law=replace(found.law, vectors=found.law.vectors - 1))
    yield "one more case, that is not there", of(2)
    yield "a case before the first", of(-1)
    yield "a search cut short", of(1, cases=(), most=1)


@example("special_cases", _false_cases)
def _cases() -> Example:
    found = _springs()
    proofs = [*prove_conserved(found.law), *prove_special_cases(found)]
    return Example(found.law, proofs, {"special_cases": found}, (found,))


FLOW = Symmetries(
    "evolution",
    ("u",),
    ("6*u*u_x - u_xxx",),
    (),
    ("t", "x", "u"),
    (("1", "0", "0"), ("0", "1", "0"), ("0", "6*t", "-1"), ("3*t", "x", "-2*u")),
    degree=2,
    dimension=4,
)
TURNING = Symmetries(
    "dynamics",
    ("x", "y", "z"),
    ("3*y*z", "-2*x*z", "5*x*y"),
    (),
    ("t", "x", "y", "z"),
    (("1", "0", "0", "0"), ("t", "-x", "-y", "-z")),
    degree=1,
    dimension=2,
)


def _false_symmetries() -> Forgeries:
    def of(part: str, law: Symmetries = FLOW, **changes: Any) -> Example:
        changed = replace(law, **changes)
        return Example(changed, [forged("symmetries", changed, part=part, seed=0)])

    first = FLOW.generators[:3]
    yield "a field that is no symmetry", of("identity", generators=(*first, ("3*t", "x", "-u")))
    yield "a coefficient of d_t beside time", of("identity", TURNING, generators=(("x", "0", "0", "0"),))
    yield "other coordinates", of("identity", coordinates=("t", "y", "u"), generators=(("1", "0", "0"),))
    yield "a dimension less", of("completeness", generators=first, dimension=3)
    yield "at most a dimension less", of("completeness", generators=(), dimension=3)
    yield "one and twice the same", of("completeness", generators=(*first, ("2", "0", "0")))
    yield (
        "one more, that is no symmetry",
        of("completeness", generators=(*FLOW.generators, ("0", "0", "u")), dimension=5),
    )
    along = (*TURNING.generators, ("0", "3*y*z", "-2*x*z", "5*x*y"))
    yield "one more, of a higher degree", of("completeness", TURNING, generators=along, dimension=3)
    yield "motion along solutions", of("completeness", TURNING, generators=along, degree=2, dimension=3)


@example("symmetries", _false_symmetries)
def _symmetries() -> Example:
    return Example(FLOW, prove_symmetries(FLOW))


# ---- formulas

BOX = ((0.3, 0.9), (-1.0, 1.0))
FORMULA = make_formula(parse("2*x0 + x1/2", ["x0", "x1"]), ("x0", "x1"), "y", BOX)
EDGES = read_edges({(0, 0, 0): "2*x", (0, 1, 0): "x/2"})


def _lines(slopes: tuple[float, float] = (2.0, 0.5), bend: float = 1e-3) -> SplineNetwork:
    """A layer of two edges that are lines, but for a bend in one of them."""
    low, high = np.array([side[0] for side in BOX]), np.array([side[1] for side in BOX])
    places = low[:, None] + (np.arange(-1, 4) / 2) * (high - low)[:, None]  # where each B-spline peaks
    coefficients = (places * np.array(slopes)[:, None])[:, :, None]
    coefficients[0, 2, 0] += bend
    arrays = {"coefficients": coefficients, "low": low, "high": high, "mask": np.ones((2, 1))}
    shape = {"widths": [2, 1], "grid_sizes": [2], "base": False}
    return SplineNetwork({f"layers.0.{name}": value for name, value in arrays.items()}, shape)


def _false_bounds() -> Forgeries:
    network, true = _lines(), prove_bound(_lines(), FORMULA, EDGES)
    text = true.files["proofs/bound.json"]
    bound = float.fromhex(json.loads(text)["bound"])

    def of(network: SplineNetwork, formula: Any = FORMULA, **changes: Any) -> Example:
        data = json.loads(text) | {"formula": formula.to_dict()} | changes
        proof = CERTIFICATES["bound"]().build("proofs/b.json", json.dumps(data), data["statement"], data["domain"])
        return Example(formula, [proof], {"network": network})

    mantissa, exponent = f"{bound:.2e}".split("e")
    less = float(f"{float(mantissa) - 0.02:.2f}e{exponent}")  # it is rounded up by at most one unit of the last digit
    yield "a bound that is two hundredths less", of(network, bound=less.hex(), statement=statement_of(less))
    yield "a bound of more digits than it says", of(network, bound=(bound * (1 - 1e-6)).hex())
    yield "a statement of less than the bound", of(network, statement=statement_of(less))
    yield "no bound", of(network, bound="nan", statement=statement_of(float("nan")))
    yield "another formula", of(network, make_formula(parse("2*x0 + x1", ["x0", "x1"]), ("x0", "x1"), "y", BOX))
    wider = make_formula(FORMULA.sympy(), ("x0", "x1"), "y", ((0.3, 0.95), (-1.0, 1.0)))
    yield "a wider box", of(network, wider)
    singular = make_formula(parse("1/x1", ["x0", "x1"]), ("x0", "x1"), "y", ((0.3, 0.9), (-1.0, 1.5)))
    some = {"bound": (1e6).hex(), "statement": statement_of(1e6), "domain": domain_of_formula(singular)}
    yield "a formula that has no bound", of(network, singular, edges=[[0, 1, 0, "1/x"]], **some)
    yield "an edge that is left out", of(network, edges=json.loads(text)["edges"][:1])
    yield "another network", of(_lines((2.0, 0.6)))


@example("bound", _false_bounds)
def _bound() -> Example:
    return Example(FORMULA, [prove_bound(_lines(), FORMULA, EDGES)], {"network": _lines()})


# ---- networks

NETWORK = adder()
DIGITS = PAIRS["adder in bits"][1]


@cache
def _enclosed() -> Proof:
    return prove_network(NETWORK, DIGITS)


def _false_machines() -> Forgeries:
    text = _enclosed().files["proofs/network.json"]

    def of(machine: Any, **changes: Any) -> Example:
        data = json.loads(text) | changes
        proof = CERTIFICATES["network"]().build(
            "proofs/n.json", json.dumps(data), data["statement"], data["domain"], machine="program"
        )
        return Example(machine, [proof], {"network": NETWORK})

    yield (
        "outputs that are one more",
        of(program(BITS, "c = 0", "a, b", "yield (a + b + c) % 2 + 1", "c = (a + b + c) // 2")),
    )
    yield "a carry at three", of(program(BITS, "c = 0", "a, b", "yield (a + b + c) % 2", "c = (a + b + c) // 3"))
    wide = program([(0, 2), (0, 1)], "c = 0", "a, b", "yield (a + b + c) % 2", "c = (a + b + c) // 2")
    yield "an input that is one larger", of(wide, domain=domain_of(as_printed(wide)))
    bound = float.fromhex(json.loads(text)["bound"]) / 2
    yield "half the bound", of(DIGITS, bound=bound.hex(), bound_decimal=f"{bound:.6f}")
    yield "a bound of one half", of(DIGITS, bound=(0.5).hex(), bound_decimal="0.500000")
    boxes = json.loads(text)["boxes"]
    yield "a box less", of(DIGITS, boxes=boxes[1:])
    yield "boxes that are points", of(DIGITS, boxes=[box | {"high": box["low"]} for box in boxes])


@example("network", _false_machines)
def _network() -> Example:
    return Example(DIGITS, [_enclosed()], {"network": NETWORK})


# ---- programs

SUMMED, REFERENCE = PAIRS["adder in bits"]


@cache
def _equivalent() -> Proof:
    return prove_equivalent(SUMMED, REFERENCE)


def _false_equivalences() -> Forgeries:
    path = "proofs/equivalence.smt2"
    invariant = invariant_of(_equivalent().files[path])

    def of(left: Any, right: Any, invariant: str = invariant) -> Example:
        left, right = as_printed(left), as_printed(right)
        product, beside = product_of(left, right), "proofs/equivalence.reference.py"
        proof = CERTIFICATES["equivalence"]().build(
            path,
            assemble(product, invariant, "program = reference"),
            "program = reference",
            domain_text(product),
            by="z3+cvc5",
            beside={beside: right.to_python()},
            reference={"path": beside, **signature(right)},
        )
        return Example(left, [proof])

    more = program(BITS, "c = 0", "a, b", "yield (a + b + c) % 2 + 1", "c = (a + b + c) // 2", name="reference")
    late = program(BITS, "c = 1", "a, b", "yield (a + b + c) % 2", "c = (a + b + c) // 2", name="reference")
    yield "outputs that are one more", of(SUMMED, more)
    yield "another start", of(SUMMED, late)
    body = ("c = 0", "a, b", "yield a ^ b ^ c", "c = (a & b) | (a & c) | (b & c)")
    wide = program([(0, 2), (0, 1)], *body)
    sums = ("c = 0", "a, b", "yield (a + b + c) % 2", "c = (a + b + c) // 2")
    yield "an input that is one larger", of(wide, program([(0, 2), (0, 1)], *sums, name="reference"))
    head = "(define-fun invariant ((left_c Int) (right_c Int)) Bool\n  "
    yield "an invariant that says nothing", of(SUMMED, REFERENCE, f"{head}true)")
    yield "an invariant that nothing fulfils", of(SUMMED, REFERENCE, f"{head}false)")


@example("equivalence", _false_equivalences)
def _equivalence() -> Example:
    return Example(SUMMED, [_equivalent()])


COUNT = program(BITS[:1], "n = 0", "x", "n = n + x", "yield n % 2")


@cache
def _parity() -> Proof:
    return prove_theorem(COUNT, Theorem("sum_mod", 2))


def _false_theorems() -> Forgeries:
    relation = relation_of(_parity().files["proofs/program.dfy"])

    def of(given: Any, theorem: Theorem) -> Example:
        given = as_printed(given)
        product = product_of(given, as_printed(theorem.reference(given.inputs)))
        text = theorem_text(product, theorem.text(product.inputs), relation, theorem.about)
        facts = {"theorem": [theorem.family, theorem.number]}
        proof = CERTIFICATES["theorem"]().build("proofs/p.dfy", text, theorem.about, domain_text(product), **facts)
        return Example(given, [proof])

    yield (
        "outputs that are one more",
        of(program(BITS[:1], "n = 0", "x", "n = n + x", "yield n % 2 + 1"), Theorem("sum_mod", 2)),
    )


@example("theorem", _false_theorems)
def _theorem() -> Example:
    return Example(COUNT, [_parity()])


MISSING = (
    dict.fromkeys(("theorem", "annotated_program", "python_functions"), "no dafny program")
    if dafny_path() is None
    else {}
)
"""Kinds that cannot be checked here, and why."""
