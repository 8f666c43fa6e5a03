"""Names that say what a register is: carry, remainder, count, previous, ... read off its update."""

from __future__ import annotations

from collections.abc import Mapping

from ....artifacts.programs.expression import Expression, Name, Number, Operation, rename
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program


def name_registers(program: Program) -> Program:
    """The same program, its registers renamed after what their updates do."""
    inputs = {i.name for i in program.inputs}
    taken = set(inputs)
    names: dict[str, str] = {}
    for register in program.registers:
        stem = _stem(register, program, inputs)
        stem = "count" if stem.startswith("count_") and len(program.registers) == 1 else stem
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}_{number}", number + 1
        taken.add(name)
        names[register.name] = name
    return rename_registers(program, names)


def rename_registers(program: Program, names: Mapping[str, str]) -> Program:
    """The same program with its registers called `names[old]`."""
    registers = tuple(
        Register(names.get(r.name, r.name), r.initial, rename(r.update, names)) for r in program.registers
    )
    outputs = tuple(rename(output, names) for output in program.outputs)
    return Program(program.inputs, registers, outputs, program.name, program.description, program.output_symbols)


def _stem(register: Register, program: Program, inputs: set[str]) -> str:
    update, own = register.update, register.name
    if isinstance(update, Name):
        return own if own.startswith("previous") else "previous" if update.identifier in inputs else "state"
    if not isinstance(update, Operation):
        return "state"
    left = update.operands[0]
    reads_self = own in update.names
    if update.operator == "//" and reads_self:
        return "carry" if len(inputs) > 1 else "quotient"
    if update.operator == "%" and reads_self:
        return "remainder" if any(_uses(o, "//") for o in program.outputs) else "residue"
    if update.operator == "^" or (update.operator == "!=" and reads_self):
        return "parity"
    if update.operator == "max":
        return "largest"
    if update.operator == "min":
        return "smallest"
    if update.operator == "-" and isinstance(left, Number) and update.operands[1] == Name(own):
        return "phase"
    if update.operator in "+-" and reads_self:
        return _accumulator(update, own, inputs)
    return "state"


def _accumulator(update: Operation, own: str, inputs: set[str]) -> str:
    """A sum of inputs is a total; a sum of tests or of signs is a count."""
    read = update.names - {own}
    tests = [node for node in update.walk() if node.sort == "bool"]
    if tests:
        return _counted(tests[0])
    if read <= inputs and update in (Operation("+", (Name(own), Name(i))) for i in inputs):
        return "total"
    if read <= inputs and update in (Operation("+", (Name(i), Name(own))) for i in inputs):
        return "total"
    return "balance" if read <= inputs and not any(_uses(update, o) for o in ("//", "%")) else "state"


def _counted(test: Expression) -> str:
    """A counter of one symbol carries its number."""
    if isinstance(test, Operation) and test.operator == "==" and isinstance(test.operands[1], Number):
        return f"count_{test.operands[1].value}" if test.operands[1].value >= 0 else "count"
    return "count"


def _uses(expression: Expression, operator: str) -> bool:
    return any(isinstance(node, Operation) and node.operator == operator for node in expression.walk())
