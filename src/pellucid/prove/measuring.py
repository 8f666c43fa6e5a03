"""Measuring again what a saved finding claims, with the functions that measured it first.

A claim names its measurement, which is run on what the folder holds (and on the data, where it is about data) and must
give the same claims: statement, strength, figures. No file of the folder is executed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ..core.claim import Claim, strongest_first
from ..core.finding import Finding, load_finding
from ..core.measurement import Evidence, find_measurement
from .check import Checked, Status


def measure_again(
    folder: Path | str, open_subject: Callable[[Finding[Any]], Any] = lambda finding: None
) -> list[Checked]:
    """What becomes of every claim that names a measurement, when that is made again.

    `open_subject` gives what the finding was made from, or None where that is not at hand; it is asked only where a
    measurement needs it. Raises ValueError where the folder holds no finding, and for data that are not those.
    """
    finding = load_finding(folder)
    groups: dict[str, list[Claim]] = {}
    for claim in finding.claims:
        if claim.measurement:
            groups.setdefault(claim.measurement, []).append(claim)
    subject = None
    if any(_needs_subject(name, finding) for name in groups):
        subject = open_subject(finding)
        if subject is not None and subject.fingerprint() != finding.provenance.subject:
            raise ValueError("data: these are not those that the finding was made from; give the same file")
    evidence = Evidence(finding, subject)
    return [checked for name, claims in groups.items() for checked in _group(name, claims, evidence)]


def _needs_subject(name: str, finding: Finding[Any]) -> bool:
    try:
        return find_measurement(name, finding.provenance.method).on_data
    except ValueError:
        return False


def _group(name: str, claims: Sequence[Claim], evidence: Evidence) -> list[Checked]:
    """The claims of one measurement, held to what it gives now."""
    start = time.monotonic()
    try:
        measured = find_measurement(name, evidence.finding.provenance.method)
        if measured.on_data and evidence.subject is None:
            wanted = "--data FILE" + (" and --model MODEL" if _wants_model(evidence.finding) else "")
            return _each(claims, name, "unchecked", f"it needs what the finding was made from: {wanted}")
        again = list(strongest_first(measured.claims(evidence)))
    except (ImportError, MemoryError) as error:  # nothing is known to be wrong
        return _each(claims, name, "unchecked", f"it could not be measured here ({type(error).__name__}: {error})")
    except Exception as error:  # a file that was changed can be wrong in any way
        return _each(claims, name, "fails", f"it cannot be measured ({type(error).__name__}: {error})")
    rows = [_checked(name, claim, again) for claim in claims]
    rows += _each(again, name, "fails", "the measurement says this too, the finding does not")
    return [replace(row, seconds=(time.monotonic() - start) / len(rows), measured=row.ok) for row in rows]


def _wants_model(finding: Finding[Any]) -> bool:
    """Whether it was made from a model, by what its provenance says of its source."""
    return "model" in finding.provenance.source.get("options", {})


def _each(claims: Sequence[Claim], name: str, status: Status, why: str) -> list[Checked]:
    """The same of every one of these claims."""
    return [Checked(name, claim.statement, status, why) for claim in claims]


def _checked(name: str, claim: Claim, again: list[Claim]) -> Checked:
    """The claim beside the one like it, which is taken out of `again`."""
    for k, other in enumerate(again):
        if type(claim) is type(other) and is_close(asdict(claim), asdict(other)):
            del again[k]
            same = claim.evidence == other.evidence
            return Checked(name, claim.statement, "holds", claim.evidence if same else f"now {other.evidence}")
    for k, other in enumerate(again):
        if claim.statement == other.statement:
            del again[k]
            return Checked(name, claim.statement, "fails", f"it is {other.strength}: {other.evidence}")
    return Checked(name, claim.statement, "fails", "the measurement does not say this")


def is_close(one: Any, other: Any) -> bool:
    """Whether two claims are the same but for what another processor makes of the last digits.

    Numbers agree to a millionth; below 1e-8, where figures are rounding errors, to a factor of ten; so do those in
    statements.

    >>> is_close({"value": 1.0}, {"value": 1.0000001}), is_close({"value": 2e-15}, {"value": 1e-30})
    (True, False)
    >>> is_close("error of 1.03e-11", "error of 1.04e-11"), is_close("degree <= 4", "degree <= 5")
    (True, False)
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return set(one) == set(other) and all(is_close(one[name], other[name]) for name in one)
    if isinstance(one, str) and isinstance(other, str):
        return _is_close_text(one, other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return _near(float(one), float(other))
    return bool(one == other)


def _is_close_text(one: str, other: str) -> bool:
    """Whether two statements are the same but for the last digits of numbers."""
    number = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
    numbers = zip(number.findall(one), number.findall(other), strict=False)
    return number.split(one) == number.split(other) and all(_near(float(a), float(b)) for a, b in numbers)


def _near(one: float, other: float, share: float = 1e-6, rounding: float = 1e-8) -> bool:
    if one == other or (one != one and other != other):
        return True
    small, large = sorted((abs(one), abs(other)))
    if one * other > 0 and large < rounding:
        return large <= 10 * small
    return abs(one - other) <= share * large
