"""Theorems: what outputs should be, said without any program, each with a reference fold and the proof that it obeys.

In Dafny a theorem is a predicate `Holds(steps, i, y)`, "y is the right output after step i", and a lemma
`ReferenceHolds` about the fold here. A program then only has to be related to that fold, whatever its registers are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...artifacts.programs.fold import Input
from ...artifacts.programs.program import Program, read_program


@dataclass(frozen=True)
class Theorem:
    """One of `FAMILIES`, with its number: a base, a modulus, a window, a distance, or a starting value.

    >>> Theorem("sum_mod", 3).statement
    'out = sum of the inputs so far, modulo 3'
    """

    family: str
    number: int = 0

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"theorem {self.family!r} is unknown; use one of {', '.join(sorted(FAMILIES))}")
        if self.number < FAMILIES[self.family].smallest:
            raise ValueError(
                f"number={self.number} is too small for {self.family}; give {FAMILIES[self.family].smallest} or more"
            )

    @property
    def statement(self) -> str:
        return FAMILIES[self.family].statement.format(k=self.number)

    @property
    def about(self) -> str:
        """The statement that a program satisfies it."""
        return f"program satisfies: {self.statement}"

    def reference(self, inputs: Sequence[Input]) -> Program:
        """The fold that obeys; raises ValueError where `inputs` are not what the theorem speaks of."""
        family, k = FAMILIES[self.family], self.number
        if len(inputs) != family.width:
            raise ValueError(f"{self.family} is about {family.width} inputs a step, the program reads {len(inputs)}")
        if self.family == "digits_of_sum" and any(i.low < 0 or i.high >= k for i in inputs):
            raise ValueError(f"digits in base {k} range over 0..{k - 1}; the program reads others")
        return read_program(family.fold(k), inputs, function="reference", description=self.statement)

    def text(self, inputs: Sequence[Input]) -> str:
        """The theorem in Dafny, and its proof for the reference; `inputs` are named as in the file."""
        return FAMILIES[self.family].text(self.number, inputs)


@dataclass(frozen=True)
class Family:
    """Theorems that differ in a number k."""

    statement: str
    fold: Callable[[int], str]
    text: Callable[[int, Sequence[Input]], str]
    width: int = 1
    smallest: int = 1


def _fold(start: Sequence[str], inputs: str, *body: str) -> str:
    lines = [*(f"    {line}" for line in start), f"    for {inputs} in steps:", *(f"        {line}" for line in body)]
    return "\n".join(["def reference(steps):", *lines]) + "\n"


def _delay_fold(depth: int, output: str) -> str:
    names = [f"p{j}" for j in range(1, depth + 1)]
    shift = [f"{', '.join(names)} = {', '.join(['x', *names[:-1]])}"] if names else []
    return _fold([f"{name} = 0" for name in names], "x", f"yield {output}", *shift)


def _past(meaning: str, definitions: str, right: str, hint: str = "") -> str:
    """A theorem about what was read so far: `right` is about (read, y), `meaning` about (r, past)."""
    return f"""{definitions}
predicate RightAfter(read: seq<Input>, y: int)
  requires |read| > 0
{{
  {right}
}}
predicate Holds(steps: seq<Input>, i: int, y: int)
  requires 0 <= i < |steps|
{{
  RightAfter(steps[..i + 1], y)
}}

// What the reference's registers hold after reading `past`.
predicate Means(r: Reference, past: seq<Input>) {{
  {meaning}
}}

lemma Reads(r: Reference, past: seq<Input>, x: Input)
  requires Means(r, past) && Valid(past) && InDomain(x)
  ensures Means(ReferenceStep(r, x), past + [x])
  ensures RightAfter(past + [x], ReferenceOut(r, x))
{{
  var read := past + [x];
  assert read[..|read| - 1] == past && read[|past|] == x;
  {hint}
}}

lemma HoldsFrom(r: Reference, past: seq<Input>, rest: seq<Input>)
  requires Means(r, past) && Valid(past) && Valid(rest)
  ensures forall i :: 0 <= i < |rest| ==> RightAfter(past + rest[..i + 1], ReferenceRun(r, rest)[i])
  decreases |rest|
{{
  if |rest| > 0 {{
    var x, after := rest[0], ReferenceStep(r, rest[0]);
    Reads(r, past, x);
    HoldsFrom(after, past + [x], rest[1..]);
    forall i | 0 <= i < |rest| ensures RightAfter(past + rest[..i + 1], ReferenceRun(r, rest)[i]) {{
      if i == 0 {{
        assert rest[..1] == [x];
      }} else {{
        assert past + rest[..i + 1] == past + [x] + rest[1..][..i];
        assert ReferenceRun(r, rest)[i] == ReferenceRun(after, rest[1..])[i - 1];
      }}
    }}
  }}
}}

lemma ReferenceHolds(steps: seq<Input>)
  requires Valid(steps)
  ensures forall i :: 0 <= i < |steps| ==> Holds(steps, i, ReferenceRun(ReferenceStart(), steps)[i])
{{
  HoldsFrom(ReferenceStart(), [], steps);
  forall i | 0 <= i < |steps| ensures Holds(steps, i, ReferenceRun(ReferenceStart(), steps)[i]) {{
    assert [] + steps[..i + 1] == steps[..i + 1];
  }}
}}
"""


def _total(name: str) -> str:
    return f"""function Sum(read: seq<Input>): int {{
  if |read| == 0 then 0 else Sum(read[..|read| - 1]) + read[|read| - 1].{name}
}}"""


def _back(name: str) -> str:
    return f"""// The input j steps back (1: the last one); 0 before the first.
function Back(read: seq<Input>, j: int): int {{
  if 1 <= j <= |read| then read[|read| - j].{name} else 0
}}"""


def _sum_mod(k: int, inputs: Sequence[Input]) -> str:
    return _past(f"r.right_total == Sum(past) % {k}", _total(inputs[0].name), f"y == Sum(read) % {k}")


def _running_sum(k: int, inputs: Sequence[Input]) -> str:
    return _past("r.right_total == Sum(past)", _total(inputs[0].name), "y == Sum(read)")


def _window(k: int, inputs: Sequence[Input]) -> str:
    return _past(
        _delayed(k - 1), _back(inputs[0].name), "y == " + " + ".join(f"Back(read, {j})" for j in range(1, k + 1))
    )


def _previous(k: int, inputs: Sequence[Input]) -> str:
    return _past(_delayed(k), _back(inputs[0].name), f"y == Back(read, {k + 1})")


def _delayed(depth: int) -> str:
    return " && ".join(f"r.right_p{j} == Back(past, {j})" for j in range(1, depth + 1)) or "true"


def _extreme(order: str) -> Callable[[int, Sequence[Input]], str]:
    """The largest or smallest so far, `order` being >= or <=; the start counts only where inputs can lie behind it."""

    def text(start: int, inputs: Sequence[Input]) -> str:
        name = inputs[0].name
        beaten = start <= inputs[0].low if order == ">=" else start >= inputs[0].high
        definitions = f"""predicate Bounds(y: int, read: seq<Input>) {{
  forall j :: 0 <= j < |read| ==> y {order} read[j].{name}
}}
predicate Occurs(y: int, read: seq<Input>) {{
  exists j :: 0 <= j < |read| && read[j].{name} == y
}}"""
        if beaten:
            met = f"if |past| == 0 then r.right_best == {start} else Occurs(r.right_best, past)"
            right = "Bounds(y, read) && Occurs(y, read)"
        else:
            met = f"r.right_best == {start} || Occurs(r.right_best, past)"
            right = f"Bounds(y, read) && y {order} {start} && (y == {start} || Occurs(y, read))"
        meaning = f"Bounds(r.right_best, past) && r.right_best {order} {start} && ({met})"
        hint = f"""var y := ReferenceOut(r, x);
  assert forall j :: 0 <= j < |past| ==> read[j] == past[j];
  if y == x.{name} {{
    assert read[|past|].{name} == y;
  }} else if Occurs(r.right_best, past) {{
    var j :| 0 <= j < |past| && past[j].{name} == r.right_best;
    assert read[j].{name} == y;
  }}"""
        return _past(meaning, definitions, right, hint)

    return text


def _digits(k: int, inputs: Sequence[Input]) -> str:
    a, b = (i.name for i in inputs)
    return f"""// The numbers whose digits in base {k}, least significant first, are read.
function A(steps: seq<Input>): int {{ if |steps| == 0 then 0 else steps[0].{a} + {k} * A(steps[1..]) }}
function B(steps: seq<Input>): int {{ if |steps| == 0 then 0 else steps[0].{b} + {k} * B(steps[1..]) }}
function Digit(n: int, i: nat): int decreases i {{ if i == 0 then n % {k} else Digit(n / {k}, i - 1) }}

predicate Holds(steps: seq<Input>, i: int, y: int)
  requires 0 <= i < |steps|
{{
  y == Digit(A(steps) + B(steps), i)
}}

// One step of the reference splits the sum into its last digit and the rest. Said apart from the induction over the
// digits, so that the solver never has to divide and to unfold a recursive function at once.
lemma Divided(r: Reference, x: Input, rest: int, whole: int)
  requires InDomain(x) && 0 <= r.right_carry <= 1
  requires whole == x.{a} + x.{b} + r.right_carry + {k} * rest
  ensures 0 <= ReferenceStep(r, x).right_carry <= 1
  ensures whole % {k} == ReferenceOut(r, x)
  ensures whole / {k} == rest + ReferenceStep(r, x).right_carry
{{
}}
lemma DigitZero(n: int, digit: int)
  requires n % {k} == digit
  ensures Digit(n, 0) == digit
{{
}}
lemma DigitNext(n: int, above: int, i: nat)
  requires n / {k} == above && i > 0
  ensures Digit(n, i) == Digit(above, i - 1)
{{
}}
lemma First(steps: seq<Input>)
  requires |steps| > 0
  ensures A(steps) + B(steps) == steps[0].{a} + steps[0].{b} + {k} * (A(steps[1..]) + B(steps[1..]))
{{
}}

lemma DigitsFrom(r: Reference, steps: seq<Input>, i: nat, whole: int)
  requires Valid(steps) && 0 <= r.right_carry <= 1 && i < |steps| && whole == A(steps) + B(steps) + r.right_carry
  ensures ReferenceRun(r, steps)[i] == Digit(whole, i)
  decreases i
{{
  var x, rest, after := steps[0], steps[1..], ReferenceStep(r, steps[0]);
  var above := A(rest) + B(rest) + after.right_carry;
  First(steps);
  Divided(r, x, A(rest) + B(rest), whole);
  if i == 0 {{
    DigitZero(whole, ReferenceOut(r, x));
  }} else {{
    DigitsFrom(after, rest, i - 1, above);
    DigitNext(whole, above, i);
  }}
}}

lemma ReferenceHolds(steps: seq<Input>)
  requires Valid(steps)
  ensures forall i :: 0 <= i < |steps| ==> Holds(steps, i, ReferenceRun(ReferenceStart(), steps)[i])
{{
  forall i | 0 <= i < |steps| ensures Holds(steps, i, ReferenceRun(ReferenceStart(), steps)[i]) {{
    DigitsFrom(ReferenceStart(), steps, i, A(steps) + B(steps));
  }}
}}
"""


def _sum_fold(update: str) -> str:
    return _fold(["total = 0"], "x", f"total = {update}", "yield total")


def _extreme_fold(function: str) -> Callable[[int], str]:
    return lambda k: _fold([f"best = {k}"], "x", f"best = {function}(best, x)", "yield best")


_ANY = -(10**9)

FAMILIES: Mapping[str, Family] = {
    "digits_of_sum": Family(
        "out = digits of (a + b) in base {k}",
        lambda k: _fold(["carry = 0"], "a, b", f"yield (a + b + carry) % {k}", f"carry = (a + b + carry) // {k}"),
        _digits,
        width=2,
        smallest=2,
    ),
    "sum_mod": Family(
        "out = sum of the inputs so far, modulo {k}", lambda k: _sum_fold(f"(total + x) % {k}"), _sum_mod
    ),
    "running_sum": Family(
        "out = sum of the inputs so far", lambda k: _sum_fold("total + x"), _running_sum, smallest=_ANY
    ),
    "sum_last": Family(
        "out = sum of the last {k} inputs (0 before the first)",
        lambda k: _delay_fold(k - 1, " + ".join(["x", *(f"p{j}" for j in range(1, k))])),
        _window,
    ),
    "previous": Family(
        "out = input {k} steps back (0 before the first)",
        lambda k: _delay_fold(k, f"p{k}" if k else "x"),
        _previous,
        smallest=0,
    ),
    "running_max": Family(
        "out = largest of {k} and the inputs so far", _extreme_fold("max"), _extreme(">="), smallest=_ANY
    ),
    "running_min": Family(
        "out = smallest of {k} and the inputs so far", _extreme_fold("min"), _extreme("<="), smallest=_ANY
    ),
}
