"""A language model's hints, from a server that is none: its answers stand in this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.core.claim import Proved, Undecided
from pellucid.jobs.verify import open_dafny
from pellucid.prove.hints.dafny_hints import DafnyHints
from pellucid.prove.hints.model_hints import ModelHints
from pellucid.prove.programs.dafny_run import dafny_path
from pellucid.run.chat import Chat, ChatError
from pellucid.subjects.dafny.dafny_program import DafnyProgram

GIVEN = """function Sum(n: nat): nat { if n == 0 then 0 else n + Sum(n - 1) }
method Gauss(n: nat) returns (s: nat)
  ensures 2 * s == n * (n + 1)
{
  s := Sum(n);
}
"""
GIVEN = GIVEN.replace("function Sum", "function method Sum")
CHEAT = GIVEN.replace("s := Sum(n);", "s := Sum(n); assume 2 * s == n * (n + 1);")
WRONG = GIVEN.replace("s := Sum(n);", "s := Sum(n); assert 2 * s == n * (n + 1);")
RIGHT = GIVEN.replace("s := Sum(n);", "s := Sum(n); Doubled(n);") + (
    "lemma Doubled(n: nat) ensures 2 * Sum(n) == n * (n + 1) { if n > 0 { Doubled(n - 1); } }\n"
)

Serve = Callable[[list[str | int]], tuple[str, list[dict]]]


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_the_model_is_told_what_was_wrong_until_dafny_verifies(serve: Serve):
    url, asked = serve([f"```dafny\n{text}```" for text in (CHEAT, WRONG, RIGHT)])
    finding = open_dafny(DafnyProgram(GIVEN, "gauss"), method=ModelHints("fake", url))
    assert isinstance(finding.claims[0], Proved)
    assert finding.artifact.hints[0].text == "Doubled(n);"
    assert {hint.family for hint in finding.artifact.hints} == {"model"}
    said = [turns["messages"][-1]["content"] for turns in asked]
    assert "2 * s == n * (n + 1)" in said[0]
    assert "does more than add hints: line 5: 'assume' stands" in said[1]
    assert "Line 5" in said[2]


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_what_the_model_never_mends_is_undecided_and_costs_so_many_answers(serve: Serve):
    url, asked = serve([CHEAT] * 5)
    finding = open_dafny(DafnyProgram(GIVEN), method=ModelHints("fake", url, attempts=2))
    assert len(asked) == 2
    assert finding.artifact.text == GIVEN
    (claim,) = [claim for claim in finding.claims if isinstance(claim, Undecided)]
    assert "assume" in claim.reason


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_an_absent_server_loses_nothing():
    finding = open_dafny(DafnyProgram(GIVEN), method=ModelHints("fake", "http://127.0.0.1:9/v1"))
    assert "127.0.0.1:9" in finding.claims[0].evidence


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_nobody_is_asked_without_a_name_or_a_need(serve: Serve):
    url, asked = serve([])
    open_dafny(DafnyProgram(GIVEN), method=ModelHints("", url))
    up = "method Up(n: nat) returns (i: nat) ensures i == n { i := 0; while i < n { i := i + 1; } }"
    finding = open_dafny(DafnyProgram(up), method=ModelHints("fake", url, symbolic=DafnyHints(thin=False)))
    assert asked == []
    assert isinstance(finding.claims[0], Proved)


def test_a_busy_server_is_asked_again_and_a_refusal_is_not(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    url, asked = serve([503, 429, "yes"])
    assert Chat("fake", url, pause=0.01).answer([{"role": "user", "content": "well?"}]) == "yes"
    assert [each["key"] for each in asked] == ["Bearer secret"] * 3
    url, asked = serve([401, "never"])
    with pytest.raises(ChatError, match="HTTP 401"):
        Chat("fake", url).answer([])
    assert len(asked) == 1


def test_an_address_that_is_none():
    with pytest.raises(ValueError, match="base_url='localhost'"):
        Chat("fake", "localhost")


@pytest.mark.parametrize(("url", "said"), [("localhost", "base_url='localhost' is no address"), ("ftp://x", "http://")])
def test_the_command_refuses_such_an_address_before_any_work(tmp_path: Path, url: str, said: str):
    file = tmp_path / "gauss.dfy"
    file.write_text(GIVEN)
    told = CliRunner().invoke(
        app, ["verify", str(file), "--model", "m", "--base-url", url, "--output", str(tmp_path / "out")]
    )
    assert told.exit_code == 2
    assert said in told.output
