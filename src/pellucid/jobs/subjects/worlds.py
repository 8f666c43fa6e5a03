"""What the job `guarantee` opens: a world in a file, under a policy where one is given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...algebra.markov.rule import Rule
from ...artifacts.programs.automaton import Automaton
from ...artifacts.programs.program import Program, read_program
from ...artifacts.worlds.composition import composed, inputs_for
from ...core.finding import load_finding
from ...subjects.worlds.world_files import read_world
from ...subjects.worlds.world_logs import SUFFIXES, WorldLogs
from ...subjects.worlds.world_model import WorldModel


@dataclass(frozen=True)
class LogOptions:
    """How logs become a world; see `subjects.worlds.world_logs`."""

    confidence: str = "0.95"
    known_moves: bool = False
    start: str = ""


def find_world(path: Path | str, policy: Path | None = None, *, normalise: bool = False) -> WorldModel:
    """The world in the file; with a policy, the chain that both are. Raises ValueError for what does not fit."""
    return _with_policy(read_world(path, normalise=normalise), policy)


def is_logs(path: Path | str) -> bool:
    """Whether the file is a table, and so holds logs."""
    return Path(path).suffix.lower() in SUFFIXES


def logged_world(logs: WorldLogs, rule: Rule, policy: Path | None, options: LogOptions) -> WorldModel:
    """The interval world of logs under a policy; what was never logged counts as breaking the rule. Raises ValueError.

    Raises ValueError for expected costs, which logs do not hold, and for states that were never logged.
    """
    if rule.cost:
        raise ValueError("logs hold no costs; give --reach or --avoid without --cost")
    known = {name for row in logs.rows for name in (row[0], row[2])}
    if missing := [name for name in (*rule.reach, *rule.avoid) if name not in known]:
        raise ValueError(f"{missing[0]!r} is no state of the logs; there are {', '.join(sorted(known)[:5])}, ...")
    worst = rule.reach[0] if rule.sense == "<=" else ""
    return _with_policy(
        logs.world(
            worst=worst,
            settled=(*rule.reach, *rule.avoid),
            confidence=options.confidence,
            known_moves=options.known_moves,
            start=options.start,
        ),
        policy,
    )


def _with_policy(model: WorldModel, policy: Path | None) -> WorldModel:
    if policy is None:
        return model
    try:
        return under_policy(model, policy_from(policy, model))
    except ValueError as error:
        raise ValueError(f"{policy.name}: {error}") from None


def under_policy(model: WorldModel, policy: dict[str, Any]) -> WorldModel:
    """The chain of world and policy, which says what it was made from."""
    whole = dict(model.origin) if model.origin else {"world": model.world.to_dict()}
    origin = {**whole, "policy": policy}
    return WorldModel(composed(origin), model.title, model.note, origin)


def policy_from(path: Path, model: WorldModel) -> dict[str, Any]:
    """A policy as JSON holds it: a table of actions, or a program from its source or from a finding's folder.

    Source is read, never run. Raises ValueError, also for a file that holds no policy.
    """
    if path.is_dir():
        return {"program": _found_in(path, model).to_dict()}
    if path.suffix == ".json":
        return {"actions": _table(path)}
    if path.suffix != ".py":
        raise ValueError(f"suffix {path.suffix!r} is unknown; give .json, .py, or the folder of a finding")
    try:
        program = read_program(path.read_text(), inputs_for(model.world))
    except SyntaxError as error:
        raise ValueError(f"it is not Python ({error.msg}, line {error.lineno})") from None
    return {"program": program.to_dict()}


def _table(path: Path) -> dict[str, Any]:
    try:
        given = json.loads(path.read_text(), parse_float=str)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if not isinstance(given, dict):
        raise ValueError("it is no object; give {state: action}, or {state: {action: chance}}")
    return given


def _found_in(folder: Path, model: WorldModel) -> Program:
    """The program of a finding; the one that its automaton is, where there is no other."""
    finding = load_finding(folder)
    held = [finding.artifact, *finding.parts.values()]
    for one in held:
        if isinstance(one, Program):
            return one
    for one in held:
        if isinstance(one, Automaton):
            return one.to_program(inputs_for(model.world))
    raise ValueError("the finding holds no program and no automaton; give one that `pellucid program` wrote")
