"""The register route: integers updated each step, s' = e(s, x), from which the outputs follow.

Updates are enumerated, shortest first, and run on the data; those are kept for which the output is a function of the
registers and the input (the registers are a *sufficient* state), and the output is then synthesised from them. Single
registers come first, then sets of them, then pairs in which the second register reads the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....artifacts.programs.expression import Expression, Name, apply, evaluate, substitute
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ..candidates import Candidate
from ..observations import Observations
from ..synthesis.outputs import all_or_none, name_after, output_expression
from ..synthesis.synthesiser import Synthesiser
from ..wording.naming import name_registers
from .register_updates import linked_updates, updates


class Traced(NamedTuple):
    """A register that was run: before and after each step, at every step of every sequence."""

    name: str
    initial: int
    update: Expression
    before: NDArray[np.int64]
    after: NDArray[np.int64]


@dataclass(frozen=True)
class Registers:
    """Propose programs with one, two or a few integer registers.

    The work is bounded by counts, not by time, so that the same data always give the same programs.
    """

    largest_update: int = 7
    """Nodes of an update that is enumerated."""
    pool: int = 4000
    """Updates that are enumerated at most."""
    probes: int = 150
    """Sequences that registers are run over before the output is looked for."""
    runs: int = 20_000
    """Registers that may be run over the probes: a bound on the work that does not depend on the machine."""
    most_found: int = 3
    tries: int = 16
    """Groups of registers for which an output is looked for."""
    largest_value: int = 10**9
    """A register that grows beyond this is given up."""
    largest_shared: int = 5
    """Nodes of an update that may stand in a group of registers."""
    grouped: int = 400
    """Different registers that groups are made of."""
    single_share: float = 0.6
    """The share of the runs that single registers may take, before groups are tried."""
    repeated: float = 0.6
    """Different rows, as a share of all, at which agreement still means something: rows that never repeat agree."""

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]:
        search = _Search(self, observations, generator)
        found: list[Candidate] = []
        tries = self.tries
        for group in search.sufficient():
            room = search.room(group)
            if room < 1:
                continue
            tries -= 1
            program = search.program(group, room)
            if program is not None and not search.observations.errors(program)[0]:
                found.append(Candidate(name_registers(program), "registers", None, {"registers": float(len(group))}))
            if len(found) >= self.most_found or search.left <= 0 or tries <= 0:
                break
        return found


class _Search:
    """One search over one set of observations."""

    def __init__(self, settings: Registers, observations: Observations, generator: np.random.Generator) -> None:
        self.settings = settings
        self.observations = observations
        self.probe = observations.first(settings.probes)
        self.generator = generator
        self.left = settings.runs
        self.constants = observations.constants()
        states = _period(observations)
        self.constants = tuple(sorted({*self.constants, *states}))
        self.target = _labels(self.probe)

    def room(self, group: list[Traced]) -> int:
        """Symbols that the output may have for the program to need fewer bits than the best so far."""
        symbol = np.log2(12 + len(self.observations.input_names) + len(group))
        updates = sum(traced.update.size for traced in group)
        return int(min(7, self.observations.best_bits / symbol - updates))

    def sufficient(self) -> Iterator[list[Traced]]:
        """Groups of registers that determine the output, the simplest first."""
        singles: list[Traced] = []
        for update in self._updates():
            for initial in self._initials(update):
                traced = self._run("s", initial, update, {})
                if traced is None:
                    continue
                if self._determines([traced]):
                    yield [traced]
                elif update.size <= self.settings.largest_shared:
                    singles.append(traced)
            if self.left < (1 - self.settings.single_share) * self.settings.runs:
                break
        yield from self._grown(singles)
        yield from self._linked(singles)

    def program(self, group: list[Traced], room: int) -> Program | None:
        """The program with these registers, if its outputs can be written down."""
        full = self._rerun(group, self.observations)
        if full is None:
            return None
        targets = map(self.observations.rows, np.moveaxis(self.observations.outputs, 2, 0))
        outputs = all_or_none(self._output(full, target, room) for target in targets)
        if outputs is None:
            return None
        registers = tuple(Register(t.name, t.initial, t.update) for t in full)
        return Program(self.observations.program_inputs, registers, outputs)

    def _output(self, group: list[Traced], target: NDArray[np.int64], room: int) -> Expression | None:
        """The shortest output over the registers, before or after the step, and the inputs."""
        rows = self.observations.rows
        inputs = {n: rows(self.observations.inputs[:, :, i]) for i, n in enumerate(self.observations.input_names)}
        before = {t.name: rows(t.before) for t in group}
        updates = {t.name: (t.update, rows(t.after)) for t in group}
        synthesiser = Synthesiser(constants=self.constants, largest=room, limit=20_000)
        return output_expression(inputs, before, updates, target, synthesiser)

    def _updates(self) -> Iterator[Expression]:
        """Updates of a register `s` that read it, shortest first; told apart at random values of all that they read."""
        points, alphabet = 48, self.observations.alphabet
        ranges = zip(self.observations.input_names, alphabet.low, alphabet.high, strict=True)
        columns = {name: self.generator.integers(low, high + 1, points) for name, low, high in ranges}
        columns["s"] = self.generator.integers(-4, 13, points)
        return updates(columns, self.constants, self.settings.pool, self.settings.largest_update)

    def _initials(self, update: Expression) -> tuple[int, ...]:
        high, low = self.observations.alphabet.high[0], self.observations.alphabet.low[0]
        operators = {node.operator for node in update.walk() if hasattr(node, "operator")}  # type: ignore[attr-defined]
        if operators & {"min", "max", "if"}:
            return (0, high, low) if low not in (0, high) else (0, high)
        return (0,) if operators & {"+", "-"} else (0, 1)

    def _run(
        self, name: str, initial: int, update: Expression, others: dict[str, Traced], where: Observations | None = None
    ) -> Traced | None:
        """Run a register over the sequences; None where it grows without bound or never moves."""
        observations = where or self.probe
        self.left -= 1
        count, length = observations.inputs.shape[:2]
        before = np.empty((count, length), dtype=np.int64)
        after = np.empty((count, length), dtype=np.int64)
        state = np.full(count, initial, dtype=np.int64)
        for t in range(length):
            values = {n: observations.inputs[:, t, i] for i, n in enumerate(observations.input_names)}
            values |= {other: traced.before[:, t] for other, traced in others.items()}
            values |= {name_after(other): traced.after[:, t] for other, traced in others.items()}
            before[:, t] = state
            values[name] = state
            state = np.broadcast_to(evaluate(update, values), (count,))
            if np.abs(state).max() > self.settings.largest_value:
                return None
            after[:, t] = state
        if (after == initial).all():
            return None
        return Traced(name, initial, update, before, after)

    def _rerun(self, group: list[Traced], where: Observations) -> list[Traced] | None:
        """The same registers on other sequences; those that read others come after them."""
        done: dict[str, Traced] = {}
        for traced in group:
            again = self._run(traced.name, traced.initial, traced.update, done, where)
            if again is None:
                return None
            done[traced.name] = again
        new: dict[Expression, Expression] = {Name(name_after(n)): t.update for n, t in done.items()}
        return [t._replace(update=substitute(t.update, new)) for t in done.values()]

    def _determines(self, group: Iterable[Traced]) -> bool:
        """Whether inputs and registers determine the output, on rows that repeat often enough to mean something."""
        rows = self.probe.rows
        columns = [rows(self.probe.inputs[:, :, i]) for i in range(self.probe.inputs.shape[2])]
        for use in ("after", "before"):
            keys = np.stack([*(rows(getattr(t, use)) for t in group), *(columns if use == "before" else [])], 1)
            different, wrong = _conflicts(keys, self.target)
            if wrong == 0 and different <= self.settings.repeated * len(self.target):
                return True
        return False

    def _grown(self, singles: list[Traced]) -> Iterator[list[Traced]]:
        """Sets of independent registers, grown greedily: each time the one that explains most of what is left."""
        if self.left <= 0:
            return
        pool = _different(singles)[: self.settings.grouped]
        for first in range(2 if pool else 0):
            if self.left <= 0:  # what was done with the first set has taken its share
                return
            chosen = self._chosen(pool, first)
            if chosen:
                yield chosen
        counts = self._counts()
        if counts and self._determines(counts):
            yield counts

    def _chosen(self, pool: list[Traced], first: int, most: int = 5) -> list[Traced]:
        """A set that determines the output, grown from the best register, or the second best; none if `most` do not."""
        chosen: list[Traced] = []
        for _ in range(most):
            ranked = self._ranked(pool, chosen)
            pick = ranked[0] if chosen else ranked[min(first, len(ranked) - 1)]
            if any(pick.after is one.after for one in chosen):  # only its name and update were changed
                break
            name = f"s{len(chosen) + 1}"
            chosen.append(pick._replace(name=name, update=_own(pick.update, name)))
            if self._determines(chosen):
                return chosen
        return []

    def _ranked(self, pool: list[Traced], chosen: list[Traced]) -> list[Traced]:
        """The pool, first what leaves fewest steps unexplained beside `chosen`; simple registers and few rows count."""
        rows = self.probe.rows
        known = [rows(traced.after) for traced in chosen]
        scores = []
        for traced in pool:
            different, wrong = _conflicts(np.stack([*known, rows(traced.after)], 1), self.target)
            scores.append(wrong + 0.3 * different + 0.5 * traced.update.size)
        return [pool[i] for i in np.argsort(scores, kind="stable")]

    def _counts(self) -> list[Traced]:
        """One counter for each symbol, where there are few."""
        alphabet = self.observations.alphabet
        if alphabet.width > 1 or alphabet.size > 6:
            return []
        x = Name(self.observations.input_names[0])
        counted = [
            apply("+", Name(f"n{i}"), apply("int", apply("==", x, value)))
            for i, value in enumerate(alphabet.values[:, 0].tolist())
        ]
        traced = [self._run(f"n{i}", 0, update, {}) for i, update in enumerate(counted)]
        return [t for t in traced if t is not None] if all(t is not None for t in traced) else []

    def _linked(self, singles: list[Traced]) -> Iterator[list[Traced]]:
        """Pairs in which the second register reads the first; and pairs that give the output by a comparison."""
        firsts = [t for t in _different(singles) if t.update.size <= self.settings.largest_shared][:24]
        firsts.append(self._doubling())
        pool = _different(singles)[: self.settings.grouped]
        reached = np.array([self.probe.rows(t.after) for t in pool], dtype=np.int64).reshape(-1, len(self.target))
        linked = list(linked_updates(self.observations.input_names, Name("first"), Name(name_after("first"))))
        for first in firsts:
            base = first._replace(name="first", update=_own(first.update, "first"))
            for update in linked:
                if self.left <= 0:
                    return
                traced = self._run("s", 0, update, {"first": base})
                if traced is None:
                    continue
                if self._determines([base, traced]):
                    yield [base, traced]
                for third in self._equalled(pool, reached, traced):
                    yield [base, traced, third._replace(name="third", update=_own(third.update, "third"))]

    def _equalled(self, pool: list[Traced], reached: NDArray[np.int64], traced: Traced, most: int = 2) -> list[Traced]:
        """Registers of the pool, which `reached` these values, with which `third == traced` is the output."""
        equal = (reached == self.probe.rows(traced.after)).astype(np.int64) == self.target
        return [pool[row] for row in np.flatnonzero(equal.all(1))[:most]]

    def _doubling(self) -> Traced:
        traced = self._run("s", 1, apply("*", 2, Name("s")), {})
        assert traced is not None
        return traced


def _own(update: Expression, name: str) -> Expression:
    return substitute(update, {Name("s"): Name(name)})


def _labels(observations: Observations) -> NDArray[np.int64]:
    """The outputs at labelled steps as one number for each different tuple."""
    flat = observations.outputs.reshape(-1, observations.outputs.shape[2])[observations.known]
    if flat.shape[1] == 1:
        return flat[:, 0]
    return np.unique(flat, axis=0, return_inverse=True)[1].reshape(-1)


def _conflicts(keys: NDArray[np.int64], target: NDArray[np.int64]) -> tuple[int, int]:
    """How many different rows there are, and on how many steps the first label seen for a row is contradicted."""
    code = np.zeros(len(keys), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for i in range(keys.shape[1]):
            code = code * np.uint64(0x9E3779B97F4A7C15) + keys[:, i].astype(np.uint64) + np.uint64(0x7F4A7C15)
            code ^= code >> np.uint64(29)
    _, first, inverse = np.unique(code, return_index=True, return_inverse=True)
    return len(first), int((target != target[first][inverse.reshape(-1)]).sum())


def _different(traces: list[Traced]) -> list[Traced]:
    """Each different history once, the shortest update first."""
    kept: dict[bytes, Traced] = {}
    for traced in sorted(traces, key=lambda t: t.update.size):
        kept.setdefault(traced.after.tobytes(), traced)
    return list(kept.values())


def _period(observations: Observations) -> set[int]:
    """Moduli worth trying: the number of different outputs, and small primes for divisions."""
    values = len(np.unique(observations.outputs))
    return {2, 3, 5, 7} | ({values} if values <= 32 else set())
