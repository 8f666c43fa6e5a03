"""Narrow networks as rows of tables, for terminal and page."""

from __future__ import annotations

from .narrow_network import NarrowNetwork


def accuracy_headings(found: NarrowNetwork, most: int = 6) -> tuple[str, ...]:
    """Of the table of accuracies: the network, then each skill."""
    return ("rows right", f"{found.skills[0]} (kept)", *found.skills[1:most])


def accuracy_rows(found: NarrowNetwork, most: int = 6) -> list[tuple[str, ...]]:
    """A row for each network, and one for the most frequent class.

    >>> found = NarrowNetwork(("0",), (8,), ((1, 4),), ("a", "b"), ("group lasso",), ((1.0, 0.5),), (0.6, 0.5))
    >>> accuracy_rows(found)
    [('group lasso', '100.0%', '50.0%'), ('most frequent class', '60.0%', '50.0%')]
    """
    named = [*zip(found.networks, found.accuracies, strict=True)]
    if found.chance:
        named.append(("most frequent class", found.chance))
    return [(name, *(f"{value:.1%}" for value in values[:most])) for name, values in named]


def layer_rows(found: NarrowNetwork, most: int = 24) -> list[tuple[str, ...]]:
    """Of each hidden layer: its module, how many neurons are kept, and which."""
    rows = []
    for name, width, kept in zip(found.layers, found.widths, found.kept, strict=True):
        listed = ", ".join(map(str, kept[:most])) + (", ..." if len(kept) > most else "")
        rows.append((f"before {name}", f"{len(kept)} of {width}", listed))
    return rows
