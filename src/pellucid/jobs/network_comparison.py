"""A network compared with what was read from it: on all short sequences, and on many far longer than its training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..artifacts.programs.automaton import Automaton
from ..artifacts.programs.network import Network
from ..artifacts.programs.program import Program
from ..core.claim import Claim, Tested
from ..core.context import Context
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..distill.programs.opened_network import network_of, recurrence_of
from ..prove.programs.exhaust import choose_length, exhaust, stepwise
from ..run.threads import one_thread
from ..subjects.sequences.recurrence import Recurrence
from ..subjects.sequences.sequences import Sequences


@dataclass(frozen=True)
class NetworkComparison:
    """How much is run. A finding says of its network what `claims` measures, and nothing more."""

    exhausted_cases: int = 1_100_000
    """Sequences that may be run to compare on every short one: 2^20 fit, some seconds' work."""
    tested_sequences: int = 100_000
    """Long random sequences: none that differs leaves at most 3 in 100,000, at 95 %."""
    times_as_long: int = 10
    """Their length, in lengths of the sequences that the network was trained on."""
    batch: int = 10_000
    """Sequences run at once, which bounds the memory."""

    def claims(self, finding: Finding[Program], recurrence: Recurrence, context: Context) -> tuple[Claim, ...]:
        """The network against the finding's automaton, or its program where it has none."""
        claims = tuple(self._compared(finding, recurrence, context))
        return measured_by("jobs.network", claims) if self == NetworkComparison() else claims

    def _compared(self, finding: Finding[Program], recurrence: Recurrence, context: Context) -> Iterator[Claim]:
        automaton = finding.parts.get("automaton")
        other = automaton if isinstance(automaton, Automaton) else finding.artifact
        word = "automaton" if other is automaton else "program"
        alphabet = recurrence.alphabet
        most = self.exhausted_cases
        length = choose_length(alphabet.size, most, recurrence.horizon) if alphabet.is_enumerable else 0
        if length:
            network = stepwise(recurrence, "network")
            statement = f"network = {word} on all {alphabet.size}^{length} inputs up to length {length}"
            reporter = context.reporter
            exhausted: Any = exhaust(
                network, stepwise(other, word), alphabet.values, length, statement=statement, reporter=reporter
            )
            yield replace(exhausted, key="network_short")
        yield self._long_test(finding.artifact, recurrence, context)

    def _long_test(self, program: Program, recurrence: Recurrence, context: Context) -> Claim:
        """Network and program on random sequences far longer than those it was trained on."""
        generator = np.random.default_rng(context.stream("long sequences"))
        length, failures = self.times_as_long * recurrence.horizon, 0
        batches = max(1, self.tested_sequences // self.batch)
        context.reporter.start(f"sequences of {length} steps", batches)
        for _ in range(batches):
            inputs = recurrence.alphabet.sample(generator, self.batch, length)
            failures += int((recurrence.run(inputs) != program.run(inputs)).any((1, 2)).sum())
            context.reporter.advance(1, f"{failures:,} differ")
        context.reporter.finish()
        statement = f"network = program on random sequences of length {length}"
        return Tested(statement, batches * self.batch, failures, key="network_long")


@measurement("jobs.network", on_data=True)
def _compared_again(evidence: Evidence) -> tuple[Claim, ...]:
    """The network is the user's own where the subject is one, else the one that the folder holds."""
    subject, finding = evidence.subject, evidence.finding
    recurrence = subject if isinstance(subject, Recurrence) else trained_network(finding, subject)
    with one_thread():
        return NetworkComparison().claims(finding, recurrence, evidence.context)


def trained_network(finding: Finding[Any], subject: Sequences) -> Recurrence:
    """The network that was trained on the sequences, as it is saved: what is compared is what the folder holds."""
    network = finding.parts["network"]
    if not isinstance(network, Network):
        raise TypeError(f"the part 'network' is a {network.kind}; give the finding of a network")
    return recurrence_of(network_of(network.weights, network.sizes), subject.alphabet, subject.length)
