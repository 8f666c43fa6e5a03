"""Bounds on worlds: what holds is checked again from the files, and every change for the better is refused."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from certificate_examples import Example, example

from pellucid.algebra.markov.rule import Rule
from pellucid.oversee import Guarantee
from pellucid.prove.proof import CertificateError
from pellucid.prove.worlds.world_bound import WorldBound, checker_text
from pellucid.subjects.worlds.world_model import WorldModel

CLIFF = {
    "start": "a",
    "transitions": {
        "a": {"run": {"bad": "1/10", "b": "9/10"}, "walk": {"a": "1/2", "b": "1/2"}},
        "b": {"run": {"good": "4/5", "bad": "1/5"}, "back": {"a": 1}, "stay": {"b": 1}},
        "good": {"": {"good": 1}},
    },
    "costs": {"a": {"run": 1, "walk": 2}, "b": {"run": 3, "stay": 1}},
}


LARGEST = Rule(("good",), ("bad",))


def found(rule):
    return Guarantee(rule, runs=50).explain(WorldModel.from_dict(CLIFF)).artifact


def changed(thing, side, **changes):
    return replace(thing, **{side: replace(getattr(thing, side), **changes)})


def forgery(thing, side):
    """The folder that says `thing` is proved on this side, whatever its vector is."""
    certificate = WorldBound()
    bound = str(thing.bound(side).value)
    text = json.dumps(thing.certificate(side, bound)) + "\n"
    statement = thing.statement(side, bound)
    beside = {certificate.checker: checker_text()}
    return Example(thing, [certificate.build("proofs/forged.json", text, statement, thing.domain, beside=beside)])


def _false_bounds():
    less, half = Fraction(1, 10**12), Fraction(1, 2)
    most, least = found(LARGEST), found(Rule(("good",), ("bad",), ">=", policies="some"))
    up, down = most.upper, least.lower
    assert up is not None
    assert down is not None
    yield "a little less than the value", forgery(changed(most, "upper", value=up.value - less), "upper")
    yield (
        "a state lower than it is",
        forgery(changed(most, "upper", values={**up.values, "b": up.values["b"] - half}, value=half), "upper"),
    )
    yield "a little more than the value", forgery(changed(least, "lower", value=down.value + less), "lower")
    yield "no ranks", forgery(changed(least, "lower", ranks={}), "lower")
    yield "all can be 1 where one stays for ever", forgery(
        changed(least, "lower", values={"a": Fraction(1), "b": Fraction(1)}, value=Fraction(1),
                policy={"a": "walk", "b": "stay"}, ranks={"a": 2, "b": 1}), "lower",
    )  # fmt: skip
    yield (
        "for every policy, as some has it",
        forgery(replace(least, rule=replace(least.rule, policies="every")), "lower"),
    )
    cost = found(Rule(("b", "bad"), cost=True))
    price = cost.upper
    assert price is not None
    yield "a cost without ranks", forgery(changed(cost, "upper", ranks={}), "upper")
    yield "a cost that is lower", forgery(changed(cost, "upper", value=price.value - less), "upper")
    steps = found(Rule(("bad",), within=3))
    assert steps.upper is not None
    yield "less within steps", forgery(changed(steps, "upper", value=steps.upper.value - less), "upper")
    yield (
        "another world",
        forgery(replace(most, origin={"world": CLIFF, "policy": {"actions": {"a": "run", "b": "run"}}}), "upper"),
    )


@example("world_bound", _false_bounds)
def _world_bound():
    thing = found(LARGEST)
    return Example(thing, [WorldBound().prove(thing, "upper", "proofs/upper.json"),
                           WorldBound().prove(thing, "lower", "proofs/lower.json", carry=False)])  # fmt: skip


def test_a_vector_that_shows_nothing_is_not_proved():
    thing = found(LARGEST)
    with pytest.raises(CertificateError, match="bound"):
        WorldBound().prove(changed(thing, "upper", value=Fraction(1, 100)), "upper", "proofs/upper.json")


def test_a_weaker_bound_follows():
    assert WorldBound().prove(found(Rule(("b",), ("bad",))), "lower", "x.json", "0.1").claim.statement == (
        "P(reach b before bad) >= 0.1 for some policy"
    )
