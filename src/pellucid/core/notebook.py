"""Findings and claims as a notebook shows them: small HTML tables, every text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .claim import STRENGTHS, Claim


def claims_in_words(claims: Sequence[Claim]) -> str:
    """How many claims there are of each strength, the strongest first.

    >>> from .claim import Measured, Tested
    >>> claims_in_words([Measured("error", 0.1, ""), Tested("p = q", 10, 0), Measured("noise", 0.2, "")])
    '1 Tested, 2 Measured'
    """
    counts = {kind.strength: sum(claim.strength == kind.strength for claim in claims) for kind in STRENGTHS}
    return ", ".join(f"{count} {strength}" for strength, count in counts.items() if count) or "no claims"


def claims_table(claims: Sequence[Claim]) -> str:
    """Strength, statement and evidence of each claim as an HTML table.

    >>> from .claim import Measured
    >>> "a &lt; b" in claims_table([Measured("a < b", 1.0, "")])
    True
    """
    rows = (
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in _cells(claim)) + "</tr>"
        for claim in claims
    )
    head = "".join(f'<th style="text-align:left">{name}</th>' for name in ("strength", "statement", "evidence"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def finding_as_html(title: str, claims: Sequence[Claim], most: int = 12) -> str:
    """What was found, and its claims; those beyond the first `most` are folded."""
    folded = ""
    if len(claims) > most:
        folded = f"<details><summary>{len(claims) - most} more claims</summary>{claims_table(claims[most:])}</details>"
    return f"<div>{title}</div>{claims_table(claims[:most])}{folded}"


def _cells(claim: Claim) -> tuple[str, str, str]:
    return claim.strength, claim.statement, claim.evidence
