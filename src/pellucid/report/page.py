"""A finding as one self-contained page: no scripts, no network, readable on paper, in the dark and on a telephone.

What stands on it comes from the families of its artifacts (`pieces`); here it is put in order.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from markupsafe import Markup

from ..core import Claim, Finding, Proved
from .figures import figures
from .html import facts, note
from .pieces import facts_of, links, part_sections, remarks, sections
from .settings_text import settings_line
from .summary import summary, title

__all__ = ["report_html"]


def report_html(finding: Finding[Any]) -> str:
    """The whole page: what was found, every claim with its strength and evidence, the drawings, and the provenance."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here = files(__package__ or "pellucid.report")
    template = environment.from_string((here / "report.html").read_text(encoding="utf-8"))
    artifacts = (finding.artifact, *finding.parts.values())
    beside = [section for artifact in artifacts for section in part_sections(artifact, finding)]
    return template.render(
        title=title(finding),
        summary=summary(finding),
        style=Markup((here / "report.css").read_text(encoding="utf-8")),
        remarks=note(remarks(finding.artifact, finding)),
        links=[link for artifact in artifacts for link in links(artifact, finding)],
        sections=[
            *sections(finding.artifact, finding),
            *(section.html for section in beside if not section.after_drawings),
        ],
        claims=[claim_row(claim) for claim in finding.claims],
        proved=any(isinstance(claim, Proved) for claim in finding.claims),
        figures=figures(finding),
        last_sections=[section.html for section in beside if section.after_drawings],
        provenance=facts(
            [*(row for artifact in artifacts for row in facts_of(artifact, finding)), *provenance_rows(finding)]
        ),
    )


def claim_row(claim: Claim) -> dict[str, str]:
    """A row of the table: the domain is told where there is one, the command where the claim can be checked again.

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
        ("Time", ", ".join(f"{name} {seconds:.1f} s" for name, seconds in provenance.seconds.items())),
    ]
    return [(name, value) for name, value in rows if value]
