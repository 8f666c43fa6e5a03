"""Formulas: typeset, beside their data, the network that they were read off, and the front of error against length."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts import Formula, Front, Posterior, Predictions, SplineNetwork
from ..artifacts.formulas.mathml import mathml
from ..artifacts.formulas.readable import readable
from ..core import Finding
from .html import facts, note, section, source, table, typeset
from .pieces import Drawing, Section, counted, drawings, part_sections, sections, shows, summary_of


@summary_of.register(Formula)
def formula_summary(formula: Formula, finding: Finding[Any]) -> str:
    """The table's size, and the formula on one line."""
    rows = finding.provenance.settings.get("rows")
    features = counted(len(formula.names), "feature")
    opened = f"A table of {rows:,} rows and {features}" if rows else f"A table of {features}"
    return f"{opened} became {readable(formula)}."


@sections.register(Formula)
def formula_sections(formula: Formula, finding: Finding[Any]) -> list[Markup]:
    """The formula typeset, as a line of Python, the ranges that it was seen in, and notes on its table."""
    ranges = [
        (f"{name}, as seen", f"{low:.6g} to {high:.6g}")
        for name, (low, high) in zip(formula.names, formula.box, strict=False)
    ]
    notes = finding.provenance.settings.get("notes", [])
    return [section("Formula", typeset([mathml(formula)]), source(formula.describe()), facts(ranges), note(notes))]


@part_sections.register(Front)
def front_sections(front: Front, finding: Finding[Any]) -> list[Section]:
    """The formulas of the front, numbered as they are in its drawing."""
    rows = [
        (str(i + 1), _front_formula(front, i), f"{bits:.0f}", f"{error:.2g}")
        for i, (error, bits) in enumerate(zip(front.errors, front.bits, strict=True))
    ]
    listed = table("front", ("No.", "Formula", "Bits", "Error"), rows, front.chosen)
    return [Section(section("From short to exact", listed), after_drawings=True)]


def _front_formula(front: Front, number: int) -> Markup:
    text = Markup("<code>{}</code>").format(readable(front.formulas[number]))
    if number != front.chosen:
        return text
    return text + Markup(' <span class="domain">the shortest description of formula and data together</span>')


@part_sections.register(Posterior)
def posterior_sections(posterior: Posterior, finding: Finding[Any]) -> list[Section]:
    """The formulas with their weights, and where to measure next."""
    if len(posterior.entries) == 1:
        return []
    rows = [
        (f"{100 * weight:.2g} %", Markup("<code>{}</code>").format(readable(entry.formula)), entry.noise)
        for entry, weight in zip(posterior.entries, posterior.weights, strict=True)
    ]
    listed = table("front", ("Weight", "Formula", "Noise"), rows)
    return [Section(section("How likely each is", listed), after_drawings=True)]


@drawings.register(Formula)
def formula_drawings(formula: Formula, finding: Finding[Any]) -> list[Drawing]:
    """None: the page typesets it."""
    return []


@shows(Predictions, "Data and formula", place=1)
def predictions_caption(predictions: Predictions, finding: Finding[Any]) -> str:
    """What stands in the lower panel."""
    return f"{predictions.describe()}. Below, the residual."


@shows(Front, "Error against length", place=2)
def front_caption(front: Front, finding: Finding[Any]) -> str:
    """Which point is the chosen one."""
    return f"{front.describe()}; the filled one has the shortest description of formula and data together."


@shows(Posterior, "Where to measure next", place=3)
def posterior_caption(posterior: Posterior, finding: Finding[Any]) -> str:
    """The weights, and the sentence on where to measure."""
    sentence = posterior.describe_next()
    return f"{posterior.describe()}. {sentence[:1].upper()}{sentence[1:]}."


@shows(SplineNetwork, "Spline network", place=30)
def spline_network_caption(network: SplineNetwork, finding: Finding[Any]) -> str:
    """What boxes and lines are."""
    text, over = network.describe(), "; dashed, what the formula has there" if network.edges else ""
    return f"{text[:1].upper()}{text[1:]}. Each box is an edge's function{over}."
