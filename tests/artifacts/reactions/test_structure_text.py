"""Reactions for people to read: ways back stand beside their reaction, long lists are cut, rates are parsed once."""

from collections.abc import Sequence

import pytest

from pellucid.artifacts import ReactionStructure
from pellucid.artifacts.reactions.structure_text import reaction_lines, siphon_lines
from pellucid.subjects import ReactionNetwork


def structure(text: str) -> ReactionStructure:
    network = ReactionNetwork.from_text(text)
    sides, rates = network.stoichiometry, tuple(one.rate for one in network.reactions)
    return ReactionStructure(
        network.species, network.variables, sides.reactants, sides.products, rates, network.parameters
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("A -> B : k; B -> A : q", ["A <-> B   k, q"]),
        ("A -> B : k; C -> A : r; B -> A : q", ["A <-> B   k, q", "C -> A    r"]),
        ("A -> B : k; B -> A : q; B -> A : r", ["A <-> B   k, q", "B -> A    r"]),
        ("A -> B : k; A -> B : q; B -> A : r", ["A <-> B   k, r", "A -> B    q"]),
        ("2 A -> B : v*A/(K + A); 0 -> A : k", ["2 A -> B   rate A*v/(A + K)", "0 -> A     k"]),
    ],
)
def test_each_reaction_stands_once_with_the_first_one_that_goes_back(text: str, lines: Sequence[str]) -> None:
    assert reaction_lines(structure(text), plain=True) == lines


def test_of_many_lines_the_first_are_shown() -> None:
    found = structure("; ".join(f"A{i} -> A{i + 1}" for i in range(9)))
    lines = reaction_lines(found, plain=True, most=3)
    assert len(lines) == 4
    assert lines[0].startswith("A0 -> A1")
    assert lines[3] == "... and 6 more"


def test_rates_are_parsed_once_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    found, original, calls = structure("A -> B; B -> C; C -> A; A -> C"), ReactionStructure.rate_expressions, []
    monkeypatch.setattr(ReactionStructure, "rate_expressions", lambda self: calls.append(1) or original(self))
    reaction_lines(found)
    assert len(calls) == 1


def test_siphons_that_were_not_looked_for_are_not_denied() -> None:
    assert siphon_lines(structure("A -> B")) == ["siphons: too many to list, or to say what each holds"]
