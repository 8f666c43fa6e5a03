"""Formulas: typeset, beside their data, the network that they were read off, and the front of error against length."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts import Formula, Front, Posterior, Predictions, SplineNetwork
from ..artifacts.formulas.front import percent
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
    headings, cells = front.table(plain=False)
    rows = [(row[1], _front_formula(row[-1], chosen=i == front.chosen), *row[2:-1]) for i, row in enumerate(cells)]
    words = [word[:1].upper() + word[1:] for word in ("No.", "Formula", *headings[2:-1])]
    listed = table("front", words, rows, front.chosen)
    return [Section(section("From short to exact", listed, note(front_notes(front))), after_drawings=True)]


def front_notes(front: Front) -> list[str]:
    """What the columns are, and what is not in the table."""
    if not front.nats:
        return []
    told = [
        "-ln L is the negative logarithm of the likelihood of the data; bits are those of the formula alone",
        "a number such as 2.13(4) is 2.13 with a standard error of 0.04",
    ]
    return told + ([front.note()] if front.note() else [])


def _front_formula(text: str, *, chosen: bool) -> Markup:
    shown = Markup("<code>{}</code>").format(text)
    if not chosen:
        return shown
    return shown + Markup(' <span class="domain">the shortest description of formula and data together</span>')


@part_sections.register(Posterior)
def posterior_sections(posterior: Posterior, finding: Finding[Any]) -> list[Section]:
    """The formulas with their weights, and where to measure next."""
    if len(posterior.entries) == 1:
        return []
    front = next((part for part in finding.parts.values() if isinstance(part, Front)), None)
    numbers = {each.expression: str(i) for i, each in enumerate(front.formulas if front else (), 1)}
    rows = [
        (
            numbers.get(entry.formula.expression, ""),
            Markup("<code>{}</code>").format(readable(entry.formula)),
            percent(weight),
            entry.noise,
        )
        for entry, weight in zip(posterior.entries, posterior.weights, strict=True)
    ]
    listed = table("front", ("No.", "Formula", "Weight", "Noise"), rows)
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
