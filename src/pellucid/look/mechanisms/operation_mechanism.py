"""Which algorithm a network runs that combines two of n symbols: clock, pizza, characters, cosets, or none of these.

Zhong, Liu, Tegmark and Andreas, "The Clock and the Pizza" (arXiv:2306.17844) give two algorithms for a + b modulo n,
Chughtai, Chan and Nanda, "A Toy Model of Universality" (arXiv:2302.03025) one for any finite group. The group is found
from the network's answers, not told. A network may run different algorithms on different circles, and a pizza's circles
write logits of which the sum looks like a clock's: so each circle is tried by itself (`circles`); a verdict is given
only where all tests agree. The hot path is the network's own: draws * pairs rows for each circle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from ...algebra.groups.finite_group import NoGroup
from ...artifacts.mechanisms.mechanism import Mechanism, Part, Verdict
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.operations.operation import Operation
from .circles import Inside, circle_shares, part_of_circle, plane_points, right_from_sums
from .coordinates import Coordinates, coordinates_of
from .logit_forms import ClassForm, circle_form, class_form, fit_of
from .mechanism_claims import answer_claims, circle_claims, form_claims, sum_claim


@dataclass(frozen=True)
class OperationMechanism(Method[Operation, Mechanism]):
    """Says which algorithm a network on pairs of symbols runs, circle by circle, and puts its logits into a formula.

        clock: cos w(a + b - c)        pizza: |cos w(a - b)/2| cos w(a + b - c)        w = 2 pi f / n
        characters: sum_rho k_rho chi_rho(a b c^-1)

    >>> a, b, c = np.ogrid[:7, :7, :7]
    >>> found = OperationMechanism().explain(Operation(np.cos(2 * np.pi * 3 * (a + b - c) / 7)))
    >>> found.artifact.verdict, found.artifact.group
    ('characters', 'Z_7')
    """

    smallest_circle: float = 0.02
    """The share of the embeddings' variance from which a circle is looked at (the paper's own floor)."""
    weighty_circle: float = 0.05
    """The share from which a circle has a say in the verdict: smaller ones fill the blind spots of larger ones."""
    smallest_share: float = 0.01
    """The share of the logits' variance from which a frequency or an irrep is part of the formula."""
    form: float = 0.8
    """R2 that a circle's logits need of a form: the other form has .811 of an ideal circle, so less is neither."""
    pizza_below: float = 0.88
    """Clock R2 / pizza R2 of a pizza: .811 for an ideal one; .88 is one with 15 % of its amplitude a clock's."""
    clock_above: float = 1.13
    """The same of a clock: 1.234 for an ideal one, and 1.13 is as far from 1 as .88 is."""
    explained: float = 0.5
    """The share of the logits' variance that characters, or the frequencies of all circles, need: with less, most of
    the logits is something else."""
    not_of_classes: float = 0.05
    """The share of what depends on a b c^-1 that is no class function, from which it is cosets'; ten times what four
    networks have that compute with characters (those of the repository of 2302.03025: .004)."""
    unlike_lookup: float = 0.1
    """Total variation between the shares of irreps and those of a table of answers, which has all by d^2."""
    agreement: float = 0.9
    """The share of pairs on which answers that are no group's must agree with x a + y b + z modulo n to be read so."""
    draws: int = 8
    """Draws of the other circles, for each pair."""
    pairs: int = 4096
    """Pairs that circles are tried on: all, or as many drawn ones."""

    def _find(self, subject: Operation, context: Context) -> Found[Mechanism]:
        about = answer_claims(subject)
        try:
            coordinates = coordinates_of(subject, self.agreement)
        except NoGroup as error:
            none = np.zeros(0, np.int64)
            found = Mechanism("none of these", f"its answers are no group's: {error}", "", subject.answers, none, none,
                              none, title=subject.title, source=subject.source)  # fmt: skip
            return Found(found, (*about, _agreement(subject)))
        fitted = np.random.default_rng(context.stream("pairs fitted")).random((subject.size,) * 2) < 0.5
        cyclic = coordinates.cyclic
        start = Mechanism("none of these", "", coordinates.group.name, subject.answers, coordinates.left,
                          coordinates.right, coordinates.out, title=subject.title, source=subject.source)  # fmt: skip
        inside = _inside(subject, coordinates) if cyclic else None
        classes = class_form(subject.logits, coordinates, fitted, self.smallest_share)
        if inside is None:
            found, form, more = *self._by_characters(start, subject, coordinates, classes, fitted), ()
        else:
            form = circle_form(subject.logits, coordinates, fitted, self.smallest_share)
            found, more = self._by_circles(start, subject, coordinates, inside, form.shares, context)
            found = replace(found, frequencies=form.frequencies, coefficients=form.coefficients)
        claims = form_claims(subject, coordinates, form, fitted, context)
        return Found(found, (*about, *more, *claims), settings={"opened": subject.source} if subject.source else {})

    def _by_characters(
        self,
        start: Mechanism,
        subject: Operation,
        coordinates: Coordinates,
        form: ClassForm,
        fitted: Bool[np.ndarray, "n n"],
    ) -> tuple[Mechanism, ClassForm]:
        """The verdict on logits alone."""
        fit = fit_of(subject.logits, coordinates, form, fitted)
        parts = tuple(
            Part(form.names[i], float(form.shares[i]), verdict="kept" if i in form.kept else "")
            for i in np.argsort(-form.shares) if form.shares[i] >= self.smallest_share / 2
        )  # fmt: skip
        verdict, why = self._of_classes(form, subject.size**2 - fit.same_answer)
        form = replace(form, values=form.means) if verdict == "cosets" else form
        return replace(start, verdict=verdict, reason=why, parts=parts, values=tuple(map(float, form.values))), form

    def _of_classes(self, form: ClassForm, wrong: int) -> tuple[Verdict, str]:
        """Of logits alone; `wrong` counts the pairs on which the characters kept give another answer."""
        whole, share = form.any_function, float(form.shares.sum())
        if whole >= self.explained and whole - share >= self.not_of_classes * whole:
            return (
                "cosets",
                f"{whole:.1%} of the logits are a function of a b c^-1, {whole - share:.1%} no class function",
            )
        if share < self.explained:
            return "none of these", f"only {share:.1%} of the logits are a class function of a b c^-1"
        if form.unlike_lookup < self.unlike_lookup:
            return "none of these", "its logits are those of a table of answers, with all irreps alike"
        if wrong:
            return "none of these", f"the characters kept give another answer on {wrong:,} pairs"
        kept = f"{len(form.kept)} of {len(form.shares)}"
        return "characters", f"{share:.1%} of the logits are {kept} characters of a b c^-1"

    def _by_circles(
        self,
        start: Mechanism,
        subject: Operation,
        coordinates: Coordinates,
        inside: Inside,
        logit_shares: Float[np.ndarray, " frequencies"],
        context: Context,
    ) -> tuple[Mechanism, tuple[Claim, ...]]:
        """The verdict on a cyclic group, circle by circle."""
        generator = np.random.default_rng(context.stream("circles"))
        pairs = _pairs(subject.size, self.pairs, generator)
        shares = circle_shares(inside)
        chosen = [f for f in 1 + np.argsort(-shares) if shares[f - 1] >= self.smallest_circle][:16]
        parts = []
        context.reporter.start("circles", len(chosen))
        for f in chosen:
            part = part_of_circle(inside, int(f), float(shares[f - 1]), pairs, self.draws, generator)
            parts.append(part._replace(verdict=self._verdict(part)))
            context.reporter.advance()
        context.reporter.finish()
        summed = self._sums(subject, coordinates, inside, generator)
        verdict, why = self._together(parts, summed, logit_shares)
        points = tuple(plane_points(inside.tables[0], int(part.name)) for part in parts)
        found = replace(start, verdict=verdict, reason=why, parts=tuple(parts), points=points)
        return found, (*circle_claims(parts), *sum_claim(summed, subject.size))

    def _verdict(self, part: Part) -> str:
        """Of one circle by itself."""
        ratio = part.ratio or 0.0
        if str(part.writes) != part.name:
            return f"writes {part.writes}"
        if (part.pizza or 0.0) >= self.form and ratio <= self.pizza_below:
            return "pizza"
        if (part.clock or 0.0) >= self.form and ratio >= self.clock_above:
            return "clock"
        return "between" if min(part.clock or 0.0, part.pizza or 0.0) >= self.form else "undecided"

    def _sums(
        self, subject: Operation, coordinates: Coordinates, inside: Inside, generator: np.random.Generator
    ) -> tuple[int, int] | None:
        """On how many of how many pairs the sum of the embeddings is enough; None where places differ."""
        if not subject.tied or not np.array_equal(coordinates.left, coordinates.right):
            return None
        pairs = _pairs(subject.size, 4 * self.pairs, generator)
        pairs = pairs[pairs[:, 0] != pairs[:, 1]]
        back = [np.argsort(one) for one in (coordinates.left, coordinates.right)]
        answers = coordinates.out[subject.answers[back[0][pairs[:, 0]], back[1][pairs[:, 1]]]]
        return right_from_sums(inside, pairs, answers), len(pairs)

    def _together(
        self, parts: list[Part], summed: tuple[int, int] | None, logit_shares: Float[np.ndarray, " frequencies"]
    ) -> tuple[Verdict, str]:
        """Of the network; where it is none of these, which test failed."""
        weighty = [
            part for part in parts if part.share >= self.weighty_circle and not part.verdict.startswith("writes")
        ]
        names = ", ".join(part.name for part in weighty)
        kinds = {part.verdict for part in weighty}
        if not weighty:
            return "none of these", "no circle of the embeddings writes to its own frequency of the answers"
        if kinds & {"undecided", "between"}:
            said = {"between": "between clock and pizza", "undecided": "neither", "pizza": "pizza", "clock": "clock"}
            named = ((kind, [part.name for part in weighty if part.verdict == kind]) for kind in said)
            told = (f"{', '.join(names)} {said[kind]}" for kind, names in named if names)
            return "none of these", f"by themselves, of its circles, {'; '.join(told)}"
        written = float(sum(logit_shares[int(part.name) - 1] for part in weighty))
        if written < self.explained:
            return "none of these", f"the frequencies of its circles {names} are only {written:.1%} of its logits"
        if len(kinds) == 2:
            told = (f"{part.name} a {part.verdict}" for part in weighty)
            return "mixed", f"circle {', '.join(told)}"
        circles = f"circle{'s' if len(weighty) > 1 else ''} {names}"
        return _by_sums("pizza" if kinds == {"pizza"} else "clock", circles, summed)


def _inside(subject: Operation, coordinates: Coordinates) -> Inside | None:
    """The embeddings and the network behind them, in the order of the group's elements."""
    if subject.tables is None or subject.from_embeddings is None:
        return None
    reader, back = subject.from_embeddings, np.argsort(coordinates.out)
    return Inside(coordinates.moved(subject.tables), lambda given: reader(given)[:, back])


def _pairs(size: int, most: int, generator: np.random.Generator) -> Int[np.ndarray, "rows 2"]:
    """All pairs of elements, or as many drawn ones."""
    numbers = np.arange(size**2)
    chosen = numbers if len(numbers) <= most else generator.choice(numbers, most, replace=False)
    return np.stack([chosen // size, chosen % size], 1)


def _agreement(subject: Operation) -> Measured:
    """How near the answers are to any Latin square at all: the share of rows and columns without a repetition."""
    table = subject.answers
    whole = [len(set(line.tolist())) == subject.size for line in (*table, *table.T)]
    return Measured(
        "rows and columns of answers that hold every symbol once", float(np.mean(whole)), "share", 0.0, key="latin"
    )


def _by_sums(kind: Verdict, circles: str, summed: tuple[int, int] | None) -> tuple[Verdict, str]:
    """The verdict on `circles` that are all of a kind: what pizzas compute, sums of embeddings alone have to give."""
    if summed is None:
        return kind, f"{circles}; the sum of embeddings was not tried, as the places differ"
    right, count = summed
    if kind == "pizza" and right < count:
        failed = f"sums of embeddings fail on {count - right:,} of {count:,} pairs"
        return "none of these", f"{circles} look like pizzas, but {failed}"
    return kind, f"{circles}; given only sums of embeddings, {right / count:.1%} of answers stay"
