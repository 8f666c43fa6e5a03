"""Logs of worlds: how they are read, and that the intervals made of them hold the world as often as they say."""

import itertools

import numpy as np
import pytest

from pellucid.algebra.markov.estimation import UNSEEN, parted_counts
from pellucid.algebra.markov.rule import Rule
from pellucid.artifacts.worlds.composition import composed
from pellucid.jobs.guarantee import open_logs
from pellucid.jobs.subjects.worlds import LogOptions
from pellucid.oversee import Guarantee
from pellucid.oversee.guarantee.order import order_claims
from pellucid.subjects.worlds.world_logs import WorldLogs, read_logs

STATES = ["s0", "s1", "s2", "s3", "pit", "goal"]


def random_chain(generator):
    """Four states, each with three next ones, no probability below 0.05."""
    rows = {}
    for state in STATES[:4]:
        targets = generator.choice(6, 3, replace=False)
        weights = generator.dirichlet(np.ones(3)) * 0.85 + 0.05
        rows[state] = dict(zip([STATES[t] for t in targets], weights.tolist(), strict=True))
    return rows


def drawn_logs(rows, each, generator):
    found = [
        (state, "", str(target))
        for state, row in rows.items()
        for target in generator.choice(list(row), each, p=np.array(list(row.values())) / sum(row.values()))
    ]
    order = generator.permutation(len(found))
    return WorldLogs(tuple(found[i] for i in order), ("",) * len(found))


def true_risk(rows):
    inner = STATES[:4]
    P = np.array([[rows[s].get(t, 0) for t in inner] for s in inner])
    risk = np.array([rows[s].get("pit", 0) for s in inner])
    out = risk + np.array([rows[s].get("goal", 0) for s in inner])
    can = out > 0
    for _ in range(4):
        can |= (P @ can) > 0
    keep = np.flatnonzero(can)
    if not can[0]:
        return 0.0
    return float(np.linalg.solve(np.eye(len(keep)) - P[np.ix_(keep, keep)], risk[keep])[list(keep).index(0)])


@pytest.mark.parametrize("known", [True, False])
def test_the_bound_holds_in_at_least_95_of_100_logs(known):
    held = 0
    for number in range(100):
        generator = np.random.default_rng([number, known])
        rows = random_chain(generator)
        logs = drawn_logs(rows, 300, generator)
        world = logs.world(worst="pit", settled=("pit", "goal"), known_moves=known, start="s0")
        if "pit" not in world.world.number:
            held += 1
            continue
        bound = Guarantee(Rule(("pit",)), runs=10).explain(world).artifact.bound("upper")
        held += bound is None or float(bound.value) >= true_risk(rows) - 1e-9
    assert held >= 95


def test_more_rows_bound_more_closely():
    generator = np.random.default_rng(3)
    rows = {"s0": {"pit": 0.1, "goal": 0.9}}
    bounds = []
    for each in (100, 1000, 10000):
        logs = drawn_logs(rows, each, generator)
        finding = open_logs(logs, Rule(("pit",)), options=LogOptions(known_moves=True))
        bounds.append(float(finding.artifact.upper.value))
    assert bounds == sorted(bounds, reverse=True)
    assert 0.1 < bounds[-1] < 0.12


def test_what_was_never_logged_breaks_the_rule():
    logs = WorldLogs((("a", "", "b"),) * 50 + (("a", "", "pit"),) + (("b", "", "a"),) * 50, ("",) * 101)
    careful = open_logs(logs, Rule(("pit",), within=1), options=LogOptions()).artifact
    trusting = open_logs(logs, Rule(("pit",), within=1), options=LogOptions(known_moves=True)).artifact
    assert careful.upper.value > trusting.upper.value
    assert composed(careful.origin) == careful.world


def test_a_state_that_was_never_left_is_not_safe():
    logs = WorldLogs((("a", "", "b"), ("a", "", "pit"), ("a", "", "b")), ("",) * 3)
    found = open_logs(logs, Rule(("pit",)), options=LogOptions(known_moves=True)).artifact
    assert found.upper.value == 1


def test_outcomes_get_their_names_from_rows_that_are_not_counted():
    rows = [("a", "", "b"), ("a", "", "b"), ("a", "", "c"), ("a", "", "b")]
    assert parted_counts(rows, UNSEEN, False) == {"a": {"": {"b": 1, UNSEEN: 1}}}
    assert parted_counts(rows, UNSEEN, True) == {"a": {"": {"b": 3, "c": 1}}}


def walk(memory, length=800, seed=0):
    """Of two states; with a memory, a state is seldom left as it was come to."""
    generator = np.random.default_rng(seed)
    path = [0, 1]
    for _ in range(length):
        stay = 0.5 if not memory else 0.8 if path[-1] == path[-2] else 0.2
        path.append(path[-1] if generator.random() < stay else 1 - path[-1])
    rows = tuple((f"s{a}", "", f"s{b}") for a, b in itertools.pairwise(path))
    return WorldLogs(rows, ("",) * len(rows))


def test_a_memory_is_seen_and_its_absence_too():
    assert [claim.key for claim in order_claims(walk(True))] == ["order", "memory"]
    doubted = [len(order_claims(walk(False, seed=seed))) > 1 for seed in range(20)]
    assert sum(doubted) <= 2  # one log of a hundred by chance


def test_a_state_in_which_runs_ended_is_the_end():
    rows = (("a", "", "goal"),) * 300
    logs = WorldLogs(rows, tuple(map(str, range(300))))
    assert logs.ends == {"goal"}
    found = open_logs(logs, Rule(("goal",), sense=">="), options=LogOptions(known_moves=True)).artifact
    assert found.lower.value == 1


def test_what_the_worst_world_refutes_is_left_open():
    logs = WorldLogs((("a", "", "pit"), ("a", "", "goal")) * 20, tuple(map(str, range(40))))
    asked = open_logs(logs, Rule(("pit",)), asked="0.6", options=LogOptions(known_moves=True)).claim("asked")
    assert asked.strength == "Undecided"


def test_rows_that_do_not_hang_together_say_nothing_of_memory():
    logs = WorldLogs((("a", "", "b"), ("a", "", "b")), ("", ""))
    assert order_claims(logs)[0].strength == "Undecided"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state,action\na,b\n", "next"),
        ("state,next\na,\nb,a\n", "no value"),
        ("state,next\n(unseen),a\n", "stands for what was not logged"),
    ],
)
def test_bad_tables_are_named(tmp_path, text, words):
    file = tmp_path / "steps.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"steps\.csv: .*" + words.replace("(", r"\(")):
        read_logs(file)


@pytest.mark.parametrize(
    ("rule", "options", "words"),
    [
        (Rule(("lava",)), {}, "no state of the logs"),
        (Rule(("s1",), cost=True), {}, "no costs"),
        (Rule(("s1",)), {"confidence": "2"}, "between 0 and 1"),
        (Rule(("s1",)), {"start": "x"}, "no state of the logs that was left"),
    ],
)
def test_what_does_not_fit_is_named(rule, options, words):
    with pytest.raises(ValueError, match=words):
        open_logs(walk(False, 20), rule, options=LogOptions(**options))
