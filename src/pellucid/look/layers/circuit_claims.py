"""What a circuit is worth on pairs held out: alone, taken out, and with its parts taken out one by one.

    faithfulness = answer of the circuit alone       completeness: what is left of the answer without the circuit
    minimality: the share of its parts whose loss moves the answer of the circuit (arXiv 2211.00593, section 4)

All are shares of the answer; beside each stands the same for circuits drawn at random, of as many nodes or edges.
"""

from __future__ import annotations

import numpy as np

from ...artifacts.features.effects import Effects
from ...core.claim import Measured
from .ablated_runs import AblatedRuns
from .circuit_order import CircuitOrder, Kept

__all__ = ["circuit_claims", "circuit_curve"]

SHARES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Of all nodes or edges, how many are in the circuits of the curve: about twice as many each time."""
UNIT = "of the answer"


def circuit_claims(
    runs: AblatedRuns, order: CircuitOrder, kept: Kept, generator: np.random.Generator,
    *, drawn: int, checked: int, threshold: float,
) -> tuple[Measured, ...]:  # fmt: skip
    """Faithfulness first, then what is left without the circuit, its size, and minimality."""
    count = len(order.within(kept))
    random = [order.of([order.ranked[i] for i in generator.permutation(len(order.ranked))[:count]])
              for _ in range(drawn)]  # fmt: skip
    usual, usual_left = (
        float(np.mean([runs.left(one if alone else _without(order, one)) for one in random])) for alone in (True, False)
    )
    alone, rest = runs.answers(kept), runs.answers(_without(order, kept))
    size = f"{count} of {len(order.ranked)} {order.what}"
    pairs = f"on {runs.contrast.rows} pairs held out"
    beside = f"baseline: {drawn} circuits of as many, drawn at random"
    claims = (
        Measured(f"faithfulness: what the circuit of {size} carries alone, {pairs}; {beside}", runs.share(alone), UNIT,
                 usual, runs.spread(alone), key="faithfulness"),
        Measured(f"completeness: what is left of the answer without the circuit, {pairs} (0: nothing); {beside}",
                 runs.share(rest), UNIT, usual_left, runs.spread(rest), key="completeness"),
        Measured(f"the circuit's share of all {order.what}", count / len(order.ranked), "", key="size"),
    )  # fmt: skip
    return (*claims, *_minimality(runs, order, kept, generator, checked, threshold))


def _minimality(
    runs: AblatedRuns, order: CircuitOrder, kept: Kept, generator: np.random.Generator, checked: int, threshold: float
) -> tuple[Measured, ...]:
    """How many of the circuit's parts it needs, and how many others it would be moved by if it had them."""
    inside = order.within(kept)
    outside = [one for one in order.ranked if one not in set(inside)]
    answer = runs.left(kept)

    def moved(chosen: list[tuple[int, int]], there: bool) -> float:
        found = []
        for i in generator.permutation(len(chosen))[:checked]:
            other = kept.copy()
            order.mark(other, chosen[i], there)
            found.append(abs(runs.left(other) - answer) >= threshold)
        return float(np.mean(found))

    if not inside or not outside:
        return ()
    needed, count = moved(inside, False), min(checked, len(inside))
    told = (
        f"minimality: of {count} {order.what} of the circuit, taken out one by one, the share whose loss moves its "
        f"answer by {100 * threshold:g} % or more; baseline: others put in one by one"
    )
    spread = float(np.sqrt(max(needed * (1 - needed), 1 / count) / count))
    return (Measured(told, needed, "", moved(outside, True), spread, key="minimality"),)


def circuit_curve(runs: AblatedRuns, order: CircuitOrder, generator: np.random.Generator) -> Effects:
    """The answer that circuits of several sizes carry, alone and taken out, and random ones alone."""
    names, rows = [], []
    mixed = [order.ranked[i] for i in generator.permutation(len(order.ranked))]
    for count in dict.fromkeys(max(1, round(share * len(order.ranked))) for share in SHARES):
        best, chance = order.kept(count), order.of(mixed[:count])
        names.append(f"{count} {order.what}")
        rows.append((runs.left(best), runs.left(_without(order, best)), runs.left(chance)))
    measures = ("the circuit alone", "without the circuit", "random ones alone")
    return Effects(tuple(names), measures, tuple(rows), units=(UNIT,) * 3, title=f"circuits by how many {order.what}")


def _without(order: CircuitOrder, kept: Kept) -> Kept:
    """All edges but those of the circuit; of nodes the embedding stays."""
    rest = order.graph.before & ~kept
    if order.what == "nodes":
        rest[0] = order.graph.before[0]
    return rest
