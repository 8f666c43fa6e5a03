import pytest
import sympy

from pellucid.algebra.networks.kinetics import mass_action_constant, needs_all_reactants, parted

S, E, K, V, N = sympy.symbols("S E K V N", real=True)
SPECIES = frozenset({S, E})


@pytest.mark.parametrize(
    ("rate", "counts", "constant"),
    [
        (V * S**2 * E, {S: 2, E: 1}, V),
        ((V + K) * S, {S: 1}, V + K),
        (V / K * S, {S: 1}, V / K),
        (sympy.Rational(1, 3), {}, sympy.Rational(1, 3)),
        (-V * S, {S: 1}, None),
        ((V - K) * S, {S: 1}, None),
        (0 * S, {S: 1}, None),
        (V * S * E, {S: 1}, None),
        (V * S / (K + S), {S: 1}, None),
    ],
)
def test_mass_action_is_a_positive_constant_times_the_reactants(rate, counts, constant):
    assert mass_action_constant(rate, counts, SPECIES) == constant


@pytest.mark.parametrize(
    ("rate", "reactants", "lawful"),
    [
        (V * S / (K + S), {S}, True),
        (V * S * E / (K + S), {S}, False),  # 0 where the enzyme is missing, which is no reactant
        (V * S * E / (K + S), {S, E}, True),
        (V * S * (1 + E) / (K + S), {S}, True),  # speeded up by E, and there without it
        (V * S / (K + S + E), {S}, True),  # slowed down by E
        (V * S / (S + E), {S}, False),  # has no value where both are 0
        (V, set(), True),
        (V, {S}, False),
        (V * S - K * E, {S}, False),
        (V * S * sympy.exp(-E), {S}, False),  # not decided by coefficients
    ],
)
def test_rates_that_need_all_reactants(rate, reactants, lawful):
    assert needs_all_reactants(rate, frozenset(reactants), SPECIES) == lawful


def test_a_net_rate_is_parted_where_signs_are_known():
    parts = parted((V * S - N * E) / (1 + S + E))
    assert parts is not None
    assert parts[0] - parts[1] == V * S / (1 + S + E) - N * E / (1 + S + E)
    assert parted(V * S / (K - S)) is None
    assert parted(V * sympy.sin(S)) is None
