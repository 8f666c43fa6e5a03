"""Guarantees against values that are known: from textbooks, and from all policies of small worlds, one by one."""

import itertools
import json
from fractions import Fraction

import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.markov.rule import Rule
from pellucid.oversee import Guarantee
from pellucid.prove.worlds.check_bound import check
from pellucid.subjects.worlds.world_model import WorldModel

HALF = "1/2"
FACES = ["one", "two", "three", "four", "five", "six"]
PAIRS = [("1", "2"), ("3", "4"), ("5", "6"), ("1", "one"), ("two", "three"), ("four", "five"), ("2", "six")]
DIE = {
    "start": "0",
    "transitions": {str(i): dict.fromkeys(pair, HALF) for i, pair in enumerate(PAIRS)},
    "costs": dict.fromkeys("0123456", 1),
    "labels": {"face": FACES},
}


def explain(world, rule, **options):
    return Guarantee(rule, **{"runs": 100, **options}).explain(WorldModel.from_dict(world))


def checked(found):
    """The artifact, both of whose sides the checker accepts."""
    for side in ("upper", "lower"):
        if found.bound(side) is not None:
            check(json.loads(json.dumps(found.world.to_dict())), found.certificate(side, str(found.bound(side).value)))
    return found


def values(found):
    return tuple(None if bound is None else bound.value for bound in (found.lower, found.upper))


def test_knuth_and_yaos_die():
    found = checked(explain(DIE, Rule(("three",))).artifact)
    assert values(found) == (Fraction(1, 6), Fraction(1, 6))
    cost = checked(explain(DIE, Rule(("face",), cost=True)).artifact)
    assert values(cost) == (Fraction(11, 3), Fraction(11, 3))


@pytest.mark.parametrize("exact", [450, 0])
def test_haddad_and_monmeges_chain(exact):
    """Value iteration that stops when it changes by less than 0.001 says 0.00098."""
    n = 10
    rows = {str(i): {str(i - 1 if i < n else i + 1): HALF, str(n): HALF} for i in range(1, 2 * n) if i != n}
    rows[str(n)] = {str(n - 1): HALF, str(n + 1): HALF}
    found = checked(explain({"start": str(n), "transitions": rows}, Rule((str(2 * n),)), exact_states=exact).artifact)
    low, high = values(found)
    assert low <= Fraction(1, 2) <= high
    assert high - low <= (0 if exact else Fraction(1, 10**8))


def test_gamblers_ruin_in_closed_form():
    p, n = Fraction(2, 5), 30
    rows = {str(i): {str(i + 1): "2/5", str(i - 1): "3/5"} for i in range(1, n)}
    odds = (1 - p) / p
    truth = (1 - odds**10) / (1 - odds**n)
    found = checked(explain({"start": "10", "transitions": rows}, Rule((str(n),), sense=">=")).artifact)
    assert values(found) == (truth, truth)


def test_within_steps():
    rows = {"a": {"bad": "1/10", "a": "9/10"}}
    found = checked(explain({"start": "a", "transitions": rows}, Rule(("bad",), within=7)).artifact)
    assert values(found) == (1 - Fraction(9, 10) ** 7,) * 2
    long = checked(explain({"start": "a", "transitions": rows}, Rule(("bad",), within=400)).artifact)
    low, high = values(long)
    assert low <= 1 - Fraction(9, 10) ** 400 <= high
    assert high - low < Fraction(1, 10**11)


def test_intervals_are_taken_at_their_worst():
    world = {"start": "s", "transitions": {"s": {"bad": ["1/20", "1/5"], "good": ["1/2", 1], "s": [0, "1/10"]}}}
    most = checked(explain(world, Rule(("bad",))).artifact)
    assert most.upper.value - Fraction(1, 10**9) <= Fraction(2, 9) <= most.upper.value  # 1/5 of 1 - 1/10
    least = checked(explain(world, Rule(("good",), ("bad",), ">=")).artifact)
    assert least.lower.value <= Fraction(7, 9) <= least.lower.value + Fraction(1, 10**9)


def test_a_cost_that_may_go_on_for_ever_is_refuted():
    world = {"start": "a", "transitions": {"a": {"go": {"goal": 1}, "stay": {"a": 1}}}, "costs": {"a": {"go": 2}}}
    finding = explain(world, Rule(("goal",), cost=True), asked="5")
    assert finding.claim("asked").strength == "Refuted"
    assert checked(finding.artifact).upper.value == 0  # how likely some policy comes to the goal
    best = checked(explain(world, Rule(("goal",), cost=True, policies="some")).artifact)
    assert values(best) == (2, 2)
    assert best.upper.policy == {"a": "go"}


def test_the_path_is_the_likeliest():
    world = {
        "start": "a",
        "transitions": {
            "a": {"b": "0.6", "c": "0.4"},
            "b": {"bad": "0.1", "d": "0.9"},
            "c": {"bad": "0.2", "d": "0.8"},
        },
    }
    found = explain(world, Rule(("bad",))).artifact
    assert [step.state for step in found.path] == ["c", "bad"]
    assert found.path_chance == Fraction(8, 100)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"rule": Rule(("lava",))}, "'lava' is no label and no state"),
        ({"rule": Rule(("one",), ("face",))}, "to be reached and to be avoided"),
        ({"rule": Rule(("one",)), "asked": "two"}, "no number"),
        ({"rule": Rule(("one",)), "asked": "1.5"}, "within 0 and 1"),
    ],
)
def test_rules_that_do_not_fit(rule, words):
    with pytest.raises(ValueError, match=words):
        Guarantee(**rule).explain(WorldModel.from_dict(DIE))


# ---- against all policies, one by one


@st.composite
def worlds(draw):
    names = ["s0", "s1", "s2", "s3", "good", "bad"]
    rows, costs = {}, {}
    for name in names[:4]:
        actions = ["x", "y"][: draw(st.integers(1, 2))]
        rows[name] = {action: _row(draw, names) for action in actions}
        costs[name] = {action: draw(st.integers(0, 2)) for action in actions}
    rows["good"] = rows["bad"] = {}
    return {"start": "s0", "transitions": rows, "costs": costs}


def _row(draw, names):
    targets = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    weights = [draw(st.integers(1, 3)) for _ in targets]
    return {t: str(Fraction(w, sum(weights))) for t, w in zip(targets, weights, strict=True)}


def chain_value(rows, cost):
    """Of a chain: P(good), or the expected cost until then; None where that is infinite."""
    can, grown = {"good"}, True
    while grown:
        new = {s for s, (row, _) in rows.items() if s not in can and set(row) & can}
        can, grown = can | new, bool(new)
    lost, grown = set(rows) - can, True
    while grown and cost:
        new = {s for s, (row, _) in rows.items() if s not in lost and s != "good" and set(row) & lost}
        lost, grown = lost | new, bool(new)
    if "s0" in lost:
        return None if cost else Fraction(0)
    free = [s for s in rows if s not in lost and s != "good"]
    matrix, right = fmpq_mat(len(free), len(free)), fmpq_mat(len(free), 1)
    for i, s in enumerate(free):
        row, price = rows[s]
        matrix[i, i] = 1
        right[i, 0] = fmpq(price) if cost else fmpq(*Fraction(row.get("good", 0)).as_integer_ratio())
        for t, p in row.items():
            if t in free:
                matrix[i, free.index(t)] -= fmpq(*Fraction(p).as_integer_ratio())
    value = matrix.solve(right)[free.index("s0"), 0]
    return Fraction(int(value.p), int(value.q))


def best_value(world, rule):
    infinity, found = Fraction(10**9), []
    names = list(world["transitions"])
    for actions in itertools.product(*(list(world["transitions"][s]) or [None] for s in names)):
        rows = {s: (world["transitions"][s].get(a, {}), world["costs"].get(s, {}).get(a, 0))
                for s, a in zip(names, actions, strict=True)}  # fmt: skip
        value = chain_value(rows, rule.cost)
        found.append(infinity if value is None else value)
    value = (max if rule.maximises else min)(found)
    return None if value == infinity else value


@settings(max_examples=25)
@given(worlds(), st.booleans(), st.sampled_from(["<=", ">="]), st.sampled_from(["every", "some"]), st.booleans())
def test_bounds_hold_the_value_of_the_best_policy(world, cost, sense, policies, exact):
    rule = Rule(("good",), () if cost else ("bad",), sense, cost=cost, policies=policies)
    truth = best_value(world, rule)
    if not any("good" in row for rows in world["transitions"].values() for row in rows.values()):
        return
    found = checked(explain(world, rule, exact_states=450 if exact else 0).artifact)
    if truth is None:
        assert not found.rule.cost
        assert found.upper.value < 1
        return
    low, high = values(found)
    assert high is not None
    assert low is not None
    assert low <= truth <= high
    assert high == low or not exact


def corridor(n, pit="1/100"):
    """A way on that may end in a pit, and waiting, which goes back 19 times of 20: the safest way is very slow."""
    ends = {n: "good"}
    rows = {
        f"s{i}": {
            "on": {ends.get(i + 1, f"s{i + 1}"): "9/10", "bad": pit, "s0": "9/100"},
            "wait": {f"s{max(i - 1, 0)}": "19/20", f"s{i + 1}" if i < n - 1 else "bad": "1/20"},
        }
        for i in range(n)
    }
    return {"start": "s0", "transitions": rows}


@pytest.mark.parametrize(("sense", "policies"), [("<=", "every"), (">=", "some")])
def test_a_best_policy_of_very_long_runs_has_bounds_that_meet(sense, policies):
    """Its runs take some 19^40 steps, so that an error of rounding in each step would be more than 1."""
    rule = Rule(("good",), ("bad",), sense, policies=policies)
    found = checked(explain(corridor(40), rule, exact_states=0).artifact)
    low, high = values(found)
    assert low == high == Fraction(90, 91)  # at s39 again and again: on to good 0.9, to bad 0.01, else once more


def test_bounds_that_do_not_meet_are_told():
    rule = Rule(("good",), ("bad",), "<=")
    finding = explain(corridor(40), rule, exact_states=0, retried_states=0)
    assert finding.claim("wide").strength == "Undecided"


def test_rows_that_are_much_worse_widen_no_bound():
    """The worst policy waits for 19^40 steps; the best one goes on at once."""
    world = corridor(40, "1/100")
    for i, row in enumerate(world["transitions"].values()):
        row["wait"] = {f"s{max(i - 1, 0)}": "18/20", "bad": "1/20", f"s{i + 1}" if i < 39 else "bad2": "1/20"}
    finding = explain(world, Rule(("good",), ("bad",), "<="), exact_states=0, retried_states=0)
    low, high = values(checked(finding.artifact))
    assert high - low < Fraction(1, 10**8)


def floor(n):
    """A floor of n x n; a step slips to each other side with 1/30; every seventh place is lava."""
    moves = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
    lava = {(x, y) for x in range(n) for y in range(n) if (3 * x + 5 * y) % 7 == 4}
    rows, held = {}, set()
    for x in range(n):
        for y in range(n):
            if (x, y) in lava or (x, y) == (n - 1, n - 1):
                continue
            rows[f"{x},{y}"] = {}
            for action in moves:
                row = {}
                for other, (dx, dy) in moves.items():
                    target = min(max(x + dx, 0), n - 1), min(max(y + dy, 0), n - 1)
                    held |= {target} & lava
                    name = f"{target[0]},{target[1]}"
                    row[name] = row.get(name, 0) + (27 if other == action else 1)
                rows[f"{x},{y}"][action] = {name: f"{p}/30" for name, p in row.items()}
    labels = {"lava": [f"{x},{y}" for x, y in sorted(held)], "goal": [f"{n - 1},{n - 1}"]}
    return {"start": "0,0", "transitions": rows, "labels": labels}


@pytest.mark.parametrize("exact", [450, 0])
def test_every_entry_of_a_floors_vector_that_claims_a_little_more_is_refused(exact):
    """One state's value is moved by a little to the better side; what rounding left free is less than that."""
    rule = Rule(("goal",), ("lava",), ">=", policies="some")
    found = explain(floor(6), rule, exact_states=exact).artifact
    world = json.loads(json.dumps(found.world.to_dict()))
    ends = {found.world.states[i] for i in found.world.resolve(("goal", "lava"))}
    step, mutants, refused = Fraction(1, 10**12 if exact else 10**6), 0, 0
    for side, sign in (("upper", -1), ("lower", 1)):
        told = found.certificate(side, str(found.bound(side).value))
        check(world, told)
        for state, value in told["values"].items():
            if state in ends:
                continue
            changed = Fraction(value) + sign * step
            mutants += 1
            try:
                check(world, {**told, "values": {**told["values"], state: str(changed)}})
            except ValueError:
                refused += 1
    assert mutants > 40
    assert refused == mutants
