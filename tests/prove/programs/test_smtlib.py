"""SMT-LIB text means what Python means: random expressions, evaluated by Z3 and by numpy."""

from __future__ import annotations

import random

import numpy as np
import pytest
import z3

from pellucid.artifacts.programs.expression import (
    OPERATORS,
    Expression,
    Lookup,
    Name,
    Number,
    apply,
    evaluate,
    obligations,
)
from pellucid.prove.programs.smtlib import to_smt


def grown(rng: random.Random, depth: int, sort: str = "int") -> Expression:
    """A random expression over x and y."""
    if depth == 0 and sort == "int":
        return rng.choice([Name("x"), Name("y"), Number(rng.randint(-3, 3))])
    if sort == "int" and rng.random() < 0.1:
        table = tuple(rng.randint(-9, 9) for _ in range(6))
        return Lookup(table, (3, 2), (grown(rng, depth - 1), grown(rng, depth - 1)))
    rules = {name: rule for name, rule in OPERATORS.items() if rule.gives == sort}
    if depth <= 0:
        rules = {name: rule for name, rule in rules.items() if "bool" not in rule.takes}
    name = rng.choice(sorted(rules))
    return apply(name, *(grown(rng, depth - 1 if depth else 0, s) for s in rules[name].takes))


@pytest.mark.parametrize("seed", range(6))
def test_same_values_as_numpy_where_defined(seed: int) -> None:
    rng, checked = random.Random(seed), 0
    while checked < 40:
        expression = grown(rng, 3)
        values = {"x": rng.randint(-4, 4), "y": rng.randint(-4, 4)}
        try:
            with np.errstate(all="ignore"):
                fine = all(bool(evaluate(o, values)) for o in obligations(expression))
        except (IndexError, ZeroDivisionError):
            continue
        if not fine:
            continue
        lets = " ".join(f"({n} {v if v >= 0 else f'(- {-v})'})" for n, v in values.items())
        (term,) = z3.parse_smt2_string(f"(assert (= 0 (let ({lets}) {to_smt(expression)})))")
        assert z3.simplify(term.arg(1)).as_long() == int(evaluate(expression, values)), expression
        checked += 1


def test_floor_division_and_remainder_are_pythons_for_negative_numbers() -> None:
    for value in range(-7, 8):
        text = (
            f"(assert (= 0 (let ((x {value if value >= 0 else f'(- {-value})'})) {to_smt(apply('//', Name('x'), 3))})))"
        )
        assert z3.simplify(z3.parse_smt2_string(text)[0].arg(1)).as_long() == value // 3
