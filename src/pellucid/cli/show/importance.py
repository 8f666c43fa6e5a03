"""Roles of columns: a sentence, and the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.features.feature_roles import FeatureRoles
from ...artifacts.features.role_text import role_lines
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of, first_files


@blocks_of.register(FeatureRoles)
def role_blocks(found: FeatureRoles, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What the model is, what the columns are, and the credit of each."""
    if found.model:
        yield Lines([f"{found.target} by {found.model}"], "dim")
    yield Lines(list(finding.provenance.settings.get("notes", [])), "dim")
    yield Lines([found.describe()], "bold green")
    yield Lines(role_lines(found))


@first_files.register(FeatureRoles)
def role_files(found: FeatureRoles) -> tuple[str, ...]:
    """The finding itself."""
    return ("finding.json",)
