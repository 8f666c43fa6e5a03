"""`pellucid check`: it says what became of each certificate, and fails where one does not hold."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType

from pellucid.cli import app


def run(*arguments: str) -> int:
    try:
        app(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@dataclass
class Checked:
    path: str
    statement: str
    status: str
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.status == "holds"


def test_check_tells_each_certificate_and_fails_where_one_does(monkeypatch, tmp_path, capsys):
    stub = ModuleType("pellucid.prove.check")
    results = [
        Checked("proofs/e.smt2", "p = q", "holds", "unsat by z3"),
        Checked("proofs/p.dfy", "p = r", "fails", "1 error"),
        Checked("proofs/q.dfy", "p = s", "unchecked", "dafny not found"),
    ]
    stub.check_folder = lambda folder: results
    stub.resting_on_trust = lambda folder, measured: ["who wrote it"]
    import pellucid.prove

    monkeypatch.setitem(sys.modules, "pellucid.prove.check", stub)
    monkeypatch.setattr(pellucid.prove, "check", stub, raising=False)
    assert run("check", str(tmp_path)) == 1
    assert capsys.readouterr().out == (
        "holds      proofs/e.smt2  p = q  unsat by z3\n"
        "FAILS      proofs/p.dfy   p = r  1 error\n"
        "unchecked  proofs/q.dfy   p = s  dafny not found\n"
        "\ntaken on trust: who wrote it\n"
    )
    del results[1]
    assert run("check", str(tmp_path)) == 1  # what could not be checked is not known to hold
    del results[1]
    assert run("check", str(tmp_path)) == 0
    assert run("check", str(tmp_path / "none")) == 2
    assert "is no folder; name one that a command wrote" in capsys.readouterr().err
