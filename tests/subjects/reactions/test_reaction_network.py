"""Networks mean what is written, and are read back as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.subjects import Dynamics, Reaction, ReactionNetwork
from pellucid.subjects.reactions.species_names import identifiers_of

read = ReactionNetwork.from_text


def test_what_is_written_is_what_is_meant():
    assert read("2H2 + O2 -> 2H2O") == ReactionNetwork(
        ("H2", "O2", "H2O"), (Reaction((("H2", 2), ("O2", 1)), (("H2O", 2),), "k1*H2**2*O2"),)
    )
    assert read("0 -> A, A -> ∅").dynamics() == Dynamics(("A",), ("-A*k2 + k1",), ("k1", "k2"))
    assert read("S -> P : v*S/(K + S)").dynamics().rhs == ("-S*v/(K + S)", "S*v/(K + S)")
    given_numbers = read("A -> B : k; B -> A; k = 2; k2 = 1/4; A(0) = 10".replace("1/4", "0.25"))
    assert given_numbers.dynamics().rhs[0] == "-2*A + 0.25*B"
    assert given_numbers.amounts == {"A": 10.0}
    assert read("A + A -> B") == read("2A -> B")
    assert read("k1 -> A").parameters == ("kk1",)


NAMES = ("A", "B2", "Ca2+", "OH-", "E*", "x-y", "lambda", "α", "k1", "E")
SIDES = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3), max_size=3)
RATES = st.sampled_from(["", "k", "2", "q*w", "1/3", "(a + b)", "k*{0}", "v*{0}/(K + {0})", "exp(-a)"])


@given(st.lists(st.tuples(SIDES, SIDES, RATES), min_size=1, max_size=5))
def test_a_network_that_is_written_is_read_back(rows):
    rows = [(a, b, rate) for a, b, rate in rows if a != b]
    if not rows:
        return
    names = dict(zip(NAMES, identifiers_of(NAMES), strict=True))
    lines = []
    for left, right, rate in rows:
        sides = [" + ".join(f"{n} {name}" for name, n in side.items()) or "0" for side in (left, right)]
        first = names[next(iter({**left, **right}))]
        lines.append(f"{sides[0]} -> {sides[1]}" + (f" : {rate.format(first)}" if rate else ""))
    network = read("\n".join(lines))
    again = read(network.to_text())
    assert again == network
    assert again.dynamics() == network.dynamics()
    assert [(dict(one.reactants), dict(one.products)) for one in network.reactions] == [(a, b) for a, b, _ in rows]


@pytest.mark.parametrize("name", ["E", "pi"])
def test_names_of_numbers_are_names_in_reactions(name: str) -> None:
    network = ReactionNetwork.from_text(f"S -> P : k*{name}*S/(K + S)")
    assert set(network.parameters) == {"k", name, "K"}
    assert network.dynamics().parameters == network.parameters
    assert ReactionNetwork.from_text(network.to_text()) == network
    assert ReactionNetwork.from_text(f"A ->{{{name}}} B").parameters == (name,)
    assert ReactionNetwork.from_text(f"A ->{{{name}}} B; {name} = 2").reactions[0].rate in ("2*A", "2.0*A")
    assert name in ReactionNetwork.from_text(f"{name} + S -> P").species


def test_numbers_that_are_made_stay_numbers() -> None:
    network = ReactionNetwork.from_text("A -> B : k*acos(-1)*exp(1)*A")
    assert network.parameters == ("k",)
    assert ReactionNetwork(network.species, network.reactions).parameters == ("k",)
    (rate,) = network.rates()
    assert float(rate.subs(dict.fromkeys(rate.free_symbols, 1))) == pytest.approx(8.539734222673566, rel=1e-12)
