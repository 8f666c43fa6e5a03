from dataclasses import replace

from certificate_examples import Example, example, forged

from pellucid.artifacts import MapInvariants
from pellucid.prove.laws.map_invariants import check_map_invariants, prove_map_invariants

TURN = MapInvariants(
    ("x", "y", "z"), ("y", "-x", "z"), (), ("z", "x**2 + y**2"), 2, ("x", "y", "z"), 3, others=("z**2",)
)
LYNESS = "(x + 1)*(y + 1)*(x + y + a)/(x*y)"
QUOTIENTS = MapInvariants(("x", "y"), ("(a + x)/y", "x"), ("a",), (LYNESS,), 3, ("x", "y", "1/x", "1/y"), 1)


def _forgeries():
    def of(part, law=TURN, **changes):
        changed = replace(law, **changes)
        return Example(changed, [forged("map_invariants", changed, part=part, seed=0)])

    yield "what is not invariant", of("identity", expressions=("z", "x**2 + 2*y**2"))
    yield "what only comes back after two steps", of("identity", expressions=("z", "x**2 - y**2"))
    yield "another quotient", of("identity", QUOTIENTS, expressions=("(x + 1)*(y + 1)*(x + y - a)/(x*y)",))
    yield "one and its square", of("independence", expressions=("z", "z**2"))
    yield "a dimension less", of("completeness", others=(), vectors=2)
    yield "at most a dimension less", of("completeness", expressions=(), others=(), vectors=2)
    yield "one and twice the same", of("completeness", others=("2*z",))
    yield "one and a number", of("completeness", others=("3",))
    yield "one more, that is none", of("completeness", others=("z**2", "x"), vectors=4)
    yield "one more, of a higher degree", of("completeness", others=("z**2", "z**3"), vectors=4)
    yield "a basis of quotients of quotients", of("completeness", QUOTIENTS, basis=("x", "y", "x/(y + 1)"))


@example("map_invariants", _forgeries)
def _map_invariants():
    return Example(QUOTIENTS, prove_map_invariants(QUOTIENTS))


def test_what_is_true_of_a_turn():
    assert [proof.claim.strength for proof in prove_map_invariants(TURN)] == ["Proved"] * 3


def test_a_count_is_a_sentence_and_holds_as_it_was_once_said():
    text = prove_map_invariants(QUOTIENTS)[2].files["proofs/completeness.json"]
    assert "in x, y, 1/x, 1/y, without explicit n, have exactly 1 dimension, for general a" in text
    before = text.replace("n, have", "n have").replace(", for general a", "")
    assert check_map_invariants(before, QUOTIENTS).holds
    assert not check_map_invariants(before.replace("1 dimension", "2 dimensions"), QUOTIENTS).holds
