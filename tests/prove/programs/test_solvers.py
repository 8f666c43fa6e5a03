"""What counts as an answer of a solver, and what does not."""

from __future__ import annotations

import pytest
import z3

from pellucid.prove.programs.solvers import Answers, ask, installed

TEXT = "(declare-const x Int)\n(push 1)(assert (and (> x 0) (< x 1)))(check-sat)(pop 1)\n(assert (> x 0))(check-sat)\n"
HARD = "(declare-const x Int)(declare-const y Int)(declare-const z Int)\n(assert (and (> x 1) (> y 1) (> z 2)))\n" + (
    "(assert (= (* x x x y) (+ (* y y y z) (* z z z x) 1234567)))\n(assert (not (= x (* y z))))(check-sat)"
)


def test_all_unsat_is_exactly_so_many() -> None:
    answers = Answers("z3", ("unsat", "unsat"))
    assert answers.all_unsat(2)
    assert not answers.all_unsat(1)
    assert not answers.all_unsat(3)
    assert not Answers("z3", ("unsat", "unknown")).all_unsat(2)
    assert not Answers("z3", ("unsat", "unsat"), "(error)").all_unsat(2)
    assert not Answers("z3", ()).all_unsat(1)


@pytest.mark.parametrize("solver", sorted(installed()))
def test_answers_come_in_order(solver: str) -> None:
    assert installed()[solver][0].isdigit()
    assert ask(solver, TEXT, 10).results == ("unsat", "sat")
    assert not ask(solver, TEXT, 10).error


@pytest.mark.parametrize("solver", sorted(installed()))
def test_text_that_is_wrong_is_an_error(solver: str) -> None:
    answers = ask(solver, "(assert (> x 0))(check-sat)", 10)
    assert answers.error
    assert not answers.all_unsat(1)


def test_words_in_an_echo_are_no_answer() -> None:
    assert ask("z3", '(echo "all unsat")(check-sat)', 10).results == ("sat",)


def test_a_time_of_nothing_is_a_millisecond() -> None:
    assert ask("z3", HARD, 0.0).results == ("unknown",)


def test_counted_steps_are_the_same_under_any_load() -> None:
    """A sum of two cubes that is a cube: no solver finds it; ten thousand steps end long before ten minutes do."""
    text = "(declare-const a Int)(declare-const b Int)(declare-const c Int)\n(assert (and (> a 2) (> b 2) (> c 2)))\n"
    text += "(assert (= (+ (* a a a) (* b b b)) (* c c c)))\n(check-sat)\n"
    assert [ask("z3", text, 0.02).results for _ in range(3)] == [("unknown",)] * 3
    assert ask("z3", "(assert (< 1 0))\n(check-sat)\n", 60).results == ("unsat",)


def test_a_limit_does_not_reach_later_solvers() -> None:
    ask("z3", "(declare-const x Int)(assert (> x 3))(check-sat)", 0.0)
    assert (z3.get_param("timeout"), z3.get_param("rlimit")) == (str(2**32 - 1), "0")
