"""Tests of an automaton against a model that answers queries: sequences on which the two may differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Int

from ....artifacts.programs.automaton import Automaton
from ....subjects.sequences.black_box import BlackBox
from ..observations import Observations
from .query_table import Word


@dataclass
class EquivalenceTests:
    """All tests that were made, and those that come next: random ones in growing batches, then all short ones."""

    box: BlackBox
    generator: np.random.Generator
    random_tests: int
    exhaustive_tests: int
    """The most sequences of one length that are asked in full."""
    most_tried: int = 8
    """Counterexamples looked at in a round before a tolerant learner takes them for noise."""
    first_batch: int = 64
    """Sequences in the first batch; each next one is twice as large, since early hypotheses are wrong soon."""
    slip: float = 0.1
    """How often a guided sequence takes any symbol, rather than one that keeps out of states that are never left."""
    tested: list[tuple[Int[np.ndarray, "words time"], Int[np.ndarray, "words time outputs"]]] = field(
        default_factory=list
    )

    @property
    def longest(self) -> int:
        """The greatest length of which all sequences are asked."""
        size, most = self.box.alphabet.size, self.exhaustive_tests
        return max((k for k in range(1, self.box.horizon + 1) if size**k <= most), default=1)

    def counterexamples(self, automaton: Automaton) -> Iterator[Word]:
        """Shortest words on which the automaton differs from the model, a few of the first test that finds some."""
        for words, answers in self._tests(automaton):
            wrong = (automaton.run(words) != answers).any(2)
            rows = np.flatnonzero(wrong.any(1))
            if rows.size:
                first = wrong[rows].argmax(1)
                order = np.argsort(first, kind="stable")[: self.most_tried]
                yield from dict.fromkeys(tuple(words[rows[i], : first[i] + 1].tolist()) for i in order)
                return

    def observations(self) -> Observations:
        """All tests of full length, as what programs are judged on."""
        full = [pair for pair in self.tested if pair[0].shape[1] == self.box.horizon]
        words, outputs = (np.concatenate(part) for part in zip(*full, strict=True))
        inputs = self.box.alphabet.values[words]
        mask = np.ones(inputs.shape[:2], dtype=bool)
        return Observations(inputs, outputs, mask, self.box.alphabet, None, self.box.output_symbols)

    def exhausted(self) -> tuple[Int[np.ndarray, "sequences time inputs"], Int[np.ndarray, "sequences time outputs"]]:
        """All sequences of the greatest length that is asked in full, and the model's answers."""
        words = all_words(self.box.alphabet.size, self.longest)
        return self.box.alphabet.values[words], self._answered(words)[1]

    def fresh_sequences(self, automaton: Automaton, count: int) -> Int[np.ndarray, "sequences time inputs"]:
        """Different sequences of full length that were never asked: at most `count`, none where all were."""
        inputs = self.box.alphabet.values[np.unique(self._random_words(automaton, count), axis=0)]
        return inputs[~self.box.knows(inputs)]

    def _tests(
        self, automaton: Automaton
    ) -> Iterator[tuple[Int[np.ndarray, "words time"], Int[np.ndarray, "words time outputs"]]]:
        """Tests, cheapest first: those made before, random ones in growing batches, all short ones."""
        yield from list(self.tested)
        size, made = self.first_batch, 0
        while made < self.random_tests:
            size = min(size, self.random_tests - made)
            yield self._answered(self._random_words(automaton, size))
            size, made = 2 * size, made + size
        symbols = self.box.alphabet.size
        if not any(words.shape == (symbols**self.longest, self.longest) for words, _ in self.tested):
            yield self._answered(all_words(symbols, self.longest))

    def _answered(
        self, words: Int[np.ndarray, "words time"]
    ) -> tuple[Int[np.ndarray, "words time"], Int[np.ndarray, "words time outputs"]]:
        self.tested.append((words, self.box.ask(self.box.alphabet.values[words])))
        return self.tested[-1]

    def _random_words(self, automaton: Automaton, count: int) -> Int[np.ndarray, "words time"]:
        """Words of full length: half of them uniform, half of them kept out of states that are never left."""
        words = self.generator.integers(0, self.box.alphabet.size, (count, self.box.horizon))
        guided = np.arange(count) % 2 == 1
        leaving = ~(automaton.transitions == np.arange(automaton.size)[:, None]).all(1)
        state = np.zeros(count, dtype=np.int64)
        for t in range(self.box.horizon):
            kept = leaving[automaton.transitions[state]]
            draw = np.where(kept, self.generator.random(kept.shape), -1.0).argmax(1)
            follow = guided & kept.any(1) & (self.generator.random(count) >= self.slip)
            words[:, t] = np.where(follow, draw, words[:, t])
            state = automaton.transitions[state, words[:, t]]
        return words


def all_words(symbols: int, length: int) -> Int[np.ndarray, "words length"]:
    """Every word of a length, (symbols ** length, length).

    >>> all_words(2, 2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    return np.indices((symbols,) * length).reshape(length, -1).T
