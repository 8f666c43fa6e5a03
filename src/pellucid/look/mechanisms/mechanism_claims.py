"""Claims about a mechanism: answers on all pairs, each circle, sums of embeddings, and the formula."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from jaxtyping import Bool

from ...algebra.groups.finite_group import NoGroup, group_behind
from ...artifacts.mechanisms.mechanism import Part
from ...core.claim import Claim, Exhausted, Measured, Refuted
from ...core.context import Context
from ...subjects.operations.operation import Operation
from .coordinates import Coordinates, nearest_linear
from .logit_forms import CircleForm, ClassForm, circle_form, class_form, fit_of


def answer_claims(subject: Operation) -> tuple[Claim, ...]:
    """What the answers are on every pair: those wanted, or a group's."""
    table, count = subject.answers, subject.size**2
    if subject.target is not None:
        return _as_wanted(table, subject.target, "the answers are those wanted")
    try:
        behind = group_behind(table)
    except NoGroup as error:
        linear = nearest_linear(table)
        if linear is not None and (linear == table).mean() >= 0.5:
            x, y = ((linear[1, 0] - linear[0, 0]) % subject.size, (linear[0, 1] - linear[0, 0]) % subject.size)
            return _as_wanted(
                table, linear, f"the answers are {linear_text(int(x), int(y), int(linear[0, 0]), subject.size)}"
            )
        return (Refuted("the answers form a group", str(error), key="group"),)
    how = "are the products of a group" if behind.is_itself else "are those of a group, but for the names of symbols"
    return (
        Exhausted(
            f"the answers {how}, {behind.group.name}",
            f"all {count:,} pairs of {subject.size} symbols",
            count,
            key="group",
        ),
    )


def _as_wanted(table: np.ndarray, wanted: np.ndarray, statement: str) -> tuple[Claim, ...]:
    """On all pairs; with the first wrong one, where there is one."""
    wrong, count = np.argwhere(table != wanted), table.size
    if not len(wrong):
        return (Exhausted(statement, f"all {count:,} pairs of {len(table)} symbols", count, key="right"),)
    a, b = wrong[0]
    example = f"({a}, {b}) gives {table[a, b]}, not {wanted[a, b]}"
    share = Measured(f"pairs on which {statement}", 1 - len(wrong) / count, "share", 1 / len(table), key="right share")
    return Refuted(statement, example, key="right"), share


def linear_text(x: int, y: int, z: int, size: int) -> str:
    """x a + y b + z modulo n, as people write it.

    >>> linear_text(1, 30, 0, 31), linear_text(2, 1, 3, 5)
    ('a - b modulo 31', '2 a + b + 3 modulo 5')
    """
    signed = [value - size if value > size / 2 else value for value in (x, y)]
    terms = [(abs(value), name, value < 0) for value, name in zip(signed, "ab", strict=True)]
    text = " ".join(f"{'-' if less else '+'} {'' if v == 1 else f'{v} '}{name}" for v, name, less in terms)
    text = text.removeprefix("+ ").replace("- ", "-", 1) if text.startswith("- ") else text.removeprefix("+ ")
    return f"{text}{f' + {z}' if z else ''} modulo {size}"


def circle_claims(parts: Iterable[Part]) -> Iterable[Claim]:
    """The ratio of the forms, of each circle."""
    for part in parts:
        if part.ratio is not None and part.name == str(part.writes):
            ideal = "0.811 pizza, 1.234 clock"
            yield Measured(
                f"circle {part.name} by itself: R2 of the clock over R2 of the pizza ({ideal})",
                part.ratio, "", 1.0, part.ratio_error or None, key=f"circle {part.name}",
            )  # fmt: skip


def sum_claim(summed: tuple[int, int] | None, size: int) -> tuple[Claim, ...]:
    """What is left when both places are given the mean of their embeddings."""
    if summed is None:
        return ()
    right, count = summed
    statement = "given the mean of both embeddings in each place, the answer stays"
    domain = "pairs of two different symbols"
    if right == count == size * (size - 1):
        return (Exhausted(statement, f"all {count:,} {domain}", count, key="sum"),)
    error = float(np.sqrt(right / count * (1 - right / count) / count)) if count < size * (size - 1) else None
    return (Measured(f"{domain} on which {statement}", right / count, "share", 1 / size, error, key="sum"),)


def form_claims(
    subject: Operation,
    coordinates: Coordinates,
    form: CircleForm | ClassForm,
    fitted: Bool[np.ndarray, "n n"],
    context: Context,
) -> list[Claim]:
    """How far the formula stands for the network: in its logits, in its answers, and alone."""
    fit, count = fit_of(subject.logits, coordinates, form, fitted), subject.size**2
    by_chance = _of_renamed(subject, coordinates, form, fitted, context)
    what = "circles" if isinstance(form, CircleForm) else "characters"
    claims: list[Claim] = [
        Measured(f"variance of logits explained by the formula of {what}, on other pairs (baseline: answers renamed)",
                fit.held_out, "R2", by_chance, fit.error or None, key="formula R2"),
    ]  # fmt: skip
    domain, chance = f"all {count:,} pairs", 1 / subject.size
    for name, right, statement in (
        ("formula answers", fit.same_answer, "the formula gives the network's answer"),
        ("formula alone", fit.alone, "the formula alone accounts for the answer: the rest cannot change it"),
    ):
        if right == count:
            claims.append(Exhausted(statement, domain, count, key=name))
        else:
            claims.append(Measured(f"pairs on which {statement}", right / count, "share", chance, key=name))
    return claims


def _of_renamed(
    subject: Operation,
    coordinates: Coordinates,
    form: CircleForm | ClassForm,
    fitted: Bool[np.ndarray, "n n"],
    context: Context,
) -> float:
    """R2 of a formula fitted in the same way, as many terms, once answers are renamed at random."""
    order = np.random.default_rng(context.stream("answers renamed")).permutation(subject.size)
    renamed = subject.logits[:, :, order]
    again = (
        circle_form(renamed, coordinates, fitted, 0.01)
        if isinstance(form, CircleForm)
        else class_form(renamed, coordinates, fitted, 0.01)
    )
    return fit_of(renamed, coordinates, again, fitted).held_out
