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
from ..synthesis.enumeration import Bank
from ..synthesis.outputs import output_expression
from ..synthesis.synthesiser import Synthesiser
from ..synthesis.tidy import tidy
from ..wording.naming import name_registers

LARGEST = 10**9


class Traced(NamedTuple):
    """A register that was run: before and after each step, at every step of every sequence."""

    name: str
    initial: int
    update: Expression
    before: NDArray[np.int64]
    after: NDArray[np.int64]


@dataclass(frozen=True)
class Registers:
    """Propose programs with one, two or a few integer registers."""

    largest_update: int = 7
    pool: int = 4000
    probes: int = 150
    runs: int = 20_000
    """Registers that may be run over the probes: a bound on the work that does not depend on the machine."""
    most_found: int = 3
    tries: int = 16
    """Groups of registers for which an output is looked for."""

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
                elif update.size <= 5:
                    singles.append(traced)
            if self.left < 0.4 * self.settings.runs:
                break
        yield from self._grown(singles)
        yield from self._linked(singles)

    def program(self, group: list[Traced], room: int) -> Program | None:
        """The program with these registers, if its outputs can be written down."""
        full = self._rerun(group, self.observations)
        if full is None:
            return None
        outputs: list[Expression] = []
        for j in range(self.observations.outputs.shape[2]):
            target = self.observations.rows(self.observations.outputs[:, :, j])
            output = self._output(full, target, room)
            if output is None:
                return None
            outputs.append(output)
        registers = tuple(Register(t.name, t.initial, t.update) for t in full)
        return Program(self.observations.program_inputs, registers, tuple(outputs))

    def _output(self, group: list[Traced], target: NDArray[np.int64], room: int) -> Expression | None:
        """The shortest output over the registers, before or after the step, and the inputs."""
        rows = self.observations.rows
        inputs = {n: rows(self.observations.inputs[:, :, i]) for i, n in enumerate(self.observations.input_names)}
        before = {t.name: rows(t.before) for t in group}
        updates = {t.name: (t.update, rows(t.after)) for t in group}
        synthesiser = Synthesiser(constants=self.constants, largest=room, limit=20_000)
        return output_expression(inputs, before, updates, target, synthesiser)

    def _updates(self) -> Iterator[Expression]:
        """Updates of a register `s` that read it, shortest first."""
        points = 48
        draw = self.generator
        columns = {
            name: draw.integers(low, high + 1, points)
            for name, low, high in zip(
                self.observations.input_names,
                self.observations.alphabet.low,
                self.observations.alphabet.high,
                strict=True,
            )
        }
        columns["s"] = draw.integers(-4, 13, points)
        bank = Bank(columns, self.constants, limit=self.settings.pool)
        expressions: list[Expression] = []
        while bank.size < self.settings.largest_update:
            if not bank.grow():
                break
        for size in range(1, bank.size + 1):
            level = bank.levels.get(("int", size))
            rows = range(len(level)) if level else ()
            expressions += [e for row in rows if "s" in (e := bank.expression("int", size, row)).names]
        expressions += list(self._families())
        for expression in sorted(expressions, key=lambda e: e.size):
            yield tidy(expression)

    def _families(self) -> Iterator[Expression]:
        """Longer updates worth trying: (a s + b x) % k, tests counted, and saturating walks."""
        s = Name("s")
        for name in self.observations.input_names:
            x = Name(name)
            for k in self.constants:
                if k > 1:
                    for a in (1, 2, k - 1):
                        term = apply("+", s if a == 1 else apply("*", a, s), x)
                        yield apply("%", term, k)
                    yield apply("+", s, apply("int", apply("==", apply("%", x, k), 0)))
                    yield apply("+", s, apply("%", x, k))
            for value in self.constants:
                yield apply("+", s, apply("int", apply("==", x, value)))
            sign = apply("-", 1, apply("*", 2, x))
            for step in (sign, apply("-", apply("*", 2, x), 1)):
                yield apply("+", s, step)
                yield apply("if", apply("<", s, 0), s, apply("+", s, step))
        if len(self.observations.input_names) == 2:
            a, b = (Name(n) for n in self.observations.input_names)
            for k in self.constants:
                if k > 1:
                    yield apply("//", apply("+", apply("+", a, b), s), k)
                    yield apply("%", apply("+", s, apply("*", a, b)), k)
                    yield apply("%", apply("+", apply("+", a, b), s), k)

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
            values |= {f"{other}_new": traced.after[:, t] for other, traced in others.items()}
            before[:, t] = state
            values[name] = state
            state = np.broadcast_to(evaluate(update, values), (count,))
            if np.abs(state).max() > LARGEST:
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
        new: dict[Expression, Expression] = {Name(f"{n}_new"): t.update for n, t in done.items()}
        return [t._replace(update=substitute(t.update, new)) for t in done.values()]

    def _determines(self, group: Iterable[Traced]) -> bool:
        """Whether inputs and registers determine the output, on rows that repeat often enough to mean something."""
        rows = self.probe.rows
        columns = [rows(self.probe.inputs[:, :, i]) for i in range(self.probe.inputs.shape[2])]
        for use in ("after", "before"):
            keys = np.stack([*(rows(getattr(t, use)) for t in group), *(columns if use == "before" else [])], 1)
            different, wrong = _conflicts(keys, self.target)
            if wrong == 0 and different <= 0.6 * len(self.target):
                return True
        return False

    def _grown(self, singles: list[Traced]) -> Iterator[list[Traced]]:
        """Sets of independent registers, grown greedily: each time the one that explains most of what is left."""
        pool = _different(singles)[:400]
        rows = self.probe.rows
        for first in range(2):
            chosen: list[Traced] = []
            for _ in range(5):
                if self.left <= 0:
                    return
                scores = []
                for traced in pool:
                    keys = np.stack([*(rows(t.after) for t in chosen), rows(traced.after)], 1)
                    different, wrong = _conflicts(keys, self.target)
                    scores.append(wrong + 0.3 * different + 0.5 * traced.update.size)
                ranked = np.argsort(scores, kind="stable")
                pick = pool[int(ranked[min(first, len(ranked) - 1) if not chosen else 0])] if len(pool) else None
                if pick is None or pick in chosen:
                    break
                chosen.append(
                    pick._replace(name=f"s{len(chosen) + 1}", update=_own(pick.update, f"s{len(chosen) + 1}"))
                )
                if self._determines(chosen):
                    yield list(chosen)
                    break
        counts = self._counts()
        if counts and self._determines(counts):
            yield counts

    def _counts(self) -> list[Traced]:
        """One counter for each symbol, where there are few."""
        alphabet = self.observations.alphabet
        if alphabet.width > 1 or alphabet.size > 6:
            return []
        x = Name(self.observations.input_names[0])
        updates = [
            apply("+", Name(f"n{v}"), apply("int", apply("==", x, v)))
            for v in range(alphabet.low[0], alphabet.high[0] + 1)
        ]
        traced = [self._run(f"n{i}", 0, update, {}) for i, update in enumerate(updates)]
        return [t for t in traced if t is not None] if all(t is not None for t in traced) else []

    def _linked(self, singles: list[Traced]) -> Iterator[list[Traced]]:
        """Pairs in which the second register reads the first; and pairs that give the output by a comparison."""
        firsts = [t for t in _different(singles) if t.update.size <= 5][:24]
        firsts.append(self._doubling())
        pool = _different(singles)[:400]
        reached = np.stack([self.probe.rows(t.after) for t in pool]) if pool else np.zeros((0, len(self.target)))
        for first in firsts:
            base = first._replace(name="first", update=_own(first.update, "first"))
            others = {"first": base}
            for update in self._linked_updates():
                if self.left <= 0:
                    return
                traced = self._run("s", 0, update, others)
                if traced is None:
                    continue
                if self._determines([base, traced]):
                    yield [base, traced]
                equal = (reached == self.probe.rows(traced.after)).astype(np.int64) == self.target
                for row in np.flatnonzero(equal.all(1))[:2]:  # the output is `third == second`
                    third = pool[row]._replace(name="third", update=_own(pool[row].update, "third"))
                    yield [base, traced, third]

    def _doubling(self) -> Traced:
        traced = self._run("s", 1, apply("*", 2, Name("s")), {})
        assert traced is not None
        return traced

    def _linked_updates(self) -> Iterator[Expression]:
        s, first, new = Name("s"), Name("first"), Name("first_new")
        for name in self.observations.input_names:
            x = Name(name)
            yield apply("+", s, first)
            yield apply("+", s, new)
            yield apply("min", s, new)
            yield apply("max", s, new)
            yield apply("+", s, apply("*", first, x))
            yield apply("+", s, apply("*", new, x))
            yield apply("^", s, apply("int", apply("==", new, 0)))
            yield apply("if", apply("<", new, 0), 1, s)
            yield apply("if", apply(">", new, 0), 1, s)


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
