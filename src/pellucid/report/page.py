"""A finding as one self-contained page: no scripts, no network, readable on paper, in the dark and on a telephone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..artifacts import (
    Densities,
    Formula,
    Front,
    IntegrableFamilies,
    Invariants,
    Network,
    Program,
    SpecialCases,
    Symmetries,
)
from ..core import Artifact, Claim, Finding, Proved
from .figures import figures
from .look_summary import LOOK
from .summary import summary, title

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["report_html"]

_TOLD = Program | Formula | Invariants | Densities | SpecialCases
"""What the page tells in its own section, not as a drawing."""
_LONGEST = 480


def report_html(finding: Finding[Any]) -> str:
    """The whole page: the program, every claim with its strength and evidence, the drawings, and the provenance."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here = files(__package__ or "pellucid.report")
    template = environment.from_string((here / "report.html").read_text(encoding="utf-8"))
    program = finding.artifact if isinstance(finding.artifact, Program) else None
    formula = finding.artifact if isinstance(finding.artifact, Formula) else None
    laws = finding.artifact if isinstance(finding.artifact, Invariants | Densities) else None
    artifacts = [a for a in (finding.artifact, *finding.parts.values()) if not isinstance(a, _TOLD)]
    networks = [artifact for artifact in artifacts if isinstance(artifact, Network)]
    return template.render(
        title=title(finding),
        summary=summary(finding),
        style=_markup((here / "report.css").read_text(encoding="utf-8")),
        program=program,
        source=_highlighted(program.to_python()) if program else None,
        alphabet=_alphabet(program) if program else [],
        formula=_formula(formula) if formula else None,
        notes=finding.provenance.settings.get("notes", []),
        remarks=finding.provenance.settings.get("notes", []) if isinstance(finding.artifact, LOOK) else [],
        features="features.html" if any(part.kind == "feature_atlas" for part in finding.parts.values()) else "",
        front=_front_rows(artifacts),
        laws=_laws(laws) if laws else None,
        symmetries=_symmetries(finding.artifact),
        families=_lines(finding.artifact) if isinstance(finding.artifact, IntegrableFamilies) else [],
        cases=[line for part in finding.parts.values() for line in _lines(part)],
        claims=[_claim(claim) for claim in finding.claims],
        figures=figures(artifacts, finding.artifact),
        network=[(network.describe(), _facts(network.shape)) for network in networks],
        provenance=_provenance(finding),
        proved=any(isinstance(claim, Proved) for claim in finding.claims),
    )


def _claim(claim: Claim) -> dict[str, str]:
    """A row of the table: the domain is told where there is one, the command where the claim can be checked again."""
    domain = getattr(claim, "domain", "")
    evidence, command = " ".join(claim.evidence.split()), getattr(claim, "command", "")
    return {
        "strength": claim.strength,
        "statement": _cut(claim.statement),
        "domain": "" if domain in claim.statement else domain,
        "evidence": evidence,
        "certificate": getattr(claim, "certificate", ""),
        "command": command if command != evidence else "",
    }


def _cut(text: str) -> str:
    """A statement without its middle, where that is very long; finding.json holds all of it."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2].rstrip()} … {text[-_LONGEST // 4 :].lstrip()}"


def _alphabet(program: Program) -> list[tuple[str, str]]:
    """What each input may be, and what the outputs are called."""
    rows = []
    for given in program.inputs:
        words = [f"{given.low + i} is {symbol}" for i, symbol in enumerate(given.symbols)]
        rows.append(
            (f"input {given.name}", f"{given.low} to {given.high}" + (f": {', '.join(words)}" if words else ""))
        )
    if program.output_symbols:
        rows.append(("output", ", ".join(f"{i} is {symbol}" for i, symbol in enumerate(program.output_symbols))))
    return rows


def _formula(formula: Formula) -> dict[str, Any]:
    """The formula typeset, as a line of Python, and the ranges that it was seen in."""
    from ..artifacts.formulas.mathml import mathml

    box = zip(formula.names, formula.box, strict=False)
    return {
        "markup": _markup(mathml(formula)),
        "text": formula.describe(),
        "ranges": [(name, f"{low:.6g} to {high:.6g}") for name, (low, high) in box],
    }


def _laws(found: Invariants | Densities) -> dict[str, Any]:
    """The equations as they were written, each law typeset, and what their counts mean."""
    import sympy

    from ..artifacts.formulas.mathml import mathml_equation
    from ..artifacts.laws.law_text import counts, dependent_lines, equation_lines

    if isinstance(found, Invariants):
        heading, named = "Conserved quantities", [*zip(found.names(), found.sympy(), strict=True)]
    else:
        heading, pairs = "Conserved densities and their fluxes", zip(found.names(), found.sympy(), strict=True)
        named = [(name, e) for names, laws in pairs for name, e in zip(names, laws, strict=True) if e is not None]
    return {
        "heading": heading,
        "equations": equation_lines(found, most=40),
        "markup": [_markup(mathml_equation(sympy.Symbol(name), expression)) for name, expression in named],
        "counts": counts(found),
        "dependent": dependent_lines(found),
    }


def _lines(part: Artifact) -> list[str]:
    from ..artifacts.laws.law_text import case_lines
    from ..artifacts.laws.symmetry_text import family_lines

    if isinstance(part, IntegrableFamilies):
        return family_lines(part)
    return case_lines(part) if isinstance(part, SpecialCases) else []


def _symmetries(found: Artifact) -> dict[str, Any] | None:
    """The equations, the generators typeset, what they are called, and their commutators."""
    import sympy

    from ..artifacts.formulas.mathml import mathml_equation
    from ..artifacts.laws.symmetry_text import algebra_lines, equation_lines_of, generator_expressions

    if not isinstance(found, Symmetries):
        return None
    rows = [
        (_markup(mathml_equation(sympy.Symbol(f"X{i + 1}"), e)), name)
        for i, (e, name) in enumerate(
            zip(generator_expressions(found), found.names or ("",) * len(found.generators), strict=True)
        )
    ]
    return {"equations": equation_lines_of(found), "generators": rows, "algebra": algebra_lines(found)}


def _front_rows(artifacts: Iterable[Artifact]) -> list[dict[str, Any]]:
    """The formulas of the front, numbered as they are in its drawing."""
    from ..artifacts.formulas.readable import readable

    return [
        {"text": readable(formula), "bits": f"{bits:.0f}", "error": f"{error:.2g}", "chosen": i == front.chosen}
        for front in artifacts
        if isinstance(front, Front)
        for i, (formula, error, bits) in enumerate(zip(front.formulas, front.errors, front.bits, strict=True))
    ]


def _highlighted(source: str) -> Markup:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return _markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))


def _markup(text: str) -> Markup:
    from markupsafe import Markup

    return Markup(text)


def _provenance(finding: Finding[Any]) -> list[tuple[str, str]]:
    told = finding.provenance
    method = f"{told.method}, {told.route}" if told.route else told.method
    rows = [("Method", method), ("Seed", str(told.seed)), ("Subject, SHA-256", told.subject)]
    settings = {
        name: value for name, value in told.settings.items() if name not in ("table", "rows", "notes", "system")
    }
    rows += [("Settings", _listed(settings)), ("Versions", _listed(told.versions))]
    if told.seconds:
        rows.append(("Time", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in told.seconds.items())))
    return [(name, value) for name, value in rows if value]


def _listed(mapping: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in _facts(mapping))


def _facts(mapping: Any) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), _value(value)) for name, value in dict(mapping).items()]


def _value(value: Any) -> str:
    """A setting in words: settings within settings as Name(field=value, ...)."""
    if isinstance(value, dict):
        inner = ", ".join(f"{name}={_value(v)}" for name, v in value.items() if name != "name")
        return f"{value.get('name', '')}({inner})"
    return f"[{', '.join(map(_value, value))}]" if isinstance(value, list | tuple) else str(value)
