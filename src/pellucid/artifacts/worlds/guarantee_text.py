"""Guarantees for people to read: the value, the path, the policy."""

from __future__ import annotations

from ...algebra.markov.numbers import decimal_or_fraction
from .guarantee import Guarantee


def value_lines(found: Guarantee) -> list[str]:
    """The rule with what is known of its value, and how the bound that was asked for stands to it."""
    which = ""
    if not found.world.is_chain:
        which = f" ({'largest' if found.rule.maximises else 'smallest'} over all policies)"
    lines = [f"{found.rule.quantity} {found.value_text}{which}"]
    if found.is_exact and found.upper is not None:
        exact = decimal_or_fraction(found.upper.value)
        if exact not in lines[0]:
            lines.append(f"exactly {exact}" if len(exact) <= 70 else f"exactly a fraction of {len(exact):,} digits")
    if found.asked:
        words = {True: "holds", False: "does not hold", None: "is left open"}
        lines.append(f"asked: {found.rule.quantity} {found.rule.sense} {found.asked}, which {words[found.keeps]}")
    return lines


def path_lines(found: Guarantee, most: int = 12) -> list[str]:
    """The likeliest path on which the rule is broken, step by step; of a long one both ends."""
    if not found.path:
        return []
    start = found.world.states[found.world.start]
    steps = (f"{f'{step.action}: ' if step.action else ''}{step.state} ({step.chance:.4g})" for step in found.path)
    lines = [start, *steps]
    if len(lines) > most:
        lines = [*lines[: most // 2], f"... {len(lines) - most} more ...", *lines[-(most // 2) :]]
    return lines


def path_heading(found: Guarantee) -> str:
    """What the path is, and how likely."""
    chance = 0.0 if found.path_chance is None else float(found.path_chance)
    reach = " or ".join(found.rule.reach)
    broken = f"to {reach}" if found.rule.sense == "<=" else f"on which {reach} is not reached"
    return f"likeliest path {broken}: probability {chance:.4g}, {len(found.path)} steps".replace(" 1 steps", " 1 step")


def policy_rows(found: Guarantee, most: int = 20) -> list[tuple[str, str]]:
    """States with a choice and what the policy of the value takes there, beginning with those first come to."""
    held = next((b.policy for b in (found.upper, found.lower) if b is not None and b.policy), {})
    return list(held.items())[:most]
