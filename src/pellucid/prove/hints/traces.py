"""States at the heads of loops on small inputs: what is false of one of them is no invariant, and need not be asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from ...subjects.dafny.dafny_program import DafnyProgram
from ...subjects.dafny.running.evaluation import Evaluator, Variables, parsed
from ...subjects.dafny.running.execution import Runner, copied
from ...subjects.dafny.running.inputs import any_inputs
from ...subjects.dafny.running.values import DafnyArray, NotRun, OutOfSteps, Steps, Undefined
from ...subjects.dafny.syntax import Node, Routine
from ...subjects.dafny.tokens import UnreadableDafny


@dataclass(frozen=True)
class Tracing:
    """How much is run for one method."""

    runs: int = 40
    """Runs whose inputs meet the preconditions: a false invariant that survives so many is one for the verifier."""
    draws: int = 3_000
    """Inputs that are drawn for them at most: where preconditions are narrow few fit."""
    states: int = 240
    """States kept of one loop, spread over the runs: each candidate is computed in all of them."""
    nearby: int = 80
    """States made from those that occur by changing values at random: expressions that agree in all are one."""
    unknown: ClassVar[tuple[type[Exception], ...]] = (
        *(NotRun, OutOfSteps, UnreadableDafny, RecursionError),
        *(TypeError, AttributeError, KeyError, ValueError),
    )
    """What is raised where an expression is not understood, or its types are not those that were read off."""


TRACING = Tracing()


def states_of(program: DafnyProgram, seed: int) -> dict[int, list[Variables]]:
    """For the number of each loop, states that occur at its head; none where the method is not understood.

    >>> text = "method M(n: nat) { var i := 0; while i < n { i := i + 1; } }"
    >>> found = states_of(DafnyProgram(text), seed=0)[0]
    >>> all(0 <= state["i"] <= state["n"] for state in found), len(found) > 20
    (True, True)
    """
    found: dict[int, list[Variables]] = {}
    for routine in {program.routine_of(loop).first: program.routine_of(loop) for loop in program.loops}.values():
        heads = _heads(program, routine, Random(f"{seed}/{routine.name}"))
        for number, state in heads:
            found.setdefault(number, []).append(state)
    return {number: _spread(states, TRACING.states) for number, states in found.items()}


def _heads(program: DafnyProgram, routine: Routine, random: Random) -> list[tuple[int, Variables]]:
    """The states of all runs of a method."""
    runner, found, runs = Runner(program, random), [], 0
    try:
        conditions = [runner.evaluator.value(node) for node in routine.clauses_of("requires")]
        for _ in range(TRACING.draws):
            inputs = any_inputs(routine, random)
            runner.evaluator.steps = Steps(runner.evaluator.most_steps)
            if not all(_holds(condition, inputs) for condition in conditions):
                continue
            try:
                found += runner.run(routine, copied(inputs))
            except (OutOfSteps, Undefined):
                continue
            runs += 1
            if runs == TRACING.runs:
                break
    except TRACING.unknown:
        return []
    return found


def _holds(condition: Any, inputs: Variables) -> bool:
    try:
        return bool(condition(inputs))
    except (Undefined, OutOfSteps):
        return False


def _spread(states: Sequence[Variables], most: int) -> list[Variables]:
    """At most so many of them, taken evenly."""
    if len(states) <= most:
        return list(states)
    return [states[k * len(states) // most] for k in range(most)]


def refuted(evaluator: Evaluator, text: str, states: Sequence[Variables]) -> bool:
    """Whether an expression is false, or has no value, in one of the states; what is not understood is not refuted."""
    try:
        value = evaluator.of_text(text)
        for state in states:
            evaluator.steps = Steps(evaluator.most_steps)
            if not value(state):
                return True
    except Undefined:
        return True
    except TRACING.unknown:
        return False
    return False


def values_of(evaluator: Evaluator, text: str, states: Sequence[Variables]) -> list[Any]:
    """The values of an expression in all states; none where it has no value in one of them."""
    try:
        value = evaluator.of_text(text)
        evaluator.steps = Steps(100 * evaluator.most_steps)
        return [value(state) for state in states]
    except (Undefined, *TRACING.unknown):
        return []


def nearby(states: Sequence[Variables], seed: int) -> list[Variables]:
    """States that need not occur: of those given, with numbers and elements changed."""
    random = Random(f"{seed}/nearby")
    chosen = [random.choice(states) for _ in range(TRACING.nearby)] if states else []
    return [{name: _changed(value, random) for name, value in copied(state).items()} for state in chosen]


def _changed(value: Any, random: Random) -> Any:
    """The value or another one of its type."""
    if isinstance(value, DafnyArray):
        value.items = [_changed(item, random) for item in value.items]
        return value
    if isinstance(value, tuple):
        shorter = value[: random.randint(0, len(value))] if random.random() < 0.2 else value
        return tuple(_changed(item, random) for item in shorter)
    if random.random() < 0.6:
        return value
    if isinstance(value, bool):
        return not value
    return value + random.choice((-2, -1, -1, 1, 1, 2, 3)) if isinstance(value, int) else value


def signature(evaluator: Evaluator, text: str, states: Sequence[Variables]) -> tuple[bool | None, ...]:
    """Whether an expression holds in each state; None where it has no value; nothing where it is not understood."""
    found: list[bool | None] = []
    try:
        value = evaluator.of_text(text)
        for state in states:
            evaluator.steps = Steps(evaluator.most_steps)
            try:
                found.append(bool(value(state)))
            except Undefined:
                found.append(None)
    except TRACING.unknown:
        return ()
    return tuple(found)


def vacuous(evaluator: Evaluator, text: str, states: Sequence[Variables]) -> bool:
    """Whether an implication's condition, or that of what is said of all values, is met in none of the states."""
    try:
        node = parsed(text)
        if node.kind == "quantifier" and node.word == "forall" and _implies(node.parts[-1]):
            nothing = Node("none", "", (), 0, 0)
            condition = Node("quantifier", "exists", (*node.parts[:-2], nothing, node.parts[-1].parts[0]), 0, 0)
        elif _implies(node):
            condition = node.parts[0]
        else:
            return False
        value = evaluator.value(condition)
        evaluator.steps = Steps(100 * evaluator.most_steps)
        return not any(value(state) for state in states)
    except (Undefined, *TRACING.unknown):
        return False


def _implies(node: Node) -> bool:
    return node.kind == "binary" and node.word == "==>"
