"""Checks a bound on a finite world in exact fractions:  python check_bound.py world.json proofs/upper.json

V is the least solution of V(s) = opt_a opt_p sum_t p(t|s,a) V(t), 1 in the goal, 0 in what is avoided; for costs, of
V(s) = opt_a opt_p (cost + sum_t p V(t)), 0 in the goal, infinite where that is not reached almost surely. x bounds V if
for every action, or for that of `policy` where the bound is for some policy,
  upper  x >= right-hand side(x); for costs also: probability goes to a lower rank, 0 in the goal, from each state;
  lower  x <= right-hand side(x); for probabilities also: ranks as above, 0 in the goal and wherever x = 0.
States that are not listed have the trivial bound: 1 or infinity above, 0 below. Within k steps V itself is computed.
"""

import json
import sys
from fractions import Fraction
from functools import cache
from math import lcm
from pathlib import Path


def read_rows(world):
    """For each state its rows by action: (common denominator d, d cost, [(target, d low, d high)])."""
    rows, number = {}, cache(Fraction)
    for state, given in world["transitions"].items():
        actions = given if any(isinstance(row, dict) for row in given.values()) else {"": given or {state: 1}}
        paid = world.get("costs", {}).get(state, {})
        for action, row in actions.items():
            price = number(paid.get(action, 0) if isinstance(paid, dict) else paid)
            pairs = [(t, *map(number, p if isinstance(p, list) else (p, p))) for t, p in row.items()]
            d = lcm(price.denominator, *(p.denominator for _, *both in pairs for p in both))
            whole = [(t, int(a * d), int(b * d)) for t, a, b in pairs]
            fits = sum(a for _, a, _ in whole) <= d <= sum(b for _, _, b in whole)
            if not fits or price < 0 or not all(0 <= a <= b for _, a, b in whole):
                raise ValueError(f"{state}: no distribution fits, or a cost is negative")
            rows.setdefault(state, {})[action] = (d, int(price * d), whole)
    ends = {t for row in rows.values() for _, _, pairs in row.values() for t, _, _ in pairs} - set(rows)
    return rows | {s: {"": (1, 0, [(s, 1, 1)])} for s in ends}


def value(row, x, trivial, largest):
    """d times the expectation of x: what is free within intervals goes where x is largest, or smallest."""
    d, _, pairs = row
    free, total = d - sum(a for _, a, _ in pairs), sum(a * x.get(t, trivial) for t, a, _ in pairs)
    for t, a, b in sorted(pairs, key=lambda e: x.get(e[0], trivial), reverse=largest) if free else ():
        total, free = total + min(b - a, free) * x.get(t, trivial), max(0, free - b + a)
    return total


def falls(row, ranks, own, chosen):
    """Whether some probability goes to a lower rank: always, or, where intervals may be `chosen` from, for some."""
    low, high = (sum(e[k] for e in row[2] if ranks.get(e[0], 0) < own) for k in (1, 2))
    other_low, other_high = (sum(e[k] for e in row[2] if ranks.get(e[0], 0) >= own) for k in (1, 2))
    return high > 0 and other_low < row[0] if chosen else low > 0 or other_high < row[0]


def check_state(state, actions, x, scale, bound, every, largest):
    """Raises ValueError where the conditions on x do not hold in this state."""
    cost, ranks, upper = bound["rule"]["cost"], bound["ranks"], bound["side"] == "upper"
    named = [a for a in actions if every or a == bound["policy"].get(state)] or actions
    for d, price, pairs in map(actions.get, named):
        if upper and cost and any(t not in x for t, _, high in pairs if high):
            raise ValueError(f"{state}: leads to a state without bound")
        right = price * scale * cost + value((d, price, pairs), x, scale * upper, largest)
        gap = (d * x[state] - right) * (1 if upper else -1)
        if gap < 0:
            raise ValueError(f"{state}: x is no bound")
        own, chosen = ranks.get(state, 0), largest != upper and gap > 0
        if upper == cost and not (own > 0 and falls((d, price, pairs), ranks, own, chosen)):
            raise ValueError(f"{state}: goes to no lower rank")


def after_steps(rows, ends, steps, scale, up, maximises, largest):
    """Bounds on V after so many steps, rounded outwards, `up` or down, to whole numbers over `scale`."""
    x = dict.fromkeys(rows, 0) | ends
    for _ in range(steps):
        sums = {s: [(value(r, x, 0, largest), r[0]) for r in rows[s].values()] for s in rows if s not in ends}
        whole = {s: [-(-total // d) if up else total // d for total, d in found] for s, found in sums.items()}
        x |= {s: max(found) if maximises else min(found) for s, found in whole.items()}
    return x


def sides(rule, labels, rows):
    """The states of the goal, and those to be avoided."""
    goal, shun = ({s for name in rule[key] for s in labels.get(name, [name])} for key in ("reach", "avoid"))
    if not goal or not goal | shun <= set(rows) or goal & shun or (rule["cost"] and (shun or rule["within"])):
        raise ValueError("what is to be reached or avoided is not there, or the same")
    return goal, shun


def vector(bound, ends, k, cost):
    """The common denominator of all values, and their numerators: of those given, and of the `ends`, 0 or 1 each."""
    given = {s: Fraction(v) for s, v in bound["values"].items()} if k is None else {}
    scale = lcm(bound["scale"], *(v.denominator for v in given.values()))
    x = {s: int(v * scale) for s, v in given.items()} | {s: v * scale for s, v in ends.items()}
    if min(scale, 1 + (k or 0)) < 1 or not all(v >= 0 and (cost or v <= scale) for v in x.values()):
        raise ValueError("a value is negative, or no probability")
    return scale, x


def check(world, bound):
    """Raises ValueError, LookupError or TypeError where `bound` shows nothing of `world`."""
    rule, upper, rows = bound["rule"], bound["side"] == "upper", read_rows(world)
    goal, shun = sides(rule, world.get("labels", {}), rows)
    largest, cost, k = rule["sense"] == "<=", rule["cost"], rule["within"]
    maximises = largest == (rule["policies"] == "every")
    scale, x = vector(bound, {s: int(not cost and s in goal) for s in goal | shun}, k, cost)
    for state in set(x) - goal - shun:
        if cost or x[state] < scale if upper else x[state] > 0:
            check_state(state, rows[state], x, scale, bound, maximises == upper, largest)
    ends = {s: x[s] for s in goal | shun}
    x = x if k is None else after_steps(rows, ends, k, scale, upper, maximises, largest)
    told, start = Fraction(bound["bound"]) * scale, x.get(world["start"], None if cost and upper else scale * upper)
    if start is None or (start > told if upper else start < told):
        raise ValueError(f"the vector does not bound the start by {bound['bound']}")


if __name__ == "__main__":
    files = [json.loads(Path(name).read_text(), parse_float=Fraction) for name in sys.argv[1:3]]
    check(*files)
    print("holds:", *(f"{key} {files[1][key]}" for key in ("side", "bound", "rule")))
