"""The checker by itself, on vectors written down by hand and on all their neighbours."""

import json
import subprocess
import sys
from fractions import Fraction

import pytest

from pellucid.prove.worlds import check_bound
from pellucid.prove.worlds.check_bound import check

RUIN = {"start": "1", "transitions": {"1": {"0": "1/2", "2": "1/2"}, "2": {"1": "1/2", "3": "1/2"}}}
LOOP = {"start": "s", "transitions": {"s": {"stay": {"s": 1}, "try": {"goal": "1/3", "s": "2/3"}}}}
OPEN = {"start": "s", "transitions": {"s": {"goal": ["1/5", "2/5"], "lost": ["3/10", "9/10"], "s": [0, "1/2"]}}}


def bound(side, value, values, *, ranks=None, policy=None, scale=1, **rule):
    whole = {"reach": ["3"], "avoid": [], "sense": "<=", "within": None, "cost": False, "policies": "every", **rule}
    return {"rule": whole, "side": side, "bound": value, "values": values, "ranks": ranks or {}, "policy": policy or {},
            "scale": scale}  # fmt: skip


def holds(world, told):
    try:
        check(world, told)
    except (ValueError, LookupError, TypeError):
        return False
    return True


GOOD = [
    (RUIN, bound("upper", "1/3", {"0": "0", "1": "1/3", "2": "2/3"})),
    (RUIN, bound("lower", "1/3", {"1": "1/3", "2": "2/3"}, ranks={"1": 2, "2": 1})),
    (LOOP, bound("lower", "1", {"s": "1"}, reach=["goal"], policy={"s": "try"}, ranks={"s": 1})),
    (LOOP, bound("upper", "0", {"s": "0"}, reach=["goal"], sense=">=", policy={"s": "stay"})),
    (LOOP, bound("upper", "0", {"s": "0"}, reach=["goal"], policies="some", policy={"s": "stay"})),
    (RUIN, bound("upper", "1/4", {}, within=2, scale=4)),
    (RUIN, bound("lower", "1/4", {}, within=2, scale=4)),
    (OPEN, bound("upper", "4/7", {"s": "4/7", "lost": "0"}, reach=["goal"])),
    (OPEN, bound("lower", "4/7", {"s": "4/7"}, reach=["goal"], ranks={"s": 1})),
    (OPEN, bound("lower", "1/5", {"s": "1/5"}, reach=["goal"], ranks={"s": 1}, sense=">=")),
]


@pytest.mark.parametrize(("world", "told"), GOOD)
def test_what_holds_passes_and_a_little_more_does_not(world, told):
    check(world, told)
    step = Fraction(1, 10**12) * (-1 if told["side"] == "upper" else 1)
    if told["bound"] not in ("0", "1"):
        assert not holds(world, {**told, "bound": str(Fraction(told["bound"]) + step)})
    for state, value in told["values"].items():
        if told["side"] == "lower" or value != "0":
            assert not holds(world, {**told, "values": {**told["values"], state: str(Fraction(value) + step)},
                                     "bound": str(Fraction(told["bound"]) + step)})  # fmt: skip


@pytest.mark.parametrize(("world", "told"), [pair for pair in GOOD if pair[1]["ranks"]])
def test_without_ranks_it_is_refused(world, told):
    assert not holds(world, {**told, "ranks": {}})


@pytest.mark.parametrize(
    ("world", "told"),
    [
        (LOOP, bound("lower", "1", {"s": "1"}, reach=["goal"], sense=">=", ranks={"s": 1})),  # every policy: one stays
        (LOOP, bound("lower", "1", {"s": "1"}, reach=["goal"], policy={"s": "stay"}, ranks={"s": 1})),
        (RUIN, bound("upper", "0", {}, within=2, scale=0)),
        (RUIN, bound("upper", "0", {}, within=-1)),
        (RUIN, bound("upper", "0", {"1": "0"}, reach=[])),
        (RUIN, bound("upper", "0", {"1": "0"}, reach=["nowhere"])),
        (RUIN, bound("upper", "0", {"1": "0"}, reach=["3"], avoid=["3"])),
        (RUIN, bound("lower", "2", {"1": "2", "2": "4"}, ranks={"1": 2, "2": 1})),
        (RUIN, bound("upper", "-1", {"1": "-1", "2": "-1", "0": "-1"})),
        (RUIN, bound("upper", "2", {"0": "0", "1": "2", "2": "4"}, cost=True)),  # 0 goes on for ever
        (OPEN, bound("lower", "1/2", {"s": "1/2"}, reach=["goal"], ranks={"s": 1}, sense=">=")),
        ({"start": "s", "transitions": {"s": {"3": "1/2", "s": "1/3"}}}, bound("upper", "1", {"s": "1"})),
        ({"start": "s", "transitions": {"s": {"3": "-1/2", "s": "3/2"}}}, bound("upper", "1", {"s": "1"})),
        ({"start": "s", "transitions": {"s": {"3": [0, "1/4"], "s": [0, "1/2"]}}}, bound("upper", "1", {"s": "1"})),
    ],
)
def test_what_is_false_or_makes_no_sense_is_refused(world, told):
    assert not holds(world, told)


def test_it_runs_by_itself(tmp_path):
    for name, data in (("world.json", RUIN), ("good.json", GOOD[0][1]), ("bad.json", {**GOOD[0][1], "bound": "0.3"})):
        (tmp_path / name).write_text(json.dumps(data))
    run = [sys.executable, "-I", "-S", check_bound.__file__, "world.json"]
    good, bad = (subprocess.run([*run, name], cwd=tmp_path, capture_output=True, text=True, check=False)
                 for name in ("good.json", "bad.json"))  # fmt: skip
    assert good.stdout.startswith("holds: side upper bound 1/3")
    assert bad.returncode != 0


def test_it_is_short_and_needs_python_alone():
    lines = open(check_bound.__file__).read().splitlines()  # noqa: SIM115
    assert sum(bool(line.strip()) for line in lines) < 100
    imported = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= {"json", "sys", "fractions", "functools", "math", "pathlib"}
