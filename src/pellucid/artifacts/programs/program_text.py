"""Programs as Python: a generator function a person would have written, and a script that runs by itself.

The registers of a program change all at once; Python's change one after the other. The order is chosen so that old
values are read before they are overwritten, and new values are read by name instead of being computed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import count

from .expression import Expression, Lookup, Name, Operation, substitute
from .program import Program
from .python_text import table_key, table_text, to_python

_YIELD = "yield"
_SHARED_NAMES = {"+": "total", "-": "difference", "==": "same", "*": "product", "//": "quotient", "%": "remainder"}


def function_text(program: Program) -> str:
    """The program as a Python generator over its steps, with the tables it needs as constants above it."""
    definitions, statements = _schedule(program)
    tables = _table_names(_written(definitions, statements))
    lines = [f"{name} = {table_text(table)}" for table, name in tables.items()]
    lines += [""] * bool(tables)
    lines.append(f"def {program.name}(steps):")
    if program.description:
        lines.append(f'    """{program.description}"""')
    lines += [f"    {register.name} = {register.initial}" for register in program.registers]
    lines.append(f"    for {', '.join(i.name for i in program.inputs)} in steps:")
    lines += [f"        {name} = {to_python(value, tables)}" for name, value in definitions.items()]
    for targets, expressions in statements:
        values = ", ".join(to_python(expression, tables) for expression in expressions)
        lines.append(f"        yield {values}" if targets == (_YIELD,) else f"        {', '.join(targets)} = {values}")
    return "\n".join(lines) + "\n"


def written_expressions(program: Program) -> list[Expression]:
    """Every expression of the printed program: shared definitions, updates and outputs, each once."""
    return _written(*_schedule(program))


def _written(
    definitions: dict[str, Expression], statements: list[tuple[tuple[str, ...], tuple[Expression, ...]]]
) -> list[Expression]:
    return [*definitions.values(), *(expression for _, expressions in statements for expression in expressions)]


def script_text(program: Program) -> str:
    """The program as a script: `python program.py < input`, one step a line, an empty line between sequences."""
    inputs = " ".join(i.name for i in program.inputs)
    constants, step = _reading_text(program)
    wanted = [
        f"{i.name}, one of {{', '.join({i.name.upper()})}}" if i.symbols else f"{i.name}, an integer"
        for i in program.inputs
    ]
    show = "*output" if len(program.outputs) > 1 else "output"
    if program.output_symbols:
        constants += f"OUTPUTS = {list(program.output_symbols)!r}  # what the outputs 0, 1, ... are called\n"
        show = "*(OUTPUTS[value] for value in output)" if len(program.outputs) > 1 else "OUTPUTS[output]"
    return f'''"""{program.name}: {program.describe()}

Reads one step a line ({inputs}, separated by spaces) from standard input and prints the output of each step; an empty
line starts a new sequence.
"""

import sys

{constants}{chr(10) if constants else ""}
{function_text(program)}

def read(line):
    {inputs.replace(" ", ", ")} = line.{"strip" if len(program.inputs) == 1 else "split"}()
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
        for output in {program.name}(steps):
            print({show})
        steps = []


if __name__ == "__main__":
    main()
'''


def _reading_text(program: Program) -> tuple[str, str]:
    """The constants that say what words stand for, and the expression that makes a step of the words of a line."""
    constants, values = "", []
    for given in program.inputs:
        if given.symbols:
            words = {word: given.low + i for i, word in enumerate(given.symbols)}
            constants += f"{given.name.upper()} = {words!r}  # what the words of {given.name} stand for\n"
        values.append(f"{given.name.upper()}[{given.name}]" if given.symbols else f"int({given.name})")
    return constants, ", ".join(values)


def _schedule(program: Program) -> tuple[dict[str, Expression], list[tuple[tuple[str, ...], tuple[Expression, ...]]]]:
    """Shared definitions, then statements (targets, expressions) in an order that means the same as all at once."""
    pending: dict[str, tuple[Expression, ...]] = {
        r.name: (r.update,) for r in program.registers if r.update != Name(r.name)
    }
    pending[_YIELD] = program.outputs
    definitions = _shared(program, pending)
    replace = {value: Name(name) for name, value in definitions.items()}
    pending = {name: tuple(substitute(e, replace) for e in exprs) for name, exprs in pending.items()}
    statements: list[tuple[tuple[str, ...], tuple[Expression, ...]]] = []
    while pending:
        name = _next_statement(pending)
        if name is None:  # the registers swap values: assign them together
            statements.append((tuple(pending), tuple(e[0] for e in pending.values())))
            break
        expressions = pending.pop(name)
        statements.append(((name,), expressions))
        if name != _YIELD:
            pending = {n: _reading_new(e, name, expressions[0]) for n, e in pending.items()}
    return definitions, [(targets, tuple(_unmark(e) for e in exprs)) for targets, exprs in statements]


def _next_statement(pending: dict[str, tuple[Expression, ...]]) -> str | None:
    """An update that nothing else still needs the old value of; else the yield; else None (a cycle of updates)."""
    for name, expressions in pending.items():
        if name == _YIELD:
            continue
        others = [_reading_new(e, name, expressions[0]) for n, e in pending.items() if n != name]
        if not any(name in e.names for group in others for e in group):
            return name
    return _YIELD if _YIELD in pending else None


def _reading_new(expressions: tuple[Expression, ...], name: str, value: Expression) -> tuple[Expression, ...]:
    """The expressions once `name` holds `value`: where they compute it, they read it (marked as the new value)."""
    if isinstance(value, Name):
        return expressions
    return tuple(substitute(e, {value: Name(f"{name}'")}) for e in expressions)


def _unmark(expression: Expression) -> Expression:
    return substitute(expression, {Name(n): Name(n[:-1]) for n in expression.names if n.endswith("'")})


def _shared(program: Program, pending: dict[str, tuple[Expression, ...]]) -> dict[str, Expression]:
    """Subexpressions worth a name: computed at least twice, and no register's whole update."""
    whole = {expressions[0] for name, expressions in pending.items() if name != _YIELD}
    taken = {i.name for i in program.inputs} | {r.name for r in program.registers}
    expressions = [e for group in pending.values() for e in group]
    definitions: dict[str, Expression] = {}
    while True:
        known = {w: Name(f"{_YIELD}{i}") for i, w in enumerate(whole)}  # read from a register, so not computed again
        once = [e if e in whole else substitute(e, known) for e in dict.fromkeys(expressions)]
        times = Counter(node for e in once for node in e.walk())
        worth = [n for n, k in times.items() if k > 1 and n.size >= 3 and n not in whole and n.sort == "int"]
        worth = [n for n in worth if isinstance(n, Operation) and not n.names & {k.identifier for k in known.values()}]
        if not worth:
            return definitions
        best = max(worth, key=lambda node: (times[node] - 1) * node.size)
        name = _fresh(_SHARED_NAMES.get(best.operator if isinstance(best, Operation) else "", "value"), taken)
        definitions = {n: substitute(v, {best: Name(name)}) for n, v in definitions.items()}
        definitions = {name: best, **definitions} if not _uses(best, definitions) else {**definitions, name: best}
        expressions = [substitute(e, {best: Name(name)}) for e in expressions]
        whole = {substitute(e, {best: Name(name)}) for e in whole}


def _uses(expression: Expression, definitions: dict[str, Expression]) -> bool:
    return bool(expression.names & set(definitions))


def _fresh(stem: str, taken: set[str]) -> str:
    name = stem if stem not in taken else next(n for i in count(2) if (n := f"{stem}_{i}") not in taken)
    taken.add(name)
    return name


def _table_names(expressions: Sequence[Expression]) -> dict[Lookup, str]:
    keys = dict.fromkeys(table_key(n) for e in expressions for n in e.walk() if isinstance(n, Lookup))
    return {key: "TABLE" if len(keys) == 1 else f"TABLE_{i}" for i, key in enumerate(keys, 1)}
