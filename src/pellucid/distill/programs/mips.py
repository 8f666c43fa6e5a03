"""MIPS: a recurrent network becomes a program (arXiv 2402.05110), by routes that compete on description length.

Given labelled sequences, the smallest network that learns them is trained first; given a recurrence, it is asked. Then
every route proposes programs, and the one is kept that needs the fewest bits:

    bits(program) + bits(steps it gets wrong) + UNREAD bits for each register that the hidden states do not hold.

Nothing but the data and the network is looked at: never the task's definition.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time
from typing import Protocol

import numpy as np

from ...artifacts.programs.program import Program
from ...artifacts.programs.state_cloud import StateCloud
from ...artifacts.programs.training_curve import TrainingCurve
from ...core.artifact import Artifact
from ...core.claim import Claim, Measured, Tested
from ...core.finding import Finding
from ...core.method import Method
from ...core.provenance import Provenance
from ...core.reporter import SILENT, Reporter
from ...nets.recurrent.architecture_search import Searched, smallest_network
from ...run.threads import one_thread
from ...subjects.sequences.recurrence import Recurrence
from ...subjects.sequences.sequences import Sequences
from .description import described
from .finite_state import FiniteState
from .lattice import IntegerLattice
from .linear import Linear
from .normal_form import NormalForm
from .observations import Candidate, Observations, observe, query
from .opened_network import given_network, network_artifact, recurrence_of
from .product import one_output, product
from .reading import Reading, read_registers
from .registers import Registers
from .tidy import without_idle_registers
from .window import Window

UNREAD = 16.0
READABLE = 0.98
MOST_LABELS = 12


class NothingFound(ValueError):
    """No route found a program; the message says what was tried."""


class Route(Protocol):
    """One way from observations to programs."""

    def propose(self, observations: Observations, generator: np.random.Generator) -> list[Candidate]: ...


@dataclass(frozen=True)
class MIPS(Method[Sequences | Recurrence, Program]):
    """Distil a recurrent network into a program.

    `budget_seconds` is the CPU time the architecture search may take, `members` how many networks train side by side.
    Routes look at `looked_at` sequences; candidates are judged on `judged` others, and the claims are made on a
    `held_out` share that neither training nor routes ever saw.

    >>> import numpy as np
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
    device: str = "cpu"

    def explain(
        self,
        subject: Sequences | Recurrence,
        seed: int = 0,
        *,
        reporter: Reporter = SILENT,
        checkpoint: Path | None = None,
    ) -> Finding[Program]:
        """The shortest program that explains data and network. Raises `NothingFound`; ValueError for bad input."""
        began = process_time()
        generator = np.random.default_rng(seed)
        if isinstance(subject, Recurrence):
            opened = _Opened(
                subject, query(subject, self.judged, generator), query(subject, self.judged // 2, generator)
            )
        else:
            opened = self._trained(subject, seed, generator, reporter, checkpoint)
        trained = process_time()
        with one_thread():
            chosen = self._distilled(opened.seen, generator, reporter)
        seconds = {"training": trained - began, "distilling": process_time() - trained}
        return Finding(
            replace(described(chosen.program), output_symbols=subject.output_symbols),
            tuple(self._claims(chosen, opened)),
            Provenance("distill.MIPS", self.settings(), seed, subject.fingerprint(), chosen.route, seconds=seconds),
            parts=_parts(chosen, opened, generator),
        )

    def _trained(
        self,
        subject: Sequences,
        seed: int,
        generator: np.random.Generator,
        reporter: Reporter,
        checkpoint: Path | None,
    ) -> _Opened:
        seen, held_out = subject.split(self.held_out, generator)
        searched = smallest_network(
            seen.inputs,
            seen.outputs,
            seed=seed,
            members=self.members,
            budget_seconds=self.budget_seconds,
            mask=seen.mask,
            reporter=reporter,
            checkpoint=checkpoint,
            device=self.device,
        )
        recurrence = recurrence_of(searched.network, subject.alphabet, subject.length)
        recurrence = replace(recurrence, output_symbols=subject.output_symbols)
        return _Opened(
            recurrence, observe(seen, recurrence, self.judged), observe(held_out, recurrence, len(held_out)), searched
        )

    def _distilled(self, seen: Observations, generator: np.random.Generator, reporter: Reporter) -> Candidate:
        """The candidate of the fewest bits."""
        looked_at = seen.first(self.looked_at)
        reporter.start("distilling", len(self.routes))
        scored: list[tuple[float, int, Candidate]] = []
        for route in self.routes:
            best_bits = min((bits for bits, _, _ in scored), default=float("inf"))
            for candidate in route.propose(replace(looked_at, best_bits=best_bits), generator):
                candidate = replace(candidate, program=without_idle_registers(candidate.program))
                bits = description_bits(candidate, seen)
                scored.append((bits, len(scored), candidate))
            best = min(scored)[2].route if scored else "nothing yet"
            reporter.advance(1, f"best so far: {best}")
        reporter.finish()
        if seen.outputs.shape[2] > 1 and (together := self._product(seen, generator)) is not None:
            scored.append((description_bits(together, seen), len(scored), together))
        if not scored:
            tried = ", ".join(type(route).__name__ for route in self.routes)
            raise NothingFound(
                f"no program was found ({tried} were tried); give more sequences, a larger training budget, or a "
                "smaller alphabet"
            )
        winner = min(scored)[2]
        automata = [c.automaton for _, _, c in scored if c.automaton is not None and c.notes.get("error") == 0]
        return winner if winner.automaton is not None or not automata else replace(winner, automaton=automata[0])

    def _product(self, seen: Observations, generator: np.random.Generator) -> Candidate | None:
        """Each output by the route that suits it best; None where one of them has no program."""
        parts: list[Candidate] = []
        for index in range(seen.outputs.shape[2]):
            part = one_output(seen, index)
            found = [c for route in self.routes for c in route.propose(part.first(self.looked_at), generator)]
            if not found:
                return None
            parts.append(min(found, key=lambda candidate: description_bits(candidate, part)))
        return product(parts)

    def _claims(self, chosen: Candidate, opened: _Opened) -> list[Claim]:
        """What is known without a proof: on sequences that nothing was fitted to."""
        held_out, program = opened.held_out, chosen.program
        wrong = ((program.run(held_out.inputs) != held_out.outputs).any(2) & held_out.mask).any(1)
        name = "labels" if opened.searched is not None else "network"
        length = f"{'' if held_out.mask.all() else 'up to '}{held_out.length}"
        cases = len(held_out.inputs)
        claims: list[Claim] = [
            Tested(f"program = {name} on held-out sequences of length {length}", cases, int(wrong.sum()))
        ]
        if opened.searched is not None:
            missed = ((opened.recurrence.run(held_out.inputs) != held_out.outputs).any(2) & held_out.mask).any(1)
            claims.append(
                Tested(f"network = labels on held-out sequences of length {length}", cases, int(missed.sum()))
            )
        claims += [_reading_claim(reading) for reading in read_registers(program, held_out)]
        return claims


@dataclass(frozen=True)
class _Opened:
    """A network with what it was judged on, and what no one has looked at yet."""

    recurrence: Recurrence
    seen: Observations
    held_out: Observations
    searched: Searched | None = field(default=None)


def description_bits(candidate: Candidate, observations: Observations) -> float:
    """The bits that decide between candidates (see the head of this file)."""
    wrong, total = observations.errors(candidate.program)
    choices = max(2, len(np.unique(observations.outputs)))
    readings = read_registers(candidate.program, observations)
    unread = sum(reading.nearest < READABLE for reading in readings)
    return candidate.program.description_length + wrong * (np.log2(total) + np.log2(choices)) + UNREAD * unread


def _reading_claim(reading: Reading) -> Claim:
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
    )


def _parts(chosen: Candidate, opened: _Opened, generator: np.random.Generator) -> dict[str, Artifact]:
    """The artifacts that the program was found through."""
    parts: dict[str, Artifact] = {}
    if opened.searched is not None:
        parts["network"] = network_artifact(opened.searched.network)
        training = opened.searched.training
        if training is not None:
            parts["training"] = _curve(opened.searched)
    elif given := given_network(opened.recurrence):
        parts["network"] = given
    if chosen.automaton is not None:
        parts["automaton"] = chosen.automaton
    sample = opened.held_out.first(300)
    hidden, _ = opened.recurrence.trace(sample.inputs)
    labels, title = _state_labels(chosen.program, sample)
    flat = hidden.reshape(-1, hidden.shape[2])
    if np.isfinite(flat).all():
        parts["states"] = StateCloud.from_states(flat, labels.reshape(-1), label=title, generator=generator)
    return parts


def _state_labels(program: Program, sample: Observations) -> tuple[np.ndarray, str]:
    """The state that each hidden state stands for: the register where there is one, else a number for each tuple."""
    registers = program.trace(sample.inputs)[0][:, 1:].astype(np.int64)
    if registers.shape[2] == 1:
        return registers[:, :, 0], program.registers[0].name
    if registers.shape[2] == 0:
        return sample.outputs[:, :, 0], "output"
    flat = registers.reshape(-1, registers.shape[2])
    if len(np.unique(flat, axis=0)) > MOST_LABELS:  # a number for each tuple would say nothing
        return registers[:, :, 0], program.registers[0].name
    numbers = np.unique(flat, axis=0, return_inverse=True)[1].reshape(registers.shape[:2])
    return numbers, ", ".join(r.name for r in program.registers)


def _curve(searched: Searched) -> TrainingCurve:
    assert searched.training is not None
    history = searched.training.history
    return TrainingCurve(history.steps, history.losses, history.accuracies, searched.member)
