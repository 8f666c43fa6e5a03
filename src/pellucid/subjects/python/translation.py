"""A Python file as a Dafny file: every function with its contract, or none of them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from .expressions import HELPERS, Expressions, Term, Variable, dafny_name, function_name
from .kinds import LISTS, NotTranslated, in_dafny
from .module import Function, changes, read_functions
from .statements import Writer, clause_text


def translated(source: str) -> str:
    """The Dafny text of a Python text. Raises NotTranslated, a ValueError that names the line.

    >>> print(translated("def half(n: int) -> int:\\n  # ensures: 2 * result <= n\\n  return n // 2\\n"))
    function method half(n: int): int
      ensures 2 * half(n) <= n
    {
      n / 2
    }
    <BLANKLINE>
    """
    return text_of(read_functions(source))


def text_of(functions: Sequence[Function]) -> str:
    """The same of functions that were read."""
    changing = any(how in ("element", "growing") for f in functions for _, how in changes(f.body))
    reader = Expressions({f.name: f for f in functions}, {}, changing=changing)
    if changing and any(kind == "list[list[int]]" for f in functions for kind in (*f.inputs.values(), *f.results)):
        raise NotTranslated(0, "lists of lists are understood only where no list of the file is changed")
    parts = [_function(f, reader) if f.is_expression else _method(f, reader) for f in functions]
    helpers = [text for name, text in HELPERS.items() if name in reader.used]
    return "\n\n".join([*helpers, *parts]) + "\n"


def _function(function: Function, reader: Expressions) -> str:
    """A function that only chooses between results."""
    names = {name: Variable(dafny_name(name), kind) for name, kind in function.inputs.items()}
    call = f"{function_name(function.name)}({', '.join(known.text for known in names.values())})"
    inside = replace(reader, names=names)
    lines = [
        f"function method {function_name(function.name)}({_typed(names.values())}): {in_dafny(function.results[0])}"
    ]
    lines += _clauses(function, inside, (Term(call, function.results[0]),))
    return "\n".join([*lines, "{", f"  {_chosen(function, function.body, inside).text}", "}"])


def _chosen(function: Function, body: Sequence[ast.stmt], reader: Expressions) -> Term:
    """The value that a body of choices returns."""
    first, *rest = body
    if isinstance(first, ast.Return):
        assert first.value is not None
        if reader.changing and function.results[0] in LISTS and isinstance(first.value, ast.Name | ast.IfExp):
            raise NotTranslated(first, "a list that was given is returned; copy it with [:]")
        return reader.of_kind(first.value, function.results[0])
    assert isinstance(first, ast.If)
    condition = reader.truth(first.test)
    yes, no = (_chosen(function, part, reader) for part in (first.body, first.orelse or rest))
    return Term(f"if {condition.text} then {yes.within(1)} else {no.text}", yes.kind, 0)


def _method(function: Function, reader: Expressions) -> str:
    names = {n: Variable(dafny_name(n), kind, n in function.in_place) for n, kind in function.inputs.items()}
    outputs = [Variable(name, kind) for name, kind in zip(output_names(function), function.results, strict=True)]
    header = f"method {function_name(function.name)}({_typed(names.values())})"
    lines = [header + (f" returns ({_typed(outputs)})" if outputs else "")]
    contract = replace(reader, names=names)
    lines += [f"  modifies {names[name].text}" for name in sorted(function.written & function.in_place)]
    lines += _clauses(function, contract, tuple(Term(output.text, output.kind) for output in outputs))
    writer = Writer(function, contract, dict(names))
    _own_copies(function, writer)
    if writer.block(function.body) and function.results:
        raise NotTranslated(
            function.definition, f"{function.name} may end without a return; return a value on every way"
        )
    return "\n".join([*lines, "{", *writer.lines, "}"])


def output_names(function: Function) -> list[str]:
    """What Dafny calls the results of a function."""
    return ["result"] if len(function.results) == 1 else [f"result_{k}_" for k in range(len(function.results))]


def _own_copies(function: Function, writer: Writer) -> None:
    """Parameters that the function sets become variables of its own."""
    for name in sorted({n for n, how in changes(function.body) if how == "name"} & set(function.inputs)):
        known = writer.declared[name]
        if known.is_array:
            raise NotTranslated(
                function.definition, f"{name!r}, whose elements are set, becomes another list; rename it"
            )
        own = writer.declared[name] = Variable(f"{known.text}_now_", known.kind)
        writer.write(f"var {own.text} := {known.text};")
        writer.know({**writer.reader.names, name: own})


def _clauses(function: Function, reader: Expressions, result: tuple[Term, ...]) -> list[str]:
    before, after = replace(reader, in_contract=True), replace(reader, in_contract=True, result=result)
    lines = []
    for clause in function.clauses:
        text = clause_text(after if clause.word == "ensures" else before, clause.word, clause.said)
        lines.append(f"  {clause.word} {text}")
    return lines


def _typed(variables: object) -> str:
    return ", ".join(f"{v.text}: {_type(v)}" for v in variables)  # type: ignore[attr-defined]


def _type(variable: Variable) -> str:
    return in_dafny(variable.kind).replace("seq<", "array<", 1) if variable.is_array else in_dafny(variable.kind)
