"""A finding as one self-contained page: no scripts, no network, readable on paper, in the dark and on a telephone.

What stands on it comes from the families of its artifacts (`pieces`); here it is put in order.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeVar

from markupsafe import Markup

from ..core import Artifact, Claim, Finding, Proved
from .figures import figures
from .html import facts, note
from .pieces import facts_of, links, part_sections, remarks, sections
from .settings_text import settings_line
from .summary import summary, title

__all__ = ["report_html"]

T = TypeVar("T")


def report_html(finding: Finding[Any]) -> str:
    """The whole page: what was found, every claim with its strength and evidence, the drawings, and the provenance."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here = files(__package__ or "pellucid.report")
    template = environment.from_string((here / "report.html").read_text(encoding="utf-8"))
    above, below = page_sections(finding)
    return template.render(
        title=title(finding),
        summary=summary(finding),
        style=Markup((here / "report.css").read_text(encoding="utf-8")),
        remarks=note(remarks(finding.artifact, finding)),
        links=of_each(finding, links),
        sections=above,
        claims=[claim_row(claim) for claim in finding.claims],
        proved=any(isinstance(claim, Proved) for claim in finding.claims),
        figures=figures(finding),
        last_sections=below,
        provenance=facts([*of_each(finding, facts_of), *provenance_rows(finding)]),
    )


def of_each(finding: Finding[Any], piece: Callable[[Artifact, Finding[Any]], list[T]]) -> list[T]:
    """One kind of piece, of what was found and of its parts."""
    artifacts = (finding.artifact, *finding.parts.values())
    return [entry for artifact in artifacts for entry in piece(artifact, finding)]


def page_sections(finding: Finding[Any]) -> tuple[list[Markup], list[Markup]]:
    """The sections above the claims, and those below the drawings."""
    beside = of_each(finding, part_sections)
    above = [*sections(finding.artifact, finding), *(one.html for one in beside if not one.after_drawings)]
    return above, [one.html for one in beside if one.after_drawings]


def claim_row(claim: Claim) -> dict[str, str]:
    """A row of the table: with the domain where there is one, the command where the claim can be checked again.

    >>> from pellucid.core import Exhausted
    >>> row = claim_row(Exhausted("p = q", "all bytes", 256))
    >>> row["strength"], row["domain"], row["evidence"]
    ('Exhausted', 'all bytes', '256 cases')
    """
    domain = getattr(claim, "domain", "")
    evidence, command = " ".join(claim.evidence.split()), getattr(claim, "command", "")
    return {
        "strength": claim.strength,
        "statement": without_middle(claim.statement),
        "domain": "" if domain in claim.statement else domain,
        "evidence": evidence,
        "certificate": getattr(claim, "certificate", ""),
        "command": command if command != evidence else "",
    }


def without_middle(text: str, longest: int = 480) -> str:
    """A statement without its middle, where that is very long; finding.json holds all of it.

    >>> without_middle("from the first word to the last", longest=16)
    'from the … last'
    """
    return text if len(text) <= longest else f"{text[: longest // 2].rstrip()} … {text[-longest // 4 :].lstrip()}"


def provenance_rows(finding: Finding[Any]) -> list[tuple[str, str]]:
    """By what method, from what and with what the finding was made; settings that the page shows elsewhere are left."""
    provenance = finding.provenance
    settings = {
        name: value for name, value in provenance.settings.items() if name not in ("table", "rows", "notes", "system")
    }
    rows = [
        ("Method", f"{provenance.method}, {provenance.route}" if provenance.route else provenance.method),
        ("Seed", str(provenance.seed)),
        ("Subject, SHA-256", provenance.subject),
        ("Settings", settings_line(settings)),
        ("Versions", settings_line(provenance.versions)),
        ("CPU time", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in provenance.seconds.items())),
    ]
    return [(name, value) for name, value in rows if value]
