"""MIPS: a recurrent network becomes a program (arXiv 2402.05110), by routes that compete on description length.

Given labelled sequences, the smallest network that learns them is trained first; given a recurrence, it is asked. Then
every route proposes programs, and the one is kept that needs the fewest bits:

    bits(program) + bits(steps it gets wrong) + UNREAD bits for each register that the hidden states do not hold.

Labels that a user gave come first: a program that gives all of them is taken before any that does not. Where no route
has one, the states of the labels themselves are merged (`routes.labelled_merging`).

Nothing but the data and the network is looked at: never the task's definition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from ...artifacts.programs.network import Network
from ...artifacts.programs.program import Program
from ...core.claim import Claim, Exhausted, Measured, Refuted, Tested
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...nets.recurrent.architecture_search import smallest_network
from ...run.threads import one_thread
from ...subjects.sequences.recurrence import Recurrence
from ...subjects.sequences.sequences import Sequences
from .candidates import Candidate, NothingFound, Route
from .observations import Observations, observe, query
from .opened_network import OpenedNetwork, network_of, recurrence_of
from .parts import parts_of
from .reading import Reading, read_registers
from .routes.finite_state import FiniteState
from .routes.integer_lattice import IntegerLattice
from .routes.labelled_merging import exact_candidates
from .routes.linear import Linear
from .routes.normal_form import NormalForm
from .routes.product import one_output, product
from .routes.registers import Registers
from .routes.window import Window
from .synthesis.tidy import without_idle_registers
from .wording.description import with_description


@dataclass(frozen=True)
class MIPS(Method[Sequences | Recurrence, Program]):
    """Distil a recurrent network into a program.

    `budget_seconds` is the CPU time the architecture search may take, `members` how many networks train side by side.
    Routes look at `looked_at` sequences; candidates are judged on `judged` others, and the claims are made on a
    `held_out` share that neither training nor routes ever saw. A register costs `unread_bits` more, about as much as
    four nodes of an expression, where the nearest known hidden state gives its value on less than a `readable` share of
    the steps: such a program computes what the network computes, but not as the network does.

    Raises `NothingFound` where no route has a program; ValueError for data that is not usable.

    >>> bits = np.random.default_rng(0).integers(0, 2, (400, 8, 1))
    >>> finding = MIPS().explain(Sequences(bits, 1 - bits))
    >>> print(finding.artifact.to_python().splitlines()[-1].strip())
    yield 1 - x
    """

    routes: tuple[Route, ...] = (FiniteState(), IntegerLattice(), Linear(), NormalForm(), Window(), Registers())
    members: int = 12
    budget_seconds: float = 120.0
    held_out: float = 0.1
    looked_at: int = 1500
    judged: int = 10_000
    unread_bits: float = 16.0
    readable: float = 0.98
    device: str = "cpu"

    def _find(self, subject: Sequences | Recurrence, context: Context) -> Found[Program]:
        """The shortest program that explains data and network."""
        generator = np.random.default_rng(context.seed)
        with context.timed("training"):
            opened, seen, held_out = self._opened(subject, generator, context)
        with context.timed("distilling"), one_thread():
            chosen = self._shortest(seen, generator, context.reporter, labelled=isinstance(subject, Sequences))
        program = replace(with_description(chosen.program), output_symbols=subject.output_symbols)
        claims = measured_by("distill.program", _claims(chosen.program, opened.recurrence, held_out, subject))
        return Found(program, claims, parts_of(chosen, opened, held_out, generator), route=chosen.route)

    def _opened(
        self, subject: Sequences | Recurrence, generator: np.random.Generator, context: Context
    ) -> tuple[OpenedNetwork, Observations, Observations]:
        """A network, what candidates are judged on, and what no one looks at before the claims are made."""
        if isinstance(subject, Recurrence):
            seen = query(subject, self.judged, generator)
            return OpenedNetwork(subject), seen, query(subject, self.judged // 2, generator)
        training, held_out = subject.split(self.held_out, generator)
        searched = smallest_network(
            training.inputs,
            training.outputs,
            seed=context.seed,
            members=self.members,
            budget_seconds=self.budget_seconds,
            mask=training.mask,
            reporter=context.reporter,
            checkpoint=context.checkpoint,
            device=self.device,
        )
        recurrence = recurrence_of(searched.network, subject.alphabet, subject.length)
        recurrence = replace(recurrence, output_symbols=subject.output_symbols)
        seen = observe(training, recurrence, self.judged)
        return OpenedNetwork(recurrence, searched), seen, observe(held_out, recurrence, len(held_out))

    def _shortest(
        self, seen: Observations, generator: np.random.Generator, reporter: Reporter, *, labelled: bool
    ) -> Candidate:
        """The candidate of the fewest bits; with the automaton of another one that is never wrong, if it has none.

        Where a user gave the labels, one that gives all of them comes before any that does not, however short.
        """
        contest = _Contest(labelled)
        self._enter_routes(contest, seen, generator, reporter)
        if seen.outputs.shape[2] > 1 and (together := self._product(seen, generator)) is not None:
            contest.enter(together, *self._bits(together.program, seen))
        if labelled and not contest.has_exact:
            for candidate in exact_candidates(seen):
                contest.enter(candidate, *self._bits(candidate.program, seen))
        if not contest.entries:
            tried = ", ".join(type(route).__name__ for route in self.routes)
            raise NothingFound(
                f"no program was found ({tried} were tried); give more sequences, a larger training budget, or a "
                "smaller alphabet"
            )
        return contest.winner_with_automaton()

    def _enter_routes(
        self, contest: _Contest, seen: Observations, generator: np.random.Generator, reporter: Reporter
    ) -> None:
        """Each route's candidates, without registers that nothing depends on; later routes know the fewest bits."""
        reporter.start("distilling", len(self.routes))
        for route in self.routes:
            looked_at = replace(seen.first(self.looked_at), best_bits=contest.fewest_bits)
            for candidate in route.propose(looked_at, generator):
                candidate = replace(candidate, program=without_idle_registers(candidate.program))
                contest.enter(candidate, *self._bits(candidate.program, seen))
            best = contest.winner.route if contest.entries else "nothing yet"
            reporter.advance(1, f"best so far: {best}")
        reporter.finish()

    def _product(self, seen: Observations, generator: np.random.Generator) -> Candidate | None:
        """Each output by the route that suits it best; None where one of them has no program."""
        parts: list[Candidate] = []
        for index in range(seen.outputs.shape[2]):
            part = one_output(seen, index)
            found = [c for route in self.routes for c in route.propose(part.first(self.looked_at), generator)]
            if not found:
                return None
            bits = [self._bits(candidate.program, part)[0] for candidate in found]
            parts.append(found[bits.index(min(bits))])
        return product(parts)

    def _bits(self, program: Program, observations: Observations) -> tuple[float, int]:
        """The bits that decide between candidates (see the head of this file), and how many steps it gets wrong."""
        wrong, total = observations.errors(program)
        choices = max(2, len(np.unique(observations.outputs)))
        readings = read_registers(program, observations)
        unread = sum(reading.nearest < self.readable for reading in readings)
        price = np.log2(total) + np.log2(choices)
        return program.description_length + wrong * price + self.unread_bits * unread, wrong


@dataclass
class _Contest:
    """Candidates, in the order in which they came, with their bits and whether they get anything wrong."""

    exact_first: bool
    entries: list[tuple[bool, float, int, Candidate]] = field(default_factory=list)

    def enter(self, candidate: Candidate, bits: float, wrong: int) -> None:
        self.entries.append((self.exact_first and wrong > 0, bits, len(self.entries), candidate))

    @property
    def has_exact(self) -> bool:
        return any(not is_wrong for is_wrong, *_ in self.entries)

    @property
    def fewest_bits(self) -> float:
        return min((bits for _, bits, _, _ in self.entries), default=float("inf"))

    @property
    def winner(self) -> Candidate:
        return min(self.entries)[-1]

    def winner_with_automaton(self) -> Candidate:
        """The winner; it borrows an automaton that is never wrong where it has none."""
        automata = [c.automaton for *_, c in self.entries if c.automaton is not None and c.notes.get("error") == 0]
        if self.winner.automaton is not None or not automata:
            return self.winner
        return replace(self.winner, automaton=automata[0])


@measurement("distill.program", on_data=True)
def _claims_again(evidence: Evidence) -> Iterator[Claim]:
    """From the subject, the program and the network that was trained: the same held-out sequences are run."""
    subject, settings = evidence.subject, evidence.finding.provenance.settings
    generator = np.random.default_rng(evidence.context.seed)
    if isinstance(subject, Recurrence):
        query(subject, int(settings["judged"]), generator)  # those that candidates were judged on
        recurrence, held_out = subject, query(subject, int(settings["judged"]) // 2, generator)
    else:
        network = evidence.the(Network)
        recurrence = recurrence_of(network_of(network.weights, network.sizes), subject.alphabet, subject.length)
        held = subject.split(float(settings["held_out"]), generator)[1]
        held_out = observe(held, recurrence, len(held))
    yield from _claims(evidence.the(Program), recurrence, held_out, subject)


def _claims(
    program: Program, recurrence: Recurrence, held_out: Observations, subject: Sequences | Recurrence
) -> Iterator[Claim]:
    """What is known without a proof: on sequences that nothing was fitted to, and on every one that was given."""
    cases, trained = len(held_out.inputs), isinstance(subject, Sequences)
    length = f"{'' if held_out.mask.all() else 'up to '}{held_out.length}"
    where = f"on held-out sequences of length {length}"
    wrong = _sequences_wrong(program.run(held_out.inputs), held_out)
    yield Tested(f"program = {'labels' if trained else 'network'} {where}", cases, wrong, key="program_held_out")
    if trained:
        missed = _sequences_wrong(recurrence.run(held_out.inputs), held_out)
        yield Tested(f"network = labels {where}", cases, missed, key="network_held_out")
    for reading in read_registers(program, held_out):
        yield _reading_claim(reading)
    if isinstance(subject, Sequences):
        yield _given_claim(program, subject)


def _given_claim(program: Program, subject: Sequences) -> Claim:
    """Every sequence that was given, for training or held out: it says nothing of others, but is owed to the user."""
    assert subject.mask is not None
    statement, outputs = "program = labels on every sequence that was given", program.run(subject.inputs)
    differs = (outputs != subject.outputs).any(2) & subject.mask
    wrong = np.flatnonzero(differs.any(1))
    if not len(wrong):
        return Exhausted(statement, "the sequences that were given", len(subject), key="program_given")
    first = int(wrong[np.argmin(differs[wrong].argmax(1))])
    step = int(differs[first].argmax())
    inputs = " ".join(",".join(map(str, row)) for row in subject.inputs[first, : step + 1].tolist())
    mine, label = (",".join(map(str, series[first, step].tolist())) for series in (outputs, subject.outputs))
    told = (
        f"{len(wrong):,} of {len(subject):,}, as sequence {first}: inputs {inputs}: program gives {mine}, label {label}"
    )
    return Refuted(statement, told, key="program_given")


def _sequences_wrong(outputs: np.ndarray, observations: Observations) -> int:
    """How many sequences have a labelled step with another output."""
    return int((((outputs != observations.outputs).any(2)) & observations.mask).any(1).sum())


def _reading_claim(reading: Reading) -> Claim:
    """How well a register is read; by an affine map where that does about as well as the nearest known state."""
    affine = reading.affine >= reading.nearest - 0.005
    how = "a rounded affine map" if affine else "the nearest known one"
    share = reading.affine if affine else reading.nearest
    error = 1.96 * float(np.sqrt(max(share * (1 - share), 1 / reading.cases) / reading.cases))
    return Measured(
        f"{reading.register} is read from the hidden state by {how}",
        100 * share,
        "% of steps",
        100 * reading.chance,
        100 * error,
        key=f"read_{reading.register}",
    )
