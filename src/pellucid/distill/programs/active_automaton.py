"""Active learning: an automaton from queries alone, for models whose states cannot be looked at.

This is Angluin's L* (1987) for Mealy machines, with suffixes from counterexamples only (Rivest and Schapire 1993), and
bounded by a horizon: nothing longer is ever asked, since networks drift beyond the lengths they were trained on, and
plain L* then learns the drift. Learning from recurrent networks by queries: Weiss, Goldberg and Yahav, arXiv
1711.09576, who bound the search by an abstraction of the hidden states instead; here there are none to see.

Cost: O(states * symbols * suffixes) queries to learn, log2(horizon) for each counterexample, the rest to test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.program import Program
from ...core.claim import Claim, Exhausted, Measured, Tested
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...run.threads import one_thread
from ...subjects.sequences.black_box import BlackBox, black_box_of
from ...subjects.sequences.recurrence import Recurrence
from .automata import automaton_program, vote_on_outputs
from .candidates import NothingFound
from .queries.equivalence_tests import EquivalenceTests
from .queries.query_table import Hypothesis, QueryTable


@dataclass(frozen=True)
class ActiveAutomaton(Method[BlackBox | Recurrence, Program]):
    """Learn the smallest automaton that answers as a model does, within its horizon, by asking it.

    The first automaton that no answer contradicts is taken. Where there is none (a model that is noisy, or drifts), of
    those found at each of `tolerances` the one of the fewest bits is: its own, and those of the answers it gets wrong.
    `random_tests` sequences of full length, and all sequences of the greatest length of which there are at most
    `exhaustive_tests`, look for counterexamples; `fresh_tests` others, never asked before, judge the result. With a
    tolerance, rows begin with `continuations` random suffixes. Automata of at most `readable_states` states are written
    as expressions over a state number where some are found; of larger ones nobody would read them.

    The model is asked afresh: nothing that the subject remembers is used, so that queries are counted the same way each
    time. Raises `NothingFound` where no automaton of `most_states` closes within the horizon; ValueError for an
    alphabet that is too large.

    >>> from pellucid.subjects import Alphabet
    >>> parity = BlackBox(lambda inputs: inputs.cumsum(1) % 2, Alphabet((0,), (1,)), horizon=8)
    >>> finding = ActiveAutomaton().explain(parity)
    >>> print(finding.artifact.to_python().splitlines()[-2].strip())
    parity = x ^ parity
    >>> print(finding.claims[0].statement, "|", finding.claims[0].evidence)
    program = model on all sequences of up to 8 steps (and no other automaton of up to 7 states is) | 256 cases
    """

    tolerances: tuple[float, ...] = (0.0, 0.02, 0.1)
    most_states: int = 64
    most_symbols: int = 64
    most_rounds: int = 200
    random_tests: int = 1000
    exhaustive_tests: int = 4096
    fresh_tests: int = 1000
    continuations: int = 48
    readable_states: int = 24

    def __post_init__(self) -> None:
        for name in ("most_states", "most_symbols", "most_rounds", "random_tests", "exhaustive_tests", "fresh_tests"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)!r} is too few; give 1 or more")
        if not self.tolerances or not all(0 <= tolerance < 1 for tolerance in self.tolerances):
            raise ValueError(f"tolerances={self.tolerances!r} are no shares; give some, each from 0 to below 1")

    def _find(self, subject: BlackBox | Recurrence, context: Context) -> Found[Program]:
        """The automaton as a program: expressions over a state number where some are found, tables otherwise."""
        if subject.alphabet.size > self.most_symbols:
            raise ValueError(
                f"the alphabet has {subject.alphabet.size:,} symbols, more than most_symbols={self.most_symbols}; "
                "narrow it, or raise most_symbols"
            )
        with one_thread():
            box = subject.fresh() if isinstance(subject, BlackBox) else black_box_of(subject)
            generator = np.random.default_rng(context.seed)
            tests = EquivalenceTests(box, generator, self.random_tests, self.exhaustive_tests)
            table = QueryTable(box, self.most_states)
            with context.timed("asking"):
                learnt = self._best(table, tests, context.reporter)
            with context.timed("writing"):
                program, route = self._program(learnt, tests)
                program = replace(program, output_symbols=box.output_symbols)
                claims = self._claims(program, learnt, table, tests)
        return Found(program, tuple(claims), parts={"automaton": learnt}, route=route)

    def _best(self, table: QueryTable, tests: EquivalenceTests, reporter: Reporter) -> Automaton:
        """The first automaton that gives every answer back, or else the one of the fewest bits."""
        found: list[tuple[float, int, Automaton]] = []
        for number, tolerance in enumerate(self.tolerances):
            automaton = self._learn(table, tests, tolerance, reporter)
            if automaton is None:
                continue
            seen = tests.observations()
            if tolerance:
                automaton = vote_on_outputs(automaton, seen)
            automaton = automaton.minimised()
            program = automaton.to_program(seen.program_inputs)
            wrong, total = seen.errors(program)
            bits = np.log2(total) + np.log2(max(2, len(np.unique(seen.outputs))))
            found.append((program.description_length + wrong * bits, number, automaton))
            if wrong == 0:
                return automaton  # every answer is given back: a smaller one that is wrong somewhere is no better
        if not found:
            raise NothingFound(
                f"no automaton of at most {self.most_states} states closes within horizon={table.box.horizon} at "
                f"tolerances {self.tolerances}: {table.trouble}; raise the horizon, most_states or a tolerance, "
                "or use a method for models that count"
            )
        return min(found)[2]

    def _learn(
        self, table: QueryTable, tests: EquivalenceTests, tolerance: float, reporter: Reporter
    ) -> Automaton | None:
        """Hypotheses and counterexamples in turn, until no test differs; None where no hypothesis can be made."""
        suffixes = [(a,) for a in range(table.box.alphabet.size)]
        if tolerance:
            length = max(1, table.box.horizon - 1)
            drawn = tests.generator.integers(0, table.box.alphabet.size, (self.continuations, length))
            suffixes += [tuple(word) for word in drawn.tolist()]
        table.begin(suffixes)
        reporter.start(f"asking (tolerance {tolerance:g})", self.most_rounds)
        current = table.hypothesis(tolerance)
        for _ in range(self.most_rounds):
            if current is None:
                break
            states = current.automaton.size
            reporter.advance(1, f"{states} states, {table.box.ledger.queries:,} queries")
            refined = _refined(current, table, tests, tolerance)
            if refined is current:
                break
            current = refined
        reporter.finish()
        return None if current is None else current.automaton

    def _program(self, automaton: Automaton, tests: EquivalenceTests) -> tuple[Program, str]:
        """The program, and whether it looks everything up in tables or has expressions."""
        seen = tests.observations()
        table = automaton.to_program(seen.program_inputs)
        readable = automaton_program(automaton, seen) if automaton.size <= self.readable_states else None
        if readable is None or readable.description_length > table.description_length:
            return table, "tables"
        return readable, "expressions"

    def _claims(
        self, program: Program, automaton: Automaton, table: QueryTable, tests: EquivalenceTests
    ) -> list[Claim]:
        box = table.box
        everything = float(box.alphabet.size) ** box.horizon
        claims: list[Claim] = [_short_claim(program, automaton, tests)]
        sequences = tests.fresh_sequences(automaton, self.fresh_tests)
        if len(sequences):
            fresh = box.ask(sequences, remember=False)
            failures = int((program.run(sequences) != fresh).any((1, 2)).sum())
            statement = f"program = model on sequences of {box.horizon} steps that it was not asked before"
            claims.append(Tested(statement, len(sequences), failures, key="program_held_out"))
        if box.ledger.contradictions:
            statement = "prefixes that the model answered in two ways"
            claims.append(Measured(statement, box.ledger.contradictions, "prefixes", 0.0, key="contradictions"))
        statement = "queries that the automaton is learnt from"
        learnt = Measured(statement, table.learnt_from, "queries", everything, key="queries_learnt_from")
        asked = Measured("queries in all, tests included", box.ledger.queries, "queries", everything, key="queries")
        return [learnt, asked, *claims]


def _refined(current: Hypothesis, table: QueryTable, tests: EquivalenceTests, tolerance: float) -> Hypothesis | None:
    """The next hypothesis after a counterexample that changes it; the same one where there is none."""
    for word in tests.counterexamples(current.automaton):
        suffix = table.separating_suffix(current, word)
        if suffix is None or suffix in table.suffixes:
            continue
        table.suffixes.append(suffix)
        after = table.hypothesis(tolerance)
        if after is None or not _same(after.automaton, current.automaton):
            return after
    return current


def _short_claim(program: Program, automaton: Automaton, tests: EquivalenceTests) -> Claim:
    """All short sequences; two machines of n and N states differ within n + N - 1 steps (Moore 1956)."""
    inputs, answers = tests.exhausted()
    wrong = int((program.run(inputs) != answers).any((1, 2)).sum())
    length = inputs.shape[1]
    if wrong:
        right = 100 * (1 - wrong / len(inputs))
        statement = f"share of all sequences of {length} steps on which program = model"
        return Measured(statement, right, "%", key="program_short")
    statement = f"program = model on all sequences of up to {length} steps"
    others = length - automaton.size + 1
    if others >= automaton.size:
        statement += f" (and no other automaton of up to {others} states is)"
    return Exhausted(statement, f"sequences of up to {length} steps", len(inputs), key="program_short")


def _same(left: Automaton, right: Automaton) -> bool:
    return np.array_equal(left.transitions, right.transitions) and np.array_equal(left.outputs, right.outputs)
