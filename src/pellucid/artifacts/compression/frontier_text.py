"""A frontier in words: clusterings as rows of a table, clusters as names between bars."""

from __future__ import annotations

from collections.abc import Sequence

from .frontier import Frontier


def clusters_text(clusters: Sequence[Sequence[str]], longest: int = 400) -> str:
    """Names of each cluster, bars between clusters; single letters without blanks.

    >>> clusters_text((("a", "b"), ("c",))), clusters_text((("red", "blue"), ("green",)))
    ('ab | c', 'red, blue | green')
    """
    short = all(len(name) == 1 for cluster in clusters for name in cluster)
    text = " | ".join(("" if short else ", ").join(cluster) for cluster in clusters)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def counted_clusters(number: int) -> str:
    """A number of clusters in words.

    >>> counted_clusters(1), counted_clusters(3)
    ('1 cluster', '3 clusters')
    """
    return f"{number} cluster{'' if number == 1 else 's'}"


def best_rows(found: Frontier, most: int = 12) -> tuple[list[str], list[tuple[str, ...]], int | None]:
    """Headings, rows and the row that stands out, of the best clustering into 1, 2, ... clusters, `most` at most.

    The number that held-out observations choose is set off, or the knee where none were held out.
    """
    chosen = chosen_clusters(found)
    counts = shown_counts(len(found.best), chosen, most)
    headings = ["clusters", "which", "entropy", f"about {found.column_name}", "share"]
    headings += ["held out"] if found.held_out else []
    rows = []
    total = found.most[1] or 1.0
    for count in counts:
        entropy, information = found.best_points[count - 1]
        row = [
            f"{count}",
            clusters_text(found.at(count)),
            f"{entropy:.3f}",
            f"{information:.4f}",
            f"{100 * information / total:.1f} %",
        ]
        if found.held_out:
            one = found.held_out[count - 1]
            row.append(f"{one.held_out:.3f} +- {one.error:.3f}")
        rows.append(tuple(row))
    return headings, rows, counts.index(chosen) if chosen in counts else None


def chosen_clusters(found: Frontier) -> int:
    """The fewest clusters within a standard error of the best on held-out observations; the knee without any."""
    if not found.held_out:
        return found.knee()
    top = max(found.held_out, key=lambda one: one.held_out)
    return next(one.clusters for one in found.held_out if one.held_out >= top.held_out - top.error)


def shown_counts(number: int, chosen: int, most: int) -> list[int]:
    """Up to `most` numbers of clusters from 2 up, the chosen one and the last among them.

    >>> shown_counts(5, 3, 12), shown_counts(100, 41, 5)
    ([2, 3, 4, 5], [2, 3, 4, 41, 100])
    """
    counts = list(range(2, number + 1))
    if len(counts) <= most:
        return counts
    return sorted({*counts[: most - 2], chosen, number})
