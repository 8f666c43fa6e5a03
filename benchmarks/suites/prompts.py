"""Prompts of about ten tokens for attribution graphs: facts, syntax, counting, copying."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Prompt:
    """A text that a model is to go on with."""

    name: str
    text: str


CASES = [
    Prompt("capital_of_japan", "The capital of Japan is the city of"),
    Prompt("opposite_of_hot", "The opposite of hot is"),
    Prompt("days_of_the_week", "Monday, Tuesday, Wednesday, Thursday,"),
    Prompt("keys_are", "The keys that were lost by the man"),
    Prompt("union_address", "My fellow citizens, the state of the"),
    Prompt("count_up", "one, two, three, four, five,"),
    Prompt("house_and", "The bill passed the House of"),
    Prompt("colour_of_sky", "On a clear day the colour of the sky is"),
    Prompt("president_of", "Abraham Lincoln was the president of the United"),
    Prompt("repeat", "apple river stone green apple river stone"),
    Prompt("cat_plural", "One cat is here, but there are many"),
    Prompt("budget", "The Congress must pass a balanced"),
]
