"""The search over forms for one target: enumeration, sums of pairs, growth. Fitted on some rows, polished on all.

Everything is over scaled columns; `natural` carries the best back. What is kept of a form is its screening score,

    n/2 ln(rss / n) + structure + constants/2 ln n,

which only decides what is looked at more closely: which formula is right is decided by description length
(`inference`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .batch import Data, derivatives, fit_batch
from .catalogue import LARGEST, catalogue, is_runnable
from .equivalence import join, wrap
from .form import Form, count_constants, part_at, places, replaced, size, structure_price
from .nodes import BINARY, MOST_CONSTANTS, NODES, UNARY
from .peel import Peeler, Whole
from .starts import Starts

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Effort:
    """How much is searched. The counts were chosen on the study of research notes on twenty textbook laws, where more
    of each found no more; they bound the work, so that the same seed gives the same formulas on any machine."""

    largest: int = 6
    """Forms of the catalogue up to this size (less where its columns have fewer)."""
    starts: int = 4
    """For each constant of a form, up to three times as many."""
    small: int = 4
    """Forms up to this size are few and most laws are among them: they get three times as many starts."""
    screened_rows: int = 60
    """Rows that all forms are fitted to; enough to tell which are worth all rows."""
    polished: int = 40
    """Forms that are fitted to all rows after each stage."""
    polished_rows: int = 2_000
    pair_columns: int = 1_200
    """Values of small forms among which the best sums of two are looked for."""
    rounds: int = 24
    """Of growth at most; each screens `grown` new forms."""
    patience: int = 5
    """So many rounds of growth in a row that gain nothing are the last: each tries a few hundred of thousands."""
    worth: float = 2.0
    """Nats that count as a gain: less is within what the screening score leaves open."""
    peels: int = 3
    """Rounds in which what the best forms leave is fitted by small forms."""
    peeled: int = 4
    """Forms of each of those rounds, of different values."""
    peel_forms: int = 1_200
    grown: int = 400
    parents: int = 16
    grown_constants: int = 6
    grown_size: int = 9
    joint_size: int = 13
    """Of two forms that peeling joins."""


@dataclass(frozen=True)
class Fitted:
    """A form with its constants and line, over scaled columns, and its screening score on all polished rows."""

    form: Form
    theta: Array
    linear: tuple[float, float]
    score: float


@dataclass
class FormSearch:
    """One search: X (columns, rows) scaled, y and weights (rows,) scaled. `floor`: the smallest root mean square that
    means anything; `over` is asked between batches and ends the search when it says so."""

    X: Float[np.ndarray, "columns rows"]
    y: Float[np.ndarray, " rows"]
    weights: Float[np.ndarray, " rows"]
    floor: float
    seed: int = 0
    effort: Effort = Effort()
    nu: float = 0.0
    without: frozenset[str] = frozenset()
    over: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda forms: None
    screened: dict[Form, tuple[float, Array]] = field(default_factory=dict)
    best: dict[Form, Fitted] = field(default_factory=dict)
    _polished: set[Form] = field(default_factory=set)
    _peeled: set[Form] = field(default_factory=set)

    def __post_init__(self) -> None:
        draw = np.random.default_rng([self.seed, 1])
        rows = len(self.y)
        some = np.sort(draw.permutation(rows)[: self.effort.screened_rows])
        many = np.sort(draw.permutation(rows)[: self.effort.polished_rows])
        self._some, self._many = self._data(some, 1.0), self._data(many, 1e-4)
        self._starts = Starts(self.X[:, many], self.y[many], self.seed)
        self._draw = draw

    def run(self) -> list[Fitted]:
        """The best forms, by their screening score."""
        self.enumerate()
        if not self._exact():
            if not self.nu:
                self.pairs()
            self._while_it_pays(self.peel, self.effort.peels, 1)
            self._while_it_pays(self.grow, self.effort.rounds, self.effort.patience)
        return sorted(self.best.values(), key=lambda fitted: fitted.score)

    def _while_it_pays(self, stage: Callable[[], bool], most: int, patience: int) -> None:
        """A stage again and again, until one form is exact or `patience` times in a row gained next to nothing."""
        idle, best = 0, self._shortest()
        for _ in range(most):
            if idle >= patience or self.over() or self._exact() or not stage():
                return
            idle = 0 if self._shortest() < best - self.effort.worth else idle + 1
            best = min(best, self._shortest())

    def _shortest(self) -> float:
        return min((fitted.score for fitted in self.best.values()), default=math.inf)

    # ------------------------------------------------------------------------------------------------- enumeration

    def enumerate(self) -> None:
        """All forms of the catalogue, small ones first, until one is exact; then one size more, since a smaller form
        may be exact by hiding another in it (a parabola in a cosine of huge amplitude)."""
        columns, was_exact = len(self.X), False
        for level in range(1, min(self.effort.largest, LARGEST[columns]) + 1):
            forms = [form for form in catalogue(columns)[level - 1] if self._allowed(form)]
            for some in _batches(sorted(forms, key=lambda form: structure_price(form, columns)), 200):
                if self.over():
                    return
                self._screen(some, self.effort.starts if level > self.effort.small else 3 * self.effort.starts)
            self._polish()
            if was_exact:
                return
            was_exact = self._exact()

    def _allowed(self, form: Form) -> bool:
        if not self.without:
            return True
        return isinstance(form, int) or (form[0] not in self.without and all(map(self._allowed, form[1:])))

    def _small(self, most: int) -> list[Form]:
        """So many allowed forms of at most four nodes, the cheapest first."""
        columns = len(self.X)
        forms = [form for level in catalogue(columns)[:4] for form in level if self._allowed(form)]
        return sorted(forms, key=lambda form: structure_price(form, columns))[:most]

    # ------------------------------------------------------------------------------------------------------- pairs

    def pairs(self) -> None:
        """u + C v of all small forms, by one Gram matrix: for unit columns u, v with correlation g the explained sum of
        squares is (c_u^2 + c_v^2 - 2 g c_u c_v) / (1 - g^2)."""
        entries = self._pair_columns()
        if len(entries) < 2:
            return
        target = self._some.y - self._some.y.mean()
        unit = np.array([entry.unit for entry in entries])
        gram, c = unit @ unit.T, unit @ target
        apart = 1 - gram * gram
        with np.errstate(all="ignore"):
            gain = (c[:, None] ** 2 + c[None] ** 2 - 2 * gram * c[:, None] * c[None]) / apart
        gain[apart < 1e-7] = 0.0
        rows = self._some.rows
        left = np.maximum(target @ target - gain, rows * self.floor**2)
        prices = np.array([structure_price(entry.form, len(self.X)) for entry in entries])
        value = 0.5 * rows * np.log(left) + prices[:, None] + prices[None]
        value[np.tril_indices(len(entries))] = np.inf
        order = np.argsort(value, axis=None)[: 10 * self.effort.grown]
        found = self._joined_pairs(
            [(entries[i], entries[j]) for i, j in zip(*np.unravel_index(order, value.shape), strict=True)]
        )
        self._screen_from(found)
        self._polish()

    def _pair_columns(self) -> list[_PairColumn]:
        entries = []
        for form in self._small(self.effort.pair_columns // 3):
            known = [self.screened[form][1]] if form in self.screened else []
            for theta in [*known, *self._starts.draw(form, 2)]:
                found = derivatives(form, theta, self._some.X)
                if found is None:
                    continue
                centred = found[0] - found[0].mean()
                norm = float(np.linalg.norm(centred))
                if norm > 1e-9 * float(np.linalg.norm(found[0])):
                    entries.append(_PairColumn(form, theta, centred / norm, norm))
        return entries[: self.effort.pair_columns]

    def _joined_pairs(self, pairs: Iterable[tuple[_PairColumn, _PairColumn]]) -> dict[Form, Array]:
        """The sums that are no form yet, with the constants to start from."""
        columns, target = len(self.X), self._some.y - self._some.y.mean()
        found: dict[Form, Array] = {}
        for u, v in pairs:
            u, v = sorted((u, v), key=lambda entry: repr(entry.form))
            form = join(NODES["plus"], u.form, v.form)
            if (
                form is None
                or form in found
                or form in self.screened
                or not is_runnable(form, columns, MOST_CONSTANTS - 1)
            ):
                continue
            by = np.linalg.lstsq(np.array([u.unit, v.unit]).T, target, rcond=None)[0]
            ratio = (by[1] / v.norm) / ((by[0] / u.norm) or 1e-9)
            own = [*u.theta[: count_constants(u.form, columns)], *v.theta[: count_constants(v.form, columns)], ratio]
            found[form] = np.pad(np.array(own), (0, MOST_CONSTANTS - len(own)))[None]
            if len(found) == self.effort.grown:
                break
        return found

    # ------------------------------------------------------------------------------------------------------ peeling

    def peel(self) -> bool:
        """What the best forms leave is fitted by small forms, beside them and as their factors. Whether any was new."""
        columns, small = len(self.X), self._small(self.effort.peel_forms)
        peeler, found = Peeler(self._some, small, self.seed, self.effort.starts), {}
        for parent in self._parents():
            self._peeled.add(parent.form)
            joint = peeler.peeled(
                Whole(parent.form, parent.theta[: count_constants(parent.form, columns)], parent.linear)
            )
            self.progress(2 * len(small))
            found |= {form: start for form, start in joint.items() if self._is_worth(form, self.effort.joint_size)}
            if self.over():
                break
        self._screen_from(found)
        self._polish()
        return bool(found)

    def _parents(self) -> list[Fitted]:
        """The best forms of different values that were not peeled yet."""
        chosen: list[Fitted] = []
        values: list[Array] = []
        for fitted in sorted(self.best.values(), key=lambda fitted: fitted.score):
            if len(chosen) == self.effort.peeled:
                break
            found = derivatives(fitted.form, fitted.theta, self._some.X)
            if found is None or fitted.form in self._peeled:
                continue
            value = fitted.linear[0] + fitted.linear[1] * found[0]
            apart = 0.02 * float(self._some.y.std())
            if all(float(np.sqrt(np.mean((value - other) ** 2))) > apart for other in values):
                chosen.append(fitted)
                values.append(value)
        return chosen

    # ------------------------------------------------------------------------------------------------------ growth

    def grow(self) -> bool:
        """One round: at every place of the best forms, something is wrapped, joined, dropped or put instead. Whether
        there was anything new to try."""
        parents = sorted(self.best.values(), key=lambda fitted: fitted.score)[: self.effort.parents]
        new: dict[Form, None] = {}
        for parent in parents:
            for place in places(parent.form):
                for form in self._changed(parent.form, place, [other.form for other in parents]):
                    if self._is_worth(form, self.effort.grown_size):
                        new[form] = None
        forms = list(new)
        if not forms:
            return False
        chosen = [forms[i] for i in self._draw.permutation(len(forms))[: self.effort.grown]]
        self._screen(chosen, 3)
        self._polish(self.effort.polished // 4)
        return True

    def _changed(self, form: Form, place: tuple[int, ...], others: Sequence[Form]) -> Iterable[Form | None]:
        here = part_at(form, place)
        small = [*catalogue(len(self.X))[0], *catalogue(len(self.X))[1]]
        parts = [small[int(self._draw.integers(len(small)))], others[int(self._draw.integers(len(others)))]]
        yield from (replaced(form, place, wrap(node, here)) for node in UNARY)
        for part in parts:
            for node in BINARY:
                yield replaced(form, place, join(node, *sorted((here, part), key=repr)))
                yield replaced(form, place, join(node, here, part))
        if not isinstance(here, int):
            yield from (replaced(form, place, inner) for inner in here[1:])
        yield replaced(form, place, small[int(self._draw.integers(len(small)))])

    def _is_worth(self, form: Form | None, largest: int) -> bool:
        if form is None or isinstance(form, int) or form in self.screened or not self._allowed(form):
            return False
        return size(form) <= largest and is_runnable(form, len(self.X), self.effort.grown_constants)

    # ----------------------------------------------------------------------------------------------------- fitting

    def _screen(self, forms: Sequence[Form], starts: int) -> None:
        self._screen_from({form: self._starts.draw(form, starts) for form in forms})

    def _screen_from(self, starts: dict[Form, Array]) -> None:
        """Fits forms; not those that, with their line, go through any values of so few rows."""
        most = len(self.y) - 3
        forms = [form for form in starts if count_constants(form, len(self.X)) <= most]
        if not forms:
            return
        fits = fit_batch(forms, [starts[form] for form in forms], self._some, steps=8, more=12)
        for form, objective, theta in zip(forms, fits.objective, fits.theta, strict=True):
            if np.isfinite(objective):
                self.screened[form] = self._score(form, float(objective), self._some), theta
        self.progress(len(forms))

    def _polish(self, most: int | None = None) -> None:
        """The best screened forms, fitted to all rows from where they are and from three fresh starts."""
        ranked = sorted(self.screened, key=lambda form: self.screened[form][0])[: most or self.effort.polished]
        forms = [form for form in ranked if form not in self._polished]
        if not forms:
            return
        self._polished.update(forms)
        starts = [np.vstack([self.screened[form][1][None], self._starts.draw(form, 3)]) for form in forms]
        fits = fit_batch(forms, starts, self._many, steps=25, more=60)
        for form, objective, theta, linear in zip(forms, fits.objective, fits.theta, fits.linear, strict=True):
            if np.isfinite(objective):
                score = self._score(form, float(objective), self._many)
                self.best[form] = Fitted(form, theta, (float(linear[0]), float(linear[1])), score)

    def _score(self, form: Form, objective: float, data: Data) -> float:
        rows, constants = data.rows, count_constants(form, len(self.X))
        fit = objective if self.nu else 0.5 * rows * math.log(max(objective / rows, self.floor**2))
        return fit + structure_price(form, len(self.X)) + 0.5 * constants * math.log(rows)

    def _exact(self) -> bool:
        """Whether some form misses by no more than rounding."""
        if self.nu:
            return False
        limit = 0.5 * self._many.rows * math.log(self.floor**2) * (1 - 1e-9)
        return any(
            fitted.score - structure_price(fitted.form, len(self.X))
            - 0.5 * count_constants(fitted.form, len(self.X)) * math.log(self._many.rows) <= limit + 1e-6
            for fitted in self.best.values()
        )  # fmt: skip

    def _data(self, rows: NDArray[np.int_], share: float) -> Data:
        X, y = np.ascontiguousarray(self.X[:, rows]), np.ascontiguousarray(self.y[rows])
        weights = np.ascontiguousarray(self.weights[rows])
        return Data(X, y, weights, self.nu, share * len(rows) * self.floor**2)


@dataclass(frozen=True)
class _PairColumn:
    """The centred values of a small form at some constants, of unit length, and how long they were."""

    form: Form
    theta: Array
    unit: Array
    norm: float


def _batches(forms: Sequence[Form], many: int) -> Iterable[Sequence[Form]]:
    for start in range(0, len(forms), many):
        yield forms[start : start + many]
