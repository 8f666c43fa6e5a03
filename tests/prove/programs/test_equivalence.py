"""Equivalence for all lengths: every pair is proved, every wrong one refuted by a sequence that does differ."""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import replace
from shutil import which

import numpy as np
import pytest
from pairs_of_programs import BIT, NUMBER, PAIRS, program

from pellucid.artifacts import Input, Name, Number, Operation, Program, Register, read_program
from pellucid.artifacts.programs.expression import substitute
from pellucid.core import Proved, Refuted, Undecided
from pellucid.datasets import mips_tasks
from pellucid.prove import prove_equivalent
from pellucid.prove.programs import equivalence, solvers

SWAP = {"+": "-", "-": "+", "<": "<=", ">": ">=", ">=": ">", "<=": "<", "==": "!=", "max": "min", "min": "max"}
SWAP |= {"and": "or", "or": "and", "^": "|", "|": "^", "//": "%", "%": "//"}


def mutants(original: Program, seed: int, count: int = 4) -> list[Program]:
    """`original` with one number or operator changed."""
    rng, found = random.Random(seed), []
    while len(found) < count:
        expressions = list(original.expressions)
        k = rng.randrange(len(expressions))
        node = rng.choice(list(expressions[k].walk()))
        if isinstance(node, Number):
            changed = Number(node.value + rng.choice([1, -1]))
        elif isinstance(node, Operation) and node.operator in SWAP:
            changed = Operation(SWAP[node.operator], node.operands)
        else:
            changed = Operation("+", (node, Number(1))) if node.sort == "int" else node
        expressions[k] = substitute(expressions[k], {node: changed})
        updates, outputs = expressions[: len(original.registers)], expressions[len(original.registers) :]
        registers = tuple(Register(r.name, r.initial, u) for r, u in zip(original.registers, updates, strict=True))
        found.append(Program(original.inputs, registers, tuple(outputs), original.name))
    return found


def really_differ(left: Program, right: Program, claim: Refuted) -> bool:
    """Whether both programs, run on the inputs that the counterexample names, differ at its last step only."""
    text = claim.counterexample.removeprefix("inputs ").split(":")[0]
    steps = [[int(n) for n in re.findall(r"-?\d+", step)] for step in text.split(" ")]
    inputs = np.array([steps])
    differs = (left.run(inputs, exact=True) != right.run(inputs, exact=True)).any(2)[0]
    return bool(differs[-1]) and not differs[:-1].any()


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_are_proved(name: str) -> None:
    proof = prove_equivalent(*PAIRS[name])
    assert isinstance(proof.claim, Proved), proof.claim
    assert proof.claim.by == "z3+cvc5"
    assert set(proof.files) == {"proofs/equivalence.smt2", "proofs/equivalence.reference.py"}
    assert proof.claim.command == "z3 proofs/equivalence.smt2"


@pytest.mark.parametrize("name", PAIRS)
def test_mutants_are_refuted_or_still_right(name: str) -> None:
    left, right = PAIRS[name]
    refuted = 0
    for mutant in mutants(left, seed=len(name)):
        claim = prove_equivalent(mutant, right, timeout=5).claim
        if isinstance(claim, Refuted):
            refuted += 1
            assert really_differ(mutant, right, claim), claim
        elif isinstance(claim, Proved):  # the change changed nothing: long random runs agree
            rng = np.random.default_rng(0)
            low, high = [i.low for i in left.inputs], [i.high + 1 for i in left.inputs]
            inputs = rng.integers(low, high, (300, 20, len(low)))
            assert (mutant.run(inputs, exact=True) == right.run(inputs, exact=True)).all()
    assert refuted >= 1


def test_the_counterexample_is_the_shortest() -> None:
    right = program(BIT, "n = 0", "x", "n = n + x", "yield int(n >= 7)")
    wrong = program(BIT, "n = 0", "x", "n = n + x", "yield int(n >= 8)")
    claim = prove_equivalent(wrong, right).claim
    assert isinstance(claim, Refuted)
    assert claim.counterexample.startswith("inputs 1 1 1 1 1 1 1: ")


def test_a_difference_that_needs_one_number_in_a_million_is_found_by_a_solver() -> None:
    domain = [(0, 999_999)]
    right = program(domain, "s = 0", "x", "s = s + x", "yield s")
    wrong = program(domain, "s = 0", "x", "s = s + x + (x == 271828)", "yield s", name="wrong")
    claim = prove_equivalent(wrong, right, timeout=5).claim
    assert isinstance(claim, Refuted)
    assert "271828" in claim.counterexample
    assert really_differ(wrong, right, claim)


@pytest.mark.parametrize("name", ["dithering", "base_7_addition", "div_7", "add_mod_8"])
def test_automata_with_tables_are_proved(name: str) -> None:
    from pellucid.artifacts import Automaton

    task = mips_tasks()[name]
    reference, symbols = task.reference, task.alphabet.values
    states, transitions, outputs = [(0,)], [], []
    for state in states:
        new, out = reference.step(state, tuple(symbols.T))
        new = np.broadcast_to(new[0], len(symbols)).tolist()
        states += [(s,) for s in dict.fromkeys(new) if (s,) not in states]
        transitions.append([states.index((s,)) for s in new])
        outputs.append(np.broadcast_to(out[0], len(symbols))[:, None])
    automaton = Automaton(np.array(transitions), np.array(outputs), symbols)
    proof = prove_equivalent(automaton.to_program(reference.inputs), reference)
    assert isinstance(proof.claim, Proved)


def test_states_without_an_order_are_tabulated_or_listed() -> None:
    table = "(3, 4, 0, 1, 2)"  # the states of a counter modulo 5 in another order, which no linear relation describes
    left = program(BIT, "s = 0", "x", "s = (s + x) % 5", "yield int(s == 4)")
    right = program(BIT, "q = 0", "x", f"q = {table}[q] if x == 1 else q", "yield int(q == 2)", name="reference")
    assert isinstance(prove_equivalent(left, right).claim, Proved)


def test_tasks_equal_themselves_with_registers_scaled() -> None:
    for name in ("base_3_addition", "sum_last4", "majority_0_2", "max_seen", "newton_spring", "add_mod_5"):
        reference = mips_tasks()[name].reference
        doubled = {Name(r.name): Operation("//", (Name(r.name), Number(2))) for r in reference.registers}
        registers = tuple(
            Register(r.name, 2 * r.initial, Operation("*", (substitute(r.update, doubled), Number(2))))
            for r in reference.registers
        )
        outputs = tuple(substitute(o, doubled) for o in reference.outputs)
        other = Program(reference.inputs, registers, outputs, "scaled")
        proof = prove_equivalent(other, reference, timeout=10)
        assert isinstance(proof.claim, Proved), (name, proof.claim)


def test_the_order_of_inputs_counts_not_their_names() -> None:
    left = program([(0, 1), (0, 1)], "", "a, b", "yield a - b")
    assert isinstance(prove_equivalent(left, program([(0, 1), (0, 1)], "", "b, a", "yield b - a")).claim, Proved)
    assert isinstance(prove_equivalent(left, program([(0, 1), (0, 1)], "", "b, a", "yield a - b")).claim, Refuted)


def test_domains_matter() -> None:
    small = program(BIT, "", "x", "yield x * x")
    assert isinstance(prove_equivalent(small, program(BIT, "", "x", "yield x")).claim, Proved)
    assert isinstance(prove_equivalent(small, program([(0, 3)], "", "x", "yield x")).claim, Proved)
    with pytest.raises(ValueError, match=r"0\.\.3, beyond 0\.\.1"):
        prove_equivalent(program([(0, 3)], "", "x", "yield x"), small)


def test_programs_that_do_not_match_are_refused() -> None:
    one, two = program(BIT, "", "x", "yield x"), program([(0, 1)] * 2, "", "a, b", "yield a")
    with pytest.raises(ValueError, match="reads 1 inputs a step and program 2"):
        prove_equivalent(one, two)
    with pytest.raises(ValueError, match="gives 1 outputs a step and program 2"):
        prove_equivalent(one, program(BIT, "", "x", "yield x, x"))


def test_a_step_without_a_value_is_never_proved() -> None:
    divides = program([(0, 3)], "", "x", "yield 6 // x")
    claim = prove_equivalent(divides, divides).claim
    assert isinstance(claim, Undecided)
    assert "divides by a number that is not positive" in claim.reason
    beyond = program([(0, 3)], "n = 0", "x", "n = n + 1", "yield (5, 6, 7)[n]")
    assert isinstance(prove_equivalent(beyond, beyond).claim, Undecided)
    late = program(NUMBER, "n = 3000", "x", "n = n - 1", "yield 0 * (100 // n)")  # beyond what is searched
    assert isinstance(prove_equivalent(late, program(NUMBER, "", "x", "yield 0"), timeout=3).claim, Undecided)


def test_no_time_means_undecided() -> None:
    claim = prove_equivalent(*PAIRS["sum of the last 7"], timeout=0).claim
    assert isinstance(claim, Undecided)
    assert "0 s of effort" in claim.reason


def test_a_missing_solver_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(equivalence, "installed", dict)
    claim = prove_equivalent(*PAIRS["parity"]).claim
    assert isinstance(claim, Undecided)
    assert claim.reason == "z3 not found"
    assert "pip install" in claim.remedy
    monkeypatch.setattr(equivalence, "installed", lambda: {"z3": "1"})
    only = prove_equivalent(*PAIRS["parity"]).claim
    assert isinstance(only, Proved)
    assert only.by == "z3"


def test_what_is_proved_is_the_printed_text() -> None:
    lazy = replace(PAIRS["parity"][0], registers=(*PAIRS["parity"][0].registers, Register("idle", 4, Name("idle"))))
    assert isinstance(prove_equivalent(lazy, PAIRS["parity"][1]).claim, Proved)


@pytest.mark.skipif(which("z3") is None, reason="no z3 program")
def test_the_command_checks_the_file(tmp_path) -> None:
    proof = prove_equivalent(*PAIRS["palindrome"])
    (tmp_path / "p.smt2").write_text(proof.files["proofs/equivalence.smt2"])
    done = subprocess.run(["z3", str(tmp_path / "p.smt2")], capture_output=True, text=True, timeout=60, check=True)
    assert [line for line in done.stdout.splitlines() if "sat" in line.split(":")[0]] == ["unsat"] * 4


def test_names_that_smt_lib_would_not_take() -> None:
    body = "    div = let\n    größe = größe + div\n    yield größe\n"
    source = f"def f(steps):\n  div = 0\n  größe = 0\n  for let in steps:\n{body}"
    odd = read_program(source, [Input("let", 0, 9)])
    proof = prove_equivalent(odd, program([(0, 9)], "s = 0", "x", "s = s + x", "yield s"))
    assert isinstance(proof.claim, Proved)
    assert solvers.ask("cvc5", proof.files["proofs/equivalence.smt2"], 5).all_unsat(4)


def test_products_and_quotients_of_inputs_end_within_their_effort() -> None:
    """Nonlinear questions, on which a clock of the solver's own was once overrun by minutes."""
    domain = [(-1000, 1000), (1, 1000)]
    left = program(domain, "s = 0", "a, b", "s = s*a + b", "yield s % b")
    right = program(domain, "s = 0", "a, b", "s = s*a + b", "yield (s*a - s*a + s) % b")
    assert isinstance(prove_equivalent(left, right, timeout=5).claim, Proved)
    wrong = program(domain, "s = 0", "a, b", "s = s*a + b", "yield (s + a*b//b - a + (s == 7)) % b")
    assert not isinstance(prove_equivalent(left, wrong, timeout=0.5).claim, Proved)
