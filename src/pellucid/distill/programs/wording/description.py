"""What a program does, in one line, inferred from its registers: the docstring of the program that is printed."""

from __future__ import annotations

from dataclasses import replace

from ....artifacts.programs.expression import Expression, Name, Number, Operation
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ....artifacts.programs.python_text import to_python

LONGEST = 100


def with_description(program: Program) -> Program:
    """The same program with a description, unless it has one."""
    return program if program.description else replace(program, description=describe(program))


def describe(program: Program) -> str:
    """One sentence: what is kept from step to step.

    >>> from pellucid.artifacts import read_program
    >>> source = "def f(steps):\\n  total = 0\\n  for x in steps:\\n    total += x\\n    yield total % 3"
    >>> describe(read_program(source, [(0, 2)]))
    'Keeps the sum of x so far (total).'
    """
    if not program.registers:
        return "Keeps nothing: each output follows from the input of its step."
    parts = [f"{_meaning(register, program)} ({register.name})" for register in program.registers]
    text = f"Keeps {', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"Keeps {parts[0]}."
    if len(text) > LONGEST:
        text = f"Keeps {len(parts)} numbers: {', '.join(register.name for register in program.registers)}."
    return text


def _meaning(register: Register, program: Program) -> str:
    """What the value is, where the update says so."""
    update, own = register.update, Name(register.name)
    inputs = {i.name for i in program.inputs}
    if isinstance(update, Name):
        return _delayed(register, program, inputs)
    if not isinstance(update, Operation):
        return "a number"
    others = [operand for operand in update.operands if operand != own]
    if own not in update.operands or len(others) != 1:
        return _wrapped(update, register.name)
    other = others[0]
    text = to_python(other)
    if update.operator == "+" and isinstance(other, Operation) and other.operator == "int":
        return f"how often {to_python(other.operands[0])} so far"
    if update.operator == "+" and isinstance(other, Name):
        return f"the sum of {text} so far"
    if update.operator == "^" and isinstance(other, Name):
        return f"the parity of {text} so far"
    if update.operator in ("min", "max") and isinstance(other, Name):
        return f"the {'smallest' if update.operator == 'min' else 'largest'} {text} so far"
    return _wrapped(update, register.name)


def _delayed(register: Register, program: Program, inputs: set[str]) -> str:
    """The input that a line of delays holds."""
    updates = {r.name: r.update for r in program.registers}
    source: Expression = register.update
    steps = 1
    while isinstance(source, Name) and source.identifier not in inputs and steps <= len(updates):
        source = updates[source.identifier]
        steps += 1
    if not (isinstance(source, Name) and source.identifier in inputs):
        return "a number"
    back = "before" if steps == 1 else f"{steps} steps back"
    return f"the {source.identifier} {back}"


def _wrapped(update: Operation, name: str) -> str:
    """Numbers that stay within a modulus, or move by division."""
    divisor = update.operands[-1]
    if update.operator == "%" and isinstance(divisor, Number):
        return f"a number modulo {divisor.value}"
    if update.operator == "//" and isinstance(divisor, Number) and name == "carry":
        return f"what carries over in base {divisor.value}"
    return "a number"
