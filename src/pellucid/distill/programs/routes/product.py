"""Products: each output distilled by whichever route suits it, then all of them as one program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ....subjects.sequences.recurrence import Recurrence
from ..candidates import Candidate
from ..observations import Observations
from ..wording.naming import name_registers, rename_registers


def one_output(observations: Observations, index: int) -> Observations:
    """The same observations as if only one of the outputs had been asked for."""
    recurrence = observations.recurrence
    if recurrence is not None:
        recurrence = _with_output(recurrence, index)
    part = slice(index, index + 1)
    return replace(observations, outputs=observations.outputs[:, :, part], recurrence=recurrence)


def _with_output(recurrence: Recurrence, index: int) -> Recurrence:
    decode = recurrence.decode
    return replace(recurrence, decode=lambda raw: decode(raw)[:, index : index + 1], layers=None)


def product(candidates: Sequence[Candidate]) -> Candidate:
    """One program with the outputs of all `candidates`, in order; registers that move alike are kept once."""
    registers: list[Register] = []
    outputs = []
    for number, candidate in enumerate(candidates):
        program = rename_registers(
            candidate.program, {r.name: f"{r.name}{number}'" for r in candidate.program.registers}
        )
        shared = _shared(program, registers)
        program = rename_registers(program, shared)
        registers += [register for register in program.registers if register not in registers]
        outputs += program.outputs
    routes = " x ".join(dict.fromkeys(candidate.route for candidate in candidates))
    inputs = candidates[0].program.inputs
    return Candidate(name_registers(Program(inputs, tuple(registers), tuple(outputs))), f"product of {routes}")


def _shared(program: Program, known: Sequence[Register]) -> dict[str, str]:
    """Registers of `program` that are `known` under another name: same start, same update of their own."""
    names: dict[str, str] = {}
    for register in program.registers:
        for other in known:
            alike = rename_registers(program, {register.name: other.name}).registers
            if other in alike and register.name not in names:
                names[register.name] = other.name
    return names
