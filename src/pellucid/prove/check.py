"""Checking the proofs of a saved finding, from its files alone.

Nothing is believed that can be derived: programs are read from their text, each certificate is written anew from them
and from the one thing that had to be invented, its invariant, and must be the certificate in the folder, letter for
letter. Then solvers answer its queries. The search for invariants takes no part.

An empty proof cannot slip through: the first query puts the initial state into the invariant, and no range of inputs is
empty. All the same the same queries are asked for a program that is wrong on purpose, and must fail.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ..artifacts.formulas.formula import FILE as FORMULA_FILE
from ..artifacts.formulas.formula import Formula
from ..artifacts.laws.densities import Densities
from ..artifacts.laws.integrable_families import IntegrableFamilies
from ..artifacts.laws.invariants import Invariants
from ..artifacts.laws.special_cases import SpecialCases
from ..artifacts.laws.symmetries import Symmetries
from ..artifacts.programs.automaton import Automaton
from ..artifacts.programs.expression import apply
from ..artifacts.programs.fold import Input
from ..artifacts.programs.network import FILE as NETWORK_FILE
from ..artifacts.programs.program import Program, read_program
from ..core.files import safe_relative
from .manifest import FORMAT, MANIFEST, assumptions_for, digest
from .networks.enclosure_certificate import check_network, domain_of, statement_of
from .programs import dafny_run
from .programs.certificate import QUERIES, assemble, invariant_of
from .programs.dafny_text import relation_of, theorem_text
from .programs.product import Product, as_printed, domain_text, product_of
from .programs.solvers import INSTALL, ask, installed
from .programs.theorems import Theorem

Status = Literal["holds", "fails", "unchecked"]


@dataclass(frozen=True)
class Checked:
    """What became of one file: it `holds`, it `fails`, or is `unchecked`: a tool is missing or ran out of time."""

    path: str
    statement: str
    status: Status
    detail: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status == "holds"


class Failed(Exception):
    """A certificate does not hold."""


class Unchecked(Exception):
    """A certificate could not be checked here."""


def check_folder(folder: Path | str, *, timeout: float = 60.0) -> list[Checked]:
    """Check every file that the manifest names, every certificate, and every claim "Proved" of the finding.

    Raises ValueError where the folder holds no finding or no manifest at all.
    """
    folder = Path(folder)
    finding, manifest = _json(folder, "finding.json"), _json(folder, MANIFEST)
    checked = [
        _checked("the manifest and the finding speak of the same", MANIFEST, _consistent, folder, finding, manifest)
    ]
    for path, expected in dict(manifest.get("files", {})).items():
        checked.append(_checked("the file is the one that was proved", path, _unchanged, folder, path, expected))
    for entry in manifest.get("certificates", []):
        path, statement = str(entry.get("path")), str(entry.get("statement"))
        checked.append(_checked(statement, path, _certificate, folder, manifest, entry, timeout))
    return checked


def _checked(statement: str, path: str, check: Any, *arguments: Any) -> Checked:
    start, status, detail = time.monotonic(), "holds", ""
    try:
        detail = check(*arguments)
    except Unchecked as error:
        status, detail = "unchecked", str(error)
    except Failed as error:
        status, detail = "fails", str(error)
    except (KeyError, TypeError, ValueError, OSError) as error:  # a file that was changed can be wrong in any way
        status, detail = "fails", f"it cannot be read ({type(error).__name__}: {error})"
    return Checked(path, statement, status, detail, time.monotonic() - start)  # type: ignore[arg-type]


def _json(folder: Path, name: str) -> dict[str, Any]:
    try:
        data = json.loads((folder / name).read_text())
    except FileNotFoundError:
        raise ValueError(f"folder={str(folder)!r} holds no {name}; name the folder of a finding with proofs") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{folder / name} is not JSON ({error}); write the finding again") from None
    if not isinstance(data, dict):
        raise ValueError(f"{folder / name} is no JSON object; write the finding again")
    return data


def _consistent(folder: Path, finding: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Every claim "Proved" has its certificate, about the same program on the same domain."""
    if manifest["format"] != FORMAT:
        raise Failed(f"its format is {manifest['format']!r}, this version reads {FORMAT}")
    kind = finding["artifact"]["kind"]
    if manifest["assumptions"] != assumptions_for(kind):
        raise Failed("it states other assumptions than the certificates rest on")
    same = {Formula.kind: _same_formula, Program.kind: _same_program}.get(kind, _same_law)
    sources = same(folder, finding, manifest)
    entries = {entry["path"]: entry for entry in manifest["certificates"]}
    claims = [claim for claim in finding["claims"] if claim["strength"] == "Proved"]
    for claim in claims:
        entry = entries.get(claim["certificate"])
        if entry is None:
            raise Failed(f"no certificate for the claim {claim['statement']!r}")
        for key in ("statement", "domain", "by"):
            if claim[key] != entry[key]:
                raise Failed(f"the finding claims {key} {claim[key]!r}, the certificate {entry[key]!r}")
    for entry in entries.values():
        needed = [entry["path"], *sources, *([entry["reference"]["path"]] if "reference" in entry else [])]
        if missing := [path for path in needed if path not in manifest["files"]]:
            raise Failed(f"it holds no fingerprint of {', '.join(missing)}")
    return f"{len(claims)} claims, {len(entries)} certificates"


def _same_program(folder: Path, finding: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """The finding, the manifest and program.py hold one program; its file."""
    data, program_text = finding["artifact"]["data"], (folder / "program.py").read_text()
    ranges = [(i["low"], i["high"]) for i in data["inputs"]]
    if ranges != [(i["low"], i["high"]) for i in manifest["program"]["inputs"]]:
        raise Failed(f"the finding's inputs range over {ranges}, the manifest's over others")
    if not isinstance(data["source"], str) or data["source"] not in program_text:
        raise Failed("the finding's program is not the text of program.py")
    return ["program.py"]


def _same_formula(folder: Path, finding: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """The finding, the manifest and formula.py hold one formula; its file."""
    if finding["artifact"]["data"] != manifest["formula"]:
        raise Failed("the manifest is about another formula than the finding")
    formula = Formula.from_dict(finding["artifact"]["data"], {})
    if (folder / FORMULA_FILE).read_text() != formula.to_python():
        raise Failed(f"the finding's formula is not the one in {FORMULA_FILE}")
    return [FORMULA_FILE]


def _same_law(folder: Path, finding: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[str]:
    """The finding, the manifest and the artifact's own files hold the same; those files."""
    kind, data = finding["artifact"]["kind"], finding["artifact"]["data"]
    if data != manifest[kind]:
        raise Failed("the manifest is about something else than the finding")
    parts = {part["kind"]: part["data"] for part in finding["parts"].values()}
    if any(manifest[name] != parts.get(name) for name in (SpecialCases.kind,) if name in manifest):
        raise Failed("the manifest is about other special cases than the finding")
    laws = (Invariants, Densities, Symmetries, IntegrableFamilies, SpecialCases)
    files = {law.kind: law for law in laws}[kind].from_dict(data, {}).files()
    for path, content in files.items():
        if (folder / path).read_bytes() != content:
            raise Failed(f"the finding's laws are not those in {path}")
    return list(files)


def _unchanged(folder: Path, path: str, expected: str) -> str:
    found = digest((folder / safe_relative(path)).read_bytes())
    if found != expected:
        raise Failed(f"SHA-256 {found[:12]}... instead of {str(expected)[:12]}...: the file was changed")
    return ""


def _certificate(folder: Path, manifest: Mapping[str, Any], entry: Mapping[str, Any], timeout: float) -> str:
    """Write the certificate again, compare, and let the tools answer."""
    text = (folder / safe_relative(entry["path"])).read_text()
    if entry["kind"] == "bound":
        return _bound(folder, text, entry, manifest)
    if entry["kind"] in ("conserved", "densities", "symmetries", "special_cases", "integrable_families"):
        return _law(text, entry, manifest)
    program = _program(folder, manifest["program"], script=True)
    if entry["kind"] == "equivalence":
        product = product_of(program, _program(folder, entry["reference"]))
        invariant = invariant_of(text)
        again = assemble(product, invariant, entry["statement"])
        _compare(text, again, entry, product)
        return _solve(product, invariant, again, entry, timeout)
    if entry["kind"] == "network":
        return _network(folder, text, entry, program, timeout)
    if entry["kind"] == "theorem":
        family, number = entry["theorem"]
        theorem = Theorem(family, number)
        product = product_of(program, as_printed(theorem.reference(program.inputs)))
        if entry["statement"] != theorem.about:
            raise Failed(f"it claims {entry['statement']!r}, the theorem is {theorem.about!r}")
        again = theorem_text(product, theorem.text(product.inputs), relation_of(text), entry["statement"])
        _compare(text, again, entry, product)
        return _verify(again, timeout)
    raise Failed(f"certificates of kind {entry['kind']!r} are unknown")


def _bound(folder: Path, text: str, entry: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """A spline network stays within a bound of the formula: shown again in balls."""
    try:
        from .formulas.bound_certificate import FILE as SPLINES_FILE
        from .formulas.bound_certificate import check_bound
    except ImportError:
        raise Unchecked("python-flint not found (pip install 'pellucid[prove]')") from None
    data, formula = json.loads(text), Formula.from_dict(manifest["formula"], {})
    if (entry["statement"], entry["domain"]) != (data["statement"], data["domain"]):
        raise Failed("it claims another statement or domain than its certificate")
    verdict = check_bound(text, (folder / SPLINES_FILE).read_bytes(), formula)
    if not verdict.holds:
        raise Failed(verdict.problem)
    return verdict.detail


def _law(text: str, entry: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Conserved quantities, densities or symmetries: the identities and ranks are computed again."""
    from .laws.conserved import check_conserved
    from .laws.divergence import check_densities
    from .laws.families import check_families, family_statement
    from .laws.special_cases import check_special_cases
    from .laws.symmetry_identity import check_symmetries

    data = json.loads(text)
    statement = data["statement"]
    if entry["kind"] == "integrable_families":
        statement = family_statement(text, IntegrableFamilies.from_dict(manifest["integrable_families"], {}))
    if (entry["statement"], entry["domain"]) != (statement, data["domain"]):
        raise Failed("it claims another statement or domain than its certificate")
    if entry["kind"] == "conserved":
        verdict = check_conserved(text, Invariants.from_dict(manifest["invariants"], {}))
    elif entry["kind"] == "special_cases":
        verdict = check_special_cases(text, SpecialCases.from_dict(manifest["special_cases"], {}))
    elif entry["kind"] == "integrable_families":
        verdict = check_families(text, IntegrableFamilies.from_dict(manifest["integrable_families"], {}))
    elif entry["kind"] == "symmetries":
        verdict = check_symmetries(text, Symmetries.from_dict(manifest["symmetries"], {}))
    else:
        verdict = check_densities(text, Densities.from_dict(manifest["densities"], {}))
    if not verdict.holds:
        raise Failed(verdict.problem)
    return verdict.detail


def _network(folder: Path, text: str, entry: Mapping[str, Any], program: Program, timeout: float) -> str:
    """The boxes of a certificate enclose every hidden state of the network: checked in integers."""
    parts = _json(folder, "finding.json")["parts"]
    machine = program if entry["machine"] == "program" else Automaton.from_dict(parts["automaton"]["data"], {})
    if (entry["statement"], entry["domain"]) != (statement_of(machine), domain_of(machine)):
        raise Failed("it claims another statement or domain than its certificate")
    verdict = check_network(text, (folder / NETWORK_FILE).read_bytes(), machine, timeout=timeout)
    if not verdict.holds:
        raise (Unchecked if verdict.ran_out else Failed)(verdict.problem)
    return verdict.detail


def _program(folder: Path, about: Mapping[str, Any], script: bool = False) -> Program:
    """The program in a file, as its text reads."""
    path = "program.py" if script else about["path"]
    inputs = [Input(i["name"], int(i["low"]), int(i["high"])) for i in about["inputs"]]
    if any(i.low > i.high for i in inputs):
        raise Failed(f"{path}: a range of inputs is empty")
    return read_program((folder / safe_relative(path)).read_text(), inputs, function=about["function"])


def _compare(text: str, again: str, entry: Mapping[str, Any], product: Product) -> None:
    if entry["domain"] != domain_text(product):
        raise Failed(f"it claims the domain {entry['domain']!r}, the programs have {domain_text(product)!r}")
    if text == again:
        return
    pairs = zip(text.splitlines(), again.splitlines(), strict=False)
    line = next((k for k, (a, b) in enumerate(pairs, 1) if a != b), min(text.count("\n"), again.count("\n")) + 1)
    raise Failed(
        f"line {line} is not what the program and the statement give: the certificate is about another program"
    )


def _solve(product: Product, invariant: str, text: str, entry: Mapping[str, Any], timeout: float) -> str:
    """Every solver that the claim names, and that is here, must answer unsat; and Z3 must refuse a wrong program."""
    here = installed()
    asked = [solver for solver in str(entry["by"]).split("+") if solver in here]
    if "z3" not in asked:
        raise Unchecked(f"z3 not found ({INSTALL})")
    for solver in asked:
        answers = ask(solver, text, timeout)
        if "sat" in answers.results or answers.error:
            raise Failed(f"{solver} answers {' '.join(answers.results) or answers.error}")
        if not answers.all_unsat(QUERIES):
            raise Unchecked(f"{solver} answers {' '.join(answers.results)} within {timeout:g} s a query")
    wrong = replace(product.left, outputs=tuple(apply("+", output, 1) for output in product.left.outputs))
    if ask("z3", assemble(replace(product, left=wrong), invariant, ""), timeout).all_unsat(QUERIES):
        raise Failed("the same invariant proves a program that is wrong on purpose")
    missing = [solver for solver in str(entry["by"]).split("+") if solver not in here]
    proved = f"program.py agrees with {entry['reference']['path']}: unsat by "
    return (
        proved + f"{' and '.join(f'{s} {here[s]}' for s in asked)}" + (f"; {missing[0]} not found" if missing else "")
    )


def _verify(text: str, timeout: float) -> str:
    if dafny_run.dafny_path() is None:
        raise Unchecked(f"{dafny_run.NOT_FOUND} ({dafny_run.INSTALL})")
    verdict = dafny_run.verify(text, timeout)
    if not verdict.holds:
        raise (Unchecked if verdict.ran_out else Failed)(verdict.problem)
    return f"{verdict.verified} verified, 0 errors"
