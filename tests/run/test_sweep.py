"""Sweeps keep order, keep failures, and resume."""

from __future__ import annotations

import json

import pytest

from pellucid.run import sweep


class Recorder:
    def __init__(self):
        self.total, self.done, self.notes, self.finished = 0, 0, [], False

    def start(self, label, total):
        self.total = total

    def advance(self, steps=1, note=""):
        self.done += steps
        self.notes.append(note)

    def finish(self):
        self.finished = True


def halve(case):
    if case % 2:
        raise ValueError(f"{case} is odd")
    return {"half": case // 2, "pair": (case, case)}


def test_results_in_order_and_failures_kept():
    recorder = Recorder()
    outcomes = sweep(halve, [4, 3, 2], reporter=recorder)
    assert [o.result and o.result["half"] for o in outcomes] == [2, None, 1]
    assert outcomes[1].failed
    assert outcomes[1].error.startswith("ValueError: 3 is odd (test_sweep.py, line ")
    assert (recorder.total, recorder.done, recorder.finished) == (3, 3, True)
    assert "failed" in recorder.notes


def test_processes_give_the_same(tmp_path):
    outcomes = sweep(halve, [4, 3, 2], jobs=2, store=tmp_path)
    assert [o.failed for o in outcomes] == [False, True, False]
    assert outcomes[0].result == {"half": 2, "pair": [4, 4]}


def test_resumes_after_an_interrupt_and_runs_failures_again(tmp_path):
    ran: list[int] = []

    def work(case):
        ran.append(case)
        if case == 3 and ran.count(3) == 1:
            raise KeyboardInterrupt
        if case == 2 and ran.count(2) == 1:
            raise RuntimeError("first time")
        return case

    with pytest.raises(KeyboardInterrupt):
        sweep(work, [1, 2, 3, 4], store=tmp_path)
    outcomes = sweep(work, [1, 2, 3, 4], store=tmp_path)
    assert ran == [1, 2, 3, 2, 3, 4]
    assert [o.result for o in outcomes] == [1, 2, 3, 4]
    assert [o.resumed for o in outcomes] == [True, False, False, False]


def test_damaged_results_are_computed_again(tmp_path):
    sweep(abs, [-1], store=tmp_path)
    (path,) = tmp_path.glob("*.json")
    assert json.loads(path.read_text())["result"] == 1
    path.write_text("{")
    assert sweep(abs, [-1], store=tmp_path)[0].resumed is False
    assert sweep(abs, [-1], store=tmp_path)[0].resumed is True


def test_what_json_cannot_hold_is_said(tmp_path):
    with pytest.raises(ValueError, match="cannot be written as JSON"):
        sweep(abs, [object()], store=tmp_path)
    assert "TypeError" in sweep(lambda case: {1, 2}, [1], store=tmp_path)[0].error
    with pytest.raises(ValueError, match="jobs=0"):
        sweep(abs, [1], jobs=0)
    assert sweep(abs, []) == []
