"""`pellucid guarantee` as a person types it."""

import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from pellucid.cli import app

RUN = CliRunner()
WORLD = {
    "start": "0,0",
    "transitions": {
        "0,0": {"right": {"0,1": 0.9, "lava": 0.1}, "down": {"1,0": 1}},
        "0,1": {"right": {"0,0": 0.5, "goal": 0.5}, "down": {"1,0": 1}},
        "1,0": {"right": {"goal": 0.75, "lava": 0.25}, "down": {"0,0": 1}},
    },
    "costs": {"0,0": 1, "0,1": 1, "1,0": 1},
}
PROGRAM = """def walk(steps):
    for row, column in steps:
        yield row * 0
"""


@pytest.fixture
def world(tmp_path):
    path = tmp_path / "world.json"
    path.write_text(json.dumps(WORLD))
    return path


def run(world, *options):
    folder = world.parent / "out"
    result = RUN.invoke(app, ["guarantee", str(world), "--output", str(folder), "--no-open", *options])
    return result, folder


def test_a_rule_that_holds_is_proved_and_checked_again(world):
    result, folder = run(world, "--avoid", "lava", "--reach", "goal", "--best", "--at-least", "0.8")
    assert result.exit_code == 0, result.output
    assert "Proved    P(reach goal before lava) >= 0.8 for some policy" in result.output
    assert json.loads((folder / "policy.json").read_text()) == {"0,0": "right", "0,1": "right", "1,0": "down"}
    assert RUN.invoke(app, ["check", str(folder)]).exit_code == 0
    again = [sys.executable, "-I", "-S", "proofs/check_bound.py", "world.json", "proofs/asked.json"]
    assert "holds" in subprocess.run(again, cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_rule_that_does_not_hold_is_refuted_with_a_path(world):
    result, _ = run(world, "--avoid", "lava", "--at-most", "0.2")
    assert result.exit_code == 1
    assert "Refuted   P(reach lava) <= 0.2 for every policy" in result.output
    assert "P(reach lava) >= 1; likeliest path: 0,0 > " in result.output


def test_a_policy_is_a_table_or_a_program(world):
    table = world.parent / "policy.json"
    table.write_text(json.dumps({"0,0": {"right": 0.5, "down": 0.5}, "0,1": "right", "1,0": "right"}))
    result, folder = run(world, "--avoid", "lava", "--policy", str(table))
    assert "Proved    P(reach lava) <= 7/31" in result.output
    assert RUN.invoke(app, ["check", str(folder)]).exit_code == 0
    program = world.parent / "walk.py"
    program.write_text(PROGRAM)
    result, folder = run(world, "--avoid", "lava", "--policy", str(program))
    assert "Proved    P(reach lava) <= 2/11" in result.output
    assert RUN.invoke(app, ["check", str(folder)]).exit_code == 0


def test_a_program_remembers(world):
    """Right first, then down for ever: from (0, 1) it comes to (1, 0), and from there to (0, 0) again."""
    program = world.parent / "once.py"
    program.write_text("def once(steps):\n    t = 0\n    for row, column in steps:\n        yield t\n        t = 1\n")
    result, folder = run(world, "--avoid", "lava", "--policy", str(program))
    assert "Proved    P(reach lava) <= 0.1" in result.output
    text = (folder / "origin.json").read_text()
    (folder / "origin.json").write_text(text.replace("yield t", "yield 0"))
    assert RUN.invoke(app, ["check", str(folder)]).exit_code == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "no rule: name what is to be avoided"),
        (("--avoid", "water"), "'water' is no label and no state of this world; labels: none"),
        (("--avoid", "lava", "--at-most", "much"), "bound 'much' is no number"),
        (("--avoid", "lava", "--policy", "none.json"), "none.json: No such file"),
        (("--avoid", "lava", "--policy", "none.txt"), "none.txt: suffix '.txt' is unknown"),
    ],
)
def test_bad_options_are_one_line(world, options, words):
    result, _ = run(world, *options)
    assert result.exit_code == 2
    assert words in result.output
    assert "Traceback" not in result.output


def test_a_world_whose_rows_do_not_add_to_one(world):
    rows = {"a": {"lava": 0.333, "b": 0.333, "a": 0.333}}
    world.write_text(json.dumps({"start": "a", "transitions": rows}))
    result, _ = run(world, "--avoid", "lava")
    assert result.exit_code == 2
    assert "world.json: state 'a': the probabilities add to 999/1000, not to 1" in result.output
    assert run(world, "--avoid", "lava", "--normalise")[0].exit_code == 0


def test_drawn_runs_that_had_not_ended_are_told_and_those_at_rest_are_not_among_them(tmp_path):
    path = tmp_path / "slow.json"
    waits = {"b": 0.999999, "bad": 0.000001}
    path.write_text(json.dumps({"start": "a", "transitions": {"a": {"b": 0.5, "c": 0.5}, "b": waits, "c": {"c": 1}}}))
    result, _ = run(path, "--avoid", "bad")
    assert result.exit_code == 0, result.output
    assert "P(reach bad) = 0.5" in result.output  # whatever the drawn runs say
    assert "no transitions are given for, and so never left: bad" in result.output
    late = int(re.search(r"\(([\d,]+) were under way after", result.output)[1].replace(",", ""))
    assert 4_000 < late < 6_000


def test_runs_that_rest_elsewhere_have_ended(tmp_path):
    path = tmp_path / "rest.json"
    path.write_text(json.dumps({"start": "a", "transitions": {"a": {"bad": 0.5, "c": 0.5}, "c": {"c": 1}}}))
    assert "under way" not in run(path, "--avoid", "bad")[0].output
