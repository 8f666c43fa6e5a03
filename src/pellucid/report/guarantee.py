"""Guarantees on a page: the value and the bounds, the path on which the rule is broken, the policy."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.worlds.guarantee import Guarantee
from ..artifacts.worlds.guarantee_text import path_heading, path_lines, policy_rows, value_lines
from ..core import Finding, Proved
from .html import section, source, table
from .pieces import remarks, sections, shows, summary_of, title_of


@title_of.register(Guarantee)
def guarantee_title(found: Guarantee, finding: Finding[Any]) -> str:
    """The world's name, where it has one."""
    return (found.title or "a guarantee").replace("_", " ")


@summary_of.register(Guarantee)
def guarantee_summary(found: Guarantee, finding: Finding[Any]) -> str:
    """The world and the value."""
    return f"{found.world.describe()}: {value_lines(found)[0]}."


@remarks.register(Guarantee)
def guarantee_remarks(found: Guarantee, finding: Finding[Any]) -> list[str]:
    """Of which worlds it holds, where that is not the one alone."""
    return [found.note] if found.note else []


@sections.register(Guarantee)
def guarantee_sections(found: Guarantee, finding: Finding[Any]) -> list[Markup]:
    """The value, how the rule is broken, what the policy does, and how to check it."""
    rows = policy_rows(found)
    chosen = "The best policy" if found.rule.policies == "some" else "The worst policy"
    again = "\n".join(claim.command for claim in finding.claims if isinstance(claim, Proved))
    return [
        section("The bounds", source("\n".join(value_lines(found)))),
        section("How the rule is broken", source("\n".join([f"{path_heading(found)}:", *path_lines(found, most=30)])))
        if found.path
        else Markup(""),
        section(chosen, table("front", ["state", "action"], rows)) if rows else Markup(""),
        section("Check it with nothing but Python", source(again)) if again else Markup(""),
    ]


@shows(Guarantee, "Bounds by state", place=5)
def guarantee_caption(found: Guarantee, finding: Finding[Any]) -> str:
    """What is drawn."""
    what = "expected costs" if found.rule.cost else "probabilities"
    return (
        f"The {what} from every state that can be come to, as bounded from above (line) and from below (dots), in "
        "order of size; the vertical line is the start."
    )
