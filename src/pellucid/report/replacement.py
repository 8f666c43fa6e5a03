"""Transcoders of all layers on a page."""

from __future__ import annotations

from typing import Any

from ..artifacts.features.replacement_model import ReplacementModel
from ..core import Finding
from .pieces import remarks, shows


@remarks.register(ReplacementModel)
def replacement_remarks(found: ReplacementModel, finding: Finding[Any]) -> list[str]:
    """What the job noted about the text."""
    return list(finding.provenance.settings.get("notes", []))


@shows(ReplacementModel, "What the transcoders leave unexplained", place=5)
def replacement_caption(found: ReplacementModel, finding: Finding[Any]) -> str:
    """What is drawn."""
    return (
        "The share of the variance of what each layer's feed-forward part writes that its transcoder leaves "
        "unexplained, on activations held out; 1 is what their mean leaves."
    )
