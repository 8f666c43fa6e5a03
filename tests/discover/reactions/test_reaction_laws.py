from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.artifacts import ReactionStructure
from pellucid.artifacts.reactions.structure_text import further_laws, reaction_lines, reduced_lines, structure_lines
from pellucid.core import Measured
from pellucid.core.artifact import KINDS
from pellucid.discover import ReactionLaws
from pellucid.discover.reactions.structure import structure_of
from pellucid.plot import draw
from pellucid.plot.drawing import to_svg
from pellucid.subjects import ReactionNetwork


def network(text):
    return ReactionNetwork.from_text(text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("S + I -> 2I; I -> R", 1),  # R k1 + k2 log S
        ("X -> 2X; X + Y -> 2Y; Y -> 0", 1),  # Lotka and Volterra's, with logarithms
        ("A -> B; A -> C", 1),  # k2 B - k1 C: products in the ratio of the constants
        ("E + S <-> C; C -> E + P", 0),
    ],
)
def test_laws_beyond_the_totals(text, count):
    finding = ReactionLaws().explain(network(text))
    parts: dict[str, Any] = dict(finding.parts)
    assert len(further_laws(finding.artifact, parts["laws"].expressions)) == count
    drifts = [c.value for c in finding.claims if isinstance(c, Measured) and c.key == "drift"]
    assert len(drifts) == len(finding.artifact.totals) + count
    assert max(drifts) < 1e-6
    assert (parts["orbits"].states > 0).all()


def test_what_cannot_be_searched_is_undecided():
    many = network("; ".join(f"A{i} -> B{i}" for i in range(30)))
    finding = ReactionLaws(orbits=1).explain(many)
    assert any(c.strength == "Undecided" and "60 species" in c.evidence for c in finding.claims)
    assert len(finding.artifact.totals) == 30
    with pytest.raises(ValueError, match="degree=-1"):
        ReactionLaws(degree=-1).explain(many)


def test_what_is_saved_is_loaded_and_runs():
    found = structure_of(network("Ca2+ + E <-> EC; EC -> E + P : q*EC/(1 + EC)"))
    again = KINDS["reaction_structure"].from_dict(found.to_dict(), {})
    assert again == found
    scope: dict = {}
    exec(found.to_python(), scope)
    values = [2.0, 3.0, 5.0, 7.0]
    assert scope["totals"](*values) == [7.0, 8.0] or sorted(scope["totals"](*values)) == [8.0, 14.0]
    slopes = scope["derivatives"](*values, *([0.5] * len(found.parameters)))
    expected = found.numpy()(*values, *([0.5] * len(found.parameters)))
    assert np.allclose(slopes, expected)


def test_what_is_read():
    found = structure_of(network("E + S <-> C; C -> E + P; P -> 0 : v*P/(K + P)"))
    assert reaction_lines(found, plain=True) == [
        "E + S <-> C   k1, k2",
        "C -> E + P    k3",
        "P -> 0        rate P*v/(K + P)",
    ]
    assert reduced_lines(found, plain=True)[0] == "E = -C + T_E"
    assert any("critical" in line for line in structure_lines(found))
    assert structure_lines(found)[0].startswith("deficiency ")


@pytest.mark.parametrize("text", ["A -> 2A", "A <-> B; B -> C; C + D -> 2A", "0 -> A; A -> 0"])
def test_networks_are_drawn(text):
    svg = to_svg(draw(structure_of(network(text))))
    assert ">A<" in svg


def test_too_large_a_network_is_not_drawn():
    found = structure_of(network("; ".join(f"A{i} -> A{i + 1}" for i in range(60))))
    assert "too many to draw" in to_svg(draw(found))


def test_a_structure_of_other_lengths_is_refused():
    with pytest.raises(ValueError, match="differ in number"):
        ReactionStructure(("A",), ("A", "B"), ((1, 0),), ((0, 1),), ("A*k",), ("k",))
