"""The texts of certificates stay as they are, letter for letter: a checker writes them again, and compares.

A change of one letter here would refuse every folder that was saved before.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pairs_of_programs import BITS, PAIRS, program

from pellucid.artifacts.programs.expression import Expression, Name, apply
from pellucid.prove import CertificateError, Theorem
from pellucid.prove.programs.certificate import assemble, invariant_definition, invariant_of
from pellucid.prove.programs.dafny_text import relation_of, theorem_text, to_dafny
from pellucid.prove.programs.product import Product, as_printed, domain_text, product_of
from pellucid.prove.programs.program_certificate import same_text
from pellucid.prove.programs.theorems import FAMILIES

WRITTEN = Path(__file__).with_name("written.json")
NUMBERS = {"digits_of_sum": (2, 10), "previous": (0, 3), "sum_last": (1, 3), "running_max": (-1, 0, 1, 2)}
NUMBERS |= {"running_min": (-1, 0, 1, 2), "sum_mod": (1, 3), "running_sum": (0,)}
EVERYTHING = program(
    [(-3, 3), (0, 1)],
    "n = -2; m = 5",
    "x, b",
    "yield (4, 4, 7, -1)[x % 4] + (1, 2, 2)[abs(x) % 3] + int(not (n < m or x >= 2)) + ((3, 0), (1, -2))[b][b ^ 1]",
    "n = min(n, x) - max(m, -x) if n != m and n > x else (b & 1) + (b | 0) + (b ^ 1)",
    "m = (n * 3 + x) // 2 - (m if x <= 0 else 7 % 3) * (b == 1)",
)


def related(product: Product) -> Expression:
    """A relation of some kind: the first register of both sides is the same."""
    left, right = product.left.registers, product.right.registers
    return apply("==", Name(left[0]), Name(right[0])) if left and right else apply("==", 0, 0)


def theorem_of(family: str, number: int) -> str:
    theorem = Theorem(family, number)
    inputs = BITS if family == "digits_of_sum" else [(0, 1)]
    names = "a, b" if family == "digits_of_sum" else "x"
    given = as_printed(program(inputs, "n = 0", names, "n = n + 1", "yield n"))
    product = product_of(given, as_printed(theorem.reference(given.inputs)))
    return theorem_text(product, theorem.text(product.inputs), to_dafny(related(product)), theorem.about)


def equivalence_of(name: str) -> str:
    left, right = (EVERYTHING, EVERYTHING) if name == "everything" else PAIRS[name]
    product = product_of(as_printed(left), as_printed(right))
    return assemble(product, invariant_definition(product, related(product)), "program = reference\nin two lines")


def everything_in_dafny() -> str:
    half = product_of(EVERYTHING, EVERYTHING).left
    return "\n".join(to_dafny(e) for e in (*half.updates, *half.outputs))


def written() -> dict[str, str]:
    texts = {f"{family} {k}": theorem_of(family, k) for family in FAMILIES for k in NUMBERS[family]}
    names = ("adder in bits", "no memory", "majority of 3", "everything")
    return texts | {name: equivalence_of(name) for name in names} | {"Dafny": everything_in_dafny()}


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return written()


@pytest.mark.parametrize("name", json.loads(WRITTEN.read_text()) if WRITTEN.exists() else [])
def test_the_text_is_the_same(name: str, texts: dict[str, str]) -> None:
    assert texts[name] == json.loads(WRITTEN.read_text())[name]


def test_every_family_is_there() -> None:
    assert set(NUMBERS) == set(FAMILIES)


def test_what_was_invented_is_read_back(texts: dict[str, str]) -> None:
    product = product_of(as_printed(EVERYTHING), as_printed(EVERYTHING))
    assert invariant_of(texts["everything"]) == invariant_definition(product, related(product))
    assert relation_of(texts["sum_mod 3"]) == "(s.left_n == r.right_total)"


@pytest.mark.parametrize(
    "text", ["", "(define-fun invariant () Bool true)", "\n(define-fun invariant ((x Int)) Bool ; (\n true)",
             '\n(define-fun invariant () Bool "(")', "\n(define-fun invariant () Bool (and true)"],
)  # fmt: skip
def test_an_invariant_that_could_hide_something_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="no invariant"):
        invariant_of(text)


def test_the_line_that_differs_is_told(texts: dict[str, str]) -> None:
    product = product_of(as_printed(EVERYTHING), as_printed(EVERYTHING))
    text, entry = texts["everything"], {"domain": domain_text(product)}
    same_text(text, text, entry, product)
    lines = text.splitlines(keepends=True)
    for k in (1, 2, len(lines)):
        with pytest.raises(CertificateError, match=f"line {k} is not"):
            same_text("".join([*lines[: k - 1], "other\n", *lines[k:]]), text, entry, product)
    for shorter, longer in ((text, text + "\n"), (text + "\n", text)):
        with pytest.raises(CertificateError, match=f"line {len(lines) + 1} is not"):
            same_text(shorter, longer, entry, product)
    with pytest.raises(CertificateError, match="claims the domain 'everything'"):
        same_text(text, text, {"domain": "everything"}, product)
