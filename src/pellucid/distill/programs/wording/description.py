"""What a program does, in one line, inferred from its registers: the docstring of the program that is printed."""

from __future__ import annotations

from dataclasses import replace

from ....artifacts.programs.expression import Expression, Name, Number, Operation
from ....artifacts.programs.fold import Register
from ....artifacts.programs.program import Program
from ....artifacts.programs.python_text import to_python


def with_description(program: Program) -> Program:
    """The same program with a description, unless it has one."""
    return program if program.description else replace(program, description=describe(program))


def describe(program: Program, longest: int = 100) -> str:
    """One sentence: what is kept from step to step; only the names where that would be over `longest` characters.

    >>> from pellucid.artifacts import read_program
    >>> source = "def f(steps):\\n  total = 0\\n  for x in steps:\\n    total += x\\n    yield total % 3"
    >>> describe(read_program(source, [(0, 2)]))
    'Keeps the sum of x so far (total).'
    """
    if not program.registers:
        return "Keeps nothing: each output follows from the input of its step."
    parts = [f"{_meaning(register, program)} ({register.name})" for register in program.registers]
    text = f"Keeps {', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"Keeps {parts[0]}."
    if len(text) > longest:
        text = f"Keeps {len(parts)} numbers: {', '.join(register.name for register in program.registers)}."
    return text


def _meaning(register: Register, program: Program) -> str:
    """What the value is, where the update says so."""
    update, own = register.update, Name(register.name)
    if isinstance(update, Name):
        return _delay_meaning(register, program)
    if not isinstance(update, Operation):
        return "a number"
    others = [operand for operand in update.operands if operand != own]
    if own in update.operands and len(others) == 1 and (known := _accumulated(update.operator, others[0])):
        return known
    return _wrapped_meaning(update, register.name)


def _accumulated(operator: str, other: Expression) -> str:
    """What a register holds that is joined with `other` at each step; empty where there is no phrase for it."""
    match operator, other:
        case "+", Operation(operator="int", operands=(test,)):
            return f"how often {to_python(test)} so far"
        case "+", Name(identifier=name):
            return f"the sum of {name} so far"
        case "^", Name(identifier=name):
            return f"the parity of {name} so far"
        case "min", Name(identifier=name):
            return f"the smallest {name} so far"
        case "max", Name(identifier=name):
            return f"the largest {name} so far"
    return ""


def _delay_meaning(register: Register, program: Program) -> str:
    """The input that a line of delays holds."""
    inputs = {i.name for i in program.inputs}
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


def _wrapped_meaning(update: Operation, name: str) -> str:
    """Numbers that stay within a modulus, or move by division."""
    divisor = update.operands[-1]
    if update.operator == "%" and isinstance(divisor, Number):
        return f"a number modulo {divisor.value}"
    if update.operator == "//" and isinstance(divisor, Number) and name == "carry":
        return f"what carries over in base {divisor.value}"
    return "a number"
