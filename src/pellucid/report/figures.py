"""The drawings of a page, in its order, each as SVG in the ink of the page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from ..core import Finding
from ..plot import to_svg
from ..plot.style import INK, PAPER
from .pieces import drawings

if TYPE_CHECKING:
    from .pieces import Drawing

__all__ = ["Figure", "figures"]


@dataclass(frozen=True)
class Figure:
    """A drawing on the page."""

    heading: str
    caption: str
    svg: Markup
    wide: bool = False


def figures(finding: Finding[Any]) -> list[Figure]:
    """What was found and its parts, as drawn; in the order that their families give them."""
    drawn = [one for part in (finding.artifact, *finding.parts.values()) for one in drawings(part, finding)]
    ordered = sorted(drawn, key=lambda one: one.place)
    return [_figure(one, f"f{number}-") for number, one in enumerate(ordered)]


def _figure(drawing: Drawing, prefix: str, column: float = 5.2) -> Figure:
    """On the page; drawings wider than a `column` (in inches) take the whole width."""
    svg = inline(to_svg(drawing.figure), prefix, drawing.label or drawing.caption)
    return Figure(drawing.heading, drawing.caption, svg, drawing.figure.get_figwidth() > column)


def inline(svg: str, prefix: str, label: str) -> Markup:
    """SVG text for the middle of a page: scaled by the page, in its ink, with identifiers of its own.

    >>> print(inline('<?xml ?><svg width="72pt" height="36pt"><use xlink:href="#a"/></svg>', "f1-", "a < b"))
    <svg role="img" aria-label="a &lt; b" style="width: 96px"><use xlink:href="#f1-a"/></svg>
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|xlink:href="#|url\(#)', rf"\g<1>{prefix}", svg)
    width = re.search(r'\bwidth="([\d.]+)pt"', svg)
    pixels = round(float(width[1]) * 4 / 3) if width else 600
    svg = re.sub(r'\s(width|height)="[\d.]+pt"', "", svg, count=2)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(label)}" style="width: {pixels}px"', 1)
    return Markup(svg.replace(INK, "currentColor").replace(PAPER, "var(--paper)"))
