"""Worlds that PRISM exported: chains, processes, intervals, names, labels and rewards; and what does not fit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pellucid.subjects.worlds.world_files import read_world

DIE = """13 20
0 1 0.5
0 2 0.5
1 3 0.5
1 4 0.5
2 5 0.5
2 6 0.5
3 1 0.5
3 7 0.5
4 8 0.5
4 9 0.5
5 10 0.5
5 11 0.5
6 2 0.5
6 12 0.5
7 7 1
8 8 1
9 9 1
10 10 1
11 11 1
12 12 1
"""


def written(folder, **files):
    for suffix, text in files.items():
        (folder / f"model.{suffix}").write_text(text)
    return read_world(folder / "model.tra").world


def test_a_chain_with_labels_and_rewards(tmp_path):
    lab = '0="init" 1="deadlock" 2="six"\n0: 0\n12: 2\n'
    world = written(tmp_path, tra=DIE, lab=lab, srew="13 2\n0 1\n1 0.25\n")
    assert world.describe() == "Markov chain, 13 states, 20 transitions"
    assert world.labels == {"six": (12,)}
    assert world.states[world.start] == "0"
    assert [world.choices[i][0].cost for i in (0, 1, 2)] == [1, Fraction(1, 4), 0]


def test_a_process_with_actions_names_and_intervals(tmp_path):
    tra = "2 2 3\n0 0 0 [0.1,0.2] stay\n0 0 1 [0.8,0.9] stay\n0 1 1 1.0 go\n"
    world = written(tmp_path, tra=tra, sta="(x)\n0:(0)\n1:(1)\n", lab='0="init" 1="end"\n0: 0\n1: 1\n')
    assert world.states == ("(0)", "(1)")
    assert [choice.action for choice in world.choices[0]] == ["stay", "go"]
    assert world.choices[0][0].low == (Fraction(1, 10), Fraction(4, 5))
    assert not world.is_exact


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"tra": "0 1 0.5\nx"}, "no count"),
        ({"tra": "a b\n0 1 1\n"}, "no count"),
        ({"tra": "2 1\n0 7 1\n"}, "'7' is no state"),
        ({"tra": "2 1\n0 1\n"}, "has 2 entries"),
        ({"tra": "2 2\n0 1 0.5\n0 1 0.5\n"}, "given twice"),
        ({"tra": "2 1\n0 1 0.9\n"}, "add to 9/10"),
        ({"tra": "2 1\n0 1 1\n", "sta": "(x)\n0:(0)\n"}, "names 1 states"),
        ({"tra": "2 1\n0 1 1\n", "lab": '0="init"\n0: 0 3\n'}, "label 3"),
        ({"tra": ""}, "no count"),
    ],
)
def test_what_does_not_fit_is_told_in_a_line(tmp_path, files, said):
    with pytest.raises(ValueError, match=said) as caught:
        written(tmp_path, **files)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("model.tra: ")
