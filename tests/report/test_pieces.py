"""Pages of artifacts that nothing was registered for, and of those that register themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from pellucid.core import Artifact, Finding, Provenance
from pellucid.core.artifact import KINDS
from pellucid.plot import draws
from pellucid.plot.style import new_figure
from pellucid.report import report_html, summary, title
from pellucid.report.html import bullets, section
from pellucid.report.pieces import Section, facts_of, links, part_sections, remarks, sections, shows, summary_of


@pytest.fixture
def odd_kind(monkeypatch):
    """An artifact of a new kind, which is forgotten afterwards."""
    monkeypatch.setattr(KINDS, "_entries", dict(KINDS._entries))

    @dataclass(frozen=True)
    class Odd(Artifact):
        lines: tuple[str, ...]
        kind: ClassVar[str] = "odd_lines"

        def describe(self):
            return f"lines {', '.join(self.lines)}"

        def to_dict(self):
            return {"lines": list(self.lines)}

        @classmethod
        def from_dict(cls, data, files):
            return cls(tuple(data["lines"]))

    return Odd


def found(artifact, **parts):
    return Finding(artifact, (), Provenance("test.Odd", {"notes": ["a note"]}, 0, ""), parts)


def test_what_nothing_is_registered_for_has_a_plain_page(odd_kind):
    page = report_html(found(odd_kind(("a", "<b>"))))
    assert "<title>odd lines" in page
    assert "lines a, &lt;b&gt;. It makes no claims." in page
    assert "<figure" not in page


def test_a_drawing_alone_is_enough_to_be_shown(odd_kind):
    @draws(odd_kind)
    def draw_odd(odd):
        return new_figure(1, 1)

    page = report_html(found(odd_kind(("a",)), beside=odd_kind(("b",))))
    assert page.count("<h2>Odd lines</h2>") == 2
    assert "<figcaption>lines b.</figcaption>" in page


def test_every_piece_can_be_registered_from_one_file(odd_kind):
    @draws(odd_kind)
    def draw_odd(odd):
        return new_figure(1, 1)

    shows(odd_kind, "Lines")(lambda odd, finding: "A caption.")
    summary_of.register(odd_kind)(lambda odd, finding: f"{len(odd.lines)} lines.")
    remarks.register(odd_kind)(lambda odd, finding: finding.provenance.settings["notes"])
    links.register(odd_kind)(lambda odd, finding: [("lines.html", "All lines")])
    sections.register(odd_kind)(lambda odd, finding: [section("Above", bullets(odd.lines))])
    part_sections.register(odd_kind)(lambda odd, finding: [Section(section("Below", bullets(odd.lines)), True)])
    facts_of.register(odd_kind)(lambda odd, finding: [("Lines", str(len(odd.lines)))])
    finding = found(odd_kind(("one", "two")))
    page = report_html(finding)
    assert title(finding) == "odd lines"
    assert summary(finding) == "2 lines. It makes no claims."
    for text in ("A note. ", 'href="lines.html"', "<dt>Lines</dt><dd>2</dd>", "<figcaption>A caption."):
        assert text in page
    order = [page.index(f"<h2>{heading}</h2>") for heading in ("Above", "Lines", "Below", "Where it comes from")]
    assert order == sorted(order)
