"""A world under a policy: a table of actions, or a program that reads what it sees and says what to do."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from ...algebra.markov.compose import under_actions, under_memory
from ...algebra.markov.estimation import counted_world
from ...algebra.markov.reading import fraction_of, world_from
from ...algebra.markov.world import World
from ..programs.fold import Input
from ..programs.program import Program


def composed(origin: Mapping[str, Any]) -> World:
    """The world that `origin` gives: {"world": ... or "logs": ..., "policy": ...}, with "actions" or a "program".

    Raises ValueError where the policy does not fit the world.
    """
    world = counted_world(origin["logs"]) if "logs" in origin else world_from(origin["world"])
    policy = origin.get("policy")
    if policy is None:
        return world
    if "program" in policy:
        return under_program(world, Program.from_dict(policy["program"], {}))
    return under_actions(world, actions_of(policy["actions"]))


def actions_of(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By state, the chance of each action; one action stands for itself.

    >>> actions_of({"a": "left", "b": {"left": "1/3", "right": "2/3"}})["b"]
    {'left': Fraction(1, 3), 'right': Fraction(2, 3)}
    """
    return {
        str(state): {str(action): fraction_of(chance, f"the chance of {action!r}") for action, chance in
                     (chosen.items() if isinstance(chosen, Mapping) else ((chosen, 1),))}
        for state, chosen in given.items()
    }  # fmt: skip


def under_program(world: World, program: Program) -> World:
    """The chain of the world and the program's registers: it reads what it sees of each state and yields an action.

    The output is the name of an action where all names are whole numbers, else its place among the world's actions in
    the order in which they first stand there. Raises ValueError where inputs or actions do not fit.
    """
    seen = observations_of(world)
    width = len(program.inputs)
    if seen and len(seen[0]) != width:
        raise ValueError(f"the program reads {width} numbers a step, the world shows {len(seen[0])}; give a program "
                         "of as many inputs, or other observations")  # fmt: skip
    names = action_names(world)
    spelled = all(re.fullmatch(r"-?\d+", name) for name in names)

    def step(memory: Hashable, state: int) -> tuple[Hashable, str]:
        for one, value in zip(program.inputs, seen[state], strict=True):
            if value not in one.values:
                takes = f"input {one.name!r} of the program takes {one.low}..{one.high}"
                raise ValueError(f"state {world.states[state]!r} shows {value}; {takes}")
        after, outputs = program.step(memory, seen[state])  # type: ignore[arg-type]
        output = int(outputs[0])
        if not spelled and not 0 <= output < len(names):
            raise ValueError(f"the program says {output} in state {world.states[state]!r}; actions are "
                             f"{', '.join(f'{i} = {name}' for i, name in enumerate(names))}")  # fmt: skip
        return tuple(int(value) for value in after), str(output) if spelled else names[output]

    return under_memory(world, step, tuple(int(register.initial) for register in program.registers))


def action_names(world: World) -> list[str]:
    """The names of all actions, in the order in which they first stand in the world."""
    return list(dict.fromkeys(choice.action for choices in world.choices if len(choices) > 1 for choice in choices))


def observations_of(world: World) -> tuple[tuple[int, ...], ...]:
    """What a program sees of each state: what the world says, else the whole numbers in its name.

    Raises ValueError where names hold different counts of numbers, or none.
    """
    if world.observations:
        return world.observations
    found = tuple(tuple(map(int, re.findall(r"-?\d+", name))) for name in world.states)
    inner = {len(seen) for seen, choices in zip(found, world.choices, strict=True) if choices}
    if len(inner) != 1 or 0 in inner:
        raise ValueError('a program needs to see numbers; add "observations": {state: [numbers]} to the world')
    return found


def inputs_for(world: World, names: Sequence[str] = ()) -> list[Input]:
    """The ranges of the numbers that the world shows, for reading a program's source."""
    columns = list(zip(*(seen for seen, choices in zip(observations_of(world), world.choices, strict=True) if choices),
                       strict=True))  # fmt: skip
    return [Input(names[k] if names else f"x{k}", min(column), max(column)) for k, column in enumerate(columns)]
