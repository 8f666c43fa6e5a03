"""Worlds out of JSON: names of states, each with its actions, each with the states it leads to.

    {"start": "a",
     "transitions": {"a": {"left": {"lava": 0.1, "goal": 0.9}, "wait": {"a": 1}},    state -> action -> state
                     "b": {"lava": "1/3", "goal": "2/3"},                            one action needs no name
                     "c": {"lava": [0.1, 0.2], "goal": [0.8, 0.9]}},                 intervals
     "labels": {"bad": ["lava"]}, "costs": {"a": {"left": 2}, "b": 1}, "observations": {"a": [0, 1]}}

Decimals are read as the decimal fractions that are written: 0.1 is 1/10.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from .world import ZERO, Choice, World, checked_choice


def load_exactly(text: str) -> Any:
    """JSON whose decimals are fractions. Raises ValueError for what is no JSON, NaN, and a key that is given twice."""

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is no probability; give a number")

    try:
        return json.loads(text, parse_float=Fraction, parse_constant=refuse, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error}); see `pellucid guarantee --help`") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is given twice in one object; keep one")
    return found


def fraction_of(value: Any, named: str) -> Fraction:
    """An exact number. Raises ValueError for anything else.

    >>> fraction_of("0.1", "p"), fraction_of(Fraction(1, 3), "p"), fraction_of(2, "p")
    (Fraction(1, 10), Fraction(1, 3), Fraction(2, 1))
    """
    if isinstance(value, str):
        return _parsed(value, named)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise ValueError(f"{named} is {value!r}, which is no number; give 0.25 or 1/4")
    return _parsed(str(value), named) if isinstance(value, float) else Fraction(value)


@cache
def _parsed(text: str, named: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{named} is {text!r}, which is no number; give 0.25 or 1/4") from None


def world_from(data: Any, normalise: bool = False) -> World:
    """The world that this JSON tells of. Raises ValueError, which names what is wrong with it.

    >>> world_from({"start": "a", "transitions": {"a": {"b": "1/3", "c": "2/3"}}}).choices[0][0].low
    (Fraction(1, 3), Fraction(2, 3))
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("transitions"), Mapping):
        raise ValueError('a world needs "transitions": {state: {action: {state: probability}}} and "start"')
    unknown = set(data) - {"start", "transitions", "labels", "costs", "observations", "states"}
    if unknown:
        raise ValueError(f"unknown entries {sorted(unknown)}; a world has start, transitions, labels, costs, "
                         "observations")  # fmt: skip
    rows = {name: _rows(name, row) for name, row in data["transitions"].items()}
    states = dict.fromkeys([*rows, *(t for row in rows.values() for given in row.values() for t in given)])
    number = {name: i for i, name in enumerate(states)}
    if "start" not in data or str(data["start"]) not in number:
        first = ", ".join(list(states)[:3])
        raise ValueError(f"start is {data.get('start')!r}, which is no state; give one of {first}, ...")
    costs = _costs(data.get("costs", {}), rows)
    choices = tuple(
        tuple(_choice(name, action, given, number, costs, normalise) for action, given in rows.get(name, {}).items())
        for name in states
    )
    labels = _labels(data.get("labels", {}), number)
    seen = _observations(data.get("observations", {}), states)
    return World(tuple(states), number[str(data["start"])], choices, labels, seen)


def _rows(state: str, row: Any) -> dict[str, dict[str, Any]]:
    """By action, what it leads to; one that has no name is ''."""
    if not isinstance(row, Mapping):
        raise ValueError(f"transitions of state {state!r} are {row!r}; give {{state: probability}}")
    named = [isinstance(value, Mapping) for value in row.values()]
    if any(named) and not all(named):
        raise ValueError(f"state {state!r} mixes actions and states; give {{action: {{state: probability}}}} for all")
    rows = dict(row) if any(named) else ({"": dict(row)} if row else {})
    if empty := [action for action, given in rows.items() if not given]:
        raise ValueError(f"state {state!r}, action {empty[0]!r} leads nowhere; give {{state: probability}}")
    return rows


def _choice(
    state: str, action: str, given: Mapping[str, Any], number: Mapping[str, int], costs: Mapping[Any, Fraction],
    normalise: bool,
) -> Choice:  # fmt: skip
    entries = []
    for target, value in given.items():
        pair = value if isinstance(value, Sequence) and not isinstance(value, str) else (value, value)
        if len(pair) != 2:
            raise ValueError(f"state {state!r}: {value!r} is no interval; give [low, high]")
        low, high = (fraction_of(one, f"state {state!r}: the probability of {target!r}") for one in pair)
        entries.append((number[target], low, high))
    cost = costs.get((state, action), costs.get((state, None), ZERO))
    return checked_choice(state, action, entries, cost, normalise)


def _costs(given: Any, rows: Mapping[str, Mapping[str, Any]]) -> dict[Any, Fraction]:
    """By state and action; by state and None where one cost is for all."""
    found: dict[Any, Fraction] = {}
    for state, value in _mapping(given, "costs").items():
        if state not in rows:
            raise ValueError(f"costs name {state!r}, which has no transitions; name states of the world")
        by_action = value if isinstance(value, Mapping) else {None: value}
        for action, cost in by_action.items():
            if action is not None and action not in rows[state]:
                raise ValueError(f"costs name action {action!r} of state {state!r}, which it has not")
            found[state, action] = fraction_of(cost, f"the cost of {state!r}")
    return found


def _labels(given: Any, number: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    found = {}
    for label, names in _mapping(given, "labels").items():
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or (unknown := [name for name in names if str(name) not in number]):
            wrong = unknown[0] if isinstance(names, list) else names
            raise ValueError(f"label {label!r} names {wrong!r}, which is no state; give a list of states")
        if label in number and label not in map(str, names):
            raise ValueError(f"label {label!r} is also the name of a state, which it does not hold; rename it")
        found[label] = tuple(number[str(name)] for name in names)
    return found


def _observations(given: Any, states: Mapping[str, None]) -> tuple[tuple[int, ...], ...]:
    if not given:
        return ()
    found = []
    for name in states:
        seen = _mapping(given, "observations").get(name)
        seen = [seen] if isinstance(seen, int) else seen
        if not isinstance(seen, list) or not all(isinstance(one, int) for one in seen):
            raise ValueError(f"observations of {name!r} are {seen!r}; give whole numbers for every state")
        found.append(tuple(seen))
    if len({len(seen) for seen in found}) > 1:
        raise ValueError("observations differ in length; give as many whole numbers for every state")
    return tuple(found)


def _mapping(given: Any, named: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ValueError(f"{named} is {given!r}; give {{state: ...}}")
    return given
