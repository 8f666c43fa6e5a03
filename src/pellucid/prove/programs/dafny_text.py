"""Programs as Dafny: a datatype of registers, one function for a step and one for its output, and the run they make.

Dafny's integers are unbounded, and its `/` and `%` mean the same as Python's where the divisor is positive. The
functions are total: where a table index or a bit is out of range they have some value, and the file proves that this
never happens.
"""

from __future__ import annotations

from ...artifacts.programs.expression import Expression, Lookup, Name, Number, Operation, conjunction
from .product import Half, Product, domain_text

_RELATED = "predicate Related(s: Program, r: Reference) {"


class NoDafny(ValueError):
    """An expression that this module does not print."""


def to_dafny(expression: Expression) -> str:
    """`expression` in Dafny, over a program state `s`, a reference state `r` and a step's input `x`.

    Raises NoDafny where a divisor is not a positive constant.
    """
    if isinstance(expression, Name):
        return _owned(expression.identifier)
    if isinstance(expression, Number):
        return str(expression.value) if expression.value >= 0 else f"({expression.value})"
    if isinstance(expression, Lookup):
        return _lookup(expression)
    assert isinstance(expression, Operation)
    if expression.operator in ("//", "%"):
        divisor = expression.operands[1]
        if not isinstance(divisor, Number) or divisor.value <= 0:
            raise NoDafny("it divides by something that is not a positive constant")
    return _applied(expression.operator, [to_dafny(operand) for operand in expression.operands])


def _lookup(lookup: Lookup) -> str:
    """Case distinctions, one axis after the other."""
    names = [f"i{k}" for k in range(len(lookup.shape))]
    indices = ", ".join(to_dafny(index) for index in lookup.indices)
    return f"(var {', '.join(names)} := {indices}; {_cases(lookup.table, lookup.shape, names)})"


def _owned(name: str) -> str:
    """A register or input as a field of the state or step that it belongs to."""
    owners = {"left_": "s.", "right_": "r.", "in_": "x."}
    return next(owner for prefix, owner in owners.items() if name.startswith(prefix)) + name


def _applied(operator: str, parts: list[str]) -> str:
    """An operator of programs between Dafny's texts."""
    special = {"if": "(if {} then {} else {})", "int": "(if {} then 1 else 0)", "negate": "(-{})", "not": "(!{})"}
    if operator in special:
        return special[operator].format(*parts)
    calls = {"min": "Min", "max": "Max", "abs": "Abs", "&": "BitAnd", "|": "BitOr", "^": "BitXor"}
    if operator in calls:
        return f"{calls[operator]}({', '.join(parts)})"
    infix = {"//": "/", "and": "&&", "or": "||"}.get(operator, operator)
    return f"({parts[0]} {infix} {parts[1]})"


def input_text(product: Product) -> str:
    """The type of a step's inputs and their domain."""
    fields = ", ".join(f"{i.name}: int" for i in product.inputs)
    limits = " && ".join(f"{i.low} <= x.{i.name} <= {i.high}" for i in product.inputs)
    limits += "".join(f" && x.{i.name} != {value}" for i in product.inputs for value in i.missing)
    return f"""datatype Input = Input({fields})
predicate InDomain(x: Input) {{ {limits} }}
predicate Valid(steps: seq<Input>) {{ forall i :: 0 <= i < |steps| ==> InDomain(steps[i]) }}
"""


def half_text(half: Half, side: str) -> str:
    """One program: registers, start, step, output, when a step has a value, and the outputs of a whole sequence."""
    kind, variable = {"left": ("Program", "s"), "right": ("Reference", "r")}[side]
    fields = f"({', '.join(f'{register}: int' for register in half.registers)})" if half.registers else ""
    start = f"({', '.join(map(str, half.initial))})" if half.registers else ""
    new = ",\n    ".join(to_dafny(update) for update in half.updates)
    (output,) = half.outputs
    return f"""datatype {kind} = {kind}{fields}
function {kind}Start(): {kind} {{ {kind}{start} }}
function {kind}Step({variable}: {kind}, x: Input): {kind} {{
  {kind}{f"({new})" if half.registers else ""}
}}
function {kind}Out({variable}: {kind}, x: Input): int {{
  {to_dafny(output)}
}}
predicate {kind}Defined({variable}: {kind}, x: Input) {{
  {to_dafny(conjunction(*half.defined))}
}}
function {kind}Run({variable}: {kind}, steps: seq<Input>): seq<int>
  ensures |{kind}Run({variable}, steps)| == |steps|
  decreases |steps|
{{
  if |steps| == 0 then []
  else [{kind}Out({variable}, steps[0])] + {kind}Run({kind}Step({variable}, steps[0]), steps[1..])
}}
"""


def equivalence_text(relation: str) -> str:
    """That program and reference give the same outputs, by the relation between their registers."""
    return f"""// What relates the registers of both before each step.
{_RELATED}
  {relation}
}}

lemma SameStep(s: Program, r: Reference, x: Input)
  requires Related(s, r) && InDomain(x)
  ensures ProgramOut(s, x) == ReferenceOut(r, x)
  ensures Related(ProgramStep(s, x), ReferenceStep(r, x))
  ensures ProgramDefined(s, x)
{{
}}

lemma Same(s: Program, r: Reference, steps: seq<Input>)
  requires Related(s, r) && Valid(steps)
  ensures ProgramRun(s, steps) == ReferenceRun(r, steps)
  decreases |steps|
{{
  if |steps| > 0 {{
    SameStep(s, r, steps[0]);
    Same(ProgramStep(s, steps[0]), ReferenceStep(r, steps[0]), steps[1..]);
  }}
}}
"""


def helper_text() -> str:
    """The functions that `to_dafny` calls."""
    return """function Min(a: int, b: int): int { if a <= b then a else b }
function Max(a: int, b: int): int { if a >= b then a else b }
function Abs(a: int): int { if a >= 0 then a else -a }
function BitAnd(a: int, b: int): int { if a == 1 && b == 1 then 1 else 0 }
function BitOr(a: int, b: int): int { if a == 1 || b == 1 then 1 else 0 }
function BitXor(a: int, b: int): int { if a == b then 0 else 1 }
"""


def loop_text() -> str:
    """The theorem itself: the program as a loop, each of whose outputs is right."""
    return """// The theorem: the program, as a loop over its steps.
ghost method Run(steps: seq<Input>) returns (out: seq<int>)
  requires Valid(steps)
  ensures |out| == |steps|
  ensures forall i :: 0 <= i < |steps| ==> Holds(steps, i, out[i])
{
  var s := ProgramStart();
  out := [];
  var i := 0;
  while i < |steps|
    invariant 0 <= i <= |steps| && |out| == i
    invariant ProgramRun(ProgramStart(), steps) == out + ProgramRun(s, steps[i..])
  {
    assert steps[i..][1..] == steps[i + 1..];
    out := out + [ProgramOut(s, steps[i])];
    s := ProgramStep(s, steps[i]);
    i := i + 1;
  }
  assert out == ProgramRun(ProgramStart(), steps);
  Same(ProgramStart(), ReferenceStart(), steps);
  ReferenceHolds(steps);
}
"""


def theorem_text(product: Product, theorem: str, relation: str, statement: str) -> str:
    """The Dafny file: a function of both programs, the theorem's text and the relation, and of nothing else."""
    return f"""// {" ".join(statement.split())}
// Domain: {domain_text(product)}.

{input_text(product)}
{helper_text()}
// ---- the program
{half_text(product.left, "left")}
// ---- the reference
{half_text(product.right, "right")}
// ---- what is right, and that the reference is
{theorem}
// ---- the program and the reference agree
{equivalence_text(relation)}
{loop_text()}"""


def relation_of(text: str) -> str:
    """The relation in a file that `theorem_text` wrote; raises ValueError where there is none, or more than that."""
    start = text.find(f"\n{_RELATED}\n  ")
    body = text[start:].split("\n")[2].strip() if start >= 0 else ""
    if not body or set(body) & set("{}"):
        raise ValueError("the file defines no relation between program and reference")
    return body


def _cases(table: tuple[int, ...], shape: tuple[int, ...], names: list[str]) -> str:
    if len(set(table)) == 1:
        return str(table[0]) if table[0] >= 0 else f"({table[0]})"
    width = len(table) // shape[0]
    rows = [_cases(table[i * width : (i + 1) * width], shape[1:], names[1:]) for i in range(shape[0])]
    commonest = max(rows, key=rows.count)
    text = commonest
    for row in dict.fromkeys(rows):
        if row != commonest:
            test = " || ".join(f"{names[0]} == {i}" for i in range(len(rows)) if rows[i] == row)
            text = f"(if {test} then {row} else {text})"
    return text
