"""A world under a policy: a chain of the world's states, with the policy's memory where it has one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from .world import Choice, World

Step = Callable[[Hashable, int], tuple[Hashable, str]]
"""(memory, state) -> (memory, action)."""


def under_actions(world: World, actions: Mapping[str, Mapping[str, Fraction]]) -> World:
    """The chain where each state's action is drawn with these chances. Raises ValueError where one is missing.

    >>> half = Fraction(1, 2)
    >>> coin, stay = Choice("flip", (0, 1), (half, half), (half, half)), Choice("stay", (0,), (Fraction(1),) * 1, (1,))
    >>> under_actions(World(("a", "b"), 0, ((coin, stay), ())), {"a": {"flip": Fraction(1)}}).is_chain
    True
    """
    if unknown := set(actions) - set(world.number):
        raise ValueError(f"the policy names state {sorted(unknown)[0]!r}, which the world has not")
    chosen = tuple(
        choices if len(choices) <= 1 else (_mixed(name, choices, actions),)
        for name, choices in zip(world.states, world.choices, strict=True)
    )
    return replace(world, choices=chosen)


def _mixed(state: str, choices: tuple[Choice, ...], actions: Mapping[str, Mapping[str, Fraction]]) -> Choice:
    by_name = {choice.action: choice for choice in choices}
    chances = {action: p for action, p in actions.get(state, {}).items() if p}
    if not chances:
        raise ValueError(f"the policy says nothing about state {state!r}; give one of {', '.join(by_name)}")
    if unknown := set(chances) - set(by_name):
        raise ValueError(f"the policy takes {sorted(unknown)[0]!r} in state {state!r}; there is {', '.join(by_name)}")
    if sum(chances.values()) != 1 or min(chances.values()) < 0:
        raise ValueError(f"the chances of actions in state {state!r} are not of sum 1; mend them")
    if len(chances) == 1:
        return by_name[next(iter(chances))]
    if not all(by_name[action].is_exact for action in chances):
        raise ValueError(f"the policy draws actions in state {state!r}, where probabilities are intervals; give one")
    total: dict[int, Fraction] = {}
    for action, chance in chances.items():
        for target, p in zip(by_name[action].targets, by_name[action].low, strict=True):
            total[target] = total.get(target, Fraction(0)) + chance * p
    cost = sum((chance * by_name[action].cost for action, chance in chances.items()), Fraction(0))
    return Choice("", tuple(total), tuple(total.values()), tuple(total.values()), cost)


def under_memory(world: World, step: Step, memory: Hashable, most: int = 200_000) -> World:
    """The chain of pairs of a state and a policy's memory that are come to from the start.

    States are named "state" while the memory is the first, else "state / memory". In a state with one choice that is
    taken whatever the policy says. Raises ValueError for an action that is not there, and beyond `most` pairs.
    """
    pairs: dict[tuple[int, Hashable], int] = {(world.start, memory): 0}
    choices: list[tuple[Choice, ...]] = []
    for state, held in (order := list(pairs)):
        after, action = step(held, state) if world.choices[state] else (held, "")
        found = _taken(world, state, action)
        for choice in found:
            for target in choice.targets:
                if (target, after) not in pairs:
                    pairs[target, after] = len(pairs)
                    order.append((target, after))
        if len(pairs) > most:
            raise ValueError(f"world and memory of the policy have more than {most:,} states; give one of less memory")
        choices.append(tuple(c._replace(targets=tuple(pairs[t, after] for t in c.targets)) for c in found))
    names = tuple(world.states[s] + ("" if held == memory else f" / {_told(held)}") for s, held in pairs)
    by_state: dict[int, list[int]] = {}
    for (state, _), number in pairs.items():
        by_state.setdefault(state, []).append(number)
    named = {**{world.states[s]: (s,) for s in by_state}, **world.labels}
    labels = {label: tuple(n for s in held for n in by_state.get(s, ())) for label, held in named.items()}
    return World(names, 0, tuple(choices), labels)


def _taken(world: World, state: int, action: str) -> tuple[Choice, ...]:
    choices = world.choices[state]
    if len(choices) <= 1:
        return choices
    found = tuple(choice for choice in choices if choice.action == action)
    if not found:
        there = ", ".join(choice.action for choice in choices)
        raise ValueError(f"the policy takes {action!r} in state {world.states[state]!r}; there is {there}")
    return found


def _told(memory: Any) -> str:
    return ",".join(map(str, memory)) if isinstance(memory, tuple) else str(memory)
