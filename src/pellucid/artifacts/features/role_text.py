"""Roles of columns as rows of a table, for terminal and page."""

from __future__ import annotations

from .feature_roles import FeatureRoles

ORDER = ("informative", "interacting", "redundant", "suppressor", "unexplained", "unused")


def role_headings(found: FeatureRoles) -> tuple[str, ...]:
    """Of the table: the column, its role, its information, and the credit of each method."""
    return ("column", "role", "bits", *found.methods)


def role_rows(found: FeatureRoles) -> list[tuple[str, ...]]:
    """A row for each column, by role, then by the credit of the first method."""
    order = sorted(range(len(found.columns)), key=lambda i: (ORDER.index(found.roles[i]), -found.values[i][0]))
    return [
        (found.columns[i], _role(found, i), f"{found.bits[i]:.3f}", *(f"{value:.1%}" for value in found.values[i]))
        for i in order
    ]


def role_lines(found: FeatureRoles, most: int = 20) -> list[str]:
    """The table in columns of one width.

    >>> roles = ("informative", "suppressor")
    >>> found = FeatureRoles(("a", "b"), roles, ("", "a"), (0.4, 0.0), ((0.7,), (0.3,)), ("SHAP",))
    >>> print("\\n".join(role_lines(found)))
    column  role             bits   SHAP
    a       informative     0.400  70.0%
    b       suppressor (a)  0.000  30.0%
    """
    rows = [role_headings(found), *role_rows(found)[:most]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    aligned = (
        [cell.ljust(w) if i < 2 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))]
        for row in rows
    )
    more = len(found.columns) - most
    return [*("  ".join(cells) for cells in aligned), *([f"and {more} more"] if more > 0 else [])]


def _role(found: FeatureRoles, i: int) -> str:
    return f"{found.roles[i]} ({found.partners[i]})" if found.partners[i] else found.roles[i]
