"""Fixed points on the page. A toy of the tests."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.laws.fixed_points import FixedPoints
from ..core import Finding
from .html import bullets, section
from .pieces import sections, shows


@sections.register(FixedPoints)
def fixed_points_sections(found: FixedPoints, finding: Finding[Any]) -> list[Markup]:
    """A line for each."""
    return [section("Where nothing moves", bullets(map(str, found.points)))]


@shows(FixedPoints, "Fixed points")
def fixed_points_caption(found: FixedPoints, finding: Finding[Any]) -> str:
    """What a dot is."""
    return "A dot is a point that stays where it is."
