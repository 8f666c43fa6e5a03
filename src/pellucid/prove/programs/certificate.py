"""Certificates of equivalence: one SMT-LIB file, made of two programs and an invariant and of nothing else.

The text is a function of (left program, right program, invariant, statement): whoever has these can write it again and
compare, which is how a checker knows what a certificate is about.

    initial    I(s0, t0)
    step       I(s, t) and x in domain  =>  I(s', t')
    output     I(s, t) and x in domain  =>  left output = right output
    defined    I(s, t) and x in domain  =>  every divisor is positive, every index inside its table, every bit 0 or 1
"""

from __future__ import annotations

from ...artifacts.programs.expression import Expression
from .product import Product, domain_text
from .smtlib import call, define, domain_definition, half_definitions, next_states, number, to_smt

QUERIES = 4


def definitions(product: Product) -> str:
    """Variables, domain, and both programs as functions."""
    variables = [*product.input_names, *product.registers]
    lines = [
        "(set-logic ALL)",
        *(f"(declare-const {name} Int)" for name in variables),
        "; which inputs a step may have",
        domain_definition(product),
    ]
    for side, half in product.halves:
        lines += [f"; the {side} program", *half_definitions(half, product.input_names, side)]
    return "\n".join(lines) + "\n"


def invariant_definition(product: Product, invariant: Expression) -> str:
    return define("invariant", product.registers, "Bool", to_smt(invariant))


def assemble(product: Product, invariant: str, statement: str) -> str:
    """The certificate with `invariant`, the text of its `define-fun`."""
    header = "\n".join(f"; {line}" for line in statement.splitlines())
    return f"""{header}
;
; Two programs read the same inputs and give the same outputs at every step. Domain:
; {domain_text(product)}.
; An invariant relates their registers. The file holds if every query answers unsat.

{definitions(product)}
; what relates the registers of both programs before each step
{invariant}

{_queries(product)}"""


def invariant_of(text: str) -> str:
    """The definition of the invariant in a certificate, and nothing after it; raises ValueError if there is none."""
    start = text.find("\n(define-fun invariant ") + 1
    depth = 0
    for end in range(start, len(text) if start else 0):
        if text[end] in ';"|':
            break  # a comment or a quoted name could hide a parenthesis
        depth += (text[end] == "(") - (text[end] == ")")
        if depth == 0:
            return text[start : end + 1]
    raise ValueError("the certificate defines no invariant")


def after_step(product: Product) -> list[str]:
    """All registers after a step, as terms."""
    return [s for side, half in product.halves for s in next_states(half, product.input_names, side)]


def goals(product: Product) -> tuple[str, str]:
    """That the outputs of a step are equal, and that the step has a value, as terms."""
    left, right = ([*half.registers, *product.input_names] for _, half in product.halves)
    outputs = [
        f"(= {call(f'left_output_{i}', left)} {call(f'right_output_{i}', right)})"
        for i in range(len(product.left.outputs))
    ]
    defined = [call("left_defined", left), call("right_defined", right)]
    return outputs[0] if len(outputs) == 1 else f"(and {' '.join(outputs)})", f"(and {' '.join(defined)})"


def _queries(product: Product) -> str:
    here = call("invariant", product.registers)
    initial = call("invariant", [number(value) for value in product.initial])
    outputs, defined = goals(product)
    given = f"(assert {here})\n(assert {call('domain', product.input_names)})\n"
    queries = (
        ("initial: the invariant holds at the start", "", initial),
        ("step: every step keeps the invariant", given, call("invariant", after_step(product))),
        ("output: the outputs of the step are equal", given, outputs),
        ("defined: divisors are positive, indices inside their tables, bits 0 or 1", given, defined),
    )
    return "\n".join(
        f'(push 1)\n(echo "{meaning}")\n{assumed}(assert (not {goal}))\n(check-sat)\n(pop 1)\n'
        for meaning, assumed, goal in queries
    )
