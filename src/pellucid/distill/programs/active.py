"""Active learning: an automaton from queries alone, for models whose states cannot be looked at.

    s ~ s'   if   answers(s e) = answers(s' e)  for all suffixes e in E with |e| <= horizon - max(|s|, |s'|)

This is Angluin's L* (1987) for Mealy machines, with suffixes from counterexamples only (Rivest and Schapire 1993), and
bounded by a horizon: nothing longer is ever asked, since networks drift beyond the lengths they were trained on, and
plain L* then learns the drift. Learning from recurrent networks by queries: Weiss, Goldberg and Yahav, arXiv
1711.09576, who bound the search by an abstraction of the hidden states instead; here there are none to see.

`tolerance` is the share of answers in which two rows may differ and still be the same state.

Cost: O(states * symbols * suffixes) queries to learn, log2(horizon) for each counterexample, the rest to test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.program import Program
from ...core.claim import Claim, Exhausted, Measured, Tested
from ...core.finding import Finding
from ...core.method import Method
from ...core.provenance import Provenance
from ...core.reporter import SILENT, Reporter
from ...run.threads import one_thread
from ...subjects.sequences.black_box import BlackBox, black_box_of
from ...subjects.sequences.recurrence import Recurrence
from .finite_state import automaton_program, with_voted_outputs
from .mips import NothingFound
from .observations import Observations

Word = tuple[int, ...]
"""Indices of symbols."""

UNKNOWN = np.iinfo(np.int64).min
READABLE_STATES = 24
TRIED = 8
"""Counterexamples looked at in a round before a tolerant learner takes them for noise."""
FIRST_BATCH = 64
SLIP = 0.1
"""How often a guided test word takes any symbol, rather than one that keeps out of states that are never left."""


@dataclass(frozen=True)
class ActiveAutomaton(Method[BlackBox | Recurrence, Program]):
    """Learn the smallest automaton that answers as a model does, within its horizon, by asking it.

    Of the automata found at each of `tolerances` the one of the fewest bits is taken: its own, and those of the answers
    it gets wrong. One that no test contradicts, and small enough for the tests to rule out any other, ends the search.
    `random_tests` sequences of full length, and all sequences of the greatest length of which there are at most
    `exhaustive_tests`, look for counterexamples; `fresh_tests` others, never asked before, judge the result. With a
    tolerance, rows begin with `continuations` random suffixes.

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

    def __post_init__(self) -> None:
        for name in ("most_states", "most_symbols", "most_rounds", "random_tests", "exhaustive_tests", "fresh_tests"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)!r} is too few; give 1 or more")
        if not self.tolerances or not all(0 <= tolerance < 1 for tolerance in self.tolerances):
            raise ValueError(f"tolerances={self.tolerances!r} are no shares; give some, each from 0 to below 1")

    def explain(
        self,
        subject: BlackBox | Recurrence,
        seed: int = 0,
        *,
        reporter: Reporter = SILENT,
        checkpoint: Path | None = None,
    ) -> Finding[Program]:
        """The automaton as a program: expressions over a state number where some are found, tables otherwise.

        The model is asked afresh: nothing that `subject` remembers is used, so that queries are counted the same way
        each time. `checkpoint` is not used. Raises `NothingFound` where no automaton of `most_states` closes within
        the horizon; ValueError for an alphabet that is too large.
        """
        began = process_time()
        if subject.alphabet.size > self.most_symbols:
            raise ValueError(
                f"the alphabet has {subject.alphabet.size:,} symbols, more than most_symbols={self.most_symbols}; "
                "narrow it, or raise most_symbols"
            )
        with one_thread():
            box = subject.fresh() if isinstance(subject, BlackBox) else black_box_of(subject)
            learner = _Learner(box, self, np.random.default_rng(seed))
            learnt = self._best(learner, reporter)
            learnt_at = process_time()
            program, route = self._program(learnt, learner)
            program = replace(program, output_symbols=box.output_symbols)
            claims = self._claims(program, learnt, learner)
        seconds = {"asking": learnt_at - began, "writing": process_time() - learnt_at}
        name = "distill.ActiveAutomaton"
        provenance = Provenance(name, self.settings(), seed, subject.fingerprint(), route, seconds=seconds)
        return Finding(program, tuple(claims), provenance, parts={"automaton": learnt})

    def _best(self, learner: _Learner, reporter: Reporter) -> Automaton:
        """The automaton of the fewest bits, or the first that the tests leave no other of its size beside."""
        found: list[tuple[float, int, Automaton]] = []
        for number, tolerance in enumerate(self.tolerances):
            automaton = learner.learn(tolerance, reporter)
            if automaton is None:
                continue
            seen = learner.observations()
            if tolerance:
                automaton = with_voted_outputs(automaton, seen)
            automaton = automaton.minimised()
            program = automaton.to_program(seen.program_inputs)
            wrong, total = seen.errors(program)
            bits = np.log2(total) + np.log2(max(2, len(np.unique(seen.outputs))))
            found.append((program.description_length + wrong * bits, number, automaton))
            if wrong == 0 and learner.longest + 1 >= 2 * automaton.size:
                break  # the exhaustive tests left no other automaton of this size
        if not found:
            raise NothingFound(
                f"no automaton of at most {self.most_states} states closes within horizon={learner.box.horizon} at "
                f"tolerances {self.tolerances}: {learner.trouble}; raise the horizon, most_states or a tolerance, "
                "or use a method for models that count"
            )
        return min(found)[2]

    def _program(self, automaton: Automaton, learner: _Learner) -> tuple[Program, str]:
        seen = learner.observations()
        table = automaton.to_program(seen.program_inputs)
        readable = automaton_program(automaton, seen, "state") if automaton.size <= READABLE_STATES else None
        if readable is None or readable.description_length > table.description_length:
            return table, "tables"
        return readable, "expressions"

    def _claims(self, program: Program, automaton: Automaton, learner: _Learner) -> list[Claim]:
        box, everything = learner.box, float(learner.symbols) ** learner.box.horizon
        tests: list[Claim] = [self._short_claim(program, automaton, learner)]
        words = learner.fresh_words(automaton, self.fresh_tests)
        if len(words):
            fresh = box.ask(words, remember=False)
            failures = int((program.run(words) != fresh).any((1, 2)).sum())
            statement = f"program = model on sequences of {box.horizon} steps that it was not asked before"
            tests.append(Tested(statement, len(words), failures))
        if box.ledger.contradictions:
            statement = "prefixes that the model answered in two ways"
            tests.append(Measured(statement, box.ledger.contradictions, "prefixes", 0.0))
        learnt = Measured("queries that the automaton is learnt from", learner.learnt_from, "queries", everything)
        return [learnt, Measured("queries in all, tests included", box.ledger.queries, "queries", everything), *tests]

    def _short_claim(self, program: Program, automaton: Automaton, learner: _Learner) -> Claim:
        """All short sequences; two machines of n and N states differ within n + N - 1 steps (Moore 1956)."""
        inputs, answers = learner.exhausted()
        wrong = int((program.run(inputs) != answers).any((1, 2)).sum())
        length = inputs.shape[1]
        statement = f"program = model on all sequences of up to {length} steps"
        if wrong:
            right = 100 * (1 - wrong / len(inputs))
            return Measured(f"share of all sequences of {length} steps on which program = model", right, "%")
        others = length - automaton.size + 1
        if others >= automaton.size:
            statement += f" (and no other automaton of up to {others} states is)"
        return Exhausted(statement, f"sequences of up to {length} steps", len(inputs))


@dataclass
class _Hypothesis:
    """An automaton with the shortest word that leads to each of its states."""

    automaton: Automaton
    access: list[Word]


@dataclass
class _Learner:
    """The table of answers: rows of access words, one entry for each suffix; and all tests made so far."""

    box: BlackBox
    options: ActiveAutomaton
    generator: np.random.Generator
    suffixes: list[Word] = field(default_factory=list)
    rows: dict[Word, list[NDArray[np.int64]]] = field(default_factory=dict)
    tested: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=list)
    learnt_from: int = 0
    trouble: str = "nothing was tried"
    _prefixes: set[Word] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.symbols = self.box.alphabet.size
        self.longest = max(
            (k for k in range(1, self.box.horizon + 1) if self.symbols**k <= self.options.exhaustive_tests), default=1
        )

    def learn(self, tolerance: float, reporter: Reporter) -> Automaton | None:
        """Hypotheses and counterexamples in turn, until no test differs; None where no hypothesis can be made."""
        self.suffixes = [(a,) for a in range(self.symbols)]
        if tolerance:
            length = max(1, self.box.horizon - 1)
            drawn = self.generator.integers(0, self.symbols, (self.options.continuations, length))
            self.suffixes += [tuple(word) for word in drawn.tolist()]
        self.rows.clear()
        reporter.start(f"asking (tolerance {tolerance:g})", self.options.most_rounds)
        current = self._hypothesis(tolerance)
        for _ in range(self.options.most_rounds):
            if current is None:
                break
            states = current.automaton.size
            reporter.advance(1, f"{states} states, {self.box.ledger.queries:,} queries")
            refined = self._refined(current, tolerance)
            if refined is current:
                break
            current = refined
        reporter.finish()
        return None if current is None else current.automaton

    def _refined(self, current: _Hypothesis, tolerance: float) -> _Hypothesis | None:
        """The next hypothesis after a counterexample that changes it; the same one where there is none."""
        for word in self._counterexamples(current.automaton):
            suffix = self._separating(current, word)
            if suffix is None or suffix in self.suffixes:
                continue
            self.suffixes.append(suffix)
            after = self._hypothesis(tolerance)
            if after is None or not _same(after.automaton, current.automaton):
                return after
        return current

    def _hypothesis(self, tolerance: float) -> _Hypothesis | None:
        """Close the table: a state for every word whose row is new, breadth first, so that access words are shortest.

        None, with the `trouble` said, beyond `most_states`, or where a state is only reached at the horizon.
        """
        access: list[Word] = [()]
        known = [self._row(())]
        transitions: list[list[int]] = []
        for word in access:  # grows while it is walked
            if len(word) + 2 > self.box.horizon:
                self.trouble = f"a state is only reached after {len(word)} steps, so where it leads is not known"
                return None
            children = [(*word, a) for a in range(self.symbols)]
            self._fill(children)
            targets: list[int] = []
            for child in children:
                row = self._row(child)
                match = _closest(known, row, tolerance)
                if match is None:
                    match = len(access)
                    access.append(child)
                    known.append(row)
                targets.append(match)
            transitions.append(targets)
            if len(access) > self.options.most_states:
                self.trouble = f"there are over {self.options.most_states} states"
                return None
        outputs = [[self.rows[word][a][0] for a in range(self.symbols)] for word in access]
        symbols = self.box.alphabet.values
        return _Hypothesis(Automaton(np.array(transitions), np.array(outputs, dtype=np.int64), symbols), access)

    def _row(self, word: Word) -> NDArray[np.int64]:
        """Answers (steps of all suffixes, outputs) after `word`; unknown beyond the horizon."""
        self._fill([word])
        return np.concatenate(self.rows[word])

    def _fill(self, words: list[Word]) -> None:
        """Ask for every entry of these rows that is missing, all at once."""
        wanted = [(word, suffix) for word in words for suffix in self.suffixes[len(self.rows.get(word, ())) :]]
        if not wanted:
            return
        answers = self._learning([(*word, *suffix)[: self.box.horizon] for word, suffix in wanted])
        for (word, suffix), answer in zip(wanted, answers, strict=True):
            entry = np.full((len(suffix), answer.shape[1]), UNKNOWN)
            entry[: len(answer) - len(word)] = answer[len(word) :]
            self.rows.setdefault(word, []).append(entry)

    def _learning(self, words: list[Word]) -> list[NDArray[np.int64]]:
        """Ask, and count what could not be known from earlier words that were learnt from (whatever tests know)."""
        for word in sorted(words, key=len, reverse=True):
            if word not in self._prefixes:
                self.learnt_from += 1
                self._prefixes.update(word[:length] for length in range(len(word) + 1))
        return self.box.ask_words(words)

    def _separating(self, hypothesis: _Hypothesis, word: Word) -> Word | None:
        """The suffix of a counterexample at which replacing what was read by an access word changes the answer.

        Binary search (Rivest and Schapire 1993); every word asked is at most as long as the counterexample. None
        where the answer does not follow the table, which only a tolerance or a model of two answers allows.
        """

        def last(read: int) -> tuple[int, ...]:
            state = 0
            for a in word[:read]:
                state = int(hypothesis.automaton.transitions[state, a])
            return tuple(self._learning([(*hypothesis.access[state], *word[read:])])[0][-1].tolist())

        low, high = 0, len(word) - 1
        truth = last(low)
        if last(high) == truth:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if last(middle) == truth else (low, middle)
        return word[high:]

    def _counterexamples(self, automaton: Automaton) -> Iterator[Word]:
        """Shortest words on which the automaton differs from the model, a few of the first test that finds some."""
        for words, answers in self._tests(automaton):
            wrong = (automaton.run(words) != answers).any(2)
            rows = np.flatnonzero(wrong.any(1))
            if rows.size:
                first = wrong[rows].argmax(1)
                order = np.argsort(first, kind="stable")[:TRIED]
                yield from dict.fromkeys(tuple(words[rows[i], : first[i] + 1].tolist()) for i in order)
                return

    def _tests(self, automaton: Automaton) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Tests, cheapest first: those made before, random ones in growing batches, all short ones."""
        yield from list(self.tested)
        size, made = FIRST_BATCH, 0
        while made < self.options.random_tests:
            size = min(size, self.options.random_tests - made)
            yield self._tested(self._random_words(automaton, size))
            size, made = 2 * size, made + size
        if not any(words.shape == (self.symbols**self.longest, self.longest) for words, _ in self.tested):
            yield self._tested(_all_words(self.symbols, self.longest))

    def _tested(self, words: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        self.tested.append((words, self.box.ask(self.box.alphabet.values[words])))
        return self.tested[-1]

    def _random_words(self, automaton: Automaton, count: int) -> NDArray[np.int64]:
        """Words of full length: half of them uniform, half of them kept out of states that are never left."""
        words = self.generator.integers(0, self.symbols, (count, self.box.horizon))
        guided = np.arange(count) % 2 == 1
        leaving = ~(automaton.transitions == np.arange(automaton.size)[:, None]).all(1)
        state = np.zeros(count, dtype=np.int64)
        for t in range(self.box.horizon):
            kept = leaving[automaton.transitions[state]]
            draw = np.where(kept, self.generator.random(kept.shape), -1.0).argmax(1)
            follow = guided & kept.any(1) & (self.generator.random(count) >= SLIP)
            words[:, t] = np.where(follow, draw, words[:, t])
            state = automaton.transitions[state, words[:, t]]
        return words

    def observations(self) -> Observations:
        """All tests of full length, as what programs are judged on."""
        full = [pair for pair in self.tested if pair[0].shape[1] == self.box.horizon]
        words, outputs = (np.concatenate(part) for part in zip(*full, strict=True))
        inputs = self.box.alphabet.values[words]
        mask = np.ones(inputs.shape[:2], dtype=bool)
        return Observations(inputs, outputs, mask, self.box.alphabet, None, self.box.output_symbols)

    def exhausted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All sequences of the greatest length that is asked in full, and the model's answers."""
        words = _all_words(self.symbols, self.longest)
        inputs = self.box.alphabet.values[words]
        return inputs, self._tested(words)[1]

    def fresh_words(self, automaton: Automaton, count: int) -> NDArray[np.int64]:
        """Different sequences of full length that were never asked: at most `count`, none where all were."""
        inputs = self.box.alphabet.values[np.unique(self._random_words(automaton, count), axis=0)]
        return inputs[~self.box.knows(inputs)]


def _closest(known: list[NDArray[np.int64]], row: NDArray[np.int64], tolerance: float) -> int | None:
    """The earlier row that differs least from `row` where both are known, if in at most `tolerance` of the answers."""
    best, least = None, np.inf
    for number, other in enumerate(known):
        both = (other[:, 0] != UNKNOWN) & (row[:, 0] != UNKNOWN)
        share = float((other != row).any(1)[both].mean()) if both.any() else 0.0
        if share < least:
            best, least = number, share
    return best if least <= tolerance else None


def _same(left: Automaton, right: Automaton) -> bool:
    return np.array_equal(left.transitions, right.transitions) and np.array_equal(left.outputs, right.outputs)


def _all_words(symbols: int, length: int) -> NDArray[np.int64]:
    """Every word of a length, (symbols ** length, length)."""
    return np.indices((symbols,) * length).reshape(length, -1).T
