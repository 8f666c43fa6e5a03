"""The page holds everything that was found, and needs nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from pellucid.artifacts import Automaton, Network, StateCloud, TrainingCurve, read_program
from pellucid.core import Exhausted, Finding, Measured, Proved, Provenance, Refuted, Undecided
from pellucid.core import Tested as SampledClaim
from pellucid.report import report_html, summary, title

SOURCE = """def binary_addition(steps):
    carry = 0
    for a, b in steps:
        total = a + b + carry
        carry = total // 2
        yield total % 2
"""
CLAIMS = (
    Proved("program = automaton", "every input, every length", "z3", "proofs/e.smt2", "python -m z3 proofs/e.smt2"),
    Exhausted("network = automaton", "inputs up to length 8", 87380),
    SampledClaim("network = program", 1000, 0),
    Measured("margin", 0.1, "", 0.5),
    Refuted("<script>alert(1)</script>", "x = 3"),
    Undecided("specification holds", "dafny not found", "apt install dafny"),
)
VOID = {"meta", "link", "br", "img", "path", "use", "rect", "circle", "image", "hr"}


@pytest.fixture(scope="module")
def finding():
    symbols = np.array([[a, b] for a in (0, 1) for b in (0, 1)])
    parts = {
        "network": Network({"w": np.ones((2, 3))}, {"hidden_size": 2, "kind": "GRU"}),
        "automaton": Automaton(np.array([[0, 0, 0, 1], [0, 1, 1, 1]]), np.zeros((2, 4, 1), int), symbols),
        "training": TrainingCurve([0, 9], [1.0, 0.1], [0.5, 1.0]),
        "states": StateCloud(np.random.default_rng(0).normal(size=(600, 2)), np.arange(600) % 2),
    }
    provenance = Provenance(
        "MIPS",
        {"horizon": 10, "route": {"name": "fsm"}, "tolerances": [0.1, None]},
        7,
        "ab" * 32,
        seconds={"training": 1.5},
    )
    return Finding(read_program(SOURCE, [(0, 1), (0, 1)]), CLAIMS, provenance, parts)


@pytest.fixture(scope="module")
def page(finding):
    return report_html(finding)


def test_it_says_everything(finding, page):
    for claim in CLAIMS:
        assert f">{claim.strength}</span>" in page
    for text in ("every input, every length", "python -m z3 proofs/e.smt2", 'href="proofs/e.smt2"', "87,380 cases"):
        assert text in page
    for text in ("Automaton", "Hidden states", "Training", "Weights", "hidden size 2, 6 parameters", "ab" * 32):
        assert text in page
    assert "horizon 10, route fsm(), tolerances [0.1, None]" in page
    assert "training 1.5 s" in page
    assert page.count("<svg") == 4
    assert '<span class="k">yield</span>' in page
    assert title(finding) == "binary addition"
    assert summary(finding).startswith(
        "A network (hidden size 2, 6 parameters) became a program of 6 lines, by way of an automaton with 2 states. "
        "1 claim is proved, 1 exhausted,"
    )


def test_it_needs_nothing_else_and_runs_nothing(page):
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    for address in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert address.startswith(("#", "data:", "proofs/"))
    assert not re.findall(r"@import|url\((?!#)", page)


def test_it_is_well_formed_and_its_identifiers_are_unique(page):
    open_tags: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in VOID:
                open_tags.append(tag)

        def handle_startendtag(self, tag, attrs):
            pass

        def handle_endtag(self, tag):
            if tag not in VOID:
                assert open_tags.pop() == tag

    Checker().feed(page)
    assert open_tags == []
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
    for used in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', page):
        assert (used[0] or used[1]) in identifiers


def test_drawings_take_the_ink_of_the_page(page):
    assert "currentColor" in page
    assert "#3b4252" not in page


def test_the_same_finding_gives_the_same_page(finding, page):
    assert report_html(finding) == page


def test_a_bare_finding_has_a_page_too():
    bare = Finding(read_program(SOURCE, [(0, 1), (0, 1)]), (), Provenance("M", {}, 0, ""))
    assert "The subject became a program of 6 lines. It makes no claims." in report_html(bare)
    curve = Finding(TrainingCurve([0], [1.0], [0.5]), CLAIMS[:1], Provenance("M", {}, 0, ""))
    assert "Training" in report_html(curve)
