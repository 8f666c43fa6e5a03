"""Folds as Python: a generator function a person would have written, and a script that runs by itself."""

from __future__ import annotations

from collections.abc import Sequence

from .expression import Expression, Lookup
from .fold import Fold
from .python_text import table_key, table_text, to_python
from .schedule import Statement, schedule


def function_text(fold: Fold) -> str:
    """The fold as a Python generator over its steps, with the tables it needs as constants above it.

    >>> from .expression import Name
    >>> from .fold import Input
    >>> print(function_text(Fold((Input("x", 0, 1),), (), (Lookup((1, 0), (2,), (Name("x"),)),), "flip")))
    TABLE = (1, 0)
    <BLANKLINE>
    def flip(steps):
        for x in steps:
            yield TABLE[x]
    <BLANKLINE>
    """
    written = schedule(fold)
    tables = _table_names(written.expressions)
    lines = [f"{name} = {table_text(table)}" for table, name in tables.items()]
    lines += [""] * bool(tables)
    lines.append(f"def {fold.name}(steps):")
    if fold.description:
        lines.append(f'    """{_quoted(fold.description)}"""')
    lines += [f"    {register.name} = {register.initial}" for register in fold.registers]
    lines.append(f"    for {', '.join(i.name for i in fold.inputs)} in steps:")
    lines += [f"        {name} = {to_python(value, tables)}" for name, value in written.definitions.items()]
    lines += [f"        {_statement_text(statement, tables)}" for statement in written.statements]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text between three quotation marks, which it cannot end."""
    if '"""' not in text and "\\" not in text and not text.endswith('"'):
        return text
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _statement_text(statement: Statement, tables: dict[Lookup, str]) -> str:
    values = ", ".join(to_python(value, tables) for value in statement.values)
    return f"{', '.join(statement.targets)} = {values}" if statement.targets else f"yield {values}"


def script_text(fold: Fold) -> str:
    """The program as a script: `python program.py < input`, one step a line, an empty line between sequences."""
    inputs = " ".join(i.name for i in fold.inputs)
    constants, step = _reading_text(fold)
    wanted = [
        f"{i.name}, one of {{', '.join({i.name.upper()})}}" if i.symbols else f"{i.name}, an integer"
        for i in fold.inputs
    ]
    show = "*output" if len(fold.outputs) > 1 else "output"
    if fold.output_symbols:
        constants += f"OUTPUTS = {list(fold.output_symbols)!r}  # what the outputs 0, 1, ... are called\n"
        show = "*(OUTPUTS[value] for value in output)" if len(fold.outputs) > 1 else "OUTPUTS[output]"
    return f'''"""{fold.name}: {_quoted(fold.describe())}

Reads one step a line ({inputs}, separated by spaces) from standard input and prints the output of each step; an empty
line starts a new sequence.
"""

import sys

{constants}{chr(10) if constants else ""}
{function_text(fold)}

def read(line):
    {inputs.replace(" ", ", ")} = line.{"strip" if len(fold.inputs) == 1 else "split"}()
    return {step}


def main():
    steps = []
    for number, line in enumerate([*sys.stdin, ""], 1):
        if line.strip():
            try:
                steps.append(read(line))
            except (KeyError, ValueError):
                sys.exit(f"line {{number}} is {{line.strip()!r}}; give {" and ".join(wanted)}")
            continue
        for output in {fold.name}(steps):
            print({show})
        steps = []


if __name__ == "__main__":
    main()
'''


def _reading_text(fold: Fold) -> tuple[str, str]:
    """The constants that say what words stand for, and the expression that makes a step of the words of a line."""
    constants, values = "", []
    for given in fold.inputs:
        if given.symbols:
            words = {word: given.low + i for i, word in enumerate(given.symbols)}
            constants += f"{given.name.upper()} = {words!r}  # what the words of {given.name} stand for\n"
        values.append(f"{given.name.upper()}[{given.name}]" if given.symbols else f"int({given.name})")
    return constants, ", ".join(values)


def _table_names(expressions: Sequence[Expression]) -> dict[Lookup, str]:
    keys = dict.fromkeys(table_key(n) for e in expressions for n in e.walk() if isinstance(n, Lookup))
    return {key: "TABLE" if len(keys) == 1 else f"TABLE_{i}" for i, key in enumerate(keys, 1)}
