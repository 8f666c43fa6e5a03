"""Circuits: what they are worth, and tables of their nodes and edges."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.mechanisms.circuit import Circuit
from ..core import Finding
from .html import section, table
from .pieces import remarks, sections, shows, summary_of, title_of

MOST = 25
"""Nodes, and edges, in a table: those with the largest scores; all are in the folder."""

WORDS = {"corrupt": "what the corrupted texts give", "mean": "means", "zero": "nothing"}


@title_of.register(Circuit)
def circuit_title(found: Circuit, finding: Finding[Any]) -> str:
    """The task and the model."""
    task = str(finding.provenance.settings.get("task", ""))
    return f"Circuit{f' of {task}' if task else ''}{f' in {found.model}' if found.model else ''}"


@summary_of.register(Circuit)
def circuit_summary(found: Circuit, finding: Finding[Any]) -> str:
    """How many, how much they carry alone, and beside what."""
    count, every = found.size()
    random = next((claim for claim in finding.claims if claim.key == "faithfulness"), None)
    usual = getattr(random, "baseline", None)
    beside = f", where as many drawn at random carry {100 * usual:.0f} %" if usual is not None else ""
    return (
        f"{count} of {every} {found.of} carry {100 * found.faithfulness:.0f} % of the answer of pairs held out, with "
        f"{WORDS[found.ablation]} in the place of all else{beside}."
    )


@remarks.register(Circuit)
def circuit_remarks(found: Circuit, finding: Finding[Any]) -> list[str]:
    """What the job noted about the pairs and the model."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(Circuit)
def circuit_sections(found: Circuit, finding: Finding[Any]) -> list[Markup]:
    """The nodes, and the edges of a circuit of these."""
    nodes = [[found.components[c], f"{found.node_scores[c]:+.3f}"] for c in found.nodes[:MOST]]
    made = [section("Nodes", table("front", ["component", "score"], nodes), _of_all(len(found.nodes)))]
    if found.of == "edges":
        edges = [[found.components[c], found.readers[v], f"{found.scores[c, v]:+.3f}"] for c, v in found.edges[:MOST]]
        made.append(section("Edges", table("front", ["from", "read by", "score"], edges), _of_all(len(found.edges))))
    return made


def _of_all(count: int) -> Markup:
    which = f"The {MOST} largest of {count}." if count > MOST else "All there are."
    return Markup("<p>{} A score of -1 is all of the answer: what it loses without.</p>").format(which)


@shows(Circuit, "Circuit", place=5)
def circuit_caption(found: Circuit, finding: Finding[Any]) -> str:
    """What is drawn."""
    return (
        "Layers upwards, heads side by side. Discs are in the circuit, larger for a larger score; blue ones help the "
        "answer, orange ones work against it; grey dots are not in it. Curves are its strongest edges, from what "
        "writes into the residual stream to what reads it: a layer's attention (all of its heads), its feed-forward "
        "part, or the logits."
    )
