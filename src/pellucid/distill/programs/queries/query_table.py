"""The table of answers that an automaton is learnt from: one row for each access word, one entry for each suffix.

s ~ s'   if   answers(s e) = answers(s' e)  for all suffixes e in E with |e| <= horizon - max(|s|, |s'|)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from jaxtyping import Int

from ....artifacts.programs.automaton import Automaton
from ....subjects.sequences.black_box import BlackBox

Word = tuple[int, ...]
"""Indices of symbols."""


@dataclass
class Hypothesis:
    """An automaton with the shortest word that leads to each of its states."""

    automaton: Automaton
    access: list[Word]


@dataclass
class QueryTable:
    """Answers of `box` by access word and suffix, and the automaton that they make, of at most `most_states` states.

    >>> from pellucid.subjects import Alphabet
    >>> parity = BlackBox(lambda inputs: inputs.cumsum(1) % 2, Alphabet((0,), (1,)), horizon=8)
    >>> table = QueryTable(parity, most_states=4)
    >>> table.begin([(0,), (1,)])
    >>> table.hypothesis(tolerance=0.0).automaton.transitions.tolist()
    [[0, 1], [1, 0]]
    """

    box: BlackBox
    most_states: int
    suffixes: list[Word] = field(default_factory=list)
    rows: dict[Word, list[Int[np.ndarray, "steps outputs"]]] = field(default_factory=dict)
    learnt_from: int = 0
    """Queries whose answers could not be known from earlier words that were learnt from."""
    trouble: str = "nothing was tried"
    """Why the last table could not be closed."""
    _prefixes: set[Word] = field(default_factory=set)

    unknown: ClassVar[int] = int(np.iinfo(np.int64).min)
    """Stands for an answer beyond the horizon, which is never asked."""

    def begin(self, suffixes: list[Word]) -> None:
        """An empty table over these suffixes."""
        self.suffixes = suffixes
        self.rows.clear()

    def hypothesis(self, tolerance: float) -> Hypothesis | None:
        """Close the table: a state for every word whose row is new, breadth first, so that access words are shortest.

        `tolerance` is the share of answers in which two rows may differ and still be the same state. None, with the
        `trouble` said, beyond `most_states`, or where a state is only reached at the horizon.
        """
        symbols = self.box.alphabet.size
        access: list[Word] = [()]
        known = [self._row(())]
        transitions: list[list[int]] = []
        for word in access:  # grows while it is walked
            if len(word) + 2 > self.box.horizon:
                self.trouble = f"a state is only reached after {len(word)} steps, so where it leads is not known"
                return None
            children = [(*word, a) for a in range(symbols)]
            self._fill(children)
            targets: list[int] = []
            for child in children:
                row = self._row(child)
                match = self._closest(known, row, tolerance)
                if match is None:
                    match = len(access)
                    access.append(child)
                    known.append(row)
                targets.append(match)
            transitions.append(targets)
            if len(access) > self.most_states:
                self.trouble = f"there are over {self.most_states} states"
                return None
        outputs = np.array([[self.rows[word][a][0] for a in range(symbols)] for word in access], dtype=np.int64)
        return Hypothesis(Automaton(np.array(transitions), outputs, self.box.alphabet.values), access)

    def separating_suffix(self, hypothesis: Hypothesis, word: Word) -> Word | None:
        """The suffix of a counterexample at which replacing what was read by an access word changes the answer.

        Binary search (Rivest and Schapire 1993); every word asked is at most as long as the counterexample. None
        where the answer does not follow the table, which only a tolerance or a model of two answers allows.
        """

        def last(read: int) -> tuple[int, ...]:
            state = 0
            for a in word[:read]:
                state = int(hypothesis.automaton.transitions[state, a])
            return tuple(self._ask([(*hypothesis.access[state], *word[read:])])[0][-1].tolist())

        low, high = 0, len(word) - 1
        truth = last(low)
        if last(high) == truth:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if last(middle) == truth else (low, middle)
        return word[high:]

    def _row(self, word: Word) -> Int[np.ndarray, "steps outputs"]:
        """Answers (steps of all suffixes, outputs) after `word`; unknown beyond the horizon."""
        self._fill([word])
        return np.concatenate(self.rows[word])

    def _fill(self, words: list[Word]) -> None:
        """Ask for every entry of these rows that is missing, all at once."""
        wanted = [(word, suffix) for word in words for suffix in self.suffixes[len(self.rows.get(word, ())) :]]
        if not wanted:
            return
        answers = self._ask([(*word, *suffix)[: self.box.horizon] for word, suffix in wanted])
        for (word, suffix), answer in zip(wanted, answers, strict=True):
            entry = np.full((len(suffix), answer.shape[1]), self.unknown)
            entry[: len(answer) - len(word)] = answer[len(word) :]
            self.rows.setdefault(word, []).append(entry)

    def _ask(self, words: list[Word]) -> list[Int[np.ndarray, "steps outputs"]]:
        """Ask, and count what could not be known from earlier words that were learnt from (whatever tests know)."""
        for word in sorted(words, key=len, reverse=True):
            if word not in self._prefixes:
                self.learnt_from += 1
                self._prefixes.update(word[:length] for length in range(len(word) + 1))
        return self.box.ask_words(words)

    def _closest(
        self, known: list[Int[np.ndarray, "steps outputs"]], row: Int[np.ndarray, "steps outputs"], tolerance: float
    ) -> int | None:
        """The earlier row that differs least where both are known, if in at most `tolerance` of the answers."""
        best, least = None, np.inf
        for number, other in enumerate(known):
            both = (other[:, 0] != self.unknown) & (row[:, 0] != self.unknown)
            share = float((other != row).any(1)[both].mean()) if both.any() else 0.0
            if share < least:
                best, least = number, share
        return best if least <= tolerance else None
