"""Names that say what a register is: carry, remainder, count, previous, ... read off its update."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from ....artifacts.programs.expression import Expression, Name, Number, Operation, rename
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program


def name_registers(program: Program) -> Program:
    """The same program, its registers renamed after what their updates do.

    >>> from pellucid.artifacts import read_program
    >>> source = "def f(steps):\\n  s = 0\\n  for x in steps:\\n    s = s ^ x\\n    yield s"
    >>> name_registers(read_program(source, [(0, 1)])).registers[0].name
    'parity'
    """
    inputs = {i.name for i in program.inputs}
    taken = set(inputs)
    names: dict[str, str] = {}
    for register in program.registers:
        stem = _stem(register, program, inputs)
        stem = "count" if stem.startswith("count_") and len(program.registers) == 1 else stem
        name = stem if stem not in taken else next(n for i in count(2) if (n := f"{stem}_{i}") not in taken)
        taken.add(name)
        names[register.name] = name
    return rename_registers(program, names)


def rename_registers(program: Program, names: Mapping[str, str]) -> Program:
    """The same program with its registers called `names[old]`.

    >>> from pellucid.artifacts import read_program
    >>> source = "def f(steps):\\n  s = 0\\n  for x in steps:\\n    s = s + x\\n    yield s"
    >>> rename_registers(read_program(source, [(0, 1)]), {"s": "total"}).registers[0].name
    'total'
    """
    registers = tuple(
        Register(names.get(r.name, r.name), r.initial, rename(r.update, names)) for r in program.registers
    )
    outputs = tuple(rename(output, names) for output in program.outputs)
    return Program(program.inputs, registers, outputs, program.name, program.description, program.output_symbols)


def _stem(register: Register, program: Program, inputs: set[str]) -> str:
    """One word for what the register holds."""
    update, own = register.update, register.name
    if isinstance(update, Name):
        return _delay_stem(update, own, inputs)
    if not isinstance(update, Operation):
        return "state"
    match update.operator, own in update.names:
        case (("//" | "%"), True):
            return _division_stem(update.operator, program)
        case ("^", _) | ("!=", True):
            return "parity"
        case "max", _:
            return "largest"
        case "min", _:
            return "smallest"
        case "-", _ if isinstance(update.operands[0], Number) and update.operands[1] == Name(own):
            return "phase"
        case (("+" | "-"), True):
            return _accumulator_stem(update, own, inputs)
    return "state"


def _division_stem(operator: str, program: Program) -> str:
    """What is left for the next step of a division, or of a remainder."""
    if operator == "//":
        return "carry" if len(program.inputs) > 1 else "quotient"
    return "remainder" if any(_uses(output, "//") for output in program.outputs) else "residue"


def _delay_stem(update: Name, own: str, inputs: set[str]) -> str:
    """A register that copies an input, or another register."""
    if own.startswith("previous"):
        return own
    return "previous" if update.identifier in inputs else "state"


def _accumulator_stem(update: Operation, own: str, inputs: set[str]) -> str:
    """A sum of inputs is a total; a sum of tests or of signs is a count."""
    tests = [node for node in update.walk() if node.sort == "bool"]
    if tests:
        return _count_stem(tests[0])
    if not update.names - {own} <= inputs:
        return "state"
    if update.operator == "+" and _is_name_and_input(update.operands, own, inputs):
        return "total"
    return "state" if _uses(update, "//") or _uses(update, "%") else "balance"


def _is_name_and_input(operands: tuple[Expression, ...], own: str, inputs: set[str]) -> bool:
    """Whether one operand is the register itself, the other an input."""
    names = [operand.identifier for operand in operands if isinstance(operand, Name)]
    return len(names) == 2 and own in names and bool(inputs & (set(names) - {own}))


def _count_stem(test: Expression) -> str:
    """A counter of one symbol carries its number."""
    if isinstance(test, Operation) and test.operator == "==" and isinstance(test.operands[1], Number):
        return f"count_{test.operands[1].value}" if test.operands[1].value >= 0 else "count"
    return "count"


def _uses(expression: Expression, operator: str) -> bool:
    return any(isinstance(node, Operation) and node.operator == operator for node in expression.walk())
