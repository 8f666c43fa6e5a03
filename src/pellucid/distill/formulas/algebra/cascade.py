"""The order in which relations are tried: cheap and plain ones first, one transcendental block, then two and three.

Everything is deterministic and counted, so that the same table gives the same formula on any machine. What is found
stops the cascade when its numbers are all exact; relations that need free constants are kept, and the shortest wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.linalg import qr

from ....core.reporter import SILENT, Reporter
from ....run.cpu_limit import is_over
from ..expression.candidate import Candidate
from ..expression.description import formula_bits
from .dimensions import scaling_lattices
from .null_spaces import usable
from .pi_groups import Lattice
from .relations import DIMENSIONLESS, LOGARITHM, POWERS, Shape, Transform, View, find
from .settings import PRECISION
from .solving import solve_relation
from .transcendental import (
    Argument,
    Block,
    Kind,
    arguments,
    block,
    logarithms,
    product,
)

Floats = NDArray[np.float64]
Stage: TypeAlias = Callable[[View], Iterator["Step"]]


@dataclass(frozen=True)
class Step:
    """One table to look at."""

    transform: Transform
    shape: Shape
    block: Block | None = None
    extra: Block | None = None

    def __str__(self) -> str:
        name = f"{self.transform.name} {self.transform.power:g}" if self.transform.power else self.transform.name
        return f"{name}, {'x'.join(map(str, self.shape.sizes))}" + (f", {self.block.name}" if self.block else "")


def exact_candidates(
    X: Floats,
    y: Floats,
    names: Sequence[str],
    lattice: Lattice,
    *,
    thorough: bool = True,
    symmetric: bool = True,
    reporter: Reporter = SILENT,
) -> list[Candidate]:
    """Formulas that hold to rounding on all rows (rows, features), best first; none where the data are noisy.

    Of very many rows the first are looked at. `thorough` is False where only plain relations are
    wanted, `symmetric` where no scaling symmetry is to be looked for.
    """
    if len(y) <= PRECISION.few_rows:  # all of them would be inner rows, and none left to confirm what these obey
        return []
    found: dict[sympy.Expr, Candidate] = {}
    planned = stages(thorough)
    reporter.start("algebra", len(planned))
    for number, (stage, views) in enumerate(_schedule(X, y, tuple(names), lattice, planned, symmetric)):
        for view in views:
            for step in stage(view):
                for candidate in _taken(view, step):
                    found.setdefault(candidate.expression, candidate)
                if is_over() or any(_is_exact(candidate) for candidate in found.values()):
                    reporter.finish()
                    return _ranked(found)
        reporter.advance(min(number, 1), f"no law among {stage.__name__.replace('_', ' ')}")
    reporter.finish()
    return _ranked(found)


def _schedule(
    X: Floats,
    y: Floats,
    names: tuple[str, ...],
    lattice: Lattice,
    planned: list[Stage],
    symmetric: bool,
    most_rows: int = 1500,
) -> Iterator[tuple[Stage, list[View]]]:
    """The plainest stage on the table as it is, before any surrogate is fitted; then every stage on every view."""
    X, y, inner = inner_first(X[:most_rows], y[:most_rows])
    whole = View(X, y, names, lattice, inner)
    yield planned[0], [whole]
    thinner = scaling_lattices(X, y, lattice)[:2] if symmetric else []
    views = [*(View(X, y, names, one, inner) for one in thinner), whole]
    for stage in planned:
        yield stage, views


def _ranked(found: dict[sympy.Expr, Candidate]) -> list[Candidate]:
    return sorted(found.values(), key=lambda candidate: (candidate.bits, str(candidate.expression)))


def _is_exact(candidate: Candidate, most_free: int = 2) -> bool:
    """Whether it has at most `most_free` constants that are no exact numbers: then it is no approximant."""
    return len(candidate.expression.atoms(sympy.Float)) <= most_free


def _taken(view: View, step: Step) -> Iterator[Candidate]:
    for table, relation in find(view, step.transform, step.shape, step.block, step.extra):
        for expression, error in solve_relation(view, step.transform, table, relation):
            yield Candidate(expression, f"algebra: {step}", error, formula_bits(expression))


def inner_first(X: Floats, y: Floats) -> tuple[Floats, Floats, int]:
    """Rows in the inner part of the box first, but in their own order; and how many they are.

    X (rows, features), y (rows,).

    >>> X, y, inner = inner_first(np.linspace(0, 1, 20)[:, None], np.arange(20.0))
    >>> inner, y[:2].tolist(), y[-2:].tolist()
    (14, [3.0, 4.0], [18.0, 19.0])
    """
    low, high = X.min(0), X.max(0)
    width = np.where(high > low, high - low, 1.0)
    distance = np.abs((X - (low + high) / 2) / width).max(1)
    inner = max(min(PRECISION.few_rows, len(y)), int(PRECISION.inner * len(y)))
    among = np.zeros(len(y), dtype=bool)
    among[np.argsort(distance, kind="stable")[:inner]] = True
    order = np.argsort(~among, kind="stable")
    return X[order], y[order], inner


def transforms(view: View) -> list[Transform]:
    """g may be a power or a logarithm; other functions only of a target without unit and weight."""
    return [*POWERS, LOGARITHM, *(DIMENSIONLESS if not view.lattice.offset.any() else ())]


def rational_transforms(view: View) -> list[Transform]:
    """The transforms of quotients: fewer, for their tables are larger."""
    return [POWERS[0], POWERS[2], *(DIMENSIONLESS[:3] if not view.lattice.offset.any() else ())]


def stages(thorough: bool) -> list[Stage]:
    """The stages in their order; only the first three where not `thorough`.

    >>> [stage.__name__ for stage in stages(False)]
    ['polynomials', 'rationals', 'quadratics']
    """
    plain = [polynomials, rationals, quadratics]
    return [*plain, angles, one_block, halves, larger_blocks, two_blocks, three_blocks] if thorough else plain


def polynomials(view: View) -> Iterator[Step]:
    """g(v) is a polynomial, with logarithms of single groups where g is a power or a logarithm."""
    logs = logarithms([*basis_groups(view)])
    for transform in transforms(view):
        yield Step(transform, Shape((40, 1)), extra=logs if transform is LOGARITHM else None)
    if logs:
        yield Step(POWERS[0], Shape((8, 1)), logs)


def rationals(view: View) -> Iterator[Step]:
    """g(v) is a quotient of two polynomials."""
    for size in (10, 24):
        for transform in rational_transforms(view):
            yield Step(transform, Shape((size, size)))


def quadratics(view: View) -> Iterator[Step]:
    """v solves a quadratic equation whose coefficients are polynomials."""
    yield Step(POWERS[0], Shape((20, 14, 8)))


def angles(view: View) -> Iterator[Step]:
    """Sines and cosines of features that have no unit, and of their sums and differences, if in nothing else."""
    for argument in free_arguments(view):
        without = tuple(sorted(argument.features))
        for scale in Kind.TRIGONOMETRIC.scales[:3]:
            one = block(argument, Kind.TRIGONOMETRIC, scale)
            if one is not None:
                yield from screen_transforms(view, transforms(view), Shape((24, 1), without=without), one)
                for transform in rational_transforms(view):
                    yield Step(transform, Shape((12, 12), without=without), one)
                yield Step(POWERS[0], Shape((8, 6, 4), without=without), one)
        first = block(argument, Kind.TRIGONOMETRIC, sympy.Integer(1), degree=1)
        if first is not None:
            yield Step(POWERS[0], Shape((30, 30), without=without), first)


def free_arguments(view: View, most: int = 4) -> list[Argument]:
    """The first `most` features without a unit, then sums, differences and products of two."""
    free = {int(row.argmax()) for row in view.lattice.basis if np.abs(row).sum() == 1 == row.sum()}
    single = [Argument(view.X[:, i], view.symbols[i], 1.0, frozenset([i])) for i in sorted(free)][:most]
    products = [
        Argument(a.values * b.values, a.expression * b.expression, 2.0, a.features | b.features)
        for a, b in combinations(single, 2)
    ]
    return [*arguments(single), *products]


def one_block(view: View) -> Iterator[Step]:
    """The first few arguments at the usual scales, then all of them at the most usual."""
    among = arguments(view.groups)
    for some, turns in ((among[:4], 6), (among[4:], 2)):
        for turn in range(turns):
            yield from _linear_blocks(view, some, turn, 14)
            yield from _rational_blocks(view, some, turn)


def _linear_blocks(view: View, among: Sequence[Argument], turn: int, size: int) -> Iterator[Step]:
    for argument in among:
        for kind in Kind:
            one = block(argument, kind, kind.scales[turn]) if turn < len(kind.scales) else None
            if one is not None:
                yield from screen_transforms(view, transforms(view), Shape((size, 1)), one)


def _rational_blocks(view: View, among: Sequence[Argument], turn: int) -> Iterator[Step]:
    for argument in among:
        for kind in Kind:
            one = block(argument, kind, kind.scales[turn], inverse=False) if turn < len(kind.scales) else None
            if one is not None:
                for transform in rational_transforms(view):
                    yield Step(transform, Shape((9, 9)), one)
                yield Step(POWERS[0], Shape((8, 6, 3)), one)


def halves(view: View) -> Iterator[Step]:
    """Square roots of groups among the monomials."""
    if view.lattice.groups > 4:
        return
    for transform in (POWERS[0], POWERS[1], LOGARITHM):
        yield Step(transform, Shape((40, 1), halves=True))
    yield Step(POWERS[0], Shape((16, 16), halves=True))
    for argument in arguments(view.groups)[:6]:
        for kind in (Kind.TRIGONOMETRIC, Kind.EXPONENTIAL):
            one = block(argument, kind, sympy.Integer(1))
            if one is not None:
                yield Step(POWERS[0], Shape((16, 1), halves=True), one)


def larger_blocks(view: View) -> Iterator[Step]:
    """One transcendental feature in longer sums and quotients."""
    among = arguments(view.groups)[:16]
    yield from _linear_blocks(view, among, 0, 36)
    for argument in among:
        one = block(argument, Kind.TRIGONOMETRIC, sympy.Integer(1))
        for transform in rational_transforms(view) if one else ():
            yield Step(transform, Shape((20, 20)), one)


def two_blocks(view: View) -> Iterator[Step]:
    """Sines and cosines of two arguments, or one of them with an exponential."""
    sine, exponential = Kind.TRIGONOMETRIC, Kind.EXPONENTIAL
    for pair in combinations(arguments(view.groups)[:9], 2):
        for kinds in ((sine, sine), (sine, exponential), (exponential, sine)):
            made = [block(a, kind, sympy.Integer(1), degree=1) for a, kind in zip(pair, kinds, strict=True)]
            both = product([one for one in made if one is not None]) if all(made) else None
            if both is not None:
                yield from screen_transforms(view, transforms(view), Shape((6, 1)), both)
                yield Step(POWERS[0], Shape((5, 5)), both)


def three_blocks(view: View) -> Iterator[Step]:
    """Cosines of three arguments."""
    for triple in combinations(arguments(view.groups)[:8], 3):
        made = [block(argument, Kind.TRIGONOMETRIC, sympy.Integer(1), degree=1) for argument in triple]
        cosines = [Block(one.name, one.elements[:1]) for one in made if one is not None]
        if len(cosines) == 3:
            yield Step(POWERS[0], Shape((6, 6)), product(cosines))


def basis_groups(view: View) -> Iterator[Argument]:
    """The groups of the lattice's own basis."""
    for row in view.lattice.basis:
        with np.errstate(all="ignore"):
            values = np.prod(view.X ** row.astype(np.float64), axis=1)
        yield Argument(values, view.product(row.astype(np.float64)), 0.0)


def screen_transforms(view: View, candidates: Sequence[Transform], shape: Shape, one: Block) -> Iterator[Step]:
    """Steps for those transforms that a linear relation with this block could have: one QR for all of a sign."""
    for sign in (1, -1, 0):
        group = [transform for transform in candidates if np.sign(transform.power) == sign]
        if not group:
            continue
        expressions, bank, _ = view.bank(float(sign), shape.sizes[0], shape.halves, shape.without)
        rows = np.linspace(
            0, view.inner - 1, min(view.inner, int(1.5 * len(expressions) * (len(one.elements) + 1)) + 40)
        )
        rows = rows.astype(np.int64)
        with np.errstate(all="ignore"):
            columns = np.concatenate([bank[rows], *(bank[rows] * e.values[rows, None] for e in one.elements)], axis=1)
            goals = np.column_stack([transform(view.v[rows]) for transform in group])
        good = usable(goals)
        columns = columns[:, usable(columns)]
        if not good.any():
            continue
        both = np.concatenate([columns / np.linalg.norm(columns, axis=0), goals[:, good]], axis=1)
        triangle = np.asarray(qr(both, mode="r", check_finite=False)[0])
        width = columns.shape[1]
        left = np.linalg.norm(triangle[width:, width:], axis=0) / np.linalg.norm(triangle[:, width:], axis=0)
        for index in np.flatnonzero(left < 10 * PRECISION.dependent):
            yield Step(group[int(np.flatnonzero(good)[index])], shape, one)
