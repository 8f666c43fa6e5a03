"""Frontiers of clusterings and grades of scores: what may be merged, what that costs, and how sure it is."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.compression.binned_score import BinnedScore
from ..artifacts.compression.frontier import Frontier
from ..artifacts.compression.frontier_text import best_rows, chosen_clusters, clusters_text
from ..artifacts.compression.grade_text import grade_rows, kept_rows
from ..core import Finding
from .html import details, section, table
from .pieces import name_of, remarks, sections, shows, summary_of, title_of


@title_of.register(Frontier)
def frontier_title(found: Frontier, finding: Finding[Any]) -> str:
    """What is merged, and what it should go on saying."""
    return name_of(found, finding, f"{found.row_name}, merged by what it says about {found.column_name}")


@summary_of.register(Frontier)
def frontier_summary(found: Frontier, finding: Finding[Any]) -> str:
    """How much the chosen number of clusters keeps, and what chose it."""
    chosen, total = chosen_clusters(found), found.most[1]
    kept = found.best_points[chosen - 1, 1]
    share = f"{100 * kept / total:.1f} % of the {total:.4g} bit" if total > 0 else "all of no information"
    why = "held-out observations ask for no more" if found.held_out else "the knee of the curve"
    if chosen == 1:
        return (
            f"Held-out observations do not show that any of the {len(found.rows)} values of {found.row_name} says "
            f"anything about {found.column_name}: what all of them seem to say, {total:.4g} bit, is not more than "
            "chance makes of so few observations."
        )
    return (
        f"{len(found.rows)} values of {found.row_name} become {chosen} clusters that keep {share} that they say about "
        f"{found.column_name} ({why}): {clusters_text(found.at(chosen))}."
    )


@remarks.register(Frontier | BinnedScore)
def table_remarks(found: Frontier | BinnedScore, finding: Finding[Any]) -> list[str]:
    """What was left out of the table."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(Frontier)
def frontier_sections(found: Frontier, finding: Finding[Any]) -> list[Markup]:
    """The best of each number of clusters, and the whole frontier."""
    headings, rows, chosen = best_rows(found, most=40)
    return [
        section("The most informative clusters", table("front", headings, rows, chosen)),
        section("Every trade-off", details(f"{len(found.clusterings)} clusterings that none beats", _whole(found))),
    ]


def _whole(found: Frontier, most: int = 400) -> Markup:
    headings = ["entropy", "which", f"about {found.column_name}", *(["stays"] if found.stays else [])]
    rows = []
    for number, clustering in enumerate(found.clusterings[:most]):
        entropy, information = found.points[number]
        stays = [f"{100 * found.stays[number]:.0f} %"] if found.stays else []
        rows.append([f"{entropy:.4f}", clusters_text(found.named(clustering)), f"{information:.5f}", *stays])
    if len(found.clusterings) > most:
        rows.append(["", f"{len(found.clusterings) - most} more in finding.json", "", *([""] if found.stays else [])])
    return table("front", headings, rows)


@shows(Frontier, "What is kept", place=5)
def frontier_caption(found: Frontier, finding: Finding[Any]) -> str:
    """What points, squares and lines are."""
    held = (
        " On the right, the best clusters into each number, chosen by one part of the observations: what they say of "
        "that part and of the others, with standard errors."
        if found.held_out
        else ""
    )
    bound = "" if found.complete else " Dashed: what no clustering can exceed."
    return (
        "Dots: clusterings that none beats in entropy and information. Squares: the most informative ones of 1, 2, 3, "
        f"... clusters, which may lie below, where more clusters of less entropy say more.{bound}{held}"
    )


@title_of.register(BinnedScore)
def grades_title(found: BinnedScore, finding: Finding[Any]) -> str:
    """What is graded, by what."""
    return f"Grades of {found.score} by {found.label}"


@sections.register(BinnedScore)
def grades_sections(found: BinnedScore, finding: Finding[Any]) -> list[Markup]:
    """The grades, and what each number of them keeps."""
    return [
        section("Grades", table("front", *grade_rows(found))),
        section("How many", table("front", *kept_rows(found))),
    ]


@shows(BinnedScore, "What a grade means", place=5)
def grades_caption(found: BinnedScore, finding: Finding[Any]) -> str:
    """What bars, dots and lines are."""
    return (
        f"Left: how often {found.label} is {found.labels[1]} in each grade (dots), and how many rows it holds (bars). "
        "Right: what so many grades say of the rows that chose the cuts, and of others; grey: the whole score, in "
        f"{found.cells} cells, on all rows."
    )
