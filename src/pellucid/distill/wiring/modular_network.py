"""Networks that are trained so that independent parts of a problem become separate parts that one can see and hand on.

Liu, Gan and Tegmark, "Seeing is Believing: Brain-Inspired Modular Training for Mechanistic Interpretability"
(arXiv:2305.08746): neurons have places, and wires cost by their length; "Growing Brains" (arXiv:2310.07711) does
the same in recurrent networks. Beyond them: places are assignments (`nets.wiring.placed`), and small weights are cut,
with training in between, as long as the description of network and errors gets shorter,

    rows * log(error on other rows) + weights * log(rows),

and every dependence without which the error on other rows does not rise beyond doubt, so that what is not needed is
exactly 0: where no path is left, an output does not depend on an input at all. Each
output is then handed to an `engine` as a table of the inputs that it depends on.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...artifacts.formulas.formula import Formula
from ...artifacts.mechanisms.wired_network import WiredNetwork
from ...core.artifact import Artifact
from ...core.claim import Claim, Measured, Tested, Undecided
from ...core.context import Context
from ...core.method import Found, Method
from ...nets.wiring.cutting import path_products, separate, without_smallest
from ...nets.wiring.placed import PlacedMLP, WiringOptions, place, polish_placed, train_placed
from ...run.threads import one_thread
from ...subjects.tables.responses import Responses
from ...subjects.tables.samples import Samples

Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class Trained:
    """A network, its error on the rows that choose, and the length of its description in nats."""

    network: PlacedMLP
    error: float
    length: float


@dataclass(frozen=True)
class ModularNetwork(Method[Responses, WiredNetwork]):
    """Trains a network with short wires, cuts what it does not need, and hands each output on with its inputs.

    Raises ValueError for fewer than 40 rows.

    >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    >>> method = ModularNetwork(hidden=(6,), steps=400, seeds=1)
    >>> found = method.explain(Responses(X, np.stack([np.sin(X[:, 0]), X[:, 1] ** 2], 1))).artifact
    >>> sorted(found.independent())
    [('y0', 'x1'), ('y1', 'x0')]
    """

    hidden: tuple[int, ...] = (20, 20)
    engine: Method[Samples, Formula] | None = None
    """What each output is handed to, with the columns that it depends on; None: to nothing."""
    seeds: int = 3
    """Networks that are trained; the one of the shortest description is kept."""
    steps: int = 2000
    rate: float = 2e-3
    strength: float = 1e-3
    """Of the penalty, for columns of variance 1: the paper's."""
    shrink: float = 0.85
    """The share of weights that stay at each cut, of which there are as many as it takes to leave almost none."""
    refit: int = 200
    """Steps of training after each cut, without a penalty."""
    needed: float = 2.0
    """Standard errors by which the error on other rows has to rise without a dependence, for it to stay."""

    def _find(self, subject: Responses, context: Context) -> Found[WiredNetwork]:
        if len(subject.X) < 40:
            raise ValueError(f"{len(subject.X)} rows are too few to train, choose and test; give at least 40")
        order = np.random.default_rng(context.stream("split")).permutation(len(subject.X))
        train, choose, test = np.split(order, [3 * len(order) // 5, 4 * len(order) // 5])
        table = np.concatenate([subject.X, subject.Y], 1)
        centres, scales = table[train].mean(0), table[train].std(0)
        scales[scales == 0] = 1
        data = torch.as_tensor((table - centres) / scales, dtype=torch.float32)
        rows, wanted = data[:, : len(subject.names)], data[:, len(subject.names) :]
        seed = context.stream("weights") % 2**31
        context.reporter.start("networks", self.seeds + 2)
        with one_thread():
            found = []
            for number in range(self.seeds):
                found.append(self._trained(rows, wanted, train, choose, seed + number))
                context.reporter.advance()
            best = self._separated(min(found, key=lambda one: one.length), rows, wanted, train, choose)
            place(best.network)
            others = {}
            for name, length in (("plain", None), ("L1", 0.0)):
                others[name] = self._network(rows[train], wanted[train], seed, length)
                context.reporter.advance()
        context.reporter.finish()
        network = _artifact(best.network, subject, centres, scales)
        claims = [*_claims(network, best, others, rows, wanted, test), *_intervention(network, subject, test, context)]
        parts, more = self._handed_on(network, subject, order[: len(order) - len(test)], test, context)
        return Found(network, (*claims, *more), parts)

    def _network(self, rows: Tensor, wanted: Tensor, seed: int, length: float | None) -> PlacedMLP:
        """Trained with wires of this cost by length; None: without a penalty."""
        generator = torch.Generator().manual_seed(seed)
        network = PlacedMLP((rows.shape[1], *self.hidden, wanted.shape[1]), generator)
        options = WiringOptions(self.steps, self.rate, self.strength, length or 0.0)
        train_placed(network, rows, wanted, options, penalised=length is not None)
        return network

    def _trained(
        self, rows: Tensor, wanted: Tensor, train: Int[np.ndarray, " n"], choose: Int[np.ndarray, " m"], seed: int
    ) -> Trained:
        """The network of the shortest description, of those that are left after each cut."""
        network = self._network(rows[train], wanted[train], seed, 1.0)
        best, keep = _weighed(network, rows, wanted, train, choose), network.count
        while keep > wanted.shape[1]:
            keep = int(self.shrink * min(keep, network.count))
            without_smallest(network, keep)
            train_placed(network, rows[train], wanted[train], WiringOptions(self.refit, self.rate), penalised=False)
            now = _weighed(network, rows, wanted, train, choose)
            if now.length < best.length:
                best = replace(now, network=copy.deepcopy(network))
            if network.count < keep / 4:  # paths are broken: what is left is nothing
                break
        return best

    def _separated(
        self, best: Trained, rows: Tensor, wanted: Tensor, train: Int[np.ndarray, " n"], choose: Int[np.ndarray, " m"]
    ) -> Trained:
        """Without those dependences of outputs on inputs that are of no use on the rows that choose, weakest first."""
        polish_placed(best.network, rows[train], wanted[train], self.refit)
        best = _weighed(best.network, rows, wanted, train, choose)
        products = path_products(best.network)
        for output, entry in sorted(np.argwhere(products > 0).tolist(), key=lambda pair: products[tuple(pair)]):
            network = copy.deepcopy(best.network)
            separate(network, output, entry)
            polish_placed(network, rows[train], wanted[train], self.refit)
            rise = _squares(network, rows, wanted, choose) - _squares(best.network, rows, wanted, choose)
            if float(rise.mean()) <= self.needed * float(rise.std()) / len(rise) ** 0.5:
                best = _weighed(network, rows, wanted, train, choose)
        return best

    def _handed_on(
        self, network: WiredNetwork, subject: Responses, known: Int[np.ndarray, " n"], test: Int[np.ndarray, " m"],
        context: Context,
    ) -> tuple[dict[str, Artifact], list[Claim]]:  # fmt: skip
        """A formula of each output in the columns it depends on, from all rows but those of the test."""
        parts: dict[str, Artifact] = {}
        claims: list[Claim] = []
        if self.engine is None:
            return parts, claims
        predicted = network.predict(subject.X[test][:, [subject.names.index(name) for name in network.inputs]])
        for number, output in enumerate(network.outputs):
            target = subject.targets.index(output)
            columns = tuple(sorted(subject.names.index(name) for name in network.depends_on(number)))
            if not columns:
                continue
            given = subject.samples(target, columns)
            try:
                found = self.engine.explain(replace(given, X=given.X[known], y=given.y[known]), context.stream(output))
            except ValueError as error:
                claims.append(Undecided(f"there is a formula of {output}", str(error)[:120], key=f"{output} formula"))
                continue
            parts[output] = found.artifact
            wanted = subject.Y[test, target]
            errors = (found.artifact(given.X[test]) - wanted, predicted[:, number] - wanted)
            size = float(wanted.std()) or 1.0
            ours, theirs = (float(np.sqrt((one**2).mean())) / size for one in errors)
            said = (
                f"error of the formula of {output} in {', '.join(given.names)} on rows held out (baseline: the network)"
            )
            claims.append(Measured(said, ours, f"std of {output}", theirs, key=f"{output} formula"))
        return parts, claims


def _squares(network: PlacedMLP, rows: Tensor, wanted: Tensor, chosen: Int[np.ndarray, " m"]) -> Tensor:
    """The squared error of each row, over all outputs."""
    with torch.no_grad():
        return (network(rows[chosen]) - wanted[chosen]).square().mean(1).double()


def _weighed(
    network: PlacedMLP, rows: Tensor, wanted: Tensor, train: Int[np.ndarray, " n"], choose: Int[np.ndarray, " m"]
) -> Trained:
    error = float(_squares(network, rows, wanted, choose).mean())
    numbers = len(train) * wanted.shape[1]
    length = numbers * np.log(max(error, 1e-12)) + network.count * np.log(numbers)
    return Trained(network, error, float(length))


def _artifact(network: PlacedMLP, subject: Responses, centres: Array, scales: Array) -> WiredNetwork:
    """Its weights as they are, columns in the order of their places."""
    first, last = (order.numpy() for order in network.order)
    columns = np.concatenate([first, len(subject.names) + last])
    matrices = [(w * m).detach().double().numpy() for w, m in zip(network.weights, network.masks, strict=True)]
    return WiredNetwork(
        tuple(subject.names[i] for i in first),
        tuple(subject.targets[i] for i in last),
        network.widths,
        np.concatenate([one.ravel() for one in matrices]),
        np.concatenate([bias.detach().double().numpy() for bias in network.biases]),
        centres[columns],
        scales[columns],
    )


def _claims(
    found: WiredNetwork, best: Trained, others: dict[str, PlacedMLP], rows: Tensor, wanted: Tensor,
    test: Int[np.ndarray, " m"],
) -> list[Claim]:  # fmt: skip
    """Error, wires and weights, beside networks that were trained alike without what makes this one."""

    def error(network: PlacedMLP) -> tuple[float, float]:
        with torch.no_grad():
            squares = (network(rows[test]) - wanted[test]).square().mean(1).double().numpy()
        root = float(np.sqrt(squares.mean()))
        return root, float(squares.std(ddof=1) / np.sqrt(len(squares)) / (2 * root or 1.0))

    ours, spread = error(best.network)
    total = sum(matrix.size for matrix in found.matrices)
    return [
        Measured("error on rows held out (baseline: the same network without a penalty)", ours, "standard deviations",
                 error(others["plain"])[0], spread or None, key="error"),
        Measured("mean length of wires, sum |w| d / sum |w| (baseline: an L1 penalty, without lengths)",
                 found.wire_length, "of the width", others["L1"].wire_length, key="wire length"),
        Measured("weights that are not 0 (baseline: all)", float(found.count), "weights", float(total), key="weights"),
        Measured("pairs of output and input without a path (baseline: before weights were cut)",
                 float(len(found.independent())), "pairs", 0.0, key="independent"),
    ]  # fmt: skip


def _intervention(
    found: WiredNetwork, subject: Responses, test: Int[np.ndarray, " m"], context: Context
) -> list[Claim]:
    """Outputs stay as they are when inputs without a path to them are drawn anew."""
    generator: Any = np.random.default_rng(context.stream("intervention"))
    rows = subject.X[test][:, [subject.names.index(name) for name in found.inputs]]
    cases = failures = 0
    for output in range(len(found.outputs)):
        free = ~found.paths[output]
        if not free.any():
            continue
        changed = rows.copy()
        changed[:, free] = generator.permuted(rows[:, free], axis=0)
        cases += len(rows)
        failures += int((found.predict(changed)[:, output] != found.predict(rows)[:, output]).sum())
    if not cases:
        return []
    said = "an output stays when inputs without a path to it are those of other rows"
    return [Tested(said, cases, failures, key="intervention")]
