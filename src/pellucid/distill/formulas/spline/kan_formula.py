"""KAN to formula: a spline network is grown on a table and read edge by edge (arXiv 2404.19756, 2.5; 2408.10205).

    grow a shape (`grow`) -> refine its splines -> functions for every edge (`edge_candidates`) -> refit combinations
    as a whole (`symbols`) -> exact constants (`polish`) -> the shortest description of formula and data (`selection`)

The smallest shape whose formula is exact ends the search; under noise, the one after which larger shapes say no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from ....artifacts.formulas.formula import Formula, make_formula
from ....artifacts.formulas.spline_network import SplineNetwork
from ....core.artifact import Artifact
from ....core.context import Context
from ....core.method import Found, Method
from ....core.reporter import Reporter
from ....nets.splines.jacobian import ArrayNetwork
from ....nets.splines.kan import KAN
from ....nets.splines.least_squares import network_of
from ....nets.splines.spline_fit import Table
from ....run.cpu_limit import is_over
from ....run.threads import one_thread
from ....subjects.tables.samples import Samples
from ..evidence.claims import formula_claims
from ..expression.candidate import Candidate
from ..expression.primitives import LIBRARY, Primitive, named
from ..expression.selection import as_front, choose
from ..regression.plain import constant
from .grow import Grown, Widths, grow, shapes
from .manual_edges import fix
from .settings import SPLINES
from .symbolic_network import split_width
from .symbols import formulas, search, spline_network


@dataclass(frozen=True)
class KANFormula(Method[Samples, Formula]):
    """Grow a spline network on a table, and read a formula from it.

    `library` are the functions an edge may be, by name or as `Primitive`; `tried` the shapes (smallest first; those of
    `grow.shapes` where none are given), `restarts` the random starts of each, `combinations` how many networks of named
    functions are refitted; the `most_read` smallest networks that fit are read, and one that is exact is the last. At
    most `rows` are fitted to; the share `held_out` is only measured on;
    `refits` bootstrap refits say how stable the constants are. `edges` are functions that a person has named already,
    as (layer, node, sum, name), for the one shape in `tried`; what `manual_edges.suggest` offers for them can be seen
    there. Raises ValueError for fewer than 16 rows, an unknown function, a shape or an edge that does not fit.

    >>> X = np.random.default_rng(0).uniform(0.5, 2, (200, 2))
    >>> print(KANFormula().explain(Samples(X, X[:, 0] / X[:, 1] ** 2, ("m", "r"))).artifact.expression)
    m/r**2
    """

    library: tuple[str | Primitive, ...] = LIBRARY
    tried: tuple[tuple[int | tuple[int, int], ...], ...] = ()
    most_hidden: int = 3
    restarts: int = 16
    combinations: int = 40
    most_read: int = 12
    smooth: float = 1e-5
    held_out: float = 0.2
    rows: int = 2000
    refits: int = 10
    edges: tuple[tuple[int, int, int, str], ...] = ()
    plausible: float = 0.03
    """Held-out error of a network, relative to the spread of y, above which it is read only if there is no better."""
    exact: float = SPLINES.exact_formula
    """Error, relative to the root mean square of y, at which the search ends."""
    fewest_rows: int = 16
    """With fewer rows there are none left to tell splines of five cells from one another."""

    def _find(self, subject: Samples, context: Context) -> Found[Formula]:
        """The formula with the shortest description of itself and the data; parts: its front, the network."""
        self._check(subject)
        subject = subject.by_weight(np.random.default_rng(context.stream("weights")), self.fewest_rows)
        generator = np.random.default_rng(context.seed)
        library = named(self.library)
        train, held = subject.split(self.held_out, generator)
        spread = float(np.std(train.y))
        few, few_held = _first(train, self.rows, generator), _first(held, self.rows, generator)
        with one_thread():
            found, networks = self._searched(few, few_held, library, generator, context.reporter, spread)
            chosen = choose(found, few, few_held)
            formula = make_formula(chosen.expression, subject.names, subject.target, subject.box)
            error = min((grown.error for grown in networks), default=None)
            surrogate = None if error is None else error * spread
            claims = formula_claims(
                formula, train, held, surrogate_error=surrogate, refits=self.refits, seed=context.seed
            )
        parts: dict[str, Artifact] = {"front": as_front(found, chosen, few)}
        if networks:
            parts["network"] = _artifact(networks[-1], spread)
        return Found(formula, claims, parts, route=chosen.route)

    def settings(self) -> dict[str, Any]:
        """The hyperparameters; functions by their names."""
        return {**super().settings(), "library": [entry.name for entry in named(self.library)]}

    def _searched(
        self,
        train: Samples,
        held: Samples,
        library: tuple[Primitive, ...],
        generator: np.random.Generator,
        reporter: Reporter,
        spread: float,
    ) -> tuple[list[Candidate], list[Grown]]:
        """Every formula found, and the networks they were read from, the best last."""
        mean = constant(train)
        if np.ptp(train.y) == 0:
            return [mean], []
        tables = Table(train.X, train.y[:, None] / spread), Table(held.X, held.y[:, None] / spread)
        tried = self.tried or tuple(shapes(train.features, self.most_hidden))
        reporter.start("growing", len(tried))
        found, networks, waiting = [mean], [], []
        for grown in grow(*tables, tried, generator, restarts=self.restarts, smooth=self.smooth):
            networks.append(grown)
            reporter.advance(1, f"{_text(grown.widths)}: held-out error {grown.error:.1e}")
            if grown.error > self.plausible:
                waiting.append(grown)
                continue
            found += self._read(grown, train, spread, library)
            if self._has_exact(found, train):
                break
            # Larger networks follow any smooth function, ever closer.
            if is_over() or len(networks) - len(waiting) >= self.most_read:
                break
        if len(waiting) == len(networks):  # noise, or nothing that splines of these shapes can say
            for grown in waiting[-2:]:
                found += self._read(grown, train, spread, library)
        reporter.finish()
        return found, networks

    def _read(self, grown: Grown, train: Samples, spread: float, library: tuple[Primitive, ...]) -> list[Candidate]:
        """The formulas that a network stands for, the best first."""
        spline = spline_network(grown.network)
        for layer, source, target, name in self.edges:
            spline = fix(spline, train.X, layer, source, target, name, library)
        symbolic = search(spline, train.X, train.y / spread, library, self.combinations)
        return formulas([each.scaled(spread) for each in symbolic], train.X, train.y, train.names)

    def _has_exact(self, found: list[Candidate], train: Samples) -> bool:
        return min(candidate.error for candidate in found) <= self.exact * float(np.sqrt(np.mean(train.y**2)))

    def _check(self, subject: Samples) -> None:
        if subject.rows < self.fewest_rows:
            raise ValueError(
                f"Samples has {subject.rows} rows; give at least {self.fewest_rows} for splines to be fitted"
            )
        for name, value in (
            ("restarts", self.restarts),
            ("combinations", self.combinations),
            ("rows", self.rows),
            ("most_read", self.most_read),
        ):
            if value < 1:
                raise ValueError(f"{name}={value}; give at least 1")
        if not 0 < self.held_out < 1:
            raise ValueError(f"held_out={self.held_out}; give a share between 0 and 1")
        self._check_edges()
        for widths in self.tried:
            if widths[0] != subject.features or widths[-1] != 1:
                raise ValueError(f"tried has {widths}; a shape goes from {subject.features} features to 1")

    def _check_edges(self) -> None:
        if self.edges and len(self.tried) != 1:
            raise ValueError(f"edges={self.edges} belong to one shape; tried has {len(self.tried)}, give that one")
        for layer, source, target, name in self.edges:
            if not _fits(self.tried[0], layer, source, target):
                raise ValueError(f"edge {(layer, source, target)} ({name!r}) is not there in the shape {self.tried[0]}")


def _fits(widths: Widths, layer: int, source: int, target: int) -> bool:
    """Whether a network of these widths has the edge from node `source` to sum `target` of `layer`."""
    if not 0 <= layer < len(widths) - 1:
        return False
    plain, products = split_width(widths[layer + 1])
    return 0 <= source < sum(split_width(widths[layer])) and 0 <= target < plain + 2 * products


def _first(samples: Samples, rows: int, generator: np.random.Generator) -> Samples:
    """At most `rows` of the rows, drawn at random."""
    if samples.rows <= rows:
        return samples
    return samples.select(np.sort(generator.choice(samples.rows, rows, replace=False)))


def _artifact(grown: Grown, spread: float) -> SplineNetwork:
    """The network with y in its own units."""
    *below, last = grown.network.layers
    arrays = ArrayNetwork([*below, replace(last, coefficients=last.coefficients * spread)])
    network = network_of(arrays, KAN(grown.widths, base=False, dtype=torch.float64))
    weights = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    return SplineNetwork(weights, network.spec())


def _text(widths: Widths) -> str:
    return "[" + ", ".join(str(width) for width in widths) + "]"
